/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file its_table.c
 * The tables of the ITS (IHI 0069, 5.2): device table and collection table, flat or of two levels, and the
 * interrupt translation table of a device. Their entries' formats are IMPLEMENTATION DEFINED. They are kept
 * in the guest's memory, where hardware has them: nothing is cached, so software that saves, moves or looks
 * at its tables sees what is mapped, no table of the guest's costs host memory, and the work of a command
 * is bounded. What is read is checked as if the guest had written it, which it may have.
 *
 *      device      63 V | 51:8 ITT address | 4:0 Size: bits of EventIDs less one
 *      collection  63 V | 15:0 number of the PE
 *      event       63 V | 47:32 ICID | 31:0 INTID
 *
 * All are eight bytes, little-endian. A level 1 entry is the architecture's: 63 V, 51:12 address.
 */
#include <glib.h>

#include "gic/its.h"
#include "gic/lpi.h"

#define VALID BIT(63)
#define INDIRECT BIT(62)
enum { ENTRY_BYTES = 8 };

static const struct {
    unsigned id_bits;
    enum its_error oor;
} tables[ITS_TABLE_COUNT] = {
    [ITS_DEVICES] = { ITS_DEVICE_BITS, ITS_DEVICE_OOR },
    [ITS_COLLECTIONS] = { ITS_COLLECTION_BITS, ITS_COLLECTION_OOR },
};

static enum its_error load(struct its *s, uint64_t pa, uint64_t *entry)
{
    if (!gic_dma_read(s->g, pa, entry, ENTRY_BYTES))
        return ITS_MEMORY;
    *entry = GUINT64_FROM_LE(*entry);
    return ITS_OK;
}

static enum its_error store(struct its *s, uint64_t pa, uint64_t entry)
{
    entry = GUINT64_TO_LE(entry);
    return gic_dma_write(s->g, pa, &entry, ENTRY_BYTES) ? ITS_OK : ITS_MEMORY;
}

/* GITS_BASER<n>.Page_Size: 4, 16, 64 KiB; the reserved value is as the last. */
static uint64_t page_bytes(uint64_t baser)
{
    unsigned size = (unsigned)bits(baser, 9, 8);

    return UINT64_C(4096) << 2 * (size < 2 ? size : 2);
}

/* With pages of 64 KiB, bits <15:12> are the address's <51:48>. */
static uint64_t base_address(uint64_t baser)
{
    if (page_bytes(baser) == 65536)
        return (baser & MASK(47, 16)) | bits(baser, 15, 12) << 48;
    return baser & MASK(47, 12);
}

/* Where an entry is. An ID that the table has no room for, or no level 2 page, is out of range. */
static enum its_error locate(struct its *s, enum its_table t, uint32_t id, uint64_t *pa)
{
    uint64_t baser = s->baser[t], page = page_bytes(baser), table = base_address(baser);
    uint64_t bytes = page * (bits(baser, 7, 0) + 1), per_page = page / ENTRY_BYTES, entry;
    enum its_error e;

    if (!(baser & VALID) || id >> tables[t].id_bits)
        return tables[t].oor;
    if (baser & INDIRECT) {
        if (id / per_page >= bytes / ENTRY_BYTES)
            return tables[t].oor;
        e = load(s, table + id / per_page * ENTRY_BYTES, &entry);
        if (e || !(entry & VALID))
            return e ? e : tables[t].oor;
        table = entry & MASK(51, 12) & ~(page - 1);
        id = (uint32_t)(id % per_page);
        bytes = page;
    }
    *pa = table + (uint64_t)id * ENTRY_BYTES;
    return id < bytes / ENTRY_BYTES ? ITS_OK : tables[t].oor;
}

static enum its_error entry_read(struct its *s, enum its_table t, uint32_t id, uint64_t *entry)
{
    uint64_t pa;
    enum its_error e = locate(s, t, id, &pa);

    return e ? e : load(s, pa, entry);
}

static enum its_error entry_write(struct its *s, enum its_table t, uint32_t id, uint64_t entry)
{
    uint64_t pa;
    enum its_error e = locate(s, t, id, &pa);

    return e ? e : store(s, pa, entry);
}

enum its_error its_device_read(struct its *s, uint32_t device_id, struct its_device *d)
{
    uint64_t entry = 0;
    enum its_error e = entry_read(s, ITS_DEVICES, device_id, &entry);

    d->valid = entry & VALID;
    d->itt = entry & MASK(51, 8);
    d->event_bits = MIN((unsigned)bits(entry, 4, 0) + 1, ITS_EVENT_BITS);
    return e;
}

enum its_error its_device_write(struct its *s, uint32_t device_id, const struct its_device *d)
{
    uint64_t entry = VALID | d->itt | (d->event_bits - 1);

    return entry_write(s, ITS_DEVICES, device_id, d->valid ? entry : 0);
}

enum its_error its_collection_read(struct its *s, uint32_t icid, struct gic_cpu **k)
{
    uint64_t entry = 0;
    enum its_error e = entry_read(s, ITS_COLLECTIONS, icid, &entry);
    uint64_t pe = bits(entry, 15, 0);

    *k = NULL;
    if (e)
        return e;
    if (!(entry & VALID) || pe >= s->g->cfg.pe_count)
        return ITS_UNMAPPED_COLLECTION;
    *k = &s->g->cpu[pe];
    return ITS_OK;
}

enum its_error its_collection_write(struct its *s, uint32_t icid, bool valid, unsigned pe)
{
    return entry_write(s, ITS_COLLECTIONS, icid, valid ? VALID | pe : 0);
}

static uint64_t event_address(const struct its_device *d, uint32_t event_id)
{
    return d->itt + (uint64_t)event_id * ENTRY_BYTES;
}

enum its_error its_event_read(struct its *s, const struct its_device *d, uint32_t event_id,
                              struct its_event *e)
{
    uint64_t entry = 0;
    enum its_error error = ITS_ID_OOR;

    if (!((uint64_t)event_id >> d->event_bits))
        error = load(s, event_address(d, event_id), &entry);
    e->valid = (entry & VALID) && intid_is_lpi(s->g, bits(entry, 31, 0));
    e->intid = (uint32_t)bits(entry, 31, 0);
    e->icid = (uint16_t)bits(entry, 47, 32);
    return error;
}

enum its_error its_event_write(struct its *s, const struct its_device *d, uint32_t event_id,
                               const struct its_event *e)
{
    uint64_t entry = e->valid ? VALID | (uint64_t)e->icid << 32 | e->intid : 0;

    if ((uint64_t)event_id >> d->event_bits)
        return ITS_ID_OOR;
    return store(s, event_address(d, event_id), entry);
}
