/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_pauth.c
 * Pointer authentication: QARMA's published vector, codes added and checked by each key and level of
 * ID_AA64ISAR1_EL1.APA, tagged pointers, enables, traps, branches, loads and ERETAA. Numbers of codes
 * themselves are proven against Unicorn and QEMU (tests/diff).
 */
#include "sysreg_fixture.h"

#include "a64/qarma.h"
#include "core/run.h"
#include "mmu/mmu.h"

#define CODE (FIXTURE_RAM + 0x1000)
#define DATA (FIXTURE_RAM + 0x8000)
#define ENABLE (BIT(31) | BIT(30) | BIT(27) | BIT(13))
#define HCR_API BIT(41)
#define SCR_API BIT(17)
#define TCR_VALUE (UINT64_C(25) | UINT64_C(25) << 16)
#define CODE_BITS (MASK(63, 56) | MASK(54, 39))

enum {
    PACIZA = 0xdac123e0,
    PACIZB = 0xdac127e0,
    PACDZA = 0xdac12be0,
    PACDZB = 0xdac12fe0,
    AUT_BIT = 0x1000, /* PACxx to AUTxx. */
    KEY_B = 1 << 10,  /* Of branches and PACxx. */
    LDRA_KEY_B = 1 << 23,
    PACIA_X0_X2 = 0xdac10040,
    PACIASP = 0xd503233f,
    PACIBSP = 0xd503237f,
    PACGA = 0x9ac23020, /* pacga x0, x1, x2 */
    XPACI = 0xdac143e0,
    BRAAZ = 0xd61f081f,
    BLRAAZ = 0xd63f081f,
    BRAA_X0_X2 = 0xd71f0802,
    RETAA = 0xd65f0bff,
    ERETAA = 0xd69f0bff,
    LDRAA_OFF = 0xf8201401, /* ldraa x1, [x0, #8] */
    LDRAA_PRE = 0xf87fec01, /* ldraa x1, [x0, #-16]! */
};

static struct sr_rig rig;
static struct pe *c;
static unsigned words;

/* EL1 with all keys enabled, of a level; EL2 and, when told, EL3 above. */
static void start(uint64_t level, bool el3)
{
    const struct sr_id ids[] = { { SR_ID_AA64ISAR1_EL1, level << 4 | UINT64_C(1) << 24 }, { SR_NONE, 0 } };
    static const uint16_t keys[] = {
        SR_APIAKeyLo_EL1, SR_APIAKeyHi_EL1, SR_APIBKeyLo_EL1, SR_APIBKeyHi_EL1,
        SR_APDAKeyLo_EL1, SR_APDAKeyHi_EL1, SR_APDBKeyLo_EL1, SR_APDBKeyHi_EL1
    };

    rig = sr_rig(el3 ? "virt,virtualization=on,secure=on" : "virt,virtualization=on", ids);
    c = rig.c;
    words = 0;
    for (unsigned i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        c->sr[keys[i]] = UINT64_C(0x123456789abcdef1) * (i + 1);
    if (el3)
        c->sr[SR_SCR_EL3] |= SCR_NS | SCR_API;
    c->sr[SR_HCR_EL2] |= BIT(31) | HCR_API;
    c->sr[SR_TCR_EL1] = TCR_VALUE;
    c->sr[SR_SCTLR_EL1] |= ENABLE;
    sr_el(&rig, 1);
}

static void start_basic(void)
{
    start(1, false);
}

static void stop(void)
{
    sr_rig_free(&rig);
}

/* Executes one instruction, at an address of its own; returns the address. */
static uint64_t step(uint32_t insn)
{
    uint64_t pc = CODE + 4 * words++;

    fixture_code(rig.m, pc, &insn, 1);
    c->pc = pc;
    pe_step(c);
    return pc;
}

static uint64_t run(uint32_t insn, uint64_t x0)
{
    c->x[0] = x0;
    step(insn);
    return c->x[0];
}

TestSuite(pauth, .init = start_basic, .fini = stop);

Test(pauth, qarma_of_the_paper)
{
    cr_assert_eq(qarma5(0xfb623599da6e8127, 0x477d469dec0b8762, 0x84be85ce9804e94b, 0xec2802d4e0a488e9),
                 0xc003b93999b33765);
}

Test(pauth, generic_codes_need_no_enable)
{
    c->sr[SR_SCTLR_EL1] &= ~ENABLE;
    c->sr[SR_APGAKeyHi_EL1] = 0x84be85ce9804e94b;
    c->sr[SR_APGAKeyLo_EL1] = 0xec2802d4e0a488e9;
    c->x[1] = 0xfb623599da6e8127;
    c->x[2] = 0x477d469dec0b8762;
    cr_assert_eq(run(PACGA, 1), 0xc003b93900000000);
}

Test(pauth, codes_authenticate_and_strip)
{
    static const uint32_t pac[] = { PACIZA, PACIZB, PACDZA, PACDZB };
    static const uint64_t pointers[] = { 0x40001234, 0xffffff8000001234 };
    uint64_t last = 0;

    for (unsigned i = 0; i < 8; i++) {
        uint64_t p = pointers[i / 4], coded = run(pac[i % 4], p);

        cr_expect_eq(coded & ~CODE_BITS, p & ~CODE_BITS);
        cr_expect_neq(coded, p);
        cr_expect_neq(coded, last, "keys differ");
        cr_expect_eq(run(pac[i % 4] | AUT_BIT, coded), p);
        cr_expect_eq(run(XPACI, coded), p);
        last = coded;
    }
    cr_expect_eq(c->el, 1);
}

/* Auth's error code is in bits <62:61>: 01 for A keys, 10 for B keys; in <54:53> of a tagged pointer. */
Test(pauth, wrong_codes_leave_an_error)
{
    const uint64_t p = 0x40001234;

    cr_expect_eq(run(PACIZA | AUT_BIT, run(PACIZA, p) ^ BIT(40)), p | UINT64_C(1) << 61);
    cr_expect_eq(run(PACIZB | AUT_BIT, run(PACIZB, p) ^ BIT(63)), p | UINT64_C(2) << 61);
    c->sr[SR_TCR_EL1] |= BIT(37);
    cr_expect_eq(run(PACDZB | AUT_BIT, run(PACDZB, p) ^ BIT(40)), p | UINT64_C(2) << 53);
}

Test(pauth, tags_are_kept)
{
    const uint64_t p = 0x4000123400, tagged = p | UINT64_C(0xa5) << 56;

    c->sr[SR_TCR_EL1] |= BIT(37);
    c->sr[SR_TCR_EL1] = (c->sr[SR_TCR_EL1] & ~UINT64_C(0x3f)) | 16;
    cr_expect_eq(run(PACIZA, tagged) >> 56, 0xa5);
    cr_expect_eq(run(PACIZA | AUT_BIT, c->x[0]), tagged);
    c->sr[SR_TCR_EL1] |= BIT(51); /* TBID0: instruction pointers have no tag. */
    cr_expect_eq(run(XPACI, tagged), p);
    cr_expect_eq(run(XPACI | 0x400, tagged), tagged, "XPACD");
}

/* AddPAC of a pointer that is none: PAC<62> is inverted, so that it never authenticates. */
Test(pauth, codes_of_non_canonical_pointers_are_corrupt)
{
    const uint64_t p = 0x40001234, bad = p | BIT(48);

    cr_expect_eq(run(PACIZA, p) ^ run(PACIZA, bad), BIT(62));
}

Test(pauth, disabled_keys_do_nothing_and_do_not_trap)
{
    c->sr[SR_SCTLR_EL1] &= ~BIT(31);
    c->sr[SR_HCR_EL2] &= ~HCR_API;
    cr_expect_eq(run(PACIZA, 0x1234), 0x1234);
    cr_expect_eq(c->el, 1);
    run(PACIZB, 0x1234);
    cr_expect_eq(c->el, 2, "EnIB is still set");
}

static void expect_trap(uint32_t insn, unsigned el, unsigned esr, unsigned elr, unsigned cause)
{
    uint64_t pc;

    sr_el(&rig, 1);
    pc = step(insn);
    cr_expect_eq(c->el, el, "0x%08x", insn);
    cr_expect_eq(c->sr[esr], UINT64_C(0x09) << 26 | BIT(25), "0x%08x", insn);
    cr_expect_eq(c->sr[elr], pc, "0x%08x", insn);
    cr_expect_eq(c->exc.cause, cause, "0x%08x", insn);
}

static const uint32_t trapping[] = { PACIZA, PACIZB | AUT_BIT, PACIASP,    PACGA,
                                     BRAAZ,  BLRAAZ,           BRAA_X0_X2, RETAA,
                                     ERETAA, LDRAA_OFF,        LDRAA_PRE };

Test(pauth, hcr_api_traps_to_el2)
{
    c->sr[SR_HCR_EL2] &= ~HCR_API;
    for (size_t i = 0; i < sizeof(trapping) / sizeof(trapping[0]); i++)
        expect_trap(trapping[i], 2, SR_ESR_EL2, SR_ELR_EL2, TRAP_HCR_API);
    sr_el(&rig, 1);
    cr_expect_eq(run(XPACI, 0x5500000040001234), 0x40001234);
    cr_expect_eq(c->el, 1, "XPAC is not trapped");
}

Test(pauth_el3, scr_api_traps_to_el3, .fini = stop)
{
    start(1, true);
    c->sr[SR_SCR_EL3] &= ~SCR_API;
    for (size_t i = 0; i < sizeof(trapping) / sizeof(trapping[0]); i++)
        expect_trap(trapping[i], 3, SR_ESR_EL3, SR_ELR_EL3, TRAP_SCR_API);
}

Test(pauth_none, hints_are_nops_and_others_undefined, .fini = stop)
{
    start(0, false);
    c->x[30] = 0x1234;
    step(PACIASP);
    cr_expect_eq(c->x[30], 0x1234);
    cr_expect_eq(c->el, 1);
    step(PACIZA);
    cr_expect_eq(c->sr[SR_ESR_EL1] >> 26, 0x00);
    cr_expect_eq(c->sr[SR_ESR_EL1], BIT(25));
}

Test(pauth_levels, epac_gives_no_code_to_non_canonical_pointers, .fini = stop)
{
    start(2, false);
    cr_expect_eq(run(PACIZA, 0x40001234 | BIT(48)), 0x40001234);
}

Test(pauth_levels, pauth2_mixes_codes_in, .fini = stop)
{
    const uint64_t p = 0x40001234, bad = p | BIT(48);

    start(3, false);
    cr_expect_eq(run(PACIZA | AUT_BIT, run(PACIZA, bad)), bad);
    cr_expect_eq(run(PACIZA | AUT_BIT, run(PACIZA, p)), p);
    cr_expect_eq(run(PACIZA | AUT_BIT, run(PACIZA, p) ^ BIT(40)), p ^ BIT(40));
    cr_expect_eq(c->el, 1);
}

static void expect_fault(uint32_t insn, uint64_t key)
{
    uint64_t pc = step(insn);

    cr_expect_eq(c->sr[SR_ESR_EL1], UINT64_C(0x1c) << 26 | BIT(25) | key, "0x%08x", insn);
    cr_expect_eq(c->sr[SR_ELR_EL1], pc);
    c->sr[SR_ESR_EL1] = 0;
}

Test(pauth_levels, fpac_faults, .fini = stop)
{
    start(4, false);
    c->x[0] = run(PACDZB, DATA) ^ BIT(40);
    expect_fault(PACDZB | AUT_BIT, 3);
    c->x[0] = run(PACIZA, CODE + 0x800) ^ BIT(40);
    step(BRAAZ);
    cr_expect_eq(c->sr[SR_ESR_EL1], 0, "combined instructions do not: FEAT_FPACCOMBINE");
}

Test(pauth_levels, fpaccombine_faults, .fini = stop)
{
    start(5, false);
    c->x[0] = run(PACIZA, CODE + 0x800) ^ BIT(40);
    expect_fault(BRAAZ, 0);
    c->x[0] = run(PACDZA, DATA) ^ BIT(40);
    expect_fault(LDRAA_OFF, 2);
}

Test(pauth, branches_go_to_authenticated_targets)
{
    const uint64_t to = CODE + 0x800;
    uint64_t pc;

    run(PACIZA, to);
    step(BRAAZ);
    cr_expect_eq(c->pc, to);
    run(PACIZA, to);
    pc = step(BLRAAZ);
    cr_expect_eq(c->pc, to);
    cr_expect_eq(c->x[30], pc + 4);
    c->x[0] = to;
    c->x[2] = 0x777;
    step(PACIA_X0_X2);
    step(BRAA_X0_X2);
    cr_expect_eq(c->pc, to);
    c->x[30] = to;
    c->x[REG_SP] = 0x40009000;
    step(PACIASP);
    cr_expect_neq(c->x[30], to);
    step(RETAA);
    cr_expect_eq(c->pc, to);
}

/* With key B alike; and a code of the other key leads nowhere. */
Test(pauth, branches_take_the_key_that_they_name)
{
    const uint64_t to = CODE + 0x800;

    for (unsigned b = 0; b < 2; b++) {
        const uint32_t key = b ? KEY_B : 0;

        c->x[2] = c->x[REG_SP] = 0x40009000;
        run(PACIA_X0_X2 | key, to);
        step(BRAA_X0_X2 | key);
        cr_expect_eq(c->pc, to, "key %u: to 0x%lx", b, c->pc);
        c->x[30] = run(PACIA_X0_X2 | key, to);
        step(RETAA | key);
        cr_expect_eq(c->pc, to, "key %u: to 0x%lx", b, c->pc);
        run(PACIA_X0_X2 | (key ^ KEY_B), to);
        step(BRAA_X0_X2 | key);
        cr_expect_neq(c->pc, to, "key %u takes the code of the other", b);
        c->x[30] = c->x[0];
        step(RETAA | key);
        cr_expect_neq(c->pc, to, "key %u takes the code of the other", b);
        sr_el(&rig, 1);
    }
}

static void check_eret(uint32_t pac, uint32_t eret)
{
    uint64_t coded;

    sr_el(&rig, 1);
    c->x[30] = CODE + 0x800;
    c->x[REG_SP] = 0x40009000;
    step(pac);
    coded = c->sr[SR_ELR_EL1] = c->x[30];
    c->sr[SR_SPSR_EL1] = 0x3c0;
    step(eret);
    cr_expect_eq(c->el, 0);
    cr_expect_eq(c->pc, CODE + 0x800, "0x%08x to 0x%lx", eret, c->pc);
    cr_expect_eq(c->sr[SR_ELR_EL1], coded);
    c->sr[SR_ESR_EL1] = 0;
    step(eret);
    cr_expect_eq(c->el, 1, "UNDEFINED at EL0");
    cr_expect_eq(c->sr[SR_ESR_EL1], BIT(25));
}

Test(pauth, eretaa_leaves_elr)
{
    check_eret(PACIASP, ERETAA);
    check_eret(PACIBSP, ERETAA | KEY_B);
}

Test(pauth, loads_through_authenticated_pointers)
{
    const uint32_t data[] = { 0x11, 0, 0x22, 0 };

    fixture_code(rig.m, DATA, data, 4);
    run(PACDZA, DATA);
    step(LDRAA_OFF);
    cr_expect_eq(c->x[1], 0x22);
    run(PACDZA, DATA + 16);
    step(LDRAA_PRE);
    cr_expect_eq(c->x[1], 0x11);
    cr_expect_eq(c->x[0], DATA);
    run(PACDZB, DATA);
    step(LDRAA_OFF | LDRA_KEY_B);
    cr_expect_eq(c->x[1], 0x22);
    run(PACDZA, DATA);
    c->x[0] ^= BIT(40);
    step(LDRAA_OFF);
    cr_expect_eq(c->sr[SR_ESR_EL1] >> 26, 0x25, "data abort");
    cr_expect_eq(c->sr[SR_FAR_EL1], (DATA + 8) | UINT64_C(1) << 61);
}

/* TBI of a regime with one range drops the top byte of a branch target; TBID keeps it, out of range. */
Test(pauth, top_bytes_of_branch_targets_at_el2)
{
    static const uint32_t nop = 0xd503201f, br_x0 = 0xd61f0000;
    const uint64_t to = CODE + 0x800, tagged = to | UINT64_C(0xa5) << 56;

    fixture_code(rig.m, to, &nop, 1);
    sr_el(&rig, 2);
    c->sr[SR_TCR_EL2] |= BIT(20);
    mmu_context_changed(c);
    mmu_select(c);
    run(br_x0, tagged);
    pe_step(c);
    cr_expect_eq(c->pc, to + 4);
    c->sr[SR_TCR_EL2] |= BIT(29);
    mmu_context_changed(c);
    mmu_select(c);
    run(br_x0, tagged);
    pe_step(c);
    cr_expect_eq(c->sr[SR_ESR_EL2] >> 26, 0x21, "instruction abort");
    cr_expect_eq(c->sr[SR_FAR_EL2], tagged);
}
