/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_symtab.c
 * Symbols: what counts as one, which of several at an address wins, sizes, tables per VMID, bad files. The
 * ELF files are written by hand, so that every field is what the test says.
 */
#include <criterion/criterion.h>
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/symtab.h"

#define TEXT UINT64_C(0x40080000)

enum { SEC_TEXT = 1, SEC_DATA, SEC_SYMTAB, SEC_STRTAB, SEC_COUNT };
enum { TEXT_BYTES = 0x100 };

struct want {
    const char *name;
    uint64_t addr, size;
    uint8_t bind, type;
    uint16_t section;
};

struct file {
    Elf64_Ehdr eh;
    Elf64_Shdr sh[SEC_COUNT];
    Elf64_Sym sym[32];
    char str[512];
};

static char path[64];
static struct symtab *t;

static void setup(void)
{
    snprintf(path, sizeof(path), "/tmp/avs-symtab-%ld.elf", (long)getpid());
    t = symtab_new();
}

static void teardown(void)
{
    unlink(path);
    symtab_free(t);
}

TestSuite(symtab, .init = setup, .fini = teardown);

static void make_file(struct file *f, const struct want *w, size_t count)
{
    size_t at = 1;

    *f = (struct file){ 0 };
    memcpy(f->eh.e_ident, ELFMAG, SELFMAG);
    f->eh.e_ident[EI_CLASS] = ELFCLASS64;
    f->eh.e_ident[EI_DATA] = ELFDATA2LSB;
    f->eh.e_ident[EI_VERSION] = EV_CURRENT;
    f->eh.e_version = EV_CURRENT;
    f->eh.e_type = ET_EXEC;
    f->eh.e_machine = EM_AARCH64;
    f->eh.e_ehsize = sizeof(f->eh);
    f->eh.e_shoff = offsetof(struct file, sh);
    f->eh.e_shentsize = sizeof(Elf64_Shdr);
    f->eh.e_shnum = SEC_COUNT;
    f->eh.e_shstrndx = SEC_STRTAB;
    f->sh[SEC_TEXT] = (Elf64_Shdr){
        .sh_type = SHT_NOBITS, .sh_flags = SHF_ALLOC | SHF_EXECINSTR, .sh_addr = TEXT, .sh_size = TEXT_BYTES
    };
    f->sh[SEC_DATA] = (Elf64_Shdr){ .sh_type = SHT_NOBITS,
                                    .sh_flags = SHF_ALLOC | SHF_WRITE,
                                    .sh_addr = TEXT + 0x1000,
                                    .sh_size = TEXT_BYTES };
    f->sh[SEC_SYMTAB] = (Elf64_Shdr){ .sh_type = SHT_SYMTAB,
                                      .sh_offset = offsetof(struct file, sym),
                                      .sh_size = (count + 1) * sizeof(Elf64_Sym),
                                      .sh_link = SEC_STRTAB,
                                      .sh_entsize = sizeof(Elf64_Sym) };
    f->sh[SEC_STRTAB] = (Elf64_Shdr){ .sh_type = SHT_STRTAB,
                                      .sh_offset = offsetof(struct file, str),
                                      .sh_size = sizeof(f->str) };
    for (size_t i = 0; i < count; i++) {
        f->sym[i + 1] = (Elf64_Sym){ .st_name = (Elf64_Word)at,
                                     .st_info = (uint8_t)ELF64_ST_INFO(w[i].bind, w[i].type),
                                     .st_shndx = w[i].section,
                                     .st_value = w[i].addr,
                                     .st_size = w[i].size };
        strcpy(f->str + at, w[i].name);
        at += strlen(w[i].name) + 1;
    }
}

static void write_bytes(const void *data, size_t len)
{
    FILE *out = fopen(path, "wb");

    cr_assert_not_null(out);
    cr_assert_eq(fwrite(data, 1, len, out), len);
    fclose(out);
}

static void add(const struct want *w, size_t count, int vmid)
{
    struct file f;

    make_file(&f, w, count);
    write_bytes(&f, sizeof(f));
    cr_assert_eq(symtab_add_elf(t, NULL, path, vmid), AVS_OK, "%s", avs_last_error(NULL));
}

static const char *name_at(int vmid, uint64_t addr)
{
    const struct symbol *s = symtab_find(t, vmid, addr);

    return s ? s->name : "-";
}

Test(symtab, lookup_finds_the_symbol_that_holds_an_address)
{
    static const struct want w[] = {
        { "second", TEXT + 0x40, 0x10, STB_LOCAL, STT_FUNC, SEC_TEXT },
        { "first", TEXT, 0x20, STB_GLOBAL, STT_FUNC, SEC_TEXT },
    };

    cr_expect_null(symtab_find(t, -1, TEXT), "an empty table");
    add(w, 2, -1);
    cr_expect_str_eq(name_at(-1, TEXT - 1), "-");
    cr_expect_str_eq(name_at(-1, TEXT), "first");
    cr_expect_str_eq(name_at(-1, TEXT + 0x1f), "first");
    cr_expect_str_eq(name_at(-1, TEXT + 0x20), "-", "a symbol ends where its size says");
    cr_expect_str_eq(name_at(-1, TEXT + 0x3f), "-");
    cr_expect_str_eq(name_at(-1, TEXT + 0x40), "second");
    cr_expect_str_eq(name_at(-1, TEXT + 0x50), "-");
    cr_expect_str_eq(name_at(-1, UINT64_MAX), "-");
    cr_expect_eq(symtab_find(t, -1, TEXT + 0x41)->addr, TEXT + 0x40);
    cr_expect_eq(symtab_find(t, -1, TEXT + 0x41)->size, 0x10);
}

Test(symtab, only_code_counts)
{
    static const struct want w[] = {
        { "label", TEXT + 0x10, 0, STB_LOCAL, STT_NOTYPE, SEC_TEXT },
        { "$x", TEXT + 0x20, 0, STB_LOCAL, STT_NOTYPE, SEC_TEXT },
        { "$d.1", TEXT + 0x24, 0, STB_LOCAL, STT_NOTYPE, SEC_TEXT },
        { "object", TEXT + 0x30, 4, STB_GLOBAL, STT_OBJECT, SEC_TEXT },
        { "absolute", TEXT + 0x40, 0, STB_GLOBAL, STT_NOTYPE, SHN_ABS },
        { "elsewhere", TEXT + 0x50, 0, STB_GLOBAL, STT_FUNC, SHN_UNDEF },
        { "data", TEXT + 0x1000, 0, STB_GLOBAL, STT_NOTYPE, SEC_DATA },
        { "lost", TEXT + 0x60, 0, STB_GLOBAL, STT_FUNC, 99 },
    };

    add(w, 8, -1);
    for (uint64_t at = TEXT + 0x10; at < TEXT + TEXT_BYTES; at += 4)
        cr_expect_str_eq(name_at(-1, at), "label");
    cr_expect_str_eq(name_at(-1, TEXT + 0x1000), "-");
    cr_expect_str_eq(name_at(-1, UINT64_MAX), "-");
    cr_expect_str_eq(name_at(-1, TEXT + 0xf), "-");
}

Test(symtab, sizes_reach_to_the_next_symbol_or_the_sections_end)
{
    static const struct want w[] = {
        { "a", TEXT, 0, STB_LOCAL, STT_NOTYPE, SEC_TEXT },
        { "b", TEXT + 0x30, 8, STB_LOCAL, STT_FUNC, SEC_TEXT },
        { "c", TEXT + 0x80, 0, STB_LOCAL, STT_FUNC, SEC_TEXT },
    };

    add(w, 3, -1);
    cr_expect_eq(symtab_find(t, -1, TEXT)->size, 0x30);
    cr_expect_eq(symtab_find(t, -1, TEXT + 0x30)->size, 8, "a given size stays");
    cr_expect_eq(symtab_find(t, -1, TEXT + 0x80)->size, TEXT_BYTES - 0x80);
}

Test(symtab, at_one_address_global_functions_win)
{
    static const struct want w[] = {
        { "a_label", TEXT, 0, STB_GLOBAL, STT_NOTYPE, SEC_TEXT },
        { "local", TEXT, 4, STB_LOCAL, STT_FUNC, SEC_TEXT },
        { "zglobal", TEXT, 4, STB_GLOBAL, STT_FUNC, SEC_TEXT },
        { "weak", TEXT, 4, STB_WEAK, STT_FUNC, SEC_TEXT },
        { "y", TEXT + 0x20, 4, STB_LOCAL, STT_FUNC, SEC_TEXT },
        { "x", TEXT + 0x20, 4, STB_LOCAL, STT_FUNC, SEC_TEXT },
    };

    add(w, 6, -1);
    cr_expect_str_eq(name_at(-1, TEXT), "zglobal");
    cr_expect_str_eq(name_at(-1, TEXT + 0x20), "x", "equals: by name");
}

Test(symtab, tables_are_per_vmid)
{
    static const struct want host[] = { { "host", TEXT, 0x20, STB_GLOBAL, STT_FUNC, SEC_TEXT } };
    static const struct want guest[] = { { "guest", TEXT + 0x10, 4, STB_GLOBAL, STT_FUNC, SEC_TEXT } };
    static const struct want more[] = { { "more", TEXT + 0x20, 4, STB_GLOBAL, STT_FUNC, SEC_TEXT } };

    add(host, 1, -1);
    add(guest, 1, 2);
    cr_expect_str_eq(name_at(-1, TEXT + 0x10), "host");
    cr_expect_str_eq(name_at(2, TEXT + 0x10), "guest");
    cr_expect_str_eq(name_at(2, TEXT), "-", "a VMID with a table has no other");
    cr_expect_str_eq(name_at(1, TEXT + 0x10), "host", "a VMID without one has the host's");
    add(more, 1, 2);
    cr_expect_str_eq(name_at(2, TEXT + 0x10), "guest", "names stay when a file is added");
    cr_expect_str_eq(name_at(2, TEXT + 0x20), "more");
}

Test(symtab, a_stripped_file_adds_nothing)
{
    struct file f;

    make_file(&f, NULL, 0);
    f.sh[SEC_SYMTAB].sh_type = SHT_PROGBITS;
    write_bytes(&f, sizeof(f));
    cr_expect_eq(symtab_add_elf(t, NULL, path, -1), AVS_OK);
    cr_expect_null(symtab_find(t, -1, TEXT));
}

static void expect_error(avs_status status, const char *reason)
{
    avs_status s = symtab_add_elf(t, NULL, path, -1);

    cr_expect_eq(s, status, "%s: %s", avs_status_str(s), avs_last_error(NULL));
    cr_expect_not_null(strstr(avs_last_error(NULL), path), "names the file: %s", avs_last_error(NULL));
    cr_expect_not_null(strstr(avs_last_error(NULL), reason), "says \"%s\": %s", reason,
                       avs_last_error(NULL));
    cr_expect_null(symtab_find(t, -1, UINT64_MAX), "nothing was added");
}

Test(symtab, bad_files_are_refused)
{
    static const struct want w[] = { { "f", TEXT, 4, STB_GLOBAL, STT_FUNC, SEC_TEXT } };
    struct file f;

    expect_error(AVS_ERR_IO, "No such file");
    make_file(&f, w, 1);
    write_bytes(&f, 0);
    expect_error(AVS_ERR_FORMAT, "empty");
    write_bytes("#!/bin/sh\n", 10);
    expect_error(AVS_ERR_FORMAT, "not an ELF file");
    write_bytes(&f, 40);
    expect_error(AVS_ERR_FORMAT, "truncated");
    write_bytes(&f, offsetof(struct file, sh) + 70);
    expect_error(AVS_ERR_FORMAT, "truncated");
    write_bytes(&f, offsetof(struct file, sym) + 8);
    expect_error(AVS_ERR_FORMAT, "truncated");
    f.eh.e_machine = EM_X86_64;
    write_bytes(&f, sizeof(f));
    expect_error(AVS_ERR_FORMAT, "x86-64");
}
