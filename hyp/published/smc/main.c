/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file main.c
 * The round trip of a PSCI_VERSION call from Non-secure EL2 to an EL3 monitor and back, with the
 * caller's own saving, as TF-A's tests measured it for security advisory TFV-6. The time of many
 * calls is divided by their number, because one is a few ticks of the system counter.
 */
#include "barrier.h"
#include "board.h"
#include "mmu.h"
#include "monitor.h"
#include "pmu.h"
#include "report.h"
#include "smccc.h"
#include "sysreg.h"
#include "timer.h"

#define CALLS 100 /* a sample */
#define WARMUP 2
#define SAMPLES 20

/* SCR_EL3: Non-secure, HVC enabled, SMC not disabled, AArch64 below, RES1. */
#define SCR_NON_SECURE (BIT(0) | BIT(4) | BIT(5) | BIT(8) | BIT(10))
#define SPSR_EL2H_MASKED (UL(0x9) | SPSR_DAIF)

struct smc_values {
    uint64_t x[8];
};

struct smc_arguments {
    uint64_t fid, x[7];
};

struct smc_values smc_call(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4,
                           uint64_t x5, uint64_t x6, uint64_t x7);

static struct cpu_context non_secure;
extern char stacks[];

/** As the tests' library does it: arguments and results are structures. */
__attribute__((noinline)) static struct smc_values call(const struct smc_arguments *arguments)
{
    const uint64_t *x = arguments->x;

    return smc_call(arguments->fid, x[0], x[1], x[2], x[3], x[4], x[5], x[6]);
}

__attribute__((noinline)) static uint64_t get_version(void)
{
    struct smc_arguments arguments = { PSCI_VERSION, { 0 } };

    return call(&arguments).x[0];
}

static void caller(void)
{
    struct samples ticks = { 0 }, cycles = { 0 };
    uint64_t version = 0;

    mmu_on();
    for (unsigned i = 0; i < WARMUP + SAMPLES; i++) {
        uint64_t began = timer_count(), cycle = pmu_cycles();

        for (unsigned n = 0; n < CALLS; n++) {
            version = get_version();
        }
        if (i >= WARMUP) {
            samples_add(&cycles, pmu_cycles() - cycle);
            samples_add(&ticks, timer_count() - began);
        }
    }
    if (version != PSCI_VERSION_1_1) {
        give_up("PSCI_VERSION says something else");
    }
    report_scaled("smc.psci_version", &ticks, "ns", 1000000,
                  sysreg_read(CNTFRQ_EL0) / 1000 * CALLS);
    report_scaled("smc.psci_version_cycles", &cycles, "cycles", 1, CALLS);
    finish();
}

int main(void);

int main(void)
{
    services_init();
    sysreg_write(VBAR_EL3, (uint64_t)monitor_vectors);
    sysreg_write(MDCR_EL3, 0);
    sysreg_write(MDCR_EL2, sysreg_read(PMCR_EL0) >> PMCR_N_SHIFT & MASK(PMCR_N_WIDTH));
    sysreg_write(HCR_EL2, HCR_RW);
    sysreg_write(CPTR_EL2, CPTR_EL2_RES1);
    sysreg_write(SCTLR_EL2, SCTLR_EL2_RES1);
    sysreg_write(SP_EL2, (uint64_t)stacks + 2 * STACK_SIZE);
    pmu_start();
    non_secure.scr = SCR_NON_SECURE;
    non_secure.spsr = SPSR_EL2H_MASKED;
    non_secure.elr = (uint64_t)caller;
    monitor_exit(&non_secure);
}
