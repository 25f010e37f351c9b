/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sysreg_check.c
 * Self-checks of sysreg.def: what a typing slip in a line would break. The tests run them.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "arch/sysreg_table.h"
#include "core/bits.h"

struct report {
    char *why;
    size_t len;
};

__attribute__((format(printf, 3, 4))) static bool fail(const struct report *r, const struct sysreg_info *t,
                                                       const char *fmt, ...)
{
    const char *file = strrchr(t->file, '/');
    int used = snprintf(r->why, r->len, "%s:%u: %s: ", file ? file + 1 : t->file, t->line, t->name);
    va_list ap;

    va_start(ap, fmt);
    if (used > 0 && (size_t)used < r->len)
        vsnprintf(r->why + used, r->len - (size_t)used, fmt, ap);
    va_end(ap);
    return false;
}

/* The lowest EL that op1 lets in (D23.2, "op1 encodings and accessibility"). */
static unsigned lowest_el(unsigned op1)
{
    static const uint8_t by_op1[] = { 1, 1, 1, 0, 2, 2, 3, 1 };

    return by_op1[op1];
}

static bool check_access(const struct report *r, const struct sysreg_info *t)
{
    unsigned lowest = lowest_el(sysreg_op1(t->enc));
    unsigned all = 0;

    for (unsigned el = 0; el < 4; el++)
        all |= t->access[el];
    for (unsigned el = 0; el < lowest; el++)
        if (t->access[el] != SRA_NA)
            return fail(r, t, "EL%u has access, but op1 %u is for EL%u up", el, sysreg_op1(t->enc), lowest);
    if (t->access[lowest] == SRA_NA)
        return fail(r, t, "EL%u has no access, though op1 %u is for it", lowest, sysreg_op1(t->enc));
    if (!(all & SRA_RO) && t->read)
        return fail(r, t, "a read function, but nobody reads");
    if (!(all & SRA_WO) && (t->write || t->mask))
        return fail(r, t, "a write function or mask, but nobody writes");
    return true;
}

/* A name ends in the EL whose op1 the encoding has. SP_ELx belong to the EL above theirs. */
static bool check_name(const struct report *r, const struct sysreg_info *t)
{
    static const struct {
        const char *suffix;
        uint8_t op1s; /* Bit n: op1 n. */
    } rules[] = {
        { "_EL0", 1 << 3 },  { "_EL1", 1 << 0 | 1 << 1 | 1 << 2 | 1 << 7 },
        { "_EL2", 1 << 4 },  { "_EL3", 1 << 6 },
        { "_EL12", 1 << 5 }, { "_EL02", 1 << 5 },
    };

    if (!strncmp(t->name, "SP_EL", 5))
        return true;
    for (unsigned i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        size_t n = strlen(t->name), m = strlen(rules[i].suffix);

        if (n > m && !strcmp(t->name + n - m, rules[i].suffix) && !bit(rules[i].op1s, sysreg_op1(t->enc)))
            return fail(r, t, "op1 %u does not fit the name", sysreg_op1(t->enc));
    }
    return true;
}

static bool check_alias(const struct report *r, const struct sysreg_info *table, unsigned count,
                        const struct sysreg_info *t)
{
    const struct sysreg_info *to = &table[t->other];

    if (t->alias == SRL_SELF)
        return true;
    if (t->other >= count)
        return fail(r, t, "an alias of nothing");
    if (t->alias == SRL_E2H && (sysreg_op1(to->enc) != 4 || to->alias != SRL_SELF))
        return fail(r, t, "redirected to %s, which is no register of EL2", to->name);
    if (t->alias == SRL_OF && (to->alias == SRL_OF || t->read || t->write || t->mask || t->reset))
        return fail(r, t, "another name of %s has functions or a value of its own", to->name);
    if (t->alias == SRL_OF && (sysreg_op1(t->enc) != 5 || to->access[2] != t->access[2]))
        return fail(r, t, "not the EL12 or EL02 form of %s", to->name);
    return true;
}

static bool check_encoding(const struct report *r, const struct sysreg_info *table, unsigned index)
{
    const struct sysreg_info *t = &table[index];

    for (unsigned i = 0; i < index; i++) {
        if (table[i].enc == t->enc)
            return fail(r, t, "the encoding of %s, line %u", table[i].name, table[i].line);
        if (!strcmp(table[i].name, t->name))
            return fail(r, t, "the name of line %u", table[i].line);
    }
    if (sysreg_op0(t->enc) == 1 && (t->access[3] != SRA_WO || !t->write))
        return fail(r, t, "a system instruction is a write with a function");
    if (sysreg_op0(t->enc) == 0)
        return fail(r, t, "op0 is 0: neither a register nor a system instruction");
    return true;
}

bool sysreg_check_table(const struct sysreg_info *table, unsigned count, char *why, size_t len)
{
    const struct report r = { why, len };

    for (unsigned i = 0; i < count; i++) {
        const struct sysreg_info *t = &table[i];

        if (!t->name)
            return snprintf(why, len, "row %u is empty", i), false;
        if (t->class >= SRC_COUNT || t->feature >= SRF_COUNT || t->group >= TRAP_GROUP_COUNT)
            return fail(&r, t, "unknown class, feature or trap group");
        if (!check_encoding(&r, table, i) || !check_access(&r, t) || !check_name(&r, t) ||
            !check_alias(&r, table, count, t))
            return false;
    }
    return true;
}
