/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * FEAT_VHE (Arm ARM D8, "Virtualization Host Extensions"): which register a name reaches with HCR_EL2.E2H, the _EL12 and _EL02
 * names, routing by TGE, the trap controls of a host, and the EL2&0 translation regime with both of its
 * halves.
 */
    .arch   armv8.4-a
#include "macros.h"

#define HCR_E2H (HCR_RW | 1 << 34)
#define HCR_HOST (HCR_E2H | 1 << 27)
#define FPEN_ALL (3 << 20)

/* TCR_EL2 with E2H, as TCR_EL1: two halves of 39 bits. */
#define TCR_HOST (2 << 32 | 2 << 30 | 3 << 28 | 1 << 26 | 1 << 24 | 25 << 16 | 3 << 12 | 1 << 10 | 1 << 8 | 25)
#define SCTLR_EL2_OFF 0x30c50830
#define BLOCK 0x701
#define PAGE 0x703
#define AF 0x400
#define AP_EL0 0x40
#define AP_RO 0x80
#define PXN (1 << 53)
#define UXN (1 << 54)

/* Different values by the names of EL2 and EL1, read by the name of EL1 at EL2 and EL1. */
.macro redirect reg, a=0x11000, b=0x22000
    check   "\reg\()_EL2 as \reg\()_EL1", EL2H, "mrs x3, \reg\()_EL2; mrs x4, \reg\()_EL12; msr \reg\()_EL2, x0; msr \reg\()_EL12, x1; isb; mrs x0, \reg\()_EL1; msr \reg\()_EL2, x3; msr \reg\()_EL12, x4", \a, \b
    check   "\reg\()_EL1 as \reg\()_EL12", EL2H, "mrs x3, \reg\()_EL2; mrs x4, \reg\()_EL12; msr \reg\()_EL1, x0; msr \reg\()_EL12, x1; isb; mrs x0, \reg\()_EL12; msr \reg\()_EL2, x3; msr \reg\()_EL12, x4", \a, \b
.endm

.macro aliases el, at, how=check
    .irp    reg, SCTLR_EL12, CPACR_EL12, TTBR0_EL12, TTBR1_EL12, TCR_EL12, AFSR0_EL12, AFSR1_EL12, \
            ESR_EL12, FAR_EL12, MAIR_EL12, AMAIR_EL12, VBAR_EL12, CONTEXTIDR_EL12, \
            CNTKCTL_EL12, SPSR_EL12, ELR_EL12, \
            CNTP_TVAL_EL02, CNTP_CTL_EL02, CNTP_CVAL_EL02, CNTV_TVAL_EL02, CNTV_CTL_EL02, CNTV_CVAL_EL02
    \how    "\reg at \el", \at, "mrs x1, \reg"
    .endr
    .irp    reg, TTBR1_EL2, CONTEXTIDR_EL2, CNTHV_CTL_EL2, CNTHV_CVAL_EL2
    check   "\reg at \el", \at, "mrs x1, \reg"
    .endr
.endm

.macro host_el0
    check   "SVC", EL0T, "svc #5"
    check   "BRK", EL0T, "brk #5"
    check   "UDF", EL0T, "udf #5"
    check   "HVC", EL0T, "hvc #5"
    check   "CTR_EL0", EL0T, "mrs x0, CTR_EL0; mov x0, #0"
    check   "DAIF", EL0T, "mrs x0, DAIF"
    check   "DC CVAU", EL0T, "dc cvau, x0; mov x0, #0", 0x40200000
    check   "IC IVAU", EL0T, "ic ivau, x0; mov x0, #0", 0x40200000
    check   "CNTVCT_EL0", EL0T, "mrs x0, CNTVCT_EL0; mov x0, #0"
    check   "CNTPCT_EL0", EL0T, "mrs x0, CNTPCT_EL0; mov x0, #0"
    check   "CNTFRQ_EL0", EL0T, "mrs x0, CNTFRQ_EL0; mov x0, #0"
    check   "CNTV_CTL_EL0", EL0T, "mrs x0, CNTV_CTL_EL0; mov x0, #0"
    check   "CNTP_CVAL_EL0", EL0T, "mrs x0, CNTP_CVAL_EL0; mov x0, #0"
    check   "PMCR_EL0", EL0T, "mrs x0, PMCR_EL0; mov x0, #0"
    check   "FP", EL0T, "fmov d0, x0"
.endm

.macro fp
    check   "FP at EL0", EL0T, "fmov d0, x0"
    check   "FP at EL2", EL2H, "fmov d0, x0"
.endm

/* RET, unlike BR, leaves PSTATE.BTYPE 0 on cores that have it. */
.macro kinds text, address
    .irp    at, EL2H, EL0T
    check   "read, \text, \at", \at, "ldp w0, w1, [x0]; mov x0, #0", \address
    check   "write, \text, \at", \at, "stp wzr, wzr, [x0]; mov x0, #0", \address
    check   "fetch, \text, \at", \at, "ret x0", \address
    .endr
.endm

.macro flush
    tlbi    alle1
    tlbi    alle2
    dsb     sy
    isb
.endm

    .text
    .global test_main
test_main:
    stp     x29, x30, [sp, #-16]!
    title   "without E2H"
    /* UNDEFINED at EL2 (accessors of D24); QEMU 7.2 does not look at E2H, and traps the timers' to EL2. */
    aliases EL2, EL2H, own
    aliases EL1, EL1H
    title   "E2H"
    set     HCR_EL2, HCR_E2H
    set     CPTR_EL2, FPEN_ALL
    aliases EL2, EL2H
    aliases EL1, EL1H
    redirect TTBR0
    redirect TTBR1
    redirect FAR
    redirect ESR, 0x2000011, 0x4000022
    redirect ELR
    redirect SPSR, 0x3c5, 0x3c4
    redirect VBAR
    redirect MAIR
    redirect CONTEXTIDR
    redirect TCR, 0x190019, 0x180018
    check   "CPTR_EL2 as CPACR_EL1", EL2H, "msr CPACR_EL1, x0; isb; mrs x0, CPTR_EL2", (1 << 20)
    check   "CPACR_EL12", EL2H, "msr CPACR_EL12, x0; isb; mrs x0, CPTR_EL2; mrs x1, CPACR_EL12; add x0, x0, x1", (3 << 20)
    set     CPTR_EL2, FPEN_ALL
    check   "CNTHCTL_EL2 as CNTKCTL_EL1", EL2H, "msr CNTKCTL_EL1, x0; isb; mrs x0, CNTHCTL_EL2", 0xc03
    check   "CNTHP_CVAL_EL2 as CNTP_CVAL_EL0", EL2H, "msr CNTHP_CVAL_EL2, x0; msr CNTP_CVAL_EL02, x1; isb; mrs x0, CNTP_CVAL_EL0", 0x123, 0x456
    check   "CNTHV_CVAL_EL2 as CNTV_CVAL_EL0", EL2H, "msr CNTV_CVAL_EL0, x0; msr CNTV_CVAL_EL02, x1; isb; mrs x0, CNTHV_CVAL_EL2", 0x123, 0x456
    check   "CNTV_CVAL_EL0 at EL1", EL1H, "mrs x0, CNTV_CVAL_EL0"
    check   "CNTP_CVAL_EL0 at EL1", EL1H, "mrs x0, CNTP_CVAL_EL0"
    title   "E2H: controls of EL1"
    set     CNTHCTL_EL2, 3
    check   "CNTPCT_EL0 at EL1", EL1H, "mrs x0, CNTPCT_EL0"
    check   "CNTP_CTL_EL0 at EL1", EL1H, "mrs x0, CNTP_CTL_EL0"
    set     CNTHCTL_EL2, (1 << 10)
    check   "CNTPCT_EL0 at EL1, EL1PCTEN", EL1H, "mrs x0, CNTPCT_EL0; mov x0, #0"
    check   "CNTP_CTL_EL0 at EL1, EL1PCTEN", EL1H, "mrs x0, CNTP_CTL_EL0"
    set     CNTHCTL_EL2, (1 << 11)
    check   "CNTPCT_EL0 at EL1, EL1PTEN", EL1H, "mrs x0, CNTPCT_EL0"
    check   "CNTP_CTL_EL0 at EL1, EL1PTEN", EL1H, "mrs x0, CNTP_CTL_EL0; mov x0, #0"
    .irp    fpen, 0, 1, 2, 3
    title   "E2H: CPTR_EL2.FPEN \fpen"
    set     CPTR_EL2, (\fpen << 20)
    fp
    check   "FP at EL1", EL1H, "fmov d0, x0"
    .endr
    set     CPTR_EL2, (FPEN_ALL | 1 << 31)
    check   "CPACR_EL1 at EL1, TCPAC", EL1H, "mrs x0, CPACR_EL1"
    set     HCR_EL2, (HCR_E2H | 1 << 26)
    check   "TTBR0_EL1 at EL1, TVM", EL1H, "msr TTBR0_EL1, x0"
    check   "TTBR0_EL12 at EL2, TVM", EL2H, "msr TTBR0_EL12, x0"

    title   "host: E2H and TGE"
    set     HCR_EL2, HCR_HOST
    set     SCTLR_EL2, SCTLR_EL2_OFF
    set     CNTHCTL_EL2, 0
    set     CPTR_EL2, FPEN_ALL
    host_el0
    check   "return to EL1", EL1H, "nop"
    title   "host: SCTLR_EL2.UCT, UCI, CNTHCTL_EL2.EL0*, EL0 FP"
    set     SCTLR_EL2, (SCTLR_EL2_OFF | 1 << 15 | 1 << 26)
    set     CNTHCTL_EL2, 0x303
    host_el0
    title   "host: EL1's controls do not apply"
    set     S3_5_C1_C0_0, (SCTLR_EL1_OFF | 1 << 15 | 1 << 26)
    set     SCTLR_EL2, SCTLR_EL2_OFF
    set     CNTHCTL_EL2, 0
    set     S3_5_C14_C1_0, 0x303
    host_el0
    .irp    fpen, 0, 1, 2, 3
    title   "host: CPTR_EL2.FPEN \fpen"
    set     CPTR_EL2, (\fpen << 20)
    fp
    .endr

    title   "host: EL2&0 translation"
    set     CPTR_EL2, FPEN_ALL
    bl      map_image
    set     MAIR_EL2, 0x04ff
    set     TCR_EL2, TCR_HOST
    set     TTBR0_EL2, low_l1
    set     S3_4_C2_C0_1, high_l1       /* TTBR1_EL2 */
    flush
    set     SCTLR_EL2, (SCTLR_EL2_OFF | 1)
    kinds   "EL0 RW", 0x40200000
    kinds   "EL2 alone", 0x40400000
    kinds   "RO", 0x40600000
    kinds   "EL0 RO", 0x40800000
    kinds   "PXN", 0x40a00000
    kinds   "UXN", 0x40c00000
    kinds   "access flag", 0x40e00000
    kinds   "no entry", 0x41000000
    kinds   "L1 no entry", 0x3c0000000
    kinds   "high half", 0xffffff8040200000
    kinds   "high half, no entry", 0xffffff8000000000
    kinds   "between", 0x8000000000
    check   "SVC at EL0", EL0T, "svc #1"
    check   "AT S1E2R", EL2H, "at s1e2r, x0; isb; mrs x0, PAR_EL1", 0x40600010
    check   "AT S1E0W", EL2H, "at s1e0w, x0; isb; mrs x0, PAR_EL1", 0x40800010
    check   "AT S1E1W", EL2H, "at s1e1w, x0; isb; mrs x0, PAR_EL1", 0x40600010
    check   "AT S1E1R, high half", EL2H, "at s1e1r, x0; isb; mrs x0, PAR_EL1", 0xffffff8040200010
    set     TCR_EL2, (TCR_HOST | 1 << 23)
    flush
    kinds   "high half, EPD1", 0xffffff8040200000
    set     TCR_EL2, (TCR_HOST | 3 << 37)
    flush
    kinds   "tagged", 0x5a00000040200000
    kinds   "tagged high", 0x5affff8040200000
    set     SCTLR_EL2, SCTLR_EL2_OFF
    reset
    flush
    ldp     x29, x30, [sp], #16
    ret

/* image_l3: 0x40000000 to 0x40200000 as it is; the checked code read-only for EL0 too. */
map_image:
    adr_l   x0, image_l3
    mov     x1, #0x40000000
    adr_l   x2, cases_start
    adr_l   x3, cases_end
    mov     x6, #512
1:  mov     x4, #PAGE
    cmp     x1, x2
    b.lo    2f
    cmp     x1, x3
    b.hs    2f
    mov     x4, #(PAGE + AP_RO + AP_EL0)
2:  orr     x4, x4, x1
    str     x4, [x0], #8
    add     x1, x1, #4096
    subs    x6, x6, #1
    b.ne    1b
    ret

    .data
    .balign 4096
low_l1:
    .quad   0x00000000 + BLOCK + 4 + UXN + PXN, low_l2 + 3
    .fill   510, 8, 0
low_l2:
    .quad   image_l3 + 3, 0x40200000 + BLOCK + AP_EL0, 0x40400000 + BLOCK
    .quad   0x40600000 + BLOCK + AP_RO, 0x40800000 + BLOCK + AP_RO + AP_EL0
    .quad   0x40a00000 + BLOCK + PXN + AP_RO + AP_EL0, 0x40c00000 + BLOCK + UXN + AP_RO + AP_EL0
    .quad   0x40e00000 + BLOCK - AF
    .fill   504, 8, 0
high_l1:
    .quad   0, 0x40000000 + BLOCK + AP_EL0
    .fill   510, 8, 0

    .bss
    .balign 4096
image_l3:
    .skip   4096
