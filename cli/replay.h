/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file replay.h
 * What the files of `armvsim replay` share.
 */
#pragma once

#include "cli.h"
#include "replay/replay.h"

/* The command line; NULL: not given. */
struct replay_args {
    char *image, *dispatch, *seed, *quantum, *append, *db, *to, *cpu, *timing, *format;
    char **input, **set, **what_if;
    gboolean interactive, quiet;
    bool is_changed; /* It is another run than the recorded one. */
};

/* cmd_replay.c: tells what came of a run that is compared with its recording. An exit status. */
int replay_outcome(struct replay *r, const char *path, const struct replay_args *a,
                   const struct replay_result *d);

/* Where to stop: --to and the commands of --interactive. */
enum stop_kind { STOP_AT_INSN, STOP_AT_PLACE, STOP_AT_TRAP };
struct stop_place {
    enum stop_kind kind;
    uint64_t number; /* Instructions of all PEs, or the trap's number from 1 on. */
    struct run_point place;
};

/* replay_show.c: text for people. */
/* "PE0 pc 0x40001000 <main+0x10>  add x0, x0, #1". The caller frees it. */
char *show_next_insn(struct avs_machine *m, struct pe *c);
/* `count` instructions from `address` on, as PE c sees them. */
void show_code(struct avs_machine *m, struct pe *c, uint64_t address, unsigned count);
/* Bytes of memory, as PE c sees them. */
void show_memory(struct avs_machine *m, struct pe *c, uint64_t address, uint64_t len);
/* All PEs, the one that executes first, and what that one does next. */
void show_state(struct avs_machine *m, struct pe *c);
/* How many instructions all PEs have retired. */
void show_position(struct avs_machine *m);

/* replay_diverge.c: finds the instruction at which the changed replay leaves the recorded run, between the
 * hashes that `d` names, and says what differs. `recorded` has the recording's own inputs. An exit status.
 */
int diverge_explain(struct replay *changed, struct replay *recorded, const struct replay_result *d);

/* replay_walk.c: --interactive. An exit status. */
int walk(struct replay *r, const struct stop_place *to);
/* Reads such a text for a machine of the replay: "N", "SYMBOL", "trap=ID". An exit status, after a message.
 */
int walk_parse(struct replay *r, const char *text, struct stop_place *out);
/* Goes to a place; false when the run ends before. */
bool walk_to(struct replay *r, const struct stop_place *to, replay_mark_fn at, void *user);

/* replay_model.c: the recorded path under other core models. */
/* Whether that is asked for, by --cpu, --set, --timing or --what-if; and whether the options go together:
 * an exit status. */
bool replay_is_remodelled(const struct replay_args *a);
int replay_check_model(const struct replay_args *a);
/* After replay_start(). As one other machine, with --db's ledger; or tables on stdout. Exit statuses. */
int replay_remodel(struct replay *r, const char *path, const struct replay_args *a);
int replay_what_if(struct replay *r, const char *path, const struct replay_args *a);
