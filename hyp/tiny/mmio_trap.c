/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file mmio_trap.c
 * Emulating a load or store from the syndrome of its stage 2 data abort (Arm ARM D19.2.37, ISS of
 * a data abort): SAS is the size, SRT the register, WnR the direction, SSE and SF how a loaded
 * value is extended. Without a valid syndrome (ISV = 0: pairs, writeback, SIMD) there is no
 * emulation, and the access counts as one outside the VM.
 */
#include "mmio_trap.h"

#include "esr.h"
#include "vgic.h"
#include "vm.h"
#include "vuart.h"

struct mmio_device {
    uint64_t ipa;
    uint64_t size_bytes;
    void (*access)(struct vm *vm, struct mmio_access *access);
};

static const struct mmio_device devices[] = {
    { GUEST_UART_IPA, PL011_SIZE, vuart_access },
    { GUEST_GICD_IPA, GICD_SIZE, vgic_gicd_access },
    { GUEST_GICR_IPA, GICR_SIZE, vgic_gicr_access },
};

static const struct mmio_device *find_device(uint64_t ipa)
{
    for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
        if (ipa - devices[i].ipa < devices[i].size_bytes) {
            return &devices[i];
        }
    }
    return NULL;
}

/** Extends what a load read: by SSE from its size, then to the 32 or 64 bits of SF. */
static uint64_t extend_loaded(uint64_t value, unsigned size_bytes, uint64_t esr)
{
    unsigned unused = 64 - 8 * size_bytes;

    value <<= unused;
    value = (esr & ISS_DABT_SSE) ? (uint64_t)((int64_t)value >> unused) : value >> unused;
    return (esr & ISS_DABT_SF) ? value : (uint32_t)value;
}

bool mmio_trap(struct vm *vm, uint64_t esr, uint64_t ipa)
{
    const struct mmio_device *device = find_device(ipa);
    unsigned rt = (unsigned)FIELD_GET(esr, ISS_DABT_SRT);
    struct mmio_access access;

    if (!device || !(esr & ISS_DABT_ISV)) {
        return false;
    }
    access.offset = ipa - device->ipa;
    access.size_bytes = 1U << FIELD_GET(esr, ISS_DABT_SAS);
    access.is_write = esr & ISS_DABT_WNR;
    access.value = access.is_write ? vm_read_x(vm, rt) : 0;
    device->access(vm, &access);
    if (!access.is_write) {
        vm_write_x(vm, rt, extend_loaded(access.value, access.size_bytes, esr));
    }
    vm_skip_instruction(vm);
    return true;
}
