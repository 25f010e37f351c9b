/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file its_util.h
 * What tests of LPIs and the ITS share: where their tables are in the rig's RAM, and commands as a driver
 * writes them (IHI 0069, 5.3).
 */
#pragma once

#include <stdio.h>
#include <string.h>

#include "gic_fixture.h"

#define VALID BIT(63)
#define QUEUE RIG_RAM
#define DEVICES (RIG_RAM + 0x10000)
#define COLLECTIONS (RIG_RAM + 0x20000)
#define ITT (RIG_RAM + 0x30000)
#define CONFIG (RIG_RAM + 0x100000)
#define PENDING (RIG_RAM + 0x200000) /* 64 KiB per PE. */
#define NOWHERE UINT64_C(0x80000000)

enum {
    GICR_CTLR = 0x0,
    GICR_PROPBASER = 0x70,
    GICR_PENDBASER = 0x78,
    GITS_CTLR = 0x0,
    GITS_TYPER = 0x8,
    GITS_CBASER = 0x80,
    GITS_CWRITER = 0x88,
    GITS_CREADR = 0x90,
    GITS_BASER0 = 0x100,
    GITS_BASER1 = 0x108,
    GITS_TRANSLATER = 0x10040,
    QUEUE_BYTES = 0x1000,
};
#define PTZ BIT(62)

static inline uint64_t gits_get(struct rig *r, uint32_t off, unsigned size)
{
    uint64_t val = ~UINT64_C(0);

    cr_assert(gits_mmio.read(r->m.gic, r->c, off, size, &val));
    return val;
}

static inline void gits_set(struct rig *r, uint32_t off, unsigned size, uint64_t val)
{
    cr_assert(gits_mmio.write(r->m.gic, r->c, off, size, val));
}

static inline uint64_t ram_get(struct rig *r, uint64_t at, size_t size)
{
    uint64_t val = 0;

    cr_assert(bus_copy_out(r->m.bus, pa(at), &val, size));
    return val;
}

static inline void ram_set(struct rig *r, uint64_t at, size_t size, uint64_t val)
{
    cr_assert(bus_copy_in(r->m.bus, pa(at), &val, size));
}

static inline void lpi_config(struct rig *r, unsigned lpi, uint8_t byte)
{
    ram_set(r, CONFIG + lpi - 8192, 1, byte);
}

/* LPIs of every PE, all enabled at priority 0xa0; no pending table is read. */
static inline void lpi_start(struct rig *r)
{
    rig_start(r);
    for (unsigned lpi = 8192; lpi < 65536; lpi++)
        lpi_config(r, lpi, 0xa1);
    for (unsigned n = 0; n < r->m.pe_count; n++) {
        gicr_set(r, n, GICR_PROPBASER, 8, CONFIG | 15);
        gicr_set(r, n, GICR_PENDBASER, 8, (PENDING + n * 0x10000) | PTZ);
        gicr_set(r, n, GICR_CTLR, 4, 1);
    }
}

/* The last lines that the machine logged. */
struct its_log {
    unsigned count;
    char line[512];
};

static inline void its_log(void *user, int level, const char *line)
{
    struct its_log *log = user;

    (void)level;
    log->count++;
    snprintf(log->line, sizeof(log->line), "%s", line);
}

/* Tables of one 4 KiB page each: 512 devices and collections. */
static inline void its_start(struct rig *r, struct its_log *log)
{
    memset(log, 0, sizeof(*log));
    r->m.log = its_log;
    r->m.log_user = log;
    r->m.log_level = LOG_GUEST;
    lpi_start(r);
    gits_set(r, GITS_BASER0, 8, VALID | DEVICES);
    gits_set(r, GITS_BASER1, 8, VALID | COLLECTIONS);
    gits_set(r, GITS_CBASER, 8, VALID | QUEUE);
    gits_set(r, GITS_CTLR, 4, 1);
}

/* Puts a command into the queue and makes it visible; the queue must have taken it, unless it stalls. */
static inline void command(struct rig *r, uint64_t dw0, uint64_t dw1, uint64_t dw2, uint64_t dw3)
{
    uint64_t at = gits_get(r, GITS_CWRITER, 8);
    uint64_t dw[] = { dw0, dw1, dw2, dw3 };

    cr_assert(bus_copy_in(r->m.bus, pa(QUEUE + at), dw, sizeof(dw)));
    gits_set(r, GITS_CWRITER, 8, (at + 32) % QUEUE_BYTES);
}

#define DW0(code, device) ((uint64_t)(device) << 32 | (code))

/* MAPD's `bits` is the size of EventIDs, 1..; ITTs are 4 KiB apart by device. */
static inline void mapd(struct rig *r, uint32_t device, unsigned event_bits)
{
    command(r, DW0(0x08, device), event_bits - 1, VALID | (ITT + device * 0x1000), 0);
}

static inline void mapc(struct rig *r, uint16_t icid, unsigned pe)
{
    command(r, DW0(0x09, 0), 0, VALID | (uint64_t)pe << 16 | icid, 0);
}

static inline void mapti(struct rig *r, uint32_t device, uint32_t event, uint32_t lpi, uint16_t icid)
{
    command(r, DW0(0x0a, device), (uint64_t)lpi << 32 | event, icid, 0);
}

enum { CMD_MOVI = 1, CMD_INT = 3, CMD_CLEAR = 4, CMD_INV = 0xc, CMD_DISCARD = 0xf };

/* MOVI, INT, CLEAR, INV, DISCARD; only MOVI has a collection. */
static inline void event(struct rig *r, unsigned code, uint32_t device, uint32_t id, uint16_t icid)
{
    command(r, DW0(code, device), id, icid, 0);
}

static inline void sync_pe(struct rig *r, unsigned pe)
{
    command(r, DW0(0x05, 0), 0, (uint64_t)pe << 16, 0);
}

static inline void invall(struct rig *r, uint16_t icid)
{
    command(r, DW0(0x0d, 0), 0, icid, 0);
}

static inline void movall(struct rig *r, unsigned from, unsigned to)
{
    command(r, DW0(0x0e, 0), 0, (uint64_t)from << 16, (uint64_t)to << 16);
}

/* Acknowledges and ends what must be this LPI. */
static inline void take(struct pe *c, unsigned lpi)
{
    cr_assert_eq(c->irq_lines, LINE_IRQ, "LPI %u is signalled", lpi);
    cr_assert_eq(SYSGET(c, ICC_HPPIR1_EL1), lpi);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), lpi);
    SYSSET(c, ICC_EOIR1_EL1, lpi);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xff, "the end drops the priority");
}

static inline void expect_none(struct pe *c, const char *why)
{
    cr_assert_eq(c->irq_lines, 0, "%s", why);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 1023, "%s", why);
}
