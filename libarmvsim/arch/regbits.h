/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file regbits.h
 * Bits of system registers that more than one file looks at, named REGISTER_FIELD as in DDI 0487, D24.2.
 * What a single file needs stays there.
 */
#pragma once

#include "core/bits.h"

#define HCR_VM  BIT(0)
#define HCR_PTW BIT(2)
#define HCR_FMO BIT(3)
#define HCR_IMO BIT(4)
#define HCR_AMO BIT(5)
#define HCR_VF  BIT(6)
#define HCR_VI  BIT(7)
#define HCR_VSE BIT(8)
#define HCR_FB  BIT(9)
#define HCR_DC  BIT(12)
#define HCR_TSC BIT(19)
#define HCR_TGE BIT(27)
#define HCR_HCD BIT(29)
#define HCR_CD  BIT(32)
#define HCR_ID  BIT(33)
#define HCR_E2H BIT(34)
#define HCR_TEA BIT(37) /* Writable with FEAT_RAS only. */

#define SCR_NS   BIT(0)
#define SCR_EA   BIT(3)
#define SCR_SMD  BIT(7)
#define SCR_HCE  BIT(8)
#define SCR_EEL2 BIT(18)
#define SCR_ECVEN BIT(28) /* Writable with FEAT_ECV_POFF only. */
#define SCR_TRNDR BIT(40) /* Writable with FEAT_RNG_TRAP only. */

#define SCTLR_M    BIT(0)
#define SCTLR_A    BIT(1)
#define SCTLR_C    BIT(2)
#define SCTLR_I    BIT(12)
#define SCTLR_SA   BIT(3)
#define SCTLR_SA0  BIT(4)
#define SCTLR_WXN  BIT(19)
#define SCTLR_SPAN BIT(23)

#define CPTR_TFP BIT(10) /* CPTR_EL2 without E2H, CPTR_EL3. */
#define MDCR_TDE BIT(8)
#define VTCR_VS  BIT(19)
