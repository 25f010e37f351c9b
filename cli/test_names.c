/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_names.c
 * Names that a budget can be about: a cause is a line of trap.def, or an exception's class; a register is
 * one of sysreg.def; a counter one of counter.def.
 */
#include "test_names.h"

#include <string.h>

#include "arch/sysreg.h"
#include "arch/trap.h"

enum { NEAR_MAX = 12 };

/* What the ledger calls an exception that no control bit caused. */
static const char *const classes[] = {
#define EC(value, name, meaning) meaning,
#include "arch/ec.def"
#undef EC
    "IRQ",
    "FIQ",
    "SError",
};

static const char *const counters[] = {
#define COUNTER(name, meaning) #name,
#include "core/counter.def"
#undef COUNTER
};

static const char *cause_at(unsigned i)
{
    unsigned control = i - (unsigned)G_N_ELEMENTS(classes) + TRAP_NONE + 1;

    if (i < G_N_ELEMENTS(classes))
        return classes[i];
    return control < TRAP_COUNT ? trap_controls[control].name : NULL;
}

static const char *register_at(unsigned i)
{
    return i < SR_COUNT ? sysreg_name(i) : NULL;
}

static const char *counter_at(unsigned i)
{
    return i < G_N_ELEMENTS(counters) ? counters[i] : NULL;
}

static const struct {
    const char *subject, *word;
    const char *(*at)(unsigned i); /* NULL behind the last. */
} lists[NAMES_COUNT] = {
    [NAMES_CAUSE] = { "cause.", "cause", cause_at },
    [NAMES_REGISTER] = { "register.", "register", register_at },
    [NAMES_COUNTER] = { "counter.", "counter", counter_at },
};

bool test_names_list(const char *subject, enum test_names *out)
{
    for (unsigned i = 0; i < NAMES_COUNT; i++)
        if (!strcmp(lists[i].subject, subject)) {
            *out = (enum test_names)i;
            return true;
        }
    return false;
}

bool test_names_has(enum test_names list, const char *name)
{
    const char *known;

    for (unsigned i = 0; (known = lists[list].at(i)); i++)
        if (!strcmp(known, name))
            return true;
    return false;
}

/* Names in the order of the tables that begin as `name` does, up to `len`; each once. */
static void add_near(GPtrArray *out, enum test_names list, const char *name, size_t len)
{
    const char *known;

    for (unsigned i = 0; (known = lists[list].at(i)) && out->len < NEAR_MAX; i++)
        if (!g_ascii_strncasecmp(known, name, len) &&
            !g_ptr_array_find_with_equal_func(out, known, g_str_equal, NULL))
            g_ptr_array_add(out, (void *)known);
}

char *test_names_unknown(enum test_names list, const char *name)
{
    g_autoptr(GPtrArray) near = g_ptr_array_new();
    g_autofree char *text = NULL;

    for (size_t len = strlen(name); len > 1 && !near->len; len--)
        add_near(near, list, name, len);
    g_ptr_array_add(near, NULL);
    text = g_strjoinv(", ", (char **)near->pdata);
    if (near->len == 1)
        return g_strdup_printf("there is no %s '%s'", lists[list].word, name);
    return g_strdup_printf("there is no %s '%s'; near it are %s", lists[list].word, name, text);
}
