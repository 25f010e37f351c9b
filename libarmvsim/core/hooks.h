/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file hooks.h
 * What the machine tells its observers (the ledger, the embedder's callbacks). The core calls these only
 * when c->hooks is not NULL; a64/, arch/, mmu/ and gic/ never know who listens. In every hook, the PE's
 * state is architecturally exact: pe_insns(), pe_cycles(), registers and PSTATE are as the text says.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct pe;
struct exc;

struct pe_hooks {
    void *user;
    /**
     * An exception was taken: PSTATE, pc, ESR/ELR/SPSR/FAR are those after entry; *exc is what was taken;
     * `from_el` and `from_pc` are of the interrupted context; `start_cycles` is before the entry's cost.
     * Called for every exception, to EL1 too.
     */
    void (*exception)(void *user, struct pe *c, const struct exc *exc, unsigned from_el, uint64_t from_pc,
                      uint64_t start_cycles);
    /** An ERET completed: PSTATE and pc are those after; from_el/from_pc are of the ERET itself. */
    void (*eret)(void *user, struct pe *c, unsigned from_el, uint64_t from_pc, uint64_t start_cycles);
    /** A list register was written with a valid state, or changed state (see enum virq_event in gic/). */
    void (*virq)(void *user, struct pe *c, unsigned event, uint32_t vintid, uint32_t pintid, unsigned lr);
    /** The PE was idle in WFI/WFE for this many cycles; pc is after the instruction. */
    void (*idle)(void *user, struct pe *c, uint64_t cycles);
    /** Execution goes on in the page at c->code_va, which is the page of memory `page` here. Called
     * whenever the page had to be looked for, not each time it is entered. */
    void (*fetch)(void *user, struct pe *c, const void *page);
    /** A word of the page at c->code_va, `page` in memory, is about to be executed, for the first time
     * since it was decoded. Called inside of a block: pc and the counts are not exact. */
    void (*executed)(void *user, struct pe *c, const void *page, unsigned word);
};
