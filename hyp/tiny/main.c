/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file main.c
 * The hypervisor tiny: sets up EL2 and its devices, makes two VMs and runs them. See README.md.
 */
#include "main.h"

#include "barrier.h"
#include "console.h"
#include "sched.h"
#include "stage2.h"
#include "sysreg.h"
#include "timer.h"
#include "vgic.h"
#include "vm.h"

/* A time slice is this part of a second: 200 us. */
#define SLICES_PER_SECOND 5000

static void interrupts_init(void)
{
    sysreg_write(ICC_SRE_EL2, ICC_SRE_SRE | ICC_SRE_DFB | ICC_SRE_DIB | ICC_SRE_ENABLE);
    isb();
    gic_init(&hyp.gic, BOARD_GICD_PA, BOARD_GICR_PA);
    gic_cpu_init(true);
    gic_enable(&hyp.gic, GIC_INTID_MAINTENANCE);
    gic_enable(&hyp.gic, GIC_INTID_CNTHP);
    gic_enable(&hyp.gic, GIC_INTID_CNTV);
    vgic_init();
}

/** The traps that are the same for both VMs, and the timers as a reset leaves them unknown. */
static void traps_init(void)
{
    sysreg_write(CPTR_EL2, CPTR_EL2_RES1 | CPTR_EL2_TCPAC);
    sysreg_write(MDCR_EL2, (sysreg_read(MDCR_EL2) & MDCR_HPMN_MASK) | MDCR_TPM | MDCR_TDA |
                               MDCR_TDOSA | MDCR_TDRA);
    sysreg_write(HSTR_EL2, 0);
    sysreg_write(CNTHCTL_EL2, 0);
    sysreg_write(CNTP_CTL_EL0, 0);
    sysreg_write(CNTV_CTL_EL0, 0);
    isb();
}

void hyp_main(void)
{
    console_init();
    hyp_print("tiny: at EL2, MMU and caches on");
    interrupts_init();
    traps_init();
    stage2_init();
    hyp.slice_ticks = timer_frequency() / SLICES_PER_SECOND;
    for (unsigned i = 0; i < VM_COUNT; i++) {
        vm_create(&hyp.vm[i], i);
    }
    sched_start();
}
