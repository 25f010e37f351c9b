/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file translate.c
 * One access through both stages: the TLB first, the walks on a miss, permissions last. DDI 0487, D8.1 and
 * D8.2; pseudocode AArch64.TranslateAddress, AArch64.S1Translate, AArch64.S2Translate.
 *
 * What is cached, and why it is allowed (D8.16): a translation without a translation, address size or
 * access flag fault, permissions whatever they are. So a permission fault of a stale entry repeats until a
 * TLBI, and a descriptor that was invalid is seen as soon as it becomes valid.
 */
#include <string.h>

#include "mmu/state.h"
#include "mmu/walk.h"

/* Stage 1 of a regime that has stage 2 behind it. */
static bool s1_find(struct pe *c, const struct mmu_ctx *x, uint64_t vaddr, struct s1_leaf *leaf,
                    struct mmu_fault *f)
{
    struct tlb_key k = mmu_tlb_key(x, vaddr);
    const struct tlb_entry *e = tlb_lookup(&c->mmu->tlb.s1, &k);

    if (!e)
        return s1_walk(c, x, vaddr, leaf, f);
    *leaf = e->s1;
    return true;
}

/* Keeps stage 1 where stage 2 faults: no entry of both can, and an emulated device faults again and again.
 */
static void s1_keep(struct pe *c, const struct mmu_ctx *x, uint64_t vaddr, const struct s1_leaf *leaf)
{
    struct tlb_key k = mmu_tlb_key(x, vaddr);

    if (!tlb_lookup(&c->mmu->tlb.s1, &k))
        tlb_insert(c, &c->mmu->tlb.s1, &k, leaf->shift,
                   &(struct tlb_entry){ .global = !leaf->ng, .s1 = *leaf });
}

static bool permission_fault(struct mmu_fault *f, bool write, bool stage2, unsigned level, uint64_t ipaddr)
{
    f->write = write;
    if (stage2)
        return fault_s2(f, FSC_PERMISSION, level, ipaddr);
    return fault_s1(f, FSC_PERMISSION, level);
}

static void entry_attributes(struct tlb_entry *e)
{
    e->attr = attr_combine(e->s1.attr, e->s2.memattr);
    e->sh = sh_combine(e->attr, e->s1.sh, e->s2.sh);
}

static const struct tlb_entry *insert(struct pe *c, const struct mmu_ctx *x, uint64_t vaddr, unsigned shift,
                                      struct tlb_entry *e)
{
    struct tlb_key k = mmu_tlb_key(x, vaddr);

    entry_attributes(e);
    e->global = !e->s1.ng;
    e->cover = x->s1_on ? e->s1.shift : (uint8_t)shift;
    return tlb_insert(c, &c->mmu->tlb.main, &k, shift, e);
}

/* The entry of an address by walks, in the order in which their faults count: stage 1 with its permissions,
 * then stage 2. NULL with *f filled. */
static const struct tlb_entry *walk(struct pe *c, const struct mmu_ctx *x, uint64_t vaddr,
                                    enum mmu_access acc, struct mmu_fault *f)
{
    struct tlb_entry e = { 0 };
    uint64_t ipaddr;
    bool write;

    if (!x->s2_on) {
        if (!s1_walk(c, x, vaddr, &e.s1, f))
            return NULL;
        s2_flat(e.s1.out, e.s1.shift, &e.s2);
        return insert(c, x, vaddr, e.s1.shift, &e);
    }
    if (!x->s1_on) {
        if (!s2_find(c, x, bits(vaddr, 55, 0), &e.s2, f))
            return NULL;
        s1_flat(x, vaddr, e.s2.shift, false, &e.s1);
        return insert(c, x, vaddr, e.s2.shift, &e);
    }
    if (!s1_find(c, x, vaddr, &e.s1, f))
        return NULL;
    if (!perm_allows(perm_s1(x, &e.s1), acc, &write)) {
        s1_keep(c, x, vaddr, &e.s1);
        permission_fault(f, write, false, e.s1.level, 0);
        return NULL;
    }
    ipaddr = e.s1.out | low_bits(vaddr, e.s1.shift);
    if (!s2_find(c, x, ipaddr, &e.s2, f)) {
        s1_keep(c, x, vaddr, &e.s1);
        return NULL;
    }
    return insert(c, x, vaddr, e.s1.shift < e.s2.shift ? e.s1.shift : e.s2.shift, &e);
}

static void result_of(struct pe *c, const struct tlb_entry *e, uint64_t vaddr, unsigned perms,
                      struct mmu_result *r)
{
    uint64_t ipaddr = e->s1.out | low_bits(vaddr, e->s1.shift);

    r->ipa = ipa(ipaddr);
    r->pa = pa(e->s2.out | low_bits(ipaddr, e->s2.shift));
    r->attr = e->attr;
    r->sh = e->sh;
    r->ns = e->s1.ns;
    r->readable = perms & PERM_R;
    r->writable = perms & PERM_W;
    r->guarded = e->s1.gp;
    r->owner = tlb_index(&c->mmu->tlb.main, e);
}

/* With stage 1 off, data is Device memory but instructions are not: the entry has the data's attributes. */
static void fetch_attributes(const struct mmu_ctx *x, const struct tlb_entry *e, struct mmu_result *r)
{
    struct s1_leaf leaf;

    s1_flat(x, 0, AVS_PAGE_SHIFT, true, &leaf);
    r->attr = attr_combine(leaf.attr, e->s2.memattr);
    r->sh = sh_combine(r->attr, leaf.sh, e->s2.sh);
}

/* Both stages off: the address is its own translation, and no entry backs it. */
static void result_flat(const struct mmu_ctx *x, uint64_t vaddr, bool fetch, struct mmu_result *r)
{
    struct s1_leaf leaf;

    s1_flat(x, vaddr, AVS_PAGE_SHIFT, fetch, &leaf);
    *r = (struct mmu_result){ .pa = pa(bits(vaddr, 55, 0)),
                              .ipa = ipa(bits(vaddr, 55, 0)),
                              .type = attr_is_device(leaf.attr) ? MEM_DEVICE : MEM_NORMAL,
                              .attr = leaf.attr,
                              .sh = leaf.sh,
                              .ns = leaf.ns,
                              .readable = true,
                              .writable = true,
                              .owner = FAST_OWNER_FLAT };
}

static const struct tlb_entry *find(struct pe *c, const struct mmu_ctx *x, uint64_t vaddr,
                                    enum mmu_access acc, struct mmu_fault *f)
{
    struct tlb_key k = mmu_tlb_key(x, vaddr);
    const struct tlb_entry *e = tlb_lookup(&c->mmu->tlb.main, &k);

    c->ctr[CTR_tlb_lookup]++;
    if (e)
        return e;
    c->ctr[CTR_tlb_miss]++;
    c->ctr[CTR_tlb_miss_instr] += acc == MMU_FETCH;
    return walk(c, x, vaddr, acc, f);
}

bool mmu_translate(struct pe *c, const struct mmu_ctx *x, va_t vaddr, enum mmu_access acc,
                   struct mmu_result *r, struct mmu_fault *f)
{
    bool write;

    *f = (struct mmu_fault){ .va = vaddr.v, .write = acc == MMU_WRITE };
    if (!s1_input_ok(c, x, vaddr.v, f))
        return false;
    if (!x->s1_on && !x->s2_on) {
        result_flat(x, vaddr.v, acc == MMU_FETCH, r);
        return true;
    }
    const struct tlb_entry *e = find(c, x, vaddr.v, acc, f);

    if (!e)
        return false;
    unsigned s1 = perm_s1(x, &e->s1), s2 = perm_s2(x, &e->s2);

    result_of(c, e, vaddr.v, s1 & s2, r);
    if (!perm_allows(s1, acc, &write))
        return permission_fault(f, write, false, e->s1.level, 0);
    if (!perm_allows(s2, acc, &write))
        return permission_fault(f, write, true, e->s2.level, r->ipa.v);
    if (acc == MMU_FETCH && !x->s1_on)
        fetch_attributes(x, e, r);
    r->type = attr_is_device(r->attr) ? MEM_DEVICE : MEM_NORMAL;
    return true;
}

bool mmu_translate_s1(struct pe *c, const struct mmu_ctx *x, va_t vaddr, enum mmu_access acc,
                      struct mmu_result *r, struct mmu_fault *f)
{
    struct s1_leaf leaf;
    bool write;

    if (!x->s2_on)
        return mmu_translate(c, x, vaddr, acc, r, f);
    *f = (struct mmu_fault){ .va = vaddr.v, .write = acc == MMU_WRITE };
    if (!s1_input_ok(c, x, vaddr.v, f))
        return false;
    if (!x->s1_on) {
        result_flat(x, vaddr.v, acc == MMU_FETCH, r);
        return true;
    }
    if (!s1_find(c, x, vaddr.v, &leaf, f))
        return false;
    unsigned perms = perm_s1(x, &leaf);

    if (!perm_allows(perms, acc, &write))
        return permission_fault(f, write, false, leaf.level, 0);
    *r = (struct mmu_result){ .pa = pa(leaf.out | low_bits(vaddr.v, leaf.shift)),
                              .attr = attr_normalize(leaf.attr),
                              .sh = sh_combine(attr_normalize(leaf.attr), leaf.sh, 0),
                              .ns = leaf.ns,
                              .readable = perms & PERM_R,
                              .writable = perms & PERM_W,
                              .owner = FAST_OWNER_FLAT };
    r->ipa = ipa(r->pa.v);
    r->type = attr_is_device(r->attr) ? MEM_DEVICE : MEM_NORMAL;
    return true;
}

bool mmu_debug_translate(struct pe *c, uint64_t vaddr, bool write, struct mmu_result *r)
{
    const uint64_t acc = c->acc;
    const uint32_t late = c->mmu->late;
    struct memory *memory = c->memory;
    uint64_t ctr[CTR_COUNT];
    struct mmu_fault f;
    bool ok;

    memcpy(ctr, c->ctr, sizeof(ctr));
    c->memory = NULL;
    ok = mmu_translate(c, mmu_data_ctx(c, false), va(vaddr), write ? MMU_WRITE : MMU_READ, r, &f);
    memcpy(c->ctr, ctr, sizeof(ctr));
    c->acc = acc;
    c->mmu->late = late;
    c->memory = memory;
    return ok;
}
