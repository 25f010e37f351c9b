/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_budget.c
 * Reads budgets and makes queries of them. Names that the library knows (causes, registers, counters) are
 * checked here, so that a mistyped one is an error and not a count of zero.
 */
#include "test_budget.h"

#include <math.h>
#include <string.h>

#include "test_names.h"

static const struct budget_kind kinds[] = {
#define KIND(name, ...) { #name, __VA_ARGS__ },
#include "test_budget.def"
};

/* Each kind's place in `kinds`. */
enum {
#define KIND(name, ...) KIND_##name,
#include "test_budget.def"
};

static const struct budget_subject subjects[] = {
#define SUBJECT(name, kind, what, dimension, meaning)                                                      \
    { name, &kinds[KIND_##kind], what, DIM_##dimension, meaning },
#include "test_budget.def"
};

static const struct budget_stat stats[] = {
#define STAT(name, dimension, sql, meaning) { #name, DIM_##dimension, sql, meaning },
#include "test_budget.def"
};

static const struct {
    const char *name;
    enum budget_dimension dimension;
    double factor;
} units[] = {
#define UNIT(name, dimension, factor) { name, DIM_##dimension, factor },
#include "test_budget.def"
};

/* Longer ones before those that they begin with; "=" is another way to write "==". */
static const struct {
    const char *text;
    enum budget_op op;
} ops[] = { { "<=", OP_LE }, { ">=", OP_GE }, { "==", OP_EQ }, { "!=", OP_NE },
            { "<", OP_LT },  { ">", OP_GT },  { "=", OP_EQ } };

const char *budget_op_text(enum budget_op op)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ops); i++)
        if (ops[i].op == op)
            return ops[i].text;
    return "?";
}

void budget_clear(struct budget *b)
{
    g_free(b->name);
    g_free(b->text);
    g_free(b->left);
    *b = (struct budget){ 0 };
}

static const struct budget_stat *find_stat(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(stats); i++)
        if (!strcmp(stats[i].name, name))
            return &stats[i];
    return NULL;
}

static bool has_stat(const struct budget_kind *k, const char *name)
{
    g_autofree char *word = g_strdup_printf(" %s ", name);

    return strstr(k->stats, word);
}

static bool has_name(const struct budget_subject *s)
{
    return g_str_has_suffix(s->name, ".");
}

static const struct budget_subject *find_subject(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(subjects); i++)
        if (!strcmp(subjects[i].name, name))
            return &subjects[i];
    return NULL;
}

/* "cause.HCR_EL2.TWI": the subject "cause." and the rest. */
static const struct budget_subject *find_named(const char *text, const char **rest)
{
    for (size_t i = 0; i < G_N_ELEMENTS(subjects); i++)
        if (has_name(&subjects[i]) && g_str_has_prefix(text, subjects[i].name)) {
            *rest = text + strlen(subjects[i].name);
            return &subjects[i];
        }
    return NULL;
}

/* "count, total, mean": what a kind has. */
static char *stat_names(const struct budget_kind *k)
{
    g_auto(GStrv) words = g_strsplit(k->stats, " ", -1);
    GString *out = g_string_new(NULL);

    for (char **w = words; *w; w++)
        if (**w)
            g_string_append_printf(out, "%s%s", out->len ? ", " : "", *w);
    return g_string_free(out, FALSE);
}

static char *no_stat(const struct budget_subject *s, const char *stat)
{
    g_autofree char *names = stat_names(s->kind);

    if (!strcmp(s->name, "virq"))
        return g_strdup_printf("virq has only a count; its stages, virq.respond and the like, have more");
    if (!strcmp(s->kind->stats, " value "))
        return g_strdup_printf("%s is one figure, without '%s'", s->name, stat);
    return g_strdup_printf("'%s' has no '%s'; it has %s", s->name, stat, names);
}

static char *unknown_subject(const char *text)
{
    const char *dot = strrchr(text, '.');
    g_autofree char *head = dot ? g_strndup(text, (gsize)(dot - text)) : NULL;
    const struct budget_subject *near = head ? find_subject(head) : NULL;
    GString *out;

    if (near)
        return no_stat(near, dot + 1);
    out = g_string_new(NULL);
    g_string_printf(out, "'%s' is not something to measure; there are ", text);
    for (size_t i = 0; i < G_N_ELEMENTS(subjects); i++)
        g_string_append_printf(out, "%s%s%s", i ? ", " : "", subjects[i].name,
                               has_name(&subjects[i]) ? "NAME" : "");
    return g_string_free(out, FALSE);
}

/* Names that the library knows are looked up; functions and contexts are the guest's. */
static bool check_name(const struct budget_subject *s, const char *name, char **why)
{
    enum test_names list;

    if (!*name) {
        *why = g_strdup_printf("%s needs a name", s->name);
        return false;
    }
    if (!test_names_list(s->name, &list) || test_names_has(list, name))
        return true;
    *why = test_names_unknown(list, name);
    return false;
}

/* What is measured, without its stat. */
static bool parse_subject(const char *text, struct budget *out, char **why)
{
    const char *rest = text;

    out->subject = find_subject(text);
    if (out->subject && !has_name(out->subject))
        return true;
    if (g_str_has_prefix(text, "traps.")) { /* traps.sysreg: those of the traps that are sysreg. */
        out->subject = find_subject(text + strlen("traps."));
        if (out->subject && out->subject->kind == &kinds[KIND_trap])
            return true;
    }
    out->subject = find_named(text, &rest);
    if (!out->subject) { /* A cause or register by its name alone. */
        if (test_names_has(NAMES_CAUSE, text))
            out->subject = find_subject("cause.");
        else if (test_names_has(NAMES_REGISTER, text))
            out->subject = find_subject("register.");
    }
    if (!out->subject) {
        *why = unknown_subject(text);
        return false;
    }
    out->name = g_strdup(rest);
    return check_name(out->subject, rest, why);
}

static bool parse_left(const char *text, struct budget *out, char **why)
{
    const char *dot = strrchr(text, '.');
    g_autofree char *head = dot ? g_strndup(text, (gsize)(dot - text)) : NULL;

    out->left = g_strdup(text);
    out->stat = dot ? find_stat(dot + 1) : NULL;
    if (!parse_subject(out->stat ? head : text, out, why))
        return false;
    if (!out->stat)
        out->stat = find_stat(out->subject->kind->default_stat);
    if (has_stat(out->subject->kind, out->stat->name) &&
        (strcmp(out->subject->name, "virq") != 0 || !strcmp(out->stat->name, "count")))
        return true;
    *why = no_stat(out->subject, out->stat->name);
    return false;
}

enum budget_dimension budget_unit(const struct budget *b)
{
    return strcmp(b->stat->name, "value") != 0 ? b->stat->dimension : b->subject->dimension;
}

static bool check_unit(struct budget *out, enum budget_dimension unit, const char *text, char **why)
{
    enum budget_dimension wanted = budget_unit(out);

    if (wanted == DIM_SHARE && unit != DIM_SHARE)
        *why = g_strdup_printf("%s is a share; write '%s%%'", out->left, text);
    else if (wanted != DIM_SHARE && unit == DIM_SHARE)
        *why = g_strdup_printf("%s is %s, not a share; '%s' has a '%%'", out->left,
                               wanted == DIM_CYCLES ? "in cycles" : "a count", text);
    else if (wanted == DIM_COUNT && unit == DIM_TIME)
        *why = g_strdup_printf("%s is a count, but '%s' is a time", out->left, text);
    out->is_time = unit == DIM_TIME;
    return !*why;
}

static bool parse_value(const char *text, struct budget *out, char **why)
{
    char *end = NULL;

    if (g_ascii_isdigit(*text) && !(text[0] == '0' && (text[1] == 'x' || text[1] == 'X')))
        out->value = g_ascii_strtod(text, &end);
    if (!end || !isfinite(out->value)) {
        *why = g_strdup_printf("'%s' is not a number", text);
        return false;
    }
    while (*end == ' ')
        end++;
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (!strcmp(units[i].name, end)) {
            out->value *= units[i].factor;
            return check_unit(out, units[i].dimension, text, why);
        }
    *why = g_strdup_printf("'%s': '%s' is not a unit; there are K, M, G, ns, us, ms, s and %%", text, end);
    return false;
}

bool budget_parse(const char *text, struct budget *out, char **why)
{
    size_t at = strcspn(text, "<>=!");
    g_autofree char *left = g_strstrip(g_strndup(text, at));
    g_autofree char *right = NULL;

    *out = (struct budget){ .text = g_strdup(text) };
    *why = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(ops) && !right; i++)
        if (g_str_has_prefix(text + at, ops[i].text)) {
            out->op = ops[i].op;
            right = g_strstrip(g_strdup(text + at + strlen(ops[i].text)));
        }
    if (!right || !*left || !*right) {
        *why = g_strdup_printf("'%s' is not a budget; it is SUBJECT.STAT <= VALUE (or >=, ==, !=, <, >)",
                               text);
        return false;
    }
    return parse_left(left, out, why) && parse_value(right, out, why);
}

double budget_limit(const struct budget *b, double clock_hz)
{
    return b->is_time ? b->value * clock_hz / 1e9 : b->value;
}

bool budget_holds(const struct budget *b, double measured, double clock_hz)
{
    double limit = budget_limit(b, clock_hz);
    const bool holds[OP_COUNT] = {
        [OP_LE] = measured <= limit,
        [OP_GE] = measured >= limit,
        [OP_EQ] = measured >= limit && measured <= limit,
        [OP_NE] = measured < limit || measured > limit,
        [OP_LT] = measured<limit, [OP_GT] = measured> limit,
    };

    return holds[b->op];
}

/* 'text' as SQL has it. */
static char *quoted(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "'", -1);
    g_autofree char *inside = g_strjoinv("''", parts);

    return g_strdup_printf("'%s'", inside);
}

static char *replaced(const char *text, const char *mark, const char *by)
{
    g_auto(GStrv) parts = g_strsplit(text, mark, -1);

    return g_strjoinv(by, parts);
}

/* A query of the kind, about the subject. NULL of NULL. */
static char *about(const struct budget *b, const char *query)
{
    g_autofree char *name = quoted(b->name ? b->name : "");
    g_autofree char *what = NULL;

    if (!query)
        return NULL;
    /* The query first: what stands for {name} is the guest's, and nothing in it is a mark of ours. */
    what = replaced(query, "{what}", b->subject->what);
    return replaced(what, "{name}", name);
}

char *budget_query(const struct budget *b)
{
    g_autofree char *agg = about(b, b->subject->kind->agg);
    g_autofree char *hist = about(b, b->subject->kind->hist);

    return g_strdup_printf("WITH a AS (%s), h AS (%s), c AS (SELECT hi, SUM(n) OVER (ORDER BY hi) AS upto,"
                           " SUM(n) OVER () AS n FROM h) SELECT (%s)",
                           agg, hist ? hist : "SELECT 0 AS hi, 0 AS n WHERE 0", b->stat->sql);
}

/* The limit as SQL has it. */
static char *limit_text(const struct budget *b, double clock_hz)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    return g_strdup(g_ascii_dtostr(text, sizeof(text), budget_limit(b, clock_hz)));
}

/* Whether single events that are too long exceed the budget: quantiles and the maximum. */
static bool is_of_longest(const struct budget *b)
{
    return (b->op == OP_LE || b->op == OP_LT) && (*b->stat->name == 'p' || !strcmp(b->stat->name, "max"));
}

char *budget_offenders_query(const struct budget *b, double clock_hz)
{
    const char *order = budget_unit(b) == DIM_COUNT ? "count" : is_of_longest(b) ? "beyond" : "cycles";
    g_autofree char *limit = is_of_longest(b) ? limit_text(b, clock_hz) : g_strdup("NULL");
    g_autofree char *query = NULL, *sorted = NULL;

    if (!b->subject->kind->offenders)
        return NULL;
    query = replaced(b->subject->kind->offenders, "{over}", limit);
    sorted = replaced(query, "{order}", order);
    return about(b, sorted);
}

char *budget_first_query(const struct budget *b, double clock_hz)
{
    g_autofree char *limit = limit_text(b, clock_hz);
    g_autofree char *query = NULL;

    if (!b->subject->kind->first || !is_of_longest(b))
        return NULL;
    query = replaced(b->subject->kind->first, "{over}", limit);
    return about(b, query);
}

char *budget_help(void)
{
    GString *out =
        g_string_new("A budget is SUBJECT[.STAT] OP VALUE; OP is <=, >=, ==, !=, < or >.\n\nSUBJECT:\n");

    for (size_t i = 0; i < G_N_ELEMENTS(subjects); i++) {
        g_autofree char *name = g_strconcat(subjects[i].name, has_name(&subjects[i]) ? "NAME" : "", NULL);

        g_string_append_printf(out, "  %-14s %s\n", name, subjects[i].meaning);
    }
    g_string_append(out, "\nSTAT:\n");
    for (size_t i = 0; i < G_N_ELEMENTS(stats); i++)
        if (strcmp(stats[i].name, "value") != 0)
            g_string_append_printf(out, "  %-14s %s\n", stats[i].name, stats[i].meaning);
    g_string_append(
        out, "\nVALUE is a number with an optional K, M or G; cycles also as ns, us, ms or s of modelled\n"
             "time at the core's clock; a share with %.\n");
    return g_string_free(out, FALSE);
}
