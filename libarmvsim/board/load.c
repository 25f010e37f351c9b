/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file load.c
 * Loading: a parser says which bytes go where; here all of it is checked against the board's memory and
 * against what was loaded before, and only then copied, so that a bad image changes nothing. What an image
 * leaves zero (.bss) is not written: memory that no loader touched is zero until the machine runs. With
 * firmware, image and initrd go to fw_cfg instead.
 * Not handled: relocation of position-independent images.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "board/internal.h"
#include "core/file.h"
#include "core/symtab.h"

/* A file in memory. */
struct file_bytes {
    uint8_t *bytes;
    size_t len;
};

static void range_clear(void *range)
{
    g_free(((struct load_range *)range)->what);
}

GArray *load_ranges_new(void)
{
    GArray *ranges = g_array_new(FALSE, FALSE, sizeof(struct load_range));

    g_array_set_clear_func(ranges, range_clear);
    return ranges;
}

void load_ranges_add(GArray *ranges, uint64_t lo, uint64_t hi, const char *what)
{
    struct load_range range = { .lo = lo, .hi = hi, .what = g_strdup(what) };

    g_array_append_val(ranges, range);
}

static int by_address(const void *a, const void *b)
{
    const struct load_range *x = a, *y = b;

    return x->lo < y->lo ? -1 : x->lo > y->lo;
}

static avs_status piece_fits(struct board *b, const char *image, const struct load_piece *p)
{
    const char *path = p->path ? p->path : image;

    if (bus_host(b->m->bus, pa(p->pa), p->memsz, false))
        return AVS_OK;
    return avs_fail(b->m, AVS_ERR_BOARD,
                    "%s: %s, 0x%" PRIx64 " bytes at 0x%" PRIx64 ", does not fit: RAM is 0x%" PRIx64
                    " to 0x%" PRIx64,
                    path, p->what, p->memsz, p->pa, b->desc->ram_base, b->desc->ram_base + b->ram_size - 1);
}

/* What is loaded and what the image adds, by address. */
static GArray *ranges_with(const struct board *b, const struct load_image *img)
{
    GArray *all = load_ranges_new();

    for (guint i = 0; i < b->loaded->len; i++) {
        const struct load_range *r = &g_array_index(b->loaded, struct load_range, i);

        load_ranges_add(all, r->lo, r->hi, r->what);
    }
    for (guint i = 0; i < img->pieces->len; i++) {
        const struct load_piece *p = &g_array_index(img->pieces, struct load_piece, i);
        g_autofree char *what = g_strdup_printf("%s of %s", p->what, p->path ? p->path : img->path);

        load_ranges_add(all, p->pa, p->pa + p->memsz, what);
    }
    g_array_sort(all, by_address);
    return all;
}

static avs_status check_overlaps(struct board *b, const char *path, const GArray *ranges)
{
    for (guint i = 1; i < ranges->len; i++) {
        const struct load_range *x = &g_array_index(ranges, struct load_range, i - 1), *y = x + 1;

        if (x->hi > y->lo)
            return avs_fail(b->m, AVS_ERR_BOARD, "%s: at 0x%" PRIx64 ", %s and %s overlap", path, y->lo,
                            x->what, y->what);
    }
    return AVS_OK;
}

/* Checks that the pieces have a place; *ranges is then what b->loaded will be. */
static avs_status check_pieces(struct board *b, const struct load_image *img, GArray **ranges)
{
    avs_status s = AVS_OK;

    *ranges = NULL;
    for (guint i = 0; i < img->pieces->len && !s; i++)
        s = piece_fits(b, img->path, &g_array_index(img->pieces, struct load_piece, i));
    if (s)
        return s;
    *ranges = ranges_with(b, img);
    return check_overlaps(b, img->path, *ranges);
}

/* Copies what was checked and keeps *ranges. */
static void commit(struct board *b, const struct load_image *img, GArray **ranges)
{
    for (guint i = 0; i < img->pieces->len; i++) {
        const struct load_piece *p = &g_array_index(img->pieces, struct load_piece, i);

        bus_copy_in(b->m->bus, pa(p->pa), p->data, p->filesz);
    }
    g_array_free(b->loaded, TRUE);
    b->loaded = g_steal_pointer(ranges);
}

void board_free_memory(const struct board *b, uint64_t *lo, uint64_t *hi)
{
    const uint64_t end = b->desc->ram_base + b->ram_size;
    uint64_t at = b->desc->ram_base;

    *lo = *hi = at;
    g_array_sort(b->loaded, by_address);
    for (guint i = 0; i <= b->loaded->len; i++) {
        const struct load_range *r =
            i < b->loaded->len ? &g_array_index(b->loaded, struct load_range, i) : NULL;
        uint64_t next = r ? CLAMP(r->lo, at, end) : end;

        if (next - at > *hi - *lo) {
            *lo = at;
            *hi = next;
        }
        if (r && r->hi > at)
            at = MIN(r->hi, end);
    }
    *lo = (*lo + 15) & ~UINT64_C(15);
    *hi = MAX(*hi & ~UINT64_C(15), *lo);
}

static avs_status check_entry(struct board *b, const struct load_image *img)
{
    if (img->entry % 4)
        return avs_fail(b->m, AVS_ERR_FORMAT, "%s: entry point 0x%" PRIx64 " is not word-aligned",
                        img->path, img->entry);
    if (!bus_host(b->m->bus, pa(img->entry), 4, false))
        return avs_fail(b->m, AVS_ERR_BOARD, "%s: entry point 0x%" PRIx64 " is not in RAM or ROM",
                        img->path, img->entry);
    return AVS_OK;
}

static avs_status check_image(struct board *b, const struct load_image *img, bool elf, GArray **ranges,
                              uint64_t *dtb_pa)
{
    avs_status s = check_pieces(b, img, ranges);

    if (!s)
        s = check_entry(b, img);
    if (s)
        return s;
    *dtb_pa = dtb_find_place(b, *ranges, img->boot_protocol);
    if (*dtb_pa == DTB_NOWHERE && img->boot_protocol)
        return avs_fail(b->m, AVS_ERR_BOARD, "%s: leaves no room in RAM for the device tree", img->path);
    return elf ? symtab_add_elf(b->m->symbols, b->m, img->path, -1) : AVS_OK;
}

/* The initrd's place by QEMU's rule: half of RAM up, 128 MiB at most, and behind the image. */
static uint64_t initrd_place(const struct board *b, const struct load_image *img)
{
    const uint64_t base = b->desc->ram_base;
    uint64_t at = base + MIN(b->ram_size / 2, UINT64_C(128) << 20);

    for (guint i = 0; i < img->pieces->len; i++) {
        const struct load_piece *p = &g_array_index(img->pieces, struct load_piece, i);

        if (p->pa - base < b->ram_size)
            at = MAX(at, p->pa + p->memsz);
    }
    return (at + AVS_PAGE_SIZE - 1) & AVS_PAGE_MASK;
}

static avs_status add_initrd(struct board *b, struct load_image *img, const struct file_bytes *initrd)
{
    struct load_piece piece = { .data = initrd->bytes,
                                .filesz = initrd->len,
                                .memsz = initrd->len,
                                .what = "the initrd",
                                .path = b->initrd_path };

    if (!initrd->bytes)
        return AVS_OK;
    piece.pa = initrd_place(b, img);
    g_array_append_val(img->pieces, piece);
    return dtb_set_initrd(b, piece.pa, piece.pa + piece.memsz);
}

static void commit_image(struct board *b, const struct load_image *img, GArray **ranges, uint64_t dtb_pa)
{
    commit(b, img, ranges);
    b->has_image = true;
    b->entry = img->entry;
    b->boot_protocol = img->boot_protocol;
    b->dtb_pa = dtb_pa;
    if (dtb_pa != DTB_NOWHERE)
        load_ranges_add(b->loaded, dtb_pa, dtb_pa + b->dtb_size, "the device tree");
}

static avs_status load_to_memory(struct board *b, const char *path, const struct file_bytes *image,
                                 const struct file_bytes *initrd)
{
    struct load_image img = { .path = path };
    bool elf = file_is_elf(image->bytes, image->len);
    g_autoptr(GArray) ranges = NULL;
    uint64_t dtb_pa = DTB_NOWHERE;
    avs_status s;

    img.pieces = g_array_new(FALSE, FALSE, sizeof(struct load_piece));
    s = elf ? load_elf(b, image->bytes, image->len, &img) : load_raw(b, image->bytes, image->len, &img);
    if (!s)
        s = add_initrd(b, &img, initrd);
    if (!s)
        s = check_image(b, &img, elf, &ranges, &dtb_pa);
    if (!s)
        commit_image(b, &img, &ranges, dtb_pa);
    g_array_free(img.pieces, TRUE);
    return s;
}

/* Unpacks what is packed, and gives it to firmware or into memory. */
static avs_status load_bytes(struct board *b, const char *path, const struct file_bytes *file,
                             const struct file_bytes *initrd)
{
    g_autoptr(GByteArray) unpacked = g_byte_array_new();
    struct file_bytes image = *file;
    avs_status s = AVS_OK;

    if (unpack_is_gzip(file->bytes, file->len)) {
        s = unpack_gzip(b, path, file->bytes, file->len, unpacked);
        image = (struct file_bytes){ unpacked->data, unpacked->len };
    }
    if (!s && image.bytes != file->bytes && file_is_elf(image.bytes, image.len))
        s = avs_fail(b->m, AVS_ERR_FORMAT, "%s: a compressed ELF file; unpack it first", path);
    if (s)
        return s;
    if (b->has_firmware)
        return firmware_offer(b, image.bytes, image.len, initrd->bytes, initrd->len);
    return load_to_memory(b, path, &image, initrd);
}

avs_status board_load(struct board *b, const char *path)
{
    struct file_bytes image = { 0 }, initrd = { 0 };
    avs_status s;

    if (b->has_image)
        return avs_fail(b->m, AVS_ERR_STATE, "%s: an image is loaded already", path);
    s = file_read(b->m, path, &image.bytes, &image.len);
    if (!s && b->initrd_path)
        s = file_read(b->m, b->initrd_path, &initrd.bytes, &initrd.len);
    if (!s)
        s = load_bytes(b, path, &image, &initrd);
    free(image.bytes);
    free(initrd.bytes);
    if (s)
        return s;
    g_free(b->image_path);
    b->image_path = g_strdup(path);
    board_reset(b);
    return AVS_OK;
}

avs_status board_load_at(struct board *b, const char *path, uint64_t address)
{
    struct load_piece piece = { .pa = address, .what = "the file" };
    struct load_image img = { .path = path };
    g_autoptr(GArray) ranges = NULL;
    uint8_t *bytes;
    size_t len;
    avs_status s = file_read(b->m, path, &bytes, &len);

    if (s)
        return s;
    piece.data = bytes;
    piece.memsz = piece.filesz = len;
    img.pieces = g_array_new(FALSE, FALSE, sizeof(struct load_piece));
    g_array_append_val(img.pieces, piece);
    s = check_pieces(b, &img, &ranges);
    if (!s)
        commit(b, &img, &ranges);
    g_array_free(img.pieces, TRUE);
    free(bytes);
    return s;
}
