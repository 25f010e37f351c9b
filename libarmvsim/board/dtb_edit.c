/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file dtb_edit.c
 * Changes of a finished device tree, as QEMU makes them: a user's tree gets the board's memory and the boot
 * arguments; and every tree the place of the initial RAM disk. A user's tree is otherwise taken as it is.
 */
#include <inttypes.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "board/internal.h"
#include "core/file.h"

enum { EDIT_ROOM = 1024, MEMORY_CELLS = 4, DTB_ROOM = 1 << 20 };

static avs_status bad(struct board *b, const char *what, int error)
{
    return avs_fail(b->m, AVS_ERR_FORMAT, "%s: %s: %s", b->dtb_path ? b->dtb_path : b->desc->title, what,
                    fdt_strerror(error));
}

/* Makes room for changes; b->dtb_size is the room until close_tree(). */
static int open_tree(struct board *b, size_t room)
{
    void *bigger = g_malloc0(b->dtb_size + room);
    int error = fdt_open_into(b->dtb, bigger, (int)(b->dtb_size + room));

    g_free(b->dtb);
    b->dtb = bigger;
    return error;
}

static void close_tree(struct board *b)
{
    fdt_pack(b->dtb);
    b->dtb_size = fdt_totalsize(b->dtb);
}

/* /chosen, made when it is not there. A negative libfdt error. */
static int chosen(struct board *b)
{
    int node = fdt_path_offset(b->dtb, "/chosen");

    return node >= 0 ? node : fdt_add_subnode(b->dtb, 0, "chosen");
}

static bool is_memory(const void *fdt, int node)
{
    const char *name = fdt_get_name(fdt, node, NULL);

    return name && (!strcmp(name, "memory") || g_str_has_prefix(name, "memory@"));
}

static int remove_memory(void *fdt)
{
    int node = fdt_first_subnode(fdt, 0);

    while (node >= 0) {
        int error;

        if (!is_memory(fdt, node)) {
            node = fdt_next_subnode(fdt, node);
            continue;
        }
        error = fdt_del_node(fdt, node);
        if (error)
            return error;
        node = fdt_first_subnode(fdt, 0);
    }
    return node == -FDT_ERR_NOTFOUND ? 0 : node;
}

/* Appends a number in `cells` cells; false when it does not fit. */
static bool put_cells(uint32_t *out, size_t *count, uint64_t val, int cells)
{
    if (cells < 1 || cells > 2 || (cells == 1 && val >> 32))
        return false;
    if (cells == 2)
        out[(*count)++] = GUINT32_TO_BE((uint32_t)(val >> 32));
    out[(*count)++] = GUINT32_TO_BE((uint32_t)val);
    return true;
}

static int add_memory(struct board *b)
{
    g_autofree char *name = g_strdup_printf("memory@%" PRIx64, b->desc->ram_base);
    uint32_t reg[MEMORY_CELLS];
    size_t count = 0;
    int node, error;

    if (!put_cells(reg, &count, b->desc->ram_base, fdt_address_cells(b->dtb, 0)) ||
        !put_cells(reg, &count, b->ram_size, fdt_size_cells(b->dtb, 0)))
        return -FDT_ERR_BADNCELLS;
    node = fdt_add_subnode(b->dtb, 0, name);
    if (node < 0)
        return node;
    error = fdt_setprop(b->dtb, node, "reg", reg, (int)(4 * count));
    return error ? error : fdt_setprop_string(b->dtb, node, "device_type", "memory");
}

static int set_bootargs(struct board *b)
{
    int node = b->cmdline && *b->cmdline ? chosen(b) : 0;

    if (node <= 0)
        return node;
    return fdt_setprop(b->dtb, node, "bootargs", b->cmdline, (int)strlen(b->cmdline) + 1);
}

static avs_status adopt(struct board *b)
{
    int error = open_tree(b, EDIT_ROOM + (b->cmdline ? strlen(b->cmdline) : 0));

    if (!error)
        error = remove_memory(b->dtb);
    if (!error)
        error = add_memory(b);
    if (!error)
        error = set_bootargs(b);
    if (error)
        return bad(b, "memory and boot arguments cannot be set", error);
    close_tree(b);
    return AVS_OK;
}

avs_status dtb_load(struct board *b)
{
    uint8_t *bytes;
    size_t len;
    avs_status s = file_read(b->m, b->dtb_path, &bytes, &len);
    int error;

    if (s)
        return s;
    if (len > DTB_FILE_MAX) {
        free(bytes);
        return avs_fail(b->m, AVS_ERR_FORMAT, "%s: is larger than 2 MiB", b->dtb_path);
    }
    b->dtb = g_memdup2(bytes, len);
    free(bytes);
    error = fdt_check_full(b->dtb, len);
    if (error)
        return bad(b, "is not a good device tree", error);
    b->dtb_size = fdt_totalsize(b->dtb);
    return adopt(b);
}

avs_status dtb_make_room(struct board *b)
{
    int error = b->dtb_size < DTB_ROOM ? open_tree(b, DTB_ROOM - b->dtb_size) : 0;

    if (error)
        return bad(b, "cannot be made larger", error);
    b->dtb_size = fdt_totalsize(b->dtb);
    return AVS_OK;
}

avs_status dtb_set_initrd(struct board *b, uint64_t start, uint64_t end)
{
    int error = open_tree(b, EDIT_ROOM);
    int node = error ? error : chosen(b);

    if (node >= 0)
        error = fdt_setprop_u64(b->dtb, node, "linux,initrd-start", start);
    if (node >= 0 && !error)
        error = fdt_setprop_u64(b->dtb, node, "linux,initrd-end", end);
    close_tree(b);
    if (node < 0 || error)
        return bad(b, "the initrd's place cannot be set", node < 0 ? node : error);
    return AVS_OK;
}
