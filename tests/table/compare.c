/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file compare.c
 * Which mnemonics belong to a line, which differences are known, and reports that name the line at fault.
 * Only mnemonics are compared: operands are proven by running (tests/diff, tests/asm).
 */
#include "compare.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "a64/insn.h"
#include "core/bits.h"
#include "words.h"

enum { REPORTS_MAX = 20, MNEMONIC_MAX = 32 };

bool tap_ok(bool passed, const char *what)
{
    printf("%sok - %s\n", passed ? "" : "not ", what);
    fflush(stdout);
    return passed;
}

/* Whether a list of words separated by spaces has the first n characters of `word` as one of them. */
static bool in_list(const char *list, const char *word, size_t n)
{
    for (const char *at = list; *at; at += strspn(at, " ")) {
        size_t len = strcspn(at, " ");
        if (len == n && !strncmp(at, word, n))
            return true;
        at += len;
    }
    return false;
}

/* "ADD_imm_64" to "add"; "B_EQ" to "b.eq". */
static void base_name(const char *name, char *out)
{
    bool conditional = !strncmp(name, "B_", 2);
    unsigned i = 0;

    for (; name[i] && (conditional || name[i] != '_') && i < MNEMONIC_MAX - 1; i++)
        out[i] = name[i] == '_' ? '.' : (char)tolower((unsigned char)name[i]);
    out[i] = '\0';
}

/* The bit of a field of one bit, by its letter. */
static bool flag_of(const struct a64_info *info, uint32_t insn, char letter)
{
    const char *at = strchr(info->pattern, letter);

    return at && bit(insn, (unsigned)(31 - (at - info->pattern)));
}

/* FEAT_LSE spells acquire and release before the size: LDADDALB (C6.2 "LDADDB, LDADDAB, ..."). */
static void add_ordering(const struct a64_info *info, uint32_t insn, char *base)
{
    size_t n = strlen(base);
    bool sized = n && (base[n - 1] == 'b' || base[n - 1] == 'h');
    char size[2] = { sized ? base[n - 1] : '\0', '\0' };

    base[n - sized] = '\0';
    if (flag_of(info, insn, 'A'))
        strcat(base, "a");
    if (flag_of(info, insn, 'R'))
        strcat(base, "l");
    strcat(base, size);
}

/* Hints that a decoder has no name for, or is told to give none, are "hint" (C4.1.88 "Hints"). */
static bool is_plain_hint(uint32_t insn, const char *theirs)
{
    return (insn & 0xfffff01f) == 0xd503201f && !strcmp(theirs, "hint");
}

static bool same_mnemonic(const struct comparison *c, const struct a64_info *info, uint32_t insn,
                          const char *theirs)
{
    size_t n = strlen(theirs), len = strcspn(info->name, "_");
    char base[MNEMONIC_MAX + 4];

    if (is_plain_hint(insn, theirs))
        return true;
    for (unsigned i = 0; i < c->alias_count; i++)
        if (!strncmp(c->aliases[i].base, info->name, len) && !c->aliases[i].base[len])
            return in_list(c->aliases[i].mnemonics, theirs, n);
    base_name(info->name, base);
    if (info->feature == A64_FEAT_LSE)
        add_ordering(info, insn, base);
    /* Long, wide and narrowing vector instructions are spelled with a 2 when Q is set. */
    if (bit(insn, 30) && n == strlen(base) + 1 && theirs[n - 1] == '2')
        n--;
    return n == strlen(base) && !strncmp(theirs, base, n);
}

static bool line_in_list(const char *list, const struct a64_info *info, uint32_t insn)
{
    char feature[32] = "feature:";

    strncat(feature, a64_feature_name(info->feature), sizeof(feature) - strlen(feature) - 1);
    if (in_list(list, feature, strlen(feature)))
        return true;
    if (in_list(list, "constrained", strlen("constrained")) && a64_constrained_undef(info, insn) >= 0)
        return true;
    for (size_t n = 1; n <= strlen(info->name); n++)
        if ((info->name[n] == '_' || !info->name[n]) && in_list(list, info->name, n))
            return true;
    return false;
}

/* Whether the difference is known; counts it. */
static bool is_known(struct comparison *c, enum compare_side side, uint32_t insn,
                     const struct a64_info *info, const char *theirs)
{
    for (unsigned i = 0; i < c->known_count; i++) {
        const struct compare_known *k = &c->known[i];

        if (k->side != side || !k->when(insn))
            continue;
        if (!strcmp(k->what, "*") || (side == ONLY_OURS ? line_in_list(k->what, info, insn)
                                                        : in_list(k->what, theirs, strlen(theirs)))) {
            c->hits[i]++;
            return true;
        }
    }
    return false;
}

/* The line that should have been found, among those of that mnemonic: the one that the word was made for,
 * or the one that differs in the fewest fixed bits. NULL when there is none. */
static const struct a64_info *line_at_fault(const struct comparison *c, uint32_t insn, const char *theirs)
{
    unsigned made_for = c->sampled ? words_line(c->sampled, c->word_count - 1) : A64_UNALLOCATED;
    const struct a64_info *best = NULL;
    int least = 33;

    if (made_for != A64_UNALLOCATED && same_mnemonic(c, a64_info(made_for), insn, theirs))
        return a64_info(made_for);
    for (unsigned id = 1; id < A64_ID_COUNT; id++) {
        const struct a64_info *info = a64_info(id);
        int away = __builtin_popcount((insn ^ info->value) & info->mask);
        if (away < least && same_mnemonic(c, info, insn, theirs)) {
            least = away;
            best = info;
        }
    }
    return best;
}

static void report(struct comparison *c, uint32_t insn, const struct a64_info *info, const char *theirs)
{
    const struct a64_info *near;

    if (++c->difference_count > REPORTS_MAX)
        return;
    near = info ? info : line_at_fault(c, insn, theirs);
    printf("# 0x%08x: ", insn);
    if (info)
        printf("%s:%u says %s, %s says %s\n", info->file, info->line, info->name, c->tool,
               theirs ? theirs : "undefined");
    else if (near)
        printf("no line, %s says %s; near %s:%u, %s\n", c->tool, theirs, near->file, near->line,
               near->name);
    else
        printf("no line, %s says %s\n", c->tool, theirs);
}

void compare_word(struct comparison *c, uint32_t insn, const char *theirs)
{
    unsigned id = a64_decode(insn);
    const struct a64_info *info = id == A64_UNALLOCATED ? NULL : a64_info(id);
    enum compare_side side = !info ? ONLY_THEIRS : theirs ? OTHER_NAME : ONLY_OURS;

    c->word_count++;
    if (!info && !theirs)
        return;
    if (info && theirs && same_mnemonic(c, info, insn, theirs))
        return;
    if (!is_known(c, side, insn, info, theirs))
        report(c, insn, info, theirs);
}

bool compare_end(const struct comparison *c, const char *what)
{
    unsigned unused = 0;

    for (unsigned i = 0; i < c->known_count; i++) {
        const struct compare_known *k = &c->known[i];
        printf("# known: %s, %lu words; %s; %s\n", k->name, c->hits[i], k->section, k->reason);
        unused += !c->hits[i];
    }
    printf("# %lu words compared with %s: %lu unknown differences, %u known ones that did not occur\n",
           c->word_count, c->tool, c->difference_count, unused);
    if (c->sampled < WORDS_FULL)
        unused = 0;
    return tap_ok(!unused && !c->difference_count && c->word_count, what);
}
