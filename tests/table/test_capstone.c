/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_capstone.c
 * The decoder against Capstone 4, over the words of words.h. Capstone prints aliases, which are a table
 * here; the differences that are known are in known_capstone.def.
 */
#include <capstone/capstone.h>
#include <stdio.h>

#include "compare.h"
#include "core/bits.h"
#include "words.h"

static const struct compare_alias aliases[] = {
    { "ADD", "add mov" },
    { "ADDS", "adds cmn" },
    { "SUB", "sub neg" },
    { "SUBS", "subs cmp negs" },
    { "ANDS", "ands tst" },
    { "ORR", "orr mov" },
    { "ORN", "orn mvn" },
    { "MOVN", "movn mov" },
    { "MOVZ", "movz mov" },
    { "SBC", "sbc ngc" },
    { "SBCS", "sbcs ngcs" },
    { "SBFM", "sbfx sbfiz asr sxtb sxth sxtw" },
    { "UBFM", "ubfx ubfiz lsl lsr uxtb uxth" },
    { "BFM", "bfm bfxil bfi bfc" },
    { "EXTR", "extr ror" },
    { "LSLV", "lsl" },
    { "LSRV", "lsr" },
    { "ASRV", "asr" },
    { "RORV", "ror" },
    { "CSINC", "csinc cset cinc" },
    { "CSINV", "csinv csetm cinv" },
    { "CSNEG", "csneg cneg" },
    { "MADD", "madd mul" },
    { "MSUB", "msub mneg" },
    { "SMADDL", "smaddl smull" },
    { "SMSUBL", "smsubl smnegl" },
    { "UMADDL", "umaddl umull" },
    { "UMSUBL", "umsubl umnegl" },
    { "HINT", "hint nop yield esb psb bti csdb dgh tsb" },
    { "SYS", "sys ic dc at tlbi" },
    { "DSB", "dsb ssbb pssbb" },
    { "DUP", "dup mov" },
    { "INS", "ins mov" },
    { "UMOV", "umov mov" },
    { "SSHLL", "sshll sshll2 sxtl sxtl2" },
    { "USHLL", "ushll ushll2 uxtl uxtl2" },
    { "NOT", "not mvn" },
};

#define KNOWN_FILE "known_capstone.def"
#include "known.h"

struct capstone {
    csh cs;
    cs_insn *out;
    struct comparison comparison;
};

/* One word to Capstone and to us. */
static void ask(void *to, uint32_t insn, unsigned line)
{
    struct capstone *c = to;
    uint8_t bytes[4] = { (uint8_t)insn, (uint8_t)(insn >> 8), (uint8_t)(insn >> 16),
                         (uint8_t)(insn >> 24) };
    const uint8_t *code = bytes;
    size_t size = sizeof(bytes);
    uint64_t address = 0;
    bool defined = cs_disasm_iter(c->cs, &code, &size, &address, c->out);

    (void)line;
    compare_word(&c->comparison, insn, defined ? c->out->mnemonic : NULL);
}

int main(void)
{
    unsigned long hits[KNOWN_COUNT] = { 0 };
    struct capstone c = {
        .comparison = { .tool = "Capstone",
                        .aliases = aliases,
                        .alias_count = sizeof(aliases) / sizeof(aliases[0]),
                        .known = known,
                        .known_count = KNOWN_COUNT,
                        .sampled = words_wanted(),
                        .hits = hits },
    };

    printf("1..1\n");
    if (cs_open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &c.cs) != CS_ERR_OK) {
        printf("Bail out! Capstone does not open\n");
        return 1;
    }
    c.out = cs_malloc(c.cs);
    words_each(c.comparison.sampled, ask, &c);
    cs_free(c.out, 1);
    cs_close(&c.cs);
    return !compare_end(&c.comparison, "Capstone decodes the same instructions");
}
