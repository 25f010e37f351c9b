/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file virtio_mmio.h
 * Windows for virtio devices (OASIS virtio 1.2, 4.2).
 */
#pragma once

#include "board/device.h"

extern const struct mmio_ops virtio_mmio;
void *virtio_mmio_create(const struct device_env *env);
void virtio_mmio_reset(void *dev);
void virtio_mmio_destroy(void *dev);
avs_status virtio_mmio_plug(void *dev, const struct plug *p);
bool virtio_mmio_is_empty(const void *dev);
void virtio_mmio_node(struct dt_writer *w, const struct device_desc *d);
