/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot.c
 * What all figures share: size, fonts, colours, caption, legend, axes. Positions are computed in inches
 * here and given to gnuplot in screen coordinates, which leaves nothing to its automatic layout.
 */
#include "plot.h"

#include <math.h>
#include <string.h>

#include "plot_layout.h"

/* Widths of one and two columns of the usual two-column paper, in inches. */
static const double column_width[] = { 0, 3.5, 7.16 };
/* gnuplot's cairo terminals count 96 points to the inch. */
#define CAIRO_FONTSCALE 0.75
#define SAMPLE_IN 0.24 /* A legend's sample. */

enum { SVG_DPI = 96, PNG_DPI = 300, FONT_PT_ONE = 7, FONT_PT_TWO = 8, POINTS = 72 };

const struct plot_style plot_line_styles[PLOT_STYLES] = {
    { "#0072b2", "solid", 0, 7 },      { "#d55e00", "(10,4)", 0, 4 }, { "#009e73", "(3,3)", 0, 9 },
    { "#e69f00", "(12,3,3,3)", 0, 6 }, { "#cc79a7", "(6,2)", 0, 13 }, { "#56b4e9", "(14,4,2,4,2,4)", 0, 8 },
    { "#000000", "(1,2)", 0, 2 },
};
const struct plot_style plot_box_styles[PLOT_STYLES] = {
    { "#0072b2", "solid", 0, 7 }, { "#e69f00", "solid", 0, 5 }, { "#009e73", "solid", 1, 9 },
    { "#d55e00", "solid", 2, 4 }, { "#56b4e9", "solid", 1, 6 }, { "#000000", "solid", 0, 2 },
    { "#cc79a7", "solid", 2, 8 },
};
const struct plot_style plot_rest_style = { "#888888", "solid", 0, 1 };

static bool is_tex(const struct plot *p)
{
    return !strcmp(p->args->ext, "tex");
}

void plot_set_size(struct plot *p)
{
    p->width = column_width[p->args->columns];
    p->font_pt = p->args->columns == 1 ? FONT_PT_ONE : FONT_PT_TWO;
    p->label_pt = p->font_pt * (strcmp(p->args->ext, "svg") ? 1 : (double)SVG_DPI / POINTS);
}

void plot_line(struct plot *p, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    g_string_append_vprintf(p->script, fmt, args);
    va_end(args);
    g_string_append_c(p->script, '\n');
}

unsigned plot_block(struct plot *p, const char *comment)
{
    if (p->blocks)
        g_string_append(p->data, "\n\n");
    g_string_append_printf(p->data, "# %s\n", comment);
    return p->blocks++;
}

/* gnuplot: nothing is special between single quotes but the quote itself. */
static char *quote(const char *text)
{
    GString *out = g_string_new("'");

    for (; *text; text++) {
        if (*text == '\'')
            g_string_append_c(out, '\'');
        g_string_append_c(out, (unsigned char)*text < ' ' ? ' ' : *text);
    }
    g_string_append_c(out, '\'');
    return g_string_free(out, FALSE);
}

char *plot_data_name(const struct plot *p)
{
    g_autofree char *name = g_strconcat(p->args->base, ".dat", NULL);

    return quote(name);
}

/* The characters that TeX takes for its own, and one that its fonts may lack. */
static char *tex_escape(const char *text)
{
    static const struct {
        gunichar c;
        const char *tex;
    } special[] = {
        { '\\', "\\textbackslash{}" }, { '~', "\\textasciitilde{}" }, { '^', "\\textasciicircum{}" },
        { 0x2192, "$\\rightarrow$" },  { '<', "\\textless{}" },       { '>', "\\textgreater{}" },
    };
    /* gnuplot takes what is between brackets at the start for a position. */
    GString *out = g_string_new(*text == '[' ? "\\relax " : "");

    for (; *text; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);
        const char *tex = NULL;

        for (size_t i = 0; i < G_N_ELEMENTS(special); i++)
            tex = special[i].c == c ? special[i].tex : tex;
        if (tex) {
            g_string_append(out, tex);
            continue;
        }
        if (c < 0x80 && strchr("#$%&_{}", (int)c))
            g_string_append_c(out, '\\');
        g_string_append_unichar(out, c);
    }
    return g_string_free(out, FALSE);
}

char *plot_text(const struct plot *p, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autofree char *escaped = is_tex(p) ? tex_escape(valid) : g_strdup(valid);

    return quote(escaped);
}

char *plot_sized_text(const struct plot *p, const char *text, double scale)
{
    g_autofree char *plain = plot_text(p, text);
    double pt = scale * p->font_pt;

    if (!is_tex(p) || scale == 1)
        return g_steal_pointer(&plain);
    plain[strlen(plain) - 1] = 0;
    return g_strdup_printf("'\\fontsize{%.2f}{%.2f}\\selectfont %s'", pt, 1.2 * pt, plain + 1);
}

double plot_line_height(const struct plot *p)
{
    return 1.25 * p->font_pt / POINTS;
}

/* The width of a character in ems, as wide sans serifs have it. */
static double char_width(gunichar c)
{
    if (c > 0x7f || strchr("MW@%mw", (int)c))
        return 0.88;
    if (strchr("ijlft.,:;'|!()[] ", (int)c))
        return 0.36;
    return c >= 'A' && c <= 'Z' ? 0.7 : 0.59;
}

double plot_text_width(const struct plot *p, const char *text, double scale)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    double ems = 0;

    for (const char *c = valid; *c; c = g_utf8_next_char(c))
        ems += char_width(g_utf8_get_char(c));
    return ems * scale * p->font_pt / POINTS;
}

void plot_label(struct plot *p, double x, double y, const char *align, double scale, const char *colour,
                const char *text)
{
    g_autofree char *sized = plot_sized_text(p, text, scale);

    plot_line(p, "set label %s at screen %.4f,%.4f %s font ',%.2f' tc rgb '%s'", sized, x / p->width,
              y / p->height, align, scale * p->label_pt, colour);
}

void plot_y_label_at(struct plot *p, double y0, double y1, const char *text)
{
    g_autofree char *quoted = plot_text(p, text);

    plot_line(p, "set label %s at screen %.4f,%.4f center rotate by 90", quoted,
              0.8 * plot_line_height(p) / p->width, (y0 + y1) / 2 / p->height);
}

void plot_y_label(struct plot *p, const char *text)
{
    plot_y_label_at(p, p->bottom, p->height - p->top, text);
}

char *plot_fit_text(const struct plot *p, const char *text, double inches)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1), *start = NULL;
    double width = plot_text_width(p, valid, 1);
    long len = g_utf8_strlen(valid, -1), most = MAX((long)((double)len * inches / width), 3);

    if (width <= inches || len <= most)
        return g_steal_pointer(&valid);
    start = g_utf8_substring(valid, 0, most / 2);
    return g_strconcat(start, "\342\200\246", g_utf8_offset_to_pointer(valid, len - (most - most / 2 - 1)),
                       NULL);
}

/* The terminal's line. Sizes are inches for the vector formats of cairo, and pixels for the others. */
static void terminal(struct plot *p)
{
    const char *ext = p->args->ext;
    double w = p->width, h = p->height, f = p->font_pt;

    if (!strcmp(ext, "svg"))
        plot_line(p,
                  "set terminal svg noenhanced size %.0f,%.0f fixed font 'Helvetica,%.2f' linewidth 0.7 "
                  "background '#ffffff'",
                  w * SVG_DPI, h * SVG_DPI, p->label_pt);
    else if (!strcmp(ext, "png"))
        plot_line(p,
                  "set terminal pngcairo noenhanced size %.0f,%.0f font 'Helvetica,%.2f' fontscale %.3f "
                  "linewidth %.3f pointscale %.3f",
                  w * PNG_DPI, h * PNG_DPI, f, CAIRO_FONTSCALE * PNG_DPI / POINTS, 0.6 * PNG_DPI / POINTS,
                  CAIRO_FONTSCALE * PNG_DPI / POINTS);
    else if (is_tex(p))
        plot_line(p,
                  "set terminal cairolatex pdf input size %.3fin,%.3fin font ',%.2f' fontscale %g "
                  "header '\\fontsize{%.2f}{%.2f}\\selectfont'",
                  w, h, f, CAIRO_FONTSCALE, f, 1.2 * f);
    else
        plot_line(p,
                  "set terminal pdfcairo noenhanced size %.3fin,%.3fin font 'Helvetica,%.2f' fontscale %g",
                  w, h, f, CAIRO_FONTSCALE);
}

void plot_begin(struct plot *p)
{
    const char *graphics = is_tex(p) ? "-inc.tex" : strrchr(p->args->path, '.');
    g_autofree char *file = g_strconcat(p->args->base, graphics, NULL);
    g_autofree char *output = quote(file);

    if (p->args->title)
        p->top += 1.6 * plot_line_height(p);
    p->height += p->args->title ? 1.6 * plot_line_height(p) : 0;
    plot_line(p, "# A figure of armvsim, for gnuplot 5.4 or later: gnuplot FILE.gp");
    plot_line(p, "set encoding utf8");
    terminal(p);
    plot_line(p, "set output %s", output);
    plot_line(p, "set lmargin at screen %.4f", p->left / p->width);
    plot_line(p, "set rmargin at screen %.4f", 1 - p->right / p->width);
    plot_line(p, "set tmargin at screen %.4f", 1 - p->top / p->height);
    plot_line(p, "set bmargin at screen %.4f", p->bottom / p->height);
    plot_line(p, "set border 3 lw 0.6 lc rgb '#222222'");
    plot_line(p, "set tics nomirror out scale 0.6,0.3");
    plot_line(p, "set style line 100 lc rgb '#dddddd' lw 0.5 dt solid");
    plot_line(p, "unset key");
    if (p->args->title)
        plot_label(p, p->width / 2, p->height - plot_line_height(p), "center", 1.15, "#000000",
                   p->args->title);
    plot_caption_draw(p);
}

/* How many entries of a legend fit beside each other. */
static unsigned legend_columns(const struct plot *p, const struct plot_legend *entries, unsigned count,
                               double *step)
{
    double widest = 0;
    unsigned fit;

    for (unsigned i = 0; i < count; i++)
        widest = fmax(widest, plot_text_width(p, entries[i].label, 1));
    *step = fmin(widest + SAMPLE_IN + 0.16, p->width - 0.1);
    fit = (unsigned)((p->width - 0.1) / *step);
    return CLAMP(fit, 1, count);
}

double plot_legend_height(const struct plot *p, const struct plot_legend *entries, unsigned count)
{
    double step;
    unsigned columns = legend_columns(p, entries, count, &step);
    unsigned rows = (count + columns - 1) / columns;

    return rows * plot_line_height(p);
}

unsigned plot_hatch(const struct plot *p, unsigned hatch)
{
    static const unsigned vector[] = { 0, 2, 5 }, other[] = { 0, 4, 5 };

    return (is_tex(p) || !strcmp(p->args->ext, "pdf") ? vector : other)[hatch];
}

static void sample_box(struct plot *p, const struct plot_style *s, double x, double y)
{
    double x0 = x / p->width, x1 = (x + SAMPLE_IN) / p->width, h = 0.32 * plot_line_height(p);
    double y0 = (y - h) / p->height, y1 = (y + h) / p->height;

    plot_line(
        p, "set object rectangle from screen %.4f,%.4f to screen %.4f,%.4f fc rgb '%s' fs solid noborder",
        x0, y0, x1, y1, s->colour);
    if (s->hatch)
        plot_line(p,
                  "set object rectangle from screen %.4f,%.4f to screen %.4f,%.4f fc rgb '#ffffff' "
                  "fs transparent pattern %u noborder",
                  x0, y0, x1, y1, plot_hatch(p, s->hatch));
}

static void draw_sample(struct plot *p, const struct plot_style *s, double x, double y,
                        enum plot_sample sample)
{
    double x0 = x / p->width, x1 = (x + SAMPLE_IN) / p->width;

    if (sample == PLOT_BOXES)
        sample_box(p, s, x, y);
    if (sample == PLOT_LINES)
        plot_line(p, "set arrow from screen %.4f,%.4f to screen %.4f,%.4f nohead lw 1.8 lc rgb '%s' dt %s",
                  x0, y / p->height, x1, y / p->height, s->colour, s->dash);
    if (sample == PLOT_MARKERS)
        plot_line(p, "set label '' at screen %.4f,%.4f point pt %u ps " PLOT_POINT_SIZE " lc rgb '%s'",
                  (x0 + x1) / 2, y / p->height, s->marker, s->colour);
}

void plot_boxes(struct plot *p, unsigned block, const char *using, const struct plot_style *s, bool border,
                const char *more)
{
    g_autofree char *data = plot_data_name(p);

    plot_line(p, "  %s index %u using %s with boxxyerror fs solid %s fc rgb '%s'%s", data, block, using,
              border ? "border lc rgb '#ffffff' lw 0.4" : "noborder", s->colour, s->hatch ? ", \\" : more);
    if (s->hatch)
        plot_line(p,
                  "  %s index %u using %s with boxxyerror fs transparent pattern %u noborder "
                  "fc rgb '#ffffff'%s",
                  data, block, using, plot_hatch(p, s->hatch), more);
}

void plot_legend_draw(struct plot *p, const struct plot_legend *entries, unsigned count, double y,
                      enum plot_sample sample)
{
    double step, left;
    unsigned columns = legend_columns(p, entries, count, &step);

    left = (p->width - columns * step) / 2 + 0.05;
    for (unsigned i = 0; i < count; i++) {
        unsigned column = i % columns, line = i / columns;
        double x = left + column * step, row = y - (line + 0.5) * plot_line_height(p);
        g_autofree char *fit = plot_fit_text(p, entries[i].label, step - SAMPLE_IN - 0.06);

        draw_sample(p, &entries[i].style, x, row, sample);
        plot_label(p, x + SAMPLE_IN + 0.05, row, "left", 1, "#000000", fit);
    }
}
