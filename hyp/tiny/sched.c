/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sched.c
 * Round robin over the VMs, with a time slice of the EL2 physical timer (Arm ARM D12.2, PPI 26).
 * A VM gives way when its slice ends, when it yields, and when it waits. A VM that sleeps in WFI
 * wakes by an interrupt or when its virtual timer is due; the same EL2 timer watches that, and the
 * VM that wakes runs at once. If all wait, the PE waits in WFI at EL2, with the last VM loaded.
 */
#include "sched.h"

#include "barrier.h"
#include "console.h"
#include "stats.h"
#include "timer.h"
#include "vgic.h"
#include "vm.h"
#include "vtimer.h"
#include "world_switch.h"

void vm_enter_first(struct vm *vm) __attribute__((noreturn));

static bool is_runnable(const struct vm *vm)
{
    if (vm->state == VM_WAIT_INTERRUPT) {
        return vgic_has_pending(vm) || (vm != hyp.loaded && vtimer_expired(vm));
    }
    return vm->state == VM_RUNNABLE;
}

/** The next VM after `vm` that can run, `vm` itself last; null if none can. */
static struct vm *pick_next(struct vm *vm)
{
    struct vm *next = vm;

    for (unsigned i = 0; i < VM_COUNT; i++) {
        next = &hyp.vm[next->id % VM_COUNT];
        if (is_runnable(next)) {
            return next;
        }
    }
    return NULL;
}

/** Sets the EL2 timer to `latest`, or earlier if a sleeping VM's timer is due before. */
static void arm_timer(uint64_t latest)
{
    for (unsigned i = 0; i < VM_COUNT; i++) {
        const struct vm *vm = &hyp.vm[i];

        if (vm != hyp.loaded && vm->state == VM_WAIT_INTERRUPT && vtimer_armed(vm) &&
            vtimer_deadline(vm) < latest) {
            latest = vtimer_deadline(vm);
        }
    }
    timer_el2_arm(latest);
}

/** Ends the run if no interrupt can make a VM runnable: each waits for the other one. */
static void check_progress(void)
{
    for (unsigned i = 0; i < VM_COUNT; i++) {
        if (hyp.vm[i].state == VM_WAIT_INTERRUPT) {
            return;
        }
    }
    hyp_panic("no VM can run: each waits for a call of the other");
}

/** Waits for an interrupt at EL2, where it is masked and so not taken, and serves it. */
static void idle(void)
{
    check_progress();
    arm_timer(UINT64_MAX);
    dsb_sy();
    wfi();
    sched_interrupt();
}

/** Gives way to the next VM that can run. */
static struct vm *switch_from(struct vm *vm)
{
    struct vm *next;

    for (next = pick_next(vm); !next; next = pick_next(vm)) {
        idle();
    }
    if (next != vm) {
        world_switch(vm, next);
    }
    next->state = VM_RUNNABLE;
    hyp.reschedule = false;
    arm_timer(timer_count() + hyp.slice_ticks);
    return next;
}

struct vm *sched_resume(struct vm *vm)
{
    if (hyp.reschedule || vm->state != VM_RUNNABLE) {
        vm = switch_from(vm);
    }
    vgic_flush(vm);
    return vm;
}

void sched_start(void)
{
    struct vm *first = &hyp.vm[0];

    hyp.turn = first->id;
    world_load(first);
    arm_timer(timer_count() + hyp.slice_ticks);
    vm_enter_first(first);
}

void sched_interrupt(void)
{
    uint32_t intid = gic_acknowledge();

    if (intid >= GIC_SPECIAL_FIRST) {
        return;
    }
    if (intid == GIC_INTID_CNTV) {
        vtimer_interrupt(hyp.loaded);
        gic_eoi(intid);
        return;
    }
    if (intid == GIC_INTID_CNTHP) {
        timer_el2_disarm();
        hyp.reschedule = true;
    } else if (intid == GIC_INTID_MAINTENANCE) {
        vgic_maintenance(hyp.loaded);
    } else {
        hyp_panic("interrupt %u was never enabled", intid);
    }
    gic_eoi(intid);
    gic_deactivate(intid);
}

void sched_wait_interrupt(struct vm *vm)
{
    vm->state = vgic_has_pending(vm) ? VM_RUNNABLE : VM_WAIT_INTERRUPT;
}

void sched_wait_turn(struct vm *vm)
{
    vm->state = hyp.turn == vm->id ? VM_RUNNABLE : VM_WAIT_TURN;
}

void sched_pass_turn(struct vm *vm)
{
    struct vm *next = vm;

    do {
        next = &hyp.vm[next->id % VM_COUNT];
    } while (next != vm && next->state == VM_OFF);
    hyp.turn = next->id;
    if (next->state == VM_WAIT_TURN) {
        next->state = VM_RUNNABLE;
    }
}

/** Lets everyone go once all VMs that are on wait at the barrier. */
static void check_barrier(void)
{
    for (unsigned i = 0; i < VM_COUNT; i++) {
        if (hyp.vm[i].state != VM_WAIT_BARRIER && hyp.vm[i].state != VM_OFF) {
            return;
        }
    }
    for (unsigned i = 0; i < VM_COUNT; i++) {
        if (hyp.vm[i].state == VM_WAIT_BARRIER) {
            hyp.vm[i].state = VM_RUNNABLE;
        }
    }
}

void sched_barrier(struct vm *vm)
{
    vm->state = VM_WAIT_BARRIER;
    check_barrier();
}

void sched_off(struct vm *vm)
{
    hyp_print("vm%u: off", vm->id);
    sched_pass_turn(vm);
    vm->state = VM_OFF;
    for (unsigned i = 0; i < VM_COUNT; i++) {
        if (hyp.vm[i].state != VM_OFF) {
            check_barrier();
            return;
        }
    }
    stats_print();
    hyp_print("all VMs are off: PSCI SYSTEM_OFF");
    hyp_off();
}
