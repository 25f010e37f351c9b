/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file trap_check.c
 * Self-checks of trap.def and trap_group.def. The tests run them.
 */
#include <stdio.h>
#include <string.h>

#include "arch/trap.h"

static bool fail(char *why, size_t len, const struct trap_control *t, const char *text, const char *arg)
{
    snprintf(why, len, "trap.def:%u: %s: %s%s", t->line, t->name, text, arg);
    return false;
}

/* CPTR_EL2 and CNTHCTL_EL2 have one layout with HCR_EL2.E2H and one without. */
static bool same_layout(const struct trap_control *a, const struct trap_control *b)
{
    return (a->when == TRAP_WHEN_E2H0) == (b->when == TRAP_WHEN_E2H0);
}

static bool check_control(const struct trap_control *table, unsigned index, char *why, size_t len)
{
    const struct trap_control *t = &table[index];
    unsigned limit = (unsigned)t->mask + 1;

    if (t->reg >= SR_COUNT)
        return fail(why, len, t, "unknown register", "");
    if (!t->values || t->values >> limit)
        return fail(why, len, t, "values that the field does not have", "");
    if (!t->from || t->from >> 4 || !t->dir || t->to < 1 || t->to > 3)
        return fail(why, len, t, "from, dir or to", "");
    if (t->to < 3 && t->from >> (t->to + 1))
        return fail(why, len, t, "a trap to a lower EL", "");
    if (t->when >= TRAP_WHEN_COUNT)
        return fail(why, len, t, "unknown condition", "");
    for (unsigned i = 1; i < index; i++) {
        const struct trap_control *u = &table[i];

        if (u->reg == t->reg && u->lo == t->lo && u->mask == t->mask && same_layout(t, u) &&
            strcmp(u->name, t->name) != 0)
            return fail(why, len, t, "the bits of ", u->name);
    }
    return true;
}

bool trap_check_controls(const struct trap_control *t, unsigned count, char *why, size_t len)
{
    for (unsigned i = 1; i < count; i++) {
        if (!t[i].name || !t[i].section)
            return snprintf(why, len, "row %u is empty", i), false;
        if (t[i].reg != SR_NONE && !check_control(t, i, why, len))
            return false;
    }
    return true;
}

/* A group asks EL1's controls before EL2's before EL3's, and each once. */
static bool check_group(const struct trap_list *g, bool *used, char *why, size_t len)
{
    unsigned to = 1;

    if (g->id[0] == TRAP_NONE || g->id[TRAP_GROUP_MAX - 1] != TRAP_NONE)
        return snprintf(why, len, "trap_group.def:%u: %s: empty or too long", g->line, g->name), false;
    for (const uint8_t *id = g->id; *id; id++) {
        const struct trap_control *t = &trap_controls[*id];

        if (t->reg == SR_NONE)
            return snprintf(why, len, "trap_group.def:%u: %s: %s is no control", g->line, g->name, t->name),
                   false;
        if (t->to < to)
            return snprintf(why, len, "trap_group.def:%u: %s: %s is out of order", g->line, g->name,
                            t->name),
                   false;
        to = t->to;
        used[*id] = true;
    }
    return true;
}

bool trap_check_groups(const struct trap_list *g, unsigned count, char *why, size_t len)
{
    bool used[TRAP_COUNT] = { false };

    for (unsigned i = 1; i < count; i++)
        if (!check_group(&g[i], used, why, len))
            return false;
    for (unsigned i = 1; i < TRAP_COUNT; i++)
        if (trap_controls[i].reg != SR_NONE && !used[i])
            return fail(why, len, &trap_controls[i], "in no group", "");
    return true;
}
