/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file mmu_util.h
 * Translation tables for tests: a machine, an allocator of table pages in its RAM, mappings at any level of
 * any granule, and accesses whose result or fault is kept. Registers are written directly; every access
 * builds its context anew, so nothing but the modelled TLB remembers.
 */
#pragma once

#include <string.h>

#include "fixture.h"
#include "mmu/state.h"
#include "mmu/walk.h"

#define TABLES_AT (FIXTURE_RAM + UINT64_C(0x100000)) /* First table; tables are never freed. */
#define DATA_AT (FIXTURE_RAM + UINT64_C(0x4000000))

/* Leaf attributes. Stage 1: Normal Write-Back memory (attribute 0), all that EL1 may do. */
#define S1_RW (BIT(10) | UINT64_C(3) << 8)
#define S1_EL0 BIT(6)
#define S1_RO BIT(7)
#define S1_NG BIT(11)
#define S2_RW (BIT(10) | UINT64_C(3) << 8 | UINT64_C(3) << 6 | UINT64_C(15) << 2)
#define ATTR_AF BIT(10)
#define MAIR UINT64_C(0x00000000440400ff) /* 0 Write-Back, 1 nGnRnE, 2 nGnRE, 3 Non-cacheable */
#define ATTR(n) ((uint64_t)(n) << 2)

/* A tree of tables. */
struct tables {
    unsigned page_shift, ia_bits, start;
    uint64_t base;
};

struct world {
    avs_machine *m;
    struct pe *c;
    uint64_t next;       /* Next free table address. */
    struct mmu_result r; /* Of the last access. */
    struct mmu_fault f;
};

static inline struct world world_new(const char *board)
{
    struct world w = { .m = fixture_machine(board, NULL), .next = TABLES_AT };

    w.c = &w.m->pe[0];
    w.c->sr[SR_ID_AA64MMFR0_EL1] = 0x1124; /* 44 bits of PA, 16-bit ASIDs, every granule */
    w.c->sr[SR_ID_AA64MMFR1_EL1] = 0x120;  /* 16-bit VMIDs */
    w.c->sr[SR_MAIR_EL1] = w.c->sr[SR_MAIR_EL2] = w.c->sr[SR_MAIR_EL3] = MAIR;
    w.c->sr[SR_HCR_EL2] = 0;
    return w;
}

static inline void world_free(struct world *w)
{
    avs_machine_free(w->m);
}

static inline uint64_t read64(struct world *w, uint64_t at)
{
    uint64_t v;

    cr_assert(bus_copy_out(w->m->bus, pa(at), &v, sizeof(v)));
    return v;
}

static inline void write64(struct world *w, uint64_t at, uint64_t v)
{
    cr_assert(bus_copy_in(w->m->bus, pa(at), &v, sizeof(v)));
}

static inline uint64_t alloc_table(struct world *w, uint64_t size)
{
    uint64_t at = (w->next + size - 1) / size * size;

    w->next = at + size;
    return at;
}

static inline unsigned level_shift(const struct tables *t, unsigned level)
{
    return t->page_shift + (3 - level) * (t->page_shift - 3);
}

/* The top table has as many entries as the input size asks for, concatenated tables included. */
static inline struct tables tables_new(struct world *w, unsigned page_shift, unsigned ia_bits,
                                       unsigned start)
{
    struct tables t = { page_shift, ia_bits, start, 0 };
    uint64_t size = UINT64_C(8) << (ia_bits - level_shift(&t, start));

    t.base = alloc_table(w, size < 4096 ? 4096 : size);
    return t;
}

/* Where the descriptor of `input` at `level` is; tables on the way are made. */
static inline uint64_t desc_at(struct world *w, const struct tables *t, uint64_t input, unsigned level)
{
    uint64_t base = t->base;
    unsigned top = t->ia_bits - 1;

    for (unsigned l = t->start;; l++) {
        uint64_t at = base + 8 * bits(input, top, level_shift(t, l));
        if (l == level)
            return at;
        if (!(read64(w, at) & 1))
            write64(w, at, alloc_table(w, BIT(t->page_shift)) | 3);
        base = read64(w, at) & MASK(47, t->page_shift);
        top = level_shift(t, l) - 1;
    }
}

/* Maps one block or page. */
static inline void map(struct world *w, const struct tables *t, uint64_t input, uint64_t output,
                       unsigned level, uint64_t attrs)
{
    write64(w, desc_at(w, t, input, level), output | attrs | (level == 3 ? 3 : 1));
}

static inline void unmap(struct world *w, const struct tables *t, uint64_t input, unsigned level)
{
    write64(w, desc_at(w, t, input, level), 0);
}

static inline uint64_t tg0_field(unsigned page_shift)
{
    return (page_shift == 12 ? UINT64_C(0) : page_shift == 14 ? 2 : 1) << 14;
}

static inline uint64_t tg1_field(unsigned page_shift)
{
    return (page_shift == 12 ? UINT64_C(2) : page_shift == 14 ? 1 : 3) << 30;
}

/* Stage 1 of EL1&0 on, lower range only; 44-bit outputs. */
static inline void use_s1(struct world *w, const struct tables *t, unsigned asid)
{
    w->c->sr[SR_TCR_EL1] = (64 - t->ia_bits) | tg0_field(t->page_shift) | UINT64_C(4) << 32 | BIT(36) |
                           BIT(23) | UINT64_C(16) << 16;
    w->c->sr[SR_TTBR0_EL1] = t->base | (uint64_t)asid << 48;
    w->c->sr[SR_SCTLR_EL1] = BIT(0);
}

static inline uint64_t sl0_field(const struct tables *t)
{
    return (uint64_t)((t->page_shift == 12 ? 2 : 3) - t->start) << 6;
}

static inline void use_s2(struct world *w, const struct tables *t, unsigned vmid)
{
    w->c->sr[SR_VTCR_EL2] =
        (64 - t->ia_bits) | sl0_field(t) | tg0_field(t->page_shift) | UINT64_C(4) << 16 | BIT(19);
    w->c->sr[SR_VTTBR_EL2] = t->base | (uint64_t)vmid << 48;
    w->c->sr[SR_HCR_EL2] |= BIT(0);
}

/* Stage 2 that maps all of RAM to itself with 2 MiB blocks of 4 KiB granule. */
static inline struct tables identity_s2(struct world *w)
{
    struct tables t = tables_new(w, 12, 39, 1);

    for (uint64_t at = FIXTURE_RAM; at < FIXTURE_RAM + 0x8000000; at += 0x200000)
        map(w, &t, at, at, 2, S2_RW);
    return t;
}

/* One access by an EL. `how` is a set of HOW_*. */
enum { HOW_UNPRIV = 1, HOW_PAN = 2 };
static inline bool access_how(struct world *w, unsigned el, unsigned how, enum mmu_access acc,
                              uint64_t vaddr)
{
    struct mmu_ctx x;

    mmu_ctx_build(w->c, el, how & HOW_UNPRIV, how & HOW_PAN, &x);
    memset(&w->r, 0xee, sizeof(w->r));
    return mmu_translate(w->c, &x, va(vaddr), acc, &w->r, &w->f);
}

static inline bool try_access(struct world *w, unsigned el, enum mmu_access acc, uint64_t vaddr)
{
    return access_how(w, el, 0, acc, vaddr);
}

/* Shorthands of the tests: they name what failed. */
#define EXPECT_PA(w, el, vaddr, phys)                                                                      \
    do {                                                                                                   \
        uint64_t va__ = (vaddr), pa__ = (phys);                                                            \
        cr_expect(try_access(w, el, MMU_READ, va__), "%#lx faults: %#x", va__, (w)->f.fsc);                \
        cr_expect_eq((w)->r.pa.v, pa__, "%#lx -> %#lx, not %#lx", va__, (w)->r.pa.v, pa__);                \
    } while (0)

#define EXPECT_FAULT(w, el, acc, vaddr, code, s2)                                                          \
    do {                                                                                                   \
        uint64_t va__ = (vaddr);                                                                           \
        unsigned fsc__ = (code);                                                                           \
        cr_expect_not(try_access(w, el, acc, va__), "%#lx does not fault, wanted %#x", va__, fsc__);       \
        cr_expect_eq((w)->f.fsc, fsc__, "%#lx: fault %#x, wanted %#x", va__, (w)->f.fsc, fsc__);           \
        cr_expect_eq((w)->f.stage2, (s2), "%#lx: stage 2 is %d", va__, (w)->f.stage2);                     \
        cr_expect_eq((w)->f.va, va__);                                                                     \
    } while (0)
