/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_operands.c
 * What instructions read and write, as scheduling sees it (timing/pipe_operands.c), against Capstone 4's
 * detail mode, over random encodings of every line of the tables that Capstone knows. Where it is wrong,
 * known_operands.def says so; an entry that never occurs fails the test.
 */
#include <capstone/capstone.h>
#include <stdio.h>
#include <string.h>

#include "a64/insn.h"
#include "core/bits.h"
#include "timing/pipeline.h"

enum { WORDS_A_LINE = 40, SHOWN = 60 };

/* Registers as a set: general ones and SP, vector ones, flags. */
struct set {
    uint64_t x, flags;
};

static struct {
    const char *name, *what;
    uint32_t mask, value;
    unsigned long seen;
} known[] = {
#define KNOWN(name, what, mask, value, reason) { #name, what, mask, value, 0 },
#include "known_operands.def"
#undef KNOWN
};

static void add(struct set *s, unsigned reg)
{
    if (reg == PIPE_REG_NZCV)
        s->flags = 1;
    else
        s->x |= BIT(reg);
}

static void add_theirs(struct set *s, unsigned reg)
{
    if (reg >= ARM64_REG_W0 && reg <= ARM64_REG_W30)
        add(s, reg - ARM64_REG_W0);
    else if (reg >= ARM64_REG_X0 && reg <= ARM64_REG_X28)
        add(s, reg - ARM64_REG_X0);
    else if (reg == ARM64_REG_X29)
        add(s, 29);
    else if (reg == ARM64_REG_X30)
        add(s, 30);
    else if (reg == ARM64_REG_SP || reg == ARM64_REG_WSP)
        add(s, PIPE_REG_SP);
    else if (reg == ARM64_REG_NZCV)
        add(s, PIPE_REG_NZCV);
    else if (reg >= ARM64_REG_B0 && reg <= ARM64_REG_B31)
        add(s, PIPE_REG_V + reg - ARM64_REG_B0);
    else if (reg >= ARM64_REG_H0 && reg <= ARM64_REG_H31)
        add(s, PIPE_REG_V + reg - ARM64_REG_H0);
    else if (reg >= ARM64_REG_S0 && reg <= ARM64_REG_S31)
        add(s, PIPE_REG_V + reg - ARM64_REG_S0);
    else if (reg >= ARM64_REG_D0 && reg <= ARM64_REG_D31)
        add(s, PIPE_REG_V + reg - ARM64_REG_D0);
    else if (reg >= ARM64_REG_Q0 && reg <= ARM64_REG_Q31)
        add(s, PIPE_REG_V + reg - ARM64_REG_Q0);
    else if (reg >= ARM64_REG_V0 && reg <= ARM64_REG_V31)
        add(s, PIPE_REG_V + reg - ARM64_REG_V0);
}

static void ours(uint32_t insn, unsigned id, struct set *read, struct set *written)
{
    struct pipe_insn in;

    memset(read, 0, sizeof(*read));
    memset(written, 0, sizeof(*written));
    pipe_insn_of(insn, id, &in);
    for (unsigned i = 0; i < in.source_count; i++)
        add(read, in.source[i].reg);
    for (unsigned i = 0; i < in.dest_count; i++)
        add(written, in.dest[i].reg);
}

static bool theirs(csh cs, cs_insn *out, uint32_t insn, struct set *read, struct set *written)
{
    uint8_t bytes[4] = { (uint8_t)insn, (uint8_t)(insn >> 8), (uint8_t)(insn >> 16),
                         (uint8_t)(insn >> 24) };
    const uint8_t *code = bytes;
    size_t size = 4;
    uint64_t pc = 0;
    cs_regs r, w;
    uint8_t nr, nw;

    memset(read, 0, sizeof(*read));
    memset(written, 0, sizeof(*written));
    if (!cs_disasm_iter(cs, &code, &size, &pc, out) || cs_regs_access(cs, out, r, &nr, w, &nw) != CS_ERR_OK)
        return false;
    for (unsigned i = 0; i < nr; i++)
        add_theirs(read, r[i]);
    for (unsigned i = 0; i < nw; i++)
        add_theirs(written, w[i]);
    return true;
}

static bool is_known(const char *line, uint32_t insn)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (!strncmp(line, known[i].what, strlen(known[i].what)) &&
            (insn & known[i].mask) == known[i].value) {
            known[i].seen++;
            return true;
        }
    return false;
}

static void print_set(const char *what, const struct set *s)
{
    printf("#   %s:", what);
    for (unsigned i = 0; i < 64; i++)
        if (s->x >> i & 1)
            printf(i < 31 ? " x%u" : i == 31 ? " sp" : " v%u", i < 31 ? i : i - 32);
    printf(s->flags ? " nzcv\n" : "\n");
}

static bool same(const struct set *a, const struct set *b)
{
    return a->x == b->x && a->flags == b->flags;
}

/* One encoding; whether it is as it should be. */
static bool check(csh cs, cs_insn *out, uint32_t insn, unsigned id, unsigned *shown)
{
    struct set r, w, their_r, their_w;
    const struct a64_info *info = a64_info(id);

    if (!theirs(cs, out, insn, &their_r, &their_w))
        return true;
    ours(insn, id, &r, &w);
    if ((same(&r, &their_r) && same(&w, &their_w)) || is_known(info->name, insn))
        return true;
    if ((*shown)++ < SHOWN) {
        printf("# %s %s:%u 0x%08x %s %s\n", info->name, info->file, info->line, insn, out->mnemonic,
               out->op_str);
        print_set("reads", &r);
        print_set("Capstone", &their_r);
        print_set("writes", &w);
        print_set("Capstone", &their_w);
    }
    return false;
}

int main(void)
{
    uint64_t seed = 42;
    unsigned long words = 0, bad = 0, stale = 0;
    unsigned shown = 0;
    cs_insn *out;
    csh cs;

    if (cs_open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &cs) != CS_ERR_OK)
        return 1;
    cs_option(cs, CS_OPT_DETAIL, CS_OPT_ON);
    out = cs_malloc(cs);
    for (unsigned id = 1; id < A64_ID_COUNT; id++)
        for (unsigned i = 0; i < WORDS_A_LINE; i++) {
            uint32_t insn;

            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
            insn = ((uint32_t)(seed >> 32) & ~a64_info(id)->mask) | a64_info(id)->value;
            if (a64_decode(insn) != id || a64_constrained_undef(a64_info(id), insn) >= 0)
                continue;
            words++;
            bad += !check(cs, out, insn, id, &shown);
        }
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (!known[i].seen) {
            printf("# %s does not occur\n", known[i].name);
            stale++;
        }
    printf("1..1\n%sok 1 - operands of %lu encodings, %lu unlike Capstone's, %lu stale entries\n",
           bad || stale ? "not " : "", words, bad, stale);
    cs_free(out, 1);
    cs_close(&cs);
    return bad || stale ? 1 : 0;
}
