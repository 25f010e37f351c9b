/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file board.h
 * Where things are on QEMU's virt board, and in the memory of the programs here. Everything is
 * mapped at its physical address at every Exception level.
 */
#pragma once

#include "bits.h"

#define BOARD_DEVICES UL(0x08000000)
#define BOARD_DEVICES_SIZE UL(0x02000000)
#define BOARD_GICD UL(0x08000000)
#define BOARD_GICC UL(0x08010000)
#define BOARD_GICH UL(0x08030000)
#define BOARD_GICV UL(0x08040000)
#define BOARD_GICR UL(0x080a0000)
#define BOARD_UART UL(0x09000000)
#define BOARD_SECURE_GPIO UL(0x090b0000) /* with secure=on: the machine's power switch */
#define BOARD_RAM UL(0x40000000)
#define BOARD_RAM_SIZE UL(0x04000000)

#define INTID_CNTV 27U

#define STACK_SHIFT 14 /* 16 KiB for each PE and Exception level */
#define STACK_SIZE UL(0x4000)
