/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file cmd_replay.c
 * armvsim replay: a recording is run again and compared with what it says; when something was changed and
 * the run leaves it, the instruction where that begins is found. Or the run is stopped somewhere and looked
 * at; or its path of instructions is run under another core model (replay_model.c).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "armvsim.h"
#include "replay.h"
#include "replay/state.h"

static const char description[] =
    "Without --to and --interactive, every recorded hash of the machine's state is compared, and the end.\n"
    "With another image, dispatcher, seed, quantum or boot arguments, the instruction at which the run\n"
    "leaves the recorded one is named. --to takes a number of instructions of all PEs, a symbol, or\n"
    "trap=ID, as the ledger numbers traps.\n"
    "--cpu, --set and --timing run the recorded path of instructions under another model; --db then has\n"
    "that model's ledger. --set alone changes the recorded core; with --cpu, what was set for the\n"
    "recorded core is forgotten. --what-if prints tables, as armvsim run does.\n"
    "Exit status: 0 they agree; 1 they do not, the run ends before --to, or the other model leaves the\n"
    "path; 2 bad usage, a bad recording, a missing or changed input file.";

static void on_console(void *user, const char *bytes, size_t len)
{
    (void)user;
    fwrite(bytes, 1, len, stdout);
}

static void on_errors(void *user, const char *bytes, size_t len)
{
    (void)user;
    fwrite(bytes, 1, len, stderr);
}

/* Numbers are written as the recording does. */
static void set_option(struct recipe *recipe, const char *role, const char *value)
{
    g_autofree char *text = NULL;
    uint64_t number;

    if (cli_number(value, false, &number) && strcmp(role, "append"))
        text = g_strdup_printf("%" PRIu64, number);
    recipe_set(recipe, role, text ? text : value);
}

/* Whether the replay is of another machine than the recorded one. */
static bool change(struct recipe *recipe, const struct replay_args *a)
{
    const struct {
        const char *role, *value;
    } options[] = {
        { "dispatch", a->dispatch }, { "seed", a->seed }, { "quantum", a->quantum }, { "append", a->append }
    };
    bool any = a->image;

    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        if (!options[i].value)
            continue;
        set_option(recipe, options[i].role, options[i].value);
        any = true;
    }
    return any;
}

static bool numbers_good(const struct replay_args *a, int *status)
{
    uint64_t number;

    if (a->seed && !cli_number(a->seed, false, &number))
        *status = cli_error("--seed '%s': not a number", a->seed);
    else if (a->quantum && !cli_number(a->quantum, false, &number))
        *status = cli_error("--quantum '%s': not a number", a->quantum);
    else
        return true;
    return false;
}

/* ---- Verifying ---- */

static void print_interval(const struct replay_result *d)
{
    g_autofree char *from = cli_grouped(d->from), *to = cli_grouped(d->to);

    fprintf(stderr, "replay: diverges between instructions %s and %s", from, to);
    if (d->what)
        fprintf(stderr, ": %s is another\n", d->what);
    else if (d->pes_agree)
        fputs(": the PEs agree to the end, memory does not\n", stderr);
    else
        fprintf(stderr, "; exceptions taken until then: digest %016" PRIx64 ", recorded %016" PRIx64 "\n",
                d->digest, d->recorded);
}

/* With nothing changed, this armvsim is not the one that recorded. */
static int diverged(struct replay *r, const char *path, const struct replay_args *a,
                    const struct replay_result *d)
{
    struct replay *recorded;
    int status = EXIT_FAILED;

    fflush(stdout);
    print_interval(d);
    if (!a->is_changed) {
        fputs("with the recorded inputs and options: another version of armvsim has made the recording\n",
              stderr);
        return EXIT_FAILED;
    }
    if (d->pes_agree)
        return EXIT_FAILED;
    if (replay_open(path, (const char *const *)a->input, NULL, &recorded)) {
        fprintf(stderr, "the recorded run cannot be made again for comparison: %s\n", avs_last_error(NULL));
        return EXIT_FAILED;
    }
    status = diverge_explain(r, recorded, d);
    replay_close(recorded);
    return status;
}

static void print_agreement(const struct replay_result *d, const char *path)
{
    fflush(stdout);
    fprintf(stderr, "replay: %" PRIu64 " instructions agree, %" PRIu64 " state hashes\n", d->insns,
            d->hashes);
    if (d->end == REPLAY_CUT_OFF)
        fprintf(stderr, "armvsim: %s: %s: replayed up to its last whole hash\n", path, d->cut_off);
}

int replay_outcome(struct replay *r, const char *path, const struct replay_args *a,
                   const struct replay_result *d)
{
    if (d->end == REPLAY_FAILED)
        return cli_error("%s", avs_last_error(replay_machine(r)));
    if (d->end == REPLAY_DIVERGED)
        return diverged(r, path, a, d);
    if (!a->quiet || d->end == REPLAY_CUT_OFF)
        print_agreement(d, path);
    return EXIT_OK;
}

/* The ledger is the recorded run's: it ends as that did. */
static int verify(struct replay *r, const char *path, const struct replay_args *a)
{
    struct avs_machine *m = replay_machine(r);
    struct replay_result d;

    if (a->db && avs_ledger_open(m, a->db) != AVS_OK)
        return cli_error("%s", avs_last_error(m));
    d = replay_run(r);
    if (avs_ledger_close(m) != AVS_OK)
        return cli_error("%s", avs_last_error(m));
    return replay_outcome(r, path, a, &d);
}

/* ---- --to ---- */

static uint64_t show_there(void *user, struct avs_machine *m, struct pe *c)
{
    fflush(stdout);
    show_state(m, c);
    replay_stop(user);
    return TAP_NEVER;
}

static int show_place(struct replay *r, const struct stop_place *p, const char *text)
{
    if (walk_to(r, p, show_there, r))
        return EXIT_OK;
    cli_error("--to %s: the run ends before, after %" PRIu64 " instructions", text,
              state_insns(replay_machine(r)));
    return EXIT_FAILED;
}

/* ---- The command ---- */

static int replay_with(struct replay *r, const char *path, struct replay_args *a)
{
    struct stop_place place;
    int status;

    a->is_changed = change(replay_recipe(r), a);
    if (replay_start(r))
        return cli_error("%s", avs_last_error(NULL));
    if (a->to && (status = walk_parse(r, a->to, &place)))
        return status;
    if (a->interactive)
        return walk(r, a->to ? &place : NULL);
    if (a->to)
        return show_place(r, &place, a->to);
    if (a->what_if)
        return replay_what_if(r, path, a);
    avs_on_console(replay_machine(r), on_console, NULL);
    avs_on_error_output(replay_machine(r), on_errors, NULL);
    return replay_is_remodelled(a) ? replay_remodel(r, path, a) : verify(r, path, a);
}

static int replay_args(struct replay_args *a, int argc, char **argv)
{
    struct replay *r;
    int status = EXIT_OK;

    if (argc != 2)
        return cli_error("replay: %s (see armvsim replay --help)",
                         argc < 2 ? "a RECORDING is needed" : "only one RECORDING can be replayed");
    if (a->db && (a->interactive || a->to))
        return cli_error("--db %s: the whole run makes a ledger, not a part of it", a->db);
    if (!numbers_good(a, &status) || (status = replay_check_model(a)))
        return status;
    if (replay_open(argv[1], (const char *const *)a->input, a->image, &r))
        return cli_error("%s", avs_last_error(NULL));
    status = replay_with(r, argv[1], a);
    replay_close(r);
    return status;
}

static void free_args(struct replay_args *a)
{
    char *strings[] = { a->image, a->dispatch, a->seed, a->quantum, a->append,
                        a->db,    a->to,       a->cpu,  a->timing,  a->format };

    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        g_free(strings[i]);
    g_strfreev(a->input);
    g_strfreev(a->set);
    g_strfreev(a->what_if);
}

int cmd_replay(const struct command *self, int argc, char **argv)
{
    struct replay_args a = { 0 };
    const GOptionEntry entries[] = {
        { "input", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &a.input,
          "A folder with the recorded run's input files; repeatable", "DIR" },
        { "db", 0, 0, G_OPTION_ARG_FILENAME, &a.db, "Write the run's ledger to this SQLite database",
          "FILE" },
        { "image", 0, 0, G_OPTION_ARG_FILENAME, &a.image, "Another image than the recorded one", "FILE" },
        { "dispatch", 0, 0, G_OPTION_ARG_STRING, &a.dispatch, "tail or loop; results are the same", "D" },
        { "seed", 0, 0, G_OPTION_ARG_STRING, &a.seed, "Another seed than the recorded one", "N" },
        { "quantum", 0, 0, G_OPTION_ARG_STRING, &a.quantum, "Another quantum than the recorded one",
          "CYCLES" },
        { "append", 0, 0, G_OPTION_ARG_STRING, &a.append, "Other boot arguments than the recorded ones",
          "S" },
        { "cpu", 0, 0, G_OPTION_ARG_STRING, &a.cpu, "The same path on another core model or .core file",
          "CORE" },
        { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &a.set,
          "The same path with another value for a key of the core model; repeatable",
          "core.GROUP.KEY=VALUE" },
        { "timing", 0, 0, G_OPTION_ARG_STRING, &a.timing, "The same path with this timing: none or block",
          "MODE" },
        { "what-if", 0, 0, G_OPTION_ARG_STRING_ARRAY, &a.what_if,
          "Tables of what would be: cores, core=NAME, no-trap=BIT, vhe, gicv3; repeatable", "CHANGE" },
        { "format", 0, 0, G_OPTION_ARG_STRING, &a.format,
          "Of these: table, csv, json or markdown (default: table)", "F" },
        { "to", 0, 0, G_OPTION_ARG_STRING, &a.to, "Stop there and show the machine's state",
          "N|SYMBOL|trap=ID" },
        { "interactive", 'i', 0, G_OPTION_ARG_NONE, &a.interactive,
          "Go forward and backward by commands from standard input (help lists them)", NULL },
        { "quiet", 'q', 0, G_OPTION_ARG_NONE, &a.quiet, "Say nothing when all agrees", NULL },
        G_OPTION_ENTRY_NULL
    };
    int status = EXIT_OK;

    if (cli_options(self, entries, description, &argc, &argv, &status))
        status = replay_args(&a, argc, argv);
    free_args(&a);
    return status;
}
