/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_semihosting.c
 * Semihosting calls where a guest program cannot see what happens: Secure memory, cost and counters. The
 * rest is tests/programs/semihosting.sh.
 */
#include <string.h>

#include "arch/exception.h"
#include "board/semihosting.h"
#include "fixture.h"
#include "mmu/mmu.h"

#define SECURE_RAM UINT64_C(0x0e000000)
enum { SYS_WRITE0 = 4, SYS_ELAPSED = 0x30, SCR_NS = 1 };

static avs_machine *m;
static char console[16];
static size_t console_len;

static void on_console(void *user, const char *bytes, size_t len)
{
    (void)user;
    cr_assert_leq(console_len + len, sizeof(console));
    memcpy(console + console_len, bytes, len);
    console_len += len;
}

static void setup(void)
{
    avs_options o = AVS_OPTIONS_INIT;

    o.board = "virt,secure=on";
    o.semihosting = true;
    cr_assert_eq(avs_machine_new(&o, &m), AVS_OK, "%s", avs_last_error(NULL));
    avs_on_console(m, on_console, NULL);
    console_len = 0;
    cr_assert(bus_copy_in(m->bus, pa(SECURE_RAM), "secret", 7));
    cr_assert(bus_copy_in(m->bus, pa(FIXTURE_RAM), "public", 7));
}

static void teardown(void)
{
    avs_machine_free(m);
}

TestSuite(semihosting, .init = setup, .fini = teardown);

static uint64_t call(struct pe *c, uint32_t operation, uint64_t x1)
{
    c->x[0] = operation;
    c->x[1] = x1;
    cr_assert_eq(c->semihosting, semihosting_call);
    c->semihosting(c);
    return c->x[0];
}

static struct pe *non_secure(void)
{
    struct pe *c = &m->pe[0];

    c->sr[SR_SCR_EL3] |= SCR_NS;
    pe_set_el(c, 2, 1);
    mmu_context_changed(c);
    return c;
}

Test(semihosting, secure_state_reaches_both)
{
    cr_expect_eq(call(&m->pe[0], SYS_WRITE0, SECURE_RAM), 0);
    cr_expect_eq(call(&m->pe[0], SYS_WRITE0, FIXTURE_RAM), 0);
    cr_expect_eq(console_len, 12);
}

Test(semihosting, secure_memory_is_out_of_reach_otherwise)
{
    struct pe *c = non_secure();
    char left[7];

    cr_expect_eq(call(c, SYS_WRITE0, FIXTURE_RAM), 0);
    cr_expect_eq(console_len, 6);
    cr_expect_eq(call(c, SYS_WRITE0, SECURE_RAM), UINT64_MAX);
    cr_expect_eq(console_len, 6);
    cr_expect_eq(call(c, SYS_ELAPSED, SECURE_RAM), UINT64_MAX);
    cr_assert(avs_read_mem(m, SECURE_RAM, left, sizeof(left)));
    cr_expect_str_eq(left, "secret");
}

Test(semihosting, calls_cost_and_count_nothing)
{
    struct pe *c = non_secure();
    uint64_t acc = c->acc, ctr[CTR_COUNT];

    memcpy(ctr, c->ctr, sizeof(ctr));
    cr_expect_eq(call(c, SYS_WRITE0, FIXTURE_RAM), 0);
    cr_expect_eq(c->acc, acc);
    cr_expect_eq(memcmp(ctr, c->ctr, sizeof(ctr)), 0);
}

Test(semihosting, off_unless_asked_for)
{
    avs_machine_free(m);
    m = fixture_machine(NULL, NULL);
    cr_expect_null(m->pe[0].semihosting);
}
