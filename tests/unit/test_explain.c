/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_explain.c
 * explain_cause.def has a sentence for every cause that trap.def, ec.def and interrupts can give; iss.def
 * describes syndromes without gaps in its own words. Each failure names the line.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "arch/exc.h"
#include "arch/sysreg.h"
#include "arch/trap.h"
#include "explain_text.h"

static void expect_sentences(const char *name, const struct why *w)
{
    cr_expect(w != NULL, "%s has no line in explain_cause.def", name);
    if (!w)
        return;
    cr_expect(strlen(w->text) > 15 && w->text[strlen(w->text) - 1] == '.', "%s: '%s' is no sentence", name,
              w->text);
    cr_expect(!w->advice || w->advice[strlen(w->advice) - 1] == '.', "%s: '%s' is no sentence", name,
              w->advice ? w->advice : "");
}

Test(explain, every_control_has_its_sentence)
{
    static const char *const ids[] = {
#define TRAP(id, ...) [TRAP_##id] = #id,
#define CAUSE(id, ...) [TRAP_##id] = #id,
#include "arch/trap.def"
#undef TRAP
#undef CAUSE
    };

    for (unsigned id = TRAP_NONE + 1; id < TRAP_COUNT; id++)
        expect_sentences(ids[id], why_of_trap(id));
    cr_expect(!why_of_trap(TRAP_NONE) && !why_of_trap(TRAP_COUNT),
              "there is a sentence for what is no cause");
}

Test(explain, every_class_has_its_sentence)
{
#define EC(value, name, text) expect_sentences(#name, why_of_class(0, value));
#include "arch/ec.def"
#undef EC
    for (unsigned type = 1; type < 4; type++)
        expect_sentences("an interrupt", why_of_class(type, 0));
    cr_expect(!why_of_class(0, 0x3f), "class 0x3f is none");
}

Test(explain, causes_are_found_by_what_a_ledger_has_of_them)
{
    for (unsigned id = TRAP_NONE + 1; id < TRAP_COUNT; id++) {
        const struct trap_control *t = &trap_controls[id];
        unsigned found = why_find(t->name, t->section, t->reg != SR_NONE);

        cr_expect(found == id || (!strcmp(trap_controls[found].name, t->name) &&
                                  !strcmp(trap_controls[found].section, t->section)),
                  "%s, %s is found as %s, %s", t->name, t->section, trap_controls[found].name,
                  trap_controls[found].section);
    }
    cr_expect_eq(why_find("HCR_EL2.IMO", NULL, false), TRAP_IMO);
    cr_expect_eq(why_find("HCR_EL2.IMO", "a section of another version", true), TRAP_HCR_IMO_SGI);
    cr_expect_eq(why_find("HCR_EL2.BOGUS", NULL, true), TRAP_NONE);
}

static void expect_control(unsigned id, const char *wanted)
{
    char text[160];

    why_control(id, text, sizeof(text));
    cr_expect_str_eq(text, wanted);
}

Test(explain, controls_say_which_values_trap)
{
    char text[12];

    expect_control(TRAP_HCR_TVM, "HCR_EL2.TVM (bit 26) is 1");
    expect_control(TRAP_HCR_API, "HCR_EL2.API (bit 41) is 0");
    expect_control(TRAP_CPTR_FPEN, "CPTR_EL2.FPEN (bits 21:20) is 0b00 or 0b10");
    expect_control(TRAP_HVC, "");
    why_control(TRAP_CPTR_FPEN, text, sizeof(text));
    cr_expect(memchr(text, 0, sizeof(text)), "a text that is too long is not ended");
}

/* Fields of a class do not overlap, and what makes them valid is a field of its own. */
static void check_class(unsigned ec, const char *name, bool has_fields)
{
    const struct iss_field *f, *other;
    uint32_t bits = 0;
    unsigned next = 0, scan;

    while ((f = iss_next(ec, &next))) {
        uint32_t mask = iss_value(f, 0xffffffff) << f->lo;

        cr_expect(f->lo <= f->hi && f->hi < 25, "%s.%s is not within the ISS", name, f->name);
        cr_expect(!(bits & mask), "%s.%s overlaps another field", name, f->name);
        cr_expect(iss_kind(f) != ISS_LIST || iss_list_exists(f), "%s.%s: no values of %s", name, f->name,
                  f->values);
        cr_expect(iss_kind(f) != ISS_REGISTER || f->hi - f->lo == 4, "%s.%s cannot name a register", name,
                  f->name);
        bits |= mask;
        for (scan = 0; f->when >= 0 && (other = iss_next(ec, &scan));)
            if (other->lo == f->when && other->hi == f->when)
                break;
        cr_expect(f->when < 0 || other, "%s.%s depends on bit %d, which is no field", name, f->name,
                  f->when);
    }
    cr_expect((bits != 0) == has_fields, "%s %s", name, bits ? "should have no fields" : "has no fields");
}

Test(explain, syndromes)
{
    static const bool without_fields[64] = {
        [EC_UNKNOWN] = true,  [EC_ILLEGAL] = true, [EC_PC_ALIGN] = true,
        [EC_SP_ALIGN] = true, [EC_SVE] = true,     [EC_PAC] = true
    };

#define EC(value, name, text) check_class(value, #name, !without_fields[value]);
#include "arch/ec.def"
#undef EC
}

static uint32_t field(unsigned ec, const char *name, uint32_t iss, const char **text)
{
    const struct iss_field *f;
    unsigned next = 0;

    while ((f = iss_next(ec, &next)))
        if (!strcmp(f->name, name))
            break;
    cr_assert(f, "there is no field %s", name);
    *text = iss_value_text(f, iss_value(f, iss));
    return iss_value(f, iss);
}

/* MRS X3, ID_AA64PFR0_EL1 (3, 0, C0, C4, 0), and a word store to a page without a translation at level 3.
 */
Test(explain, fields_of_real_syndromes)
{
    const uint32_t mrs = 3u << 20 | 3 << 5 | 4 << 1 | 1, store = 1u << 24 | 2 << 22 | 7 << 16 | 1 << 6 | 7;
    const char *text;

    cr_expect_eq(field(EC_SYSREG, "Op0", mrs, &text), 3);
    cr_expect_eq(field(EC_SYSREG, "CRm", mrs, &text), 4);
    cr_expect_eq(field(EC_SYSREG, "Rt", mrs, &text), 3);
    cr_expect_eq(field(EC_SYSREG, "Direction", mrs, &text), 1);
    cr_expect(strstr(text, "MRS"), "a read is '%s'", text);
    cr_expect_eq(field(EC_DABT_LOWER, "SRT", store, &text), 7);
    cr_expect_eq(field(EC_DABT_LOWER, "SAS", store, &text), 2);
    cr_expect_str_eq(text, "word");
    cr_expect_eq(field(EC_DABT_LOWER, "WnR", store, &text), 1);
    cr_expect_eq(field(EC_DABT_LOWER, "DFSC", store, &text), 7);
    cr_expect_str_eq(text, "translation fault, level 3");
    cr_expect_eq(field(EC_CP15_64, "Rt2", 5u << 10 | 1, &text), 5);
    cr_expect_eq(field(EC_CP15_32, "Opc2", 3u << 17 | 5 << 14, &text), 3);
    field(EC_WFX, "TI", 1, &text);
    cr_expect_str_eq(text, "WFE");
    field(EC_IABT_LOWER, "IFSC", 0x3f, &text);
    cr_expect(text == NULL, "a reserved fault status is '%s'", text ? text : "");
}
