/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file hv_main.c
 * The hypervisor's start: one VM, whose program is irqlat.c, with the virtual timer's interrupt
 * and a distributor of its own (stage 2 maps the physical one, which the measured path does not
 * touch).
 */
#include "barrier.h"
#include "board.h"
#include "el2.h"
#include "gicv2.h"
#include "hv.h"
#include "report.h"
#include "sysreg.h"

#define INTID_MAINTENANCE 25U

/* A VM and its vCPUs are one allocation, in pages of its own; its shared interrupts are another. */
static struct {
    struct hv_vm vm;
    struct hv_vcpu vcpus[1];
} partition __attribute__((aligned(HV_PAGE)));
static struct hv_interrupt shared[HV_INTERRUPTS - HV_PRIVATE] __attribute__((aligned(HV_PAGE)));
static struct hv_pe pe __attribute__((aligned(HV_PAGE)));

int guest_main(void);
int main(void);

static void guest(void)
{
    guest_main();
    finish();
}

int main(void)
{
    struct hv_vm *vm = &partition.vm;
    struct hv_vcpu *vcpu = &partition.vcpus[0];

    pe.vcpu = vcpu;
    vcpu->vm = vm;
    vm->vcpus = partition.vcpus;
    vm->distributor.interrupts = shared;
    vm->distributor.interrupt_count = HV_INTERRUPTS;
    vm->interrupts[0] = 1U << INTID_CNTV;
    hv_gic_frames(BOARD_GICD, BOARD_GICC, BOARD_GICH);
    hv_gic_on();
    hv_vgic_init(vcpu);
    hv_interrupt_own(INTID_MAINTENANCE, hv_maintenance);
    gicv2_enable_private(BOARD_GICD, INTID_MAINTENANCE);
    el2_prepare_guest(HCR_IMO | HCR_FMO | HCR_AMO);
    sysreg_write(SP_EL1, el2_guest_stack());
    vcpu->regs.elr = (uint64_t)guest;
    vcpu->regs.spsr = SPSR_GUEST;
    hv_begin(&pe);
}
