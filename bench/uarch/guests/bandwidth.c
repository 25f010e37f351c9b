/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Bandwidth: bytes a cycle that a core reads, writes and copies in sequence, over working sets from 1 KiB
 * to 32 MiB, with what its prefetchers and its write streaming do for it. A copy counts its bytes once; its
 * working set is source and destination.
 */
#include "uarch.h"

#define WORKING_SET_MIN (1 * KIB)
#define WORKING_SET_MAX (32 * MIB)
#define WARM_ROUNDS 4         /* Caches that replace at random need several to be full of the set. */
#define BYTES_MIN (256 * KIB) /* A measurement goes over at least so many... */
#define BYTES_MAX (2 * MIB)   /* ... and at most so many. */

/** For bandwidth.S. */
struct stream {
    uint64_t from, to, turns;
};
kernel_fn stream_read, stream_write, stream_copy, stream_backward;

static const struct {
    const char *series;
    kernel_fn *kernel;
    bool copies;
} kinds[] = {
    { "read", stream_read, false },
    { "read backward", stream_backward, false },
    { "write", stream_write, false },
    { "copy", stream_copy, true },
};

/** Warms a set, then measures rounds over it, or over a part that was not touched last. */
static void stream_set(unsigned kind, uint64_t size)
{
    uint64_t part = kinds[kind].copies ? size / 2 : size;
    struct stream s = { ARENA_VA, ARENA_VA + part, part / LINE };
    struct measure m = { .kernel = kinds[kind].kernel, .arg = &s, .warm = WARM_ROUNDS, .count = 1 };

    if (part < BYTES_MIN) {
        m.count = BYTES_MIN / part;
    } else if (part > BYTES_MAX) {
        m.warm = 0;
        measure_run(&m); /* All of it, in order: what is measured was touched longest ago. */
        s.turns = BYTES_MAX / LINE;
    }
    measure_run(&m);
    row("bandwidth", kinds[kind].series, size, m.count * s.turns * LINE, m.cycles ? m.cycles : 1);
    check(m.result);
}

void bench_main(void)
{
    static struct mapping mapping = { .s1_start = 1, .s1_leaf = 2 };

    pmu_start();
    mapping_reset();
    mapping_make(&mapping, 0);
    mapping_use(&mapping);
    for (unsigned kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++)
        for (uint64_t size = WORKING_SET_MIN; size <= WORKING_SET_MAX; size *= 2)
            stream_set(kind, size);
    check_report("bandwidth");
}
