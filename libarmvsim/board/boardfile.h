/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file boardfile.h
 * What a board file (models/boards/NAME.board) and the options of --board say, checked and in one struct.
 */
#pragma once

#include <glib.h>

#include "board/bus.h"
#include "board/device.h"

/* [memory NAME]: RAM besides the main one, ROM, flash. */
struct memory_desc {
    char *name;
    uint64_t base, size;
    enum bus_kind kind;
    bool secure_only;
};

/* Times of an access to a device, in ps: what the core's model costs unless the board says more. */
#define ACCESS_BY_CORE UINT64_MAX

/* [device NAME] */
struct device_desc {
    char *name;
    const struct device_type *type;
    uint64_t base, size;
    unsigned intid;
    bool secure_only;
    uint64_t read_ps, write_ps; /* Or ACCESS_BY_CORE. */
};

struct board_desc {
    char *title, *compatible; /* [board] */
    bool psci;
    uint64_t ram_base, image_offset;
    uint64_t gicd, gicr, gicr_window; /* GICR: of a GICv3. */
    uint64_t its_base;                /* Likewise; 0: the board has no place for one. */
    uint64_t gicc, gich, gicv, v2m;   /* Of a GICv2; v2m is 0 when there is no GICv2m frame. */
    unsigned v2m_first, v2m_count;    /* The frame's SPIs, by INTID. */
    unsigned spi_count;
    uint64_t gic_read_ps, gic_write_ps; /* Of all its frames, or ACCESS_BY_CORE. */
    uint64_t gic_signal_ps;             /* From its decision to the PE's input. */
    uint64_t cntfrq_hz;
    bool virtualization, secure; /* Options. */
    bool its;                    /* With a GICv3 alone. */
    unsigned gic_version;        /* 2 or 3. */
    GArray *memories;            /* struct memory_desc; only those that exist with these options. */
    GArray *devices;             /* struct device_desc; likewise. */
};

/* Reads the board that `spec` ("NAME[,option=value...]") names. AVS_ERR_BOARD, with the reason. */
avs_status board_desc_load(struct avs_machine *m, const char *spec, struct board_desc **out);
void board_desc_free(struct board_desc *d);

/* The file of a board's name, or the name itself when it is a path. */
char *board_path(const char *name);
/* The keys of a board's file and of those that it includes. AVS_ERR_BOARD. */
avs_status board_read_file(struct avs_machine *m, const char *name, GKeyFile *kf);
