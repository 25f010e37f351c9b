/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pl011.h
 * The PL011 UART (Arm DDI 0183).
 */
#pragma once

#include "board/device.h"

struct pl011;

extern const struct mmio_ops pl011_mmio; /* dev is the struct pl011; 4 KiB. */

/* These take and give a struct pl011 as void *: they are the device type's functions (board/device.c). */
void *pl011_create(const struct device_env *env);
void pl011_reset(void *dev);
void pl011_destroy(void *dev);
/* Bytes that arrive at the receiver, as fast as the guest takes them; copied. */
void pl011_input(void *dev, const char *bytes, size_t len);
/* Takes the next of those bytes, as the guest does by reading; false when there is none. */
bool pl011_take(void *dev, char *byte);
void pl011_node(struct dt_writer *w, const struct device_desc *d);
