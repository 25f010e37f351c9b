/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file explain_text.c
 * Looking things up in explain_cause.def and iss.def.
 */
#include "explain_text.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "arch/exc.h"
#include "arch/sysreg.h"
#include "arch/trap.h"

static const struct why trap_whys[TRAP_COUNT] = {
#define WHY(id, text, advice) [TRAP_##id] = { text, advice },
#define WHY_EC(name, text, advice)
#define WHY_INTERRUPT(type, text, advice)
#include "explain_cause.def"
#undef WHY
#undef WHY_EC
#undef WHY_INTERRUPT
};

static const struct why class_whys[64] = {
#define WHY(id, text, advice)
#define WHY_EC(name, text, advice) [EC_##name] = { text, advice },
#define WHY_INTERRUPT(type, text, advice)
#include "explain_cause.def"
#undef WHY
#undef WHY_EC
#undef WHY_INTERRUPT
};

static const struct why interrupt_whys[4] = {
#define WHY(id, text, advice)
#define WHY_EC(name, text, advice)
#define WHY_INTERRUPT(type, text, advice) [type] = { text, advice },
#include "explain_cause.def"
#undef WHY
#undef WHY_EC
#undef WHY_INTERRUPT
};

const struct why *why_of_trap(unsigned id)
{
    return id < TRAP_COUNT && trap_whys[id].text ? &trap_whys[id] : NULL;
}

const struct why *why_of_class(unsigned type, unsigned ec)
{
    const struct why *w = type ? &interrupt_whys[type & 3] : &class_whys[ec & 63];

    return w->text ? w : NULL;
}

unsigned why_find(const char *name, const char *section, bool access)
{
    unsigned best = TRAP_NONE, best_score = 0;

    for (unsigned id = TRAP_NONE + 1; id < TRAP_COUNT; id++) {
        const struct trap_control *t = &trap_controls[id];
        unsigned score = 1;

        if (strcmp(t->name, name) != 0)
            continue;
        score += (t->reg != SR_NONE) == access;
        score += section && !strcmp(t->section, section) ? 2 : 0;
        if (score > best_score) {
            best = id;
            best_score = score;
        }
    }
    return best;
}

static unsigned width_of(unsigned mask)
{
    unsigned width = 0;

    while (mask >> width)
        width++;
    return width;
}

/* Bits of a value, the highest first; a field of one bit without a prefix. */
static void append_value(char *text, unsigned size, unsigned value, unsigned width)
{
    size_t len = strlen(text);

    if (width > 1)
        len += (size_t)snprintf(text + len, size - len, "0b");
    for (unsigned i = width; i-- && len + 1 < size;)
        text[len++] = (char)('0' + (value >> i & 1));
    text[len < size ? len : size - 1] = 0;
}

static void append_text(char *text, unsigned size, const char *more)
{
    size_t len = strlen(text);

    snprintf(text + len, size - len, "%s", more);
}

/* Which values trap, out of the set: "0b00 or 0b10". */
static void append_values(char *text, unsigned size, const struct trap_control *t)
{
    unsigned width = width_of(t->mask), left = t->values;

    for (unsigned value = 0; left; value++, left >>= 1) {
        if (!(left & 1))
            continue;
        append_value(text, size, value, width);
        if (left >> 1)
            append_text(text, size, " or ");
    }
}

void why_control(unsigned id, char *text, unsigned size)
{
    const struct trap_control *t = &trap_controls[id < TRAP_COUNT ? id : TRAP_NONE];
    unsigned width = width_of(t->mask);

    *text = 0;
    if (t->reg == SR_NONE)
        return;
    if (width > 1)
        snprintf(text, size, "%s (bits %u:%u) is ", t->name, t->lo + width - 1, (unsigned)t->lo);
    else
        snprintf(text, size, "%s (bit %u) is ", t->name, (unsigned)t->lo);
    append_values(text, size, t);
}

static const struct iss_field fields[] = {
#define ISS(class, field, hi, lo, values, when, meaning)                                                   \
    { EC_##class, hi, lo, when, #field, #values, meaning },
#define ISS_VALUE(list, value, meaning)
#include "iss.def"
#undef ISS
#undef ISS_VALUE
};

static const struct iss_text {
    const char *list;
    uint32_t value;
    const char *meaning;
} texts[] = {
#define ISS(class, field, hi, lo, values, when, meaning)
#define ISS_VALUE(list, value, meaning) { #list, value, meaning },
#include "iss.def"
#undef ISS
#undef ISS_VALUE
};

enum { FIELD_COUNT = sizeof(fields) / sizeof(*fields), TEXT_COUNT = sizeof(texts) / sizeof(*texts) };

const struct iss_field *iss_next(unsigned ec, unsigned *next)
{
    while (*next < FIELD_COUNT) {
        const struct iss_field *f = &fields[(*next)++];

        if (f->ec == ec)
            return f;
    }
    return NULL;
}

uint32_t iss_value(const struct iss_field *f, uint32_t iss)
{
    return iss >> f->lo & ((2u << (f->hi - f->lo)) - 1);
}

enum iss_kind iss_kind(const struct iss_field *f)
{
    return !strcmp(f->values, "NUMBER")     ? ISS_NUMBER
           : !strcmp(f->values, "REGISTER") ? ISS_REGISTER
                                            : ISS_LIST;
}

const char *iss_value_text(const struct iss_field *f, uint32_t value)
{
    for (unsigned i = 0; i < TEXT_COUNT; i++)
        if (texts[i].value == value && !strcmp(texts[i].list, f->values))
            return texts[i].meaning;
    return NULL;
}

bool iss_list_exists(const struct iss_field *f)
{
    for (unsigned i = 0; i < TEXT_COUNT; i++)
        if (!strcmp(texts[i].list, f->values))
            return true;
    return false;
}
