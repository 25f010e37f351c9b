/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file its.c
 * The interrupt translation service's registers (IHI 0069, 12.12 and 12.13): a control frame and a
 * translation frame of 64 KiB each. Physical LPIs; device and collection tables, flat or of two levels;
 * target addresses are PE numbers; no collections are held inside (GITS_TYPER.HCC is 0). The cacheability
 * and shareability fields are kept as written and mean nothing. A PE that writes GITS_TRANSLATER has
 * DeviceID 0, as on QEMU's board. Does not model GICv4 and memory partitioning.
 */
#include "gic/its.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gic/lpi.h"

enum { FRAME_BYTES = 0x10000, TRANSLATER = 0x40 };

#define CTLR_ENABLED UINT32_C(1)
#define CTLR_QUIESCENT (UINT32_C(1) << 31)
#define OFFSET_MASK MASK(19, 5) /* Of GITS_CWRITER and GITS_CREADR. */
#define CBASER_MASK (BIT(63) | MASK(61, 59) | MASK(55, 53) | MASK(51, 12) | MASK(11, 10) | MASK(7, 0))
#define BASER_MASK (MASK(63, 59) | MASK(55, 53) | MASK(47, 0))

/* GITS_BASER<n>'s Type and Entry_Size. */
static const uint64_t baser_fixed[ITS_TABLE_COUNT] = {
    [ITS_DEVICES] = UINT64_C(1) << 56 | UINT64_C(7) << 48,
    [ITS_COLLECTIONS] = UINT64_C(4) << 56 | UINT64_C(7) << 48,
};

struct its *its_new(struct gic *g)
{
    struct its *s = g->cfg.has_its ? calloc(1, sizeof(*s)) : NULL;

    AVS_CHECK(s || !g->cfg.has_its);
    return s;
}

void its_reset(struct gic *g)
{
    if (!g->its)
        return;
    memset(g->its, 0, sizeof(*g->its));
    g->its->g = g;
    memcpy(g->its->baser, baser_fixed, sizeof(baser_fixed));
}

void gic_its_msi(struct gic *g, uint32_t device_id, uint32_t event_id)
{
    enum its_error e;

    if (!g->its || !g->its->enabled)
        return;
    e = its_translate(g->its, device_id, event_id);
    if (e)
        avs_log(g->m, LOG_GUEST, "ITS: event %" PRIu32 " of device %" PRIu32 ": %s; ignored", event_id,
                device_id, its_error_text(e));
}

static struct its *its_of(const struct gic_access *a)
{
    return a->g->its;
}

/* Quiescent while no command waits: nothing else takes time. */
static uint64_t ctlr_read(const struct gic_access *a)
{
    const struct its *s = its_of(a);
    bool waits = s->enabled && s->creadr != s->cwriter;

    return (s->enabled ? CTLR_ENABLED : 0) | (waits ? 0 : CTLR_QUIESCENT);
}

static void ctlr_write(const struct gic_access *a, uint64_t val)
{
    its_of(a)->enabled = val & CTLR_ENABLED;
    its_run_queue(its_of(a));
}

static uint64_t iidr_read(const struct gic_access *a)
{
    (void)a;
    return GIC_IIDR;
}

/* CIDbits and CIL; Devbits, ID_bits and the size of an event's entry, all less one; Physical. */
static uint64_t typer_read(const struct gic_access *a)
{
    return half_read(a, BIT(36) | (uint64_t)(ITS_COLLECTION_BITS - 1) << 32 | (ITS_DEVICE_BITS - 1) << 13 |
                            (ITS_EVENT_BITS - 1) << 8 | 7 << 4 | 1);
}

static uint64_t statusr_read(const struct gic_access *a)
{
    return its_of(a)->statusr;
}

static void statusr_write(const struct gic_access *a, uint64_t val)
{
    its_of(a)->statusr &= ~(uint32_t)val;
}

/* Moving a table or the queue of an ITS that is enabled is UNPREDICTABLE; here it has no effect. */
static bool may_write(const struct gic_access *a, const char *name)
{
    if (its_of(a)->enabled)
        avs_log(a->g->m, LOG_GUEST, "ITS: %s: written while GITS_CTLR.Enabled is 1: ignored", name);
    return !its_of(a)->enabled;
}

static uint64_t cbaser_read(const struct gic_access *a)
{
    return half_read(a, its_of(a)->cbaser);
}

static void cbaser_write(const struct gic_access *a, uint64_t val)
{
    struct its *s = its_of(a);

    if (!may_write(a, "GITS_CBASER"))
        return;
    s->cbaser = half_write(a, s->cbaser, val) & CBASER_MASK;
    s->creadr = 0;
    s->stalled = false;
}

static uint64_t cwriter_read(const struct gic_access *a)
{
    return half_read(a, its_of(a)->cwriter);
}

/* Bit 0 is Retry, which goes on behind a stall. */
static void cwriter_write(const struct gic_access *a, uint64_t val)
{
    struct its *s = its_of(a);

    if (a->off)
        return;
    s->cwriter = (uint32_t)(val & OFFSET_MASK);
    s->stalled = s->stalled && !bit(val, 0);
    its_run_queue(s);
}

static uint64_t creadr_read(const struct gic_access *a)
{
    return half_read(a, its_of(a)->creadr | its_of(a)->stalled);
}

/* GITS_BASER2..7 are not there. */
static uint64_t baser_read(const struct gic_access *a)
{
    return a->off / 8 < ITS_TABLE_COUNT ? half_read(a, its_of(a)->baser[a->off / 8]) : 0;
}

static void baser_write(const struct gic_access *a, uint64_t val)
{
    unsigned n = a->off / 8;
    uint64_t *baser = its_of(a)->baser;

    if (n < ITS_TABLE_COUNT && may_write(a, n == ITS_DEVICES ? "GITS_BASER0" : "GITS_BASER1"))
        baser[n] = (half_write(a, baser[n], val) & BASER_MASK) | baser_fixed[n];
}

static uint64_t id_read(const struct gic_access *a)
{
    return gic_id_read(a, 0x94);
}

static const struct gic_reg regs[] = {
    { 0x0000, 4, 0, 4, 0, ctlr_read, ctlr_write },
    { 0x0004, 4, 0, 4, 0, iidr_read, NULL },
    { 0x0008, 8, 0, 4 | 8, 0, typer_read, NULL },
    { 0x0040, 4, 0, 4, 0, statusr_read, statusr_write },
    { 0x0080, 8, 0, 4 | 8, 0, cbaser_read, cbaser_write },
    { 0x0088, 8, 0, 4 | 8, 0, cwriter_read, cwriter_write },
    { 0x0090, 8, 0, 4 | 8, 0, creadr_read, NULL },
    { 0x0100, 0x40, 0, 4 | 8, 0, baser_read, baser_write },
    { 0xffd0, 0x30, 0, 4, 0, id_read, NULL },
};
static const struct gic_frame frame = { "GITS", regs, sizeof(regs) / sizeof(regs[0]), false };

static struct gic_access access_of(struct gic *g, unsigned size)
{
    return (struct gic_access){ .g = g, .size = size, .secure = true, .statusr = &g->its->statusr };
}

static bool gits_read(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t *val)
{
    struct gic_access a = access_of(dev, size);

    (void)c;
    *val = 0;
    if (off < FRAME_BYTES)
        *val = gic_frame_read(&frame, &a, (uint32_t)off) & (~UINT64_C(0) >> (64 - 8 * size));
    return true;
}

/* GITS_TRANSLATER, alone in its frame, takes 16 or 32 bits of EventID. */
static bool gits_write(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t val)
{
    struct gic_access a = access_of(dev, size);

    (void)c;
    val &= ~UINT64_C(0) >> (64 - 8 * size);
    if (off < FRAME_BYTES)
        gic_frame_write(&frame, &a, (uint32_t)off, val);
    else if (off == FRAME_BYTES + TRANSLATER && (size == 2 || size == 4))
        gic_its_msi(dev, 0, (uint32_t)val);
    return true;
}

const struct mmio_ops gits_mmio = { "gits", gits_read, gits_write };
