/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file walk.h
 * What both stages' walks share: granule geometry, descriptor fields and reads (DDI 0487, D8.2 "Translation
 * process", D8.3 "Translation table descriptor formats"), and the internal interfaces between the files of
 * mmu/.
 *
 * A descriptor:
 *
 *      63     59 58    55 54  53  52 51 50   48 47              12 11 10 9  8 7   6 5        2  1 0
 *     +---------+--------+---+---+--+--+--+----+------------------+--+--+----+-----+----------+----+
 *     | table   | ignored|UXN|PXN|C |  |GP|    | address          |nG|AF| SH | AP  |attributes|type|
 *     +---------+--------+---+---+--+--+--+----+------------------+--+--+----+-----+----------+----+
 */
#pragma once

#include "arch/regbits.h"
#include "core/bits.h"
#include "mmu/mmu.h"
#include "mmu/tlb.h"

/* Descriptor types by bits <1:0>. */
enum { DESC_BLOCK = 1, DESC_TABLE = 3, DESC_PAGE = 3 };

#define DESC_AF BIT(10)
#define DESC_GP BIT(50) /* Stage 1. */
#define DESC_CONTIG BIT(52)

/* Where a walk is. */
struct walk {
    uint8_t page_shift; /* 12, 14 or 16 */
    uint8_t oa_bits;    /* Output address size. */
    uint8_t level;
    uint8_t index_top; /* Highest input address bit of the current level's index. */
    uint64_t base;     /* Table of the current level. */
};

enum walk_step { WALK_FAULT, WALK_NEXT, WALK_LEAF };

/* log2 of what one descriptor of a level maps. */
static inline unsigned walk_level_shift(const struct walk *w, unsigned level)
{
    return w->page_shift + (3 - level) * (w->page_shift - 3u);
}

static inline uint64_t low_bits(uint64_t x, unsigned count)
{
    return x & (BIT(count) - 1);
}

/* Aligns the first table as its size asks and checks its address: false is an address size fault, level 0.
 */
bool walk_start(struct walk *w, uint64_t table);
/* Physical or intermediate address of the descriptor for `input` in the current table. */
uint64_t walk_descriptor_at(const struct walk *w, uint64_t input);
/* Judges a descriptor: a fault in *f, a table (w goes down a level), or a leaf that may be used. */
enum walk_step walk_step(struct walk *w, uint64_t desc, struct mmu_fault *f);
/* log2 of what a leaf of the current level maps, with its contiguous bit. */
unsigned walk_leaf_shift(const struct walk *w, uint64_t desc);
/* Reads a descriptor, at the cost of a walk's access. False is an external abort. */
bool walk_read(struct pe *c, uint64_t pa, bool secure, uint64_t *desc);

/* Output address size in bits of a PS or IPS field, bound by what the PE implements. */
unsigned walk_oa_bits(const struct pe *c, unsigned ps);
/* Implemented physical address size in bits: ID_AA64MMFR0_EL1.PARange. */
unsigned walk_pa_bits(const struct pe *c);

/* Stage 1: whether the address is in the range of a table (or, stage 1 off, of physical addresses). */
bool s1_input_ok(const struct pe *c, const struct mmu_ctx *x, uint64_t vaddr, struct mmu_fault *f);
/* Stage 1: the leaf of an address, through the walk's own stage-2 translations. False with *f filled. */
bool s1_walk(struct pe *c, const struct mmu_ctx *x, uint64_t vaddr, struct s1_leaf *leaf,
             struct mmu_fault *f);
/* Stage 1: what stands for a leaf of 2^shift bytes when stage 1 is off. */
void s1_flat(const struct mmu_ctx *x, uint64_t vaddr, unsigned shift, bool fetch, struct s1_leaf *leaf);
/* Stage 2: the leaf of an IPA, from the TLB or by a walk. False with *f filled. */
bool s2_find(struct pe *c, const struct mmu_ctx *x, uint64_t ipaddr, struct s2_leaf *leaf,
             struct mmu_fault *f);
/* Stage 2 off: what stands for a leaf of 2^shift bytes. */
void s2_flat(uint64_t ipaddr, unsigned shift, struct s2_leaf *leaf);
/* Stage 2 of a stage-1 descriptor's address: its physical address. */
bool s2_descriptor(struct pe *c, const struct mmu_ctx *x, uint64_t ipaddr, uint64_t *phys,
                   struct mmu_fault *f);

/* Fills the fault of a stage-1 or stage-2 walk; `fsc` without its level. */
static inline bool fault_s1(struct mmu_fault *f, unsigned fsc, unsigned level)
{
    f->fsc = (uint8_t)(fsc + level);
    f->stage2 = false;
    return false;
}

static inline bool fault_s2(struct mmu_fault *f, unsigned fsc, unsigned level, uint64_t ipaddr)
{
    f->fsc = (uint8_t)(fsc + level);
    f->stage2 = true;
    f->ipa = ipaddr;
    return false;
}

/* Permissions of one stage, or of both together. */
enum { PERM_R = 1, PERM_W = 2, PERM_X = 4, PERM_ALL = 7 };
unsigned perm_s1(const struct mmu_ctx *x, const struct s1_leaf *leaf);
unsigned perm_s2(const struct mmu_ctx *x, const struct s2_leaf *leaf);
/* Whether `perms` allow the access; when not, *write tells which half of it failed (ISS.WnR). */
bool perm_allows(unsigned perms, enum mmu_access acc, bool *write);

/* Attribute byte and shareability of both stages together, or of stage 1 alone. */
uint8_t attr_combine(uint8_t s1_attr, unsigned s2_memattr);
uint8_t attr_normalize(uint8_t s1_attr);
uint8_t sh_combine(uint8_t attr, uint8_t s1_sh, uint8_t s2_sh);
static inline bool attr_is_device(uint8_t attr)
{
    return !(attr & 0xf0);
}

/* Stage 1 alone, permissions included, for AT S1*. The result's pa is stage 1's output. */
bool mmu_translate_s1(struct pe *c, const struct mmu_ctx *x, va_t vaddr, enum mmu_access acc,
                      struct mmu_result *r, struct mmu_fault *f);

/* Registers as translation sees them (ctx.c). */
bool mmu_secure_below_el3(const struct pe *c);
uint16_t mmu_current_vmid(const struct pe *c);
bool mmu_asid16(const struct pe *c);
/* HCR_EL2.{E2H,TGE} are {1,1} and EL2 is enabled. */
bool mmu_in_host(const struct pe *c);
/* EL2's own regime: EL2, or EL2&0 with HCR_EL2.E2H. */
enum regime mmu_el2_regime(const struct pe *c);
