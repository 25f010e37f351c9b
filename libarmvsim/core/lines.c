/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file lines.c
 * Source lines by address (DWARF 5, 2.17 and 6.2), read by libdw. Nothing is read before the first
 * question; then the address ranges of all compilation units are sorted, and the line table of a unit is
 * decoded when an address in it is asked for. Addresses are those of the file: nothing is relocated. Not
 * followed: split units (.dwo) and supplementary files, which would be other files of the host; macros,
 * inlining.
 *
 * A database must not have the host's directories in it, and two people who build the same thing at
 * different places want the same names. So a file is named relative to the directory where the compiler
 * ran, and what leads up from there is left out: /home/me/p/src/a.c compiled in /home/me/p/build is
 * src/a.c. One that is more than three directories up, or shares none with it, keeps its last two
 * components.
 */
#include "core/lines.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>
#include <string.h>

enum { UPS_MAX = 3, TAIL_PARTS = 2 };

/* Addresses of a compilation unit. */
struct unit_range {
    uint64_t lo, hi;
    Dwarf_Off die;
};

struct lines {
    Elf *elf;
    uint8_t *bytes;
    Dwarf *dwarf;
    GArray *ranges; /* struct unit_range, by address; NULL before the first question. */
};

static bool has_section(Elf *elf, const char *name)
{
    size_t names;
    Elf_Scn *scn = NULL;

    if (elf_getshdrstrndx(elf, &names))
        return false;
    while ((scn = elf_nextscn(elf, scn))) {
        const Elf64_Shdr *sh = elf64_getshdr(scn);
        const char *s = sh ? elf_strptr(elf, names, sh->sh_name) : NULL;

        if (s && !strcmp(s, name))
            return true;
    }
    return false;
}

struct lines *lines_open(Elf *elf, uint8_t *bytes)
{
    Dwarf *dwarf;
    struct lines *l;

    if (!has_section(elf, ".debug_line") || !has_section(elf, ".debug_info"))
        return NULL;
    dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
    if (!dwarf)
        return NULL;
    l = g_new0(struct lines, 1);
    l->elf = elf;
    l->bytes = bytes;
    l->dwarf = dwarf;
    return l;
}

void lines_free(struct lines *l)
{
    if (!l)
        return;
    if (l->ranges)
        g_array_free(l->ranges, TRUE);
    dwarf_end(l->dwarf);
    elf_end(l->elf);
    free(l->bytes);
    g_free(l);
}

static void add_unit(struct lines *l, Dwarf_Die *die)
{
    struct unit_range r = { .die = dwarf_dieoffset(die) };
    Dwarf_Addr base;
    ptrdiff_t at = 0;

    while ((at = dwarf_ranges(die, at, &base, &r.lo, &r.hi)) > 0)
        if (r.lo < r.hi)
            g_array_append_val(l->ranges, r);
}

static gint by_address(gconstpointer a, gconstpointer b)
{
    const struct unit_range *x = a, *y = b;

    if (x->lo != y->lo)
        return x->lo < y->lo ? -1 : 1;
    return x->die < y->die ? -1 : x->die > y->die;
}

static void read_ranges(struct lines *l)
{
    Dwarf_Off at = 0, next;
    size_t header;
    Dwarf_Die die;

    l->ranges = g_array_new(FALSE, FALSE, sizeof(struct unit_range));
    for (; dwarf_nextcu(l->dwarf, at, &next, &header, NULL, NULL, NULL) == 0; at = next)
        if (dwarf_offdie(l->dwarf, at + header, &die))
            add_unit(l, &die);
    g_array_sort(l->ranges, by_address);
}

static bool unit_at(const struct lines *l, uint64_t addr, Dwarf_Die *die)
{
    const struct unit_range *r = (const struct unit_range *)(void *)l->ranges->data;
    guint lo = 0, hi = l->ranges->len;

    while (lo < hi) {
        guint mid = lo + (hi - lo) / 2;

        if (r[mid].lo <= addr)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo && addr < r[lo - 1].hi && dwarf_offdie(l->dwarf, r[lo - 1].die, die);
}

bool lines_find(struct lines *l, uint64_t addr, struct source_line *out)
{
    Dwarf_Attribute attr;
    Dwarf_Line *line;
    const char *path, *dir;
    Dwarf_Die die;

    if (!l->ranges)
        read_ranges(l);
    if (!unit_at(l, addr, &die))
        return false;
    line = dwarf_getsrc_die(&die, addr);
    path = line ? dwarf_linesrc(line, NULL, NULL) : NULL;
    if (!path || !*path || dwarf_lineno(line, &out->line) || out->line <= 0)
        return false;
    dir = dwarf_formstring(dwarf_attr(&die, DW_AT_comp_dir, &attr));
    out->file = lines_name(path, dir);
    if (*out->file)
        return true;
    g_free(out->file);
    return false;
}

/* The components of a path, with . and .. gone; those .. that lead above its beginning are dropped. */
static GPtrArray *components(const char *path)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) raw = g_strsplit(path, "/", -1);

    for (char **p = raw; *p; p++) {
        if (!**p || !strcmp(*p, "."))
            continue;
        if (strcmp(*p, ".."))
            g_ptr_array_add(parts, g_strdup(*p));
        else if (parts->len)
            g_ptr_array_set_size(parts, (gint)parts->len - 1);
    }
    return parts;
}

/* How many of a file's components are the host's business. */
static guint host_parts(const GPtrArray *file, const GPtrArray *dir, bool absolute)
{
    guint common = 0;

    while (common < dir->len && common + 1 < file->len && !strcmp(dir->pdata[common], file->pdata[common]))
        common++;
    if (common && dir->len - common <= UPS_MAX)
        return common;
    return absolute && file->len > TAIL_PARTS ? file->len - TAIL_PARTS : 0;
}

char *lines_name(const char *path, const char *comp_dir)
{
    const bool joined = *path != '/' && comp_dir;
    g_autofree char *full = joined ? g_strconcat(comp_dir, "/", path, NULL) : g_strdup(path);
    const bool absolute = *full == '/', alike = comp_dir && absolute == (*comp_dir == '/');
    g_autoptr(GPtrArray) file = components(full), dir = components(alike ? comp_dir : "");
    g_autoptr(GString) name = g_string_new(NULL);

    for (guint i = host_parts(file, dir, absolute); i < file->len; i++)
        g_string_append_printf(name, "%s%s", name->len ? "/" : "", (const char *)file->pdata[i]);
    return g_utf8_make_valid(name->str, -1);
}
