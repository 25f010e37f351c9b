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

/* Input is the leader's. */
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

static const struct tap_ops ops = { .input = on_input, .ask = on_ask };

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
