/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file cmd_models.c
 * armvsim models: what core models and boards there are, what is in one, and whether their files are right.
 */
#include <string.h>

#include "arch/sysreg.h"
#include "armvsim.h"
#include "board/boardfile.h"
#include "cli.h"
#include "table.h"
#include "timing/timing.h"

static const struct {
    const char *key, *meaning;
} costs[COST_COUNT] = {
#define COST(name, key, dflt, text) [COST_##name] = { key, text },
#include "timing/cost.def"
#undef COST
};

static const char description[] =
    "  list             cores and boards there are (default)\n"
    "  show NAME        all of a core or board, with the meaning of each number\n"
    "  check [FILE...]  read these files, or all there are, and say what is wrong with them\n\n"
    "NAME may be a .core or .board file. Models are in the folder that ARMVSIM_MODELS names, else in\n"
    "the installed one. Exit status of check: 1 when a file is bad.";

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
    table_printf(t, "%u x %u", k->translation.tlb_entries / k->translation.tlb_ways, k->translation.tlb_ways);
    table_int(t, k->gic_lr_count);
    table_int(t, k->cost[COST_EXC_ENTRY_EL2]);
    table_int(t, k->cost[COST_ERET_EL2]);
    table_int(t, k->cost[COST_SR_WRITE]);
    table_int(t, k->cost[COST_MMIO_READ]);
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
        tables[0]->note = g_strdup("costs in cycles");
        table_columns(tables[0],
                      "name title clock_mhz tlb list_registers entry_el2 eret_el2 sysreg_write mmio_read");
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

static struct table *core_facts(const struct core_model *k)
{
    struct table *t = table_new(k->title, "");

    table_columns(t, "item value unit");
    fact_text(t, "Name", k->name);
    fact(t, "Clock", (int64_t)k->clock_hz, "Hz");
    fact(t, "TLB", k->translation.tlb_entries, "entries");
    fact(t, "TLB associativity", k->translation.tlb_ways, "ways");
    fact(t, "GIC list registers", k->gic_lr_count, "");
    return t;
}

static struct table *core_costs(const struct core_model *k)
{
    struct table *t = table_new("Costs", "");

    table_columns(t, "key cost meaning");
    for (unsigned i = 0; i < COST_COUNT; i++) {
        table_text(t, costs[i].key);
        table_int(t, k->cost[i]);
        table_text(t, costs[i].meaning);
    }
    return t;
}

static struct table *core_ids(const struct core_model *k)
{
    struct table *t = table_new("Identification registers", "none is set");

    table_columns(t, "register bits");
    for (unsigned i = 0; i < SR_COUNT; i++) {
        if (!k->id_set[i])
            continue;
        table_text(t, sysreg_name(i));
        table_printf(t, "0x%016" G_GINT64_MODIFIER "x", k->id[i]);
    }
    return t;
}

static void print_and_free(struct table **tables, unsigned count, enum table_format format)
{
    table_print(tables, count, format);
    for (unsigned i = 0; i < count; i++)
        table_free(tables[i]);
}

static int show_core(const char *name, enum table_format format)
{
    struct core_model *k;

    if (core_model_load(NULL, name, &k) != AVS_OK)
        return cli_error("%s", avs_last_error(NULL));
    print_and_free((struct table *[]){ core_facts(k), core_costs(k), core_ids(k) }, 3, format);
    core_model_free(k);
    return EXIT_OK;
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

static struct table *board_map(const struct board_desc *d)
{
    struct table *t = table_new("Memory map", "");

    table_columns(t, "base size kind name spi");
    map_row(t, d->ram_base, 0, "ram", "main memory");
    table_null(t);
    map_row(t, d->gicd, 0x10000, "gic", "distributor");
    table_null(t);
    map_row(t, d->gicr, d->gicr_window, "gic", "redistributors");
    table_null(t);
    if (d->its) {
        map_row(t, d->its_base, 0x20000, "gic", "its");
        table_null(t);
    }
    for (unsigned i = 0; i < d->memories->len; i++) {
        const struct memory_desc *m = &g_array_index(d->memories, struct memory_desc, i);

        map_row(t, m->base, m->size, m->kind == BUS_ROM ? "rom" : "ram", m->name);
        table_null(t);
    }
    for (unsigned i = 0; i < d->devices->len; i++) {
        const struct device_desc *v = &g_array_index(d->devices, struct device_desc, i);

        map_row(t, v->base, v->size, v->type->name, v->name);
        table_printf(t, "%u", v->intid - 32);
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

/* Prints OK or the error of one file. Returns whether it is OK. */
static bool check_file(const char *file)
{
    struct core_model *k = NULL;
    struct board_desc *d = NULL;
    avs_status s;

    if (g_str_has_suffix(file, ".board"))
        s = board_desc_load(NULL, file, &d);
    else
        s = core_model_load(NULL, file, &k);
    if (s == AVS_OK)
        g_print("%s: OK\n", file);
    else
        cli_error("%s", avs_last_error(NULL));
    core_model_free(k);
    board_desc_free(d);
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

int cmd_models(const struct command *self, int argc, char **argv)
{
    g_autofree char *format_text = NULL;
    const GOptionEntry entries[] = { { "format", 0, 0, G_OPTION_ARG_STRING, &format_text,
                                       "table, csv, json or markdown (default: table)", "F" },
                                     G_OPTION_ENTRY_NULL };
    enum table_format format;
    int status = EXIT_OK;
    const char *what;

    if (!cli_options(self, entries, description, &argc, &argv, &status))
        return status;
    if (!table_format_parse(format_text, &format))
        return cli_error("models: --format '%s': it can be table, csv, json or markdown", format_text);
    what = argc > 1 ? argv[1] : "list";
    if (!strcmp(what, "check"))
        return check(argv + 2);
    if (!strcmp(what, "list") && argc <= 2)
        return list(format);
    if (!strcmp(what, "show") && argc == 3)
        return is_board(argv[2]) ? show_board(argv[2], format) : show_core(argv[2], format);
    return cli_error("models: list, show NAME or check [FILE...] expected (see armvsim models --help)");
}
