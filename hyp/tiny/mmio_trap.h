/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file mmio_trap.h
 * Emulated devices: accesses that stage 2 does not map.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct vm;

/** One access to a device, as decoded from the syndrome. */
struct mmio_access {
    uint64_t offset; /* from the start of the device */
    uint64_t value;  /* written, or to be read: zero until the device says otherwise */
    unsigned size_bytes;
    bool is_write;
};

/** Emulates the access that faulted at `ipa`; returns false if no device is there. */
bool mmio_trap(struct vm *vm, uint64_t esr, uint64_t ipa);
