/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file bus.h
 * The physical address map: RAM, ROM and devices. RAM is host memory, reserved and touched lazily. A device
 * is one struct mmio_ops and one line in the board.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/addr.h"
#include "core/status.h"

struct pe;
struct code_page;

/* A device's registers. `off` is within the region, `size` 1, 2, 4 or 8, naturally aligned. False means an
 * external abort (an offset or size that the device does not decode). `c` may be NULL (host accesses). */
struct mmio_ops {
    const char *name;
    bool (*read)(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t *val);
    bool (*write)(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t val);
};

enum bus_kind { BUS_RAM, BUS_ROM, BUS_MMIO };

struct bus_region {
    uint64_t base, size;
    enum bus_kind kind;
    bool secure_only;
    uint8_t id; /* Counts up as regions are added. */
    const char *name;
    uint8_t *host;              /* RAM and ROM. */
    struct code_page **code;    /* RAM and ROM: decoded pages, one pointer a page, NULL when none. */
    const struct mmio_ops *ops; /* Devices; and ROM that stores program (flash). */
    void *dev;
    bool answers;       /* ROM with ops: the device answers reads too, its memory is not seen. */
    bool timed[2];      /* The board says how long a read, or [1] a write, of the device takes... */
    uint32_t cycles[2]; /* ...namely so many cycles. */
    uint8_t waits;      /* enum counter_id of the cycles that PEs wait for it, plus one; 0: none. */
};

/* Whether an access goes to the device and not to host memory. */
static inline bool bus_to_device(const struct bus_region *r, bool write)
{
    return r->kind == BUS_MMIO || (r->ops && (write || r->answers));
}

struct bus;

struct bus *bus_new(struct avs_machine *m);
void bus_free(struct bus *b);
/* Regions must be page-aligned for RAM and ROM and must not overlap: AVS_ERR_BOARD. */
avs_status bus_add_ram(struct bus *b, const char *name, uint64_t base, uint64_t size, enum bus_kind kind,
                       bool secure_only);
avs_status bus_add_device(struct bus *b, const char *name, uint64_t base, uint64_t size,
                          const struct mmio_ops *ops, void *dev);
/* Gives all decoded code the handlers that it has to have now (a64_page_renew()). */
void bus_renew_code(struct bus *b, const struct pe *c);
/* Makes a ROM region flash: stores go to the device, and reads too while it `answers` (bus_set_answers). */
void bus_make_flash(struct bus_region *r, const struct mmio_ops *ops, void *dev);
void bus_set_answers(struct bus *b, struct bus_region *r, bool answers);
/* len bytes at off of a region's memory were changed by its device: what was decoded of them is forgotten.
 */
void bus_changed(struct bus_region *r, uint64_t off, size_t len);
/* The region that holds pa, NULL when none does. */
struct bus_region *bus_find(struct bus *b, pa_t pa);
/* The main RAM when it holds this host address, NULL otherwise: for what knows a host address already. */
struct bus_region *bus_main_holding(struct bus *b, const uint8_t *host);
/* Cycles of an access to a device: the board's, or else the PE's mmio-read and mmio-write. */
uint32_t bus_access_ticks(const struct bus_region *r, const struct pe *c, bool write);
/* Every region in address order, for the map and the device tree. */
struct bus_region *bus_region_at(struct bus *b, size_t index);

/* Host pointer to [pa, pa+len) when it lies in one RAM (or, for_write false, ROM) region; NULL else. */
uint8_t *bus_host(struct bus *b, pa_t pa, uint64_t len, bool for_write);
/* Copies in and out of RAM and ROM, for loaders, debuggers and tests; decoded code is invalidated. */
bool bus_copy_in(struct bus *b, pa_t pa, const void *data, size_t len);
bool bus_copy_out(struct bus *b, pa_t pa, void *data, size_t len);
