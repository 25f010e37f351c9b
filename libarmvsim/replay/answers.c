/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file answers.c
 * A follower's tap (answers.h). It has no marks, and compares nothing: its leader is compared with the
 * recording, and the follower with its leader. An answer to another question has failed, which the
 * follower's registers then show.
 */
#include "replay/answers.h"

#include "replay/track.h"

struct answers {
    struct track track;
};

static uint64_t on_mark(void *user, struct pe *c)
{
    (void)user;
    (void)c;
    return TAP_NEVER;
}

static void on_exception(void *user, struct pe *c, const struct exc *exc, unsigned from_el,
                         uint64_t from_pc)
{
    (void)user;
    (void)c;
    (void)exc;
    (void)from_el;
    (void)from_pc;
}

static void on_console(void *user)
{
    (void)user;
}

static bool on_input(void *user, const char *bytes, size_t len)
{
    (void)user;
    (void)bytes;
    (void)len;
    return true;
}

static bool on_ask(void *user, struct tap_host *h)
{
    struct answers *a = user;

    (void)track_answer(&a->track, h);
    return true;
}

static void on_told(void *user, const struct tap_host *h)
{
    (void)user;
    (void)h;
}

static const struct tap_ops ops = {
    .mark = on_mark,
    .exception = on_exception,
    .before_console = on_console,
    .console = on_console,
    .input = on_input,
    .ask = on_ask,
    .told = on_told,
};

avs_status answers_open(struct avs_machine *m, const char *recording, struct answers **out)
{
    struct answers *a = g_new0(struct answers, 1);
    avs_status s = track_open(&a->track, recording, TRACK_HOST);

    if (s) {
        answers_free(a);
        a = NULL;
    } else {
        m->tap = (struct tap){ .mark_at = TAP_NEVER, .ops = &ops, .user = a };
    }
    *out = a;
    return s;
}

void answers_free(void *answers)
{
    struct answers *a = answers;

    track_close(&a->track);
    g_free(a);
}
