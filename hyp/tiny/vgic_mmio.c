/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file vgic_mmio.c
 * The distributor and the one redistributor that a guest sees (GIC IHI 0069 12.9, 12.11): enables,
 * groups, priorities, and enough identification for a driver to find its way. Private interrupts
 * are in the redistributor's SGI frame, SPIs 32 to 63 in the distributor; the rest reads as zero
 * and ignores writes, as there is one vCPU to route to.
 */
#include "mmio_trap.h"
#include "vgic.h"
#include "vm.h"

/* GICD_TYPER.ITLinesNumber: 32 * (1 + 1) interrupts. */
#define TYPER_LINES 1U

void vgic_create(struct vm *vm)
{
    vm->vgic.waker = GICR_WAKER_SLEEP | GICR_WAKER_CHILDREN_ASLEEP;
}

/** Reads 32 bits of `bits`, or writes them: as they are, to set or to clear. */
static void access_bits(uint64_t *bits, unsigned shift, uint64_t offset, struct mmio_access *access)
{
    uint64_t written = (access->value & MASK(32)) << shift;

    if (!access->is_write) {
        access->value = (*bits >> shift) & MASK(32);
    } else if (offset == GIC_ISENABLER) {
        *bits |= written;
    } else if (offset == GIC_ICENABLER) {
        *bits &= ~written;
    } else {
        *bits = (*bits & ~(MASK(32) << shift)) | written;
    }
}

static void access_priority(struct vgic *vgic, uint64_t intid, struct mmio_access *access)
{
    for (unsigned byte = 0; byte < access->size_bytes && intid + byte < VGIC_INTID_COUNT; byte++) {
        if (access->is_write) {
            vgic->priority[intid + byte] = (uint8_t)(access->value >> (8 * byte));
        } else {
            access->value |= (uint64_t)vgic->priority[intid + byte] << (8 * byte);
        }
    }
}

/**
 * The registers that distributor and SGI frame share, for the 32 interrupts from `first` on;
 * `offset` is that of the word for interrupts 0 to 31.
 */
static void access_common(struct vgic *vgic, unsigned first, uint64_t offset,
                          struct mmio_access *access)
{
    switch (offset) {
    case GIC_IGROUPR:
        access_bits(&vgic->group1, first, offset, access);
        break;
    case GIC_ISENABLER:
    case GIC_ICENABLER:
        access_bits(&vgic->enabled, first, offset, access);
        break;
    default:
        break;
    }
}

static bool is_priority(uint64_t offset, uint64_t first, uint64_t count)
{
    return offset >= GIC_IPRIORITYR + first && offset < GIC_IPRIORITYR + first + count;
}

static void access_word(uint32_t *word, struct mmio_access *access)
{
    if (access->is_write) {
        *word = (uint32_t)access->value;
    } else {
        access->value = *word;
    }
}

void vgic_gicd_access(struct vm *vm, struct mmio_access *access)
{
    struct vgic *vgic = &vm->vgic;

    vm->stats.gic_accesses++;
    if (access->offset == GICD_CTLR) {
        access_word(&vgic->ctlr, access);
    } else if (access->offset == GICD_TYPER) {
        access->value = access->is_write ? access->value : TYPER_LINES;
    } else if (is_priority(access->offset, GIC_SPI_FIRST, VGIC_INTID_COUNT - GIC_SPI_FIRST)) {
        access_priority(vgic, access->offset - GIC_IPRIORITYR, access);
    } else if (access->offset >= sizeof(uint32_t)) {
        access_common(vgic, GIC_SPI_FIRST, access->offset - sizeof(uint32_t), access);
    }
}

void vgic_gicr_access(struct vm *vm, struct mmio_access *access)
{
    struct vgic *vgic = &vm->vgic;
    uint64_t affinity = vm->el1.vmpidr_el2 & MPIDR_AFF_MASK;

    vm->stats.gic_accesses++;
    if (access->offset == GICR_TYPER) {
        access->value = (affinity << GICR_TYPER_AFFINITY_SHIFT) | GICR_TYPER_LAST;
    } else if (access->offset == GICR_WAKER) {
        access_word(&vgic->waker, access);
        if (!(vgic->waker & GICR_WAKER_SLEEP)) {
            vgic->waker &= ~GICR_WAKER_CHILDREN_ASLEEP;
        }
    } else if (access->offset >= GICR_SGI_FRAME) {
        uint64_t offset = access->offset - GICR_SGI_FRAME;

        if (is_priority(offset, 0, GIC_SPI_FIRST)) {
            access_priority(vgic, offset - GIC_IPRIORITYR, access);
        } else {
            access_common(vgic, 0, offset, access);
        }
    }
}
