/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file explain_text.h
 * What armvsim knows about causes of traps and about syndromes: explain_cause.def and iss.def as tables.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct why {
    const char *text, *advice; /* Sentences; advice may be NULL. */
};

/* Of a line of arch/trap.def, enum trap_id. */
const struct why *why_of_trap(unsigned id);
/* Of an exception that no control sent: by its type (0 synchronous, 1 IRQ, 2 FIQ, 3 SError) and class. NULL
 * when it is none that there is. */
const struct why *why_of_class(unsigned type, unsigned ec);
/* The line of arch/trap.def of a ledger's cause. Several have one name: then the section tells, or else
 * whether a register access was trapped. TRAP_NONE when there is none. */
unsigned why_find(const char *name, const char *section, bool access);
/* "HCR_EL2.TVM (bit 26) is 1": which values trap. Empty for lines that are no controls. At most `size`
 * bytes with the 0. */
void why_control(unsigned id, char *text, unsigned size);

enum iss_kind { ISS_NUMBER, ISS_REGISTER, ISS_LIST };

struct iss_field {
    uint8_t ec, hi, lo;
    int8_t when; /* A bit that has to be set, or -1. */
    const char *name, *values, *meaning;
};

/* The fields of the ISS of a class in the order of the table: from *next on, which begins with 0. NULL at
 * the end. */
const struct iss_field *iss_next(unsigned ec, unsigned *next);
uint32_t iss_value(const struct iss_field *f, uint32_t iss);
/* What a value of a list means; NULL for numbers, registers and values that mean nothing. */
const char *iss_value_text(const struct iss_field *f, uint32_t value);
enum iss_kind iss_kind(const struct iss_field *f);
/* Whether the list of a field has any values. */
bool iss_list_exists(const struct iss_field *f);
