/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file layout.h
 * Where things are on QEMU's virt board, physical addresses.
 */
#pragma once

#include "bits.h"
#include "hypercall.h"
#include "sysreg.h"

#define BOARD_GICD_PA UL(0x08000000)
#define BOARD_GICR_PA UL(0x080a0000)
#define BOARD_UART_PA UL(0x09000000)

/* RAM starts at 0x40000000, with the device tree, which may take 1 MiB. */
#define TINY_PA UL(0x40200000)
#define VM_RAM_PA(index) (UL(0x42000000) + (index)*GUEST_RAM_SIZE)
#define LAZY_POOL_PA VM_RAM_PA(VM_COUNT)
#define LAZY_POOL_SIZE UL(0x00200000)

/* EL2 stage 1: 32-bit addresses, 4 KiB granule, cacheable walks. */
#define HYP_TCR                                                                                    \
    (TCR_EL2_RES1 | TCR_T0SZ(32) | TCR_IRGN0_WBWA | TCR_ORGN0_WBWA | TCR_SH0_INNER | TCR_TG0_4K |  \
     TCR_EL2_PS_32)
#define HYP_SCTLR (SCTLR_EL2_RES1 | SCTLR_M | SCTLR_A | SCTLR_C | SCTLR_SA | SCTLR_I)
