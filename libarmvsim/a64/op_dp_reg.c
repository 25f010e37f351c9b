/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_dp_reg.c
 * Data processing with registers (DDI 0487, C4.1.93): logical, add/subtract, carry, conditional, multiply,
 * divide, shifts, bit and byte order, CRC32. The _reg lines are the shifted ones with a shift of nothing.
 */
#include "a64/alu.h"

OP(AND_reg_64, X(rd) = X(rn) & X(rm))
OP(AND_lsl_64, X(rd) = X(rn) & LSL64)
OP(AND_lsr_64, X(rd) = X(rn) & LSR64)
OP(AND_asr_64, X(rd) = X(rn) & ASR64)
OP(AND_ror_64, X(rd) = X(rn) & ROR64)
OP(BIC_reg_64, X(rd) = X(rn) & ~X(rm))
OP(BIC_lsl_64, X(rd) = X(rn) & ~LSL64)
OP(BIC_lsr_64, X(rd) = X(rn) & ~LSR64)
OP(BIC_asr_64, X(rd) = X(rn) & ~ASR64)
OP(BIC_ror_64, X(rd) = X(rn) & ~ROR64)
OP(ORR_reg_64, X(rd) = X(rn) | X(rm))
OP(ORR_lsl_64, X(rd) = X(rn) | LSL64)
OP(ORR_lsr_64, X(rd) = X(rn) | LSR64)
OP(ORR_asr_64, X(rd) = X(rn) | ASR64)
OP(ORR_ror_64, X(rd) = X(rn) | ROR64)
OP(ORN_reg_64, X(rd) = X(rn) | ~X(rm))
OP(ORN_lsl_64, X(rd) = X(rn) | ~LSL64)
OP(ORN_lsr_64, X(rd) = X(rn) | ~LSR64)
OP(ORN_asr_64, X(rd) = X(rn) | ~ASR64)
OP(ORN_ror_64, X(rd) = X(rn) | ~ROR64)
OP(EOR_reg_64, X(rd) = X(rn) ^ X(rm))
OP(EOR_lsl_64, X(rd) = X(rn) ^ LSL64)
OP(EOR_lsr_64, X(rd) = X(rn) ^ LSR64)
OP(EOR_asr_64, X(rd) = X(rn) ^ ASR64)
OP(EOR_ror_64, X(rd) = X(rn) ^ ROR64)
OP(EON_reg_64, X(rd) = X(rn) ^ ~X(rm))
OP(EON_lsl_64, X(rd) = X(rn) ^ ~LSL64)
OP(EON_lsr_64, X(rd) = X(rn) ^ ~LSR64)
OP(EON_asr_64, X(rd) = X(rn) ^ ~ASR64)
OP(EON_ror_64, X(rd) = X(rn) ^ ~ROR64)
OP(ANDS_reg_64, X(rd) = logic64(c, X(rn) & X(rm)))
OP(ANDS_lsl_64, X(rd) = logic64(c, X(rn) & LSL64))
OP(ANDS_lsr_64, X(rd) = logic64(c, X(rn) & LSR64))
OP(ANDS_asr_64, X(rd) = logic64(c, X(rn) & ASR64))
OP(ANDS_ror_64, X(rd) = logic64(c, X(rn) & ROR64))
OP(BICS_reg_64, X(rd) = logic64(c, X(rn) & ~X(rm)))
OP(BICS_lsl_64, X(rd) = logic64(c, X(rn) & ~LSL64))
OP(BICS_lsr_64, X(rd) = logic64(c, X(rn) & ~LSR64))
OP(BICS_asr_64, X(rd) = logic64(c, X(rn) & ~ASR64))
OP(BICS_ror_64, X(rd) = logic64(c, X(rn) & ~ROR64))
OP(MOV_reg_64, X(rd) = X(rm))

OP(AND_reg_32, X(rd) = W(rn) & W(rm))
OP(AND_lsl_32, X(rd) = W(rn) & LSL32)
OP(AND_lsr_32, X(rd) = W(rn) & LSR32)
OP(AND_asr_32, X(rd) = W(rn) & ASR32)
OP(AND_ror_32, X(rd) = W(rn) & ROR32)
OP(BIC_reg_32, X(rd) = W(rn) & ~W(rm))
OP(BIC_lsl_32, X(rd) = W(rn) & ~LSL32)
OP(BIC_lsr_32, X(rd) = W(rn) & ~LSR32)
OP(BIC_asr_32, X(rd) = W(rn) & ~ASR32)
OP(BIC_ror_32, X(rd) = W(rn) & ~ROR32)
OP(ORR_reg_32, X(rd) = W(rn) | W(rm))
OP(ORR_lsl_32, X(rd) = W(rn) | LSL32)
OP(ORR_lsr_32, X(rd) = W(rn) | LSR32)
OP(ORR_asr_32, X(rd) = W(rn) | ASR32)
OP(ORR_ror_32, X(rd) = W(rn) | ROR32)
OP(ORN_reg_32, X(rd) = W(rn) | ~W(rm))
OP(ORN_lsl_32, X(rd) = W(rn) | ~LSL32)
OP(ORN_lsr_32, X(rd) = W(rn) | ~LSR32)
OP(ORN_asr_32, X(rd) = W(rn) | ~ASR32)
OP(ORN_ror_32, X(rd) = W(rn) | ~ROR32)
OP(EOR_reg_32, X(rd) = W(rn) ^ W(rm))
OP(EOR_lsl_32, X(rd) = W(rn) ^ LSL32)
OP(EOR_lsr_32, X(rd) = W(rn) ^ LSR32)
OP(EOR_asr_32, X(rd) = W(rn) ^ ASR32)
OP(EOR_ror_32, X(rd) = W(rn) ^ ROR32)
OP(EON_reg_32, X(rd) = W(rn) ^ ~W(rm))
OP(EON_lsl_32, X(rd) = W(rn) ^ ~LSL32)
OP(EON_lsr_32, X(rd) = W(rn) ^ ~LSR32)
OP(EON_asr_32, X(rd) = W(rn) ^ ~ASR32)
OP(EON_ror_32, X(rd) = W(rn) ^ ~ROR32)
OP(ANDS_reg_32, X(rd) = logic32(c, W(rn) & W(rm)))
OP(ANDS_lsl_32, X(rd) = logic32(c, W(rn) & LSL32))
OP(ANDS_lsr_32, X(rd) = logic32(c, W(rn) & LSR32))
OP(ANDS_asr_32, X(rd) = logic32(c, W(rn) & ASR32))
OP(ANDS_ror_32, X(rd) = logic32(c, W(rn) & ROR32))
OP(BICS_reg_32, X(rd) = logic32(c, W(rn) & ~W(rm)))
OP(BICS_lsl_32, X(rd) = logic32(c, W(rn) & ~LSL32))
OP(BICS_lsr_32, X(rd) = logic32(c, W(rn) & ~LSR32))
OP(BICS_asr_32, X(rd) = logic32(c, W(rn) & ~ASR32))
OP(BICS_ror_32, X(rd) = logic32(c, W(rn) & ~ROR32))
OP(MOV_reg_32, X(rd) = W(rm))

OP(ADD_reg_64, X(rd) = X(rn) + X(rm))
OP(ADD_lsl_64, X(rd) = X(rn) + LSL64)
OP(ADD_lsr_64, X(rd) = X(rn) + LSR64)
OP(ADD_asr_64, X(rd) = X(rn) + ASR64)
OP(ADD_uxt_64, X(rd) = X(rn) + UXT64)
OP(ADD_sxt_64, X(rd) = X(rn) + SXT64)
OP(ADDS_reg_64, X(rd) = adds64(c, X(rn), X(rm)))
OP(ADDS_lsl_64, X(rd) = adds64(c, X(rn), LSL64))
OP(ADDS_lsr_64, X(rd) = adds64(c, X(rn), LSR64))
OP(ADDS_asr_64, X(rd) = adds64(c, X(rn), ASR64))
OP(ADDS_uxt_64, X(rd) = adds64(c, X(rn), UXT64))
OP(ADDS_sxt_64, X(rd) = adds64(c, X(rn), SXT64))
OP(SUB_reg_64, X(rd) = X(rn) - X(rm))
OP(SUB_lsl_64, X(rd) = X(rn) - LSL64)
OP(SUB_lsr_64, X(rd) = X(rn) - LSR64)
OP(SUB_asr_64, X(rd) = X(rn) - ASR64)
OP(SUB_uxt_64, X(rd) = X(rn) - UXT64)
OP(SUB_sxt_64, X(rd) = X(rn) - SXT64)
OP(SUBS_reg_64, X(rd) = subs64(c, X(rn), X(rm)))
OP(SUBS_lsl_64, X(rd) = subs64(c, X(rn), LSL64))
OP(SUBS_lsr_64, X(rd) = subs64(c, X(rn), LSR64))
OP(SUBS_asr_64, X(rd) = subs64(c, X(rn), ASR64))
OP(SUBS_uxt_64, X(rd) = subs64(c, X(rn), UXT64))
OP(SUBS_sxt_64, X(rd) = subs64(c, X(rn), SXT64))

OP(ADD_reg_32, X(rd) = W(rn) + W(rm))
OP(ADD_lsl_32, X(rd) = W(rn) + LSL32)
OP(ADD_lsr_32, X(rd) = W(rn) + LSR32)
OP(ADD_asr_32, X(rd) = W(rn) + ASR32)
OP(ADD_uxt_32, X(rd) = W(rn) + UXT32)
OP(ADD_sxt_32, X(rd) = W(rn) + SXT32)
OP(ADDS_reg_32, X(rd) = adds32(c, W(rn), W(rm)))
OP(ADDS_lsl_32, X(rd) = adds32(c, W(rn), LSL32))
OP(ADDS_lsr_32, X(rd) = adds32(c, W(rn), LSR32))
OP(ADDS_asr_32, X(rd) = adds32(c, W(rn), ASR32))
OP(ADDS_uxt_32, X(rd) = adds32(c, W(rn), UXT32))
OP(ADDS_sxt_32, X(rd) = adds32(c, W(rn), SXT32))
OP(SUB_reg_32, X(rd) = W(rn) - W(rm))
OP(SUB_lsl_32, X(rd) = W(rn) - LSL32)
OP(SUB_lsr_32, X(rd) = W(rn) - LSR32)
OP(SUB_asr_32, X(rd) = W(rn) - ASR32)
OP(SUB_uxt_32, X(rd) = W(rn) - UXT32)
OP(SUB_sxt_32, X(rd) = W(rn) - SXT32)
OP(SUBS_reg_32, X(rd) = subs32(c, W(rn), W(rm)))
OP(SUBS_lsl_32, X(rd) = subs32(c, W(rn), LSL32))
OP(SUBS_lsr_32, X(rd) = subs32(c, W(rn), LSR32))
OP(SUBS_asr_32, X(rd) = subs32(c, W(rn), ASR32))
OP(SUBS_uxt_32, X(rd) = subs32(c, W(rn), UXT32))
OP(SUBS_sxt_32, X(rd) = subs32(c, W(rn), SXT32))

OP(ADC_64, X(rd) = X(rn) + X(rm) + c->flag_c)
OP(ADC_32, X(rd) = W(rn) + W(rm) + (uint32_t)c->flag_c)
OP(SBC_64, X(rd) = X(rn) + ~X(rm) + c->flag_c)
OP(SBC_32, X(rd) = W(rn) + ~W(rm) + (uint32_t)c->flag_c)
OP(ADCS_64, X(rd) = adcs64(c, X(rn), X(rm)))
OP(ADCS_32, X(rd) = adcs32(c, W(rn), W(rm)))
OP(SBCS_64, X(rd) = adcs64(c, X(rn), ~X(rm)))
OP(SBCS_32, X(rd) = adcs32(c, W(rn), ~W(rm)))

/* Conditional compare: ra is the NZCV to set when the condition does not hold; in the _imm lines rm is the
 * immediate itself. */
#define CCMP(then)                                                                                         \
    if (cond_holds(c, op))                                                                                 \
        (void)then;                                                                                        \
    else                                                                                                   \
        pe_set_nzcv(c, (uint32_t)ra << 28)
OP(CCMN_reg_64, CCMP(adds64(c, X(rn), X(rm))))
OP(CCMN_reg_32, CCMP(adds32(c, W(rn), W(rm))))
OP(CCMP_reg_64, CCMP(subs64(c, X(rn), X(rm))))
OP(CCMP_reg_32, CCMP(subs32(c, W(rn), W(rm))))
OP(CCMN_imm_64, CCMP(adds64(c, X(rn), rm)))
OP(CCMN_imm_32, CCMP(adds32(c, W(rn), rm)))
OP(CCMP_imm_64, CCMP(subs64(c, X(rn), rm)))
OP(CCMP_imm_32, CCMP(subs32(c, W(rn), rm)))

OP(CSEL_64, X(rd) = cond_holds(c, op) ? X(rn) : X(rm))
OP(CSEL_32, X(rd) = cond_holds(c, op) ? W(rn) : W(rm))
OP(CSINC_64, X(rd) = cond_holds(c, op) ? X(rn) : X(rm) + 1)
OP(CSINC_32, X(rd) = cond_holds(c, op) ? W(rn) : W(rm) + 1)
OP(CSINV_64, X(rd) = cond_holds(c, op) ? X(rn) : ~X(rm))
OP(CSINV_32, X(rd) = cond_holds(c, op) ? W(rn) : ~W(rm))
OP(CSNEG_64, X(rd) = cond_holds(c, op) ? X(rn) : -X(rm))
OP(CSNEG_32, X(rd) = cond_holds(c, op) ? W(rn) : -W(rm))

/* Division by zero gives zero; the most negative number by -1 gives itself. */
static inline uint64_t sdiv64(int64_t a, int64_t b)
{
    if (b == 0)
        return 0;
    return b == -1 ? -(uint64_t)a : (uint64_t)(a / b);
}

static inline uint32_t sdiv32(int32_t a, int32_t b)
{
    if (b == 0)
        return 0;
    return b == -1 ? -(uint32_t)a : (uint32_t)(a / b);
}

OP(UDIV_64, X(rd) = X(rm) ? X(rn) / X(rm) : 0)
OP(UDIV_32, X(rd) = W(rm) ? W(rn) / W(rm) : 0)
OP(SDIV_64, X(rd) = sdiv64((int64_t)X(rn), (int64_t)X(rm)))
OP(SDIV_32, X(rd) = sdiv32((int32_t)W(rn), (int32_t)W(rm)))
OP(LSLV_64, X(rd) = X(rn) << (X(rm) & 63))
OP(LSLV_32, X(rd) = W(rn) << (X(rm) & 31))
OP(LSRV_64, X(rd) = X(rn) >> (X(rm) & 63))
OP(LSRV_32, X(rd) = W(rn) >> (X(rm) & 31))
OP(ASRV_64, X(rd) = (uint64_t)((int64_t)X(rn) >> (X(rm) & 63)))
OP(ASRV_32, X(rd) = (uint32_t)((int32_t)W(rn) >> (X(rm) & 31)))
OP(RORV_64, X(rd) = ror64(X(rn), (unsigned)X(rm)))
OP(RORV_32, X(rd) = ror32(W(rn), (unsigned)X(rm)))

/* Polynomials in reflected bit order: 0x04C11DB7 (CRC32), 0x1EDC6F41 (CRC32C). */
static uint32_t crc32(uint32_t crc, uint64_t data, unsigned bytes, uint32_t poly)
{
    for (unsigned i = 0; i < bytes; i++) {
        crc ^= (uint8_t)(data >> (8 * i));
        for (unsigned k = 0; k < 8; k++)
            crc = crc >> 1 ^ (crc & 1 ? poly : 0);
    }
    return crc;
}
enum { POLY_CRC32 = 0xedb88320, POLY_CRC32C = 0x82f63b78 };
OP(CRC32B, X(rd) = crc32(W(rn), X(rm), 1, POLY_CRC32))
OP(CRC32H, X(rd) = crc32(W(rn), X(rm), 2, POLY_CRC32))
OP(CRC32W, X(rd) = crc32(W(rn), X(rm), 4, POLY_CRC32))
OP(CRC32X, X(rd) = crc32(W(rn), X(rm), 8, POLY_CRC32))
OP(CRC32CB, X(rd) = crc32(W(rn), X(rm), 1, POLY_CRC32C))
OP(CRC32CH, X(rd) = crc32(W(rn), X(rm), 2, POLY_CRC32C))
OP(CRC32CW, X(rd) = crc32(W(rn), X(rm), 4, POLY_CRC32C))
OP(CRC32CX, X(rd) = crc32(W(rn), X(rm), 8, POLY_CRC32C))

/* Swaps neighbours of the given width under the mask: REV16 and the steps of RBIT. */
static inline uint64_t swap(uint64_t x, unsigned width, uint64_t mask)
{
    return (x >> width & mask) | (x & mask) << width;
}

static inline uint64_t rbit64(uint64_t x)
{
    x = swap(x, 1, UINT64_C(0x5555555555555555));
    x = swap(x, 2, UINT64_C(0x3333333333333333));
    x = swap(x, 4, UINT64_C(0x0f0f0f0f0f0f0f0f));
    return __builtin_bswap64(x);
}

static inline uint64_t clz64(uint64_t x)
{
    return x ? (uint64_t)__builtin_clzll(x) : 64;
}

OP(RBIT_64, X(rd) = rbit64(X(rn)))
OP(RBIT_32, X(rd) = rbit64(X(rn)) >> 32)
OP(REV16_64, X(rd) = swap(X(rn), 8, UINT64_C(0x00ff00ff00ff00ff)))
OP(REV16_32, X(rd) = swap(W(rn), 8, 0x00ff00ff))
OP(REV_32, X(rd) = __builtin_bswap32(W(rn)))
OP(REV32_64, X(rd) = ror64(__builtin_bswap64(X(rn)), 32))
OP(REV_64, X(rd) = __builtin_bswap64(X(rn)))
OP(CLZ_64, X(rd) = clz64(X(rn)))
OP(CLZ_32, X(rd) = clz64(W(rn)) - 32)
OP(CLS_64, X(rd) = clz64(X(rn) ^ (uint64_t)((int64_t)X(rn) >> 1)) - 1)
OP(CLS_32, X(rd) = clz64(W(rn) ^ (uint32_t)((int32_t)W(rn) >> 1)) - 33)

OP(MADD_64, X(rd) = X(ra) + X(rn) * X(rm))
OP(MADD_32, X(rd) = W(ra) + W(rn) * W(rm))
OP(MSUB_64, X(rd) = X(ra) - X(rn) * X(rm))
OP(MSUB_32, X(rd) = W(ra) - W(rn) * W(rm))
OP(SMADDL, X(rd) = X(ra) + (uint64_t)((int64_t)(int32_t)W(rn) * (int32_t)W(rm)))
OP(SMSUBL, X(rd) = X(ra) - (uint64_t)((int64_t)(int32_t)W(rn) * (int32_t)W(rm)))
OP(UMADDL, X(rd) = X(ra) + (uint64_t)W(rn) * W(rm))
OP(UMSUBL, X(rd) = X(ra) - (uint64_t)W(rn) * W(rm))
OP(SMULH, X(rd) = (uint64_t)((__int128)(int64_t)X(rn) * (int64_t)X(rm) >> 64))
OP(UMULH, X(rd) = (uint64_t)((unsigned __int128)X(rn) * X(rm) >> 64))
