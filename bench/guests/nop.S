/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The benchmark that does nothing: its first instructions turn the machine off by PSCI. What it
 * takes is the start-up of the simulator, which bench/run subtracts from the other measurements.
 */
#include "macros.h"

    .section .text.start, "ax"
function _start
    ldr     w0, =PSCI_SYSTEM_OFF
    smc     #0
1:  wfi
    b       1b
end_function _start
