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
enum { INT_RX = 1 << 4, INT_TX = 1 << 5, INT_RT = 1 << 6, FEN = 1 << 4 };

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
    cr_expect_eq(rd(CR), 0x300);
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
    } regs[] = { { ILPR, 0xff }, { IBRD, 0xffff }, { FBRD, 0x3f },  { LCR_H, 0xff },
                 { CR, 0xff87 }, { IFLS, 0x3f },   { IMSC, 0x7ff }, { DMACR, 7 },
                 { RSR, 0 },     { RIS, 0 },       { MIS, 0 },      { 0x80, 0 } };

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

    cr_expect_eq(dev_read(UART + CR, 1), 0x00);
    cr_expect_eq(dev_read(UART + CR + 1, 1), 0x03);
    cr_expect_eq(dev_read(UART + CR, 2), 0x300);
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
