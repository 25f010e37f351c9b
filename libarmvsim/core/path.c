/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file path.c
 * Leaders, followers and the notes between them (path.h). All of them run on one thread, by turns: the
 * leader a portion, then each follower the same, so that the notes never grow beyond a portion's.
 */
#include "core/path.h"

#include <glib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "a64/op.h"
#include "board/board.h"
#include "core/run.h"

/* A portion ends at the first service after this many notes or instructions. */
enum { PORTION_NOTES = 1 << 14, PORTION_INSNS = 1 << 20 };

/* A value and who notes it. No time is beyond 56 bits: at 10 GHz that is 80 days. */
enum { TAG_SHIFT = 56, TAG_KIND_SHIFT = 60 };
#define VALUE_MASK MASK(TAG_SHIFT - 1, 0)

/* Where a service took place. */
struct stop {
    uint64_t insns, exceptions; /* Of PE `pe`. */
    uint32_t looks;             /* Fetches of the next instruction that it had begun by then. */
    uint8_t pe;
    bool pause;     /* The portion ends here. */
    bool scheduler; /* Between turns, after `insns` values. */
    bool decoded;   /* A look has, in spite of the stop: the next instruction's block. */
};

/* A PE's place, and how often it has looked for the instruction there. */
struct look {
    uint64_t insns, exceptions;
    uint32_t count;
};

struct path {
    struct avs_machine *leader; /* NULL: it leads. */
    bool runs;                  /* Else its time is still nobody's: it is being made. */
    struct look look[PATH_PES];
    /* A leader's. */
    GArray *values, *stops;
    GByteArray *input; /* What the notes of input were. */
    GPtrArray *followers;
    uint64_t portion_insns; /* All PEs', when the portion began. */
    /* A follower's: what it has taken. */
    size_t value_at, stop_at, input_at;
    uint64_t last; /* Value. */
    struct {
        uint64_t path, own; /* A PE's cycle as it was noted last, and what its own was then. */
    } seen[PATH_PES];
    bool is_lost;
};

static const char *const kind_text[] = {
    [PATH_CYCLE] = "a reading of time",          [PATH_COUNT] = "a reading of an event counter",
    [PATH_ARRIVAL] = "a delayed interrupt",      [PATH_EXCEPTION] = "an exception",
    [PATH_CHOICE] = "a choice of the scheduler", [PATH_INPUT] = "console input",
};

/* Who is on a path. */

static struct path *new_path(struct avs_machine *leader)
{
    struct path *p = g_new0(struct path, 1);

    p->leader = leader;
    if (leader)
        return p;
    p->values = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    p->stops = g_array_new(FALSE, FALSE, sizeof(struct stop));
    p->input = g_byte_array_new();
    p->followers = g_ptr_array_new();
    return p;
}

static avs_status check_leader(struct avs_machine *m, struct avs_machine *leader)
{
    if (path_follows(leader))
        return avs_fail(m, AVS_ERR_ARG, "a machine that follows another cannot be followed");
    if (path_member(leader, PATH_MEMBERS - 1))
        return avs_fail(m, AVS_ERR_ARG, "%d machines follow this one already", PATH_MEMBERS - 1);
    if (m->pe_count != leader->pe_count)
        return avs_fail(m, AVS_ERR_ARG, "%u PEs cannot follow %u", m->pe_count, leader->pe_count);
    for (unsigned i = 0; i < leader->pe_count; i++)
        if (pe_insns(&leader->pe[i]))
            return avs_fail(m, AVS_ERR_STATE, "the machine to follow has run already");
    return AVS_OK;
}

avs_status path_join(struct avs_machine *m, struct avs_machine *leader)
{
    avs_status s = check_leader(m, leader);

    if (s)
        return s;
    if (!leader->path)
        leader->path = new_path(NULL);
    m->path = new_path(leader);
    g_ptr_array_add(leader->path->followers, m);
    m->identity = core_model_copy(leader->model);
    m->path_timing = leader->timing;
    m->seed = leader->seed;
    m->rtc_epoch = leader->rtc_epoch;
    m->max_insns = leader->max_insns;
    m->max_cycles = leader->max_cycles;
    m->sched.quantum = leader->sched.quantum;
    return AVS_OK;
}

static void free_path(struct avs_machine *m)
{
    struct path *p = m->path;

    if (p->values)
        g_array_free(p->values, TRUE);
    if (p->stops)
        g_array_free(p->stops, TRUE);
    if (p->input)
        g_byte_array_free(p->input, TRUE);
    if (p->followers)
        g_ptr_array_free(p->followers, TRUE);
    g_free(p);
    m->path = NULL;
}

/* A follower without its leader keeps its state for those who look at it. */
static void orphan(struct avs_machine *f)
{
    if (f->stop == STOP_NONE || f->stop == STOP_REQUEST) {
        avs_fail(f, AVS_ERR_STATE, "the machine that it follows is gone");
        f->stop = STOP_HOST_ERROR;
    }
    free_path(f);
}

void path_leave(struct avs_machine *m)
{
    struct path *p = m->path;

    if (!p)
        return;
    if (p->leader) {
        struct path *lead = p->leader->path;

        g_ptr_array_remove(lead->followers, m);
        if (!lead->followers->len)
            free_path(p->leader);
    }
    for (unsigned i = 0; p->followers && i < p->followers->len; i++)
        orphan(p->followers->pdata[i]);
    free_path(m);
}

bool path_follows(const struct avs_machine *m)
{
    return m->path && m->path->leader;
}

bool path_is_lost(const struct avs_machine *m)
{
    return m->path && m->path->is_lost;
}

struct avs_machine *path_leader(struct avs_machine *m)
{
    return path_follows(m) ? m->path->leader : m;
}

struct avs_machine *path_member(struct avs_machine *leader, unsigned n)
{
    if (n == 0)
        return leader;
    return leader->path && n <= leader->path->followers->len ? leader->path->followers->pdata[n - 1] : NULL;
}

/* Values. */

static struct path *notes(const struct avs_machine *m)
{
    return m->path->leader ? m->path->leader->path : m->path;
}

/* The follower has come off the path: on PE `c`, because of `why`. The run ends with the first reason. */
static void lose(struct avs_machine *m, const struct pe *c, const char *why)
{
    const char *symbol = avs_symbol(m, c->pc);

    if (m->stop == STOP_HOST_ERROR)
        return;
    avs_fail(m, AVS_ERR_STATE,
             "PE %u leaves the path that it follows at or before instruction %" PRIu64 " (pc 0x%" PRIx64
             "%s%s%s): %s",
             c->index, pe_insns(c), c->pc, symbol ? " <" : "", symbol ? symbol : "", symbol ? ">" : "",
             why);
    m->path->is_lost = true;
    m->stop = STOP_NONE;
    machine_stop(m, STOP_HOST_ERROR);
}

static uint64_t take_value(struct avs_machine *m, unsigned pe, enum path_kind kind)
{
    struct path *p = m->path;
    const GArray *values = notes(m)->values;
    g_autofree char *why = NULL;
    uint64_t v;

    if (m->stop == STOP_HOST_ERROR)
        return p->last;
    if (p->value_at == values->len) {
        why = g_strdup_printf("%s, of which there was none", kind_text[kind]);
        lose(m, &m->pe[pe], why);
        return p->last;
    }
    v = g_array_index(values, uint64_t, p->value_at);
    if (v >> TAG_SHIFT != ((uint64_t)kind << 4 | pe)) {
        why = g_strdup_printf("%s, where there was %s of PE %u", kind_text[kind],
                              kind_text[v >> TAG_KIND_SHIFT], (unsigned)(v >> TAG_SHIFT & 15));
        lose(m, &m->pe[pe], why);
        return p->last;
    }
    p->value_at++;
    p->last = v & VALUE_MASK;
    if (kind == PATH_CYCLE) {
        p->seen[pe].path = p->last;
        p->seen[pe].own = pe_cycles(&m->pe[pe]);
    }
    return p->last;
}

static void note_value(struct path *p, unsigned pe, enum path_kind kind, uint64_t value)
{
    const uint64_t v = ((uint64_t)kind << 4 | pe) << TAG_SHIFT | (value & VALUE_MASK);

    g_array_append_val(p->values, v);
}

uint64_t path_value(struct avs_machine *m, unsigned pe, enum path_kind kind, uint64_t own)
{
    if (!m->path->runs)
        return own;
    if (m->path->leader)
        return take_value(m, pe, kind);
    note_value(m->path, pe, kind, own);
    return own;
}

uint64_t path_own_cycles(const struct avs_machine *m, uint64_t cycles)
{
    if (!path_follows(m))
        return cycles;
    return scale_count(cycles, m->model->clock_hz, machine_identity(m)->clock_hz);
}

/* `to` - `from` of the leader's cycles on from the follower's cycle `own`. */
static uint64_t own_after(const struct avs_machine *m, uint64_t own, uint64_t from, uint64_t to)
{
    return to >= from ? own + path_own_cycles(m, to - from) : own - path_own_cycles(m, from - to);
}

uint64_t path_own_now(const struct pe *c)
{
    const struct avs_machine *m = c->m;
    const struct pe *current = m->sched.current;
    const struct path *p = m->path;
    unsigned i = c->index, k = current ? current->index : 0;

    if (!path_follows(m) || c == current)
        return current ? pe_cycles(current) : m->sched.now;
    if (!current)
        return own_after(m, p->seen[i].own, p->seen[i].path, m->sched.now);
    return own_after(m, p->seen[i].own, p->seen[i].path, p->seen[k].path) + pe_cycles(current) -
           p->seen[k].own;
}

/* Input. */

void path_note_input(struct avs_machine *m, const char *bytes, size_t len)
{
    if (!m->path || !len)
        return;
    g_byte_array_append(m->path->input, (const guint8 *)bytes, (guint)len);
    note_value(m->path, 0, PATH_INPUT, len);
}

void path_take_input(struct avs_machine *m)
{
    const struct path *n;
    struct path *p = m->path;

    if (!path_follows(m))
        return;
    n = notes(m);
    while (p->value_at < n->values->len &&
           g_array_index(n->values, uint64_t, p->value_at) >> TAG_KIND_SHIFT == PATH_INPUT) {
        const size_t len = take_value(m, 0, PATH_INPUT);

        board_console_input(m->board, (const char *)n->input->data + p->input_at, len);
        p->input_at += len;
    }
}

/* Stops. */

static uint64_t all_insns(const struct avs_machine *m)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < m->pe_count; i++)
        sum += pe_insns(&m->pe[i]);
    return sum;
}

static bool portion_is_full(const struct avs_machine *m)
{
    const struct path *p = m->path;

    return p->values->len + p->stops->len >= PORTION_NOTES ||
           all_insns(m) - p->portion_insns >= PORTION_INSNS;
}

static const struct stop *next_stop(const struct avs_machine *m)
{
    const GArray *stops = notes(m)->stops;

    return m->path->stop_at < stops->len ? &g_array_index(stops, struct stop, m->path->stop_at) : NULL;
}

static void note_stop(struct avs_machine *m, const struct stop *s)
{
    g_array_append_vals(m->path->stops, s, 1);
    if (s->pause)
        m->stop = STOP_PAUSE;
}

void path_stop_here(struct avs_machine *m)
{
    GArray *stops = m->path->stops;

    if (!m->path->leader && stops->len)
        g_array_index(stops, struct stop, stops->len - 1).pause = true;
}

/* -1, 0, 1: the PE is before, at, or beyond a stop of its own. */
static int compare(const struct pe *c, const struct stop *s)
{
    const uint64_t insns = pe_insns(c), exceptions = c->ctr[CTR_exception];

    if (insns != s->insns)
        return insns < s->insns ? -1 : 1;
    return (exceptions > s->exceptions) - (exceptions < s->exceptions);
}

void path_look(struct pe *c)
{
    struct look *k = &c->m->path->look[c->index];

    if (k->insns != pe_insns(c) || k->exceptions != c->ctr[CTR_exception])
        *k = (struct look){ pe_insns(c), c->ctr[CTR_exception], 0 };
    k->count++;
}

static uint32_t looks(const struct pe *c)
{
    const struct look *k = &c->m->path->look[c->index];

    return k->insns == pe_insns(c) && k->exceptions == c->ctr[CTR_exception] ? k->count : 0;
}

/* What a look has found; NULL: there was none here. */
static struct op *looked_at(const struct pe *c)
{
    const bool found = looks(c) && c->code_ops && c->pc - c->code_va < AVS_PAGE_SIZE;

    return found ? c->code_ops + ((c->pc - c->code_va) >> 2) : NULL;
}

/* Which PE decodes a block that several execute is counted: the same one as in the leader. */
static void decode_as_leader(struct pe *c, const struct stop *s)
{
    struct op *op = s->decoded ? looked_at(c) : NULL;

    if (op && !op->suffix)
        a64_decode_block(c, op);
}

static bool follower_arrives(struct pe *c)
{
    const struct stop *s = next_stop(c->m);
    int where;

    if (!s || s->scheduler || s->pe != c->index) {
        lose(c->m, c, "it goes on, where the other one's turn was over");
        return true;
    }
    where = compare(c, s);
    if (where > 0)
        lose(c->m, c, "an interrupt or the end of a turn was due before");
    if (where < 0 || (where == 0 && looks(c) < s->looks))
        return false;
    decode_as_leader(c, s);
    c->m->path->stop_at++;
    if (s->pause)
        c->m->stop = STOP_PAUSE;
    return true;
}

static struct stop stop_of(const struct pe *c)
{
    const struct op *op = looked_at(c);

    return (struct stop){ .insns = pe_insns(c),
                          .exceptions = c->ctr[CTR_exception],
                          .looks = looks(c),
                          .pe = (uint8_t)c->index,
                          .decoded = op && op->suffix };
}

void path_stop_at(struct pe *c)
{
    const struct stop s = stop_of(c);

    if (c->m->path->leader)
        return;
    note_stop(c->m, &s);
    path_stop_here(c->m);
}

bool path_arrive(struct pe *c)
{
    struct avs_machine *m = c->m;
    struct stop s = stop_of(c);

    if (m->path->leader)
        return m->stop != STOP_NONE || follower_arrives(c);
    s.pause = m->stop == STOP_NONE && portion_is_full(m);
    note_stop(m, &s);
    return true;
}

uint64_t path_next_insn(const struct pe *c, bool *here)
{
    const struct stop *s = next_stop(c->m);
    int where;

    *here = false;
    if (!s || s->scheduler || s->pe != c->index)
        return UINT64_MAX;
    where = compare(c, s);
    *here = where >= 0;
    /* At the instruction already, but before an exception that comes instead of it. */
    return s->insns > pe_insns(c) ? s->insns : pe_insns(c) + 1;
}

void path_exception(struct pe *c, uint64_t pc)
{
    const uint64_t what = (pc ^ (uint64_t)c->exc.type << 52 ^ (uint64_t)c->exc.ec << 44) & VALUE_MASK;
    const uint64_t noted = path_value(c->m, c->index, PATH_EXCEPTION, what);
    const struct stop *s;

    if (!path_follows(c->m))
        return;
    if (noted != what)
        lose(c->m, c, "an exception, where there was another one");
    s = next_stop(c->m);
    if (s && s->insns == pe_insns(c))
        pe_force(c); /* The stop may be right behind the exception. */
}

bool path_pauses(struct avs_machine *m)
{
    const struct stop *s;

    if (!m->path->leader) {
        if (m->path->values->len >= 2 * PORTION_NOTES)
            note_stop(m, &(struct stop){ .insns = m->path->values->len, .pause = true, .scheduler = true });
        return m->stop != STOP_NONE;
    }
    s = next_stop(m);
    if (!s || !s->scheduler || s->insns != m->path->value_at)
        return false;
    m->path->stop_at++;
    m->stop = STOP_PAUSE;
    return true;
}

/* Portions. */

static bool same_state(const struct pe *a, const struct pe *b)
{
    return a->pc == b->pc && a->el == b->el && a->daif == b->daif && pe_nzcv(a) == pe_nzcv(b) &&
           a->x[REG_SP] == b->x[REG_SP] && pe_insns(a) == pe_insns(b) &&
           !memcmp(a->x, b->x, REG_ZERO * sizeof(a->x[0])) && !memcmp(a->v, b->v, sizeof(a->v)) &&
           !memcmp(a->sr, b->sr, sizeof(a->sr));
}

/* After a portion: whether the follower is where its leader is, with the same registers. */
static void check(struct avs_machine *m, const struct avs_machine *leader)
{
    const struct path *n = leader->path;
    const bool stops = leader->stop == STOP_PAUSE || leader->stop == STOP_REQUEST;

    if (m->stop == STOP_HOST_ERROR)
        return;
    if (leader->stop == STOP_HOST_ERROR) {
        lose(m, &m->pe[0], leader->last_error);
        return;
    }
    if (stops ? m->stop != STOP_PAUSE && m->stop != STOP_REQUEST : m->stop != leader->stop)
        lose(m, &m->pe[0], "its run ends in another way");
    else if (stops && (m->path->value_at != n->values->len || m->path->stop_at != n->stops->len))
        lose(m, &m->pe[0], "it does less");
    for (unsigned i = 0; i < m->pe_count; i++)
        if (!same_state(&m->pe[i], &leader->pe[i]))
            lose(m, &m->pe[i], "its registers are others");
}

static void run_portion(struct avs_machine *m)
{
    m->path->runs = true;
    machine_run(m);
    m->path->runs = false;
}

static void follow(struct avs_machine *m, struct avs_machine *leader)
{
    m->stop = STOP_NONE;
    path_take_input(m);
    run_portion(m);
    check(m, leader);
    if (m->stop == STOP_PAUSE || m->stop == STOP_REQUEST)
        m->stop = leader->stop;
}

static void forget(struct path *p)
{
    g_array_set_size(p->values, 0);
    g_array_set_size(p->stops, 0);
    g_byte_array_set_size(p->input, 0);
    for (unsigned i = 0; i < p->followers->len; i++) {
        struct path *f = ((struct avs_machine *)p->followers->pdata[i])->path;

        f->value_at = f->stop_at = f->input_at = 0;
    }
}

/* Whether somebody wants a follower to stop. */
static bool stop_requested(const struct path *p)
{
    bool wanted = false;

    for (unsigned i = 0; i < p->followers->len; i++)
        wanted |= ((const struct avs_machine *)p->followers->pdata[i])->stop_requested;
    return wanted;
}

void path_run(struct avs_machine *leader)
{
    struct path *p = leader->path;
    struct avs_machine *f;

    do {
        leader->stop = STOP_NONE;
        p->portion_insns = all_insns(leader);
        if (stop_requested(p))
            leader->stop_requested = 1;
        run_portion(leader);
        for (unsigned i = 1; (f = path_member(leader, i)); i++)
            if (f->stop == STOP_NONE || f->stop == STOP_PAUSE)
                follow(f, leader);
        forget(p);
    } while (leader->stop == STOP_PAUSE);
}
