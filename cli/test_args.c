/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_args.c
 * [run] of a spec becomes the command line of `armvsim run`. What it names has to be there, and the machine
 * that it describes has to be possible, before anything runs.
 */
#include <string.h>
#include <unistd.h>

#include "armvsim.h"
#include "test.h"

/* A case without limits of its own ends here: some seconds on any host. */
#define MAX_INSNS_DEFAULT "1000000000"

enum run_kind {
    RUN_TEXT,
    RUN_NUMBER,
    RUN_FLAG,
    RUN_MODEL,
    RUN_FILE,
    RUN_FILE_AT,
    RUN_FILE_OPT,
    RUN_DIR,
    RUN_DRIVE,
    RUN_IMAGE,
    RUN_WORDS
};

static const struct run_key {
    const char *key, *option;
    enum run_kind kind;
    bool is_list;
} run_keys[] = {
#define RUN_KEY(key, option, kind, is_list) { key, option, RUN_##kind, is_list },
#include "test_run.def"
#undef RUN_KEY
};

/* What is being read. */
struct reader {
    const struct spec *spec;
    const struct spec_values *values;
    struct test_case *out;
    GPtrArray *problems;
    avs_options options; /* The machine, as far as it can be made beforehand. */
    GPtrArray *sets, *texts;
    char *image;
    bool is_limited, is_firmware;
};

static const struct run_key *find_key(const char *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(run_keys); i++)
        if (!strcmp(run_keys[i].key, key))
            return &run_keys[i];
    return NULL;
}

bool spec_run_knows(const char *key)
{
    return find_key(key);
}

char *spec_path(const struct spec *s, const char *path)
{
    return g_canonicalize_filename(path, s->folder);
}

/* The variables there are, for people. */
static char *known_variables(const struct spec_values *v)
{
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(v->variables), (GCompareFunc)strcmp);
    GString *out = g_string_new(NULL);

    for (GList *n = names; n; n = n->next)
        g_string_append_printf(out, "%s${%s}", out->len ? ", " : "", (const char *)n->data);
    return g_string_free(out, FALSE);
}

static void unknown_variable(const struct spec *s, const struct spec_values *v, const struct spec_line *l,
                             const char *name, GPtrArray *problems)
{
    g_autofree char *known = known_variables(v);

    if (!strcmp(name, "builddir"))
        test_problem(problems, s, l, "${builddir} is not known; --build DIR says where it is");
    else
        test_problem(problems, s, l, "${%s} is not known; there are %s, and more by --define NAME=VALUE",
                     name, known);
}

char *spec_expand(const struct spec *s, const struct spec_values *v, const struct spec_line *l,
                  const char *text, GPtrArray *problems)
{
    GString *out = g_string_new(NULL);
    const char *from = text, *open, *close;

    while ((open = strstr(from, "${")) && (close = strchr(open, '}'))) {
        g_autofree char *name = g_strndup(open + 2, (gsize)(close - open - 2));
        const char *value = g_hash_table_lookup(v->variables, name);

        g_string_append_len(out, from, open - from);
        from = close + 1;
        if (value) {
            g_string_append(out, value);
            continue;
        }
        unknown_variable(s, v, l, name, problems);
        g_string_free(out, TRUE);
        return NULL;
    }
    g_string_append(out, from);
    return g_string_free(out, FALSE);
}

static void add_option(struct reader *r, const struct run_key *k, const char *value)
{
    g_ptr_array_add(r->out->args, g_strconcat(k->option, "=", value, NULL));
}

/* The path of a file that has to be there, followed by what stands behind it. */
static void add_file(struct reader *r, const struct run_key *k, const struct spec_line *l,
                     const char *value, const char *rest)
{
    g_autofree char *name = g_strndup(value, (gsize)(rest - value));
    g_autofree char *path = spec_path(r->spec, name);
    g_autofree char *whole = g_strconcat(path, rest, NULL);
    GFileTest test = k->kind == RUN_DIR ? G_FILE_TEST_IS_DIR : G_FILE_TEST_EXISTS;

    if (!g_file_test(path, test))
        test_problem(r->problems, r->spec, l, "%s: %s", path,
                     k->kind == RUN_DIR ? "no such folder" : "no such file");
    else if (access(path, R_OK))
        test_problem(r->problems, r->spec, l, "%s: %s", path, g_strerror(errno));
    if (k->kind == RUN_IMAGE || !strcmp(k->key, "symbols"))
        g_ptr_array_add(r->out->images, g_strdup(path));
    if (k->kind == RUN_IMAGE) {
        g_free(r->image);
        r->image = g_steal_pointer(&whole);
    } else if (k->kind == RUN_DRIVE) {
        g_ptr_array_add(r->out->drives, g_steal_pointer(&whole));
    } else {
        add_option(r, k, whole);
    }
}

/* A model's name, or a file: "boards/mine.board,gic-version=2". */
static char *model_value(const struct reader *r, const char *value)
{
    size_t len = strcspn(value, ",");
    g_autofree char *name = g_strndup(value, len);
    g_autofree char *path = NULL;

    if (!g_str_has_suffix(name, ".core") && !g_str_has_suffix(name, ".board") && !strchr(name, '/'))
        return g_strdup(value);
    path = spec_path(r->spec, name);
    return g_strconcat(path, value + len, NULL);
}

static void add_flag(struct reader *r, const struct run_key *k, const struct spec_line *l,
                     const char *value)
{
    bool on = !strcmp(value, "on") || !strcmp(value, "true");

    if (!on && strcmp(value, "off") != 0 && strcmp(value, "false") != 0)
        test_problem(r->problems, r->spec, l, "'%s': on or off", value);
    if (on)
        g_ptr_array_add(r->out->args, g_strdup(k->option));
}

static void add_words(struct reader *r, const struct spec_line *l, const char *value)
{
    g_auto(GStrv) words = NULL;
    g_autoptr(GError) error = NULL;

    if (!*value)
        return;
    if (!g_shell_parse_argv(value, NULL, &words, &error))
        test_problem(r->problems, r->spec, l, "%s", error->message);
    for (char **w = words; w && *w; w++)
        g_ptr_array_add(r->out->args, g_strdup(*w));
}

/* The number, for what the machine is made of; 0 after a problem. */
static uint64_t number(struct reader *r, const struct spec_line *l, const char *value, bool binary)
{
    uint64_t n = 0;

    if (!cli_number(value, binary, &n))
        test_problem(r->problems, r->spec, l, "'%s' is not a number", value);
    return n;
}

/* What avs_machine_new() looks at. The text lives as long as the reader. */
static void note_option(struct reader *r, const struct run_key *k, const struct spec_line *l,
                        const char *value)
{
    const struct {
        const char *key;
        const char **text;
        uint64_t *number;
    } options[] = {
        { "board", &r->options.board, NULL },       { "cpu", &r->options.cpu, NULL },
        { "timing", &r->options.timing, NULL },     { "rtc", &r->options.rtc, NULL },
        { "dispatch", &r->options.dispatch, NULL }, { "mem", NULL, &r->options.mem_bytes },
        { "seed", NULL, &r->options.seed },         { "quantum", NULL, &r->options.quantum },
    };
    char *kept = g_strdup(value);
    uint64_t n = k->kind == RUN_NUMBER ? number(r, l, value, !strcmp(k->key, "mem")) : 0;

    g_ptr_array_add(r->texts, kept);
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        if (strcmp(options[i].key, k->key) != 0)
            continue;
        if (options[i].text)
            *options[i].text = kept;
        else
            *options[i].number = n;
    }
    if (!strcmp(k->key, "set"))
        g_ptr_array_add(r->sets, kept);
    /* As with --mem, a number without a unit is in MiB. */
    if (!strcmp(k->key, "mem") && *value && g_ascii_isdigit(value[strlen(value) - 1]))
        r->options.mem_bytes <<= 20;
    if (!strcmp(k->key, "smp"))
        r->options.pe_count = (unsigned)MIN(n, 1000);
    r->is_limited |= g_str_has_prefix(k->key, "max-");
    r->is_firmware |= !strcmp(k->key, "bios") || !strcmp(k->key, "pflash");
}

static void add_value(struct reader *r, const struct run_key *k, const struct spec_line *l,
                      const char *value)
{
    g_autofree char *model = NULL;
    const char *rest = value + strlen(value);

    switch (k->kind) {
    case RUN_FLAG:
        add_flag(r, k, l, value);
        return;
    case RUN_WORDS:
        add_words(r, l, value);
        return;
    case RUN_FILE_AT:
        rest = strrchr(value, '@') ? strrchr(value, '@') : rest;
        break;
    case RUN_FILE_OPT:
        rest = value + strcspn(value, ",");
        break;
    case RUN_MODEL:
        model = model_value(r, value);
        note_option(r, k, l, model);
        add_option(r, k, model);
        return;
    case RUN_TEXT:
    case RUN_NUMBER:
        note_option(r, k, l, value);
        add_option(r, k, value);
        return;
    default:
        break;
    }
    r->is_firmware |= !strcmp(k->key, "bios") || !strcmp(k->key, "pflash");
    add_file(r, k, l, value, rest);
}

/* One key, whose value is a list or not. */
static void add_key(struct reader *r, const struct run_key *k, const struct spec_line *l, const char *text)
{
    g_autofree char *value = spec_expand(r->spec, r->values, l, text, r->problems);
    g_auto(GStrv) list = NULL;

    if (!value)
        return;
    if (!*value && k->kind != RUN_TEXT && k->kind != RUN_WORDS) {
        test_problem(r->problems, r->spec, l, "has no value");
        return;
    }
    if (!k->is_list) {
        add_value(r, k, l, value);
        return;
    }
    list = spec_list(value);
    for (char **v = list; *v; v++)
        add_value(r, k, l, *v);
}

/* The lines of one key, and [matrix] in their place. */
static void read_key(struct reader *r, const struct run_key *k)
{
    const char *by_matrix = g_hash_table_lookup(r->values->matrix, k->key);
    const struct spec_line *first = NULL;

    if (by_matrix) {
        add_key(r, k, spec_find(r->spec, "matrix", k->key), by_matrix);
        return;
    }
    for (unsigned i = 0; i < r->spec->lines->len; i++) {
        const struct spec_line *l = r->spec->lines->pdata[i];

        if (strcmp(l->group, "run") != 0 || strcmp(l->key, k->key) != 0)
            continue;
        if (first && !k->is_list)
            test_problem(r->problems, r->spec, l, "is there twice; the first is in line %u", first->number);
        else
            add_key(r, k, l, l->value);
        first = first ? first : l;
    }
}

static void check_keys(struct reader *r)
{
    for (unsigned i = 0; i < r->spec->lines->len; i++) {
        const struct spec_line *l = r->spec->lines->pdata[i];
        g_autoptr(GString) known = g_string_new(NULL);

        if (strcmp(l->group, "run") != 0 || find_key(l->key))
            continue;
        for (size_t k = 0; k < G_N_ELEMENTS(run_keys); k++)
            g_string_append_printf(known, "%s%s", k ? ", " : "", run_keys[k].key);
        test_problem(r->problems, r->spec, l, "no such key; there are %s", known->str);
    }
}

/* Cores, boards and their options are only known to the library. */
static void check_machine(struct reader *r)
{
    avs_machine *m = NULL;

    g_ptr_array_add(r->sets, NULL);
    r->options.set = (const char *const *)r->sets->pdata;
    if (avs_machine_new(&r->options, &m) != AVS_OK)
        test_problem(r->problems, r->spec, NULL, "%s: %s", r->out->name, avs_last_error(NULL));
    else
        avs_machine_free(m);
}

void spec_run_args(const struct spec *s, const struct spec_values *v, struct test_case *out,
                   GPtrArray *problems)
{
    struct reader r = {
        .spec = s, .values = v, .out = out, .problems = problems, .options = AVS_OPTIONS_INIT
    };
    unsigned before = problems->len;

    r.sets = g_ptr_array_new();
    r.texts = g_ptr_array_new_with_free_func(g_free);
    check_keys(&r);
    for (size_t i = 0; i < G_N_ELEMENTS(run_keys); i++)
        read_key(&r, &run_keys[i]);
    if (!r.is_limited)
        g_ptr_array_add(out->args, g_strdup("--max-insns=" MAX_INSNS_DEFAULT));
    if (r.image) {
        g_ptr_array_add(out->args, g_strdup("--"));
        g_ptr_array_add(out->args, r.image);
    } else if (!r.is_firmware && problems->len == before) {
        test_problem(problems, s, NULL, "[run] has no image (nor bios or pflash)");
    }
    if (problems->len == before)
        check_machine(&r);
    g_ptr_array_free(r.sets, TRUE);
    g_ptr_array_free(r.texts, TRUE);
}
