/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pl031.h
 * The PL031 real-time clock (Arm DDI 0224).
 */
#pragma once

#include "board/device.h"

extern const struct mmio_ops pl031_mmio;

/* The device type's functions (board/device.c). */
void *pl031_create(const struct device_env *env);
void pl031_reset(void *dev);
void pl031_destroy(void *dev);
void pl031_node(struct dt_writer *w, const struct device_desc *d);
