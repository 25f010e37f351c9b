/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file import_cause.c
 * What KVM's tracepoints on arm64 say of an exit (arch/arm64/kvm/trace_arm.h, trace_handle_exit.h;
 * virt/kvm's kvm_mmio and kvm_vcpu_wakeup): the exception class from kvm_exit, the rest from what its
 * handler traces. The control bit is told where only one can be behind the exit: KVM sets HCR_EL2.IMO, FMO,
 * AMO, TSC, TWI and TWE; of a register, the one control of EL2 in its trap group (arch/trap_group.def).
 * Else the class stands for it.
 */
#include <stdio.h>
#include <string.h>

#include "arch/sysreg_table.h"
#include "arch/trap.h"
#include "core/bits.h"
#include "import.h"

enum { ISS_BITS = 25, EC_BITS = 6, FSC_MASK = 0x3f };

/* The number behind `key` ("ipa ", "PC: "), in hex with or without 0x. */
static bool hex_after(const char *text, const char *key, uint64_t *out)
{
    const char *p = strstr(text, key);
    char *end;

    if (!p)
        return false;
    p += strlen(key);
    if (g_str_has_prefix(p, "0x"))
        p += 2;
    if (!g_ascii_isxdigit(*p))
        return false;
    *out = g_ascii_strtoull(p, &end, 16);
    return end - p <= 16 && !g_ascii_isalnum(*end);
}

/* The symbol of kvm_exit's exception type. */
static const struct exit_type {
    const char *name;
    enum exc_type type;
    uint8_t ec; /* 0: HSR_EC says. */
} exit_types[] = {
    { "IRQ", EXC_IRQ, 0 },
    { "TRAP", EXC_SYNC, 0 },
    { "SERROR", EXC_SERROR, EC_SERROR },
    { "ILLEGAL", EXC_SYNC, EC_ILLEGAL },
};

static const struct exit_type *find_type(const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(exit_types); i++) {
        size_t len = strlen(exit_types[i].name);

        if (!strncmp(text, exit_types[i].name, len) && g_str_has_prefix(text + len, ": "))
            return &exit_types[i];
    }
    return NULL;
}

bool import_exit_text(const char *text, struct import_exit *x)
{
    const struct exit_type *type = find_type(text);
    uint64_t ec;

    *x = (struct import_exit){ .exc = { .cause = TRAP_NONE, .sysreg = SR_NONE } };
    if (!type || !hex_after(text, "_EC: ", &ec) || ec >> EC_BITS || !hex_after(text, "PC: ", &x->pc))
        return false;
    x->exc.type = type->type;
    x->exc.target_el = 2;
    x->exc.ec = type->ec ? type->ec : type->type == EXC_SYNC ? (uint8_t)ec : 0;
    return true;
}

bool import_entry_text(const char *text, uint64_t *pc)
{
    return g_str_has_prefix(text, "PC: ") && hex_after(text, "PC: ", pc);
}

static void take_syndrome(struct import_exit *x, uint64_t esr)
{
    x->exc.iss = (uint32_t)bits(esr, ISS_BITS - 1, 0);
    x->iss_known = true;
}

static bool is_abort(const struct import_exit *x)
{
    return x->exc.type == EXC_SYNC && (x->exc.ec == EC_DABT_LOWER || x->exc.ec == EC_IABT_LOWER);
}

static void take_ipa(struct import_exit *x, uint64_t ipa)
{
    x->exc.ipa = ipa;
    x->exc.ipa_valid = true;
}

/* "ipa 0x9000000, hsr 0x93820006, hxfar 0xffff80001000c018, pc 0x...": KVM has the IPA's page alone. */
static bool refine_fault(const char *text, struct import_exit *x)
{
    uint64_t ipa, esr, far;

    if (!hex_after(text, "ipa ", &ipa) ||
        !(hex_after(text, "hsr ", &esr) || hex_after(text, "esr ", &esr)) || !hex_after(text, "far ", &far))
        return false;
    if (!is_abort(x))
        return true;
    take_syndrome(x, esr);
    x->exc.far = far;
    x->exc.far_valid = true;
    take_ipa(x, ipa & 0xfff ? ipa : ipa | (far & 0xfff));
    return true;
}

/* "mmio write len 4 gpa 0x9000000 val 0x41" */
static bool refine_mmio(const char *text, struct import_exit *x)
{
    uint64_t ipa;

    if (!hex_after(text, "gpa ", &ipa))
        return false;
    if (is_abort(x))
        take_ipa(x, ipa);
    return true;
}

/* "HSR 0x62300c08" */
static bool refine_syndrome(const char *text, struct import_exit *x)
{
    uint64_t esr;

    if (!hex_after(text, "HSR ", &esr) && !hex_after(text, "ESR ", &esr))
        return false;
    if (x->exc.type == EXC_SYNC && bits(esr, 31, 26) == x->exc.ec)
        take_syndrome(x, esr);
    return true;
}

/* "PC: ffff800010000000 ICC_SGI1R_EL1 (3,0,12,11,5) write" */
static bool refine_access(const char *text, struct import_exit *x)
{
    const char *open = strchr(text, '(');
    unsigned op0, op1, crn, crm, op2;
    int len = 0;

    if (!open || sscanf(open, "(%1u,%1u,%2u,%2u,%1u)%n", &op0, &op1, &crn, &crm, &op2, &len) != 5 || !len ||
        op0 > 3 || op1 > 7 || crn > 15 || crm > 15 || op2 > 7)
        return false;
    if (x->exc.type != EXC_SYNC || x->exc.ec != EC_SYSREG || x->iss_known)
        return true;
    take_syndrome(x, (uint64_t)op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | crm << 1 |
                         !strstr(open + len, "write"));
    return true;
}

/* "HVC at 0x... (r0: 0x84000002, imm: 0x0)" */
static bool refine_hvc(const char *text, struct import_exit *x)
{
    uint64_t imm;

    if (!hex_after(text, "imm: ", &imm))
        return false;
    if (x->exc.type == EXC_SYNC && x->exc.ec == EC_HVC)
        take_syndrome(x, imm & 0xffff);
    return true;
}

/* "guest executed wfi at: 0x..." */
static bool refine_wfx(const char *text, struct import_exit *x)
{
    bool wfe = strstr(text, "executed wfe ");

    if (!wfe && !strstr(text, "executed wfi "))
        return false;
    if (x->exc.type == EXC_SYNC && x->exc.ec == EC_WFX)
        take_syndrome(x, wfe);
    return true;
}

/* "wait time 123456 ns, polling valid": how long the vCPU had nothing to do. */
static bool refine_wakeup(const char *text, struct import_exit *x)
{
    unsigned long long ns;

    if (sscanf(text, "%*4s time %18llu ns", &ns) != 1)
        return false;
    x->idle_ns += ns;
    return true;
}

bool import_refine(const char *event, const char *text, struct import_exit *x, bool *known)
{
    static const struct {
        const char *event;
        bool (*refine)(const char *text, struct import_exit *x);
    } all[] = {
        { "kvm_guest_fault", refine_fault },       { "kvm_mmio", refine_mmio },
        { "kvm_handle_sys_reg", refine_syndrome }, { "kvm_sys_access", refine_access },
        { "kvm_hvc_arm64", refine_hvc },           { "kvm_wfx_arm64", refine_wfx },
        { "kvm_vcpu_wakeup", refine_wakeup },
    };

    *known = false;
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        if (strcmp(event, all[i].event) != 0)
            continue;
        *known = true;
        return all[i].refine(text, x);
    }
    return true;
}

/* The one control that sends this access from EL1 to EL2; TRAP_NONE when several can. */
static unsigned control_of(unsigned reg, bool write)
{
    const struct trap_list *list = &trap_lists[sysreg_table[reg].group];
    unsigned found = TRAP_NONE;

    for (unsigned i = 0; i < TRAP_GROUP_MAX && list->id[i] != TRAP_NONE; i++) {
        const struct trap_control *t = &trap_controls[list->id[i]];

        if (t->to != 2 || !(t->from & 1 << 1) || !(t->dir >> write & 1))
            continue;
        if (found != TRAP_NONE)
            return TRAP_NONE;
        found = list->id[i];
    }
    return found;
}

static void attribute_access(struct import_exit *x)
{
    uint32_t iss = x->exc.iss;
    unsigned enc =
        SYSREG_ENC((unsigned)bits(iss, 21, 20), (unsigned)bits(iss, 16, 14), (unsigned)bits(iss, 13, 10),
                   (unsigned)bits(iss, 4, 1), (unsigned)bits(iss, 19, 17));
    unsigned reg = sysreg_find(enc);

    if (!x->iss_known || reg >= SR_COUNT)
        return;
    x->exc.sysreg = (uint16_t)reg;
    x->exc.cause = (uint16_t)control_of(reg, !bit(iss, 0));
}

/* Fault status codes of stage 2 faults (D24.2.40, DFSC): the level in the low bits. */
static unsigned fault_cause(unsigned fsc)
{
    static const uint16_t causes[] = { TRAP_S2_ADDRESS_SIZE, TRAP_S2_TRANSLATION, TRAP_S2_ACCESS_FLAG,
                                       TRAP_S2_PERMISSION };

    return fsc >> 2 < G_N_ELEMENTS(causes) ? causes[fsc >> 2] : TRAP_S2_OTHER;
}

static void attribute_abort(struct import_exit *x)
{
    if (x->iss_known)
        x->exc.cause = (uint16_t)fault_cause(x->exc.iss & FSC_MASK);
    else if (x->exc.ipa_valid) /* MMIO: nothing is mapped there. */
        x->exc.cause = TRAP_S2_TRANSLATION;
}

static void attribute_sync(struct import_exit *x)
{
    switch (x->exc.ec) {
    case EC_HVC:
        x->exc.cause = TRAP_HVC;
        break;
    case EC_SMC:
        x->exc.cause = TRAP_HCR_TSC;
        break;
    case EC_WFX:
        if (x->iss_known)
            x->exc.cause = x->exc.iss & 1 ? TRAP_HCR_TWE : TRAP_HCR_TWI;
        break;
    case EC_SYSREG:
        attribute_access(x);
        break;
    case EC_IABT_LOWER:
    case EC_DABT_LOWER:
        attribute_abort(x);
        break;
    default:
        break;
    }
}

void import_attribute(struct import_exit *x)
{
    if (x->exc.type == EXC_SYNC)
        attribute_sync(x);
    else
        x->exc.cause = x->exc.type == EXC_IRQ ? TRAP_IMO : TRAP_AMO;
}
