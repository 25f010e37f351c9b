/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pauth.c
 * Pointer authentication codes: where in a pointer they lie, how they are added and checked, and who may do
 * so (DDI 0487, D8.10; pseudocode AddPAC, Auth, Strip, CalculateBottomPACBit, EffectiveTBI, AddPACIA and
 * kin, TrapPACUse). The algorithm is QARMA5; the levels are those of ID_AA64ISAR1_EL1.APA. A TxSZ outside
 * of 16 to 39 counts as the nearer of them, as in walks.
 *
 *      63        56 55 54            bottom                       0
 *     +------------+--+----------------+--------------------------+
 *     | PAC or tag | S|      PAC       | address                  |
 *     +------------+--+----------------+--------------------------+
 *                    S selects the VA range.
 *
 * Not modelled: QARMA3 and IMPLEMENTATION DEFINED algorithms (FEAT_PACQARMA3, FEAT_PACIMP).
 */
#include "a64/pauth.h"

#include "a64/qarma.h"
#include "arch/exception.h"
#include "arch/sysreg.h"
#include "arch/trap_ids.h"
#include "core/machine.h"

/* ID_AA64ISAR1_EL1.APA. */
enum { APA_EPAC = 2, APA_PAUTH2 = 3, APA_FPAC = 4, APA_FPACCOMBINE = 5 };

#define HCR_E2H BIT(34)
#define SELECT BIT(55)

static unsigned level(const struct pe *c)
{
    return (unsigned)bits(c->sr[SR_ID_AA64ISAR1_EL1], 7, 4);
}

static uint64_t compute(const struct pe *c, enum pauth_key key, uint64_t value, uint64_t modifier)
{
    static const uint16_t low[] = { SR_APIAKeyLo_EL1, SR_APIBKeyLo_EL1, SR_APDAKeyLo_EL1, SR_APDBKeyLo_EL1,
                                    SR_APGAKeyLo_EL1 };
    static const uint16_t high[] = { SR_APIAKeyHi_EL1, SR_APIBKeyHi_EL1, SR_APDAKeyHi_EL1, SR_APDBKeyHi_EL1,
                                     SR_APGAKeyHi_EL1 };

    return qarma5(value, modifier, c->sr[high[key]], c->sr[low[key]]);
}

/* SCTLR_ELx of the current regime; TCR_ELx lies beside it. */
static uint64_t sctlr(const struct pe *c)
{
    if (c->el == 3)
        return c->sr[SR_SCTLR_EL3];
    return c->el == 2 || pe_in_host(c) ? c->sr[SR_SCTLR_EL2] : c->sr[SR_SCTLR_EL1];
}

static uint64_t tcr(const struct pe *c)
{
    if (c->el == 3)
        return c->sr[SR_TCR_EL3];
    return c->el == 2 || pe_in_host(c) ? c->sr[SR_TCR_EL2] : c->sr[SR_TCR_EL1];
}

static bool two_ranges(const struct pe *c)
{
    return c->el < 2 || (c->el == 2 && (pe_hcr(c) & HCR_E2H));
}

/* Whether the top byte of addresses in a range is ignored: TBI0, TBI1 and TBID0, TBID1; or TBI and TBID. */
static bool top_byte_ignored(const struct pe *c, bool upper, bool data)
{
    uint64_t t = tcr(c);

    if (!two_ranges(c))
        return bit(t, 20) && (data || !bit(t, 29));
    return bit(t, 37 + upper) && (data || !bit(t, 51 + upper));
}

static unsigned bottom_bit(const struct pe *c, bool upper)
{
    unsigned txsz = (unsigned)(upper && two_ranges(c) ? bits(tcr(c), 21, 16) : bits(tcr(c), 5, 0));

    return 64 - (txsz < 16 ? 16 : txsz > 39 ? 39 : txsz);
}

/* The bits of a pointer that hold its code. */
static uint64_t code_bits(const struct pe *c, bool upper, bool tbi)
{
    return MASK(54, bottom_bit(c, upper)) | (tbi ? 0 : MASK(63, 56));
}

/* A pointer whose extension bits are all `upper`. */
static uint64_t extended(uint64_t ptr, bool upper, uint64_t code)
{
    return upper ? ptr | code | SELECT : ptr & ~(code | SELECT);
}

/* Which range a pointer is of. Where either range ignores the top byte, bit 55 says so; else bit 63. */
static bool selects_upper(const struct pe *c, uint64_t ptr, bool data)
{
    bool by_55 = two_ranges(c) ? top_byte_ignored(c, false, data) || top_byte_ignored(c, true, data)
                               : top_byte_ignored(c, false, data);

    return bit(ptr, by_55 ? 55 : 63);
}

static uint64_t add(const struct pe *c, enum pauth_key key, uint64_t ptr, uint64_t modifier)
{
    const bool data = key >= PAUTH_DA, upper = selects_upper(c, ptr, data);
    const bool tbi = top_byte_ignored(c, bit(ptr, 55), data);
    const uint64_t code = code_bits(c, upper, tbi), extension = code | SELECT;
    uint64_t pac = compute(c, key, extended(ptr, upper, code), modifier);
    uint64_t with = upper ? ptr | SELECT : ptr & ~SELECT;

    if (level(c) >= APA_PAUTH2)
        return with ^ (pac & code);
    if ((ptr & extension) != 0 && (ptr & extension) != extension)
        pac = level(c) == APA_EPAC ? 0 : pac ^ BIT(tbi ? 54 : 62);
    return (with & ~code) | (pac & code);
}

/* FEAT_FPAC: EC 0x1c, with the key in ISS<1:0>. */
static bool fails(const struct pe *c, bool combined)
{
    return level(c) >= (combined ? APA_FPACCOMBINE : APA_FPAC);
}

static bool authenticate(struct pe *c, enum pauth_key key, uint64_t *ptr, uint64_t modifier, bool combined)
{
    const bool upper = bit(*ptr, 55), tbi = top_byte_ignored(c, upper, key >= PAUTH_DA);
    const uint64_t code = code_bits(c, upper, tbi), original = extended(*ptr, upper, code);
    const uint64_t pac = compute(c, key, original, modifier);
    const unsigned error = key & 1 ? 2 : 1, at = tbi ? 53 : 61;

    if (level(c) >= APA_PAUTH2) {
        *ptr ^= pac & code;
        if (*ptr == original || !fails(c, combined))
            return true;
        exc_pac_fail(c, key);
        return false;
    }
    if (((*ptr ^ pac) & code) == 0)
        *ptr = original;
    else
        *ptr = (original & ~(UINT64_C(3) << at)) | (uint64_t)error << at;
    return true;
}

static bool enabled(const struct pe *c, enum pauth_key key)
{
    static const uint8_t at[] = { 31, 30, 27, 13 }; /* EnIA, EnIB, EnDA, EnDB. */

    return bit(sctlr(c), at[key]);
}

static bool traps(struct pe *c)
{
    return trap_check(c, TRAP_GROUP_PAUTH, false, EC_PAC, 0);
}

bool pauth_add(struct pe *c, enum pauth_key key, uint64_t *ptr, uint64_t modifier)
{
    if (!enabled(c, key))
        return true;
    if (traps(c))
        return false;
    *ptr = add(c, key, *ptr, modifier);
    return true;
}

bool pauth_auth(struct pe *c, enum pauth_key key, uint64_t *ptr, uint64_t modifier, bool combined)
{
    if (!enabled(c, key))
        return true;
    return !traps(c) && authenticate(c, key, ptr, modifier, combined);
}

bool pauth_generic(struct pe *c, uint64_t value, uint64_t modifier, uint64_t *code)
{
    if (traps(c))
        return false;
    *code = compute(c, PAUTH_GA, value, modifier) & MASK(63, 32);
    return true;
}

uint64_t pauth_strip(const struct pe *c, uint64_t ptr, bool data)
{
    bool upper = bit(ptr, 55);

    return extended(ptr, upper, code_bits(c, upper, top_byte_ignored(c, upper, data)));
}
