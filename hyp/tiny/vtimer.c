/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file vtimer.c
 * The EL1 virtual timer (Arm ARM D12.2). A VM uses CNTV_*_EL0 without traps. The interrupt, PPI 27,
 * is taken at EL2 and goes to the VM by a list register with HW set: the guest's EOI deactivates
 * the physical interrupt too, which until then is active and so cannot fire again.
 *
 * The physical active state is therefore part of the VM's state. A VM that is switched out does
 * not get the interrupt, but its time goes on: the scheduler wakes it when it is due.
 */
#include "vtimer.h"

#include "barrier.h"
#include "sysreg.h"
#include "timer.h"
#include "vgic.h"
#include "vm.h"

void vtimer_create(struct vm *vm)
{
    vm->vtimer.ctl = 0;
    vm->vtimer.cval = 0;
    vm->vtimer.offset = timer_count();
}

void vtimer_save(struct vm *vm)
{
    vm->vtimer.ctl = sysreg_read(CNTV_CTL_EL0);
    vm->vtimer.cval = sysreg_read(CNTV_CVAL_EL0);
    sysreg_write(CNTV_CTL_EL0, 0);
    isb();
    if (vgic_in_flight(vm, GIC_INTID_CNTV)) {
        gic_set_active(&hyp.gic, GIC_INTID_CNTV, false);
    }
}

void vtimer_restore(struct vm *vm)
{
    if (vtimer_expired(vm)) {
        vgic_pend(vm, GIC_INTID_CNTV);
    }
    if (vgic_in_flight(vm, GIC_INTID_CNTV)) {
        gic_set_active(&hyp.gic, GIC_INTID_CNTV, true);
    }
    sysreg_write(CNTVOFF_EL2, vm->vtimer.offset);
    sysreg_write(CNTV_CVAL_EL0, vm->vtimer.cval);
    sysreg_write(CNTV_CTL_EL0, vm->vtimer.ctl);
}

void vtimer_interrupt(struct vm *vm)
{
    vgic_pend(vm, GIC_INTID_CNTV);
}

bool vtimer_armed(const struct vm *vm)
{
    return (vm->vtimer.ctl & (CNT_CTL_ENABLE | CNT_CTL_IMASK)) == CNT_CTL_ENABLE;
}

uint64_t vtimer_deadline(const struct vm *vm)
{
    return vm->vtimer.cval + vm->vtimer.offset;
}

bool vtimer_expired(const struct vm *vm)
{
    return vtimer_armed(vm) && timer_count() >= vtimer_deadline(vm);
}
