/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file load_image.c
 * Images that are not ELF. A Linux kernel Image (Documentation/arch/arm64/booting.rst) has a header that
 * says where it wants to be; any other file is taken as it is, at the board's image offset. Both are
 * entered by the kernel's boot protocol, as QEMU does: x0 is the device tree, x1 to x3 are zero. A kernel
 * is entered at EL2 or EL1 alone; with EL3, firmware has to do that.
 */
#include <string.h>

#include "board/internal.h"

/* The header of an arm64 Image, little-endian. */
enum {
    HEADER_TEXT_OFFSET = 8,
    HEADER_IMAGE_SIZE = 16,
    HEADER_FLAGS = 24,
    HEADER_MAGIC = 56,
    HEADER_BYTES = 64,
};
enum { FLAG_BIG_ENDIAN = 1 };
enum { FLAGS_PAGE_SIZE_LSB = 1, PAGES_4K = 1, PAGES_16K = 2, PAGES_64K = 3 };

#define TWO_MIB (UINT64_C(2) << 20)
#define LOWEST_TEXT_OFFSET 4096 /* Below, QEMU needs the space for its boot code and goes 2 MiB up. */

static uint64_t le64(const uint8_t *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof(v));
    return GUINT64_FROM_LE(v);
}

static bool is_linux(const uint8_t *bytes, size_t len)
{
    return len >= HEADER_BYTES && !memcmp(bytes + HEADER_MAGIC, "ARM\x64", 4);
}

/* Where a kernel goes, from the start of RAM, and how much memory it takes with its .bss. An image_size of
 * zero is that of kernels before 3.17, whose text_offset means nothing. */
static void linux_layout(const uint8_t *bytes, uint64_t *offset, uint64_t *memsz)
{
    uint64_t image_size = le64(bytes + HEADER_IMAGE_SIZE);
    uint64_t text_offset = le64(bytes + HEADER_TEXT_OFFSET);

    if (image_size == 0)
        return;
    *offset = text_offset < LOWEST_TEXT_OFFSET ? text_offset + TWO_MIB : text_offset;
    *memsz = MAX(*memsz, image_size);
}

/* Files for others that people try; a raw image may begin with anything else. */
static avs_status check_foreign(struct board *b, const char *path, const uint8_t *bytes, size_t len)
{
    static const struct {
        size_t at;
        const char *magic, *what;
    } foreign[] = {
        { 0x202, "HdrS", "an x86 Linux kernel, not AArch64" },
        { 0x24, "\x18\x28\x6f\x01", "a 32-bit Arm Linux kernel, not AArch64" },
        { 4, "zimg", "an EFI zboot image; unpack the kernel in it first" },
        { 0, "\x27\x05\x19\x56", "a U-Boot legacy image (uImage); give the kernel in it" },
        { 0x38, "RSC\x05", "a RISC-V Linux kernel, not AArch64" },
        { 0,
          "\xfd"
          "7zX",
          "compressed by xz; unpack it first" },
        { 0, "\x28\xb5\x2f\xfd", "compressed by zstd; unpack it first" },
        { 0, "\xd0\x0d\xfe\xed", "a device tree, or a FIT image; not a program" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++)
        if (len >= foreign[i].at + 4 && !memcmp(bytes + foreign[i].at, foreign[i].magic, 4))
            return avs_fail(b->m, AVS_ERR_FORMAT, "%s: is %s", path, foreign[i].what);
    return AVS_OK;
}

/* ID_AA64MMFR0_EL1 says which granules the core has: 4 KiB and 64 KiB unless 0xf, 16 KiB unless 0. */
static bool has_granule(const struct board *b, unsigned pages)
{
    uint64_t mmfr0 = b->m->pe[0].sr[SR_ID_AA64MMFR0_EL1];

    if (pages == PAGES_16K)
        return bits(mmfr0, 23, 20) != 0;
    return pages == PAGES_64K ? bits(mmfr0, 27, 24) != 0xf : bits(mmfr0, 31, 28) != 0xf;
}

static avs_status check_linux(struct board *b, const char *path, const uint8_t *bytes)
{
    static const char *const names[] = { "", "4", "16", "64" };
    uint64_t flags = le64(bytes + HEADER_FLAGS);
    unsigned pages = flags >> FLAGS_PAGE_SIZE_LSB & 3;

    if (flags & FLAG_BIG_ENDIAN)
        return avs_fail(b->m, AVS_ERR_FORMAT, "%s: a big-endian kernel", path);
    if (pages >= PAGES_4K && !has_granule(b, pages))
        return avs_fail(b->m, AVS_ERR_BOARD, "%s: a kernel with %s KiB pages, which %s does not have", path,
                        names[pages], b->m->model->name);
    if (b->desc->secure)
        return avs_fail(
            b->m, AVS_ERR_BOARD,
            "%s: a Linux kernel cannot be entered at EL3, where secure=on starts; give firmware that "
            "enters it (--bios), or secure=off",
            path);
    return AVS_OK;
}

avs_status load_raw(struct board *b, const uint8_t *bytes, size_t len, struct load_image *img)
{
    struct load_piece piece = { .data = bytes, .filesz = len, .memsz = len, .what = "the image" };
    uint64_t offset = b->desc->image_offset;
    bool kernel = is_linux(bytes, len);
    avs_status s = kernel ? check_linux(b, img->path, bytes) : check_foreign(b, img->path, bytes, len);

    if (s)
        return s;
    if (kernel)
        linux_layout(bytes, &offset, &piece.memsz);
    piece.pa = b->desc->ram_base + offset;
    if (piece.pa < offset || piece.pa + piece.memsz < piece.pa)
        return avs_fail(b->m, AVS_ERR_FORMAT, "%s: a kernel header with impossible addresses", img->path);
    g_array_append_val(img->pieces, piece);
    img->entry = piece.pa;
    img->boot_protocol = true;
    return AVS_OK;
}
