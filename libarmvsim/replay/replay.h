/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file replay.h
 * Running a recording again: opening it, finding its inputs, making its machine, and giving that what came
 * from outside, where it came. Every recorded hash is compared on the way.
 *
 *     replay_open()      reads what the machine was made from, and finds the files
 *     replay_recipe()    may be changed: another image, another option
 *     replay_start()     makes the machine; as often as wanted, one at a time of each struct replay
 *     replay_run()       to the end, or where the run and its recording part
 *     replay_close()
 */
#pragma once

#include "core/machine.h"
#include "replay/recipe.h"

struct replay;

/* `dirs`: folders with input files, NULL-terminated, or NULL. `image`: instead of the recorded one, or
 * NULL. Errors are avs_last_error(NULL)'s. */
avs_status replay_open(const char *path, const char *const *dirs, const char *image, struct replay **out);
void replay_close(struct replay *r);
struct recipe *replay_recipe(struct replay *r);
/* Makes a machine, whatever there was before, and puts the recording at its beginning. */
avs_status replay_start(struct replay *r);
/* The machine of replay_start(); callbacks may be set, and a ledger opened. */
struct avs_machine *replay_machine(struct replay *r);

/* Makes a machine that executes the recorded run's path of instructions as another model (core/path.h): of
 * `other`, a copy of replay_recipe() with another cpu, set or timing. After replay_start() and before
 * replay_run(), which runs all of them; to be freed before the next replay_start() or replay_close(). */
avs_status replay_follow(struct replay *r, const struct recipe *other, struct avs_machine **out);

/* What came of a run. */
enum replay_end {
    REPLAY_AGREES,   /* To the recorded end. */
    REPLAY_CUT_OFF,  /* To where a recording that is cut off ends. */
    REPLAY_DIVERGED, /* See below. */
    REPLAY_STOPPED,  /* By the caller. */
    REPLAY_FAILED,   /* avs_last_error() of the machine. */
};
struct replay_result {
    enum replay_end end;
    uint64_t insns, hashes;    /* That agree. */
    const char *cut_off;       /* How the recording is cut off. */
    uint64_t from, to;         /* Diverged: instructions that agree, and that do not. */
    uint64_t digest, recorded; /* The exceptions' digests there. */
    bool pes_agree;            /* The memory alone differs, first seen at `to`. */
    const char *what;          /* What differs, when that is no state: NULL. */
};
/* Runs on. PEs that differ end the run; memory that differs is told at its end. */
struct replay_result replay_run(struct replay *r);

/* Marks of the caller: fn is called when all PEs together have retired `at` instructions, and returns its
 * next mark. It may stop the run (replay_stop()). */
typedef uint64_t (*replay_mark_fn)(void *user, struct avs_machine *m, struct pe *c);
void replay_mark(struct replay *r, uint64_t at, replay_mark_fn fn, void *user);
/* fn is called when an exception to EL2 or EL3 was taken from below: `number` counts from 1, as a ledger
 * does. */
typedef void (*replay_trap_fn)(void *user, struct avs_machine *m, uint64_t number);
void replay_on_trap(struct replay *r, replay_trap_fn fn, void *user);
void replay_stop(struct replay *r);
/* Whether the run is compared with its recording (it is, at first). */
void replay_verify(struct replay *r, bool on);
