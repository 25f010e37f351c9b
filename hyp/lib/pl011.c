/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pl011.c
 * PL011 transmit driver (DDI 0183 chapter 3). The baud rate is left as it is: the boards here
 * have no real line behind the UART.
 */
#include "pl011.h"

#include "mmio.h"

void pl011_init(uintptr_t base)
{
    mmio_write32(base + PL011_CR, 0);
    mmio_write32(base + PL011_IMSC, 0);
    mmio_write32(base + PL011_LCR_H, PL011_LCR_H_WLEN_8 | PL011_LCR_H_FEN);
    mmio_write32(base + PL011_CR, PL011_CR_UARTEN | PL011_CR_TXE);
}

void pl011_putc(uintptr_t base, char c)
{
    while (mmio_read32(base + PL011_FR) & PL011_FR_TXFF) {
    }
    mmio_write32(base + PL011_DR, (uint8_t)c);
}

void pl011_flush(uintptr_t base)
{
    while (mmio_read32(base + PL011_FR) & PL011_FR_BUSY) {
    }
}
