/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_bti.c
 * FEAT_BTI: every kind of branch, from and to guarded and other pages, to every kind of target, by each way
 * through the engine; what SPSR_ELx.BTYPE is after exceptions between a branch and its target; the
 * SCTLR_ELx bits of each EL; that descriptors are cached; and a core without it.
 */
#include <stdio.h>

#include "arch/bti.h"
#include "core/run.h"
#include "mmu_util.h"
#include "sysreg_fixture.h"

/* Physical pages, mapped as they are and again, guarded, at GUARDED above. */
#define SOURCE (FIXTURE_RAM + 0x10000)
#define NEXT (FIXTURE_RAM + 0x11000) /* Always guarded. */
#define OTHER (FIXTURE_RAM + 0x20000)
#define VECTORS (FIXTURE_RAM + 0x30000)
#define GUARDED UINT64_C(0x40000000)
#define UNMAPPED (FIXTURE_RAM + 0x50000)
#define TARGETS 0x400 /* Offset of the first target in its page; each is followed by B_SELF. */
#define CODE_ATTRS (S1_RW | S1_RO | S1_EL0)
#define GP BIT(50)
#define HCR_API BIT(41)
#define SCTLR_M BIT(0)
#define SCTLR_BT0 BIT(35)
#define SCTLR_BT1 BIT(36)

enum {
    NOP = 0xd503201f,
    B_SELF = 0x14000000,
    ERET = 0xd69f03e0,
    BR_X1 = 0xd61f0020,
    BLR_X1 = 0xd63f0020,
    BTI_C = 0xd503245f,
    BTI_J = 0xd503249f,
    PACIASP = 0xd503233f,
    ADD_X0_1 = 0x91000400,
    RET = 0xd65f03c0,
};

/* BTYPE after a branch from a page that is not guarded, and from one that is (C6.2). */
static const struct {
    const char *name;
    uint32_t insn;
    uint8_t reg, plain, guarded;
} branches[] = {
    { "br x1", BR_X1, 1, 1, 3 },
    { "br x15", 0xd61f01e0, 15, 1, 3 },
    { "br x16", 0xd61f0200, 16, 1, 1 },
    { "br x17", 0xd61f0220, 17, 1, 1 },
    { "br x18", 0xd61f0240, 18, 1, 3 },
    { "blr x1", BLR_X1, 1, 2, 2 },
    { "blr x16", 0xd63f0200, 16, 2, 2 },
    { "ret x1", 0xd65f0020, 1, 0, 0 },
    { "ret x16", 0xd65f0200, 16, 0, 0 },
    { "braaz x1", 0xd61f083f, 1, 1, 3 },
    { "brabz x16", 0xd61f0e1f, 16, 1, 1 },
    { "braa x1, x2", 0xd71f0822, 1, 1, 3 },
    { "brab x17, x2", 0xd71f0e22, 17, 1, 1 },
    { "blraaz x1", 0xd63f083f, 1, 2, 2 },
    { "blrabz x17", 0xd63f0e3f, 17, 2, 2 },
    { "blraa x1, x2", 0xd73f0822, 1, 2, 2 },
    { "blrab x16, x2", 0xd73f0e02, 16, 2, 2 },
    { "retaa", 0xd65f0bff, 30, 0, 0 },
};

/* Bit n: may be reached with BTYPE n in a guarded page; with SCTLR_ELx.BT* set. The exception of the target
 * itself, EC_UNKNOWN included, and NONE. */
enum { NONE = 0xff };
static const struct {
    const char *name;
    uint32_t insn;
    uint8_t allowed, allowed_bt, ec;
} targets[] = {
    { "nop", NOP, 0, 0, NONE },
    { "bti", 0xd503241f, 0, 0, NONE },
    { "bti c", BTI_C, 6, 6, NONE },
    { "bti j", BTI_J, 10, 10, NONE },
    { "bti jc", 0xd50324df, 14, 14, NONE },
    { "hint #33", 0xd503243f, 0, 0, NONE },
    { "hint #35", 0xd503247f, 0, 0, NONE },
    { "paciasp", PACIASP, 14, 6, NONE },
    { "pacibsp", 0xd503237f, 14, 6, NONE },
    { "paciaz", 0xd503231f, 0, 0, NONE },
    { "autiasp", 0xd50323bf, 0, 0, NONE },
    { "brk #1", 0xd4200020, 14, 14, EC_BRK },
    { "hlt #1", 0xd4400020, 14, 14, EC_UNKNOWN },
    { "svc #0", 0xd4000001, 0, 0, EC_SVC },
    { "udf", 0, 0, 0, EC_UNKNOWN },
};

enum {
    BRANCH_COUNT = sizeof(branches) / sizeof(branches[0]),
    TARGET_COUNT = sizeof(targets) / sizeof(targets[0])
};

static struct world w;
static struct pe *c;
static struct tables t;

static void map_both(uint64_t page)
{
    map(&w, &t, page, page, 3, CODE_ATTRS);
    map(&w, &t, page + GUARDED, page, 3, CODE_ATTRS | GP);
}

static void write_code(void)
{
    uint32_t words[1024] = { 0 };

    for (unsigned i = 0; i < 1024; i++)
        words[i] = B_SELF;
    fixture_code(w.m, VECTORS, words, 1024);
    for (unsigned i = 0; i < BRANCH_COUNT; i++)
        words[i] = branches[i].insn;
    for (unsigned i = 0; i < TARGET_COUNT; i++)
        words[TARGETS / 4 + 2 * i] = targets[i].insn;
    words[1023] = NOP;
    fixture_code(w.m, SOURCE, words, 1024);
    fixture_code(w.m, OTHER, words, 1024);
    words[0] = NOP;
    fixture_code(w.m, NEXT, words, 1024);
}

/* Registers of EL1, or of the EL2&0 regime, which has their layout. */
static void start_el(unsigned el, uint64_t hcr)
{
    bool host = hcr & HCR_TGE;
    uint64_t tcr = UINT64_C(25) | UINT64_C(4) << 32 | BIT(23) | UINT64_C(25) << 16;

    c->sr[SR_HCR_EL2] = hcr | HCR_API;
    c->sr[host ? SR_TCR_EL2 : SR_TCR_EL1] = tcr;
    c->sr[host ? SR_TTBR0_EL2 : SR_TTBR0_EL1] = t.base;
    c->sr[host ? SR_MAIR_EL2 : SR_MAIR_EL1] = MAIR;
    c->sr[host ? SR_SCTLR_EL2 : SR_SCTLR_EL1] = SCTLR_M | BIT(23);
    c->sr[host ? SR_VBAR_EL2 : SR_VBAR_EL1] = VECTORS;
    mmu_context_changed(c);
    sr_el(&(struct sr_rig){ w.m, c }, el);
}

static void begin(const char *cpu, const char *dispatch)
{
    avs_options o = AVS_OPTIONS_INIT;

    o.board = "virt,virtualization=on";
    o.cpu = cpu;
    o.dispatch = dispatch;
    w = (struct world){ .next = TABLES_AT };
    cr_assert_eq(avs_machine_new(&o, &w.m), AVS_OK, "%s", avs_last_error(NULL));
    c = &w.m->pe[0];
    t = tables_new(&w, 12, 39, 1);
    map_both(SOURCE);
    map_both(OTHER);
    map_both(VECTORS);
    map(&w, &t, NEXT, NEXT, 3, CODE_ATTRS | GP);
    write_code();
    start_el(1, 0);
}

static void begin_max(void)
{
    begin("max", NULL);
}

static void end(void)
{
    world_free(&w);
}

TestSuite(bti, .init = begin_max, .fini = end);

/* The PE at an address, as if nothing had been. */
static void at(uint64_t pc)
{
    sr_el(&(struct sr_rig){ w.m, c }, 1);
    c->pc = pc;
    c->btype = 0;
    c->sr[SR_ESR_EL1] = c->sr[SR_ELR_EL1] = 0;
    c->sr[SR_SPSR_EL1] = 0xc00;
}

static void run_for(unsigned insns)
{
    w.m->stop = STOP_NONE;
    w.m->max_insns = pe_insns(c) + insns;
    machine_run(w.m);
}

static unsigned spsr_btype(void)
{
    return (unsigned)bits(c->sr[SR_SPSR_EL1], 11, 10);
}

struct route {
    unsigned branch, target;
    uint64_t from, to;
    bool bt;
};

static unsigned btype_of(const struct route *r)
{
    return r->from & GUARDED << 1 ? branches[r->branch].guarded : branches[r->branch].plain;
}

/* What came of it: the exception, or none. */
static void expect_arrival(const struct route *r, const char *how)
{
    unsigned allowed = r->bt ? targets[r->target].allowed_bt : targets[r->target].allowed;
    unsigned btype = btype_of(r), ec = targets[r->target].ec, iss = 0;
    unsigned want_spsr = ec == EC_BRK ? btype : 0;
    char what[160];

    snprintf(what, sizeof(what), "%s at %#lx to %s at %#lx, BT %d, %s", branches[r->branch].name, r->from,
             targets[r->target].name, r->to, r->bt, how);
    if ((r->to & GUARDED << 1) && btype && !(allowed >> btype & 1)) {
        ec = EC_BTI;
        iss = want_spsr = btype;
    }
    cr_expect_eq(c->btype, 0, "%s: BTYPE stays %u", what, c->btype);
    if (ec == NONE) {
        cr_expect_eq(c->sr[SR_ESR_EL1], 0, "%s: ESR %#lx", what, c->sr[SR_ESR_EL1]);
        cr_expect_eq(c->pc, r->to + 4, "%s: pc %#lx", what, c->pc);
        return;
    }
    cr_expect_eq(c->sr[SR_ESR_EL1] >> 26, ec, "%s: EC %#lx, not %#x", what, c->sr[SR_ESR_EL1] >> 26, ec);
    cr_expect(ec != EC_BTI || bits(c->sr[SR_ESR_EL1], 25, 0) == (BIT(25) | iss), "%s: ESR %#lx", what,
              c->sr[SR_ESR_EL1]);
    cr_expect_eq(c->sr[SR_ELR_EL1], ec == EC_SVC ? r->to + 4 : r->to, "%s: ELR", what);
    cr_expect_eq(spsr_btype(), want_spsr, "%s: SPSR.BTYPE is %u, not %u", what, spsr_btype(), want_spsr);
}

static void depart(const struct route *r)
{
    at(r->from);
    for (unsigned i = 0; i < 31; i++)
        c->x[i] = 0x1230 + i;
    c->x[branches[r->branch].reg] = r->to;
}

/* The first time nothing is decoded; the second time nothing is in the way; and by single steps. */
static void try_route(const struct route *r)
{
    depart(r);
    run_for(8);
    expect_arrival(r, "first");
    depart(r);
    run_for(8);
    expect_arrival(r, "again");
    depart(r);
    pe_step(c);
    cr_expect_eq(c->btype, btype_of(r), "%s at %#lx: BTYPE is %u", branches[r->branch].name, r->from,
                 c->btype);
    cr_expect_eq(c->pc, r->to);
    pe_step(c);
    expect_arrival(r, "by steps");
}

static void try_all(bool bt)
{
    static const uint64_t pages[] = { SOURCE, OTHER };

    c->sr[SR_SCTLR_EL1] |= bt ? SCTLR_BT1 : SCTLR_BT0; /* BT0 is nothing to EL1. */
    for (unsigned i = 0; i < BRANCH_COUNT * TARGET_COUNT * 8; i++) {
        unsigned branch = i / 8 % BRANCH_COUNT, target = i / 8 / BRANCH_COUNT;

        try_route(&(struct route){ branch, target, SOURCE + (i & 1) * GUARDED + 4 * branch,
                                   pages[i >> 2 & 1] + (i >> 1 & 1) * GUARDED + TARGETS + 8 * target, bt });
    }
}

Test(bti, every_branch_to_every_target)
{
    try_all(false);
    try_all(true);
}

Test(bti, every_branch_to_every_target_loop_dispatcher)
{
    end();
    begin("max", "loop");
    try_all(false);
    try_all(true);
}

/* Only the branch itself sets it: the next instruction, whether in the same page or not, has it 0. */
Test(bti, clears_with_the_next_instruction)
{
    uint64_t nop = SOURCE + 0xffc;

    at(SOURCE);
    c->x[1] = nop;
    run_for(3);
    cr_expect_eq(c->sr[SR_ESR_EL1], 0, "running on into a guarded page: ESR %#lx", c->sr[SR_ESR_EL1]);
    cr_expect_eq(c->pc, NEXT + 4);
    at(SOURCE);
    c->x[1] = nop;
    pe_step(c);
    cr_expect_eq(c->btype, 1);
    pe_step(c);
    cr_expect_eq(c->btype, 0);
}

/* D8.4: an interrupt before the target saves BTYPE, and the return from it checks the target. */
Test(bti, interrupts_save_it)
{
    for (unsigned guarded = 0; guarded < 2; guarded++) {
        uint64_t target = OTHER + TARGETS + guarded * GUARDED; /* nop */

        at(SOURCE + 5 * 4); /* blr x1 */
        c->x[1] = target;
        pe_step(c);
        c->daif = 0;
        pe_set_lines(c, LINE_IRQ, LINE_IRQ);
        run_for(1);
        pe_set_lines(c, LINE_IRQ, 0);
        cr_expect_eq(c->pc, VECTORS + 0x280);
        cr_expect_eq(c->sr[SR_ELR_EL1], target);
        cr_expect_eq(spsr_btype(), 2);
        cr_expect_eq(c->btype, 0);
        c->exc.target_el = 1;
        exc_return(c);
        cr_expect_eq(c->btype, 2);
        run_for(4);
        cr_expect_eq(c->sr[SR_ESR_EL1] >> 26, guarded ? EC_BTI : 0, "guarded %u: ESR %#lx", guarded,
                     c->sr[SR_ESR_EL1]);
    }
}

Test(bti, exception_returns_restore_it)
{
    uint32_t eret = ERET;

    fixture_code(w.m, VECTORS + 0x800, &eret, 1);
    for (unsigned btype = 0; btype < 4; btype++)
        for (unsigned illegal = 0; illegal < 2; illegal++) {
            at(VECTORS + 0x800);
            c->sr[SR_ELR_EL1] = OTHER + GUARDED + TARGETS + 8 * 2; /* bti c */
            c->sr[SR_SPSR_EL1] = (illegal ? 0x3cf : 0x3c5) | btype << 10;
            run_for(4);
            cr_expect_eq(c->sr[SR_ESR_EL1] >> 26,
                         illegal      ? EC_ILLEGAL
                         : btype == 3 ? EC_BTI
                                      : 0,
                         "BTYPE %u: ESR %#lx", btype, c->sr[SR_ESR_EL1]);
        }
}

Test(bti, aborts_and_misalignment_at_the_target_save_it)
{
    static const uint64_t bad[] = { UNMAPPED, OTHER + 2, OTHER + GUARDED + 1 };

    for (unsigned i = 0; i < 6; i++) {
        at(SOURCE + (i & 1) * GUARDED);
        c->x[1] = bad[i / 2];
        run_for(4);
        cr_expect_eq(c->sr[SR_ESR_EL1] >> 26, i < 2 ? EC_IABT_SAME : EC_PC_ALIGN);
        cr_expect_eq(spsr_btype(), i & 1 ? 3 : 1);
    }
}

/* A stop for a limit at any instruction changes nothing: calls into a guarded page, in a loop. */
Test(bti, limits_between_branch_and_target)
{
    static const uint32_t loop[] = { BLR_X1, 0x17ffffff };
    static const uint32_t callee[] = { BTI_C, ADD_X0_1, RET };

    fixture_code(w.m, SOURCE + 0x100, loop, 2);
    fixture_code(w.m, OTHER + 0x100, callee, 3);
    for (unsigned step = 1; step < 12; step++) {
        at(SOURCE + GUARDED + 0x100);
        c->x[0] = 0;
        c->x[1] = OTHER + GUARDED + 0x100;
        for (unsigned done = 0; done < 660; done += step)
            run_for(step);
        cr_expect_eq(c->x[0] / 10, 13, "limits of %u: %lu calls", step, c->x[0]);
        cr_expect_eq(c->sr[SR_ESR_EL1], 0);
    }
}

static void jump_with_empty_tlb(void)
{
    at(SOURCE);
    c->x[1] = OTHER + GUARDED + TARGETS;
    mmu_tlbi(c, SR_TLBI_VMALLE1, 0);
}

/* The same for cycles, which a walk for the target's page takes too: what stops before the target keeps
 * BTYPE. */
Test(bti, deadlines_while_the_target_is_fetched)
{
    uint64_t before = 0, least = UINT64_MAX, most = 0;

    c->sr[SR_SCTLR_EL1] |=
        BIT(12) | BIT(2); /* I and C: once the lines are there, the walk alone takes time. */
    mmu_context_changed(c);
    jump_with_empty_tlb();
    run_for(4);
    for (unsigned cycles = 1; cycles < 80; cycles++) {
        uint64_t target = OTHER + GUARDED + TARGETS; /* nop */
        uint64_t walks = c->ctr[CTR_stall_walk_instr];

        jump_with_empty_tlb();
        w.m->max_cycles = pe_cycles(c) + cycles;
        run_for(4);
        walks = c->ctr[CTR_stall_walk_instr] - walks;
        before += c->pc == target;
        least = c->pc == target && walks < least ? walks : least;
        most = c->pc == target && walks > most ? walks : most;
        cr_expect_eq(c->btype, c->pc == target, "limit of %u cycles: pc %#lx, BTYPE %u", cycles, c->pc,
                     c->btype);
        w.m->max_cycles = 0;
        run_for(4);
        cr_expect_eq(c->sr[SR_ESR_EL1] >> 26, EC_BTI, "limit of %u cycles: ESR %#lx", cycles,
                     c->sr[SR_ESR_EL1]);
    }
    cr_expect_gt(most - least, 5, "the target's walk takes %lu cycles", most - least);
    cr_expect_eq(before, 1 + most - least, "each of them, and the one before, is a stop: %lu", before);
}

/* SCTLR_ELx.BT* of the regime: whether PACIASP is a target of jumps. */
Test(bti, bits_of_each_el)
{
    static const struct {
        uint8_t el;
        uint64_t hcr;
        uint16_t reg;
        uint64_t bit;
    } cases[] = {
        { 0, 0, SR_SCTLR_EL1, SCTLR_BT0 },
        { 1, 0, SR_SCTLR_EL1, SCTLR_BT1 },
        { 2, 0, SR_SCTLR_EL2, SCTLR_BT1 },
        { 3, 0, SR_SCTLR_EL3, SCTLR_BT1 },
        { 0, HCR_E2H | HCR_TGE, SR_SCTLR_EL2, SCTLR_BT0 },
        { 2, HCR_E2H | HCR_TGE, SR_SCTLR_EL2, SCTLR_BT1 },
        { 0, HCR_E2H, SR_SCTLR_EL1, SCTLR_BT0 },
    };
    static const uint16_t regs[] = { SR_SCTLR_EL1, SR_SCTLR_EL2, SR_SCTLR_EL3 };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (unsigned set = 0; set < 2; set++) {
            for (unsigned r = 0; r < 3; r++)
                c->sr[regs[r]] = set ? 0 : SCTLR_BT0 | SCTLR_BT1;
            c->sr[cases[i].reg] ^= cases[i].bit;
            c->sr[SR_HCR_EL2] = cases[i].hcr;
            c->el = cases[i].el;
            cr_expect_eq(bti_compatible(c, 3, PACIASP), !set, "case %u, set %u", i, set);
            cr_expect(bti_compatible(c, 1, PACIASP) && bti_compatible(c, 2, PACIASP));
        }
    c->el = 1;
}

/* AArch64.BranchTargetException: to EL1, to EL2 from EL2 and, with TGE, from EL0. */
Test(bti, goes_where_exceptions_go)
{
    static const struct {
        unsigned el;
        uint64_t hcr;
        unsigned to;
    } cases[] = { { 0, 0, 1 }, { 1, 0, 1 }, { 0, HCR_E2H | HCR_TGE, 2 }, { 2, HCR_E2H | HCR_TGE, 2 } };

    for (unsigned i = 0; i < 4; i++) {
        unsigned esr = cases[i].to == 2 ? SR_ESR_EL2 : SR_ESR_EL1;

        c->sr[SR_ESR_EL1] = c->sr[SR_ESR_EL2] = 0;
        start_el(cases[i].el, cases[i].hcr);
        c->pc = SOURCE + GUARDED;
        c->x[1] = OTHER + GUARDED + TARGETS;
        run_for(4);
        cr_expect_eq(c->el, cases[i].to, "case %u: EL%u", i, c->el);
        cr_expect_eq(c->sr[esr], (uint64_t)EC_BTI << 26 | BIT(25) | 3, "case %u: %#lx", i, c->sr[esr]);
    }
}

/* The GP bit is cached like everything of a descriptor. */
Test(bti, descriptors_are_cached)
{
    for (unsigned i = 0; i < 3; i++) {
        at(SOURCE);
        c->x[1] = OTHER + TARGETS;
        run_for(4);
        cr_expect_eq(c->sr[SR_ESR_EL1] >> 26, i == 2 ? EC_BTI : 0, "run %u", i);
        map(&w, &t, OTHER, OTHER, 3, CODE_ATTRS | GP);
        if (i == 1)
            mmu_tlbi(c, SR_TLBI_VMALLE1, 0);
    }
}

Test(bti, blocks_can_be_guarded)
{
    map(&w, &t, FIXTURE_RAM + GUARDED * 2, FIXTURE_RAM, 1, CODE_ATTRS | GP);
    at(SOURCE);
    c->x[1] = OTHER + TARGETS + GUARDED * 2;
    run_for(4);
    cr_expect_eq(c->sr[SR_ESR_EL1] >> 26, EC_BTI);
}

Test(bti, state_for_people)
{
    uint64_t btype;
    char *text;

    at(SOURCE + 5 * 4);
    c->x[1] = OTHER;
    pe_step(c);
    text = avs_dump(w.m, 0);
    cr_expect(strstr(text, "BTYPE 2"), "%s", text);
    free(text);
    cr_expect(avs_read_reg(w.m, 0, "btype", &btype) && btype == 2);
}

/* Armv8.2: descriptor bit 50 and the SCTLR and SPSR bits are nothing, BTI is a NOP. */
Test(bti, not_on_older_cores)
{
    static const char *const cores[] = { "cortex-a53", "cortex-a55", "cortex-a76", "neoverse-n1" };

    for (unsigned i = 0; i < 4; i++) {
        end();
        begin(cores[i], NULL);
        cr_expect_eq(bits(c->sr[SR_ID_AA64PFR1_EL1], 3, 0), 0, "%s", cores[i]);
        sr_set(&(struct sr_rig){ w.m, c }, SR_SPSR_EL1, 0xc00);
        cr_expect_eq(c->sr[SR_SPSR_EL1], 0);
        sr_set(&(struct sr_rig){ w.m, c }, SR_SCTLR_EL1, c->sr[SR_SCTLR_EL1] | SCTLR_BT0 | SCTLR_BT1);
        cr_expect_eq(c->sr[SR_SCTLR_EL1] & (SCTLR_BT0 | SCTLR_BT1), 0);
        for (unsigned target = 0; target < 5; target++) {
            at(SOURCE + GUARDED);
            c->x[1] = OTHER + GUARDED + TARGETS + 8 * target;
            pe_step(c);
            cr_expect_eq(c->btype, 0);
            run_for(4);
            cr_expect_eq(c->sr[SR_ESR_EL1], 0, "%s, %s: ESR %#lx", cores[i], targets[target].name,
                         c->sr[SR_ESR_EL1]);
        }
    }
}
