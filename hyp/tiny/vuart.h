/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file vuart.h
 * The emulated UART of each VM.
 */
#pragma once

#include "pl011.h"

struct mmio_access;
struct vm;

/** Emulates an access to the PL011 registers. */
void vuart_access(struct vm *vm, struct mmio_access *access);
