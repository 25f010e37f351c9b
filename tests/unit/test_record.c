/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_record.c
 * Recordings: their file (what was written is read; cut off or damaged anywhere, it is said and what is
 * before can be read), marks that change nothing of a run, state hashes, and replays of runs with input.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "replay/recfile.h"
#include "replay/replay.h"
#include "replay/state.h"

enum { RECORDS = 300 };

static char *scratch_path(const char *name)
{
    static unsigned count;

    return g_strdup_printf("%s/avs-record-%d-%u-%s", g_get_tmp_dir(), (int)getpid(), count++, name);
}

/* ---- The file ---- */

static void write_records(const char *path)
{
    struct rec_writer *w;

    cr_assert_eq(rec_create(NULL, path, &w), AVS_OK, "%s", avs_last_error(NULL));
    for (unsigned i = 0; i < RECORDS; i++) {
        g_autoptr(GByteArray) payload = g_byte_array_new();
        const struct rec_place place = { REC_AT_IDLE, UINT64_MAX - i, i };

        rec_put(payload, (uint64_t)i << (i % 64));
        rec_put_place(payload, &place);
        rec_put_bytes(payload, "text", i % 5);
        rec_add(w, REC_INPUT, payload);
        if (i % 16 == 15)
            cr_assert_eq(rec_flush(w), AVS_OK);
    }
    cr_assert_eq(rec_finish(w), AVS_OK);
}

/* How many records can be read, each of which has to be right; *end is what follows. */
static unsigned read_records(const char *path, enum rec_result *end)
{
    struct rec_reader *r;
    struct rec_record record;
    unsigned i = 0;

    *end = REC_BAD;
    if (rec_open(path, &r) != AVS_OK)
        return 0;
    for (; (*end = rec_read(r, &record)) == REC_OK; i++) {
        struct rec_cursor *c = &record.payload;
        const uint64_t number = rec_get(c);
        const struct rec_place place = rec_get_place(c);
        g_autofree char *text = rec_get_text(c);

        cr_assert_eq(number, (uint64_t)i << (i % 64), "record %u has the number %lu", i, number);
        cr_assert(place.kind == REC_AT_IDLE && place.at == UINT64_MAX - i && place.cycle == i);
        cr_assert(!strncmp(text, "text", i % 5) && strlen(text) == i % 5, "record %u has \"%s\"", i, text);
        cr_assert(!c->bad && c->at == c->end);
    }
    rec_close(r);
    return i;
}

Test(record, what_was_written_is_read)
{
    g_autofree char *path = scratch_path("whole");
    enum rec_result end;

    write_records(path);
    cr_expect_eq(read_records(path, &end), RECORDS);
    cr_expect_eq(end, REC_CUT_OFF, "behind the last block there is nothing");
    g_unlink(path);
}

Test(record, a_file_that_is_cut_off_anywhere_gives_its_whole_blocks)
{
    g_autofree char *path = scratch_path("cut"), *bytes = NULL;
    enum rec_result end;
    unsigned last = 0;
    gsize len;

    write_records(path);
    cr_assert(g_file_get_contents(path, &bytes, &len, NULL));
    for (gsize cut = 0; cut < len; cut++) {
        unsigned count;

        cr_assert(g_file_set_contents(path, bytes, (gssize)cut, NULL));
        count = read_records(path, &end);
        cr_assert(count >= last && count % 16 == 0 && count < RECORDS, "%zu bytes give %u records", cut,
                  count);
        cr_assert(cut < 16 || end == REC_CUT_OFF, "%zu bytes: said to be %d", cut, end);
        last = count;
    }
    cr_expect_eq(last, RECORDS / 16 * 16, "all but the last block, at the end");
    g_unlink(path);
}

Test(record, damage_is_found)
{
    g_autofree char *path = scratch_path("damaged"), *bytes = NULL;
    enum rec_result end;
    gsize len;

    write_records(path);
    cr_assert(g_file_get_contents(path, &bytes, &len, NULL));
    for (gsize at = 0; at < len; at += 7) {
        bytes[at] ^= 0x10;
        cr_assert(g_file_set_contents(path, bytes, (gssize)len, NULL));
        cr_expect_lt(read_records(path, &end), RECORDS, "byte %zu was changed", at);
        bytes[at] ^= 0x10;
    }
    g_unlink(path);
}

Test(record, files_that_are_none_are_refused)
{
    g_autofree char *path = scratch_path("none");
    struct rec_reader *r;
    struct rec_writer *w;

    cr_assert(g_file_set_contents(path, "something else that a user needs", -1, NULL));
    cr_expect_eq(rec_open(path, &r), AVS_ERR_FORMAT);
    cr_expect(strstr(avs_last_error(NULL), "is not a recording"), "%s", avs_last_error(NULL));
    cr_expect_eq(rec_create(NULL, path, &w), AVS_ERR_FORMAT, "it is not overwritten");
    cr_expect_eq(rec_open("/no/such/file", &r), AVS_ERR_IO);
    cr_expect_eq(rec_open(g_get_tmp_dir(), &r), AVS_ERR_IO);
    g_unlink(path);
}

/* ---- Marks ---- */

/* Echoes what comes, one byte a loop, and counts; "q" turns the machine off:
 *       mov x1, #0x09000000
 *    1: ldr w4, [x1, #0x18]; add x5, x5, #1; tbnz w4, #4, 1b
 *       ldr w3, [x1]; str w3, [x1]; cmp w3, #'q'; b.ne 1b
 *       movz w0, #0x8400, lsl #16; movk w0, #8; smc #0 */
static const uint32_t echo[] = { 0xd2a12001, 0xb9401824, 0x910004a5, 0x3727ffc4, 0xb9400023, 0xb9000023,
                                 0x7101c47f, 0x54ffff41, 0x52b08000, 0x72800100, 0xd4000003 };

static char *echo_image(void)
{
    char *path = scratch_path("echo.bin");

    cr_assert(g_file_set_contents(path, (const char *)echo, sizeof(echo), NULL));
    return path;
}

static avs_machine *echo_machine(const char *image, unsigned pe_count, const char *dispatch)
{
    avs_options o = AVS_OPTIONS_INIT;
    avs_machine *m;

    o.cpu = "cortex-a53";
    o.pe_count = pe_count;
    o.dispatch = dispatch;
    o.max_insns = 300000;
    cr_assert_eq(avs_machine_new(&o, &m), AVS_OK, "%s", avs_last_error(NULL));
    cr_assert_eq(avs_load(m, image), AVS_OK, "%s", avs_last_error(m));
    return m;
}

struct marks {
    avs_machine *m;
    uint64_t step, seen;
};

static uint64_t count_mark(void *user, struct pe *c)
{
    struct marks *marks = user;

    cr_assert_eq(state_insns(marks->m), marks->m->tap.mark_at, "the mark is at its instruction, on PE %u",
                 c->index);
    marks->seen++;
    return marks->m->tap.mark_at + marks->step;
}

static const struct tap_ops marks_ops = { .mark = count_mark };

Test(record, marks_change_nothing)
{
    static const uint64_t steps[] = { 0, 1, 2, 3, 7, 1000 };
    g_autofree char *image = echo_image();
    uint64_t pes[G_N_ELEMENTS(steps)], memory[G_N_ELEMENTS(steps)];

    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        avs_machine *m = echo_machine(image, 1, NULL);
        struct marks marks = { m, steps[i], 0 };

        avs_console_input(m, "abc", 3);
        if (steps[i])
            m->tap = (struct tap){ .mark_at = steps[i], .ops = &marks_ops, .user = &marks };
        cr_assert_eq(avs_run(m).end, AVS_END_LIMIT);
        pes[i] = state_hash_pes(m);
        memory[i] = state_hash_memory(m);
        cr_expect(!steps[i] || marks.seen >= 300000 / steps[i] - 1, "a mark every %lu: %lu were seen",
                  steps[i], marks.seen);
        cr_expect_eq(pes[i], pes[0], "a mark every %lu changes the PE", steps[i]);
        cr_expect_eq(memory[i], memory[0], "a mark every %lu changes memory", steps[i]);
        avs_machine_free(m);
    }
    g_unlink(image);
}

Test(record, hashes_see_every_part_of_the_state)
{
    avs_machine *m = fixture_machine(NULL, NULL);
    const uint64_t pes = state_hash_pes(m), memory = state_hash_memory(m);
    uint64_t slices = 0;

    for (unsigned i = 0; i < STATE_SLICES; i++)
        slices += state_hash_slice(m, i);
    cr_expect_eq(slices, memory, "the slices are all of memory");
    m->pe[0].x[7] = 1;
    cr_expect_neq(state_hash_pes(m), pes, "a register");
    m->pe[0].x[7] = 0;
    m->pe[0].x[8] = 1;
    m->pe[0].x[7] = 0;
    cr_expect_neq(state_hash_pes(m), pes, "another");
    m->pe[0].x[8] = 0;
    cr_expect_eq(state_hash_pes(m), pes);
    m->pe[0].v[31].d[1] = 5;
    cr_expect_neq(state_hash_pes(m), pes, "a vector's half");
    m->pe[0].v[31].d[1] = 0;
    m->pe[0].tick_base++;
    cr_expect_neq(state_hash_pes(m), pes, "a sixteenth of a cycle");
    cr_assert(bus_copy_in(m->bus, pa(FIXTURE_RAM + (100 << 20) + 8), "\1", 1));
    cr_expect_neq(state_hash_memory(m), memory, "a byte that nobody else has touched");
    avs_machine_free(m);
}

/* ---- Recording and replaying ---- */

/* Gives the rest of its input when the console has printed 'b'; stops the run first when told. */
struct talk {
    avs_machine *m;
    bool stops;
};

static void on_output(void *user, const char *bytes, size_t len)
{
    struct talk *t = user;

    if (len != 1 || *bytes != 'b')
        return;
    if (t->stops)
        avs_stop(t->m);
    else
        avs_console_input(t->m, "cd", 2);
}

static char *record_echo(const char *image, const char *dispatch, bool stops, avs_result *end)
{
    avs_machine *m = echo_machine(image, 2, dispatch);
    struct talk t = { m, stops };
    char *path = scratch_path("echo.avsr");

    avs_on_console(m, on_output, &t);
    cr_assert_eq(avs_record_open(m, path), AVS_OK, "%s", avs_last_error(m));
    avs_console_input(m, "ab", 2);
    *end = avs_run(m);
    while (end->end == AVS_END_STOPPED && stops) { /* From outside: a key. */
        avs_console_input(m, "xq", 2);
        stops = false;
        *end = avs_run(m);
    }
    cr_assert_eq(avs_record_close(m), AVS_OK, "%s", avs_last_error(m));
    avs_machine_free(m);
    return path;
}

static struct replay_result replay_of(const char *path, const char *dispatch)
{
    struct replay *r;
    struct replay_result d;

    cr_assert_eq(replay_open(path, NULL, NULL, &r), AVS_OK, "%s", avs_last_error(NULL));
    recipe_set(replay_recipe(r), "dispatch", dispatch);
    cr_assert_eq(replay_start(r), AVS_OK, "%s", avs_last_error(NULL));
    d = replay_run(r);
    replay_close(r);
    return d;
}

Test(record, input_comes_back_where_it_came)
{
    static const bool stops[] = { false, true };
    g_autofree char *image = echo_image();

    for (size_t i = 0; i < G_N_ELEMENTS(stops); i++) {
        avs_result end;
        g_autofree char *path = record_echo(image, NULL, stops[i], &end);
        struct replay_result d = replay_of(path, NULL), loop = replay_of(path, "loop");

        cr_expect_eq(end.end, stops[i] ? AVS_END_POWER_OFF : AVS_END_LIMIT);
        cr_expect_eq(d.end, REPLAY_AGREES, "with %s: %d between %lu and %lu (%s)",
                     stops[i] ? "stops" : "answers", d.end, d.from, d.to, d.what ? d.what : "state");
        cr_expect_eq(d.insns, end.insns);
        cr_expect_eq(loop.end, REPLAY_AGREES);
        cr_expect_eq(loop.hashes, d.hashes);
        g_unlink(path);
    }
    g_unlink(image);
}

Test(record, a_recording_without_its_end_is_replayed_as_far_as_it_goes)
{
    g_autofree char *image = echo_image(), *bytes = NULL;
    avs_result end;
    g_autofree char *path = record_echo(image, NULL, false, &end);
    uint64_t last = 0;
    gsize len;

    cr_assert(g_file_get_contents(path, &bytes, &len, NULL));
    for (gsize cut = 0; cut < len; cut++) {
        struct replay *r;
        struct replay_result d;

        cr_assert(g_file_set_contents(path, bytes, (gssize)cut, NULL));
        if (replay_open(path, NULL, NULL, &r) != AVS_OK)
            continue; /* What the machine was made from is not whole. */
        if (cut % 5 == 0 || cut + 40 > len) {
            cr_assert_eq(replay_start(r), AVS_OK);
            d = replay_run(r);
            cr_expect_eq(d.end, REPLAY_CUT_OFF, "%zu bytes: %d", cut, d.end);
            cr_expect(d.insns >= last && d.insns < end.insns, "%zu bytes: %lu instructions", cut, d.insns);
            last = d.insns;
        }
        replay_close(r);
    }
    cr_expect_gt(last, 0, "something was replayed");
    g_unlink(path);
    g_unlink(image);
}

Test(record, a_machine_that_has_run_cannot_be_recorded)
{
    g_autofree char *image = echo_image(), *path = scratch_path("late");
    avs_machine *m = echo_machine(image, 1, NULL);

    avs_run(m);
    cr_expect_eq(avs_record_open(m, path), AVS_ERR_STATE);
    avs_machine_free(m);
    g_unlink(image);
}
