/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file charge.c
 * From accesses to the model of the memory system (charge.h, timing/memory.h). Which memory is cacheable:
 * DDI 0487, D8.5.5 and B2.7.2: Normal memory that is Inner Write-Back after both stages, while SCTLR_ELx.C
 * (and HCR_EL2.CD), for fetches SCTLR_ELx.I (and HCR_EL2.ID), allow it. Write-Through memory counts as not
 * cacheable, as it is on the modelled cores.
 */
#include "mmu/charge.h"

#include "a64/op.h"
#include "board/bus.h"
#include "core/path.h"
#include "mmu/state.h"
#include "timing/after.h"

/* Inner attributes are bits <3:0>: 0b01RW and 0b11RW are Write-Back, transient and not; 0b0100 is
 * Non-cacheable (MAIR_ELx). */
static bool is_write_back(uint8_t attr)
{
    return attr >> 4 && (attr & 4) && (attr & 0xf) != 4;
}

static bool is_cacheable(const struct mmu_ctx *x, const struct mmu_result *r, bool fetch)
{
    if (fetch)
        return x->cache_instr && (!x->s1_on || is_write_back(r->attr));
    return x->cache_data && r->type == MEM_NORMAL && is_write_back(r->attr);
}

struct line_map *charge_lines(struct pe *c, const struct mmu_ctx *x, const struct mmu_result *r,
                              const struct bus_region *region, uint64_t off, bool fetch)
{
    struct line_map *lines;

    if (!c->memory)
        return &line_map_all;
    if (!is_cacheable(x, r, fetch))
        return (struct line_map *)&line_map_none;
    lines = memory_lines(c->memory, region->id, off >> AVS_PAGE_SHIFT, region->size >> AVS_PAGE_SHIFT);
    if (!lines)
        return &line_map_all;
    lines->pa = region->base + (off & AVS_PAGE_MASK);
    return lines;
}

static uint64_t line_address(const struct line_map *lines, uint64_t va)
{
    return lines == &line_map_none ? va : lines->pa + (va & ~AVS_PAGE_MASK);
}

static void access_line(struct pe *c, struct memory_access *a)
{
    uint32_t stall;

    a->cacheable = a->map != &line_map_none;
    a->late = c->mmu->late;
    c->mmu->late = 0;
    if (c->after)
        c->after->line = false;
    stall = memory_access(c->memory, a, pe_cycles(c), pe_insns(c));
    after_charge(c->after, stall, a->late);
    pe_add_cycles(c, stall);
}

static void data_line(struct pe *c, struct line_map *lines, uint64_t va, unsigned size, bool write)
{
    const uint64_t map = write ? lines->owned : lines->present;

    if (map >> (va >> LINE_SHIFT & 63) & 1 && !c->mmu->late)
        return;
    access_line(c, &(struct memory_access){
                       .kind = write ? MEMORY_STORE : MEMORY_LOAD,
                       .pa = line_address(lines, va),
                       .map = lines,
                       .pc = c->pc,
                       .note = &op_page_of(c->code_ops)->note[(c->pc >> 2) & (OPS_PER_PAGE - 1)],
                       .size = (uint8_t)size });
}

void charge_data(struct pe *c, struct line_map *lines, uint64_t va, unsigned size, bool write)
{
    const unsigned room = LINE_SIZE - (unsigned)(va % LINE_SIZE);

    if (!c->memory)
        return;
    c->ctr[CTR_mem_uncached] += lines == &line_map_none;
    data_line(c, lines, va, size < room ? size : room, write);
    if (unlikely(size > room))
        data_line(c, lines, va + room, size - room, write);
}

void charge_fetch_line(struct pe *c, uint64_t va)
{
    const struct predictor *p = &c->predict;
    const uint64_t wrong = p->conditional_wrong + p->indirect_wrong + p->returned_wrong;
    const uint64_t redirects = wrong + c->ctr[CTR_exception] + c->ctr[CTR_eret];

    /* The run loop comes back to the line that executes, as often as it likes: that is no fetch. */
    if (c->code_lines == &line_map_none && !c->mmu->late &&
        memory_fetched_last(c->memory, line_address(c->code_lines, va)))
        return;
    if (unlikely(c->m->path))
        path_look(c);
    access_line(c, &(struct memory_access){ .kind = MEMORY_FETCH,
                                            .pa = line_address(c->code_lines, va),
                                            .map = c->code_lines,
                                            .redirected = redirects != c->mmu->redirects });
    c->mmu->redirects = redirects;
}

void charge_walk_read(struct pe *c, uint64_t pa, struct line_map *lines)
{
    const struct memory_access a = { .kind = MEMORY_WALK, .pa = pa, .map = lines, .cacheable = true };

    c->ctr[CTR_l1d_walk] += c->m->model->memory.walk_level == 1;
    if (c->after)
        c->after->line = false;
    c->mmu->late += memory_access(c->memory, &a, pe_cycles(c) + c->mmu->late, pe_insns(c));
    if (c->after && c->after->line) /* It is a part of what the translation takes. */
        c->after->entry = true;
}

void charge_late(struct pe *c, bool fetch)
{
    c->ctr[fetch ? CTR_stall_walk_instr : CTR_stall_walk_data] += c->mmu->late;
    after_charge(c->after, c->mmu->late, c->mmu->late);
    pe_add_cycles(c, c->mmu->late);
    c->mmu->late = 0;
}
