/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file access.c
 * Data accesses that the fast TLB did not serve (DDI 0487: AArch64.MemSingle, AArch64.MemTag excluded; B2.8
 * "Alignment support"). Order of checks: alignment by control bit or kind of access, translation, alignment
 * by Device memory, the bus. A misaligned access is one access here, apart from page crossing: single-copy
 * atomicity of its parts is not observable with PEs that interleave between instructions.
 */
#include "mmu/access.h"

#include <string.h>

#include "a64/op.h"
#include "arch/debug.h"
#include "arch/exception.h"
#include "core/machine.h"
#include "mmu/charge.h"
#include "mmu/state.h"
#include "mmu/syndrome.h"

enum { MUST_ALIGN = ACCESS_ALIGNED | ACCESS_ATOMIC | ACCESS_ORDERED };

/* One part of an access, within a page. */
struct part {
    uint64_t va;
    unsigned size;
    struct mmu_result r;
    struct bus_region *region;
    uint64_t off;
    struct line_map *lines; /* Of memory's. */
};

static uint32_t current_insn(const struct pe *c)
{
    return c->code_ops[(c->pc >> 2) & (OPS_PER_PAGE - 1)].insn;
}

static bool data_fault(struct pe *c, struct mmu_fault *f, unsigned flags)
{
    charge_late(c, false);
    exc_data_abort(c, f, flags & ACCESS_VECTOR ? 0 : syndrome_isv(current_insn(c)));
    c->exc.insn = current_insn(c);
    return false;
}

static bool simple_fault(struct pe *c, uint8_t fsc, uint64_t va, bool write, unsigned flags)
{
    struct mmu_fault f = { .fsc = fsc, .va = va, .write = write };

    return data_fault(c, &f, flags);
}

/* Whether a fast-TLB slot with this tag serves the access: misaligned ones if the memory allows them. */
static inline bool slot_serves(const struct pe *c, const struct fast_meta *d, uint64_t slot_tag,
                               uint64_t va, unsigned size, unsigned flags)
{
    uint64_t tag = ((va + size - 1) & AVS_PAGE_MASK) | c->dctx;

    if (slot_tag != tag || (flags & ACCESS_UNPRIV) || ((flags & ACCESS_NORMAL) && !d->unaligned))
        return false;
    return !(va & (size - 1)) || (d->unaligned && !(flags & MUST_ALIGN));
}

/* The main TLB's entry is used: by way of the micro-TLB, or after a miss there. */
static void use_owner(struct pe *c, uint16_t owner)
{
    if (!utlb_enter(c, false, owner))
        return;
    c->ctr[CTR_utlb_data_refill]++;
    c->mmu->late += c->m->model->translation.tlb_latency;
}

/* A parked slot of this page lives again: its owner is in the micro-TLB. */
static void revive(struct pe *c, unsigned index, uint64_t va)
{
    struct fast_slot *s = &c->dtlb[index];
    const uint64_t parked = (va & AVS_PAGE_MASK) | c->dctx | FAST_PARKED;

    if (s->tag_r != parked && s->tag_w != parked)
        return;
    use_owner(c, c->mmu->dmeta[index].owner);
    s->tag_r ^= s->tag_r == parked ? FAST_PARKED : 0;
    s->tag_w ^= s->tag_w == parked ? FAST_PARKED : 0;
}

/* A fast-TLB slot that serves the access after all: parked, misaligned within a page, ordered, or of a page
 * whose line is not in L1D. */
static inline const struct fast_slot *fast_serving(struct pe *c, uint64_t va, unsigned size, bool write,
                                                   unsigned flags)
{
    const unsigned index = fast_index(va, c->dctx);
    const struct fast_slot *s = &c->dtlb[index];

    revive(c, index, va);
    return slot_serves(c, &c->mmu->dmeta[index], write ? s->tag_w : s->tag_r, va, size, flags) ? s : NULL;
}

/* The host's address of an access that such a slot serves, charged. */
static inline uint8_t *fast_host(struct pe *c, uint64_t va, unsigned size, bool write, unsigned flags)
{
    const struct fast_slot *s = fast_serving(c, va, size, write, flags);

    if (!s)
        return NULL;
    charge_data(c, s->lines, va, size, write);
    return (uint8_t *)(uintptr_t)(va + s->addend);
}

static bool page_has_code(const struct bus_region *region, uint64_t off)
{
    return region->code && region->code[off >> AVS_PAGE_SHIFT];
}

/* Watchpoints on a page that has some (AArch64.CheckDebug): after translation, before anything happens. */
static bool watched(struct pe *c, const struct part *p, enum mmu_access acc, unsigned flags)
{
    if (debug_check_access(c, p->va, p->size, acc != MMU_WRITE, acc & MMU_WRITE, flags & ACCESS_UNPRIV))
        return false;
    charge_late(c, false);
    c->exc.insn = current_insn(c);
    return true;
}

static void fill_slot(struct pe *c, const struct mmu_ctx *x, const struct part *p)
{
    const struct fast_page page = { .host = p->region->host + (p->off & AVS_PAGE_MASK),
                                    .lines = p->lines,
                                    .owner = p->r.owner,
                                    .readable = p->r.readable,
                                    .writable = p->r.writable && p->region->kind == BUS_RAM,
                                    .has_code = page_has_code(p->region, p->off),
                                    .unaligned = p->r.type == MEM_NORMAL && !x->align_check };

    fast_fill_data(c, p->va, c->dctx, &page);
}

/* Translates one part, checks Device alignment (`misaligned` is of the whole element), finds the memory. */
static bool locate(struct pe *c, const struct mmu_ctx *x, struct part *p, enum mmu_access acc,
                   bool misaligned, unsigned flags)
{
    const bool on_watch = debug_page_watched(c, p->va);
    struct mmu_fault f = { 0 };
    bool write = acc & MMU_WRITE;

    if (!mmu_translate(c, x, va(p->va), acc, &p->r, &f))
        return data_fault(c, &f, flags);
    use_owner(c, p->r.owner);
    if (unlikely(on_watch) && watched(c, p, acc, flags))
        return false;
    if ((misaligned || (flags & ACCESS_NORMAL)) && p->r.type == MEM_DEVICE)
        return simple_fault(c, FSC_ALIGNMENT, p->va, write, flags);
    p->region = bus_find(c->m->bus, p->r.pa);
    if (!p->region || (p->region->secure_only && p->r.ns) ||
        (p->region->kind == BUS_ROM && write && !p->region->ops))
        return simple_fault(c, FSC_EXTERNAL, p->va, write, flags);
    p->off = p->r.pa.v - p->region->base;
    if (bus_to_device(p->region, write)) {
        charge_late(c, false);
        return true;
    }
    p->lines = charge_lines(c, x, &p->r, p->region, p->off, false);
    if (!(flags & ACCESS_UNPRIV) && !on_watch)
        fill_slot(c, x, p);
    return true;
}

static bool alignment_ok(struct pe *c, const struct mmu_ctx *x, uint64_t va, unsigned size, bool write,
                         unsigned flags)
{
    if (!(va & (size - 1)) || !(x->align_check || (flags & MUST_ALIGN)))
        return true;
    return simple_fault(c, FSC_ALIGNMENT, va, write, flags);
}

/* Counts a device access, and what it costs. Returns the cycles for which a write is still on its way when
 * the core goes on. */
static uint32_t charge_device(struct pe *c, const struct part *p, bool write)
{
    const uint32_t latency = bus_access_ticks(p->region, c, write) >> TICK_SHIFT;
    const bool posted = write && c->memory && c->m->model->memory.device_posted;
    uint32_t stall;

    c->ctr[CTR_mmio]++;
    c->ctr[CTR_mmio_waited] += !posted;
    c->ctr[CTR_mem_uncached]++;
    if (!c->memory)
        return 0;
    stall = memory_device(c->memory, write, latency, pe_cycles(c));
    pe_add_cycles(c, stall);
    if (p->region->waits)
        c->ctr[p->region->waits - 1] += stall;
    return posted ? latency : 0;
}

static bool device_read(struct pe *c, struct part *p, uint64_t *val)
{
    charge_device(c, p, false);
    return p->region->ops->read(p->region->dev, c, p->off, p->size, val);
}

/* Whether a device that was just written did away with the code that is executing: by DMA, which forgets
 * the rest of the block and with it the store's op, or as flash that does not show its memory any more. */
static bool code_gone(const struct pe *c, const struct bus_region *region)
{
    return region->answers || (c->code_ops && !c->code_ops[(c->pc >> 2) & (OPS_PER_PAGE - 1)].suffix);
}

static bool device_write(struct pe *c, struct part *p, uint64_t val)
{
    bool done;

    c->m->device_late = charge_device(c, p, true);
    done = p->region->ops->write(p->region->dev, c, p->off, p->size, val);
    c->m->device_late = 0;
    if (code_gone(c, p->region))
        c->mmu->code_changed = true;
    return done;
}

/* Decoded instructions that a store hits are decoded again (B2.3.8 leaves it to IC and ISB when; here it is
 * at once). */
static void code_store(struct pe *c, struct part *p)
{
    struct code_page *page = p->region->code[p->off >> AVS_PAGE_SHIFT];
    unsigned first = (unsigned)(p->off & ~AVS_PAGE_MASK) >> 2;
    unsigned last = (unsigned)((p->off + p->size - 1) & ~AVS_PAGE_MASK) >> 2;

    if (!a64_page_invalidate(page, first, last))
        return;
    c->ctr[CTR_code_write]++;
    if (a64_page_has(page, c->code_ops))
        c->mmu->code_changed = true;
}

static bool part_read(struct pe *c, struct part *p, void *data, unsigned flags)
{
    uint64_t val = 0;

    if (!bus_to_device(p->region, false)) {
        charge_data(c, p->lines, p->va, p->size, false);
        memcpy(data, p->region->host + p->off, p->size);
        return true;
    }
    if ((p->size & (p->size - 1)) || (p->off & (p->size - 1)) || !device_read(c, p, &val))
        return simple_fault(c, FSC_EXTERNAL, p->va, false, flags);
    memcpy(data, &val, p->size);
    return true;
}

static bool part_write(struct pe *c, struct part *p, const void *data, unsigned flags)
{
    uint64_t val = 0;

    if (!bus_to_device(p->region, true)) {
        charge_data(c, p->lines, p->va, p->size, true);
        memcpy(p->region->host + p->off, data, p->size);
        if (page_has_code(p->region, p->off))
            code_store(c, p);
        return true;
    }
    memcpy(&val, data, p->size);
    if ((p->size & (p->size - 1)) || (p->off & (p->size - 1)) || !device_write(c, p, val))
        return simple_fault(c, FSC_EXTERNAL, p->va, true, flags);
    return true;
}

/* Splits an access at a page boundary: one part, or two. */
static unsigned split(uint64_t va, unsigned size, struct part p[2])
{
    unsigned room = (unsigned)(AVS_PAGE_SIZE - (va & ~AVS_PAGE_MASK));

    p[0].va = va;
    p[0].size = size < room ? size : room;
    p[1].va = va + p[0].size;
    p[1].size = size - p[0].size;
    return p[1].size ? 2 : 1;
}

static bool access_slow(struct pe *c, uint64_t va, unsigned size, unsigned flags, bool write, void *data)
{
    const struct mmu_ctx *x = mmu_data_ctx(c, flags & ACCESS_UNPRIV);
    struct part p[2];
    unsigned count = split(va, size, p);

    if (!alignment_ok(c, x, va, size, write, flags))
        return false;
    for (unsigned i = 0; i < count; i++)
        if (!locate(c, x, &p[i], write ? MMU_WRITE : MMU_READ, va & (size - 1), flags))
            return false;
    for (unsigned i = 0; i < count; i++) {
        uint8_t *at = (uint8_t *)data + (i ? p[0].size : 0);
        if (!(write ? part_write(c, &p[i], at, flags) : part_read(c, &p[i], at, flags)))
            return false;
    }
    return true;
}

bool mem_read(struct pe *c, uint64_t va, unsigned size, unsigned flags, uint64_t *val)
{
    uint8_t *host = fast_host(c, va, size, false, flags);

    *val = 0;
    if (!host)
        return access_slow(c, va, size, flags, false, val);
    memcpy(val, host, size);
    return true;
}

/* A store beside decoded code, which keeps a page out of the fast TLB for stores: small hypervisors have
 * code and data on one page. The slot says that the store is allowed. */
static bool store_beside_code(struct pe *c, uint64_t va, unsigned size, unsigned flags, uint64_t val)
{
    const unsigned index = fast_index(va, c->dctx);
    const struct fast_slot *s = &c->dtlb[index];
    uint8_t *host = (uint8_t *)(uintptr_t)(va + s->addend);
    struct part p = { .va = va, .size = size, .lines = s->lines };

    if (!c->mmu->dmeta[index].writable || !slot_serves(c, &c->mmu->dmeta[index], s->tag_r, va, size, flags))
        return false;
    p.region = bus_main_holding(c->m->bus, host);
    if (!p.region)
        return false;
    p.off = (uint64_t)(host - p.region->host);
    return page_has_code(p.region, p.off) && part_write(c, &p, &val, flags);
}

bool mem_write(struct pe *c, uint64_t va, unsigned size, unsigned flags, uint64_t val)
{
    uint8_t *host = fast_host(c, va, size, true, flags);

    if (!host && store_beside_code(c, va, size, flags, val))
        return true;
    if (!host)
        return access_slow(c, va, size, flags, true, &val);
    memcpy(host, &val, size);
    return true;
}

/* A device sees a Q register as two doublewords. */
static bool device128(struct pe *c, uint64_t va, unsigned flags, bool write, union vreg *val)
{
    return access_slow(c, va, 8, flags, write, &val->d[0]) &&
           access_slow(c, va + 8, 8, flags, write, &val->d[1]);
}

static bool access128(struct pe *c, uint64_t va, unsigned flags, bool write, union vreg *val)
{
    const struct mmu_ctx *x = mmu_data_ctx(c, flags & ACCESS_UNPRIV);
    struct part p = { .va = va, .size = 16 };

    flags |= ACCESS_VECTOR;
    if (!alignment_ok(c, x, va, 16, write, flags))
        return false;
    if ((va & ~AVS_PAGE_MASK) > AVS_PAGE_SIZE - 16)
        return access_slow(c, va, 16, flags, write, val);
    if (!locate(c, x, &p, write ? MMU_WRITE : MMU_READ, va & 15, flags))
        return false;
    if (bus_to_device(p.region, write))
        return device128(c, va, flags, write, val);
    return write ? part_write(c, &p, val, flags) : part_read(c, &p, val, flags);
}

bool mem_read128(struct pe *c, uint64_t va, unsigned flags, union vreg *val)
{
    uint8_t *host = fast_host(c, va, 16, false, flags);

    if (!host)
        return access128(c, va, flags, false, val);
    memcpy(val, host, 16);
    return true;
}

bool mem_write128(struct pe *c, uint64_t va, unsigned flags, const union vreg *val)
{
    uint8_t *host = fast_host(c, va, 16, true, flags);
    union vreg copy = *val;

    if (!host)
        return access128(c, va, flags, true, &copy);
    memcpy(host, val, 16);
    return true;
}

bool mem_probe_write(struct pe *c, uint64_t va, unsigned size, unsigned flags)
{
    const struct mmu_ctx *x;
    struct part p[2];
    unsigned count = split(va, size, p), element = size / 2;

    if (!(va & (element - 1)) && fast_serving(c, va, size, true, flags | MUST_ALIGN))
        return true;
    x = mmu_data_ctx(c, flags & ACCESS_UNPRIV);
    if (!alignment_ok(c, x, va, element, true, flags))
        return false;
    for (unsigned i = 0; i < count; i++)
        if (!locate(c, x, &p[i], MMU_WRITE, va & (element - 1), flags))
            return false;
    return true;
}

uint8_t *mem_atomic(struct pe *c, uint64_t va, unsigned size, bool write, unsigned flags, pa_t *pa_out)
{
    const struct mmu_ctx *x = mmu_data_ctx(c, flags & ACCESS_UNPRIV);
    struct part p = { .va = va, .size = size };
    enum mmu_access acc = flags & ACCESS_ATOMIC ? MMU_RW : write ? MMU_WRITE : MMU_READ;

    if (!alignment_ok(c, x, va, size, write, flags | ACCESS_ALIGNED) ||
        !locate(c, x, &p, acc, false, flags))
        return NULL;
    if (bus_to_device(p.region, acc & MMU_WRITE)) {
        simple_fault(c, FSC_EXCLUSIVE, va, write, flags);
        return NULL;
    }
    charge_data(c, p.lines, va, size, acc & MMU_WRITE);
    if (write && page_has_code(p.region, p.off))
        code_store(c, &p);
    *pa_out = p.r.pa;
    return p.region->host + p.off;
}

bool mem_code_changed(struct pe *c)
{
    bool changed = c->mmu->code_changed;

    c->mmu->code_changed = false;
    return changed;
}

/* What DC and IC by address do to the model's caches. */
static void maintain(struct pe *c, const struct mmu_ctx *x, const struct mmu_result *r, unsigned id)
{
    const struct bus_region *region = bus_find(c->m->bus, r->pa);
    enum memory_op op = MEMORY_CLEAN;
    struct line_map *lines;

    if (!region || bus_to_device(region, false))
        return;
    switch (id) {
    case SR_DC_ZVA:
        return; /* Its stores are stores. */
    case SR_IC_IVAU:
        op = MEMORY_INVALIDATE_INSTR;
        break;
    case SR_DC_CVAU:
        op = MEMORY_CLEAN_POU;
        break;
    case SR_DC_IVAC:
        op = MEMORY_INVALIDATE;
        break;
    case SR_DC_CIVAC:
        op = MEMORY_CLEAN_INVALIDATE;
        break;
    }
    lines = charge_lines(c, x, r, region, r->pa.v - region->base, false);
    if (lines != &line_map_none)
        pe_add_cycles(c, memory_maintain(c->memory, op, lines, r->pa.v, pe_cycles(c)));
}

bool mem_cache_op(struct pe *c, unsigned id, uint64_t address)
{
    const bool write = id == SR_DC_IVAC; /* It needs permission to write. */
    const struct mmu_ctx *x = mmu_data_ctx(c, false);
    struct mmu_result r;
    struct mmu_fault f = { 0 };

    timing_charge(c, COST_CACHE_OP);
    if (mmu_translate(c, x, va(address), write ? MMU_WRITE : MMU_READ, &r, &f)) {
        charge_late(c, false);
        if (c->memory)
            maintain(c, x, &r, id);
        return true;
    }
    charge_late(c, false);
    f.cm = true;
    f.write = true; /* ISS.WnR reads 1 for a fault of a cache maintenance instruction. */
    exc_data_abort(c, &f, 0);
    return false;
}
