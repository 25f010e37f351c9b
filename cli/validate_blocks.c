/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file validate_blocks.c
 * The last comparison of the scheduler with llvm-mca, over blocks of compiled code: models/blocks.csv,
 * which scripts/accuracy makes from tests/mca/compare. It needs the source tree and llvm-mca, so it is
 * stored and not repeated here; each line names by its hash the part of the core's model that it is of, and
 * counts for nothing once that part is another.
 */
#include <math.h>
#include <string.h>

#include "timing/timing.h"
#include "validate.h"

static const char header[] = "core,blocks,mean,median,worst,model";

enum { FIELD_CORE, FIELD_BLOCKS, FIELD_MEAN, FIELD_MEDIAN, FIELD_WORST, FIELD_MODEL, FIELDS };
enum { HASH_DIGITS = 12 };
#define MEAN_PERCENT 10

/* Of a core's file, what the scheduler reads: [pipeline] up to [id]. NULL when that is not there. */
static char *scheduling_hash(const char *core)
{
    g_autofree char *file = g_strconcat(core, ".core", NULL);
    g_autofree char *path = g_build_filename(core_model_dir(), "cores", file, NULL);
    g_autofree char *text = NULL;
    g_autofree char *hash = NULL;
    const char *from, *to;

    if (!g_file_get_contents(path, &text, NULL, NULL) || !(from = strstr(text, "\n[pipeline]\n")) ||
        !(to = strstr(from, "\n[id]\n")))
        return NULL;
    hash = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)from + 1,
                                       (gsize)(to - from) + strlen("[id]\n"));
    return g_strndup(hash, HASH_DIGITS);
}

static const char *verdict(char *const *field, double mean)
{
    g_autofree char *hash = scheduling_hash(field[FIELD_CORE]);

    if (g_strcmp0(hash, field[FIELD_MODEL]))
        return "outdated";
    return mean <= MEAN_PERCENT ? "met" : "missed";
}

static bool parse(const char *text, double *out)
{
    char *end;

    *out = g_ascii_strtod(text, &end);
    return end != text && !*end && isfinite(*out);
}

/* One line; a missed one sets *status. False when it is none. */
static bool add_line(struct table *t, const char *line, int *status)
{
    g_auto(GStrv) field = g_strsplit(line, ",", -1);
    double blocks, percent[3];
    const char *word;

    if (g_strv_length(field) != FIELDS || !parse(field[FIELD_BLOCKS], &blocks))
        return false;
    for (unsigned i = 0; i < G_N_ELEMENTS(percent); i++)
        if (!parse(field[FIELD_MEAN + i], &percent[i]))
            return false;
    word = verdict(field, percent[0]);
    table_text(t, field[FIELD_CORE]);
    table_int(t, (int64_t)blocks);
    for (unsigned i = 0; i < G_N_ELEMENTS(percent); i++)
        table_real(t, percent[i]);
    table_text(t, word);
    if (!strcmp(word, "missed"))
        *status = EXIT_FAILED;
    return true;
}

int validate_blocks(GPtrArray *tables)
{
    g_autofree char *path = g_build_filename(core_model_dir(), "blocks.csv", NULL);
    struct table *t = table_new("Blocks of compiled code, against llvm-mca", "no comparison is stored");
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    int status = EXIT_OK;

    t->note = g_strdup("the stored comparison; made again by scripts/accuracy of the source tree");
    table_columns(t, "core blocks mean_error_percent median_error_percent worst_error_percent verdict");
    g_ptr_array_add(tables, t);
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return EXIT_OK;
    lines = g_strsplit(text, "\n", -1);
    if (strcmp(lines[0], header))
        return cli_error("%s:1: '%s' expected", path, header);
    for (unsigned i = 1; lines[i]; i++)
        if (*lines[i] && !add_line(t, lines[i], &status))
            return cli_error("%s:%u: not a line of '%s'", path, i + 1, header);
    return status;
}
