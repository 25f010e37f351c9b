/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file vm.c
 * Making a VM: scrubbed memory with the guest image, stage 2, and one vCPU in the state that a PE
 * has when it enters EL1 after reset (Arm ARM D1.3.1), MMU off, at the image's first instruction.
 */
#include "vm.h"

#include "cache.h"
#include "console.h"
#include "stage2.h"
#include "string.h"
#include "sysreg.h"
#include "vgic.h"
#include "vtimer.h"

#define VM_HCR                                                                                     \
    (HCR_VM | HCR_SWIO | HCR_FMO | HCR_IMO | HCR_AMO | HCR_FB | HCR_BSU_INNER | HCR_TWI |          \
     HCR_TID3 | HCR_TSC | HCR_TIDCP | HCR_TACR | HCR_TSW | HCR_RW)

extern const char guest_image_start[], guest_image_end[];

struct hyp hyp;

/**
 * Fills the VM's memory. The guest starts with its caches off, so all of it is cleaned to the
 * point of coherency, and its code is made visible to instruction fetch.
 */
static void load_image(unsigned index)
{
    void *ram = (void *)VM_RAM_PA(index);

    cache_zero(ram, GUEST_RAM_SIZE);
    memcpy(ram, guest_image_start, (size_t)(guest_image_end - guest_image_start));
    cache_flush(ram, GUEST_RAM_SIZE);
    cache_sync_code();
}

void vm_create(struct vm *vm, unsigned index)
{
    vm->id = index + 1;
    vm->state = VM_RUNNABLE;
    load_image(index);
    stage2_create(vm, index);
    vgic_create(vm);
    vtimer_create(vm);
    vm->hcr = VM_HCR | HCR_TVM;
    vm->el1.sctlr_el1 = SCTLR_EL1_RES1;
    vm->el1.vpidr_el2 = sysreg_read(MIDR_EL1);
    vm->el1.vmpidr_el2 = MPIDR_RES1 | ((uint64_t)vm->id << MPIDR_AFF1_SHIFT);
    vm->regs.elr = GUEST_RAM_IPA;
    vm->regs.spsr = SPSR_EL1H | SPSR_DAIF;
    hyp_print("vm%u: VMID %u, %lu MiB of RAM at IPA 0x%lx are PA 0x%lx", vm->id, vm->id,
              GUEST_RAM_SIZE >> 20, GUEST_RAM_IPA, VM_RAM_PA(index));
}
