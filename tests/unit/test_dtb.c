/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_dtb.c
 * The generated device tree, read back by libfdt: what it says must be what the bus and the options say.
 */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "board/board.h"
#include "fixture.h"

static char path[64];
static char blob[64 << 10];

static void setup(void)
{
    snprintf(path, sizeof(path), "/tmp/avs-dtb-%ld", (long)getpid());
}

static void teardown(void)
{
    remove(path);
}

TestSuite(dtb, .init = setup, .fini = teardown);

/* Makes the machine's device tree the blob; returns its size. */
static size_t dump_of(const char *board, const char *cpu, const char *cmdline)
{
    avs_options o = AVS_OPTIONS_INIT;
    avs_machine *m = NULL;
    FILE *in;
    size_t len;

    o.board = board;
    o.cpu = cpu;
    o.cmdline = cmdline;
    cr_assert_eq(avs_machine_new(&o, &m), AVS_OK, "%s", avs_last_error(NULL));
    cr_assert_eq(board_dump_dtb(m->board, path), AVS_OK, "%s", avs_last_error(m));
    avs_machine_free(m);
    in = fopen(path, "rb");
    cr_assert_not_null(in);
    memset(blob, 0, sizeof(blob));
    len = fread(blob, 1, sizeof(blob), in);
    fclose(in);
    cr_assert_eq(fdt_check_full(blob, len), 0, "a valid tree");
    cr_assert_eq(fdt_totalsize(blob), len, "its real size");
    return len;
}

static int node(const char *name)
{
    return fdt_path_offset(blob, name);
}

static const char *text(const char *name, const char *prop)
{
    const char *s = fdt_getprop(blob, node(name), prop, NULL);

    return s ? s : "(none)";
}

/* The property must be exactly these cells. */
static void expect_cells(const char *name, const char *prop, const uint32_t *want, size_t count)
{
    int len = 0;
    const fdt32_t *got = fdt_getprop(blob, node(name), prop, &len);

    cr_assert_not_null(got, "%s has %s", name, prop);
    cr_assert_eq((size_t)len, 4 * count, "%s %s has %d bytes", name, prop, len);
    for (size_t i = 0; i < count; i++)
        cr_expect_eq(fdt32_to_cpu(got[i]), want[i], "%s %s[%zu] is %#x", name, prop, i,
                     fdt32_to_cpu(got[i]));
}

#define CELLS(name, prop, ...)                                                                             \
    expect_cells(name, prop, (const uint32_t[]){ __VA_ARGS__ },                                            \
                 sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)

Test(dtb, describes_the_virt_board)
{
    uint32_t gic;

    dump_of("virt", "cortex-a53", "console=ttyAMA0 quiet");
    cr_expect_str_eq(text("/", "compatible"), "linux,dummy-virt");
    CELLS("/", "#address-cells", 2);
    CELLS("/", "#size-cells", 2);
    cr_expect_str_eq(text("/chosen", "stdout-path"), "/pl011@9000000");
    cr_expect_str_eq(text("/chosen", "bootargs"), "console=ttyAMA0 quiet");
    cr_expect_str_eq(text("/memory@40000000", "device_type"), "memory");
    CELLS("/memory@40000000", "reg", 0, 0x40000000, 0, 0x08000000);
    CELLS("/pl011@9000000", "reg", 0, 0x09000000, 0, 0x1000);
    CELLS("/pl011@9000000", "interrupts", 0, 1, 4);
    cr_expect_str_eq(text("/pl011@9000000", "compatible"), "arm,pl011");
    CELLS("/virtio_mmio@a000000", "reg", 0, 0x0a000000, 0, 0x200);
    CELLS("/virtio_mmio@a000000", "interrupts", 0, 16, 1);
    CELLS("/virtio_mmio@a003e00", "reg", 0, 0x0a003e00, 0, 0x200);
    CELLS("/virtio_mmio@a003e00", "interrupts", 0, 47, 1);
    cr_expect_str_eq(text("/virtio_mmio@a003e00", "compatible"), "virtio,mmio");
    cr_expect_lt(node("/virtio_mmio@a000000"), node("/virtio_mmio@a000200"), "as QEMU's: Linux numbers so");
    CELLS("/intc@8000000", "reg", 0, 0x08000000, 0, 0x10000, 0, 0x080a0000, 0, 0xf60000);
    CELLS("/intc@8000000", "interrupts", 1, 9, 4);
    cr_expect_str_eq(text("/intc@8000000", "compatible"), "arm,gic-v3");
    gic = fdt_get_phandle(blob, node("/intc@8000000"));
    cr_expect_neq(gic, 0);
    CELLS("/", "interrupt-parent", gic);
    CELLS("/pl011@9000000", "clocks", fdt_get_phandle(blob, node("/apb-pclk")),
          fdt_get_phandle(blob, node("/apb-pclk")));
    CELLS("/intc@8000000/its@8080000", "reg", 0, 0x08080000, 0, 0x20000);
    CELLS("/intc@8000000/its@8080000", "#msi-cells", 1);
    cr_expect_str_eq(text("/intc@8000000/its@8080000", "compatible"), "arm,gic-v3-its");
    cr_expect_neq(fdt_getprop(blob, node("/intc@8000000/its@8080000"), "msi-controller", NULL), NULL);
    cr_expect_lt(node("/pl011@9040000"), 0, "no secure UART");
    cr_expect_lt(node("/secram@e000000"), 0);
}

Test(dtb, without_an_its)
{
    dump_of("virt,its=off", "cortex-a53", NULL);
    cr_expect_lt(node("/intc@8000000/its@8080000"), 0);
    dump_of("virt,gic-version=2,its=on", "cortex-a53", NULL);
    cr_expect_lt(node("/intc@8000000/its@8080000"), 0, "a GICv2 has none");
}

/* As QEMU 7.2's (-M virt,gic-version=2,dumpdtb=FILE), phandles apart. */
Test(dtb, a_gicv2)
{
    uint32_t gic;

    dump_of("virt,gic-version=2", "cortex-a53", NULL);
    cr_expect_str_eq(text("/intc@8000000", "compatible"), "arm,cortex-a15-gic");
    CELLS("/intc@8000000", "reg", 0, 0x08000000, 0, 0x10000, 0, 0x08010000, 0, 0x10000, 0, 0x08030000, 0,
          0x10000, 0, 0x08040000, 0, 0x10000);
    CELLS("/intc@8000000", "interrupts", 1, 9, 4);
    CELLS("/intc@8000000", "#interrupt-cells", 3);
    cr_expect_str_eq(text("/intc@8000000/v2m@8020000", "compatible"), "arm,gic-v2m-frame");
    CELLS("/intc@8000000/v2m@8020000", "reg", 0, 0x08020000, 0, 0x1000);
    cr_expect_not_null(fdt_getprop(blob, node("/intc@8000000/v2m@8020000"), "msi-controller", NULL));
    gic = fdt_get_phandle(blob, node("/intc@8000000"));
    CELLS("/", "interrupt-parent", gic);
    cr_expect_neq(fdt_get_phandle(blob, node("/intc@8000000/v2m@8020000")), gic);
    /* With the mask of PEs that the binding wants. */
    CELLS("/timer", "interrupts", 1, 13, 0x104, 1, 14, 0x104, 1, 11, 0x104, 1, 10, 0x104, 1, 12, 0x104);

    dump_of("virt,gic-version=2,virtualization=off", "cortex-a53", NULL);
    CELLS("/intc@8000000", "reg", 0, 0x08000000, 0, 0x10000, 0, 0x08010000, 0, 0x10000);
    cr_expect_null(fdt_getprop(blob, node("/intc@8000000"), "interrupts", NULL));
}

Test(dtb, cpus_and_their_timers)
{
    dump_of("virt", "cortex-a53", NULL);
    cr_expect_str_eq(text("/cpus/cpu@0", "compatible"), "arm,cortex-a53");
    cr_expect_str_eq(text("/cpus/cpu@0", "enable-method"), "psci");
    CELLS("/cpus/cpu@0", "reg", 0);
    cr_expect_str_eq(text("/chosen", "bootargs"), "(none)");
    CELLS("/timer", "interrupts", 1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4, 1, 12, 4);
    cr_expect_str_eq(text("/pmu", "compatible"), "arm,armv8-pmuv3");
    CELLS("/pmu", "interrupts", 1, 7, 4);
    dump_of("virt", "generic", NULL);
    cr_expect_str_eq(text("/cpus/cpu@0", "compatible"), "arm,armv8");
}

Test(dtb, psci_by_the_conduit)
{
    dump_of("virt,virtualization=on", NULL, NULL);
    cr_expect_str_eq(text("/psci", "method"), "smc");
    cr_expect_str_eq(text("/psci", "compatible"), "arm,psci-1.0");
    dump_of("virt,virtualization=off", NULL, NULL);
    cr_expect_str_eq(text("/psci", "method"), "hvc");
    cr_expect_null(fdt_getprop(blob, node("/intc@8000000"), "interrupts", NULL),
                   "no maintenance interrupt");
    dump_of("virt,secure=on", NULL, NULL);
    cr_expect_lt(node("/psci"), 0);
    cr_expect_str_eq(text("/cpus/cpu@0", "enable-method"), "(none)");
}

Test(dtb, secure_parts_are_marked)
{
    dump_of("virt,secure=on", NULL, NULL);
    cr_expect_str_eq(text("/chosen", "stdout-path"), "/pl011@9000000");
    cr_expect_str_eq(text("/pl011@9040000", "status"), "disabled");
    cr_expect_str_eq(text("/pl011@9040000", "secure-status"), "okay");
    cr_expect_str_eq(text("/pl011@9000000", "status"), "(none)");
    cr_expect_str_eq(text("/secram@e000000", "secure-status"), "okay");
}

Test(dtb, same_board_same_bytes)
{
    static char first[sizeof(blob)];
    size_t len = dump_of("virt", NULL, "a=b");

    memcpy(first, blob, sizeof(blob));
    cr_expect_eq(dump_of("virt", NULL, "a=b"), len);
    cr_expect_arr_eq(first, blob, len);
    cr_expect_null(fdt_getprop(blob, node("/chosen"), "kaslr-seed", NULL));
    cr_expect_null(fdt_getprop(blob, node("/chosen"), "rng-seed", NULL));
}

Test(dtb, unwritable_file)
{
    avs_machine *m = fixture_machine(NULL, NULL);

    cr_expect_eq(board_dump_dtb(m->board, "/nonexistent/x.dtb"), AVS_ERR_IO);
    cr_expect_not_null(strstr(avs_last_error(m), "/nonexistent/x.dtb"), "%s", avs_last_error(m));
    avs_machine_free(m);
}
