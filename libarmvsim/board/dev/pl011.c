/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pl011.c
 * The PL011 UART (Arm DDI 0183, chapter 3): registers, a 16-byte receive FIFO with its trigger level,
 * receive, receive-timeout and transmit interrupts. The peripheral's identification is that of QEMU's virt
 * board.
 *
 * Characters take no time. Transmission is complete at the write (the FIFO is always empty); received bytes
 * arrive as fast as the guest reads them, so none is ever lost, and the receive timeout is over as soon as
 * the host has no more input. The FIFO is a window on the host's input: flushing it (LCR_H.FEN) puts the
 * bytes back. As on QEMU, DR works whatever CR's enables say. Not modelled: baud rates, errors and breaks,
 * modem lines, loopback, DMA, SIR. Offsets without a register read as zero and ignore writes.
 */
#include "board/dev/pl011.h"

#include <glib.h>

#include "board/boardfile.h"
#include "board/dt.h"
#include "core/machine.h"
#include "gic/gic.h"

/* Registers, by offset / 4. */
enum {
    REG_DR = 0x00 >> 2,
    REG_RSR = 0x04 >> 2,
    REG_FR = 0x18 >> 2,
    REG_ILPR = 0x20 >> 2,
    REG_IBRD = 0x24 >> 2,
    REG_FBRD = 0x28 >> 2,
    REG_LCR_H = 0x2c >> 2,
    REG_CR = 0x30 >> 2,
    REG_IFLS = 0x34 >> 2,
    REG_IMSC = 0x38 >> 2,
    REG_RIS = 0x3c >> 2,
    REG_MIS = 0x40 >> 2,
    REG_ICR = 0x44 >> 2,
    REG_DMACR = 0x48 >> 2,
    REGS_END,
};

enum { FR_RXFE = 1 << 4, FR_RXFF = 1 << 6, FR_TXFE = 1 << 7 };
enum { INT_RX = 1 << 4, INT_TX = 1 << 5, INT_RT = 1 << 6 };
enum { LCR_H_FEN = 1 << 4, FIFO_DEPTH = 16, ID_OFFSET = 0xfe0 };

struct pl011 {
    struct device_env env;
    uint32_t reg[REGS_END]; /* Storage of those that have some. */
    GString *input;         /* What the host gave... */
    size_t taken;           /* ...of which the guest read this many bytes... */
    unsigned fill;          /* ...and these are next, in the FIFO. */
    bool line;              /* The interrupt output. */
};

static bool fifo_on(const struct pl011 *u)
{
    return u->reg[REG_LCR_H] & LCR_H_FEN;
}

static unsigned fifo_depth(const struct pl011 *u)
{
    return fifo_on(u) ? FIFO_DEPTH : 1;
}

/* IFLS.RXIFLSEL: 1/8, 1/4, 1/2, 3/4 or 7/8 full; the reserved values act as the last. */
static unsigned rx_trigger(const struct pl011 *u)
{
    static const uint8_t levels[8] = { 2, 4, 8, 12, 14, 14, 14, 14 };

    return fifo_on(u) ? levels[u->reg[REG_IFLS] >> 3 & 7] : 1;
}

static void drive_line(struct pl011 *u)
{
    bool level = u->reg[REG_RIS] & u->reg[REG_IMSC];

    if (level == u->line)
        return;
    u->line = level;
    gic_set_spi(u->env.gic, u->env.intid, level);
}

/* Lets bytes arrive while there is room, and sets and clears the receive interrupts by the FIFO's fill. */
static void receive(struct pl011 *u)
{
    size_t waiting = u->input->len - u->taken;
    unsigned fill = (unsigned)MIN(waiting, fifo_depth(u));
    bool arrived = fill > u->fill;

    u->fill = fill;
    if (fill < rx_trigger(u))
        u->reg[REG_RIS] &= ~(uint32_t)INT_RX;
    else if (arrived)
        u->reg[REG_RIS] |= INT_RX;
    if (fill == 0)
        u->reg[REG_RIS] &= ~(uint32_t)INT_RT;
    else if (fifo_on(u) && waiting == fill)
        u->reg[REG_RIS] |= INT_RT;
}

/* The first byte of the input leaves the FIFO, and what waits moves up. */
static void take_byte(struct pl011 *u)
{
    u->taken++;
    u->fill -= u->fill > 0;
    if (u->taken == u->input->len) {
        g_string_truncate(u->input, 0);
        u->taken = 0;
    }
    receive(u);
}

static uint32_t read_dr(struct pl011 *u)
{
    uint8_t byte;

    if (u->fill == 0)
        return 0;
    byte = (uint8_t)u->input->str[u->taken];
    take_byte(u);
    return byte;
}

static uint32_t read_fr(struct pl011 *u)
{
    uint32_t rx = u->fill == 0 ? FR_RXFE : u->fill == fifo_depth(u) ? FR_RXFF : 0;

    return FR_TXFE | rx;
}

static uint32_t read_mis(struct pl011 *u)
{
    return u->reg[REG_RIS] & u->reg[REG_IMSC];
}

static uint32_t read_zero(struct pl011 *u)
{
    (void)u;
    return 0;
}

/* The byte is gone at once, so the transmit FIFO falls through its trigger level: TXRIS. */
static void write_dr(struct pl011 *u, uint32_t val)
{
    char byte = (char)val;

    if (u->env.console)
        machine_console(u->env.m, &byte, 1);
    u->reg[REG_RIS] |= INT_TX;
}

static void write_lcr_h(struct pl011 *u, uint32_t val)
{
    bool flush = (u->reg[REG_LCR_H] ^ val) & LCR_H_FEN;

    u->reg[REG_LCR_H] = val;
    if (!flush)
        return;
    u->fill = 0;
    receive(u);
}

static void write_icr(struct pl011 *u, uint32_t val)
{
    u->reg[REG_RIS] &= ~val;
}

static void ignore_write(struct pl011 *u, uint32_t val)
{
    (void)u;
    (void)val;
}

/* One line per register: without functions it is plain storage under its mask. */
static const struct {
    uint32_t mask, reset;
    uint32_t (*read)(struct pl011 *u);
    void (*write)(struct pl011 *u, uint32_t val);
} regs[REGS_END] = {
    [REG_DR] = { 0xff, 0, read_dr, write_dr },      [REG_RSR] = { 0, 0, read_zero, ignore_write },
    [REG_FR] = { 0, 0, read_fr, ignore_write },     [REG_ILPR] = { 0xff, 0, NULL, NULL },
    [REG_IBRD] = { 0xffff, 0, NULL, NULL },         [REG_FBRD] = { 0x3f, 0, NULL, NULL },
    [REG_LCR_H] = { 0xff, 0, NULL, write_lcr_h },   [REG_CR] = { 0xff87, 0x300, NULL, NULL },
    [REG_IFLS] = { 0x3f, 0x12, NULL, NULL },        [REG_IMSC] = { 0x7ff, 0, NULL, NULL },
    [REG_RIS] = { 0, 0, NULL, ignore_write },       [REG_MIS] = { 0, 0, read_mis, ignore_write },
    [REG_ICR] = { 0x7ff, 0, read_zero, write_icr }, [REG_DMACR] = { 0x7, 0, NULL, NULL },
};

/* UARTPeriphID0-3, UARTPCellID0-3. */
static const uint8_t id_bytes[8] = { 0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

static uint32_t reg_read(struct pl011 *u, unsigned index)
{
    if (index >= ID_OFFSET >> 2 && index - (ID_OFFSET >> 2) < sizeof(id_bytes))
        return id_bytes[index - (ID_OFFSET >> 2)];
    if (index >= REGS_END)
        return 0;
    return regs[index].read ? regs[index].read(u) : u->reg[index];
}

static void reg_write(struct pl011 *u, unsigned index, uint32_t val)
{
    if (index >= REGS_END)
        return;
    val &= regs[index].mask;
    if (regs[index].write)
        regs[index].write(u, val);
    else
        u->reg[index] = val;
}

/* 8-, 16- and 32-bit accesses; the bus is 32 bits wide. */
static bool pl011_read(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t *val)
{
    struct pl011 *u = dev;

    (void)c;
    if (size > 4)
        return false;
    *val = reg_read(u, (unsigned)(off >> 2)) >> (off & 3) * 8;
    if (size < 4)
        *val &= (1u << size * 8) - 1;
    drive_line(u);
    return true;
}

/* A narrow write writes the whole register (APB has no byte lanes): its other bytes become zero. */
static bool pl011_write(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t val)
{
    struct pl011 *u = dev;

    (void)c;
    if (size > 4)
        return false;
    reg_write(u, (unsigned)(off >> 2), (uint32_t)val << (off & 3) * 8);
    drive_line(u);
    return true;
}

const struct mmio_ops pl011_mmio = { "pl011", pl011_read, pl011_write };

void *pl011_create(const struct device_env *env)
{
    struct pl011 *u = g_new0(struct pl011, 1);

    u->env = *env;
    u->input = g_string_new(NULL);
    pl011_reset(u);
    return u;
}

void pl011_reset(void *dev)
{
    struct pl011 *u = dev;

    for (unsigned i = 0; i < REGS_END; i++)
        u->reg[i] = regs[i].reset;
    u->fill = 0;
    receive(u);
    drive_line(u);
}

void pl011_destroy(void *dev)
{
    struct pl011 *u = dev;

    g_string_free(u->input, TRUE);
    g_free(u);
}

void pl011_input(void *dev, const char *bytes, size_t len)
{
    struct pl011 *u = dev;

    g_string_append_len(u->input, bytes, (gssize)len);
    receive(u);
    drive_line(u);
}

bool pl011_take(void *dev, char *byte)
{
    struct pl011 *u = dev;

    if (u->taken == u->input->len)
        return false;
    *byte = u->input->str[u->taken];
    take_byte(u);
    drive_line(u);
    return true;
}

void pl011_node(struct dt_writer *w, const struct device_desc *d)
{
    static const char clocks[] = "uartclk\0apb_pclk";

    DT_STRINGS(w, "compatible", "arm,pl011\0arm,primecell");
    dt_spi(w, d->intid, IRQ_LEVEL_HIGH);
    dt_clocks(w, clocks, sizeof(clocks), 2);
}
