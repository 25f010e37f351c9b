/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file needless.c
 * Saves that a world switch could have done without. A register is *unchanged* when the handler saved it
 * although it had the value that it had when its context was entered, on this PE, by the world switch
 * before: the copy in memory was still right. It is *needless* when the context did not even read it.
 *
 * General-purpose and FP/SIMD registers are judged as banks: unchanged when all of those that were saved
 * are. They count as read. So do system registers that hardware reads for itself while the context runs;
 * those of timers, breakpoints and Performance Monitors while these are enabled (DDI 0487, D11, D2, D12).
 *
 * Values at entry are kept for KEPT_CONTEXTS contexts, those that were entered last, and of system
 * registers that some switch has saved before; what is not known counts as changed. Compared is the storage
 * of a register, as it is when the handler first reads it.
 */
#include <string.h>

#include "ledger/internal.h"

enum { KEPT_CONTEXTS = 64 };

/* A context's registers at its last entry. */
struct kept {
    uint64_t key;
    unsigned pe;
    uint64_t when; /* It was entered, in world switches; 0: free. */
    uint64_t known[SR_WORDS];
    uint64_t sr[SR_COUNT];
    uint64_t x[31];
    union vreg v[32];
};

static const uint8_t classes[SR_COUNT] = {
#define SYSREG(name, op0, op1, crn, crm, op2, e0, e1, e2, e3, cls, ...) [SR_##name] = SRC_##cls,
#include "arch/sysreg.def"
#undef SYSREG
};

/* Of the class el1_system: what nobody reads but software. */
static const uint16_t software_only[] = { SR_ESR_EL1,   SR_FAR_EL1, SR_AFSR0_EL1,
                                          SR_AFSR1_EL1, SR_PAR_EL1, SR_CSSELR_EL1 };

static bool has_bit(const uint64_t *set, unsigned id)
{
    return bit(set[id / 64], id % 64);
}

void needless_close(struct ledger *l)
{
    g_free(l->kept);
    l->kept = NULL;
    memset(l->ever_saved, 0, sizeof(l->ever_saved));
}

static struct kept *kept_find(const struct ledger *l, uint64_t key, unsigned pe)
{
    for (unsigned i = 0; l->kept && i < KEPT_CONTEXTS; i++)
        if (l->kept[i].when && l->kept[i].key == key && l->kept[i].pe == pe)
            return &l->kept[i];
    return NULL;
}

/* The entry of a context: its own, a free one, or that of the one that was entered longest ago. */
static struct kept *kept_place(struct ledger *l, uint64_t key, unsigned pe)
{
    struct kept *k = kept_find(l, key, pe);

    if (k)
        return k;
    if (!l->kept)
        l->kept = g_new0(struct kept, KEPT_CONTEXTS);
    k = l->kept;
    for (unsigned i = 1; i < KEPT_CONTEXTS; i++)
        if (l->kept[i].when < k->when)
            k = &l->kept[i];
    return k;
}

static uint64_t value_of(const struct pe *c, unsigned id)
{
    return id == SR_SP_EL0 ? c->sp_el[0] : id == SR_SP_EL1 ? c->sp_el[1] : c->sr[id];
}

void needless_enter(struct ledger *l, struct pe_track *t, const struct pe *c)
{
    const uint64_t key = context_key(c, c->el);
    struct kept *k = kept_place(l, key, c->index);

    k->key = key;
    k->pe = c->index;
    k->when = l->switch_count;
    memcpy(k->known, l->ever_saved, sizeof(k->known));
    memcpy(k->x, c->x, sizeof(k->x));
    memcpy(k->v, c->v, sizeof(k->v));
    for (unsigned w = 0; w < SR_WORDS; w++) {
        for (uint64_t left = k->known[w]; left; left &= left - 1) {
            unsigned id = w * 64 + (unsigned)__builtin_ctzll(left);

            k->sr[id] = value_of(c, id);
        }
    }
    memset(t->stay_read, 0, sizeof(t->stay_read));
}

void needless_stay(const struct ledger *l, struct pe_track *t, const struct pe *c)
{
    for (unsigned w = 0; l->kept && w < SR_WORDS; w++)
        t->stay_read[w] |= c->sr_read_set[w];
}

/* Whether a bit of a control register was set at entry; so it seems when that is not known. */
static bool enabled(const struct kept *k, unsigned id, uint64_t bits)
{
    return !has_bit(k->known, id) || (k->sr[id] & bits);
}

static bool timer_runs(const struct kept *k, unsigned id)
{
    switch (id) {
    case SR_CNTV_CTL_EL0:
    case SR_CNTV_CVAL_EL0:
        return enabled(k, SR_CNTV_CTL_EL0, 1);
    case SR_CNTP_CTL_EL0:
    case SR_CNTP_CVAL_EL0:
        return enabled(k, SR_CNTP_CTL_EL0, 1);
    default:
        return true;
    }
}

/* Whether hardware reads the register for itself while the context runs. */
static bool is_used(const struct kept *k, unsigned id)
{
    const uint64_t mdscr_mde = BIT(15), pmcr_e = BIT(0);

    for (unsigned i = 0; i < G_N_ELEMENTS(software_only); i++)
        if (software_only[i] == id)
            return false;
    switch (classes[id]) {
    case SRC_thread:
    case SRC_ras:
        return false;
    case SRC_timer:
        return timer_runs(k, id);
    case SRC_debug:
        return id == SR_MDSCR_EL1 || enabled(k, SR_MDSCR_EL1, mdscr_mde);
    case SRC_pmu:
        return id == SR_PMCR_EL0 || id == SR_PMUSERENR_EL0 || enabled(k, SR_PMCR_EL0, pmcr_e);
    default:
        return true;
    }
}

static bool same_x(const struct kept *k, const struct frame *f, uint32_t saved)
{
    for (uint32_t left = saved; left; left &= left - 1)
        if (k->x[__builtin_ctz(left)] != f->x[__builtin_ctz(left)])
            return false;
    return saved;
}

static bool same_v(const struct kept *k, const struct frame *f, uint32_t saved)
{
    for (uint32_t left = saved; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctz(left);

        if (memcmp(&k->v[i], &f->v[i], sizeof(f->v[i])))
            return false;
    }
    return saved;
}

static void judge(const struct pe_track *t, const struct frame *f, const struct kept *k,
                  const struct saved_regs *s, struct needless *out)
{
    for (unsigned w = 0; w < SR_WORDS; w++) {
        for (uint64_t left = s->sr[w] & k->known[w] & f->values.known[w]; left; left &= left - 1) {
            unsigned id = w * 64 + (unsigned)__builtin_ctzll(left);

            if (k->sr[id] != f->values.sr[id])
                continue;
            out->unchanged[w] |= BIT(id % 64);
            if (!has_bit(t->stay_read, id) && !is_used(k, id))
                out->needless[w] |= BIT(id % 64);
        }
    }
    out->gp_unchanged = same_x(k, f, s->gp) ? s->gp : 0;
    out->fp_unchanged = same_v(k, f, s->fp) ? s->fp : 0;
}

void needless_find(struct ledger *l, const struct pe *c, const struct frame *f, const struct saved_regs *s,
                   struct needless *out)
{
    const struct kept *k = kept_find(l, f->context_key, c->index);

    memset(out, 0, sizeof(*out));
    if (k)
        judge(&l->track[c->index], f, k, s, out);
    for (unsigned w = 0; w < SR_WORDS; w++)
        l->ever_saved[w] |= s->sr[w] & f->values.known[w];
}
