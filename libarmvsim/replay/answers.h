/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file answers.h
 * What the host answered to semihosting in a recorded run, for a machine that follows that run's path. All
 * else that comes from outside reaches a follower by its path.
 */
#pragma once

#include "core/machine.h"

struct answers;
/* Taps `m`, which has to be gone, or not to run any more, before they are freed. */
avs_status answers_open(struct avs_machine *m, const char *recording, struct answers **out);
void answers_free(void *answers);
