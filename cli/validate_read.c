/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file validate_read.c
 * Reads published.csv and validate.keys (models/PUBLISHED.md says what is in them). Both are data that
 * users may add rows to, so what is wrong is named with file and line or group.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "timing/timing.h"
#include "validate.h"

static const char header[] = "id,source,machine,core,operation,unit,value,confidence";

const char *const validate_basis_names[BASIS_COUNT] = {
    [BASIS_MEASURED] = "measured",
    [BASIS_CIRCULAR] = "circular",
    [BASIS_RECALLED] = "recalled",
};

static void row_free(void *data)
{
    struct validate_row *r = data;

    g_strfreev(r->field);
    g_free(r->result);
    g_free(r);
}

static void run_free(void *data)
{
    struct validate_run *r = data;

    g_free(r->name);
    g_free(r->image);
    g_free(r->cpu);
    g_free(r->board);
    g_strfreev(r->set);
    g_ptr_array_free(r->rows, TRUE);
    g_free(r);
}

void validation_clear(struct validation *v)
{
    if (v->runs)
        g_ptr_array_free(v->runs, TRUE);
    if (v->rows)
        g_ptr_array_free(v->rows, TRUE);
}

static struct validate_row *find_row(const GPtrArray *rows, const char *id)
{
    for (unsigned i = 0; i < rows->len; i++) {
        struct validate_row *r = rows->pdata[i];

        if (!strcmp(r->field[PUBLISHED_ID], id))
            return r;
    }
    return NULL;
}

/* A number that is all of the text, finite and not negative. */
static bool parse_value(const char *text, double *out)
{
    char *end;

    errno = 0;
    *out = g_ascii_strtod(text, &end);
    return end != text && !*end && !errno && isfinite(*out) && *out >= 0;
}

static int add_row(GPtrArray *rows, const char *path, unsigned number, const char *line)
{
    char **field = g_strsplit(line, ",", -1);
    struct validate_row *r = g_new0(struct validate_row, 1);

    r->field = field;
    g_ptr_array_add(rows, r);
    if (g_strv_length(field) != PUBLISHED_FIELDS)
        return cli_error("%s:%u: %u fields; %d are needed: %s", path, number, g_strv_length(field),
                         PUBLISHED_FIELDS, header);
    if (!parse_value(field[PUBLISHED_VALUE], &r->published))
        return cli_error("%s:%u: '%s' is not a value", path, number, field[PUBLISHED_VALUE]);
    if (find_row(rows, field[PUBLISHED_ID]) != r)
        return cli_error("%s:%u: '%s' is there twice", path, number, field[PUBLISHED_ID]);
    if (g_str_has_prefix(field[PUBLISHED_CONFIDENCE], "memory"))
        r->basis = BASIS_RECALLED;
    return EXIT_OK;
}

static int read_rows(struct validation *v, const char *path)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) lines = NULL;
    int status = EXIT_OK;

    if (!g_file_get_contents(path, &text, NULL, &error))
        return cli_error("%s", error->message);
    if (!g_utf8_validate(text, -1, NULL))
        return cli_error("%s: not UTF-8", path);
    lines = g_strsplit(text, "\n", -1);
    if (!lines[0] || strcmp(g_strchomp(lines[0]), header))
        return cli_error("%s:1: '%s' expected", path, header);
    for (unsigned i = 1; lines[i] && !status; i++)
        if (*g_strchomp(lines[i]))
            status = add_row(v->rows, path, i + 1, lines[i]);
    return status;
}

/* circular = ID;ID: rows of this run that its model has a number from. */
static int mark_circular(const struct validate_run *run, char **ids, const char *path)
{
    for (char **id = ids; id && *id; id++) {
        struct validate_row *r = find_row(run->rows, g_strstrip(*id));

        if (!r)
            return cli_error("%s: [%s] circular: '%s' is not one of its rows", path, run->name, *id);
        if (r->basis == BASIS_MEASURED)
            r->basis = BASIS_CIRCULAR;
    }
    return EXIT_OK;
}

static int add_result(const struct validation *v, struct validate_run *run, const char *id,
                      const char *result, const char *path)
{
    struct validate_row *r = find_row(v->rows, id);

    if (!r)
        return cli_error("%s: [%s] '%s' is neither a key nor a row of published.csv", path, run->name, id);
    if (r->result)
        return cli_error("%s: [%s] '%s' is measured already", path, run->name, id);
    r->result = g_strdup(result);
    g_ptr_array_add(run->rows, r);
    return EXIT_OK;
}

/* One key of a run. Texts that a run cannot do without are looked for afterwards. */
static int add_key(const struct validation *v, struct validate_run *run, GKeyFile *keys, const char *key,
                   const char *path)
{
    g_autofree char *value = g_key_file_get_string(keys, run->name, key, NULL);
    const struct {
        const char *key;
        char **text;
    } texts[] = { { "image", &run->image }, { "cpu", &run->cpu }, { "board", &run->board } };
    uint64_t smp;

    if (!value)
        return cli_error("%s: [%s] %s: not a text", path, run->name, key);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        if (!strcmp(key, texts[i].key)) {
            *texts[i].text = g_steal_pointer(&value);
            return EXIT_OK;
        }
    if (!strcmp(key, "set")) {
        run->set = g_strsplit(value, ";", -1);
        return EXIT_OK;
    }
    if (!strcmp(key, "circular"))
        return EXIT_OK;
    if (strcmp(key, "smp"))
        return add_result(v, run, key, value, path);
    if (!cli_number(value, false, &smp) || smp < 1 || smp > 8)
        return cli_error("%s: [%s] smp '%s': 1 to 8", path, run->name, value);
    run->smp = (unsigned)smp;
    return EXIT_OK;
}

static int read_run(struct validation *v, GKeyFile *keys, const char *name, const char *path)
{
    struct validate_run *run = g_new0(struct validate_run, 1);
    g_auto(GStrv) names = g_key_file_get_keys(keys, name, NULL, NULL);
    g_auto(GStrv) circular = g_key_file_get_string_list(keys, name, "circular", NULL, NULL);
    int status = EXIT_OK;

    run->name = g_strdup(name);
    run->smp = 1;
    run->rows = g_ptr_array_new();
    g_ptr_array_add(v->runs, run);
    for (char **key = names; *key && !status; key++)
        status = add_key(v, run, keys, *key, path);
    if (status)
        return status;
    if (!run->image || !run->cpu || !run->board || strchr(run->image, '/'))
        return cli_error("%s: [%s] image (a name), cpu and board are needed", path, name);
    return mark_circular(run, circular, path);
}

static int read_runs(struct validation *v, const char *path)
{
    g_autoptr(GKeyFile) keys = g_key_file_new();
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) groups = NULL;
    int status = EXIT_OK;

    if (!g_key_file_load_from_file(keys, path, G_KEY_FILE_NONE, &error))
        return cli_error("%s: %s", path, error->message);
    groups = g_key_file_get_groups(keys, NULL);
    for (char **group = groups; *group && !status; group++)
        status = read_run(v, keys, *group, path);
    return status;
}

int validation_read(struct validation *v)
{
    g_autofree char *rows = g_build_filename(core_model_dir(), "published.csv", NULL);
    g_autofree char *runs = g_build_filename(core_model_dir(), "validate.keys", NULL);
    int status;

    v->rows = g_ptr_array_new_with_free_func(row_free);
    v->runs = g_ptr_array_new_with_free_func(run_free);
    status = read_rows(v, rows);
    return status ? status : read_runs(v, runs);
}
