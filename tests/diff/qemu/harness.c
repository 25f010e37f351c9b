/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file harness.c
 * Runs the cases of an image (image.h) at EL2 with stage 1 on, and prints a sum over all resulting states
 * for each line of a64.def; or, on demand, what each execution read and changed.
 */
#include "image.h"
#include "runtime.h"

#define SCRATCH ((uint64_t *)SCRATCH_ADDRESS)

void case_run(const struct image_state *in, const uint32_t *slot);
void case_exit(void);
extern struct image_state case_out;

static const struct image *const image = (const struct image *)IMAGE_ADDRESS;

_Static_assert(offsetof(struct image_state, sp) == STATE_SP, "STATE_SP");
_Static_assert(offsetof(struct image_state, v) == STATE_V, "STATE_V");
_Static_assert(offsetof(struct image_state, nzcv) == STATE_NZCV, "STATE_NZCV");
_Static_assert(offsetof(struct image_state, fpcr) == STATE_FPCR, "STATE_FPCR");
_Static_assert(offsetof(struct image_state, fpsr) == STATE_FPSR, "STATE_FPSR");
_Static_assert(offsetof(struct image_state, esr) == STATE_ESR, "STATE_ESR");
_Static_assert(offsetof(struct image_state, elr) == STATE_ELR, "STATE_ELR");
_Static_assert(sizeof(struct image_state) == STATE_BYTES, "STATE_BYTES");

/* Slots branch to the image's first word, since where the harness is linked is not known to them. */
static void put_exit_branch(void)
{
    volatile uint32_t *at = (volatile uint32_t *)IMAGE_ADDRESS;
    uint64_t distance = (uint64_t)case_exit - IMAGE_ADDRESS;

    *at = 0x14000000u | (uint32_t)(distance >> 2 & 0x3ffffff);
    __asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %0\n\tdsb ish\n\tisb" : : "r"(at) : "memory");
}

#define WRITE_KEY(n, name) __asm__ volatile("msr " name ", %0" : : "r"(image->keys[n]))

static void put_keys(void)
{
    WRITE_KEY(0, "S3_0_C2_C1_0"); /* APIAKeyLo_EL1, APIAKeyHi_EL1, then IB, DA, DB and GA. */
    WRITE_KEY(1, "S3_0_C2_C1_1");
    WRITE_KEY(2, "S3_0_C2_C1_2");
    WRITE_KEY(3, "S3_0_C2_C1_3");
    WRITE_KEY(4, "S3_0_C2_C2_0");
    WRITE_KEY(5, "S3_0_C2_C2_1");
    WRITE_KEY(6, "S3_0_C2_C2_2");
    WRITE_KEY(7, "S3_0_C2_C2_3");
    WRITE_KEY(8, "S3_0_C2_C3_0");
    WRITE_KEY(9, "S3_0_C2_C3_1");
    __asm__ volatile("isb");
}

static void restore_scratch(void)
{
    for (unsigned i = 0; i < SCRATCH_BYTES / 8; i++)
        SCRATCH[i] = image->scratch[i];
}

static uint64_t fold_words(uint64_t sum, const uint64_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sum = fold(sum, words[i]);
    return sum;
}

static void print_changed(const char *name, uint64_t before, uint64_t after)
{
    if (before != after)
        print(" %s=%X", name, after);
}

static void print_vector(const char *mark, unsigned n, const uint64_t *v)
{
    print("%sv%u=%X%X", mark, n, v[1], v[0]);
}

/* The registers of the usual fields, of both kinds; then whatever changed. */
static void print_execution(uint32_t n, uint32_t insn, const struct image_state *in)
{
    static const uint8_t fields[] = { 0, 5, 16, 10 };
    const struct image_state *out = &case_out;

    print("%u %x fpcr=%X fpsr=%X nzcv=%x in", n, insn, in->fpcr, in->fpsr, (uint32_t)in->nzcv);
    for (unsigned i = 0; i < sizeof(fields); i++) {
        unsigned reg = insn >> fields[i] & 31;
        print_vector(" ", reg, in->v[reg]);
        print(" x%u=%X", reg, reg < 31 ? in->x[reg] : in->sp);
    }
    print(" out");
    for (unsigned i = 0; i < 31; i++)
        if (in->x[i] != out->x[i])
            print(" x%u=%X", i, out->x[i]);
    for (unsigned i = 0; i < 32; i++)
        if (in->v[i][0] != out->v[i][0] || in->v[i][1] != out->v[i][1])
            print_vector(" ", i, out->v[i]);
    print_changed("sp", in->sp, out->sp);
    print_changed("nzcv", in->nzcv, out->nzcv);
    print_changed("fpcr", in->fpcr, out->fpcr);
    print_changed("fpsr", in->fpsr, out->fpsr);
    print_changed("esr", 0, out->esr);
    print_changed("elr", 0, out->elr);
    for (unsigned i = 0; i < SCRATCH_BYTES / 8; i++)
        if (SCRATCH[i] != image->scratch[i])
            print(" [%x]=%X", SCRATCH_ADDRESS + 8 * i, SCRATCH[i]);
    print("\n");
}

static uint64_t run_case(uint64_t sum, const struct image_group *g, uint32_t n)
{
    const struct image_case *one = (const struct image_case *)image->cases + n;
    const uint32_t *slot = (const uint32_t *)image->slots + (size_t)n * SLOT_WORDS;
    const struct image_state *states = (const struct image_state *)image->states;

    for (uint32_t i = 0; i < one->input_count; i++) {
        const struct image_state *in = &states[one->inputs[i]];
        if (g->memory)
            restore_scratch();
        case_out.esr = 0;
        case_out.elr = 0;
        case_run(in, slot);
        if (image->detailed)
            print_execution(n, one->insn, in);
        sum = fold_words(sum, (const uint64_t *)&case_out, sizeof(case_out) / 8);
        if (g->memory)
            sum = fold_words(sum, SCRATCH, SCRATCH_BYTES / 8);
    }
    return sum;
}

void program(void)
{
    const struct image_group *groups = (const struct image_group *)image->groups;

    if (image->magic != IMAGE_MAGIC) {
        print("no image at %x\n", IMAGE_ADDRESS);
        return;
    }
    put_exit_branch();
    put_keys();
    restore_scratch();
    for (uint32_t g = 0; g < image->group_count; g++) {
        uint64_t sum = 0;
        for (uint32_t i = 0; i < groups[g].case_count; i++)
            sum = run_case(sum, &groups[g], groups[g].first_case + i);
        result(groups[g].name, sum);
    }
}
