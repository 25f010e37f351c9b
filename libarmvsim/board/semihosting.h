/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file semihosting.h
 * Semihosting: services of the host that a guest asks for with HLT #0xF000.
 */
#pragma once

#include "core/machine.h"

struct semihosting;

/* NULL in *out when the options have none. AVS_ERR_IO, AVS_ERR_ARG. */
avs_status semihosting_new(struct avs_machine *m, const avs_options *o, struct semihosting **out);
void semihosting_free(struct semihosting *s);
/* Performs the operation of a PE's registers W0 and X1; the result is in X0. c->pc is the HLT. */
void semihosting_call(struct pe *c);
