/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_model.c
 * Core models: the shipped ones load, and a wrong file is refused with its line.
 */
#include <glib.h>
#include <glib/gstdio.h>

#include "core/machine.h"
#include "fixture.h"

static char *text; /* The generic core's file, to be changed. */
static char *path;

static void setup(void)
{
    g_autofree char *file = g_build_filename(core_model_dir(), "cores", "generic.core", NULL);
    int fd = g_file_open_tmp("avs-model-XXXXXX.core", &path, NULL);

    cr_assert_geq(fd, 0);
    g_close(fd, NULL);
    cr_assert(g_file_get_contents(file, &text, NULL, NULL), "%s", file);
}

static void teardown(void)
{
    g_unlink(path);
    g_free(path);
    g_free(text);
}

TestSuite(model, .init = setup, .fini = teardown);

/* Replaces the line that starts with `key` and loads the result; the error text, "" when there is none. */
static const char *load_with(const char *key, const char *line)
{
    g_autofree char *pattern = g_strdup_printf("^%s.*$", key);
    g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
    g_autofree char *changed = g_regex_replace_literal(regex, text, -1, 0, line, 0, NULL);
    struct core_model *k;
    avs_status s;

    cr_assert(g_file_set_contents(path, changed, -1, NULL));
    s = core_model_load(NULL, path, &k);
    cr_expect(s == AVS_OK || s == AVS_ERR_MODEL);
    core_model_free(k);
    return s == AVS_OK ? "" : avs_last_error(NULL);
}

Test(model, shipped_cores_load)
{
    static const char *const names[] = { "generic",    "cortex-a53", "cortex-a55",  "cortex-a57",
                                         "cortex-a72", "cortex-a76", "neoverse-n1", "max" };

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        struct core_model *k;

        cr_assert_eq(core_model_load(NULL, names[i], &k), AVS_OK, "%s", avs_last_error(NULL));
        cr_expect_str_eq(k->name, names[i]);
        cr_expect_gt(k->clock_hz, 1000000);
        cr_expect_gt(k->cost[COST_EXC_ENTRY_EL2], 1);
        cr_expect(k->id_set[SR_MIDR_EL1]);
        core_model_free(k);
    }
}

static const struct {
    const char *key, *line, *why;
} bad[] = {
    { "alu", "alu=-1", "[cost] alu: '-1' is not a number from 0 to 100000" },
    { "alu", "alu=", "[cost] alu: '' is not a number" },
    { "alu", "alu=1x", "'1x' is not a number" },
    { "alu", "alu=100001", "'100001' is not a number from 0 to 100000" },
    { "alu", "", "[cost] alu is missing" },
    { "alu", "alu=1\nalo=2", "[cost] alo: unknown key" },
    { "clock-hz", "clock-hz=0", "[core] clock-hz: '0' is not a number" },
    { "ways", "ways=3", "[tlb] entries: not a multiple of ways" },
    { "entries", "entries=768", "a power of two" },
    { "list-registers", "list-registers=17", "from 1 to 16" },
    { "MIDR_EL1", "MIDR_EL9=1", "[id] MIDR_EL9: no such system register" },
    { "title", "", "[core] title is missing" },
    { "\\[tlb\\]", "[tbl]", "[tbl] : unknown group" },
};

Test(model, what_is_wrong_is_named)
{
    cr_assert_str_eq(load_with("alu", "alu=1"), "");
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        const char *why = load_with(bad[i].key, bad[i].line);

        cr_expect_not_null(strstr(why, bad[i].why), "%s: \"%s\" does not say \"%s\"", bad[i].line, why,
                           bad[i].why);
        cr_expect_not_null(strstr(why, path), "the file is named: %s", why);
    }
}

Test(model, the_line_is_named)
{
    const char *why = load_with("store-pair", "store-pair=many");
    g_autofree char *changed = NULL;
    unsigned line = 1;

    g_file_get_contents(path, &changed, NULL, NULL);
    for (const char *c = changed; !g_str_has_prefix(c, "store-pair="); c++)
        line += *c == '\n';
    g_autofree char *wanted = g_strdup_printf("%s:%u:", path, line);
    cr_expect(g_str_has_prefix(why, wanted), "%s does not start with %s", why, wanted);
}

Test(model, unknown_cores_are_refused_with_the_known_ones)
{
    struct core_model *k;

    cr_expect_eq(core_model_load(NULL, "z80", &k), AVS_ERR_MODEL);
    cr_expect_null(k);
    cr_expect_str_eq(avs_last_error(NULL), "core 'z80' is unknown; known are cortex-a53, cortex-a55, "
                                           "cortex-a57, cortex-a72, cortex-a76, generic, max, neoverse-n1");
}

Test(model, costs_are_the_models_or_one_an_instruction)
{
    avs_options o = AVS_OPTIONS_INIT;
    avs_machine *m;

    o.cpu = "cortex-a53";
    cr_assert_eq(avs_machine_new(&o, &m), AVS_OK);
    cr_expect_eq(m->pe[0].cost[COST_EXC_ENTRY_EL2], m->model->cost[COST_EXC_ENTRY_EL2] * ACC_CYCLE);
    avs_machine_free(m);
    o.timing = "none";
    cr_assert_eq(avs_machine_new(&o, &m), AVS_OK);
    for (unsigned i = 0; i < COST_COUNT; i++)
        cr_expect_eq(m->pe[0].cost[i], 0);
    avs_machine_free(m);
}
