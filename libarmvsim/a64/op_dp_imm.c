/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_dp_imm.c
 * Data processing with immediates (DDI 0487, C4.1.86): addresses, add/subtract, logical, move wide, bit
 * fields, extract.
 */
#include "a64/alu.h"

OP(ADR, X(rd) = a64_pc(c, op) + UIMM)
OP(ADRP, X(rd) = c->code_va + UIMM)

OP(ADD_imm_64, X(rd) = X(rn) + UIMM)
OP(ADD_imm_32, X(rd) = W(rn) + (uint32_t)IMM)
OP(SUB_imm_64, X(rd) = X(rn) - UIMM)
OP(SUB_imm_32, X(rd) = W(rn) - (uint32_t)IMM)
OP(ADDS_imm_64, X(rd) = adds64(c, X(rn), UIMM))
OP(ADDS_imm_32, X(rd) = adds32(c, W(rn), (uint32_t)IMM))
OP(SUBS_imm_64, X(rd) = subs64(c, X(rn), UIMM))
OP(SUBS_imm_32, X(rd) = subs32(c, W(rn), (uint32_t)IMM))

OP(AND_imm_64, X(rd) = X(rn) & UIMM)
OP(AND_imm_32, X(rd) = W(rn) & (uint32_t)IMM)
OP(ORR_imm_64, X(rd) = X(rn) | UIMM)
OP(ORR_imm_32, X(rd) = W(rn) | (uint32_t)IMM)
OP(EOR_imm_64, X(rd) = X(rn) ^ UIMM)
OP(EOR_imm_32, X(rd) = W(rn) ^ (uint32_t)IMM)
OP(ANDS_imm_64, X(rd) = logic64(c, X(rn) & UIMM))
OP(ANDS_imm_32, X(rd) = logic32(c, W(rn) & (uint32_t)IMM))

OP(MOVN_64, X(rd) = UIMM)
OP(MOVN_32, X(rd) = UIMM)
OP(MOVZ_64, X(rd) = UIMM)
OP(MOVZ_32, X(rd) = UIMM)
OP(MOVK_64, X(rd) = (X(rd) & ~(UINT64_C(0xffff) << rm)) | UIMM)
OP(MOVK_32, X(rd) = (W(rd) & ~(UINT32_C(0xffff) << rm)) | (uint32_t)IMM)

/* rm and ra: shifts left and right that put the field in place (bfm_right in operands.c). */
OP(UBFM_64, X(rd) = (X(rn) << rm) >> ra)
OP(UBFM_32, X(rd) = (W(rn) << rm) >> ra)
OP(SBFM_64, X(rd) = (uint64_t)((int64_t)(X(rn) << rm) >> ra))
OP(SBFM_32, X(rd) = (uint32_t)((int32_t)(W(rn) << rm) >> ra))
OP(BFM_64, X(rd) = (X(rd) & ~UIMM) | (ror64(X(rn), rm) & UIMM))
OP(BFM_32, X(rd) = (W(rd) & ~(uint32_t)IMM) | (ror32(W(rn), rm) & (uint32_t)IMM))
OP(LSR_imm_64, X(rd) = X(rn) >> rm)
OP(LSR_imm_32, X(rd) = W(rn) >> rm)
OP(ASR_imm_64, X(rd) = (uint64_t)((int64_t)X(rn) >> rm))
OP(ASR_imm_32, X(rd) = (uint32_t)((int32_t)W(rn) >> rm))
OP(UXTB_32, X(rd) = (uint8_t)X(rn))
OP(UXTH_32, X(rd) = (uint16_t)X(rn))
OP(SXTW_64, X(rd) = (uint64_t)(int32_t)X(rn))
OP(EXTR_64, X(rd) = (X(rn) << 1 << (63 - ra)) | (X(rm) >> ra))
OP(EXTR_32, X(rd) = (uint32_t)(((uint64_t)W(rn) << 32 | W(rm)) >> ra))
