/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file lines.h
 * Source lines of an ELF file's code, from its DWARF.
 */
#pragma once

#include <glib.h>
#include <libelf.h>
#include <stdbool.h>
#include <stdint.h>

struct lines;

struct source_line {
    char *file; /* The caller's, freed with g_free(); without the directories of the host that compiled. */
    int line;
};

/* Takes the file, elf and its bytes (of malloc()), over; NULL, and takes nothing, when it has no lines. */
struct lines *lines_open(Elf *elf, uint8_t *bytes);
void lines_free(struct lines *l);
/* The line that the instruction at addr comes from. False when the file does not say. */
bool lines_find(struct lines *l, uint64_t addr, struct source_line *out);

/* A file's name, as DWARF has it, without the host's directories; to be freed with g_free(). `comp_dir` is
 * where the compiler ran, NULL when it is not known. */
char *lines_name(const char *path, const char *comp_dir);
