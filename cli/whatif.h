/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file whatif.h
 * What would have been if: the same path of instructions on other cores (measured, by machines that follow
 * the run's own), and without some of its traps, its split between EL1 and EL2, or its GICv2 (what goes is
 * measured, what would come instead is estimated by the core model's prices). How the run's machine is made
 * and run is the caller's.
 */
#pragma once

#include "armvsim.h"
#include "db.h"

struct whatif_rig {
    void *user;
    /* Makes the run's machine with its image and devices: as it was when `leader` is NULL, else one that
     * follows it, as core `cpu`. An exit status; failures are printed. */
    int (*make)(void *user, avs_machine *leader, const char *cpu, avs_machine **out);
    /* Runs it to its end, with its input: an exit status, not EXIT_OK when there is nothing to compare. */
    int (*run)(void *user, avs_machine *m);
    bool keeps_leader;    /* The caller frees the run's machine. */
    bool times_otherwise; /* Followers have another timing: then the run's own core is one, too. */
};

/* One machine of the comparison. */
struct whatif_run {
    char *core, *path; /* The ledger's file. */
    avs_machine *m;
    struct db db;
    bool open, is_kept;        /* By the caller. */
    double cycles, last_cycle; /* Of all PEs together; of the one that ran longest. */
};

/* A part of an answer: so many times, cycles more (less: negative), and whether that was measured. */
struct whatif_part {
    const char *part;
    uint64_t times;
    double cycles;
    bool measured;
};
enum { WHATIF_PARTS = 4 };
struct whatif_answer {
    struct whatif_part part[WHATIF_PARTS];
    unsigned count;
    const char *nothing; /* Why nothing would change; NULL when something would. */
};

/* Answers all questions on stdout: an exit status. `questions` ends with NULL. */
int whatif(const struct whatif_rig *rig, char **questions, enum table_format format);
/* What can be asked, for people. */
extern const char whatif_choices[];

/* whatif_ask.c. A change by its name ("vhe", "gicv3", "no-trap=BIT"); false: there is no such change. */
bool whatif_known(const char *question);
int whatif_ask(struct whatif_run *r, const char *question, struct whatif_answer *out);
