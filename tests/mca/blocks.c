/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file blocks.c
 * Basic blocks of compiled code, and what our scheduler says they cost; tests/mca/compare sets llvm-mca
 * beside it.
 *
 * - `mca_blocks choose COUNT FILE...` writes COUNT distinct blocks of each file (ELF, or a raw arm64 kernel
 *   Image), one a line: its place, then its words; always the same ones
 * - `mca_blocks price CORE` reads such lines, and writes the place, the cycles in sixteenths, those that
 *   decoding alone takes, and each instruction's class and share
 */
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "a64/insn.h"
#include "armvsim.h"
#include "core/bits.h"
#include "timing/pipeline.h"

enum { BLOCK_MIN = 2, BLOCK_MAX = 64, IMAGE_TEXT_FROM = 0x10000, IMAGE_TEXT_TO = 0xa00000 };

struct text {
    const char *name;
    const uint8_t *bytes;
    uint64_t at;
    size_t count; /* Words. */
};

struct block {
    uint64_t hash;
    const struct text *text;
    size_t first;
    unsigned count;
};

static const char *const class_names[INSN_CLASS_COUNT] = {
#define INSN(name, key, group, properties, text) [INSN_##name] = key,
#include "timing/insn_class.def"
#undef INSN
};

static uint32_t word_at(const struct text *t, size_t i)
{
    const uint8_t *b = t->bytes + 4 * i;

    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* The instruction on cores without the optional extensions; what is a hint there is one. */
static unsigned decode_plain(uint32_t insn)
{
    unsigned id = a64_decode(insn), feature = a64_info(id)->feature;

    if (feature == A64_FEAT_BASE || feature == A64_FEAT_FP)
        return id;
    return (insn & 0xfffff01f) == 0xd503201f ? A64_HINT : A64_UNALLOCATED;
}

/* What llvm-mca has no model of: it says so of calls, and gives what waits for memory, context or other PEs
 * the price of a move. */
static bool comparable(unsigned id)
{
    static const uint64_t not_modelled = BIT(KIND_EXCLUSIVE) | BIT(KIND_ATOMIC) | BIT(KIND_BARRIER_DMB) |
                                         BIT(KIND_BARRIER_DSB) | BIT(KIND_BARRIER_ISB) | BIT(KIND_EXC_GEN) |
                                         BIT(KIND_ERET) | BIT(KIND_SYSTEM);

    return id != A64_UNALLOCATED && id != A64_UDF && !(not_modelled >> a64_info(id)->kind & 1);
}

static bool is_call(unsigned id)
{
    return id == A64_BL || id == A64_BLR;
}

/* Marks the targets of direct branches: blocks begin there. */
static bool *find_leaders(const struct text *t)
{
    bool *leader = g_new0(bool, t->count + 1);

    for (size_t i = 0; i < t->count; i++) {
        uint32_t insn = word_at(t, i);
        unsigned id = decode_plain(insn);
        struct op o = { 0 };
        int64_t to;

        if (!(a64_info(id)->flags & A64_DIRECT))
            continue;
        a64_operands(id, insn, &o);
        to = (int64_t)i + o.imm / 4;
        if (to >= 0 && (size_t)to < t->count)
            leader[to] = true;
    }
    return leader;
}

static uint64_t hash_words(const struct text *t, size_t first, unsigned count)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);

    for (unsigned i = 0; i < count; i++)
        h = (h ^ word_at(t, first + i)) * UINT64_C(0x100000001b3);
    return h ^ h >> 29;
}

/* Blocks of a text: from a leader or the instruction after a branch to a branch or before a leader. A call
 * at the end is left out; a block with anything that is not comparable is not taken. */
static void find_blocks(const struct text *t, GArray *out)
{
    g_autofree bool *leader = find_leaders(t);
    size_t first = 0;
    bool good = true;

    for (size_t i = 0; i < t->count; i++) {
        unsigned id = decode_plain(word_at(t, i)), count;
        bool ends = a64_info(id)->flags & A64_ENDS_BLOCK;

        good = good && comparable(id);
        if (!ends && !leader[i + 1] && i + 1 < t->count)
            continue;
        count = (unsigned)MIN(i + 1 - first, (size_t)BLOCK_MAX + 1) - is_call(id);
        if (good && count >= BLOCK_MIN && count <= BLOCK_MAX) {
            struct block b = { hash_words(t, first, count), t, first, count };

            g_array_append_val(out, b);
        }
        first = i + 1;
        good = true;
    }
}

static int by_hash(const void *a, const void *b)
{
    const struct block *x = a, *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->first < y->first ? -1 : x->first > y->first;
}

static void print_block(const struct block *b)
{
    printf("%s+0x%" PRIx64, b->text->name, b->text->at + 4 * b->first);
    for (unsigned i = 0; i < b->count; i++)
        printf(" %08x", word_at(b->text, b->first + i));
    putchar('\n');
}

static uint64_t le(const uint8_t *b, unsigned size)
{
    uint64_t v = 0;

    while (size--)
        v = v << 8 | b[size];
    return v;
}

/* Executable sections of an ELF file, or the text of a kernel Image. */
static void find_texts(const char *name, const uint8_t *file, size_t size, GArray *out)
{
    uint64_t table, count;

    if (size > IMAGE_TEXT_TO && !memcmp(file + 56, "ARM\x64", 4)) {
        struct text t = { name, file + IMAGE_TEXT_FROM, IMAGE_TEXT_FROM,
                          (IMAGE_TEXT_TO - IMAGE_TEXT_FROM) / 4 };

        g_array_append_val(out, t);
    }
    if (size < 64 || memcmp(file, "\177ELF\2\1", 6))
        return;
    table = le(file + 40, 8);
    count = le(file + 60, 2);
    if (table > size || count * 64 > size - table)
        return;
    for (uint64_t i = 0; i < count; i++) {
        const uint8_t *s = file + table + 64 * i;
        uint64_t at = le(s + 24, 8), length = le(s + 32, 8);

        if (le(s + 4, 4) == 1 && (le(s + 8, 8) & 4) && at <= size && length <= size - at) {
            struct text t = { name, file + at, le(s + 16, 8), length / 4 };

            g_array_append_val(out, t);
        }
    }
}

static int choose_from(const char *path, unsigned count, GHashTable *seen)
{
    g_autoptr(GArray) texts = g_array_new(FALSE, FALSE, sizeof(struct text));
    g_autoptr(GArray) blocks = g_array_new(FALSE, FALSE, sizeof(struct block));
    g_autofree char *name = g_path_get_basename(path), *bytes = NULL;
    g_autoptr(GError) error = NULL;
    gsize size;

    if (!g_file_get_contents(path, &bytes, &size, &error)) {
        fprintf(stderr, "mca_blocks: %s\n", error->message);
        return 2;
    }
    find_texts(name, (const uint8_t *)bytes, size, texts);
    for (unsigned i = 0; i < texts->len; i++)
        find_blocks(&g_array_index(texts, struct text, i), blocks);
    g_array_sort(blocks, by_hash);
    for (unsigned i = 0; i < blocks->len && count; i++) {
        const struct block *b = &g_array_index(blocks, struct block, i);

        if (g_hash_table_add(seen, g_memdup2(&b->hash, sizeof(b->hash)))) {
            print_block(b);
            count--;
        }
    }
    return 0;
}

static int choose(int argc, char **argv)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    int status = 0;

    for (int i = 3; i < argc && !status; i++)
        status = choose_from(argv[i], (unsigned)atoi(argv[2]), seen);
    return status;
}

static void price_line(const struct core_pipeline *p, char *line)
{
    g_auto(GStrv) words = g_strsplit(g_strstrip(line), " ", -1);
    struct pipe_insn in[BLOCK_MAX];
    struct pipe_result out[BLOCK_MAX];
    unsigned n = 0, ticks = 0;

    for (; words[0] && words[n + 1] && n < BLOCK_MAX; n++) {
        uint32_t insn = (uint32_t)strtoul(words[n + 1], NULL, 16);

        pipe_insn_of(insn, decode_plain(insn), &in[n]);
    }
    if (!n)
        return;
    pipeline_schedule(p, in, n, out);
    for (unsigned i = 0; i < n; i++)
        ticks += out[i].ticks;
    /* With what the decoder alone lets through. */
    printf("%s %u %u", words[0], ticks, (16 * n + p->decode - 1) / p->decode);
    for (unsigned i = 0; i < n; i++)
        printf(" %s/%u", class_names[in[i].insn_class], out[i].ticks);
    putchar('\n');
}

static int price(char **argv)
{
    struct core_model *k;
    char line[BLOCK_MAX * 9 + 512];

    if (core_model_load(NULL, argv[2], &k)) {
        fprintf(stderr, "mca_blocks: %s\n", avs_last_error(NULL));
        return 2;
    }
    while (fgets(line, sizeof(line), stdin))
        price_line(&k->pipeline, line);
    core_model_free(k);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 3 && !strcmp(argv[1], "choose"))
        return choose(argc, argv);
    if (argc == 3 && !strcmp(argv[1], "price"))
        return price(argv);
    fprintf(stderr, "usage: mca_blocks choose COUNT FILE... | price CORE\n");
    return 2;
}
