/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file debug.c
 * Self-hosted debug in AArch64 state (DDI 0487: D2.4 to D2.12; pseudocode
 * AArch64.GenerateDebugExceptionsFrom, AArch64.BreakpointMatch, AArch64.WatchpointMatch,
 * AArch64.StateMatch, SSAdvance, DebugExceptionReturnSS). Not modelled: halting debug, Vector Catch,
 * watchpoints on cache maintenance other than DC ZVA, reserved settings (which match nothing).
 *
 *   DBGBCR<n>_EL1  23..20  19..16  15 14  13   8..5  2 1  0
 *                    BT     LBN     SSC  HMC   BAS   PMC  E
 *   DBGWCR<n>_EL1  28..24  20  19..16  15 14  13  12..5  4 3  2 1  0
 *                   MASK   WT    LBN    SSC  HMC   BAS   LSC  PAC  E
 */
#include "arch/debug.h"

#include "a64/insn.h"
#include "arch/exception.h"
#include "arch/regbits.h"
#include "arch/trap_ids.h"
#include "core/machine.h"
#include "mmu/state.h"

enum { DEBUG_FSC = 0x22, VA_TOP = 48, PAIR_STRIDE = SR_DBGBVR1_EL1 - SR_DBGBVR0_EL1 };
_Static_assert(SR_DBGBCR0_EL1 == SR_DBGBVR0_EL1 + 1 && SR_DBGWCR0_EL1 == SR_DBGWVR0_EL1 + 1 &&
                   SR_DBGWVR1_EL1 - SR_DBGWVR0_EL1 == PAIR_STRIDE,
               "value and control registers alternate");

#define MDSCR_SS BIT(0)
#define MDSCR_KDE BIT(13)
#define MDSCR_MDE BIT(15)
#define MDCR3_SDD BIT(16)
#define OSLSR_OSLK BIT(1)
#define SPSR_SS BIT(21)
#define ISS_ISV (1u << 24)
#define ISS_EX (1u << 6)
#define ISS_WNR (1u << 6)

static uint64_t value_of(const struct pe *c, bool breakpoint, unsigned n)
{
    return c->sr[(breakpoint ? SR_DBGBVR0_EL1 : SR_DBGWVR0_EL1) + n * PAIR_STRIDE];
}

static uint64_t control_of(const struct pe *c, bool breakpoint, unsigned n)
{
    return c->sr[(breakpoint ? SR_DBGBCR0_EL1 : SR_DBGWCR0_EL1) + n * PAIR_STRIDE];
}

/* ID_AA64DFR0_EL1.BRPs, WRPs, CTX_CMPs: one less than the number. Context-aware ones are the last. */
static unsigned count_of(const struct pe *c, bool breakpoint)
{
    const uint64_t dfr0 = c->sr[SR_ID_AA64DFR0_EL1];

    return 1 + (unsigned)(breakpoint ? bits(dfr0, 15, 12) : bits(dfr0, 23, 20));
}

static bool is_context_aware(const struct pe *c, unsigned n)
{
    return n + 1 + bits(c->sr[SR_ID_AA64DFR0_EL1], 31, 28) >= count_of(c, true);
}

/* DoubleLockStatus: DLK without CORENPDRQ. */
static bool double_locked(const struct pe *c)
{
    return (c->sr[SR_OSDLR_EL1] & 1) && !(c->sr[SR_DBGPRCR_EL1] & 1);
}

/* AArch64.GenerateDebugExceptionsFrom. */
static bool enabled_from(const struct pe *c, unsigned el, bool secure, bool masked)
{
    const bool to_el2 = pe_el2_enabled(c) && ((pe_hcr(c) & HCR_TGE) || (c->sr[SR_MDCR_EL2] & MDCR_TDE));
    const unsigned target = to_el2 ? 2 : 1;

    if ((c->sr[SR_OSLSR_EL1] & OSLSR_OSLK) || double_locked(c))
        return false;
    if (c->m->has_el3 && secure && (c->sr[SR_MDCR_EL3] & MDCR3_SDD))
        return false;
    if (el == target)
        return (c->sr[SR_MDSCR_EL1] & MDSCR_KDE) && !masked;
    return target > el;
}

static bool enabled_now(const struct pe *c)
{
    return enabled_from(c, c->el, pe_is_secure(c), c->daif & 8);
}

unsigned debug_target(const struct pe *c, uint16_t *cause)
{
    const bool tge = c->el == 0 && (pe_hcr(c) & HCR_TGE);
    const bool tde = c->el < 2 && pe_el2_enabled(c) && (c->sr[SR_MDCR_EL2] & MDCR_TDE);

    *cause = tge ? TRAP_TGE : tde ? TRAP_MDCR_TDE : TRAP_NONE;
    if (tge || tde)
        return 2;
    return c->el > 1 ? c->el : 1;
}

void debug_changed(struct pe *c)
{
    const bool armed = c->sr[SR_MDSCR_EL1] & MDSCR_MDE;
    unsigned enabled = 0;

    for (unsigned n = 0; armed && n < count_of(c, true); n++)
        enabled |= control_of(c, true, n) & 1 ? DEBUG_BREAKPOINTS : 0;
    for (unsigned n = 0; armed && n < count_of(c, false); n++)
        enabled |= control_of(c, false, n) & 1 ? DEBUG_WATCHPOINTS : 0;
    if (enabled | c->debug.enabled)
        fast_drop_all(c);
    c->debug.enabled = (uint8_t)enabled;
    c->debug.stepping = c->sr[SR_MDSCR_EL1] & MDSCR_SS;
    pe_force(c);
}

/* Software step (D2.12). */

static bool is_load_exclusive(uint32_t insn)
{
    const struct a64_info *info = a64_info(a64_decode(insn));

    return info->kind == KIND_EXCLUSIVE && bit(insn, 22);
}

void debug_settle(struct pe *c)
{
    struct debug_state *d = &c->debug;

    /* An exception would have taken the mark away. */
    if (d->step_open && pe_insns(c) > d->step_insn) {
        c->ss = false;
        d->stepped = true;
        d->step_open = false;
    }
}

bool debug_step(struct pe *c)
{
    struct debug_state *d = &c->debug;
    unsigned iss = DEBUG_FSC;

    if (!enabled_now(c))
        return true;
    if (c->ss) {
        d->step_open = true;
        d->stepped = false;
        d->step_insn = pe_insns(c);
        return true;
    }
    if (d->stepped)
        iss |= ISS_ISV | (is_load_exclusive(d->insn) ? ISS_EX : 0);
    exc_debug(c, EC_STEP_LOWER, iss);
    return false;
}

bool debug_return_ss(const struct pe *c, uint64_t spsr)
{
    const unsigned el = (unsigned)bits(spsr, 3, 2);
    const bool secure = c->m->has_el3 && (el == 3 || !(c->sr[SR_SCR_EL3] & SCR_NS));

    if (!(c->sr[SR_MDSCR_EL1] & MDSCR_SS) || enabled_now(c) || !enabled_from(c, el, secure, bit(spsr, 9)))
        return false;
    return spsr & SPSR_SS;
}

/* Breakpoints and watchpoints (D2.9, D2.10). */

/* BVR against the context, by BT<3:1>. */
static bool context_match(const struct pe *c, unsigned n)
{
    const uint64_t bvr = value_of(c, true, n), vmid = bits(c->sr[SR_VTTBR_EL2], 63, 48);
    const bool guest = c->el < 2 && pe_el2_enabled(c) && !pe_in_host(c);
    const bool cid1 = c->el < 2 && !pe_in_host(c) && (uint32_t)c->sr[SR_CONTEXTIDR_EL1] == (uint32_t)bvr;
    const bool cid2 = pe_el2_enabled(c) && c->el < 3 && (uint32_t)c->sr[SR_CONTEXTIDR_EL2] == bvr >> 32;
    const bool vmid_is = guest && vmid == bits(bvr, 47, 32);
    const bool host = pe_in_host(c) && (uint32_t)c->sr[SR_CONTEXTIDR_EL2] == (uint32_t)bvr;

    switch (bits(control_of(c, true, n), 23, 21)) {
    case 1:
        return host || cid1;
    case 3:
        return cid1;
    case 4:
        return vmid_is;
    case 5:
        return vmid_is && cid1;
    case 6:
        return cid2;
    case 7:
        return cid1 && cid2;
    default:
        return false;
    }
}

/* The context that a linked breakpoint or watchpoint names is current. */
static bool linked_match(const struct pe *c, unsigned n)
{
    const uint64_t bcr = n < count_of(c, true) ? control_of(c, true, n) : 0;

    return (bcr & 1) && bit(bcr, 20) && is_context_aware(c, n) && context_match(c, n);
}

/* AArch64.StateMatch: the fields are where both control registers have them. PxC is bits <2:1>. */
static bool state_match(const struct pe *c, uint64_t control, bool linked, bool priv)
{
    const unsigned ssc = (unsigned)bits(control, 15, 14), pxc = (unsigned)bits(control, 2, 1);
    const bool hmc = bit(control, 13), secure = pe_is_secure(c);
    const bool by_el[4] = {
        pxc & 2,
        pxc & 1,
        c->m->has_el2 && ((hmc && !(ssc == 2 && pxc == 0)) || ssc == 3),
        c->m->has_el3 && hmc && !(ssc & 1),
    };
    const bool by_state[4] = { true, !secure, secure, hmc || secure };

    if (!by_el[priv ? c->el : 0] || !by_state[ssc])
        return false;
    return !linked || linked_match(c, (unsigned)bits(control, 19, 16));
}

static bool breakpoint_match(const struct pe *c, unsigned n)
{
    const uint64_t bcr = control_of(c, true, n);
    const unsigned type = (unsigned)bits(bcr, 23, 20);

    if (!(bcr & 1) || !state_match(c, bcr, type == 1, true))
        return false;
    if (type > 1)
        return !(type & 1) && is_context_aware(c, n) && context_match(c, n);
    return bits(c->pc ^ value_of(c, true, n), VA_TOP, 2) == 0;
}

bool debug_check_fetch(struct pe *c)
{
    if (!(c->debug.enabled & DEBUG_BREAKPOINTS) || !enabled_now(c))
        return true;
    for (unsigned n = 0; n < count_of(c, true); n++) {
        if (!breakpoint_match(c, n))
            continue;
        exc_debug(c, EC_BREAKPOINT_LOWER, DEBUG_FSC);
        return false;
    }
    return true;
}

bool debug_page_broken(const struct pe *c, uint64_t va)
{
    if (likely(!(c->debug.enabled & DEBUG_BREAKPOINTS)))
        return false;
    for (unsigned n = 0; n < count_of(c, true); n++) {
        const uint64_t bcr = control_of(c, true, n);

        /* Context breakpoints match everywhere. */
        if ((bcr & 1) && (bits(bcr, 23, 20) > 1 || bits(va ^ value_of(c, true, n), VA_TOP, 12) == 0))
            return true;
    }
    return false;
}

/* The addresses that a watchpoint looks at, as a base and a length; 0 for a reserved setting. A mask of 2^n
 * bytes needs all of BAS; else BAS picks bytes of a doubleword, or of a word when bit <2> is set. */
static uint64_t watched_length(const struct pe *c, unsigned n, uint64_t *base)
{
    const uint64_t wcr = control_of(c, false, n), wvr = value_of(c, false, n);
    const unsigned mask = (unsigned)bits(wcr, 28, 24);
    uint64_t bas = bits(wcr, 12, 5);

    if (mask) {
        *base = wvr & ~MASK(mask - 1, 0);
        return mask > 2 && bas == 0xff ? UINT64_C(1) << mask : 0;
    }
    if (wvr & 4)
        bas &= 0xf;
    if (!bas)
        return 0;
    *base = (wvr & ~UINT64_C(3)) + (unsigned)__builtin_ctzll(bas);
    bas >>= __builtin_ctzll(bas);
    return bas & (bas + 1) ? 0 : (uint64_t)__builtin_popcountll(bas);
}

/* The first byte of [va, va + size) that a watchpoint looks at; size when there is none. */
static uint64_t first_watched(const struct pe *c, unsigned n, uint64_t va, uint64_t size)
{
    uint64_t base, length = watched_length(c, n, &base), at, into;

    if (!length)
        return size;
    at = bits(base - va, VA_TOP, 0);   /* How far ahead it begins, */
    into = bits(va - base, VA_TOP, 0); /* or how far into it the access begins. */
    return into < length ? 0 : at < size ? at : size;
}

bool debug_page_watched(const struct pe *c, uint64_t va)
{
    if (likely(!(c->debug.enabled & DEBUG_WATCHPOINTS)))
        return false;
    for (unsigned n = 0; n < count_of(c, false); n++)
        if ((control_of(c, false, n) & 1) &&
            first_watched(c, n, va & AVS_PAGE_MASK, AVS_PAGE_SIZE) < AVS_PAGE_SIZE)
            return true;
    return false;
}

bool debug_check_access(struct pe *c, uint64_t va, unsigned size, bool read, bool write, bool unpriv)
{
    if (!enabled_now(c))
        return true;
    for (unsigned n = 0; n < count_of(c, false); n++) {
        const uint64_t wcr = control_of(c, false, n);
        const bool of_kind = (read && bit(wcr, 3)) || (write && bit(wcr, 4));
        uint64_t at;

        if (!(wcr & 1) || !of_kind || !state_match(c, wcr, bit(wcr, 20), !unpriv && c->el))
            continue;
        at = first_watched(c, n, va, size);
        if (at == size)
            continue;
        exc_debug(c, EC_WATCHPOINT_LOWER, DEBUG_FSC | (write && !(read && bit(wcr, 3)) ? ISS_WNR : 0));
        c->exc.far = va + at;
        c->exc.far_valid = true;
        return false;
    }
    return true;
}
