/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pl061.c
 * The PL061 GPIO port (Arm DDI 0190, chapter 3): eight lines. As on QEMU's virt board, line 3 of the
 * Non-secure port is the power key, and lines 0 and 1 of the Secure one switch the machine off and reset it
 * when they rise.
 *
 * Nobody presses the key: inputs are pulled down and never change, so that of the interrupts only those
 * that a low level raises can come. Not modelled: hardware control (GPIOAFSEL is storage). Offsets without
 * a register read as zero and ignore writes.
 */
#include "board/dev/pl061.h"

#include <glib.h>

#include "board/boardfile.h"
#include "board/dt.h"
#include "core/machine.h"
#include "gic/gic.h"

/* Registers, by (offset - 0x400) / 4; GPIODATA is below, with a mask in its address. */
enum { REG_DIR, REG_IS, REG_IBE, REG_IEV, REG_IE, REG_RIS, REG_MIS, REG_IC, REG_AFSEL, REGS_END };
enum { REGS_OFFSET = 0x400, ID_OFFSET = 0xfe0 };
enum { POWER_KEY = 3, LINE_OFF = 0, LINE_RESET = 1 };
enum { GPIO_ACTIVE_HIGH = 0, KEY_POWER = 116 };

struct pl061 {
    struct device_env env;
    uint8_t out; /* The data register. */
    uint8_t reg[REGS_END];
    bool line; /* The interrupt output. */
};

/* Level-sensitive inputs that wait for a low level. */
static uint8_t raw_status(const struct pl061 *g)
{
    return (uint8_t)(g->reg[REG_IS] & ~g->reg[REG_IEV] & ~g->reg[REG_DIR]);
}

static void drive_line(struct pl061 *g)
{
    bool level = raw_status(g) & g->reg[REG_IE];

    if (level == g->line)
        return;
    g->line = level;
    gic_set_spi(g->env.gic, g->env.intid, level);
}

static void drive_power(struct pl061 *g, uint8_t rising)
{
    if (!g->env.desc->secure_only)
        return;
    if (rising & 1 << LINE_OFF)
        machine_stop(g->env.m, STOP_POWER_OFF);
    else if (rising & 1 << LINE_RESET)
        machine_stop(g->env.m, STOP_RESET);
}

static uint8_t outputs(const struct pl061 *g)
{
    return g->out & g->reg[REG_DIR];
}

/* Bits <9:2> of a data address say which lines are meant (3.3.2). */
static uint8_t data_mask(uint64_t off)
{
    return (uint8_t)(off >> 2);
}

static uint8_t reg_read(const struct pl061 *g, uint64_t off)
{
    static const uint8_t id[8] = { 0x61, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };
    unsigned index = (unsigned)(off - REGS_OFFSET) / 4;

    if (off < REGS_OFFSET)
        return outputs(g) & data_mask(off);
    if (off >= ID_OFFSET)
        return id[(off - ID_OFFSET) / 4 % G_N_ELEMENTS(id)];
    if (index >= REGS_END)
        return 0;
    if (index == REG_RIS)
        return raw_status(g);
    return index == REG_MIS ? raw_status(g) & g->reg[REG_IE] : g->reg[index];
}

static void reg_write(struct pl061 *g, uint64_t off, uint8_t val)
{
    unsigned index = (unsigned)(off - REGS_OFFSET) / 4;

    if (off < REGS_OFFSET)
        g->out = (uint8_t)((g->out & ~data_mask(off)) | (val & data_mask(off)));
    else if (index < REGS_END && index != REG_RIS && index != REG_MIS && index != REG_IC)
        g->reg[index] = val;
}

/* The registers are 8 bits wide, on word addresses. */
static bool pl061_read(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t *val)
{
    (void)c;
    if (size > 4)
        return false;
    *val = off & 3 ? 0 : reg_read(dev, off);
    return true;
}

static bool pl061_write(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t val)
{
    struct pl061 *g = dev;
    uint8_t before = outputs(g);

    (void)c;
    if (size > 4)
        return false;
    if (off & 3)
        return true;
    reg_write(g, off, (uint8_t)val);
    drive_line(g);
    drive_power(g, (uint8_t)(outputs(g) & ~before));
    return true;
}

const struct mmio_ops pl061_mmio = { "pl061", pl061_read, pl061_write };

void *pl061_create(const struct device_env *env)
{
    struct pl061 *g = g_new0(struct pl061, 1);

    g->env = *env;
    return g;
}

void pl061_reset(void *dev)
{
    struct pl061 *g = dev;

    g->out = 0;
    for (unsigned i = 0; i < REGS_END; i++)
        g->reg[i] = 0;
    drive_line(g);
}

void pl061_destroy(void *dev)
{
    g_free(dev);
}

static uint32_t phandle(const struct device_desc *d)
{
    return d->secure_only ? PHANDLE_GPIO_SECURE : PHANDLE_GPIO;
}

void pl061_node(struct dt_writer *w, const struct device_desc *d)
{
    static const char clock[] = "apb_pclk";

    DT_STRINGS(w, "compatible", "arm,pl061\0arm,primecell");
    dt_cell(w, "#gpio-cells", 2);
    dt_flag(w, "gpio-controller");
    dt_spi(w, d->intid, IRQ_LEVEL_HIGH);
    dt_clocks(w, clock, sizeof(clock), 1);
    dt_cell(w, "phandle", phandle(d));
}

static void gpios(struct dt_writer *w, const struct device_desc *d, unsigned line)
{
    dt_cells(w, "gpios", (uint32_t[]){ phandle(d), line, GPIO_ACTIVE_HIGH }, 3);
}

/* A switch that only the Secure side may use; node name and `compatible` are the same. */
static void switch_node(struct dt_writer *w, const struct device_desc *d, const char *name, unsigned line)
{
    dt_begin(w, name);
    dt_string(w, "compatible", name);
    gpios(w, d, line);
    dt_string(w, "status", "disabled");
    dt_string(w, "secure-status", "okay");
    dt_end(w);
}

void pl061_more_nodes(struct dt_writer *w, const struct device_desc *d)
{
    if (d->secure_only) {
        switch_node(w, d, "gpio-poweroff", LINE_OFF);
        switch_node(w, d, "gpio-restart", LINE_RESET);
        return;
    }
    dt_begin(w, "gpio-keys");
    dt_string(w, "compatible", "gpio-keys");
    dt_begin(w, "poweroff");
    dt_string(w, "label", "GPIO Key Poweroff");
    dt_cell(w, "linux,code", KEY_POWER);
    gpios(w, d, POWER_KEY);
    dt_end(w);
    dt_end(w);
}
