/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sysreg_ids.h
 * The system registers and system instructions of sysreg.def as an enum: SR_HCR_EL2, SR_TLBI_VMALLE1, ...
 */
#pragma once

enum sysreg_id {
#define SYSREG(name, ...) SR_##name,
#include "arch/sysreg.def"
#undef SYSREG
    SR_COUNT,
    SR_NONE = 0xffff
};
