/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file main.c
 * What kvm-unit-tests' arm/micro-bench calls `hvc` and `eoi`, by a guest of a kernel at EL2. As
 * there, each operation is a function that the loop calls through a table, and the physical counter
 * is read before and after each call, with a barrier before each reading; the sum is divided by the
 * number. Ticks being longer than what is measured, only the mean means anything. The call and a
 * reading are in the value, there and here. The EOI is that of a special interrupt number, by a
 * second pointer, with a barrier of its own; it changes nothing and does not trap.
 */
#include "barrier.h"
#include "board.h"
#include "el2.h"
#include "host.h"
#include "pmu.h"
#include "report.h"
#include "sysreg.h"
#include "timer.h"

#define WARMUP 64U
#define SAMPLES 4096U
#define SPURIOUS 1023U

#define HCR_E2H BIT(34)
#define ICC_SRE_EL2 S3_4_C12_C9_5
#define ICC_SRE_EL1 S3_0_C12_C12_5
#define ICC_EOIR1_EL1 S3_0_C12_C12_1
#define ICH_HCR_EL2 S3_4_C12_C11_0
#define ICH_VMCR_EL2 S3_4_C12_C11_7

static struct machine machine = { .capabilities = { BIT(CAN_RAS) | BIT(GICV3_INTERFACE) },
                                  .vmid_generation = 1UL << 16,
                                  .pes = { { .active_vmid = 1UL << 16 | 1 } } };
static struct run_page run_page;
static struct thread thread = { .time = { .state = TIME_SYSTEM } };
static struct vm vm = { .vmid = 1UL << 16 | 1,

                        .psci_version = 0x10003,
                        .has_vgic = true,
                        .has_pmu = true,
                        .pmu_counters = 6,
                        .machine = &machine };
static struct kvcpu vcpu = { .vm = &vm,
                             .thread = &thread,
                             .run = &run_page,
                             .pmu_loaded = true,
                             .ap_list = { &vcpu.ap_list, &vcpu.ap_list } };
static struct percpu percpu;

/* The guest's results: of the calls, only those that are done. */
static struct samples eoi, hvc;

static void gicv3_end(uint32_t intid)
{
    sysreg_write(ICC_EOIR1_EL1, intid);
    isb();
}

static void (*volatile end_of_interrupt)(uint32_t intid) = gicv3_end;

static void eoi_once(void)
{
    end_of_interrupt(SPURIOUS);
}

static void hvc_once(void)
{
    __asm__ volatile("mov w0, #0x4b000000\n"
                     "hvc #0" ::
                         : "x0", "x1", "x2", "x3", "memory");
}

static const volatile struct test {
    void (*once)(void);
    struct samples *samples;
    uint64_t times;
} tests[] = { { eoi_once, &eoi, WARMUP + SAMPLES }, { hvc_once, &hvc, UINT64_MAX } };

static void loop(const volatile struct test *test)
{
    for (uint64_t i = 0; i < test->times; i++) {
        uint64_t began = timer_count(), ticks;

        test->once();
        ticks = timer_count() - began;
        if (i >= WARMUP) {
            samples_add(test->samples, ticks);
        }
    }
}

static void guest(void)
{
    loop(&tests[0]);
    loop(&tests[1]);
}

/** One round more than samples: a sample is taken when the guest has gone on. */
static void host(void)
{
    for (unsigned i = 0; i < WARMUP + SAMPLES + 1; i++) {
        host_run_once(&vcpu);
    }
    report_ticks("vhe.hvc", &hvc);
    report_ticks("vhe.eoi", &eoi);
    finish();
}

int main(void);

int main(void)
{
    el2_prepare_guest(0);
    sysreg_write(ICC_SRE_EL2, 0xf);
    isb();
    sysreg_write(ICC_SRE_EL1, 7);
    sysreg_write(ICH_HCR_EL2, 1);
    vcpu.host_mdcr = sysreg_read(MDCR_EL2);
    vcpu.arch.hcr = HCR_E2H | HCR_RW | HCR_VM | HCR_SWIO | HCR_FMO | HCR_IMO | HCR_AMO | HCR_FB |
                    HCR_BSU_INNER | HCR_TSC | HCR_TIDCP | HCR_TACR | HCR_TSW;
    vcpu.arch.ctxt.pc = (uint64_t)guest;
    vcpu.arch.ctxt.pstate = SPSR_GUEST;
    sysreg_write(SP_EL1, el2_guest_stack());
    vhe_on();
    sysreg_write(TPIDR_EL2, (uint64_t)&percpu);
    sysreg_write(VBAR_EL2, (uint64_t)host_vectors);
    isb();
    host();
    return 0;
}
