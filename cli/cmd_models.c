/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file cmd_models.c
 * armvsim models: what core models and boards there are, what is in one, whether their files are right, and
 * (cmd_validate.c) how near they come to what was published of real machines.
 */
#include <string.h>

#include "armvsim.h"
#include "board/boardfile.h"
#include "cli.h"
#include "table.h"
#include "timing/model_read.h"
#include "validate.h"

static const char description[] =
    "  list             cores and boards there are (default)\n"
    "  show NAME        all of a core or board, with the meaning of each number\n"
    "  check [FILE...]  read these files, or all there are, and say all that is wrong with them,\n"
    "                   each with its line\n"
    "  validate         run what others measured on real machines, and print published and modelled\n"
    "                   values\n\n"
    "NAME may be a .core or .board file. Models are in the folder that ARMVSIM_MODELS names, else in\n"
    "the installed one; the programs of validate in the one that ARMVSIM_PUBLISHED names. Exit status 1:\n"
    "a file is bad (check), a row that counts is off by more than 10 % (validate).";

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The files of a kind, sorted: "cores", ".core". NULL after a printed error. */
static GPtrArray *model_files(const char *folder, const char *suffix)
{
    g_autofree char *path = g_build_filename(core_model_dir(), folder, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = g_dir_open(path, 0, &error);
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    if (!dir) {
        cli_error("%s", error->message);
        g_ptr_array_free(files, TRUE);
        return NULL;
    }
    while ((name = g_dir_read_name(dir)))
        if (g_str_has_suffix(name, suffix))
            g_ptr_array_add(files, g_build_filename(path, name, NULL));
    g_ptr_array_sort(files, by_name);
    return files;
}

/* "cortex-a53" of ".../cortex-a53.core". */
static char *model_name(const char *file)
{
    char *name = g_path_get_basename(file), *dot = strrchr(name, '.');

    *dot = 0;
    return name;
}

/* A cache's size, "-" for none. */
static void cache_size(struct table *t, const struct core_cache *c)
{
    if (!c->size)
        table_text(t, "-");
    else if (c->size % (1 << 20))
        table_printf(t, "%uK", c->size >> 10);
    else
        table_printf(t, "%uM", c->size >> 20);
}

static void list_core(struct table *t, const char *file)
{
    g_autofree char *name = model_name(file);
    struct core_model *k;

    if (core_model_load(NULL, file, &k) != AVS_OK) {
        cli_error("%s", avs_last_error(NULL));
        return;
    }
    table_text(t, name);
    table_text(t, k->title);
    table_int(t, (int64_t)((k->clock_hz + 500000) / 1000000));
    table_int(t, k->pipeline.width);
    cache_size(t, &k->memory.l1i);
    cache_size(t, &k->memory.l1d);
    cache_size(t, &k->memory.l2);
    cache_size(t, &k->memory.l3);
    table_printf(t, "%u x %u", k->translation.tlb_entries / k->translation.tlb_ways,
                 k->translation.tlb_ways);
    table_int(t, k->gic_lr_count);
    table_int(t, k->cost[COST_EXC_ENTRY_EL2]);
    table_int(t, k->cost[COST_ERET_EL2]);
    core_model_free(k);
}

static void list_board(struct table *t, const char *file)
{
    g_autofree char *name = model_name(file);
    struct board_desc *d;

    if (board_desc_load(NULL, file, &d) != AVS_OK) {
        cli_error("%s", avs_last_error(NULL));
        return;
    }
    table_text(t, name);
    table_text(t, d->title);
    table_printf(t, "0x%" G_GINT64_MODIFIER "x", d->ram_base);
    table_printf(t, "virtualization=%s secure=%s", d->virtualization ? "on" : "off",
                 d->secure ? "on" : "off");
    board_desc_free(d);
}

static int list(enum table_format format)
{
    g_autoptr(GPtrArray) cores = model_files("cores", ".core");
    g_autoptr(GPtrArray) boards = cores ? model_files("boards", ".board") : NULL;
    struct table *tables[] = { table_new("Cores", "no cores"), table_new("Boards", "no boards") };

    if (boards) {
        tables[0]->note =
            g_strdup("width in instructions a cycle, TLB in sets x ways, entry and ERET in cycles");
        table_columns(tables[0],
                      "name title clock_mhz width l1i l1d l2 l3 tlb list_registers entry_el2 eret_el2");
        table_columns(tables[1], "name title ram options");
        for (unsigned i = 0; i < cores->len; i++)
            list_core(tables[0], cores->pdata[i]);
        for (unsigned i = 0; i < boards->len; i++)
            list_board(tables[1], boards->pdata[i]);
        table_print(tables, 2, format);
    }
    table_free(tables[0]);
    table_free(tables[1]);
    return boards ? EXIT_OK : EXIT_USAGE;
}

static void fact(struct table *t, const char *item, int64_t value, const char *unit)
{
    table_text(t, item);
    table_int(t, value);
    table_text(t, unit);
}

static void fact_text(struct table *t, const char *item, const char *value)
{
    table_text(t, item);
    table_text(t, value);
    table_text(t, "");
}

static void print_and_free(struct table **tables, unsigned count, enum table_format format)
{
    table_print(tables, count, format);
    for (unsigned i = 0; i < count; i++)
        table_free(tables[i]);
}

/* A core's groups, each a table. */
struct shown {
    GPtrArray *tables; /* struct table * */
    char *group;
};

static void show_key(void *user, const char *group, const char *key, const char *value, const char *unit,
                     const char *meaning)
{
    struct shown *s = user;
    const bool id = !strcmp(group, "id");
    struct table *t;
    guint64 n;

    if (g_strcmp0(s->group, group) != 0) {
        g_autofree char *title = g_strdup_printf("[%s]", group);

        g_free(s->group);
        s->group = g_strdup(group);
        g_ptr_array_add(s->tables, table_new(title, ""));
        table_columns(s->tables->pdata[s->tables->len - 1],
                      id ? "register bits" : "key value unit meaning");
    }
    t = s->tables->pdata[s->tables->len - 1];
    table_text(t, key);
    if (g_ascii_string_to_unsigned(value, 10, 0, INT64_MAX, &n, NULL))
        table_int(t, (int64_t)n);
    else
        table_text(t, value);
    if (id)
        return;
    table_text(t, unit);
    table_text(t, meaning);
}

static int show_core(const char *name, enum table_format format)
{
    struct shown s = { .tables = g_ptr_array_new() };
    avs_status status = core_model_show(name, show_key, &s);

    if (status == AVS_OK)
        print_and_free((struct table **)s.tables->pdata, s.tables->len, format);
    g_ptr_array_free(s.tables, TRUE);
    g_free(s.group);
    return status == AVS_OK ? EXIT_OK : cli_error("%s", avs_last_error(NULL));
}

static struct table *board_facts(const struct board_desc *d)
{
    struct table *t = table_new(d->title, "");

    table_columns(t, "item value unit");
    fact_text(t, "Compatible", d->compatible);
    fact_text(t, "EL2", d->virtualization ? "yes" : "no");
    fact_text(t, "EL3", d->secure ? "yes" : "no");
    fact_text(t, "PSCI by the machine", d->psci ? "yes" : "no");
    fact(t, "System counter", (int64_t)d->cntfrq_hz, "Hz");
    fact(t, "Shared interrupts", d->spi_count, "");
    return t;
}

static void map_row(struct table *t, uint64_t base, uint64_t size, const char *kind, const char *name)
{
    table_printf(t, "0x%010" G_GINT64_MODIFIER "x", base);
    if (size)
        table_printf(t, "0x%" G_GINT64_MODIFIER "x", size);
    else
        table_text(t, "by --mem");
    table_text(t, kind);
    table_text(t, name);
}

/* Of a device that the core's model prices, nothing. */
static void access_time(struct table *t, uint64_t ps)
{
    if (ps == ACCESS_BY_CORE)
        table_null(t);
    else
        table_real(t, (double)ps / 1000);
}

static void memory_row(struct table *t, uint64_t base, uint64_t size, const char *kind, const char *name)
{
    map_row(t, base, size, kind, name);
    for (unsigned i = 0; i < 3; i++)
        table_null(t);
}

static void gic_row(struct table *t, const struct board_desc *d, uint64_t base, uint64_t size,
                    const char *name)
{
    map_row(t, base, size, "gic", name);
    table_null(t);
    access_time(t, d->gic_read_ps);
    access_time(t, d->gic_write_ps);
}

static void gic_rows(struct table *t, const struct board_desc *d)
{
    gic_row(t, d, d->gicd, 0x10000, "distributor");
    if (d->gic_version == 2) {
        gic_row(t, d, d->gicc, 0x2000, "CPU interface");
        if (d->virtualization) {
            gic_row(t, d, d->gich, 0x1000, "virtual interface control");
            gic_row(t, d, d->gicv, 0x2000, "virtual CPU interface");
        }
        if (d->v2m)
            gic_row(t, d, d->v2m, 0x1000, "GICv2m");
        return;
    }
    gic_row(t, d, d->gicr, d->gicr_window, "redistributors");
    if (d->its)
        gic_row(t, d, d->its_base, 0x20000, "its");
}

static struct table *board_map(const struct board_desc *d)
{
    struct table *t = table_new("Memory map", "");

    table_columns(t, "base size kind name spi read_ns write_ns");
    memory_row(t, d->ram_base, 0, "ram", "main memory");
    gic_rows(t, d);
    for (unsigned i = 0; i < d->memories->len; i++) {
        const struct memory_desc *m = &g_array_index(d->memories, struct memory_desc, i);

        memory_row(t, m->base, m->size, m->kind == BUS_ROM ? "rom" : "ram", m->name);
    }
    for (unsigned i = 0; i < d->devices->len; i++) {
        const struct device_desc *v = &g_array_index(d->devices, struct device_desc, i);

        map_row(t, v->base, v->size, v->type->name, v->name);
        if (v->intid)
            table_printf(t, "%u", v->intid - 32);
        else
            table_null(t);
        access_time(t, v->read_ps);
        access_time(t, v->write_ps);
    }
    return t;
}

static int show_board(const char *name, enum table_format format)
{
    struct board_desc *d;

    if (board_desc_load(NULL, name, &d) != AVS_OK)
        return cli_error("%s", avs_last_error(NULL));
    print_and_free((struct table *[]){ board_facts(d), board_map(d) }, 2, format);
    board_desc_free(d);
    return EXIT_OK;
}

/* A board by its file's name, or because the models' folder has a board (and no core) of this name. */
static bool is_board(const char *name)
{
    g_autofree char *word = g_strndup(name, strcspn(name, ","));
    g_autofree char *board = g_strconcat(word, ".board", NULL);
    g_autofree char *core = g_strconcat(word, ".core", NULL);
    g_autofree char *board_path = g_build_filename(core_model_dir(), "boards", board, NULL);
    g_autofree char *core_path = g_build_filename(core_model_dir(), "cores", core, NULL);

    return g_str_has_suffix(word, ".board") ||
           (g_file_test(board_path, G_FILE_TEST_EXISTS) && !g_file_test(core_path, G_FILE_TEST_EXISTS));
}

static avs_status check_board(const char *file)
{
    struct board_desc *d;
    avs_status s = board_desc_load(NULL, file, &d);

    board_desc_free(d);
    return s;
}

/* Prints OK or what is wrong with one file: of a core all. Returns whether it is OK. */
static bool check_file(const char *file)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    avs_status s;

    s = g_str_has_suffix(file, ".board") ? check_board(file) : core_model_problems(file, lines);
    if (s == AVS_OK)
        g_print("%s: OK\n", file);
    else if (!lines->len)
        cli_error("%s", avs_last_error(NULL));
    for (unsigned i = 0; i < lines->len; i++)
        cli_error("%s", (const char *)lines->pdata[i]);
    return s == AVS_OK;
}

static bool check_folder(const char *folder, const char *suffix)
{
    g_autoptr(GPtrArray) files = model_files(folder, suffix);
    bool ok = files != NULL;

    for (unsigned i = 0; files && i < files->len; i++)
        ok &= check_file(files->pdata[i]);
    return ok;
}

static int check(char **files)
{
    bool ok = true;

    if (!*files) {
        ok = check_folder("cores", ".core");
        ok &= check_folder("boards", ".board");
    }
    for (; *files; files++)
        ok &= check_file(*files);
    return ok ? EXIT_OK : EXIT_FAILED;
}

static int models(const char *what, int argc, char **argv, const struct validate_args *a,
                  enum table_format format)
{
    if (!strcmp(what, "validate") && argc <= 2)
        return validate_models(a, format);
    if (a->machines || a->only || a->plot)
        return cli_error("models: --machine, --only and --plot belong to validate");
    if (!strcmp(what, "check"))
        return check(argv + 2);
    if (!strcmp(what, "list") && argc <= 2)
        return list(format);
    if (!strcmp(what, "show") && argc == 3)
        return is_board(argv[2]) ? show_board(argv[2], format) : show_core(argv[2], format);
    return cli_error(
        "models: list, show NAME, check [FILE...] or validate expected (see armvsim models --help)");
}

int cmd_models(const struct command *self, int argc, char **argv)
{
    g_autofree char *format_text = NULL;
    struct validate_args a = { 0 };
    const GOptionEntry entries[] = { { "format", 0, 0, G_OPTION_ARG_STRING, &format_text,
                                       "table, csv, json or markdown (default: table)", "F" },
                                     { "machine", 0, 0, G_OPTION_ARG_STRING_ARRAY, &a.machines,
                                       "validate: rows of machines whose name has this in it; repeatable",
                                       "NAME" },
                                     { "only", 0, 0, G_OPTION_ARG_STRING_ARRAY, &a.only,
                                       "validate: this row, or all of a pattern with *; repeatable", "ID" },
                                     { "plot", 0, 0, G_OPTION_ARG_FILENAME, &a.plot,
                                       "validate: also draw the errors; .pdf, .svg, .png or .tex", "FILE" },
                                     G_OPTION_ENTRY_NULL };
    enum table_format format;
    int status = EXIT_OK;

    if (!cli_options(self, entries, description, &argc, &argv, &status))
        return status;
    status = table_format_option("models", format_text, &format);
    if (!status)
        status = models(argc > 1 ? argv[1] : "list", argc, argv, &a, format);
    g_strfreev(a.machines);
    g_strfreev(a.only);
    g_free(a.plot);
    return status;
}
