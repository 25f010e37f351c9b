/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_bus.c
 * The address map: lookup at every edge, refusal of impossible regions, copies across regions, and that
 * writes by the host forget decoded code.
 */
#include <criterion/criterion.h>
#include <sys/mman.h>

#include "a64/op.h"
#include "board/bus.h"
#include "fixture.h"

#define RAM UINT64_C(0x40000000)
#define PAGE UINT64_C(0x1000)

static struct bus *b;

static bool dev_read(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t *val)
{
    (void)dev;
    (void)c;
    *val = off << 8 | size;
    return true;
}

static bool dev_write(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t val)
{
    (void)c;
    (void)size;
    *(uint64_t *)dev = off + val;
    return true;
}

static const struct mmio_ops dev_ops = { "test", dev_read, dev_write };

/* ROM at 0, a device at 0x9000000, RAM of 64 KiB and a page behind it, added out of order. */
static void setup(void)
{
    b = bus_new(NULL);
    cr_assert_eq(bus_add_ram(b, "ram", RAM, 16 * PAGE, BUS_RAM, false), AVS_OK);
    cr_assert_eq(bus_add_device(b, "dev", 0x9000000, 0x200, &dev_ops, NULL), AVS_OK);
    cr_assert_eq(bus_add_ram(b, "more", RAM + 16 * PAGE, PAGE, BUS_RAM, true), AVS_OK);
    cr_assert_eq(bus_add_ram(b, "rom", 0, PAGE, BUS_ROM, false), AVS_OK);
}

static void teardown(void)
{
    bus_free(b);
}

TestSuite(bus, .init = setup, .fini = teardown);

static const char *name_at(uint64_t address)
{
    const struct bus_region *r = bus_find(b, pa(address));

    return r ? r->name : "-";
}

Test(bus, find_at_edges)
{
    static const struct {
        uint64_t address;
        const char *name;
    } cases[] = {
        { 0, "rom" },
        { PAGE - 1, "rom" },
        { PAGE, "-" },
        { 0x8ffffff, "-" },
        { 0x9000000, "dev" },
        { 0x90001ff, "dev" },
        { 0x9000200, "-" },
        { RAM - 1, "-" },
        { RAM, "ram" },
        { RAM + 16 * PAGE - 1, "ram" },
        { RAM + 16 * PAGE, "more" },
        { RAM + 17 * PAGE, "-" },
        { UINT64_MAX, "-" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        cr_expect_str_eq(name_at(cases[i].address), cases[i].name, "at %#lx", (long)cases[i].address);
    for (size_t i = sizeof(cases) / sizeof(cases[0]); i-- > 0;)
        cr_expect_str_eq(name_at(cases[i].address), cases[i].name, "again at %#lx", (long)cases[i].address);
}

Test(bus, empty_bus_holds_nothing)
{
    struct bus *empty = bus_new(NULL);

    cr_expect_null(bus_find(empty, pa(0)));
    cr_expect_null(bus_find(empty, pa(UINT64_MAX)));
    cr_expect_null(bus_region_at(empty, 0));
    bus_free(empty);
}

Test(bus, regions_are_in_address_order_and_keep_what_they_are)
{
    static const char *const names[] = { "rom", "dev", "ram", "more" };

    for (size_t i = 0; i < 4; i++)
        cr_expect_str_eq(bus_region_at(b, i)->name, names[i]);
    cr_expect_null(bus_region_at(b, 4));
    cr_expect(bus_region_at(b, 3)->secure_only);
    cr_expect_not(bus_region_at(b, 2)->secure_only);
    cr_expect_eq(bus_region_at(b, 1)->ops, &dev_ops);
}

Test(bus, impossible_regions_are_refused)
{
    static const struct {
        uint64_t base, size;
        bool device;
    } bad[] = {
        { RAM, PAGE, false },                    /* The same place. */
        { RAM - PAGE, 2 * PAGE, false },         /* Reaches into the next. */
        { RAM + 15 * PAGE, PAGE, false },        /* Within. */
        { 0x9000100, 8, true },                  /* Within a device. */
        { 0x8fff000, 0x80000000, true },         /* Holds others. */
        { 0x100000, 0, false },                  /* Nothing. */
        { UINT64_MAX - 0xfff, 2 * PAGE, false }, /* Wraps. */
        { 0x100800, PAGE, false },               /* Not at a page. */
        { 0x100000, 0x800, false },              /* Not whole pages. */
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        avs_status s = bad[i].device ? bus_add_device(b, "bad", bad[i].base, bad[i].size, &dev_ops, NULL)
                                     : bus_add_ram(b, "bad", bad[i].base, bad[i].size, BUS_RAM, false);

        cr_expect_eq(s, AVS_ERR_BOARD, "region %zu", i);
        cr_expect(strlen(avs_last_error(NULL)) > 0);
    }
    cr_expect_null(bus_region_at(b, 4), "nothing was added");
}

Test(bus, host_pointers_stay_in_one_region)
{
    uint8_t *p = bus_host(b, pa(RAM), 16 * PAGE, true);

    cr_assert_not_null(p);
    cr_expect_eq(bus_host(b, pa(RAM + 5), 1, true), p + 5);
    cr_expect_null(bus_host(b, pa(RAM), 16 * PAGE + 1, true), "reaches into the next region");
    cr_expect_null(bus_host(b, pa(RAM), UINT64_MAX, false));
    cr_expect_null(bus_host(b, pa(0x9000000), 4, false), "a device has no memory");
    cr_expect_null(bus_host(b, pa(0), 4, true), "ROM is not written by the guest");
    cr_expect_not_null(bus_host(b, pa(0), 4, false));
    cr_expect_null(bus_host(b, pa(0x100000), 4, false));
}

Test(bus, copies_cross_regions_and_fail_whole)
{
    uint8_t in[32], out[32] = { 0 };
    uint64_t seam = RAM + 16 * PAGE - 16, end = RAM + 17 * PAGE - 16;

    memset(in, 0xa5, sizeof(in));
    cr_assert(bus_copy_in(b, pa(seam), in, sizeof(in)));
    cr_assert(bus_copy_out(b, pa(seam), out, sizeof(out)));
    cr_expect_arr_eq(in, out, sizeof(in));

    cr_expect_not(bus_copy_in(b, pa(end), in, sizeof(in)), "half of it is outside");
    cr_assert(bus_copy_out(b, pa(end), out, 16));
    for (size_t i = 0; i < 16; i++)
        cr_expect_eq(out[i], 0, "nothing was written");
    cr_expect_not(bus_copy_out(b, pa(end), out, sizeof(out)));
    cr_expect_not(bus_copy_in(b, pa(0x9000000), in, 4), "not to a device");
    cr_expect(bus_copy_in(b, pa(0), in, 4), "loaders write ROM");
}

Test(bus, memory_is_lazy)
{
    enum { PAGES = 1 << 16 };
    unsigned char touched[PAGES];
    size_t count = 0;
    uint8_t *host;

    cr_assert_eq(bus_add_ram(b, "big", UINT64_C(1) << 40, UINT64_C(64) << 30, BUS_RAM, false), AVS_OK);
    cr_assert(bus_copy_in(b, pa((UINT64_C(1) << 40) + 0x5123), "x", 1));
    host = bus_host(b, pa(UINT64_C(1) << 40), PAGES * PAGE, false);
    cr_assert_eq(mincore(host, PAGES * PAGE, touched), 0);
    for (size_t i = 0; i < PAGES; i++)
        count += touched[i] & 1;
    cr_expect_geq(count, 1);
    cr_expect_leq(count, 512, "at most one huge page is touched, not %zu pages", count);
    cr_expect_str_eq(name_at((UINT64_C(65) << 30) + (UINT64_C(1) << 40)), "-");
}

/* A store by the host into decoded words must make the engine decode them again: seen by executing them. */
Test(bus, host_writes_forget_decoded_code)
{
    static const uint32_t loop[] = { 0x91000400, 0x14000000 }; /* add x0, x0, #1; b . */
    static const uint32_t patched = 0x91001400;                /* add x0, x0, #5 */
    avs_machine *m = fixture_machine("virt", NULL);
    struct bus_region *r = bus_find(m->bus, pa(FIXTURE_RAM));

    fixture_code(m, FIXTURE_RAM, loop, 2);
    m->pe[0].pc = FIXTURE_RAM;
    m->loaded = true;
    m->max_insns = 2;
    avs_run(m);
    cr_assert_eq(m->pe[0].x[0], 1, "ran once");
    cr_assert_not_null(r->code[0], "the page was decoded");

    cr_assert(bus_copy_in(m->bus, pa(FIXTURE_RAM), &patched, sizeof(patched)));
    m->pe[0].pc = FIXTURE_RAM;
    m->stop = STOP_NONE;
    m->max_insns = 4;
    avs_run(m);
    cr_expect_eq(m->pe[0].x[0], 6, "ran the new word");
    avs_machine_free(m);
}
