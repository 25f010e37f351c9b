/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pe.h
 * The processing element: everything that one PE's execution reads and writes. One struct, hot members
 * first, no pointers into other PEs. Modules keep what is theirs in the member named after them.
 *
 * Time. A PE counts retired instructions and ticks, sixteenths of a cycle, in `acc`, two lanes in one word,
 * so that a block costs one add and one test:
 *
 *      63   62                             32 31   30                              0
 *     +-----+--------------------------------+-----+--------------------------------+
 *     |FORCE| instructions, biased           |     | ticks, biased                  |
 *     +-----+--------------------------------+-----+--------------------------------+
 *           bit 62 set: instruction deadline   bit 31 set: cycle deadline
 *
 * Each lane is biased so that its guard bit sets exactly when its deadline is reached; FORCE asks for a
 * stop at the next block. Outside of handlers `acc` is exact: it counts what was executed, no more.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arch/exc.h"
#include "arch/sysreg_ids.h"
#include "core/addr.h"
#include "core/bits.h"
#include "core/counter.h"
#include "core/track.h"
#include "mmu/fast.h"
#include "timing/predict.h"

struct avs_machine;
struct op;
struct tlb;
struct gic_cpu;
struct after;
struct line_map;
struct memory;

/* Register slots: the decoder maps XZR reads to REG_ZERO, XZR writes to REG_SINK, and SP to REG_SP. */
enum { REG_ZERO = 31, REG_SINK = 32, REG_SP = 33, REG_COUNT = 34 };

#define ACC_FORCE (UINT64_C(1) << 63)
#define ACC_INSN_GUARD (UINT64_C(1) << 62)
#define ACC_TICK_GUARD (UINT64_C(1) << 31)
#define ACC_GUARD (ACC_FORCE | ACC_INSN_GUARD | ACC_TICK_GUARD)
#define ACC_INSN (UINT64_C(1) << 32) /* One instruction in the upper lane. */
#define ACC_CYCLE (UINT64_C(1) << TICK_SHIFT)

/* A core that issues three instructions a cycle spends a third of one on each: time has fractions. */
enum { TICK_SHIFT = 4 };

/* Why a handler chain returned to the run loop. */
enum pe_exit {
    PE_EXIT_RESYNC,    /* Look pc up again: context, code or page changed. */
    PE_EXIT_DEADLINE,  /* A guard bit was set on entry to a block; nothing of that block was executed. */
    PE_EXIT_BREAK,     /* An exact stop point inside a block was reached. */
    PE_EXIT_MARK,      /* A point of the run's interval was reached. */
    PE_EXIT_EXCEPTION, /* c->exc describes an exception to take. */
    PE_EXIT_ERET,      /* An ERET to perform. */
    PE_EXIT_WFI,       /* Wait for interrupt; pc is the next instruction. */
    PE_EXIT_WFE,       /* Wait for event; pc is the next instruction. */
    PE_EXIT_OFF,       /* Turned off by PSCI. */
};

/* Whether a PE executes, or waits for an event of its kind (D1.6). */
enum pe_waiting { PE_RUNS, PE_WAITS_WFI, PE_WAITS_WFE };

/* Interrupt inputs of a PE, as a bit mask in `irq_lines`. */
enum {
    LINE_IRQ = 1 << 0, /* Physical, from the GIC CPU interface. */
    LINE_FIQ = 1 << 1,
    LINE_SERR = 1 << 2, /* Pending physical SError. */
    LINE_VIRQ = 1 << 3, /* From list registers. */
    LINE_VFIQ = 1 << 4,
    LINE_HCR = 1 << 5, /* HCR_EL2.VI, VF or VSE is set: arch/ looks which. */
};

union vreg {
    uint64_t d[2];
    uint32_t s[4];
    uint16_t h[8];
    uint8_t b[16];
};

/* Self-hosted debug, beyond what the registers hold: arch/debug.h. */
struct debug_state {
    bool stepping;    /* MDSCR_EL1.SS: the run loop looks before each instruction. */
    bool page_broken; /* The page that executes has a breakpoint. */
    uint8_t enabled;  /* DEBUG_BREAKPOINTS, DEBUG_WATCHPOINTS */
    bool step_open;   /* An instruction was let through, at step_insn, that ends with a step. */
    bool stepped;     /* One has completed, and no exception came since: ISS.ISV. */
    uint32_t insn;    /* The last one's encoding. */
    uint64_t step_insn;
};

/* Performance Monitors, beyond what the registers hold: arch/pmu.h. */
enum { PMU_EVENT_COUNTERS = 6 };
struct pmu_state {
    bool used;    /* PMCNTENSET_EL0 or PMOVSSET_EL0 is not zero: changes of MDCR_EL2 matter. */
    bool on;      /* A counter is enabled: changes of the EL matter too. */
    bool posting; /* One that counts has an event that is posted where it happens. */
    bool level;   /* Of the overflow interrupt. */
    uint8_t event[PMU_EVENT_COUNTERS]; /* enum pmu_event */
    uint32_t counting;                 /* Counters that count in the present state, as in PMCNTENSET_EL0. */
    uint64_t
        base[PMU_EVENT_COUNTERS + 1]; /* Their sources at the last sync; the cycle counter's is last. */
    uint64_t idle_cycles;             /* In WFI and WFE, where the clock stops. */
    uint64_t next_cycle, next_insn;   /* Where an overflow may be next; UINT64_MAX: nowhere. */
};

struct pe {
    /* Hot: touched by nearly every handler. */
    uint64_t x[REG_COUNT];   /* X0-X30, zero, sink, current SP. */
    int64_t flag_n;          /* N is its sign. */
    uint64_t flag_z;         /* Z is set when this is zero. */
    uint64_t flag_c;         /* C: 0 or 1. */
    int64_t flag_v;          /* V is its sign. */
    struct op *code_ops;     /* Decoded ops of the page that is executing; slot 0 is its first word. */
    uint64_t code_va;        /* Virtual address of that page. */
    uint64_t dctx;           /* Fast-TLB context of data accesses, as a tag's field (mmu/fast.h). */
    uint64_t ictx;           /* The same of fetches. */
    uint64_t acc;            /* See above. Exact outside of handlers. */
    uint64_t fp_trap;        /* Non-zero when FP/SIMD access at the current EL and state traps. */
    uint64_t sp_check;       /* 15 when SCTLR_ELx.SA or SA0 applies at the current EL, else 0. */
    struct fast_slot *dtlb;  /* FAST_DATA_COUNT entries. */
    struct fast_meta *dmeta; /* What handlers seldom need to know of them. */
    struct fast_fetch *itlb; /* FAST_FETCH_COUNT entries. */
    struct line_map *code_lines; /* Of the page that is executing: which of its lines are in L1I. */
    uint64_t mem_access;     /* Memory accesses by loads and stores, as MEM_ACCESS counts (arch/pmu_event.def). */
    struct predictor predict;

    uint64_t pc;        /* Valid outside of handlers. */
    uint64_t insn_base; /* Retired instructions = insn_base + upper lane. */
    uint64_t tick_base; /* Ticks = tick_base + lower lane. */
    enum pe_exit exit;
    bool arriving;    /* PE_EXIT_DEADLINE: by a branch, so that the line has to be looked at. */
    struct exc exc;   /* The exception to take, for PE_EXIT_EXCEPTION. */
    uint64_t eret_pc; /* Where to return to, for PE_EXIT_ERET. */

    /* PSTATE, apart from NZCV (D1.4). SP banks hold what is not in x[REG_SP]. */
    uint8_t el; /* 0..3 */
    uint8_t spsel;
    uint8_t daif; /* D=8 A=4 I=2 F=1, as PSTATE.DAIF reads in bits <9:6>. */
    bool pan, uao, dit, ssbs, il, ss;
    uint8_t btype;     /* Outside of handlers alone, and only where it can be seen: arch/bti.c. */
    uint64_t sp_el[4]; /* SP_EL0..SP_EL3; the selected one is stale while x[REG_SP] is live. */

    union vreg v[32];

    /* System registers: plain storage, by enum sysreg_id. */
    uint64_t sr[SR_COUNT];
    /* Which registers were read and written since the ledger last cleared them (state sets). */
    uint64_t sr_read_set[(SR_COUNT + 63) / 64];
    uint64_t sr_write_set[(SR_COUNT + 63) / 64];
    struct sysreg_path *sr_path; /* [4][2][SR_COUNT]: how each EL reads and writes each register. */
    const uint64_t *sr_wmask;    /* By sysreg id: bits that a write changes, in the same allocation. */

    struct debug_state debug;
    struct pmu_state pmu;

    /* Local exclusive monitor (B2.17). */
    bool excl_valid;
    uint8_t excl_size;
    uint64_t excl_pa;
    uint8_t excl_data[16]; /* What the load-exclusive read: a store-exclusive fails when memory differs. */

    uint32_t irq_lines;  /* LINE_* */
    bool event;          /* Event register (D1.6.1). */
    bool event_stream;   /* The Generic Timer sets it, too: timer_look_for_events(). */
    uint8_t waiting;     /* enum pe_waiting */
    uint64_t wake_at;    /* Cycle at which another PE or a device woke the one that waits. */
    uint64_t wait_until; /* Cycle at which the WFET or WFIT that waits ends; 0: no timeout. */
    uint64_t random;     /* State of RNDR: arch/sysreg_special.c. */
    bool (*psci)(struct pe *c, bool is_hvc); /* The board's PSCI conduit; NULL when it has none. */
    void (*semihosting)(struct pe *c);       /* What HLT #0xF000 calls; NULL: it is UNDEFINED. */
    bool halted;                             /* Powered off by PSCI. */

    uint64_t next_timer;   /* Cycle of the next timer event, as of the last arming (core/run.c). */
    uint64_t stop_insn, stop_tick; /* Deadlines as of then. */
    uint64_t vector_pc;    /* Vector of the last exception, and the instruction count then: an exception */
    uint64_t vector_insns; /* on a vector's first instruction into the same vector can never end. */
    struct {               /* The exception that led to the vector, before any on vectors themselves. */
        uint64_t pc, far;
        uint32_t iss;
        uint8_t el, ec, type;
    } origin;

    unsigned index;
    struct avs_machine *m;
    struct memory *memory;     /* Caches: timing/memory.h. NULL with TIMING_NONE. */
    struct after *after;       /* What traps push out and make be filled again: timing/after.h; or NULL. */
    struct mmu_state *mmu;        /* Context cache, modelled TLB: mmu/. */
    struct gic_cpu *gic;          /* Redistributor, CPU interface and virtual interface state: gic/. */
    struct timer_state *timer;    /* Generic timer: arch/timer.c. */
    const uint32_t *cost;         /* Costs of events in ticks by enum cost_class: timing/. */
    const struct pe_hooks *hooks; /* NULL when nobody listens: core/hooks.h. */
    uint64_t ctr[CTR_COUNT];      /* Event counters: counter.def. */

    /* GP and FP/SIMD registers stored and loaded at EL2/EL3 since the ledger cleared them: bit n. */
    uint32_t gp_store_set, gp_load_set;
    uint32_t fp_store_set, fp_load_set;
    struct reg_track track; /* Saves and loads of the handler that runs, while a ledger listens. */
};

/* Lanes. */
static inline uint64_t acc_insns(uint64_t acc)
{
    return (acc & ~ACC_FORCE) >> 32;
}

static inline uint64_t acc_ticks(uint64_t acc)
{
    return (uint32_t)acc;
}

/* Retired instructions and elapsed cycles, exact outside of handlers. */
static inline uint64_t pe_insns(const struct pe *c)
{
    return c->insn_base + acc_insns(c->acc);
}

static inline uint64_t pe_cycles(const struct pe *c)
{
    return (c->tick_base + acc_ticks(c->acc)) >> TICK_SHIFT;
}

/* Whole cycles pass without an instruction. The lane has no room for more than millions. */
static inline void pe_skip_cycles(struct pe *c, uint64_t cycles)
{
    c->tick_base += cycles << TICK_SHIFT;
}

/* Adds a dynamic cost (a miss, a walk, a device) to the exact count. A block may have a thousand of these, for
 * which the lane has no room; once its deadline is reached, nobody needs them there. */
static inline void pe_add_ticks(struct pe *c, uint32_t ticks)
{
    if (c->acc & ACC_TICK_GUARD)
        c->tick_base += ticks;
    else
        c->acc += ticks;
}

static inline void pe_add_cycles(struct pe *c, uint32_t cycles)
{
    pe_add_ticks(c, cycles << TICK_SHIFT);
}

/* Notes a load, or a write of a system register, that began at acc: core/track.h. */
static inline void track_write(struct pe *c, uint64_t acc, uint64_t regs)
{
    struct track_load *e = &c->track.load[c->track.count++ % TRACK_LOADS];

    e->insn = (uint32_t)(acc >> 32) + (uint32_t)c->insn_base;
    e->tick = (uint32_t)acc + (uint32_t)c->tick_base;
    e->regs = regs;
}

static inline void track_write_sr(struct pe *c, uint64_t acc, unsigned id)
{
    track_write(c, acc, BIT(TRACK_X31) | id);
}

/* Asks the engine to stop at the next block, so that the run loop looks at interrupts and deadlines. */
static inline void pe_force(struct pe *c)
{
    c->acc |= ACC_FORCE;
}

/* NZCV as PSTATE shows it, bits <31:28>. */
static inline uint32_t pe_nzcv(const struct pe *c)
{
    return (uint32_t)(c->flag_n < 0) << 31 | (uint32_t)(c->flag_z == 0) << 30 |
           (uint32_t)(c->flag_c & 1) << 29 | (uint32_t)(c->flag_v < 0) << 28;
}

static inline void pe_set_nzcv(struct pe *c, uint32_t nzcv)
{
    c->flag_n = (int64_t)((uint64_t)nzcv << 32);
    c->flag_z = !bit(nzcv, 30);
    c->flag_c = bit(nzcv, 29);
    c->flag_v = bit(nzcv, 28) ? INT64_MIN : 0;
}

/* core/sched.h */
void sched_wake(struct pe *c);

/* Drives interrupt inputs: sets the lines in `mask` to `value`, and makes the engine look when one rises.
 */
static inline void pe_set_lines(struct pe *c, uint32_t mask, uint32_t value)
{
    uint32_t lines = (c->irq_lines & ~mask) | (value & mask);

    if (lines & ~c->irq_lines) {
        pe_force(c);
        if (c->waiting != PE_RUNS)
            sched_wake(c);
    }
    c->irq_lines = lines;
}
