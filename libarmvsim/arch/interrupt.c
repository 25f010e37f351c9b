/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file interrupt.c
 * Asynchronous exceptions: physical and virtual IRQ, FIQ and SError, their routing, masking and order (DDI
 * 0487, D1.3.6 "Asynchronous exception types, routing, masking and priorities"). The order among several
 * that can be taken is IMPLEMENTATION DEFINED; here SError, FIQ, IRQ, and physical before virtual.
 */
#include <string.h>

#include "arch/exception.h"
#include "arch/regbits.h"
#include "arch/trap_ids.h"
#include "core/machine.h"

enum { DAIF_F = 1, DAIF_I = 2, DAIF_A = 4 };

/* One line a kind of interrupt: its input, mask bit, and the bits that route it. */
struct kind {
    enum exc_type type;
    uint32_t line;
    uint64_t scr_bit;     /* SCR_EL3: to EL3. */
    uint64_t hcr_route;   /* HCR_EL2: physical to EL2; virtual ones exist. */
    uint64_t hcr_virtual; /* HCR_EL2: a virtual one is pending. */
    uint32_t virtual_line;
    uint8_t mask;
    uint16_t cause_el2, cause_el3;
};

static const struct kind kinds[] = {
    { EXC_SERROR, LINE_SERR, BIT(3), HCR_AMO, HCR_VSE, 0, DAIF_A, TRAP_AMO, TRAP_SCR_EA },
    { EXC_FIQ, LINE_FIQ, BIT(2), HCR_FMO, HCR_VF, LINE_VFIQ, DAIF_F, TRAP_FMO, TRAP_SCR_FIQ },
    { EXC_IRQ, LINE_IRQ, BIT(1), HCR_IMO, HCR_VI, LINE_VIRQ, DAIF_I, TRAP_IMO, TRAP_SCR_IRQ },
};
enum { KIND_COUNT = sizeof(kinds) / sizeof(kinds[0]) };

static void fill(struct pe *c, const struct kind *k, uint8_t target, uint16_t cause, bool virt)
{
    memset(&c->exc, 0, sizeof(c->exc));
    c->exc.type = k->type;
    c->exc.ec = EC_SERROR;
    c->exc.il = true;
    c->exc.target_el = target;
    c->exc.cause = cause;
    c->exc.virt = virt;
    c->exc.sysreg = SR_NONE;
    c->exc.ret = c->pc;
}

/* Where a physical interrupt goes, and why. False while it is masked. */
static bool route(const struct pe *c, const struct kind *k, uint8_t *target, uint16_t *cause)
{
    uint64_t hcr = pe_hcr(c);
    bool host = (hcr & (HCR_E2H | HCR_TGE)) == (HCR_E2H | HCR_TGE);

    *target = 1;
    *cause = TRAP_NONE;
    if (c->m->has_el3 && (c->sr[SR_SCR_EL3] & k->scr_bit)) {
        *target = 3;
        *cause = k->cause_el3;
    } else if (hcr & (k->hcr_route | HCR_TGE)) {
        *target = 2;
        *cause = hcr & k->hcr_route ? k->cause_el2 : TRAP_TGE;
    }
    if (*target < c->el)
        return false;
    /* What goes from below to EL2 or EL3 cannot be masked below, but for a host's EL0. */
    return !(c->daif & k->mask) || (*target != c->el && *target != 1 && !(*target == 2 && host));
}

static bool physical(struct pe *c, const struct kind *k)
{
    uint8_t target;
    uint16_t cause;

    if (!route(c, k, &target, &cause))
        return false;
    fill(c, k, target, cause, false);
    return true;
}

static bool virtual_pending(const struct pe *c, const struct kind *k)
{
    uint64_t hcr = pe_hcr(c);

    if (c->el > 1 || !(hcr & k->hcr_route) || (hcr & HCR_TGE))
        return false;
    return (hcr & k->hcr_virtual) || (c->irq_lines & k->virtual_line);
}

bool exc_interrupt(struct pe *c)
{
    for (unsigned i = 0; i < KIND_COUNT; i++)
        if ((c->irq_lines & kinds[i].line) && physical(c, &kinds[i]))
            return true;
    for (unsigned i = 0; i < KIND_COUNT; i++) {
        if ((c->daif & kinds[i].mask) || !virtual_pending(c, &kinds[i]))
            continue;
        fill(c, &kinds[i], 1, TRAP_NONE, true);
        if (kinds[i].type == EXC_SERROR)
            c->sr[SR_HCR_EL2] &= ~HCR_VSE;
        return true;
    }
    return false;
}

bool exc_wakes(const struct pe *c)
{
    if (c->irq_lines & (LINE_IRQ | LINE_FIQ | LINE_SERR))
        return true;
    for (unsigned i = 0; i < KIND_COUNT; i++)
        if (virtual_pending(c, &kinds[i]))
            return true;
    return false;
}

bool exc_wakes_wfe(const struct pe *c)
{
    uint8_t target;
    uint16_t cause;

    for (unsigned i = 0; i < KIND_COUNT; i++) {
        if ((c->irq_lines & kinds[i].line) && route(c, &kinds[i], &target, &cause))
            return true;
        if (!(c->daif & kinds[i].mask) && virtual_pending(c, &kinds[i]))
            return true;
    }
    return false;
}
