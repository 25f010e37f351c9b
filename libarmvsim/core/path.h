/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file path.h
 * One path of instructions under several core models. What software does depends on time: when timers fire,
 * what counters read, whose turn it is. A *leader* is a machine that runs as always and notes each of
 * these; a *follower* is another machine with the same image that takes them from the notes instead of from
 * its own clock, so that it executes the same instructions, whatever its core makes of their cost.
 *
 *   what follows the leader's notes                         what is the follower's own
 *   ------------------------------------------------------ ------------------------------------------------
 *   counts that software reads, timers, events, turns of    pipeline, caches, TLBs, prediction, costs; the
 *   PEs, interrupts: path_cycles(); event counters          ledger's cycles: pe_cycles()
 *   where the run loop serves deadlines: path_arrive()
 *
 * Notes are two queues. *Values* are what path_value() was given, one after the other: the same calls come
 * again in the follower, for it executes the same. *Stops* are the places of the run loop's services, each
 * by instructions and exceptions of its PE, as a deadline that lies in time is found nowhere else. A
 * follower that asks for another kind of value, passes a stop, takes another exception, or has other
 * registers at the end of a portion has left the path; its run is over, and says where.
 */
#pragma once

#include "core/machine.h"

enum { PATH_PES = 8, PATH_MEMBERS = 33 }; /* A leader and at most this many less one followers. */
enum path_kind { PATH_CYCLE, PATH_COUNT, PATH_ARRIVAL, PATH_EXCEPTION, PATH_CHOICE, PATH_INPUT };

struct path;

/* Makes `m`, which is being built, a follower. */
avs_status path_join(struct avs_machine *m, struct avs_machine *leader);
/* Frees the machine's part in it. Followers of a leader that goes cannot run on. */
void path_leave(struct avs_machine *m);

/* The leader of a machine's path, or the machine itself; and who is on it: the leader is number 0. NULL: no
 * more. */
struct avs_machine *path_leader(struct avs_machine *m);
struct avs_machine *path_member(struct avs_machine *leader, unsigned n);
bool path_follows(const struct avs_machine *m);
/* A follower has left the path; avs_last_error() says where. */
bool path_is_lost(const struct avs_machine *m);
/* Runs all members until the leader's run ends or stops. Their m->stop is STOP_NONE, or they do not run. */
void path_run(struct avs_machine *leader);

/* One value that software's path depends on: `own` for a leader, who notes it, the note for a follower. */
uint64_t path_value(struct avs_machine *m, unsigned pe, enum path_kind kind, uint64_t own);
/* The run loop is about to serve deadlines. False: a follower has not come to where the leader did. m->stop
 * is set when the portion ends here. */
bool path_arrive(struct pe *c);
/* The PE looks for its next instruction: that may take time, after which there is another service at the
 * same place. */
void path_look(struct pe *c);
/* A follower's instruction at which to stop next; *here is set when that is before any other. */
uint64_t path_next_insn(const struct pe *c, bool *here);
/* The scheduler's turn to end a portion, when no PE executes. True: m->stop is set. */
bool path_pauses(struct avs_machine *m);
/* The leader's run stops at this service, and the followers' do; or between services, at c's next
 * instruction. */
void path_stop_here(struct avs_machine *m);
void path_stop_at(struct pe *c);
/* An exception is about to be taken from `pc`. */
void path_exception(struct pe *c, uint64_t pc);
/* Input was given to the leader; a follower is where it may have been. */
void path_note_input(struct avs_machine *m, const char *bytes, size_t len);
void path_take_input(struct avs_machine *m);
/* What it is now in PE c's own cycles, whichever PE executes, if any: for those who listen, who must not
 * take or make notes (they may listen to one machine of a path only). A follower's PEs other than the
 * executing one are where the leader's time has brought them. */
uint64_t path_own_now(const struct pe *c);
/* The follower's cycles that last as long as `cycles` of the leader's. */
uint64_t path_own_cycles(const struct avs_machine *m, uint64_t cycles);

/* The PE's cycle, for all that software can see. */
static inline uint64_t path_cycles(const struct pe *c)
{
    if (likely(!c->m->path))
        return pe_cycles(c);
    return path_value(c->m, c->index, PATH_CYCLE, pe_cycles(c));
}

/* Whose identity registers software sees, and whose cycles are its time: the model's unless the machine
 * follows one with another. */
static inline const struct core_model *machine_identity(const struct avs_machine *m)
{
    return m->identity ? m->identity : m->model;
}

static inline enum timing_mode machine_path_timing(const struct avs_machine *m)
{
    return m->identity ? m->path_timing : m->timing;
}
