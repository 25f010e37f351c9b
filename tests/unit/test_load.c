/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_load.c
 * Loading: ELF files of every good layout, kernels and raw files, the reset state that they give; and each
 * kind of bad file, which must be refused with one line that names it, and must leave memory as it was. The
 * ELF files are written by hand, so that every field is what the test says.
 */
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "board/board.h"
#include "core/symtab.h"
#include "fixture.h"

#define RAM FIXTURE_RAM
#define TEXT (RAM + 0x100000)
#define FDT_MAGIC 0xedfe0dd0u /* As a little-endian word. */

enum { BYTES_AT = 0x200, BYTES = 0x40 };

/* An ELF file with room for two segments; BYTES of payload at BYTES_AT. */
struct file {
    Elf64_Ehdr eh;
    Elf64_Phdr ph[2];
    uint8_t pad[BYTES_AT - sizeof(Elf64_Ehdr) - 2 * sizeof(Elf64_Phdr)];
    uint8_t bytes[BYTES];
};

static avs_machine *m;
static char path[64];

static void setup(void)
{
    snprintf(path, sizeof(path), "/tmp/avs-load-%ld", (long)getpid());
    m = fixture_machine("virt", NULL);
}

static void teardown(void)
{
    avs_machine_free(m);
    remove(path);
}

TestSuite(load, .init = setup, .fini = teardown);

static void write_file(const void *data, size_t len)
{
    FILE *out = fopen(path, "wb");

    cr_assert_not_null(out);
    cr_assert_eq(fwrite(data, 1, len, out), len);
    fclose(out);
}

/* One executable segment at TEXT with twice its file size in memory. */
static struct file good_file(void)
{
    struct file f = { .eh = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
                                           EV_CURRENT },
                              .e_type = ET_EXEC,
                              .e_machine = EM_AARCH64,
                              .e_version = EV_CURRENT,
                              .e_entry = TEXT + 8,
                              .e_phoff = offsetof(struct file, ph),
                              .e_ehsize = sizeof(Elf64_Ehdr),
                              .e_phentsize = sizeof(Elf64_Phdr),
                              .e_phnum = 1 } };

    f.ph[0] = (Elf64_Phdr){ .p_type = PT_LOAD,
                            .p_flags = PF_R | PF_X,
                            .p_offset = BYTES_AT,
                            .p_vaddr = TEXT,
                            .p_paddr = TEXT,
                            .p_filesz = BYTES,
                            .p_memsz = 2 * BYTES };
    memset(f.bytes, 0x5a, sizeof(f.bytes));
    return f;
}

static void load_ok(const struct file *f)
{
    write_file(f, sizeof(*f));
    cr_assert_eq(avs_load(m, path), AVS_OK, "%s", avs_last_error(m));
}

static uint32_t word_at(uint64_t address)
{
    uint32_t w = 0;

    cr_assert(avs_read_mem(m, address, &w, sizeof(w)), "nothing at %#lx", (long)address);
    return w;
}

Test(load, elf_segments_entry_and_bss)
{
    struct file f = good_file();

    load_ok(&f);
    cr_expect_eq(word_at(TEXT), 0x5a5a5a5a);
    cr_expect_eq(word_at(TEXT + BYTES - 4), 0x5a5a5a5a);
    cr_expect_eq(word_at(TEXT + BYTES), 0, "the rest of the segment is zero");
    cr_expect_eq(word_at(TEXT - 4), 0);
    cr_expect_eq(m->pe[0].pc, TEXT + 8);
    cr_expect_eq(m->pe[0].el, 2);
    cr_expect_eq(m->pe[0].spsel, 1);
    cr_expect_eq(m->pe[0].daif, 0xf);
    cr_expect_eq(m->pe[0].x[0], 0, "an ELF image is not told where the device tree is");
    cr_expect_eq(word_at(RAM), FDT_MAGIC, "but it is at the start of RAM");
}

Test(load, elf_segments_go_to_physical_addresses)
{
    struct file f = good_file();

    f.eh.e_phnum = 2;
    f.eh.e_entry = UINT64_C(0xffff000000000010);
    f.ph[0].p_vaddr = UINT64_C(0xffff000000000000);
    f.ph[1] = f.ph[0];
    f.ph[1].p_flags = PF_R | PF_W;
    f.ph[1].p_vaddr = UINT64_C(0xffff000000200000);
    f.ph[1].p_paddr = TEXT + 0x10000;
    load_ok(&f);
    cr_expect_eq(m->pe[0].pc, TEXT + 0x10, "the entry point is translated");
    cr_expect_eq(word_at(TEXT + 0x10000), 0x5a5a5a5a);
}

Test(load, elf_position_independent_at_its_link_address)
{
    struct file f = good_file();

    f.eh.e_type = ET_DYN;
    f.eh.e_phnum = 2;
    f.ph[1] = (Elf64_Phdr){ .p_type = PT_DYNAMIC, .p_offset = UINT64_MAX, .p_filesz = 8, .p_memsz = 8 };
    load_ok(&f);
    cr_expect_eq(m->pe[0].pc, TEXT + 8);
}

Test(load, elf_at_the_start_of_ram_leaves_no_device_tree)
{
    struct file f = good_file();

    f.ph[0].p_vaddr = f.ph[0].p_paddr = f.eh.e_entry = RAM;
    load_ok(&f);
    cr_expect_eq(word_at(RAM), 0x5a5a5a5a);
    cr_expect_eq(word_at(RAM + 2 * BYTES), 0);
}

Test(load, raw_file_by_the_boot_protocol)
{
    uint32_t words[3] = { 0xd503201f, 0x14000000, 0x12345678 };

    write_file(words, 11);
    cr_assert_eq(avs_load(m, path), AVS_OK, "%s", avs_last_error(m));
    cr_expect_eq(m->pe[0].pc, RAM + 0x80000);
    cr_expect_eq(word_at(RAM + 0x80000), words[0]);
    cr_expect_eq(word_at(RAM + 0x80008), 0x345678, "the last byte is not of the file");
    cr_expect_eq(m->pe[0].x[0], RAM + 0x4000000, "QEMU's place: half of RAM");
    cr_expect_eq(word_at(m->pe[0].x[0]), FDT_MAGIC);
    cr_expect_eq(m->pe[0].x[1], 0);
}

/* A kernel's header: branch over it, text_offset, image_size, flags, magic. */
static void write_kernel(uint64_t text_offset, uint64_t image_size, uint64_t flags)
{
    uint64_t h[8] = { 0x14000010, text_offset, image_size, flags, 0, 0, 0, UINT64_C(0x644d5241) };

    write_file(h, sizeof(h));
}

Test(load, kernel_at_its_text_offset)
{
    write_kernel(0x100000, 0x5000000, 0xa);
    cr_assert_eq(avs_load(m, path), AVS_OK, "%s", avs_last_error(m));
    cr_expect_eq(m->pe[0].pc, RAM + 0x100000);
    cr_expect_eq(m->pe[0].x[0], RAM + 0x5200000, "behind the kernel's .bss, 2 MiB aligned");
    cr_expect_eq(word_at(m->pe[0].x[0]), FDT_MAGIC);
}

Test(load, kernel_without_offset_goes_two_mib_up)
{
    write_kernel(0, 0x100000, 0xa);
    cr_assert_eq(avs_load(m, path), AVS_OK, "%s", avs_last_error(m));
    cr_expect_eq(m->pe[0].pc, RAM + 0x200000);
}

Test(load, file_at_an_address_beside_the_image)
{
    struct file f = good_file();

    write_file("0123", 4);
    cr_assert_eq(avs_load_at(m, path, RAM + 0x2000000), AVS_OK, "%s", avs_last_error(m));
    load_ok(&f);
    cr_expect_eq(word_at(RAM + 0x2000000), 0x33323130);
}

Test(load, device_tree_keeps_away_from_what_was_loaded)
{
    struct file f = good_file();

    write_file("0123", 4);
    cr_assert_eq(avs_load_at(m, path, RAM + 0x80), AVS_OK);
    load_ok(&f);
    cr_expect_eq(word_at(RAM), 0, "there is no room for it at the start of RAM");
    cr_expect_eq(word_at(RAM + 0x80), 0x33323130);
}

/* A symbol table behind the segments: .text, .symtab, .strtab. */
Test(load, symbols_of_the_image_are_known)
{
    struct {
        struct file f;
        Elf64_Shdr sh[4];
        Elf64_Sym sym[2];
        char str[8];
    } e = { .f = good_file(), .str = "\0_start" };

    e.f.eh.e_shoff = offsetof(__typeof__(e), sh);
    e.f.eh.e_shnum = 4;
    e.f.eh.e_shentsize = sizeof(Elf64_Shdr);
    e.sh[1] =
        (Elf64_Shdr){ .sh_type = SHT_NOBITS, .sh_flags = SHF_EXECINSTR, .sh_addr = TEXT, .sh_size = BYTES };
    e.sh[2] = (Elf64_Shdr){ .sh_type = SHT_SYMTAB,
                            .sh_offset = offsetof(__typeof__(e), sym),
                            .sh_link = 3,
                            .sh_size = sizeof(e.sym),
                            .sh_entsize = sizeof(Elf64_Sym) };
    e.sh[3] =
        (Elf64_Shdr){ .sh_type = SHT_STRTAB, .sh_offset = offsetof(__typeof__(e), str), .sh_size = 8 };
    e.sym[1] = (Elf64_Sym){ .st_name = 1, .st_info = STT_FUNC, .st_shndx = 1, .st_value = TEXT };
    write_file(&e, sizeof(e));
    cr_assert_eq(avs_load(m, path), AVS_OK, "%s", avs_last_error(m));
    cr_assert_not_null(symtab_find(m->symbols, -1, TEXT + 4));
    cr_expect_str_eq(symtab_find(m->symbols, -1, TEXT + 4)->name, "_start");
}

/* Bad input. */

static void expect_refused(avs_status status, const char *reason)
{
    avs_status s = avs_load(m, path);
    const char *why = avs_last_error(m);
    uint32_t w[4];

    cr_expect_eq(s, status, "%s instead of %s: %s", avs_status_str(s), avs_status_str(status), why);
    cr_expect_not_null(strstr(why, path), "names the file: %s", why);
    cr_expect_not_null(strstr(why, reason), "says \"%s\": %s", reason, why);
    cr_expect_null(strchr(why, '\n'), "one line: %s", why);
    cr_assert(avs_read_mem(m, TEXT, w, sizeof(w)));
    cr_expect_eq(w[0], 0, "nothing was loaded");
    cr_expect_eq(word_at(RAM), 0, "no device tree either");
    cr_expect_eq(m->pe[0].pc, 0);
}

static void expect_bad_elf(const struct file *f, avs_status status, const char *reason)
{
    write_file(f, sizeof(*f));
    expect_refused(status, reason);
}

Test(load, unreadable_files)
{
    expect_refused(AVS_ERR_IO, "No such file or directory");
    write_file("", 0);
    expect_refused(AVS_ERR_FORMAT, "empty");
    cr_assert_eq(truncate(path, (off_t)3 << 30), 0);
    expect_refused(AVS_ERR_FORMAT, "larger than 2 GiB");
    remove(path);
    cr_assert_eq(mkdir(path, 0700), 0);
    expect_refused(AVS_ERR_IO, "is a directory");
    remove(path);
    cr_assert_eq(mkfifo(path, 0600), 0);
    expect_refused(AVS_ERR_IO, "not a regular file");
}

Test(load, elf_for_something_else)
{
    struct file f = good_file();

    f.eh.e_machine = EM_X86_64;
    expect_bad_elf(&f, AVS_ERR_FORMAT, "ELF for x86-64, not AArch64");
    f.eh.e_machine = EM_ARM;
    f.eh.e_ident[EI_CLASS] = ELFCLASS32;
    expect_bad_elf(&f, AVS_ERR_FORMAT, "ELF for 32-bit Arm, not AArch64");
    f.eh.e_machine = 4711;
    expect_bad_elf(&f, AVS_ERR_FORMAT, "machine 4711");
    f.eh.e_machine = EM_AARCH64;
    expect_bad_elf(&f, AVS_ERR_FORMAT, "32-bit ELF");
    f = good_file();
    f.eh.e_ident[EI_DATA] = ELFDATA2MSB;
    f.eh.e_machine = EM_AARCH64 << 8;
    expect_bad_elf(&f, AVS_ERR_FORMAT, "big-endian");
    f.eh.e_machine = 0x1500; /* EM_PPC64 */
    expect_bad_elf(&f, AVS_ERR_FORMAT, "ELF for POWER");
    f = good_file();
    f.eh.e_type = ET_REL;
    expect_bad_elf(&f, AVS_ERR_FORMAT, "object file");
    f.eh.e_type = ET_CORE;
    expect_bad_elf(&f, AVS_ERR_FORMAT, "not an executable");
}

Test(load, truncated_elf)
{
    struct file f = good_file();

    write_file(&f, 4);
    expect_refused(AVS_ERR_FORMAT, "truncated");
    write_file(&f, 19);
    expect_refused(AVS_ERR_FORMAT, "truncated");
    write_file(&f, sizeof(f.eh) - 1);
    expect_refused(AVS_ERR_FORMAT, "truncated");
    write_file(&f, sizeof(f.eh) + 10);
    expect_refused(AVS_ERR_FORMAT, "program headers");
    write_file(&f, sizeof(f) - 1);
    expect_refused(AVS_ERR_FORMAT, "segment 0 is beyond the file's end");
    f.eh.e_shoff = sizeof(f) - 8;
    f.eh.e_shnum = 3;
    f.eh.e_shentsize = sizeof(Elf64_Shdr);
    expect_bad_elf(&f, AVS_ERR_FORMAT, "section headers");
}

Test(load, damaged_program_headers)
{
    struct file f = good_file();

    f.eh.e_phnum = 0;
    expect_bad_elf(&f, AVS_ERR_FORMAT, "no program headers");
    f.eh.e_phnum = 3000;
    expect_bad_elf(&f, AVS_ERR_FORMAT, "program headers");
    f.eh.e_phnum = PN_XNUM;
    expect_bad_elf(&f, AVS_ERR_FORMAT, "program headers");
    f = good_file();
    f.eh.e_phoff = UINT64_MAX - 8;
    expect_bad_elf(&f, AVS_ERR_FORMAT, "program headers");
    f = good_file();
    f.ph[0].p_type = PT_NOTE;
    expect_bad_elf(&f, AVS_ERR_FORMAT, "no PT_LOAD");
    f = good_file();
    f.ph[0].p_filesz = 3 * BYTES;
    expect_bad_elf(&f, AVS_ERR_FORMAT, "larger in the file");
    f = good_file();
    f.ph[0].p_offset = UINT64_MAX - 4;
    expect_bad_elf(&f, AVS_ERR_FORMAT, "beyond the file's end");
    f = good_file();
    f.ph[0].p_memsz = UINT64_MAX;
    expect_bad_elf(&f, AVS_ERR_FORMAT, "wraps");
}

Test(load, images_that_do_not_fit)
{
    struct file f = good_file();

    f.ph[0].p_memsz = UINT64_C(1) << 30;
    expect_bad_elf(&f, AVS_ERR_BOARD, "segment 0, 0x40000000 bytes at 0x40100000, does not fit");
    f = good_file();
    f.ph[0].p_paddr = 0x8001000;
    f.eh.e_entry = TEXT;
    expect_bad_elf(&f, AVS_ERR_BOARD, "segment 0, 0x80 bytes at 0x8001000, does not fit");
    f = good_file();
    f.eh.e_entry = 0x9000000;
    expect_bad_elf(&f, AVS_ERR_BOARD, "entry point 0x9000000 is not in RAM");
    f = good_file();
    f.eh.e_entry = TEXT + 2;
    expect_bad_elf(&f, AVS_ERR_FORMAT, "not word-aligned");
    f = good_file();
    f.eh.e_phnum = 2;
    f.ph[1] = f.ph[0];
    f.ph[1].p_flags = PF_R;
    f.ph[1].p_paddr += BYTES;
    expect_bad_elf(&f, AVS_ERR_BOARD, "overlap");
    f.ph[1].p_paddr = RAM - 0x1000;
    expect_bad_elf(&f, AVS_ERR_BOARD, "segment 1");
}

Test(load, bad_kernels)
{
    write_kernel(0x80000, UINT64_C(128) << 20, 0xa);
    expect_refused(AVS_ERR_BOARD, "does not fit");
    write_kernel(0x80000, UINT64_MAX, 0xa);
    expect_refused(AVS_ERR_FORMAT, "impossible addresses");
    write_kernel(0x80000, 0x100000, 1);
    expect_refused(AVS_ERR_FORMAT, "big-endian");
    write_file("\x1f\x8b\x08", 3);
    expect_refused(AVS_ERR_FORMAT, "gzip");
    write_file("\0\0\0", 4);
    cr_assert_eq(avs_load_at(m, path, RAM), AVS_OK);
    write_kernel(0x1000, (UINT64_C(128) << 20) - 0x1000, 0xa);
    expect_refused(AVS_ERR_BOARD, "no room in RAM for the device tree");
}

Test(load, files_at_impossible_addresses)
{
    struct file f = good_file();

    write_file("0123", 4);
    cr_expect_eq(avs_load_at(m, path, 0x9000000), AVS_ERR_BOARD);
    cr_expect_eq(avs_load_at(m, path, RAM + 0x8000000 - 3), AVS_ERR_BOARD);
    cr_expect_eq(avs_load_at(m, path, UINT64_MAX - 1), AVS_ERR_BOARD);
    cr_expect_eq(avs_load_at(m, "/nonexistent/x", TEXT), AVS_ERR_IO);
    load_ok(&f);
    write_file("0123", 4);
    cr_expect_eq(avs_load_at(m, path, TEXT + BYTES - 2), AVS_ERR_BOARD, "over the image");
    cr_expect_not_null(strstr(avs_last_error(m), "overlap"), "%s", avs_last_error(m));
    cr_expect_eq(avs_load_at(m, path, RAM + 0x100), AVS_ERR_BOARD, "over the device tree");
    cr_expect_not_null(strstr(avs_last_error(m), "device tree"), "%s", avs_last_error(m));
    cr_expect_eq(word_at(TEXT), 0x5a5a5a5a);
}

Test(load, only_one_image)
{
    struct file f = good_file();

    load_ok(&f);
    cr_expect_eq(avs_load(m, path), AVS_ERR_STATE);
    cr_expect_eq(board_load(m->board, path), AVS_ERR_STATE);
}

Test(load, a_refused_image_does_not_stand_in_the_way)
{
    struct file f = good_file(), bad = good_file();

    bad.ph[0].p_memsz = UINT64_C(1) << 30;
    expect_bad_elf(&bad, AVS_ERR_BOARD, "does not fit");
    load_ok(&f);
    cr_expect_eq(m->pe[0].pc, TEXT + 8);
}

Test(load, firmware_goes_to_rom)
{
    uint32_t word = 0xd503201f, got = 0;

    avs_machine_free(m);
    m = fixture_machine("virt,secure=on", NULL);
    write_file(&word, sizeof(word));
    cr_assert_eq(avs_load_at(m, path, 0), AVS_OK, "%s", avs_last_error(m));
    cr_assert(avs_read_mem(m, 0, &got, sizeof(got)));
    cr_expect_eq(got, word);
}
