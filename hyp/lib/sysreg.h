/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sysreg.h
 * Access to system registers, and the names of the bits that this software uses (Arm ARM
 * DDI 0487 D19; GIC registers: IHI 0069 chapter 12). Only Armv8.0-A is assumed.
 */
#pragma once

#include "bits.h"

#ifndef __ASSEMBLER__
#include <stdint.h>

#define sysreg_read(reg)                                                                           \
    ({                                                                                             \
        uint64_t sysreg_value_;                                                                    \
        __asm__ volatile("mrs %0, " #reg : "=r"(sysreg_value_)::"memory");                         \
        sysreg_value_;                                                                             \
    })

#define sysreg_write(reg, value)                                                                   \
    ({                                                                                             \
        uint64_t sysreg_input_ = (value);                                                          \
        __asm__ volatile("msr " #reg ", %x0" ::"rZ"(sysreg_input_) : "memory");                    \
    })
#endif

/* CurrentEL, bits [3:2]. */
#define CURRENTEL_EL1 (UL(1) << 2)
#define CURRENTEL_EL2 (UL(2) << 2)

/* SPSR_ELx: mode in [3:0], masks DAIF in [9:6]. */
#define SPSR_MODE_MASK MASK(4)
#define SPSR_EL0T UL(0x0)
#define SPSR_EL1H UL(0x5)
#define SPSR_DAIF (UL(0xf) << 6)
#define SPSR_NZCV (UL(0xf) << 28)

/* HCR_EL2 (D19.2.48): what traps to EL2 and how EL1&0 is translated. */
#define HCR_VM BIT(0)
#define HCR_SWIO BIT(1)
#define HCR_FMO BIT(3)
#define HCR_IMO BIT(4)
#define HCR_AMO BIT(5)
#define HCR_FB BIT(9)
#define HCR_BSU_INNER (UL(1) << 10)
#define HCR_TWI BIT(13)
#define HCR_TID3 BIT(18)
#define HCR_TSC BIT(19)
#define HCR_TIDCP BIT(20)
#define HCR_TACR BIT(21)
#define HCR_TSW BIT(22)
#define HCR_TVM BIT(26)
#define HCR_RW BIT(31)

/* CPTR_EL2 with HCR_EL2.E2H = 0 (D19.2.32): RES1 bits, and the trap of CPACR_EL1. */
#define CPTR_EL2_RES1 UL(0x33ff)
#define CPTR_EL2_TCPAC BIT(31)

/* MDCR_EL2 (D19.3.16): traps of debug and PMU registers; HPMN is the number of PMU counters. */
#define MDCR_HPMN_MASK MASK(5)
#define MDCR_TPM BIT(6)
#define MDCR_TDA BIT(9)
#define MDCR_TDOSA BIT(10)
#define MDCR_TDRA BIT(11)

/* CNTHCTL_EL2 with E2H = 0: clear bits [1:0] trap CNTPCT_EL0 and CNTP_* of EL1 and EL0. */
#define CNTHCTL_EL1PCTEN BIT(0)
#define CNTHCTL_EL1PCEN BIT(1)
#define CNTKCTL_EL0VCTEN BIT(1)

/* CNT*_CTL: the control register of each timer. */
#define CNT_CTL_ENABLE BIT(0)
#define CNT_CTL_IMASK BIT(1)
#define CNT_CTL_ISTATUS BIT(2)

/* SCTLR_EL1 and SCTLR_EL2: RES1 as of Armv8.0, and the controls used. */
#define SCTLR_EL1_RES1 UL(0x30d00800)
#define SCTLR_EL2_RES1 UL(0x30c50830)
#define SCTLR_M BIT(0)
#define SCTLR_A BIT(1)
#define SCTLR_C BIT(2)
#define SCTLR_SA BIT(3)
#define SCTLR_SA0 BIT(4)
#define SCTLR_I BIT(12)
#define SCTLR_UCT BIT(15)

#define CPACR_FPEN (UL(3) << 20)

/* TCR_EL1, TCR_EL2, VTCR_EL2: one layout for TTBR0 at [15:0]; for TTBR1 at [31:16]. */
#define TCR_T0SZ(bits) (UL(64) - UL(bits))
#define TCR_T1SZ(bits) ((UL(64) - UL(bits)) << 16)
#define TCR_IRGN0_WBWA (UL(1) << 8)
#define TCR_ORGN0_WBWA (UL(1) << 10)
#define TCR_SH0_INNER (UL(3) << 12)
#define TCR_TG0_4K (UL(0) << 14)
#define TCR_IRGN1_WBWA (UL(1) << 24)
#define TCR_ORGN1_WBWA (UL(1) << 26)
#define TCR_SH1_INNER (UL(3) << 28)
#define TCR_TG1_4K (UL(2) << 30)
#define TCR_EL1_IPS_32 (UL(0) << 32)
#define TCR_EL2_PS_32 (UL(0) << 16)
#define TCR_EL2_RES1 (BIT(31) | BIT(23))
#define VTCR_SL0_LEVEL1 (UL(1) << 6)
#define VTCR_PS_32 (UL(0) << 16)
#define VTCR_RES1 BIT(31)

/* TTBR0_EL1.ASID and VTTBR_EL2.VMID, 8 bits used. */
#define TTBR_ASID_SHIFT 48
#define VTTBR_VMID_SHIFT 48

/* MAIR_ELx: attribute 0 is device, attribute 1 is normal, write-back. */
#define MAIR_DEVICE_nGnRE UL(0x04)
#define MAIR_NORMAL_WB UL(0xff)
#define MAIR_VALUE (MAIR_DEVICE_nGnRE | (MAIR_NORMAL_WB << 8))

/* PAR_EL1 after an AT instruction. */
#define PAR_F BIT(0)
#define PAR_PA_MASK (MASK(48) & ~MASK(12))

/* HPFAR_EL2.FIPA: IPA bits [47:12] at [39:4]. */
#define HPFAR_FIPA_SHIFT 4
#define HPFAR_FIPA_WIDTH 36

/* CTR_EL0.DminLine: log2 of the words in the smallest data cache line. */
#define CTR_DMINLINE_SHIFT 16
#define CTR_DMINLINE_WIDTH 4

/* DCZID_EL0: block size of DC ZVA, log2 of words; DZP prohibits it. */
#define DCZID_BS_SHIFT 0
#define DCZID_BS_WIDTH 4
#define DCZID_DZP BIT(4)

/* MPIDR_EL1: RES1 bit 31 and the affinity fields. */
#define MPIDR_RES1 BIT(31)
#define MPIDR_AFF_MASK UL(0xffffff)
#define MPIDR_AFF1_SHIFT 8
#define MPIDR_AFF1_WIDTH 8
