/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file feed.h
 * A ledger of what another machine did: exits and entries of guests, with their times, played to the ledger
 * as a modelled machine's exceptions to EL2 and returns to EL1 are. Cycles are nanoseconds (clock_hz is
 * 10^9), instructions are not known (0), contexts are VMs and vCPUs by number, everything else is the
 * host's at EL2.
 *
 * Calls for one PE come in the order of their times.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arch/exc.h"
#include "core/status.h"

enum { FEED_PE_LIMIT = 1024, FEED_VM_LIMIT = 0xffff, FEED_VCPU_LIMIT = 1 << 24 };

struct feed;

/* Creates the ledger; NULL with the reason, which the caller frees, in *why. */
struct feed *feed_open(const char *path, char **why);
/* A key of the table `run`. */
void feed_meta(struct feed *f, const char *key, const char *value);
/* Symbols of a VM's, to name what was interrupted. False with the reason in *why. */
bool feed_symbols(struct feed *f, const char *elf, int vmid, char **why);

/* A guest left for EL2: vCPU `vcpu` of VM `vm` at `pc`. */
void feed_exit(struct feed *f, unsigned pe, uint64_t ns, unsigned vm, unsigned vcpu, const struct exc *exc,
               uint64_t pc);
/* Of the trap that is open on the PE, this long was waiting. */
void feed_idle(struct feed *f, unsigned pe, uint64_t ns);
/* A guest is entered; the trap that is open on the PE, if one is, ends, in a world switch when it is
 * another's. */
void feed_enter(struct feed *f, unsigned pe, uint64_t ns, unsigned vm, unsigned vcpu, uint64_t pc);
/* Up to here the PE was the host's. */
void feed_host(struct feed *f, unsigned pe, uint64_t ns);
/* How the trap that is open on the PE ended is not known. */
void feed_abandon(struct feed *f, unsigned pe, uint64_t ns);

/* Writing failed; feed_close() says why. */
bool feed_failed(const struct feed *f);
uint64_t feed_traps(const struct feed *f);
uint64_t feed_switches(const struct feed *f);
/* Ends the run at its last event, and closes the ledger. False with the reason in *why. */
bool feed_close(struct feed *f, char **why);
