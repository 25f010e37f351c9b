/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pauth.h
 * Pointer authentication as instructions use it (FEAT_PAuth, DDI 0487, D8.10 and aarch64/functions/pac).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct pe;

/* Keys, in the order of their registers from APIAKeyLo_EL1 on. */
enum pauth_key { PAUTH_IA, PAUTH_IB, PAUTH_DA, PAUTH_DB, PAUTH_GA };

/*
 * AddPAC and Auth of the pointer in *ptr, with the checks around them: a key that SCTLR_ELx has not enabled
 * leaves the pointer as it is. False when the instruction traps, or fails under FEAT_FPAC: c->exc is filled
 * but for the address to return to. `combined` is for instructions that use the pointer at once.
 */
bool pauth_add(struct pe *c, enum pauth_key key, uint64_t *ptr, uint64_t modifier);
bool pauth_auth(struct pe *c, enum pauth_key key, uint64_t *ptr, uint64_t modifier, bool combined);
/* PACGA: the code of a value, in the upper half. False as above. */
bool pauth_generic(struct pe *c, uint64_t value, uint64_t modifier, uint64_t *code);
/* Strip. */
uint64_t pauth_strip(const struct pe *c, uint64_t ptr, bool data);
