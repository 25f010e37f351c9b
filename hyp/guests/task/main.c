/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file main.c
 * The guest's task at EL0: system calls, an access to its kernel's memory, which faults, and the
 * register pattern.
 */
#include "esr.h"
#include "hypercall.h"
#include "task.h"
#include "task_abi.h"

#define NULL_COUNT 500
#define PREEMPTIONS 8

/* Bits of the pattern's seed: they differ in every register of the two VMs. */
#define SEED(vm_id) ((vm_id)*0x0123456789abcd01UL)

uint64_t task_main(void)
{
    const struct guest_info *info = (const struct guest_info *)TASK_INFO_VA;
    struct guest_shared *shared = (struct guest_shared *)TASK_SHARED_VA;
    const volatile uint64_t *preemptions = &info->preemptions;
    uint64_t other = info->vm_id % VM_COUNT + 1;
    uint64_t failed = 0;

    for (unsigned i = 0; i < NULL_COUNT; i++) {
        failed |= task_null();
    }
    task_print(failed ? "task: system calls failed" : "task: at EL0, 500 system calls done");
    failed = task_read(KERNEL_VA(GUEST_RAM_IPA)) != FSC_PERMISSION;
    task_print(failed ? "task: read its kernel" : "task: its kernel's memory is out of reach");
    failed = pattern_hold(SEED(info->vm_id), preemptions, *preemptions + PREEMPTIONS,
                          &shared->task_done[info->vm_id], &shared->task_done[other]);
    task_print(failed ? "task: registers were lost over preemptions"
                      : "task: x8-x30, q0-q31, FPCR and FPSR intact over 8 preemptions");
    return failed;
}
