/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file mmio.h
 * Device register accesses: one LDR or STR each, without writeback, so that a hypervisor which
 * traps them gets a valid syndrome (Arm ARM D19.2.37, ISV).
 */
#pragma once

#include <stdint.h>

static inline uint32_t mmio_read32(uintptr_t address)
{
    uint32_t value;

    __asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
    return value;
}

static inline void mmio_write32(uintptr_t address, uint32_t value)
{
    __asm__ volatile("str %w0, [%1]" ::"rZ"(value), "r"(address) : "memory");
}

static inline uint64_t mmio_read64(uintptr_t address)
{
    uint64_t value;

    __asm__ volatile("ldr %x0, [%1]" : "=r"(value) : "r"(address) : "memory");
    return value;
}

static inline void mmio_write64(uintptr_t address, uint64_t value)
{
    __asm__ volatile("str %x0, [%1]" ::"rZ"(value), "r"(address) : "memory");
}

static inline void mmio_write8(uintptr_t address, uint8_t value)
{
    __asm__ volatile("strb %w0, [%1]" ::"rZ"((uint32_t)value), "r"(address) : "memory");
}
