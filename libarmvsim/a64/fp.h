/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fp.h
 * Floating-point arithmetic as the manual's pseudocode defines it (DDI 0487, shared/functions/float: FPAdd,
 * FPRound, FPProcessNaNs, ...), on bit patterns of half, single and double precision. Every function takes
 * the control word FPCR and adds the cumulative exception bits to *fpsr. FPCR decides rounding (RMode),
 * flushing (FZ, FZ16), NaN results (DN) and the half-precision format of conversions (AHP); trap enables
 * are RAZ, as on cores without trapped exceptions. Nothing here knows registers or instructions.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* FPCR and FPSR bits. */
#define FPCR_FZ16  (UINT64_C(1) << 19)
#define FPCR_RMODE 22 /* Lowest bit of the two: 0 nearest even, 1 +inf, 2 -inf, 3 zero. */
#define FPCR_FZ    (UINT64_C(1) << 24)
#define FPCR_DN    (UINT64_C(1) << 25)
#define FPCR_AHP   (UINT64_C(1) << 26)
#define FPSR_IOC   (UINT64_C(1) << 0)
#define FPSR_DZC   (UINT64_C(1) << 1)
#define FPSR_OFC   (UINT64_C(1) << 2)
#define FPSR_UFC   (UINT64_C(1) << 3)
#define FPSR_IXC   (UINT64_C(1) << 4)
#define FPSR_IDC   (UINT64_C(1) << 7)
#define FPSR_QC    (UINT64_C(1) << 27)

/* FPRounding. The first four are FPCR.RMode's values. */
enum fp_rounding { FP_TIEEVEN, FP_POSINF, FP_NEGINF, FP_ZERO, FP_TIEAWAY, FP_ODD };

static inline enum fp_rounding fp_rounding(uint64_t fpcr)
{
    return (enum fp_rounding)(fpcr >> FPCR_RMODE & 3);
}

/* For N = 16, 32, 64 and their types: */
#define FP_DECLARE(N, T)                                                                                   \
    T fp##N##_add(T a, T b, uint64_t fpcr, uint64_t *fpsr);                                                \
    T fp##N##_sub(T a, T b, uint64_t fpcr, uint64_t *fpsr);                                                \
    T fp##N##_mul(T a, T b, uint64_t fpcr, uint64_t *fpsr);                                                \
    T fp##N##_mulx(T a, T b, uint64_t fpcr, uint64_t *fpsr);  /* FPMulX: 0 * inf is 2. */                  \
    T fp##N##_div(T a, T b, uint64_t fpcr, uint64_t *fpsr);                                                \
    T fp##N##_sqrt(T a, uint64_t fpcr, uint64_t *fpsr);                                                    \
    /* addend + a * b with one rounding: FPMulAdd. */                                                      \
    T fp##N##_muladd(T addend, T a, T b, uint64_t fpcr, uint64_t *fpsr);                                   \
    T fp##N##_min(T a, T b, uint64_t fpcr, uint64_t *fpsr);                                                \
    T fp##N##_max(T a, T b, uint64_t fpcr, uint64_t *fpsr);                                                \
    T fp##N##_minnm(T a, T b, uint64_t fpcr, uint64_t *fpsr);                                              \
    T fp##N##_maxnm(T a, T b, uint64_t fpcr, uint64_t *fpsr);                                              \
    /* FPCompare: NZCV in bits <31:28>. */                                                                 \
    uint32_t fp##N##_compare(T a, T b, bool signal_nans, uint64_t fpcr, uint64_t *fpsr);                   \
    bool fp##N##_eq(T a, T b, uint64_t fpcr, uint64_t *fpsr); /* FPCompareEQ: quiet. */                    \
    bool fp##N##_ge(T a, T b, uint64_t fpcr, uint64_t *fpsr); /* FPCompareGE: signals on any NaN. */       \
    bool fp##N##_gt(T a, T b, uint64_t fpcr, uint64_t *fpsr);                                              \
    T fp##N##_round_int(T a, enum fp_rounding r, bool exact, uint64_t fpcr, uint64_t *fpsr);               \
    /* FPToFixed: `bits` 16, 32 or 64 wide result, zero-extended; `fbits` fraction bits. */                \
    uint64_t fp##N##_to_fixed(T a, unsigned fbits, bool is_unsigned, unsigned bits, enum fp_rounding r,    \
                              uint64_t fpcr, uint64_t *fpsr);                                              \
    /* FixedToFP: `a` is `bits` wide, its upper bits ignored. */                                           \
    T fp##N##_from_fixed(uint64_t a, unsigned bits, unsigned fbits, bool is_unsigned, enum fp_rounding r,  \
                         uint64_t fpcr, uint64_t *fpsr);                                                   \
    T fp##N##_recip_estimate(T a, uint64_t fpcr, uint64_t *fpsr);                                          \
    T fp##N##_rsqrt_estimate(T a, uint64_t fpcr, uint64_t *fpsr);                                          \
    T fp##N##_recip_step(T a, T b, uint64_t fpcr, uint64_t *fpsr);  /* FPRecipStepFused: 2 - a*b. */       \
    T fp##N##_rsqrt_step(T a, T b, uint64_t fpcr, uint64_t *fpsr);  /* FPRSqrtStepFused: (3 - a*b) / 2. */ \
    T fp##N##_recpx(T a, uint64_t fpcr, uint64_t *fpsr);                                                   \
    static inline T fp##N##_neg(T a)                                                                       \
    {                                                                                                      \
        return (T)(a ^ (T)((T)1 << ((N)-1)));                                                              \
    }                                                                                                      \
    static inline T fp##N##_abs(T a)                                                                       \
    {                                                                                                      \
        return (T)(a & (T) ~((T)1 << ((N)-1)));                                                            \
    }

FP_DECLARE(16, uint16_t)
FP_DECLARE(32, uint32_t)
FP_DECLARE(64, uint64_t)

/* FRINT32X and kin (FEAT_FRINTTS): to an integral value of `bits` 32 or 64, FPRoundIntN. */
uint32_t fp32_round_int_n(uint32_t a, enum fp_rounding r, unsigned bits, uint64_t fpcr, uint64_t *fpsr);
uint64_t fp64_round_int_n(uint64_t a, enum fp_rounding r, unsigned bits, uint64_t fpcr, uint64_t *fpsr);

/* FPConvert, with FPCR's rounding unless told. */
uint32_t fp16_to_fp32(uint16_t a, uint64_t fpcr, uint64_t *fpsr);
uint64_t fp16_to_fp64(uint16_t a, uint64_t fpcr, uint64_t *fpsr);
uint16_t fp32_to_fp16(uint32_t a, uint64_t fpcr, uint64_t *fpsr);
uint64_t fp32_to_fp64(uint32_t a, uint64_t fpcr, uint64_t *fpsr);
uint16_t fp64_to_fp16(uint64_t a, uint64_t fpcr, uint64_t *fpsr);
uint32_t fp64_to_fp32(uint64_t a, enum fp_rounding r, uint64_t fpcr, uint64_t *fpsr); /* FCVTXN: FP_ODD. */

/* FJCVTZS (FEAT_JSCVT): the low 32 bits of the integral value; *exact as PSTATE.Z shows it. */
uint32_t fp64_to_int32_js(uint64_t a, bool *exact, uint64_t fpcr, uint64_t *fpsr);

/* FMLAL and kin (FEAT_FHM): addend + a * b, halves multiplied exactly, one rounding to single. */
uint32_t fp16_muladd_long(uint32_t addend, uint16_t a, uint16_t b, uint64_t fpcr, uint64_t *fpsr);

/* BFloat16 (FEAT_BF16). */
uint16_t fp32_to_bf16(uint32_t a, uint64_t fpcr, uint64_t *fpsr);
uint32_t bf16_muladd(uint32_t addend, uint16_t a, uint16_t b, uint64_t fpcr, uint64_t *fpsr); /* BFMLAL */
/* addend + a0*b0 + a1*b1 as BFDOT and BFMMLA add: BFDotAdd, no exceptions, round to odd. */
uint32_t bf16_dot(uint32_t addend, uint16_t a0, uint16_t a1, uint16_t b0, uint16_t b1);

/* The manual's integer estimates, which URECPE and URSQRTE use too: UnsignedRecipEstimate, ... */
uint32_t fp_unsigned_recip_estimate(uint32_t a);
uint32_t fp_unsigned_rsqrt_estimate(uint32_t a);
