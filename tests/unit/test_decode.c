/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_decode.c
 * The decoder: known encodings to names and operands, for each format; encodings that are none; and the
 * self-checks of a64.def as decoded (every line is reachable, the most specific line wins, names are
 * unique).
 */
#include <criterion/criterion.h>
#include <string.h>

#include "a64/insn.h"
#include "arch/sysreg.h"

enum { ANY = 0xff, TRIES = 64, RANDOM_WORDS = 200000 };

static const struct {
    uint32_t insn;
    const char *name;
    uint8_t r[4]; /* ANY: the format leaves it open. */
    uint64_t imm;
} known[] = {
    { 0x10ffffc3, "ADR", { 3, 0, 0, 0 }, (uint64_t)-8 },       /* adr x3, .-8 */
    { 0xb0000024, "ADRP", { 4, 0, 0, 0 }, 0x5000 },            /* adrp x4, .+0x5000 */
    { 0x914017e1, "ADD_imm_64", { 1, REG_SP, 0, 0 }, 0x5000 }, /* add x1, sp, #5, lsl #12 */
    { 0x9100405f, "ADD_imm_64", { REG_SP, 2, 0, 0 }, 16 },     /* add sp, x2, #16 */
    { 0x710024ff, "SUBS_imm_32", { REG_SINK, 7, 0, 0 }, 9 },   /* cmp w7, #9 */
    { 0x9200f3e1,
      "AND_imm_64",
      { 1, REG_ZERO, 0, 0 },
      0x5555555555555555 },                                           /* and x1, xzr, #0x5555555555555555 */
    { 0x32010441, "ORR_imm_32", { 1, 2, 0, 0 }, 0x8000000180000001 }, /* orr w1, w2, #0x80000001 */
    { 0xd2089c41, "EOR_imm_64", { 1, 2, 0, 0 }, 0xff00ff00ff00ff00 }, /* eor x1, x2, #0xff00ff00ff00ff00 */
    { 0xf27ff4bf,
      "ANDS_imm_64",
      { REG_SINK, 5, 0, 0 },
      0x7ffffffffffffffe },                                                /* tst x5, #0x7ffffffffffffffe */
    { 0xd2f579a1, "MOVZ_64", { 1, 0, 0, 0 }, 0xabcd000000000000 },         /* movz x1, #0xabcd, lsl #48 */
    { 0x92a00001, "MOVN_64", { 1, 0, 0, 0 }, (uint64_t)-1 },               /* movn x1, #0, lsl #16 */
    { 0x12800021, "MOVN_32", { 1, 0, 0, 0 }, 0xfffffffe },                 /* movn w1, #1 */
    { 0xf2c000e1, "MOVK_64", { 1, 0, 32, 0 }, 0x700000000 },               /* movk x1, #7, lsl #32 */
    { 0xd3482c41, "UBFM_64", { 1, 2, 52, 60 }, 0 },                        /* ubfx x1, x2, #8, #4 */
    { 0xd37df041, "UBFM_64", { 1, 2, 3, 0 }, 0 },                          /* lsl x1, x2, #3 */
    { 0x131c1c41, "SBFM_32", { 1, 2, 24, 20 }, 0 },                        /* sbfiz w1, w2, #4, #8 */
    { 0x53077c41, "LSR_imm_32", { 1, 2, 7, 0 }, 0 },                       /* lsr w1, w2, #7 */
    { 0x937ffc41, "ASR_imm_64", { 1, 2, 63, 0 }, 0 },                      /* asr x1, x2, #63 */
    { 0xb3780c41, "BFM_64", { 1, 2, 56, 0 }, 0xf00 },                      /* bfi x1, x2, #8, #4 */
    { 0x33082c41, "BFM_32", { 1, 2, 8, 0 }, 0xf },                         /* bfxil w1, w2, #8, #4 */
    { 0x93407c41, "SXTW_64", { 1, 2, 0, 0 }, 0 },                          /* sxtw x1, w2 */
    { 0x53001c41, "UXTB_32", { 1, 2, 0, 0 }, 0 },                          /* uxtb w1, w2 */
    { 0x93c31441, "EXTR_64", { 1, 2, 3, 5 }, 0 },                          /* extr x1, x2, x3, #5 */
    { 0xaa0203e1, "MOV_reg_64", { 1, REG_ZERO, 2, 0 }, 0 },                /* mov x1, x2 */
    { 0x8b030041, "ADD_reg_64", { 1, 2, 3, 0 }, 0 },                       /* add x1, x2, x3 */
    { 0x4b837c41, "SUB_asr_32", { 1, 2, 3, 31 }, 0 },                      /* sub w1, w2, w3, asr #31 */
    { 0xeae3f041, "BICS_ror_64", { 1, 2, 3, 60 }, 0 },                     /* bics x1, x2, x3, ror #60 */
    { 0x8b23abff, "ADD_sxt_64", { REG_SP, REG_SP, 3, 48 }, 2 },            /* add sp, sp, w3, sxth #2 */
    { 0xeb2373e1, "SUBS_uxt_64", { 1, REG_SP, 3, 0 }, 4 },                 /* subs x1, sp, x3, uxtx #4 */
    { 0x9a9f0041, "CSEL_64", { 1, 2, REG_ZERO, 0 }, 0xf0f0 },              /* csel x1, x2, xzr, eq */
    { 0x1a9fa7e1, "CSINC_32", { 1, REG_ZERO, REG_ZERO, 0 }, 0xaa55 },      /* cset w1, lt */
    { 0xfa428025, "CCMP_reg_64", { 0, 1, 2, 5 }, 0x0c0c },                 /* ccmp x1, x2, #5, hi */
    { 0x3a51d82f, "CCMN_imm_32", { 0, 1, 17, 15 }, 0xf5fa },               /* ccmn w1, #17, #15, le */
    { 0x9b037c41, "MADD_64", { 1, 2, 3, REG_ZERO }, 0 },                   /* madd x1, x2, x3, xzr */
    { 0x9bc37c41, "UMULH", { 1, 2, 3, 0 }, 0 },                            /* umulh x1, x2, x3 */
    { 0x5ac01041, "CLZ_32", { 1, 2, 0, 0 }, 0 },                           /* clz w1, w2 */
    { 0x9ac35c41, "CRC32CX", { 1, 2, 3, 0 }, 0 },                          /* crc32cx w1, w2, x3 */
    { 0x17ffffff, "B", { 0, 0, 0, 0 }, (uint64_t)-4 },                     /* b .-4 */
    { 0x95ffffff, "BL", { 0, 0, 0, 0 }, 0x7fffffc },                       /* bl .+0x7fffffc */
    { 0x547fffea, "B_GE", { ANY, ANY, ANY, ANY }, 0xffffc },               /* b.ge .+0xffffc */
    { 0x3580001f, "CBNZ_32", { REG_ZERO, 0, 0, 0 }, (uint64_t)-0x100000 }, /* cbnz wzr, .-0x100000 */
    { 0xb62bffe9, "TBZ", { 9, 0, 37, 0 }, 0x7ffc },                        /* tbz x9, #37, .+0x7ffc */
    { 0xd61f0220, "BR", { 0, 17, 0, 0 }, 0 },                              /* br x17 */
    { 0xd65f03c0, "RET", { 0, 30, 0, 0 }, 0 },                             /* ret */
    { 0xd4024682, "HVC", { 0, 0, 0, 0 }, 0x1234 },                         /* hvc #0x1234 */
    { 0xd69f03e0, "ERET", { 0, 0, 0, 0 }, 0 },                             /* eret */
    { 0xd503201f, "HINT", { 0, 0, 0, 0 }, 0 },                             /* nop */
    { 0xd5032fff, "HINT", { 0, 0, 0, 0 }, 0 },                             /* hint #127 */
    { 0xd503207f, "WFI", { 0, 0, 0, 0 }, 0 },                              /* wfi */
    { 0xd50342df, "MSR_imm", { 0, 0, 0, 0 }, 0 },                          /* msr daifset, #2 */
    { 0xd53c1105, "MRS", { 5, 0, 0, 0 }, SR_HCR_EL2 },                     /* mrs x5, hcr_el2 */
    { 0xd518101f, "MSR", { REG_ZERO, 0, 0, 0 }, SR_SCTLR_EL1 },            /* msr sctlr_el1, xzr */
    { 0xd50b7427, "SYS", { 7, 0, 0, 0 }, SR_DC_ZVA },                      /* dc zva, x7 */
    { 0xd538ffe5, "MRS", { 5, 0, 0, 0 }, SR_NONE },                        /* mrs x5, s3_0_c15_c15_7 */
    { 0xf97fffe1, "LDR_uimm_64", { 1, REG_SP, 0, 0 }, 32760 },             /* ldr x1, [sp, #32760] */
    { 0x793ffc5f, "STRH_uimm_32", { REG_ZERO, 2, 0, 0 }, 8190 },           /* strh wzr, [x2, #8190] */
    { 0x39bffc41, "LDRSB_uimm_64", { 1, 2, 0, 0 }, 4095 },                 /* ldrsb x1, [x2, #4095] */
    { 0xf8500041, "LDUR_64", { 1, 2, 0, 0 }, (uint64_t)-256 },             /* ldur x1, [x2, #-256] */
    { 0xf84ff45f, "LDR_post_64", { REG_SINK, 2, 0, 0 }, 255 },             /* ldr xzr, [x2], #255 */
    { 0xb81f0fe1, "STR_pre_32", { 1, REG_SP, 0, 0 }, (uint64_t)-16 },      /* str w1, [sp, #-16]! */
    { 0xb8801841, "LDTRSW_64", { 1, 2, 0, 0 }, 1 },                        /* ldtrsw x1, [x2, #1] */
    { 0xf8637841, "LDR_reg_64", { 1, 2, 3, 3 }, 0 },                       /* ldr x1, [x2, x3, lsl #3] */
    { 0x7863e841, "LDRH_reg_32", { 1, 2, 3, 0 }, 0 },                      /* ldrh w1, [x2, x3, sxtx] */
    { 0xb8235841, "STR_uxtw_32", { 1, 2, 3, 2 }, 0 },                      /* str w1, [x2, w3, uxtw #2] */
    { 0xb8a3c841, "LDRSW_sxtw_64", { 1, 2, 3, 0 }, 0 },                    /* ldrsw x1, [x2, w3, sxtw] */
    { 0x587fffe1, "LDR_lit_64", { 1, 0, 0, 0 }, 0xffffc },                 /* ldr x1, .+0xffffc */
    { 0xa8df8be1, "LDP_post_64", { 1, REG_SP, 0, 2 }, 504 },               /* ldp x1, x2, [sp], #504 */
    { 0x29a07c61, "STP_pre_32", { 1, 3, 0, REG_ZERO }, (uint64_t)-256 },   /* stp w1, wzr, [x3, #-256]! */
    { 0x69408861, "LDPSW_off_64", { 1, 3, 0, 2 }, 4 },                     /* ldpsw x1, x2, [x3, #4] */
    { 0xa8600861, "LDNP_64", { 1, 3, 0, 2 }, (uint64_t)-512 },             /* ldnp x1, x2, [x3, #-512] */
    { 0x885fffe1, "LDAXR_32", { 1, REG_SP, 0, REG_SINK }, 0 },             /* ldaxr w1, [sp] */
    { 0xc8238881, "STLXP_64", { 1, 4, 3, 2 }, 0 },                         /* stlxp w3, x1, x2, [x4] */
    { 0x089ffc41, "STLRB_32", { 1, 2, REG_SINK, REG_ZERO }, 0 },           /* stlrb w1, [x2] */
    { 0xc8df7c41, "LDLAR_64", { 1, 2, 0, REG_SINK }, 0 },                  /* ldlar x1, [x2] */
    { 0xf9800420, "PRFM_uimm", { 0, 0, 0, 0 }, 0 },                        /* prfm pldl1keep, [x1, #8] */
    { 0x3dfffc3f, "LDR_uimm_Q", { 31, 1, 0, 0 }, 65520 },                  /* ldr q31, [x1, #65520] */
    { 0x3d3fffe1, "STR_uimm_B", { 1, REG_SP, 0, 0 }, 4095 },               /* str b1, [sp, #4095] */
    { 0x7c1ff041, "STUR_H", { 1, 2, 0, 0 }, (uint64_t)-1 },                /* stur h1, [x2, #-1] */
    { 0xfc408c41, "LDR_pre_D", { 1, 2, 0, 0 }, 8 },                        /* ldr d1, [x2, #8]! */
    { 0x3ce3d841, "LDR_sxtw_Q", { 1, 2, 3, 4 }, 0 },                       /* ldr q1, [x2, w3, sxtw #4] */
    { 0x1cffffe1, "LDR_lit_S", { 1, 0, 0, 0 }, (uint64_t)-4 },             /* ldr s1, .-4 */
    { 0xada07fe0, "STP_pre_Q", { 0, REG_SP, 0, 31 }, (uint64_t)-1024 },    /* stp q0, q31, [sp, #-1024]! */
    { 0x2c5f8861, "LDNP_S", { 1, 3, 0, 2 }, 252 },                         /* ldnp s1, s2, [x3, #252] */
    { 0x9eae0041, "FMOV_X_V1", { 1, 2, ANY, ANY }, 0 },                    /* fmov x1, v2.d[1] */
    { 0x9e6703e1, "FMOV_D_X", { 1, REG_ZERO, ANY, ANY }, 0 },              /* fmov d1, xzr */
    { 0x1e381001, "FMOV_imm_S", { 1, 0, 0, 0 }, 0xbe000000 },              /* fmov s1, #-0.125 */
    { 0x1e67f001, "FMOV_imm_D", { 1, 0, 0, 0 }, 0x403f000000000000 },      /* fmov d1, #31.0 */
    { 0x1eed3001, "FMOV_imm_H", { 1, 0, 0, 0 }, 0x3a40 },                  /* fmov h1, #0.78125 */
    { 0x1e61c041, "FSQRT_D", { 1, 2, 0, 0 }, 0 },                          /* fsqrt d1, d2 */
    { 0x1e633841, "FSUB_D", { 1, 2, 3, 0 }, 0 },                           /* fsub d1, d2, d3 */
    { 0x1f629041, "FNMSUB_D", { 1, 2, 2, 4 }, 0 },                         /* fnmsub d1, d2, d2, d4 */
    { 0x1e6020c8, "FCMP_zero_D", { 0, 6, 0, 0 }, 0 },                      /* fcmp d6, #0.0 */
    { 0x1e238457, "FCCMPE_S", { 0, 2, 3, 7 }, 0x0c0c },                    /* fccmpe s2, s3, #7, hi */
    { 0x1e63bc41, "FCSEL_D", { 1, 2, 3, 0 }, 0x55aa },                     /* fcsel d1, d2, d3, lt */
    { 0x9e78005f, "FCVTZS_X_D", { REG_SINK, 2, ANY, ANY }, 0 },            /* fcvtzs xzr, d2 */
    { 0x1e43c3e1, "UCVTF_fix_D_W", { 1, REG_ZERO, 16, 0 }, 0 },            /* ucvtf d1, wzr, #16 */
    { 0x9e18005f, "FCVTZS_fix_X_S", { REG_SINK, 2, 64, 0 }, 0 },           /* fcvtzs xzr, s2, #64 */
    { 0x4ea21c41, "ORR_vec_16B", { 1, 2, 2, 0 }, 0 },                      /* mov v1.16b, v2.16b */
    { 0x4f056561, "MOVI_32_16B", { 1, 0, 0, 0 }, 0xab000000ab000000 },     /* movi v1.4s, #0xab, lsl #24 */
    { 0x4f05a561, "MOVI_16_16B", { 1, 0, 0, 0 }, 0xab00ab00ab00ab00 },     /* movi v1.8h, #0xab, lsl #8 */
    { 0x0f05d561, "MOVI_msl_8B", { 1, 0, 0, 0 }, 0x00abffff00abffff },     /* movi v1.2s, #0xab, msl #16 */
    { 0x4f05e561, "MOVI_8_16B", { 1, 0, 0, 0 }, 0xabababababababab },      /* movi v1.16b, #0xab */
    { 0x6f04e741, "MOVI_2D", { 1, 0, 0, 0 }, 0xff0000ffff00ff00 },    /* movi v1.2d, #0xff0000ffff00ff00 */
    { 0x2f008421, "MVNI_16_8B", { 1, 0, 0, 0 }, 0xfffefffefffefffe }, /* mvni v1.4h, #1 */
    { 0x6f043401, "BIC_imm_32_16B", { 1, 0, 0, 0 }, 0xffff7fffffff7fff }, /* bic v1.4s, #0x80, lsl #8 */
    { 0x6f03f601, "FMOV_vec_D", { 1, 0, 0, 0 }, 0x3ff0000000000000 },     /* fmov v1.2d, #1.0 */
    { 0x4f00f401, "FMOV_vec_S_16B", { 1, 0, 0, 0 }, 0x4000000040000000 }, /* fmov v1.4s, #2.0 */
    { 0x4e160441, "DUP_element_H_128", { 1, 2, 5, 0 }, 0 },               /* dup v1.8h, v2.h[5] */
    { 0x4e080c61, "DUP_general_D_128", { 1, 3, 0, ANY }, 0 },             /* dup v1.2d, x3 */
    { 0x4e1c1c41, "INS_general_S", { 1, 2, 0, 3 }, 0 },                   /* mov v1.s[3], w2 */
    { 0x6e1f4c41, "INS_element_B", { 1, 2, 9, 15 }, 0 },                  /* mov v1.b[15], v2.b[9] */
    { 0x6e180441, "INS_element_D", { 1, 2, 0, 1 }, 0 },                   /* mov v1.d[1], v2.d[0] */
    { 0x0e1e3c41, "UMOV_H", { 1, 2, 7, 0 }, 0 },                          /* umov w1, v2.h[7] */
    { 0x4e142c41, "SMOV_S_64", { 1, 2, 2, 0 }, 0 },                       /* smov x1, v2.s[2] */
    { 0x4c4003fe, "LD4", { 30, REG_SP, ANY, 4 }, 64 },                    /* ld4 {v30.16b-v1.16b}, [sp] */
    { 0x0cdf4841, "LD3_post_imm", { 1, 2, ANY, 2 }, 24 },                 /* ld3 {v1.2s-v3.2s}, [x2], #24 */
    { 0x4c858c41, "ST2_post_reg", { 1, 2, 5, 7 }, 32 },                   /* st2 {v1.2d, v2.2d}, [x2], x5 */
    { 0x0c406c41, "LD1_3", { 1, 2, ANY, 3 }, 24 },                        /* ld1 {v1.1d-v3.1d}, [x2] */
    { 0x4c9f74e3, "ST1_1_post_imm", { 3, 7, ANY, 5 }, 16 },               /* st1 {v3.8h}, [x7], #16 */
    { 0x4d401441, "LD1_lane_B", { 1, 2, ANY, 13 }, 1 },                   /* ld1 {v1.b}[13], [x2] */
    { 0x4dbf4841, "ST2_lane_H_post_imm", { 1, 2, ANY, 5 }, 4 },       /* st2 {v1.h, v2.h}[5], [x2], #4 */
    { 0x4dc9b041, "LD3_lane_S_post_reg", { 1, 2, 9, 3 }, 12 },        /* ld3 {v1.s-v3.s}[3], [x2], x9 */
    { 0x4dffa7e1, "LD4_lane_D_post_imm", { 1, REG_SP, ANY, 1 }, 32 }, /* ld4 {v1.d-v4.d}[1], [sp], #32 */
    { 0x0ddfe441, "LD3R_post_imm", { 1, 2, ANY, 1 }, 6 },             /* ld3r {v1.4h-v3.4h}, [x2], #6 */
    { 0x4d40cc41, "LD1R", { 1, 2, ANY, 7 }, 8 },                      /* ld1r {v1.2d}, [x2] */
    { 0x4f1d0441, "SSHR_vec_H", { 1, 2, 3, 0 }, UINT64_MAX },       /* sshr v1.8h, v2.8h, #3 */
    { 0x2f201441, "USRA_vec_S", { 1, 2, 32, 0 }, 0 },               /* usra v1.2s, v2.2s, #32 */
    { 0x5f7f5441, "SHL_scalar_D", { 1, 2, 63, 0 }, 0 },             /* shl d1, d2, #63 */
    { 0x5f089441, "SQSHRN_scalar_B", { 1, 2, 8, 0 }, 0 },           /* sqshrn b1, h2, #8 */
    { 0x6f0fa441, "USHLL_vec_B", { 1, 2, 7, 0 }, UINT64_MAX },      /* ushll2 v1.8h, v2.16b, #7 */
    { 0x4f7f8841, "MUL_element_H", { 1, 2, 15, 7 }, UINT64_MAX },   /* mul v1.8h, v2.8h, v15.h[7] */
    { 0x5fbfb841, "SQDMULL_scalar_element_S", { 1, 2, 31, 3 }, 0 }, /* sqdmull d1, s2, v31.s[3] */
    { 0x4ea12841, "XTN_vec_S", { 1, 2, 0, 0 }, UINT64_MAX },        /* xtn2 v1.4s, v2.2d */
    { 0x6eb03841, "UADDLV_S", { 1, 2, 0, 0 }, UINT64_MAX },         /* uaddlv d1, v2.4s */

    /* Advanced SIMD floating-point. */
    { 0x6fb38841, "FMLAL2_element_4S", { 1, 2, 3, 7 }, 0 },       /* fmlal2 v1.4s, v2.4h, v3.h[7] */
    { 0x4f1f9841, "FMUL_element_8H", { 1, 2, 15, 5 }, 0 },        /* fmul v1.8h, v2.8h, v15.h[5] */
    { 0x7fbf9841, "FMULX_scalar_element_S", { 1, 2, 31, 3 }, 0 }, /* fmulx s1, s2, v31.s[3] */
    { 0x4fdf1841, "FMLA_element_2D", { 1, 2, 31, 1 }, 0 },        /* fmla v1.2d, v2.2d, v31.d[1] */
    { 0x6f9f7841, "FCMLA_element_4S", { 1, 2, 31, 1 }, 3 },       /* fcmla v1.4s, v2.4s, v31.s[1], #270 */
    { 0x6f7f5841, "FCMLA_element_8H", { 1, 2, 31, 3 }, 2 },       /* fcmla v1.8h, v2.8h, v31.h[3], #180 */
    { 0x6ec3f441, "FCADD_2D", { 1, 2, 3, 0 }, 1 },                /* fcadd v1.2d, v2.2d, v3.2d, #270 */
    { 0x2f10e441, "UCVTF_fixed_4H", { 1, 2, ANY, ANY }, 16 },     /* ucvtf v1.4h, v2.4h, #16 */
    { 0x7f40fc41, "FCVTZU_scalar_fixed_D", { 1, 2, ANY, ANY }, 64 },      /* fcvtzu d1, d2, #64 */
    { 0x4f3fe441, "SCVTF_fixed_4S", { 1, 2, ANY, ANY }, 1 },              /* scvtf v1.4s, v2.4s, #1 */
    { 0x4f06fc01, "FMOV_vec_H_16B", { 1, 0, 0, 0 }, 0xb000b000b000b000 }, /* fmov v1.8h, #-0.125 */
    { 0x0f01ffe1, "FMOV_vec_H_8B", { 1, 0, 0, 0 }, 0x4fc04fc04fc04fc0 },  /* fmov v1.4h, #31.0 */
    { 0x4f7ff841, "BFDOT_element_4S", { 1, 2, 31, 3 }, 0 },   /* bfdot v1.4s, v2.8h, v31.2h[3] */
    { 0x4ffff841, "BFMLALT_element_4S", { 1, 2, 15, 7 }, 0 }, /* bfmlalt v1.4s, v2.8h, v15.h[7] */
    { 0x4e30c841, "FMAXNMV_8H", { 1, 2, ANY, ANY }, 0 },      /* fmaxnmv h1, v2.8h */
    { 0x5e30d841, "FADDP_scalar_H", { 1, 2, ANY, ANY }, 0 },  /* faddp h1, v2.2h */
};

Test(decode, known_encodings)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        unsigned id = a64_decode(known[i].insn);
        struct op o = { 0 };

        cr_assert_str_eq(a64_info(id)->name, known[i].name, "0x%08x is %s, not %s", known[i].insn,
                         a64_info(id)->name, known[i].name);
        a64_operands(id, known[i].insn, &o);
        cr_expect_eq((uint64_t)o.imm, known[i].imm, "%s 0x%08x: imm is 0x%llx", known[i].name,
                     known[i].insn, (unsigned long long)o.imm);
        cr_expect_eq(o.insn, known[i].insn);
        for (unsigned k = 0; k < 4; k++)
            cr_expect(known[i].r[k] == ANY || o.r[k] == known[i].r[k], "%s 0x%08x: r[%u] is %u",
                      known[i].name, known[i].insn, k, o.r[k]);
    }
}

Test(decode, unallocated)
{
    static const uint32_t none[] = {
        0x00010000, /* Reserved, not UDF. */
        0x9240ffff, /* AND (immediate), a 64-bit element of all ones. */
        0x12407c20, /* AND (immediate) of 32 bits with N = 1. */
        0x12007c20, /* AND (immediate), a 32-bit element of all ones. */
        0x1200fc20, /* No element size. */
        0x8b2f9420, /* ADD (extended register), shift of 5. */
        0x8b2f9c20, /* Shift of 7. */
        0x8bc20020, /* ADD (shifted register), ROR. */
        0x0b028020, /* ADD of 32 bits, shift of 32. */
        0x52c00001, /* MOVZ of 32 bits, shift of 32. */
        0x53208020, /* UBFM of 32 bits, immr 32. */
        0x93003c20, /* SBFM of 64 bits with N = 0. */
        0x9bc28020, /* UMULH with o0 = 1. */
        0xdac01820, /* One source, opcode 6. */
        0x54000010, /* B.cond with bit 4. */
        0xd65f03c1, /* RET with op4 = 1. */
        0xd69f03c0, /* ERET with Rn = 30. */
        0xd4000000, /* Exception generation, LL = 0. */
        0x7cc00000, /* FP load with a reserved size. */
        0xf8c00020, /* LDURS of 64 bits. */
        0xf8220820, /* Register offset, option 000. */
        0x68000020, /* STGP's place: no MTE. */
        0x0e62f420, /* FMAX of one double (1D). */
        0x2f623820, /* FCMLA by element 4H with H = 1: no such index. */
        0x2f823020, /* FCMLA by element 2S. */
        0x4fe21020, /* FMLA by element 2D with L = 1. */
        0x0fc21020, /* FMLA by element 1D. */
        0x6e70c820, /* FMAXNMV across two doubles. */
        0x4e62ec20, /* FMLAL with sz = 1. */
        0x0f40e420, /* SCVTF (fixed) of one double. */
        0x0f08e420, /* SCVTF (fixed) of bytes. */
        0x4e000420, /* DUP (element), imm5 = 0. */
        0x0e083c20, /* UMOV of 64 bits with Q = 0. */
        0x0e080420, /* DUP (element) .1D. */
        0x1ea22841, /* FADD, ftype 2. */
        0x1e229841, /* Scalar FP of two sources, opcode 9. */
        0x1e62c041, /* FCVT of double to double. */
        0x1ee84041, /* FRINT32Z of half precision. */
        0x1e027c41, /* SCVTF of W with 33 fraction bits. */
        0x9e7e0041, /* FJCVTZS of 64 bits. */
        0x0c408c41, /* LD2 .1D. */
        0x0c400c41, /* LD4 .1D. */
        0x0c410041, /* LD4 without writeback, Rm = 1. */
        0x0c601041, /* LD structures, opcode 1. */
        0x0d404441, /* LD1 (lane) of 16 bits, size<0> = 1. */
        0x0d409441, /* LD1 (lane) of 64 bits, S = 1. */
        0x0d00c041, /* Replication as a store. */
        0x2e034041, /* EXT of 8 bytes from byte 8. */
        0x0ec31841, /* UZP1 .1D. */
        0x0ee28420, /* ADD (vector) .1D. */
        0x4e22b420, /* SQDMULH (vector) .16B. */
        0x4ee29c20, /* MUL (vector) .2D. */
        0x0eb1b820, /* ADDV .2S. */
        0x4ee13820, /* SHLL of 64-bit elements. */
        0x4e029441, /* SDOT, size 00. */
        0x0e82a441, /* SMMLA with Q = 0. */
        0x2ea05820, /* NOT, RBIT: size 10. */
        0x4f028041, /* MUL (by element), size 00. */
        0x5e228420, /* ADD (scalar) of 8 bits. */
        0x48217c82, /* CASP with odd Rs. */
        0x48207c83, /* CASP with odd Rt. */
        0xf8229041, /* LSE, o3:opc = 9. */
        0x99c00330, /* LDAPURS of 32 bits into 32. */
        0xd9800330, /* LDAPURS of 64 bits. */
        0xba018450, /* RMIF with bit 4 set. */
        0x3a00484c, /* SETF16, mask not 13. */
        0xffffffff,
    };

    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        cr_expect_eq(a64_decode(none[i]), A64_UNALLOCATED, "0x%08x is %s", none[i],
                     a64_info(a64_decode(none[i]))->name);
}

static uint64_t next_random(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static bool reachable(unsigned id, uint64_t *seed)
{
    const struct a64_info *info = a64_info(id);

    for (unsigned i = 0; i < TRIES; i++)
        if (a64_decode(info->value | ((uint32_t)next_random(seed) & ~info->mask)) == id)
            return true;
    return false;
}

Test(decode, every_line_is_reachable)
{
    uint64_t seed = 1;

    cr_assert_gt(A64_ID_COUNT, 500);
    for (unsigned id = 1; id < A64_ID_COUNT; id++)
        cr_expect(reachable(id, &seed), "%s:%u: nothing decodes to %s", a64_info(id)->file,
                  a64_info(id)->line, a64_info(id)->name);
}

/* The line with the most fixed bits among all that match, by looking at all of them. */
static unsigned slow_decode(uint32_t insn)
{
    unsigned best = A64_UNALLOCATED;

    for (unsigned id = 1; id < A64_ID_COUNT; id++) {
        const struct a64_info *info = a64_info(id);
        if ((insn & info->mask) != info->value)
            continue;
        if (!best || __builtin_popcount(info->mask) > __builtin_popcount(a64_info(best)->mask))
            best = id;
    }
    return best;
}

/* The tree agrees with looking at every line; holes are the only words that it may refuse. */
Test(decode, tree_finds_the_most_specific_line)
{
    uint64_t seed = 3;
    unsigned refused = 0;

    for (unsigned i = 0; i < RANDOM_WORDS; i++) {
        const struct a64_info *info = a64_info(1 + i % (A64_ID_COUNT - 1));
        uint32_t word = (uint32_t)next_random(&seed),
                 insn = i & 1 ? word : info->value | (word & ~info->mask);
        unsigned id = a64_decode(insn), slow = slow_decode(insn);

        refused += id == A64_UNALLOCATED && slow != A64_UNALLOCATED;
        cr_assert(id == slow || id == A64_UNALLOCATED, "0x%08x: tree says %s, lines say %s", insn,
                  a64_info(id)->name, a64_info(slow)->name);
    }
    cr_assert_lt(refused, RANDOM_WORDS / 100);
}

Test(decode, names_are_unique_and_infos_sound)
{
    for (unsigned a = 1; a < A64_ID_COUNT; a++) {
        const struct a64_info *i = a64_info(a);

        cr_expect_eq(strlen(i->pattern), 32);
        cr_expect_eq(i->value & ~i->mask, 0);
        cr_expect_lt(i->format, A64_FMT_COUNT);
        cr_expect(!(i->flags & A64_DIRECT) || (i->flags & A64_ENDS_BLOCK), "%s", i->name);
        for (unsigned b = a + 1; b < A64_ID_COUNT; b++)
            cr_expect_str_neq(i->name, a64_info(b)->name);
    }
}

Test(decode, constrained_cases)
{
    static const struct {
        uint32_t insn;
        int which; /* -1: fine. */
    } cases[] = {
        { 0xf8408421, A64_CU_LOAD_WB },      /* ldr x1, [x1], #8 */
        { 0xf84087e1, -1 },                  /* ldr x1, [sp], #8 */
        { 0xf84087ff, -1 },                  /* ldr xzr, [sp], #8 */
        { 0xf8008c42, A64_CU_STORE_WB },     /* str x2, [x2, #8]! */
        { 0xf9400021, -1 },                  /* ldr x1, [x1] */
        { 0xa9400441, A64_CU_LOAD_SAME },    /* ldp x1, x1, [x2] */
        { 0xa8c10841, A64_CU_PAIR_WB },      /* ldp x1, x2, [x2], #16 */
        { 0xa8810841, A64_CU_PAIR_WB },      /* stp x1, x2, [x2], #16 */
        { 0xa9000441, -1 },                  /* stp x1, x1, [x2] */
        { 0xc8017c41, A64_CU_STXR_STATUS },  /* stxr w1, x1, [x2] */
        { 0xc8027c41, A64_CU_STXR_STATUS },  /* stxr w2, x1, [x2] */
        { 0xc8030c41, -1 },                  /* stxr w3, x1, [x2] */
        { 0xc8230c41, A64_CU_STXP_STATUS },  /* stxp w3, x1, x3, [x2] */
        { 0xad400441, A64_CU_LOAD_SAME_FP }, /* ldp q1, q1, [x2] */
        { 0xa9407c5f, -1 },                  /* ldp xzr, xzr, [x2] */
        { 0xc81f7c5f, -1 },                  /* stxr wzr, xzr, [x2] */
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        cr_expect_eq(a64_constrained_undef(a64_info(a64_decode(cases[i].insn)), cases[i].insn),
                     cases[i].which, "0x%08x (%s)", cases[i].insn,
                     a64_info(a64_decode(cases[i].insn))->name);
}

Test(decode, disassembly)
{
    char text[64];

    cr_assert(a64_disas(0x1000, 0xd65f03c0, text, sizeof(text)));
    cr_assert_str_eq(text, "ret");
    cr_assert_not(a64_disas(0x1000, 0xffffffff, text, sizeof(text)));
    cr_assert_str_eq(text, ".inst 0xffffffff");
}
