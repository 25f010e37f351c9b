/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file bus.c
 * The physical address map as a sorted array of regions. RAM and ROM are private anonymous mappings without
 * reserved swap: a page costs host memory once it is touched, and reads as zero until then. The arrays of
 * decoded pages are mapped the same way. Lookups are on the path of fast-TLB misses, device accesses and
 * table walks: the main RAM and the last hit are tried first, a binary search is the rest.
 * Flash is ROM with a device: the memory is what its array mode shows.
 * Not modelled: aliases, regions that move while the machine runs, bus widths and arbitration.
 * Who may see a secure_only region is decided by the caller, which knows the Security state.
 */
#include "board/bus.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#include "a64/op.h"
#include "core/bits.h"
#include "core/machine.h"

struct bus {
    struct avs_machine *m;
    struct bus_region **sorted; /* By base; the regions themselves never move. */
    size_t count;
    struct bus_region *main;   /* The largest RAM. */
    struct bus_region *last;   /* Where the last search ended. */
    struct bus_region nowhere; /* Size 0: holds no address. Stands for "none yet". */
};

static inline bool region_holds(const struct bus_region *r, uint64_t pa)
{
    return pa - r->base < r->size;
}

static size_t code_bytes(uint64_t size)
{
    return (size_t)(size >> AVS_PAGE_SHIFT) * sizeof(struct code_page *);
}

struct bus *bus_new(struct avs_machine *m)
{
    struct bus *b = g_new0(struct bus, 1);

    b->m = m;
    b->main = b->last = &b->nowhere;
    return b;
}

static void region_free(struct bus_region *r)
{
    if (r->kind != BUS_MMIO) {
        for (uint64_t page = 0; page < r->size >> AVS_PAGE_SHIFT; page++) {
            if (r->code[page])
                a64_page_free(r->code[page]);
        }
        munmap(r->host, r->size);
        munmap(r->code, code_bytes(r->size));
    }
    g_free((char *)r->name);
    g_free(r);
}

void bus_free(struct bus *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->count; i++)
        region_free(b->sorted[i]);
    g_free(b->sorted);
    g_free(b);
}

/* The index of the first region that begins after pa. */
static size_t upper_bound(const struct bus *b, uint64_t pa)
{
    size_t lo = 0, hi = b->count;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (b->sorted[mid]->base <= pa)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static avs_status range_check(struct bus *b, const char *name, uint64_t base, uint64_t size)
{
    size_t next = upper_bound(b, base);
    const struct bus_region *other = NULL;

    if (size == 0 || base + (size - 1) < base)
        return avs_fail(b->m, AVS_ERR_BOARD,
                        "%s: a region of 0x%" PRIx64 " bytes at 0x%" PRIx64 " is not possible", name, size,
                        base);
    if (next > 0 && region_holds(b->sorted[next - 1], base))
        other = b->sorted[next - 1];
    else if (next < b->count && b->sorted[next]->base - base < size)
        other = b->sorted[next];
    if (other)
        return avs_fail(b->m, AVS_ERR_BOARD, "%s at 0x%" PRIx64 " overlaps %s at 0x%" PRIx64, name, base,
                        other->name, other->base);
    return AVS_OK;
}

/* Puts the region into its place and owns it; the name is copied. */
static void region_insert(struct bus *b, const struct bus_region *proto)
{
    struct bus_region *r = g_new(struct bus_region, 1);
    size_t at = upper_bound(b, proto->base);

    *r = *proto;
    r->id = (uint8_t)b->count;
    r->name = g_strdup(proto->name);
    b->sorted = g_renew(struct bus_region *, b->sorted, b->count + 1);
    for (size_t i = b->count; i > at; i--)
        b->sorted[i] = b->sorted[i - 1];
    b->sorted[at] = r;
    b->count++;
    if (r->kind == BUS_RAM && r->size > b->main->size)
        b->main = r;
}

static void *map_lazily(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return p == MAP_FAILED ? NULL : p;
}

avs_status bus_add_ram(struct bus *b, const char *name, uint64_t base, uint64_t size, enum bus_kind kind,
                       bool secure_only)
{
    struct bus_region r = {
        .base = base, .size = size, .kind = kind, .secure_only = secure_only, .name = name
    };
    avs_status s = range_check(b, name, base, size);

    if (s)
        return s;
    if ((base | size) & ~AVS_PAGE_MASK)
        return avs_fail(b->m, AVS_ERR_BOARD,
                        "%s: 0x%" PRIx64 " bytes at 0x%" PRIx64 " are not whole 4 KiB pages", name, size,
                        base);
    r.host = map_lazily(size);
    r.code = r.host ? map_lazily(code_bytes(size)) : NULL;
    if (!r.code) {
        if (r.host)
            munmap(r.host, size);
        return avs_fail(b->m, AVS_ERR_NOMEM, "%s: the host has no room for 0x%" PRIx64 " bytes", name,
                        size);
    }
    region_insert(b, &r);
    return AVS_OK;
}

avs_status bus_add_device(struct bus *b, const char *name, uint64_t base, uint64_t size,
                          const struct mmio_ops *ops, void *dev)
{
    struct bus_region r = {
        .base = base, .size = size, .kind = BUS_MMIO, .name = name, .ops = ops, .dev = dev
    };
    avs_status s = range_check(b, name, base, size);

    if (!s)
        region_insert(b, &r);
    return s;
}

/* Forgets what was decoded from len bytes at off (B2.7.4: concurrent modification is seen at once here). */
static void forget_code(struct bus_region *r, uint64_t off, size_t len)
{
    uint64_t end = off + len;

    while (off < end) {
        uint64_t page_end = MIN(end, (off & AVS_PAGE_MASK) + AVS_PAGE_SIZE);
        struct code_page *page = r->code[off >> AVS_PAGE_SHIFT];

        if (page)
            a64_page_invalidate(page, (unsigned)(off & ~AVS_PAGE_MASK) >> 2,
                                (unsigned)((page_end - 1) & ~AVS_PAGE_MASK) >> 2);
        off = page_end;
    }
}

static void renew_region(struct bus_region *r, const struct pe *c)
{
    for (uint64_t page = 0; page < r->size >> AVS_PAGE_SHIFT; page++)
        if (r->code[page])
            a64_page_renew(r->code[page], c);
}

void bus_renew_code(struct bus *b, const struct pe *c)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->sorted[i]->kind != BUS_MMIO)
            renew_region(b->sorted[i], c);
}

void bus_make_flash(struct bus_region *r, const struct mmio_ops *ops, void *dev)
{
    r->ops = ops;
    r->dev = dev;
}

/* PEs that read or execute the memory by way of their fast TLBs have to come by again. */
void bus_set_answers(struct bus *b, struct bus_region *r, bool answers)
{
    if (r->answers == answers)
        return;
    r->answers = answers;
    for (unsigned i = 0; answers && b->m->pe && i < b->m->pe_count; i++)
        fast_drop_all(&b->m->pe[i]);
}

void bus_changed(struct bus_region *r, uint64_t off, size_t len)
{
    forget_code(r, off, len);
}

static struct bus_region *search(struct bus *b, uint64_t pa)
{
    size_t next = upper_bound(b, pa);

    if (next == 0 || !region_holds(b->sorted[next - 1], pa))
        return NULL;
    b->last = b->sorted[next - 1];
    return b->last;
}

struct bus_region *bus_find(struct bus *b, pa_t pa)
{
    if (likely(region_holds(b->main, pa.v)))
        return b->main;
    if (likely(region_holds(b->last, pa.v)))
        return b->last;
    return search(b, pa.v);
}

struct bus_region *bus_main_holding(struct bus *b, const uint8_t *host)
{
    const struct bus_region *r = b->main;

    return r && (uintptr_t)host - (uintptr_t)r->host < r->size ? b->main : NULL;
}

struct bus_region *bus_region_at(struct bus *b, size_t index)
{
    return index < b->count ? b->sorted[index] : NULL;
}

uint8_t *bus_host(struct bus *b, pa_t pa, uint64_t len, bool for_write)
{
    const struct bus_region *r = bus_find(b, pa);

    if (!r || r->kind == BUS_MMIO || (for_write && r->kind == BUS_ROM))
        return NULL;
    if (len > r->size - (pa.v - r->base))
        return NULL;
    return r->host + (pa.v - r->base);
}

/* The part of [pa, pa+len) that lies in the region of pa: its host bytes and length; NULL when pa is not in
 * RAM or ROM. */
static struct bus_region *span(struct bus *b, uint64_t pa, size_t len, size_t *part)
{
    struct bus_region *r = bus_find(b, (pa_t){ pa });

    if (!r || r->kind == BUS_MMIO)
        return NULL;
    *part = MIN(len, r->size - (pa - r->base));
    return r;
}

/* Whether all of [pa, pa+len) is RAM or ROM. */
static bool covered(struct bus *b, uint64_t pa, size_t len)
{
    size_t part;

    for (; len > 0; pa += part, len -= part) {
        if (!span(b, pa, len, &part))
            return false;
    }
    return true;
}

bool bus_copy_in(struct bus *b, pa_t pa, const void *data, size_t len)
{
    const uint8_t *from = data;
    size_t part;

    if (!covered(b, pa.v, len))
        return false;
    for (; len > 0; pa.v += part, from += part, len -= part) {
        struct bus_region *r = span(b, pa.v, len, &part);

        memcpy(r->host + (pa.v - r->base), from, part);
        forget_code(r, pa.v - r->base, part);
    }
    return true;
}

bool bus_copy_out(struct bus *b, pa_t pa, void *data, size_t len)
{
    uint8_t *to = data;
    size_t part;

    if (!covered(b, pa.v, len))
        return false;
    for (; len > 0; pa.v += part, to += part, len -= part) {
        const struct bus_region *r = span(b, pa.v, len, &part);

        memcpy(to, r->host + (pa.v - r->base), part);
    }
    return true;
}

uint32_t bus_access_ticks(const struct bus_region *r, const struct pe *c, bool write)
{
    return r->timed[write] ? r->cycles[write] << TICK_SHIFT
                           : c->cost[write ? COST_MMIO_WRITE : COST_MMIO_READ];
}
