/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot_source.c
 * The ledgers that a figure is made of: opened, named by what tells them apart, and the window of time in
 * them.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "plot.h"

/* What a ledger may be called by, until all names differ. */
static const char *const name_keys[] = { "core", "image", "set", "board", "timing" };

static char *base_name(const struct plot_source *s)
{
    char *name = g_path_get_basename(s->db.path);
    char *dot = strrchr(name, '.');

    if (dot && dot > name)
        *dot = 0;
    return name;
}

static char *named_by(struct plot_source *s, const char *key)
{
    g_autofree char *value = db_run_value(&s->db, key);

    return g_strdup(value && *value ? value : "default");
}

static bool all_differ(const struct plot *p)
{
    for (unsigned i = 0; i < p->source_count; i++)
        for (unsigned j = 0; j < i; j++)
            if (!strcmp(p->sources[i].label, p->sources[j].label))
                return false;
    return true;
}

/* Adds the values of a key to the labels, unless they are all the same. */
static void add_names(struct plot *p, const char *key)
{
    g_auto(GStrv) values = g_new0(char *, p->source_count + 1);
    bool same = true;

    for (unsigned i = 0; i < p->source_count; i++) {
        values[i] = named_by(&p->sources[i], key);
        same = same && !strcmp(values[i], values[0]);
    }
    for (unsigned i = 0; i < p->source_count && !same; i++) {
        g_autofree char *old = p->sources[i].label;

        p->sources[i].label = g_strconcat(old, *old ? ", " : "", values[i], NULL);
    }
}

/* The file's name, and for one that an earlier ledger has its number, too. */
static void name_by_file(struct plot *p, unsigned i)
{
    g_autofree char *name = base_name(&p->sources[i]);
    unsigned j = 0;

    while (j < i && strcmp(p->sources[j].label, name) != 0)
        j++;
    g_free(p->sources[i].label);
    p->sources[i].label = j < i ? g_strdup_printf("%s (%u)", name, i + 1) : g_strdup(name);
}

static void find_labels(struct plot *p)
{
    for (unsigned i = 0; i < p->source_count; i++)
        p->sources[i].label = g_strdup("");
    for (size_t k = 0; k < G_N_ELEMENTS(name_keys) && !all_differ(p); k++)
        add_names(p, name_keys[k]);
    if (all_differ(p) && *p->sources[0].label)
        return;
    for (unsigned i = 0; i < p->source_count; i++)
        name_by_file(p, i);
}

static int take_labels(struct plot *p)
{
    unsigned count = p->args->labels ? g_strv_length(p->args->labels) : 0;

    if (!count) {
        find_labels(p);
        return EXIT_OK;
    }
    if (count != p->source_count)
        return cli_error("plot: %u times --label for %u ledgers: each needs one", count, p->source_count);
    for (unsigned i = 0; i < count; i++)
        p->sources[i].label = g_strdup(p->args->labels[i]);
    return EXIT_OK;
}

static int open_source(struct plot *p, const char *path)
{
    struct plot_source *s = &p->sources[p->source_count];
    int status = db_open(&s->db, path);

    if (status)
        return status;
    s->db.causes = p->args->causes;
    s->hash = db_hash(&s->db);
    p->clock_hz = !p->source_count || p->clock_hz == s->db.clock_hz ? s->db.clock_hz : 0;
    p->source_count++;
    return s->hash ? EXIT_OK : EXIT_USAGE;
}

int plot_open(struct plot *p, char **paths, unsigned count)
{
    int status = EXIT_OK;

    p->sources = g_new0(struct plot_source, count);
    p->db = &p->sources[0].db;
    for (unsigned i = 0; i < count && !status; i++)
        status = open_source(p, paths[i]);
    return status ? status : take_labels(p);
}

void plot_close(struct plot *p)
{
    for (unsigned i = 0; i < p->source_count; i++) {
        db_close(&p->sources[i].db);
        g_free(p->sources[i].label);
        g_free(p->sources[i].hash);
    }
    g_free(p->sources);
}

/* A time as an option has it: "1500000", "1.5M", "1250us". */
static int parse_time(const struct plot *p, const char *option, const char *text, double *cycles)
{
    static const struct {
        const char *unit;
        double cycles, seconds;
    } units[] = { { "", 1, 0 },      { "K", 1e3, 0 },   { "M", 1e6, 0 },   { "G", 1e9, 0 },
                  { "ns", 0, 1e-9 }, { "us", 0, 1e-6 }, { "ms", 0, 1e-3 }, { "s", 0, 1 } };
    char *end;
    double value = g_ascii_strtod(text, &end);

    for (size_t i = 0; end > text && value >= 0 && isfinite(value) && i < G_N_ELEMENTS(units); i++) {
        if (strcmp(end, units[i].unit) != 0)
            continue;
        if (units[i].seconds > 0 && p->clock_hz <= 0)
            return cli_error("plot: %s %s: the ledger does not say how fast the clock is", option, text);
        *cycles = value * (units[i].seconds > 0 ? units[i].seconds * p->clock_hz : units[i].cycles);
        return EXIT_OK;
    }
    return cli_error("plot: %s %s: not a time; cycles (1500000, 1.5M) or ns, us, ms, s (1250us)", option,
                     text);
}

double plot_after(double from, double to)
{
    return fmax(to, from * (1 + DBL_EPSILON * 4) + 1);
}

int plot_window(const struct plot *p, double *from, double *to)
{
    const struct plot_args *a = p->args;
    int status = EXIT_OK;

    if (a->from)
        status = parse_time(p, "--from", a->from, from);
    if (!status && a->to)
        status = parse_time(p, "--to", a->to, to);
    if (!status && a->from && a->to && *from >= *to)
        return cli_error("plot: --from %s is not before --to %s", a->from, a->to);
    return status;
}
