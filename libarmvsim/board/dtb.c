/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file dtb.c
 * The generated device tree (Devicetree Specification 0.4; Linux's bindings arm,gic-v3, arm,armv8-timer,
 * psci, arm,pl011): what the board has, under the names that QEMU's virt board uses. The same board gives
 * the same bytes: there are no seeds in /chosen. Not described: flash (it is plain ROM here), the PMU,
 * cache topology.
 */
#include <inttypes.h>
#include <libfdt.h>
#include <string.h>

#include "arch/timer.h"
#include "board/internal.h"
#include "timing/timing.h"

enum { PHANDLE_GIC = 1, PHANDLE_CLOCK = 2 };
enum { IRQ_SPI = 0, IRQ_PPI = 1, IRQ_LEVEL_HIGH = 4 };
enum { PPI_FIRST = 16, SPI_FIRST = 32, PPI_MAINTENANCE = 25 };
enum { UART_CLOCK_HZ = 24000000, DTB_MAX_BYTES = 64 << 10, GICD_BYTES = 0x10000 };

#define TWO_MIB (UINT64_C(2) << 20)

/* libfdt's sequential writer with a sticky error, so that a tree reads like a tree. */
struct writer {
    void *blob;
    int error;
};

static void note(struct writer *w, int error)
{
    if (!w->error)
        w->error = error;
}

static void begin(struct writer *w, const char *name)
{
    note(w, fdt_begin_node(w->blob, name));
}

static void begin_at(struct writer *w, const char *name, uint64_t address)
{
    g_autofree char *full = g_strdup_printf("%s@%" PRIx64, name, address);

    begin(w, full);
}

static void end(struct writer *w)
{
    note(w, fdt_end_node(w->blob));
}

static void prop(struct writer *w, const char *name, const void *data, size_t len)
{
    note(w, fdt_property(w->blob, name, data, (int)len));
}

static void flag(struct writer *w, const char *name)
{
    prop(w, name, NULL, 0);
}

static void string(struct writer *w, const char *name, const char *value)
{
    prop(w, name, value, strlen(value) + 1);
}

/* A list of strings given as one literal with '\0' between them. */
#define STRINGS(w, name, literal) prop(w, name, literal, sizeof(literal))

static void cell(struct writer *w, const char *name, uint32_t value)
{
    note(w, fdt_property_u32(w->blob, name, value));
}

static void cells(struct writer *w, const char *name, const uint32_t *values, size_t count)
{
    uint32_t be[16];

    AVS_CHECK(count <= G_N_ELEMENTS(be));
    for (size_t i = 0; i < count; i++)
        be[i] = GUINT32_TO_BE(values[i]);
    prop(w, name, be, count * sizeof(be[0]));
}

/* Pairs of address and size, two cells each. */
static void reg(struct writer *w, const uint64_t *pairs, size_t count)
{
    uint32_t out[16];

    for (size_t i = 0; i < count; i++) {
        out[2 * i] = (uint32_t)(pairs[i] >> 32);
        out[2 * i + 1] = (uint32_t)pairs[i];
    }
    cells(w, "reg", out, 2 * count);
}

static void reg_one(struct writer *w, uint64_t base, uint64_t size)
{
    reg(w, (uint64_t[]){ base, size }, 2);
}

static void chosen_node(struct writer *w, const struct board *b)
{
    begin(w, "chosen");
    for (guint i = 0; i < b->desc->devices->len; i++) {
        const struct device_desc *d = &g_array_index(b->desc->devices, struct device_desc, i);
        g_autofree char *path = g_strdup_printf("/%s@%" PRIx64, d->type->name, d->base);

        if (!d->type->uart || d->secure_only)
            continue;
        string(w, "stdout-path", path);
        break;
    }
    if (b->cmdline)
        string(w, "bootargs", b->cmdline);
    end(w);
}

/* What the Non-secure side must not touch. */
static void secure_status(struct writer *w, bool secure_only)
{
    if (!secure_only)
        return;
    string(w, "status", "disabled");
    string(w, "secure-status", "okay");
}

static void memory_nodes(struct writer *w, const struct board *b)
{
    begin_at(w, "memory", b->desc->ram_base);
    string(w, "device_type", "memory");
    reg_one(w, b->desc->ram_base, b->ram_size);
    end(w);
    for (guint i = 0; i < b->desc->memories->len; i++) {
        const struct memory_desc *mem = &g_array_index(b->desc->memories, struct memory_desc, i);

        if (mem->kind != BUS_RAM)
            continue;
        begin_at(w, mem->secure_only ? "secram" : "memory", mem->base);
        string(w, "device_type", "memory");
        reg_one(w, mem->base, mem->size);
        secure_status(w, mem->secure_only);
        end(w);
    }
}

static void cpu_node(struct writer *w, const struct board *b, unsigned index)
{
    const char *core = b->m->model->name;
    bool arm = g_str_has_prefix(core, "cortex-") || g_str_has_prefix(core, "neoverse-");
    g_autofree char *compatible = arm ? g_strdup_printf("arm,%s", core) : g_strdup("arm,armv8");

    begin_at(w, "cpu", index);
    string(w, "device_type", "cpu");
    string(w, "compatible", compatible);
    cell(w, "reg", index);
    if (psci_conduit(b) != PSCI_NONE)
        string(w, "enable-method", "psci");
    end(w);
}

static void cpu_nodes(struct writer *w, const struct board *b)
{
    begin(w, "cpus");
    cell(w, "#address-cells", 1);
    cell(w, "#size-cells", 0);
    for (unsigned i = 0; i < b->pe_count; i++)
        cpu_node(w, b, i);
    end(w);
}

static void psci_node(struct writer *w, const struct board *b)
{
    enum psci_conduit conduit = psci_conduit(b);

    if (conduit == PSCI_NONE)
        return;
    begin(w, "psci");
    STRINGS(w, "compatible", "arm,psci-1.0\0arm,psci-0.2\0arm,psci");
    string(w, "method", conduit == PSCI_SMC ? "smc" : "hvc");
    cell(w, "cpu_suspend", 0xc4000001);
    cell(w, "cpu_off", 0x84000002);
    cell(w, "cpu_on", 0xc4000003);
    cell(w, "migrate", 0xc4000005);
    end(w);
}

/* In the binding's order: secure, physical, virtual, hypervisor, hypervisor virtual. */
static void timer_node(struct writer *w, const struct board *b)
{
    static const unsigned ppis[] = { TIMER_PPI_SECURE, TIMER_PPI_PHYS, TIMER_PPI_VIRT, TIMER_PPI_HYP,
                                     TIMER_PPI_HYP_VIRT };
    size_t count = b->desc->virtualization ? 5 : 4;
    uint32_t out[15];

    for (size_t i = 0; i < count; i++) {
        out[3 * i] = IRQ_PPI;
        out[3 * i + 1] = ppis[i] - PPI_FIRST;
        out[3 * i + 2] = IRQ_LEVEL_HIGH;
    }
    begin(w, "timer");
    STRINGS(w, "compatible", "arm,armv8-timer\0arm,armv7-timer");
    cells(w, "interrupts", out, 3 * count);
    flag(w, "always-on");
    end(w);
}

static void gic_node(struct writer *w, const struct board *b)
{
    const struct board_desc *d = b->desc;

    begin_at(w, "intc", d->gicd);
    string(w, "compatible", "arm,gic-v3");
    cell(w, "#interrupt-cells", 3);
    flag(w, "interrupt-controller");
    cell(w, "#address-cells", 2);
    cell(w, "#size-cells", 2);
    flag(w, "ranges");
    cell(w, "#redistributor-regions", 1);
    reg(w, (uint64_t[]){ d->gicd, GICD_BYTES, d->gicr, d->gicr_window }, 4);
    if (d->virtualization)
        cells(w, "interrupts", (uint32_t[]){ IRQ_PPI, PPI_MAINTENANCE - PPI_FIRST, IRQ_LEVEL_HIGH }, 3);
    cell(w, "phandle", PHANDLE_GIC);
    end(w);
}

static void clock_node(struct writer *w)
{
    begin(w, "apb-pclk");
    string(w, "compatible", "fixed-clock");
    cell(w, "#clock-cells", 0);
    cell(w, "clock-frequency", UART_CLOCK_HZ);
    string(w, "clock-output-names", "clk24mhz");
    cell(w, "phandle", PHANDLE_CLOCK);
    end(w);
}

static void device_nodes(struct writer *w, const struct board *b)
{
    static const uint32_t clocks[] = { PHANDLE_CLOCK, PHANDLE_CLOCK };

    for (guint i = 0; i < b->desc->devices->len; i++) {
        const struct device_desc *d = &g_array_index(b->desc->devices, struct device_desc, i);

        begin_at(w, d->type->name, d->base);
        prop(w, "compatible", d->type->compatible, d->type->compatible_size);
        reg_one(w, d->base, d->size);
        cells(w, "interrupts", (uint32_t[]){ IRQ_SPI, d->intid - SPI_FIRST, IRQ_LEVEL_HIGH }, 3);
        cells(w, "clocks", clocks, d->type->clock_count);
        prop(w, "clock-names", d->type->clock_names, d->type->clock_names_size);
        secure_status(w, d->secure_only);
        end(w);
    }
}

static void root_node(struct writer *w, const struct board *b)
{
    begin(w, "");
    string(w, "compatible", b->desc->compatible);
    string(w, "model", b->desc->compatible);
    cell(w, "#address-cells", 2);
    cell(w, "#size-cells", 2);
    cell(w, "interrupt-parent", PHANDLE_GIC);
    chosen_node(w, b);
    psci_node(w, b);
    memory_nodes(w, b);
    cpu_nodes(w, b);
    timer_node(w, b);
    gic_node(w, b);
    clock_node(w);
    device_nodes(w, b);
    end(w);
}

avs_status dtb_build(struct board *b)
{
    size_t room = DTB_MAX_BYTES + (b->cmdline ? strlen(b->cmdline) : 0);
    struct writer w = { .blob = g_malloc0(room) };

    b->dtb = w.blob;
    note(&w, fdt_create(w.blob, (int)room));
    note(&w, fdt_finish_reservemap(w.blob));
    root_node(&w, b);
    note(&w, fdt_finish(w.blob));
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
