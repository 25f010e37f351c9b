/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fw_cfg.h
 * QEMU's firmware configuration device: what firmware asks the machine for.
 */
#pragma once

#include "board/device.h"

/* Items that are not files. */
enum fw_cfg_key {
    FW_CFG_KERNEL_SIZE = 0x08,
    FW_CFG_INITRD_SIZE = 0x0b,
    FW_CFG_KERNEL_DATA = 0x11,
    FW_CFG_INITRD_DATA = 0x12,
    FW_CFG_CMDLINE_SIZE = 0x14,
    FW_CFG_CMDLINE_DATA = 0x15,
};

extern const struct mmio_ops fw_cfg_mmio;

/* The device type's functions (board/device.c). */
void *fw_cfg_create(const struct device_env *env);
void fw_cfg_reset(void *dev);
void fw_cfg_destroy(void *dev);
void fw_cfg_node(struct dt_writer *w, const struct device_desc *d);

/* Offers bytes, which are copied, under a key; and their number under another. */
void fw_cfg_add(void *dev, uint16_t key, const void *bytes, size_t len);
void fw_cfg_add_sized(void *dev, uint16_t size_key, uint16_t key, const void *bytes, size_t len);
/* Offers a file, by name. */
void fw_cfg_add_file(void *dev, const char *name, const void *bytes, size_t len);
