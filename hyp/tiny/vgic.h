/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file vgic.h
 * The virtual GICv3 of each VM: delivery by list registers, and the emulated distributor and
 * redistributor.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct mmio_access;
struct vm;

/** Checks that the hardware has the list registers that the code uses. */
void vgic_init(void);

/** Puts the virtual GIC of a new VM into its reset state. */
void vgic_create(struct vm *vm);

/** Saves the virtual CPU interface, and leaves the hardware's off. */
void vgic_save(struct vm *vm);

/** Restores the virtual CPU interface. */
void vgic_restore(const struct vm *vm);

/** Makes a virtual interrupt pending; vgic_flush() will deliver it. */
void vgic_pend(struct vm *vm, uint32_t intid);

/** Moves pending, enabled interrupts of the loaded VM into list registers. */
void vgic_flush(struct vm *vm);

/** Returns whether an interrupt of a VM that is switched out is pending or active. */
bool vgic_in_flight(const struct vm *vm, uint32_t intid);

/** Returns whether the VM has an interrupt to take, which ends its WFI. */
bool vgic_has_pending(const struct vm *vm);

/** Frees the list registers whose end was asked to be reported (PPI 25). */
void vgic_maintenance(struct vm *vm);

/** Emulate an access to the distributor and to the redistributor. */
void vgic_gicd_access(struct vm *vm, struct mmio_access *access);
void vgic_gicr_access(struct vm *vm, struct mmio_access *access);
