/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file access.h
 * Memory accesses that the fast TLB could not serve: alignment, page crossing, translation, devices, code
 * pages, and the filling of the fast TLB. c->pc and c->acc are exact when these are called. All return
 * false with c->exc filled when the access faults; nothing was written then.
 */
#pragma once

#include "core/pe.h"
#include "mmu/mmu.h"

/* Flags of an access. */
enum {
    ACCESS_UNPRIV = 1 << 0,  /* LDTR, STTR */
    ACCESS_ALIGNED = 1 << 1, /* Must be aligned whatever SCTLR.A says: exclusives. */
    ACCESS_ATOMIC = 1 << 2,  /* Read and write in one: exclusive pairs, LSE. */
    ACCESS_ORDERED = 1 << 3, /* Acquire/release: aligned unless FEAT_LSE2. */
    ACCESS_VECTOR = 1 << 4,  /* FP/SIMD access: no ISV. */
    ACCESS_NORMAL = 1 << 5,  /* Device memory is an Alignment fault: DC ZVA. */
};

bool mem_read(struct pe *c, uint64_t va, unsigned size, unsigned flags, uint64_t *val);
bool mem_write(struct pe *c, uint64_t va, unsigned size, unsigned flags, uint64_t val);
/* 16-byte accesses of Q registers. */
bool mem_read128(struct pe *c, uint64_t va, unsigned flags, union vreg *val);
bool mem_write128(struct pe *c, uint64_t va, unsigned flags, const union vreg *val);
/* Checks that a pair of stores of `size` bytes in all at va would succeed, without storing (STP, DC ZVA).
 */
bool mem_probe_write(struct pe *c, uint64_t va, unsigned size, unsigned flags);
/* The host address of va for `size` bytes in one page for an atomic access, after all checks. *pa_out is
 * the physical address. NULL with c->exc filled on a fault (a device is FSC_EXCLUSIVE). */
uint8_t *mem_atomic(struct pe *c, uint64_t va, unsigned size, bool write, unsigned flags, pa_t *pa_out);
/* Whether the access that just completed invalidated decoded instructions of the page that is executing:
 * the handler must leave its chain. Reading clears it. */
bool mem_code_changed(struct pe *c);

/* The translation and permission checks of a cache maintenance instruction by VA (DC, IC IVAU). `write`:
 * it needs write permission (DC IVAC). False with c->exc filled. */
bool mem_cache_op(struct pe *c, unsigned id, uint64_t va);

/* Finds the decoded ops of the page that holds va and sets c->code_ops/code_va; false with c->exc filled
 * for an instruction abort. The slow half of every indirect branch. */
bool mem_fetch_page(struct pe *c, uint64_t va);
/* A fetch by way of a main TLB entry: charges the micro-TLB's miss, if it is one. */
void mem_fetch_owner(struct pe *c, uint16_t owner);
