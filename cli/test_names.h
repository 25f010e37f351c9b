/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_names.h
 * Names that ledgers can have and that the library knows beforehand: causes, system registers, counters.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

enum test_names { NAMES_CAUSE, NAMES_REGISTER, NAMES_COUNTER, NAMES_COUNT };

/* The list of a subject such as "cause."; false when its names are not known beforehand. */
bool test_names_list(const char *subject, enum test_names *out);
bool test_names_has(enum test_names list, const char *name);
/* "there is no cause 'X'; ...", with those that are near. The caller frees it. */
char *test_names_unknown(enum test_names list, const char *name);
