/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_model.c
 * Core models: the shipped ones load, a wrong file is refused with its line, and single numbers are set.
 */
#include <glib.h>
#include <glib/gstdio.h>

#include "core/machine.h"
#include "fixture.h"
#include "timing/model_read.h"

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
    g_autofree char *pattern = g_strdup_printf("^%s(=.*)?$", key);
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
    static const char *const names[] = { "generic",     "cortex-a53", "cortex-a55",
                                         "cortex-a57",  "cortex-a72", "cortex-a76",
                                         "neoverse-n1", "x-gene-1",   "max" };

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

/* `key` is replaced in every group that has it. */
static const struct {
    const char *key, *line, *why;
} bad[] = {
    { "tlbi", "tlbi=-1", "[cost] tlbi: '-1' is not a number from 0 to 100000" },
    { "tlbi", "tlbi=", "[cost] tlbi: '' is not a number" },
    { "tlbi", "tlbi=1x", "'1x' is not a number" },
    { "tlbi", "tlbi=1K", "'1K' is not a number" },
    { "tlbi", "tlbi=100001", "'100001' is not a number from 0 to 100000" },
    { "tlbi", "tlbi=18446744073709551616", "is not a number" },
    { "tlbi", "", "[cost] tlbi: is missing" },
    { "tlbi", "tlbi=1\ntlbe=2", "[cost] tlbe: unknown key" },
    { "tlbi", "tlbi=1\ntlbi = 2", "[cost] tlbi: the key is already in line" },
    { "tlbi", "tlbi=1\n[l1d]\nsize=64K", "[l1d]: the group is already in line" },
    { "tlbi", "tlbi=1\nwhat is this", "'what is this' is not [group], key=value in a group, or # comment" },
    { "\\[core\\]", "size=3\n[core]", "'size=...' is not [group], key=value in a group" },
    { "clock-hz", "clock-hz=0", "[core] clock-hz: '0' is not a number" },
    { "size", "size=many", "[l1i] size: 'many' is not a number from 1024 to 1048576" },
    { "size", "size=32T", "'32T' is not a number" },
    { "size", "size=99999999999999G", "is not a number" },
    { "size", "size=30K", "[l1i] size: size / (ways x line), its sets, is not a power of two" },
    { "size", "size=33000", "[l1i] size: is not a multiple of ways x line" },
    { "line", "line=128", "[l1i] line: '128' is not 64, the only value that is modelled" },
    { "replacement", "replacement=plru", "[l1i] replacement: 'plru' is not random or fifo or lru" },
    { "replacement", "replacement=lru", "[l1i] replacement: lru is for l2 and l3 only" },
    { "shared", "shared=maybe", "[l2] shared: 'maybe' is not no or yes" },
    { "latency", "latency=4", "[l2] latency: is not more than [l1i] latency" },
    { "\\[memory\\]", "[l3]\nsize=2M\n[memory]", "[l3] ways: is missing" },
    { "\\[memory\\]",
      "[l3]\nsize=512K\nways=8\nline=64\nlatency=40\ninterval=4\nreplacement=lru\nshared=yes\n[memory]",
      "[l3] size: is less than [l2] size" },
    { "\\[memory\\]",
      "[l3]\nsize=2M\nways=8\nline=64\nlatency=40\ninterval=4\nreplacement=lru\nshared=no\n[memory]",
      "[l3] shared: is no, and [l2] is shared" },
    { "walk-level", "walk-level=3", "[memory] walk-level: '3' is not a number from 1 to 2" },
    { "entries", "entries=768", "[tlb] entries: entries / ways is not a power of two" },
    { "ways", "ways=3", "[tlb] entries: is not a multiple of ways" },
    { "direction-entries", "direction-entries=3072", "[branch] direction-entries: is not a power of two" },
    { "return-entries", "return-entries=12", "[branch] return-entries: is not a power of two" },
    { "history-bits", "history-bits=13", "[branch] history-bits: is more than direction-entries" },
    { "list-registers", "list-registers=17", "from 1 to 16" },
    { "MIDR_EL1", "MIDR_EL9=1", "[id] MIDR_EL9: no such system register" },
    { "MIDR_EL1", "CCSIDR_EL1=1", "[id] CCSIDR_EL1: follows from the groups of the caches" },
    { "title", "", "[core] title: is missing" },
    { "title", "title=", "[core] title: is empty" },
    { "\\[tlb\\]", "[tbl]", "[tbl]: unknown group" },
    { "\\[tlb\\]", "[tlb]x=y", "'[tlb]x=...' is not [group]" },
    { "\\[tlb\\]", "[]", "'[]' is not [group]" },
    { "\\[tlb\\]", "[t]lb]", "'[t]lb]' is not [group]" },
    { "\\[tlb\\]", "[", "'[' is not [group]" },
    { "tlbi", "tlbi[de]=1", "'tlbi[de]=...' is not [group]" },
    { "tlbi", "=1", "'=...' is not [group]" },
    { "tlbi", "tlbi=\\q", "[cost] tlbi: '\\q' is not a number" },
};

static bool found(const GPtrArray *lines, const char *why)
{
    for (unsigned i = 0; i < lines->len; i++)
        if (strstr(lines->pdata[i], why))
            return true;
    return false;
}

Test(model, what_is_wrong_is_named)
{
    cr_assert_str_eq(load_with("tlbi", "tlbi=1"), "");
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
        g_autofree char *why = g_strdup(load_with(bad[i].key, bad[i].line));

        cr_expect_eq(core_model_problems(path, lines), AVS_ERR_MODEL);
        cr_expect(found(lines, bad[i].why), "%s: \"%s\" does not say \"%s\"", bad[i].line, why, bad[i].why);
        cr_expect(lines->len && !strcmp(why, lines->pdata[0]), "%s: not the first: %s", bad[i].line, why);
        for (unsigned j = 0; j < lines->len; j++)
            cr_expect(g_str_has_prefix(lines->pdata[j], path), "the file is not named: %s",
                      (char *)lines->pdata[j]);
    }
}

/* The number of the line that starts with `start` in the changed file. */
static unsigned line_number(const char *start)
{
    g_autofree char *changed = NULL;
    unsigned line = 1;

    g_file_get_contents(path, &changed, NULL, NULL);
    for (const char *c = changed; !g_str_has_prefix(c, start); c = strchr(c, '\n') + 1)
        line++;
    return line;
}

Test(model, the_line_is_named)
{
    static const struct {
        const char *key, *line, *group;
    } cases[] = { { "mmio-write", "mmio-write=many", "cost" },
                  { "store-pair64", "store-pair64=many", "insn" },
                  { "width", "width=many", "pipeline" } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *why = load_with(cases[i].key, cases[i].line);
        g_autofree char *wanted =
            g_strdup_printf("%s:%u: [%s]", path, line_number(cases[i].line), cases[i].group);

        cr_expect(g_str_has_prefix(why, wanted), "%s does not start with %s", why, wanted);
    }
}

/* A missing key is missing in its group: the heading's line. */
Test(model, the_line_of_a_missing_key_is_its_groups)
{
    const char *why = load_with("interval", "");
    g_autofree char *wanted =
        g_strdup_printf("%s:%u: [l1i] interval: is missing", path, line_number("[l1i]"));

    cr_expect_str_eq(why, wanted);
}

Test(model, all_problems_are_found_in_the_order_of_lines)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    unsigned last = 0;

    load_with("line", "line=32");
    cr_expect_eq(core_model_problems(path, lines), AVS_ERR_MODEL);
    cr_assert_eq(lines->len, 3, "l1i, l1d, l2, not %u", lines->len);
    for (unsigned i = 0; i < lines->len; i++) {
        unsigned line = (unsigned)atoi((char *)lines->pdata[i] + strlen(path) + 1);

        cr_expect_gt(line, last);
        last = line;
    }
}

Test(model, a_group_may_not_be_missing_but_l3)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    load_with("\\[walk-cache\\]", "[tlb2]");
    cr_expect_eq(core_model_problems(path, lines), AVS_ERR_MODEL);
    cr_expect(found(lines, "[tlb2]: unknown group"));
    cr_expect(found(lines, "[walk-cache]: the group is missing"));
    cr_expect_eq(lines->len, 2, "%u problems, not 2", lines->len);
    cr_expect_null(strstr(text, "[l3]"), "generic has an L3 now: take another core for this test");
    cr_expect_str_eq(load_with("tlbi", "tlbi=1"), "");
}

static struct core_model *load_set(const char *const *sets)
{
    struct core_model *k;

    cr_assert_eq(core_model_load_set(NULL, "generic", sets, &k), AVS_OK, "%s", avs_last_error(NULL));
    return k;
}

Test(model, without_l2_its_size_says_so)
{
    struct core_model *k = load_set((const char *const[]){ "core.l2.size=0", NULL });

    cr_expect_eq(k->memory.l2.size, 0);
    cr_expect_eq(k->memory.l1d.size, 32 << 10);
    core_model_free(k);
}

Test(model, set_changes_any_key)
{
    struct core_model *k = load_set((const char *const[]){
        "core.clock-hz=2000000000", "core.l1d.size=16K", "core.cost.tlbi=7", "core.id.MIDR_EL1=0x410fd034",
        "core.tlb.latency=9", "core.tlb.latency=11", NULL });

    cr_expect_eq(k->clock_hz, 2000000000);
    cr_expect_eq(k->memory.l1d.size, 16384);
    cr_expect_eq(k->cost[COST_TLBI], 7);
    cr_expect_eq(k->id[SR_MIDR_EL1], 0x410fd034);
    cr_expect_eq(k->translation.tlb_latency, 11, "the last counts");
    cr_expect_str_eq(k->name, "generic");
    cr_expect_not_null(strstr(k->overrides, "core.l1d.size=16K; core.cost.tlbi=7"));
    core_model_free(k);
    k = load_set(NULL);
    cr_expect_null(k->overrides);
    core_model_free(k);
}

Test(model, a_bad_set_is_named)
{
    static const char *const bad_sets[][2] = {
        { "tlb.latency=9", "--set 'tlb.latency=9': core.GROUP.KEY=VALUE expected" },
        { "core.tlb.latency", "--set 'core.tlb.latency': core.GROUP.KEY=VALUE expected" },
        { "core.tbl.latency=9", "--set core.tbl.latency=9: [tbl] is not a group of a core model" },
        { "core.tlb.latencies=9", "--set core.tlb.latencies=9: [tlb] has no key 'latencies'" },
        { "core.id.MIDR_EL9=9", "--set core.id.MIDR_EL9=9: [id] has no key 'MIDR_EL9'" },
        { "core.tlb.latency=fast", "--set core.tlb.latency=fast: 'fast' is not a number from 0 to 100" },
        { "core.tlb.latency=", "--set core.tlb.latency=: '' is not a number from 0 to 100" },
        { "core.l1d.line=32", "--set core.l1d.line=32: '32' is not 64" },
        { "core.l1d.size=48K", "--set core.l1d.size=48K: size / (ways x line), its sets, is not a power" },
        { "core.tlb.ways=3", "[tlb] entries: is not a multiple of ways (with --set core.tlb.ways=3)" },
        { "core.l3.size=8M", "[l3] ways: is missing" },
        { "core.title=two\nlines", "--set: core.GROUP.KEY=VALUE expected, in one line" },
        { "core.title=\xff", "core.GROUP.KEY=VALUE expected" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad_sets); i++) {
        const char *const sets[] = { bad_sets[i][0], NULL };
        struct core_model *k;

        cr_expect_eq(core_model_load_set(NULL, "generic", sets, &k), AVS_ERR_MODEL, "%s", bad_sets[i][0]);
        cr_expect_null(k);
        cr_expect_not_null(strstr(avs_last_error(NULL), bad_sets[i][1]), "\"%s\" does not say \"%s\"",
                           avs_last_error(NULL), bad_sets[i][1]);
        cr_expect_null(strchr(avs_last_error(NULL), '\n'), "one line");
    }
}

Test(model, files_that_are_no_text_are_refused)
{
    struct core_model *k;

    cr_assert(g_file_set_contents(path, "[core]\ntitle=\0x", 16, NULL));
    cr_expect_eq(core_model_load(NULL, path, &k), AVS_ERR_MODEL);
    cr_expect_not_null(strstr(avs_last_error(NULL), "is not a text file"));
    cr_assert(g_file_set_contents(path, "", 0, NULL));
    cr_expect_eq(core_model_load(NULL, path, &k), AVS_ERR_MODEL);
    cr_expect_not_null(strstr(avs_last_error(NULL), "the group is missing"));
}

/* Every key of the tables is shown once, with its value as a file would say it. */
struct shown {
    GHashTable *keys;
    unsigned l3;
};

static void on_key(void *user, const char *group, const char *key, const char *value, const char *unit,
                   const char *meaning)
{
    struct shown *s = user;

    (void)unit;
    (void)meaning;
    cr_expect(g_hash_table_insert(s->keys, g_strdup_printf("core.%s.%s", group, key), g_strdup(value)),
              "[%s] %s is shown twice", group, key);
    s->l3 += !strcmp(group, "l3");
}

Test(model, show_gives_what_set_takes)
{
    struct shown s = { .keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free) };
    g_autoptr(GPtrArray) sets = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter it;
    void *key, *value;
    struct core_model *k;

    cr_assert_eq(core_model_show("neoverse-n1", on_key, &s), AVS_OK);
    cr_expect_str_eq(g_hash_table_lookup(s.keys, "core.l3.size"), "32M");
    cr_expect_str_eq(g_hash_table_lookup(s.keys, "core.l2.shared"), "no");
    g_hash_table_iter_init(&it, s.keys);
    while (g_hash_table_iter_next(&it, &key, &value))
        g_ptr_array_add(sets, g_strdup_printf("%s=%s", (char *)key, (char *)value));
    g_ptr_array_add(sets, NULL);
    k = load_set((const char *const *)sets->pdata);
    cr_expect_eq(k->memory.l3.size, 32 << 20);
    cr_expect_eq(k->id[SR_MIDR_EL1], 0x414fd0c1);
    core_model_free(k);
    g_hash_table_remove_all(s.keys);
    s.l3 = 0;
    cr_assert_eq(core_model_show("cortex-a53", on_key, &s), AVS_OK);
    cr_expect_eq(s.l3, 1, "of a cache that is not there, the size alone");
    g_hash_table_unref(s.keys);
}

Test(model, unknown_cores_are_refused_with_the_known_ones)
{
    struct core_model *k;

    cr_expect_eq(core_model_load(NULL, "z80", &k), AVS_ERR_MODEL);
    cr_expect_null(k);
    cr_expect_str_eq(avs_last_error(NULL), "core 'z80' is unknown; known are cortex-a53, cortex-a55, "
                                           "cortex-a57, cortex-a72, cortex-a76, generic, max, neoverse-n1, "
                                           "x-gene-1");
}

Test(model, costs_are_the_models_or_one_an_instruction)
{
    avs_options o = AVS_OPTIONS_INIT;
    avs_machine *m;

    o.cpu = "cortex-a53";
    cr_assert_eq(avs_machine_new(&o, &m), AVS_OK);
    cr_expect_eq(m->pe[0].cost[COST_EXC_ENTRY_EL2], m->model->cost[COST_EXC_ENTRY_EL2] * ACC_CYCLE);
    avs_machine_free(m);
    o.set = (const char *const[]){ "core.cost.exc-entry-el2=99", NULL };
    cr_assert_eq(avs_machine_new(&o, &m), AVS_OK);
    cr_expect_eq(m->pe[0].cost[COST_EXC_ENTRY_EL2], 99 * ACC_CYCLE);
    avs_machine_free(m);
    o.timing = "none";
    cr_assert_eq(avs_machine_new(&o, &m), AVS_OK);
    for (unsigned i = 0; i < COST_COUNT; i++)
        cr_expect_eq(m->pe[0].cost[i], 0);
    avs_machine_free(m);
}
