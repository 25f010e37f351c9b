/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file device.h
 * The kinds of devices that a board file can name: one line each in device.c.
 */
#pragma once

#include "board/bus.h"

struct gic;
struct device_desc;
struct dt_writer;

/* What a device needs to know of its place. */
struct device_env {
    struct avs_machine *m;
    struct gic *gic;
    unsigned intid; /* SPI that it drives. */
    bool console;   /* The board's first UART: its output is the machine's console. */
    const struct device_desc *desc;
    struct bus_region *memory; /* Of those whose type has memory; NULL for others. */
};

struct plug;

struct device_type {
    const char *name; /* The board file's `type`, and the device tree node's name. */
    bool uart;
    const struct mmio_ops *ops;
    void *(*create)(const struct device_env *env);
    void (*reset)(void *dev);
    void (*destroy)(void *dev);
    void (*input)(void *dev, const char *bytes, size_t len); /* UARTs; NULL for others. */
    bool (*take)(void *dev, char *byte); /* Of UARTs: takes a byte of what was given to input. */
    /* What its device tree node says besides `reg`; NULL when it has none. */
    void (*node)(struct dt_writer *w, const struct device_desc *d);
    /* Nodes beside its own, in the root; NULL when there are none. */
    void (*more_nodes)(struct dt_writer *w, const struct device_desc *d);
    bool no_irq;   /* It drives no interrupt: `spi` is not needed. */
    bool memory;   /* Its region is ROM whose stores go to the device (flash). */
    bool one_node; /* Neighbours of this type and Security share a node: `reg` has them all. */
    /* Windows for what is plugged in later (board/plug.h); NULL for devices that are what they are. */
    avs_status (*plug)(void *dev, const struct plug *p);
    bool (*is_empty)(const void *dev);
};

/* The type of that name, NULL when there is none. */
const struct device_type *device_type_find(const char *name);
/* All names, separated by blanks, for messages. The caller frees it. */
char *device_type_names(void);
