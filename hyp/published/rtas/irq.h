/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file irq.h
 * The interrupt path of the bare-metal programs: vector, GIC, table of handlers, handler. Each step
 * is a file of its own, so that the code lies in memory as separately compiled code does: how many
 * cache lines it is spread over is part of what is measured.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define IRQ_COUNT 1024

/** Returns whether it has ended the interrupt itself. */
typedef bool irq_handler(unsigned intid);

/** Installs the vector table of this PE and unmasks IRQs. */
void irq_on(void);

/** Sets the handler of an interrupt. */
void irq_set_handler(unsigned intid, irq_handler *handler);

/** Calls the handler of `intid`, if there is one, and returns what it does. */
bool irq_handle(unsigned intid);

/** Turns on the GIC: of all PEs, when this is the first one. */
void gic_on(void);

/** Enables a private interrupt of this PE. */
void gic_enable(unsigned intid);

/** Ends an interrupt. */
void gic_eoi(unsigned intid);

/** Sends an SGI to one PE. */
void gic_send_sgi(uint64_t pe, uint64_t intid);

/** What the vector calls: acknowledges the interrupt and passes it on. */
void gic_handle(void);
