/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_board.c
 * Boards: options and what they bring, board files of others with everything that can be wrong in them, the
 * reset state, and PSCI through its conduit.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arch/exception.h"
#include "board/board.h"
#include "fixture.h"

static char path[64];

static void setup(void)
{
    snprintf(path, sizeof(path), "/tmp/avs-%ld.board", (long)getpid());
}

static void teardown(void)
{
    remove(path);
}

TestSuite(board, .init = setup, .fini = teardown);

static void expect_refused(const char *spec, const char *reason)
{
    avs_options o = AVS_OPTIONS_INIT;
    avs_machine *m = NULL;

    o.board = spec;
    cr_expect_eq(avs_machine_new(&o, &m), AVS_ERR_BOARD, "%s", spec);
    cr_expect_null(m);
    cr_expect_not_null(strstr(avs_last_error(NULL), reason), "%s: says \"%s\": %s", spec, reason,
                       avs_last_error(NULL));
    cr_expect_null(strchr(avs_last_error(NULL), '\n'), "one line");
}

Test(board, options_decide_the_exception_levels)
{
    static const struct {
        const char *spec;
        unsigned el;
        bool el2, el3;
    } cases[] = {
        { NULL, 2, true, false },
        { "virt", 2, true, false },
        { "virt,virtualization=off", 1, false, false },
        { "virt,secure=on", 3, true, true },
        { "virt,virtualization=off,secure=on", 3, false, true },
        { "virt,secure=on,gic-version=3,secure=off", 2, true, false },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        avs_machine *m = fixture_machine(cases[i].spec, NULL);

        cr_expect_eq(m->pe[0].el, cases[i].el, "%zu", i);
        cr_expect_eq(m->pe[0].spsel, 1);
        cr_expect_eq(m->pe[0].daif, 0xf);
        cr_expect_eq(m->has_el2, cases[i].el2, "%zu", i);
        cr_expect_eq(m->has_el3, cases[i].el3, "%zu", i);
        cr_expect_eq(board_cntfrq(m->board), 62500000);
        avs_machine_free(m);
    }
}

static const char *name_at(avs_machine *m, uint64_t address)
{
    const struct bus_region *r = bus_find(m->bus, pa(address));

    return r ? r->name : "-";
}

Test(board, the_virt_map)
{
    avs_machine *m = fixture_machine("virt", NULL);

    cr_expect_str_eq(name_at(m, 0x08000000), "GIC distributor");
    cr_expect_str_eq(name_at(m, 0x0800ffff), "GIC distributor");
    cr_expect_str_eq(name_at(m, 0x080a0000), "GIC redistributors");
    cr_expect_str_eq(name_at(m, 0x080c0000), "-", "one PE, one redistributor");
    cr_expect_str_eq(name_at(m, 0x09000000), "uart0");
    cr_expect_str_eq(name_at(m, 0x09040000), "-");
    cr_expect_str_eq(name_at(m, 0x0a000000), "virtio0");
    cr_expect_str_eq(name_at(m, 0x0a003fff), "virtio31");
    cr_expect_str_eq(name_at(m, 0x0a004000), "-");
    cr_expect_str_eq(name_at(m, 0x47ffffff), "RAM");
    cr_expect_str_eq(name_at(m, 0x48000000), "-");
    cr_expect_str_eq(name_at(m, 0), "flash0");
    cr_expect_str_eq(name_at(m, 0x07ffffff), "flash1");
    cr_expect_not(bus_find(m->bus, pa(0))->secure_only, "without secure=on, secure-only says nothing");
    cr_expect_str_eq(name_at(m, 0x09010000), "rtc");
    cr_expect_str_eq(name_at(m, 0x09020000), "fw-cfg");
    cr_expect_str_eq(name_at(m, 0x09030000), "gpio");
    cr_expect_str_eq(name_at(m, 0x090b0000), "-");
    avs_machine_free(m);

    m = fixture_machine("virt,secure=on", NULL);
    cr_expect_str_eq(name_at(m, 0), "flash0");
    cr_expect(bus_find(m->bus, pa(0))->secure_only);
    cr_expect_not(bus_find(m->bus, pa(0x04000000))->secure_only);
    cr_expect_str_eq(name_at(m, 0x090b0000), "secure-gpio");
    cr_expect_str_eq(name_at(m, 0x09040000), "uart1");
    cr_expect(bus_find(m->bus, pa(0x09040000))->secure_only);
    cr_expect(bus_find(m->bus, pa(0x0e000000))->secure_only);
    cr_expect_not(bus_find(m->bus, pa(0x09000000))->secure_only);
    avs_machine_free(m);
}

Test(board, the_virt_map_with_a_gicv2)
{
    avs_machine *m = fixture_machine("virt,gic-version=2", NULL);

    cr_expect_str_eq(name_at(m, 0x08000fff), "GIC distributor");
    cr_expect_str_eq(name_at(m, 0x08001000), "-");
    cr_expect_str_eq(name_at(m, 0x08011fff), "GIC CPU interface");
    cr_expect_str_eq(name_at(m, 0x08020000), "GICv2m");
    cr_expect_str_eq(name_at(m, 0x08030000), "GIC virtual interface control");
    cr_expect_str_eq(name_at(m, 0x08041000), "GIC virtual CPU interface");
    cr_expect_str_eq(name_at(m, 0x080a0000), "-", "no redistributors");
    cr_expect_eq(bits(m->pe[0].sr[SR_ID_AA64PFR0_EL1], 27, 24), 0, "no System registers");
    avs_machine_free(m);

    m = fixture_machine("virt,gic-version=2,virtualization=off", NULL);
    cr_expect_str_eq(name_at(m, 0x08010000), "GIC CPU interface");
    cr_expect_str_eq(name_at(m, 0x08030000), "-");
    cr_expect_str_eq(name_at(m, 0x08040000), "-");
    avs_machine_free(m);
}

Test(board, unknown_boards_and_options)
{
    expect_refused("raspi", "known: m400 virt zcu104");
    expect_refused("", "known: m400 virt zcu104");
    expect_refused("/nonexistent/my.board", "/nonexistent/my.board");
    expect_refused("virt,highmem=off", "unknown option \"highmem\"; known: virtualization=on|off");
    expect_refused("virt,its=yes", "its=yes is not possible");
    expect_refused("virt,secure=yes", "secure=yes is not possible");
    expect_refused("virt,secure", "secure= is not possible");
    expect_refused("virt,", "unknown option \"\"");
    expect_refused("virt,gic-version=4", "gic-version=4 is not possible; known: ");
    expect_refused("virt,gic-version=", "gic-version=2|3");
    expect_refused("virt,gic-version=max", "is not possible");
}

/* A SoC of one's own, in pieces, so that each can be replaced. */
struct pieces {
    const char *head, *options, *ram, *gic, *timer, *regions;
};

static const struct pieces good = {
    .head = "[board]\ntitle = My SoC\ncompatible = acme,soc\npsci = no\n",
    .options = "[options]\nvirtualization = on\nsecure = off\ngic-version = 3\nits = off\n",
    .ram = "[ram]\nbase = 0x80000000\nimage-offset = 0\n",
    .gic = "[gic]\ndistributor = 0x2f000000\nredistributors = 0x2f100000\nredistributor-window = 0x100000\n"
           "spis = 64\n",
    .timer = "[timer]\nfrequency = 24000000\n",
    .regions = "[memory sram]\nkind = ram\nbase = 0x04000000\nsize = 0x10000\n"
               "[device console]\ntype = pl011\nbase = 0x1c090000\nsize = 0x1000\nspi = 5\n",
};

static void write_board(const struct pieces *p)
{
    FILE *out = fopen(path, "w");

    cr_assert_not_null(out);
    fprintf(out, "%s%s%s%s%s%s", p->head, p->options, p->ram, p->gic, p->timer, p->regions);
    fclose(out);
}

Test(board, a_soc_of_ones_own)
{
    avs_machine *m;

    write_board(&good);
    m = fixture_machine(path, NULL);
    cr_expect_str_eq(name_at(m, 0x80000000), "RAM");
    cr_expect_str_eq(name_at(m, 0x0400ffff), "sram");
    cr_expect_str_eq(name_at(m, 0x1c090000), "console");
    cr_expect_str_eq(name_at(m, 0x2f000000), "GIC distributor");
    cr_expect_eq(board_cntfrq(m->board), 24000000);
    m->pe[0].x[0] = 0x84000000;
    cr_expect_not(board_psci(&m->pe[0], false), "psci = no");
    avs_machine_free(m);
}

/* The good board with one piece replaced must be refused for the reason. */
static void expect_bad_piece(const char **piece, struct pieces *p, const char *text, const char *reason)
{
    const char *was = *piece;

    *piece = text;
    write_board(p);
    expect_refused(path, reason);
    *piece = was;
}

Test(board, bad_machine_groups)
{
    struct pieces p = good;

    expect_bad_piece(&p.head, &p, "nonsense\n", path);
    expect_bad_piece(&p.head, &p, "", "[board] is missing");
    expect_bad_piece(&p.head, &p, "[board]\ntitle = x\n", "[board] compatible: is missing");
    expect_bad_piece(&p.head, &p, "[board]\ntitle = x\ncompatible = y\npsci = maybe\n",
                     "psci: is not yes or no");
    expect_bad_piece(&p.options, &p, "", "[options] virtualization: is missing");
    expect_bad_piece(&p.options, &p,
                     "[options]\nvirtualization = 1\nsecure = off\ngic-version = 3\nits = off\n",
                     "virtualization=1 is not possible");
    expect_bad_piece(&p.options, &p,
                     "[options]\nvirtualization = on\nsecure = off\ngic-version = 3\nits = off\nmte = on\n",
                     "unknown option \"mte\"");
    expect_bad_piece(&p.options, &p,
                     "[options]\nvirtualization = on\nsecure = off\ngic-version = 3\nits = on\n",
                     "[gic] its: is missing, and the option its is on");
    expect_bad_piece(&p.ram, &p, "[ram]\nbase = 2 GiB\nimage-offset = 0\n", "[ram] base: is not a number");
    expect_bad_piece(&p.ram, &p, "[ram]\nbase = 0x80000001\nimage-offset = 0\n", "whole 4 KiB pages");
    expect_bad_piece(&p.ram, &p, "[ram]\nbase = 0x80000000\nimage-offset = 2\n", "multiple of 4");
    expect_bad_piece(&p.ram, &p, "[ram]\nbase = 0xfffffffffffff000\nimage-offset = 0\n", "not possible");
    expect_bad_piece(&p.ram, &p, "[ram]\nbase = 0x80000000\nimage-offset = 0\nsize = 1\n",
                     "size: is not a key of this group");
    expect_bad_piece(
        &p.gic, &p,
        "[gic]\ndistributor = 0x2f000000\nredistributors = 0x2f100000\nredistributor-window = 0x100000\n"
        "spis = 33\n",
        "spis: is not a multiple of 32");
    expect_bad_piece(
        &p.gic, &p,
        "[gic]\ndistributor = 0x2f000000\nredistributors = 0x2f100000\nredistributor-window = 0x10000\n"
        "spis = 32\n",
        "too small");
    expect_bad_piece(&p.gic, &p,
                     "[gic]\ndistributor = 0x2f001000\nredistributors = 0x2f100000\n"
                     "redistributor-window = 0x100000\nspis = 32\n",
                     "multiples of 64 KiB");
    expect_bad_piece(&p.gic, &p,
                     "[gic]\ndistributor = 0x2f000000\nredistributors = 0x2f100000\n"
                     "redistributor-window = 0x100000\nits = 0x2f048000\nspis = 32\n",
                     "multiples of 64 KiB");
    expect_bad_piece(&p.gic, &p, "[gic]\ndistributor = 0x2f000000\nspis = 32\n",
                     "[gic] redistributors: is missing");
    expect_bad_piece(&p.timer, &p, "[timer]\nfrequency = 0\n", "frequency");
}

#define GICV2_OPTIONS "[options]\nvirtualization = on\nsecure = off\ngic-version = 2\nits = on\n"
#define GICV2_FRAMES                                                                                       \
    "[gic]\ndistributor = 0x2f000000\ncpu-interface = 0x2f010000\nvirtual-control = 0x2f020000\n"
#define GICV2_ALL GICV2_FRAMES "virtual-cpu-interface = 0x2f030000\nspis = 32\n"

Test(board, bad_gicv2_groups)
{
    struct pieces p = good;
    avs_machine *m;

    p.options = GICV2_OPTIONS;
    expect_bad_piece(&p.gic, &p, good.gic, "[gic] cpu-interface: is missing");
    expect_bad_piece(&p.gic, &p, GICV2_FRAMES "spis = 32\n", "[gic] virtual-cpu-interface: is missing");
    expect_bad_piece(&p.gic, &p, GICV2_FRAMES "virtual-cpu-interface = 0x2f030010\nspis = 32\n",
                     "multiples of 4 KiB");
    expect_bad_piece(&p.gic, &p, GICV2_FRAMES "virtual-cpu-interface = 0x2f010000\nspis = 32\n",
                     "overlaps GIC CPU interface");
    expect_bad_piece(&p.gic, &p, GICV2_ALL "msi-frame = 0x2f040000\n", "msi-first-spi and msi-spis");
    expect_bad_piece(&p.gic, &p, GICV2_ALL "msi-frame = 0x2f040000\nmsi-first-spi = 31\nmsi-spis = 2\n",
                     "msi-first-spi and msi-spis: are not some of the spis");
    expect_bad_piece(&p.gic, &p, GICV2_ALL "msi-frame = 0x2f040000\nmsi-first-spi = 1\nmsi-spis = -1\n",
                     "msi-spis: is not a number");
    p.gic = GICV2_ALL;
    p.regions = "";
    write_board(&p);
    m = fixture_machine(path, NULL);
    cr_expect_str_eq(name_at(m, 0x2f010000), "GIC CPU interface");
    avs_machine_free(m);
}

Test(board, bad_regions)
{
    struct pieces p = good;
    const char **r = &p.regions;

    expect_bad_piece(r, &p, "[thing]\na = 1\n", "[thing] is not a group");
    expect_bad_piece(r, &p, "[memory x]\nkind = dram\nbase = 0\nsize = 0x1000\n",
                     "kind: is not ram or rom");
    expect_bad_piece(r, &p, "[memory x]\nkind = ram\nbase = 0x80001000\nsize = 0x1000\n", "overlaps RAM");
    expect_bad_piece(r, &p, "[memory x]\nkind = ram\nbase = 0\nsize = 0x1000\nwhen = night\n", "when");
    expect_bad_piece(r, &p, "[memory x]\nkind = ram\nbase = 0\n", "size: is missing");
    expect_bad_piece(r, &p, "[device x]\ntype = 8250\nbase = 0\nsize = 0x1000\nspi = 1\n", "known: pl011");
    expect_bad_piece(r, &p, "[device x]\ntype = pl011\nbase = 0\nsize = 0x1000\nspi = 64\n", "spi");
    expect_bad_piece(r, &p, "[device x]\ntype = pl011\nbase = 4\nsize = 0x1000\nspi = 1\n",
                     "multiples of 8");
    expect_bad_piece(r, &p, "[device x]\ntype = pl011\nbase = 0x2f000000\nsize = 0x1000\nspi = 1\n",
                     "overlaps GIC");
    expect_bad_piece(
        r, &p, "[device x]\ntype = pl011\nbase = 0\nsize = 0x1000\nspi = 60\ncount = 5\nstride = 0x1000\n",
        "spi: is not below");
    expect_bad_piece(r, &p, "[device x]\ntype = pl011\nbase = 0\nsize = 0x1000\nspi = 1\ncount = 2\n",
                     "stride");
    expect_bad_piece(
        r, &p, "[device x]\ntype = pl011\nbase = 0\nsize = 0x1000\nspi = 1\ncount = 2\nstride = 0x800\n",
        "stride");
    expect_bad_piece(r, &p,
                     "[device x]\ntype = pl011\nbase = 0\nsize = 8\nspi = 1\ncount = 2\nstride = 12\n",
                     "multiples of 8");
    expect_bad_piece(
        r, &p,
        "[device x]\ntype = pl011\nbase = 0x7fffe000\nsize = 0x1000\nspi = 1\ncount = 3\nstride = 0x1000\n",
        "x2 at 0x80000000 overlaps RAM");
}

Test(board, devices_that_are_alike)
{
    struct pieces p = good;
    avs_machine *m;

    p.regions = "[device uart]\ntype = pl011\nbase = 0x1c000000\nsize = 0x1000\nspi = 5\ncount = 3\n"
                "stride = 0x10000\n";
    write_board(&p);
    m = fixture_machine(path, NULL);
    cr_expect_str_eq(name_at(m, 0x1c000000), "uart0");
    cr_expect_str_eq(name_at(m, 0x1c001000), "-");
    cr_expect_str_eq(name_at(m, 0x1c010fff), "uart1");
    cr_expect_str_eq(name_at(m, 0x1c020000), "uart2");
    cr_expect_str_eq(name_at(m, 0x1c030000), "-");
    cr_expect_eq(avs_attach(m, "virtio-rng"), AVS_ERR_BOARD);
    cr_expect_not_null(strstr(avs_last_error(m), "has no window"), "%s", avs_last_error(m));
    avs_machine_free(m);
}

Test(board, input_needs_a_uart)
{
    struct pieces p = good;
    avs_machine *m;

    p.regions = "";
    write_board(&p);
    m = fixture_machine(path, NULL);
    cr_expect_eq(avs_console_input(m, "x", 1), AVS_ERR_BOARD);
    avs_machine_free(m);
}

/* PSCI. */

static int64_t psci(avs_machine *m, uint64_t id, uint64_t a, uint64_t b)
{
    struct pe *c = &m->pe[0];

    c->x[0] = id;
    c->x[1] = a;
    c->x[2] = b;
    cr_assert(board_psci(c, !m->has_el2), "function %#lx goes to the board", (long)id);
    return (int64_t)c->x[0];
}

Test(board, psci_functions)
{
    static const struct {
        uint64_t id, a, b;
        int64_t result;
    } cases[] = {
        { 0x84000000, 0, 0, 0x00010001 },         /* PSCI_VERSION */
        { 0xffffffff84000000, 0, 0, 0x00010001 }, /* The function is in W0. */
        { 0xc4000000, 0, 0, -1 },                 /* It has no 64-bit variant. */
        { 0x84000006, 0, 0, 2 },                  /* MIGRATE_INFO_TYPE */
        { 0x84000005, 0, 0, -1 },                 /* MIGRATE */
        { 0x80000000, 0, 0, -1 },                 /* SMCCC_VERSION: unknown, as on QEMU */
        { 0x12345678, 0, 0, -1 },
        { 0xc4000003, 0x80000000, 0, -4 }, /* CPU_ON of itself, bit 31 included */
        { 0xc4000003, 0, 0, -4 },
        { 0xc4000003, 1, 0, -2 },                 /* CPU_ON of none */
        { 0xc4000003, UINT64_C(1) << 32, 0, -2 }, /* Aff3 counts... */
        { 0x84000003, UINT64_C(1) << 32, 0, -4 }, /* ...but not in the 32-bit variant. */
        { 0xc4000004, 0x80000000, 0, 0 },         /* AFFINITY_INFO: on */
        { 0xc4000004, 7, 0, -2 },
        { 0xc4000004, 7, 1, 0 },
        { 0xc4000004, 0, 4, -2 },
        { 0x84000001, 0x02000000, 0, -2 }, /* CPU_SUSPEND, level 2 */
        { 0xc4000012, 1, 0, -2 },          /* SYSTEM_RESET2, unknown type */
        { 0x8400000a, 0x84000000, 0, 0 },  /* PSCI_FEATURES */
        { 0x8400000a, 0xc4000001, 0, 0 },
        { 0x8400000a, 0xc4000008, 0, -1 },
        { 0x8400000a, 0x84000005, 0, -1 },
    };
    avs_machine *m = fixture_machine(NULL, NULL);

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        cr_expect_eq(psci(m, cases[i].id, cases[i].a, cases[i].b), cases[i].result, "case %zu: %ld", i,
                     (long)m->pe[0].x[0]);
    cr_expect_eq(m->stop, STOP_NONE);
    avs_machine_free(m);
}

Test(board, psci_that_ends_something)
{
    static const struct {
        uint64_t id;
        enum machine_stop stop;
    } cases[] = {
        { 0x84000008, STOP_POWER_OFF },
        { 0x84000009, STOP_RESET },
        { 0xc4000012, STOP_RESET },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        avs_machine *m = fixture_machine(NULL, NULL);

        psci(m, cases[i].id, 0, 0);
        cr_expect_eq(m->stop, cases[i].stop, "%#lx", (long)cases[i].id);
        cr_expect_eq(m->exit_status, 0);
        cr_expect_not(m->pe[0].halted);
        avs_machine_free(m);
    }
}

Test(board, psci_cpu_off_of_the_last_pe_leaves_nothing_to_run)
{
    avs_machine *m = fixture_machine(NULL, NULL);

    psci(m, 0x84000002, 0, 0);
    cr_expect_eq(m->stop, STOP_NONE);
    cr_expect(m->pe[0].halted);
    cr_expect_eq(m->pe[0].exit, PE_EXIT_OFF);
    m->loaded = true;
    cr_expect_eq(avs_run(m).end, AVS_END_IDLE);
    avs_machine_free(m);
}

Test(board, psci_suspend_is_a_wfi)
{
    avs_machine *m = fixture_machine(NULL, NULL);

    m->pe[0].exit = PE_EXIT_RESYNC;
    cr_expect_eq(psci(m, 0xc4000001, 0, 0), 0);
    cr_expect_eq(m->pe[0].exit, PE_EXIT_WFI);
    avs_machine_free(m);
}

Test(board, psci_conduits)
{
    avs_machine *m = fixture_machine("virt", NULL);
    struct pe *c = &m->pe[0];

    c->x[0] = 0x84000000;
    cr_expect_not(board_psci(c, true), "HVC is the hypervisor's own");
    pe_set_el(c, 1, 1);
    cr_expect(board_psci(c, false), "EL1 may call");
    c->sr[SR_HCR_EL2] = BIT(19);
    cr_expect_not(board_psci(c, false), "unless HCR_EL2.TSC takes it");
    avs_machine_free(m);

    m = fixture_machine("virt,virtualization=off", NULL);
    c = &m->pe[0];
    c->x[0] = 0x84000000;
    cr_expect_not(board_psci(c, false));
    cr_expect_eq(c->x[0], 0x84000000, "nothing was done");
    cr_expect(board_psci(c, true));
    cr_expect_eq(c->x[0], 0x00010001);
    pe_set_el(c, 0, 0);
    cr_expect_not(board_psci(c, true), "EL0 has no HVC");
    avs_machine_free(m);

    m = fixture_machine("virt,secure=on", NULL);
    cr_expect_not(board_psci(&m->pe[0], false));
    cr_expect_not(board_psci(&m->pe[0], true));
    avs_machine_free(m);
}
