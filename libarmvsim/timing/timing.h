/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file timing.h
 * Core models: identity registers, features, frequency and costs, read from .core key files (models/cores).
 * Static costs go into decoded ops (timing_insn_cost), dynamic ones are charged where they happen
 * (timing_charge). With `--timing none` every instruction costs one cycle and everything else nothing.
 */
#pragma once

#include "core/pe.h"
#include "core/status.h"

enum cost_class {
#define COST(name, key, dflt, text) COST_##name,
#include "timing/cost.def"
#undef COST
    COST_COUNT,
    COST_FREE = 0xff /* Nothing is charged. */
};

enum timing_mode { TIMING_NONE, TIMING_BLOCK };

struct core_model {
    char *name;          /* "cortex-a53" */
    char *title;         /* "Arm Cortex-A53" */
    uint64_t clock_hz;
    uint32_t cost[COST_COUNT];
    unsigned tlb_entries, tlb_ways;
    unsigned gic_lr_count;
    /* ID registers and other implementation-defined reset values, by sysreg id; `id_set` says which. */
    uint64_t id[SR_COUNT];
    bool id_set[SR_COUNT];
};

/**
 * Loads models/cores/NAME.core, or the file itself when `name` has a '/' or ends in ".core". Unknown keys,
 * missing keys and impossible values are AVS_ERR_MODEL with file, line and reason in the message.
 */
avs_status core_model_load(struct avs_machine *m, const char *name, struct core_model **out);
void core_model_free(struct core_model *k);
/* The folder of the models: $ARMVSIM_MODELS, the source tree's (uninstalled), or the installed one. */
const char *core_model_dir(void);

static inline void timing_charge(struct pe *c, enum cost_class k)
{
    c->acc += c->cost[k];
}
