/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file validate_run.c
 * Runs the programs of hyp/published, one machine after the other, and takes their results from the
 * console: "NAME MEAN UNIT ...", a line each (hyp/published/common/report.h).
 */
#include <math.h>
#include <string.h>

#include "armvsim.h"
#include "timing/timing.h"
#include "validate.h"

/* A program that runs longer than any of ours measures nothing. */
enum { INSNS_MAX = 1000000000 };
#define TOLERANCE_PERCENT 10
#define TOLERANCE_OF_NONE 0.5
/* Results have two digits after the point: what differs by less than their rounding does not miss. */
#define ROUNDING 0.005

bool validate_error(const struct validate_row *r, double *percent)
{
    if (!r->modelled_known || r->published <= 0)
        return false;
    *percent = 100 * (r->modelled - r->published) / r->published;
    return true;
}

bool validate_met(const struct validate_row *r)
{
    double most = r->published > 0 ? r->published * TOLERANCE_PERCENT / 100 : TOLERANCE_OF_NONE;

    return r->modelled_known && fabs(r->modelled - r->published) <= most + ROUNDING;
}

/* Where this program lies: in a build folder its guests are in hyp/published beside cli. */
static char *build_folder(void)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = self ? g_path_get_dirname(self) : NULL;

    return folder ? g_build_filename(folder, "..", "hyp", "published", NULL) : NULL;
}

/* The folder of the programs: as the user says; installed beside the models; in the build folder. */
static char *programs_folder(void)
{
    const char *env = g_getenv("ARMVSIM_PUBLISHED");
    g_autofree char *installed = g_build_filename(core_model_dir(), "..", "published", NULL);
    g_autofree char *built = build_folder();

    if (env && *env)
        return g_strdup(env);
    if (built && !g_file_test(installed, G_FILE_TEST_IS_DIR) && g_file_test(built, G_FILE_TEST_IS_DIR))
        return g_steal_pointer(&built);
    return g_steal_pointer(&installed);
}

static void on_console(void *user, const char *bytes, size_t len)
{
    g_string_append_len(user, bytes, (gssize)len);
}

/* Takes one line of the console up in the rows that name it. */
static int take_line(const struct validate_run *run, const char *line)
{
    g_auto(GStrv) word = g_strsplit(line, " ", 4);

    for (unsigned i = 0; i < run->rows->len && g_strv_length(word) >= 3; i++) {
        struct validate_row *r = run->rows->pdata[i];
        char *end;

        if (strcmp(word[0], r->result))
            continue;
        if (strcmp(word[2], r->field[PUBLISHED_UNIT]))
            return cli_error("validate: %s: %s is in %s, and published in %s", run->image, word[0], word[2],
                             r->field[PUBLISHED_UNIT]);
        r->modelled = g_ascii_strtod(word[1], &end);
        r->modelled_known = end != word[1] && !*end && isfinite(r->modelled);
    }
    return EXIT_OK;
}

/* Why a program did not get through, in its own words or the machine's; NULL when it did. */
static char *complaint(char **lines, const avs_result *r)
{
    unsigned count = 0;

    for (char **l = lines; *l; l++) {
        if (g_str_has_prefix(*l, "failed: "))
            return g_strdup(*l);
        count += !strcmp(*l, "done");
    }
    if (r->end != AVS_END_POWER_OFF || r->exit_status || !count)
        return g_strdup(r->reason);
    return NULL;
}

static int run_machine(const struct validate_run *run, avs_machine *m)
{
    g_autoptr(GString) console = g_string_new(NULL);
    g_autofree char *why = NULL;
    g_auto(GStrv) lines = NULL;
    int status = EXIT_OK;
    avs_result result;

    avs_on_console(m, on_console, console);
    result = avs_run(m);
    if (result.end == AVS_END_ERROR)
        return cli_error("validate: %s: %s", run->image, result.reason);
    lines = g_strsplit_set(console->str, "\r\n", -1);
    for (char **l = lines; *l && !status; l++)
        status = take_line(run, *l);
    why = complaint(lines, &result);
    if (why)
        cli_error("validate: %s on %s: %s", run->image, run->cpu, why);
    return status;
}

static int run_program(const struct validate_run *run, const char *folder)
{
    g_autofree char *file = g_strconcat(run->image, ".elf", NULL);
    g_autofree char *path = g_build_filename(folder, file, NULL);
    avs_options o = AVS_OPTIONS_INIT;
    avs_machine *m;
    int status;

    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return cli_error("%s: not there; hyp/published is built where aarch64-linux-gnu-gcc is installed, "
                         "and ARMVSIM_PUBLISHED names its folder",
                         path);
    o.cpu = run->cpu;
    o.board = run->board;
    o.pe_count = run->smp;
    o.set = (const char *const *)run->set;
    o.max_insns = INSNS_MAX;
    if (avs_machine_new(&o, &m) != AVS_OK)
        return cli_error("validate: [%s] %s", run->name, avs_last_error(NULL));
    status = avs_load(m, path) == AVS_OK ? run_machine(run, m) : cli_error("%s", avs_last_error(m));
    avs_machine_free(m);
    return status;
}

static bool is_wanted(const struct validate_run *run)
{
    for (unsigned i = 0; i < run->rows->len; i++)
        if (((struct validate_row *)run->rows->pdata[i])->selected)
            return true;
    return false;
}

int validation_run(struct validation *v)
{
    g_autofree char *folder = programs_folder();
    int status = EXIT_OK;

    for (unsigned i = 0; i < v->runs->len && !status; i++)
        if (is_wanted(v->runs->pdata[i]))
            status = run_program(v->runs->pdata[i], folder);
    return status;
}
