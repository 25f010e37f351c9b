/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file gen.c
 * qemu_gen: makes an image (image.h) of random instructions and states, from the lines of a64.def that the
 * core `max` has. What a line's cases are depends on the seed and its name alone, not on what else is in
 * the image.
 *
 * Not made: system instructions and registers, exception returns, SMC, waiting; encodings that are
 * CONSTRAINED UNPREDICTABLE; what wrong.def has. Offsets of loads and stores stay within 256 bytes:
 * test_unicorn has larger ones.
 */
#include <fnmatch.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "../random_insn.h"
#include "a64/fp.h"
#include "a64/insn.h"
#include "armvsim.h"
#include "core/bits.h"
#include "core/machine.h"
#include "image.h"
#include "timing/timing.h"

#define CLREX 0xd5033f5fu
#define NOP 0xd503201fu
#define ADD_X0_1 0x91000400u
#define MRS_X0_TPIDR_EL2 0xd53cd040u
#define SLOT_INSNS (SLOT_WORDS - 2)
#define NAME_PATTERNS 64

/* States that differ in what their vector registers hold. */
enum kind { KIND_MIXED = RANDOM_FORMATS, KIND_LANES, KIND_COUNT };
enum { KIND_STATES = 256, STATES = KIND_COUNT * KIND_STATES };

struct options {
    uint64_t seed;
    unsigned encodings, inputs; /* Per line; per encoding. */
    const char *feature, *cost, *list, *out;
    const char *names[NAME_PATTERNS];
    unsigned name_count;
    bool detailed;
};

struct gen {
    struct options o;
    const struct pe *c;
    struct image head;
    struct image_state *states;
    struct image_group *groups;
    struct image_case *cases;
    uint32_t *slots;
    uint32_t case_count;
    uint64_t executions, least; /* In all; of a line that has the fewest. */
};

static const char *const cost_names[] = {
#define COST(name, ...) #name,
#include "timing/cost.def"
#undef COST
};

/* What QEMU gets wrong for this very execution. */
static bool is_wrong(const struct a64_info *info, uint32_t insn, const struct image_state *in)
{
    const uint64_t fpcr = in->fpcr, n = in->v[insn >> 5 & 31][0];

#define QEMU_WRONG(line, condition, section, why)                                                          \
    if (insn_starts(info, line) && (condition))                                                            \
        return true;
#include "wrong.def"
#undef QEMU_WRONG
    return false;
}

/* One register of a state; of mixed ones, those with even numbers are singles, for sums of halves and
 * BFloat16 numbers. Some are next to another register's value, or its opposite, so that much cancels. */
static void draw_vector(uint64_t *seed, unsigned kind, unsigned variant, uint64_t v[32][2], unsigned n)
{
    const enum random_format odd = variant & 1 ? RANDOM_BFLOATS : RANDOM_HALVES;
    const uint64_t r = random_next(seed);

    for (unsigned k = 0; k < 2; k++) {
        if (kind == KIND_LANES)
            v[n][k] = random_next(seed) & 1 ? random_lanes(seed) : random_value(seed);
        else if (kind == KIND_MIXED)
            v[n][k] = random_floats(seed, n & 1 ? odd : RANDOM_SINGLES);
        else
            v[n][k] = random_floats(seed, (enum random_format)kind);
        if (n >= 2 && !(r & 7))
            v[n][k] = v[n - 2][k] ^ (r & 8 ? UINT64_C(0x8000800080008000) : 0) ^ (r >> 4 & 3);
    }
}

static uint64_t draw_fpsr(uint64_t *seed)
{
    const uint64_t all = FPSR_IOC | FPSR_DZC | FPSR_OFC | FPSR_UFC | FPSR_IXC | FPSR_IDC | FPSR_QC,
                   r = random_next(seed);

    return r & 1 ? 0 : r & 2 ? FPSR_IXC : r >> 2 & all;
}

static void draw_state(uint64_t *seed, unsigned n, struct image_state *s)
{
    const unsigned kind = n / KIND_STATES;

    for (unsigned i = 0; i < 31; i++)
        s->x[i] = kind == KIND_LANES || i & 1
                      ? random_value(seed)
                      : (uint64_t)((int64_t)random_next(seed) >> (random_next(seed) & 63));
    for (unsigned i = 0; i < 32; i++)
        draw_vector(seed, kind, n, s->v, i);
    s->x[REG_ALIGNED] = SCRATCH_ADDRESS + SCRATCH_BYTES / 4 + random_next(seed) % 16 * 16;
    s->x[REG_POSITIVE] = random_next(seed) % 16;
    s->x[REG_OFFSET] = random_next(seed) % 32 - 16;
    s->x[REG_BASE] = SCRATCH_ADDRESS + SCRATCH_BYTES * 3 / 8 + random_next(seed) % 64;
    s->sp = SCRATCH_ADDRESS + SCRATCH_BYTES * 3 / 8 + random_next(seed) % 4 * 16;
    s->nzcv = (random_next(seed) & 15) << 28;
    s->fpcr = random_next(seed) & 3 ? random_fpcr(seed) : 0;
    s->fpsr = draw_fpsr(seed);
}

static void draw_states(struct gen *g)
{
    uint64_t seed = g->o.seed;

    for (unsigned i = 0; i < KEY_COUNT; i++)
        g->head.keys[i] = random_next(&seed);
    for (unsigned i = 0; i < SCRATCH_BYTES / 8; i++)
        g->head.scratch[i] = random_next(&seed) & 1 ? random_lanes(&seed) : random_next(&seed);
    for (unsigned n = 0; n < STATES; n++)
        draw_state(&seed, n, &g->states[n]);
}

static bool is_float(const struct a64_info *info)
{
    return info->kind == KIND_FP_ADD || info->kind == KIND_FP_MUL || info->kind == KIND_FP_FMA ||
           info->kind == KIND_FP_DIV || info->kind == KIND_FP_SQRT || info->kind == KIND_FP_CMP ||
           info->kind == KIND_FP_CVT || (info->kind == KIND_SIMD_REDUCE && info->name[0] == 'F');
}

static bool is_widening(const struct a64_info *info)
{
    return info->feature == A64_FEAT_FHM || info->feature == A64_FEAT_BF16;
}

/* The kind of state that a line's operands should have more often than others. */
static enum kind favourite(const struct a64_info *info)
{
    const char last = info->name[strlen(info->name) - 1];

    if (!is_float(info))
        return KIND_LANES;
    if (is_widening(info))
        return KIND_MIXED;
    return last == 'H'   ? (enum kind)RANDOM_HALVES
           : last == 'D' ? (enum kind)RANDOM_DOUBLES
                         : (enum kind)RANDOM_SINGLES;
}

/* Some encodings have a source that is another, or the destination. */
static uint32_t alias(uint64_t *seed, const struct a64_info *info, uint32_t insn)
{
    const uint64_t r = random_next(seed);

    if (is_widening(info) && r & 3) {
        insn = insn_set_letter(insn, info->pattern, 'd', r >> 8 & 30);
        insn = insn_set_letter(insn, info->pattern, 'n', r >> 16 | 1);
        return insn_set_letter(insn, info->pattern, 'm', r >> 24 | 1);
    }
    if ((r >> 2 & 7) == 0)
        insn = insn_set_letter(insn, info->pattern, 'm', insn >> 5);
    if ((r >> 5 & 7) == 0)
        insn = insn_set_letter(insn, info->pattern, 'n', insn);
    return insn;
}

/* Whether an offset stays within the scratch area; where imm is none, it is small. */
static bool is_near(const struct a64_info *info, uint32_t insn)
{
    struct op o = { 0 };

    if (insn_is_plain_base(info) || insn_is_literal(info))
        return true;
    a64_operands(a64_decode(insn), insn, &o);
    return o.imm >= -256 && o.imm <= 256;
}

static uint32_t aim(uint64_t *seed, const struct a64_info *info, uint32_t insn)
{
    const uint64_t r = random_next(seed);

    if (!strstr(info->name, "_lane") && !insn_is_literal(info))
        insn = insn_set_letter(insn, info->pattern, 'i', (uint64_t)((int64_t)r >> (55 + r % 9)));
    return insn_aim(seed, info, insn, r >> 8 & 1 && info->format != A64_FMT_LDRA ? 31 : REG_BASE);
}

static bool is_indirect(const struct a64_info *info)
{
    return info->format == A64_FMT_BRA || info->format == A64_FMT_BRAZ || info->format == A64_FMT_RETA ||
           (info->format == A64_FMT_BR && info->kind == KIND_BRANCH_IND);
}

/* Indirect branches have registers of their own: not XZR, and not their own modifier. */
static bool is_sane_branch(const struct a64_info *info, uint32_t insn)
{
    const uint32_t rn = insn >> 5 & 31;

    return !is_indirect(info) || info->format == A64_FMT_RETA ||
           (rn != 31 && (info->format != A64_FMT_BRA || rn != (insn & 31)));
}

/* An encoding of a line that may be run; false when none was found. */
static bool draw_insn(uint64_t *seed, const struct a64_info *info, uint32_t *out)
{
    for (unsigned tries = 0; tries < 10000; tries++) {
        uint32_t insn = insn_random(seed, info);

        if (info->flags & A64_DIRECT)
            insn = insn_set_letter(insn, info->pattern, 'i', 2);
        insn = info->flags & A64_MEM ? aim(seed, info, insn) : alias(seed, info, insn);
        *out = insn;
        if (a64_info(a64_decode(insn)) == info && a64_constrained_undef(info, insn) < 0 &&
            is_sane_branch(info, insn) && (!(info->flags & A64_MEM) || is_near(info, insn)))
            return true;
    }
    return false;
}

/* The load exclusive that a store exclusive goes with, into registers that are not its base. */
static uint32_t paired_load(uint64_t *seed, uint32_t stxr)
{
    const uint64_t r = random_next(seed);
    const bool pair = stxr >> 21 & 1;

    return (stxr & ~UINT32_C(0x1f7c1f)) | 1u << 22 | 31u << 16 | (pair ? 8 + (uint32_t)(r & 7) : 31) << 10 |
           (uint32_t)(r >> 8 & 7);
}

/* A load of what compare-and-swap will find, into what it compares with; NOP when that would lose the base.
 */
static uint32_t matching_load(uint32_t cas, bool pair)
{
    const uint32_t rn = cas & 31u << 5, rs = cas >> 16 & 31;

    if (rs == REG_ALIGNED || (pair && rs + 1 == REG_ALIGNED))
        return NOP;
    if (pair)
        return UINT32_C(0x29400000) | (cas >> 30 & 1) << 31 | (rs + 1) << 10 | rn | rs;
    return UINT32_C(0x39400000) | (cas & 3u << 30) | rn | rs;
}

/* ADR of what is after the next instruction but one, for an indirect branch; signed, when that wants it. */
static unsigned put_target(const struct a64_info *info, uint32_t insn, uint32_t *slot, unsigned n)
{
    const uint32_t rn = info->format == A64_FMT_RETA ? 30 : insn >> 5 & 31, key_b = insn & BIT(10);
    const bool is_signed = info->format != A64_FMT_BR;

    slot[n++] = UINT32_C(0x10000000) | (is_signed ? 4u : 3u) << 5 | rn;
    if (info->format == A64_FMT_RETA)
        slot[n++] = UINT32_C(0xd503233f) | key_b >> 4; /* PACIASP, PACIBSP */
    else if (info->format == A64_FMT_BRA)
        slot[n++] = UINT32_C(0xdac10000) | key_b | (insn & 31) << 5 | rn; /* PACIA, PACIB */
    else if (is_signed)
        slot[n++] = UINT32_C(0xdac123e0) | key_b | rn; /* PACIZA, PACIZB */
    return n;
}

/* The instructions of a slot: the one that is drawn, with what has to be before and after it. A branch
 * jumps over one. */
static void fill_slot(uint64_t *seed, const struct a64_info *info, uint32_t insn, uint32_t *slot)
{
    unsigned n = 0;

    slot[n++] = MRS_X0_TPIDR_EL2;
    if (insn_is_exclusive(info))
        slot[n++] =
            info->format == A64_FMT_ST_EXCL && random_next(seed) & 3 ? paired_load(seed, insn) : CLREX;
    if (insn_starts(info, "CAS") && random_next(seed) & 1)
        slot[n++] = matching_load(insn, info->format == A64_FMT_CASP);
    if (insn_adds_code(info))
        slot[n++] = insn_strip(insn);
    if (info->format == A64_FMT_LDRA)
        slot[n++] = UINT32_C(0xdac12be0) | (insn >> 23 & 1) << 10 | REG_BASE; /* PACDZA, PACDZB */
    if (is_indirect(info))
        n = put_target(info, insn, slot, n);
    slot[n++] = insn;
    if (info->flags & A64_DIRECT || is_indirect(info))
        slot[n++] = ADD_X0_1;
    if (insn_adds_code(info) && random_next(seed) & 1)
        slot[n++] = insn_authenticate(insn);
    while (n <= SLOT_INSNS)
        slot[n++] = NOP;
}

static void draw_inputs(struct gen *g, uint64_t *seed, const struct a64_info *info, struct image_case *one)
{
    for (unsigned tries = 0; one->input_count < g->o.inputs && tries < 1000; tries++) {
        const uint64_t r = random_next(seed);
        const unsigned kind = r & 1 ? favourite(info) : (unsigned)(r >> 1) % KIND_COUNT;
        const unsigned n = kind * KIND_STATES + (unsigned)(r >> 32) % KIND_STATES;

        if (!is_wrong(info, one->insn, &g->states[n]))
            one->inputs[one->input_count++] = (uint16_t)n;
    }
    g->executions += one->input_count;
}

static void put_case(struct gen *g, uint64_t *seed, const struct a64_info *info, uint32_t insn)
{
    const uint32_t n = g->case_count++;
    uint32_t *slot = &g->slots[(size_t)n * SLOT_WORDS];
    const uint64_t at = g->head.slots + ((uint64_t)n + 1) * 4 * SLOT_WORDS - 4;

    g->cases[n].insn = insn;
    fill_slot(seed, info, insn, slot);
    slot[SLOT_WORDS - 1] = UINT32_C(0x14000000) | ((uint32_t)((IMAGE_ADDRESS - at) >> 2) & 0x3ffffff);
    draw_inputs(g, seed, info, &g->cases[n]);
}

static uint64_t line_seed(uint64_t seed, const char *name)
{
    uint64_t sum = seed;

    while (*name)
        sum = (sum ^ (uint8_t)*name++) * UINT64_C(0x100000001b3);
    return random_next(&sum);
}

static void put_line(struct gen *g, const struct a64_info *info)
{
    struct image_group *group = &g->groups[g->head.group_count];
    uint64_t seed = line_seed(g->o.seed, info->name), before = g->executions;
    uint32_t insn;

    group->first_case = g->case_count;
    group->memory = (info->flags & A64_MEM) != 0;
    strncpy(group->name, info->name, sizeof(group->name) - 1);
    for (unsigned i = 0; i < g->o.encodings && draw_insn(&seed, info, &insn); i++)
        put_case(g, &seed, info, insn);
    group->case_count = g->case_count - group->first_case;
    g->head.group_count++;
    g->least = g->executions - before < g->least ? g->executions - before : g->least;
}

static bool wanted(const struct gen *g, const struct a64_info *info)
{
    static const char *const not_here[] = { "ERET", "SMC", "MSR", "MRS", "SYS", "WF" };
    const struct options *o = &g->o;
    bool named = o->name_count == 0;

    for (size_t i = 0; i < sizeof(not_here) / sizeof(not_here[0]); i++)
        if (insn_starts(info, not_here[i]))
            return false;
    for (unsigned i = 0; i < o->name_count; i++)
        named |= !fnmatch(o->names[i], info->name, 0);
    return named && a64_has_feature(g->c, info->feature) &&
           (!o->feature || !strcmp(o->feature, a64_feature_name(info->feature))) &&
           (!o->cost || !strcmp(o->cost, info->kind < COST_COUNT ? cost_names[info->kind] : "FREE"));
}

static void make(struct gen *g)
{
    draw_states(g);
    for (unsigned id = 1; id < A64_ID_COUNT; id++)
        if (wanted(g, a64_info(id)))
            put_line(g, a64_info(id));
}

/* Places everything for as many cases as there can be. */
static bool lay_out(struct gen *g)
{
    const size_t cases = (size_t)A64_ID_COUNT * g->o.encodings;
    uint64_t at = IMAGE_ADDRESS + sizeof(g->head);

    g->head.magic = IMAGE_MAGIC;
    g->head.detailed = g->o.detailed;
    g->head.states = at;
    g->head.groups = at += STATES * sizeof(*g->states);
    g->head.cases = at += A64_ID_COUNT * sizeof(*g->groups);
    g->head.slots = at += (cases * sizeof(*g->cases) + 15) & ~UINT64_C(15);
    at += cases * 4 * SLOT_WORDS;
    if (at > IMAGE_ADDRESS + IMAGE_MAX_BYTES)
        return false;
    g->states = calloc(STATES, sizeof(*g->states));
    g->groups = calloc(A64_ID_COUNT, sizeof(*g->groups));
    g->cases = calloc(cases + 1, sizeof(*g->cases)); /* One more: padding up to the slots. */
    g->slots = calloc(cases, 4 * SLOT_WORDS);
    return g->states && g->groups && g->cases && g->slots;
}

static bool write_image(const struct gen *g)
{
    FILE *f = fopen(g->o.out, "wb");

    if (!f)
        return false;
    fwrite(&g->head, sizeof(g->head), 1, f);
    fwrite(g->states, sizeof(*g->states), STATES, f);
    fwrite(g->groups, sizeof(*g->groups), A64_ID_COUNT, f);
    fwrite(g->cases, g->head.slots - g->head.cases, 1, f);
    fwrite(g->slots, 4 * SLOT_WORDS, g->case_count, f);
    return !ferror(f) & !fclose(f);
}

/* Number, encoding and disassembly of each case, for those who read details. */
static bool write_list(const struct gen *g)
{
    FILE *f = g->o.list ? fopen(g->o.list, "w") : NULL;
    char text[128];

    if (!f)
        return !g->o.list;
    for (uint32_t n = 0; n < g->case_count; n++) {
        a64_disas(g->head.slots, g->cases[n].insn, text, sizeof(text));
        fprintf(f, "%u %08x %s\n", n, g->cases[n].insn, text);
    }
    return !ferror(f) & !fclose(f);
}

static bool finish(const struct gen *g)
{
    if (!g->head.group_count) {
        fprintf(stderr, "qemu_gen: no line of the tables is wanted\n");
        return false;
    }
    if (!write_image(g) || !write_list(g)) {
        perror("qemu_gen");
        return false;
    }
    printf("%u of %u lines, %u encodings, %llu executions, at least %llu of each line\n",
           g->head.group_count, A64_ID_COUNT - 1, g->case_count, (unsigned long long)g->executions,
           (unsigned long long)g->least);
    return true;
}

static void usage(void)
{
    fprintf(stderr,
            "Usage: qemu_gen [-s SEED] [-e ENCODINGS-PER-LINE] [-i INPUTS-PER-ENCODING] [-f FEATURE] "
            "[-c COST] [-n NAME-PATTERN]... [-d] [-l LIST] IMAGE\n");
    exit(2);
}

static void parse(struct options *o, int argc, char **argv)
{
    int option;

    while ((option = getopt(argc, argv, "s:e:i:f:c:n:dl:")) != -1) {
        switch (option) {
        case 's':
            o->seed = strtoull(optarg, NULL, 0);
            break;
        case 'e':
            o->encodings = (unsigned)strtoul(optarg, NULL, 0);
            break;
        case 'i':
            o->inputs = (unsigned)strtoul(optarg, NULL, 0);
            break;
        case 'f':
            o->feature = optarg;
            break;
        case 'c':
            o->cost = optarg;
            break;
        case 'n':
            if (o->name_count < NAME_PATTERNS)
                o->names[o->name_count++] = optarg;
            break;
        case 'd':
            o->detailed = true;
            break;
        case 'l':
            o->list = optarg;
            break;
        default:
            usage();
        }
    }
    if (optind + 1 != argc || !o->encodings || o->encodings > 10000 || !o->inputs ||
        o->inputs > CASE_INPUTS)
        usage();
    o->out = argv[optind];
}

int main(int argc, char **argv)
{
    struct gen g = { .o = { .seed = 42, .encodings = 16, .inputs = CASE_INPUTS }, .least = UINT64_MAX };
    avs_options machine_options = AVS_OPTIONS_INIT;
    avs_machine *m = NULL;
    bool done;

    parse(&g.o, argc, argv);
    machine_options.cpu = "max";
    if (avs_machine_new(&machine_options, &m) != AVS_OK || !lay_out(&g)) {
        fprintf(stderr, "qemu_gen: %s\n", m ? "the image would be too large" : avs_last_error(NULL));
        return 2;
    }
    g.c = &m->pe[0];
    make(&g);
    done = finish(&g);
    free(g.states);
    free(g.groups);
    free(g.cases);
    free(g.slots);
    avs_machine_free(m);
    return done ? 0 : 2;
}
