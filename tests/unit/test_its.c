/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_its.c
 * The interrupt translation service (IHI 0069, 5.2, 5.3, 12.12): registers, tables, each command with each
 * of its errors, the queue, and that nothing that a guest writes hurts.
 */
#include "fixture.h"
#include "its_util.h"

static struct its_log seen;

static struct rig *its_of(unsigned pe_count)
{
    struct rig *r = rig_new((struct rig_config){ .pe_count = pe_count, .its = true });

    its_start(r, &seen);
    return r;
}

/* Two PEs; collection n leads to PE n; device 1 has 32 events. */
static struct rig *mapped(void)
{
    struct rig *r = its_of(2);

    mapc(r, 0, 0);
    mapc(r, 1, 1);
    mapd(r, 1, 5);
    cr_assert_eq(seen.count, 0, "%s", seen.line);
    return r;
}

static void expect_error(struct rig *r, const char *what)
{
    cr_assert_eq(seen.count, 1, "%u lines where %s was expected", seen.count, what);
    cr_assert(strstr(seen.line, what), "not %s: %s", what, seen.line);
    cr_assert_eq(gits_get(r, GITS_CREADR, 8), gits_get(r, GITS_CWRITER, 8), "%s is skipped", what);
    seen.count = 0;
}

static void expect_named(struct rig *r, const char *name, const char *what)
{
    cr_assert(strncmp(seen.line, "ITS: ", 5) == 0 && strncmp(seen.line + 5, name, strlen(name)) == 0,
              "%s: %s", name, seen.line);
    expect_error(r, what);
}

static void expect_fine(struct rig *r, const char *what)
{
    cr_assert_eq(seen.count, 0, "%s: %s", what, seen.line);
    cr_assert_eq(gits_get(r, GITS_CREADR, 8), gits_get(r, GITS_CWRITER, 8), "%s", what);
}

Test(its, identification_and_reset)
{
    struct rig *r = rig_new((struct rig_config){ .its = true });

    cr_assert_eq(gits_get(r, GITS_CTLR, 4), BIT(31), "disabled and quiescent");
    cr_assert_eq(gits_get(r, 0x4, 4), 0x43b);
    cr_assert_eq(gits_get(r, GITS_TYPER, 8), UINT64_C(0x1f0001ef71),
                 "CIL, CIDbits, Devbits, ID_bits, 8-byte entries, Physical");
    cr_assert_eq(gits_get(r, GITS_TYPER + 4, 4), 0x1f);
    cr_assert_eq(gits_get(r, 0xffe8, 4), 0x3b, "architecture 3");
    cr_assert_eq(gits_get(r, GITS_BASER0, 8), UINT64_C(0x0107) << 48, "devices");
    cr_assert_eq(gits_get(r, GITS_BASER1, 8), UINT64_C(0x0407) << 48, "collections");
    for (unsigned n = 2; n < 8; n++) {
        gits_set(r, GITS_BASER0 + 8 * n, 8, ~UINT64_C(0));
        cr_assert_eq(gits_get(r, GITS_BASER0 + 8 * n, 8), 0);
    }
    rig_free(r);
}

Test(its, register_fields)
{
    struct rig *r = rig_new((struct rig_config){ .its = true });

    gits_set(r, GITS_BASER0, 8, ~UINT64_C(0));
    cr_assert_eq(gits_get(r, GITS_BASER0, 8), UINT64_C(0xf9e7ffffffffffff),
                 "type and entry size are fixed");
    gits_set(r, GITS_BASER1, 4, 0x40020001);
    gits_set(r, GITS_BASER1 + 4, 4, 0x80000000);
    cr_assert_eq(gits_get(r, GITS_BASER1, 8), UINT64_C(0x8407000040020001));
    gits_set(r, GITS_CBASER, 8, ~UINT64_C(0));
    cr_assert_eq(gits_get(r, GITS_CBASER, 8), UINT64_C(0xb8effffffffffcff));
    gits_set(r, GITS_CWRITER, 4, 0xffffffff);
    cr_assert_eq(gits_get(r, GITS_CWRITER, 8), 0xfffe0);
    gits_set(r, GITS_CWRITER + 4, 4, 0xffffffff);
    cr_assert_eq(gits_get(r, GITS_CWRITER, 8), 0xfffe0);
    gits_set(r, GITS_CREADR, 8, 0x40);
    cr_assert_eq(gits_get(r, GITS_CREADR, 8), 0, "read-only");
    cr_assert_eq(gits_get(r, 0x40, 4), 8, "GITS_STATUSR.WROD");
    gits_get(r, 0x5000, 4);
    cr_assert_eq(gits_get(r, 0x40, 4), 9);
    gits_set(r, 0x40, 4, 9);
    cr_assert_eq(gits_get(r, 0x40, 4), 0);
    cr_assert_eq(gicd_get(r, 0x10, 4), 0, "the distributor's status is its own");
    rig_free(r);
}

Test(its, base_registers_are_fixed_while_it_is_enabled)
{
    struct rig *r = its_of(1);

    gits_set(r, GITS_BASER0, 8, 0);
    cr_assert(strstr(seen.line, "GITS_BASER0: written while"), "%s", seen.line);
    gits_set(r, GITS_BASER1, 8, 0);
    gits_set(r, GITS_CBASER, 8, 0);
    cr_assert_eq(seen.count, 3);
    cr_assert_eq(gits_get(r, GITS_BASER0, 8), VALID | UINT64_C(0x0107) << 48 | DEVICES);
    cr_assert_eq(gits_get(r, GITS_CBASER, 8), VALID | QUEUE);
    mapc(r, 0, 0);
    cr_assert_eq(gits_get(r, GITS_CREADR, 8), 32);
    gits_set(r, GITS_CTLR, 4, 0);
    cr_assert_eq(gits_get(r, GITS_CTLR, 4), BIT(31));
    gits_set(r, GITS_CBASER, 8, VALID | QUEUE | 1);
    cr_assert_eq(gits_get(r, GITS_CREADR, 8), 0, "a new queue is read from its start");
    rig_free(r);
}

Test(its, an_event_becomes_an_lpi)
{
    struct rig *r = mapped();

    mapti(r, 1, 3, 9000, 1);
    event(r, CMD_INT, 1, 3, 0);
    expect_none(&r->m.pe[0], "it is PE 1's");
    take(&r->m.pe[1], 9000);
    gic_its_msi(r->m.gic, 1, 3);
    take(&r->m.pe[1], 9000);
    gits_set(r, GITS_CTLR, 4, 0);
    gic_its_msi(r->m.gic, 1, 3);
    expect_none(&r->m.pe[1], "the ITS is disabled");
    cr_assert_eq(seen.count, 0);
    rig_free(r);
}

Test(its, translater_takes_device_0s_events)
{
    struct rig *r = mapped();

    mapd(r, 0, 8);
    mapti(r, 0, 0x12, 8200, 0);
    gits_set(r, GITS_TRANSLATER, 4, 0x12);
    take(r->c, 8200);
    gits_set(r, GITS_TRANSLATER, 2, 0x12);
    take(r->c, 8200);
    gits_set(r, GITS_TRANSLATER, 8, 0x12);
    gits_set(r, GITS_TRANSLATER, 1, 0x12);
    gits_set(r, GITS_TRANSLATER + 4, 4, 0x12);
    expect_none(r->c, "no such access");
    cr_assert_eq(gits_get(r, GITS_TRANSLATER, 4), 0, "write-only");
    cr_assert_eq(seen.count, 0);
    gits_set(r, GITS_TRANSLATER, 4, 0x13);
    cr_assert(strstr(seen.line, "event 19 of device 0: UNMAPPED_INTERRUPT"), "%s", seen.line);
    rig_free(r);
}

Test(its, mapi_takes_the_event_as_intid)
{
    struct rig *r = mapped();

    mapd(r, 0, 16);
    command(r, DW0(0x0b, 0), 8300, 0, 0);
    event(r, CMD_INT, 0, 8300, 0);
    expect_fine(r, "MAPI");
    take(r->c, 8300);
    command(r, DW0(0x0b, 0), 100, 0, 0);
    expect_error(r, "MAPI at offset");
    rig_free(r);
}

Test(its, mapping_again_and_away)
{
    struct rig *r = mapped();

    mapti(r, 1, 0, 8192, 0);
    mapti(r, 1, 0, 8193, 1);
    event(r, CMD_INT, 1, 0, 0);
    take(&r->m.pe[1], 8193);
    mapc(r, 1, 0);
    event(r, CMD_INT, 1, 0, 0);
    take(&r->m.pe[0], 8193);
    command(r, DW0(0x09, 0), 0, 1, 0); /* V = 0 */
    expect_fine(r, "MAPC, V = 0");
    event(r, CMD_INT, 1, 0, 0);
    expect_error(r, "UNMAPPED_COLLECTION");
    command(r, DW0(0x08, 1), 0, 0, 0);
    expect_fine(r, "MAPD, V = 0");
    event(r, CMD_INT, 1, 0, 0);
    expect_error(r, "UNMAPPED_DEVICE");
    expect_none(&r->m.pe[0], "nothing came");
    rig_free(r);
}

Test(its, movi_takes_the_pending_state_along)
{
    struct rig *r = mapped();

    mapti(r, 1, 4, 8200, 0);
    event(r, CMD_MOVI, 1, 4, 1);
    event(r, CMD_INT, 1, 4, 0);
    take(&r->m.pe[1], 8200);
    event(r, CMD_INT, 1, 4, 0);
    event(r, CMD_MOVI, 1, 4, 0);
    expect_none(&r->m.pe[1], "moved away");
    take(&r->m.pe[0], 8200);
    event(r, CMD_MOVI, 1, 4, 0);
    expect_fine(r, "to where it is");
    expect_none(&r->m.pe[0], "was not pending");
    rig_free(r);
}

Test(its, movall_moves_what_is_pending)
{
    struct rig *r = mapped();

    mapti(r, 1, 0, 8192, 0);
    mapti(r, 1, 1, 65535, 0);
    mapti(r, 1, 2, 8194, 1);
    for (unsigned n = 0; n < 3; n++)
        event(r, CMD_INT, 1, n, 0);
    movall(r, 0, 1);
    expect_fine(r, "MOVALL");
    expect_none(&r->m.pe[0], "moved away");
    take(&r->m.pe[1], 8192);
    take(&r->m.pe[1], 8194);
    take(&r->m.pe[1], 65535);
    movall(r, 1, 1);
    expect_fine(r, "to itself");
    movall(r, 0, 2);
    expect_error(r, "MOVALL at offset");
    movall(r, 2, 0);
    expect_error(r, "PROCNUM_OOR");
    gicr_set(r, 1, GICR_CTLR, 4, 0);
    event(r, CMD_INT, 1, 0, 0);
    movall(r, 0, 1);
    take(&r->m.pe[0], 8192);
    rig_free(r);
}

Test(its, clear_and_discard)
{
    struct rig *r = mapped();

    mapti(r, 1, 7, 8207, 0);
    event(r, CMD_INT, 1, 7, 0);
    event(r, CMD_CLEAR, 1, 7, 0);
    expect_none(r->c, "CLEAR");
    event(r, CMD_INT, 1, 7, 0);
    event(r, CMD_DISCARD, 1, 7, 0);
    expect_fine(r, "DISCARD");
    expect_none(r->c, "DISCARD");
    event(r, CMD_INT, 1, 7, 0);
    expect_error(r, "UNMAPPED_INTERRUPT");
    rig_free(r);
}

Test(its, inv_and_invall_reach_the_collections_pe)
{
    struct rig *r = mapped();

    mapti(r, 1, 0, 8192, 0);
    mapti(r, 1, 1, 8193, 1);
    lpi_config(r, 8192, 0);
    lpi_config(r, 8193, 0);
    event(r, CMD_INT, 1, 0, 0);
    event(r, CMD_INT, 1, 1, 0);
    lpi_config(r, 8192, 0xa1);
    lpi_config(r, 8193, 0xa1);
    invall(r, 1);
    expect_none(&r->m.pe[0], "INVALL of the other one");
    take(&r->m.pe[1], 8193);
    event(r, CMD_INV, 1, 0, 0);
    take(&r->m.pe[0], 8192);
    expect_fine(r, "INV, INVALL");
    rig_free(r);
}

/* Each command that names a device and an event refuses the same things. */
Test(its, errors_of_devices_and_events)
{
    static const struct {
        unsigned code;
        const char *name;
        bool maps;
    } all[] = {
        { 0x01, "MOVI", false },    { 0x03, "INT", false }, { 0x04, "CLEAR", false },
        { 0x0a, "MAPTI", true },    { 0x0b, "MAPI", true }, { 0x0c, "INV", false },
        { 0x0f, "DISCARD", false },
    };
    struct rig *r = mapped();

    mapti(r, 1, 31, 8192, 5); /* To a collection that is not mapped: no error yet. */
    expect_fine(r, "MAPTI");
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        uint64_t lpi = UINT64_C(8192) << 32;

        command(r, DW0(all[i].code, 65536), lpi, 0, 0);
        expect_named(r, all[i].name, ": DEVICE_OOR");
        command(r, DW0(all[i].code, 512), lpi, 0, 0);
        expect_named(r, all[i].name, ": DEVICE_OOR");
        command(r, DW0(all[i].code, 2), lpi, 0, 0);
        expect_named(r, all[i].name, ": UNMAPPED_DEVICE");
        command(r, DW0(all[i].code, 1), lpi | 32, 0, 0);
        expect_named(r, all[i].name, ": ID_OOR");
        if (all[i].maps)
            continue;
        command(r, DW0(all[i].code, 1), 3, 0, 0);
        expect_named(r, all[i].name, ": UNMAPPED_INTERRUPT");
        command(r, DW0(all[i].code, 1), 31, 0, 0);
        expect_named(r, all[i].name, ": UNMAPPED_COLLECTION");
    }
    rig_free(r);
}

Test(its, other_errors)
{
    struct rig *r = mapped();

    command(r, DW0(0x08, 1), 16, VALID | ITT, 0);
    expect_error(r, "ITTSIZE_OOR");
    command(r, DW0(0x08, 512), 1, VALID | ITT, 0);
    expect_error(r, "MAPD at offset");
    command(r, DW0(0x09, 0), 0, VALID | 2 << 16, 0);
    expect_error(r, "PROCNUM_OOR");
    command(r, DW0(0x09, 0), 0, VALID | 512, 0);
    expect_error(r, "COLLECTION_OOR");
    mapti(r, 1, 0, 8191, 0);
    expect_error(r, "PHYSICALID_OOR");
    mapti(r, 1, 0, 65536, 0);
    expect_error(r, "PHYSICALID_OOR");
    mapti(r, 1, 0, 8192, 0);
    event(r, CMD_MOVI, 1, 0, 600);
    expect_error(r, "COLLECTION_OOR");
    event(r, CMD_MOVI, 1, 0, 9);
    expect_error(r, "MOVI at offset");
    event(r, CMD_INT, 1, 0, 0);
    take(r->c, 8192);
    invall(r, 7);
    expect_error(r, "INVALL at offset");
    sync_pe(r, 1);
    expect_fine(r, "SYNC");
    sync_pe(r, 2);
    expect_error(r, "SYNC at offset");
    command(r, DW0(0x29, 1), 0, 0, 0);
    expect_error(r, "there is no such command");
    command(r, DW0(0x02, 1), 0, 0, 0);
    expect_error(r, "UNKNOWN");
    rig_free(r);
}

/* Each device's entries are its own, and so is its size. */
Test(its, two_level_tables)
{
    enum { L2 = 0x50000 };
    struct rig *r = rig_new((struct rig_config){ .its = true });

    its_start(r, &seen);
    gits_set(r, GITS_CTLR, 4, 0);
    gits_set(r, GITS_BASER0, 8, VALID | BIT(62) | DEVICES);
    gits_set(r, GITS_BASER1, 8, VALID | BIT(62) | COLLECTIONS);
    gits_set(r, GITS_CTLR, 4, 1);
    ram_set(r, COLLECTIONS + 8 * 127, 8, VALID | (RIG_RAM + L2 + 0x1000)); /* Collections 65024.. */
    ram_set(r, DEVICES + 8 * 2, 8, VALID | (RIG_RAM + L2));                /* Devices 1024..1535 */
    mapc(r, 65535, 0);
    command(r, DW0(0x08, 1535), 3, VALID | ITT, 0);
    mapti(r, 1535, 15, 8192, 65535);
    event(r, CMD_INT, 1535, 15, 0);
    expect_fine(r, "devices in a level 2 page");
    take(r->c, 8192);
    cr_assert_eq(ram_get(r, RIG_RAM + L2 + 511 * 8, 8), VALID | ITT | 3, "where the tables say");
    cr_assert_eq(ram_get(r, RIG_RAM + L2 + 0x1000 + 511 * 8, 8), VALID);
    command(r, DW0(0x08, 1536), 3, VALID | ITT, 0);
    expect_error(r, "DEVICE_OOR");
    mapc(r, 0, 0);
    expect_error(r, "COLLECTION_OOR");
    ram_set(r, DEVICES + 8 * 2, 8, VALID | NOWHERE);
    event(r, CMD_INT, 1535, 15, 0);
    cr_assert(strstr(seen.line, "MEMORY"), "%s", seen.line);
    rig_free(r);
}

Test(its, page_sizes_and_sizes_bound_flat_tables)
{
    static const struct {
        uint64_t baser;
        unsigned devices;
    } cases[] = {
        { 0, 512 },
        { 3, 2048 },
        { UINT64_C(1) << 8, 2048 },
        { UINT64_C(1) << 8 | 1, 4096 },
        { UINT64_C(2) << 8, 8192 },
        { UINT64_C(3) << 8, 8192 },
        { UINT64_C(2) << 8 | 255, 65536 },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct rig *r = rig_new((struct rig_config){ .its = true });

        its_start(r, &seen);
        gits_set(r, GITS_CTLR, 4, 0);
        gits_set(r, GITS_BASER0, 8, VALID | (RIG_RAM + 0x200000) | cases[i].baser);
        gits_set(r, GITS_CTLR, 4, 1);
        command(r, DW0(0x08, cases[i].devices - 1), 3, VALID | ITT, 0);
        expect_fine(r, "the last device");
        command(r, DW0(0x08, cases[i].devices), 3, VALID | ITT, 0);
        expect_error(r, "DEVICE_OOR");
        rig_free(r);
    }
}

Test(its, nothing_is_mapped_without_tables)
{
    struct rig *r = its_of(1);

    gits_set(r, GITS_CTLR, 4, 0);
    gits_set(r, GITS_BASER0, 8, DEVICES);
    gits_set(r, GITS_BASER1, 8, COLLECTIONS);
    gits_set(r, GITS_CTLR, 4, 1);
    mapd(r, 0, 4);
    expect_error(r, "DEVICE_OOR");
    mapc(r, 0, 0);
    expect_error(r, "COLLECTION_OOR");
    rig_free(r);
}

/* The address's bits <51:48> are in <15:12> with pages of 64 KiB. */
Test(its, high_addresses_of_64k_pages)
{
    struct rig *r = its_of(1);

    gits_set(r, GITS_CTLR, 4, 0);
    gits_set(r, GITS_BASER0, 8, VALID | DEVICES | 2 << 8 | 0x1000);
    gits_set(r, GITS_CTLR, 4, 1);
    mapd(r, 0, 4);
    cr_assert(strstr(seen.line, "MEMORY"), "bit 48 of the address: %s", seen.line);
    rig_free(r);
}

Test(its, bad_memory_stalls_until_retry)
{
    struct rig *r = mapped();
    uint64_t at = gits_get(r, GITS_CREADR, 8);

    command(r, DW0(0x08, 1), 4, VALID | NOWHERE, 0);
    expect_fine(r, "MAPD does not look at the table");
    mapti(r, 1, 0, 8192, 0);
    cr_assert(strstr(seen.line, "MAPTI") && strstr(seen.line, "MEMORY") &&
                  strstr(seen.line, "the queue stalls"),
              "%s", seen.line);
    cr_assert_eq(gits_get(r, GITS_CREADR, 8), (at + 32) | 1, "Stalled, at the MAPTI");
    cr_assert_eq(gits_get(r, GITS_CTLR, 4), 1, "not quiescent");
    mapc(r, 2, 0);
    cr_assert_eq(gits_get(r, GITS_CREADR, 8), (at + 32) | 1, "later commands wait");
    gits_set(r, GITS_CWRITER, 8, gits_get(r, GITS_CWRITER, 8) | 1);
    cr_assert_eq(gits_get(r, GITS_CREADR, 8), (at + 32) | 1, "retried, and stalled again");
    ram_set(r, QUEUE + at + 32, 8, DW0(0x05, 0)); /* A SYNC instead. */
    gits_set(r, GITS_CWRITER, 8, gits_get(r, GITS_CWRITER, 8) | 1);
    cr_assert_eq(gits_get(r, GITS_CREADR, 8), at + 96, "all done");
    cr_assert_eq(gits_get(r, GITS_CTLR, 4), BIT(31) | 1, "quiescent");
    cr_assert_eq(gits_get(r, GITS_CWRITER, 8), at + 96, "Retry reads as 0");
    rig_free(r);
}

Test(its, queue_outside_of_memory_stalls)
{
    struct rig *r = its_of(1);

    gits_set(r, GITS_CTLR, 4, 0);
    gits_set(r, GITS_CBASER, 8, VALID | NOWHERE);
    gits_set(r, GITS_CWRITER, 8, 64);
    cr_assert_eq(gits_get(r, GITS_CREADR, 8), 0, "disabled");
    gits_set(r, GITS_CTLR, 4, 1);
    cr_assert_eq(gits_get(r, GITS_CREADR, 8), 1);
    cr_assert(strstr(seen.line, "the command queue") && strstr(seen.line, "MEMORY"), "%s", seen.line);
    rig_free(r);
}

/* Memory that only Secure accesses reach is not there for the ITS. */
Test(its, secure_memory_is_out_of_reach)
{
    avs_machine *m = fixture_machine("virt,secure=on", NULL);
    struct bus_region *its = bus_find(m->bus, pa(0x08080000));
    uint64_t mapc0[] = { 0x09, 0, VALID, 0 }, creadr = 0, kept = 0;

    cr_assert(its && its->ops == &gits_mmio && its->size == 0x20000);
    cr_assert(bus_copy_in(m->bus, pa(0x40000000), mapc0, sizeof(mapc0)));
    cr_assert(its->ops->write(its->dev, NULL, GITS_CBASER, 8, VALID | 0x40000000));
    cr_assert(its->ops->write(its->dev, NULL, GITS_BASER1, 8, VALID | 0x0e000000));
    cr_assert(its->ops->write(its->dev, NULL, GITS_CTLR, 4, 1));
    cr_assert(its->ops->write(its->dev, NULL, GITS_CWRITER, 8, 32));
    cr_assert(its->ops->read(its->dev, NULL, GITS_CREADR, 8, &creadr));
    cr_assert_eq(creadr, 1, "MAPC could not write its table");
    cr_assert(bus_copy_out(m->bus, pa(0x0e000000), &kept, 8));
    cr_assert_eq(kept, 0);
    avs_machine_free(m);
}

Test(its, can_be_left_out)
{
    avs_machine *m = fixture_machine("virt,its=off", NULL);
    struct bus_region *d = bus_find(m->bus, pa(0x08000000));
    uint64_t typer = 0;

    cr_assert_null(bus_find(m->bus, pa(0x08080000)));
    cr_assert(d->ops->read(d->dev, &m->pe[0], 4, 4, &typer));
    cr_assert_eq(typer & BIT(17), 0, "no LPIs");
    gic_its_msi(m->gic, 0, 0);
    avs_machine_free(m);
}

Test(its, queue_wraps_and_its_end_is_checked)
{
    struct rig *r = its_of(1);

    for (unsigned n = 0; n < 300; n++)
        sync_pe(r, 0);
    expect_fine(r, "300 commands in a queue of 128");
    cr_assert_eq(gits_get(r, GITS_CREADR, 8), 300 % 128 * 32);
    gits_set(r, GITS_CWRITER, 8, QUEUE_BYTES);
    cr_assert(strstr(seen.line, "GITS_CWRITER 0x01000 is beyond the queue"), "%s", seen.line);
    cr_assert_eq(gits_get(r, GITS_CREADR, 8), 300 % 128 * 32, "nothing is executed");
    rig_free(r);
}

/* One write makes up to 127 bad commands visible; eight are told. */
Test(its, errors_of_a_run_are_told_up_to_a_bound)
{
    struct rig *r = its_of(1);

    gits_set(r, GITS_CWRITER, 8, QUEUE_BYTES - 32);
    cr_assert_eq(gits_get(r, GITS_CREADR, 8), QUEUE_BYTES - 32);
    cr_assert_eq(seen.count, 8);
    cr_assert(strstr(seen.line, "are not shown"), "%s", seen.line);
    rig_free(r);
}

/* The largest queue, full of the dearest commands, with every LPI pending: has to end. */
Test(its, a_full_queue_of_invall_and_movall)
{
    struct rig *r = its_of(2);

    mapc(r, 0, 0);
    gicr_set(r, 0, GICR_CTLR, 4, 0);
    for (uint64_t i = 1024; i < 8192; i += 8)
        ram_set(r, PENDING + i, 8, ~UINT64_C(0));
    gicr_set(r, 0, GICR_PENDBASER, 8, PENDING);
    gicr_set(r, 0, GICR_CTLR, 4, 1);
    gits_set(r, GITS_CTLR, 4, 0);
    gits_set(r, GITS_CBASER, 8, VALID | (RIG_RAM + 0x300000) | 255);
    for (uint64_t i = 0; i < 32768; i++) {
        uint64_t dw[] = { i % 2 ? 0x0d : 0x0e, 0, i % 4 == 2 ? 1 << 16 : 0, i % 4 == 0 ? 1 << 16 : 0 };

        cr_assert(bus_copy_in(r->m.bus, pa(RIG_RAM + 0x300000 + i * 32), dw, sizeof(dw)));
    }
    gits_set(r, GITS_CWRITER, 8, 32767 * 32);
    gits_set(r, GITS_CTLR, 4, 1);
    cr_assert_eq(gits_get(r, GITS_CREADR, 8), 32767 * 32);
    cr_assert_eq(seen.count, 0, "%s", seen.line);
    take(&r->m.pe[0], 8192);
    expect_none(&r->m.pe[1], "all are PE 0's again after an even number of moves");
    rig_free(r);
}

/* Tables that the guest overwrote lead nowhere. */
Test(its, forged_tables_are_checked)
{
    struct rig *r = mapped();

    mapti(r, 1, 0, 8192, 0);
    ram_set(r, ITT + 0x1000, 8, VALID | 40);
    event(r, CMD_INT, 1, 0, 0);
    expect_error(r, "UNMAPPED_INTERRUPT");
    ram_set(r, ITT + 0x1000, 8, VALID | 8192);
    ram_set(r, COLLECTIONS, 8, VALID | 7);
    event(r, CMD_INT, 1, 0, 0);
    expect_error(r, "UNMAPPED_COLLECTION");
    ram_set(r, COLLECTIONS, 8, VALID | 1);
    event(r, CMD_INT, 1, 0, 0);
    expect_fine(r, "a table that was moved by hand");
    take(&r->m.pe[1], 8192);
    ram_set(r, DEVICES + 8, 8, ~UINT64_C(0));
    event(r, CMD_INT, 1, 0xffffffff, 0);
    expect_error(r, "ID_OOR");
    rig_free(r);
}
