/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file state.c
 * State sets of world switches: which registers the handler read or stored (saved), wrote or loaded
 * (restored), which of its saves could have been left out (needless.c), and which registers still hold the
 * previous context's values when the next one runs (leaked).
 *
 * Registers that count are those that sysreg.def lets EL2 or EL3 both read and write, apart from fields of
 * PSTATE; that leaves out system instructions (write-only) and identification (read-only). A leak is a
 * register that the guest can read and write, that the handler did not restore, and that holds what the
 * previous context left there: not zero, and for a system register not its value at reset. GP and FP/SIMD
 * registers are compared with their values at the trap's entry, because they can be cleared by moves that
 * are no loads.
 *
 * Cycles per class are an attribution: each register of the set once, at the model's price of its access
 * (pairs for GP and FP/SIMD). The rest of the handler is "other". Where the prices would exceed what the
 * handler took, nothing is attributed.
 */
#include <string.h>

#include "board/board.h"
#include "ledger/internal.h"
#include "timing/pipeline.h"

/* Columns of sysreg.def. */
enum { ACCESS_NA = 0, ACCESS_RO = 1, ACCESS_WO = 2, ACCESS_RW = 3, ACCESS_RH = 5 };
#define ALIAS_SELF SR_NONE
#define ALIAS_E2H(r) SR_NONE
#define ALIAS_OF(r) SR_##r

struct reg_info {
    uint8_t is_pstate;
    uint8_t el1, el2, el3; /* ACCESS_ */
    uint8_t class;
    uint16_t of; /* The register that this is another name of, or SR_NONE. */
};

static const struct reg_info regs[SR_COUNT] = {
#define SYSREG(name, op0, op1, crn, crm, op2, e0, e1, e2, e3, cls, feature, reset, mask, alias, ...)       \
    [SR_##name] = { .is_pstate = (op0) == 3 && (crn) == 4 && (crm) == 2,                                   \
                    .el1 = ACCESS_##e1,                                                                    \
                    .el2 = ACCESS_##e2,                                                                    \
                    .el3 = ACCESS_##e3,                                                                    \
                    .class = SRC_##cls,                                                                    \
                    .of = ALIAS_##alias },
#include "arch/sysreg.def"
#undef SYSREG
};

struct state_key {
    struct saved_regs saved;
    uint64_t restored[SR_WORDS], leaked[SR_WORDS];
    struct needless needless;
    uint32_t gp_restored, gp_leaked;
    uint32_t fp_restored, fp_leaked;
    uint32_t el, priced;
};
enum {
    STATE_KEY_WORDS = sizeof(struct state_key) / sizeof(uint64_t),
    CLASS_COUNT = LEDGER_CLASS_SYS + SRC_COUNT
};

/* One class of a set. */
struct class_sum {
    unsigned saved, restored, leaked, unchanged, needless;
    uint64_t save_cycles, restore_cycles;
};

static void set_bit(uint64_t *words, unsigned i)
{
    words[i / 64] |= BIT(i % 64);
}

static bool get_bit(const uint64_t *words, unsigned i)
{
    return bit(words[i / 64], i % 64);
}

static bool is_state(const struct reg_info *r)
{
    return !r->is_pstate && (r->el2 == ACCESS_RW || r->el3 == ACCESS_RW);
}

/* Timer values are views of their compare values and move by themselves. */
static bool is_timer_value(unsigned id)
{
    return id == SR_CNTV_TVAL_EL0 || id == SR_CNTP_TVAL_EL0 || id == SR_CNTPS_TVAL_EL1;
}

/* Whether a guest at EL1 could read another's value here. */
static bool can_leak(unsigned id)
{
    const struct reg_info *r = &regs[id];

    if (id == SR_SP_EL0 || id == SR_SP_EL1)
        return true;
    if (r->el1 != ACCESS_RW || r->of != SR_NONE || is_timer_value(id))
        return false;
    return r->class == SRC_thread || r->class == SRC_fp || r->class == SRC_el1_system ||
           r->class == SRC_timer || r->class == SRC_debug || r->class == SRC_pmu;
}

unsigned ledger_state_registers(unsigned class)
{
    unsigned count = 0;

    if (class == LEDGER_CLASS_GP || class == LEDGER_CLASS_FP)
        return class == LEDGER_CLASS_GP ? 31 : 32;
    for (unsigned i = 0; i < SR_COUNT; i++)
        count += LEDGER_CLASS_SYS + (unsigned)regs[i].class == class && is_state(&regs[i]) &&
                 regs[i].of == SR_NONE;
    return count;
}

void state_init(struct ledger *l)
{
    dict_init(&l->state_sets, STATE_KEY_WORDS, STATE_SET_LIMIT);
    for (unsigned i = 0; i < SR_COUNT; i++) {
        if (!is_state(&regs[i]))
            continue;
        set_bit(l->state_mask, i);
        if (can_leak(i))
            set_bit(l->leak_mask, i);
    }
}

void touched_clear(struct pe *c)
{
    memset(c->sr_read_set, 0, sizeof(c->sr_read_set));
    memset(c->sr_write_set, 0, sizeof(c->sr_write_set));
    c->gp_store_set = c->gp_load_set = c->fp_store_set = c->fp_load_set = 0;
}

static void begin_touched(struct touched *t)
{
    if (t->any)
        return;
    memset(t, 0, sizeof(*t));
    t->any = true;
}

void touched_add(struct touched *t, const struct pe *c)
{
    begin_touched(t);
    for (unsigned i = 0; i < SR_WORDS; i++) {
        t->sr_read[i] |= c->sr_read_set[i];
        t->sr_written[i] |= c->sr_write_set[i];
    }
    t->gp_stored |= c->gp_store_set;
    t->gp_loaded |= c->gp_load_set;
    t->fp_stored |= c->fp_store_set;
    t->fp_loaded |= c->fp_load_set;
}

void touched_merge(struct touched *t, const struct touched *other)
{
    if (!other->any)
        return;
    begin_touched(t);
    for (unsigned i = 0; i < SR_WORDS; i++) {
        t->sr_read[i] |= other->sr_read[i];
        t->sr_written[i] |= other->sr_written[i];
    }
    t->gp_stored |= other->gp_stored;
    t->gp_loaded |= other->gp_loaded;
    t->fp_stored |= other->fp_stored;
    t->fp_loaded |= other->fp_loaded;
}

/* Registers of a set under their own names (TTBR0_EL12 is TTBR0_EL1), and only state. */
static void fold(const struct ledger *l, const uint64_t *in, uint64_t *out)
{
    for (unsigned w = 0; w < SR_WORDS; w++) {
        for (uint64_t left = in[w] & l->state_mask[w]; left; left &= left - 1) {
            unsigned id = w * 64 + (unsigned)__builtin_ctzll(left);

            set_bit(out, regs[id].of == SR_NONE ? id : regs[id].of);
        }
    }
}

/* Stack pointers live in their banks. */
static uint64_t value_of(const struct pe *c, unsigned id)
{
    return id == SR_SP_EL0 ? c->sp_el[0] : id == SR_SP_EL1 ? c->sp_el[1] : c->sr[id];
}

static void find_sysreg_leaks(const struct ledger *l, const struct pe *c, struct state_key *k)
{
    for (unsigned w = 0; w < SR_WORDS; w++) {
        for (uint64_t left = l->leak_mask[w] & ~k->restored[w]; left; left &= left - 1) {
            unsigned id = w * 64 + (unsigned)__builtin_ctzll(left);
            uint64_t v = value_of(c, id);

            if (v && v != l->reset_sr[id])
                set_bit(k->leaked, id);
        }
    }
}

static void find_leaks(const struct ledger *l, const struct pe *c, const struct frame *f,
                       struct state_key *k)
{
    for (unsigned i = 0; i < 31; i++)
        if (!bit(k->gp_restored, i) && c->x[i] && c->x[i] == f->x[i])
            k->gp_leaked |= 1u << i;
    for (uint32_t left = ~k->fp_restored; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctz(left);

        if ((c->v[i].d[0] | c->v[i].d[1]) && !memcmp(&c->v[i], &f->v[i], sizeof(f->v[i])))
            k->fp_leaked |= 1u << i;
    }
    find_sysreg_leaks(l, c, k);
}

/* In ticks, as everything here until sum_classes() is done. */
static uint32_t price(const struct pe *c, enum insn_class k)
{
    return c->m->timing == TIMING_NONE ? ACC_CYCLE : pipeline_price(&c->m->model->pipeline, k);
}

/* A GICv2's virtual interface is in memory: its registers are counted as the System registers that they are
 * with a GICv3 (gic/gich.c), at the price of a load or store there. */
static bool is_in_memory(const struct pe *c, unsigned id)
{
    return c->m->has_gicv2 && (regs[id].class == SRC_vgic_control || regs[id].class == SRC_list_register);
}

static uint32_t gich_price(const struct pe *c, bool write)
{
    const struct bus_region *r = c->m->board ? board_gich(c->m->board) : NULL;

    return r ? bus_access_ticks(r, c, write) : c->cost[write ? COST_MMIO_WRITE : COST_MMIO_READ];
}

static uint32_t sysreg_price(const struct pe *c, unsigned el, bool write, unsigned id)
{
    unsigned charge = c->sr_path ? sysreg_path(c, el, write, id)->charge : COST_FREE;
    bool charged = charge < COST_COUNT && c->m->timing != TIMING_NONE;

    if (is_in_memory(c, id))
        return price(c, write ? INSN_STORE : INSN_LOAD) + gich_price(c, write);
    return price(c, write ? INSN_MSR : INSN_MRS) + (charged ? c->cost[charge] : 0);
}

/* n registers by pairs, or one by one where that is cheaper: never more than it really took. */
static uint64_t pairs_price(const struct pe *c, unsigned n, enum insn_class one, enum insn_class two)
{
    uint32_t single = price(c, one), pair = price(c, two);

    return (uint64_t)(n / 2) * (pair < 2 * single ? pair : 2 * single) + (n % 2) * single;
}

static void sum_banks(const struct pe *c, const struct state_key *k, struct class_sum *sum)
{
    struct class_sum *gp = &sum[LEDGER_CLASS_GP], *fp = &sum[LEDGER_CLASS_FP];

    gp->saved = (unsigned)__builtin_popcount(k->saved.gp);
    gp->restored = (unsigned)__builtin_popcount(k->gp_restored);
    gp->leaked = (unsigned)__builtin_popcount(k->gp_leaked);
    fp->saved = (unsigned)__builtin_popcount(k->saved.fp);
    fp->restored = (unsigned)__builtin_popcount(k->fp_restored);
    fp->leaked = (unsigned)__builtin_popcount(k->fp_leaked);
    gp->unchanged = (unsigned)__builtin_popcount(k->needless.gp_unchanged);
    fp->unchanged = (unsigned)__builtin_popcount(k->needless.fp_unchanged);
    if (!k->priced)
        return;
    gp->save_cycles = pairs_price(c, gp->saved, INSN_STORE, INSN_STORE_PAIR64);
    gp->restore_cycles = pairs_price(c, gp->restored, INSN_LOAD, INSN_LOAD_PAIR64);
    fp->save_cycles = pairs_price(c, fp->saved, INSN_STORE_FP_Q, INSN_STOREP_Q);
    fp->restore_cycles = pairs_price(c, fp->restored, INSN_LOAD_FP, INSN_LOADP_Q);
}

static void sum_sysreg(const struct pe *c, const struct state_key *k, unsigned id, struct class_sum *sum)
{
    bool saved = get_bit(k->saved.sr, id), restored = get_bit(k->restored, id);

    sum->saved += saved;
    sum->restored += restored;
    sum->leaked += get_bit(k->leaked, id);
    sum->unchanged += get_bit(k->needless.unchanged, id);
    sum->needless += get_bit(k->needless.needless, id);
    if (saved && k->priced)
        sum->save_cycles += sysreg_price(c, k->el, false, id);
    if (restored && k->priced)
        sum->restore_cycles += sysreg_price(c, k->el, true, id);
}

static void sum_classes(const struct pe *c, const struct state_key *k, struct class_sum *sum)
{
    memset(sum, 0, CLASS_COUNT * sizeof(*sum));
    sum_banks(c, k, sum);
    for (unsigned id = 0; id < SR_COUNT; id++)
        sum_sysreg(c, k, id, &sum[LEDGER_CLASS_SYS + regs[id].class]);
    for (unsigned i = 0; i < CLASS_COUNT; i++) {
        sum[i].save_cycles >>= TICK_SHIFT;
        sum[i].restore_cycles >>= TICK_SHIFT;
    }
}

/* What a set says of one register. */
struct reg_row {
    bool saved, restored, leaked, unchanged, needless;
};

static void write_reg(struct ledger *l, int64_t set, unsigned reg, struct reg_row r)
{
    if (r.saved | r.restored | r.leaked)
        ROW(l, TABLE_state_set_reg, set, reg, r.saved, r.restored, r.leaked, r.unchanged, r.needless);
}

static void write_regs(struct ledger *l, int64_t set, const struct state_key *k)
{
    const struct needless *n = &k->needless;

    for (unsigned i = 0; i < 31; i++)
        write_reg(l, set, LEDGER_REG_X + i,
                  (struct reg_row){ bit(k->saved.gp, i), bit(k->gp_restored, i), bit(k->gp_leaked, i),
                                    bit(n->gp_unchanged, i), false });
    for (unsigned i = 0; i < 32; i++)
        write_reg(l, set, LEDGER_REG_Q + i,
                  (struct reg_row){ bit(k->saved.fp, i), bit(k->fp_restored, i), bit(k->fp_leaked, i),
                                    bit(n->fp_unchanged, i), false });
    for (unsigned i = 0; i < SR_COUNT; i++)
        write_reg(l, set, LEDGER_REG_SYS + i,
                  (struct reg_row){ get_bit(k->saved.sr, i), get_bit(k->restored, i), get_bit(k->leaked, i),
                                    get_bit(n->unchanged, i), get_bit(n->needless, i) });
}

static struct state_cost *cost_at(struct ledger *l, uint32_t entry)
{
    if (entry >= l->state_capacity) {
        l->state_capacity = l->state_sets.capacity;
        l->state_costs = g_renew(struct state_cost, l->state_costs, l->state_capacity);
    }
    return &l->state_costs[entry];
}

/* A new set: its rows, and what it accounts for. */
static void add_set(struct ledger *l, const struct pe *c, uint32_t entry, const struct state_key *k)
{
    struct class_sum sum[CLASS_COUNT];
    int64_t id = dict_id(&l->state_sets, entry);
    struct state_cost *cost = cost_at(l, entry);

    sum_classes(c, k, sum);
    memset(cost, 0, sizeof(*cost));
    for (unsigned i = 0; i < CLASS_COUNT; i++) {
        cost->cycles += sum[i].save_cycles + sum[i].restore_cycles;
        cost->saved += sum[i].saved;
        cost->restored += sum[i].restored;
        cost->leaked += sum[i].leaked;
        cost->unchanged += sum[i].unchanged;
        cost->needless += sum[i].needless;
        if (sum[i].saved + sum[i].restored + sum[i].leaked)
            ROW(l, TABLE_state_set_class, id, i, sum[i].saved, sum[i].restored, sum[i].leaked,
                sum[i].unchanged, sum[i].needless, (int64_t)sum[i].save_cycles,
                (int64_t)sum[i].restore_cycles);
    }
    ROW(l, TABLE_state_set, id, k->el, cost->saved, cost->restored, cost->leaked, cost->unchanged,
        cost->needless);
    write_regs(l, id, k);
}

static uint32_t intern(struct ledger *l, const struct pe *c, const struct state_key *k)
{
    uint64_t words[STATE_KEY_WORDS];
    bool fresh;
    uint32_t entry;

    memcpy(words, k, sizeof(words));
    entry = dict_find(&l->state_sets, words, &fresh);
    if (entry == DICT_FULL) {
        dict_clear(&l->state_sets);
        entry = dict_find(&l->state_sets, words, &fresh);
    }
    if (fresh)
        add_set(l, c, entry, k);
    return entry;
}

uint32_t state_find(struct ledger *l, const struct pe *c, const struct frame *f, uint64_t handler_cycles)
{
    struct state_key k;
    uint32_t entry;

    memset(&k, 0, sizeof(k));
    fold(l, f->touched.sr_read, k.saved.sr);
    fold(l, f->touched.sr_written, k.restored);
    k.saved.gp = f->touched.gp_stored & 0x7fffffff;
    k.gp_restored = f->touched.gp_loaded & 0x7fffffff;
    k.saved.fp = f->touched.fp_stored;
    k.fp_restored = f->touched.fp_loaded;
    k.el = f->to_el;
    k.priced = 1;
    find_leaks(l, c, f, &k);
    needless_find(l, c, f, &k.saved, &k.needless);
    entry = intern(l, c, &k);
    if (cost_at(l, entry)->cycles <= handler_cycles)
        return entry;
    k.priced = 0;
    return intern(l, c, &k);
}
