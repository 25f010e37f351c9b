/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_lines.c
 * Source lines: names without the host's directories, and addresses to lines in an ELF file whose DWARF 4
 * is written by hand; damaged DWARF says nothing.
 */
#include <criterion/criterion.h>
#include <elf.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/lines.h"
#include "core/symtab.h"

static void expect_name(const char *path, const char *dir, const char *want)
{
    g_autofree char *name = lines_name(path, dir);

    cr_expect_str_eq(name, want, "%s in %s is %s, not %s", path, dir, name, want);
}

Test(lines, names_have_no_directories_of_the_host)
{
    expect_name("/home/me/p/src/a.c", "/home/me/p", "src/a.c");
    expect_name("/home/me/p/src/a.c", "/home/me/p/build", "src/a.c");
    expect_name("/home/me/p/build/../src/./a.c", "/home/me/p/build", "src/a.c");
    expect_name("src/a.c", "/home/me/p", "src/a.c");
    expect_name("../src/a.c", "/home/me/p/build", "src/a.c");
    expect_name("a.c", NULL, "a.c");
    expect_name("../../a.c", NULL, "a.c");
    expect_name("hyp/lib/a.h", "build", "hyp/lib/a.h");
    expect_name("build/../hyp/a.c", "build", "hyp/a.c");
    expect_name("/usr/include/stdint.h", "/home/me/p", "include/stdint.h");
    expect_name("/home/me/x/a.c", "/home/me/1/2/3/4", "x/a.c");
    expect_name("/a.c", "/", "a.c");
    expect_name("/home/me/p/a.c", "home/me/p", "p/a.c");
    expect_name("", NULL, "");
    expect_name("/../..", "/", "");
}

/* Sections of the file. */
enum { SEC_TEXT = 1, SEC_INFO, SEC_ABBREV, SEC_LINE, SEC_NAMES, SEC_COUNT };

static const char names[] = "\0.text\0.debug_info\0.debug_abbrev\0.debug_line\0.shstrtab";

static const uint8_t abbrev[] = {
    1,    0x11, 0, /* DW_TAG_compile_unit without children */
    0x1b, 0x08,    /* DW_AT_comp_dir, DW_FORM_string */
    0x10, 0x17,    /* DW_AT_stmt_list, DW_FORM_sec_offset */
    0x11, 0x01,    /* DW_AT_low_pc, DW_FORM_addr */
    0x12, 0x06,    /* DW_AT_high_pc, DW_FORM_data4 */
    0,    0,    0,
};

static const uint8_t info[] = {
    33,   0,   0,    0,    4,   0,   0,   0,   0,   0,
    8, /* length, version, abbreviations at, bytes of an address */
    1,    '/', 'w',  '/',  'b', 'u', 'i', 'l', 'd', 0, /* comp_dir */
    0,    0,   0,    0,                                /* stmt_list */
    0,    0,   0x08, 0x40, 0,   0,   0,   0,           /* low_pc */
    0x10, 0,   0,    0,                                /* high_pc */
};

static const uint8_t line[] = {
    57,  0,   0,   0,   4,   0,                        /* length, version */
    27,  0,   0,   0,   4,   1,    1,    0xfb, 14, 10, /* header's length, a word, ..., line_base, range */
    0,   1,   1,   1,   1,   0,    0,    0,    1,      /* operands of opcodes */
    0,                                                 /* no directories */
    '.', '.', '/', 'a', '.', 'c',  0,    0,    0,  0,  0, /* file 1 */
    0,   9,   2,   0,   0,   0x08, 0x40, 0,    0,  0,  0, /* the address */
    3,   9,   1,                                          /* line 10 */
    2,   2,   3,   5,   1,                                /* 8 bytes on, line 15 */
    2,   2,   0,   1,   1,                                /* 8 bytes on, the end */
};

static void put_section(GByteArray *file, Elf64_Shdr *sh, const void *bytes, size_t len, uint32_t name)
{
    *sh = (Elf64_Shdr){ .sh_name = name, .sh_type = SHT_PROGBITS, .sh_offset = file->len, .sh_size = len };
    g_byte_array_append(file, bytes, (guint)len);
}

/* `cut`: bytes that the section of lines lacks. */
static GByteArray *make_file(size_t cut)
{
    GByteArray *file = g_byte_array_new();
    Elf64_Shdr sh[SEC_COUNT] = { 0 };
    Elf64_Ehdr eh = { .e_version = EV_CURRENT,
                      .e_type = ET_EXEC,
                      .e_machine = EM_AARCH64,
                      .e_ehsize = sizeof(eh),
                      .e_shentsize = sizeof(sh[0]),
                      .e_shnum = SEC_COUNT,
                      .e_shstrndx = SEC_NAMES };

    memcpy(eh.e_ident, ELFMAG, SELFMAG);
    eh.e_ident[EI_CLASS] = ELFCLASS64;
    eh.e_ident[EI_DATA] = ELFDATA2LSB;
    eh.e_ident[EI_VERSION] = EV_CURRENT;
    g_byte_array_append(file, (const uint8_t *)&eh, sizeof(eh));
    sh[SEC_TEXT] = (Elf64_Shdr){ .sh_name = 1,
                                 .sh_type = SHT_NOBITS,
                                 .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
                                 .sh_addr = 0x40080000,
                                 .sh_size = 0x10 };
    put_section(file, &sh[SEC_INFO], info, sizeof(info), 7);
    put_section(file, &sh[SEC_ABBREV], abbrev, sizeof(abbrev), 19);
    put_section(file, &sh[SEC_LINE], line, sizeof(line) - cut, 33);
    put_section(file, &sh[SEC_NAMES], names, sizeof(names), 45);
    sh[SEC_NAMES].sh_type = SHT_STRTAB;
    while (file->len % 8)
        g_byte_array_append(file, (const uint8_t *)"", 1);
    ((Elf64_Ehdr *)(void *)file->data)->e_shoff = file->len;
    g_byte_array_append(file, (const uint8_t *)sh, sizeof(sh));
    return file;
}

static struct symtab *table_of(const GByteArray *file, int vmid)
{
    g_autofree char *path = g_strdup_printf("/tmp/avs-lines-%ld.elf", (long)getpid());
    struct symtab *t = symtab_new();

    cr_assert(g_file_set_contents(path, (const char *)file->data, file->len, NULL));
    cr_assert_eq(symtab_add_elf(t, NULL, path, vmid), AVS_OK, "%s", avs_last_error(NULL));
    g_unlink(path);
    return t;
}

static void expect_line(struct symtab *t, int vmid, uint64_t addr, const char *want_file, int want_line)
{
    const char *file = NULL;
    int n = 0;
    bool found = symtab_source(t, vmid, addr, &file, &n);

    cr_expect_eq(found, want_file != NULL, "%llx", (unsigned long long)addr);
    if (found && want_file)
        cr_expect(!strcmp(file, want_file) && n == want_line, "%s:%d, not %s:%d", file, n, want_file,
                  want_line);
}

Test(lines, addresses_have_lines)
{
    GByteArray *file = make_file(0);
    struct symtab *t = table_of(file, -1);

    expect_line(t, -1, 0x40080000, "a.c", 10);
    expect_line(t, -1, 0x40080004, "a.c", 10);
    expect_line(t, -1, 0x40080008, "a.c", 15);
    expect_line(t, 3, 0x4008000c, "a.c", 15);
    expect_line(t, -1, 0x40080010, NULL, 0);
    expect_line(t, -1, 0x4007fffc, NULL, 0);
    symtab_free(t);
    t = table_of(file, 3);
    expect_line(t, -1, 0x40080000, NULL, 0);
    expect_line(t, 3, 0x40080000, "a.c", 10);
    symtab_free(t);
    g_byte_array_free(file, TRUE);
}

/* Each byte of the DWARF in turn, and each length of its lines: no crash, and a name is none of the host's.
 */
Test(lines, damaged_dwarf_says_nothing_wrong_about_the_host)
{
    const size_t first = sizeof(Elf64_Ehdr), last = first + sizeof(info) + sizeof(abbrev) + sizeof(line);
    const char *name;
    int n;

    for (size_t i = first; i < last + sizeof(line); i++) {
        GByteArray *file = make_file(i < last ? 0 : i - last);
        struct symtab *t;

        if (i < last)
            file->data[i] ^= 0xff;
        t = table_of(file, -1);
        for (uint64_t at = 0x40080000; at < 0x40080010; at += 4)
            if (symtab_source(t, -1, at, &name, &n))
                cr_expect(*name && *name != '/' && n > 0, "byte %zu: %s:%d", i, name, n);
        symtab_free(t);
        g_byte_array_free(file, TRUE);
    }
}
