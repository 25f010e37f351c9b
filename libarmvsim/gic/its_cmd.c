/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file its_cmd.c
 * The commands of the ITS and its queue (IHI 0069, 5.3), and translation requests. All commands between
 * GITS_CREADR and GITS_CWRITER are executed at once by the write that makes them visible, which bounds the
 * work of a write to the 32,768 commands that a queue can hold; what a command would do to all LPIs of a
 * redistributor (INVALL, MOVALL) is done once, behind the last command.
 *
 * IHI 0069 lets an implementation ignore a command that is in error or stall on it. Here a command with bad
 * arguments is ignored, and an access to memory that fails stalls the queue with GITS_CREADR.Stalled, until
 * software writes GITS_CWRITER.Retry; both as QEMU does. GITS_TYPER.SEIS is 0: no SError tells. GICv4's
 * commands are not there.
 */
#include <glib.h>
#include <inttypes.h>

#include "gic/its.h"
#include "gic/lpi.h"

enum { COMMAND_BYTES = 32, ERRORS_TOLD = 8 };

/* A command's doublewords, and what is in the same place in most of them. */
struct command {
    uint64_t dw[4];
    uint32_t device_id, event_id; /* dw[0]<63:32>, dw[1]<31:0> */
    uint16_t icid;                /* dw[2]<15:0> */
    uint64_t rdbase;              /* dw[2]<51:16>: the number of a PE, for GITS_TYPER.PTA is 0. */
    bool valid;                   /* dw[2]<63> */
};

/* What an event leads to. */
struct route {
    struct its_device device;
    struct its_event event;
    struct gic_cpu *k;
};

const char *its_error_text(enum its_error e)
{
    static const char *const text[ITS_ERROR_COUNT] = {
#define ITS_ERROR(id, text) [ITS_##id] = #id ": " text,
#include "gic/its_error.def"
    };

    return text[e] ? text[e] : "no error";
}

static enum its_error find_device(struct its *s, uint32_t device_id, struct its_device *d)
{
    enum its_error e = its_device_read(s, device_id, d);

    return e || d->valid ? e : ITS_UNMAPPED_DEVICE;
}

static enum its_error find_event(struct its *s, uint32_t device_id, uint32_t event_id, struct route *r)
{
    enum its_error e = find_device(s, device_id, &r->device);

    if (!e)
        e = its_event_read(s, &r->device, event_id, &r->event);
    if (!e && !r->event.valid)
        e = ITS_UNMAPPED_INTERRUPT;
    return e ? e : its_collection_read(s, r->event.icid, &r->k);
}

enum its_error its_translate(struct its *s, uint32_t device_id, uint32_t event_id)
{
    struct route r;
    enum its_error e = find_event(s, device_id, event_id, &r);

    if (!e)
        lpi_set_pending(r.k, r.event.intid, true);
    return e;
}

/* The commands. */

static enum its_error run_mapd(struct its *s, const struct command *c)
{
    unsigned event_bits = (unsigned)bits(c->dw[1], 4, 0) + 1;
    struct its_device d = { .valid = c->valid, .event_bits = event_bits, .itt = c->dw[2] & MASK(51, 8) };

    if (c->valid && event_bits > ITS_EVENT_BITS)
        return ITS_ITTSIZE_OOR;
    return its_device_write(s, c->device_id, &d);
}

static enum its_error run_mapc(struct its *s, const struct command *c)
{
    if (c->valid && c->rdbase >= s->g->cfg.pe_count)
        return ITS_PROCNUM_OOR;
    return its_collection_write(s, c->icid, c->valid, (unsigned)c->rdbase);
}

static enum its_error map(struct its *s, const struct command *c, uint32_t intid)
{
    struct its_event event = { .valid = true, .intid = intid, .icid = c->icid };
    struct its_device d;
    enum its_error e = find_device(s, c->device_id, &d);

    if (e)
        return e;
    if (!intid_is_lpi(s->g, intid))
        return (uint64_t)c->event_id >> d.event_bits ? ITS_ID_OOR : ITS_PHYSICALID_OOR;
    return its_event_write(s, &d, c->event_id, &event);
}

static enum its_error run_mapti(struct its *s, const struct command *c)
{
    return map(s, c, (uint32_t)bits(c->dw[1], 63, 32));
}

static enum its_error run_mapi(struct its *s, const struct command *c)
{
    return map(s, c, c->event_id);
}

/* A pending LPI goes along. */
static enum its_error run_movi(struct its *s, const struct command *c)
{
    struct gic_cpu *to;
    struct route r;
    enum its_error e = find_event(s, c->device_id, c->event_id, &r);

    if (!e)
        e = its_collection_read(s, c->icid, &to);
    if (e)
        return e;
    r.event.icid = c->icid;
    e = its_event_write(s, &r.device, c->event_id, &r.event);
    if (!e && to != r.k && lpi_is_pending(r.k, r.event.intid)) {
        lpi_set_pending(r.k, r.event.intid, false);
        lpi_set_pending(to, r.event.intid, true);
    }
    return e;
}

static enum its_error run_movall(struct its *s, const struct command *c)
{
    uint64_t to = bits(c->dw[3], 51, 16);

    if (c->rdbase >= s->g->cfg.pe_count || to >= s->g->cfg.pe_count)
        return ITS_PROCNUM_OOR;
    lpi_move_all(&s->g->cpu[c->rdbase], &s->g->cpu[to]);
    return ITS_OK;
}

static enum its_error run_int(struct its *s, const struct command *c)
{
    return its_translate(s, c->device_id, c->event_id);
}

static enum its_error run_clear(struct its *s, const struct command *c)
{
    struct route r;
    enum its_error e = find_event(s, c->device_id, c->event_id, &r);

    if (!e)
        lpi_set_pending(r.k, r.event.intid, false);
    return e;
}

static enum its_error run_discard(struct its *s, const struct command *c)
{
    struct route r;
    enum its_error e = find_event(s, c->device_id, c->event_id, &r);

    if (e)
        return e;
    lpi_set_pending(r.k, r.event.intid, false);
    r.event.valid = false;
    return its_event_write(s, &r.device, c->event_id, &r.event);
}

static enum its_error run_inv(struct its *s, const struct command *c)
{
    struct route r;
    enum its_error e = find_event(s, c->device_id, c->event_id, &r);

    if (!e)
        lpi_invalidate(r.k, r.event.intid);
    return e;
}

static enum its_error run_invall(struct its *s, const struct command *c)
{
    struct gic_cpu *k;
    enum its_error e = its_collection_read(s, c->icid, &k);

    if (!e)
        lpi_invalidate_all(k);
    return e;
}

/* Commands complete in order, so that there is nothing to wait for. */
static enum its_error run_sync(struct its *s, const struct command *c)
{
    return c->rdbase < s->g->cfg.pe_count ? ITS_OK : ITS_PROCNUM_OOR;
}

static const struct {
    const char *name;
    enum its_error (*run)(struct its *s, const struct command *c);
} commands[] = {
    [0x01] = { "MOVI", run_movi },     [0x03] = { "INT", run_int },
    [0x04] = { "CLEAR", run_clear },   [0x05] = { "SYNC", run_sync },
    [0x08] = { "MAPD", run_mapd },     [0x09] = { "MAPC", run_mapc },
    [0x0a] = { "MAPTI", run_mapti },   [0x0b] = { "MAPI", run_mapi },
    [0x0c] = { "INV", run_inv },       [0x0d] = { "INVALL", run_invall },
    [0x0e] = { "MOVALL", run_movall }, [0x0f] = { "DISCARD", run_discard },
};

/* The queue. */

unsigned its_queue_bytes(const struct its *s)
{
    return ((unsigned)bits(s->cbaser, 7, 0) + 1) * 4096;
}

static bool command_read(struct its *s, struct command *c)
{
    if (!gic_dma_read(s->g, (s->cbaser & MASK(51, 12)) + s->creadr, c->dw, COMMAND_BYTES))
        return false;
    for (unsigned i = 0; i < 4; i++)
        c->dw[i] = GUINT64_FROM_LE(c->dw[i]);
    c->device_id = (uint32_t)bits(c->dw[0], 63, 32);
    c->event_id = (uint32_t)bits(c->dw[1], 31, 0);
    c->icid = (uint16_t)bits(c->dw[2], 15, 0);
    c->rdbase = bits(c->dw[2], 51, 16);
    c->valid = bit(c->dw[2], 63);
    return true;
}

/* The command at GITS_CREADR; *name for people. */
static enum its_error run_one(struct its *s, struct command *c, const char **name)
{
    uint64_t code;

    *name = "the command queue";
    if (!command_read(s, c))
        return ITS_MEMORY;
    code = bits(c->dw[0], 7, 0);
    *name = code < G_N_ELEMENTS(commands) && commands[code].run ? commands[code].name : "a command";
    return code < G_N_ELEMENTS(commands) && commands[code].run ? commands[code].run(s, c) : ITS_UNKNOWN;
}

/* Each run tells its first errors: a queue may be full of them. */
static void tell(struct its *s, const char *name, const struct command *c, enum its_error e, unsigned count)
{
    if (count > ERRORS_TOLD)
        return;
    avs_log(s->g->m, LOG_GUEST,
            "ITS: %s at offset 0x%05x (%016" PRIx64 " %016" PRIx64 " %016" PRIx64 " %016" PRIx64
            "): %s%s%s",
            name, (unsigned)s->creadr, c->dw[0], c->dw[1], c->dw[2], c->dw[3], its_error_text(e),
            e == ITS_MEMORY ? "; the queue stalls" : "; ignored",
            count == ERRORS_TOLD ? "; errors of this run's later commands are not shown" : "");
}

void its_run_queue(struct its *s)
{
    unsigned bytes = its_queue_bytes(s), errors = 0;

    if (!s->enabled || s->stalled || !(s->cbaser & BIT(63)))
        return;
    if (s->cwriter >= bytes) {
        avs_log(s->g->m, LOG_GUEST, "ITS: GITS_CWRITER 0x%05x is beyond the queue: nothing is executed",
                (unsigned)s->cwriter);
        return;
    }
    while (s->creadr != s->cwriter && !s->stalled) {
        struct command c = { 0 };
        const char *name;
        enum its_error e = run_one(s, &c, &name);

        if (e)
            tell(s, name, &c, e, ++errors);
        s->stalled = e == ITS_MEMORY;
        if (!s->stalled)
            s->creadr = (s->creadr + COMMAND_BYTES) % bytes;
    }
    lpi_settle(s->g);
}
