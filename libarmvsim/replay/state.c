/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file state.c
 * State hashes (state.h). They are sums over what is not zero, each part mixed with what it is the value
 * of, so that memory that nobody touched costs next to nothing: the host tells which pages there are. One
 * slice of memory a hash keeps recording cheap however large the memory is; all slices have had their turn
 * after 64.
 */
#include "replay/state.h"

#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

#include "arch/sysreg.h"
#include "core/machine.h"

#define MIX_A UINT64_C(0x9e3779b97f4a7c15)
#define MIX_B UINT64_C(0xd6e8feb86659fd93)
enum { PIECE_SHIFT = 21, PIECE_PAGES = 1 << (PIECE_SHIFT - AVS_PAGE_SHIFT) };

/* Keys of state items: what, and which of them. A system register's is its encoding. */
enum item_kind {
    ITEM_X = 1 << 20,
    ITEM_SP = 2 << 20,
    ITEM_V = 3 << 20, /* Two of each: its halves. */
    ITEM_PE = 4 << 20,
    ITEM_SYSREG = 5 << 20,
};

uint64_t state_mix(uint64_t digest, uint64_t value)
{
    unsigned __int128 p = (unsigned __int128)(digest ^ MIX_A) * (value ^ MIX_B);

    return (uint64_t)p ^ (uint64_t)(p >> 64);
}

uint64_t state_mix_exception(uint64_t digest, const struct pe *c, const struct exc *exc, uint64_t from_pc)
{
    const uint64_t what = (uint64_t)exc->type << 40 | (uint64_t)exc->ec << 32 | exc->iss;

    digest = state_mix(digest ^ what, (uint64_t)exc->target_el << 8 | c->index);
    return state_mix(digest ^ from_pc, pe_insns(c));
}

uint64_t state_insns(const struct avs_machine *m)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < m->pe_count; i++)
        n += pe_insns(&m->pe[i]);
    return n;
}

uint64_t state_cycle(const struct avs_machine *m)
{
    uint64_t last = m->sched.now;

    for (unsigned i = 0; i < m->pe_count; i++)
        last = MAX(last, pe_cycles(&m->pe[i]));
    return last;
}

/* ---- PEs ---- */

struct visit {
    void (*fn)(void *user, const struct state_item *item);
    void *user;
};

static void item(const struct visit *v, const char *name, int index, uint64_t key, uint64_t value)
{
    const struct state_item i = { name, index, key, value };

    if (value)
        v->fn(v->user, &i);
}

static uint64_t pstate_bits(const struct pe *c)
{
    return (uint64_t)pe_nzcv(c) | c->daif | c->el << 4 | c->spsel << 6 | c->pan << 7 | c->uao << 8 |
           c->dit << 9 | c->ssbs << 10 | c->il << 11 | c->ss << 12 | c->btype << 13;
}

/* What is neither a register nor PSTATE: counts, and what the PE waits for. */
static void pe_items(const struct visit *v, const struct pe *c)
{
    item(v, "pc", -1, ITEM_PE, c->pc);
    item(v, "PSTATE", -1, ITEM_PE + 1, pstate_bits(c));
    item(v, "instructions", -1, ITEM_PE + 2, pe_insns(c));
    item(v, "cycles/16", -1, ITEM_PE + 3, c->tick_base + acc_ticks(c->acc));
    item(v, "interrupt inputs", -1, ITEM_PE + 4, c->irq_lines);
    item(v, "event register", -1, ITEM_PE + 5, c->event);
    item(v, "waiting", -1, ITEM_PE + 6, c->waiting);
    item(v, "off", -1, ITEM_PE + 7, c->halted);
    item(v, "exclusive monitor", -1, ITEM_PE + 8, c->excl_valid ? c->excl_pa | 1 : 0);
}

void state_each(const struct pe *c, void (*fn)(void *user, const struct state_item *item), void *user)
{
    const struct visit v = { fn, user };
    const unsigned live = c->spsel ? c->el : 0;

    pe_items(&v, c);
    for (int i = 0; i < 31; i++)
        item(&v, "x", i, ITEM_X + (unsigned)i, c->x[i]);
    for (unsigned i = 0; i < 4; i++)
        item(&v, "SP_EL", (int)i, ITEM_SP + i, i == live ? c->x[REG_SP] : c->sp_el[i]);
    for (int i = 0; i < 32; i++) {
        item(&v, "v.d[0] of v", i, ITEM_V + 2 * (unsigned)i, c->v[i].d[0]);
        item(&v, "v.d[1] of v", i, ITEM_V + 2 * (unsigned)i + 1, c->v[i].d[1]);
    }
    for (unsigned id = 0; id < SR_COUNT; id++)
        item(&v, sysreg_name(id), -1, ITEM_SYSREG + sysreg_encoding(id), c->sr[id]);
}

static void add_item(void *user, const struct state_item *i)
{
    *(uint64_t *)user += state_mix(i->key, i->value);
}

uint64_t state_hash_pes(const struct avs_machine *m)
{
    uint64_t hash = 0;

    for (unsigned i = 0; i < m->pe_count; i++) {
        uint64_t sum = 0;

        state_each(&m->pe[i], add_item, &sum);
        hash = state_mix(hash + i + 1, sum);
    }
    return hash;
}

/* ---- Memory ---- */

/* Zero for a page of zeros. Four lanes, so that the host's multipliers have something to do. */
static uint64_t page_hash(const uint8_t *bytes)
{
    uint64_t lane[4] = { 1, 2, 3, 4 }, any = 0;

    for (size_t at = 0; at < AVS_PAGE_SIZE; at += sizeof(lane)) {
        uint64_t word[4];

        memcpy(word, bytes + at, sizeof(word));
        for (unsigned i = 0; i < 4; i++) {
            any |= word[i];
            lane[i] = state_mix(lane[i], word[i]);
        }
    }
    return any ? state_mix(state_mix(lane[0], lane[1]), state_mix(lane[2], lane[3])) : 0;
}

/* Which pages of a piece the host has: the others were never touched and are zero. Without the host's word,
 * all are looked at. One 64-bit entry a page, of which bit 63 is "present", bit 62 "swapped". */
static void touched_pages(int pagemap, const uint8_t *host, size_t count, uint64_t *entries)
{
    const size_t bytes = count * sizeof(*entries);
    const off_t at = (off_t)((uintptr_t)host / AVS_PAGE_SIZE * sizeof(*entries));

    if (pagemap < 0 || pread(pagemap, entries, bytes, at) != (ssize_t)bytes)
        memset(entries, 0xff, bytes);
}

static uint64_t piece_hash(int pagemap, const struct bus_region *r, uint64_t off)
{
    const size_t count = (size_t)(MIN(r->size - off, UINT64_C(1) << PIECE_SHIFT) >> AVS_PAGE_SHIFT);
    uint64_t entries[PIECE_PAGES], sum = 0;

    touched_pages(pagemap, r->host + off, count, entries);
    for (size_t i = 0; i < count; i++) {
        const uint64_t at = off + (i << AVS_PAGE_SHIFT);
        const uint64_t page = entries[i] >> 62 ? page_hash(r->host + at) : 0;

        sum += page ? state_mix(r->base + at, page) : 0;
    }
    return sum;
}

/* The pieces of one slice, or of all: STATE_SLICES. */
static uint64_t hash_pieces(struct avs_machine *m, unsigned slice)
{
    const bool host_pages = sysconf(_SC_PAGESIZE) == AVS_PAGE_SIZE;
    const int pagemap = host_pages ? open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC) : -1;
    const struct bus_region *r;
    uint64_t sum = 0;

    for (size_t i = 0; (r = bus_region_at(m->bus, i)); i++) {
        const uint64_t step = slice == STATE_SLICES ? 1 : STATE_SLICES;
        uint64_t piece = slice == STATE_SLICES ? 0 : slice;

        for (; r->kind != BUS_MMIO && piece << PIECE_SHIFT < r->size; piece += step)
            sum += piece_hash(pagemap, r, piece << PIECE_SHIFT);
    }
    if (pagemap >= 0)
        close(pagemap);
    return sum;
}

uint64_t state_hash_slice(struct avs_machine *m, unsigned slice)
{
    return hash_pieces(m, slice % STATE_SLICES);
}

uint64_t state_hash_memory(struct avs_machine *m)
{
    return hash_pieces(m, STATE_SLICES);
}
