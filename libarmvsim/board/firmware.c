/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file firmware.c
 * Firmware: what the flash banks hold at first (--bios, --pflash), what it is given through fw_cfg, and the
 * banks' way back to their files. As on QEMU's virt board, firmware is entered at the start of the first
 * bank, finds the device tree at the start of RAM, and asks fw_cfg for the kernel, the initial RAM disk and
 * the command line, when there are any.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "board/dev/flash.h"
#include "board/dev/fw_cfg.h"
#include "board/internal.h"
#include "core/file.h"

/* The board's n-th device of a type; NULL when there are not that many. */
static struct board_device *device_of_type(const struct board *b, const char *type, unsigned n)
{
    for (guint i = 0; i < b->devices->len; i++) {
        struct board_device *d = &g_array_index(b->devices, struct board_device, i);

        if (!strcmp(d->type->name, type) && n-- == 0)
            return d;
    }
    return NULL;
}

static avs_status fill_bank(struct board *b, const struct board_device *bank, const char *path,
                            const uint8_t *bytes, size_t len, bool pad)
{
    const struct device_desc *d = bank->desc;
    uint8_t *host = bus_find(b->m->bus, pa(d->base))->host;

    if (len > d->size)
        return avs_fail(b->m, AVS_ERR_BOARD, "%s: 0x%zx bytes do not fit into %s, which has 0x%" PRIx64,
                        path, len, d->name, d->size);
    memcpy(host, bytes, len);
    if (pad)
        memset(host + len, 0xff, d->size - len);
    return AVS_OK;
}

static avs_status load_bank(struct board *b, unsigned unit, const char *path, bool pad)
{
    const struct board_device *bank = device_of_type(b, "flash", unit);
    uint8_t *bytes;
    size_t len;
    avs_status s;

    if (!bank)
        return avs_fail(b->m, AVS_ERR_BOARD, "%s: %s has no flash bank %u", path, b->desc->title, unit);
    s = file_read(b->m, path, &bytes, &len);
    if (s)
        return s;
    s = fill_bank(b, bank, path, bytes, len, pad);
    free(bytes);
    if (!s && unit == 0) {
        b->has_firmware = true;
        b->entry = bank->desc->base;
    }
    if (!s && pad && len < bank->desc->size)
        b->flash[unit].padded = bank->desc->size - len;
    return s;
}

/* "FILE[,write=on|off]" */
static avs_status load_pflash(struct board *b, unsigned unit, const char *spec)
{
    struct flash_file *f = &b->flash[unit];

    f->path = g_strdup(spec);
    f->write = g_str_has_suffix(spec, ",write=on");
    if (f->write || g_str_has_suffix(spec, ",write=off"))
        *strrchr(f->path, ',') = '\0';
    return load_bank(b, unit, f->path, true);
}

avs_status firmware_load(struct board *b, const avs_options *o)
{
    avs_status s = AVS_OK;

    if (o->bios && o->pflash[0])
        return avs_fail(b->m, AVS_ERR_ARG, "%s: the first flash bank is given by bios and by pflash",
                        o->bios);
    if (o->bios)
        s = load_bank(b, 0, o->bios, false);
    for (unsigned unit = 0; unit < G_N_ELEMENTS(b->flash) && !s; unit++)
        if (o->pflash[unit])
            s = load_pflash(b, unit, o->pflash[unit]);
    return s;
}

void board_log(struct board *b)
{
    for (unsigned unit = 0; unit < G_N_ELEMENTS(b->flash); unit++) {
        struct flash_file *f = &b->flash[unit];

        if (f->padded)
            avs_log(b->m, LOG_INFO,
                    "%s: is smaller than its flash bank; the last 0x%" PRIx64 " bytes read 0xff", f->path,
                    f->padded);
        f->padded = 0;
    }
}

avs_status board_save_flash(struct board *b)
{
    for (unsigned unit = 0; unit < G_N_ELEMENTS(b->flash); unit++) {
        const struct flash_file *f = &b->flash[unit];
        const struct board_device *bank = f->write ? device_of_type(b, "flash", unit) : NULL;
        g_autoptr(GError) error = NULL;

        if (!bank || !flash_is_changed(bank->dev))
            continue;
        if (!g_file_set_contents(f->path, (char *)bus_find(b->m->bus, pa(bank->desc->base))->host,
                                 (gssize)bank->desc->size, &error))
            return avs_fail(b->m, AVS_ERR_IO, "%s", error->message);
    }
    return AVS_OK;
}

avs_status firmware_offer(struct board *b, const uint8_t *kernel, size_t kernel_len, const uint8_t *initrd,
                          size_t initrd_len)
{
    const struct board_device *d = device_of_type(b, "fw-cfg", 0);

    if (!d)
        return avs_fail(b->m, AVS_ERR_BOARD, "%s: has no fw-cfg device to give firmware an image by",
                        b->desc->title);
    fw_cfg_add_sized(d->dev, FW_CFG_KERNEL_SIZE, FW_CFG_KERNEL_DATA, kernel, kernel_len);
    if (initrd)
        fw_cfg_add_sized(d->dev, FW_CFG_INITRD_SIZE, FW_CFG_INITRD_DATA, initrd, initrd_len);
    if (b->cmdline)
        fw_cfg_add_sized(d->dev, FW_CFG_CMDLINE_SIZE, FW_CFG_CMDLINE_DATA, b->cmdline,
                         strlen(b->cmdline) + 1);
    return AVS_OK;
}
