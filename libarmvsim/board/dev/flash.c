/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file flash.c
 * CFI parallel flash (JEDEC JESD68, JEP137; Intel's basic command set 0001h as in the 28F128J3 data sheet):
 * a bank of two 16-bit chips side by side, as on QEMU's virt board, whose identification and CFI table this
 * has. Commands go to both chips at once; the lower one's byte decides. In array mode the bank is memory
 * (board/bus.h) and costs what memory costs; in every other mode reads come here.
 *
 * Programming only clears bits, and only an erase sets them, where QEMU's model stores what is written. A
 * buffered write is programmed at its confirmation. Operations take no time: the status is always ready.
 * Lock and unlock commands are accepted and change nothing. Not modelled: suspension, OTP registers,
 * programming voltage; x8 mode.
 */
#include "board/dev/flash.h"

#include <glib.h>
#include <string.h>

#include "board/boardfile.h"
#include "board/dt.h"
#include "core/machine.h"

enum {
    BANK_WIDTH = 4,
    CHIP_WIDTH = 2,
    CHIPS = BANK_WIDTH / CHIP_WIDTH,
    SECTOR_BYTES = 256 << 10, /* Of the bank. */
    BUFFER_LOG2 = 11,         /* Bytes of a chip's write buffer. */
    BUFFER_WORDS = (CHIPS << BUFFER_LOG2) / BANK_WIDTH,
};

/* Commands; what reads answer is named by one of the first four. */
enum {
    CMD_ARRAY = 0xff,
    CMD_STATUS = 0x70,
    CMD_ID = 0x90,
    CMD_QUERY = 0x98,
    CMD_ARRAY_QEMU = 0x00,
    CMD_ARRAY_AMD = 0xf0, /* The reset of AMD's command set, by which software probes. */
    CMD_PROGRAM = 0x40,
    CMD_PROGRAM_ALT = 0x10,
    CMD_ERASE = 0x20,
    CMD_CLEAR_STATUS = 0x50,
    CMD_LOCK = 0x60,
    CMD_BUFFER = 0xe8,
    CMD_CONFIRM = 0xd0,
    CMD_LOCK_SET = 0x01,
};

enum { SR_READY = 0x80, SR_SEQUENCE_ERROR = 0x30 };
enum { ID_MANUFACTURER = 0x89, ID_DEVICE = 0x18 };

/* What the next write is. */
enum expect {
    EXPECT_COMMAND,
    EXPECT_DATA,
    EXPECT_ERASE,
    EXPECT_LOCK,
    EXPECT_COUNT,
    EXPECT_FILL,
    EXPECT_WRITE
};

struct piece {
    uint32_t off, val;
    uint8_t size;
};

struct flash {
    struct device_env env;
    uint8_t shows; /* What reads answer: CMD_ARRAY, _STATUS, _ID, _QUERY. */
    uint8_t status;
    bool changed;
    enum expect expect;
    unsigned fill, count; /* Of the write buffer. */
    struct piece buffer[BUFFER_WORDS];
};

/* The CFI table from 0x10 on; zero where a size goes in. */
enum { CFI_FIRST = 0x10, CFI_SIZE = 0x27, CFI_BLOCKS = 0x2d, CFI_BLOCK_SIZE = 0x2f };
static const uint8_t cfi[] = {
    'Q',         'R',  'Y',  0x01, 0x00, 0x31, 0x00, 0, 0, 0, 0, /* Intel's set; its extended table is at
                                                                    0x31. */
    0x45,        0x55, 0,    0,                                  /* VCC 4.5 to 5.5 V, no VPP. */
    7,           7,    10,   0,    4,    4,    4,    0, /* log2 of typical times, and of how often the
                                                           longest is: word, buffer, erase. */
    0,           0x02, 0x00,                            /* Size; x8 and x16. */
    BUFFER_LOG2, 0,    1,                               /* One region of... */
    0,           0,    0,    0, /* ...so many blocks, less one, of so many times 256 bytes. */
    'P',         'R',  'I',  '1',  '0',  0,    0,    0, 0, 0, 0, 0, 0, 0, 1,
};

static uint64_t bank_bytes(const struct flash *f)
{
    return f->env.memory->size;
}

static uint8_t cfi_byte(const struct flash *f, uint64_t index)
{
    uint64_t chip = bank_bytes(f) / CHIPS, blocks = bank_bytes(f) / SECTOR_BYTES - 1;

    switch (index) {
    case CFI_SIZE:
        return (uint8_t)g_bit_nth_lsf(chip, -1);
    case CFI_BLOCKS:
    case CFI_BLOCKS + 1:
        return (uint8_t)(blocks >> 8 * (index - CFI_BLOCKS));
    case CFI_BLOCK_SIZE:
    case CFI_BLOCK_SIZE + 1:
        return (uint8_t)(SECTOR_BYTES / CHIPS >> 8 >> 8 * (index - CFI_BLOCK_SIZE));
    default:
        return index - CFI_FIRST < sizeof(cfi) ? cfi[index - CFI_FIRST] : 0;
    }
}

/* Only the low addresses have identification codes; those of blocks say that they are not locked. */
static uint8_t id_byte(uint64_t index)
{
    return index == 0 ? ID_MANUFACTURER : index == 1 ? ID_DEVICE : 0;
}

/* What one chip's data lines say at a word of the bank. */
static uint16_t chip_answer(const struct flash *f, uint64_t off)
{
    if (f->shows == CMD_QUERY)
        return cfi_byte(f, off / BANK_WIDTH);
    if (f->shows == CMD_ID)
        return id_byte(off / BANK_WIDTH & 0xff);
    return f->status;
}

/* Both chips answer alike. */
static bool flash_read(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t *val)
{
    const struct flash *f = dev;

    (void)c;
    *val = 0;
    if (f->shows == CMD_ARRAY) {
        memcpy(val, f->env.memory->host + off, size);
        return true;
    }
    for (unsigned i = 0; i < size; i++) {
        uint64_t at = off + i;

        *val |= (uint64_t)(uint8_t)(chip_answer(f, at) >> 8 * (at % CHIP_WIDTH)) << 8 * i;
    }
    return true;
}

static void show(struct flash *f, uint8_t what)
{
    f->shows = what;
    bus_set_answers(f->env.m->bus, f->env.memory, what != CMD_ARRAY);
}

static void expect(struct flash *f, enum expect next)
{
    f->expect = next;
    show(f, CMD_STATUS);
}

/* A sequence of commands that is none: both error bits, as the data sheet says. */
static void sequence_error(struct flash *f, uint32_t val)
{
    avs_log(f->env.m, LOG_GUEST, "%s: 0x%x is not a command that can be given now", f->env.desc->name, val);
    f->status |= SR_SEQUENCE_ERROR;
    expect(f, EXPECT_COMMAND);
}

static void program(struct flash *f, const struct piece *p)
{
    uint8_t *at = f->env.memory->host + p->off;

    for (unsigned i = 0; i < p->size; i++)
        at[i] &= (uint8_t)(p->val >> 8 * i);
    f->changed = true;
    bus_changed(f->env.memory, p->off, p->size);
}

static void erase(struct flash *f, uint64_t off)
{
    uint64_t sector = off / SECTOR_BYTES * SECTOR_BYTES;

    memset(f->env.memory->host + sector, 0xff, SECTOR_BYTES);
    f->changed = true;
    bus_changed(f->env.memory, sector, SECTOR_BYTES);
}

static void command(struct flash *f, uint32_t val)
{
    static const struct {
        uint8_t command;
        enum expect next;
    } longer[] = {
        { CMD_PROGRAM, EXPECT_DATA }, { CMD_PROGRAM_ALT, EXPECT_DATA }, { CMD_ERASE, EXPECT_ERASE },
        { CMD_LOCK, EXPECT_LOCK },    { CMD_BUFFER, EXPECT_COUNT },
    };
    uint8_t cmd = (uint8_t)val;

    for (size_t i = 0; i < G_N_ELEMENTS(longer); i++) {
        if (longer[i].command != cmd)
            continue;
        expect(f, longer[i].next);
        return;
    }
    if (cmd == CMD_STATUS || cmd == CMD_ID || cmd == CMD_QUERY) {
        show(f, cmd);
        return;
    }
    if (cmd == CMD_CLEAR_STATUS)
        f->status = SR_READY;
    else if (cmd != CMD_ARRAY && cmd != CMD_ARRAY_QEMU && cmd != CMD_ARRAY_AMD)
        avs_log(f->env.m, LOG_GUEST, "%s: 0x%x is not a command", f->env.desc->name, val);
    show(f, CMD_ARRAY);
}

static void confirm_erase(struct flash *f, const struct piece *p)
{
    if ((uint8_t)p->val != CMD_CONFIRM) {
        sequence_error(f, p->val);
        return;
    }
    erase(f, p->off);
    expect(f, EXPECT_COMMAND);
}

static void set_lock(struct flash *f, const struct piece *p)
{
    uint8_t cmd = (uint8_t)p->val;

    if (cmd != CMD_CONFIRM && cmd != CMD_LOCK_SET)
        sequence_error(f, p->val);
    else
        expect(f, EXPECT_COMMAND);
}

/* The number of words, less one. */
static void start_buffer(struct flash *f, const struct piece *p)
{
    uint32_t count = (p->val & 0xffff) + 1;

    if (count > BUFFER_WORDS) {
        sequence_error(f, p->val);
        return;
    }
    f->count = count;
    f->fill = 0;
    expect(f, EXPECT_FILL);
}

static void fill_buffer(struct flash *f, const struct piece *p)
{
    f->buffer[f->fill++] = *p;
    if (f->fill == f->count)
        f->expect = EXPECT_WRITE;
}

static void confirm_buffer(struct flash *f, const struct piece *p)
{
    if ((uint8_t)p->val != CMD_CONFIRM) {
        sequence_error(f, p->val);
        return;
    }
    for (unsigned i = 0; i < f->count; i++)
        program(f, &f->buffer[i]);
    expect(f, EXPECT_COMMAND);
}

static void write_word(struct flash *f, const struct piece *p)
{
    switch (f->expect) {
    case EXPECT_COMMAND:
        command(f, p->val);
        return;
    case EXPECT_DATA:
        program(f, p);
        expect(f, EXPECT_COMMAND);
        return;
    case EXPECT_ERASE:
        confirm_erase(f, p);
        return;
    case EXPECT_LOCK:
        set_lock(f, p);
        return;
    case EXPECT_COUNT:
        start_buffer(f, p);
        return;
    case EXPECT_FILL:
        fill_buffer(f, p);
        return;
    case EXPECT_WRITE:
        confirm_buffer(f, p);
        return;
    }
}

/* The bus of the bank is 32 bits wide: a doubleword is two writes. */
static bool flash_write(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t val)
{
    struct flash *f = dev;

    (void)c;
    for (unsigned i = 0; i < size; i += BANK_WIDTH) {
        struct piece p = { (uint32_t)(off + i), (uint32_t)(val >> 8 * i), (uint8_t)MIN(size, BANK_WIDTH) };

        write_word(f, &p);
    }
    return true;
}

const struct mmio_ops flash_mmio = { "flash", flash_read, flash_write };

void *flash_create(const struct device_env *env)
{
    struct flash *f = g_new0(struct flash, 1);

    f->env = *env;
    flash_reset(f);
    return f;
}

void flash_reset(void *dev)
{
    struct flash *f = dev;

    f->status = SR_READY;
    f->expect = EXPECT_COMMAND;
    show(f, CMD_ARRAY);
}

void flash_destroy(void *dev)
{
    g_free(dev);
}

bool flash_is_changed(const void *dev)
{
    return ((const struct flash *)dev)->changed;
}

void flash_node(struct dt_writer *w, const struct device_desc *d)
{
    (void)d;
    dt_string(w, "compatible", "cfi-flash");
    dt_cell(w, "bank-width", BANK_WIDTH);
}
