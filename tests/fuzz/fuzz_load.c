/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fuzz_load.c
 * Files that a user gives: images (ELF, Linux kernels, raw, each of them also compressed), device trees,
 * files of symbols and files at an address. The first byte of an input says what it is and how the machine
 * is made; the rest is the file, which the loader reads from memory.
 *
 * What is refused is refused with one line, and has changed nothing; what is accepted begins in memory,
 * with a good device tree when it is told of one, and runs some instructions.
 */
#define _GNU_SOURCE

#include <gio/gio.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "board/internal.h"
#include "core/symtab.h"

#define RAM UINT64_C(0x40000000)
enum { INSNS = 200, FILE_BYTES_MAX = 1 << 16 };
enum { AS_IMAGE, AS_TREE, AS_SYMBOLS, AT_ADDRESS };
enum { HOW_KIND = 3, HOW_GZIP = 1 << 2, HOW_SECURE = 1 << 3, HOW_INITRD = 1 << 4, HOW_FIRMWARE = 1 << 5 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void failed(const char *what, const char *detail)
{
    fprintf(stderr, "%s: %s\n", what, detail);
    abort();
}

/* A file of the host's with these bytes; its path is /proc/self/fd/N. */
static int file_of(const void *bytes, size_t len)
{
    int fd = memfd_create("input", MFD_CLOEXEC);

    if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
        failed("memfd", "cannot be made");
    return fd;
}

static int gzip_file_of(const void *bytes, size_t len)
{
    g_autoptr(GConverter) gz = G_CONVERTER(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1));
    g_autofree uint8_t *out = g_malloc(len + 1024);
    gsize took, gave;

    if (g_converter_convert(gz, bytes, len, out, len + 1024, G_CONVERTER_INPUT_AT_END, &took, &gave,
                            NULL) != G_CONVERTER_FINISHED)
        failed("gzip", "cannot be made");
    return file_of(out, gave);
}

/* The tree says its size, and memory has it where the image is told that it is. */
static void check_tree(const avs_machine *m)
{
    const struct board *b = m->board;
    g_autofree uint8_t *copy = g_malloc(b->dtb_size);

    if (fdt_check_full(b->dtb, b->dtb_size) || fdt_totalsize(b->dtb) != b->dtb_size)
        failed("device tree", "is damaged");
    if (b->dtb_pa == DTB_NOWHERE)
        return;
    if (!bus_copy_out(m->bus, pa(b->dtb_pa), copy, b->dtb_size) || memcmp(copy, b->dtb, b->dtb_size))
        failed("device tree", "is not in memory");
}

static void check_refusal(const avs_machine *m, avs_status s)
{
    const char *why = avs_last_error(m);

    if (s == AVS_ERR_NOMEM || s == AVS_ERR_STATE || s == AVS_ERR_ARG)
        failed("an unexpected status", why);
    if (!*why || strchr(why, '\n'))
        failed("not one line", why);
}

static void check_untouched(avs_machine *m)
{
    uint64_t words[2] = { 0 };

    if (!avs_read_mem(m, RAM, &words[0], 8) || !avs_read_mem(m, RAM + 0x80000, &words[1], 8) || words[0] ||
        words[1] || m->board->loaded->len)
        failed("a refused file", "has left something behind");
}

static void check_image(avs_machine *m)
{
    const struct pe *c = &m->pe[0];

    if (c->pc % 4 || !bus_host(m->bus, pa(c->pc), 4, false))
        failed("entry", "is not in memory");
    check_tree(m);
    avs_run(m);
}

/* Whatever their DWARF says, names have neither the host's root nor a way up in them. */
static void check_lines(avs_machine *m)
{
    const char *file;
    int line;

    for (uint64_t at = 0; at < 0x200; at += 4)
        if (symtab_source(m->symbols, -1, RAM + 0x80000 + at, &file, &line) &&
            (*file == '/' || !*file || g_str_has_prefix(file, "../") || line <= 0))
            failed("a source line", file);
}

static void use(avs_machine *m, unsigned kind, const char *path)
{
    avs_status s;

    if (kind == AS_SYMBOLS)
        s = avs_load_symbols(m, path, -1);
    else if (kind == AT_ADDRESS)
        s = avs_load_at(m, path, RAM + 0x1000);
    else
        s = avs_load(m, path);
    if (s)
        check_refusal(m, s);
    else
        check_lines(m);
    if (s && !m->board->has_firmware)
        check_untouched(m);
    else if (!s && kind <= AS_TREE)
        check_image(m);
}

static avs_machine *machine(unsigned how, const char *path)
{
    avs_options o = AVS_OPTIONS_INIT;
    avs_machine *m = NULL;
    avs_status s;

    o.mem_bytes = 4 << 20;
    o.max_insns = INSNS;
    o.cmdline = "console=ttyAMA0";
    o.board = how & HOW_SECURE ? "virt,secure=on" : "virt";
    o.initrd = how & HOW_INITRD ? path : NULL;
    o.bios = how & HOW_FIRMWARE ? path : NULL;
    o.dtb = (how & HOW_KIND) == AS_TREE ? path : NULL;
    s = avs_machine_new(&o, &m);
    if (s)
        check_refusal(NULL, s);
    return m;
}

/* A tree needs an image: one branch to itself. */
static void run(unsigned how, const char *path)
{
    const uint32_t loop = 0x14000000;
    avs_machine *m = machine(how, path);
    g_autofree char *image = NULL;
    int fd;

    if (!m)
        return;
    fd = file_of(&loop, sizeof(loop));
    image = g_strdup_printf("/proc/self/fd/%d", fd);
    use(m, how & HOW_KIND, (how & HOW_KIND) == AS_TREE ? image : path);
    close(fd);
    avs_machine_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *path = NULL;
    int fd;

    if (size < 2 || size > FILE_BYTES_MAX)
        return 0;
    fd = data[0] & HOW_GZIP ? gzip_file_of(data + 1, size - 1) : file_of(data + 1, size - 1);
    path = g_strdup_printf("/proc/self/fd/%d", fd);
    run(data[0], path);
    close(fd);
    return 0;
}
