/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pl011.h
 * Arm PrimeCell UART (PL011, DDI 0183), transmit side: the registers, used by the driver and by
 * the hypervisor's emulation of it, and the driver.
 */
#pragma once

#include "bits.h"

#define PL011_DR UL(0x000)
#define PL011_FR UL(0x018)
#define PL011_LCR_H UL(0x02c)
#define PL011_CR UL(0x030)
#define PL011_IMSC UL(0x038)
#define PL011_SIZE UL(0x1000)

/* UARTFR */
#define PL011_FR_BUSY (1U << 3)
#define PL011_FR_RXFE (1U << 4)
#define PL011_FR_TXFF (1U << 5)
#define PL011_FR_TXFE (1U << 7)

/* UARTLCR_H: 8 bits, FIFOs on. UARTCR: UART and transmitter on. */
#define PL011_LCR_H_FEN (1U << 4)
#define PL011_LCR_H_WLEN_8 (3U << 5)
#define PL011_CR_UARTEN (1U << 0)
#define PL011_CR_TXE (1U << 8)

#ifndef __ASSEMBLER__
#include <stdint.h>

/** Turns the transmitter on, with FIFOs and no interrupts. */
void pl011_init(uintptr_t base);

/** Sends one character, waiting while the FIFO is full. */
void pl011_putc(uintptr_t base, char c);

/** Waits until everything has been sent. */
void pl011_flush(uintptr_t base);
#endif
