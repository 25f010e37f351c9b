/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_ldst_fp.c
 * Loads and stores of FP/SIMD registers, one or a pair (DDI 0487, C4.1.94). A load of fewer than 128 bits
 * clears the rest of the register. Element and structure loads (LD1...) are not here.
 */
#include "a64/dispatch.h"

#define LOAD(name, bits, va, ...)                                                                          \
    MEM_OP_FP(name, 0, MEM_RD(bits, v, va); TRACK_LD_FP(rd); __VA_ARGS__; V(rd).d[0] = v; V(rd).d[1] = 0)
#define STORE(name, bits, va, ...)                                                                         \
    MEM_OP_FP(name, 0, MEM_WR(bits, va, V(rd).d[0]); TRACK_ST_FP(rd); __VA_ARGS__)
#define LOAD_Q(name, va, ...) MEM_OP_FP(name, 0, MEM_RD_Q(v, va); TRACK_LD_FP(rd); __VA_ARGS__; V(rd) = v)
#define STORE_Q(name, va, ...) MEM_OP_FP(name, 0, MEM_WR_Q(va, V(rd)); TRACK_ST_FP(rd); __VA_ARGS__)

/* Addresses, and what follows the access. */
#define AT_BASE X(rn)
#define AT_IMM (X(rn) + UIMM)
#define AT_REG (X(rn) + (X(rm) << ra))
#define AT_UXTW (X(rn) + ((uint64_t)W(rm) << ra))
#define AT_SXTW (X(rn) + ((uint64_t)(int32_t)W(rm) << ra))
#define WB X(rn) += UIMM
#define NO_WB (void)0

LOAD(LDR_uimm_B, 8, AT_IMM, NO_WB)
LOAD(LDR_uimm_H, 16, AT_IMM, NO_WB)
LOAD(LDR_uimm_S, 32, AT_IMM, NO_WB)
LOAD(LDR_uimm_D, 64, AT_IMM, NO_WB)
LOAD_Q(LDR_uimm_Q, AT_IMM, NO_WB)
STORE(STR_uimm_B, 8, AT_IMM, NO_WB)
STORE(STR_uimm_H, 16, AT_IMM, NO_WB)
STORE(STR_uimm_S, 32, AT_IMM, NO_WB)
STORE(STR_uimm_D, 64, AT_IMM, NO_WB)
STORE_Q(STR_uimm_Q, AT_IMM, NO_WB)

LOAD(LDUR_B, 8, AT_IMM, NO_WB)
LOAD(LDUR_H, 16, AT_IMM, NO_WB)
LOAD(LDUR_S, 32, AT_IMM, NO_WB)
LOAD(LDUR_D, 64, AT_IMM, NO_WB)
LOAD_Q(LDUR_Q, AT_IMM, NO_WB)
STORE(STUR_B, 8, AT_IMM, NO_WB)
STORE(STUR_H, 16, AT_IMM, NO_WB)
STORE(STUR_S, 32, AT_IMM, NO_WB)
STORE(STUR_D, 64, AT_IMM, NO_WB)
STORE_Q(STUR_Q, AT_IMM, NO_WB)

LOAD(LDR_reg_B, 8, AT_REG, NO_WB)
LOAD(LDR_reg_H, 16, AT_REG, NO_WB)
LOAD(LDR_reg_S, 32, AT_REG, NO_WB)
LOAD(LDR_reg_D, 64, AT_REG, NO_WB)
LOAD_Q(LDR_reg_Q, AT_REG, NO_WB)
STORE(STR_reg_B, 8, AT_REG, NO_WB)
STORE(STR_reg_H, 16, AT_REG, NO_WB)
STORE(STR_reg_S, 32, AT_REG, NO_WB)
STORE(STR_reg_D, 64, AT_REG, NO_WB)
STORE_Q(STR_reg_Q, AT_REG, NO_WB)

LOAD(LDR_uxtw_B, 8, AT_UXTW, NO_WB)
LOAD(LDR_uxtw_H, 16, AT_UXTW, NO_WB)
LOAD(LDR_uxtw_S, 32, AT_UXTW, NO_WB)
LOAD(LDR_uxtw_D, 64, AT_UXTW, NO_WB)
LOAD_Q(LDR_uxtw_Q, AT_UXTW, NO_WB)
STORE(STR_uxtw_B, 8, AT_UXTW, NO_WB)
STORE(STR_uxtw_H, 16, AT_UXTW, NO_WB)
STORE(STR_uxtw_S, 32, AT_UXTW, NO_WB)
STORE(STR_uxtw_D, 64, AT_UXTW, NO_WB)
STORE_Q(STR_uxtw_Q, AT_UXTW, NO_WB)

LOAD(LDR_sxtw_B, 8, AT_SXTW, NO_WB)
LOAD(LDR_sxtw_H, 16, AT_SXTW, NO_WB)
LOAD(LDR_sxtw_S, 32, AT_SXTW, NO_WB)
LOAD(LDR_sxtw_D, 64, AT_SXTW, NO_WB)
LOAD_Q(LDR_sxtw_Q, AT_SXTW, NO_WB)
STORE(STR_sxtw_B, 8, AT_SXTW, NO_WB)
STORE(STR_sxtw_H, 16, AT_SXTW, NO_WB)
STORE(STR_sxtw_S, 32, AT_SXTW, NO_WB)
STORE(STR_sxtw_D, 64, AT_SXTW, NO_WB)
STORE_Q(STR_sxtw_Q, AT_SXTW, NO_WB)

LOAD(LDR_post_B, 8, AT_BASE, WB)
LOAD(LDR_post_H, 16, AT_BASE, WB)
LOAD(LDR_post_S, 32, AT_BASE, WB)
LOAD(LDR_post_D, 64, AT_BASE, WB)
LOAD_Q(LDR_post_Q, AT_BASE, WB)
STORE(STR_post_B, 8, AT_BASE, WB)
STORE(STR_post_H, 16, AT_BASE, WB)
STORE(STR_post_S, 32, AT_BASE, WB)
STORE(STR_post_D, 64, AT_BASE, WB)
STORE_Q(STR_post_Q, AT_BASE, WB)

LOAD(LDR_pre_B, 8, AT_IMM, WB)
LOAD(LDR_pre_H, 16, AT_IMM, WB)
LOAD(LDR_pre_S, 32, AT_IMM, WB)
LOAD(LDR_pre_D, 64, AT_IMM, WB)
LOAD_Q(LDR_pre_Q, AT_IMM, WB)
STORE(STR_pre_B, 8, AT_IMM, WB)
STORE(STR_pre_H, 16, AT_IMM, WB)
STORE(STR_pre_S, 32, AT_IMM, WB)
STORE(STR_pre_D, 64, AT_IMM, WB)
STORE_Q(STR_pre_Q, AT_IMM, WB)

LOAD(LDR_lit_S, 32, a64_pc(c, op) + UIMM, NO_WB)
LOAD(LDR_lit_D, 64, a64_pc(c, op) + UIMM, NO_WB)
LOAD_Q(LDR_lit_Q, a64_pc(c, op) + UIMM, NO_WB)

#define LOAD_PAIR(name, bits, va, ...)                                                                     \
    MEM_OP_FP(name, 0, MEM_RD_PAIR(bits, v1, v2, va); TRACK_LD2_FP(rd, ra); __VA_ARGS__; V(rd).d[0] = v1;  \
              V(rd).d[1] = 0; V(ra).d[0] = v2; V(ra).d[1] = 0)
#define STORE_PAIR(name, bits, va, ...)                                                                    \
    MEM_OP_FP(name, 0, MEM_WR_PAIR(bits, va, V(rd).d[0], V(ra).d[0]); TRACK_ST2_FP(rd, ra); __VA_ARGS__)
#define LOAD_PAIR_Q(name, va, ...)                                                                         \
    MEM_OP_FP(name, 0, MEM_RD_Q_PAIR(v1, v2, va); TRACK_LD2_FP(rd, ra); __VA_ARGS__; V(rd) = v1; V(ra) = v2)
#define STORE_PAIR_Q(name, va, ...)                                                                        \
    MEM_OP_FP(name, 0, MEM_WR_Q_PAIR(va, V(rd), V(ra)); TRACK_ST2_FP(rd, ra); __VA_ARGS__)

LOAD_PAIR(LDP_off_S, 32, AT_IMM, NO_WB)
LOAD_PAIR(LDP_off_D, 64, AT_IMM, NO_WB)
LOAD_PAIR_Q(LDP_off_Q, AT_IMM, NO_WB)
STORE_PAIR(STP_off_S, 32, AT_IMM, NO_WB)
STORE_PAIR(STP_off_D, 64, AT_IMM, NO_WB)
STORE_PAIR_Q(STP_off_Q, AT_IMM, NO_WB)

LOAD_PAIR(LDNP_S, 32, AT_IMM, NO_WB)
LOAD_PAIR(LDNP_D, 64, AT_IMM, NO_WB)
LOAD_PAIR_Q(LDNP_Q, AT_IMM, NO_WB)
STORE_PAIR(STNP_S, 32, AT_IMM, NO_WB)
STORE_PAIR(STNP_D, 64, AT_IMM, NO_WB)
STORE_PAIR_Q(STNP_Q, AT_IMM, NO_WB)

LOAD_PAIR(LDP_post_S, 32, AT_BASE, WB)
LOAD_PAIR(LDP_post_D, 64, AT_BASE, WB)
LOAD_PAIR_Q(LDP_post_Q, AT_BASE, WB)
STORE_PAIR(STP_post_S, 32, AT_BASE, WB)
STORE_PAIR(STP_post_D, 64, AT_BASE, WB)
STORE_PAIR_Q(STP_post_Q, AT_BASE, WB)

LOAD_PAIR(LDP_pre_S, 32, AT_IMM, WB)
LOAD_PAIR(LDP_pre_D, 64, AT_IMM, WB)
LOAD_PAIR_Q(LDP_pre_Q, AT_IMM, WB)
STORE_PAIR(STP_pre_S, 32, AT_IMM, WB)
STORE_PAIR(STP_pre_D, 64, AT_IMM, WB)
STORE_PAIR_Q(STP_pre_Q, AT_IMM, WB)
