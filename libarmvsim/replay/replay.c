/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file replay.c
 * Running a recording again (replay.h). Two readers go through its file: one is at the next record that
 * belongs to an instruction (hashes, input, the end), since that instruction has to be marked ahead; the
 * other at the next that comes with something that the guest does (output, waiting, semihosting).
 */
#include "replay/replay.h"

#include "board/board.h"
#include "core/path.h"
#include "replay/answers.h"
#include "replay/state.h"
#include "replay/track.h"

struct replay {
    char *path, *image_name;
    struct recipe *recipe;
    struct avs_machine *m;
    GPtrArray *answers; /* Of its followers. */
    struct track marks, events;
    bool verify;
    bool again; /* Stopped for an event alone. */
    bool memory_differs;
    uint64_t memory_at; /* Where that was first seen. */
    bool done;          /* At the recorded end, or where the recording ends. */
    uint64_t digest, console_calls;
    struct replay_result result;
    uint64_t user_at;
    replay_mark_fn user_fn;
    void *user;
    uint64_t trap_count;
    replay_trap_fn trap_fn;
    void *trap_user;
};

static uint64_t next_mark(const struct replay *r)
{
    const struct track *t = &r->marks;
    const bool marked = t->any && t->place.kind == REC_AT_MARK;

    return MIN(marked ? t->place.at : TAP_NEVER, r->user_at);
}

/* ---- Comparing ---- */

/* The first difference ends the run. */
static void diverge(struct replay *r, uint64_t at, const char *what)
{
    struct replay_result *d = &r->result;

    if (!r->verify || r->done)
        return;
    r->done = true;
    d->end = REPLAY_DIVERGED;
    d->from = d->insns;
    d->to = at;
    d->digest = r->digest;
    d->what = what;
    machine_stop(r->m, STOP_REQUEST);
}

static void compare_hash(struct replay *r)
{
    struct rec_cursor *c = &r->marks.record.payload;
    const uint64_t pes = rec_get(c), slice = rec_get(c), digest = rec_get(c);
    const unsigned which = (unsigned)(r->result.hashes % STATE_SLICES);

    if (!r->verify)
        return;
    r->result.recorded = digest;
    if (pes != state_hash_pes(r->m) || digest != r->digest) {
        diverge(r, r->marks.place.at, NULL);
        return;
    }
    if (!r->memory_differs && slice != state_hash_slice(r->m, which)) {
        r->memory_differs = true;
        r->memory_at = r->marks.place.at;
    }
    r->result.hashes++;
    r->result.insns = r->marks.place.at;
}

static void compare_end(struct replay *r)
{
    static const char *const names[] = { "the end", "the exit status", "the number of instructions",
                                         "the number of cycles" };
    struct rec_cursor c = r->marks.record.payload;
    const uint64_t values[] = { r->m->stop, (unsigned)r->m->exit_status, state_insns(r->m),
                                state_cycle(r->m) };
    const char *what = NULL;
    uint64_t recorded[G_N_ELEMENTS(values)], pes, memory;

    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        recorded[i] = rec_get(&c);
        if (recorded[i] != values[i] && !what)
            what = names[i];
    }
    pes = rec_get(&c);
    memory = rec_get(&c);
    r->result.recorded = rec_get(&c);
    if (what || pes != state_hash_pes(r->m) || r->result.recorded != r->digest) {
        diverge(r, MIN(recorded[2], values[2]), what);
        return;
    }
    if (r->memory_differs || memory != state_hash_memory(r->m)) {
        r->result.pes_agree = true;
        diverge(r, r->memory_differs ? r->memory_at : values[2], what);
        return;
    }
    r->result.insns = values[2];
    r->result.hashes++;
    r->result.end = REPLAY_AGREES;
    r->done = true;
}

/* ---- What comes from outside ---- */

static void give(struct replay *r, struct track *t)
{
    size_t len;
    const uint8_t *bytes = rec_get_bytes(&t->record.payload, &len);

    board_console_input(r->m->board, (const char *)bytes, len);
    path_note_input(r->m, (const char *)bytes, len);
    track_next(t);
}

/* Input of the next record, when it belongs here. True: there was some. */
static bool give_at(struct replay *r, enum rec_place_kind kind, uint64_t at, uint64_t cycle)
{
    struct track *t = &r->events;
    bool any = false;

    while (t->any && t->record.type == REC_INPUT && t->place.kind == kind && t->place.at == at &&
           t->place.cycle == cycle) {
        give(r, t);
        any = true;
    }
    return any;
}

static bool ends_at(const struct replay *r, enum rec_place_kind kind, uint64_t at, uint64_t cycle)
{
    const struct track *t = &r->marks;

    return t->any && t->record.type == REC_END && t->place.kind == kind && t->place.at == at &&
           t->place.cycle == cycle;
}

static void take_marks(struct replay *r, uint64_t now)
{
    struct track *t = &r->marks;

    while (t->any && t->place.kind == REC_AT_MARK && t->place.at <= now && !r->done) {
        if (t->record.type == REC_END) {
            machine_stop(r->m, STOP_REQUEST);
            return;
        }
        if (t->record.type == REC_INPUT) {
            give(r, t);
            continue;
        }
        compare_hash(r);
        track_next(t);
    }
    if (t->any || r->done)
        return;
    r->done = true; /* The recording is cut off after this. */
    r->result.end = REPLAY_CUT_OFF;
    machine_stop(r->m, STOP_REQUEST);
}

static uint64_t on_mark(void *user, struct pe *c)
{
    struct replay *r = user;
    const uint64_t now = state_insns(r->m);

    take_marks(r, now);
    if (r->user_at <= now && r->m->stop == STOP_NONE)
        r->user_at = r->user_fn(r->user, r->m, c);
    return next_mark(r);
}

static void on_exception(void *user, struct pe *c, const struct exc *exc, unsigned from_el,
                         uint64_t from_pc)
{
    struct replay *r = user;

    r->digest = state_mix_exception(r->digest, c, exc, from_pc);
    if (from_el >= c->el || c->el < 2)
        return;
    r->trap_count++;
    if (r->trap_fn)
        r->trap_fn(r->trap_user, r->m, r->trap_count);
}

static void before_console(void *user)
{
    ((struct replay *)user)->console_calls++;
}

static void on_console(void *user)
{
    struct replay *r = user;

    give_at(r, REC_AT_CONSOLE, r->console_calls, 0);
    if (ends_at(r, REC_AT_CONSOLE, r->console_calls, 0))
        avs_stop(r->m);
}

/* A replay has no input of its own. */
static bool on_input(void *user, const char *bytes, size_t len)
{
    (void)user;
    (void)bytes;
    (void)len;
    return true;
}

static bool on_ask(void *user, struct tap_host *h)
{
    struct replay *r = user;

    if (!track_answer(&r->events, h))
        diverge(r, state_insns(r->m), "a semihosting call");
    return true;
}

static bool on_idle(void *user, uint64_t ns)
{
    struct replay *r = user;
    const uint64_t insns = state_insns(r->m), cycle = state_cycle(r->m);

    (void)ns;
    if (ends_at(r, REC_AT_IDLE, insns, cycle))
        return false;
    r->again = give_at(r, REC_AT_IDLE, insns, cycle);
    return !r->again;
}

static const struct tap_ops ops = {
    .mark = on_mark,
    .exception = on_exception,
    .before_console = before_console,
    .console = on_console,
    .input = on_input,
    .ask = on_ask,
};

/* ---- Life ---- */

static avs_status bad_file(struct replay *r, struct rec_reader *reader)
{
    return avs_fail(NULL, AVS_ERR_FORMAT, "%s: %s", r->path,
                    *rec_error(reader) ? rec_error(reader) : "a record makes no sense");
}

static avs_status read_recipe(struct replay *r, struct rec_reader *reader)
{
    struct rec_record record;

    while (rec_read(reader, &record) == REC_OK) {
        if (record.type == REC_BEGIN)
            return AVS_OK;
        if (record.type == REC_OPTION && !recipe_read(r->recipe, &record.payload))
            break;
    }
    return bad_file(r, reader);
}

/* What the guest knows as its image's name is the recorded one. */
static void note_image_name(struct replay *r)
{
    const struct ingredient *image = recipe_find(r->recipe, "image");

    image = image ? image : recipe_find(r->recipe, "bios");
    r->image_name = g_strdup(image ? image->path : NULL);
}

avs_status replay_open(const char *path, const char *const *dirs, const char *image, struct replay **out)
{
    struct replay *r = g_new0(struct replay, 1);
    struct rec_reader *reader;
    avs_status s = rec_open(path, &reader);

    *out = NULL;
    r->path = g_strdup(path);
    r->recipe = recipe_empty();
    r->answers = g_ptr_array_new_with_free_func(answers_free);
    r->user_at = TAP_NEVER;
    r->verify = true;
    if (!s)
        s = read_recipe(r, reader);
    rec_close(reader);
    note_image_name(r);
    if (image)
        recipe_set_file(r->recipe, "image", image);
    if (!s)
        s = recipe_locate(r->recipe, path, dirs);
    if (s)
        replay_close(r);
    else
        *out = r;
    return s;
}

struct recipe *replay_recipe(struct replay *r)
{
    return r->recipe;
}

struct avs_machine *replay_machine(struct replay *r)
{
    return r->m;
}

void replay_close(struct replay *r)
{
    if (!r)
        return;
    avs_machine_free(r->m);
    track_close(&r->marks);
    track_close(&r->events);
    g_ptr_array_free(r->answers, TRUE);
    recipe_free(r->recipe);
    g_free(r->path);
    g_free(r->image_name);
    g_free(r);
}

avs_status replay_start(struct replay *r)
{
    avs_status s;

    avs_machine_free(r->m);
    r->m = NULL;
    r->result = (struct replay_result){ .end = REPLAY_FAILED };
    r->digest = r->console_calls = r->trap_count = 0;
    r->done = r->again = r->memory_differs = false;
    g_ptr_array_set_size(r->answers, 0);
    if ((s = track_open(&r->marks, r->path, TRACK_MARKS)) ||
        (s = track_open(&r->events, r->path, TRACK_EVENTS)) ||
        (s = recipe_build(r->recipe, r->image_name, NULL, &r->m)))
        return s;
    r->m->idle = on_idle;
    r->m->idle_user = r;
    r->m->tap = (struct tap){ .mark_at = next_mark(r), .ops = &ops, .user = r };
    return AVS_OK;
}

avs_status replay_follow(struct replay *r, const struct recipe *other, struct avs_machine **out)
{
    struct answers *answers;
    avs_status s = recipe_build(other, r->image_name, r->m, out);

    if (s)
        return s;
    s = answers_open(*out, r->path, &answers);
    if (s) {
        avs_machine_free(*out);
        *out = NULL;
        return s;
    }
    g_ptr_array_add(r->answers, answers);
    return AVS_OK;
}

/* The run has stopped by itself, or at the recorded end. */
static void finish(struct replay *r)
{
    const struct track *t = &r->marks;

    if (r->m->stop == STOP_HOST_ERROR || !r->verify) {
        r->result.end = r->m->stop == STOP_HOST_ERROR ? REPLAY_FAILED : REPLAY_STOPPED;
        return;
    }
    if (t->any && t->record.type == REC_END)
        compare_end(r);
    else if (!t->any)
        r->result.end = REPLAY_CUT_OFF;
    else
        diverge(r, state_insns(r->m), "the end");
}

/* Whether the run was stopped for other than its end. */
static bool goes_on(struct replay *r)
{
    bool again = r->again && r->m->stop == STOP_REQUEST;

    r->again = false;
    return again;
}

/* A recording of a machine that was made and not run has an end that is none. */
static bool never_ran(const struct replay *r)
{
    struct rec_cursor c = r->marks.record.payload;

    return r->marks.any && r->marks.record.type == REC_END && rec_get(&c) == STOP_NONE;
}

struct replay_result replay_run(struct replay *r)
{
    bool stopped;

    if (!r->marks.any) { /* Cut off before anything happened. */
        r->result.end = REPLAY_CUT_OFF;
        r->done = true;
    }
    if (!r->done && !never_ran(r)) {
        give_at(r, REC_AT_START, 0, 0);
        do
            avs_run(r->m);
        while (goes_on(r));
    }
    stopped = r->m->stop == STOP_REQUEST && !r->done && r->result.end == REPLAY_STOPPED;
    if (!r->done && !stopped)
        finish(r);
    r->result.cut_off = rec_error(r->marks.reader);
    return r->result;
}

void replay_mark(struct replay *r, uint64_t at, replay_mark_fn fn, void *user)
{
    r->user_at = at;
    r->user_fn = fn;
    r->user = user;
    r->m->tap.mark_at = next_mark(r);
}

void replay_on_trap(struct replay *r, replay_trap_fn fn, void *user)
{
    r->trap_fn = fn;
    r->trap_user = user;
}

void replay_stop(struct replay *r)
{
    r->result.end = REPLAY_STOPPED;
    machine_stop(r->m, STOP_REQUEST);
}

void replay_verify(struct replay *r, bool on)
{
    r->verify = on;
}
