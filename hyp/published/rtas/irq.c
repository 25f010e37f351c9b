/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file irq.c
 * The table of interrupt handlers.
 */
#include "irq.h"

static irq_handler *handlers[IRQ_COUNT];

void irq_set_handler(unsigned intid, irq_handler *handler)
{
    if (intid < IRQ_COUNT) {
        handlers[intid] = handler;
    }
}

bool irq_handle(unsigned intid)
{
    if (intid < IRQ_COUNT && handlers[intid]) {
        return handlers[intid](intid);
    }
    return false;
}
