/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file record.c
 * The recorder. A run is decided by what its machine is made from and by what comes from outside; so that
 * is what it writes, in the order in which it came, and between that the state's hashes, 64 before their
 * distance doubles: a hundredth of the run apart, whatever its length.
 *
 * Input that comes while the guest executes (a key) is given to the guest at the next instruction, where a
 * replay can give it, too; input that answers output is given as it comes, during that output; while all
 * PEs wait, it comes at a cycle.
 */
#include "replay/record.h"

#include <string.h>

#include "board/board.h"
#include "core/path.h"
#include "replay/recipe.h"
#include "replay/state.h"

enum { HASHES_PER_BLOCK = 4, INPUT_PIECE = REC_PAYLOAD_MAX / 2 };

struct record {
    struct avs_machine *m;
    struct rec_writer *w;
    uint64_t digest; /* Of the exceptions. */
    uint64_t console_calls;
    uint64_t hash_at, interval, hash_count;
    uint64_t input_at; /* Where what is kept is given; TAP_NEVER: nothing is. */
    GByteArray *kept;
    avs_idle_fn idle;
    void *idle_user;
    bool started, in_console, stopped_by_console;
    bool ending; /* The run goes on to its next instruction alone. */
    bool again;  /* Stopped for input that was given meanwhile. */
    struct rec_place end;
};

static void add_input(struct record *r, const struct rec_place *place, const void *bytes, size_t len)
{
    for (size_t at = 0; at < len; at += INPUT_PIECE) {
        g_autoptr(GByteArray) payload = g_byte_array_new();

        rec_put_place(payload, place);
        rec_put_bytes(payload, (const uint8_t *)bytes + at, MIN(len - at, INPUT_PIECE));
        rec_add(r->w, REC_INPUT, payload);
    }
}

/* Gives what was kept to the guest. */
static void give(struct record *r, const struct rec_place *place)
{
    add_input(r, place, r->kept->data, r->kept->len);
    board_console_input(r->m->board, (const char *)r->kept->data, r->kept->len);
    path_note_input(r->m, (const char *)r->kept->data, r->kept->len);
    g_byte_array_set_size(r->kept, 0);
    r->input_at = TAP_NEVER;
}

static bool on_input(void *user, const char *bytes, size_t len)
{
    struct record *r = user;
    const struct rec_place place = { r->in_console ? REC_AT_CONSOLE : REC_AT_START, r->console_calls, 0 };

    if (r->in_console || !r->started) {
        add_input(r, &place, bytes, len);
        return false;
    }
    g_byte_array_append(r->kept, (const uint8_t *)bytes, (guint)len);
    if (r->input_at == TAP_NEVER)
        r->input_at = state_insns(r->m) + 1;
    r->m->tap.mark_at = MIN(r->m->tap.mark_at, r->input_at);
    sched_changed(r->m);
    return true;
}

/* ---- Marks ---- */

static void add_hash(struct record *r)
{
    g_autoptr(GByteArray) payload = g_byte_array_new();

    rec_put(payload, r->hash_at);
    rec_put(payload, state_hash_pes(r->m));
    rec_put(payload, state_hash_slice(r->m, (unsigned)(r->hash_count % STATE_SLICES)));
    rec_put(payload, r->digest);
    rec_add(r->w, REC_HASH, payload);
    if (++r->hash_count % HASHES_PER_BLOCK == 0)
        rec_flush(r->w);
    if (r->hash_count % RECORD_PER_INTERVAL == 0)
        r->interval *= 2;
    r->hash_at += r->interval;
}

static uint64_t on_mark(void *user, struct pe *c)
{
    struct record *r = user;
    const uint64_t now = state_insns(r->m);
    const struct rec_place place = { REC_AT_MARK, now, 0 };

    (void)c;
    while (r->hash_at <= now)
        add_hash(r);
    if (r->input_at <= now)
        give(r, &place);
    if (r->ending) {
        r->end = place;
        machine_stop(r->m, STOP_REQUEST);
    }
    return MIN(r->hash_at, r->input_at);
}

/* ---- The rest ---- */

static void on_exception(void *user, struct pe *c, const struct exc *exc, unsigned from_el,
                         uint64_t from_pc)
{
    struct record *r = user;

    (void)from_el;
    r->digest = state_mix_exception(r->digest, c, exc, from_pc);
}

static void on_console(void *user)
{
    struct record *r = user;

    r->in_console = false;
    r->stopped_by_console = r->m->stop_requested;
}

static void before_console(void *user)
{
    struct record *r = user;

    r->console_calls++;
    r->in_console = true;
}

static void on_told(void *user, const struct tap_host *h)
{
    struct record *r = user;
    g_autoptr(GByteArray) payload = g_byte_array_new();

    rec_put(payload, h->operation);
    rec_put(payload, (uint64_t)(h->result + 1));
    rec_put(payload, h->result < 0 ? (uint64_t)h->error_number : 0);
    rec_put_bytes(payload, h->data, h->data && h->result > 0 ? (size_t)h->result : 0);
    rec_add(r->w, REC_HOST, payload);
}

static bool on_idle(void *user, uint64_t ns)
{
    struct record *r = user;
    const struct rec_place place = { REC_AT_IDLE, state_insns(r->m), state_cycle(r->m) };
    bool goes_on = !r->idle || r->ending || r->idle(r->idle_user, ns);

    if (r->ending) {
        r->end = place;
        return false;
    }
    if (!r->kept->len)
        return goes_on;
    give(r, &place);
    r->again = goes_on;
    return false;
}

static const struct tap_ops ops = {
    .mark = on_mark,
    .exception = on_exception,
    .before_console = before_console,
    .console = on_console,
    .input = on_input,
    .told = on_told,
};

void record_on_idle(struct record *r, avs_idle_fn fn, void *user)
{
    r->idle = fn;
    r->idle_user = user;
}

void record_run(struct record *r)
{
    r->started = true;
    r->stopped_by_console = r->again = false;
}

bool record_goes_on(struct record *r)
{
    bool again = r->again && r->m->stop == STOP_REQUEST && !r->m->stop_requested;

    r->again = false;
    return again;
}

avs_status record_open(struct avs_machine *m, const char *path)
{
    g_autoptr(GByteArray) none = g_byte_array_new();
    struct record *r;
    struct rec_writer *w;
    avs_status s;

    if (m->record || state_insns(m))
        return avs_fail(m, AVS_ERR_STATE, "%s: the machine has run already, or is recorded", path);
    if ((s = recipe_measure(m->recipe, m)) || (s = rec_create(m, path, &w)))
        return s;
    r = g_new0(struct record, 1);
    *r = (struct record){ .m = m, .w = w, .kept = g_byte_array_new(), .input_at = TAP_NEVER };
    r->interval = r->hash_at = RECORD_FIRST_INTERVAL;
    recipe_write(m->recipe, w);
    rec_add(w, REC_BEGIN, none);
    record_on_idle(r, m->idle, m->idle_user);
    m->idle = on_idle;
    m->idle_user = r;
    m->tap = (struct tap){ .mark_at = r->hash_at, .ops = &ops, .user = r };
    m->record = r;
    s = rec_flush(w);
    if (s)
        record_free(m);
    return s;
}

void record_free(struct avs_machine *m)
{
    struct record *r = m->record;

    if (!r)
        return;
    m->record = NULL;
    m->tap = (struct tap){ .mark_at = TAP_NEVER };
    m->idle = r->idle;
    m->idle_user = r->idle_user;
    if (r->w)
        rec_finish(r->w);
    g_byte_array_free(r->kept, TRUE);
    g_free(r);
}

/* Where a run that was stopped from outside is may not be a place that a replay can find: the next
 * instruction is one. */
static void go_to_an_end(struct record *r)
{
    struct avs_machine *m = r->m;

    if (r->stopped_by_console) {
        r->end = (struct rec_place){ REC_AT_CONSOLE, r->console_calls, 0 };
        return;
    }
    r->end = (struct rec_place){ REC_AT_ITSELF, 0, 0 };
    r->ending = true;
    m->tap.mark_at = state_insns(m) + 1;
    while (m->stop == STOP_REQUEST && r->end.kind == REC_AT_ITSELF)
        avs_run(m);
}

static void add_end(struct record *r)
{
    const struct avs_machine *m = r->m;
    g_autoptr(GByteArray) payload = g_byte_array_new();

    rec_put_place(payload, &r->end);
    rec_put(payload, m->stop);
    rec_put(payload, (uint64_t)(unsigned)m->exit_status);
    rec_put(payload, state_insns(m));
    rec_put(payload, state_cycle(m));
    rec_put(payload, state_hash_pes(m));
    rec_put(payload, state_hash_memory(r->m));
    rec_put(payload, r->digest);
    rec_add(r->w, REC_END, payload);
}

avs_status record_close(struct avs_machine *m)
{
    struct record *r = m->record;
    avs_status s;

    if (!r)
        return AVS_OK;
    r->end = (struct rec_place){ REC_AT_ITSELF, 0, 0 };
    if (m->stop == STOP_REQUEST || (m->stop == STOP_NONE && r->started))
        go_to_an_end(r);
    if (m->stop != STOP_HOST_ERROR)
        add_end(r);
    s = rec_finish(r->w);
    r->w = NULL;
    record_free(m);
    return s;
}
