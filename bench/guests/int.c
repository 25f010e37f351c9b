/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Integer code with loads and stores at EL1 under two stages of translation, both by 4 KiB pages:
 * eight kernels of about 700 KiB in all, as gcc -O2 compiles them. A pass runs each once; the CRC
 * starts from the checksum so far, and so depends on every pass before.
 *
 * 7,736,413 instructions a pass (counted by bench/count; as gcc 12.2 -O2 compiles it).
 */
#include "int.h"

#include "guest.h"
#include "space.h"

BENCH_ITERATIONS(150);

/** Ends the run from C at EL1. */
static _Noreturn void el1_done(uint64_t sum)
{
    register uint64_t x0 __asm__("x0") = sum;

    __asm__ volatile("hvc %1" : : "r"(x0), "i"(HVC_DONE) : "memory");
    __builtin_unreachable();
}

/** EL1. */
static _Noreturn void int_el1(uint64_t passes)
{
    uint64_t sum = 0;

    for (uint64_t pass = 0; pass < passes; pass++) {
        sum = checksum_fold(sum, kernel_crc((uint32_t)sum));
        sum = checksum_fold(sum, kernel_hash());
        sum = checksum_fold(sum, kernel_list());
        sum = checksum_fold(sum, kernel_sort());
        sum = checksum_fold(sum, kernel_matrix());
        sum = checksum_fold(sum, kernel_words());
        sum = checksum_fold(sum, kernel_interpreter());
        sum = checksum_fold(sum, kernel_pack());
    }
    el1_done(sum);
}

void bench_main(void)
{
    static struct el1_space space;
    uint64_t sum;

    space_init(&space);
    space_install(&space, 0);
    sum = guest_enter((uint64_t)int_el1, el1_stack_top, bench_iterations, 0);
    bench_report("int", bench_iterations, "7736413", sum);
}
