/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file hv_irq.c
 * What the vector calls: acknowledge, pass on, drop the priority, and deactivate what the
 * hypervisor itself has handled.
 */
#include "gicv2.h"
#include "hv.h"

void hv_irq(void)
{
    uint32_t acknowledged = hv_gic_acknowledge();
    uint64_t intid = acknowledged & GICC_IAR_ID_MASK;
    enum hv_outcome outcome;

    if (intid >= GICC_ID_SPECIAL) {
        return;
    }
    outcome = hv_interrupt(intid);
    hv_gic_drop(acknowledged);
    if (outcome == HV_HANDLED) {
        hv_gic_deactivate(acknowledged);
    }
}
