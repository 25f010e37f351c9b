/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file track.h
 * A way through a recording's file that stops at records of one kind only. Records of instructions have to
 * be known ahead, others come with what the guest does; so each kind has a reader of its own.
 */
#pragma once

#include "replay/recfile.h"

enum track_kind {
    TRACK_MARKS,  /* What belongs to an instruction: hashes, input, the end. */
    TRACK_EVENTS, /* Input with something that the guest does (output, waiting); the host's answers. */
    TRACK_HOST,   /* The host's answers to semihosting alone. */
};

struct track {
    struct rec_reader *reader;
    enum track_kind kind;
    bool any; /* False: there is none left. */
    struct rec_record record;
    struct rec_place place;
};

/* Closes what was open, and puts it before the first record. */
avs_status track_open(struct track *t, const char *path, enum track_kind kind);
void track_next(struct track *t);
void track_close(struct track *t);

struct tap_host;
/* The next record, when it is the answer to what h asks: in h. False: it is not, and h says that it
 * failed. */
bool track_answer(struct track *t, struct tap_host *h);
