/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file counter.h
 * The event counters of counter.def as an enum.
 */
#pragma once

enum counter_id {
#define COUNTER(name, text) CTR_##name,
#include "core/counter.def"
#undef COUNTER
    CTR_COUNT
};

/* Name and meaning of a counter, for reports. Static strings. */
const char *counter_name(enum counter_id id);
const char *counter_text(enum counter_id id);
