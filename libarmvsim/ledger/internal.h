/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file internal.h
 * The ledger's state, and what its files call of each other. All of it belongs to the thread that runs the
 * machine; the writer thread sees only whole batches.
 */
#pragma once

#include <glib.h>

#include "arch/sysreg.h"
#include "ledger/agg.h"
#include "ledger/dict.h"
#include "ledger/ledger.h"
#include "ledger/sink.h"
#include "timing/after.h"

enum {
    FRAMES = 8, /* Open traps of a PE: one for each of EL2 NS, EL2 S and EL3 is what can be. */
    SR_WORDS = (SR_COUNT + 63) / 64,
    LIST_REGISTERS = 16,
    VIRQ_LIVES = 256,
    CONTEXT_LIMIT = 4096,
    CAUSE_LIMIT = 4096,
    SITE_LIMIT = 1 << 17,
    SHAPE_LIMIT = 1 << 14,
    TRAP_SHAPE_WORDS = 12,
    NAME_MEMOS = 64,
    SHAPE_MEMOS = 64,
    PLACE_LIMIT = 1 << 14,
    TRAP_CLASS_LIMIT = 1 << 14,
    SWITCH_CLASS_LIMIT = 1 << 12,
    STATE_SET_LIMIT = 1 << 12,
    VIRQ_STAGE_LIMIT = 1 << 12,
    OCTAVE_LIMIT = 1 << 14,
};

/* A set of registers that one trap handler stored and loaded, read and wrote. */
struct touched {
    bool any; /* Else the rest has not been set. */
    uint64_t sr_read[SR_WORDS], sr_written[SR_WORDS];
    uint32_t gp_stored, gp_loaded, fp_stored, fp_loaded;
};

/* An open trap. */
struct frame {
    uint64_t id, parent; /* parent 0: none. */
    struct exc exc;
    unsigned from_el, to_el;
    bool secure;          /* Security state of the handler. */
    uint64_t context_key; /* Of the interrupted context. */
    int64_t context;
    uint64_t pc;
    bool logged;                 /* As a row; aggregates have every trap. */
    uint64_t vector_pc, eret_pc; /* The handler's first instruction, and its ERET. */
    struct span span;
    uint64_t handler_cycle; /* First cycle of the handler. */
    struct touched touched; /* What was touched before and in nested traps. */
    uint64_t x[31];         /* The interrupted context's registers, to see what is left of them. */
    union vreg v[32];
    struct track_values values; /* Its system registers, as far as the handler read them. */
    struct reg_track parked;    /* Of this handler, while a nested one runs. */
};

struct el_cell {
    uint64_t cycles, insns, idle;
};

/* A list register that was written and not yet seen by its guest. */
struct lr_slot {
    bool fresh;
    bool pending; /* As it was written. */
    uint32_t vintid, pintid;
    uint64_t cycle;
    uint64_t phys_cycle; /* Of the physical interrupt behind it; 0: none is known. */
};

/* A virtual interrupt between its first list register and its completion, or after that, until it is
 * written. */
struct virq_life {
    int64_t context;
    uint32_t vintid, pintid;
    uint64_t phys_cycle, lr_cycle, taken_cycle, ack_cycle, eoi_cycle,
        maint_cycle; /* 0: not, or not known. */
    bool acked, completed;
    bool again;          /* Injected once more while it is active: then, */
    struct lr_slot next; /* by this. */
};

/* What a PE's interrupts have come to: ledger/virq.c. */
enum { VIRQ_SIGNALS = 8 };
struct virq_track {
    struct {
        uint32_t pintid;
        uint64_t cycle;     /* 0: used, or none. */
    } signal[VIRQ_SIGNALS]; /* The last physical interrupts that were signalled. */
    unsigned next_signal;
    uint64_t
        trap_signal; /* When that was signalled for which the handler that runs was entered; 0: none. */
    uint64_t taken_cycle; /* The guest's last virtual IRQ or FIQ exception that has acknowledged nothing. */
    bool maintenance;     /* `done` raised the maintenance interrupt, which has not been taken. */
    bool has_done;
    struct virq_life done; /* The last that completed. */
};

/* Where a PE is. */
struct moment {
    uint64_t insn, cycle;
};

/* A context that was found, and its entry in the dictionary. */
struct context_memo {
    bool known;
    uint64_t key;
    uint32_t entry;
};

/* The class and the site of a trap that was found: entries in the dictionaries, valid until they are
 * cleared. */
struct name_memo {
    bool known;
    uint64_t class_key[2], site_key[2];
    uint32_t class, site;
};

/* A shape that was found: its key, and its id; 0: none. */
struct shape_memo {
    uint64_t key[TRAP_SHAPE_WORDS];
    int64_t id;
};

/* The place that was looked for last. */
struct place_memo {
    bool known;
    uint64_t pc;
    int64_t id;
};

struct pe_track {
    uint64_t last_insn, last_cycle; /* Up to where time was accounted. */
    struct moment begin, end;       /* Of the run's interval. */
    uint64_t begin_ctr[CTR_COUNT];
    struct context_memo context[2]; /* Found last at EL0 or EL1, and above. */
    struct name_memo name[NAME_MEMOS];
    unsigned depth;
    struct frame frame[FRAMES];
    struct place_memo vector, eret;
    struct after *after; /* What handlers push out, NULL when there is no PE to watch, and the trap that */
    uint64_t after_trap; /* left it: its id (0: it has no row), and its class by entry and id. */
    uint32_t after_class;
    int64_t after_class_id;
    uint64_t stay_read[SR_WORDS]; /* What the context has read since its entry, in its earlier turns. */
    unsigned fresh_count;
    struct lr_slot lr[LIST_REGISTERS];
    struct virq_track virq;
    struct el_cell (*cells)[4]; /* By context entry and EL. */
    uint32_t cell_count;
};

struct site_stat {
    uint64_t count, cycles, min, max;
};

/* A dictionary whose entries have aggregates. */
struct agg_dict {
    struct dict dict;
    struct agg *agg;
    uint32_t capacity;
};

/* What the state sets know of each set: the cycles that its registers account for. */
struct state_cost {
    uint64_t cycles;
    unsigned saved, restored, leaked, unchanged, needless;
};

/* The aftermath of a class of traps. */
struct after_sum {
    uint64_t traps, refills[AFTER_KIND_COUNT], cycles;
};

/* Registers that a switch saved, and what of it could have been left out. */
struct saved_regs {
    uint64_t sr[SR_WORDS];
    uint32_t gp, fp;
};
struct needless {
    uint64_t unchanged[SR_WORDS], needless[SR_WORDS];
    uint32_t gp_unchanged, fp_unchanged;
};

struct kept;

struct ledger {
    struct avs_machine *m;
    avs_trap_fn trap_fn;
    void *trap_user;
    avs_switch_fn switch_fn;
    void *switch_user;

    struct sink *sink;   /* NULL: only callbacks. */
    struct batch *batch; /* The one that is being filled. */
    bool failed;         /* The sink failed, and the machine was told. */
    bool detached;       /* The interval is over: totals are written. */
    bool finished;       /* Totals are written and the run is marked complete. */

    struct pe_track *track; /* m->pe_count of them. */
    unsigned track_count;
    uint64_t trap_count, switch_count, virq_count;
    uint64_t sample;                             /* One in so many traps is a row. */
    uint64_t sample_at, sample_pick, sample_rng; /* Of a group of that many: the next, which one it is. */

    struct dict contexts, causes, sites, places, state_sets, shapes;
    struct shape_memo shape_memo[SHAPE_MEMOS];
    uint64_t shapes_made, shape_hits; /* With phases: new ones, and traps whose shape was there already. */
    struct agg_dict trap_classes, switch_classes, virq_stages;
    unsigned octaves; /* Allocated in all histograms. */
    struct site_stat *site_stats;
    uint32_t site_capacity;
    struct state_cost *state_costs;
    uint32_t state_capacity;
    uint64_t exceptions[4][4][4][64]; /* By type, from EL, to EL, EC: those that are no traps. */
    struct virq_life lives[VIRQ_LIVES];
    unsigned life_count;

    uint64_t reset_sr[SR_COUNT];
    uint64_t state_mask[SR_WORDS], leak_mask[SR_WORDS];
    struct coverage *coverage;    /* NULL: nobody asked for it. */
    struct after_sum *after_sums; /* By entry of trap_classes. */
    uint32_t after_capacity;
    struct kept *kept;                  /* needless.c; NULL before the first switch. */
    uint64_t ever_saved[SR_WORDS];      /* By any switch. */
    uint64_t context_mask[2][SR_WORDS]; /* Of handlers at EL2, EL3: what the interrupted context owns. */
    GTree *meta;                        /* Key to value, for the table run. */
    GStringChunk *text;                 /* Strings that rows point to. */
};

/* ledger.c: hands the full batch over; looks whether the sink lives. */
void ledger_push(struct ledger *l);

/* Of each table. */
extern const uint8_t ledger_columns[TABLE_COUNT];

/* A new row of a table with its first n columns, to be filled in order; all are set. */
static inline struct row *row_add_short(struct ledger *l, enum ledger_table t, unsigned n)
{
    struct batch *b;
    struct row *r;

    if (unlikely(l->batch->count == ROWS_PER_BATCH))
        ledger_push(l);
    b = l->batch;
    r = (struct row *)(void *)&b->data[b->words];
    b->words += 1 + n;
    b->count++;
    b->table_count[t]++;
    r->table = (uint16_t)t;
    r->columns = (uint16_t)n;
    r->nulls = 0;
    return r;
}

static inline struct row *row_add(struct ledger *l, enum ledger_table t)
{
    return row_add_short(l, t, ledger_columns[t]);
}

static inline int64_t row_text(const char *s)
{
    return (int64_t)(uintptr_t)s;
}

/* Fills the columns of a new row. Text columns take row_text(). */
#define ROW(l, t, ...)                                                                                     \
    do {                                                                                                   \
        const int64_t row_values[] = { __VA_ARGS__ };                                                      \
        memcpy(row_add_short(l, t, G_N_ELEMENTS(row_values))->v, row_values, sizeof(row_values));          \
    } while (0)

/* meta.c: the table run, counters and the static dictionaries. */
void meta_write_static(struct ledger *l);
void meta_write_run(struct ledger *l, bool complete);
void meta_write_counters(struct ledger *l);

/* context.c */
uint64_t context_key(const struct pe *c, unsigned el);
bool context_is_secure(const struct pe *c, unsigned el);
int context_symbols(uint64_t key);   /* VMID for symtab_find(), -1 for the host's. */
unsigned context_vmid(uint64_t key); /* 0 for a host. */
/* Entry and id of the context of `el` on this PE. */
uint32_t context_entry(struct ledger *l, struct pe_track *t, const struct pe *c, unsigned el);
int64_t context_id(struct ledger *l, struct pe_track *t, const struct pe *c, unsigned el);
/* Accounts the time since the last event up to `cycle` to `el`. */
void context_account(struct ledger *l, struct pe_track *t, const struct pe *c, unsigned el, uint64_t cycle);
void context_idle(struct ledger *l, struct pe_track *t, const struct pe *c, uint64_t cycles);
void context_flush(struct ledger *l);

/* trap_row.c: a trap that ended, as rows. */
void trap_row_write(struct ledger *l, const struct pe *c, const struct frame *f, const struct span *s,
                    int state, uint64_t world_switch);

/* names.c: causes, sites and classes of traps as dictionaries. */
const char *cause_name(const struct exc *e);
/* Entries of a trap's class and site. */
void trap_names(struct ledger *l, struct pe_track *t, const struct frame *f, uint32_t *class,
                uint32_t *site);
void site_add(struct ledger *l, uint32_t entry, uint64_t cycles);
void site_flush(struct ledger *l);

/* place.c: the symbol that really holds pc, not just the last one below it; NULL when none does. */
const struct symbol *symbol_at(const struct ledger *l, int vmid, uint64_t pc);
/* Fills the columns file and line; returns which of the two are NULL, as bits 0 and 1. */
uint32_t source_put(const struct ledger *l, int vmid, uint64_t pc, int64_t *file_line);
/* An instruction as text; NULL for encoding 0, which stands for none. */
const char *insn_text(struct ledger *l, uint64_t pc, uint32_t insn);
int64_t place_find(struct ledger *l, struct place_memo *memo, uint64_t pc);

/* phase.c: save and restore phases. After state_init(): */
void phase_init(struct ledger *l);
/* The frame on top was opened; ended, after so many instructions of it; is somewhere else in memory. */
void phase_begin(const struct ledger *l, struct pe_track *t, struct pe *c);
void phase_resume(struct pe_track *t, struct pe *c, uint64_t nested_insns);
void phase_moved(struct pe_track *t, struct pe *c);
/* No handler is open: the engine notes nothing. */
void phase_off(struct pe *c);
/* The handler waited: no run of restores goes on over that. */
void phase_wait(struct pe *c);
/* The handler's ERET began at return_cycle: fills save and restore of a span whose handler is known. */
void phase_end(const struct ledger *l, const struct frame *f, const struct pe *c, uint64_t return_cycle,
               struct span *s);

/* aftermath.c: of all PEs, while a database is open. */
void aftermath_open(struct ledger *l);
void aftermath_close(struct ledger *l);
/* An outermost handler begins; returns, its trap being of that class. */
void aftermath_enter(struct ledger *l, struct pe_track *t);
void aftermath_leave(struct ledger *l, struct pe_track *t, uint64_t trap, uint32_t class);
/* Writes the row of the trap that counts, if any, and adds it to its class. */
void aftermath_settle(struct ledger *l, struct pe_track *t);
void aftermath_flush(struct ledger *l);

/* needless.c. A context is entered by a world switch; a trap ends a turn of it; it is left by a switch. */
void needless_enter(struct ledger *l, struct pe_track *t, const struct pe *c);
void needless_stay(const struct ledger *l, struct pe_track *t, const struct pe *c);
void needless_find(struct ledger *l, const struct pe *c, const struct frame *f, const struct saved_regs *s,
                   struct needless *out);
void needless_close(struct ledger *l);

/* trap.c: the hooks. */
void trap_exception(void *user, struct pe *c, const struct exc *exc, unsigned from_el, uint64_t from_pc,
                    uint64_t start_cycles);
void trap_eret(void *user, struct pe *c, unsigned from_el, uint64_t from_pc, uint64_t start_cycles);
void trap_idle(void *user, struct pe *c, uint64_t cycles);
/* Open traps of all PEs become unfinished. */
void trap_close_all(struct ledger *l);

/* switch.c: a trap that ends in another context. Returns the switch's id. */
uint64_t switch_record(struct ledger *l, struct pe_track *t, struct pe *c, const struct frame *f,
                       const struct span *s);

/* state.c: which registers a switch saved, restored and leaked. Returns the entry of the state set. */
void state_init(struct ledger *l);
uint32_t state_find(struct ledger *l, const struct pe *c, const struct frame *f, uint64_t handler_cycles);
void touched_clear(struct pe *c);
/* Adds what the PE touched since it was cleared. */
void touched_add(struct touched *t, const struct pe *c);
void touched_merge(struct touched *t, const struct touched *other);

/* virq.c */
void virq_event(void *user, struct pe *c, unsigned event, uint32_t vintid, uint32_t pintid, unsigned lr);
/* An interrupt is taken: a guest's virtual one, or a physical one by a handler. */
void virq_exception(struct ledger *l, struct pe_track *t, const struct pe *c, const struct exc *exc,
                    uint64_t cycle);
/* A guest is about to run: what was written to list registers is its own. */
void virq_landed(struct ledger *l, struct pe_track *t, const struct pe *c);
void virq_close_all(struct ledger *l);
/* The dictionary of stages, and their totals. */
void virq_write_static(struct ledger *l);
void virq_flush(struct ledger *l);

/* coverage.c: which instructions were executed. */
void coverage_fetch(void *user, struct pe *c, const void *page);
void coverage_executed(void *user, struct pe *c, const void *page, unsigned word);
void coverage_flush(struct ledger *l);
void coverage_free(struct coverage *v);
bool coverage_begun(const struct coverage *v); /* What was executed until now is not for another ledger. */

/* totals.c: aggregates by class, and when to write them. */
void agg_dict_init(struct agg_dict *d, unsigned words, uint32_t limit);
void agg_dict_destroy(struct agg_dict *d);
/* Adds an interval to a class; writes everything out when histograms outgrow their bound. */
void agg_dict_add(struct ledger *l, struct agg_dict *d, uint32_t entry, const struct span *s);
void totals_flush(struct ledger *l);
