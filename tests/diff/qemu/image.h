/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file image.h
 * What gen.c writes and harness.c runs: instructions in slots, the states that they start from, and which
 * start from which. The image is loaded at IMAGE_ADDRESS, beside the harness. Little-endian, as both are.
 */
#pragma once

/* Offsets in struct image_state, for case.S. */
#define STATE_SP 248
#define STATE_V 256
#define STATE_NZCV 768
#define STATE_FPCR 776
#define STATE_FPSR 784
#define STATE_ESR 792
#define STATE_ELR 800
#define STATE_BYTES 808

#define IMAGE_ADDRESS 0x44000000
#define SCRATCH_ADDRESS 0x43000000 /* What addresses in states point into. */

#ifndef __ASSEMBLER__
#include <stdint.h>

enum {
    IMAGE_MAGIC = 0x71646966,
    IMAGE_MAX_BYTES = 0x03000000,
    SCRATCH_BYTES = 1024,
    SLOT_WORDS = 8, /* MRS X0, TPIDR_EL2; at most six instructions; a branch to exit_branch. */
    CASE_INPUTS = 8,
    KEY_COUNT = 10,
};

/* Registers before and after. ESR and ELR are of the exception that a case ended with, else 0. */
struct image_state {
    uint64_t x[31], sp, v[32][2], nzcv, fpcr, fpsr, esr, elr;
};

/* The cases of a line of a64.def follow each other. */
struct image_group {
    char name[48];
    uint32_t first_case, case_count;
    uint32_t memory; /* Memory counts, and is restored. */
    uint32_t unused;
};

/* Case n runs slot n from each of these states. */
struct image_case {
    uint32_t insn;
    uint32_t input_count;
    uint16_t inputs[CASE_INPUTS];
};

struct image {
    uint32_t exit_branch; /* Slots end here: the harness puts a branch to itself. */
    uint32_t magic;
    uint32_t group_count;
    uint32_t detailed;                     /* Print each execution, not a line's sum. */
    uint64_t groups, cases, states, slots; /* Addresses. */
    uint64_t keys[KEY_COUNT];              /* For pointer authentication, from APIAKeyLo_EL1 on. */
    uint64_t scratch[SCRATCH_BYTES / 8];
};
#endif
