/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot_caption.c
 * The caption: which machine, which options, which ledgers; what a reader needs to make the figure again.
 * Of several ledgers, what they have in common is said once.
 */
#include <string.h>

#include "plot.h"
#include "plot_layout.h"

enum { CORE, SET, BOARD, TIMING, FACTS };

/* A blank at which no line ends. */
#define TIE "\x1f"

static char *finish_line(const char *line)
{
    return g_strchomp(g_strdelimit(g_strdup(line), TIE, ' '));
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
            g_ptr_array_add(lines, finish_line(line->str));
            g_string_truncate(line, 0);
            continue;
        }
        text += len;
    }
    g_ptr_array_add(lines, finish_line(line->str));
    g_ptr_array_add(lines, NULL);
    return (char **)g_ptr_array_free(lines, FALSE);
}

static char *fact(struct db *db, const char *key, const char *before)
{
    g_autofree char *value = db_run_value(db, key);

    return value && *value ? g_strconcat(before, value, NULL) : NULL;
}

static void facts_of(struct db *db, char *facts[FACTS])
{
    g_autofree char *core = fact(db, "core", "");
    const char *name = core ? core : "unknown core";

    facts[CORE] = db->clock_hz > 0 ? g_strdup_printf("%s at" TIE "%.0f" TIE "MHz", name, db->clock_hz / 1e6)
                                   : g_strdup(name);
    facts[SET] = fact(db, "set", "with ");
    facts[BOARD] = fact(db, "board", "board" TIE);
    facts[TIMING] = fact(db, "timing", "timing" TIE);
}

static void append(GString *text, const char *separator, const char *part)
{
    if (part)
        g_string_append_printf(text, "%s%s", text->len ? separator : "", part);
}

/* Whether all sources say the same, at facts[source * FACTS + which]. */
static bool is_common(const struct plot *p, char **facts, unsigned which)
{
    for (unsigned i = 1; i < p->source_count; i++)
        if (g_strcmp0(facts[which], facts[i * FACTS + which]) != 0)
            return false;
    return true;
}

/* "LABEL: what it alone has, ledger HASH". */
static char *own_text(const struct plot *p, char **facts, unsigned i)
{
    const struct plot_source *s = &p->sources[i];
    GString *text = g_string_new(NULL);
    g_autofree char *own = NULL;

    for (unsigned f = 0; f < FACTS; f++)
        if (p->source_count == 1 || !is_common(p, facts, f))
            append(text, ", ", facts[i * FACTS + f]);
    append(text, ", ", "ledger" TIE);
    g_string_append(text, s->hash);
    own = g_string_free(text, FALSE);
    return p->source_count == 1 || g_str_has_prefix(own, s->label) ? g_steal_pointer(&own)
                                                                   : g_strconcat(s->label, ": ", own, NULL);
}

static char *caption_text(const struct plot *p)
{
    g_autofree char **facts = g_new0(char *, p->source_count *FACTS);
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < p->source_count; i++)
        facts_of(&p->sources[i].db, facts + i * FACTS);
    for (unsigned f = 0; f < FACTS && p->source_count > 1; f++)
        if (is_common(p, facts, f))
            append(text, ", ", facts[f]);
    for (unsigned i = 0; i < p->source_count; i++) {
        g_autofree char *own = own_text(p, facts, i);
        append(text, "; ", own);
    }
    for (unsigned i = 0; i < p->source_count * FACTS; i++)
        g_free(facts[i]);
    return g_string_free(text, FALSE);
}

static void set_lines(struct plot *p)
{
    g_strfreev(p->caption);
    p->caption = wrap(p, p->caption_text->str, CAPTION_SCALE);
}

void plot_prepare_plain(struct plot *p, const char *caption)
{
    p->script = g_string_new(NULL);
    p->data = g_string_new(NULL);
    p->caption_text = g_string_new(caption);
    plot_set_size(p);
    set_lines(p);
}

void plot_prepare(struct plot *p)
{
    g_autofree char *text = caption_text(p);

    plot_prepare_plain(p, text);
}

void plot_note(struct plot *p, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    g_string_append(p->caption_text, g_str_has_suffix(p->caption_text->str, ".") ? " " : ". ");
    g_string_append_vprintf(p->caption_text, fmt, args);
    va_end(args);
    set_lines(p);
}

void plot_clear(struct plot *p)
{
    if (p->script)
        g_string_free(p->script, TRUE);
    if (p->data)
        g_string_free(p->data, TRUE);
    if (p->caption_text)
        g_string_free(p->caption_text, TRUE);
    g_strfreev(p->caption);
}

void plot_caption_draw(struct plot *p)
{
    double step = CAPTION_SCALE * plot_line_height(p);
    unsigned count = g_strv_length(p->caption);

    for (unsigned i = 0; i < count; i++)
        plot_label(p, 0.05, 0.05 + step * (count - i - 0.5), "left", CAPTION_SCALE, GREY, p->caption[i]);
}

double plot_foot_height(const struct plot *p, double legend)
{
    double caption = g_strv_length(p->caption) * CAPTION_SCALE * plot_line_height(p) + 0.05;

    return caption + (legend > 0 ? legend + 0.05 : 0) + 0.03;
}
