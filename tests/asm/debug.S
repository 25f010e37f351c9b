/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Self-hosted debug (Arm ARM, chapter D2): software step, breakpoints and watchpoints, with their routing,
 * enables, links and syndromes.
 */
#include "macros.h"

#define SS (1 << 21)
#define MDSCR_SS 1
#define MDSCR_KDE (1 << 13)
#define MDSCR_MDE (1 << 15)
/* The same with D, which masks debug exceptions of the EL that takes them, clear. */
#define EL1H_OPEN 0x1c5
#define EL2H_OPEN 0x1c9

#define E 1
#define PMC_EL1 (1 << 1)
#define PMC_EL0 (2 << 1)
#define PMC_ALL (3 << 1)
#define BAS_WORD (0xf << 5)
#define HMC (1 << 13)
#define SSC_NS (1 << 14)
#define BT(n) ((n) << 20)
#define BPLBN(n) ((n) << 16)
#define WLINK(n) (1 << 20 | (n) << 16)
#define LOADS (1 << 3)
#define STORES (2 << 3)
#define BAS(n) ((n) << 5)
#define WMASK(n) ((n) << 24)
#define DATA 0x40180000

/* MDCR_EL2.HPMN stays; TDE comes with TDA, TDOSA and TDRA here. */
.macro to_el2
    mrs     x0, MDCR_EL2
    orr     x0, x0, #0xf00
    msr     MDCR_EL2, x0
    isb
.endm

.macro start
    reset
    set     OSLAR_EL1, 0
.endm

.macro steps at
    check   "NOP", \at + SS, "nop; nop"
    check   "SS clear", \at, "nop; nop"
    check   "LDXR", \at + SS, "ldxr x2, [x1]; nop", 0, DATA
    check   "LDAXP", \at + SS, "ldaxp x2, x3, [x1]; nop", 0, DATA
    check   "LDR", \at + SS, "ldr x2, [x1]; nop", 0, DATA
    check   "STXR", \at + SS, "stxr w2, x3, [x1]; nop", 0, DATA
    check   "B", \at + SS, "b 1f; nop; nop; 1: nop"
    check   "BR", \at + SS, "adr x0, 1f; nop; nop; 1: nop"
    check   "SVC", \at + SS, "svc #1; nop"
    check   "BRK", \at + SS, "brk #1; nop"
    check   "UDF", \at + SS, "udf #1; nop"
    check   "ISB", \at + SS, "isb; nop"
.endm

.macro breakpoint n, address, control
    set     DBGBVR\n\()_EL1, \address
    set     DBGBCR\n\()_EL1, (\control)
.endm

.macro watchpoint n, address, control
    set     DBGWVR\n\()_EL1, \address
    set     DBGWCR\n\()_EL1, (\control)
.endm

    .text
    .global test_main
test_main:
    stp     x29, x30, [sp, #-16]!

    title   "software step to EL2"
    start
    to_el2
    set     MDSCR_EL1, MDSCR_SS
    steps   EL1H
    check   "HVC", EL1H + SS, "hvc #1; nop"
    check   "at EL0", EL0T + SS, "nop; nop"
    check   "SVC at EL0", EL0T + SS, "svc #1; nop"
    check   "at EL2, which is the target", EL2H_OPEN + SS, "nop; nop"
    set     MDSCR_EL1, MDSCR_SS + MDSCR_KDE
    check   "at EL2 with KDE", EL2H_OPEN + SS, "nop; nop"
    check   "at EL2 with KDE, masked", EL2H + SS, "nop; nop"
    check   "at EL2, unmasking", EL2H + SS, "msr daifclr, #8; nop; nop"
    set     MDSCR_EL1, 0
    check   "without MDSCR_EL1.SS", EL1H + SS, "nop; nop"

    title   "software step to EL1"
    start
    set     MDSCR_EL1, MDSCR_SS
    steps   EL0T
    check   "at EL1, without KDE", EL1H_OPEN + SS, "nop; nop"
    set     MDSCR_EL1, MDSCR_SS + MDSCR_KDE
    check   "at EL1, with KDE", EL1H_OPEN + SS, "nop; nop"
    check   "at EL1, masked", EL1H + SS, "nop; nop"
    set     OSLAR_EL1, 1
    /* QEMU 7.2 looks at bit <0> of OSLSR_EL1 instead of OSLK. */
    own     "with the OS lock", EL0T + SS, "nop; nop"
    set     OSLAR_EL1, 0
    set     HCR_EL2, HCR_RW | HCR_TGE
    check   "at EL0 with TGE", EL0T + SS, "nop; nop"

    title   "breakpoints"
    start
    set     MDSCR_EL1, MDSCR_MDE
    breakpoint 0, bp_el0, (E | PMC_EL0 | BAS_WORD)
    check   "EL0", EL0T, "nop; .global bp_el0; bp_el0: nop; nop"
    breakpoint 0, bp_first, (E | PMC_EL0 | BAS_WORD)
    check   "the first instruction", EL0T, ".global bp_first; bp_first: nop; nop"
    breakpoint 0, bp_branch, (E | PMC_EL0 | BAS_WORD)
    check   "a branch's target", EL0T, "b bp_branch; nop; .global bp_branch; bp_branch: nop; nop"
    breakpoint 0, bp_off, (PMC_EL0 | BAS_WORD)
    check   "not enabled", EL0T, "nop; .global bp_off; bp_off: nop"
    breakpoint 0, bp_other, (E | PMC_EL1 | BAS_WORD)
    check   "of EL1, at EL0", EL0T, "nop; .global bp_other; bp_other: nop"
    breakpoint 0, bp_kde, (E | PMC_ALL | BAS_WORD)
    check   "of EL1, at EL1 without KDE", EL1H_OPEN, "nop; .global bp_kde; bp_kde: nop"
    set     MDSCR_EL1, MDSCR_MDE + MDSCR_KDE
    breakpoint 0, bp_el1, (E | PMC_ALL | BAS_WORD)
    check   "of EL1, at EL1 with KDE", EL1H_OPEN, "nop; .global bp_el1; bp_el1: nop"
    check   "of EL1, at EL1, masked", EL1H, "ldr x0, =bp_el1; msr DBGBVR0_EL1, x0; isb; nop"
    set     MDSCR_EL1, MDSCR_KDE
    breakpoint 0, bp_mde, (E | PMC_ALL | BAS_WORD)
    check   "without MDE", EL1H_OPEN, "nop; .global bp_mde; bp_mde: nop"
    set     MDSCR_EL1, MDSCR_MDE
    breakpoint 0, bp_secure, (E | PMC_ALL | BAS_WORD | SSC_NS)
    check   "of the Non-secure state", EL0T, "nop; .global bp_secure; bp_secure: nop"
    to_el2
    breakpoint 1, bp_tde, (E | PMC_ALL | BAS_WORD)
    check   "to EL2", EL1H, "nop; .global bp_tde; bp_tde: nop"
    set     MDSCR_EL1, MDSCR_MDE + MDSCR_KDE
    breakpoint 1, bp_hyp, (E | PMC_ALL | BAS_WORD | HMC)
    check   "at EL2", EL2H_OPEN, "nop; .global bp_hyp; bp_hyp: nop"
    breakpoint 1, bp_nohmc, (E | PMC_ALL | BAS_WORD)
    check   "not of EL2, at EL2", EL2H_OPEN, "nop; .global bp_nohmc; bp_nohmc: nop"
    breakpoint 1, 0, 0
    set     MDSCR_EL1, MDSCR_MDE
    check   "BRK to EL2", EL1H, "brk #2"

    title   "context breakpoints"
    start
    set     MDSCR_EL1, MDSCR_MDE
    set     CONTEXTIDR_EL1, 0x1234
    breakpoint 5, 0x1234, (E | PMC_ALL | BAS_WORD | BT(3))
    breakpoint 0, bp_linked, (E | PMC_ALL | BAS_WORD | BT(1) | BPLBN(5))
    check   "linked, CONTEXTIDR_EL1 matches", EL0T, "nop; .global bp_linked; bp_linked: nop"
    breakpoint 5, 0x1235, (E | PMC_ALL | BAS_WORD | BT(3))
    breakpoint 0, bp_unlinked, (E | PMC_ALL | BAS_WORD | BT(1) | BPLBN(5))
    check   "linked, CONTEXTIDR_EL1 is another", EL0T, "nop; .global bp_unlinked; bp_unlinked: nop"
    set     VTTBR_EL2, 0x0042000000000000
    breakpoint 5, 0x0000004200000000, (E | PMC_ALL | BAS_WORD | BT(9))
    breakpoint 0, bp_vmid, (E | PMC_ALL | BAS_WORD | BT(1) | BPLBN(5))
    /* QEMU 7.2 has no breakpoints by VMID. */
    own     "linked, VMID matches", EL0T, "nop; .global bp_vmid; bp_vmid: nop"
    breakpoint 5, 0x0000004300000000, (E | PMC_ALL | BAS_WORD | BT(9))
    breakpoint 0, bp_novmid, (E | PMC_ALL | BAS_WORD | BT(1) | BPLBN(5))
    check   "linked, VMID is another", EL0T, "nop; .global bp_novmid; bp_novmid: nop"
    breakpoint 5, 0, 0
    breakpoint 0, 0, 0

    title   "watchpoints"
    start
    set     MDSCR_EL1, MDSCR_MDE
    watchpoint 0, DATA, (E | PMC_ALL | LOADS | STORES | BAS(0xff))
    check   "load", EL0T, "nop; ldr x0, [x1]; nop", 0, DATA
    check   "pair", EL0T, "ldp x2, x3, [x1]", 0, DATA - 8
    check   "store", EL0T, "nop; str x0, [x1]; nop", 0, DATA
    check   "store of a pair", EL0T, "stp x2, x3, [x1]", 0, DATA - 8
    check   "word before", EL0T, "ldr w0, [x1, #-4]", 0, DATA
    check   "word after", EL0T, "ldr w0, [x1, #8]", 0, DATA
    check   "byte within", EL0T, "ldrb w0, [x1, #5]", 0, DATA
    check   "LDXR", EL0T, "ldxr x0, [x1]", 0, DATA
    check   "prefetch", EL0T, "prfm pldl1keep, [x1]", 0, DATA
    watchpoint 0, DATA, (E | PMC_ALL | LOADS | BAS(0xff))
    check   "loads: store", EL0T, "str w0, [x1]", 0, DATA
    check   "loads: load", EL0T, "ldr w0, [x1]", 0, DATA
    watchpoint 0, DATA, (E | PMC_ALL | STORES | BAS(0xff))
    check   "stores: store", EL0T, "str w0, [x1]", 0, DATA
    check   "stores: load", EL0T, "ldr w0, [x1]", 0, DATA
    watchpoint 0, DATA, (E | PMC_ALL | LOADS | BAS(0x0c))
    check   "bytes 2 and 3: byte 1", EL0T, "ldrb w0, [x1, #1]", 0, DATA
    check   "bytes 2 and 3: byte 2", EL0T, "ldrb w0, [x1, #2]", 0, DATA
    check   "bytes 2 and 3: byte 4", EL0T, "ldrb w0, [x1, #4]", 0, DATA
    check   "bytes 2 and 3: doubleword", EL0T, "ldr x0, [x1]", 0, DATA
    watchpoint 0, DATA + 4, (E | PMC_ALL | LOADS | BAS(0x0f))
    check   "upper word: lower word", EL0T, "ldr w0, [x1]", 0, DATA
    check   "upper word: upper word", EL0T, "ldr w0, [x1, #4]", 0, DATA
    watchpoint 0, DATA, (E | PMC_ALL | LOADS | BAS(0xff) | WMASK(6))
    check   "64 bytes: the last", EL0T, "ldrb w0, [x1, #63]", 0, DATA
    check   "64 bytes: the next", EL0T, "ldrb w0, [x1, #64]", 0, DATA
    watchpoint 0, DATA, (E | PMC_EL1 | LOADS | BAS(0xff))
    check   "of EL1, at EL0", EL0T, "ldr x0, [x1]", 0, DATA
    watchpoint 0, DATA, (E | PMC_EL0 | LOADS | BAS(0xff))
    set     MDSCR_EL1, MDSCR_MDE + MDSCR_KDE
    check   "of EL0, LDTR at EL1", EL1H_OPEN, "ldtr x0, [x1]", 0, DATA
    check   "of EL0, LDR at EL1", EL1H_OPEN, "ldr x0, [x1]", 0, DATA
    watchpoint 0, DATA, (E | PMC_ALL | LOADS | BAS(0xff))
    check   "at EL1 with KDE", EL1H_OPEN, "ldr x0, [x1]", 0, DATA
    check   "at EL1, masked", EL1H, "ldr x0, [x1]", 0, DATA
    to_el2
    check   "to EL2", EL1H, "ldr x0, [x1]", 0, DATA
    watchpoint 0, DATA, (E | PMC_ALL | LOADS | BAS(0xff) | HMC)
    check   "at EL2", EL2H_OPEN, "ldr x0, [x1]", 0, DATA
    set     MDSCR_EL1, MDSCR_MDE
    set     CONTEXTIDR_EL1, 0x77
    breakpoint 4, 0x77, (E | PMC_ALL | BAS_WORD | BT(3))
    watchpoint 1, DATA + 64, (E | PMC_ALL | LOADS | BAS(0xff) | WLINK(4))
    check   "linked, CONTEXTIDR_EL1 matches", EL1H, "ldr x0, [x1]", 0, DATA + 64
    set     CONTEXTIDR_EL1, 0x78
    check   "linked, CONTEXTIDR_EL1 is another", EL1H, "ldr x0, [x1]", 0, DATA + 64
    set     MDSCR_EL1, 0
    check   "without MDE", EL1H, "ldr x0, [x1]", 0, DATA

    reset
    ldp     x29, x30, [sp], #16
    ret
