/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file operands.c
 * Operands of a decoded op, by format (format.def), so that handlers find everything ready: registers as
 * slots, immediates expanded as the manual's DecodeBitMasks, AdvSIMDExpandImm and VFPExpandImm say. Also
 * the CONSTRAINED UNPREDICTABLE cases of an encoding (constrained.def).
 */
#include "a64/insn.h"
#include "arch/sysreg.h"
#include "core/bits.h"

static uint8_t slot_dest(uint32_t insn, unsigned lo)
{
    uint8_t r = (uint8_t)bits(insn, lo + 4, lo);
    return r == 31 ? REG_SINK : r;
}

static uint8_t slot_source(uint32_t insn, unsigned lo)
{
    uint8_t r = (uint8_t)bits(insn, lo + 4, lo);
    return r == 31 ? REG_ZERO : r;
}

static uint8_t slot_sp(uint32_t insn, unsigned lo)
{
    uint8_t r = (uint8_t)bits(insn, lo + 4, lo);
    return r == 31 ? REG_SP : r;
}

static uint64_t ones(unsigned n)
{
    return n ? ~UINT64_C(0) >> (64 - n) : 0;
}

static uint64_t ror(uint64_t x, unsigned by, unsigned width)
{
    by %= width;
    return by ? (x >> by | x << (width - by)) & ones(width) : x;
}

/* DecodeBitMasks for the logical immediates: a run of S+1 ones, rotated right by R, repeated. For 32-bit
 * operations the upper half is harmless: N is 0 and results are truncated. */
static uint64_t bitmask(uint64_t n, uint64_t imms, uint64_t immr)
{
    unsigned size = 64, run;
    uint64_t mask;

    if (!n)
        for (size = 32; size > 2 && (imms & size); size >>= 1)
            ;
    run = (unsigned)(imms & (size - 1)) + 1;
    mask = ror(ones(run), (unsigned)(immr & (size - 1)), size);
    for (; size < 64; size *= 2)
        mask |= mask << size;
    return mask;
}

/* UBFM and SBFM are a shift left by width-1 - imms and a shift right by this: the lowest copied bit lands
 * on bit 0 (imms >= immr, an extract) or on bit width - immr (an insert). */
static uint64_t bfm_right(uint64_t immr, uint64_t imms, unsigned width)
{
    return imms >= immr ? width - 1 - imms + immr : immr - imms - 1;
}

/* The bits that BFM replaces. */
static uint64_t bfi_mask(uint64_t immr, uint64_t imms, unsigned width)
{
    if (imms >= immr)
        return ones((unsigned)(imms - immr) + 1);
    return ones((unsigned)imms + 1) << (width - (unsigned)immr);
}

/* ConditionHolds as a truth table: bit n is set when the condition holds with NZCV = n. */
static uint64_t cond_truth(uint64_t cond)
{
    static const uint16_t truth[8] = {
        0xf0f0, /* EQ: Z */
        0xcccc, /* CS: C */
        0xff00, /* MI: N */
        0xaaaa, /* VS: V */
        0x0c0c, /* HI: C and not Z */
        0xaa55, /* GE: N = V */
        0x0a05, /* GT: N = V and not Z */
        0xffff, /* AL */
    };
    uint16_t t = truth[cond >> 1];

    return (cond & 1) && cond != 15 ? (uint16_t)~t : t;
}

/* imm5 of the element instructions: the lowest set bit is the element size, what is above the index. */
static unsigned element_size(uint64_t imm5)
{
    return (unsigned)__builtin_ctz((unsigned)imm5 | 16);
}

static uint64_t element(uint64_t imm5)
{
    return imm5 >> (element_size(imm5) + 1);
}

static uint64_t repeat(uint64_t x, unsigned width)
{
    for (; width < 64; width *= 2)
        x |= x << width;
    return x;
}

/* VFPExpandImm: sign, exponent NOT(b) : b... : cd, fraction efgh. */
static uint64_t vfp_imm16(uint64_t imm8)
{
    return bits(imm8, 7, 7) << 15 | (bit(imm8, 6) ? 3u : 4u) << 12 | bits(imm8, 5, 0) << 6;
}

static uint64_t vfp_imm32(uint64_t imm8)
{
    return bits(imm8, 7, 7) << 31 | (bit(imm8, 6) ? 0x1fu : 0x20u) << 25 | bits(imm8, 5, 0) << 19;
}

static uint64_t vfp_imm64(uint64_t imm8)
{
    return bits(imm8, 7, 7) << 63 | (bit(imm8, 6) ? UINT64_C(0xff) : UINT64_C(0x100)) << 54 |
           bits(imm8, 5, 0) << 48;
}

/* One bit of imm8 for each byte: MOVI with op 1 and cmode 1110. */
static uint64_t spread_bytes(uint64_t imm8)
{
    uint64_t x = 0;

    for (unsigned i = 0; i < 8; i++)
        x |= bit(imm8, i) ? UINT64_C(0xff) << (8 * i) : 0;
    return x;
}

/* AdvSIMDExpandImm. */
static uint64_t simd_imm(uint64_t op, uint64_t cmode, uint64_t imm8)
{
    unsigned shift;

    if (cmode == 15)
        return op ? vfp_imm64(imm8) : repeat(vfp_imm32(imm8), 32);
    if (cmode == 14)
        return op ? spread_bytes(imm8) : repeat(imm8, 8);
    if (cmode >= 12) {
        shift = 8 * (unsigned)(1 + (cmode & 1));
        return repeat(imm8 << shift | ones(shift), 32);
    }
    shift = 8 * (unsigned)(cmode >> 1 & 3);
    return cmode >= 8 ? repeat(imm8 << (shift & 8), 16) : repeat(imm8 << shift, 32);
}

/* Registers of LD1 to LD4 and ST1 to ST4 (multiple structures), by opcode. */
static uint64_t multi_registers(uint64_t opcode)
{
    switch (opcode) {
    case 7:
        return 1;
    case 8:
    case 10:
        return 2;
    case 4:
    case 6:
        return 3;
    default:
        return 4;
    }
}

/* Of single structures: selem. */
#define LANE_REGISTERS ((F(13, 13) << 1 | F(21, 21)) + 1)

/* immh:immb of the SIMD shifts: the highest set bit is the element's size, what is below it the amount to
 * the left, or the size less the amount to the right. */
static unsigned shift_left(uint64_t immhb)
{
    return (unsigned)immhb ^ 1u << (63 - __builtin_clzll(immhb));
}

static unsigned shift_right(uint64_t immhb)
{
    return (1u << (63 - __builtin_clzll(immhb))) - shift_left(immhb);
}

#define D(lo) slot_dest(insn, (lo))
#define S(lo) slot_source(insn, (lo))
#define P(lo) slot_sp(insn, (lo))
#define F(hi, lo) bits(insn, (hi), (lo))
#define A64_FORMAT(name, r0, r1, r2, r3, value)                                                            \
    static void fill_##name(uint32_t insn __attribute__((unused)), struct op *o)                           \
    {                                                                                                      \
        o->r[0] = (uint8_t)(r0);                                                                           \
        o->r[1] = (uint8_t)(r1);                                                                           \
        o->r[2] = (uint8_t)(r2);                                                                           \
        o->r[3] = (uint8_t)(r3);                                                                           \
        o->imm = (int64_t)(value);                                                                         \
    }
#include "a64/format.def"
#undef A64_FORMAT
#undef D
#undef S
#undef P
#undef F

void a64_operands(unsigned id, uint32_t insn, struct op *out)
{
    static void (*const fill[A64_FMT_COUNT])(uint32_t, struct op *) = {
#define A64_FORMAT(name, ...) fill_##name,
#include "a64/format.def"
#undef A64_FORMAT
    };

    out->insn = insn;
    fill[a64_info(id)->format](insn, out);
}

enum choice { CHOICE_UNDEF, CHOICE_AS_IS };

static const struct {
    enum choice choice;
    const char *text;
} cases[A64_CU_COUNT] = {
#define A64_CONSTRAINED(name, choice, condition, section, text) { CHOICE_##choice, section ": " text },
#include "a64/constrained.def"
#undef A64_CONSTRAINED
};

static bool case_holds(unsigned which, uint32_t insn)
{
    const uint64_t T = bits(insn, 4, 0), N = bits(insn, 9, 5), U = bits(insn, 14, 10),
                   S = bits(insn, 20, 16);

    switch ((enum a64_constrained)which) {
#define A64_CONSTRAINED(name, choice, condition, section, text)                                            \
    case A64_CU_##name:                                                                                    \
        return condition;
#include "a64/constrained.def"
#undef A64_CONSTRAINED
    default:
        return false;
    }
}

int a64_constrained_undef(const struct a64_info *info, uint32_t insn)
{
    for (unsigned i = 0; i < A64_CU_COUNT; i++)
        if ((info->constrained & 1u << i) && cases[i].choice == CHOICE_UNDEF && case_holds(i, insn))
            return (int)i;
    return -1;
}

const char *a64_constrained_text(unsigned which)
{
    return cases[which].text;
}
