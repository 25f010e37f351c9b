/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot.c
 * What all figures share: size, fonts, colours, caption, legend, axes. Positions are computed in inches
 * here and given to gnuplot in screen coordinates, which leaves nothing to its automatic layout.
 */
#include "plot.h"

#include <math.h>
#include <string.h>

/* Widths of one and two columns of the usual two-column paper, in inches. */
static const double column_width[] = { 0, 3.5, 7.16 };
/* A mean character is this wide in a wide sans serif, in ems. */
#define CHAR_EM 0.57
#define GREY "#666666"
#define CAPTION_SCALE 0.75
/* gnuplot's cairo terminals count 96 points to the inch. */
#define CAIRO_FONTSCALE 0.75
#define SAMPLE_IN 0.24 /* A legend's sample. */

enum { SVG_DPI = 96, PNG_DPI = 300, FONT_PT_ONE = 7, FONT_PT_TWO = 8, POINTS = 72 };

const struct plot_style plot_line_styles[PLOT_STYLES] = {
    { "#0072b2", "solid", 0 },      { "#d55e00", "(10,4)", 0 }, { "#009e73", "(3,3)", 0 },
    { "#e69f00", "(12,3,3,3)", 0 }, { "#cc79a7", "(6,2)", 0 },  { "#56b4e9", "(14,4,2,4,2,4)", 0 },
    { "#000000", "(1,2)", 0 },
};
const struct plot_style plot_rest_style = { "#888888", "solid", 0 };

static bool is_tex(const struct plot *p)
{
    return !strcmp(p->args->ext, "tex");
}

/* Breaks a text into lines that fit the picture, at blanks and commas. */
static char **wrap(const struct plot *p, const char *text, double scale)
{
    GPtrArray *lines = g_ptr_array_new();
    g_autoptr(GString) line = g_string_new(NULL);

    while (*text) {
        size_t len = strcspn(text, " ,");
        gsize before = line->len;

        len += strspn(text + len, " ,");
        g_string_append_len(line, text, (gssize)len);
        if (before && 0.95 * plot_text_width(p, line->str, scale) > p->width - 0.1) {
            g_string_truncate(line, before);
            g_ptr_array_add(lines, g_strdup(g_strchomp(line->str)));
            g_string_truncate(line, 0);
            continue;
        }
        text += len;
    }
    g_ptr_array_add(lines, g_strdup(line->str));
    g_ptr_array_add(lines, NULL);
    return (char **)g_ptr_array_free(lines, FALSE);
}

/* Which machine, which options, which ledger: what a reader needs to make the figure again. */
static char *caption_text(struct plot *p, const char *hash)
{
    g_autofree char *core = db_run_value(p->db, "core");
    g_autofree char *set = db_run_value(p->db, "set");
    g_autofree char *board = db_run_value(p->db, "board");
    g_autofree char *timing = db_run_value(p->db, "timing");
    GString *text = g_string_new(core && *core ? core : "unknown core");

    if (p->db->clock_hz > 0)
        g_string_append_printf(text, " at %.0f MHz", p->db->clock_hz / 1e6);
    if (set && *set)
        g_string_append_printf(text, ", with %s", set);
    if (board && *board)
        g_string_append_printf(text, ", board %s", board);
    if (timing && *timing)
        g_string_append_printf(text, ", timing %s", timing);
    g_string_append_printf(text, ", ledger %s", hash);
    return g_string_free(text, FALSE);
}

void plot_prepare_plain(struct plot *p, const char *caption)
{
    p->script = g_string_new(NULL);
    p->data = g_string_new(NULL);
    p->width = column_width[p->args->columns];
    p->font_pt = p->args->columns == 1 ? FONT_PT_ONE : FONT_PT_TWO;
    p->label_pt = p->font_pt * (strcmp(p->args->ext, "svg") ? 1 : (double)SVG_DPI / POINTS);
    p->caption = wrap(p, caption, CAPTION_SCALE);
}

int plot_prepare(struct plot *p)
{
    g_autofree char *hash = db_hash(p->db);
    g_autofree char *text = NULL;

    if (!hash)
        return EXIT_USAGE;
    text = caption_text(p, hash);
    plot_prepare_plain(p, text);
    return EXIT_OK;
}

void plot_clear(struct plot *p)
{
    if (p->script)
        g_string_free(p->script, TRUE);
    if (p->data)
        g_string_free(p->data, TRUE);
    g_strfreev(p->caption);
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

double plot_text_width(const struct plot *p, const char *text, double scale)
{
    return (double)g_utf8_strlen(text, -1) * CHAR_EM * scale * p->font_pt / POINTS;
}

void plot_label(struct plot *p, double x, double y, const char *align, double scale, const char *colour,
                const char *text)
{
    g_autofree char *sized = plot_sized_text(p, text, scale);

    plot_line(p, "set label %s at screen %.4f,%.4f %s font ',%.2f' tc rgb '%s'", sized, x / p->width,
              y / p->height, align, scale * p->label_pt, colour);
}

void plot_y_label(struct plot *p, const char *text)
{
    g_autofree char *quoted = plot_text(p, text);

    plot_line(p, "set label %s at screen %.4f,%.4f center rotate by 90", quoted,
              0.8 * plot_line_height(p) / p->width,
              (p->bottom + (p->height - p->bottom - p->top) / 2) / p->height);
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
                  "linewidth %.3f",
                  w * PNG_DPI, h * PNG_DPI, f, CAIRO_FONTSCALE * PNG_DPI / POINTS, 0.6 * PNG_DPI / POINTS);
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

static void draw_caption(struct plot *p)
{
    double step = CAPTION_SCALE * plot_line_height(p);
    unsigned count = g_strv_length(p->caption);

    for (unsigned i = 0; i < count; i++)
        plot_label(p, 0.05, 0.05 + step * (count - i - 0.5), "left", CAPTION_SCALE, GREY, p->caption[i]);
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
    draw_caption(p);
}

/* How many entries of a legend fit beside each other. */
static unsigned legend_columns(const struct plot *p, const struct plot_legend *entries, unsigned count,
                               double *step)
{
    double widest = 0;
    unsigned fit;

    for (unsigned i = 0; i < count; i++)
        widest = fmax(widest, plot_text_width(p, entries[i].label, 1));
    *step = widest + SAMPLE_IN + 0.16;
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

static void draw_sample(struct plot *p, const struct plot_style *s, double x, double y, bool box)
{
    double x0 = x / p->width, x1 = (x + SAMPLE_IN) / p->width, h = 0.32 * plot_line_height(p);
    double y0 = (y - h) / p->height, y1 = (y + h) / p->height;

    if (!box) {
        plot_line(p, "set arrow from screen %.4f,%.4f to screen %.4f,%.4f nohead lw 1.8 lc rgb '%s' dt %s",
                  x0, y / p->height, x1, y / p->height, s->colour, s->dash);
        return;
    }
    plot_line(
        p, "set object rectangle from screen %.4f,%.4f to screen %.4f,%.4f fc rgb '%s' fs solid noborder",
        x0, y0, x1, y1, s->colour);
    if (s->hatch)
        plot_line(p,
                  "set object rectangle from screen %.4f,%.4f to screen %.4f,%.4f fc rgb '#ffffff' "
                  "fs transparent pattern %u noborder",
                  x0, y0, x1, y1, plot_hatch(p, s->hatch));
}

void plot_legend_draw(struct plot *p, const struct plot_legend *entries, unsigned count, double y,
                      bool boxes)
{
    double step, left;
    unsigned columns = legend_columns(p, entries, count, &step);

    left = (p->width - columns * step) / 2 + 0.05;
    for (unsigned i = 0; i < count; i++) {
        unsigned column = i % columns, line = i / columns;
        double x = left + column * step, row = y - (line + 0.5) * plot_line_height(p);

        draw_sample(p, &entries[i].style, x, row, boxes);
        plot_label(p, x + SAMPLE_IN + 0.05, row, "left", 1, "#000000", entries[i].label);
    }
}

double plot_foot_height(const struct plot *p, double legend)
{
    double caption = g_strv_length(p->caption) * CAPTION_SCALE * plot_line_height(p) + 0.05;

    return caption + (legend > 0 ? legend + 0.05 : 0) + 0.03;
}

void plot_round_range(double *min, double *max)
{
    static const double steps[] = { 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9, 10 };
    double low = pow(10, floor(log10(*min / 1.05))), high = pow(10, floor(log10(*max * 1.05)));
    size_t i = G_N_ELEMENTS(steps) - 1, j = 0;

    while (i && low * steps[i] > *min / 1.05)
        i--;
    while (j < G_N_ELEMENTS(steps) - 1 && high * steps[j] < *max * 1.05)
        j++;
    *min = low * steps[i];
    *max = high * steps[j];
}

/* "500", "2k", "1.5M"; us are as they are. */
static char *tic_text(double value, bool cycles)
{
    if (cycles && value >= 1e6)
        return g_strdup_printf("%.4gM", value / 1e6);
    if (cycles && value >= 1e4)
        return g_strdup_printf("%.4gk", value / 1e3);
    return g_strdup_printf("%.4g", value);
}

static void add_tic(GString *tics, double value, double scale, bool cycles)
{
    g_autofree char *text = tic_text(value, cycles);

    g_string_append_printf(tics, "%s'%s' %.10g", tics->len ? ", " : "", text, value * scale);
}

/* Tics of a logarithmic axis: the more, the fewer decades there are. */
static void log_tics(GString *tics, double min, double max, double scale, bool cycles)
{
    static const struct {
        double decades;
        unsigned count;
        double steps[12];
    } kinds[] = {
        { 0.35, 12, { 1, 1.2, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8 } },
        { 1.2, 6, { 1, 1.5, 2, 3, 5, 7 } },
        { 3, 3, { 1, 2, 5 } },
        { INFINITY, 1, { 1 } },
    };
    unsigned k = 0;

    while (log10(max / min) > kinds[k].decades)
        k++;
    for (int e = (int)floor(log10(min)); e <= (int)floor(log10(max)); e++)
        for (unsigned i = 0; i < kinds[k].count; i++) {
            double value = pow(10, e) * kinds[k].steps[i];

            if (value >= min * 0.999 && value <= max * 1.001)
                add_tic(tics, value, scale, cycles);
        }
}

static void linear_tics(GString *tics, double max, double scale, bool cycles)
{
    static const double steps[] = { 1, 2, 2.5, 5, 10 };
    double decade = pow(10, floor(log10(max / 5))), step = decade;

    for (size_t i = 0; i < G_N_ELEMENTS(steps) && max / step > 6; i++)
        step = decade * steps[i];
    for (unsigned i = 0; i * step <= max * 1.001; i++)
        add_tic(tics, i * step, scale, cycles);
}

/* One of the two axes; `scale` is cycles per unit. */
static void axis(struct plot *p, const char *name, double min, double max, double scale, const char *label,
                 bool logarithmic)
{
    g_autoptr(GString) tics = g_string_new(NULL);
    double line = plot_line_height(p), middle = (p->left + p->width - p->right) / 2;
    bool cycles = scale == 1;

    if (logarithmic)
        log_tics(tics, min / scale, max / scale, scale, cycles);
    else
        linear_tics(tics, max / scale, scale, cycles);
    if (logarithmic)
        plot_line(p, "set logscale %s", name);
    plot_line(p, "set %srange [%.10g:%.10g]", name, min, max);
    plot_line(p, "set %stics (%s) offset 0,%s", name, tics->str, cycles ? "0.4" : "-0.4");
    plot_label(p, middle, cycles ? p->bottom - 1.95 * line : p->height - p->top + 1.95 * line, "center", 1,
               "#000000", label);
}

void plot_axis(struct plot *p, double min, double max, bool logarithmic, const char *label)
{
    g_autofree char *time = g_strdup_printf("time [us] at %.0f MHz", p->db->clock_hz / 1e6);

    axis(p, "x", min, max, 1, label, logarithmic);
    if (p->db->clock_hz <= 0)
        return;
    plot_line(p, "set border 7");
    axis(p, "x2", min, max, p->db->clock_hz / 1e6, time, logarithmic);
}
