/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file flash.h
 * CFI parallel flash with Intel's command set.
 */
#pragma once

#include "board/device.h"

extern const struct mmio_ops flash_mmio;

/* The device type's functions (board/device.c). The bank's memory is env->memory. */
void *flash_create(const struct device_env *env);
void flash_reset(void *dev);
void flash_destroy(void *dev);
void flash_node(struct dt_writer *w, const struct device_desc *d);
/* Whether the guest programmed or erased something. */
bool flash_is_changed(const void *dev);
