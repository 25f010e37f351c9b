/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_unicorn.c
 * Random instructions, made from the patterns of a64.def, under our engine and under Unicorn at EL1: X and
 * V registers, SP, NZCV, FPSR and memory must agree after each sequence, with each dispatcher. Our side
 * translates through a stage-1 table, so that unaligned accesses are to Normal memory. In floating-point
 * sequences each instruction is followed by a read of FPSR, which is then cleared, but for IXC in some.
 *
 * Not covered: control flow other than a short forward branch, system instructions, exceptions; encodings
 * that are CONSTRAINED UNPREDICTABLE. qemu/ has most of these, and what Unicorn lacks.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>

#include "../unit/fixture.h"
#include "a64/fp.h"
#include "a64/insn.h"
#include "core/bits.h"
#include "mmu/access.h"
#include "random_insn.h"

enum {
    SEQUENCES = 16000,
    SEQUENCE_INSNS = 24,
    FP_STRIDE = 3,    /* In floating-point sequences: the instruction, MRS, MSR. */
    SLOT_BYTES = 256, /* Each sequence has code addresses of its own. */
    SCRATCH_BYTES = 256 * 1024,
};
#define CODE (FIXTURE_RAM + 0x400000)
#define CODE_BYTES (4u << 20)
#define SCRATCH (FIXTURE_RAM + 0x200000)
#define TABLES FIXTURE_RAM
#define UDF 0u
#define CLREX 0xd5033f5fu
#define NOP 0xd503201fu
#define MRS_X0_FPSR 0xd53b4420u
#define MSR_FPSR_X26 0xd51b443au
#define COSTS_FP                                                                                           \
    (BIT(KIND_FP_ADD) | BIT(KIND_FP_MUL) | BIT(KIND_FP_FMA) | BIT(KIND_FP_DIV) | BIT(KIND_FP_SQRT) |       \
     BIT(KIND_FP_CMP) | BIT(KIND_FP_CVT) | BIT(KIND_SIMD_REDUCE))

struct pair {
    avs_machine *m;
    struct pe *c;
    uc_engine *uc;
    uint8_t *scratch, *uc_scratch;
    uint64_t seed;
    bool sp_base;      /* This sequence uses SP as a base, and does not write it. */
    unsigned excl_key; /* The one size of exclusives in this sequence. */
    uint64_t costs;    /* Cost classes to draw from, a bit each; 0: all. */
};

static bool wanted(const struct pair *p, const struct a64_info *info, uint32_t insn)
{
    static const char *const not_here[] = { "BR",    "BLR",  "RET",  "ERET", "SVC",   "HVC",   "SMC",
                                            "BRK",   "HLT",  "DCPS", "DRPS", "UDF",   "MSR",   "MRS",
                                            "SYS",   "HINT", "WF",   "SEV",  "LDLAR", "STLLR", "PRFM",
                                            "PRFUM", "BRA",  "BLRA", "RETA", "ERETA", "LDRA" };

    /* Unicorn 2.0.1 does not extend narrow operands of minima and maxima (test_atomic.c has these). */
    if ((insn_starts(info, "LDSM") || insn_starts(info, "LDUM")) && !strstr(info->name, "_64"))
        return false;
    if (!a64_has_feature(p->c, info->feature) || (p->costs && !(p->costs & BIT(info->kind))))
        return false;
    for (size_t i = 0; i < sizeof(not_here) / sizeof(not_here[0]); i++)
        if (insn_starts(info, not_here[i]))
            return false;
    /* This Unicorn sets Z for a denormal that FZ flushes; FPToFixedJS does not. */
    if (insn_starts(info, "FJCVTZS") && p->c->sr[SR_FPCR] & FPCR_FZ)
        return false;
    /* This Unicorn sets flags for the absent upper half; it leaves a sign extension in bits <31:16>. */
    if (insn_starts(info, "FCMLA_element_4H") || insn_starts(info, "FCVTZS_scalar_fixed_H"))
        return false;
    return !insn_is_exclusive(info) || ((insn >> 30) | (insn >> 21 & 1) << 2) == p->excl_key;
}

/* Registers that sequences use as addresses and never write. */
static bool is_address(unsigned slot)
{
    return slot >= REG_ALIGNED && slot <= REG_BASE;
}

/* Whether an instruction leaves the address registers alone. */
static bool spares_addresses(const struct pair *p, const struct a64_info *info, uint32_t insn)
{
    bool general =
        !(info->flags & A64_FP) || info->format == A64_FMT_RV || info->format == A64_FMT_RV_FIXED;
    struct op o = { 0 };

    a64_operands(a64_decode(insn), insn, &o);
    if (p->sp_base && o.r[0] == REG_SP)
        return false;
    if (!general)
        return true;
    if (is_address(o.r[0]) ||
        ((info->format == A64_FMT_ST_EXCL || info->kind == KIND_ATOMIC) && is_address(o.r[2])))
        return false;
    return !(info->flags & A64_MEM) || !is_address(o.r[3]);
}

static uint32_t random_insn(struct pair *p)
{
    for (;;) {
        const struct a64_info *info = a64_info(1 + (unsigned)(random_next(&p->seed) % (A64_ID_COUNT - 1)));
        uint32_t insn = insn_random(&p->seed, info);

        if (info->flags & A64_DIRECT)
            insn = insn_set_letter(insn, info->pattern, 'i', 2);
        if (info->flags & A64_MEM)
            insn =
                insn_aim(&p->seed, info, insn, p->sp_base && (random_next(&p->seed) & 1) ? 31 : REG_BASE);
        info = a64_info(a64_decode(insn));
        if (a64_decode(insn) && wanted(p, info, insn) && a64_constrained_undef(info, insn) < 0 &&
            spares_addresses(p, info, insn))
            return insn;
    }
}

/* PACxx of a pointer whose extension bits are not all equal corrupts PAC<62>; Unicorn 2.0.1 flips PAC<63>
 * (its top_bit is one greater than the pseudocode's). So the register is stripped first; half of the
 * time, what was signed is authenticated at once. A branch before it must not jump into the middle. */
static unsigned put_signed(struct pair *p, uint32_t *words, unsigned i, uint32_t insn)
{
    if (i + 4 > SEQUENCE_INSNS)
        return i;
    words[i++] = NOP;
    words[i++] = insn_strip(insn);
    words[i++] = insn;
    if (random_next(&p->seed) & 1)
        words[i++] = insn_authenticate(insn);
    return i;
}

static void make_sequence(struct pair *p, uint32_t *words)
{
    unsigned i = 0;

    words[i++] = CLREX;
    while (i < SEQUENCE_INSNS) {
        uint32_t insn = random_insn(p);

        if (insn_adds_code(a64_info(a64_decode(insn)))) {
            i = put_signed(p, words, i, insn);
            continue;
        }
        words[i++] = insn;
        if (p->costs != COSTS_FP || i - 1 + FP_STRIDE > SEQUENCE_INSNS)
            continue;
        words[i] = MRS_X0_FPSR + i - 1;
        words[i + 1] = MSR_FPSR_X26;
        i += FP_STRIDE - 1;
    }
    words[SEQUENCE_INSNS] = NOP; /* What a branch at the end jumps over. */
    words[SEQUENCE_INSNS + 1] = UDF;
}

/* Floating-point operands, and integers of all lengths. */
static void draw_floats(struct pair *p)
{
    const enum random_format format = (enum random_format)(random_next(&p->seed) % RANDOM_BFLOATS);
    struct pe *c = p->c;

    for (unsigned i = 0; i < REG_ALIGNED; i += 2)
        c->x[i] = (uint64_t)((int64_t)random_next(&p->seed) >> (random_next(&p->seed) & 63)) ^
                  (random_next(&p->seed) & 1);
    c->x[REG_POSITIVE] = random_next(&p->seed) & FPSR_IXC; /* For MSR_FPSR_X26. */
    for (unsigned i = 0; i < 32; i++)
        for (unsigned k = 0; k < 2; k++)
            c->v[i].d[k] = random_floats(&p->seed, format);
}

static void random_registers(struct pair *p)
{
    struct pe *c = p->c;

    for (unsigned i = 0; i < 31; i++)
        c->x[i] = random_value(&p->seed);
    c->x[REG_BASE] = SCRATCH + SCRATCH_BYTES / 2 + random_next(&p->seed) % 64;
    c->x[REG_OFFSET] = random_next(&p->seed) % 512 - 256;
    c->x[REG_POSITIVE] = random_next(&p->seed) % 256;
    c->x[REG_ALIGNED] = SCRATCH + SCRATCH_BYTES / 4 + random_next(&p->seed) % 64 * 16;
    c->x[REG_SP] = SCRATCH + SCRATCH_BYTES / 2 + random_next(&p->seed) % 64;
    for (unsigned i = 0; i < 32; i++)
        for (unsigned k = 0; k < 2; k++)
            c->v[i].d[k] = random_next(&p->seed) & 1 ? random_lanes(&p->seed) : random_value(&p->seed);
    c->sr[SR_FPSR] = 0;
    pe_set_nzcv(c, (uint32_t)(random_next(&p->seed) & 15) << 28);
    c->sr[SR_FPSR] = 0;
    if (p->costs == COSTS_FP)
        draw_floats(p);
}

static int uc_x(unsigned i)
{
    return i < 29 ? UC_ARM64_REG_X0 + (int)i : i == 29 ? UC_ARM64_REG_X29 : UC_ARM64_REG_X30;
}

static void copy_registers_to_unicorn(struct pair *p)
{
    uint64_t nzcv = pe_nzcv(p->c);

    for (unsigned i = 0; i < 31; i++)
        uc_reg_write(p->uc, uc_x(i), &p->c->x[i]);
    for (unsigned i = 0; i < 32; i++)
        uc_reg_write(p->uc, UC_ARM64_REG_V0 + (int)i, &p->c->v[i]);
    uc_reg_write(p->uc, UC_ARM64_REG_SP, &p->c->x[REG_SP]);
    uc_reg_write(p->uc, UC_ARM64_REG_NZCV, &nzcv);
    uc_reg_write(p->uc, UC_ARM64_REG_FPCR, &p->c->sr[SR_FPCR]);
    uc_reg_write(p->uc, UC_ARM64_REG_FPSR, &p->c->sr[SR_FPSR]);
}

/* Runs handler chains until one leaves for an exception. */
static void run_ours(struct pe *c, uint64_t pc)
{
    c->pc = pc;
    c->acc = 0;
    do {
        const struct op *op;

        cr_assert(mem_fetch_page(c, c->pc));
        op = c->code_ops + (c->pc >> 2) % OPS_PER_PAGE;
        c->m->dispatcher->run(c, op, c->acc + op->suffix);
    } while (c->exit == PE_EXIT_RESYNC);
    cr_assert_eq(c->exit, PE_EXIT_EXCEPTION);
}

static void report(const uint32_t *words, uint64_t pc, const char *what, uint64_t ours, uint64_t theirs)
{
    char text[128];

    for (unsigned i = 0; i < SEQUENCE_INSNS; i++) {
        a64_disas(pc + 4 * i, words[i], text, sizeof(text));
        cr_log_error("  0x%llx %08x %s (%s)", (unsigned long long)pc + 4 * i, words[i], text,
                     a64_info(a64_decode(words[i]))->name);
    }
    cr_assert_fail("%s: ours 0x%llx, Unicorn's 0x%llx", what, (unsigned long long)ours,
                   (unsigned long long)theirs);
}

static void compare(struct pair *p, const uint32_t *words, uint64_t pc)
{
    struct pe *c = p->c;
    uint64_t end = pc + 4 * (SEQUENCE_INSNS + 1), theirs = 0;
    union vreg v;
    char what[16];

    if (c->pc != end)
        report(words, pc, "stopped at", c->pc, end);
    for (unsigned i = 0; i < 31; i++) {
        snprintf(what, sizeof(what), "x%u", i);
        uc_reg_read(p->uc, uc_x(i), &theirs);
        if (c->x[i] != theirs)
            report(words, pc, what, c->x[i], theirs);
    }
    for (unsigned i = 0; i < 32; i++) {
        snprintf(what, sizeof(what), "v%u", i);
        uc_reg_read(p->uc, UC_ARM64_REG_V0 + (int)i, &v);
        if (c->v[i].d[0] != v.d[0] || c->v[i].d[1] != v.d[1])
            report(words, pc, what, c->v[i].d[0], v.d[0]);
    }
    uc_reg_read(p->uc, UC_ARM64_REG_SP, &theirs);
    if (c->x[REG_SP] != theirs)
        report(words, pc, "sp", c->x[REG_SP], theirs);
    uc_reg_read(p->uc, UC_ARM64_REG_NZCV, &theirs);
    if (pe_nzcv(c) != (uint32_t)theirs)
        report(words, pc, "nzcv", pe_nzcv(c), theirs);
    theirs = 0;
    uc_reg_read(p->uc, UC_ARM64_REG_FPSR, &theirs);
    if (c->sr[SR_FPSR] != theirs)
        report(words, pc, "fpsr", c->sr[SR_FPSR], theirs);
    for (unsigned i = 0; i < SCRATCH_BYTES; i++)
        if (p->scratch[i] != p->uc_scratch[i])
            report(words, pc, "memory", i, p->uc_scratch[i]);
}

static void one_sequence(struct pair *p, unsigned n)
{
    uint64_t pc = CODE + n * SLOT_BYTES;
    uint32_t words[SEQUENCE_INSNS + 2];
    uint64_t fpcr;
    uc_err err;

    p->sp_base = random_next(&p->seed) & 1;
    p->excl_key = (unsigned)(random_next(&p->seed) % 6);
    p->excl_key = p->excl_key < 4 ? p->excl_key : p->excl_key + 2;
    /* Three in four floating-point sequences have other than the default. */
    fpcr = random_fpcr(&p->seed);
    p->c->sr[SR_FPCR] = p->costs == COSTS_FP && random_next(&p->seed) & 3 ? fpcr : 0;
    make_sequence(p, words);
    random_registers(p);
    copy_registers_to_unicorn(p);
    fixture_code(p->m, pc, words, SEQUENCE_INSNS + 2);
    uc_mem_write(p->uc, pc, words, sizeof(words));
    run_ours(p->c, pc);
    err = uc_emu_start(p->uc, pc, pc + 4 * (SEQUENCE_INSNS + 1), 0, 0);
    if (err != UC_ERR_OK)
        report(words, pc, uc_strerror(err), 0, err);
    compare(p, words, pc);
}

_Static_assert(SEQUENCES *SLOT_BYTES <= CODE_BYTES, "code area");

/* Stage 1 of ours: 2 MiB blocks, Normal memory; the scratch block is EL0's too, for LDTR and STTR. */
static void map_ours(struct pair *p)
{
    uint64_t l1[512] = { 0 }, l2[512] = { 0 };
    struct pe *c = p->c;

    l1[1] = (TABLES + 4096) | 3;
    for (unsigned i = 0; i < 8; i++)
        l2[i] = (FIXTURE_RAM + i * 0x200000) | BIT(10) | UINT64_C(3) << 8 | 1;
    l2[1] |= BIT(6);
    cr_assert(bus_copy_in(p->m->bus, pa(TABLES), l1, sizeof(l1)));
    cr_assert(bus_copy_in(p->m->bus, pa(TABLES + 4096), l2, sizeof(l2)));
    c->sr[SR_MAIR_EL1] = 0xff;
    c->sr[SR_TCR_EL1] = 25 | 25 << 16 | BIT(23) | UINT64_C(2) << 32;
    c->sr[SR_TTBR0_EL1] = TABLES;
    c->sr[SR_SCTLR_EL1] = 1;
    c->sr[SR_CPACR_EL1] = UINT64_C(3) << 20;
    c->fp_trap = 0;
    c->sp_check = 0;
    mmu_context_changed(c);
    mmu_select(c);
}

static void open_unicorn(struct pair *p)
{
    uint64_t cpacr = UINT64_C(3) << 20;

    cr_assert_eq(uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &p->uc), UC_ERR_OK);
    cr_assert_eq(uc_ctl_set_cpu_model(p->uc, UC_CPU_ARM64_MAX), UC_ERR_OK);
    p->uc_scratch = aligned_alloc(4096, SCRATCH_BYTES);
    memcpy(p->uc_scratch, p->scratch, SCRATCH_BYTES);
    cr_assert_eq(uc_mem_map(p->uc, CODE, CODE_BYTES, UC_PROT_ALL), UC_ERR_OK);
    cr_assert_eq(uc_mem_map_ptr(p->uc, SCRATCH, SCRATCH_BYTES, UC_PROT_READ | UC_PROT_WRITE, p->uc_scratch),
                 UC_ERR_OK);
    uc_reg_write(p->uc, UC_ARM64_REG_CPACR_EL1, &cpacr);
}

/* ID register fields of extensions that the core of this test lacks and Unicorn has. */
static void show_features(struct pe *c)
{
    static const struct {
        unsigned reg, low, value;
    } fields[] = {
        { SR_ID_AA64PFR0_EL1, 16, 1 },  /* FP16 */
        { SR_ID_AA64PFR0_EL1, 20, 1 },  /* FP16 */
        { SR_ID_AA64ISAR0_EL1, 48, 1 }, /* FHM */
        { SR_ID_AA64ISAR1_EL1, 12, 1 }, /* JSCVT */
        { SR_ID_AA64ISAR1_EL1, 16, 1 }, /* FCMA */
        { SR_ID_AA64ISAR1_EL1, 32, 1 }, /* FRINTTS */
        { SR_ID_AA64ISAR0_EL1, 4, 2 },  /* AES, PMULL */
        { SR_ID_AA64ISAR0_EL1, 8, 1 },  /* SHA1 */
        { SR_ID_AA64ISAR0_EL1, 12, 2 }, /* SHA256, SHA512 */
        { SR_ID_AA64ISAR0_EL1, 20, 2 }, /* LSE */
        { SR_ID_AA64ISAR1_EL1, 20, 2 }, /* LRCPC2 */
        { SR_ID_AA64ISAR0_EL1, 28, 1 }, /* RDM */
        { SR_ID_AA64ISAR0_EL1, 44, 1 }, /* DotProd */
        { SR_ID_AA64ISAR0_EL1, 52, 2 }, /* FlagM2 */
        { SR_ID_AA64ISAR1_EL1, 36, 1 }, /* SB */
        { SR_ID_AA64ISAR0_EL1, 32, 1 }, /* SHA3 */
        { SR_ID_AA64ISAR0_EL1, 36, 1 }, /* SM3 */
        { SR_ID_AA64ISAR0_EL1, 40, 1 }, /* SM4 */
        { SR_ID_AA64ISAR1_EL1, 4, 1 },  /* APA */
        { SR_ID_AA64ISAR1_EL1, 24, 1 }, /* GPA */
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        c->sr[fields[i].reg] |= (uint64_t)fields[i].value << fields[i].low;
}

/* A register's encoding, as in sysreg.def. */
static void write_unicorn(struct pair *p, uint32_t op1, uint32_t crn, uint32_t crm, uint32_t op2,
                          uint64_t val)
{
    uc_arm64_cp_reg reg = { .op0 = 3, .op1 = op1, .crn = crn, .crm = crm, .op2 = op2, .val = val };

    cr_assert_eq(uc_reg_write(p->uc, UC_ARM64_REG_CP_REG, &reg), UC_ERR_OK);
}

/* Keys for both, enabled; Unicorn's pointers are laid out as ours, though its MMU is off. */
static void set_pauth_keys(struct pair *p)
{
    static const uint16_t keys[] = { SR_APIAKeyLo_EL1, SR_APIAKeyHi_EL1, SR_APIBKeyLo_EL1, SR_APIBKeyHi_EL1,
                                     SR_APDAKeyLo_EL1, SR_APDAKeyHi_EL1, SR_APDBKeyLo_EL1, SR_APDBKeyHi_EL1,
                                     SR_APGAKeyLo_EL1, SR_APGAKeyHi_EL1 };
    const uint64_t enable = BIT(31) | BIT(30) | BIT(27) | BIT(13);
    const uint32_t msr = 0xd5181000; /* msr SCTLR_EL1, x0: an MSR's effects come with the instruction. */

    for (unsigned i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        p->c->sr[keys[i]] = random_next(&p->seed);
        write_unicorn(p, 0, 2, 1 + i / 4, i % 4, p->c->sr[keys[i]]);
    }
    p->c->sr[SR_SCTLR_EL1] |= enable;
    write_unicorn(p, 4, 1, 1, 0, UINT64_C(3) << 40);     /* HCR_EL2.API, APK. */
    write_unicorn(p, 6, 1, 1, 0, 1 | 3 << 16 | 1 << 10); /* SCR_EL3.API, APK, RW, NS. */
    write_unicorn(p, 0, 2, 0, 2, p->c->sr[SR_TCR_EL1]);
    uc_reg_write(p->uc, UC_ARM64_REG_X0, &enable);
    cr_assert_eq(uc_mem_write(p->uc, CODE, &msr, sizeof(msr)), UC_ERR_OK);
    cr_assert_eq(uc_emu_start(p->uc, CODE, CODE + sizeof(msr), 0, 0), UC_ERR_OK);
}

/* tests/diff/soak gives others. */
static uint64_t first_seed(void)
{
    const char *text = getenv("UNICORN_SEED");

    return text ? strtoull(text, NULL, 0) : 42;
}

static void run_timed(const struct a64_dispatcher *d, uint64_t costs, const char *timing)
{
    struct pair p = { .seed = first_seed(), .costs = costs };
    avs_options o = AVS_OPTIONS_INIT;

    o.board = "virt,virtualization=off";
    o.cpu = "cortex-a53";
    o.timing = timing;
    cr_assert_eq(avs_machine_new(&o, &p.m), AVS_OK, "machine: %s", avs_last_error(NULL));
    p.c = &p.m->pe[0];
    if (d)
        p.m->dispatcher = d;
    cr_assert_eq(p.c->el, 1);
    show_features(p.c);
    map_ours(&p);
    p.scratch = bus_host(p.m->bus, pa(SCRATCH), SCRATCH_BYTES, true);
    for (unsigned i = 0; i < SCRATCH_BYTES; i++)
        p.scratch[i] = (uint8_t)random_next(&p.seed);
    open_unicorn(&p);
    set_pauth_keys(&p);
    for (unsigned n = 0; n < SEQUENCES; n++)
        one_sequence(&p, n);
    uc_close(p.uc);
    free(p.uc_scratch);
    avs_machine_free(p.m);
}

static void run_all(const struct a64_dispatcher *d, uint64_t costs)
{
    run_timed(d, costs, "block");
}

Test(unicorn, default_dispatcher)
{
    run_all(NULL, 0);
}

Test(unicorn, loop_dispatcher)
{
    run_all(&a64_dispatch_loop, 0);
}

/* The same sequences and so, as Unicorn's results do not change, the same results as with timing. */
Test(unicorn, without_timing)
{
    run_timed(NULL, 0, "none");
    run_timed(&a64_dispatch_loop, 0, "none");
}

Test(unicorn, floating_point)
{
    run_all(NULL, COSTS_FP);
    run_all(&a64_dispatch_loop, COSTS_FP);
}

Test(unicorn, cryptographic)
{
    run_all(NULL, BIT(KIND_CRYPTO));
}

/* What is rare among all lines, by itself. */
Test(unicorn, structures_and_permutes)
{
    run_all(NULL, BIT(KIND_LOAD_STRUCT) | BIT(KIND_STORE_STRUCT) | BIT(KIND_SIMD_PERM));
}

Test(unicorn, atomics)
{
    run_all(NULL, BIT(KIND_ATOMIC) | BIT(KIND_LOAD) | BIT(KIND_BARRIER_DSB));
}

#define COSTS_SIMD (BIT(KIND_SIMD_ALU) | BIT(KIND_SIMD_SHIFT) | BIT(KIND_SIMD_MUL) | BIT(KIND_SIMD_REDUCE))

Test(unicorn, simd_integers)
{
    run_all(NULL, COSTS_SIMD);
    run_all(&a64_dispatch_loop, COSTS_SIMD);
}

Test(unicorn, pointer_authentication)
{
    run_all(NULL, BIT(KIND_PAUTH));
}
