/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_cache.c
 * The tags of caches, and channels of limited bandwidth: geometry, replacement, lookup; against a plain
 * list of lines in the order of their use.
 */
#include "memory_util.h"

#include "timing/cache.h"
#include "timing/channel.h"

static struct core_cache geometry(uint32_t size, uint32_t ways, uint32_t replacement)
{
    struct core_cache g = cache_of(size, ways, 1);

    g.replacement = replacement;
    return g;
}

/* Fills the line as a miss does; returns the line that had to go, ~0 for none. */
static uint64_t fill(struct cache *c, uint64_t line)
{
    struct cache_way *w = cache_victim(c, line);
    uint64_t old = cache_valid(w) ? cache_line_of(w) : ~UINT64_C(0);

    cache_fill(c, w, line, false);
    return old;
}

Test(cache, geometry)
{
    static const struct {
        uint32_t size, ways, line, sets;
    } rows[] = {
        { 32768, 4, 64, 128 }, { 49152, 3, 64, 256 }, { 1310720, 20, 64, 1024 }, { 3 * 4096, 4, 64, 48 },
        { 64, 1, 64, 1 },      { 32768, 4, 32, 0 },   { 32768, 0, 64, 0 },       { 1000, 1, 64, 0 },
        { 0, 4, 64, 0 },       { 32768, 100, 64, 0 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct core_cache g = { .size = rows[i].size, .ways = rows[i].ways, .line = rows[i].line };
        struct cache c;
        bool ok = cache_init(&c, &g, 1);

        cr_expect_eq(ok, rows[i].sets != 0, "row %zu", i);
        cr_expect(!ok || c.sets == rows[i].sets, "row %zu: %u sets, not %u", i, c.sets, rows[i].sets);
        cache_free(&c);
    }
}

Test(cache, holds_exactly_its_size)
{
    static const uint32_t kinds[] = { CACHE_RANDOM, CACHE_FIFO, CACHE_LRU };

    for (unsigned k = 0; k < 3; k++) {
        struct core_cache g = geometry(48 * 1024, 3, kinds[k]);
        struct cache c;

        cr_assert(cache_init(&c, &g, 1));
        for (uint64_t line = 0; line < 768; line++)
            cr_assert_eq(fill(&c, line), ~UINT64_C(0), "line %lu threw another out", (unsigned long)line);
        for (uint64_t line = 0; line < 768; line++)
            cr_assert_not_null(cache_find(&c, line), "line %lu is lost", (unsigned long)line);
        cr_expect_null(cache_find(&c, 768));
        uint64_t old = fill(&c, 768);

        cr_expect_eq(old % 256, 0, "line 768 is of set 0, its victim %lu is not", (unsigned long)old);
        cr_expect_null(cache_find(&c, old));
        for (uint64_t line = 1; line < 256; line++)
            cr_assert_not_null(cache_find(&c, line), "a fill of set 0 threw line %lu out",
                               (unsigned long)line);
        cache_free(&c);
    }
}

/* 48 sets of 2: the sets are not a power of two. */
Test(cache, sets_by_remainder)
{
    struct core_cache g = geometry(48 * 2 * 64, 2, CACHE_FIFO);
    struct cache c;

    cr_assert(cache_init(&c, &g, 1));
    for (uint64_t line = 0; line < 96; line++)
        cr_assert_eq(fill(&c, line), ~UINT64_C(0), "line %lu threw another out", (unsigned long)line);
    for (uint64_t line = 96; line < 144; line++)
        cr_assert_eq(fill(&c, line), line - 96);
    cache_free(&c);
}

Test(cache, fifo_throws_out_the_oldest_fill)
{
    struct core_cache g = geometry(4 * 64, 4, CACHE_FIFO);
    struct cache c;

    cr_assert(cache_init(&c, &g, 1));
    for (uint64_t line = 0; line < 4; line++)
        fill(&c, line);
    for (uint64_t line = 4; line < 20; line++) {
        cache_touch(&c, cache_find(&c, line - 4));
        cr_expect_eq(fill(&c, line), line - 4);
    }
    cache_free(&c);
}

Test(cache, lru_keeps_what_is_used)
{
    struct core_cache g = geometry(4 * 64, 4, CACHE_LRU);
    struct cache c;

    cr_assert(cache_init(&c, &g, 1));
    for (uint64_t line = 0; line < 4; line++)
        fill(&c, line);
    cache_touch(&c, cache_find(&c, 0));
    cr_expect_eq(fill(&c, 10), 1);
    cache_touch(&c, cache_find(&c, 2));
    cr_expect_eq(fill(&c, 11), 3);
    cr_expect_eq(fill(&c, 12), 0);
    cache_free(&c);
}

/* Victims of a run of fills, mixed into one number. */
static uint64_t victims(uint64_t seed, unsigned *per_way)
{
    struct core_cache g = geometry(4 * 64, 4, CACHE_RANDOM);
    struct cache c;
    uint64_t mix = 0;

    cr_assert(cache_init(&c, &g, seed));
    for (uint64_t line = 0; line < 4000; line++) {
        struct cache_way *w = cache_victim(&c, line);

        per_way[w - c.way]++;
        mix = mix * 31 + (uint64_t)(w - c.way);
        cache_fill(&c, w, line, false);
    }
    cache_free(&c);
    return mix;
}

Test(cache, random_is_seeded_and_even)
{
    unsigned a[4] = { 0 }, b[4] = { 0 }, other[4] = { 0 };

    uint64_t first = victims(7, a);

    cr_expect_eq(first, victims(7, b), "one seed, two sequences");
    cr_expect_neq(first, victims(8, other), "two seeds, one sequence");
    for (unsigned i = 0; i < 4; i++)
        cr_expect(a[i] > 850 && a[i] < 1150, "way %u was taken %u times of 4000", i, a[i]);
}

Test(cache, dirty_belongs_to_the_line)
{
    struct core_cache g = geometry(2 * 64, 2, CACHE_LRU);
    struct cache c;

    cr_assert(cache_init(&c, &g, 1));
    fill(&c, 5);
    cache_set_dirty(cache_find(&c, 5), true);
    fill(&c, 6);
    cr_expect(cache_dirty(cache_find(&c, 5)));
    cr_expect_not(cache_dirty(cache_find(&c, 6)));
    fill(&c, 7);
    cr_expect_null(cache_find(&c, 5));
    cr_expect_not(cache_dirty(cache_find(&c, 7)), "a new line took over its predecessor's state");
    cache_drop(cache_find(&c, 7));
    cr_expect_null(cache_find(&c, 7));
    cache_free(&c);
}

/* The naive model: per set, lines from least to most recently used. */
enum { NAIVE_SETS = 8, NAIVE_WAYS = 4 };
struct naive {
    uint64_t line[NAIVE_SETS][NAIVE_WAYS];
    unsigned count[NAIVE_SETS];
};

static bool naive_use(struct naive *n, uint64_t line, uint64_t *gone)
{
    uint64_t *l = n->line[line % NAIVE_SETS];
    unsigned *count = &n->count[line % NAIVE_SETS], at = 0;
    bool hit;

    while (at < *count && l[at] != line)
        at++;
    hit = at < *count;
    *gone = ~UINT64_C(0);
    if (!hit && *count == NAIVE_WAYS) {
        *gone = l[0];
        at = 0;
    } else if (!hit) {
        at = (*count)++;
    }
    memmove(&l[at], &l[at + 1], (*count - at - 1) * sizeof(*l));
    l[*count - 1] = line;
    return hit;
}

Test(cache, lru_as_a_naive_list)
{
    struct core_cache g = geometry(NAIVE_SETS * NAIVE_WAYS * 64, NAIVE_WAYS, CACHE_LRU);
    struct naive n = { .count = { 0 } };
    uint64_t x = 12345;
    struct cache c;

    cr_assert(cache_init(&c, &g, 1));
    for (unsigned i = 0; i < 100000; i++) {
        x = x * UINT64_C(6364136223846793005) + 1442695040888963407;
        uint64_t line = x >> 58, gone, real = ~UINT64_C(0);
        bool hit = naive_use(&n, line, &gone);
        struct cache_way *w = cache_find(&c, line);

        cr_assert_eq(w != NULL, hit, "use %u of line %lu", i, (unsigned long)line);
        if (w)
            cache_touch(&c, w);
        else
            real = fill(&c, line);
        cr_assert_eq(real, gone, "use %u: victim %ld, not %ld", i, (long)real, (long)gone);
    }
    cache_free(&c);
}

Test(channel, spaces_lines)
{
    struct channel ch = { .interval = 5 << CHANNEL_UNIT_SHIFT };

    cr_expect_eq(channel_take(&ch, 0, CHANNEL_DEMAND, 100), 100);
    cr_expect_eq(channel_take(&ch, 0, CHANNEL_DEMAND, 100), 105);
    cr_expect_eq(channel_take(&ch, 0, CHANNEL_DEMAND, 101), 110);
    cr_expect_eq(channel_take(&ch, 0, CHANNEL_DEMAND, 200), 200, "an idle channel makes nobody wait");
}

Test(channel, fractions_add_up)
{
    struct channel ch = { .interval = 24 }; /* 1.5 cycles */
    uint64_t last = 0;

    for (unsigned i = 0; i <= 1000; i++)
        last = channel_take(&ch, 0, CHANNEL_DEMAND, 0);
    cr_expect_eq(last, 1500);
}

/* Two PEs that want all of it, in turns of 5000 cycles, get about half each, and not more than there is. */
Test(channel, shared_in_turns)
{
    struct channel ch = { .interval = 8 << CHANNEL_UNIT_SHIFT, .shared = true };
    uint64_t now[2] = { 0, 0 };
    unsigned lines[2] = { 0, 0 };

    for (uint64_t end = 5000; end <= 200000; end += 5000)
        for (unsigned pe = 0; pe < 2; pe++)
            for (; now[pe] < end; lines[pe]++)
                now[pe] = channel_take(&ch, pe, CHANNEL_DEMAND, now[pe] + 1);
    cr_expect(lines[0] + lines[1] <= 26000, "%u lines, but 25000 is all", lines[0] + lines[1]);
    cr_expect(lines[0] + lines[1] >= 23000, "%u lines are all that went through", lines[0] + lines[1]);
    cr_expect(lines[0] > 9000 && lines[1] > 9000, "shared as %u and %u", lines[0], lines[1]);
}

/* The PE behind is not made to wait for what the one ahead does in its future. */
Test(channel, no_wait_for_the_future)
{
    struct channel ch = { .interval = 8 << CHANNEL_UNIT_SHIFT, .shared = true };

    cr_expect_eq(channel_take(&ch, 0, CHANNEL_DEMAND, 9000), 9000);
    cr_expect_eq(channel_take(&ch, 1, CHANNEL_DEMAND, 4000), 4000);
    cr_expect_eq(channel_take(&ch, 1, CHANNEL_DEMAND, 4000), 4008);
}

/* A demand waits for the prefetched line that is being sent, not for those behind it; they make up for it.
 */
Test(channel, demands_go_before_prefetches)
{
    struct channel ch = { .interval = 8 << CHANNEL_UNIT_SHIFT };

    for (unsigned i = 0; i < 4; i++)
        cr_expect_eq(channel_take(&ch, 0, CHANNEL_PREFETCH, 1000), 1000 + 8 * i);
    cr_expect_eq(channel_take(&ch, 0, CHANNEL_DEMAND, 1003), 1008, "the first one is on its way");
    cr_expect_eq(channel_take(&ch, 0, CHANNEL_DEMAND, 1003), 1016, "behind the demand before it");
    cr_expect_eq(channel_take(&ch, 0, CHANNEL_PREFETCH, 1003), 1048, "behind four and the two demands");
    cr_expect_eq(channel_take(&ch, 0, CHANNEL_DEMAND, 1060), 1060, "all is through");
}

/* A link of a chain comes for later than what is behind it in the program, which does not wait for it. */
Test(channel, what_is_idle_before_a_later_line_is_used)
{
    struct channel ch = { .interval = 8 << CHANNEL_UNIT_SHIFT };

    cr_expect_eq(channel_take(&ch, 0, CHANNEL_DEMAND, 100), 100);
    cr_expect_eq(channel_take(&ch, 0, CHANNEL_DEMAND, 200), 200);
    cr_expect_eq(channel_take(&ch, 0, CHANNEL_DEMAND, 300), 300);
    cr_expect_eq(channel_take(&ch, 0, CHANNEL_DEMAND, 101), 108);
    cr_expect_eq(channel_take(&ch, 0, CHANNEL_PREFETCH, 101), 116, "prefetches as well");
    cr_expect_eq(channel_take(&ch, 0, CHANNEL_DEMAND, 193), 208, "no room before 200");
    cr_expect_eq(channel_take(&ch, 0, CHANNEL_DEMAND, 301), 308);
}
