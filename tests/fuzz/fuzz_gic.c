/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fuzz_gic.c
 * The GIC as a guest that knows no limits sees it: the frames of distributor, redistributors and ITS,
 * system registers, the ITS's command queue, tables in memory that change at any time, and interrupt
 * inputs. An input is a list of steps, a byte that chooses and its arguments. Two PEs, and two Security
 * states if the first byte is odd.
 *
 * After every step, the best interrupt that each PE has cached must be the one that a choice from scratch
 * finds, and its lines must follow from it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/timer.h"
#include "core/machine.h"
#include "gic/gic_priv.h"

#define RAM UINT64_C(0x40000000)
#define VALID BIT(63)
#define CONFIG (RAM + 0x100000)
enum { RAM_BYTES = 0x400000, PE_COUNT = 2, STEPS_MAX = 256 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz {
    const uint8_t *data;
    size_t left;
    struct avs_machine m;
    struct pe pe[PE_COUNT];
    struct pe *c; /* Who acts. */
};

/* The next bytes of the input as a number; zeros behind its end. */
static uint64_t next(struct fuzz *f, unsigned bytes)
{
    uint64_t val = 0;

    for (unsigned i = 0; i < bytes && f->left; i++, f->left--)
        val |= (uint64_t)*f->data++ << 8 * i;
    return val;
}

static void machine_new(struct fuzz *f, bool two_security)
{
    struct gic_config cfg = { .pe_count = PE_COUNT,
                              .spi_count = 64,
                              .lr_count = 4,
                              .has_el2 = true,
                              .two_security = two_security,
                              .has_its = true };

    f->m.pe = f->pe;
    f->m.pe_count = PE_COUNT;
    f->m.has_el2 = true;
    f->m.has_el3 = two_security;
    for (unsigned i = 0; i < PE_COUNT; i++) {
        f->pe[i].m = &f->m;
        f->pe[i].index = i;
        f->pe[i].el = 2;
        f->pe[i].sr[SR_MPIDR_EL1] = BIT(31) | i;
        f->pe[i].sr[SR_SCR_EL3] = 1;
    }
    f->c = &f->pe[0];
    f->m.bus = bus_new(&f->m);
    if (bus_add_ram(f->m.bus, "RAM", RAM, RAM_BYTES, BUS_RAM, false))
        abort();
    f->m.gic = gic_new(&f->m, &cfg);
}

/* Steps. */

static const struct mmio_ops *const frames[] = { &gicd_mmio, &gicr_mmio, &gits_mmio };
static const uint32_t frame_bytes[] = { 0x10000, PE_COUNT * 0x20000, 0x20000 };

static void mmio(struct fuzz *f, bool write)
{
    unsigned how = (unsigned)next(f, 1), frame = how % 3, bytes = 1U << (how >> 2 & 3);
    uint64_t off = next(f, 3) % frame_bytes[frame] & ~(uint64_t)(bytes - 1), val = 0;

    if (write)
        frames[frame]->write(f->m.gic, f->c, off, bytes, next(f, bytes));
    else
        frames[frame]->read(f->m.gic, f->c, off, bytes, &val);
}

static void step_read(struct fuzz *f)
{
    mmio(f, false);
}

static void step_write(struct fuzz *f)
{
    mmio(f, true);
}

/* Registers that hold addresses and switch things on, with values that make some sense. */
static void step_its_register(struct fuzz *f)
{
    static const uint32_t offs[] = { 0, 0x80, 0x88, 0x100, 0x108, 0x10040 };
    uint32_t off = offs[next(f, 1) % (sizeof(offs) / sizeof(offs[0]))];
    uint64_t val = next(f, 4);

    if (off >= 0x80 && off != 0x88 && off < 0x10000)
        val |= VALID | (val >> 31) << 62 | RAM;
    gits_mmio.write(f->m.gic, f->c, off, off < 0x10000 && off ? 8 : 4, val);
}

static void step_lpi_register(struct fuzz *f)
{
    static const uint32_t offs[] = { 0, 0x14, 0x70, 0x78 };
    unsigned how = (unsigned)next(f, 1);
    uint32_t off = offs[how & 3];
    uint64_t val = next(f, off < 0x70 ? 1 : 4);

    gicr_mmio.write(f->m.gic, f->c, (how >> 2 & 1) * 0x20000 + off, off < 0x70 ? 4 : 8,
                    off < 0x70 ? val : val | RAM | (uint64_t)(how >> 3 & 1) << 62);
}

static void step_memory(struct fuzz *f)
{
    uint64_t at = RAM + next(f, 3) % (RAM_BYTES - 8), val = next(f, 8);

    bus_copy_in(f->m.bus, pa(at), &val, sizeof(val));
}

/* A command with small numbers, where the queue will read it next. */
static void step_command(struct fuzz *f)
{
    uint64_t code = next(f, 1), ids = next(f, 4), cbaser = 0, cwriter = 0;
    uint64_t lpi = 8192 + (ids >> 16 & 0xff);
    uint64_t dw[] = { (code & 15) | (ids & 7) << 32, lpi << 32 | (ids >> 8 & 0x1f),
                      (code & 0x10 ? 0 : VALID) | (ids >> 24 & 3) << 16 | (ids >> 28 & 3),
                      (ids & 1) << 16 };

    if ((code & 15) == 8) { /* MAPD */
        dw[1] = ids >> 8 & 0x1f;
        dw[2] = (dw[2] & VALID) | (RAM + 0x30000 + (ids & 7) * 0x1000);
    }
    gits_mmio.read(f->m.gic, f->c, 0x80, 8, &cbaser);
    gits_mmio.read(f->m.gic, f->c, 0x88, 8, &cwriter);
    bus_copy_in(f->m.bus, pa((cbaser & MASK(51, 12)) + cwriter), dw, sizeof(dw));
    gits_mmio.write(f->m.gic, f->c, 0x88, 8,
                    (cwriter + 32) % (((cbaser & 0xff) + 1) * 4096) | (code >> 5 & 1));
}

static const uint16_t sysregs[] = {
    SR_ICC_PMR_EL1,     SR_ICC_CTLR_EL1,   SR_ICC_RPR_EL1,    SR_ICC_DIR_EL1,    SR_ICC_IAR0_EL1,
    SR_ICC_EOIR0_EL1,   SR_ICC_HPPIR0_EL1, SR_ICC_BPR0_EL1,   SR_ICC_AP0R0_EL1,  SR_ICC_IGRPEN0_EL1,
    SR_ICC_IAR1_EL1,    SR_ICC_EOIR1_EL1,  SR_ICC_HPPIR1_EL1, SR_ICC_BPR1_EL1,   SR_ICC_AP1R0_EL1,
    SR_ICC_IGRPEN1_EL1, SR_ICC_SGI0R_EL1,  SR_ICC_SGI1R_EL1,  SR_ICC_ASGI1R_EL1, SR_ICC_CTLR_EL3,
    SR_ICC_IGRPEN1_EL3, SR_ICH_HCR_EL2,    SR_ICH_VMCR_EL2,   SR_ICH_MISR_EL2,   SR_ICH_EISR_EL2,
    SR_ICH_ELRSR_EL2,   SR_ICH_AP0R0_EL2,  SR_ICH_AP1R0_EL2,  SR_ICH_LR0_EL2,    SR_ICH_LR1_EL2,
    SR_ICH_LR3_EL2,
};

static void step_sysreg(struct fuzz *f)
{
    unsigned how = (unsigned)next(f, 1), count = sizeof(sysregs) / sizeof(sysregs[0]);
    unsigned id = sysregs[how % 32 % count];

    if (how & 0x80)
        gic_sysreg_write(f->c, id, next(f, 8));
    else if (how & 0x40)
        gic_sysreg_write(f->c, id, next(f, 2));
    else
        gic_sysreg_read(f->c, id);
}

/* What a handler does. */
static void step_take(struct fuzz *f)
{
    uint64_t intid = gic_sysreg_read(f->c, SR_ICC_IAR1_EL1);

    if (next(f, 1) & 1)
        gic_sysreg_write(f->c, SR_ICC_EOIR1_EL1, intid);
}

static void step_input(struct fuzz *f)
{
    unsigned what = (unsigned)next(f, 1), intid = (unsigned)next(f, 1);

    if (what & 2)
        gic_its_msi(f->m.gic, what >> 2 & 7, intid);
    else if (what & 4)
        gic_set_ppi(f->m.gic, what >> 3 & 1, 16 + intid % 16, what & 1);
    else
        gic_set_spi(f->m.gic, 32 + intid % 64, what & 1);
}

/* Another PE, or another EL and Security state. */
static void step_state(struct fuzz *f)
{
    unsigned what = (unsigned)next(f, 1);

    f->c = &f->pe[what & 1];
    f->c->el = (uint8_t)(1 + (what >> 1) % (f->m.has_el3 ? 3 : 2));
    f->c->sr[SR_SCR_EL3] = f->m.has_el3 ? (what >> 4 & 7) | 1 : 1;
    if (f->m.has_el3 && f->c->el != 2 && (what & 8))
        f->c->sr[SR_SCR_EL3] &= ~UINT64_C(1);
    f->c->sr[SR_HCR_EL2] = what & 0x80 ? BIT(3) | BIT(4) : 0;
    gic_update(f->c);
}

/* As a driver leaves it: without this, random inputs seldom get anywhere. */
static void step_start(struct fuzz *f)
{
    uint8_t config[256];

    memset(config, 0xa1, sizeof(config));
    bus_copy_in(f->m.bus, pa(CONFIG), config, sizeof(config));
    gicd_mmio.write(f->m.gic, NULL, 0, 4, 0x37);
    for (unsigned n = 0; n < PE_COUNT; n++) {
        gicr_mmio.write(f->m.gic, NULL, n * 0x20000 + 0x14, 4, 0);
        gicr_mmio.write(f->m.gic, NULL, n * 0x20000 + 0x70, 8, CONFIG | 15);
        gicr_mmio.write(f->m.gic, NULL, n * 0x20000 + 0x78, 8, (RAM + 0x200000 + n * 0x10000) | BIT(62));
        gicr_mmio.write(f->m.gic, NULL, n * 0x20000, 4, 1);
        gicr_mmio.write(f->m.gic, NULL, n * 0x20000 + 0x10080, 4, next(f, 4));
        gicr_mmio.write(f->m.gic, NULL, n * 0x20000 + 0x10100, 4, ~UINT64_C(0));
        gic_sysreg_write(&f->pe[n], SR_ICC_PMR_EL1, 0xff);
        gic_sysreg_write(&f->pe[n], SR_ICC_IGRPEN1_EL1, 1);
    }
    gits_mmio.write(f->m.gic, NULL, 0x100, 8, VALID | (RAM + 0x10000));
    gits_mmio.write(f->m.gic, NULL, 0x108, 8, VALID | (RAM + 0x20000));
    gits_mmio.write(f->m.gic, NULL, 0x80, 8, VALID | RAM);
    gits_mmio.write(f->m.gic, NULL, 0, 4, 1);
}

static void (*const steps[])(struct fuzz *f) = {
    step_read,   step_write,  step_its_register, step_lpi_register, step_memory, step_command, step_command,
    step_sysreg, step_sysreg, step_take,         step_input,        step_input,  step_state,   step_start,
};

/* Invariants. */

static void fail(const struct fuzz *f, const char *what, unsigned pe)
{
    fprintf(stderr, "fuzz_gic: PE %u: %s, %zu bytes before the end of the input\n", pe, what, f->left);
    abort();
}

static void check(struct fuzz *f)
{
    struct gic_irq best[PE_COUNT];
    uint32_t lines[PE_COUNT];

    for (unsigned i = 0; i < PE_COUNT; i++) {
        best[i] = f->pe[i].gic->best;
        lines[i] = f->pe[i].irq_lines & (LINE_IRQ | LINE_FIQ);
    }
    gic_groups_changed(f->m.gic, NULL);
    for (unsigned i = 0; i < PE_COUNT; i++) {
        const struct gic_irq *now = &f->pe[i].gic->best;

        if (best[i].intid != now->intid || best[i].prio != now->prio || best[i].group != now->group)
            fail(f, "the cached choice is not the best one", i);
        if (lines[i] != (f->pe[i].irq_lines & (LINE_IRQ | LINE_FIQ)))
            fail(f, "the lines do not follow the choice", i);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz *f = calloc(1, sizeof(*f));

    if (!f)
        abort();
    f->data = data;
    f->left = size;
    machine_new(f, next(f, 1) & 1);
    for (unsigned n = 0; n < STEPS_MAX && f->left; n++) {
        steps[next(f, 1) % (sizeof(steps) / sizeof(steps[0]))](f);
        check(f);
    }
    gic_free(f->m.gic);
    bus_free(f->m.bus);
    free(f);
    return 0;
}
