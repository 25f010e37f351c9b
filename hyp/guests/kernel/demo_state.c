/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file demo_state.c
 * Steps about state that must survive world switches: the task's registers, and the kernel's.
 */
#include "barrier.h"
#include "kernel.h"
#include "sysreg.h"

extern char task_text_start[], task_data_end[];

/* The registers to check; the first ones get a value that only this VM has. */
#define MARKED_REGISTERS(X) X(TPIDR_EL0) X(TPIDRRO_EL0) X(TPIDR_EL1) X(CONTEXTIDR_EL1)
#define OTHER_REGISTERS(X)                                                                         \
    X(SCTLR_EL1) X(TCR_EL1) X(TTBR1_EL1) X(MAIR_EL1) X(VBAR_EL1) X(CPACR_EL1) X(CNTKCTL_EL1)

struct registers {
#define FIELD(reg) uint64_t reg;
    MARKED_REGISTERS(FIELD) OTHER_REGISTERS(FIELD)
#undef FIELD
};

static struct registers expected;

void registers_set(void)
{
    uint64_t value = kernel.info->vm_id * 0x01010100;

#define SET(reg)                                                                                   \
    sysreg_write(reg, ++value);                                                                    \
    expected.reg = value;
    MARKED_REGISTERS(SET)
#undef SET
#define KEEP(reg) expected.reg = sysreg_read(reg);
    OTHER_REGISTERS(KEEP)
#undef KEEP
    isb();
}

void demo_registers(void)
{
    unsigned intact = 0;

#define CHECK(reg) intact += sysreg_read(reg) == expected.reg;
    MARKED_REGISTERS(CHECK)
    OTHER_REGISTERS(CHECK)
#undef CHECK
    report("registers: %u of %lu of EL1 are as they were set", intact,
           sizeof(expected) / sizeof(uint64_t));
}

/** Runs the task at EL0, with the timer going on meanwhile. */
void demo_task(void)
{
    uint64_t stack_top = TASK_VA + (uint64_t)(task_data_end - task_text_start);
    uint64_t before = kernel.ticks;
    uint64_t status;

    hypercall(HC_BARRIER, 0);
    irq_timer_start();
    status = task_enter(TASK_VA, stack_top);
    irq_wait(&kernel.ticks, before + 1);
    irq_timer_stop();
    report("task: exit status %lu, the timer went on meanwhile", status);
}
