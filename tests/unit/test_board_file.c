/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_board_file.c
 * Boards that are another board but for some keys, and how long a board's devices take.
 */
#include <glib.h>
#include <glib/gstdio.h>

#include "board/board.h"
#include "core/run.h"
#include "fixture.h"
#include "mmu/mmu.h"
#include "timing/memory.h"

enum { LDR_W0_X1 = 0xb9400020, STR_W0_X1 = 0xb9000020 };

#define GICD UINT64_C(0x08000000)
#define GICH UINT64_C(0x08030000)
#define UART UINT64_C(0x09000000)
#define RTC UINT64_C(0x09010000)

static char *folder, *path;

static void setup(void)
{
    folder = g_dir_make_tmp("avs-board-XXXXXX", NULL);
    path = g_build_filename(folder, "mine.board", NULL);
}

static void teardown(void)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir))) {
        g_autofree char *file = g_build_filename(folder, name, NULL);

        g_unlink(file);
    }
    g_dir_close(dir);
    g_rmdir(folder);
    g_free(path);
    g_free(folder);
}

TestSuite(board_file, .init = setup, .fini = teardown);

static void write_file(const char *name, const char *text)
{
    g_autofree char *file = g_build_filename(folder, name, NULL);

    cr_assert(g_file_set_contents(file, text, -1, NULL));
}

static void expect_refused(const char *text, const char *reason)
{
    avs_options o = AVS_OPTIONS_INIT;
    avs_machine *m;

    write_file("mine.board", text);
    o.board = path;
    cr_expect_eq(avs_machine_new(&o, &m), AVS_ERR_BOARD, "%s", text);
    cr_expect_not_null(strstr(avs_last_error(NULL), reason), "%s: says \"%s\": %s", text, reason,
                       avs_last_error(NULL));
}

static uint64_t ticks_of_step(struct pe *c, uint64_t address)
{
    uint64_t before = c->tick_base + acc_ticks(c->acc);

    c->pc = FIXTURE_RAM;
    c->x[0] = 0;
    c->x[1] = address;
    pe_step(c);
    cr_assert_eq(c->pc, FIXTURE_RAM + 4, "%#lx: the access was not done", (long)address);
    if (c->memory) /* As DSB: a write is waited for. */
        pe_add_cycles(c, memory_drain(c->memory, pe_cycles(c)));
    return c->tick_base + acc_ticks(c->acc) - before;
}

/* Ticks of one instruction at the start of RAM, with X1 = address, when its line is in L1I. */
static uint64_t ticks_of(avs_machine *m, uint32_t insn, uint64_t address)
{
    struct pe *c = &m->pe[0];

    fixture_code(m, FIXTURE_RAM, &insn, 1);
    c->halted = false;
    c->sr[SR_SCTLR_EL1] |= BIT(12); /* I, of whatever EL there is at the top. */
    c->sr[SR_SCTLR_EL2] |= BIT(12);
    c->sr[SR_SCTLR_EL3] |= BIT(12);
    mmu_context_changed(c);
    mmu_select(c);
    ticks_of_step(c, address);
    return ticks_of_step(c, address);
}

/* How long an access takes. A load waits for it, and costs that much more than one to a device whose
 * accesses take no time; a store that
 * is posted goes on beside its instruction. */
static uint64_t access_cycles(avs_machine *m, uint32_t insn, uint64_t address)
{
    struct bus_region *r = bus_find(m->bus, pa(RTC));
    bool write = insn == STR_W0_X1;
    uint64_t itself, all;

    r->timed[write] = true;
    r->cycles[write] = 0;
    itself = ticks_of(m, insn, RTC);
    r->timed[write] = false;
    all = ticks_of(m, insn, address);
    if (write && m->model->memory.device_posted)
        return all == itself ? 0 : all / ACC_CYCLE;
    cr_expect_eq((all - itself) % ACC_CYCLE, 0, "an access takes whole cycles");
    return (all - itself) / ACC_CYCLE;
}

Test(board_file, includes_another)
{
    avs_machine *m;

    write_file("mine.board", "[board]\ninclude = virt\ntitle = Mine\n[timer]\nfrequency = 1000000\n"
                             "[device extra]\ntype = pl011\nbase = 0x30000000\nsize = 0x1000\nspi = 40\n"
                             "[device uart0]\nbase = 0x31000000\n");
    m = fixture_machine(path, NULL);
    cr_expect_eq(board_cntfrq(m->board), 1000000, "a key of its own");
    cr_expect_str_eq(bus_find(m->bus, pa(GICD))->name, "GIC distributor", "what virt has");
    cr_expect_str_eq(bus_find(m->bus, pa(0x30000000))->name, "extra", "what virt has not");
    cr_expect_str_eq(bus_find(m->bus, pa(0x31000000))->name, "uart0", "a key in a group of virt's");
    cr_expect_null(bus_find(m->bus, pa(UART)));
    avs_machine_free(m);
}

Test(board_file, includes_a_file_beside_it)
{
    avs_machine *m;

    write_file("base.board", "[board]\ninclude = virt\n[timer]\nfrequency = 2000000\n");
    write_file("mine.board", "[board]\ninclude = base.board\n");
    m = fixture_machine(path, NULL);
    cr_expect_eq(board_cntfrq(m->board), 2000000);
    avs_machine_free(m);
}

Test(board_file, bad_includes)
{
    expect_refused("[board]\ninclude = raspi\n", "board \"raspi\": there is no");
    expect_refused("[board]\ninclude = mine.board\n", "include: more than 8 files include each other");
    expect_refused("[board]\ninclude = virt\n[memory x]\nkind = ram\n", "[memory x] base: is missing");
}

Test(board_file, bad_times)
{
    static const char *const bad[] = { "",    "-1",   "fast",    "1.",    ".5",    "1.23456",
                                       "1e3", "0x10", "1000001", "1.5ns", "1 000", "99999999999999999999" };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *gic = g_strdup_printf("[board]\ninclude = virt\n[gic]\nread-ns = %s\n", bad[i]);
        g_autofree char *dev =
            g_strdup_printf("[board]\ninclude = virt\n[device rtc]\nwrite-ns = %s\n", bad[i]);

        expect_refused(gic, "[gic] read-ns: is not a time in ns");
        expect_refused(dev, "[device rtc] write-ns: is not a time in ns");
    }
}

Test(board_file, devices_take_as_long_as_the_board_says)
{
    avs_machine *m;

    write_file("mine.board", "[board]\ninclude = virt\n[gic]\nread-ns = 250\nwrite-ns = 12.5\n"
                             "[device uart0]\nread-ns = 1000000\nwrite-ns = 0\n");
    m = fixture_machine(path, "cortex-a53"); /* 1.2 GHz. */
    cr_expect_eq(access_cycles(m, LDR_W0_X1, GICD), 300);
    cr_expect_eq(access_cycles(m, STR_W0_X1, GICD), 15);
    cr_expect_eq(access_cycles(m, LDR_W0_X1, UART + 0x18), 1200000);
    cr_expect_eq(access_cycles(m, STR_W0_X1, UART + 0x24), 0);
    cr_expect_eq(access_cycles(m, LDR_W0_X1, RTC), m->model->cost[COST_MMIO_READ], "the core's");
    cr_expect_eq(access_cycles(m, STR_W0_X1, RTC + 0x10), m->model->cost[COST_MMIO_WRITE], "the core's");
    avs_machine_free(m);
}

/* A thousand of the slowest accesses in one block: time goes on exactly, and counts nothing as
 * instructions. */
Test(board_file, the_slowest_devices_in_one_block)
{
    enum { LOADS = 1000, UNTIL_HERE = 0x14000000 };
    uint32_t code[LOADS + 1];
    avs_machine *m;
    struct pe *c;

    write_file("mine.board", "[board]\ninclude = virt\n[device uart0]\nread-ns = 1000000\n");
    m = fixture_machine(path, "cortex-a53");
    c = &m->pe[0];
    for (unsigned i = 0; i < LOADS; i++)
        code[i] = LDR_W0_X1;
    code[LOADS] = UNTIL_HERE;
    fixture_code(m, FIXTURE_RAM, code, LOADS + 1);
    m->loaded = true;
    m->max_insns = LOADS;
    c->halted = false;
    c->pc = FIXTURE_RAM;
    c->x[1] = UART + 0x18;
    machine_run(m);
    cr_expect_eq(pe_insns(c), LOADS, "%lu instructions", pe_insns(c));
    cr_expect_eq(c->pc, FIXTURE_RAM + 4 * LOADS);
    cr_expect_eq(pe_cycles(c) / 1000000, LOADS * UINT64_C(1200000) / 1000000, "%lu cycles", pe_cycles(c));
    avs_machine_free(m);
}

/* In the frames of a GICv2: the published 36.6 cycles and 295 and 26 cycles, with their instruction. */
Test(board_file, shipped_boards_have_the_times_of_their_machines)
{
    avs_machine *m = fixture_machine("zcu104", "cortex-a53");

    cr_expect_eq(board_cntfrq(m->board), 100000000);
    cr_expect(m->has_gicv2);
    cr_expect_eq(access_cycles(m, STR_W0_X1, GICD), 36);
    avs_machine_free(m);
    m = fixture_machine("m400", "x-gene-1");
    cr_expect_eq(board_cntfrq(m->board), 50000000);
    cr_expect_eq(access_cycles(m, LDR_W0_X1, GICH), 294);
    cr_expect_eq(access_cycles(m, STR_W0_X1, GICH), 20);
    cr_expect_eq(board_gich(m->board)->base, GICH);
    avs_machine_free(m);
}

Test(board_file, without_timing_devices_cost_nothing)
{
    avs_options o = AVS_OPTIONS_INIT;
    avs_machine *m;

    o.board = "m400";
    o.timing = "none";
    cr_assert_eq(avs_machine_new(&o, &m), AVS_OK, "%s", avs_last_error(NULL));
    cr_expect_eq(ticks_of(m, LDR_W0_X1, GICH), ACC_CYCLE);
    avs_machine_free(m);
}
