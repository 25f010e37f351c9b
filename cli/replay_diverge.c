/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file replay_diverge.c
 * The instruction at which a run leaves its recording. Between two hashes, of which the first agrees, both
 * runs are made again, the recorded one and the changed one, and the states of their PEs are compared at a
 * few thousand instructions in between; then between two of these, until they are next to each other.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "replay.h"
#include "replay/state.h"

enum { POINTS = 4096, ITEMS_SHOWN = 24 };

/* ---- Hashes at many instructions ---- */

/* The states of a run at from, from + step, ... */
struct trace {
    uint64_t from, step, to;
    GArray *hashes; /* uint64_t; what the run did not come to is not there. */
    struct replay *r;
};

static uint64_t trace_mark(void *user, struct avs_machine *m, struct pe *c)
{
    struct trace *t = user;
    const uint64_t hash = state_hash_pes(m);
    uint64_t here;

    (void)c;
    g_array_append_val(t->hashes, hash);
    here = t->from + t->hashes->len * t->step;
    if (here < t->to)
        return here + t->step;
    replay_stop(t->r);
    return TAP_NEVER;
}

static avs_status trace_run(struct trace *t, struct replay *r)
{
    avs_status s = replay_start(r);

    if (s)
        return s;
    t->r = r;
    t->hashes = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    replay_verify(r, false);
    replay_mark(r, t->from + t->step, trace_mark, t);
    replay_run(r);
    return AVS_OK;
}

/* How many points agree. */
static unsigned agreeing(const struct trace *a, const struct trace *b)
{
    unsigned i = 0;

    while (i < a->hashes->len && i < b->hashes->len &&
           g_array_index(a->hashes, uint64_t, i) == g_array_index(b->hashes, uint64_t, i))
        i++;
    return i;
}

/* Narrows [*from, *to], at whose end the runs differ: to one step, or to what is behind the last point that
 * both came to. */
static avs_status narrow(struct replay *changed, struct replay *recorded, uint64_t *from, uint64_t *to)
{
    struct trace a = { .from = *from, .step = (*to - *from + POINTS - 1) / POINTS, .to = *to }, b = a;
    avs_status s;
    unsigned same;

    if ((s = trace_run(&a, recorded)))
        return s;
    s = trace_run(&b, changed);
    if (!s) {
        same = agreeing(&a, &b);
        *from += same * a.step;
        if (same < a.hashes->len || same < b.hashes->len || a.step > 1)
            *to = MIN(*to, *from + a.step);
        else
            *to = *from + 1; /* The end. */
        g_array_free(b.hashes, TRUE);
    }
    g_array_free(a.hashes, TRUE);
    return s;
}

/* ---- States at one instruction and after the next ---- */

struct side {
    struct replay *r;
    uint64_t at;
    unsigned pe;
    char *insn;                /* What is next at `at`. */
    GPtrArray *before, *after; /* "PE0 x5 = 0x1", in the order of state_each(). */
    GPtrArray *to;
};

static void add_text(void *user, const struct state_item *item)
{
    struct side *s = user;
    g_autofree char *index = item->index < 0 ? g_strdup("") : g_strdup_printf("%d", item->index);

    g_ptr_array_add(s->to, g_strdup_printf("PE%u %s%s\t0x%" PRIx64, s->pe, item->name, index, item->value));
}

static void capture(struct side *s, struct avs_machine *m, GPtrArray *to)
{
    s->to = to;
    for (unsigned i = 0; i < m->pe_count; i++) {
        s->pe = i;
        state_each(&m->pe[i], add_text, s);
    }
}

static uint64_t side_mark(void *user, struct avs_machine *m, struct pe *c)
{
    struct side *s = user;

    if (!s->insn) {
        s->insn = show_next_insn(m, c);
        capture(s, m, s->before);
        return s->at + 1;
    }
    capture(s, m, s->after);
    replay_stop(s->r);
    return TAP_NEVER;
}

/* At 0 instructions there is no mark: the machine is as it was made. */
static avs_status side_run(struct side *s, struct replay *r, uint64_t at)
{
    avs_status status = replay_start(r);

    *s = (struct side){ .r = r, .at = at };
    s->before = g_ptr_array_new_with_free_func(g_free);
    s->after = g_ptr_array_new_with_free_func(g_free);
    if (status)
        return status;
    replay_verify(r, false);
    if (!at)
        side_mark(s, replay_machine(r), &replay_machine(r)->pe[0]);
    replay_mark(r, at ? at : 1, side_mark, s);
    replay_run(r);
    if (!s->after->len) /* The end. */
        capture(s, replay_machine(r), s->after);
    return AVS_OK;
}

static void side_clear(struct side *s)
{
    g_free(s->insn);
    g_ptr_array_free(s->before, TRUE);
    g_ptr_array_free(s->after, TRUE);
}

/* The value of the item that `line` begins with; those that are not there are zero. */
static const char *value_of(const GPtrArray *lines, const char *line)
{
    const size_t len = strcspn(line, "\t") + 1;

    for (guint i = 0; i < lines->len; i++) {
        const char *other = lines->pdata[i];

        if (!strncmp(other, line, len))
            return other + len;
    }
    return "0x0";
}

/* Lines of `a` whose value is another in `b`; `swapped`: `a` is the run now, and what both have was
 * printed. */
static unsigned print_items(const GPtrArray *a, const GPtrArray *b, bool swapped, unsigned shown)
{
    for (guint i = 0; i < a->len; i++) {
        const char *line = a->pdata[i], *mine = strchr(line, '\t') + 1, *other = value_of(b, line);

        if (!strcmp(mine, other) || (swapped && strcmp(other, "0x0")))
            continue;
        if (shown++ < ITEMS_SHOWN)
            fprintf(stderr, "  %-24.*s %-20s %s\n", (int)(mine - line - 1), line, swapped ? other : mine,
                    swapped ? mine : other);
    }
    return shown;
}

static void print_difference(const GPtrArray *recorded, const GPtrArray *now)
{
    unsigned shown;

    fprintf(stderr, "after it\n  %-24s %-20s %s\n", "", "recorded", "now");
    shown = print_items(recorded, now, false, 0);
    shown = print_items(now, recorded, true, shown);
    if (shown > ITEMS_SHOWN)
        fprintf(stderr, "  and %u more\n", shown - ITEMS_SHOWN);
    if (!shown)
        fputs("  nothing: this armvsim runs both alike, and the recording otherwise\n", stderr);
}

static void print_sides(const struct side *recorded, const struct side *now, uint64_t at)
{
    g_autofree char *number = cli_grouped(at + 1);

    fprintf(stderr, "diverges at instruction %s: ", number);
    if (!strcmp(recorded->insn ? recorded->insn : "", now->insn ? now->insn : "")) {
        fprintf(stderr, "%s\n", recorded->insn);
    } else {
        fprintf(stderr, "\n  recorded: %s\n  now:      %s\n", recorded->insn ? recorded->insn : "the end",
                now->insn ? now->insn : "the end");
    }
    print_difference(recorded->after, now->after);
}

static int explain_at(struct replay *changed, struct replay *recorded, uint64_t at)
{
    struct side a, b;
    avs_status s = side_run(&a, recorded, at);

    if (s) {
        side_clear(&a);
        return cli_error("%s", avs_last_error(NULL));
    }
    s = side_run(&b, changed, at);
    if (s)
        cli_error("%s", avs_last_error(NULL));
    else
        print_sides(&a, &b, at);
    side_clear(&a);
    side_clear(&b);
    return s ? EXIT_USAGE : EXIT_FAILED;
}

int diverge_explain(struct replay *changed, struct replay *recorded, const struct replay_result *d)
{
    uint64_t from = d->from, to = MAX(d->to, d->from + 1);

    while (to - from > 1) {
        if (narrow(changed, recorded, &from, &to))
            return cli_error("%s", avs_last_error(NULL));
    }
    return explain_at(changed, recorded, from);
}
