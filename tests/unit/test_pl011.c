/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_pl011.c
 * The PL011 as the guest sees it, by its registers on the virt board's bus, and its interrupt as the GIC
 * does (SPI 1 = INTID 33, pending in GICD_ISPENDR1).
 */
#include <string.h>

#include "board/board.h"
#include "fixture.h"

#define UART UINT64_C(0x09000000)
#define GICD UINT64_C(0x08000000)

enum {
    DR = 0x00,
    RSR = 0x04,
    FR = 0x18,
    ILPR = 0x20,
    IBRD = 0x24,
    FBRD = 0x28,
    LCR_H = 0x2c,
    CR = 0x30,
    IFLS = 0x34,
    IMSC = 0x38,
    RIS = 0x3c,
    MIS = 0x40,
    ICR = 0x44,
    DMACR = 0x48,
};
enum { RXFE = 1 << 4, TXFF = 1 << 5, RXFF = 1 << 6, TXFE = 1 << 7 };
enum { INT_RX = 1 << 4, INT_TX = 1 << 5, INT_RT = 1 << 6, INT_OE = 1 << 10, FEN = 1 << 4 };
enum { UARTEN = 1 << 0, LBE = 1 << 7, TXE = 1 << 8, RXE = 1 << 9, DTR = 1 << 10, RTS = 1 << 11 };
enum { BUSY = 1 << 3, OE = 1 << 11 };

static avs_machine *m;
static char console[64];
static size_t console_len;

static void on_console(void *user, const char *bytes, size_t len)
{
    (void)user;
    cr_assert_leq(console_len + len, sizeof(console));
    memcpy(console + console_len, bytes, len);
    console_len += len;
}

static void setup(void)
{
    m = fixture_machine("virt", NULL);
    avs_on_console(m, on_console, NULL);
    console_len = 0;
}

static void teardown(void)
{
    avs_machine_free(m);
}

TestSuite(pl011, .init = setup, .fini = teardown);

static uint64_t dev_read(uint64_t address, unsigned size)
{
    struct bus_region *r = bus_find(m->bus, pa(address));
    uint64_t val = 0;

    cr_assert_not_null(r);
    cr_assert(r->ops->read(r->dev, NULL, address - r->base, size, &val));
    return val;
}

static void dev_write(uint64_t address, unsigned size, uint64_t val)
{
    struct bus_region *r = bus_find(m->bus, pa(address));

    cr_assert_not_null(r);
    cr_assert(r->ops->write(r->dev, NULL, address - r->base, size, val));
}

static uint32_t rd(unsigned reg)
{
    return (uint32_t)dev_read(UART + reg, 4);
}

static void wr(unsigned reg, uint32_t val)
{
    dev_write(UART + reg, 4, val);
}

static bool pending(void)
{
    return dev_read(GICD + 0x204, 4) >> 1 & 1;
}

static void input(const char *text)
{
    cr_assert_eq(avs_console_input(m, text, strlen(text)), AVS_OK);
}

Test(pl011, reset_values_and_identification)
{
    static const uint8_t ids[] = { 0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

    cr_expect_eq(rd(FR), TXFE | RXFE);
    cr_expect_eq(rd(CR), 0x301, "enabled, as firmware leaves it");
    cr_expect_eq(rd(IFLS), 0x12);
    cr_expect_eq(rd(LCR_H), 0);
    cr_expect_eq(rd(IMSC), 0);
    cr_expect_eq(rd(RIS), 0);
    for (unsigned i = 0; i < 8; i++)
        cr_expect_eq(rd(0xfe0 + 4 * i), ids[i], "identification byte %u", i);
    cr_expect_eq(rd(0x80), 0, "no register");
    cr_expect_eq(rd(0x800), 0);
}

Test(pl011, registers_hold_their_bits)
{
    static const struct {
        unsigned reg;
        uint32_t bits;
    } regs[] = { { ILPR, 0xff }, { IBRD, 0xffff }, { FBRD, 0x3f }, { LCR_H, 0xff },
                 { IFLS, 0x3f }, { IMSC, 0x7ff },  { DMACR, 7 },   { RSR, 0 },
                 { RIS, 0 },     { MIS, 0 },       { 0x80, 0 },    { CR, 0xff87 } };

    for (size_t i = 0; i < sizeof(regs) / sizeof(regs[0]); i++) {
        wr(regs[i].reg, 0xffffffff);
        cr_expect_eq(rd(regs[i].reg), regs[i].bits, "offset %#x", regs[i].reg);
    }
    cr_expect_eq(console_len, 0);
}

Test(pl011, output_reaches_the_console_at_once)
{
    wr(DR, 'a');
    dev_write(UART + DR, 1, 'b');
    dev_write(UART + DR, 2, 'c');
    wr(DR, 0xfff00u | 'd');
    cr_expect_eq(console_len, 4);
    cr_expect_arr_eq(console, "abcd", 4);
    cr_expect_eq(rd(FR) & (TXFE | TXFF), TXFE);
}

Test(pl011, narrow_and_wide_accesses)
{
    struct bus_region *r = bus_find(m->bus, pa(UART));
    uint64_t val;

    cr_expect_eq(dev_read(UART + CR, 1), 0x01);
    cr_expect_eq(dev_read(UART + CR + 1, 1), 0x03);
    cr_expect_eq(dev_read(UART + CR, 2), 0x301);
    cr_expect_not(r->ops->read(r->dev, NULL, CR, 8, &val), "no 64-bit reads");
    cr_expect_not(r->ops->write(r->dev, NULL, CR, 8, 0));
}

Test(pl011, input_is_read_in_order_and_never_lost)
{
    char text[41], got[41] = { 0 };

    for (int i = 0; i < 40; i++)
        text[i] = (char)('0' + i);
    text[40] = '\0';
    wr(LCR_H, FEN);
    input(text);
    cr_expect_eq(rd(FR) & (RXFE | RXFF), RXFF);
    for (int i = 0; i < 40; i++) {
        cr_expect_not(rd(FR) & RXFE);
        got[i] = (char)rd(DR);
    }
    cr_expect_str_eq(got, text);
    cr_expect_eq(rd(FR) & (RXFE | RXFF), RXFE);
    cr_expect_eq(rd(DR), 0, "nothing more");
    input("x");
    cr_expect_eq(rd(DR), 'x');
}

Test(pl011, turning_the_fifo_on_loses_nothing)
{
    input("ab");
    cr_expect_eq(rd(FR) & (RXFE | RXFF), RXFF, "one byte fills it without FIFO");
    wr(LCR_H, FEN | 0x60);
    cr_expect_eq(rd(FR) & (RXFE | RXFF), 0, "two of sixteen");
    cr_expect_eq(rd(DR), 'a');
    cr_expect_eq(rd(DR), 'b');
}

Test(pl011, receive_interrupt_without_fifo)
{
    wr(IMSC, INT_RX);
    cr_expect_not(pending());
    input("ab");
    cr_expect_eq(rd(RIS), INT_RX);
    cr_expect_eq(rd(MIS), INT_RX);
    cr_expect(pending());
    cr_expect_eq(rd(DR), 'a');
    cr_expect(pending(), "the next byte is there");
    cr_expect_eq(rd(DR), 'b');
    cr_expect_eq(rd(RIS), 0);
    cr_expect_not(pending());
}

Test(pl011, receive_interrupt_at_the_trigger_level)
{
    wr(LCR_H, FEN);
    wr(IFLS, 1 << 3); /* A quarter: 4 bytes. */
    wr(IMSC, INT_RX);
    input("abc");
    cr_expect_eq(rd(RIS) & INT_RX, 0);
    cr_expect_not(pending());
    input("d");
    cr_expect_eq(rd(RIS) & INT_RX, INT_RX);
    cr_expect(pending());
    rd(DR);
    cr_expect_not(pending(), "below the level");
}

Test(pl011, receive_timeout_reports_what_is_below_the_level)
{
    wr(LCR_H, FEN);
    wr(IMSC, INT_RT);
    input("ab");
    cr_expect_eq(rd(MIS), INT_RT);
    cr_expect(pending());
    wr(ICR, INT_RT);
    cr_expect_not(pending());
    cr_expect_eq(rd(DR), 'a');
    cr_expect(pending(), "a byte still waits");
    cr_expect_eq(rd(DR), 'b');
    cr_expect_eq(rd(RIS), 0);
    cr_expect_not(pending());
}

Test(pl011, transmit_interrupt)
{
    wr(IMSC, INT_TX);
    cr_expect_not(pending(), "nothing was sent yet");
    wr(DR, 'x');
    cr_expect_eq(rd(MIS), INT_TX);
    cr_expect(pending());
    wr(ICR, INT_TX);
    cr_expect_eq(rd(MIS), 0);
    cr_expect_not(pending());
}

Test(pl011, masks_gate_the_interrupt)
{
    input("a");
    cr_expect_eq(rd(RIS), INT_RX);
    cr_expect_eq(rd(MIS), 0);
    cr_expect_not(pending());
    wr(IMSC, INT_RX);
    cr_expect(pending(), "unmasking shows it");
    wr(IMSC, 0);
    cr_expect_not(pending());
}

Test(pl011, works_before_it_is_set_up)
{
    cr_expect_eq(rd(CR) & UARTEN, UARTEN);
    wr(DR, 'a');
    cr_expect_eq(console_len, 1);
    input("b");
    cr_expect_eq(rd(DR), 'b');
}

Test(pl011, a_disabled_transmitter_holds_what_is_written)
{
    static const uint32_t disabled[] = { 0, TXE | RXE, UARTEN | RXE };

    wr(LCR_H, FEN);
    for (unsigned i = 0; i < 3; i++) {
        console_len = 0;
        wr(CR, disabled[i]);
        wr(DR, 'a');
        wr(DR, 'b');
        cr_expect_eq(console_len, 0, "CR %#x", disabled[i]);
        cr_expect_eq(rd(FR) & (TXFE | TXFF | BUSY), BUSY);
        wr(CR, UARTEN | TXE);
        cr_expect_eq(console_len, 2);
        cr_expect_arr_eq(console, "ab", 2);
        cr_expect_eq(rd(FR) & (TXFE | TXFF | BUSY), TXFE);
    }
}

Test(pl011, a_full_transmit_fifo_takes_no_more)
{
    wr(LCR_H, FEN);
    wr(CR, UARTEN);
    for (int i = 0; i < 20; i++)
        wr(DR, (uint32_t)('a' + i));
    cr_expect_eq(rd(FR) & (TXFE | TXFF | BUSY), TXFF | BUSY);
    wr(CR, UARTEN | TXE);
    cr_expect_eq(console_len, 16);
    cr_expect_arr_eq(console, "abcdefghijklmnop", 16);
    wr(CR, UARTEN);
    wr(LCR_H, 0);
    wr(DR, 'x');
    cr_expect_eq(rd(FR) & (TXFE | TXFF | BUSY), TXFF | BUSY, "one byte without FIFO");
    wr(LCR_H, FEN);
    wr(CR, UARTEN | TXE);
    cr_expect_eq(console_len, 16, "the change flushed it");
}

/* TXIFLSEL: 1/2 full at reset. */
Test(pl011, transmit_interrupt_by_level)
{
    wr(LCR_H, FEN);
    wr(DR, 'x');
    wr(CR, UARTEN);
    for (int i = 0; i < 8; i++)
        wr(DR, 'y');
    cr_expect_eq(rd(RIS), INT_TX, "half full is not above the level");
    wr(DR, 'z');
    cr_expect_eq(rd(RIS), 0);
    wr(CR, UARTEN | TXE);
    cr_expect_eq(rd(RIS), INT_TX, "which it has fallen through");
}

Test(pl011, a_disabled_receiver_leaves_input_waiting)
{
    wr(LCR_H, FEN);
    wr(IMSC, INT_RX | INT_RT);
    wr(CR, UARTEN | TXE);
    input("ab");
    cr_expect_eq(rd(FR) & RXFE, RXFE);
    cr_expect_not(pending());
    wr(CR, TXE | RXE);
    cr_expect_eq(rd(FR) & RXFE, RXFE, "not without UARTEN");
    wr(CR, UARTEN | RXE);
    cr_expect(pending());
    cr_expect_eq(rd(DR), 'a');
    wr(CR, UARTEN);
    input("c");
    cr_expect_eq(rd(DR), 'b', "what has arrived can be read");
    cr_expect_eq(rd(FR) & RXFE, RXFE);
    wr(CR, UARTEN | RXE);
    cr_expect_eq(rd(DR), 'c');
}

Test(pl011, loopback_gives_back_what_is_sent)
{
    wr(LCR_H, FEN);
    input("h");
    wr(CR, UARTEN | TXE | RXE | LBE);
    input("ost");
    wr(DR, 'a');
    wr(DR, 'b');
    cr_expect_eq(rd(RIS) & (INT_RT | INT_RX), INT_RT);
    cr_expect_eq(rd(DR), 'h', "it had arrived before");
    cr_expect_eq(rd(DR), 'a');
    cr_expect_eq(rd(DR), 'b');
    cr_expect_eq(rd(FR) & RXFE, RXFE, "the host waits");
    cr_expect_eq(rd(RIS) & INT_RT, 0);
    wr(CR, UARTEN | TXE | RXE);
    cr_expect_eq(rd(DR), 'o');
    cr_expect_eq(rd(DR), 's');
    cr_expect_eq(rd(DR), 't');
    cr_expect_eq(console_len, 2, "it was sent, too");
}

Test(pl011, loopback_needs_the_receiver)
{
    wr(CR, UARTEN | TXE | LBE);
    wr(DR, 'a');
    wr(CR, UARTEN | TXE | RXE | LBE);
    cr_expect_eq(rd(FR) & RXFE, RXFE);
}

Test(pl011, loopback_raises_the_receive_interrupt_at_its_level)
{
    wr(LCR_H, FEN);
    wr(IFLS, 0); /* An eighth: 2 bytes. */
    wr(IMSC, INT_RX);
    wr(CR, UARTEN | TXE | RXE | LBE);
    wr(DR, 'a');
    cr_expect_not(pending());
    wr(DR, 'b');
    cr_expect(pending());
    rd(DR);
    cr_expect_not(pending());
}

Test(pl011, loopback_overruns_a_full_fifo)
{
    wr(IMSC, INT_OE);
    wr(CR, UARTEN | TXE | RXE | LBE);
    wr(DR, 'a');
    cr_expect_eq(rd(RSR), 0);
    wr(DR, 'b');
    cr_expect(pending());
    cr_expect_eq(rd(RSR), 1 << 3);
    cr_expect_eq(rd(DR), OE | 'a', "what was there stays");
    cr_expect_eq(rd(FR) & RXFE, RXFE);
    wr(DR, 'c');
    cr_expect_eq(rd(DR), 'c', "OE is over when a byte arrives");
    wr(RSR, 0);
    cr_expect_eq(rd(RSR), 0);
    cr_expect(pending());
    wr(ICR, INT_OE);
    cr_expect_not(pending());
}

Test(pl011, flushing_loses_looped_bytes_and_not_the_hosts)
{
    wr(LCR_H, FEN);
    wr(CR, UARTEN | TXE | RXE | LBE);
    wr(DR, 'a');
    input("xy");
    wr(LCR_H, 0);
    cr_expect_eq(rd(FR) & RXFE, RXFE);
    wr(CR, UARTEN | TXE | RXE);
    cr_expect_eq(rd(DR), 'x');
    cr_expect_eq(rd(DR), 'y');
}

Test(pl011, loopback_connects_the_modem_lines)
{
    static const struct {
        uint32_t output, input, interrupt;
    } lines[] = { { DTR, 1 << 1, 1 << 3 },
                  { RTS, 1 << 0, 1 << 1 },
                  { 1 << 12, 1 << 2, 1 << 2 },
                  { 1 << 13, 1 << 8, 1 << 0 } };

    wr(CR, UARTEN | DTR | RTS);
    cr_expect_eq(rd(FR) & 0x107, 0, "nothing is connected");
    cr_expect_eq(rd(RIS), 0);
    wr(CR, UARTEN | LBE);
    for (unsigned i = 0; i < 4; i++) {
        wr(CR, UARTEN | LBE | lines[i].output);
        cr_expect_eq(rd(FR) & 0x107, lines[i].input, "line %u", i);
        cr_expect_eq(rd(RIS), lines[i].interrupt, "line %u", i);
        wr(ICR, 0xf);
        wr(CR, UARTEN | LBE);
        cr_expect_eq(rd(RIS), lines[i].interrupt, "it changes back");
        wr(ICR, 0xf);
    }
}

Test(pl011, reset_forgets_everything_but_the_hosts_input)
{
    wr(LCR_H, FEN);
    wr(CR, UARTEN | RXE | LBE);
    wr(DR, 'a');
    wr(CR, UARTEN | TXE | RXE | LBE);
    input("x");
    board_reset(m->board);
    cr_expect_eq(rd(CR), 0x301);
    cr_expect_eq(rd(RIS), INT_RX, "the byte that waits");
    cr_expect_eq(rd(DR), 'x');
    console_len = 0;
    wr(DR, 'b');
    cr_expect_eq(console_len, 1);
}

/* Linux's console enables the transmitter, writes, and restores what it found; its early console then
 * waits. */
Test(pl011, restoring_the_first_value_leaves_it_working)
{
    uint32_t found = rd(CR);

    wr(CR, 0);
    wr(CR, found);
    wr(CR, UARTEN | TXE);
    wr(DR, 'a');
    wr(CR, found);
    wr(DR, 'b');
    cr_expect_eq(rd(FR) & BUSY, 0);
    cr_expect_eq(console_len, 2);
}
