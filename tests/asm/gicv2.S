/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * GICv2 (IHI 0048): delivery of SGIs and PPIs by priority, masks, groups, preemption, EOImode, AckCtl and
 * FIQEn; GICD_SGIR's filters and per-source pending; list registers, GICV and maintenance; a hardware
 * interrupt behind a virtual one; stage 2 from the guest's GICC to GICV. One view: there is no EL3. QEMU's
 * GICC has eight priority bits and ours five, so priorities and binary points are such that both agree. Last,
 * the System registers that are not there.
 */
#include "macros.h"

#define GICD 0x08000000
#define GICD_CTLR GICD
#define GICD_TYPER (GICD + 0x4)
#define GICD_IIDR (GICD + 0x8)
#define GICD_IGROUPR0 (GICD + 0x80)
#define GICD_ISENABLER0 (GICD + 0x100)
#define GICD_ICENABLER0 (GICD + 0x180)
#define GICD_ISPENDR0 (GICD + 0x200)
#define GICD_ICPENDR0 (GICD + 0x280)
#define GICD_ISACTIVER0 (GICD + 0x300)
#define GICD_ICACTIVER0 (GICD + 0x380)
#define GICD_IPRIORITYR (GICD + 0x400)
#define GICD_ITARGETSR (GICD + 0x800)
#define GICD_ICFGR (GICD + 0xc00)
#define GICD_SGIR (GICD + 0xf00)
#define GICD_CPENDSGIR (GICD + 0xf10)
#define GICD_SPENDSGIR (GICD + 0xf20)

#define GICC 0x08010000
#define GICC_CTLR GICC
#define GICC_PMR (GICC + 0x4)
#define GICC_BPR (GICC + 0x8)
#define GICC_IAR (GICC + 0xc)
#define GICC_EOIR (GICC + 0x10)
#define GICC_RPR (GICC + 0x14)
#define GICC_HPPIR (GICC + 0x18)
#define GICC_ABPR (GICC + 0x1c)
#define GICC_AIAR (GICC + 0x20)
#define GICC_AEOIR (GICC + 0x24)
#define GICC_AHPPIR (GICC + 0x28)
#define GICC_IIDR (GICC + 0xfc)
#define GICC_DIR (GICC + 0x1000)

#define GICH 0x08030000
#define GICH_HCR GICH
#define GICH_VTR (GICH + 0x4)
#define GICH_VMCR (GICH + 0x8)
#define GICH_MISR (GICH + 0x10)
#define GICH_EISR0 (GICH + 0x20)
#define GICH_ELRSR0 (GICH + 0x30)
#define GICH_APR (GICH + 0xf0)
#define GICH_LR0 (GICH + 0x100)
#define GICH_LR1 (GICH + 0x104)
#define GICH_LR2 (GICH + 0x108)

#define GICV 0x08040000
#define V2M 0x08020000

/* GICC_CTLR and GICV_CTLR. */
#define GRP0 1
#define GRP1 2
#define ACKCTL 4
#define FIQEN 8
#define CBPR 0x10
#define EOIMODE 0x200

/* GICH_LR<n>. */
#define LR_PENDING (1 << 28)
#define LR_ACTIVE (2 << 28)
#define LR_HW (1 << 31)
#define LR_GROUP1 (1 << 30)
#define LR_EOI (1 << 19)
#define LR_SOURCE(cpu) ((cpu) << 10)
#define LR_PHYSICAL(intid) ((intid) << 10)
#define LR(priority, intid) ((priority) >> 3 << 23 | (intid))

#define HCR_FMO (1 << 3)
#define HCR_IMO (1 << 4)

#define IRQ(mode) ((mode) & ~0x80)
#define FIQ(mode) ((mode) & ~0x40)

.macro sgi intid, filter=2
    poke    GICD_SGIR, (\filter << 24 | \intid)
.endm

/* Both VMs have the same stage 2 tables. */
.macro vm vmid
    adr_l   x0, stage2_l1
    movk    x0, #\vmid, lsl #48
    msr     VTTBR_EL2, x0
    isb
.endm

.macro pokeb address, value
    ldr     x0, =(\address)
    mov     w1, #\value
    strb    w1, [x0]
    dsb     sy
.endm

.macro state
    peek    "GICD_ISPENDR0", GICD_ISPENDR0
    peek    "GICD_ISACTIVER0", GICD_ISACTIVER0
    peek    "GICC_RPR", GICC_RPR
    peek    "GICC_HPPIR", GICC_HPPIR
    show    "ISR_EL1", ISR_EL1
.endm

.macro virtual_state
    peek    "GICH_LR0", GICH_LR0
    peek    "GICH_LR1", GICH_LR1
    peek    "GICH_MISR", GICH_MISR
    peek    "GICH_EISR0", GICH_EISR0
    peek    "GICH_ELRSR0", GICH_ELRSR0
    peek    "GICH_APR", GICH_APR
    peek    "GICH_VMCR", GICH_VMCR
    peek    "GICH_HCR", GICH_HCR
.endm

.macro acknowledge
    peek    "GICC_IAR", GICC_IAR
.endm

.macro eoi intid
    poke    GICC_EOIR, \intid
.endm

/* The guest's accesses to GICV. */
.macro guest_read text, offset
    check   "\text", EL1H, "ldr w0, [x1, #\offset]", 0, GICV
.endm

.macro guest_write text, offset, value
    check   "\text", EL1H, "str w0, [x1, #\offset]; ldr w0, [x1, #0]", \value, GICV
.endm

.macro guest_dir value
    check   "GICV_DIR", EL1H, "str w0, [x1]; mov w0, #0", \value, (GICV + 0x1000)
.endm

    .text
    .global test_main
test_main:
    stp     x29, x30, [sp, #-16]!

    title   "identification"
    peek    "GICD_TYPER", GICD_TYPER
    peek    "!GICD_IIDR", GICD_IIDR
    peek    "!GICC_IIDR", GICC_IIDR
    peek    "GICD_ICPIDR0", (GICD + 0xfe0)
    peek    "GICD_ICPIDR2", (GICD + 0xfe8)
    peek    "GICD_ICCIDR3", (GICD + 0xffc)
    peek    "GICH_VTR", GICH_VTR
    peek    "GICH_VMCR", GICH_VMCR
    peek    "MSI_TYPER", (V2M + 8)

    title   "distributor"
    peek    "SGIs are enabled", GICD_ISENABLER0
    poke    GICD_ICENABLER0, 0xffffffff
    peek    "and stay so", GICD_ISENABLER0
    poke    GICD_ISPENDR0, 0xffff
    peek    "and are not set pending", GICD_ISPENDR0
    peek    "SGIs are edges", GICD_ICFGR
    poke    (GICD_ICFGR + 8), 0xaaaaaaaa
    peek    "SPIs as configured", (GICD_ICFGR + 8)
    poke    (GICD_ITARGETSR + 32), 0x01010101
    peek    "one PE: no targets", (GICD_ITARGETSR + 32)
    peek    "nor of SGIs", GICD_ITARGETSR
    poke    GICD_IGROUPR0, 0x0000fff0
    peek    "GICD_IGROUPR0", GICD_IGROUPR0
    poke    GICD_IGROUPR0, 0

    poke    GICD_IPRIORITYR, 0xa0804000         /* SGI 1: 0x40, 2: 0x80, 3: 0xa0 */
    poke    GICD_IPRIORITYR + 4, 0xf8f0e8b0     /* SGI 4: 0xb0 */
    poke    GICD_IPRIORITYR + 20, 0x60          /* PPI 20 */
    poke    GICD_ISENABLER0, 0x00100000
    poke    GICD_CTLR, 3
    poke    GICC_PMR, 0xf8
    poke    GICC_BPR, 2
    poke    GICC_ABPR, 3
    poke    GICC_CTLR, GRP0

    title   "priorities and preemption"
    state
    sgi     2
    state
    acknowledge
    state
    sgi     3
    peek    "lower priority", GICC_HPPIR
    acknowledge
    sgi     1
    state
    acknowledge
    state
    /* One register of five bits; QEMU's preemption has seven. */
    peek    "!GICC_APR0", (GICC + 0xd0)
    eoi     1
    state
    eoi     2
    state
    poke    GICD_ISPENDR0, 1 << 20
    state
    acknowledge
    eoi     20
    acknowledge
    eoi     3
    acknowledge
    state

    title   "GICC_PMR"
    sgi     2
    .irp    mask, 0x78, 0x80, 0x88, 0x00, 0xf8
    poke    GICC_PMR, \mask
    peek    "GICC_PMR", GICC_PMR
    show    "ISR_EL1", ISR_EL1
    /* HPPIR does not mask (IHI 0069 says so; QEMU 7.2 does). */
    peek    "!GICC_HPPIR", GICC_HPPIR
    .endr

    title   "GICC_BPR: 0x80 and 0xa0 in one group do not preempt"
    poke    GICC_BPR, 6
    peek    "GICC_BPR", GICC_BPR
    acknowledge
    sgi     1
    peek    "another group", GICC_IAR
    state
    eoi     1
    poke    GICD_IPRIORITYR, 0xa0808800
    sgi     1
    state
    peek    "the same group", GICC_IAR
    poke    GICD_IPRIORITYR, 0xa0804000
    eoi     2
    acknowledge
    eoi     1
    poke    GICC_BPR, 2
    state

    title   "EOImode"
    poke    GICC_CTLR, (GRP0 | EOIMODE)
    sgi     2
    acknowledge
    eoi     2
    state
    sgi     2
    state
    peek    "still active", GICC_IAR
    poke    GICC_DIR, 2
    state
    acknowledge
    eoi     2
    poke    GICC_DIR, 2
    poke    GICC_CTLR, GRP0
    sgi     2
    acknowledge
    poke    GICC_DIR, 2
    peek    "DIR without EOImode", GICD_ISACTIVER0
    eoi     2
    state

    title   "enables"
    poke    GICD_ISPENDR0, 1 << 20
    poke    GICD_ICENABLER0, 1 << 20
    state
    poke    GICD_ISENABLER0, 1 << 20
    state
    poke    GICC_CTLR, 0
    show    "ISR_EL1", ISR_EL1
    poke    GICC_CTLR, GRP0
    poke    GICD_CTLR, 2
    show    "ISR_EL1", ISR_EL1
    poke    GICD_CTLR, 3
    state
    poke    GICD_ISACTIVER0, 1 << 20
    state
    poke    GICD_ICACTIVER0, 1 << 20
    poke    GICD_ICPENDR0, 1 << 20
    state
    acknowledge

    title   "sources of SGIs"
    sgi     2, 1
    peek    "to the others", GICD_SPENDSGIR
    sgi     2, 3
    /* Reserved; QEMU 7.2 takes it as "all". */
    peek    "!reserved filter", GICD_SPENDSGIR
    poke    GICD_CPENDSGIR, 0x00010000
    poke    GICD_SGIR, 0x00fe0002
    peek    "a list without this PE", GICD_SPENDSGIR
    poke    GICD_SGIR, 0x00010002
    peek    "a list with it", GICD_SPENDSGIR
    peek    "GICD_CPENDSGIR", GICD_CPENDSGIR
    poke    GICD_ICPENDR0, 4
    peek    "ICPENDR does not clear it", GICD_ISPENDR0
    pokeb   (GICD_CPENDSGIR + 2), 1
    state
    /* By bytes: QEMU 7.2 makes every SGI of a word pending, without a source too. */
    pokeb   (GICD_SPENDSGIR + 1), 1
    pokeb   (GICD_SPENDSGIR + 2), 1
    peek    "GICD_SPENDSGIR", GICD_SPENDSGIR
    state
    acknowledge
    acknowledge
    eoi     1
    acknowledge
    eoi     2
    state

    title   "groups: AckCtl and FIQEn"
    poke    GICD_IGROUPR0, 4
    poke    GICC_CTLR, (GRP0 | GRP1)
    sgi     2
    peek    "GICC_HPPIR, group 1", GICC_HPPIR
    peek    "GICC_IAR, group 1", GICC_IAR
    peek    "!GICC_AHPPIR", GICC_AHPPIR
    show    "ISR_EL1", ISR_EL1
    check   "group 1, I open", IRQ(EL1H), "nop"
    poke    GICC_CTLR, (GRP0 | GRP1 | ACKCTL | FIQEN)
    show    "ISR_EL1", ISR_EL1
    peek    "GICC_HPPIR, AckCtl", GICC_HPPIR
    peek    "GICC_IAR, AckCtl", GICC_IAR
    peek    "!GICC_NSAPR0", (GICC + 0xe0)
    peek    "GICC_RPR", GICC_RPR
    sgi     1
    show    "ISR_EL1, FIQEn", ISR_EL1
    check   "group 0 as FIQ", FIQ(EL1H), "nop"
    check   "group 0 as FIQ, I open", IRQ(EL1H), "nop"
    set     HCR_EL2, (HCR_RW | HCR_FMO)
    check   "group 0 as FIQ, FMO", FIQ(EL1H), "nop"
    reset
    acknowledge
    eoi     1
    eoi     2
    state
    poke    GICC_CTLR, (GRP0 | GRP1)
    sgi     2
    /* QEMU 7.2 has no aliased acknowledge. */
    peek    "!GICC_AIAR", GICC_AIAR
    peek    "!GICC_IAR", GICC_IAR
    poke    GICC_AEOIR, 2
    peek    "!after GICC_AEOIR", GICD_ISACTIVER0
    poke    GICD_CPENDSGIR, 0x00010000
    poke    GICD_IGROUPR0, 0
    poke    GICC_CTLR, GRP0
    state

    title   "IRQ by HCR_EL2"
    sgi     2
    check   "IRQ, EL0", IRQ(EL0T), "nop"
    check   "IRQ, EL1", IRQ(EL1H), "nop"
    check   "IRQ, EL2", IRQ(EL2H), "nop"
    set     HCR_EL2, (HCR_RW | HCR_IMO)
    check   "IRQ, IMO, EL1", IRQ(EL1H), "nop"
    check   "IRQ, IMO, EL1, masked", EL1H, "nop"
    check   "IRQ, IMO, EL2", IRQ(EL2H), "nop"
    reset
    acknowledge
    eoi     2

    title   "list registers"
    set     HCR_EL2, (HCR_RW | HCR_IMO | HCR_FMO)
    poke    GICH_VMCR, 0xf84c0000
    poke    GICH_LR0, (LR_PENDING | LR(0x80, 40))
    poke    GICH_LR1, (LR_PENDING | LR(0x40, 41))
    virtual_state
    check   "disabled interface", IRQ(EL1H), "nop"
    poke    GICH_HCR, 1
    check   "disabled group", IRQ(EL1H), "nop"
    guest_write "GICV_CTLR", 0, GRP0
    virtual_state
    check   "virtual, EL0", IRQ(EL0T), "nop"
    check   "virtual, EL1", IRQ(EL1H), "nop"
    check   "virtual, EL2", IRQ(EL2H), "nop"
    check   "virtual, masked", EL1H, "mrs x0, ISR_EL1"
    guest_read "GICV_HPPIR", 0x18
    guest_read "GICV_IAR", 0xc
    virtual_state
    guest_read "GICV_RPR", 0x14
    guest_read "GICV_APR", 0xd0
    guest_read "GICV_HPPIR", 0x18
    check   "not preempting", IRQ(EL1H), "nop"
    guest_read "GICV_IAR, not preempting", 0xc
    guest_write "GICV_EOIR", 0x10, 41
    virtual_state
    guest_read "GICV_IAR", 0xc
    guest_write "GICV_PMR", 4, 0x70
    guest_read "GICV_PMR", 4
    virtual_state
    guest_write "GICV_EOIR", 0x10, 40
    virtual_state
    guest_read "GICV_IAR, nothing", 0xc
    poke    GICH_LR0, (LR_PENDING | LR(0x80, 40))
    check   "below the priority mask", IRQ(EL1H), "nop"
    guest_write "GICV_PMR", 4, 0xf8
    check   "above the priority mask", IRQ(EL1H), "nop"
    guest_write "GICV_BPR", 8, 0
    guest_read "GICV_BPR, the least", 8
    guest_write "GICV_ABPR", 0x1c, 4
    guest_read "GICV_ABPR", 0x1c
    virtual_state
    poke    GICH_VMCR, 0xf8000001
    peek    "GICH_VMCR, the least binary points", GICH_VMCR

    title   "virtual groups"
    poke    GICH_LR0, (LR_PENDING | LR_GROUP1 | LR(0x80, 42))
    check   "group 1 is off", IRQ(EL1H), "nop"
    guest_write "GICV_CTLR", 0, (GRP0 | GRP1)
    check   "group 1", IRQ(EL1H), "nop"
    guest_read "GICV_HPPIR, group 1", 0x18
    guest_read "GICV_IAR, group 1", 0xc
    guest_write "GICV_CTLR, AckCtl", 0, (GRP0 | GRP1 | ACKCTL)
    guest_read "GICV_IAR, AckCtl", 0xc
    virtual_state
    guest_write "GICV_EOIR", 0x10, 42
    virtual_state
    guest_write "GICV_CTLR, FIQEn", 0, (GRP0 | GRP1 | FIQEN)
    poke    GICH_LR0, (LR_PENDING | LR(0x80, 43))
    check   "group 0 as FIQ", FIQ(EL1H), "nop"
    check   "group 0 as FIQ, I open", IRQ(EL1H), "nop"
    guest_read "GICV_IAR", 0xc
    guest_write "GICV_EOIR", 0x10, 43
    poke    GICH_LR0, (LR_PENDING | LR_GROUP1 | LR(0x80, 44))
    guest_write "GICV_CTLR", 0, (GRP0 | GRP1)
    guest_read "! GICV_AHPPIR", 0x28
    guest_read "! GICV_AIAR", 0x20
    guest_write "! GICV_AEOIR", 0x24, 44
    peek    "!GICH_LR0", GICH_LR0
    poke    GICH_LR0, 0
    poke    GICH_APR, 0
    guest_write "GICV_CTLR", 0, GRP0
    virtual_state

    title   "virtual SGIs"
    poke    GICH_LR0, (LR_PENDING | LR_SOURCE(3) | LR(0x80, 5))
    poke    GICH_LR1, 0
    /* With the source (4.4.7), which QEMU 7.2 leaves out. */
    guest_read "! GICV_HPPIR", 0x18
    guest_read "GICV_IAR", 0xc
    virtual_state
    guest_write "GICV_EOIR", 0x10, 0xc05
    virtual_state

    title   "maintenance"
    poke    GICH_LR0, (LR_PENDING | LR_EOI | LR(0x80, 43))
    guest_read "GICV_IAR", 0xc
    guest_write "GICV_EOIR", 0x10, 43
    virtual_state
    peek    "PPI 25", GICD_ISPENDR0
    poke    GICH_LR0, 0
    virtual_state
    peek    "PPI 25", GICD_ISPENDR0
    .irp    bits, 0x3, 0x5, 0x9, 0x11, 0x21, 0x41, 0x81
    poke    GICH_HCR, \bits
    peek    "no LR", GICH_MISR
    poke    GICH_LR0, (LR_PENDING | LR(0x80, 44))
    peek    "one pending", GICH_MISR
    poke    GICH_LR1, (LR_ACTIVE | LR(0x40, 45))
    peek    "two", GICH_MISR
    peek    "PPI 25", GICD_ISPENDR0
    poke    GICH_LR0, 0
    poke    GICH_LR1, 0
    .endr
    poke    GICD_ISENABLER0, 1 << 25
    poke    GICH_HCR, 3
    check   "maintenance is an interrupt of EL2", IRQ(EL1H), "nop"
    acknowledge
    poke    GICH_HCR, 1
    eoi     25
    acknowledge
    poke    GICD_ICENABLER0, 1 << 25

    title   "EOI without a list register counts"
    poke    GICH_HCR, 5
    poke    GICH_APR, (1 << 16)
    guest_write "GICV_EOIR", 0x10, 50
    virtual_state
    guest_write "GICV_EOIR without a priority", 0x10, 50
    virtual_state
    poke    GICH_HCR, 1

    title   "active and pending; EOImode"
    poke    GICH_LR0, (LR_PENDING | LR_ACTIVE | LR(0x80, 46))
    check   "active and pending", IRQ(EL1H), "nop"
    guest_read "GICV_IAR", 0xc
    guest_write "GICV_CTLR", 0, (GRP0 | EOIMODE)
    poke    GICH_LR0, (LR_PENDING | LR(0x80, 46))
    guest_read "GICV_IAR", 0xc
    guest_write "GICV_EOIR", 0x10, 46
    virtual_state
    guest_dir 46
    virtual_state
    guest_write "GICV_CTLR", 0, GRP0

    title   "a physical interrupt behind the virtual one"
    poke    GICC_CTLR, (GRP0 | EOIMODE)
    poke    GICD_ISPENDR0, 1 << 20
    acknowledge
    eoi     20
    state
    poke    GICH_LR0, (LR_PENDING | LR_HW | LR_PHYSICAL(20) | LR(0x80, 47))
    peek    "GICH_LR0", GICH_LR0
    guest_read "GICV_IAR", 0xc
    guest_write "GICV_EOIR", 0x10, 47
    virtual_state
    state
    title   "the guest's GICC is GICV, by stage 2"
    poke    GICC_CTLR, GRP0
    adr_l   x0, stage2_l2
    add     x0, x0, #3
    adr_l   x1, stage2_l1
    str     x0, [x1]
    adr_l   x0, stage2_l3
    add     x0, x0, #3
    adr_l   x1, stage2_l2
    str     x0, [x1, #64 * 8]
    vm      1
    set     VTCR_EL2, 0x80023559        /* 4 KiB granule, 39 bits of IPA from level 1 */
    dsb     sy
    tlbi    vmalls12e1
    dsb     sy
    set     HCR_EL2, (HCR_RW | HCR_IMO | HCR_FMO | 1)
    poke    GICH_VMCR, 0xf84c0201       /* EOImode, group 0 */
    poke    GICH_LR0, (LR_PENDING | LR(0x80, 48))
    check   "the guest's IRQ", IRQ(EL1H), "nop"
    check   "its GICC_IAR", EL1H, "ldr w0, [x1]", 0, GICC_IAR
    check   "its GICC_EOIR", EL1H, "str w0, [x1]; mov w0, #0", 48, GICC_EOIR
    virtual_state
    check   "its GICC_DIR", EL1H, "str w0, [x1]; mov w0, #0", 48, GICC_DIR
    virtual_state
    check   "its GICC_CTLR", EL1H, "ldr w0, [x1]", 0, GICC_CTLR
    peek    "the hypervisor's GICC_CTLR", GICC_CTLR
    check   "its GICD traps", EL1H, "ldr w0, [x1]", 0, GICD_TYPER
    check   "GICH is not its", EL1H, "str w0, [x1]", 0, GICH_LR0
    /* A world switch: the ledger's side of it is looked at by gicv2_ledger.sh. */
    poke    GICH_LR1, (LR_PENDING | LR(0x90, 49))
    check   "the first VM's GICC_HPPIR", EL1H, "ldr w0, [x1]", 0, GICC_HPPIR
    virtual_state
    vm      2
    poke    GICH_LR0, (LR_PENDING | LR(0x80, 50))
    poke    GICH_LR1, 0
    poke    GICH_APR, 0
    poke    GICH_VMCR, 0xf84c0001
    check   "the second VM's GICC_IAR and GICC_EOIR", EL1H, "ldr w0, [x1, #0xc]; str w0, [x1, #0x10]", 0, GICC
    virtual_state
    poke    GICH_HCR, 0
    reset

    title   "GICv2m"
    poke    (GICD + 0x108), 0x00010000          /* INTID 80 */
    poke    (V2M + 0x40), 80
    peek    "level: not kept", (GICD + 0x208)
    poke    (GICD_ICFGR + 20), 2
    poke    (V2M + 0x40), 80
    peek    "edge: pending", (GICD + 0x208)
    poke    (V2M + 0x40), 79
    peek    "not the frame's", (GICD + 0x208)
    acknowledge
    eoi     80
    poke    GICC_DIR, 80
    state

    title   "no System registers"
    reset
    check   "ID_AA64PFR0_EL1.GIC", EL2H, "mrs x0, ID_AA64PFR0_EL1; ubfx x0, x0, #24, #4"
    check   "ICC_PMR_EL1", EL1H, "mrs x0, ICC_PMR_EL1"
    check   "ICC_SRE_EL2", EL2H, "mrs x0, S3_4_C12_C9_5"
    check   "ICH_VTR_EL2", EL2H, "mrs x0, ICH_VTR_EL2"
    check   "ICH_LR0_EL2", EL2H, "msr ICH_LR0_EL2, x0"
    ldp     x29, x30, [sp], #16
    ret

    .data
    .balign 4096
stage2_l1:                              /* 1 GiB an entry: the devices, the RAM */
    .quad   0, 0x400007fd
    .balign 4096
stage2_l2:                              /* 2 MiB an entry */
    .skip   4096
stage2_l3:                              /* from 0x08000000: two pages at GICC */
    .skip   16 * 8
    .quad   (GICV + 0x4c7), (GICV + 0x14c7)
    .balign 4096
