/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file counter.c
 * Names and meanings of the event counters.
 */
#include "core/counter.h"

static const struct {
    const char *name, *text;
} counters[] = {
#define COUNTER(name, text) [CTR_##name] = { #name, text },
#include "core/counter.def"
#undef COUNTER
};

const char *counter_name(enum counter_id id)
{
    return counters[id].name;
}

const char *counter_text(enum counter_id id)
{
    return counters[id].text;
}
