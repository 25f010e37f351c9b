/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file export_lines.c
 * Source lines and functions of an ELF file by its DWARF (libdw), and which of them were executed. A row of
 * the line table stands for the code up to the next row; rows without code (several for one address: the
 * last one counts) and code outside of executable segments (functions that the linker dropped) are none. A
 * line was executed when any of its code was; a function, when its first instruction was.
 */
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

#include "export.h"

enum { LINE_MAX_NUMBER = 1 << 24 };

struct reader {
    const char *elf, *root;
    const GArray *executed; /* struct executed */
    GArray *segments;       /* struct executed: those with code. */
    GTree *sources;
    bool reached, any_lines;
};

static gint compare_text(gconstpointer a, gconstpointer b, gpointer user)
{
    (void)user;
    return strcmp(a, b);
}

void export_source_free(void *p)
{
    struct source *s = p;

    g_free(s->path);
    g_byte_array_unref(s->lines);
    g_tree_destroy(s->functions);
    g_free(s);
}

/* Whether an interval has something of one of `all`, ascending and apart. */
static bool overlaps(const GArray *all, uint64_t lo, uint64_t hi)
{
    guint from = 0, to = all->len;

    while (from < to) {
        guint middle = from + (to - from) / 2;
        const struct executed *x = &g_array_index(all, struct executed, middle);

        if (x->hi <= lo)
            from = middle + 1;
        else
            to = middle;
    }
    return from < all->len && g_array_index(all, struct executed, from).lo < hi;
}

/* "build/../hyp/lib/x.c" and "../hyp/lib/x.c" are "hyp/lib/x.c", in the source root when there is one. */
static char *clean_path(const char *root, const char *name)
{
    g_autofree char *whole = g_canonicalize_filename(name, "/");

    if (*name == '/')
        return g_steal_pointer(&whole);
    return root ? g_build_filename(root, whole + 1, NULL) : g_strdup(whole + 1);
}

static struct source *source_of(struct reader *r, const char *name)
{
    g_autofree char *path = clean_path(r->root, name);
    struct source *s = g_tree_lookup(r->sources, path);

    if (s)
        return s;
    s = g_new0(struct source, 1);
    s->path = g_strdup(path);
    s->lines = g_byte_array_new();
    s->functions = g_tree_new_full(compare_text, NULL, g_free, g_free);
    g_tree_insert(r->sources, s->path, s);
    return s;
}

static void note_line(struct source *s, unsigned line, bool hit)
{
    guint old = s->lines->len;
    uint8_t state = hit ? 2 : 1;

    if (line >= old) {
        g_byte_array_set_size(s->lines, line + 1);
        memset(s->lines->data + old, 0, line + 1 - old);
    }
    if (s->lines->data[line] < state)
        s->lines->data[line] = state;
}

static void read_row(struct reader *r, Dwarf_Line *row, uint64_t hi)
{
    Dwarf_Addr lo;
    const char *name = dwarf_linesrc(row, NULL, NULL);
    bool end = true, hit;
    int line = 0;

    if (dwarf_lineaddr(row, &lo) || dwarf_lineno(row, &line) || dwarf_lineendsequence(row, &end) || end ||
        !name)
        return;
    if (line <= 0 || line >= LINE_MAX_NUMBER || hi <= lo || !overlaps(r->segments, lo, hi))
        return;
    hit = overlaps(r->executed, lo, hi);
    r->reached |= hit;
    r->any_lines = true;
    note_line(source_of(r, name), (unsigned)line, hit);
}

static void read_rows(struct reader *r, Dwarf_Die *unit)
{
    Dwarf_Lines *rows;
    size_t count;

    if (dwarf_getsrclines(unit, &rows, &count))
        return;
    for (size_t i = 0; i + 1 < count; i++) {
        Dwarf_Addr next;

        if (!dwarf_lineaddr(dwarf_onesrcline(rows, i + 1), &next))
            read_row(r, dwarf_onesrcline(rows, i), next);
    }
}

static int read_function(Dwarf_Die *die, void *user)
{
    struct reader *r = user;
    const char *name = dwarf_diename(die), *file = dwarf_decl_file(die);
    struct source_function *f;
    struct source *s;
    Dwarf_Addr entry;
    int line = 0;

    if (!name || !file || dwarf_decl_line(die, &line) || line <= 0 || dwarf_entrypc(die, &entry) ||
        !overlaps(r->segments, entry, entry + 4))
        return DWARF_CB_OK;
    s = source_of(r, file);
    f = g_tree_lookup(s->functions, name);
    if (!f) {
        f = g_new0(struct source_function, 1);
        f->line = (unsigned)line;
        g_tree_insert(s->functions, g_strdup(name), f);
    }
    f->hit |= overlaps(r->executed, entry, entry + 4);
    return DWARF_CB_OK;
}

static void read_units(struct reader *r, Dwarf *dwarf)
{
    Dwarf_CU *cu = NULL;
    Dwarf_Die unit;

    while (dwarf_get_units(dwarf, cu, &cu, NULL, NULL, &unit, NULL) == 0) {
        read_rows(r, &unit);
        dwarf_getfuncs(&unit, read_function, r, 0);
    }
}

static gint by_address(gconstpointer a, gconstpointer b)
{
    const struct executed *x = a, *y = b;

    return x->lo < y->lo ? -1 : x->lo > y->lo;
}

static void read_segments(struct reader *r, Elf *elf)
{
    size_t count = 0;

    elf_getphdrnum(elf, &count);
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr p;

        if (gelf_getphdr(elf, (int)i, &p) && p.p_type == PT_LOAD && p.p_flags & PF_X && p.p_memsz) {
            const struct executed x = { p.p_vaddr, p.p_vaddr + p.p_memsz };

            g_array_append_val(r->segments, x);
        }
    }
    g_array_sort(r->segments, by_address);
}

static int read_elf(struct reader *r, Elf *elf)
{
    Dwarf *dwarf;

    if (elf_kind(elf) != ELF_K_ELF)
        return cli_error("%s: not an ELF file", r->elf);
    read_segments(r, elf);
    if (!r->segments->len)
        return cli_error("%s: has no code to load", r->elf);
    dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
    if (dwarf)
        read_units(r, dwarf);
    dwarf_end(dwarf);
    return r->any_lines ? EXIT_OK
                        : cli_error("%s: has no source lines (DWARF; was it built with -g?)", r->elf);
}

int export_read_lines(const char *path, const GArray *executed, const char *root, GTree *sources,
                      bool *reached)
{
    struct reader r = { .elf = path, .root = root, .executed = executed, .sources = sources };
    int fd = open(path, O_RDONLY | O_CLOEXEC), status;
    Elf *elf;

    if (fd < 0)
        return cli_error("%s: %s", path, g_strerror(errno));
    elf_version(EV_CURRENT);
    r.segments = g_array_new(FALSE, FALSE, sizeof(struct executed));
    elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
    status = elf ? read_elf(&r, elf) : cli_error("%s: %s", path, elf_errmsg(-1));
    elf_end(elf);
    close(fd);
    g_array_unref(r.segments);
    *reached = r.reached;
    return status;
}
