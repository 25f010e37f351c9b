/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_features.c
 * ID registers and behaviour always agree, for every core model that is shipped and for `max` with each
 * feature taken away: an instruction has a handler, a system register or instruction is there, and a bit of
 * a register can be written, exactly when the ID registers say so (DDI 0487, D24.2). What they say is read
 * as software reads it, by MRS, and judged by feature.def, sysreg_feature.def, sysreg_field.def and
 * sysreg_limit.def; nothing is listed here again.
 */
#include <glib.h>
#include <stdio.h>

#include "sysreg_fixture.h"

#include "a64/insn.h"

#define HERE_B UINT32_C(0x14000000) /* b . */
#define HERE_NOP UINT32_C(0xd503201f)

enum { TRIES = 4096, BOARDS = 3 };

static const char *const boards[BOARDS] = { "virt,virtualization=on", "virt,virtualization=on,secure=on",
                                            "virt,virtualization=on,secure=on,gic-version=2" };

/* ID registers by MRS, at the highest EL. */
struct seen {
    const struct pe *c;
    uint64_t id[SR_COUNT];
};

static struct seen look(struct sr_rig *r)
{
    struct seen s = { .c = r->c };

    for (unsigned id = SR_ID_AA64PFR0_EL1; id <= SR_S3_0_C0_C7_7; id++)
        s.id[id] = sr_get(r, id);
    /* PMCR_EL0.N says how many event counters there are. */
    if (sysreg_path(r->c, r->c->el, false, SR_PMCR_EL0)->kind != SR_PATH_UNDEF)
        s.id[SR_PMCR_EL0] = sr_get(r, SR_PMCR_EL0);
    return s;
}

/* Instruction features. */
static const struct {
    const char *name;
    uint16_t reg;
    uint8_t low, least;
} features[A64_FEAT_COUNT] = {
#define A64_FEATURE(id, id_reg, field, least_value, text) { #id, SR_##id_reg, (field), (least_value) },
#include "a64/feature.def"
#undef A64_FEATURE
};

/* D24.1.3: ID_AA64PFR0_EL1.FP and AdvSIMD are signed, and -1 is "not there". */
static bool is_signed(unsigned reg, unsigned low)
{
    return reg == SR_ID_AA64PFR0_EL1 && (low == 16 || low == 20);
}

static bool promised(const struct seen *s, unsigned f)
{
    unsigned field;

    if (f == A64_FEAT_BASE)
        return true;
    /* FEAT_FCMA on halves needs FEAT_FP16 too. */
    if (f == A64_FEAT_FCMA_FP16 && !promised(s, A64_FEAT_FP16_SIMD))
        return false;
    field = (unsigned)bits(s->id[features[f].reg], features[f].low + 3u, features[f].low);
    if (is_signed(features[f].reg, features[f].low) && field > 7)
        return false;
    return field >= features[f].least;
}

/* An encoding of a line that nothing but a missing feature makes UNDEFINED; false when there is none. */
static bool encoding_of(unsigned id, uint32_t *insn)
{
    const struct a64_info *info = a64_info(id);
    uint32_t seed = id;

    for (unsigned i = 0; i < TRIES; i++) {
        seed = seed * 1664525 + 1013904223;
        *insn = info->value | ((seed ^ seed >> 15) & ~info->mask);
        if (a64_decode(*insn) == id && (!info->constrained || a64_constrained_undef(info, *insn) < 0))
            return true;
    }
    return false;
}

/* One decoded page, whose first word is whatever is asked for. */
struct bench {
    struct sr_rig *r;
    struct code_page *page;
    uint32_t words[OPS_PER_PAGE];
};

static op_fn handler_of(struct bench *b, uint32_t insn)
{
    struct op *ops = a64_page_ops(b->r->m, b->page, 0);

    a64_page_invalidate(b->page, 0, 1);
    b->words[0] = insn;
    b->words[1] = HERE_B;
    b->r->c->code_ops = ops;
    a64_decode_block(b->r->c, ops);
    return op_page_of(ops)->line_fn[0]; /* The first of a line: ops[0] itself asks for the line. */
}

/* A feature without any instruction is not promised. */
static void check_used(const struct seen *s, const char *what)
{
    bool used[A64_FEAT_COUNT] = { false };

    for (unsigned id = 1; id < A64_ID_COUNT; id++)
        used[a64_info(id)->feature] = true;
    for (unsigned f = 0; f < A64_FEAT_COUNT; f++)
        cr_expect(used[f] || !promised(s, f), "%s: promises %s, which has no instruction", what,
                  features[f].name);
}

static void check_instructions(struct sr_rig *r, const char *what)
{
    struct bench *b = g_new0(struct bench, 1);
    const op_fn *ops = r->m->dispatcher->ops[A64_SET_TIMED], *alt = r->m->dispatcher->alt[A64_SET_TIMED];
    const struct seen s = look(r);

    b->r = r;
    b->page = a64_page_new((const uint8_t *)b->words);
    for (unsigned id = 1; id < A64_ID_COUNT; id++) {
        const struct a64_info *info = a64_info(id);
        uint32_t insn = 0;
        op_fn fn;

        cr_assert(encoding_of(id, &insn), "%s: no encoding", info->name);
        fn = handler_of(b, insn);
        if (promised(&s, info->feature))
            cr_expect(fn == ops[id] || fn == alt[id], "%s: %s (0x%08x) is promised by %s and not there",
                      what, info->name, insn, features[info->feature].name);
        else if ((insn & 0xfffff01f) ==
                 HERE_NOP) /* What a hint's feature is missing for is a NOP (C6.2). */
            cr_expect(fn == ops[A64_HINT], "%s: %s (0x%08x) is no NOP without %s", what, info->name, insn,
                      features[info->feature].name);
        else
            cr_expect(fn == ops[A64_UNALLOCATED], "%s: %s (0x%08x) is there without %s", what, info->name,
                      insn, features[info->feature].name);
    }
    a64_page_free(b->page);
    r->c->code_ops = NULL;
    g_free(b);
}

/* System registers and instructions: sysreg_feature.def's expressions, of what MRS shows. */
static bool sysreg_promised(const struct seen *s, enum sysreg_feature f, unsigned id)
{
    const struct core_model *model = s->c->m->model;
    const bool el2 = s->c->m->has_el2, el3 = s->c->m->has_el3;
    const bool gicv3 = bits(s->id[SR_ID_AA64PFR0_EL1], 27, 24) >= 1;
    const unsigned crm = sysreg_crm(sysreg_table[id].enc), op2 = sysreg_op2(sysreg_table[id].enc);

    switch (f) {
#define F(reg, lsb) bits(s->id[SR_##reg], (lsb) + 3, (lsb))
#define SYSREG_FEATURE(name, expr, text)                                                                   \
    case SRF_##name:                                                                                       \
        return expr;
#include "arch/sysreg_feature.def"
#undef SYSREG_FEATURE
#undef F
    case SRF_COUNT:
        break;
    }
    return false;
}

static void check_access(const struct sr_rig *r, const struct seen *s, unsigned id, const char *what)
{
    const struct sysreg_info *t = &sysreg_table[id];
    bool there = sysreg_promised(s, (enum sysreg_feature)t->feature, id);

    for (unsigned i = 0; i < 8; i++) {
        unsigned el = i / 2, write = i & 1;
        bool highest = el == (r->m->has_el3 ? 3 : 2); /* boards[] */
        bool may = there && ((t->access[el] >> write & 1) || (write && highest && t->access[el] == SRA_RH));

        if ((el == 3 && !r->m->has_el3) || (el == 2 && t->alias == SRL_OF))
            continue; /* The second kind: from EL2 with E2H alone; below. */
        cr_expect_eq(sysreg_path(r->c, el, write, id)->kind != SR_PATH_UNDEF, may,
                     "%s: %s of %s at EL%u %s", what, write ? "write" : "read", t->name, el,
                     may ? "is UNDEFINED" : "is defined");
    }
}

/* The _EL12 and _EL02 registers, which EL2 has with HCR_EL2.E2H. */
static void check_host_aliases(struct sr_rig *r, const struct seen *s, const char *what)
{
    const uint64_t hcr = r->c->sr[SR_HCR_EL2];

    r->c->sr[SR_HCR_EL2] |= HCR_E2H & r->c->sr_wmask[SR_HCR_EL2];
    sysreg_update_paths(r->c);
    for (unsigned id = 0; id < SR_COUNT; id++) {
        const struct sysreg_info *t = &sysreg_table[id];
        bool there = sysreg_promised(s, (enum sysreg_feature)t->feature, id) && t->access[2] != SRA_NA;

        if (t->alias == SRL_OF)
            cr_expect_eq(sysreg_path(r->c, 2, false, id)->kind != SR_PATH_UNDEF, there, "%s: %s at EL2",
                         what, t->name);
    }
    r->c->sr[SR_HCR_EL2] = hcr;
    sysreg_update_paths(r->c);
}

/* Bits that can be written: the table's mask, and the fields of the features that are promised. */
static void check_fields(const struct sr_rig *r, const struct seen *s, const char *what)
{
    static const struct {
        uint16_t reg;
        uint8_t hi, lo, feature;
    } fields[] = {
#define SYSREG_FIELD(reg, hi, lo, feature) { SR_##reg, hi, lo, SRF_##feature },
#include "arch/sysreg_field.def"
#undef SYSREG_FIELD
    };

    for (unsigned id = 0; id < SR_COUNT; id++) {
        uint64_t mask = sysreg_table[id].mask;

        for (unsigned i = 0; i < G_N_ELEMENTS(fields); i++)
            if (fields[i].reg == id && sysreg_promised(s, (enum sysreg_feature)fields[i].feature, id))
                mask |= MASK(fields[i].hi, fields[i].lo);
        cr_expect_eq(r->c->sr_wmask[id], mask, "%s: bits of %s that a write changes: 0x%llx, not 0x%llx",
                     what, sysreg_table[id].name, (unsigned long long)r->c->sr_wmask[id],
                     (unsigned long long)mask);
    }
}

static void check_limits(const struct seen *s, const char *what)
{
#define SYSREG_LIMIT(reg, lsb, max, text)                                                                  \
    cr_expect_leq(bits(s->id[SR_##reg], (lsb) + 3, (lsb)), (uint64_t)(max), "%s: " #reg " promises %s",    \
                  what, text);
#include "arch/sysreg_limit.def"
#undef SYSREG_LIMIT
}

/* MSR (immediate) reaches a PSTATE field exactly when MSR (register) does: C5.2. */
static void check_pstate(struct sr_rig *r, const char *what)
{
    static const struct {
        uint16_t reg;
        uint8_t op1, op2;
    } fields[] = {
        { SR_UAO, 0, 3 }, { SR_PAN, 0, 4 }, { SR_SPSel, 0, 5 }, { SR_SSBS, 3, 1 }, { SR_DIT, 3, 2 },
    };

    sr_el(r, 1);
    for (unsigned i = 0; i < G_N_ELEMENTS(fields); i++) {
        uint32_t insn = 0xd500401f | (uint32_t)fields[i].op1 << 16 | (uint32_t)fields[i].op2 << 5;
        bool there = sysreg_path(r->c, 1, true, fields[i].reg)->kind != SR_PATH_UNDEF;

        cr_expect_eq(sysreg_write_imm(r->c, insn) != SYSREG_EXC, there, "%s: MSR %s, #imm", what,
                     sysreg_name(fields[i].reg));
    }
}

static void check_all(struct sr_rig *r, const char *what)
{
    const struct seen s = look(r);

    check_instructions(r, what);
    check_used(&s, what);
    for (unsigned id = 0; id < SR_COUNT; id++)
        check_access(r, &s, id, what);
    check_host_aliases(r, &s, what);
    check_fields(r, &s, what);
    check_limits(&s, what);
    check_pstate(r, what);
}

static void check_core(const char *name)
{
    for (unsigned i = 0; i < BOARDS; i++) {
        struct sr_rig r = { .m = fixture_machine(boards[i], name) };
        g_autofree char *what = g_strdup_printf("%s on %s", name, boards[i]);

        r.c = &r.m->pe[0];
        check_all(&r, what);
        sr_rig_free(&r);
    }
}

Test(features, every_core_is_what_its_id_registers_say)
{
    g_autofree char *folder = g_build_filename(core_model_dir(), "cores", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    unsigned count = 0;
    const char *entry;

    cr_assert_not_null(dir, "%s", folder);
    while ((entry = g_dir_read_name(dir)))
        if (g_str_has_suffix(entry, ".core")) {
            g_autofree char *name = g_strndup(entry, strlen(entry) - 5);

            check_core(name);
            count++;
        }
    cr_assert_geq(count, 8);
}

/* A field of an ID register one below what `max` has, or as "not there": the core follows. */
static void check_without(unsigned reg, unsigned low, unsigned value, const char *name)
{
    struct sr_rig r = { .m = fixture_machine(boards[1], "max") };
    g_autofree char *what = g_strdup_printf("max without %s", name);

    r.c = &r.m->pe[0];
    r.m->model->id[reg] = deposit(r.m->model->id[reg], low + 3, low, value);
    sysreg_reset(r.c);
    check_all(&r, what);
    sr_rig_free(&r);
}

Test(features, each_feature_can_be_taken_away)
{
    for (unsigned f = A64_FEAT_BASE + 1; f < A64_FEAT_COUNT; f++) {
        unsigned value = features[f].least ? features[f].least - 1u : 15;

        cr_assert(features[f].least || is_signed(features[f].reg, features[f].low), "%s is always there",
                  features[f].name);
        check_without(features[f].reg, features[f].low, value, features[f].name);
    }
    check_without(SR_ID_AA64MMFR1_EL1, 8, 0, "FEAT_VHE");
    check_without(SR_ID_AA64MMFR1_EL1, 20, 0, "FEAT_PAN");
    check_without(SR_ID_AA64MMFR2_EL1, 4, 0, "FEAT_UAO");
    check_without(SR_ID_AA64PFR0_EL1, 48, 0, "FEAT_DIT");
    check_without(SR_ID_AA64PFR1_EL1, 4, 0, "FEAT_SSBS");
    check_without(SR_ID_AA64PFR1_EL1, 28, 0, "FEAT_RNG_TRAP");
    check_without(SR_ID_AA64ISAR0_EL1, 60, 0, "FEAT_RNG");
}

/* What sysreg_limit.def allows of the field that shows a feature; 15 when it says nothing. */
static unsigned limit_of(unsigned f)
{
    static const struct {
        uint16_t reg;
        uint8_t low, max;
    } limits[] = {
#define SYSREG_LIMIT(reg, lsb, max, text) { SR_##reg, lsb, max },
#include "arch/sysreg_limit.def"
#undef SYSREG_LIMIT
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(limits); i++)
        if (limits[i].reg == features[f].reg && limits[i].low == features[f].low)
            return limits[i].max;
    return 15;
}

/* `max` is everything: what brings an instruction of the tables in is there. A feature that is only partly
 * done may still be limited; it is named, and the limit goes with the last of its instructions. */
Test(features, max_has_every_instruction)
{
    struct sr_rig r = { .m = fixture_machine(boards[1], "max") };
    bool used[A64_FEAT_COUNT] = { false };
    struct seen s;

    r.c = &r.m->pe[0];
    s = look(&r);
    for (unsigned id = 1; id < A64_ID_COUNT; id++)
        used[a64_info(id)->feature] = true;
    for (unsigned f = 0; f < A64_FEAT_COUNT; f++) {
        if (used[f] && limit_of(f) < features[f].least)
            fprintf(stderr, "%s has instructions, and is limited in sysreg_limit.def\n", features[f].name);
        else
            cr_expect(!used[f] || promised(&s, f), "max has no %s", features[f].name);
    }
    sr_rig_free(&r);
}
