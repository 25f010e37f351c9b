/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Runs the hypercall round trips of hvc.S at EL1 under both stages of translation.
 */
#include "guest.h"
#include "space.h"

BENCH_ITERATIONS(3000000);

void hvc_el1(uint64_t iterations);

void bench_main(void)
{
    static struct el1_space space;
    uint64_t sum;

    space_init(&space);
    space_install(&space, 0);
    sum = guest_enter((uint64_t)hvc_el1, el1_stack_top, bench_iterations, 0);
    bench_report("hvc", bench_iterations, "49", sum);
}
