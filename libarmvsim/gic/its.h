/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file its.h
 * State shared by the files of the interrupt translation service (IHI 0069, chapter 5): its.c has the
 * registers, its_cmd.c the commands, its_table.c the tables in memory.
 */
#pragma once

#include "gic/gic_priv.h"

enum its_table { ITS_DEVICES, ITS_COLLECTIONS, ITS_TABLE_COUNT };

/* Sizes in bits: of DeviceIDs, EventIDs and collections' ICIDs, as GITS_TYPER says. */
enum { ITS_DEVICE_BITS = 16, ITS_EVENT_BITS = 16, ITS_COLLECTION_BITS = 16 };

struct its {
    struct gic *g;
    bool enabled;
    bool stalled; /* GITS_CREADR.Stalled */
    uint32_t statusr;
    uint64_t cbaser;
    uint32_t cwriter, creadr; /* Offsets into the queue. */
    uint64_t baser[ITS_TABLE_COUNT];
};

/* What can be wrong with a command or a message; its_error.def's lines. */
enum its_error {
    ITS_OK,
#define ITS_ERROR(id, text) ITS_##id,
#include "gic/its_error.def"
    ITS_ERROR_COUNT
};

/* Entries of the tables in memory. */
struct its_device {
    bool valid;
    unsigned event_bits; /* Size of its EventIDs. */
    uint64_t itt;        /* Address of its interrupt translation table. */
};

struct its_event {
    bool valid;
    uint32_t intid;
    uint16_t icid;
};

/* its.c; NULL without an ITS, and resetting that is nothing. */
struct its *its_new(struct gic *g);
void its_reset(struct gic *g);

/* its_cmd.c */
void its_run_queue(struct its *s);
unsigned its_queue_bytes(const struct its *s);
/* A translation request: makes the LPI of an event pending. */
enum its_error its_translate(struct its *s, uint32_t device_id, uint32_t event_id);
const char *its_error_text(enum its_error e);

/* its_table.c. Reading fails on what is out of range or not in memory. What is not mapped is not valid, but
 * a collection, which is read for where it leads to: there it is an error. */
enum its_error its_device_read(struct its *s, uint32_t device_id, struct its_device *d);
enum its_error its_device_write(struct its *s, uint32_t device_id, const struct its_device *d);
enum its_error its_collection_read(struct its *s, uint32_t icid, struct gic_cpu **k);
enum its_error its_collection_write(struct its *s, uint32_t icid, bool valid, unsigned pe);
enum its_error its_event_read(struct its *s, const struct its_device *d, uint32_t event_id,
                              struct its_event *e);
enum its_error its_event_write(struct its *s, const struct its_device *d, uint32_t event_id,
                               const struct its_event *e);
