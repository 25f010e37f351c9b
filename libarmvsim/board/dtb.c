/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file dtb.c
 * The generated device tree (Devicetree Specification 0.4; Linux's bindings arm,gic-v3, arm,gic,
 * arm,armv8-timer, psci, arm,armv8-pmuv3, arm,pl011): what the board has, under the names that QEMU's virt
 * board uses. The same board gives the same bytes: there are no seeds in /chosen. Not described: cache
 * topology.
 */
#include <inttypes.h>
#include <libfdt.h>
#include <string.h>

#include "arch/pmu.h"
#include "arch/timer.h"
#include "board/dt.h"
#include "board/internal.h"
#include "core/path.h"
#include "timing/timing.h"

enum { PPI_MAINTENANCE = 25, UART_CLOCK_HZ = 24000000, DTB_MAX_BYTES = 64 << 10 };
enum { GICD_BYTES = 0x10000, GITS_BYTES = 0x20000, V2M_BYTES = 0x1000 };

#define TWO_MIB (UINT64_C(2) << 20)

static void chosen_node(struct dt_writer *w, const struct board *b)
{
    dt_begin(w, "chosen");
    for (guint i = 0; i < b->desc->devices->len; i++) {
        const struct device_desc *d = &g_array_index(b->desc->devices, struct device_desc, i);
        g_autofree char *path = g_strdup_printf("/%s@%" PRIx64, d->type->name, d->base);

        if (!d->type->uart || d->secure_only)
            continue;
        dt_string(w, "stdout-path", path);
        break;
    }
    if (b->cmdline)
        dt_string(w, "bootargs", b->cmdline);
    dt_end(w);
}

/* What the Non-secure side must not touch. */
static void secure_status(struct dt_writer *w, bool secure_only)
{
    if (!secure_only)
        return;
    dt_string(w, "status", "disabled");
    dt_string(w, "secure-status", "okay");
}

static void memory_nodes(struct dt_writer *w, const struct board *b)
{
    dt_begin_at(w, "memory", b->desc->ram_base);
    dt_string(w, "device_type", "memory");
    dt_reg(w, (uint64_t[]){ b->desc->ram_base, b->ram_size }, 2);
    dt_end(w);
    for (guint i = 0; i < b->desc->memories->len; i++) {
        const struct memory_desc *mem = &g_array_index(b->desc->memories, struct memory_desc, i);

        if (mem->kind != BUS_RAM)
            continue;
        dt_begin_at(w, mem->secure_only ? "secram" : "memory", mem->base);
        dt_string(w, "device_type", "memory");
        dt_reg(w, (uint64_t[]){ mem->base, mem->size }, 2);
        secure_status(w, mem->secure_only);
        dt_end(w);
    }
}

static void cpu_node(struct dt_writer *w, const struct board *b, unsigned index)
{
    const char *core = machine_identity(b->m)->name;
    bool arm = g_str_has_prefix(core, "cortex-") || g_str_has_prefix(core, "neoverse-");
    g_autofree char *compatible = arm ? g_strdup_printf("arm,%s", core) : g_strdup("arm,armv8");

    dt_begin_at(w, "cpu", index);
    dt_string(w, "device_type", "cpu");
    dt_string(w, "compatible", compatible);
    dt_cell(w, "reg", index);
    if (psci_conduit(b) != PSCI_NONE)
        dt_string(w, "enable-method", "psci");
    dt_end(w);
}

static void cpu_nodes(struct dt_writer *w, const struct board *b)
{
    dt_begin(w, "cpus");
    dt_cell(w, "#address-cells", 1);
    dt_cell(w, "#size-cells", 0);
    for (unsigned i = 0; i < b->pe_count; i++)
        cpu_node(w, b, i);
    dt_end(w);
}

static void psci_node(struct dt_writer *w, const struct board *b)
{
    enum psci_conduit conduit = psci_conduit(b);

    if (conduit == PSCI_NONE)
        return;
    dt_begin(w, "psci");
    DT_STRINGS(w, "compatible", "arm,psci-1.0\0arm,psci-0.2\0arm,psci");
    dt_string(w, "method", conduit == PSCI_SMC ? "smc" : "hvc");
    dt_cell(w, "cpu_suspend", 0xc4000001);
    dt_cell(w, "cpu_off", 0x84000002);
    dt_cell(w, "cpu_on", 0xc4000003);
    dt_cell(w, "migrate", 0xc4000005);
    dt_end(w);
}

/* Third cell of a PPI; that of a GICv2 has a mask of PEs. */
static uint32_t ppi_flags(const struct board *b)
{
    return IRQ_LEVEL_HIGH | (b->desc->gic_version == 2 ? (uint32_t)MASK(b->pe_count - 1, 0) << 8 : 0);
}

/* In the binding's order: secure, physical, virtual, hypervisor, hypervisor virtual. */
static void timer_node(struct dt_writer *w, const struct board *b)
{
    static const unsigned ppis[] = { TIMER_PPI_SECURE, TIMER_PPI_PHYS, TIMER_PPI_VIRT, TIMER_PPI_HYP,
                                     TIMER_PPI_HYP_VIRT };
    size_t count = b->desc->virtualization ? 5 : 4;
    uint32_t out[15];

    for (size_t i = 0; i < count; i++) {
        out[3 * i] = IRQ_PPI;
        out[3 * i + 1] = ppis[i] - PPI_FIRST;
        out[3 * i + 2] = ppi_flags(b);
    }
    dt_begin(w, "timer");
    DT_STRINGS(w, "compatible", "arm,armv8-timer\0arm,armv7-timer");
    dt_cells(w, "interrupts", out, 3 * count);
    dt_flag(w, "always-on");
    dt_end(w);
}

static void pmu_node(struct dt_writer *w, const struct board *b)
{
    if (!pmu_exists(machine_identity(b->m)))
        return;
    dt_begin(w, "pmu");
    dt_string(w, "compatible", "arm,armv8-pmuv3");
    dt_cells(w, "interrupts", (uint32_t[]){ IRQ_PPI, PMU_PPI - PPI_FIRST, ppi_flags(b) }, 3);
    dt_end(w);
}

/* A child of the GIC's. */
static void its_node(struct dt_writer *w, const struct board *b)
{
    if (!b->desc->its)
        return;
    dt_begin_at(w, "its", b->desc->its_base);
    dt_string(w, "compatible", "arm,gic-v3-its");
    dt_flag(w, "msi-controller");
    dt_cell(w, "#msi-cells", 1);
    dt_reg(w, (uint64_t[]){ b->desc->its_base, GITS_BYTES }, 2);
    dt_cell(w, "phandle", PHANDLE_MSI);
    dt_end(w);
}

static void gic_node(struct dt_writer *w, const struct board *b)
{
    const struct board_desc *d = b->desc;

    dt_begin_at(w, "intc", d->gicd);
    dt_string(w, "compatible", "arm,gic-v3");
    dt_cell(w, "#interrupt-cells", 3);
    dt_flag(w, "interrupt-controller");
    dt_cell(w, "#address-cells", 2);
    dt_cell(w, "#size-cells", 2);
    dt_flag(w, "ranges");
    dt_cell(w, "#redistributor-regions", 1);
    dt_reg(w, (uint64_t[]){ d->gicd, GICD_BYTES, d->gicr, d->gicr_window }, 4);
    if (d->virtualization)
        dt_cells(w, "interrupts", (uint32_t[]){ IRQ_PPI, PPI_MAINTENANCE - PPI_FIRST, IRQ_LEVEL_HIGH }, 3);
    dt_cell(w, "phandle", PHANDLE_GIC);
    its_node(w, b);
    dt_end(w);
}

static void v2m_node(struct dt_writer *w, const struct board *b)
{
    if (!b->desc->v2m)
        return;
    dt_begin_at(w, "v2m", b->desc->v2m);
    dt_string(w, "compatible", "arm,gic-v2m-frame");
    dt_flag(w, "msi-controller");
    dt_reg(w, (uint64_t[]){ b->desc->v2m, V2M_BYTES }, 2);
    dt_cell(w, "phandle", PHANDLE_MSI);
    dt_end(w);
}

/* Windows as QEMU gives them; the registers are at their beginning. */
static void gicv2_node(struct dt_writer *w, const struct board *b)
{
    const struct board_desc *d = b->desc;
    const uint64_t frames[] = { d->gicd, GICD_BYTES, d->gicc, GICD_BYTES,
                                d->gich, GICD_BYTES, d->gicv, GICD_BYTES };

    dt_begin_at(w, "intc", d->gicd);
    dt_string(w, "compatible", "arm,cortex-a15-gic");
    dt_cell(w, "#interrupt-cells", 3);
    dt_flag(w, "interrupt-controller");
    dt_cell(w, "#address-cells", 2);
    dt_cell(w, "#size-cells", 2);
    dt_flag(w, "ranges");
    dt_reg(w, frames, d->virtualization ? 8 : 4);
    if (d->virtualization)
        dt_cells(w, "interrupts", (uint32_t[]){ IRQ_PPI, PPI_MAINTENANCE - PPI_FIRST, IRQ_LEVEL_HIGH }, 3);
    dt_cell(w, "phandle", PHANDLE_GIC);
    v2m_node(w, b);
    dt_end(w);
}

static void clock_node(struct dt_writer *w)
{
    dt_begin(w, "apb-pclk");
    dt_string(w, "compatible", "fixed-clock");
    dt_cell(w, "#clock-cells", 0);
    dt_cell(w, "clock-frequency", UART_CLOCK_HZ);
    dt_string(w, "clock-output-names", "clk24mhz");
    dt_cell(w, "phandle", PHANDLE_CLOCK);
    dt_end(w);
}

static const struct device_desc *device_desc_at(const struct board *b, guint i)
{
    return i < b->desc->devices->len ? &g_array_index(b->desc->devices, struct device_desc, i) : NULL;
}

/* Whether a device's registers go into the node of the one before it. */
static bool shares_node(const struct device_desc *d, const struct device_desc *next)
{
    return next && d->type->one_node && next->type == d->type && next->secure_only == d->secure_only;
}

/* The node of device i, and of those that share it; the index of the next. */
static guint device_node(struct dt_writer *w, const struct board *b, guint i)
{
    const struct device_desc *d = device_desc_at(b, i), *at = d;
    g_autofree char *name =
        g_strconcat(d->type->one_node && d->secure_only ? "sec" : "", d->type->name, NULL);
    uint64_t reg[8];
    size_t count = 0;

    do {
        reg[count++] = at->base;
        reg[count++] = at->size;
        at = device_desc_at(b, ++i);
    } while (shares_node(d, at) && count < G_N_ELEMENTS(reg));
    dt_begin_at(w, name, d->base);
    dt_reg(w, reg, count);
    d->type->node(w, d);
    secure_status(w, d->secure_only);
    dt_end(w);
    return i;
}

static void device_nodes(struct dt_writer *w, const struct board *b)
{
    for (guint i = 0; i < b->desc->devices->len;)
        i = device_desc_at(b, i)->type->node ? device_node(w, b, i) : i + 1;
    for (guint i = 0; i < b->desc->devices->len; i++) {
        const struct device_desc *d = device_desc_at(b, i);

        if (d->type->more_nodes)
            d->type->more_nodes(w, d);
    }
}

static void root_node(struct dt_writer *w, const struct board *b)
{
    dt_begin(w, "");
    dt_string(w, "compatible", b->desc->compatible);
    dt_string(w, "model", b->desc->compatible);
    dt_cell(w, "#address-cells", 2);
    dt_cell(w, "#size-cells", 2);
    dt_cell(w, "interrupt-parent", PHANDLE_GIC);
    chosen_node(w, b);
    psci_node(w, b);
    memory_nodes(w, b);
    cpu_nodes(w, b);
    timer_node(w, b);
    pmu_node(w, b);
    if (b->desc->gic_version == 2)
        gicv2_node(w, b);
    else
        gic_node(w, b);
    clock_node(w);
    device_nodes(w, b);
    dt_end(w);
}

avs_status dtb_build(struct board *b)
{
    size_t room = DTB_MAX_BYTES + (b->cmdline ? strlen(b->cmdline) : 0);
    struct dt_writer w = { 0 };

    if (b->dtb_path)
        return dtb_load(b);
    w.blob = g_malloc0(room);
    b->dtb = w.blob;
    if (!(w.error = fdt_create(w.blob, (int)room)) && !(w.error = fdt_finish_reservemap(w.blob)))
        root_node(&w, b);
    if (!w.error)
        w.error = fdt_finish(w.blob);
    if (w.error)
        return avs_fail(b->m, AVS_ERR_BOARD, "%s: the device tree cannot be made: %s", b->desc->title,
                        fdt_strerror(w.error));
    b->dtb_size = fdt_totalsize(w.blob);
    return AVS_OK;
}

static bool is_free(const struct board *b, const GArray *ranges, uint64_t lo)
{
    uint64_t hi = lo + b->dtb_size;

    if (hi > b->desc->ram_base + b->ram_size)
        return false;
    for (guint i = 0; i < ranges->len; i++) {
        const struct load_range *r = &g_array_index(ranges, struct load_range, i);

        if (r->lo < hi && lo < r->hi)
            return false;
    }
    return true;
}

/* Behind a kernel, where QEMU puts it without an initrd: half of RAM up, 128 MiB at most, 2 MiB aligned. */
static uint64_t behind_kernel(const struct board *b, const GArray *ranges)
{
    uint64_t base = b->desc->ram_base;
    uint64_t at = base + MIN(b->ram_size / 2, UINT64_C(128) << 20);

    for (guint i = 0; i < ranges->len; i++) {
        const struct load_range *r = &g_array_index(ranges, struct load_range, i);

        if (r->lo >= base && r->lo < base + b->ram_size)
            at = MAX(at, r->hi);
    }
    return (at + TWO_MIB - 1) & ~(TWO_MIB - 1);
}

uint64_t dtb_find_place(const struct board *b, const GArray *ranges, bool boot_protocol)
{
    uint64_t at = boot_protocol ? behind_kernel(b, ranges) : b->desc->ram_base;

    if (is_free(b, ranges, at))
        return at;
    return boot_protocol && is_free(b, ranges, b->desc->ram_base) ? b->desc->ram_base : DTB_NOWHERE;
}

avs_status board_dump_dtb(struct board *b, const char *path)
{
    g_autoptr(GError) error = NULL;

    if (g_file_set_contents(path, b->dtb, (gssize)b->dtb_size, &error))
        return AVS_OK;
    return avs_fail(b->m, AVS_ERR_IO, "%s", error->message);
}
