/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file symtab.h
 * Symbols of loaded ELF files, per context: the host's (hypervisor and everything without a VMID of its
 * own), and those given for a VMID. Function and untyped code symbols; lookup by address is a binary
 * search. Source lines where the files have DWARF.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

struct symtab;

struct symbol {
    const char *name; /* Lives as long as the table. */
    uint64_t addr, size;
};

struct symtab *symtab_new(void);
void symtab_free(struct symtab *t);
/* Adds the symbols of an ELF file; vmid < 0 for the host's. AVS_ERR_IO or AVS_ERR_FORMAT. */
avs_status symtab_add_elf(struct symtab *t, struct avs_machine *m, const char *path, int vmid);
/* The symbol that holds addr; NULL when none does (or there is no table: t is NULL). vmid < 0: the host's.
 */
const struct symbol *symtab_find(const struct symtab *t, int vmid, uint64_t addr);
/* The address of a name, among the symbols that symtab_find() looks at; how many addresses have it. */
unsigned symtab_address(const struct symtab *t, int vmid, const char *name, uint64_t *addr);
/* Whether a VM has symbols of its own. */
bool symtab_has(const struct symtab *t, int vmid);
/* The source line of the instruction at addr, by the same tables' DWARF; false when it is not known. *file
 * lives as long as the table. Slow: for what is asked once. */
bool symtab_source(struct symtab *t, int vmid, uint64_t addr, const char **file, int *line);
