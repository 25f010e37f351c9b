/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file compare.h
 * Comparing the decoder with another one, word by word: both must find an instruction or none, and by the
 * same mnemonic. Every core feature counts as there, as other decoders have it. Differences that are known
 * are listed by the test, each with its reason and the section of the manual (DDI 0487) that decides; one
 * that never occurs fails the test as well, so that the list stays true. The tests print TAP of their own,
 * since Criterion's has no place for counts.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The mnemonics that the other decoder uses for the lines of a base name: that of the line up to its first
 * '_'. Other lines are spelled as their base name is. */
struct compare_alias {
    const char *base, *mnemonics;
};

enum compare_side {
    ONLY_OURS,   /* We decode it, the other does not. */
    ONLY_THEIRS, /* The other way round. */
    OTHER_NAME,  /* Both decode it, to different mnemonics. */
};

struct compare_known {
    const char *name;
    enum compare_side side;
    /*
     * ONLY_OURS: lines, by name or by its beginning up to some '_'; "feature:X", lines of a feature;
     * "constrained", encodings that are CONSTRAINED UNPREDICTABLE and refused after decoding. Otherwise the
     * other's mnemonics. "*" is all.
     */
    const char *what;
    bool (*when)(uint32_t w); /* Which encodings of these. */
    const char *section, *reason;
};

struct comparison {
    const char *tool; /* For messages: "Capstone". */
    const struct compare_alias *aliases;
    unsigned alias_count;
    const struct compare_known *known;
    unsigned known_count;
    unsigned long sampled; /* The words are those of words_each() for this; 0 when they are others. */
    unsigned long *hits;   /* How often each known difference occurred. */
    unsigned long word_count, difference_count;
};

/* One word, and the other decoder's mnemonic; NULL when it is no instruction there. */
void compare_word(struct comparison *c, uint32_t insn, const char *theirs);
/* Prints how many words there were and which known differences, and TAP's line for `what`; false for
 * differences and for known ones that did not occur. */
bool compare_end(const struct comparison *c, const char *what);
/* One line of TAP. Returns passed. */
bool tap_ok(bool passed, const char *what);
