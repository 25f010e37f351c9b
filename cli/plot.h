/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot.h
 * Figures: a gnuplot script and its data, laid out in inches by us, so that every terminal of gnuplot gives
 * the same picture. A kind of plot (plot.def) sets margins and height, calls plot_begin() and draws.
 */
#pragma once

#include "db.h"

struct plot_args {
    char *path;      /* -o */
    char *base;      /* The file's name without folder and extension. */
    const char *ext; /* "pdf", "svg", "png", "tex" */
    char *title;     /* NULL: none. */
    char *by;        /* --by; NULL: as the kind likes it. */
    char *from, *to; /* --from, --to; NULL: all there is. */
    char *unit;      /* --unit; NULL: cycles. */
    char **labels;   /* --label, one for each ledger; NULL: what tells the ledgers apart. */
    char **causes;   /* --cause; NULL: all. */
    int columns;     /* Width: 1 or 2 columns of a paper. */
    bool keep;
};

/* One of the ledgers that a figure is made of. */
struct plot_source {
    struct db db;
    char *label, *hash;
};

struct plot {
    const struct plot_args *args;
    struct plot_source *sources; /* source_count many; none for a figure of no ledger. */
    unsigned source_count;
    struct db *db;   /* The first ledger. */
    double clock_hz; /* Of all ledgers; 0 when they differ or do not say. */
    GString *script, *data;
    unsigned blocks;                 /* Data sets so far. */
    double width, height;            /* Of the picture, in inches. */
    double left, right, top, bottom; /* Margins around the axes, in inches. */
    double font_pt, label_pt;        /* The font's size, and as the terminal counts it. */
    GString *caption_text;
    char **caption; /* Its lines. */
};

/* Colours of Okabe and Ito, told apart by the colour-blind, with a dash, hatch or shape for print in grey.
 */
struct plot_style {
    const char *colour; /* "#rrggbb" */
    const char *dash;   /* gnuplot's dash type. */
    unsigned hatch;     /* White over the colour: 0 none, 1 or 2 a pattern. */
    unsigned marker;    /* gnuplot's point type. */
};

struct plot_legend {
    const char *label;
    struct plot_style style;
};

enum { PLOT_STYLES = 7 };
#define PLOT_POINT_SIZE "0.45"
extern const struct plot_style plot_line_styles[PLOT_STYLES]; /* Lines and markers. */
extern const struct plot_style plot_box_styles[PLOT_STYLES];  /* Areas: neighbours differ in grey. */
extern const struct plot_style plot_rest_style;

/* What a kind of plot has (plot.def). */
enum plot_flag {
    PLOT_CAUSE = 1 << 0,  /* --cause */
    PLOT_MANY = 1 << 1,   /* Several ledgers. */
    PLOT_TWO = 1 << 2,    /* At least two. */
    PLOT_WINDOW = 1 << 3, /* --from, --to */
    PLOT_UNIT = 1 << 4,   /* --unit */
};

/* The kinds: each draws from the ledgers, or returns a status after a printed error. */
#define KIND(name, flags, by, summary) int plot_##name(struct plot *p);
#include "plot.def"
#undef KIND

/* Splits args->path into base and extension, and refuses what cannot be a picture. */
int plot_parse_output(struct plot_args *a);
/* Opens the ledgers, and finds out what to call them and which clock they share. */
int plot_open(struct plot *p, char **paths, unsigned count);
void plot_close(struct plot *p);
/* Parses --from and --to into cycles; what is not given is left as it is. */
int plot_window(const struct plot *p, double *from, double *to);
/* The end of a window that begins at `from`: `to`, or later where that would leave it without length. */
double plot_after(double from, double to);

/* Prepares the caption and the width; margins and height are then for the kind to set. */
void plot_prepare(struct plot *p);
/* Likewise with a caption of its own, for a figure of no ledger: there are no sources. */
void plot_prepare_plain(struct plot *p, const char *caption);
/* Adds a sentence to the caption; before the layout. */
void plot_note(struct plot *p, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
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
/* The text itself, or with its middle left out where it is wider than `inches`. The caller frees it. */
char *plot_fit_text(const struct plot *p, const char *text, double inches);
/* A text at (x, y) inches from the lower left corner; `align` is left, center or right. */
void plot_label(struct plot *p, double x, double y, const char *align, double scale, const char *colour,
                const char *text);
/* gnuplot's number for a hatch; its terminals draw the same number differently. */
unsigned plot_hatch(const struct plot *p, unsigned hatch);
/* The label of the y axis, at the left edge. */
void plot_y_label(struct plot *p, const char *text);
/* Likewise for a panel between y0 and y1 inches. */
void plot_y_label_at(struct plot *p, double y0, double y1, const char *text);
/* Boxes of the data's columns `using` (x, y, x from, x to, y from, y to), with the style's hatch; `more`
 * ends the line of the script: ", \\" or "". */
void plot_boxes(struct plot *p, unsigned block, const char *using, const struct plot_style *s, bool border,
                const char *more);

/* The height of a legend, and the legend, whose upper edge is at `y` inches. */
enum plot_sample { PLOT_LINES, PLOT_BOXES, PLOT_MARKERS };
double plot_legend_height(const struct plot *p, const struct plot_legend *entries, unsigned count);
void plot_legend_draw(struct plot *p, const struct plot_legend *entries, unsigned count, double y,
                      enum plot_sample sample);
/* The height of all that stands below the axes' labels: legend and caption. */
double plot_foot_height(const struct plot *p, double legend);

/* An x axis in cycles below and, when the clock is known, in time above. Linear ones begin at 0. */
void plot_axis(struct plot *p, double min, double max, bool logarithmic, const char *label);
/* An x axis below, of any unit, from 0. */
void plot_plain_axis(struct plot *p, double max, const char *label);
/* An x axis of modelled time, from a cycle to a cycle. */
void plot_time_axis(struct plot *p, double from, double to);
/* Its tics without their numbers, for a panel above another. */
void plot_time_grid(struct plot *p, double from, double to);
/* Round tics from 0 to max as gnuplot's list, for a y axis of at most `count` of them. */
char *plot_tics(double max, unsigned count);
/* The room that tics and label of an axis take below and, when the clock is known, above the axes. */
double plot_axis_bottom(const struct plot *p);
double plot_axis_top(const struct plot *p);
/* Widens a range to round numbers for a logarithmic axis. */
void plot_round_range(double *min, double *max);

/* Runs gnuplot and puts the picture in its place. */
int plot_render(struct plot *p);
