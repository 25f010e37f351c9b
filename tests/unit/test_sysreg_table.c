/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_sysreg_table.c
 * sysreg.def as a table: its self-checks, that they find slips, encodings and classes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sysreg_fixture.h"

Test(sysreg_table, is_sound)
{
    char why[256] = "";

    cr_assert(sysreg_check_table(sysreg_table, SR_COUNT, why, sizeof(why)), "%s", why);
}

/* One slip at a time: each must be found, and its line named. */
static void expect_found(unsigned id, void (*spoil)(struct sysreg_info *t), const char *text)
{
    struct sysreg_info *copy = malloc(sizeof(sysreg_table));
    char why[256] = "", line[64];

    memcpy(copy, sysreg_table, sizeof(sysreg_table));
    spoil(&copy[id]);
    snprintf(line, sizeof(line), ":%u: %s: ", copy[id].line, copy[id].name);
    cr_assert_not(sysreg_check_table(copy, SR_COUNT, why, sizeof(why)), "%s: not found", text);
    cr_assert_neq(strstr(why, line), NULL, "%s does not name %s", why, line);
    cr_assert_neq(strstr(why, text), NULL, "%s does not say %s", why, text);
    free(copy);
}

static void same_encoding(struct sysreg_info *t)
{
    t->enc = sysreg_table[SR_MIDR_EL1].enc;
}

static void access_below(struct sysreg_info *t)
{
    t->access[1] = SRA_RW;
}

static void access_missing(struct sysreg_info *t)
{
    t->access[2] = SRA_NA;
}

static void wrong_op1(struct sysreg_info *t)
{
    t->enc = SYSREG_ENC(3, 4, 15, 15, 7);
    memcpy(t->access, (const uint8_t[]){ 0, 0, 3, 3 }, 4);
}

static void wrong_alias(struct sysreg_info *t)
{
    t->other = SR_TTBR0_EL1;
}

static void read_only_mask(struct sysreg_info *t)
{
    t->mask = 1;
}

Test(sysreg_table, slips_are_found)
{
    expect_found(SR_HCR_EL2, same_encoding, "the encoding of MIDR_EL1");
    expect_found(SR_HCR_EL2, access_below, "EL1 has access");
    expect_found(SR_HCR_EL2, access_missing, "EL2 has no access");
    expect_found(SR_VBAR_EL1, wrong_op1, "does not fit the name");
    expect_found(SR_SCTLR_EL1, wrong_alias, "no register of EL2");
    expect_found(SR_CTR_EL0, read_only_mask, "nobody writes");
}

Test(sysreg_table, every_register_is_found_by_its_encoding)
{
    for (unsigned id = 0; id < SR_COUNT; id++)
        cr_assert_eq(sysreg_find(sysreg_encoding(id)), id, "%s", sysreg_name(id));
    cr_assert_eq(sysreg_find(SYSREG_ENC(3, 7, 15, 15, 7)), SR_NONE);
    cr_assert_eq(sysreg_find(1 << 16), SR_NONE);
}

/* Encodings as the manual has them (D23.3, C5), written down independently of sysreg.def. */
Test(sysreg_table, encodings)
{
    static const char *const known[] = {
        "S3_0_C0_C0_5 MPIDR_EL1",        "S3_0_C0_C4_0 ID_AA64PFR0_EL1",
        "S3_0_C0_C7_1 ID_AA64MMFR1_EL1", "S3_3_C0_C0_7 DCZID_EL0",
        "S3_0_C1_C0_0 SCTLR_EL1",        "S3_4_C1_C1_0 HCR_EL2",
        "S3_4_C1_C1_2 CPTR_EL2",         "S3_6_C1_C1_0 SCR_EL3",
        "S3_6_C1_C3_1 MDCR_EL3",         "S3_4_C2_C1_0 VTTBR_EL2",
        "S3_4_C2_C1_2 VTCR_EL2",         "S3_4_C6_C0_4 HPFAR_EL2",
        "S3_5_C1_C0_0 SCTLR_EL12",       "S3_5_C14_C3_1 CNTV_CTL_EL02",
        "S3_3_C14_C0_2 CNTVCT_EL0",      "S3_4_C14_C2_1 CNTHP_CTL_EL2",
        "S3_7_C14_C2_1 CNTPS_CTL_EL1",   "S3_0_C12_C12_0 ICC_IAR1_EL1",
        "S3_0_C12_C11_5 ICC_SGI1R_EL1",  "S3_4_C12_C12_3 ICH_LR3_EL2",
        "S3_4_C12_C13_7 ICH_LR15_EL2",   "S3_4_C12_C11_7 ICH_VMCR_EL2",
        "S2_0_C0_C2_2 MDSCR_EL1",        "S2_0_C1_C0_4 OSLAR_EL1",
        "S3_3_C9_C12_0 PMCR_EL0",        "S3_3_C4_C2_0 NZCV",
        "S3_0_C4_C2_2 CurrentEL",        "S3_4_C4_C1_0 SP_EL1",
        "S1_3_C7_C4_1 DC_ZVA",           "S1_3_C7_C14_1 DC_CIVAC",
        "S1_0_C7_C1_0 IC_IALLUIS",       "S1_0_C7_C8_0 AT_S1E1R",
        "S1_4_C7_C8_4 AT_S12E1R",        "S1_0_C8_C7_0 TLBI_VMALLE1",
        "S1_0_C8_C3_0 TLBI_VMALLE1IS",   "S1_4_C8_C0_1 TLBI_IPAS2E1IS",
        "S1_4_C8_C7_6 TLBI_VMALLS12E1",  "S1_6_C8_C7_0 TLBI_ALLE3",
    };

    for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        unsigned op0, op1, crn, crm, op2, id;
        char name[32];

        cr_assert_eq(sscanf(known[i], "S%u_%u_C%u_C%u_%u %31s", &op0, &op1, &crn, &crm, &op2, name), 6);
        id = sysreg_find(SYSREG_ENC(op0, op1, crn, crm, op2));
        cr_assert_neq(id, SR_NONE, "%s is missing", known[i]);
        cr_assert_str_eq(sysreg_name(id), name);
    }
}

Test(sysreg_table, classes)
{
    cr_assert_str_eq(sysreg_class_name(sysreg_class(SR_ICH_LR0_EL2)), "list_register");
    cr_assert_str_eq(sysreg_class_name(sysreg_class(SR_VTTBR_EL2)), "el2_vm");
    cr_assert_str_eq(sysreg_class_name(sysreg_class(SR_TTBR0_EL1)), "el1_system");
    cr_assert_str_eq(sysreg_class_text(SRC_pmu), "Performance Monitors");
}
