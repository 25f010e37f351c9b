/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sysreg_fn.h
 * Functions behind the read and write columns of sysreg.def: what a register does besides being stored.
 * Access, traps, redirection and costs have been dealt with when they are called. `id` is the register that
 * the access reaches, after redirection. A write gets the register's next value: bits outside the write
 * mask have their present one. System instructions get Xt.
 */
#pragma once

#include "arch/sysreg.h"

typedef uint64_t sysreg_read_fn(struct pe *c, unsigned id);
typedef enum sysreg_result sysreg_write_fn(struct pe *c, unsigned id, uint64_t val);

/* sysreg_special.c: PSTATE fields, stack pointers, identification. */
sysreg_read_fn sysreg_rd_nzcv, sysreg_rd_daif, sysreg_rd_currentel, sysreg_rd_spsel, sysreg_rd_pan;
sysreg_read_fn sysreg_rd_uao, sysreg_rd_dit, sysreg_rd_ssbs, sysreg_rd_sp;
sysreg_read_fn sysreg_rd_rndr;
sysreg_read_fn sysreg_rd_isar0;
sysreg_read_fn sysreg_rd_midr, sysreg_rd_mpidr, sysreg_rd_dczid, sysreg_rd_ccsidr;
sysreg_write_fn sysreg_wr_nzcv, sysreg_wr_daif, sysreg_wr_spsel, sysreg_wr_pan, sysreg_wr_uao;
sysreg_write_fn sysreg_wr_dit, sysreg_wr_ssbs, sysreg_wr_sp;

/* sysreg_system.c: system control, translation, hypervisor configuration, timers and GIC. */
sysreg_read_fn sysreg_rd_isr, sysreg_rd_disr, sysreg_rd_cptr_el2, sysreg_rd_timer, sysreg_rd_gic;
sysreg_write_fn sysreg_wr_sctlr, sysreg_wr_cpacr, sysreg_wr_xlat, sysreg_wr_tcr_el2, sysreg_wr_hcr;
sysreg_write_fn sysreg_wr_cptr_el2, sysreg_wr_scr, sysreg_wr_disr, sysreg_wr_cnthctl, sysreg_wr_timer;
sysreg_write_fn sysreg_wr_gic;

/* sysreg_insn.c: system instructions. */
sysreg_write_fn sysreg_wr_cache_all, sysreg_wr_dc_va, sysreg_wr_at;
sysreg_write_fn sysreg_wr_tlbi;

/* sysreg_debug.c: debug. */
sysreg_read_fn sysreg_rd_claimset;
sysreg_write_fn sysreg_wr_debug, sysreg_wr_oslar, sysreg_wr_claimset, sysreg_wr_claimclr;

/* sysreg_pmu.c: Performance Monitors, and what their counting depends on. */
sysreg_read_fn sysreg_rd_pmcr, sysreg_rd_pmset, sysreg_rd_pmcntenclr, sysreg_rd_pmintenclr;
sysreg_read_fn sysreg_rd_pmovsset, sysreg_rd_pmovsclr, sysreg_rd_pmccntr, sysreg_rd_pmevcntr;
sysreg_read_fn sysreg_rd_pmevtyper, sysreg_rd_pmxevcntr, sysreg_rd_pmxevtyper;
sysreg_write_fn sysreg_wr_pmcr, sysreg_wr_pmset, sysreg_wr_pmcntenclr, sysreg_wr_pmintenclr;
sysreg_write_fn sysreg_wr_pmovsclr, sysreg_wr_pmswinc, sysreg_wr_pmcount, sysreg_wr_pmevcntr;
sysreg_write_fn sysreg_wr_pmevtyper, sysreg_wr_pmxevcntr, sysreg_wr_pmxevtyper;
/* While no counter is in use, writes go past this one: sysreg_update_watched(). */
sysreg_write_fn sysreg_wr_pmwatched;

/* Empty columns. */
#define sysreg_rd_NULL NULL
#define sysreg_wr_NULL NULL
