/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_objdump.c
 * The decoder against objdump of binutils 2.40, over the words of words.h. objdump gets them as a file and
 * is told to print no aliases, so that its mnemonics are the manual's; the differences that are known are
 * in known_objdump.def. Hints have their names as aliases alone: they are compared in a run of their own.
 */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "a64/insn.h"
#include "compare.h"
#include "core/bits.h"
#include "words.h"

#define OBJDUMP "aarch64-linux-gnu-objdump"

/* Lines for common cases of an instruction, by the instruction's name; without aliases. */
static const struct compare_alias canonical[] = {
    { "ASR", "sbfm" },  { "SXTW", "sbfm" }, { "LSR", "ubfm" },
    { "UXTB", "ubfm" }, { "UXTH", "ubfm" }, { "MOV", "orr" },
};

/* What HINT is called when it has no line of its own. */
static const struct compare_alias hints[] = {
    { "HINT", "nop yield dgh esb psb tsb csdb bti clearbhb" },
};

#define KNOWN_FILE "known_objdump.def"
#include "known.h"

/* The words that objdump is given: their count and their sum, which its output must have too. */
struct sent {
    FILE *file;
    uint64_t count, sum;
};

static void send(void *to, uint32_t insn, unsigned line)
{
    struct sent *s = to;
    uint8_t bytes[4] = { (uint8_t)insn, (uint8_t)(insn >> 8), (uint8_t)(insn >> 16),
                         (uint8_t)(insn >> 24) };

    (void)line;
    s->sum += insn * ++s->count;
    fwrite(bytes, sizeof(bytes), 1, s->file);
}

/* A line "   4:\t8b020020 \tadd\tx0, x1, x2": its word and mnemonic; false for other lines. */
static bool parse(char *line, uint32_t *insn, char **mnemonic)
{
    char *at = strstr(line, ":\t"), *end;

    if (!at)
        return false;
    *insn = (uint32_t)strtoul(at + 2, &end, 16);
    if (end != at + 10 || end[0] != ' ' || end[1] != '\t')
        return false;
    *mnemonic = end + 2;
    end[2 + strcspn(end + 2, " \t\n")] = '\0';
    return true;
}

/* Writes the words into a new file; its path, NULL when that fails. */
static char *write_words(struct sent *s, void (*words)(struct sent *s))
{
    char *path = NULL;
    int fd = g_file_open_tmp("armvsim-words-XXXXXX", &path, NULL);

    s->file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!s->file)
        return NULL;
    words(s);
    if (fclose(s->file) == 0)
        return path;
    unlink(path);
    g_free(path);
    return NULL;
}

/* Runs objdump on a file, and compares what it says of each word. */
static bool run_objdump(struct comparison *c, const char *option, const char *path, struct sent *back)
{
    char *quoted = g_shell_quote(path), line[1024], *mnemonic;
    char *command =
        g_strdup_printf("LC_ALL=C " OBJDUMP " -D -z -b binary -m aarch64 %s %s", option, quoted);
    FILE *out = popen(command, "r");
    uint32_t insn;

    while (out && fgets(line, sizeof(line), out)) {
        if (!parse(line, &insn, &mnemonic))
            continue;
        back->sum += insn * ++back->count;
        compare_word(c, insn, strcmp(mnemonic, ".inst") ? mnemonic : NULL);
    }
    g_free(command);
    g_free(quoted);
    return out && pclose(out) == 0;
}

/* Gives `words` to objdump; true when all came back and nothing differs. */
static bool compare_with_objdump(struct comparison *c, const char *option, void (*words)(struct sent *s),
                                 const char *what)
{
    struct sent sent = { 0 }, back = { 0 };
    char *path = write_words(&sent, words);
    bool ran = path && run_objdump(c, option, path, &back);

    if (path)
        unlink(path);
    g_free(path);
    if (!ran)
        printf("# " OBJDUMP " or its temporary file failed\n");
    if (back.count != sent.count || back.sum != sent.sum)
        printf("# not the %lu words that objdump was given\n", (unsigned long)sent.count);
    else if (ran)
        return compare_end(c, what);
    return tap_ok(false, what);
}

static void all_words(struct sent *s)
{
    words_each(words_wanted(), send, s);
}

/* All 128 hints. */
static void hint_words(struct sent *s)
{
    for (uint32_t i = 0; i < 128; i++)
        send(s, 0xd503201f | i << 5, A64_UNALLOCATED);
}

static bool same_instructions(void)
{
    unsigned long hits[KNOWN_COUNT] = { 0 };
    struct comparison c = { .tool = "objdump",
                            .aliases = canonical,
                            .alias_count = sizeof(canonical) / sizeof(canonical[0]),
                            .known = known,
                            .known_count = KNOWN_COUNT,
                            .sampled = words_wanted(),
                            .hits = hits };

    return compare_with_objdump(&c, "-M no-aliases", all_words, "objdump decodes the same instructions");
}

static bool same_hints(void)
{
    struct comparison c = { .tool = "objdump",
                            .aliases = hints,
                            .alias_count = sizeof(hints) / sizeof(hints[0]) };

    return compare_with_objdump(&c, "", hint_words, "objdump names the hints alike");
}

int main(void)
{
    char *path = g_find_program_in_path(OBJDUMP);
    bool passed;

    if (!path) {
        printf("1..0 # SKIP " OBJDUMP " is missing (Debian package binutils-aarch64-linux-gnu)\n");
        return 0;
    }
    g_free(path);
    printf("1..2\n");
    passed = same_instructions();
    return !(same_hints() && passed);
}
