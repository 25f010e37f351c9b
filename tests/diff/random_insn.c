/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file random_insn.c
 * Random instructions, made from the patterns of a64.def, and operands that find what random bits do not.
 */
#include "random_insn.h"

#include "a64/fp.h"
#include "a64/insn.h"
#include "core/bits.h"
#include "timing/timing.h"

uint64_t random_next(uint64_t *seed)
{
    uint64_t x = *seed += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

uint64_t random_value(uint64_t *seed)
{
    static const uint64_t corners[] = {
        0,
        1,
        0x7f,
        0x80,
        0xff,
        0x7fffffff,
        0x80000000,
        0xffffffff,
        UINT64_C(1) << 32,
        INT64_MAX,
        UINT64_C(1) << 63,
        UINT64_MAX,
    };
    uint64_t r = random_next(seed);

    return r & 1 ? random_next(seed) : corners[(r >> 8) % (sizeof(corners) / sizeof(corners[0]))];
}

uint64_t random_float(uint64_t *seed, unsigned ebits, unsigned fbits)
{
    static const uint8_t limits[] = { 7, 8, 15, 16, 31, 32, 63, 64 }; /* Of integers. */
    const uint64_t r = random_next(seed), f = random_next(seed);
    const uint64_t near = r & 6 ? (r >> 16) % 72 : limits[r >> 16 & 7];
    const uint64_t emax = BIT(ebits) - 1, bias = emax >> 1, all = BIT(fbits) - 1, top = BIT(fbits - 1);
    const uint64_t exponents[] = {
        0, 0, 1, emax, emax - 1, bias, bias + near, bias + near, bias - near, f
    };
    const uint64_t fractions[] = { 0,       0,        1,      all,    top,
                                   top - 1, top >> 1, f >> 8, f >> 8, f >> 8 & f >> 9 & all << near / 2 };
    uint64_t exponent = exponents[(r >> 32) % 10] & emax, fraction = fractions[(r >> 40) % 10] & all;

    return (r & 1) << (ebits + fbits) | exponent << fbits | fraction;
}

uint64_t random_floats(uint64_t *seed, enum random_format format)
{
    static const uint8_t ebits[RANDOM_FORMATS] = { 11, 8, 5, 8 }, fbits[RANDOM_FORMATS] = { 52, 23, 10, 7 };
    const unsigned width = 1u + ebits[format] + fbits[format];
    uint64_t v = 0;

    for (unsigned at = 0; at < 64; at += width)
        v |= random_float(seed, ebits[format], fbits[format]) << at;
    return v;
}

uint64_t random_lanes(uint64_t *seed)
{
    unsigned width = 8u << random_next(seed) % 4, kinds = (unsigned)random_next(seed);
    uint64_t all = 0, limit = UINT64_C(1) << (width - 1), mask = limit | (limit - 1);

    for (unsigned at = 0; at < 64; at += width) {
        uint64_t r = random_next(seed), lane = r >> 8;
        if (kinds & 3)
            lane = (r & 1 ? limit : 0) + (r & 2 ? lane % 4 - 2 : r & 4 ? lane % 64 - 32 : lane);
        all |= (lane & mask) << at;
    }
    return all;
}

uint64_t random_fpcr(uint64_t *seed)
{
    return random_next(seed) & (FPCR_FZ16 | UINT64_C(3) << FPCR_RMODE | FPCR_FZ | FPCR_DN | FPCR_AHP);
}

static uint64_t letter_mask(const char *pattern, char letter)
{
    uint64_t mask = 0;

    for (unsigned i = 0; i < 32; i++)
        mask |= pattern[i] == letter ? BIT(31 - i) : 0;
    return mask;
}

uint32_t insn_set_letter(uint32_t insn, const char *pattern, char letter, uint64_t value)
{
    uint64_t mask = letter_mask(pattern, letter);

    for (unsigned b = 0; b < 32; b++) {
        if (!(mask & BIT(b)))
            continue;
        insn = (uint32_t)((insn & ~BIT(b)) | (value & 1) << b);
        value >>= 1;
    }
    return insn;
}

uint32_t insn_random(uint64_t *seed, const struct a64_info *info)
{
    return info->value | ((uint32_t)random_next(seed) & ~info->mask);
}

bool insn_is_exclusive(const struct a64_info *info)
{
    return info->kind == KIND_EXCLUSIVE;
}

bool insn_is_plain_base(const struct a64_info *info)
{
    return info->format == A64_FMT_LD_EXCL || info->format == A64_FMT_ST_EXCL ||
           info->kind == KIND_ATOMIC || info->feature == A64_FEAT_LRCPC2;
}

bool insn_is_literal(const struct a64_info *info)
{
    return info->format == A64_FMT_LD_LIT || info->format == A64_FMT_FP_LIT;
}

uint32_t insn_aim(uint64_t *seed, const struct a64_info *info, uint32_t insn, unsigned base)
{
    const char *const pattern = info->pattern;

    if (insn_is_literal(info))
        return insn_set_letter(insn, pattern, 'i', random_next(seed) & 15);
    /* Unicorn and QEMU refuse LDAPR with other than the bits that should be one. */
    if (info->feature == A64_FEAT_LRCPC)
        insn = insn_set_letter(insn, pattern, 'x', 31);
    if (info->feature == A64_FEAT_LRCPC2)
        insn = insn_set_letter(insn, pattern, 'i', (random_next(seed) & 63) << 3);
    insn = insn_set_letter(insn, pattern, 'n', insn_is_plain_base(info) ? REG_ALIGNED : base);
    return insn_set_letter(insn, pattern, 'm', strstr(info->name, "uxtw") ? REG_POSITIVE : REG_OFFSET);
}

bool insn_adds_code(const struct a64_info *info)
{
    return insn_starts(info, "PAC") && info->format != A64_FMT_PACGA;
}

/* PACIA1716 and kin work on X17, PACIASP and kin on X30. */
static bool is_hint(uint32_t pac_insn)
{
    return pac_insn >> 24 == 0xd5;
}

uint32_t insn_strip(uint32_t pac_insn)
{
    uint32_t reg = !is_hint(pac_insn) ? pac_insn & 31 : pac_insn >> 8 & 2 ? 30 : 17;

    return UINT32_C(0xdac143e0) | reg;
}

uint32_t insn_authenticate(uint32_t pac_insn)
{
    return pac_insn | (is_hint(pac_insn) ? UINT32_C(1) << 7 : UINT32_C(1) << 12);
}
