/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file abort.c
 * Stage 2 faults (Arm ARM D8.12): an emulated device, a page that comes at first touch, or an
 * access that the VM may not make, which is reported and answered with an external abort.
 */
#include "abort.h"

#include "barrier.h"
#include "console.h"
#include "esr.h"
#include "inject.h"
#include "mmio_trap.h"
#include "stage2.h"
#include "sysreg.h"
#include "vm.h"

/** Translates a VA by the VM's stage 1, as an EL1 read; zero if it does not translate. */
static uint64_t stage1_ipa(uint64_t va)
{
    uint64_t saved = sysreg_read(PAR_EL1);
    uint64_t par;

    __asm__ volatile("at s1e1r, %0" ::"r"(va) : "memory");
    isb();
    par = sysreg_read(PAR_EL1);
    sysreg_write(PAR_EL1, saved);
    return (par & PAR_F) ? 0 : (par & PAR_PA_MASK);
}

/**
 * The IPA that faulted. HPFAR_EL2 has its page after translation faults and after faults of a
 * stage 1 walk, but is UNKNOWN after permission faults (D19.2.62).
 */
static uint64_t fault_ipa(uint64_t esr, uint64_t va)
{
    uint64_t page;

    if ((esr & FSC_TYPE_MASK) == FSC_PERMISSION && !(esr & ISS_ABT_S1PTW)) {
        page = stage1_ipa(va);
    } else {
        page = FIELD_GET(sysreg_read(HPFAR_EL2), HPFAR_FIPA) << PAGE_SHIFT;
    }
    return page | (va & (PAGE_SIZE - 1));
}

static void refuse(struct vm *vm, uint64_t esr, uint64_t va, uint64_t ipa)
{
    bool is_fetch = FIELD_GET(esr, ESR_EC) == EC_IABT_LOWER;
    const char *kind = (esr & ISS_DABT_WNR) ? "write" : "read";

    vm->stats.contained++;
    hyp_print("vm%u: %s of IPA 0x%lx refused (stage 2 %s fault), external abort injected", vm->id,
              is_fetch ? "fetch" : kind, ipa,
              (esr & FSC_TYPE_MASK) == FSC_PERMISSION ? "permission" : "translation");
    inject_external_abort(vm, va, is_fetch);
}

void abort_trap(struct vm *vm, uint64_t esr)
{
    uint64_t va = sysreg_read(FAR_EL2);
    uint64_t ipa = fault_ipa(esr, va);
    bool is_data = FIELD_GET(esr, ESR_EC) == EC_DABT_LOWER;

    if ((esr & FSC_TYPE_MASK) == FSC_TRANSLATION && !(esr & ISS_ABT_S1PTW) &&
        ((is_data && mmio_trap(vm, esr, ipa)) || stage2_map_lazy(vm, ipa))) {
        return;
    }
    refuse(vm, esr, va, ipa);
}
