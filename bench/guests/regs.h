/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * System register access from C, and the field values the guests program (Arm ARM D17.2). Only the
 * bits that are set are named; a field that is left at zero has no name here.
 */
#ifndef BENCH_REGS_H
#define BENCH_REGS_H

#include <stdint.h>

#define READ_SYSREG(name)                                                                                  \
    ({                                                                                                     \
        uint64_t value_;                                                                                   \
        __asm__ volatile("mrs %0, " #name : "=r"(value_));                                                 \
        value_;                                                                                            \
    })

#define WRITE_SYSREG(name, value) __asm__ volatile("msr " #name ", %x0" : : "rZ"((uint64_t)(value)))

#define ISB() __asm__ volatile("isb" : : : "memory")
#define DSB(domain) __asm__ volatile("dsb " #domain : : : "memory")

#define HCR_VM (1ull << 0)
#define HCR_FMO (1ull << 3)
#define HCR_IMO (1ull << 4)
#define HCR_AMO (1ull << 5)
#define HCR_TID3 (1ull << 18)
#define HCR_RW (1ull << 31)

/* VTCR_EL2: 39-bit IPA from level 1, 4 KiB granule, inner shareable write-back, 40-bit PA. */
#define VTCR_VALUE (1ull << 31 | 2ull << 16 | 3ull << 12 | 1ull << 10 | 1ull << 8 | 1ull << 6 | 25ull << 0)

/* TCR_EL1: TTBR0 as VTCR_VALUE with a 40-bit IPA; no walks by TTBR1 (EPD1); ASID from TTBR0. */
#define TCR_EL1_VALUE                                                                                      \
    (2ull << 32 | 1ull << 23 | 3ull << 12 | 1ull << 10 | 1ull << 8 | 25ull << 16 | 25ull << 0)

/* SCTLR_EL1: the RES1 bits of ARMv8.0, those that are RES1 when EL0 has no AArch32 (SED, ITD), I, C, M. */
#define SCTLR_EL1_VALUE (0x30d00800ull | 1ull << 8 | 1ull << 7 | 1ull << 12 | 1ull << 2 | 1ull << 0)

/* MAIR: attribute 0 normal write-back, attribute 1 Device-nGnRE. start.S has the same for EL2. */
#define MAIR_VALUE 0x04ffull

#define CPACR_FPEN (3ull << 20)
#define CPTR_EL2_RES1 0x33ffull
#define CNTHCTL_EL1PCTEN_EL1PCEN 3ull
#define ICC_SRE_ALL 0xfull /* SRE, DFB, DIB and, at EL2, Enable */

#endif
