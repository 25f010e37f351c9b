/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file a64_gen.c
 * Runs at build time: reads the tables of instructions (a64*.def) and writes
 *
 *   a64_insn.inc  one A64_INSN(name, kind, "pattern", mask, value, "file", line, format, cost, flags,
 *                 feature, constrained) per line of the tables, in their order; kind is PLAIN, BRANCH,
 *                 RETURN, MEM or TRACKED
 *   a64_tree.inc  the decoder: a table of nodes and one of candidates, walked by decode.c
 *
 * It fails, naming file and line, for a bad pattern, an unknown format, cost class, flag, feature or
 * constrained case, a name or pattern used twice, and lines that overlap although neither lies within the
 * other.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    INSN_MAX = 4096,
    NODE_MAX = 1 << 17,
    CAND_MAX = 1 << 17,
    LEAF_CANDS = 3, /* A set this small is tried one by one. */
    ROOT_BITS = 11, /* Widest index at the root, and below it. */
    INNER_BITS = 7,
};

struct line {
    const char *path;
    unsigned number;
    uint32_t mask, value;
    char pattern[33];
    char name[32], format[24], cost[24], flags[32], feature[16], constrained[64];
    bool hole;
};

static struct line lines[INSN_MAX];
static unsigned line_count;
static unsigned error_count;

/* A node is an inner one, shift << 24 | width << 16 with the first child's index in `first`, or a leaf:
 * width 0, `count` candidates from `first`. */
struct node {
    uint32_t shift, width, first, count;
};
static struct node nodes[NODE_MAX];
static unsigned node_count;
static int cands[CAND_MAX];
static unsigned cand_count;

static __attribute__((format(printf, 2, 3))) void complain(const struct line *l, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    fprintf(stderr, "%s:%u: error: ", l->path, l->number);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    error_count++;
}

static _Noreturn __attribute__((format(printf, 1, 2))) void die(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    exit(1);
}

/* What the columns may name. */
static const char *const format_names[] = {
#define A64_FORMAT(name, ...) #name,
#include "a64/format.def"
    NULL
};
static const char *const cost_names[] = {
#define INSN(name, ...) #name,
#include "timing/insn_class.def"
    NULL
};
static const char *const feature_names[] = {
#define A64_FEATURE(name, ...) #name,
#include "a64/feature.def"
    NULL
};
static const char *const constrained_names[] = {
#define A64_CONSTRAINED(name, ...) #name,
#include "a64/constrained.def"
    NULL
};
static const char *const flag_names[] = { "ENDS", "DIRECT", "INDIRECT", "RETURN",
                                          "MEM",  "FP",     "TRACKED",  NULL };
static const char *const flag_spelling[] = { "A64_ENDS_BLOCK", "A64_DIRECT", "A64_INDIRECT", "A64_RETURN",
                                             "A64_MEM",        "A64_FP",     "A64_TRACKED" };

/* Where a conventional letter must stand: its lowest bit. */
static const struct {
    char letter;
    unsigned low;
} letter_place[] = { { 'd', 0 }, { 't', 0 }, { 'n', 5 }, { 'a', 10 }, { 'u', 10 }, { 'm', 16 } };

static int find_name(const char *const *names, const char *name)
{
    for (int i = 0; names[i]; i++)
        if (!strcmp(names[i], name))
            return i;
    return -1;
}

static void check_letters(const struct line *l)
{
    for (size_t k = 0; k < sizeof(letter_place) / sizeof(letter_place[0]); k++) {
        const char *first = strchr(l->pattern, letter_place[k].letter);
        const char *last = strrchr(l->pattern, letter_place[k].letter);

        if (!first || l->hole || last - first != 4)
            continue;
        if (31 - (last - l->pattern) != (long)letter_place[k].low)
            complain(l, "%s: field %c does not end at bit %u", l->name, letter_place[k].letter,
                     letter_place[k].low);
    }
}

static void parse_pattern(struct line *l)
{
    if (strlen(l->pattern) != 32) {
        complain(l, "%s: pattern has %zu characters, not 32", l->name, strlen(l->pattern));
        return;
    }
    for (unsigned i = 0; i < 32; i++) {
        uint32_t b = UINT32_C(1) << (31 - i);
        char ch = l->pattern[i];

        if (ch == '0' || ch == '1') {
            l->mask |= b;
            l->value |= ch == '1' ? b : 0;
        } else if (!isalpha((unsigned char)ch)) {
            complain(l, "%s: '%c' in the pattern", l->name, ch);
        }
    }
    check_letters(l);
}

/* Checks that every word of a |-joined list is known; "-" and "" are empty lists. */
static void check_list(const struct line *l, const char *const *names, const char *list, const char *what)
{
    char copy[64], *save = NULL;

    snprintf(copy, sizeof(copy), "%s", strcmp(list, "-") ? list : "");
    for (char *w = strtok_r(copy, "|", &save); w; w = strtok_r(NULL, "|", &save))
        if (find_name(names, w) < 0)
            complain(l, "%s: unknown %s '%s'", l->name, what, w);
}

static void check_columns(const struct line *l)
{
    if (find_name(format_names, l->format) < 0)
        complain(l, "%s: unknown format '%s'", l->name, l->format);
    if (find_name(cost_names, l->cost) < 0)
        complain(l, "%s: unknown cost class '%s'", l->name, l->cost);
    if (find_name(feature_names, l->feature) < 0)
        complain(l, "%s: unknown feature '%s'", l->name, l->feature);
    check_list(l, flag_names, l->flags, "flag");
    check_list(l, constrained_names, l->constrained, "constrained case");
}

static void parse_line(char *text, const char *path, unsigned number)
{
    struct line *l = &lines[line_count];
    int n;

    text[strcspn(text, "#\n")] = '\0';
    if (text[strspn(text, " \t")] == '\0')
        return;
    if (line_count == INSN_MAX)
        die("%s:%u: error: more than %d lines", path, number, INSN_MAX);
    memset(l, 0, sizeof(*l));
    l->path = path;
    l->number = number;
    n = sscanf(text, "%32s %31s %23s %23s %31s %15s %63s", l->pattern, l->name, l->format, l->cost,
               l->flags, l->feature, l->constrained);
    l->hole = n == 2 && !strcmp(l->name, "HOLE");
    if (n < 6 && !l->hole) {
        complain(l, "%d columns, at least 6 are needed", n);
        return;
    }
    parse_pattern(l);
    if (!l->hole)
        check_columns(l);
    line_count++;
}

static void read_def(const char *path)
{
    FILE *f = fopen(path, "r");
    char text[512];

    if (!f)
        die("%s: %s", path, strerror(errno));
    for (unsigned number = 1; fgets(text, sizeof(text), f); number++)
        parse_line(text, path, number);
    fclose(f);
}

static bool overlaps(const struct line *a, const struct line *b)
{
    return !((a->value ^ b->value) & a->mask & b->mask);
}

/* Whether every encoding of a is one of b. */
static bool within(const struct line *a, const struct line *b)
{
    return (b->mask & ~a->mask) == 0 && overlaps(a, b);
}

static void check_pair(const struct line *a, const struct line *b)
{
    if (!a->hole && !strcmp(a->name, b->name))
        complain(b, "%s: name is used at %s:%u already", b->name, a->path, a->number);
    if (!overlaps(a, b))
        return;
    if (a->hole || b->hole) {
        if (a->hole != b->hole && within(a->hole ? b : a, a->hole ? a : b))
            complain(a->hole ? b : a, "%s: the hole at %s:%u covers all of it", a->hole ? b->name : a->name,
                     a->hole ? a->path : b->path, a->hole ? a->number : b->number);
        return;
    }
    if (a->mask == b->mask)
        complain(b, "%s: same pattern as %s at %s:%u", b->name, a->name, a->path, a->number);
    else if (!within(a, b) && !within(b, a))
        complain(b, "%s: ambiguous overlap with %s at %s:%u", b->name, a->name, a->path, a->number);
}

static void check_table(void)
{
    for (unsigned i = 0; i < line_count; i++)
        for (unsigned j = i + 1; j < line_count; j++)
            check_pair(&lines[i], &lines[j]);
}

/* Order in which candidates are tried: holes, then more fixed bits first, then as in the file. */
static int compare_specific(const void *pa, const void *pb)
{
    const struct line *a = &lines[*(const int *)pa], *b = &lines[*(const int *)pb];
    int bits_a = __builtin_popcount(a->mask), bits_b = __builtin_popcount(b->mask);

    if (a->hole != b->hole)
        return a->hole ? -1 : 1;
    if (bits_a != bits_b)
        return bits_b - bits_a;
    return *(const int *)pa - *(const int *)pb;
}

static bool fits(const struct line *l, unsigned shift, unsigned width, uint32_t index)
{
    uint32_t field = ((UINT32_C(1) << width) - 1) << shift;

    return !((l->value ^ (index << shift)) & l->mask & field);
}

/* How good an index is: the expected number of lines that are left after it, in 1/1024, plus a little for
 * the table it takes. UINT64_MAX when it tells nothing apart. */
static uint64_t index_cost(const int *set, unsigned count, unsigned shift, unsigned width)
{
    uint64_t left = 0;
    unsigned largest = 0;

    for (uint32_t v = 0; v < UINT32_C(1) << width; v++) {
        unsigned n = 0;
        for (unsigned i = 0; i < count; i++)
            n += fits(&lines[set[i]], shift, width, v);
        left += n;
        largest = n > largest ? n : largest;
    }
    if (largest == count)
        return UINT64_MAX;
    return ((left << 10) >> width) + ((uint64_t)largest << 6) + (UINT64_C(1) << width);
}

static bool choose_index(const int *set, unsigned count, unsigned max_width, unsigned *shift,
                         unsigned *width)
{
    uint64_t best = UINT64_MAX;

    for (unsigned w = 1; w <= max_width; w++) {
        for (unsigned s = 0; s + w <= 32; s++) {
            uint64_t cost = index_cost(set, count, s, w);
            if (cost < best) {
                best = cost;
                *shift = s;
                *width = w;
            }
        }
    }
    return best != UINT64_MAX;
}

static unsigned new_nodes(unsigned n)
{
    unsigned at = node_count;

    if (node_count + n > NODE_MAX)
        die("the decoder needs more than %d nodes", NODE_MAX);
    node_count += n;
    return at;
}

static void make_leaf(unsigned at, const int *set, unsigned count)
{
    if (cand_count + count > CAND_MAX)
        die("the decoder needs more than %d candidates", CAND_MAX);
    nodes[at] = (struct node){ .first = cand_count, .count = count };
    memcpy(&cands[cand_count], set, count * sizeof(*set));
    qsort(&cands[cand_count], count, sizeof(*set), compare_specific);
    cand_count += count;
}

static void build(unsigned at, const int *set, unsigned count, unsigned max_width)
{
    unsigned shift = 0, width = 0, first;
    int *part;

    if (count <= LEAF_CANDS || !choose_index(set, count, max_width, &shift, &width)) {
        make_leaf(at, set, count);
        return;
    }
    first = new_nodes(1u << width);
    nodes[at] = (struct node){ .shift = shift, .width = width, .first = first };
    part = malloc(count * sizeof(*part));
    if (!part)
        die("out of memory");
    for (uint32_t v = 0; v < UINT32_C(1) << width; v++) {
        unsigned n = 0;
        for (unsigned i = 0; i < count; i++)
            if (fits(&lines[set[i]], shift, width, v))
                part[n++] = set[i];
        build(first + v, part, n, INNER_BITS);
    }
    free(part);
}

static void print_list(FILE *f, const char *list, const char *const *names, const char *const *spelling,
                       const char *prefix)
{
    char copy[64], *save = NULL;

    snprintf(copy, sizeof(copy), "%s", strcmp(list, "-") ? list : "");
    fputc('0', f);
    for (char *w = strtok_r(copy, "|", &save); w; w = strtok_r(NULL, "|", &save)) {
        if (spelling)
            fprintf(f, " | %s", spelling[find_name(names, w)]);
        else
            fprintf(f, " | 1 << %s%s", prefix, w);
    }
}

static const char *kind_of(const struct line *l)
{
    if (strstr(l->flags, "DIRECT")) /* INDIRECT too. */
        return "BRANCH";
    if (strstr(l->flags, "RETURN"))
        return "RETURN";
    if (strstr(l->flags, "TRACKED"))
        return "TRACKED";
    return strstr(l->flags, "MEM") ? "MEM" : "PLAIN";
}

static void write_insns(FILE *f)
{
    fprintf(f, "/* Made by a64_gen.c. */\n");
    for (unsigned i = 0; i < line_count; i++) {
        const struct line *l = &lines[i];
        const char *slash = strrchr(l->path, '/');
        if (l->hole)
            continue;
        fprintf(f, "A64_INSN(%s, %s, \"%s\", 0x%08xu, 0x%08xu, \"%s\", %u, A64_FMT_%s, %s, ", l->name,
                kind_of(l), l->pattern, l->mask, l->value, slash ? slash + 1 : l->path, l->number,
                l->format, l->cost);
        print_list(f, l->flags, flag_names, flag_spelling, "");
        fprintf(f, ", A64_FEAT_%s, ", l->feature);
        print_list(f, l->constrained, constrained_names, NULL, "A64_CU_");
        fprintf(f, ")\n");
    }
}

static void write_tree(FILE *f)
{
    fprintf(f, "/* Made by a64_gen.c. */\n");
    fprintf(f, "static const struct a64_node a64_nodes[] = {\n");
    for (unsigned i = 0; i < node_count; i++)
        fprintf(f, "    { %u, %u, %u, %u },\n", nodes[i].first, nodes[i].count, nodes[i].shift,
                (1u << nodes[i].width) - 1);
    fprintf(f, "};\nstatic const struct a64_candidate a64_candidates[] = {\n");
    for (unsigned i = 0; i < cand_count; i++) {
        const struct line *l = &lines[cands[i]];
        fprintf(f, "    { 0x%08xu, 0x%08xu, A64_%s },\n", l->mask, l->value,
                l->hole ? "UNALLOCATED" : l->name);
    }
    fprintf(f, "};\n");
}

static void write_file(const char *path, void (*write)(FILE *f))
{
    FILE *f = fopen(path, "w");

    if (!f)
        die("%s: %s", path, strerror(errno));
    write(f);
    if (fclose(f))
        die("%s: %s", path, strerror(errno));
}

int main(int argc, char **argv)
{
    static int all[INSN_MAX];

    if (argc < 4)
        die("usage: a64_gen a64_insn.inc a64_tree.inc TABLE.def...");
    for (int i = 3; i < argc; i++)
        read_def(argv[i]);
    check_table();
    if (error_count)
        return 1;
    for (unsigned i = 0; i < line_count; i++)
        all[i] = (int)i;
    build(new_nodes(1), all, line_count, ROOT_BITS);
    write_file(argv[1], write_insns);
    write_file(argv[2], write_tree);
    return 0;
}
