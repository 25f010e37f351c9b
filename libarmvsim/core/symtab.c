/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file symtab.c
 * Symbols of ELF files for naming addresses: functions, and untyped labels in executable sections (assembly
 * without .type). AAELF64 5.5.3: names that begin with $ are mapping symbols and name nothing. Symbols
 * without a size extend to the next symbol or to the end of their section. Files with DWARF are kept, for
 * their source lines (lines.c). Not read: dynamic symbols, names of data.
 */
#include "core/symtab.h"

#include <gelf.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/file.h"
#include "core/lines.h"

struct entry {
    struct symbol s;
    uint64_t limit; /* End of its section: how far a symbol without a size can reach. */
    uint8_t rank;   /* Of several at one address the highest is kept. */
};

struct table {
    int vmid;         /* -1: the host's. */
    GArray *entries;  /* struct entry, by address, one per address. */
    GArray *aliases;  /* struct entry: the others. */
    GPtrArray *lines; /* struct lines, of the files that have any, in order. */
};

struct symtab {
    GArray *tables; /* struct table */
    GStringChunk *names;
};

/* What symbols of a file are read from. */
struct source {
    Elf *elf;
    size_t len; /* Of the file. */
    Elf_Data *data;
    size_t count;
    size_t strings; /* Section of the names. */
};

struct symtab *symtab_new(void)
{
    struct symtab *t = g_new0(struct symtab, 1);

    t->tables = g_array_new(FALSE, FALSE, sizeof(struct table));
    t->names = g_string_chunk_new(4096);
    return t;
}

void symtab_free(struct symtab *t)
{
    if (!t)
        return;
    for (guint i = 0; i < t->tables->len; i++) {
        const struct table *table = &g_array_index(t->tables, struct table, i);

        g_array_free(table->entries, TRUE);
        g_array_free(table->aliases, TRUE);
        g_ptr_array_free(table->lines, TRUE);
    }
    g_array_free(t->tables, TRUE);
    g_string_chunk_free(t->names);
    g_free(t);
}

static const struct table *table_find(const struct symtab *t, int vmid)
{
    for (guint i = 0; i < t->tables->len; i++) {
        const struct table *table = &g_array_index(t->tables, struct table, i);

        if (table->vmid == vmid)
            return table;
    }
    return NULL;
}

static void free_lines(gpointer l)
{
    lines_free(l);
}

/* The table of a VMID, made when there is none. */
static const struct table *table_of(struct symtab *t, int vmid)
{
    const struct table *found = table_find(t, vmid);
    struct table table = { .vmid = vmid };

    if (found)
        return found;
    table.entries = g_array_new(FALSE, FALSE, sizeof(struct entry));
    table.aliases = g_array_new(FALSE, FALSE, sizeof(struct entry));
    table.lines = g_ptr_array_new_with_free_func(free_lines);
    g_array_append_val(t->tables, table);
    return table_find(t, vmid);
}

/* Functions before labels, global before weak before local. */
static uint8_t symbol_rank(const GElf_Sym *sym)
{
    unsigned bind = GELF_ST_BIND(sym->st_info);
    unsigned scope = bind == STB_GLOBAL ? 2 : bind == STB_WEAK ? 1 : 0;

    return (uint8_t)((GELF_ST_TYPE(sym->st_info) == STT_FUNC ? 4 : 0) + scope);
}

/* The end of the executable section that the symbol is in; 0 when it names no code. */
static uint64_t code_limit(const struct source *src, const GElf_Sym *sym)
{
    unsigned type = GELF_ST_TYPE(sym->st_info);
    GElf_Shdr sh;

    if (type != STT_FUNC && type != STT_NOTYPE)
        return 0;
    if (sym->st_shndx == SHN_UNDEF || sym->st_shndx >= SHN_LORESERVE)
        return 0;
    if (!gelf_getshdr(elf_getscn(src->elf, sym->st_shndx), &sh) || !(sh.sh_flags & SHF_EXECINSTR))
        return 0;
    return sh.sh_addr + sh.sh_size;
}

static void add_symbol(struct symtab *t, GArray *entries, const struct source *src, const GElf_Sym *sym)
{
    const char *name = elf_strptr(src->elf, src->strings, sym->st_name);
    uint64_t limit = code_limit(src, sym);
    struct entry e;

    if (!name || !*name || *name == '$' || limit == 0)
        return;
    e = (struct entry){
        .s = { .name = g_string_chunk_insert_const(t->names, name),
               .addr = sym->st_value,
               .size = sym->st_size },
        .limit = limit,
        .rank = symbol_rank(sym),
    };
    g_array_append_val(entries, e);
}

/* By address; at one address the one to keep first; names decide last, so that the order is always the
 * same. */
static int by_address(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    if (x->s.addr != y->s.addr)
        return x->s.addr < y->s.addr ? -1 : 1;
    if (x->rank != y->rank)
        return y->rank - x->rank;
    return strcmp(x->s.name, y->s.name);
}

/* Sorts, keeps one symbol per address, and gives sizes to those that have none. */
static void settle(GArray *entries, GArray *aliases)
{
    struct entry *e = (struct entry *)(void *)entries->data;
    guint kept = 0;

    g_array_sort(entries, by_address);
    for (guint i = 0; i < entries->len; i++) {
        if (kept == 0 || e[kept - 1].s.addr != e[i].s.addr)
            e[kept++] = e[i];
        else if (strcmp(e[kept - 1].s.name, e[i].s.name) != 0)
            g_array_append_val(aliases, e[i]);
    }
    g_array_set_size(entries, kept);
    for (guint i = 0; i < kept; i++) {
        uint64_t end = e[i].limit;

        if (i + 1 < kept && e[i + 1].s.addr < end)
            end = e[i + 1].s.addr;
        if (e[i].s.size == 0 && end > e[i].s.addr)
            e[i].s.size = end - e[i].s.addr;
    }
}

/* Whether the section headers are in the file; libelf takes a truncated file for one without sections. */
static bool sections_present(const struct source *src)
{
    GElf_Ehdr eh;

    if (!gelf_getehdr(src->elf, &eh))
        return false;
    return eh.e_shoff == 0 ||
           (eh.e_shoff <= src->len && (uint64_t)eh.e_shnum * eh.e_shentsize <= src->len - eh.e_shoff);
}

static bool use_section(struct source *src, Elf_Scn *scn, const GElf_Shdr *sh)
{
    if (sh->sh_entsize != sizeof(Elf64_Sym) || sh->sh_offset > src->len ||
        sh->sh_size > src->len - sh->sh_offset)
        return false;
    src->data = elf_getdata(scn, NULL);
    src->strings = sh->sh_link;
    src->count = (size_t)(sh->sh_size / sh->sh_entsize);
    return src->data != NULL;
}

/* Finds .symtab; without one, a stripped file, count is 0. False when the file is damaged. */
static bool find_symbols(struct source *src)
{
    Elf_Scn *scn = NULL;
    GElf_Shdr sh;

    if (!sections_present(src))
        return false;
    while ((scn = elf_nextscn(src->elf, scn))) {
        if (!gelf_getshdr(scn, &sh))
            return false;
        if (sh.sh_type == SHT_SYMTAB)
            return use_section(src, scn, &sh);
    }
    return true;
}

static avs_status add_all(struct symtab *t, struct avs_machine *m, const char *path, struct source *src,
                          int vmid)
{
    const struct table *table;

    if (!find_symbols(src))
        return avs_fail(m, AVS_ERR_FORMAT, "%s: truncated or bad ELF section headers or symbols", path);
    if (src->count == 0) {
        avs_log(m, LOG_INFO, "%s: has no symbols", path);
        return AVS_OK;
    }
    table = table_of(t, vmid < 0 ? -1 : vmid);
    for (size_t i = 1; i < src->count; i++) {
        GElf_Sym sym;

        if (gelf_getsym(src->data, (int)i, &sym))
            add_symbol(t, table->entries, src, &sym);
    }
    settle(table->entries, table->aliases);
    return AVS_OK;
}

avs_status symtab_add_elf(struct symtab *t, struct avs_machine *m, const char *path, int vmid)
{
    uint8_t *bytes;
    size_t len;
    struct source src = { 0 };
    struct lines *lines = NULL;
    avs_status s = file_read(m, path, &bytes, &len);

    if (s)
        return s;
    src.len = len;
    s = file_open_elf(m, path, bytes, len, &src.elf);
    if (!s)
        s = add_all(t, m, path, &src, vmid);
    if (!s)
        lines = lines_open(src.elf, bytes);
    if (lines) {
        g_ptr_array_add(table_of(t, vmid < 0 ? -1 : vmid)->lines, lines);
        return AVS_OK;
    }
    elf_end(src.elf);
    free(bytes);
    return s;
}

/* settle() gave symbols without a size one, up to the next symbol or their section's end. */
static bool holds(const struct symbol *s, uint64_t addr)
{
    return addr == s->addr || addr - s->addr < s->size;
}

/* A VM's own symbols, or the host's. */
static const struct table *table_for(const struct symtab *t, int vmid)
{
    const struct table *own = t && vmid >= 0 ? table_find(t, vmid) : NULL;

    return own || !t ? own : table_find(t, -1);
}

bool symtab_has(const struct symtab *t, int vmid)
{
    return t && vmid >= 0 && table_find(t, vmid);
}

static unsigned count_name(const GArray *entries, const char *name, uint64_t *addr)
{
    const struct entry *e = (const struct entry *)(const void *)entries->data;
    unsigned found = 0;

    for (guint i = 0; i < entries->len; i++) {
        if (strcmp(e[i].s.name, name) != 0)
            continue;
        *addr = e[i].s.addr;
        found++;
    }
    return found;
}

unsigned symtab_address(const struct symtab *t, int vmid, const char *name, uint64_t *addr)
{
    const struct table *table = table_for(t, vmid);

    return table ? count_name(table->entries, name, addr) + count_name(table->aliases, name, addr) : 0;
}

bool symtab_source(struct symtab *t, int vmid, uint64_t addr, const char **file, int *line)
{
    const struct table *table = table_for(t, vmid);
    struct source_line at;

    for (guint i = 0; table && i < table->lines->len; i++) {
        if (!lines_find(table->lines->pdata[i], addr, &at))
            continue;
        *file = g_string_chunk_insert_const(t->names, at.file);
        *line = at.line;
        g_free(at.file);
        return true;
    }
    return false;
}

const struct symbol *symtab_find(const struct symtab *t, int vmid, uint64_t addr)
{
    const struct table *table = table_for(t, vmid);
    guint lo = 0, hi;
    const struct entry *e;

    if (!table)
        return NULL;
    e = (const struct entry *)(void *)table->entries->data;
    hi = table->entries->len;
    while (lo < hi) {
        guint mid = lo + (hi - lo) / 2;

        if (e[mid].s.addr <= addr)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo && holds(&e[lo - 1].s, addr) ? &e[lo - 1].s : NULL;
}
