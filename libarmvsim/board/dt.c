/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file dt.c
 * The device-tree writer: libfdt's sequential functions behind names that say what is written.
 */
#include "board/dt.h"

#include <glib.h>
#include <inttypes.h>
#include <libfdt.h>
#include <string.h>

#include "core/status.h"

static void note(struct dt_writer *w, int error)
{
    if (!w->error)
        w->error = error;
}

void dt_begin(struct dt_writer *w, const char *name)
{
    note(w, fdt_begin_node(w->blob, name));
}

void dt_begin_at(struct dt_writer *w, const char *name, uint64_t address)
{
    g_autofree char *full = g_strdup_printf("%s@%" PRIx64, name, address);

    dt_begin(w, full);
}

void dt_end(struct dt_writer *w)
{
    note(w, fdt_end_node(w->blob));
}

void dt_prop(struct dt_writer *w, const char *name, const void *data, size_t len)
{
    note(w, fdt_property(w->blob, name, data, (int)len));
}

void dt_flag(struct dt_writer *w, const char *name)
{
    dt_prop(w, name, NULL, 0);
}

void dt_string(struct dt_writer *w, const char *name, const char *value)
{
    dt_prop(w, name, value, strlen(value) + 1);
}

void dt_cell(struct dt_writer *w, const char *name, uint32_t value)
{
    note(w, fdt_property_u32(w->blob, name, value));
}

void dt_cells(struct dt_writer *w, const char *name, const uint32_t *values, size_t count)
{
    uint32_t be[16];

    AVS_CHECK(count <= G_N_ELEMENTS(be));
    for (size_t i = 0; i < count; i++)
        be[i] = GUINT32_TO_BE(values[i]);
    dt_prop(w, name, be, count * sizeof(be[0]));
}

void dt_reg(struct dt_writer *w, const uint64_t *numbers, size_t count)
{
    uint32_t out[16];

    AVS_CHECK(2 * count <= G_N_ELEMENTS(out));
    for (size_t i = 0; i < count; i++) {
        out[2 * i] = (uint32_t)(numbers[i] >> 32);
        out[2 * i + 1] = (uint32_t)numbers[i];
    }
    dt_cells(w, "reg", out, 2 * count);
}

void dt_spi(struct dt_writer *w, unsigned intid, unsigned trigger)
{
    dt_cells(w, "interrupts", (uint32_t[]){ IRQ_SPI, intid - SPI_FIRST, trigger }, 3);
}

void dt_clocks(struct dt_writer *w, const char *names, size_t names_size, unsigned count)
{
    uint32_t clocks[16];

    AVS_CHECK(count <= G_N_ELEMENTS(clocks));
    for (unsigned i = 0; i < count; i++)
        clocks[i] = PHANDLE_CLOCK;
    dt_cells(w, "clocks", clocks, count);
    dt_prop(w, "clock-names", names, names_size);
}
