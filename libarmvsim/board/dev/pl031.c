/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pl031.c
 * The PL031 real-time clock (Arm DDI 0224, chapter 3): a counter of seconds that starts at the machine's
 * epoch and follows modelled time, and its match interrupt.
 *
 * As on QEMU's virt board, the counter runs from reset on and RTCCR reads as one whatever is written; and
 * the alarm is an event, which comes at exactly the second that it is set for. Not modelled: the
 * integration test registers. Offsets without a register read as zero and ignore writes.
 */
#include "board/dev/pl031.h"

#include <glib.h>

#include "board/boardfile.h"
#include "board/dt.h"
#include "core/machine.h"
#include "gic/gic.h"

enum { REG_DR, REG_MR, REG_LR, REG_CR, REG_IMSC, REG_RIS, REG_MIS, REG_ICR, REGS_END }; /* offset / 4 */
enum { ID_OFFSET = 0xfe0, NS_PER_S = 1000000000 };

struct pl031 {
    struct device_env env;
    struct event alarm;
    uint32_t epoch;       /* What the counter shows at modelled time 0. */
    uint32_t match, load; /* RTCMR, RTCLR */
    bool raw, mask, line; /* RTCRIS, RTCIMSC, the interrupt output. */
};

static uint64_t seconds(const struct pl031 *r)
{
    return machine_ns(r->env.m) / NS_PER_S;
}

static uint32_t count(const struct pl031 *r)
{
    return r->epoch + (uint32_t)seconds(r);
}

static void drive_line(struct pl031 *r)
{
    bool level = r->raw && r->mask;

    if (level == r->line)
        return;
    r->line = level;
    gic_set_spi(r->env.gic, r->env.intid, level);
}

/* The counter wraps: a match value that has passed comes again in 136 years. */
static void set_alarm(struct pl031 *r)
{
    uint32_t ahead = r->match - count(r);

    if (ahead == 0) {
        event_cancel(r->env.m, &r->alarm);
        r->raw = true;
        return;
    }
    event_arm(r->env.m, &r->alarm, machine_cycle_of_ns(r->env.m, (seconds(r) + ahead) * NS_PER_S));
}

static void alarm_comes(void *user)
{
    struct pl031 *r = user;

    r->raw = true;
    drive_line(r);
}

static uint32_t reg_read(const struct pl031 *r, unsigned index)
{
    static const uint8_t id[8] = { 0x31, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };
    const uint32_t regs[REGS_END] = {
        count(r), r->match, r->load, 1, r->mask, r->raw, r->raw && r->mask, 0
    };

    if (index < REGS_END)
        return regs[index];
    index -= ID_OFFSET / 4;
    return index < G_N_ELEMENTS(id) ? id[index] : 0;
}

static void reg_write(struct pl031 *r, unsigned index, uint32_t val)
{
    switch (index) {
    case REG_MR:
        r->match = val;
        set_alarm(r);
        return;
    case REG_LR:
        r->epoch += val - count(r);
        r->load = val;
        set_alarm(r);
        return;
    case REG_IMSC:
        r->mask = val & 1;
        return;
    case REG_ICR:
        r->raw = r->raw && !(val & 1);
        return;
    default:
        return;
    }
}

static bool pl031_read(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t *val)
{
    (void)c;
    if (size > 4)
        return false;
    *val = reg_read(dev, (unsigned)(off / 4)) >> (off & 3) * 8;
    if (size < 4)
        *val &= (1u << size * 8) - 1;
    return true;
}

/* A narrow write writes the whole register: APB has no byte lanes. */
static bool pl031_write(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t val)
{
    (void)c;
    if (size > 4)
        return false;
    reg_write(dev, (unsigned)(off / 4), (uint32_t)val << (off & 3) * 8);
    drive_line(dev);
    return true;
}

const struct mmio_ops pl031_mmio = { "pl031", pl031_read, pl031_write };

void *pl031_create(const struct device_env *env)
{
    struct pl031 *r = g_new0(struct pl031, 1);

    r->env = *env;
    event_init(env->m, &r->alarm, alarm_comes, r);
    return r;
}

void pl031_reset(void *dev)
{
    struct pl031 *r = dev;

    event_cancel(r->env.m, &r->alarm);
    r->epoch = (uint32_t)r->env.m->rtc_epoch;
    r->match = r->load = 0;
    r->raw = r->mask = false;
    drive_line(r);
}

void pl031_destroy(void *dev)
{
    struct pl031 *r = dev;

    event_remove(r->env.m, &r->alarm);
    g_free(r);
}

void pl031_node(struct dt_writer *w, const struct device_desc *d)
{
    static const char clock[] = "apb_pclk";

    DT_STRINGS(w, "compatible", "arm,pl031\0arm,primecell");
    dt_spi(w, d->intid, IRQ_LEVEL_HIGH);
    dt_clocks(w, clock, sizeof(clock), 1);
}
