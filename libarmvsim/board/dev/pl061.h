/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pl061.h
 * The PL061 GPIO port (Arm DDI 0190).
 */
#pragma once

#include "board/device.h"

extern const struct mmio_ops pl061_mmio;

/* The device type's functions (board/device.c). */
void *pl061_create(const struct device_env *env);
void pl061_reset(void *dev);
void pl061_destroy(void *dev);
void pl061_node(struct dt_writer *w, const struct device_desc *d);
void pl061_more_nodes(struct dt_writer *w, const struct device_desc *d);
