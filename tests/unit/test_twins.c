/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_twins.c
 * An instruction that has several handlers does the same in each. Loads and stores, of every line of the
 * tables: with base SP as with base Xn, when the fast TLB has the page and when it does not; a misaligned
 * SP faults before anything else and changes nothing (CheckSPAlignment). Direct branches: to another page
 * as within one, for all flags and operands.
 *
 * What they do is proven elsewhere. So that this test does not stand for that, the record of executed
 * instructions takes the twins of it alone (tests/diff/coverage).
 */
#include "a64/insn.h"
#include "arch/exception.h"
#include "core/run.h"
#include "mmu/access.h"
#include "mmu_util.h"

#define CODE_VA UINT64_C(0x41000000)
#define DATA_VA UINT64_C(0x42000000)
#define BASE_VA (DATA_VA + 0x800)
#define FAR_BYTES UINT64_C(0x1000)

enum { BASE = 28, CODE_PAGES = 3, DATA_WORDS = 512, EC_SP_ALIGNMENT = 0x26 };

static struct world w;

static void setup(void)
{
    struct tables t;

    w = (struct world){ .m = fixture_machine(NULL, "max"), .next = TABLES_AT };
    w.c = &w.m->pe[0];
    w.c->sr[SR_MAIR_EL1] = MAIR;
    w.c->sr[SR_HCR_EL2] = BIT(31);
    t = tables_new(&w, 12, 39, 1);
    for (unsigned i = 0; i < CODE_PAGES; i++)
        map(&w, &t, CODE_VA + i * 0x1000, FIXTURE_RAM + i * 0x1000, 3, S1_RW | S1_NG);
    map(&w, &t, DATA_VA, DATA_AT, 3, S1_RW | S1_NG | S1_EL0);
    use_s1(&w, &t, 1);
    w.c->sr[SR_SCTLR_EL1] |= BIT(23) | BIT(3); /* SPAN, SA */
    w.c->sr[SR_CPACR_EL1] = UINT64_C(3) << 20;
    mmu_context_changed(w.c);
    pe_set_el(w.c, 1, 1);
    mmu_select(w.c);
}

static void teardown(void)
{
    world_free(&w);
}

TestSuite(twins, .init = setup, .fini = teardown);

/* What a load or store can change. */
struct state {
    uint64_t x[31], base, pc, esr;
    union vreg v[32];
    uint64_t data[DATA_WORDS];
};

static uint64_t noise(uint64_t n)
{
    return (n + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ n << 17;
}

static uint32_t set_field(uint32_t insn, const char *pattern, char letter, uint32_t value)
{
    for (unsigned bit = 0; bit < 32; bit++) {
        if (pattern[31 - bit] != letter)
            continue;
        insn = (uint32_t)((insn & ~BIT(bit)) | (value & 1) << bit);
        value >>= 1;
    }
    return insn;
}

/* An encoding of a line with registers that differ, an offset that is aligned, and the base. The data
 * register of a CASP has an even number, whose lowest bit the pattern fixes. */
static uint32_t encode(const struct a64_info *info, unsigned base)
{
    static const struct {
        char letter;
        uint8_t value;
    } fields[] = { { 't', 2 }, { 'u', 3 }, { 's', 6 }, { 'm', 9 }, { 'i', 16 }, { 'x', 31 } };
    uint32_t insn = info->value;

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        insn = set_field(insn, info->pattern, fields[i].letter, fields[i].value);
    return set_field(insn, info->pattern, 'n', base);
}

/* A monitor that the store-exclusives pass. */
static void set_monitor(uint32_t insn, uint64_t offset)
{
    w.c->excl_valid = true;
    w.c->excl_size = (uint8_t)((1u << (insn >> 30)) << (insn >> 21 & 1));
    w.c->excl_pa = DATA_AT + offset;
    cr_assert(bus_copy_out(w.m->bus, pa(w.c->excl_pa), w.c->excl_data, w.c->excl_size));
}

static void prepare(uint32_t insn, uint64_t base)
{
    for (unsigned i = 0; i < 31; i++)
        w.c->x[i] = noise(i);
    w.c->x[9] = 64; /* An offset. */
    w.c->x[BASE] = w.c->x[REG_SP] = base;
    for (unsigned i = 0; i < 32; i++)
        w.c->v[i] = (union vreg){ .d = { noise(100 + i), noise(200 + i) } };
    for (unsigned i = 0; i < DATA_WORDS; i++)
        write64(&w, DATA_AT + 8 * i, noise(300 + i));
    w.c->sr[SR_ESR_EL1] = 0;
    set_monitor(insn, base - DATA_VA);
}

static void look(struct state *s, bool sp, uint64_t pc)
{
    memcpy(s->x, w.c->x, sizeof(s->x));
    s->base = w.c->x[sp ? REG_SP : BASE];
    s->x[BASE] = 0;
    s->pc = w.c->pc - pc;
    s->esr = w.c->sr[SR_ESR_EL1];
    memcpy(s->v, w.c->v, sizeof(s->v));
    for (unsigned i = 0; i < DATA_WORDS; i++)
        s->data[i] = read64(&w, DATA_AT + 8 * i);
}

/* Executes the instruction at an address of its own. The word after it must not be decoded as something. */
static uint64_t put(uint32_t insn)
{
    static uint64_t at;
    const uint32_t words[] = { insn, 0x14000000 };

    at = (at + 8) & 0xfff;
    fixture_code(w.m, FIXTURE_RAM + at, words, 2);
    return w.c->pc = CODE_VA + at;
}

static void execute(uint32_t insn, bool sp, bool cold, struct state *s)
{
    uint64_t pc, value;

    prepare(insn, BASE_VA);
    fast_drop_all(w.c);
    if (!cold) {
        cr_assert(mem_read(w.c, BASE_VA, 8, 0, &value));
        cr_assert(mem_write(w.c, BASE_VA, 8, 0, value));
    }
    pc = put(insn);
    pe_step(w.c);
    look(s, sp, pc);
}

static void expect_same(const struct a64_info *info, const struct state *a, const struct state *b,
                        const char *how)
{
    for (unsigned i = 0; i < 31; i++)
        cr_assert_eq(a->x[i], b->x[i], "%s %s: x%u is 0x%lx, not 0x%lx", info->name, how, i, b->x[i],
                     a->x[i]);
    cr_assert_eq(a->base, b->base, "%s %s: the base is 0x%lx, not 0x%lx", info->name, how, b->base,
                 a->base);
    cr_assert_eq(a->pc, b->pc, "%s %s: pc", info->name, how);
    cr_assert_eq(a->esr, b->esr, "%s %s: ESR_EL1 0x%lx", info->name, how, b->esr);
    cr_assert(!memcmp(a->v, b->v, sizeof(a->v)), "%s %s: V registers", info->name, how);
    cr_assert(!memcmp(a->data, b->data, sizeof(a->data)), "%s %s: memory", info->name, how);
}

static void expect_sp_alignment_fault(const struct a64_info *info, uint32_t insn)
{
    struct state before, after;
    uint64_t pc;

    prepare(insn, BASE_VA + 8);
    pc = put(insn);
    look(&before, true, pc);
    pe_step(w.c);
    cr_assert_eq(w.c->sr[SR_ESR_EL1] >> 26, EC_SP_ALIGNMENT, "%s: ESR_EL1 0x%lx", info->name,
                 w.c->sr[SR_ESR_EL1]);
    cr_assert_eq(w.c->sr[SR_ELR_EL1], pc, "%s", info->name);
    w.c->pc = pc;
    w.c->sr[SR_ESR_EL1] = 0;
    look(&after, true, pc);
    expect_same(info, &before, &after, "with SP misaligned");
}

static void check_base(const struct a64_info *info)
{
    const uint32_t insn = encode(info, BASE), of_sp = encode(info, 31);
    struct state nothing, x, warm, sp, warm_sp;

    cr_assert_eq(a64_info(a64_decode(insn)), info, "0x%08x is not %s", insn, info->name);
    cr_assert_eq(a64_info(a64_decode(of_sp)), info, "0x%08x is not %s", of_sp, info->name);
    prepare(insn, BASE_VA);
    w.c->pc = 4;
    look(&nothing, false, 0);
    execute(insn, false, true, &x);
    cr_assert(x.pc == 4 && x.esr == 0, "%s (0x%08x): ESR_EL1 0x%lx", info->name, insn, x.esr);
    cr_assert(memcmp(&nothing, &x, sizeof(x)), "%s does nothing", info->name);
    execute(insn, false, false, &warm);
    execute(of_sp, true, true, &sp);
    execute(of_sp, true, false, &warm_sp);
    expect_same(info, &x, &warm, "by the fast TLB");
    expect_same(info, &x, &sp, "with base SP");
    expect_same(info, &x, &warm_sp, "with base SP by the fast TLB");
    expect_sp_alignment_fault(info, of_sp);
}

Test(twins, loads_and_stores_with_base_sp)
{
    unsigned count = 0;

    for (unsigned id = 1; id < A64_ID_COUNT; id++) {
        const struct a64_info *info = a64_info(id);

        if (!(info->flags & A64_MEM) || !strchr(info->pattern, 'n'))
            continue;
        check_base(info);
        count++;
    }
    cr_assert_gt(count, 400);
}

struct outcome {
    int64_t offset;
    uint64_t link;
};

/* A branch by `imm` at `pc`, with registers and flags of case `n`. */
static struct outcome branch(uint32_t insn, uint64_t pc, unsigned n)
{
    fixture_code(w.m, pc - CODE_VA + FIXTURE_RAM, &insn, 1);
    w.c->x[2] = n & 16 ? BIT(n & 1 ? 0 : 40) : 0;
    w.c->x[30] = pc + 1;
    pe_set_nzcv(w.c, (n & 15) << 28);
    w.c->pc = pc;
    pe_step(w.c);
    return (struct outcome){ .offset = (int64_t)(w.c->pc - pc), .link = w.c->x[30] - pc };
}

/* `imm` is in words: TBZ and kin test bit 0. */
static uint32_t branch_by(const struct a64_info *info, int32_t imm)
{
    return set_field(set_field(info->value, info->pattern, 't', 2), info->pattern, 'i', (uint32_t)imm);
}

static unsigned check_branch(const struct a64_info *info, int32_t far)
{
    enum { NEAR = 8 };
    const uint64_t middle = CODE_VA + FAR_BYTES;
    unsigned taken = 0;

    for (unsigned n = 0; n < 32; n++) {
        struct outcome a = branch(branch_by(info, NEAR), middle + 0x100, n);
        struct outcome b = branch(branch_by(info, far), middle + 0x200, n);

        cr_assert(a.offset == 4 || a.offset == 4 * NEAR, "%s: to pc%+ld", info->name, a.offset);
        cr_assert_eq(b.offset, a.offset == 4 ? 4 : 4 * far, "%s, case %u: to pc%+ld", info->name, n,
                     b.offset);
        cr_assert_eq(a.link, b.link, "%s: x30 is pc+%lu, not pc+%lu", info->name, b.link, a.link);
        taken += a.offset != 4;
    }
    return taken;
}

Test(twins, branches_to_another_page)
{
    unsigned count = 0;

    for (unsigned id = 1; id < A64_ID_COUNT; id++) {
        const struct a64_info *info = a64_info(id);

        if (!(info->flags & A64_DIRECT))
            continue;
        cr_assert_gt(check_branch(info, 0x400), 0, "%s is never taken", info->name);
        check_branch(info, -0x400);
        count++;
    }
    cr_assert_gt(count, 20);
}
