/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file perm.c
 * Access permissions and memory attributes of both stages, from the raw fields that the TLB keeps. DDI
 * 0487, D8.4 (memory access control), D8.5 (memory region attributes), D8.5.5 (combining stages);
 * pseudocode AArch64.S1CheckPermissions, AArch64.S2CheckPermissions, S2CombineS1MemAttrs.
 *
 * An instruction fetch from executable Device memory is treated as one from Normal Non-cacheable memory
 * (CONSTRAINED UNPREDICTABLE). Does NOT model: SCTLR_ELx.C and I, FEAT_S2FWB, FEAT_PAN3.
 */
#include "mmu/walk.h"

static unsigned perm_word(bool r, bool w, bool x)
{
    return (r ? PERM_R : 0u) | (w ? PERM_W : 0u) | (x ? PERM_X : 0u);
}

unsigned perm_s1(const struct mmu_ctx *x, const struct s1_leaf *leaf)
{
    bool w = !(leaf->ap & 2);
    bool user = leaf->ap & 1;

    if (!x->s1_on)
        return PERM_ALL;
    if (!x->two_ranges)
        return perm_word(true, w, !leaf->uxn && !(w && x->wxn));
    if (x->el0)
        return perm_word(user, user && w, !leaf->uxn && !(user && w && x->wxn));
    /* What EL0 can write, a higher level never executes. PAN keeps data accesses from what EL0 can read. */
    bool exec = !leaf->pxn && !(user && w) && !(w && x->wxn);
    bool data = !(x->pan && user);

    return perm_word(data, data && w, exec);
}

unsigned perm_s2(const struct mmu_ctx *x, const struct s2_leaf *leaf)
{
    /* XN[1:0] (FEAT_XNX): 00 both, 01 EL0 only, 10 none, 11 EL1 only. Without it bit 0 is never kept. */
    static const bool exec[4][2] = { { true, true }, { false, true }, { false, false }, { true, false } };

    if (!x->s2_on)
        return PERM_ALL;
    return perm_word(leaf->ap & 1, leaf->ap & 2, exec[leaf->xn & 3][x->el0]);
}

bool perm_allows(unsigned perms, enum mmu_access acc, bool *write)
{
    *write = acc == MMU_WRITE || (acc == MMU_RW && (perms & PERM_R));
    switch (acc) {
    case MMU_READ:
        return perms & PERM_R;
    case MMU_WRITE:
        return perms & PERM_W;
    case MMU_FETCH:
        return perms & PERM_X;
    default:
        return (perms & (PERM_R | PERM_W)) == (PERM_R | PERM_W);
    }
}

/* Cacheability of a MAIR nibble and of a MemAttr half, ordered so that the weaker is the smaller. */
enum cacheability { CACHE_NC, CACHE_WT, CACHE_WB };

static enum cacheability nibble_cacheability(unsigned nibble)
{
    if (nibble == 4)
        return CACHE_NC;
    return nibble & 4 ? CACHE_WB : CACHE_WT;
}

/* Bits <1:0> of a nibble are allocation hints, which come from stage 1. */
static unsigned combine_nibble(unsigned nibble, unsigned half)
{
    enum cacheability s1 = nibble_cacheability(nibble);
    enum cacheability s2 = half < 2 ? CACHE_NC : (enum cacheability)(half - 1);

    if (s1 == CACHE_NC || s2 == CACHE_NC)
        return 4;
    if (s1 == CACHE_WT || s2 == CACHE_WB)
        return nibble;
    return 8 | (nibble & 3);
}

uint8_t attr_normalize(uint8_t s1_attr)
{
    return attr_is_device(s1_attr) ? s1_attr & 0x0c : s1_attr;
}

uint8_t attr_combine(uint8_t s1_attr, unsigned s2_memattr)
{
    uint8_t s1_device = s1_attr & 0x0c;
    uint8_t s2_device = (uint8_t)((s2_memattr & 3) << 2);

    if (s2_memattr >> 2) {
        if (attr_is_device(s1_attr))
            return s1_device;
        return (uint8_t)(combine_nibble(s1_attr >> 4, s2_memattr >> 2) << 4 |
                         combine_nibble(s1_attr & 15, s2_memattr & 3));
    }
    if (!attr_is_device(s1_attr))
        return s2_device;
    return s1_device < s2_device ? s1_device : s2_device;
}

/* Device and Normal Non-cacheable memory are Outer Shareable always; else the wider of both stages counts.
 */
uint8_t sh_combine(uint8_t attr, uint8_t s1_sh, uint8_t s2_sh)
{
    if (attr_is_device(attr) || attr == 0x44 || s1_sh == 2 || s2_sh == 2)
        return 2;
    return s1_sh == 3 || s2_sh == 3 ? 3 : 0;
}
