/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The aftermath of an interruption: what a context at EL1 pays after it returns, because a hypercall's
 * handler, or another VM, used the caches and TLBs in between. The context chases through its working set,
 * warm, is interrupted, and goes over it four times; a look at the cycle counter after every 16 loads. The
 * interruption itself is not counted.
 *
 * "aftermath" has the cycles beyond those of an undisturbed context, by what the interruption touched;
 * "aftermath-time" has the cycles since the return by the loads done since, for some of them;
 * "aftermath-refills", where the core has the events, refills of L1D and of its TLB.
 */
#include "aftermath.h"

#include "uarch.h"

#include <stddef.h>

#define SAMPLES 8
#define CHUNKS_MAX 128
#define TOUCH_MAX 8192
#define OTHER_OFFSET (32 * MIB) /* Of the handler's and the other VM's memory in the arena. */
#define L1D_CACHE_REFILL 0x03
#define L1D_TLB_REFILL 0x05

enum kind { KIND_NONE = 0, KIND_HYPERCALL = 1, KIND_SWITCH = 2 };

/** One sample, shared with EL1. */
struct aftermath {
    const void *head;
    uint64_t loads;               /* To warm the working set. */
    uint64_t from, words, stride; /* What the handler touches. */
    uint64_t kind, chunks;
    uint64_t events[2];
    uint64_t cycles[CHUNKS_MAX];
};
_Static_assert(offsetof(struct aftermath, cycles) == AFTERMATH_CYCLES, "aftermath.h");
_Static_assert(offsetof(struct aftermath, events) == AFTERMATH_EVENTS, "aftermath.h");

/** What a world switch changes here. */
struct context {
    uint64_t x[31];
    uint64_t elr, spsr, sp, ttbr0, vttbr;
    struct context *next;
};
_Static_assert(offsetof(struct context, next) == CONTEXT_NEXT, "aftermath.h");

kernel_fn aftermath;
void other_vm(void);

/** Means of the samples of a case. */
struct outcome {
    uint64_t total; /* Cycles of all rounds, of all samples. */
    uint64_t events[2];
    uint64_t since[CHUNKS_MAX];
};

static struct context main_vm, other;
static struct mapping main_map = {
    .s1_start = 1, .s1_leaf = 3, .stage2 = true, .s2_start = 1, .s2_leaf = 3, .vmid = 1
};
static struct mapping other_map = {
    .s1_start = 1, .s1_leaf = 3, .stage2 = true, .s2_start = 1, .s2_leaf = 3, .vmid = 2
};

/** Both VMs as they are before a sample. */
static void contexts_init(uint64_t words, uint64_t stride)
{
    main_vm.next = &other;
    other = (struct context){
        .x = { ARENA_VA + OTHER_OFFSET, words, stride },
        .elr = (uint64_t)other_vm,
        .spsr = SPSR_EL1H_MASKED,
        .ttbr0 = stage_base(&other_map.s1) | 1ull << 48,
        .vttbr = stage_base(&other_map.s2) | (uint64_t)other_map.vmid << 48,
        .next = &main_vm,
    };
    WRITE_SYSREG(TPIDR_EL2, &main_vm);
}

/** Runs the samples of one case: the working set is `nodes` words, the interruption touches `words`. */
static void run_case(enum kind kind, uint64_t nodes, uint64_t words, uint64_t stride, struct outcome *o)
{
    static struct aftermath a;
    struct measure m = {
        .kernel = aftermath, .arg = &a, .count = 1, .event = { L1D_CACHE_REFILL, L1D_TLB_REFILL }
    };

    *o = (struct outcome){ 0 };
    mapping_use(&main_map);
    contexts_init(words, stride);
    a = (struct aftermath){ .head = (void *)ARENA_VA,
                            .loads = nodes * ROUNDS,
                            .from = ARENA_PA + OTHER_OFFSET,
                            .words = words,
                            .stride = stride,
                            .kind = kind,
                            .chunks = nodes * ROUNDS / CHUNK_LOADS };
    for (unsigned i = 0; i < SAMPLES; i++) {
        measure_run(&m);
        check(m.result);
        o->total += a.cycles[a.chunks - 1];
        for (unsigned e = 0; e < 2; e++)
            o->events[e] += a.events[e];
        for (unsigned c = 0; c < a.chunks; c++)
            o->since[c] += a.cycles[c];
    }
}

/** The curve of a case. */
static void curve(const char *series, uint64_t nodes, const struct outcome *o)
{
    for (unsigned c = 0; c < nodes * ROUNDS / CHUNK_LOADS; c++)
        row("aftermath-time", series, (c + 1) * CHUNK_LOADS, o->since[c], SAMPLES);
}

/** A kind of interruption over what it touches. */
struct sweep {
    const char *series, *curve_series;
    enum kind kind;
    uint64_t nodes, stride;           /* The working set. */
    uint64_t touch_stride, touch_max; /* The interruption's. */
    uint64_t curve_words;             /* For the curve. */
};

#define PAGE_AND_LINE (PAGE_SIZE + LINE) /* A page on, and in another set of the caches. */

static const struct sweep sweeps[] = {
    { "hypercall: lines", "hypercall: 512 lines", KIND_HYPERCALL, 256, LINE, LINE, TOUCH_MAX, 512 },
    { "world switch: lines", "world switch: 512 lines", KIND_SWITCH, 256, LINE, LINE, TOUCH_MAX, 512 },
    { "world switch: pages", "world switch: 512 pages", KIND_SWITCH, 64, PAGE_AND_LINE, PAGE_AND_LINE, 2048,
      512 },
};

/** The rows of a sweep. */
static void run_sweep(const struct sweep *s)
{
    static struct outcome calm, disturbed;

    chain_build(0, s->nodes, s->stride);
    run_case(KIND_NONE, s->nodes, 0, 0, &calm);
    for (uint64_t words = 0; words <= s->touch_max; words = words ? 2 * words : 8) {
        uint64_t extra;

        run_case(s->kind, s->nodes, words, s->touch_stride, &disturbed);
        extra = disturbed.total > calm.total ? disturbed.total - calm.total : 0;
        row("aftermath", s->series, words, extra, SAMPLES);
        if (pmu_has(L1D_CACHE_REFILL) && pmu_has(L1D_TLB_REFILL)) {
            console_print("pmu ");
            row("aftermath-refills", s->series, words, disturbed.events[0], SAMPLES);
            console_print("pmu ");
            row("aftermath-tlb-refills", s->series, words, disturbed.events[1], SAMPLES);
        }
        if (words == s->curve_words)
            curve(s->curve_series, s->nodes, &disturbed);
    }
}

void bench_main(void)
{
    pmu_start();
    mapping_reset();
    mapping_make(&main_map, 0);
    mapping_make(&other_map, 0);
    for (unsigned i = 0; i < sizeof(sweeps) / sizeof(sweeps[0]); i++)
        run_sweep(&sweeps[i]);
    check_report("aftermath");
}
