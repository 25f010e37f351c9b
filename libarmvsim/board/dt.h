/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file dt.h
 * libfdt's sequential writer with a sticky error, so that code which makes a device tree reads like the
 * tree (Devicetree Specification 0.4).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct device_desc;

/* Phandles of the generated tree, and the cells of a GIC interrupt specifier. */
enum { PHANDLE_GIC = 1, PHANDLE_CLOCK = 2, PHANDLE_MSI = 3, PHANDLE_GPIO = 4, PHANDLE_GPIO_SECURE = 5 };
enum { IRQ_SPI = 0, IRQ_PPI = 1, IRQ_EDGE_RISING = 1, IRQ_LEVEL_HIGH = 4 };
enum { PPI_FIRST = 16, SPI_FIRST = 32 };

struct dt_writer {
    void *blob;
    int error; /* The first libfdt error. */
};

void dt_begin(struct dt_writer *w, const char *name);
void dt_begin_at(struct dt_writer *w, const char *name, uint64_t address);
void dt_end(struct dt_writer *w);
void dt_prop(struct dt_writer *w, const char *name, const void *data, size_t len);
void dt_flag(struct dt_writer *w, const char *name);
void dt_string(struct dt_writer *w, const char *name, const char *value);
void dt_cell(struct dt_writer *w, const char *name, uint32_t value);
/* At most 16 of them. */
void dt_cells(struct dt_writer *w, const char *name, const uint32_t *values, size_t count);
/* `reg`: pairs of address and size, two cells each; `count` numbers. */
void dt_reg(struct dt_writer *w, const uint64_t *numbers, size_t count);
/* One level- or edge-triggered SPI. */
void dt_spi(struct dt_writer *w, unsigned intid, unsigned trigger);
/* `clocks` and `clock-names`: all are the board's one fixed clock. */
void dt_clocks(struct dt_writer *w, const char *names, size_t names_size, unsigned count);

/* A list of strings given as one literal with '\0' between them. */
#define DT_STRINGS(w, name, literal) dt_prop(w, name, literal, sizeof(literal))
