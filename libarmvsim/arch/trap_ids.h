/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file trap_ids.h
 * Causes of exceptions to EL2 and EL3 (trap.def) and groups of trap controls (trap_group.def) as enums.
 */
#pragma once

enum trap_id {
    TRAP_NONE,
#define TRAP(id, ...) TRAP_##id,
#define CAUSE(id, ...) TRAP_##id,
#include "arch/trap.def"
#undef TRAP
#undef CAUSE
    TRAP_COUNT
};

enum trap_group {
    TRAP_GROUP_NONE,
#define TRAP_GROUP(name, ...) TRAP_GROUP_##name,
#include "arch/trap_group.def"
#undef TRAP_GROUP
    TRAP_GROUP_COUNT
};
