/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pl011.c
 * The PL011 UART (Arm DDI 0183, chapter 3): registers, 16-byte FIFOs with their trigger levels, receive,
 * receive-timeout, transmit, overrun and modem interrupts, the control register's enables, and loopback.
 * The peripheral's identification is that of QEMU's virt board.
 *
 * Characters take no time. Transmission is complete at the write (the FIFO is empty, unless the transmitter
 * is disabled); received bytes arrive as fast as the guest reads them, so none is ever lost, and the
 * receive timeout is over as soon as the host has no more input. The receive FIFO is a window on the host's
 * input: flushing it (LCR_H.FEN) puts the bytes back. In loopback the host's input waits, transmitted bytes
 * arrive instead (and are transmitted still), and can overrun the FIFO.
 *
 * At reset the UART is enabled (CR is 0x301 and not 0x300): the machine stands in for the firmware that
 * would have done it. Much software never writes CR, and Linux restores what it found while its early
 * console waits for FR.BUSY. Not modelled: baud rates, framing and parity errors and breaks, modem lines
 * but in loopback (where nothing is connected they are inactive), DMA, SIR. Offsets without a register read
 * as zero and ignore writes.
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

enum { FR_BUSY = 1 << 3, FR_RXFE = 1 << 4, FR_TXFF = 1 << 5, FR_RXFF = 1 << 6, FR_TXFE = 1 << 7 };
enum { INT_RX = 1 << 4, INT_TX = 1 << 5, INT_RT = 1 << 6, INT_OE = 1 << 10 };
enum { CR_UARTEN = 1 << 0, CR_LBE = 1 << 7, CR_TXE = 1 << 8, CR_RXE = 1 << 9 };
enum { DR_OE = 1 << 11, RSR_OE = 1 << 3 };
enum { LCR_H_FEN = 1 << 4, FIFO_DEPTH = 16, ID_OFFSET = 0xfe0 };

struct pl011 {
    struct device_env env;
    uint32_t reg[REGS_END];   /* Storage of those that have some. */
    GString *input;           /* What the host gave... */
    size_t taken;             /* ...of which the guest read this many bytes... */
    unsigned fill;            /* ...and these are next, in the FIFO. */
    bool looped;              /* Some of those came by loopback. */
    bool overrun;             /* A byte was lost since the last that arrived. */
    uint8_t held[FIFO_DEPTH]; /* The transmit FIFO, of a transmitter that is disabled... */
    unsigned held_count;      /* ...with this many bytes. */
    bool line;                /* The interrupt output. */
};

/* A modem output of CR, the input of FR that it is connected to in loopback, and that one's interrupt. */
static const struct {
    uint32_t output, input, interrupt;
} modem_lines[] = {
    { 1 << 10, 1 << 1, 1 << 3 }, /* DTR, DSR */
    { 1 << 11, 1 << 0, 1 << 1 }, /* RTS, CTS */
    { 1 << 12, 1 << 2, 1 << 2 }, /* OUT1, DCD */
    { 1 << 13, 1 << 8, 1 << 0 }, /* OUT2, RI */
};

static bool fifo_on(const struct pl011 *u)
{
    return u->reg[REG_LCR_H] & LCR_H_FEN;
}

static unsigned fifo_depth(const struct pl011 *u)
{
    return fifo_on(u) ? FIFO_DEPTH : 1;
}

static bool loopback(const struct pl011 *u)
{
    return u->reg[REG_CR] & CR_LBE;
}

static bool transmits(const struct pl011 *u)
{
    return !(~u->reg[REG_CR] & (CR_UARTEN | CR_TXE));
}

static bool receives(const struct pl011 *u)
{
    return !(~u->reg[REG_CR] & (CR_UARTEN | CR_RXE));
}

/* IFLS.RXIFLSEL and TXIFLSEL: 1/8, 1/4, 1/2, 3/4 or 7/8 full; the reserved values act as the last. */
static unsigned trigger(unsigned select)
{
    static const uint8_t levels[8] = { 2, 4, 8, 12, 14, 14, 14, 14 };

    return levels[select & 7];
}

static unsigned rx_trigger(const struct pl011 *u)
{
    return fifo_on(u) ? trigger(u->reg[REG_IFLS] >> 3) : 1;
}

static unsigned tx_trigger(const struct pl011 *u)
{
    return fifo_on(u) ? trigger(u->reg[REG_IFLS]) : 0;
}

static void drive_line(struct pl011 *u)
{
    bool level = u->reg[REG_RIS] & u->reg[REG_IMSC];

    if (level == u->line)
        return;
    u->line = level;
    gic_set_spi(u->env.gic, u->env.intid, level);
}

/* Sets and clears the receive interrupts by the FIFO's new fill; `more` bytes are on their way. */
static void set_fill(struct pl011 *u, unsigned fill, bool more)
{
    bool arrived = fill > u->fill;

    u->fill = fill;
    u->overrun = u->overrun && !arrived;
    u->looped = u->looped && fill > 0;
    if (fill < rx_trigger(u))
        u->reg[REG_RIS] &= ~(uint32_t)INT_RX;
    else if (arrived)
        u->reg[REG_RIS] |= INT_RX;
    if (fill == 0)
        u->reg[REG_RIS] &= ~(uint32_t)INT_RT;
    else if (fifo_on(u) && !more)
        u->reg[REG_RIS] |= INT_RT;
}

/* Lets bytes of the host's arrive while there is room. */
static void receive(struct pl011 *u)
{
    size_t waiting = u->input->len - u->taken;
    unsigned fill = (unsigned)MIN(waiting, fifo_depth(u));

    if (receives(u) && !loopback(u))
        set_fill(u, fill, waiting > fill);
    else
        set_fill(u, u->fill, false);
}

/* A byte arrives by loopback: behind what is in the FIFO, before the host's. */
static void receive_looped(struct pl011 *u, char byte)
{
    if (!receives(u))
        return;
    if (u->fill == fifo_depth(u)) {
        u->overrun = true;
        u->reg[REG_RSR] |= RSR_OE;
        u->reg[REG_RIS] |= INT_OE;
        return;
    }
    g_string_insert_len(u->input, (gssize)(u->taken + u->fill), &byte, 1);
    u->looped = true;
    set_fill(u, u->fill + 1, false);
}

/* Empties the FIFOs. The host's bytes are given again; with others among them, all are lost. */
static void flush(struct pl011 *u)
{
    if (u->looped)
        g_string_erase(u->input, (gssize)u->taken, (gssize)u->fill);
    u->looped = false;
    u->fill = 0;
    u->held_count = 0;
    receive(u);
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

    const uint32_t error = u->overrun ? DR_OE : 0;

    if (u->fill == 0)
        return 0;
    byte = (uint8_t)u->input->str[u->taken];
    take_byte(u);
    return byte | error;
}

static uint32_t modem_inputs(const struct pl011 *u)
{
    uint32_t inputs = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(modem_lines) && loopback(u); i++)
        if (u->reg[REG_CR] & modem_lines[i].output)
            inputs |= modem_lines[i].input;
    return inputs;
}

static uint32_t read_fr(struct pl011 *u)
{
    uint32_t rx = u->fill == 0 ? FR_RXFE : u->fill == fifo_depth(u) ? FR_RXFF : 0;
    uint32_t tx = u->held_count == 0               ? FR_TXFE
                  : u->held_count == fifo_depth(u) ? FR_BUSY | FR_TXFF
                                                   : FR_BUSY;

    return tx | rx | modem_inputs(u);
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
static void transmit(struct pl011 *u, char byte)
{
    if (u->env.console)
        machine_console(u->env.m, &byte, 1);
    if (loopback(u))
        receive_looped(u, byte);
    u->reg[REG_RIS] |= INT_TX;
}

/* A byte waits for the transmitter to be enabled. */
static void hold(struct pl011 *u, char byte)
{
    if (u->held_count == fifo_depth(u)) {
        avs_log(u->env.m, LOG_GUEST, "%s: the transmitter is disabled and its FIFO full: a byte is lost",
                u->env.desc->name);
        return;
    }
    u->held[u->held_count++] = (uint8_t)byte;
    if (u->held_count > tx_trigger(u))
        u->reg[REG_RIS] &= ~(uint32_t)INT_TX;
}

static void write_dr(struct pl011 *u, uint32_t val)
{
    if (transmits(u))
        transmit(u, (char)val);
    else
        hold(u, (char)val);
}

/* UARTECR: every write clears the errors. */
static void write_rsr(struct pl011 *u, uint32_t val)
{
    (void)val;
    u->reg[REG_RSR] = 0;
}

static void write_lcr_h(struct pl011 *u, uint32_t val)
{
    bool flushes = (u->reg[REG_LCR_H] ^ val) & LCR_H_FEN;

    u->reg[REG_LCR_H] = val;
    if (flushes)
        flush(u);
}

/* Modem inputs that change raise their interrupts; what waited for an enable goes on. */
static void write_cr(struct pl011 *u, uint32_t val)
{
    uint32_t changed = modem_inputs(u);
    unsigned count;

    u->reg[REG_CR] = val;
    changed ^= modem_inputs(u);
    for (size_t i = 0; i < G_N_ELEMENTS(modem_lines); i++)
        if (changed & modem_lines[i].input)
            u->reg[REG_RIS] |= modem_lines[i].interrupt;
    count = transmits(u) ? u->held_count : 0;
    u->held_count -= count;
    for (unsigned i = 0; i < count; i++)
        transmit(u, (char)u->held[i]);
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
    [REG_DR] = { 0xff, 0, read_dr, write_dr },
    [REG_RSR] = { 0xff, 0, NULL, write_rsr },
    [REG_FR] = { 0, 0, read_fr, ignore_write },
    [REG_ILPR] = { 0xff, 0, NULL, NULL },
    [REG_IBRD] = { 0xffff, 0, NULL, NULL },
    [REG_FBRD] = { 0x3f, 0, NULL, NULL },
    [REG_LCR_H] = { 0xff, 0, NULL, write_lcr_h },
    [REG_CR] = { 0xff87, CR_UARTEN | CR_TXE | CR_RXE, NULL, write_cr },
    [REG_IFLS] = { 0x3f, 0x12, NULL, NULL },
    [REG_IMSC] = { 0x7ff, 0, NULL, NULL },
    [REG_RIS] = { 0, 0, NULL, ignore_write },
    [REG_MIS] = { 0, 0, read_mis, ignore_write },
    [REG_ICR] = { 0x7ff, 0, read_zero, write_icr },
    [REG_DMACR] = { 0x7, 0, NULL, NULL },
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
    u->overrun = false;
    flush(u);
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
