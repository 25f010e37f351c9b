/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_exception.c
 * Exceptions: routing, vectors by origin, what entry writes, ERET and its illegal cases, interrupts.
 */
#include "arch/exception.h"
#include "arch/trap_ids.h"
#include "fixture.h"
#include "mmu/syndrome.h"

#define HCR_IMO BIT(4)
#define HCR_FMO BIT(3)
#define HCR_VI  BIT(7)
#define HCR_TGE BIT(27)
#define HCR_E2H BIT(34)
#define SCR_NS  BIT(0)

static avs_machine *m;
static struct pe *c;

static void setup_with(const char *board)
{
    m = fixture_machine(board, NULL);
    c = &m->pe[0];
    c->pc = 0x40001000;
    c->sr[SR_VBAR_EL1] = 0x10000;
    c->sr[SR_VBAR_EL2] = 0x20000;
    c->sr[SR_VBAR_EL3] = 0x30000;
}

static void setup(void)
{
    setup_with(NULL);
}

static void setup_secure(void)
{
    setup_with("virt,secure=on");
    c->sr[SR_SCR_EL3] = SCR_NS | BIT(8) | BIT(10); /* NS, HCE, RW */
}

static void teardown(void)
{
    avs_machine_free(m);
}

TestSuite(exception, .init = setup, .fini = teardown);
TestSuite(exception_el3, .init = setup_secure, .fini = teardown);

Test(exception, svc_goes_to_el1_and_with_tge_to_el2)
{
    pe_set_el(c, 0, 0);
    cr_assert(exc_gen_svc(c, 42, 0xd4000541));
    cr_expect_eq(c->exc.target_el, 1);
    cr_expect_eq(c->exc.ec, EC_SVC);
    cr_expect_eq(c->exc.iss, 42);
    cr_expect_eq(c->exc.ret, 0x40001004, "SVC returns to the next instruction");

    c->sr[SR_HCR_EL2] = HCR_TGE;
    cr_assert(exc_gen_svc(c, 1, 0));
    cr_expect_eq(c->exc.target_el, 2);
    cr_expect_eq(c->exc.cause, TRAP_TGE);
}

Test(exception, undefined_returns_to_itself)
{
    pe_set_el(c, 1, 1);
    exc_undefined(c, 0);
    cr_expect_eq(c->exc.target_el, 1);
    cr_expect_eq(c->exc.ret, 0x40001000);
    cr_expect_eq(c->exc.ec, EC_UNKNOWN);
}

Test(exception, hvc_is_undefined_at_el0_and_when_disabled)
{
    pe_set_el(c, 0, 0);
    cr_assert(exc_gen_hvc(c, 0, 0));
    cr_expect_eq(c->exc.ec, EC_UNKNOWN);

    pe_set_el(c, 1, 1);
    cr_assert(exc_gen_hvc(c, 7, 0));
    cr_expect_eq(c->exc.ec, EC_HVC);
    cr_expect_eq(c->exc.target_el, 2);

    c->sr[SR_HCR_EL2] = BIT(29); /* HCD */
    cr_assert(exc_gen_hvc(c, 7, 0));
    cr_expect_eq(c->exc.ec, EC_UNKNOWN, "HCR_EL2.HCD makes HVC UNDEFINED");
}

Test(exception_el3, hvc_needs_scr_hce)
{
    pe_set_el(c, 1, 1);
    cr_assert(exc_gen_hvc(c, 0, 0));
    cr_expect_eq(c->exc.ec, EC_HVC);
    c->sr[SR_SCR_EL3] &= ~BIT(8);
    cr_assert(exc_gen_hvc(c, 0, 0));
    cr_expect_eq(c->exc.ec, EC_UNKNOWN);
}

Test(exception_el3, smc_goes_to_el3_unless_tsc_traps_it)
{
    pe_set_el(c, 1, 1);
    cr_assert(exc_gen_smc(c, 3, 0));
    cr_expect_eq(c->exc.target_el, 3);
    cr_expect_eq(c->exc.ret, 0x40001004);

    c->sr[SR_HCR_EL2] = BIT(19); /* TSC */
    cr_assert(exc_gen_smc(c, 3, 0));
    cr_expect_eq(c->exc.target_el, 2);
    cr_expect_eq(c->exc.cause, TRAP_HCR_TSC);
    cr_expect_eq(c->exc.ret, 0x40001000, "a trapped SMC returns to itself");

    c->sr[SR_HCR_EL2] = 0;
    c->sr[SR_SCR_EL3] |= BIT(7); /* SMD */
    cr_assert(exc_gen_smc(c, 3, 0));
    cr_expect_eq(c->exc.ec, EC_UNKNOWN);
}

/* From EL `el` with SPSel `sp`, an exception of `type` to EL `target` enters at VBAR + offset. */
static const struct {
    unsigned el, sp, target;
    enum exc_type type;
    uint64_t vector;
} vectors[] = {
    { 2, 0, 2, EXC_SYNC, 0x20000 },   { 2, 0, 2, EXC_IRQ, 0x20080 },   { 2, 0, 2, EXC_FIQ, 0x20100 },
    { 2, 0, 2, EXC_SERROR, 0x20180 }, { 2, 1, 2, EXC_SYNC, 0x20200 },  { 2, 1, 2, EXC_IRQ, 0x20280 },
    { 2, 1, 2, EXC_FIQ, 0x20300 },    { 2, 1, 2, EXC_SERROR, 0x20380 }, { 1, 1, 2, EXC_SYNC, 0x20400 },
    { 1, 0, 2, EXC_IRQ, 0x20480 },    { 0, 0, 2, EXC_FIQ, 0x20500 },   { 0, 0, 1, EXC_SYNC, 0x10400 },
    { 1, 1, 1, EXC_IRQ, 0x10280 },    { 1, 0, 1, EXC_SYNC, 0x10000 },
};

Test(exception, vectors_by_origin)
{
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        pe_set_el(c, vectors[i].el, vectors[i].sp);
        exc_trap(c, TRAP_NONE, (uint8_t)vectors[i].target, EC_UNKNOWN, 0);
        c->exc.type = vectors[i].type;
        exc_take(c);
        cr_expect_eq(c->pc, vectors[i].vector, "line %zu: pc %#lx, not %#lx", i, c->pc, vectors[i].vector);
        cr_expect_eq(c->el, vectors[i].target);
        cr_expect_eq(c->spsel, 1);
        cr_expect_eq(c->daif, 0xf);
    }
}

Test(exception, entry_writes_syndrome_and_banks_sp)
{
    struct mmu_fault f = { .fsc = FSC_TRANSLATION + 3, .stage2 = true, .write = true, .va = 0x1234567,
                           .ipa = 0x8765432198 };

    pe_set_el(c, 1, 1);
    c->x[REG_SP] = 0x1111;
    c->sp_el[2] = 0x2222;
    c->daif = 2;
    pe_set_nzcv(c, 0x60000000);
    exc_data_abort(c, &f, 1u << 24 | 2u << 22 | 5u << 16);
    exc_take(c);
    cr_expect_eq(c->sr[SR_ESR_EL2], 0x24ul << 26 | 1ul << 25 | 1u << 24 | 2u << 22 | 5u << 16 | 1 << 6 | 7);
    cr_expect_eq(c->sr[SR_FAR_EL2], 0x1234567);
    cr_expect_eq(c->sr[SR_HPFAR_EL2], (0x8765432198ul >> 12) << 4);
    cr_expect_eq(c->sr[SR_ELR_EL2], 0x40001000);
    cr_expect_eq(c->sr[SR_SPSR_EL2], 0x60000000 | 2 << 6 | 5);
    cr_expect_eq(c->x[REG_SP], 0x2222);
    cr_expect_eq(c->sp_el[1], 0x1111);
}

Test(exception, stage1_walk_fault_has_no_instruction_syndrome)
{
    struct mmu_fault f = { .fsc = FSC_TRANSLATION + 2, .stage2 = true, .s1ptw = true };

    pe_set_el(c, 1, 1);
    exc_data_abort(c, &f, 1u << 24);
    cr_expect_eq(c->exc.iss, 1u << 7 | (FSC_TRANSLATION + 2));
}

Test(exception, abort_at_its_own_level_has_the_same_level_class)
{
    struct mmu_fault f = { .fsc = FSC_PERMISSION + 1 };

    exc_data_abort(c, &f, 0);
    cr_expect_eq(c->exc.ec, EC_DABT_SAME);
    exc_insn_abort(c, &f);
    cr_expect_eq(c->exc.ec, EC_IABT_SAME);
    pe_set_el(c, 0, 0);
    exc_insn_abort(c, &f);
    cr_expect_eq(c->exc.ec, EC_IABT_LOWER);
    cr_expect_eq(c->exc.target_el, 1);
}

Test(exception, eret_restores_what_entry_saved)
{
    pe_set_el(c, 0, 0);
    c->x[REG_SP] = 0xabc0;
    c->daif = 0;
    pe_set_nzcv(c, 0x90000000);
    cr_assert(exc_gen_svc(c, 0, 0));
    exc_take(c);
    pe_set_nzcv(c, 0);
    c->excl_valid = true;
    exc_return(c);
    cr_expect_eq(c->el, 0);
    cr_expect_eq(c->pc, 0x40001004);
    cr_expect_eq(pe_nzcv(c), 0x90000000);
    cr_expect_eq(c->daif, 0);
    cr_expect_eq(c->x[REG_SP], 0xabc0);
    cr_expect_not(c->excl_valid, "ERET clears the local monitor");
    cr_expect(c->event, "ERET sets the event register");
}

static const struct {
    uint64_t spsr, hcr;
    bool illegal;
    const char *why;
} erets[] = {
    { 0x3c5, 0, false, "EL1h" },          { 0x3c9, 0, false, "EL2h" },
    { 0x3c0, 0, false, "EL0t" },          { 0x3cd, 0, true, "EL3 is higher and not there" },
    { 0x3c1, 0, true, "EL0 with SPSel" }, { 0x3c2, 0, true, "M<1> set" },
    { 0x3d3, 0, true, "AArch32" },        { 0x3c5, HCR_TGE, true, "EL1 under TGE" },
    { 0x3c0, HCR_TGE, false, "EL0 under TGE" },
};

Test(exception, illegal_returns_set_il_and_stay)
{
    for (size_t i = 0; i < sizeof(erets) / sizeof(erets[0]); i++) {
        pe_set_el(c, 2, 1);
        c->il = false;
        c->sr[SR_HCR_EL2] = erets[i].hcr;
        c->sr[SR_SPSR_EL2] = erets[i].spsr;
        c->sr[SR_ELR_EL2] = 0x5000;
        exc_return(c);
        cr_expect_eq(c->il, erets[i].illegal, "%s", erets[i].why);
        cr_expect_eq(c->el, erets[i].illegal ? 2 : erets[i].spsr >> 2 & 3, "%s", erets[i].why);
        cr_expect_eq(c->pc, 0x5000, "%s", erets[i].why);
    }
}

/* D1.3.6: where a physical IRQ goes, and whether PSTATE.I masks it there. */
static const struct {
    unsigned el;
    uint64_t hcr;
    uint8_t daif;
    int target; /* -1: not taken */
    uint16_t cause;
} irqs[] = {
    { 1, 0, 0, 1, TRAP_NONE },        { 1, 0, 2, -1, TRAP_NONE },       { 0, 0, 2, -1, TRAP_NONE },
    { 1, HCR_IMO, 2, 2, TRAP_IMO },   { 0, HCR_IMO, 0, 2, TRAP_IMO },   { 2, 0, 0, -1, TRAP_NONE },
    { 2, HCR_IMO, 0, 2, TRAP_IMO },   { 2, HCR_IMO, 2, -1, TRAP_NONE }, { 0, HCR_TGE, 2, 2, TRAP_TGE },
    { 0, HCR_TGE | HCR_E2H, 2, -1, TRAP_NONE }, { 1, HCR_FMO, 0, 1, TRAP_NONE },
};

Test(exception, irq_routing_and_masking)
{
    for (size_t i = 0; i < sizeof(irqs) / sizeof(irqs[0]); i++) {
        c->sr[SR_HCR_EL2] = irqs[i].hcr;
        pe_set_el(c, irqs[i].el, 1);
        c->daif = irqs[i].daif;
        c->irq_lines = LINE_IRQ;
        bool taken = exc_interrupt(c);
        cr_expect_eq(taken, irqs[i].target >= 0, "line %zu", i);
        if (taken) {
            cr_expect_eq(c->exc.target_el, irqs[i].target, "line %zu", i);
            cr_expect_eq(c->exc.cause, irqs[i].cause, "line %zu", i);
            cr_expect_eq(c->exc.type, EXC_IRQ);
        }
    }
}

Test(exception, virtual_irq_needs_imo_and_a_guest)
{
    c->sr[SR_HCR_EL2] = HCR_IMO | HCR_VI;
    c->irq_lines = LINE_HCR;
    pe_set_el(c, 1, 1);
    c->daif = 0;
    cr_assert(exc_interrupt(c));
    cr_expect_eq(c->exc.target_el, 1);
    cr_expect(c->exc.virt);
    c->daif = 2;
    cr_expect_not(exc_interrupt(c), "PSTATE.I masks it");
    c->daif = 0;
    c->sr[SR_HCR_EL2] = HCR_VI;
    cr_expect_not(exc_interrupt(c), "without IMO there is none");
    c->sr[SR_HCR_EL2] = HCR_IMO | HCR_VI;
    pe_set_el(c, 2, 1);
    c->daif = 0;
    cr_expect_not(exc_interrupt(c), "EL2 never takes it");
}

Test(exception, fp_trap_follows_cpacr_and_cptr)
{
    pe_set_el(c, 1, 1);
    cr_expect(c->fp_trap, "CPACR_EL1.FPEN resets to trapping");
    c->sr[SR_CPACR_EL1] = 1 << 20;
    pe_update_fp_trap(c);
    cr_expect_not(c->fp_trap, "FPEN 0b01 allows EL1");
    pe_set_el(c, 0, 0);
    cr_expect(c->fp_trap, "FPEN 0b01 traps EL0");
    c->sr[SR_CPACR_EL1] = 3 << 20;
    pe_update_fp_trap(c);
    cr_expect_not(c->fp_trap);
    c->sr[SR_CPTR_EL2] = BIT(10);
    pe_update_fp_trap(c);
    cr_expect(c->fp_trap, "CPTR_EL2.TFP traps everybody below EL3");
}

/* ISS<24:14> of a data abort by encoding; 0 where ISV must be clear. */
static const struct {
    uint32_t insn, iss;
    const char *what;
} syndromes[] = {
    { 0xb9000022, 1u << 24 | 2u << 22 | 2u << 16, "str w2, [x1]" },
    { 0xf9400c65, 1u << 24 | 3u << 22 | 5u << 16 | 1u << 15, "ldr x5, [x3, #24]" },
    { 0x39c00020, 1u << 24 | 1u << 21, "ldrsb w0, [x1]" },
    { 0x39800020, 1u << 24 | 1u << 21 | 1u << 15, "ldrsb x0, [x1]" },
    { 0xb8a26820, 1u << 24 | 2u << 22 | 1u << 21 | 1u << 15, "ldrsw x0, [x1, x2]" },
    { 0x78001020, 1u << 24 | 1u << 22, "sturh w0, [x1, #1]" },
    { 0x88dffc20, 1u << 24 | 2u << 22 | 1u << 14, "ldar w0, [x1]" },
    { 0xc89ffc22, 1u << 24 | 3u << 22 | 2u << 16 | 1u << 15 | 1u << 14, "stlr x2, [x1]" },
    { 0xb8404420, 0, "ldr w0, [x1], #4" },
    { 0xb8404c20, 0, "ldr w0, [x1, #4]!" },
    { 0xa9400440, 0, "ldp x0, x1, [x2]" },
    { 0x885f7c20, 0, "ldxr w0, [x1]" },
    { 0x3d800020, 0, "str q0, [x1]" },
    { 0xb8200020, 0, "ldadd w0, w0, [x1]" },
};

Test(exception, instruction_syndromes)
{
    for (size_t i = 0; i < sizeof(syndromes) / sizeof(syndromes[0]); i++)
        cr_expect_eq(syndrome_isv(syndromes[i].insn), syndromes[i].iss, "%s: %#x, not %#x",
                     syndromes[i].what, syndrome_isv(syndromes[i].insn), syndromes[i].iss);
}
