/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot.h
 * Figures: a gnuplot script and its data, laid out in inches by us, so that every terminal of gnuplot gives
 * the same picture. A kind of plot (plot.def) draws between plot_begin() and plot_end().
 */
#pragma once

#include "db.h"

struct plot_args {
    char *path;      /* -o */
    char *base;      /* The file's name without folder and extension. */
    const char *ext; /* "pdf", "svg", "png", "tex" */
    char *title;     /* NULL: none. */
    int columns;     /* Width: 1 or 2 columns of a paper. */
    bool keep;
};

struct plot {
    const struct plot_args *args;
    struct db *db;
    GString *script, *data;
    unsigned blocks;                 /* Data sets so far. */
    double width, height;            /* Of the picture, in inches. */
    double left, right, top, bottom; /* Margins around the axes, in inches. */
    double font_pt, label_pt;        /* The font's size, and as the terminal counts it. */
    char **caption;                  /* Its lines. */
};

/* Colours of Okabe and Ito, told apart by the colour-blind, with a dash or hatch for print in grey. */
struct plot_style {
    const char *colour; /* "#rrggbb" */
    const char *dash;   /* gnuplot's dash type. */
    unsigned hatch;     /* White over the colour: 0 none, 1 or 2 a pattern. */
};

struct plot_legend {
    const char *label;
    struct plot_style style;
};

enum { PLOT_STYLES = 7 };
extern const struct plot_style plot_line_styles[PLOT_STYLES];
extern const struct plot_style plot_rest_style;

/* The kinds: each draws from the ledger, or returns a status after a printed error. */
#define KIND(name, summary) int plot_##name(struct plot *p);
#include "plot.def"
#undef KIND

/* Splits args->path into base and extension, and refuses what cannot be a picture. */
int plot_parse_output(struct plot_args *a);
/* Prepares the caption and the width; margins and height are then for the kind to set. */
int plot_prepare(struct plot *p);
/* Likewise with a caption of its own, for a figure of no ledger: p->db is not used. */
void plot_prepare_plain(struct plot *p, const char *caption);
void plot_clear(struct plot *p);
/* Starts the script, when the size is known: terminal, fonts, margins, title, caption. */
void plot_begin(struct plot *p);
/* One line of the script. */
void plot_line(struct plot *p, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
/* Starts the next data set and returns the number by which the script finds it ("index N"). */
unsigned plot_block(struct plot *p, const char *comment);
/* The data file as a gnuplot string. */
char *plot_data_name(const struct plot *p);

/* A text as a gnuplot string, escaped for TeX where that is the output. The caller frees it. */
char *plot_text(const struct plot *p, const char *text);
/* Likewise, in `scale` times the figure's font, where the text itself has to say so (TeX). */
char *plot_sized_text(const struct plot *p, const char *text, double scale);
/* How wide and high text is about, in inches; `scale` is relative to the figure's font. */
double plot_text_width(const struct plot *p, const char *text, double scale);
double plot_line_height(const struct plot *p);
/* A text at (x, y) inches from the lower left corner; `align` is left, center or right. */
void plot_label(struct plot *p, double x, double y, const char *align, double scale, const char *colour,
                const char *text);
/* gnuplot's number for a hatch; its terminals draw the same number differently. */
unsigned plot_hatch(const struct plot *p, unsigned hatch);
/* The label of the y axis, at the left edge. */
void plot_y_label(struct plot *p, const char *text);

/* The height of a legend, and the legend, whose upper edge is at `y` inches. Boxes or lines. */
double plot_legend_height(const struct plot *p, const struct plot_legend *entries, unsigned count);
void plot_legend_draw(struct plot *p, const struct plot_legend *entries, unsigned count, double y,
                      bool boxes);
/* The height of all that stands below the axes' labels: legend and caption. */
double plot_foot_height(const struct plot *p, double legend);

/* An x axis in cycles below and, when the clock is known, in us above. Linear ones begin at 0. */
void plot_axis(struct plot *p, double min, double max, bool logarithmic, const char *label);
/* Widens a range to round numbers for a logarithmic axis. */
void plot_round_range(double *min, double *max);

/* Runs gnuplot and puts the picture in its place. */
int plot_render(struct plot *p);
