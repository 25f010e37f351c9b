/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file syndrome.c
 * ISS encoding for an exception from a Data Abort, the part that describes the instruction (DDI 0487,
 * ESR_ELx, "ISS encoding for an exception from a Data Abort"):
 *
 *      24  23 22  21   20   16  15  14
 *     +---+-----+-----+-------+----+----+
 *     |ISV| SAS | SSE |  SRT  | SF | AR |
 *     +---+-----+-----+-------+----+----+
 *
 * Valid for loads and stores of one general-purpose register, those with acquire or release semantics
 * included, but not exclusives and not those that write the base back.
 */
#include "mmu/syndrome.h"

#include "core/bits.h"

static uint32_t isv(unsigned sas, bool sse, unsigned srt, bool sf, bool ar)
{
    return 1u << 24 | sas << 22 | (uint32_t)sse << 21 | srt << 16 | (uint32_t)sf << 15 | (uint32_t)ar << 14;
}

/* C4.1.94: load/store register; opc 00 store, 01 load, 10 and 11 sign-extending load to 64 and 32 bits. */
static uint32_t isv_register(uint32_t insn)
{
    unsigned size = (unsigned)bits(insn, 31, 30), opc = (unsigned)bits(insn, 23, 22);
    bool sf = opc < 2 ? size == 3 : opc == 2;

    return isv(size, opc >= 2, insn & 31, sf, false);
}

/* Unsigned offset; or unscaled, unprivileged, register offset: not the writeback forms, not atomics. */
static bool is_register_form(uint32_t insn)
{
    unsigned form = (unsigned)bits(insn, 11, 10);

    if (bits(insn, 29, 26) != 0xe)
        return false;
    if (bits(insn, 25, 24) == 1)
        return true;
    if (bits(insn, 25, 24) != 0)
        return false;
    return bit(insn, 21) ? form == 2 : form == 0 || form == 2;
}

uint32_t syndrome_isv(uint32_t insn)
{
    unsigned rt = insn & 31;

    if (is_register_form(insn))
        return isv_register(insn);
    /* LDAR, STLR, LDLAR, STLLR: size in <31:30>, o2 (bit 23) set and o1 (bit 21) clear. */
    if (bits(insn, 29, 24) == 0x08 && bit(insn, 23) && !bit(insn, 21))
        return isv((unsigned)bits(insn, 31, 30), false, rt, bits(insn, 31, 30) == 3, true);
    /* LDR (literal) and LDRSW (literal): opc in <31:30>. */
    if (bits(insn, 29, 24) == 0x18)
        return isv(bits(insn, 31, 30) == 1 ? 3 : 2, bits(insn, 31, 30) == 2, rt, bits(insn, 31, 30) != 0,
                   false);
    return 0;
}
