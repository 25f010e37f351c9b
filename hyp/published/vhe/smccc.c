/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file smccc.c
 * Calls of the guest by HVC (DEN0028): may it, whose service is it, and PSCI of the version that
 * the VM has. The measured call is of no service that a VM is offered, and is denied.
 */
#include "host.h"
#include "report.h"

#define NOINLINE __attribute__((noinline))
#define NOT_SUPPORTED (~0UL)

static uint32_t function_of(const struct kvcpu *vcpu)
{
    return (uint32_t)vcpu->arch.ctxt.x[0];
}

NOINLINE static void set_result(struct kvcpu *vcpu, uint64_t a0, uint64_t a1, uint64_t a2,
                                uint64_t a3)
{
    vcpu->arch.ctxt.x[0] = a0;
    vcpu->arch.ctxt.x[1] = a1;
    vcpu->arch.ctxt.x[2] = a2;
    vcpu->arch.ctxt.x[3] = a3;
}

enum action { HANDLE, DENY };

/** Functions that a VM has whatever its owner chose: PSCI's, and what finds out about others. */
NOINLINE static bool allowed_by_default(uint32_t function)
{
    switch (function) {
    case 0x80000000: /* SMCCC_VERSION */
    case 0x80000001: /* SMCCC_ARCH_FEATURES */
        return true;
    default:
        return (function & 0xbfffffe0U) == 0x84000000U || function <= 3;
    }
}

/** Services whose functions a bitmap lets through: is this one of them, and is it on? */
NOINLINE static bool offered(const struct kvcpu *vcpu, uint32_t function)
{
    switch (function) {
    case 0x84000050:
    case 0x84000051:
    case 0x84000052:
    case 0x84000053:
    case 0xc4000053:
        return test_bit(&vcpu->vm->features[0], 0);
    case 0xc5000020:
    case 0xc5000021:
        return test_bit(&vcpu->vm->features[1], 0);
    case 0x8600ff01:
    case 0x86000000:
        return test_bit(&vcpu->vm->features[2], 0);
    case 0x86000001:
        return test_bit(&vcpu->vm->features[2], 1);
    default:
        return false;
    }
}

/** DEN0028: owning entities (bits 29 to 24) that have a number, of fast calls. */
NOINLINE static bool owner_is_known(uint32_t function)
{
    uint32_t owner = function >> 24 & 0x3f;

    if (!(function >> 31)) {
        return function <= 3 || (owner >= 2 && owner <= 31);
    }
    return owner <= 6 || owner >= 48;
}

/** Ranges that the VM's owner put in a tree would come first; there are none. */
static enum action action_for(const struct kvcpu *vcpu, uint32_t function)
{
    if (!owner_is_known(function)) {
        return DENY;
    }
    if (test_bit(vcpu->vm->flags, VM_HAS_FILTER)) {
        give_up("no filter is expected");
    }
    return offered(vcpu, function) || allowed_by_default(function) ? HANDLE : DENY;
}

NOINLINE static int psci_0_2(struct kvcpu *vcpu)
{
    uint32_t function = function_of(vcpu);
    uint64_t value;

    switch (function) {
    case 0x84000000:
        value = vcpu->vm->psci_version;
        break;
    case 0x84000002:
        vcpu->powered_off = true;
        value = 0;
        break;
    case 0x84000006:
        value = 2;
        break;
    default:
        value = NOT_SUPPORTED;
    }
    set_result(vcpu, value, 0, 0, 0);
    return 1;
}

NOINLINE static int psci_1_x(struct kvcpu *vcpu, uint32_t minor)
{
    switch (function_of(vcpu)) {
    case 0x8400000a:
        set_result(vcpu, NOT_SUPPORTED, 0, 0, 0);
        return 1;
    case 0x84000012:
        if (minor >= 1) {
            give_up("the guest resets");
        }
        return psci_0_2(vcpu);
    default:
        return psci_0_2(vcpu);
    }
}

/** A 32-bit guest may not use the functions of 64-bit ones. */
static bool is_for_guest(const struct kvcpu *vcpu, uint32_t function)
{
    return !((function & 0x40000000U) && (vcpu->arch.ctxt.pstate & 0x10));
}

NOINLINE static int psci(struct kvcpu *vcpu)
{
    uint32_t version = vcpu->vm->psci_version;

    if (!is_for_guest(vcpu, function_of(vcpu))) {
        set_result(vcpu, NOT_SUPPORTED, 0, 0, 0);
        return 1;
    }
    switch (version) {
    case 0x10003:
    case 0x10002:
    case 0x10001:
    case 0x10000:
        return psci_1_x(vcpu, version & 0xffff);
    default:
        return psci_0_2(vcpu);
    }
}

int smccc_call(struct kvcpu *vcpu)
{
    uint32_t function = function_of(vcpu);

    if (action_for(vcpu, function) == DENY) {
        set_result(vcpu, NOT_SUPPORTED, 0, 0, 0);
        return 1;
    }
    switch (function) {
    case 0x80000000:
        set_result(vcpu, 0x10001, 0, 0, 0);
        return 1;
    case 0x80000001:
    case 0xc5000020:
    case 0xc5000021:
    case 0x8600ff01:
    case 0x86000000:
    case 0x84000050:
    case 0x84000053:
        set_result(vcpu, 0, 0, 0, 0);
        return 1;
    default:
        return psci(vcpu);
    }
}
