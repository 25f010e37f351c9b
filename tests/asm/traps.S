/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Trap controls (Arm ARM D1.3.7): with each control alone, the registers and instructions that it guards,
 * and some that it does not, at EL1 and EL0: who takes the exception, with which class and syndrome.
 */
#include "macros.h"

/* Values read depend on the core: only that a read is possible is printed. */
.macro reads el, at, regs:vararg
    .irp    reg, \regs
    check   "read \reg at \el", \at, "mrs x0, \reg; mov x0, #0"
    .endr
.endm

.macro writes el, at, regs:vararg
    .irp    reg, \regs
    check   "write \reg at \el", \at, "msr \reg, x0"
    .endr
.endm

.macro ops el, at, op, names:vararg
    .irp    name, \names
    check   "\op \name at \el", \at, "\op \name, x0; mov x0, #0", x0=0x40200000
    .endr
.endm

/* The registers of a group, with transfer registers other than x0 and x31 in a few. */
.macro virtual_memory
    reads   EL1, EL1H, SCTLR_EL1, TTBR0_EL1, TTBR1_EL1, TCR_EL1, ESR_EL1, FAR_EL1, AFSR0_EL1, AFSR1_EL1, \
            MAIR_EL1, AMAIR_EL1, CONTEXTIDR_EL1, VBAR_EL1, TPIDR_EL1, PAR_EL1
    check   "write SCTLR_EL1 at EL1", EL1H, "msr SCTLR_EL1, x0; mov x0, #0", x0=SCTLR_EL1_OFF
    writes  EL1, EL1H, TTBR0_EL1, TTBR1_EL1, TCR_EL1, ESR_EL1, FAR_EL1, AFSR0_EL1, AFSR1_EL1, \
            MAIR_EL1, AMAIR_EL1, CONTEXTIDR_EL1, TPIDR_EL1
    check   "read TCR_EL1 to x30", EL1H, "mrs x30, TCR_EL1"
    check   "write TTBR0_EL1 from xzr", EL1H, "msr TTBR0_EL1, xzr"
    check   "read SCTLR_EL1 at EL2", EL2H, "mrs x1, SCTLR_EL1"
.endm

.macro identification
    reads   EL1, EL1H, REVIDR_EL1, AIDR_EL1, CTR_EL0, CCSIDR_EL1, CLIDR_EL1, CSSELR_EL1, DCZID_EL0, MIDR_EL1, \
            MPIDR_EL1, ID_AA64PFR0_EL1, ID_AA64PFR1_EL1, ID_AA64DFR0_EL1, ID_AA64DFR1_EL1, ID_AA64ISAR0_EL1, \
            ID_AA64ISAR1_EL1, ID_AA64MMFR0_EL1, ID_AA64MMFR1_EL1, ID_AA64AFR0_EL1, ID_PFR0_EL1, ID_PFR1_EL1, \
            ID_DFR0_EL1, ID_MMFR0_EL1, ID_ISAR0_EL1, ID_ISAR5_EL1, MVFR0_EL1, MVFR2_EL1
    writes  EL1, EL1H, CSSELR_EL1
    reads   EL0, EL0T, CTR_EL0, DCZID_EL0
.endm

.macro maintenance el, at
    ops     \el, \at, dc, ivac, isw, csw, cisw, cvac, cvau, civac
    ops     \el, \at, ic, ivau
    check   "ic iallu at \el", \at, "ic iallu"
    check   "ic ialluis at \el", \at, "ic ialluis"
.endm

.macro tlb_maintenance
    ops     EL1, EL1H, tlbi, vae1, aside1, vaae1, vale1, vaale1, vae1is, aside1is, vaae1is, vale1is, vaale1is
    check   "tlbi vmalle1 at EL1", EL1H, "tlbi vmalle1"
    check   "tlbi vmalle1is at EL1", EL1H, "tlbi vmalle1is"
.endm

.macro floating_point
    .irp    at, EL0T, EL1H, EL2H
    check   "fmov d0, x0 at \at", \at, "fmov d0, x0"
    check   "ldr q0 at \at", \at, "ldr q0, [x0]; mov x0, #0", x0=0x40200000
    check   "movi v1 at \at", \at, "movi v1.2d, #0"
    check   "mrs FPCR at \at", \at, "mrs x0, FPCR"
    check   "msr FPSR at \at", \at, "msr FPSR, x0"
    .endr
    check   "read CPACR_EL1 at EL1", EL1H, "mrs x0, CPACR_EL1; mov x0, #0"
    check   "write CPACR_EL1 at EL1", EL1H, "mov x0, #3 << 20; msr CPACR_EL1, x0; mov x0, #0"
    check   "read CPACR_EL1 at EL2", EL2H, "mrs x0, CPACR_EL1; mov x0, #0"
.endm

.macro debug_registers
    reads   EL1, EL1H, MDSCR_EL1, DBGBCR0_EL1, DBGBVR0_EL1, DBGWCR0_EL1, DBGWVR0_EL1, MDCCSR_EL0, MDCCINT_EL1, \
            OSLSR_EL1, OSDLR_EL1, MDRAR_EL1
    writes  EL1, EL1H, MDSCR_EL1, DBGBVR0_EL1, OSLAR_EL1, OSDLR_EL1
    reads   EL0, EL0T, MDSCR_EL1, DBGBCR0_EL1, OSLSR_EL1
.endm

.macro monitors el, at
    reads   \el, \at, PMCR_EL0, PMCNTENSET_EL0, PMCNTENCLR_EL0, PMOVSCLR_EL0, PMSELR_EL0, PMCEID0_EL0, PMCEID1_EL0, \
            PMCCNTR_EL0, PMCCFILTR_EL0, PMUSERENR_EL0, PMINTENSET_EL1, PMINTENCLR_EL1, PMOVSSET_EL0
    writes  \el, \at, PMSELR_EL0, PMSWINC_EL0, PMCNTENCLR_EL0, PMCCNTR_EL0
.endm

.macro timers el, at
    reads   \el, \at, CNTFRQ_EL0, CNTPCT_EL0, CNTVCT_EL0, CNTP_CTL_EL0, CNTP_CVAL_EL0, CNTP_TVAL_EL0, \
            CNTV_CTL_EL0, CNTV_CVAL_EL0, CNTV_TVAL_EL0, CNTKCTL_EL1
    writes  \el, \at, CNTP_CTL_EL0, CNTP_CVAL_EL0, CNTV_CTL_EL0, CNTV_CVAL_EL0
.endm

/* ICC_*: group 0, group 1, common. */
.macro cpu_interface
    reads   EL1, EL1H, ICC_IAR0_EL1, ICC_HPPIR0_EL1, ICC_BPR0_EL1, ICC_AP0R0_EL1, ICC_IGRPEN0_EL1
    writes  EL1, EL1H, ICC_BPR0_EL1, ICC_IGRPEN0_EL1
    check   "write ICC_EOIR0_EL1", EL1H, "msr ICC_EOIR0_EL1, x0; mov x0, #0", x0=1023
    reads   EL1, EL1H, ICC_IAR1_EL1, ICC_HPPIR1_EL1, ICC_BPR1_EL1, ICC_AP1R0_EL1, ICC_IGRPEN1_EL1
    writes  EL1, EL1H, ICC_BPR1_EL1, ICC_IGRPEN1_EL1
    check   "write ICC_EOIR1_EL1", EL1H, "msr ICC_EOIR1_EL1, x0; mov x0, #0", x0=1023
    reads   EL1, EL1H, ICC_PMR_EL1, ICC_CTLR_EL1, ICC_RPR_EL1, ICC_SRE_EL1
    writes  EL1, EL1H, ICC_PMR_EL1, ICC_CTLR_EL1
    check   "write ICC_SGI1R_EL1", EL1H, "msr ICC_SGI1R_EL1, x0; mov x0, #0", x0=(1<<40)
    check   "write ICC_SGI0R_EL1", EL1H, "msr ICC_SGI0R_EL1, x0; mov x0, #0", x0=(1<<40)
    check   "write ICC_DIR_EL1", EL1H, "msr ICC_DIR_EL1, x0; mov x0, #0", x0=1023
.endm

.macro hcr bits, text
    title   "HCR_EL2.\text"
    reset
    set     HCR_EL2, (HCR_RW | \bits)
.endm

.macro control reg, value, text
    title   "\text"
    reset
    set     \reg, (\value)
.endm

    .text
    .global test_main
test_main:
    stp     x29, x30, [sp, #-16]!
    title   "nothing trapped"
    virtual_memory
    identification
    maintenance EL1, EL1H
    tlb_maintenance
    floating_point
    debug_registers
    monitors EL1, EL1H
    monitors EL0, EL0T
    timers  EL1, EL1H
    timers  EL0, EL0T
    cpu_interface

    hcr     1 << 26, TVM
    virtual_memory
    hcr     1 << 30, TRVM
    virtual_memory
    hcr     1 << 15, TID0
    identification
    hcr     1 << 16, TID1
    identification
    hcr     1 << 17, TID2
    identification
    hcr     1 << 18, TID3
    identification
    hcr     1 << 21, TACR
    reads   EL1, EL1H, ACTLR_EL1
    writes  EL1, EL1H, ACTLR_EL1
    hcr     1 << 22, TSW
    maintenance EL1, EL1H
    hcr     1 << 23, TPCP
    maintenance EL1, EL1H
    hcr     1 << 24, TPU
    maintenance EL1, EL1H
    hcr     1 << 25, TTLB
    tlb_maintenance
    hcr     1 << 28, TDZ
    ops     EL1, EL1H, dc, zva
    reads   EL1, EL1H, DCZID_EL0
    check   "DCZID_EL0.DZP at EL0", EL0T, "mrs x0, DCZID_EL0; and x0, x0, #16"
    check   "DCZID_EL0.DZP at EL1", EL1H, "mrs x0, DCZID_EL0; and x0, x0, #16"
    check   "DCZID_EL0.DZP at EL2", EL2H, "mrs x0, DCZID_EL0; and x0, x0, #16"
    hcr     1 << 13, TWI
    check   "WFI at EL1", EL1H, "wfi"
    set     SCTLR_EL1, (SCTLR_EL1_OFF | 5 << 16)
    check   "WFI at EL0", EL0T, "wfi"
    set     SCTLR_EL1, (SCTLR_EL1_OFF & ~(5 << 16))
    check   "WFI at EL0, nTWI clear", EL0T, "wfi"
    hcr     1 << 14, TWE
    /* The ERET has set the event register: the first WFE takes it. QEMU 7.2 has no WFE that waits. */
    own     "WFE at EL1", EL1H, "wfe; wfe"
    set     SCTLR_EL1, (SCTLR_EL1_OFF & ~(5 << 16))
    own     "WFE at EL0, nTWE clear", EL0T, "wfe; wfe"
    hcr     1 << 19, TSC
    check   "SMC at EL1", EL1H, "smc #0x4321"
    hcr     1 << 20, TIDCP
    /* QEMU 7.2 does not have this control. */
    own     "read S3_0_C11_C8_0 at EL1", EL1H, "mrs x0, S3_0_C11_C8_0"
    own     "write S3_7_C15_C0_0 at EL1", EL1H, "msr S3_7_C15_C0_0, x7"
    own     "read CPUACTLR_EL1 at EL1", EL1H, "mrs x0, S3_1_C15_C2_0"
    own     "SYS, CRn 11, at EL1", EL1H, "sys #0, c11, c0, #0, x3"
    own     "SYSL, CRn 15, at EL1", EL1H, "sysl x4, #3, c15, c1, #2"

    hcr     1 << 27, TGE
    check   "SVC at EL0", EL0T, "svc #5"
    check   "BRK at EL0", EL0T, "brk #5"
    check   "UDF at EL0", EL0T, "udf #5"
    check   "IL at EL0", EL0T | 1 << 20, "nop"
    check   "BR to 2 at EL0", EL0T, "br x0", x0=0x40000002
    check   "HVC at EL0", EL0T, "hvc #5"
    check   "SCTLR_EL1 at EL0", EL0T, "mrs x0, SCTLR_EL1"
    check   "CTR_EL0 at EL0", EL0T, "mrs x0, CTR_EL0"
    check   "CNTVCT_EL0 at EL0", EL0T, "mrs x0, CNTVCT_EL0"
    check   "PMCR_EL0 at EL0", EL0T, "mrs x0, PMCR_EL0"
    check   "DC CVAC at EL0", EL0T, "dc cvac, x0"
    check   "IC IVAU at EL0", EL0T, "ic ivau, x0"
    check   "DC ZVA at EL0", EL0T, "dc zva, x0"
    check   "return to EL1", EL1H, "nop"
    set     CPACR_EL1, 0
    check   "FP at EL0, CPACR_EL1.FPEN 0", EL0T, "fmov d0, x0"

    control CPTR_EL2, CPTR_EL2_OFF | 1 << 10, "CPTR_EL2.TFP"
    floating_point
    check   "undefined FP at EL1", EL1H, ".inst 0x1ee0fc00"
    control CPTR_EL2, CPTR_EL2_OFF | 1 << 31, "CPTR_EL2.TCPAC"
    floating_point
    control CPACR_EL1, 0, "CPACR_EL1.FPEN 0"
    floating_point
    control CPACR_EL1, 1 << 20, "CPACR_EL1.FPEN 1"
    floating_point
    control CPACR_EL1, 2 << 20, "CPACR_EL1.FPEN 2"
    floating_point
    title   "CPACR_EL1.FPEN 0 before CPTR_EL2.TFP"
    set     CPTR_EL2, CPTR_EL2_OFF | 1 << 10
    set     CPACR_EL1, 0
    check   "FP at EL1", EL1H, "fmov d0, x0"

    control MDCR_EL2, 6 | 1 << 9, "MDCR_EL2.TDA"
    debug_registers
    control MDCR_EL2, 6 | 1 << 10, "MDCR_EL2.TDOSA"
    debug_registers
    control MDCR_EL2, 6 | 1 << 11, "MDCR_EL2.TDRA"
    debug_registers
    control MDCR_EL2, 6 | 15 << 8, "MDCR_EL2.TDE"
    debug_registers
    check   "BRK at EL1", EL1H, "brk #1"
    check   "BRK at EL0", EL0T, "brk #2"
    check   "BRK at EL2", EL2H, "brk #3"
    control MDCR_EL2, 6 | 1 << 6, "MDCR_EL2.TPM"
    monitors EL1, EL1H
    control MDCR_EL2, 6 | 1 << 5, "MDCR_EL2.TPMCR"
    /* QEMU 7.2 does not have this control. */
    own     "read PMCR_EL0 at EL1", EL1H, "mrs x0, PMCR_EL0"
    reads   EL1, EL1H, PMCNTENSET_EL0, PMUSERENR_EL0
    control PMUSERENR_EL0, 1, "PMUSERENR_EL0.EN"
    monitors EL0, EL0T
    set     MDCR_EL2, 6 | 1 << 6
    monitors EL0, EL0T
    control PMUSERENR_EL0, 2, "PMUSERENR_EL0.SW"
    monitors EL0, EL0T
    control PMUSERENR_EL0, 4, "PMUSERENR_EL0.CR"
    monitors EL0, EL0T
    control PMUSERENR_EL0, 8, "PMUSERENR_EL0.ER"
    monitors EL0, EL0T

    control CNTHCTL_EL2, 0, "CNTHCTL_EL2 0"
    timers  EL1, EL1H
    set     CNTKCTL_EL1, 0x303
    timers  EL0, EL0T
    control CNTHCTL_EL2, 1, "CNTHCTL_EL2.EL1PCTEN"
    timers  EL1, EL1H
    control CNTHCTL_EL2, 2, "CNTHCTL_EL2.EL1PCEN"
    timers  EL1, EL1H
    .irp    bits, 0x1, 0x2, 0x100, 0x200, 0x303
    control CNTKCTL_EL1, \bits, "CNTKCTL_EL1 \bits"
    timers  EL0, EL0T
    .endr

    title   "SCTLR_EL1 for EL0"
    reset
    maintenance EL0, EL0T
    ops     EL0, EL0T, dc, zva
    set     SCTLR_EL1, (SCTLR_EL1_OFF | 1 << 26)
    title   "UCI"
    maintenance EL0, EL0T
    set     HCR_EL2, (HCR_RW | 1 << 23)
    ops     EL0, EL0T, dc, cvac, civac, cvau
    set     HCR_EL2, (HCR_RW | 1 << 24)
    ops     EL0, EL0T, dc, cvac, civac, cvau
    ops     EL0, EL0T, ic, ivau
    reset
    set     SCTLR_EL1, (SCTLR_EL1_OFF | 1 << 15)
    title   "UCT"
    reads   EL0, EL0T, CTR_EL0
    set     HCR_EL2, (HCR_RW | 1 << 17)
    reads   EL0, EL0T, CTR_EL0, CCSIDR_EL1
    reset
    set     SCTLR_EL1, (SCTLR_EL1_OFF | 1 << 14)
    set     HCR_EL2, (HCR_RW | 1 << 28)
    title   "DZE, TDZ"
    ops     EL0, EL0T, dc, zva
    reset
    set     SCTLR_EL1, (SCTLR_EL1_OFF | 1 << 9)
    title   "UMA"
    check   "MRS DAIF at EL0", EL0T, "mrs x0, DAIF"
    check   "MSR DAIF at EL0", EL0T, "msr DAIF, x0; mrs x0, DAIF", x0=0x3c0
    check   "MSR DAIFClr at EL0", EL0T, "msr DAIFClr, #8; mrs x0, DAIF"

    control S3_4_C12_C11_0, 1 << 10, "ICH_HCR_EL2.TC"
    cpu_interface
    control S3_4_C12_C11_0, 1 << 11, "ICH_HCR_EL2.TALL0"
    cpu_interface
    control S3_4_C12_C11_0, 1 << 12, "ICH_HCR_EL2.TALL1"
    cpu_interface
    control S3_4_C12_C9_5, 7, "ICC_SRE_EL2.Enable clear"
    /* The bit is RAO/WI in QEMU, which is permitted (IHI 0069, 12.2). */
    own     "read ICC_SRE_EL1 at EL1", EL1H, "mrs x0, ICC_SRE_EL1"
    reads   EL1, EL1H, ICC_PMR_EL1
    reset
    set     HCR_EL2, (HCR_RW | 1 << 4)
    title   "HCR_EL2.IMO"
    cpu_interface
    set     HCR_EL2, (HCR_RW | 1 << 3)
    title   "HCR_EL2.FMO"
    cpu_interface
    set     HCR_EL2, (HCR_RW | 3 << 3)
    set     S3_4_C12_C11_0, 1 << 14
    title   "ICH_HCR_EL2.TDIR"
    cpu_interface
    reset
    ldp     x29, x30, [sp], #16
    ret
