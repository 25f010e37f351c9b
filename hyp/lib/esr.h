/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file esr.h
 * The syndrome registers ESR_EL1 and ESR_EL2 (Arm ARM D19.2.37).
 *
 *    31     26 25 24                                             0
 *   +---------+--+-----------------------------------------------+
 *   |   EC    |IL|                     ISS                       |
 *   +---------+--+-----------------------------------------------+
 *
 * ISS of a data abort from a lower EL:
 *
 *    24  23 22  21  20   16 15 14      9  8   7   6   5    0
 *   +---+-----+---+-------+--+--+----+---+--+-----+---+------+
 *   |ISV| SAS |SSE|  SRT  |SF|AR|... |EA |CM|S1PTW|WnR| DFSC |
 *   +---+-----+---+-------+--+--+----+---+--+-----+---+------+
 *
 * ISS of a trapped MSR or MRS:
 *
 *    21 20 19 17 16 14 13 10 9   5 4   1  0
 *   +-----+-----+-----+-----+-----+-----+---+
 *   | Op0 | Op2 | Op1 | CRn | Rt  | CRm |Dir|
 *   +-----+-----+-----+-----+-----+-----+---+
 */
#pragma once

#include "bits.h"

#define ESR_EC_SHIFT 26
#define ESR_EC_WIDTH 6
#define ESR_IL BIT(25)
#define ESR_ISS_SHIFT 0
#define ESR_ISS_WIDTH 25

#define EC_UNKNOWN UL(0x00)
#define EC_WFX UL(0x01)
#define EC_SVC64 UL(0x15)
#define EC_HVC64 UL(0x16)
#define EC_SMC32 UL(0x13)
#define EC_SMC64 UL(0x17)
#define EC_SYSREG UL(0x18)
#define EC_IABT_LOWER UL(0x20)
#define EC_IABT_SAME UL(0x21)
#define EC_DABT_LOWER UL(0x24)
#define EC_DABT_SAME UL(0x25)

#define ISS_DABT_ISV BIT(24)
#define ISS_DABT_SAS_SHIFT 22
#define ISS_DABT_SAS_WIDTH 2
#define ISS_DABT_SSE BIT(21)
#define ISS_DABT_SRT_SHIFT 16
#define ISS_DABT_SRT_WIDTH 5
#define ISS_DABT_SF BIT(15)
#define ISS_ABT_S1PTW BIT(7)
#define ISS_DABT_WNR BIT(6)
#define ISS_ABT_FSC_SHIFT 0
#define ISS_ABT_FSC_WIDTH 6

/* Fault status codes without their level, which is in bits [1:0]. */
#define FSC_TYPE_MASK UL(0x3c)
#define FSC_TRANSLATION UL(0x04)
#define FSC_PERMISSION UL(0x0c)
#define FSC_EXTERNAL UL(0x10)

#define ISS_SYSREG_DIR_READ BIT(0)
#define ISS_SYSREG_RT_SHIFT 5
#define ISS_SYSREG_RT_WIDTH 5

/* The name of a system register as it stands in the ISS, without Rt and the direction. */
#define ISS_SYSREG(op0, op1, crn, crm, op2)                                                        \
    ((UL(op0) << 20) | (UL(op2) << 17) | (UL(op1) << 14) | (UL(crn) << 10) | (UL(crm) << 1))
#define ISS_SYSREG_MASK ISS_SYSREG(3, 7, 15, 15, 7)
