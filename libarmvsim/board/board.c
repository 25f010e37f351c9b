/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file board.c
 * Boards: puts together the bus, memories, interrupt controller and devices that a board file describes,
 * and the reset state of its PEs: the highest exception level that exists, interrupts masked, SP of that
 * level (D1.4.6, AArch64.TakeReset), pc at the image's entry point. Not modelled: resets of the whole
 * machine while it runs (a guest's reset ends the run).
 */
#include "board/board.h"

#include <inttypes.h>

#include "arch/exception.h"
#include "board/internal.h"
#include "board/semihosting.h"
#include "core/path.h"
#include "gic/gic.h"

enum { GICD_BYTES = 0x10000, GICR_BYTES = 0x20000, GITS_BYTES = 0x20000 };

/* A register frame of the GIC. */
struct frame {
    const char *name;
    uint64_t base, size;
    const struct mmio_ops *ops;
    bool exists;
};

static struct board_device *device_at(const struct board *b, guint i)
{
    return &g_array_index(b->devices, struct board_device, i);
}

/* Cycles of a core, to the nearest. At most 10^9 ps and 10^10 Hz: it fits. */
static uint32_t cycles_of(const struct core_model *k, uint64_t ps)
{
    const uint64_t ps_per_s = UINT64_C(1000000000000);

    return (uint32_t)((ps * k->clock_hz + ps_per_s / 2) / ps_per_s);
}

static void set_access_time(const struct board *b, struct bus_region *r, bool write, uint64_t ps)
{
    if (ps == ACCESS_BY_CORE || b->m->timing == TIMING_NONE)
        return;
    r->timed[write] = true;
    r->cycles[write] = cycles_of(b->m->model, ps);
}

static void set_access_times(const struct board *b, uint64_t base, uint64_t read_ps, uint64_t write_ps)
{
    struct bus_region *r = bus_find(b->m->bus, pa(base));

    set_access_time(b, r, false, read_ps);
    set_access_time(b, r, true, write_ps);
}

static avs_status add_memories(struct board *b)
{
    avs_status s = bus_add_ram(b->m->bus, "RAM", b->desc->ram_base, b->ram_size, BUS_RAM, false);

    for (guint i = 0; i < b->desc->memories->len && !s; i++) {
        const struct memory_desc *mem = &g_array_index(b->desc->memories, struct memory_desc, i);

        s = bus_add_ram(b->m->bus, mem->name, mem->base, mem->size, mem->kind, mem->secure_only);
    }
    return s;
}

static avs_status add_frames(struct board *b, const struct frame *frames, size_t count)
{
    avs_status s = AVS_OK;

    for (size_t i = 0; i < count && !s; i++) {
        if (!frames[i].exists)
            continue;
        s = bus_add_device(b->m->bus, frames[i].name, frames[i].base, frames[i].size, frames[i].ops,
                           b->m->gic);
        if (!s)
            set_access_times(b, frames[i].base, b->desc->gic_read_ps, b->desc->gic_write_ps);
    }
    return s;
}

static avs_status add_gicv2_frames(struct board *b)
{
    const struct board_desc *d = b->desc;
    const bool el2 = d->virtualization;
    const struct frame frames[] = {
        { "GIC distributor", d->gicd, GICV2_GICD_BYTES, &gicv2_gicd_mmio, true },
        { "GIC CPU interface", d->gicc, GICC_BYTES, &gicc_mmio, true },
        { "GIC virtual interface control", d->gich, GICH_BYTES, &gich_mmio, el2 },
        { "GIC virtual CPU interface", d->gicv, GICC_BYTES, &gicv_mmio, el2 },
        { "GICv2m", d->v2m, GICV2M_BYTES, &gicv2m_mmio, d->v2m != 0 },
    };
    avs_status s = add_frames(b, frames, G_N_ELEMENTS(frames));

    if (!s && el2)
        bus_find(b->m->bus, pa(d->gich))->waits = CTR_gich_wait + 1;
    return s;
}

static avs_status add_gicv3_frames(struct board *b)
{
    const struct board_desc *d = b->desc;
    const struct frame frames[] = {
        { "GIC distributor", d->gicd, GICD_BYTES, &gicd_mmio, true },
        { "GIC redistributors", d->gicr, (uint64_t)GICR_BYTES * b->pe_count, &gicr_mmio, true },
        { "GIC ITS", d->its_base, GITS_BYTES, &gits_mmio, d->its },
    };

    return add_frames(b, frames, G_N_ELEMENTS(frames));
}

static avs_status check_pe_count(const struct board *b)
{
    const struct board_desc *d = b->desc;

    if (d->gic_version == 2 && b->pe_count > GICV2_PES)
        return avs_fail(b->m, AVS_ERR_BOARD, "%s: a GICv2 serves %d PEs at most, not %u", d->title,
                        GICV2_PES, b->pe_count);
    if (d->gic_version == 3 && (uint64_t)GICR_BYTES * b->pe_count > d->gicr_window)
        return avs_fail(b->m, AVS_ERR_BOARD,
                        "%s: the redistributor-window of 0x%" PRIx64 " bytes is too small", d->title,
                        d->gicr_window);
    return AVS_OK;
}

static avs_status add_gic(struct board *b)
{
    const struct board_desc *d = b->desc;
    struct avs_machine *m = b->m;
    struct gic_config cfg = {
        .pe_count = b->pe_count,
        .spi_count = d->spi_count,
        .lr_count = machine_identity(m)->gic_lr_count,
        .has_el2 = d->virtualization,
        .two_security = d->secure,
        .has_its = d->its,
        .gicv2 = d->gic_version == 2,
        .msi_first = d->v2m_first,
        .msi_count = d->v2m_count,
        .signal_cycles =
            machine_path_timing(m) == TIMING_NONE ? 0 : cycles_of(machine_identity(m), d->gic_signal_ps),
    };
    avs_status s = check_pe_count(b);

    if (s)
        return s;
    m->gic = gic_new(m, &cfg);
    if (!m->gic)
        return avs_fail(m, AVS_ERR_NOMEM, "out of memory");
    return cfg.gicv2 ? add_gicv2_frames(b) : add_gicv3_frames(b);
}

/* A device that has memory gets it before it is made; the others are made and then placed. */
static avs_status add_device(struct board *b, const struct device_desc *d, bool console)
{
    struct device_env env = {
        .m = b->m, .gic = b->m->gic, .intid = d->intid, .console = console, .desc = d
    };
    struct board_device device = { .type = d->type, .desc = d };
    struct bus *bus = b->m->bus;
    avs_status s = AVS_OK;

    if (d->type->memory && (s = bus_add_ram(bus, d->name, d->base, d->size, BUS_ROM, d->secure_only)))
        return s;
    env.memory = d->type->memory ? bus_find(bus, pa(d->base)) : NULL;
    device.dev = d->type->create(&env);
    g_array_append_val(b->devices, device);
    if (env.memory)
        bus_make_flash(env.memory, d->type->ops, device.dev);
    else
        s = bus_add_device(bus, d->name, d->base, d->size, d->type->ops, device.dev);
    if (s)
        return s;
    bus_find(bus, pa(d->base))->secure_only = d->secure_only;
    set_access_times(b, d->base, d->read_ps, d->write_ps);
    return AVS_OK;
}

static avs_status add_devices(struct board *b)
{
    bool console = true;
    avs_status s = AVS_OK;

    for (guint i = 0; i < b->desc->devices->len && !s; i++) {
        const struct device_desc *d = &g_array_index(b->desc->devices, struct device_desc, i);

        s = add_device(b, d, d->type->uart && console);
        console = console && !d->type->uart;
    }
    return s;
}

static avs_status build(struct board *b, const avs_options *o)
{
    struct avs_machine *m = b->m;
    avs_status s;

    m->has_el2 = b->desc->virtualization;
    m->has_el3 = b->desc->secure;
    m->has_gicv2 = b->desc->gic_version == 2;
    m->bus = bus_new(m);
    if ((s = semihosting_new(m, o, &b->semihosting)) || (s = add_memories(b)) || (s = add_gic(b)) ||
        (s = add_devices(b)) || (s = firmware_load(b, o)) || (s = dtb_build(b)))
        return s;
    if (b->has_firmware && !(s = dtb_make_room(b)))
        b->dtb_pa = dtb_find_place(b, b->loaded, false);
    return s;
}

avs_status board_new(struct avs_machine *m, const char *spec, uint64_t mem_bytes, const avs_options *o)
{
    struct board_desc *desc;
    avs_status s = board_desc_load(m, spec, &desc);
    struct board *b;

    if (s)
        return s;
    b = g_new0(struct board, 1);
    b->m = m;
    b->desc = desc;
    b->pe_count = m->pe_count;
    b->ram_size = mem_bytes;
    b->dtb_pa = DTB_NOWHERE;
    b->cmdline = g_strdup(o->cmdline);
    b->initrd_path = g_strdup(o->initrd);
    b->dtb_path = g_strdup(o->dtb);
    b->image_path = g_strdup(o->bios);
    b->devices = g_array_new(FALSE, FALSE, sizeof(struct board_device));
    b->loaded = load_ranges_new();
    b->plugged = g_ptr_array_new_with_free_func(g_free);
    s = build(b, o);
    m->board = s ? NULL : b;
    if (s)
        board_free(b);
    return s;
}

void board_free(struct board *b)
{
    if (!b)
        return;
    for (guint i = 0; i < b->devices->len; i++)
        device_at(b, i)->type->destroy(device_at(b, i)->dev);
    gic_free(b->m->gic);
    b->m->gic = NULL;
    bus_free(b->m->bus);
    b->m->bus = NULL;
    g_array_free(b->devices, TRUE);
    g_array_free(b->loaded, TRUE);
    g_ptr_array_free(b->plugged, TRUE);
    g_free(b->dtb);
    g_free(b->cmdline);
    g_free(b->initrd_path);
    g_free(b->dtb_path);
    g_free(b->image_path);
    semihosting_free(b->semihosting);
    for (unsigned i = 0; i < G_N_ELEMENTS(b->flash); i++)
        g_free(b->flash[i].path);
    board_desc_free(b->desc);
    g_free(b);
}

/* Normal-world firmware made for QEMU's board, whose redistributors never sleep, leaves GICR_WAKER to
 * EL3's; where the machine itself answers PSCI, that is here. */
void board_reset_pe(struct board *b, struct pe *c)
{
    unsigned el = b->desc->secure ? 3 : b->desc->virtualization ? 2 : 1;

    for (unsigned r = 0; r < 31; r++)
        c->x[r] = 0;
    pe_set_el(c, el, 1);
    c->daif = 0xf;
    c->halted = true;
    c->waiting = PE_RUNS;
    if (board_is_loaded(b))
        c->pc = b->entry;
    if (b->has_firmware && psci_conduit(b) != PSCI_NONE)
        gic_wake_pe(c);
}

/* PE 0 begins. The others are off until PSCI turns them on; where there is none, they all begin. */
static void start_pe(const struct board *b, struct pe *c)
{
    c->halted = c->index != 0 && psci_conduit(b) != PSCI_NONE;
    if (b->has_image && !c->halted)
        c->x[0] = b->boot_protocol ? b->dtb_pa : 0;
}

void board_reset(struct board *b)
{
    for (guint i = 0; i < b->devices->len; i++)
        device_at(b, i)->type->reset(device_at(b, i)->dev);
    if (b->dtb_pa != DTB_NOWHERE)
        bus_copy_in(b->m->bus, pa(b->dtb_pa), b->dtb, b->dtb_size);
    for (unsigned i = 0; i < b->m->pe_count; i++) {
        board_reset_pe(b, &b->m->pe[i]);
        start_pe(b, &b->m->pe[i]);
    }
}

bool board_is_loaded(const struct board *b)
{
    return b->has_image || b->has_firmware;
}

uint64_t board_cntfrq(const struct board *b)
{
    return b->desc->cntfrq_hz;
}

const struct bus_region *board_gich(const struct board *b)
{
    const struct board_desc *d = b->desc;

    return d->gic_version == 2 && d->virtualization ? bus_find(b->m->bus, pa(d->gich)) : NULL;
}

bool board_has_semihosting(const struct board *b)
{
    return b->semihosting;
}

/* The first UART; NULL when there is none. */
static const struct board_device *console_of(const struct board *b)
{
    for (guint i = 0; i < b->devices->len; i++)
        if (device_at(b, i)->type->input)
            return device_at(b, i);
    return NULL;
}

avs_status board_console_input(struct board *b, const char *bytes, size_t len)
{
    const struct board_device *d = console_of(b);

    if (!d)
        return avs_fail(b->m, AVS_ERR_BOARD, "%s: has no UART for console input", b->desc->title);
    d->type->input(d->dev, bytes, len);
    return AVS_OK;
}

bool board_console_take(struct board *b, char *byte)
{
    const struct board_device *d = console_of(b);

    return d && d->type->take(d->dev, byte);
}
