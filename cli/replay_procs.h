/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file replay_procs.h
 * Snapshots of a replay by processes, which share what did not change (copy-on-write): workers, one of
 * which is the active one and runs the machine, and checkpoints, workers that sleep at an instruction until
 * another worker is to begin there. The process that reads commands has the machine at its beginning, and a
 * socket to each of them; when it ends, however it ends, so do they.
 */
#pragma once

#include "replay.h"

/* What a worker is told to do. */
enum proc_op {
    PROC_GO,    /* To instruction `number`, and from there on look. */
    PROC_TRAP,  /* Until a trap after here; tells where it was, and ends. */
    PROC_PLACE, /* Until an instruction at `place` is next. */
    PROC_FORK,  /* A checkpoint: begin a worker, whose socket comes along. */
    PROC_REGS,
    PROC_MEMORY, /* `number`, `count` */
    PROC_CODE,   /* `number`, `count`; 0: where the PE is. */
    PROC_WHERE,
};
struct proc_request {
    enum proc_op op;
    bool checkpoint; /* Leave a checkpoint here before going on. */
    uint64_t number, count;
    struct run_point place;
};

enum proc_news { PROC_AT, PROC_ENDED, PROC_FOUND, PROC_CHECKPOINT, PROC_SHOWN, PROC_DIED };
struct proc_reply {
    enum proc_news news;
    uint64_t at;        /* Instructions. */
    uint64_t last_trap; /* Where the last trap before that was; 0: there was none. */
    pid_t pid;          /* Of a checkpoint, whose socket comes along. */
};

struct proc {
    pid_t pid; /* 0: none. */
    int fd;
    uint64_t at;
};

/* What all workers of a walk share. */
struct proc_shared {
    uint64_t printed; /* Bytes of the guest's console that were. */
};

/* A worker at the machine's beginning, or where the checkpoint is. False: the host has no room. */
bool proc_begin(struct replay *r, struct proc_shared *shared, const GArray *others, struct proc *out);
bool proc_fork(const struct proc *checkpoint, struct proc *out);
bool proc_ask(const struct proc *p, const struct proc_request *request);
/* The next thing that a worker tells; of a checkpoint, its socket in *fd. */
struct proc_reply proc_listen(const struct proc *p, int *fd);
void proc_end(struct proc *p);
