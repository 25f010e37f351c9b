/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file kernel.h
 * The guest's kernel: its state and what its parts offer each other.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "frame.h"
#include "hypercall.h"
#include "layout.h"
#include "smccc.h"

struct kernel {
    const struct guest_info *info;
    uint64_t period_ticks;       /* of the timer; zero when it is to stop */
    volatile uint64_t ticks;     /* interrupts of the virtual timer */
    volatile uint64_t sgis;      /* of the SGI to itself */
    volatile uint64_t doorbells; /* of the doorbell from the other VM */
    bool probing;                /* a fault is expected */
    uint64_t fault_esr;          /* syndrome of the last one */
};

extern struct kernel kernel;

static inline uint64_t hypercall(uint64_t function, uint64_t argument)
{
    return smccc_hvc(function, argument);
}

/** Prints one line, when it is this VM's turn; then passes the turn. */
__attribute__((format(printf, 1, 2))) void report(const char *format, ...);

/** Prints one line without asking for the turn, which the caller has. */
__attribute__((format(printf, 1, 2))) void print_line(const char *format, ...);

/** Prints why the kernel cannot go on, and turns the VM off. */
__attribute__((noreturn, format(printf, 1, 2))) void panic(const char *format, ...);

/** Builds the tables, at the IPA with the MMU off. */
void mmu_build(void);

/** Replaces the identity mapping by the task's address space. */
void mmu_use_task_tables(void);

/** Maps WINDOW_VA to `ipa`, by break-before-make. */
void mmu_map_window(uint64_t ipa, bool executable);

/** Sets up the GIC and enables the kernel's interrupts. */
void irq_init(void);

/** Serves one interrupt. Called by the vectors. */
void irq_handle(struct frame *frame);

/** Starts the timer with a period of 100 us; stops it. */
void irq_timer_start(void);
void irq_timer_stop(void);

/** Waits in WFI until `counter`, which an interrupt counts up, is at least `target`. */
void irq_wait(const volatile uint64_t *counter, uint64_t target);

/** Exceptions. Called by the vectors. */
void trap_kernel(struct frame *frame);
void trap_task(struct frame *frame);
__attribute__((noreturn)) void trap_unexpected(struct frame *frame);

/** Runs an access that is expected to fault; returns its syndrome, zero if it did not. */
uint64_t trap_probe(uint64_t (*access)(uint64_t va), uint64_t va);

/** vectors.S */
uint64_t task_enter(uint64_t entry, uint64_t stack_top);
void task_exit(void);
uint64_t probe_read(uint64_t va);
uint64_t probe_write(uint64_t va);
uint64_t probe_fetch(uint64_t va);
uint64_t probe_pmu(uint64_t unused);

/** The steps of the demonstration, in order. */
void demo_identify(void);
void demo_timer(void);
void demo_sgi(void);
void demo_hypercalls(void);
void demo_doorbell(void);
void demo_lazy(void);
void demo_remap(void);
void demo_probes(void);
void demo_task(void);
void demo_registers(void);

/** Remembers the EL1 registers that demo_registers() checks. */
void registers_set(void);
