/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Expands the table of known differences KNOWN_FILE, lines KNOWN(name, side, what, when, section, reason),
 * into an array `known` and its count. `when` is a condition on the encoding w; the rest is as in struct
 * compare_known. Included once by each comparison, without a guard.
 */
#define KNOWN(name, side, what, when, section, reason)                                                     \
    static bool when_##name(uint32_t w)                                                                    \
    {                                                                                                      \
        (void)w;                                                                                           \
        return (when);                                                                                     \
    }
#include KNOWN_FILE
#undef KNOWN

static const struct compare_known known[] = {
#define KNOWN(name, side, what, when, section, reason) { #name, side, what, when_##name, section, reason },
#include KNOWN_FILE
#undef KNOWN
};

enum { KNOWN_COUNT = sizeof(known) / sizeof(known[0]) };
