/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file layout.h
 * Virtual addresses in a guest. The kernel is in the upper half (TTBR1_EL1), where every IPA is at
 * a constant distance, global; the task is in the lower half (TTBR0_EL1), by ASID. Both VMs use the
 * same virtual addresses, IPAs and ASID: only the VMID tells their TLB entries apart.
 */
#pragma once

#include "bits.h"
#include "hypercall.h"
#include "sysreg.h"
#include "task_abi.h"

/* A page that is mapped to one IPA and then another. */
#define WINDOW_VA KERNEL_VA(UL(0x70000000))

#define VA_BITS 39

/* Both halves: 39-bit addresses, 4 KiB granule, cacheable walks; 32-bit IPAs. */
#define KERNEL_TCR                                                                                 \
    (TCR_T0SZ(VA_BITS) | TCR_IRGN0_WBWA | TCR_ORGN0_WBWA | TCR_SH0_INNER | TCR_TG0_4K |            \
     TCR_T1SZ(VA_BITS) | TCR_IRGN1_WBWA | TCR_ORGN1_WBWA | TCR_SH1_INNER | TCR_TG1_4K |            \
     TCR_EL1_IPS_32)
#define KERNEL_SCTLR (SCTLR_EL1_RES1 | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_SA0 | SCTLR_I)

#define TASK_ASID UL(1)
#define KERNEL_STACK_SIZE 8192
