/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file load_image.c
 * Images that are not ELF. A Linux kernel Image (Documentation/arch/arm64/booting.rst) has a header that
 * says where it wants to be; any other file is taken as it is, at the board's image offset. Both are
 * entered by the kernel's boot protocol, as QEMU does: x0 is the device tree, x1 to x3 are zero. Not
 * handled: compressed kernels, initrds.
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

#define TWO_MIB (UINT64_C(2) << 20)
#define LOWEST_TEXT_OFFSET 4096 /* Below, QEMU needs the space for its boot code and goes 2 MiB up. */

static uint64_t le64(const uint8_t *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof(v));
    return GUINT64_FROM_LE(v);
}

static bool is_gzip(const uint8_t *bytes, size_t len)
{
    return len >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
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

avs_status load_raw(struct board *b, const uint8_t *bytes, size_t len, struct load_image *img)
{
    struct load_piece piece = { .data = bytes, .filesz = len, .memsz = len, .what = "the image" };
    uint64_t offset = b->desc->image_offset;

    if (is_gzip(bytes, len))
        return avs_fail(b->m, AVS_ERR_FORMAT, "%s: is compressed by gzip; unpack it first", img->path);
    if (is_linux(bytes, len)) {
        if (le64(bytes + HEADER_FLAGS) & FLAG_BIG_ENDIAN)
            return avs_fail(b->m, AVS_ERR_FORMAT, "%s: a big-endian kernel", img->path);
        linux_layout(bytes, &offset, &piece.memsz);
    }
    piece.pa = b->desc->ram_base + offset;
    if (piece.pa < offset || piece.pa + piece.memsz < piece.pa)
        return avs_fail(b->m, AVS_ERR_FORMAT, "%s: a kernel header with impossible addresses", img->path);
    g_array_append_val(img->pieces, piece);
    img->entry = piece.pa;
    img->boot_protocol = true;
    return AVS_OK;
}
