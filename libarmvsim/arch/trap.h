/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file trap.h
 * Trap controls as the rest of arch/ uses them; see trap.def.
 */
#pragma once

#include <stddef.h>

#include "arch/trap_ids.h"
#include "core/pe.h"

/* A line of trap.def. */
struct trap_control {
    const char *name;    /* "HCR_EL2.TVM" */
    const char *section; /* Register, bits and meaning; the manual's name for a register is its section. */
    uint16_t line;
    uint16_t reg;     /* enum sysreg_id; SR_NONE for a CAUSE line. */
    uint16_t values;  /* Bit v: value v of the field traps. */
    uint8_t lo, mask; /* The field: (register >> lo) & mask. */
    uint8_t from;     /* Bit n: accesses from EL n. */
    uint8_t dir;      /* Bit 0 reads, bit 1 writes. */
    uint8_t to;
    uint8_t when; /* enum trap_when */
};

enum trap_when {
#define TRAP_WHEN(name, expr) TRAP_WHEN_##name,
#include "arch/trap_when.def"
#undef TRAP_WHEN
    TRAP_WHEN_COUNT
};

enum { TRAP_GROUP_MAX = 8 }; /* Controls in a group, and one for the end. */

struct trap_list {
    const char *name;
    uint16_t line;
    uint8_t id[TRAP_GROUP_MAX]; /* TRAP_NONE ends it. */
};

/* What is left of a group for one EL and direction on one machine: fields to compare, no more. */
struct trap_rule {
    uint16_t reg, values; /* values 0 ends a list. */
    uint8_t lo, mask, id, when;
};

extern const struct trap_control trap_controls[TRAP_COUNT];
extern const struct trap_list trap_lists[TRAP_GROUP_COUNT];

/* The control of a group that traps an access from the current EL now; TRAP_NONE when none does. */
unsigned trap_find(const struct pe *c, unsigned group, bool write);
/* The EL that a control's trap goes to now. */
uint8_t trap_target(const struct pe *c, unsigned id);
/* The rules of a group for accesses from an EL on this PE's machine. */
void trap_prepare(const struct pe *c, unsigned group, unsigned el, bool write,
                  struct trap_rule rules[TRAP_GROUP_MAX]);

/* Look the tables over; false with the reason, which names the line, in `why`. */
bool trap_check_controls(const struct trap_control *t, unsigned count, char *why, size_t len);
bool trap_check_groups(const struct trap_list *g, unsigned count, char *why, size_t len);
