/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * What the microbenchmarks share: rows of results, running code at EL1 with its cycles counted, the
 * Performance Monitors, and address spaces whose page sizes, start levels and stages are chosen. EL2
 * prepares and prints, with flat 1 GiB blocks; all that is measured runs at EL1.
 *
 * Every count of iterations is a constant or follows from one: the same rows, in the same order, come
 * out of every machine. Only the last column tells them apart. UARCH_QUICK makes fewer of them, for tests.
 */
#ifndef UARCH_H
#define UARCH_H

#include "guest.h"
#include "space.h"

#include <stdbool.h>
#include <stdint.h>

#define KIB 1024ull
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define LINE 64ull

/* The arena: memory that measured loops work on. EL2 sees it at its PA; EL1 at ARENA_VA, whose
 * distance from the PA is a multiple of 1 GiB, so that a level 1 block can map it. */
#define ARENA_PA 0x44000000ull
#define ARENA_SIZE (64 * MIB)
#define ARENA_VA (ARENA_PA + GIB)
/* Addresses of which every page or block is the arena's first one: VAs, and IPAs when there are two
 * stages, so that only translation can miss. Up to 1 GiB of them. */
#define ALIAS_VA 0xc0000000ull
/* Pages for tables: stage 1's, then as many for stage 2's. */
#define TABLES_PA 0x40400000ull
#define TABLES_SIZE (1 * MIB)
/* Stage 1 tables of the upper half of the VAs: not in the same 2 MiB, for the sake of stage 2. */
#define HIGH_TABLES_PA 0x40800000ull

/** How EL1's addresses are translated. Levels are as the Arm ARM counts them, D8.2. */
struct mapping {
    unsigned s1_start, s1_leaf; /* Where stage 1's walk starts; where it finds the arena. */
    bool stage2;
    unsigned s2_start, s2_leaf; /* The same of stage 2; s2_leaf maps the arena and stage 1's tables. */
    bool high; /* The arena is at mapping_high_va() as well, by tables that share nothing with these. */
    unsigned vmid;
    struct stage s1, s1_high, s2;
};

/** Forgets all tables. */
void mapping_reset(void);

/** Makes the tables that `m` asks for. `aliases` pages or blocks (by s1_leaf) are mapped at ALIAS_VA. */
void mapping_make(struct mapping *m, uint64_t aliases);

/** Has EL1 translate by `m`, with nothing of it in any TLB. */
void mapping_use(const struct mapping *m);

/** Where `m`'s TTBR1_EL1 has the arena. */
uint64_t mapping_high_va(const struct mapping *m);

/** A loop that is measured: x0 is its argument, x1 how often it turns. Returns what it computed. */
typedef uint64_t kernel_fn(const void *arg, uint64_t count);

/** One measurement at EL1: `before`, or else the kernel, turns `warm` times uncounted, then the kernel
 * `count` times. */
struct measure {
    kernel_fn *kernel, *before;
    const void *arg;
    uint64_t warm, count;
    bool goes_on;    /* The kernel's argument is what the call before returned: it does not begin again. */
    uint64_t cycles; /* Out: cycles of the `count` turns. */
    uint64_t result; /* Out: of the last call. */
    uint64_t event[2]; /* In: PMU events to count, 0 for none. */
    uint64_t events[2];
};

/** Enables the cycle counter and the event counters for EL1. */
void pmu_start(void);

/** Whether PMCEID0_EL0 or PMCEID1_EL0 promises the event. */
bool pmu_has(unsigned event);

/** Runs a function at EL1; returns its result. */
uint64_t el1_call(uint64_t (*fn)(const void *), const void *arg);

/** Measures at EL1, under the mapping in use. */
void measure_run(struct measure *m);

/** Prints "uarch FIGURE,SERIES,X,Y": Y is amount / count, to a thousandth. */
void row(const char *figure, const char *series, uint64_t x, uint64_t amount, uint64_t count);

/** The same where x is a name. */
void row_named(const char *figure, const char *series, const char *x, uint64_t amount, uint64_t count);

/** Folds a value that does not depend on time into the guest's checksum, which is printed at the end. */
void check(uint64_t value);
void check_report(const char *guest);

/** The next number of a sequence that is the same everywhere, below `limit`. */
uint64_t random_below(uint64_t limit);

/** The next size of a series with so many steps from a power of two to the next, 1 or more. */
uint64_t next_size(uint64_t size, unsigned steps_an_octave);

/** PMCCNTR_EL0, with all that comes before it done and nothing that follows begun. */
static inline uint64_t cycles_now(void)
{
    ISB();
    return READ_SYSREG(PMCCNTR_EL0);
}

/** A chase through `nodes` words in random order, `stride` bytes apart from `offset` on in the arena: each
 * holds the EL1 address of the next. */
void chain_build(uint64_t offset, uint64_t nodes, uint64_t stride);

/** Loads along a chain: `arg` is the first node; count is of loads, a multiple of 16. */
kernel_fn chase;

#endif
