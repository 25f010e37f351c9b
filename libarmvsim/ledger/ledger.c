/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file ledger.c
 * The ledger's life: creation, callbacks, opening and closing of the database, the end of a run.
 */
#include "ledger/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "arch/trap_ids.h"
#include "ledger/internal.h"
#include "timing/counts.h"

_Static_assert(TRAP_COUNT + 4 * 256 <= CAUSE_LIMIT, "every cause has its place in the dictionary");

const uint8_t ledger_columns[TABLE_COUNT] = {
#define T(name, columns, text, real) columns,
    LEDGER_TABLES(T)
#undef T
};

static gint compare_keys(gconstpointer a, gconstpointer b, gpointer user)
{
    (void)user;
    return strcmp(a, b);
}

/* Everything that is about one database, empty. */
static void state_begin(struct ledger *l)
{
    dict_init(&l->contexts, 1, CONTEXT_LIMIT);
    dict_init(&l->causes, 1, CAUSE_LIMIT);
    dict_init(&l->sites, 2, SITE_LIMIT);
    dict_init(&l->shapes, TRAP_SHAPE_WORDS, SHAPE_LIMIT);
    dict_init(&l->places, 1, PLACE_LIMIT);
    agg_dict_init(&l->trap_classes, 2, TRAP_CLASS_LIMIT);
    agg_dict_init(&l->switch_classes, 3, SWITCH_CLASS_LIMIT);
    agg_dict_init(&l->virq_stages, 2, VIRQ_STAGE_LIMIT);
    state_init(l);
    phase_init(l);
    l->text = g_string_chunk_new(4096);
    l->track_count = l->m->pe_count;
    l->track = g_new0(struct pe_track, l->track_count);
    l->sample_at = l->sample;
    l->sample_rng = l->m->seed;
}

static void state_end(struct ledger *l)
{
    aftermath_close(l);
    needless_close(l);
    for (unsigned i = 0; i < l->track_count; i++) {
        g_free(l->track[i].cells);
        if (l->m->pe)
            phase_off(&l->m->pe[i]);
    }
    g_free(l->track);
    g_string_chunk_free(l->text);
    agg_dict_destroy(&l->virq_stages);
    agg_dict_destroy(&l->switch_classes);
    agg_dict_destroy(&l->trap_classes);
    dict_destroy(&l->state_sets);
    dict_destroy(&l->shapes);
    memset(l->shape_memo, 0, sizeof(l->shape_memo));
    dict_destroy(&l->places);
    dict_destroy(&l->sites);
    dict_destroy(&l->causes);
    dict_destroy(&l->contexts);
    g_free(l->site_stats);
    g_free(l->state_costs);
    l->site_stats = NULL;
    l->state_costs = NULL;
    l->site_capacity = l->state_capacity = 0;
    l->octaves = l->life_count = 0;
    l->shapes_made = l->shape_hits = 0;
    l->trap_count = l->switch_count = l->virq_count = 0;
    l->failed = l->finished = l->detached = false;
    memset(l->exceptions, 0, sizeof(l->exceptions));
}

struct ledger *ledger_new(struct avs_machine *m)
{
    struct ledger *l = calloc(1, sizeof(*l));

    if (!l)
        return NULL;
    l->m = m;
    l->sample = 1;
    l->meta = g_tree_new_full(compare_keys, NULL, g_free, g_free);
    state_begin(l);
    return l;
}

void ledger_free(struct ledger *l)
{
    if (!l)
        return;
    ledger_close_db(l);
    coverage_free(l->coverage);
    state_end(l);
    g_tree_destroy(l->meta);
    free(l);
}

void ledger_set_trap_fn(struct ledger *l, avs_trap_fn fn, void *user)
{
    l->trap_fn = fn;
    l->trap_user = user;
}

void ledger_set_switch_fn(struct ledger *l, avs_switch_fn fn, void *user)
{
    l->switch_fn = fn;
    l->switch_user = user;
}

static void look_at_sink(struct ledger *l)
{
    if (l->failed || !sink_failed(l->sink))
        return;
    l->failed = true;
    sink_fail(l->sink, l->m);
    machine_stop(l->m, STOP_HOST_ERROR);
}

void ledger_push(struct ledger *l)
{
    l->batch = sink_push(l->sink);
    if (l->finished) {
        l->finished = false;
        ROW(l, TABLE_run, row_text("status"), row_text("running"));
    }
    look_at_sink(l);
}

static void commit(struct ledger *l)
{
    sink_commit(l->sink);
    l->batch = sink_batch(l->sink);
    look_at_sink(l);
}

/* Time is accounted from now on. */
static void start_clocks(struct ledger *l)
{
    for (unsigned i = 0; i < l->track_count && l->m->pe; i++) {
        l->track[i].last_cycle = pe_cycles(&l->m->pe[i]);
        l->track[i].last_insn = pe_insns(&l->m->pe[i]);
    }
}

avs_status ledger_sample(struct ledger *l, uint64_t n)
{
    if (!n)
        return avs_fail(l->m, AVS_ERR_ARG, "sample 0: at least 1");
    if (l->sink)
        return avs_fail(l->m, AVS_ERR_STATE, "sample: a ledger is open already");
    l->sample = n;
    return AVS_OK;
}

avs_status ledger_open_db(struct ledger *l, const char *path)
{
    avs_status s;

    if (l->sink)
        return avs_fail(l->m, AVS_ERR_STATE, "%s: a ledger is open already", path);
    if (coverage_begun(l->coverage))
        return avs_fail(l->m, AVS_ERR_STATE, "%s: coverage went to an earlier ledger", path);
    state_end(l);
    state_begin(l);
    s = sink_open(l->m, path, &l->sink);
    if (s)
        return s;
    l->batch = sink_batch(l->sink);
    start_clocks(l);
    if (l->m->pe) /* Values of system registers that nobody wrote are no leaks. */
        memcpy(l->reset_sr, l->m->pe[0].sr, sizeof(l->reset_sr));
    aftermath_open(l);
    meta_write_static(l);
    meta_write_run(l, false);
    commit(l);
    if (!l->failed)
        return AVS_OK;
    return ledger_close_db(l);
}

/* Closes what is open, and writes all totals. */
static void close_events(struct ledger *l)
{
    for (unsigned i = 0; i < l->track_count; i++)
        l->track[i].end = (struct moment){ pe_insns(&l->m->pe[i]), pe_cycles(&l->m->pe[i]) };
    trap_close_all(l);
    virq_close_all(l);
    totals_flush(l);
    site_flush(l);
    context_flush(l);
    coverage_flush(l);
    meta_write_counters(l);
}

void ledger_attach(struct ledger *l)
{
    for (unsigned i = 0; i < l->track_count; i++) {
        struct pe *c = &l->m->pe[i];

        timing_counts_sync(c);
        l->track[i].begin = (struct moment){ pe_insns(c), pe_cycles(c) };
        memcpy(l->track[i].begin_ctr, c->ctr, sizeof(c->ctr));
    }
    start_clocks(l);
}

void ledger_detach(struct ledger *l)
{
    if (l->sink)
        close_events(l);
    for (unsigned i = 0; i < l->track_count; i++)
        l->track[i].depth = 0;
    l->detached = true;
}

avs_status ledger_finish(struct ledger *l)
{
    if (!l->sink)
        return AVS_OK;
    if (!l->finished && !l->failed) {
        if (interval_is_open(l->m))
            close_events(l);
        commit(l);
        meta_write_run(l, true);
        commit(l);
        l->finished = true;
    }
    return l->failed ? sink_fail(l->sink, l->m) : AVS_OK;
}

avs_status ledger_close_db(struct ledger *l)
{
    avs_status s;

    if (!l->sink)
        return AVS_OK;
    ledger_finish(l);
    s = sink_close(l->sink, l->m);
    l->sink = NULL;
    l->batch = NULL;
    return s;
}

bool ledger_hooks(struct ledger *l, struct pe_hooks *out)
{
    memset(out, 0, sizeof(*out));
    if (!l->sink && !l->trap_fn && !l->switch_fn)
        return false;
    out->user = l;
    out->exception = trap_exception;
    out->eret = trap_eret;
    if (!l->sink)
        return true;
    out->virq = virq_event;
    out->idle = trap_idle;
    out->fetch = l->coverage ? coverage_fetch : NULL;
    out->executed = l->coverage ? coverage_executed : NULL;
    return true;
}

bool ledger_failed(const struct ledger *l)
{
    return l->failed;
}
