/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file tlb.h
 * The modelled TLB of one PE (DDI 0487, D8.16 "Translation Lookaside Buffers"): three set-associative
 * arrays.
 *
 *   main  VA to PA: what an access hits. One entry caches both stages ("combined" in the manual's words).
 *   s1    VA to IPA: stage 1 alone, kept when a fault behind it kept an entry of both from being made.
 *         A repeated stage-2 fault finds its IPA here.
 *   s2    IPA to PA: stage 2 alone. Descriptors of stage-1 tables are mostly found through it.
 *
 * A hit compares tags alone: regime, Security state, which stages were on, VMID, ASID unless global, and
 * the address at the entry's size. Table bases never take part, so an entry outlives the tables that made
 * it until it is invalidated or evicted. An entry keeps both stages' descriptor fields unevaluated;
 * permissions are judged at each use, with the context of that use. Replacement does nothing on a hit: a
 * free way, else one chosen by a seeded generator.
 *
 * Which stages were on is part of the tag: an entry made with a stage off is never used with it on. The
 * architecture would allow that until a TLBI; invalidation does not look at these bits.
 *
 * A fourth array is the walk cache: which table of the last level a part of the address space has. It knows
 * addresses of tables alone, not what is in them, and decides nothing but time.
 *
 * Not modelled: TLB conflict aborts (of overlapping entries the smallest wins), stale intermediate levels.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pe;

enum {
    TLB_TAG_REGIME = 3, /* enum regime */
    TLB_TAG_SECURE = 1 << 2,
    TLB_TAG_S1_OFF = 1 << 3,                         /* Made with stage 1 disabled. */
    TLB_TAG_S2_ON = 1 << 4,                          /* Made with stage 2 enabled. */
    TLB_TAG_OWNER = TLB_TAG_REGIME | TLB_TAG_SECURE, /* What a TLBI looks at. */
};

/* Size of the s1 array; the others' come from the core model. */
enum { TLB_S1_ENTRIES = 64, TLB_S1_WAYS = 4, TLB_MAX_ENTRIES = 0xfff0 };

/* A stage-1 block or page: its output and the descriptor's fields, table attributes applied. */
struct s1_leaf {
    uint64_t out;  /* Output address of its first byte. */
    uint8_t shift; /* log2 of its size, contiguous bit included. */
    uint8_t level;
    uint8_t attr, sh; /* MAIR attribute byte, shareability. */
    uint8_t ap;       /* AP[2:1] */
    bool pxn, uxn;    /* uxn is XN where the regime has one privilege level. */
    bool ng, ns;
    bool gp; /* Guarded page (FEAT_BTI). */
};

/* A stage-2 block or page. */
struct s2_leaf {
    uint64_t out;
    uint8_t shift;
    uint8_t level;
    uint8_t ap;      /* S2AP: bit 0 read, bit 1 write */
    uint8_t xn;      /* XN[1:0] */
    uint8_t memattr; /* MemAttr[3:0] */
    uint8_t sh;
};

struct tlb_entry {
    uint64_t addr; /* Input address of its first byte, bits <55:12>, with `shift` in the low bits. */
    uint16_t asid, vmid;
    uint8_t tag;
    uint8_t cover; /* log2 of the block that a TLBI by address in it invalidates; >= shift. */
    bool global;
    uint8_t attr, sh; /* Both stages combined, for data accesses. */
    struct s1_leaf s1;
    struct s2_leaf s2;
};

struct tlb_key {
    uint64_t addr; /* Any address inside, bits <55:0>. */
    uint16_t asid, vmid;
    uint8_t tag;
};

/* What an invalidation applies to. */
enum tlb_asid_rule {
    TLB_ASID_ANY,
    TLB_ASID_OR_GLOBAL, /* By VA: the ASID's entries and global ones. */
    TLB_ASID_ONLY,      /* By ASID: global entries stay. */
};
struct tlb_match {
    uint8_t tag; /* Compared under TLB_TAG_OWNER. */
    bool by_vmid, by_addr;
    enum tlb_asid_rule asid_rule;
    uint16_t vmid, asid;
    uint64_t addr, last; /* Addresses, both included. */
};

struct tlb_array {
    struct tlb_entry *entry;
    uint64_t *valid; /* One bit an entry. */
    uint32_t entries, ways, sets;
    uint32_t live;         /* Valid entries. */
    uint32_t split;        /* Valid entries with cover > shift. */
    uint32_t of_shift[64]; /* Valid entries by size. */
    uint64_t shifts;       /* Sizes with valid entries: bit n for 2^n bytes. */
    uint64_t random;
    bool backs_fast; /* Its entries are owners of fast-TLB slots. */
};

struct tlb {
    struct tlb_array main, s1, s2, walk;
};

struct core_translation;
/* Entries are rounded down to a multiple of ways. False when the host has no memory or a shape is none. */
bool tlb_init(struct tlb *t, const struct core_translation *k, uint64_t seed);
void tlb_free(struct tlb *t);
/* Forgets everything; the fast TLB must have been dropped. */
void tlb_reset(struct tlb *t);

/* The entry that translates the key's address, NULL on a miss. */
struct tlb_entry *tlb_lookup(struct tlb_array *a, const struct tlb_key *k);
/* Puts an entry in, over another if the set is full, and returns where it is. `shift` is its size. */
struct tlb_entry *tlb_insert(struct pe *c, struct tlb_array *a, const struct tlb_key *k, unsigned shift,
                             const struct tlb_entry *body);
void tlb_invalidate(struct pe *c, struct tlb_array *a, const struct tlb_match *m);

/* A number that tells an entry's translation from others', wherever it is: for timing/after.h. */
uint64_t tlb_entry_name(const struct tlb_entry *e);

static inline unsigned tlb_shift(const struct tlb_entry *e)
{
    return (unsigned)(e->addr & 63);
}

static inline uint16_t tlb_index(const struct tlb_array *a, const struct tlb_entry *e)
{
    return (uint16_t)(e - a->entry);
}
