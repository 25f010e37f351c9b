/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file timing.h
 * Core models: identity registers, features, frequency, pipeline, memory system, TLBs, branch prediction
 * and costs, read from .core key files (models/cores). What an instruction costs is scheduled when its
 * block is decoded (timing/pipeline.h); what an event costs is charged where it happens (timing_charge,
 * timing/memory.h). With `--timing none` every instruction costs one cycle and everything else nothing.
 *
 * Cycles are counted in ticks, sixteenths, because a core that issues three instructions a cycle spends a
 * third of one on each.
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

/* Kinds of instructions; their classes, as pipelines tell them apart; and the kind that each is of. */
enum insn_kind {
#define KIND(name, text) KIND_##name,
#include "timing/insn_kind.def"
#undef KIND
};

enum insn_class {
#define INSN(name, key, group, properties, text) INSN_##name,
#include "timing/insn_class.def"
#undef INSN
    INSN_CLASS_COUNT
};
enum {
#define INSN(name, key, group, properties, text) INSN_KIND_##name = KIND_##group,
#include "timing/insn_class.def"
#undef INSN
};

enum timing_mode { TIMING_NONE, TIMING_BLOCK };

/* [cache] groups l1i, l1d, l2, l3. */
enum cache_replacement { CACHE_RANDOM, CACHE_FIFO, CACHE_LRU };
struct core_cache {
    uint32_t size;        /* Bytes; 0: there is none (l2, l3). */
    uint32_t ways, line;  /* Line size in bytes. */
    uint32_t latency;     /* Cycles from a load's issue to its use, when this level has the line. */
    uint32_t interval;    /* Cycles between two lines out of this level: its bandwidth. */
    uint32_t replacement; /* enum cache_replacement; CACHE_LRU not for L1, whose hits leave no trace. */
    bool shared;          /* By all PEs (l2, l3). */
};

struct core_memory {
    struct core_cache l1i, l1d, l2, l3;
    uint32_t dram_latency_ns;  /* Beyond the last cache's latency. */
    uint32_t dram_bandwidth;   /* MB/s, all PEs together. */
    uint32_t fills;            /* L1D misses that can be outstanding (MSHRs, line fill buffers). */
    uint32_t store_buffer;     /* Stores that miss and wait without stalling. */
    bool device_posted;        /* Stores to devices wait there too; else the core waits for them. */
    uint32_t prefetch_streams; /* Streams that the L1D prefetcher follows; 0: none. */
    uint32_t prefetch_trigger; /* Misses in a row, one stride apart, that make a stream. */
    uint32_t prefetch_depth;   /* Lines that it runs ahead. */
    uint32_t fetch_prefetch;   /* Lines that an L1I miss fetches ahead; 0: none. */
    uint32_t fetch_queue;      /* Instructions fetched ahead, which go on while a fetch misses. */
    uint32_t write_streaming; /* Full lines stored in a row after which stores do not allocate; 0: never. */
    uint32_t walk_level;      /* 1: table walks look in L1D, 2: in L2. */
    uint32_t snoop_latency;   /* Cycles to get a line that another PE's L1D has dirty. */
};

/* [utlb], [tlb], [walk-cache], [ipa-cache]. */
struct core_translation {
    uint32_t utlb_instr_entries, utlb_data_entries; /* Fully associative, FIFO; 0: not modelled. */
    bool utlb_flush_context;                     /* A change of TTBR, ASID, VMID or regime empties them. */
    uint32_t tlb_entries, tlb_ways, tlb_latency; /* Main TLB; cycles of a hit after a micro-TLB miss. */
    uint32_t walk_entries, walk_ways;            /* Intermediate levels of walks. */
    uint32_t ipa_entries, ipa_ways;              /* IPA to PA. */
};

/* [branch] */
struct core_branch {
    uint32_t direction_entries; /* Two-bit counters, a power of two. */
    uint32_t history_bits;      /* Of global history in their index. */
    uint32_t target_entries;    /* Indirect targets, a power of two. */
    uint32_t return_entries;    /* Return stack. */
    uint32_t mispredict;        /* Cycles from a wrong prediction to the right path. */
    bool flush_context;         /* A change of VMID or Exception level by ERET empties the predictors. */
};

/* [pipeline], [insn], [read]: timing/pipeline.h. */
enum { PIPE_MAX = 16, PIPE_UOPS_MAX = 12, PIPE_WINDOW_MAX = 512 };
enum pipe_read {
    PIPE_READ_PLAIN,
    PIPE_READ_SHIFTED,
    PIPE_READ_ADDRESS,
    PIPE_READ_DATA,
    PIPE_READ_FACTOR,
    PIPE_READ_ACC,
    PIPE_READ_FLAGS,
    PIPE_READ_COUNT
};
struct pipe_uop {
    uint16_t pipes; /* Bit n: pipe n can take it; 0: it needs a slot alone. */
    uint8_t busy;   /* Cycles until that pipe can take another. */
};
struct pipe_timing {
    uint8_t latency;   /* Cycles from issue until the result is there. */
    uint8_t uop_count; /* Slots that it takes. */
    bool serial;       /* Begins when all before is done, and all after begins when it is. */
    bool unordered;    /* Its result need not be written in program order. */
    bool first;        /* Issues in the first slot of a cycle. */
    struct pipe_uop uop[PIPE_UOPS_MAX]; /* Those that need a pipe first, the least choice first of all. */
    int8_t advance[PIPE_READ_COUNT];    /* Cycles that a reader of this kind may issue before the result is
                                           there, because it forwards; [read] unless the class says else. */
};
struct core_pipeline {
    bool in_order;
    bool ordered_write; /* In order: results are written in program order too. */
    uint8_t width;      /* Micro-operations that issue (in order) or are dispatched in a cycle. */
    uint8_t decode;     /* Instructions that are dispatched in a cycle. */
    uint16_t window;    /* Out of order: micro-operations in flight (reorder buffer). */
    uint8_t pipe_count;
    char pipe_name[PIPE_MAX][8];
    struct pipe_timing insn[INSN_CLASS_COUNT];
};

struct core_model {
    char *name;      /* "cortex-a53" */
    char *title;     /* "Arm Cortex-A53" */
    char *overrides; /* Values that were given instead of the file's, "core.tlb.ways=2; ...", or NULL. */
    uint64_t clock_hz;
    uint32_t cost[COST_COUNT]; /* Cycles of the classes of events. */
    struct core_pipeline pipeline;
    struct core_memory memory;
    struct core_translation translation;
    struct core_branch branch;
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
/* Likewise with values of one's own, "core.GROUP.KEY=VALUE" ("core.KEY=VALUE" for [core]), NULL-terminated.
 */
avs_status core_model_load_set(struct avs_machine *m, const char *name, const char *const *sets,
                               struct core_model **out);
struct core_model *core_model_copy(const struct core_model *k);
/* Whether both are of one file with the same values of one's own. */
bool core_model_equal(const struct core_model *a, const struct core_model *b);
void core_model_free(struct core_model *k);
/* The folder of the models: $ARMVSIM_MODELS, the source tree's (uninstalled), or the installed one. */
const char *core_model_dir(void);

static inline void timing_charge(struct pe *c, enum cost_class k)
{
    c->acc += c->cost[k];
}
