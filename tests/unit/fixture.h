/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fixture.h
 * A machine for unit tests: the virt board with 128 MiB of RAM at 0x40000000, no image, PE 0 in reset state.
 * A machine that cannot be made fails the test with its reason.
 */
#pragma once

#include <criterion/criterion.h>

#include "armvsim.h"
#include "board/bus.h"
#include "core/machine.h"

#define FIXTURE_RAM UINT64_C(0x40000000)

/* `board` and `cpu` may be NULL for the defaults. Freed with avs_machine_free(). */
static inline avs_machine *fixture_machine(const char *board, const char *cpu)
{
    avs_options o = AVS_OPTIONS_INIT;
    avs_machine *m = NULL;

    o.board = board;
    o.cpu = cpu;
    cr_assert_eq(avs_machine_new(&o, &m), AVS_OK, "machine: %s", avs_last_error(NULL));
    return m;
}

/* Puts 32-bit words (code) into RAM at a physical address. */
static inline void fixture_code(avs_machine *m, uint64_t address, const uint32_t *words, size_t count)
{
    cr_assert(bus_copy_in(m->bus, pa(address), words, count * sizeof(*words)), "code does not fit RAM");
}
