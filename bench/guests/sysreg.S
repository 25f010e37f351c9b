/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Reads of four ID registers at EL1, each trapped by HCR_EL2.TID3; the values go into the checksum.
 */
#include "macros.h"

    .text
/* EL1: x0 reads in all, a multiple of 4. */
function sysreg_el1
    mov     x19, x0
    mov     x21, #0
1:  mrs     x1, ID_AA64PFR0_EL1
    eor     x21, x1, x21, ror #7
    mrs     x12, ID_AA64DFR0_EL1
    eor     x21, x12, x21, ror #7
    mrs     x23, ID_AA64ISAR0_EL1
    eor     x21, x23, x21, ror #7
    mrs     x30, ID_AA64MMFR0_EL1
    eor     x21, x30, x21, ror #7
    add     x21, x21, x19
    subs    x19, x19, #4
    b.ne    1b
    mov     x0, x21
    hvc     #HVC_DONE
end_function sysreg_el1
