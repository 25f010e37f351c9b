/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fw_cfg.c
 * QEMU's firmware configuration device with MMIO registers (QEMU's docs/specs/fw_cfg): a selector, a data
 * register that reads the selected item byte by byte, and a DMA interface that does it at once.
 *
 *     0x00  data, 1 to 8 bytes in memory order       0x08  selector, 16 bits, big-endian
 *     0x10  DMA: reads as "QEMU CFG"; a big-endian physical address starts a transfer when its lower half
 *           is written
 *
 * Every item is read-only: DMA writes fail, data writes are ignored. Reads beyond an item give zeros.
 * There is no ACPI, no SMBIOS and no boot order: firmware passes the device tree on.
 */
#include "board/dev/fw_cfg.h"

#include <endian.h>
#include <glib.h>
#include <string.h>

#include "board/boardfile.h"
#include "board/dt.h"
#include "core/machine.h"

enum { OFF_DATA = 0x00, OFF_SELECTOR = 0x08, OFF_DMA = 0x10 };
enum {
    KEY_SIGNATURE = 0x00,
    KEY_ID = 0x01,
    KEY_PE_COUNT = 0x05,
    KEY_PE_MAX = 0x0f,
    KEY_DIRECTORY = 0x19,
    KEY_FIRST_FILE = 0x20,
};
enum { ID_TRADITIONAL = 1 << 0, ID_DMA = 1 << 1, FILE_NAME_BYTES = 56 };
enum { DMA_ERROR = 1 << 0, DMA_READ = 1 << 1, DMA_SKIP = 1 << 2, DMA_SELECT = 1 << 3, DMA_WRITE = 1 << 4 };
#define DMA_SIGNATURE UINT64_C(0x51454d5520434647) /* "QEMU CFG" */

struct item {
    uint16_t key;
    char name[FILE_NAME_BYTES]; /* Of files. */
    GByteArray *bytes;
};

struct fw_cfg {
    struct device_env env;
    GArray *items; /* struct item */
    GByteArray *directory;
    const GByteArray *selected; /* NULL: there is no such item. */
    size_t next;                /* The byte of it that is read next. */
    uint64_t dma;               /* The address register. */
};

/* The control structure in guest memory; big-endian. */
struct dma_control {
    uint32_t control, len;
    uint64_t address;
};

/* An entry of the directory; big-endian. */
struct dir_entry {
    uint32_t size;
    uint16_t key, reserved;
    char name[FILE_NAME_BYTES];
};

static struct item *item_at(const struct fw_cfg *f, guint i)
{
    return &g_array_index(f->items, struct item, i);
}

static void item_clear(void *item)
{
    g_byte_array_free(((struct item *)item)->bytes, TRUE);
}

static void add(struct fw_cfg *f, uint16_t key, const char *name, const void *bytes, size_t len)
{
    struct item item = { .key = key, .bytes = g_byte_array_new() };

    g_strlcpy(item.name, name, sizeof(item.name));
    g_byte_array_append(item.bytes, bytes, (guint)len);
    g_array_append_val(f->items, item);
}

void fw_cfg_add(void *dev, uint16_t key, const void *bytes, size_t len)
{
    add(dev, key, "", bytes, len);
}

static void add_le(struct fw_cfg *f, uint16_t key, uint64_t val, size_t len)
{
    uint64_t le = htole64(val);

    fw_cfg_add(f, key, &le, len);
}

void fw_cfg_add_sized(void *dev, uint16_t size_key, uint16_t key, const void *bytes, size_t len)
{
    add_le(dev, size_key, len, 4);
    fw_cfg_add(dev, key, bytes, len);
}

static void append_entry(struct fw_cfg *f, const struct item *item)
{
    struct dir_entry e = { .size = htobe32(item->bytes->len), .key = htobe16(item->key) };

    memcpy(e.name, item->name, sizeof(e.name));
    g_byte_array_append(f->directory, (const uint8_t *)&e, sizeof(e));
}

static void make_directory(struct fw_cfg *f)
{
    uint32_t count = 0;

    g_byte_array_set_size(f->directory, sizeof(count));
    for (guint i = 0; i < f->items->len; i++) {
        if (!*item_at(f, i)->name)
            continue;
        append_entry(f, item_at(f, i));
        count++;
    }
    count = htobe32(count);
    memcpy(f->directory->data, &count, sizeof(count));
}

void fw_cfg_add_file(void *dev, const char *name, const void *bytes, size_t len)
{
    struct fw_cfg *f = dev;
    uint16_t key = KEY_FIRST_FILE;

    for (guint i = 0; i < f->items->len; i++)
        key = (uint16_t)(key + (*item_at(f, i)->name != 0));
    add(f, key, name, bytes, len);
    make_directory(f);
}

static const GByteArray *find(const struct fw_cfg *f, uint16_t key)
{
    if (key == KEY_DIRECTORY)
        return f->directory;
    for (guint i = 0; i < f->items->len; i++) {
        if (item_at(f, i)->key == key)
            return item_at(f, i)->bytes;
    }
    return NULL;
}

static void select_item(struct fw_cfg *f, uint16_t key)
{
    f->selected = find(f, key);
    f->next = 0;
    if (!f->selected)
        avs_log(f->env.m, LOG_DEBUG, "%s: there is no item 0x%x", f->env.desc->name, key);
}

/* How many bytes of `len` the selected item still has. */
static size_t left(const struct fw_cfg *f, size_t len)
{
    return f->selected ? MIN(len, f->selected->len - f->next) : 0;
}

/* The host's bytes of [address, address + len) when they are memory that a Non-secure device may write. */
static bool writable(const struct fw_cfg *f, uint64_t address, uint64_t len)
{
    struct bus *bus = f->env.m->bus;

    return len == 0 || (bus_host(bus, pa(address), len, true) && !bus_find(bus, pa(address))->secure_only);
}

static void clear(struct fw_cfg *f, uint64_t address, uint64_t len)
{
    static const uint8_t zeros[4096];

    for (; len > 0; address += MIN(len, sizeof(zeros)), len -= MIN(len, sizeof(zeros)))
        bus_copy_in(f->env.m->bus, pa(address), zeros, MIN(len, sizeof(zeros)));
}

static bool dma_read(struct fw_cfg *f, uint64_t address, uint32_t len)
{
    size_t part = left(f, len);

    if (!writable(f, address, len))
        return false;
    if (part)
        bus_copy_in(f->env.m->bus, pa(address), f->selected->data + f->next, part);
    f->next += part;
    clear(f, address + part, len - part);
    return true;
}

static bool dma_do(struct fw_cfg *f, const struct dma_control *d)
{
    uint32_t control = be32toh(d->control), len = be32toh(d->len);

    if (control & DMA_SELECT)
        select_item(f, (uint16_t)(control >> 16));
    if (control & DMA_READ)
        return dma_read(f, be64toh(d->address), len);
    if (control & DMA_WRITE)
        return false;
    if (control & DMA_SKIP)
        f->next += left(f, len);
    return true;
}

/* Transfers what the structure at the address register says, and puts the result into its first word. */
static void dma_start(struct fw_cfg *f)
{
    uint64_t address = f->dma;
    struct dma_control d;
    uint32_t result;

    f->dma = 0;
    if (!writable(f, address, sizeof(d)) || !bus_copy_out(f->env.m->bus, pa(address), &d, sizeof(d))) {
        avs_log(f->env.m, LOG_GUEST, "%s: DMA control structure at 0x%llx, where no RAM is",
                f->env.desc->name, (unsigned long long)address);
        return;
    }
    result = htobe32(dma_do(f, &d) ? 0 : DMA_ERROR);
    if (result)
        avs_log(f->env.m, LOG_GUEST, "%s: DMA refused: control 0x%x, 0x%x bytes at 0x%llx",
                f->env.desc->name, be32toh(d.control), be32toh(d.len),
                (unsigned long long)be64toh(d.address));
    bus_copy_in(f->env.m->bus, pa(address), &result, sizeof(result));
}

static uint64_t read_data(struct fw_cfg *f, unsigned size)
{
    uint64_t val = 0;
    size_t part = left(f, size);

    if (part)
        memcpy(&val, f->selected->data + f->next, part);
    f->next += part;
    return val;
}

static bool fw_cfg_read(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t *val)
{
    (void)c;
    *val = 0;
    if (off == OFF_DATA)
        *val = read_data(dev, size);
    else if (off >= OFF_DMA && off + size <= OFF_DMA + 8)
        *val = htobe64(DMA_SIGNATURE) >> 8 * (off - OFF_DMA);
    if (size < 8)
        *val &= (UINT64_C(1) << 8 * size) - 1;
    return true;
}

static bool fw_cfg_write(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t val)
{
    struct fw_cfg *f = dev;

    (void)c;
    if (off == OFF_SELECTOR && size == 2) {
        select_item(f, be16toh((uint16_t)val));
    } else if (off == OFF_DMA && size == 8) {
        f->dma = be64toh(val);
        dma_start(f);
    } else if (off == OFF_DMA && size == 4) {
        f->dma = (uint64_t)be32toh((uint32_t)val) << 32;
    } else if (off == OFF_DMA + 4 && size == 4) {
        f->dma |= be32toh((uint32_t)val);
        dma_start(f);
    } else {
        avs_log(f->env.m, LOG_GUEST, "%s: a write of %u bytes at 0x%llx does nothing", f->env.desc->name,
                size, (unsigned long long)off);
    }
    return true;
}

const struct mmio_ops fw_cfg_mmio = { "fw-cfg", fw_cfg_read, fw_cfg_write };

void *fw_cfg_create(const struct device_env *env)
{
    struct fw_cfg *f = g_new0(struct fw_cfg, 1);

    f->env = *env;
    f->items = g_array_new(FALSE, FALSE, sizeof(struct item));
    g_array_set_clear_func(f->items, item_clear);
    f->directory = g_byte_array_new();
    make_directory(f);
    fw_cfg_add(f, KEY_SIGNATURE, "QEMU", 4);
    add_le(f, KEY_ID, ID_TRADITIONAL | ID_DMA, 4);
    add_le(f, KEY_PE_COUNT, env->m->pe_count, 2);
    add_le(f, KEY_PE_MAX, env->m->pe_count, 2);
    fw_cfg_reset(f);
    return f;
}

void fw_cfg_reset(void *dev)
{
    struct fw_cfg *f = dev;

    select_item(f, KEY_SIGNATURE);
    f->dma = 0;
}

void fw_cfg_destroy(void *dev)
{
    struct fw_cfg *f = dev;

    g_array_free(f->items, TRUE);
    g_byte_array_free(f->directory, TRUE);
    g_free(f);
}

void fw_cfg_node(struct dt_writer *w, const struct device_desc *d)
{
    (void)d;
    dt_string(w, "compatible", "qemu,fw-cfg-mmio");
    dt_flag(w, "dma-coherent");
}
