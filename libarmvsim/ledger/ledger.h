/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file ledger.h
 * The ledger: follows exceptions and returns through core/hooks.h, makes traps and world switches of them,
 * calls the embedder's callbacks, and hands rows to a sink (SQLite). It never changes the machine.
 */
#pragma once

#include "core/machine.h"

struct ledger *ledger_new(struct avs_machine *m);
void ledger_free(struct ledger *l);
void ledger_set_trap_fn(struct ledger *l, avs_trap_fn fn, void *user);
void ledger_set_switch_fn(struct ledger *l, avs_switch_fn fn, void *user);
/* What the database says of the run besides what the ledger knows itself (key and value of the table run):
 * board, memory, command line. To be set before the run ends. No paths and no times: equal runs, equal
 * files. */
void ledger_set_meta(struct ledger *l, const char *key, const char *value);
/* The ledger opened next has the table code. */
void ledger_set_coverage(struct ledger *l);
/* Base name and SHA-256 of the image. AVS_ERR_IO. */
avs_status ledger_note_image(struct ledger *l, const char *path);
/* One in n traps is a row. AVS_ERR_ARG, AVS_ERR_STATE while a database is open. */
avs_status ledger_sample(struct ledger *l, uint64_t n);
/* The run's interval begins and ends (core/interval.h): clocks start; what is open is closed, totals are
 * written. Outside, no hook is called. */
void ledger_attach(struct ledger *l);
void ledger_detach(struct ledger *l);
/* Whose symbols belong to the context that c executes in: a VMID, or -1 for the host's. */
int ledger_symbols_of(const struct pe *c);
/* Opens and closes the SQLite sink. */
avs_status ledger_open_db(struct ledger *l, const char *path);
avs_status ledger_close_db(struct ledger *l);
/* Fills the hooks that the machine installs in its PEs (m->hooks). True when anything listens. */
bool ledger_hooks(struct ledger *l, struct pe_hooks *out);
/* True once the sink failed: the run must stop with STOP_HOST_ERROR. */
bool ledger_failed(const struct ledger *l);
/* The end of a run: open traps are closed as unfinished, totals and counters written. */
avs_status ledger_finish(struct ledger *l);
/* How many registers of a class (reg_class.id) the architecture has that can be in a state set. */
unsigned ledger_state_registers(unsigned class);
