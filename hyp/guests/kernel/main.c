/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file main.c
 * The guest's kernel from the moment its MMU is on: it runs the demonstration step by step and
 * turns its VM off. Both VMs run the same image; what they print is the same but for their id.
 */
#include "kernel.h"
#include "pl011.h"
#include "sysreg.h"

__attribute__((noreturn)) void kernel_main(void);

struct kernel kernel;

static void (*const steps[])(void) = {
    demo_identify, demo_timer, demo_sgi,    demo_hypercalls, demo_doorbell,
    demo_lazy,     demo_remap, demo_probes, demo_task,       demo_registers,
};

/** Lets EL1 and EL0 use FP, and sets debug as a kernel does that uses none. */
static void registers_init(void)
{
    sysreg_write(CPACR_EL1, CPACR_FPEN);
    sysreg_write(MDSCR_EL1, 0);
    sysreg_write(OSLAR_EL1, 0);
    sysreg_write(CNTKCTL_EL1, CNTKCTL_EL0VCTEN);
}

void kernel_main(void)
{
    kernel.info = (const struct guest_info *)KERNEL_VA(GUEST_INFO_IPA);
    registers_init();
    registers_set();
    mmu_use_task_tables();
    pl011_init(KERNEL_VA(GUEST_UART_IPA));
    irq_init();
    report("kernel: at EL1, MMU on, IPA 0x%lx is at VA 0x%lx", GUEST_RAM_IPA,
           KERNEL_VA(GUEST_RAM_IPA));
    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        steps[i]();
    }
    hypercall(HC_WAIT_TURN, 0);
    print_line("kernel: done");
    for (;;) {
        hypercall(PSCI_SYSTEM_OFF, 0);
    }
}
