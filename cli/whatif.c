/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file whatif.c
 * The questions of --what-if and the tables of their answers (whatif.h). One run, and one machine that
 * follows it for each other core that is asked for; each has a ledger in a folder of its own, which goes
 * afterwards.
 */
#include "whatif.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "core/machine.h"

#define CORE "core="

const char whatif_choices[] = "cores, core=NAME, no-trap=BIT, vhe, gicv3";

struct whatif {
    const struct whatif_rig *rig;
    GPtrArray *cores;   /* Names; the first is NULL: the run's own. */
    GPtrArray *changes; /* Borrowed. */
    GPtrArray *runs;    /* struct whatif_run *, by cores. */
    char *dir;
};

/* Questions. */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int all_cores(GPtrArray *out)
{
    g_autofree char *folder = g_build_filename(core_model_dir(), "cores", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &error);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const char *name;

    if (!dir)
        return cli_error("%s", error->message);
    while ((name = g_dir_read_name(dir)))
        if (g_str_has_suffix(name, ".core"))
            g_ptr_array_add(names, g_strndup(name, strlen(name) - strlen(".core")));
    g_ptr_array_sort(names, by_name);
    for (unsigned i = 0; i < names->len; i++)
        g_ptr_array_add(out, names->pdata[i]);
    return EXIT_OK;
}

static int read_question(struct whatif *w, char *question)
{
    if (!strcmp(question, "cores"))
        return all_cores(w->cores);
    if (g_str_has_prefix(question, CORE) && question[strlen(CORE)])
        g_ptr_array_add(w->cores, g_strdup(question + strlen(CORE)));
    else if (whatif_known(question))
        g_ptr_array_add(w->changes, question);
    else
        return cli_error("--what-if '%s': it can be %s", question, whatif_choices);
    return EXIT_OK;
}

/* The run and its followers. */

static void free_run(void *p)
{
    struct whatif_run *r = p;

    if (r->open)
        db_close(&r->db);
    if (r->is_kept)
        avs_ledger_close(r->m); /* So that its files can go. */
    else
        avs_machine_free(r->m);
    if (r->path)
        g_remove(r->path);
    g_free(r->path);
    g_free(r->core);
    g_free(r);
}

static avs_machine *leader_of(const struct whatif *w)
{
    return w->runs->len ? ((struct whatif_run *)w->runs->pdata[0])->m : NULL;
}

static int make_run(struct whatif *w, const char *core)
{
    struct whatif_run *r = g_new0(struct whatif_run, 1);
    avs_machine *leader = leader_of(w);
    g_autofree char *file = g_strdup_printf("%u.db", w->runs->len);
    int status;

    r->is_kept = !leader && w->rig->keeps_leader;
    g_ptr_array_add(w->runs, r);
    status = w->rig->make(w->rig->user, leader, core, &r->m);
    if (status)
        return status;
    r->core = g_strdup(r->m->model->name);
    r->path = g_build_filename(w->dir, file, NULL);
    return avs_ledger_open(r->m, r->path) ? cli_error("%s", avs_last_error(r->m)) : EXIT_OK;
}

static bool get_cycles(void *user, sqlite3_stmt *row)
{
    *(double *)user = sqlite3_column_double(row, 0);
    return true;
}

static int finish_run(struct whatif_run *r)
{
    int status;

    if (r->m->stop == STOP_HOST_ERROR)
        return cli_error("%s: %s", r->core, avs_last_error(r->m));
    if (avs_ledger_close(r->m) != AVS_OK)
        return cli_error("%s", avs_last_error(r->m));
    if ((status = db_open(&r->db, r->path)))
        return status;
    r->open = true;
    status = db_query(&r->db, "SELECT value FROM run WHERE key = 'cycles'", get_cycles, &r->last_cycle);
    return status
               ? status
               : db_query(&r->db, "SELECT COALESCE(SUM(cycles), 0) FROM el_time", get_cycles, &r->cycles);
}

/* The run's own core, as it is in its file, is no other. */
static bool is_own_core(const struct whatif *w, const char *core)
{
    const struct core_model *own = core ? leader_of(w)->model : NULL;

    return own && !strcmp(own->name, core) && !own->overrides && !w->rig->times_otherwise;
}

static int run_all(struct whatif *w)
{
    int status = EXIT_OK;

    for (unsigned i = 0; i < w->cores->len && !status; i++)
        if (!is_own_core(w, w->cores->pdata[i]))
            status = make_run(w, w->cores->pdata[i]);
    return status ? status : w->rig->run(w->rig->user, leader_of(w));
}

/* A core that the path cannot be followed on is said and left out: EXIT_FAILED. */
static int finish_all(const struct whatif *w)
{
    int status = EXIT_OK;

    for (unsigned i = 0; i < w->runs->len; i++) {
        if (!finish_run(w->runs->pdata[i]))
            continue;
        status = EXIT_FAILED;
        if (i == 0)
            return EXIT_USAGE;
    }
    return status;
}

/* Tables. */

struct core_row {
    double traps, mean, p99, mean_switch;
    bool has_traps, has_switches;
};

static bool get_core_row(void *user, sqlite3_stmt *row)
{
    struct core_row *c = user;

    c->traps = sqlite3_column_double(row, 0);
    c->has_traps = sqlite3_column_type(row, 1) != SQLITE_NULL;
    c->mean = sqlite3_column_double(row, 1);
    c->p99 = sqlite3_column_double(row, 2);
    c->has_switches = sqlite3_column_type(row, 3) != SQLITE_NULL;
    c->mean_switch = sqlite3_column_double(row, 3);
    return true;
}

static const char core_query[] =
    "WITH a AS (SELECT a.*, a.entry_cycles + a.handler_cycles + a.return_cycles AS cycles, k.from_el"
    "           FROM trap_agg a JOIN trap_class k ON k.id = a.class),"
    " h AS (SELECT hi, SUM(count) AS n FROM trap_hist GROUP BY hi),"
    " c AS (SELECT hi, SUM(n) OVER (ORDER BY hi) AS upto, SUM(n) OVER () AS n FROM h)"
    "SELECT (SELECT COALESCE(SUM(cycles - idle_cycles), 0) FROM a WHERE from_el < 2),"
    " (SELECT 1.0 * SUM(cycles) / SUM(count) FROM a),"
    " (SELECT MIN(hi) FROM c WHERE upto * 100 >= n * 99),"
    " (SELECT 1.0 * SUM(entry_cycles + handler_cycles + return_cycles) / SUM(count) FROM switch_agg)";

static void real_or_null(struct table *t, bool there, double value)
{
    if (there)
        table_real(t, value);
    else
        table_null(t);
}

static int add_core(struct table *t, struct whatif_run *r, bool recorded)
{
    struct core_row c = { 0 };
    const double hz = r->db.clock_hz;
    int status = db_query(&r->db, core_query, get_core_row, &c);

    if (status)
        return status;
    table_text(t, r->core);
    table_int(t, (int64_t)(hz / 1e6));
    table_int(t, (int64_t)r->last_cycle);
    table_real(t, 1e3 * r->last_cycle / hz);
    table_int(t, (int64_t)c.traps);
    real_or_null(t, r->cycles > 0, c.traps / r->cycles);
    real_or_null(t, c.has_traps, c.mean);
    if (c.has_traps)
        table_int(t, (int64_t)c.p99);
    else
        table_null(t);
    real_or_null(t, c.has_switches, c.mean_switch);
    table_text(t, recorded ? "the run itself" : "measured");
    return EXIT_OK;
}

static int core_table(const struct whatif *w, GPtrArray *tables)
{
    struct table *t = table_new("The same path on other cores", "no cores");
    int status = EXIT_OK;

    g_ptr_array_add(tables, t);
    table_columns(t, "core clock_mhz cycles time_ms in_traps share mean_trap p99 mean_switch basis");
    for (unsigned i = 0; i < w->runs->len && !status; i++) {
        struct whatif_run *r = w->runs->pdata[i];

        if (r->open)
            status = add_core(t, r, i == 0);
    }
    return status;
}

/* What is known of how a part was found, as shares of measured and estimated cycles. */
static void add_part(struct table *t, const struct whatif_run *r, const char *change,
                     const struct whatif_part *p, double measured)
{
    table_text(t, r->core);
    table_text(t, change);
    table_text(t, p->part);
    if (p->times)
        table_int(t, (int64_t)p->times);
    else
        table_null(t);
    table_int(t, (int64_t)llround(p->cycles));
    real_or_null(t, r->cycles > 0, 100 * p->cycles / r->cycles);
    table_real(t, measured);
    table_real(t, 1 - measured);
}

static void add_nothing(struct table *t, const struct whatif_run *r, const char *change, const char *why)
{
    table_text(t, r->core);
    table_text(t, change);
    table_printf(t, "nothing: %s", why);
    for (unsigned i = 0; i < 5; i++)
        table_null(t);
}

struct sum {
    double cycles, measured, estimated;
};

static void add_to_sum(struct sum *s, const struct whatif_part *p)
{
    s->cycles += p->cycles;
    *(p->measured ? &s->measured : &s->estimated) += fabs(p->cycles);
}

static void add_sum(struct table *t, const struct whatif_run *r, const char *change, const struct sum *s)
{
    const double all = s->measured + s->estimated;

    add_part(t, r, change, &(struct whatif_part){ "together", 0, s->cycles, false },
             all > 0 ? s->measured / all : 1);
}

static int add_change(struct table *t, struct whatif_run *r, const char *change, struct sum *total)
{
    struct whatif_answer a;
    struct sum sum = { 0 };
    int status = whatif_ask(r, change, &a);

    if (status)
        return status;
    if (a.nothing)
        add_nothing(t, r, change, a.nothing);
    for (unsigned i = 0; i < a.count; i++) {
        add_part(t, r, change, &a.part[i], a.part[i].measured);
        add_to_sum(&sum, &a.part[i]);
        add_to_sum(total, &a.part[i]);
    }
    if (a.count > 1)
        add_sum(t, r, change, &sum);
    return EXIT_OK;
}

static int change_table(const struct whatif *w, GPtrArray *tables)
{
    struct table *t = table_new("Cycles more or less", "no changes");

    g_ptr_array_add(tables, t);
    table_columns(t, "core change part times more_cycles more_percent measured_share estimated_share");
    for (unsigned i = 0; i < w->runs->len; i++) {
        struct whatif_run *r = w->runs->pdata[i];
        struct sum total = { 0 };
        int status = EXIT_OK;

        for (unsigned j = 0; j < w->changes->len && r->open && !status; j++)
            status = add_change(t, r, w->changes->pdata[j], &total);
        if (status)
            return status;
        if (w->changes->len > 1 && r->open)
            add_sum(t, r, "all of it", &total);
    }
    return EXIT_OK;
}

static int print(const struct whatif *w, enum table_format format)
{
    g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func((GDestroyNotify)table_free);
    int status = core_table(w, tables);

    if (!status && w->changes->len)
        status = change_table(w, tables);
    if (!status)
        table_print((struct table *const *)tables->pdata, tables->len, format);
    return status;
}

static int answer(struct whatif *w, char **questions, enum table_format format)
{
    g_autoptr(GError) error = NULL;
    int status = EXIT_OK, printed;

    for (char **q = questions; *q && !status; q++)
        status = read_question(w, *q);
    if (status)
        return status;
    w->dir = g_dir_make_tmp("armvsim-what-if-XXXXXX", &error);
    if (!w->dir)
        return cli_error("%s", error->message);
    if ((status = run_all(w)))
        return status;
    status = finish_all(w);
    if (status == EXIT_USAGE)
        return status;
    printed = print(w, format);
    return printed ? printed : status;
}

int whatif(const struct whatif_rig *rig, char **questions, enum table_format format)
{
    struct whatif w = { rig, g_ptr_array_new_with_free_func(g_free), g_ptr_array_new(),
                        g_ptr_array_new_with_free_func(free_run), NULL };
    int status;

    g_ptr_array_add(w.cores, NULL);
    status = answer(&w, questions, format);
    g_ptr_array_free(w.runs, TRUE);
    if (w.dir)
        g_rmdir(w.dir);
    g_free(w.dir);
    g_ptr_array_free(w.changes, TRUE);
    g_ptr_array_free(w.cores, TRUE);
    return status;
}
