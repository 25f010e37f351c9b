/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file disas.c
 * Disassembly for people (console, explain, debugger), by Capstone. Its text never decides anything.
 */
#include <capstone/capstone.h>
#include <stdio.h>

#include "a64/op.h"

bool a64_disas(uint64_t pc, uint32_t insn, char *buf, size_t len)
{
    const uint8_t bytes[4] = { (uint8_t)insn, (uint8_t)(insn >> 8), (uint8_t)(insn >> 16),
                               (uint8_t)(insn >> 24) };
    cs_insn *out = NULL;
    csh cs;
    size_t n;

    snprintf(buf, len, ".inst 0x%08x", insn);
    if (cs_open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &cs) != CS_ERR_OK)
        return false;
    n = cs_disasm(cs, bytes, sizeof(bytes), pc, 1, &out);
    if (n)
        snprintf(buf, len, "%s%s%s", out->mnemonic, out->op_str[0] ? " " : "", out->op_str);
    cs_free(out, n);
    cs_close(&cs);
    return n != 0;
}
