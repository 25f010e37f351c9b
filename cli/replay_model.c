/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file replay_model.c
 * A recording's path of instructions under other core models: --cpu, --set and --timing run it as one other
 * machine, with that machine's ledger; --what-if asks for tables. The recorded machine runs beside, is
 * compared with its recording, and leads the others (core/path.h).
 */
#include <stdio.h>

#include "core/path.h"
#include "replay.h"
#include "whatif.h"

/* ---- What makes no sense together ---- */

/* The first of the options that ask for another model; NULL: none. */
static const char *model_option(const struct replay_args *a)
{
    return a->what_if ? "--what-if" : a->cpu ? "--cpu" : a->set ? "--set" : a->timing ? "--timing" : NULL;
}

bool replay_is_remodelled(const struct replay_args *a)
{
    return model_option(a);
}

static int check_what_if(const struct replay_args *a)
{
    enum table_format format;
    int status;

    if (!a->what_if && a->format)
        return cli_error("replay: --format %s: only --what-if prints tables", a->format);
    if ((status = table_format_option("replay", a->format, &format)) || !a->what_if)
        return status;
    if (a->db)
        return cli_error("replay: --what-if has no --db");
    if (a->cpu || a->set)
        return cli_error("replay: --%s: --what-if asks for another core by core=NAME",
                         a->cpu ? "cpu" : "set");
    return EXIT_OK;
}

int replay_check_model(const struct replay_args *a)
{
    const char *model = model_option(a);
    const struct {
        const char *option;
        bool given;
    } other_runs[] = { { "--image", a->image },
                       { "--seed", a->seed },
                       { "--quantum", a->quantum },
                       { "--append", a->append } };

    for (size_t i = 0; model && i < G_N_ELEMENTS(other_runs); i++)
        if (other_runs[i].given)
            return cli_error("replay: %s makes another run, %s needs the recorded one",
                             other_runs[i].option, model);
    if (model && (a->to || a->interactive))
        return cli_error("replay: %s looks at the recorded run: not together with %s",
                         a->to ? "--to" : "--interactive", model);
    return check_what_if(a);
}

/* ---- Another machine ---- */

/* Another core is as its file says; what was set for the recorded one is for that one alone. */
static struct recipe *other_model(struct replay *r, const char *cpu, char **set, const char *timing)
{
    struct recipe *other = recipe_copy(replay_recipe(r));

    if (cpu) {
        recipe_set(other, "cpu", cpu);
        recipe_set(other, "set", NULL);
    }
    for (char **s = set; s && *s; s++)
        recipe_add_file(other, "set", *s, NULL);
    if (timing)
        recipe_set(other, "timing", timing);
    return other;
}

static int follow(struct replay *r, const struct recipe *other, struct avs_machine **out)
{
    return replay_follow(r, other, out) ? cli_error("%s", avs_last_error(NULL)) : EXIT_OK;
}

/* "7,162,234 cycles (5.116 ms at 1400 MHz) on cortex-a53 with core.tlb.ways=2". */
static char *cost_text(const struct avs_machine *m)
{
    const double hz = (double)m->model->clock_hz;
    const char *set = m->model->overrides;
    g_autofree char *cycles = NULL;
    uint64_t last = 0;

    for (unsigned i = 0; i < m->pe_count; i++)
        last = MAX(last, pe_cycles(&m->pe[i]));
    cycles = cli_grouped(last);
    return g_strdup_printf("%s cycles (%.3f ms at %.0f MHz) on %s%s%s%s", cycles, 1e3 * (double)last / hz,
                           hz / 1e6, m->model->name, set ? " with " : "", set ? set : "",
                           m->timing == TIMING_NONE ? ", timing none" : "");
}

static void print_costs(const struct avs_machine *recorded, const struct avs_machine *other,
                        const struct replay_args *a)
{
    g_autofree char *was = cost_text(recorded), *is = cost_text(other);

    fprintf(stderr, "replay: %s; recorded: %s\n", is, was);
    if (other->timing == TIMING_NONE && !a->timing)
        fputs("replay: recorded with --timing none: an instruction is a cycle on any core; --timing block "
              "takes the core's costs\n",
              stderr);
}

static int run_other(struct replay *r, struct avs_machine *other, const char *path,
                     const struct replay_args *a)
{
    struct replay_result d;
    int status;

    if (a->db && avs_ledger_open(other, a->db) != AVS_OK)
        return cli_error("%s", avs_last_error(other));
    d = replay_run(r);
    if ((status = replay_outcome(r, path, a, &d)))
        return status;
    if (path_is_lost(other)) {
        cli_error("%s: %s", other->model->name, avs_last_error(other));
        return EXIT_FAILED;
    }
    if (other->stop == STOP_HOST_ERROR || avs_ledger_close(other) != AVS_OK)
        return cli_error("%s", avs_last_error(other));
    if (!a->quiet)
        print_costs(replay_machine(r), other, a);
    return EXIT_OK;
}

int replay_remodel(struct replay *r, const char *path, const struct replay_args *a)
{
    struct recipe *recipe = other_model(r, a->cpu, a->set, a->timing);
    struct avs_machine *other = NULL;
    int status = follow(r, recipe, &other);

    recipe_free(recipe);
    if (!status)
        status = run_other(r, other, path, a);
    avs_machine_free(other);
    return status;
}

/* ---- --what-if ---- */

struct question {
    struct replay *replay;
    const char *path;
    const struct replay_args *args;
};

/* The recorded machine is there already. */
static int make_machine(void *user, avs_machine *leader, const char *cpu, avs_machine **out)
{
    const struct question *q = user;
    struct recipe *recipe;
    int status;

    *out = replay_machine(q->replay);
    if (!leader)
        return EXIT_OK;
    recipe = other_model(q->replay, cpu, NULL, q->args->timing);
    status = follow(q->replay, recipe, out);
    recipe_free(recipe);
    return status;
}

static int run_machines(void *user, avs_machine *m)
{
    const struct question *q = user;
    const struct replay_result d = replay_run(q->replay);

    (void)m;
    return replay_outcome(q->replay, q->path, q->args, &d);
}

int replay_what_if(struct replay *r, const char *path, const struct replay_args *a)
{
    struct question q = { r, path, a };
    const struct whatif_rig rig = { .user = &q,
                                    .make = make_machine,
                                    .run = run_machines,
                                    .keeps_leader = true,
                                    .times_otherwise = a->timing };
    enum table_format format;

    (void)table_format_parse(a->format, &format);
    return whatif(&rig, a->what_if, format);
}
