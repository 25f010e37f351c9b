/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sysreg_special.c
 * Special-purpose registers that are views of PSTATE and of the stack pointers (DDI 0487, C5.2), and the
 * identification registers whose value depends on who reads (D24.2: MIDR_EL1, MPIDR_EL1, CCSIDR_EL1,
 * DCZID_EL0).
 */
#include "arch/exception.h"
#include "arch/regbits.h"
#include "arch/sysreg_table.h"
#include "arch/trap.h"
#include "core/path.h"
#include "mmu/mmu.h"

#define DCZID_DZP BIT(4)

uint64_t sysreg_rd_nzcv(struct pe *c, unsigned id)
{
    (void)id;
    return pe_nzcv(c);
}

enum sysreg_result sysreg_wr_nzcv(struct pe *c, unsigned id, uint64_t val)
{
    (void)id;
    pe_set_nzcv(c, (uint32_t)val);
    return SYSREG_OK;
}

uint64_t sysreg_rd_daif(struct pe *c, unsigned id)
{
    (void)id;
    return (uint64_t)c->daif << 6;
}

/* An interrupt that was masked and is no longer is taken before the next instruction. */
enum sysreg_result sysreg_wr_daif(struct pe *c, unsigned id, uint64_t val)
{
    uint8_t daif = (uint8_t)bits(val, 9, 6), cleared = c->daif & ~daif;

    (void)id;
    c->daif = daif;
    return cleared && c->irq_lines ? SYSREG_RESYNC : SYSREG_OK;
}

uint64_t sysreg_rd_currentel(struct pe *c, unsigned id)
{
    (void)id;
    return (uint64_t)c->el << 2;
}

uint64_t sysreg_rd_spsel(struct pe *c, unsigned id)
{
    (void)id;
    return c->spsel;
}

enum sysreg_result sysreg_wr_spsel(struct pe *c, unsigned id, uint64_t val)
{
    (void)id;
    if (c->spsel != (val & 1))
        pe_set_el(c, c->el, val & 1);
    return SYSREG_OK;
}

uint64_t sysreg_rd_pan(struct pe *c, unsigned id)
{
    (void)id;
    return (uint64_t)c->pan << 22;
}

/* PAN decides which context data accesses have. */
enum sysreg_result sysreg_wr_pan(struct pe *c, unsigned id, uint64_t val)
{
    (void)id;
    c->pan = bit(val, 22);
    mmu_select(c);
    return SYSREG_OK;
}

uint64_t sysreg_rd_uao(struct pe *c, unsigned id)
{
    (void)id;
    return (uint64_t)c->uao << 23;
}

enum sysreg_result sysreg_wr_uao(struct pe *c, unsigned id, uint64_t val)
{
    (void)id;
    c->uao = bit(val, 23);
    return SYSREG_OK;
}

uint64_t sysreg_rd_dit(struct pe *c, unsigned id)
{
    (void)id;
    return (uint64_t)c->dit << 24;
}

enum sysreg_result sysreg_wr_dit(struct pe *c, unsigned id, uint64_t val)
{
    (void)id;
    c->dit = bit(val, 24);
    return SYSREG_OK;
}

uint64_t sysreg_rd_ssbs(struct pe *c, unsigned id)
{
    (void)id;
    return (uint64_t)c->ssbs << 12;
}

enum sysreg_result sysreg_wr_ssbs(struct pe *c, unsigned id, uint64_t val)
{
    (void)id;
    c->ssbs = bit(val, 12);
    return SYSREG_OK;
}

/* RNDR and RNDRRS (C5.2, FEAT_RNG): a sequence of the machine's seed and the PE, so that runs repeat. There
 * is always a number, and NZCV says so. */
uint64_t sysreg_rd_rndr(struct pe *c, unsigned id)
{
    uint64_t x = c->random += UINT64_C(0x9e3779b97f4a7c15);

    (void)id;
    x += c->m->seed + ((uint64_t)c->index << 32);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    pe_set_nzcv(c, 0);
    return x ^ x >> 31;
}

/* RNDR: without FEAT_RNG, software below EL3 is to find what SCR_EL3.TRNDR lets EL3 emulate (D24.2,
 * SCR_EL3). */
uint64_t sysreg_rd_isar0(struct pe *c, unsigned id)
{
    return c->sr[SR_SCR_EL3] & SCR_TRNDR ? deposit(c->sr[id], 63, 60, 1) : c->sr[id];
}

/* SP_EL0 to SP_EL2. None is the stack pointer in use: SP_EL0 is UNDEFINED then, the others are below. */
uint64_t sysreg_rd_sp(struct pe *c, unsigned id)
{
    return c->sp_el[id == SR_SP_EL0 ? 0 : id == SR_SP_EL1 ? 1 : 2];
}

enum sysreg_result sysreg_wr_sp(struct pe *c, unsigned id, uint64_t val)
{
    c->sp_el[id == SR_SP_EL0 ? 0 : id == SR_SP_EL1 ? 1 : 2] = val;
    return SYSREG_OK;
}

uint64_t sysreg_rd_midr(struct pe *c, unsigned id)
{
    return c->sr[c->el == 1 && pe_el2_enabled(c) ? SR_VPIDR_EL2 : id];
}

uint64_t sysreg_rd_mpidr(struct pe *c, unsigned id)
{
    return c->sr[c->el == 1 && pe_el2_enabled(c) ? SR_VMPIDR_EL2 : id];
}

/* DZP: DC ZVA would trap at this EL. */
uint64_t sysreg_rd_dczid(struct pe *c, unsigned id)
{
    return c->sr[id] | (trap_find(c, TRAP_GROUP_TDZ, true) ? DCZID_DZP : 0);
}

/* A cache in CCSIDR_EL1's 32-bit format (D24.2; FEAT_CCIDX is not there): NumSets<27:13>,
 * Associativity<12:3>, LineSize<2:0>, and in <31:28>, UNKNOWN since Armv8, what Arm's cores say of their
 * policies: write-back with read and write allocation, or read allocation of an instruction cache. */
static uint64_t ccsidr(const struct core_cache *k, bool instruction)
{
    const uint64_t sets = k->size / (k->ways * k->line);
    const unsigned line = (unsigned)__builtin_ctz(k->line) - 4;

    return (UINT64_C(1) << 28) * (instruction ? 2 : 7) | (sets - 1) << 13 | (uint64_t)(k->ways - 1) << 3 |
           line;
}

/* Geometry of the model's caches by CSSELR_EL1's Level<3:1> and InD<0>. Caches that CLIDR_EL1 does not name
 * read as zero, and so do those that it names and --set took away. */
uint64_t sysreg_rd_ccsidr(struct pe *c, unsigned id)
{
    const struct core_memory *m = &machine_identity(c->m)->memory;
    const struct core_cache *const caches[] = { &m->l1d, &m->l2, &m->l3 };
    unsigned level = (unsigned)bits(c->sr[SR_CSSELR_EL1], 3, 1);
    bool instruction = c->sr[SR_CSSELR_EL1] & 1;
    unsigned type = level < 7 ? (unsigned)bits(c->sr[SR_CLIDR_EL1], level * 3 + 2, level * 3) : 0;

    (void)id;
    if (type == 0 || (instruction && type != 1 && type != 3) || level > 2)
        return 0;
    if (instruction)
        return ccsidr(&m->l1i, true);
    return caches[level]->size ? ccsidr(caches[level], false) : 0;
}
