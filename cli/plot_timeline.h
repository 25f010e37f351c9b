/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot_timeline.h
 * Lanes of the timeline: who had a PE when, at the resolution of the picture.
 */
#pragma once

#include "plot.h"

enum {
    CAUSES_MAX = 32,  /* Causes that are told apart while reading; more are others. */
    LANE_COLOURS = 6, /* Causes with a colour of their own. */
    LANE_OTHERS = 6,  /* Style of the other causes, */
    LANE_GUEST = 7,   /* and of what runs below EL2. */
    LANE_STYLES = 8,
};

struct lane {
    unsigned pe, el; /* el: 2 or 3; 0 for a context below. */
    char *name;      /* "EL2", or the context's. */
    double cycles;
    double *share; /* [column * CAUSES_MAX + cause]: cycles of intervals too narrow to be boxes. */
    GArray *boxes; /* struct box: the others. */
};

struct box {
    double from, to;
    unsigned cause;
};

struct grid {
    double from, to, column_cycles;
    unsigned columns;
    bool merged; /* Something was too narrow. */
};

/* The data of the figure by style: boxes wide enough for a hatch, and others with what was merged. */
struct lane_data {
    GString *boxes[LANE_STYLES], *plain[LANE_STYLES];
};

struct lane *lane_new(const struct grid *g, unsigned pe, unsigned el, const char *name);
void lane_free(void *lane);
/* Adds an interval, cut to the grid's window. False when nothing of it is in there. */
bool lane_add(struct grid *g, struct lane *l, unsigned cause, double from, double to);
/* What takes less is merged. */
double lane_box_cycles(const struct grid *g);
/* Writes the lane, whose lower edge is at y, with the styles of the causes. */
void lane_write(const struct grid *g, const struct lane *l, const unsigned *style_of, double y,
                struct lane_data *out);
