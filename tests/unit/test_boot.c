/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_boot.c
 * What a kernel or firmware is given at its start: the initial RAM disk and its place in /chosen, the
 * device tree of the user's with what the board changes in it, compressed kernels, and the items of fw_cfg;
 * and the kernels that are refused because they could not run.
 */
#include <endian.h>
#include <gio/gio.h>
#include <libfdt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "board/board.h"
#include "fixture.h"

#define RAM FIXTURE_RAM
#define FW_CFG UINT64_C(0x09020000)

enum { FLAGS_4K = 0xa, FLAGS_16K = 0xc, FLAGS_64K = 0xe, FLAG_BIG_ENDIAN = 1 };

static avs_machine *m;
static char image[64], initrd[64], tree[64];

static void setup(void)
{
    snprintf(image, sizeof(image), "/tmp/avs-boot-%ld.image", (long)getpid());
    snprintf(initrd, sizeof(initrd), "/tmp/avs-boot-%ld.initrd", (long)getpid());
    snprintf(tree, sizeof(tree), "/tmp/avs-boot-%ld.dtb", (long)getpid());
    m = NULL;
}

static void teardown(void)
{
    avs_machine_free(m);
    remove(image);
    remove(initrd);
    remove(tree);
}

TestSuite(boot, .init = setup, .fini = teardown);

static void write_file(const char *path, const void *data, size_t len)
{
    cr_assert(g_file_set_contents(path, data, (gssize)len, NULL));
}

/* A kernel's header, with its text at an offset of 2 MiB. */
static void write_kernel(uint64_t image_size, uint64_t flags)
{
    const uint64_t h[8] = { 0x14000010, 0x200000, image_size, flags, 0, 0, 0, UINT64_C(0x644d5241) };

    write_file(image, h, sizeof(h));
}

static void make(const avs_options *o)
{
    cr_assert_eq(avs_machine_new(o, &m), AVS_OK, "%s", avs_last_error(NULL));
}

static void load(void)
{
    cr_assert_eq(avs_load(m, image), AVS_OK, "%s", avs_last_error(m));
}

static uint32_t word_at(uint64_t address)
{
    uint32_t w = 0;

    cr_assert(avs_read_mem(m, address, &w, sizeof(w)), "nothing at %#lx", (long)address);
    return w;
}

/* The tree in memory, at an address; its copy is valid until the next. */
static const void *tree_at(uint64_t address)
{
    static char blob[1 << 20];
    uint32_t size = be32toh(word_at(address + 4));

    cr_assert_leq(size, sizeof(blob));
    cr_assert(avs_read_mem(m, address, blob, size));
    cr_assert_eq(fdt_check_full(blob, size), 0, "a good tree at %#lx", (long)address);
    return blob;
}

static uint64_t chosen_address(const void *fdt, const char *prop)
{
    int len = 0;
    const fdt32_t *p = fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), prop, &len);

    cr_assert(p && len == 8, "/chosen has %s in two cells", prop);
    return (uint64_t)fdt32_to_cpu(p[0]) << 32 | fdt32_to_cpu(p[1]);
}

static const char *text(const void *fdt, const char *node, const char *prop)
{
    const char *s = fdt_getprop(fdt, fdt_path_offset(fdt, node), prop, NULL);

    return s ? s : "(none)";
}

/* ---- The initial RAM disk ---- */

Test(boot, initrd_is_where_chosen_says)
{
    avs_options o = AVS_OPTIONS_INIT;
    const void *fdt;

    o.initrd = initrd;
    o.cmdline = "console=ttyAMA0";
    write_kernel(0x100000, FLAGS_4K);
    write_file(initrd, "0123456789", 10);
    make(&o);
    load();
    fdt = tree_at(m->pe[0].x[0]);
    cr_expect_eq(chosen_address(fdt, "linux,initrd-start"), RAM + 0x4000000, "half of 128 MiB up");
    cr_expect_eq(chosen_address(fdt, "linux,initrd-end"), RAM + 0x400000a);
    cr_expect_str_eq(text(fdt, "/chosen", "bootargs"), "console=ttyAMA0");
    cr_expect_eq(word_at(RAM + 0x4000000), 0x33323130);
    cr_expect_eq(m->pe[0].x[0], RAM + 0x4200000, "the tree is behind it, 2 MiB aligned");
}

Test(boot, initrd_is_behind_a_large_kernel)
{
    avs_options o = AVS_OPTIONS_INIT;

    o.initrd = initrd;
    write_kernel(0x5000123, FLAGS_4K);
    write_file(initrd, "0123", 4);
    make(&o);
    load();
    cr_expect_eq(chosen_address(tree_at(m->pe[0].x[0]), "linux,initrd-start"), RAM + 0x5201000);
    cr_expect_eq(word_at(RAM + 0x5201000), 0x33323130);
}

Test(boot, initrd_of_large_memory_is_128_mib_up)
{
    avs_options o = AVS_OPTIONS_INIT;

    o.initrd = initrd;
    o.mem_bytes = UINT64_C(1) << 30;
    write_kernel(0x100000, FLAGS_4K);
    write_file(initrd, "0123", 4);
    make(&o);
    load();
    cr_expect_eq(chosen_address(tree_at(m->pe[0].x[0]), "linux,initrd-start"), RAM + 0x8000000);
}

Test(boot, without_initrd_chosen_says_nothing)
{
    const void *fdt;

    write_kernel(0x100000, FLAGS_4K);
    m = fixture_machine(NULL, NULL);
    load();
    fdt = tree_at(m->pe[0].x[0]);
    cr_expect_null(fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), "linux,initrd-start", NULL));
}

/* ---- The device tree ---- */

/* A tree with memory in two places, of a root with `cells` address and size cells. */
static void write_tree(uint32_t cells)
{
    static char blob[4096];
    const uint64_t reg[2] = { htobe64(0x80000000), htobe64(0x1000) };

    cr_assert_eq(fdt_create(blob, sizeof(blob)), 0);
    fdt_finish_reservemap(blob);
    fdt_begin_node(blob, "");
    fdt_property_u32(blob, "#address-cells", cells);
    fdt_property_u32(blob, "#size-cells", cells);
    fdt_property_string(blob, "model", "mine");
    fdt_begin_node(blob, "memory@80000000");
    fdt_property(blob, "reg", reg, sizeof(reg));
    fdt_end_node(blob);
    fdt_begin_node(blob, "memory");
    fdt_end_node(blob);
    fdt_begin_node(blob, "memory-controller@1000");
    fdt_end_node(blob);
    fdt_end_node(blob);
    cr_assert_eq(fdt_finish(blob), 0);
    write_file(tree, blob, fdt_totalsize(blob));
}

static void boot_with_tree(const char *cmdline)
{
    avs_options o = AVS_OPTIONS_INIT;

    o.dtb = tree;
    o.initrd = initrd;
    o.cmdline = cmdline;
    write_kernel(0x100000, FLAGS_4K);
    write_file(initrd, "0123", 4);
    make(&o);
    load();
}

Test(boot, users_tree_gets_memory_and_chosen)
{
    static const uint32_t want[] = { 0, 0x40000000, 0, 0x8000000 };
    const fdt32_t *reg;
    const void *fdt;
    int len = 0;

    write_tree(2);
    boot_with_tree("quiet");
    fdt = tree_at(m->pe[0].x[0]);
    cr_expect_str_eq(text(fdt, "/", "model"), "mine");
    cr_expect_lt(fdt_path_offset(fdt, "/memory@80000000"), 0, "the file's memory is gone");
    cr_expect_geq(fdt_path_offset(fdt, "/memory-controller@1000"), 0, "which this is not");
    cr_expect_str_eq(text(fdt, "/memory@40000000", "device_type"), "memory");
    reg = fdt_getprop(fdt, fdt_path_offset(fdt, "/memory@40000000"), "reg", &len);
    cr_assert(reg && len == 16);
    for (unsigned i = 0; i < 4; i++)
        cr_expect_eq(fdt32_to_cpu(reg[i]), want[i], "cell %u", i);
    cr_expect_str_eq(text(fdt, "/chosen", "bootargs"), "quiet");
    cr_expect_eq(chosen_address(fdt, "linux,initrd-start"), RAM + 0x4000000);
}

Test(boot, users_tree_has_its_own_cells)
{
    const fdt32_t *reg;
    const void *fdt;
    int len = 0;

    write_tree(1);
    boot_with_tree(NULL);
    fdt = tree_at(m->pe[0].x[0]);
    reg = fdt_getprop(fdt, fdt_path_offset(fdt, "/memory@40000000"), "reg", &len);
    cr_assert(reg && len == 8);
    cr_expect_eq(fdt32_to_cpu(reg[0]), 0x40000000);
    cr_expect_eq(fdt32_to_cpu(reg[1]), 0x8000000);
    cr_expect_str_eq(text(fdt, "/chosen", "bootargs"), "(none)");
}

Test(boot, users_tree_with_impossible_cells)
{
    avs_options o = AVS_OPTIONS_INIT;

    write_tree(3);
    o.dtb = tree;
    cr_expect_eq(avs_machine_new(&o, &m), AVS_ERR_FORMAT);
    cr_expect_not_null(strstr(avs_last_error(NULL), tree), "%s", avs_last_error(NULL));
    cr_expect_not_null(strstr(avs_last_error(NULL), "memory and boot arguments"), "%s",
                       avs_last_error(NULL));
}

/* What is dumped is what the kernel finds, with the initrd's place. */
Test(boot, dumped_tree_is_the_one_in_memory)
{
    g_autofree char *dumped = NULL;
    avs_options o = AVS_OPTIONS_INIT;
    const void *fdt;
    gsize len = 0;

    o.initrd = initrd;
    write_kernel(0x100000, FLAGS_4K);
    write_file(initrd, "0123", 4);
    make(&o);
    load();
    cr_assert_eq(avs_dump_dtb(m, tree), AVS_OK, "%s", avs_last_error(m));
    cr_assert(g_file_get_contents(tree, &dumped, &len, NULL));
    fdt = tree_at(m->pe[0].x[0]);
    cr_assert_eq(fdt_totalsize(fdt), len);
    cr_expect_arr_eq(dumped, fdt, len);
    cr_expect_eq(chosen_address(dumped, "linux,initrd-end"), RAM + 0x4000004);
}

/* ---- Kernels ---- */

static void compress(const char *path)
{
    g_autoptr(GConverter) gz = G_CONVERTER(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1));
    g_autofree char *bytes = NULL;
    uint8_t out[4096];
    gsize len, took, gave;

    cr_assert(g_file_get_contents(path, &bytes, &len, NULL));
    cr_assert_eq(
        g_converter_convert(gz, bytes, len, out, sizeof(out), G_CONVERTER_INPUT_AT_END, &took, &gave, NULL),
        G_CONVERTER_FINISHED);
    write_file(path, out, gave);
}

Test(boot, compressed_kernel_is_the_kernel)
{
    write_kernel(0x100000, FLAGS_4K);
    compress(image);
    m = fixture_machine(NULL, NULL);
    load();
    cr_expect_eq(m->pe[0].pc, RAM + 0x200000);
    cr_expect_eq(word_at(RAM + 0x200000), 0x14000010);
    cr_expect_eq(word_at(RAM + 0x200038), 0x644d5241, "to its end");
    cr_expect_eq(word_at(RAM + 0x200040), 0);
}

static void expect_refused(const char *board, const char *cpu, avs_status status, const char *reason)
{
    avs_machine_free(m);
    m = fixture_machine(board, cpu);
    cr_expect_eq(avs_load(m, image), status, "%s", reason);
    cr_expect_not_null(strstr(avs_last_error(m), reason), "says \"%s\": %s", reason, avs_last_error(m));
    cr_expect_not_null(strstr(avs_last_error(m), image), "names the file: %s", avs_last_error(m));
    cr_expect_eq(word_at(RAM + 0x200000), 0, "nothing was loaded");
}

Test(boot, kernels_that_cannot_run_are_refused)
{
    write_kernel(0x100000, FLAGS_16K);
    expect_refused("virt", "cortex-a53", AVS_ERR_BOARD, "16 KiB pages, which cortex-a53 does not have");
    write_kernel(0x100000, FLAGS_4K | FLAG_BIG_ENDIAN);
    expect_refused("virt", NULL, AVS_ERR_FORMAT, "a big-endian kernel");
    write_kernel(0x100000, FLAGS_4K);
    expect_refused("virt,secure=on", NULL, AVS_ERR_BOARD, "cannot be entered at EL3");
    compress(image);
    expect_refused("virt,secure=on", NULL, AVS_ERR_BOARD, "cannot be entered at EL3");
}

Test(boot, kernels_of_every_page_size_run_where_the_core_has_it)
{
    static const uint64_t flags[] = { 0, FLAGS_4K, FLAGS_64K, FLAGS_16K };

    for (unsigned i = 0; i < G_N_ELEMENTS(flags); i++) {
        write_kernel(0x100000, flags[i]);
        m = fixture_machine("virt", i == 3 ? "max" : "cortex-a53");
        load();
        cr_expect_eq(m->pe[0].pc, RAM + 0x200000);
        avs_machine_free(m);
        m = NULL;
    }
}

/* ---- Firmware ---- */

static uint64_t fw_cfg_item(uint16_t key, unsigned size)
{
    struct bus_region *r = bus_find(m->bus, pa(FW_CFG));
    uint64_t val = 0;

    cr_assert(r->ops->write(r->dev, NULL, 8, 2, htobe16(key)));
    cr_assert(r->ops->read(r->dev, NULL, 0, size, &val));
    return val;
}

Test(boot, firmware_is_offered_kernel_initrd_and_arguments)
{
    avs_options o = AVS_OPTIONS_INIT;

    o.bios = tree; /* Any file will do. */
    o.initrd = initrd;
    o.cmdline = "ro";
    write_file(tree, "\xff\xff\xff\x17", 4);
    write_file(initrd, "0123456", 7);
    write_kernel(0x100000, FLAGS_4K);
    compress(image);
    make(&o);
    load();
    cr_expect_eq(m->pe[0].pc, 0, "the firmware begins");
    cr_expect_eq(word_at(0), 0x17ffffff);
    cr_expect_eq(word_at(RAM + 0x200000), 0, "and loads the kernel itself");
    cr_expect_eq(fw_cfg_item(0x08, 4), 64, "unpacked");
    cr_expect_eq(fw_cfg_item(0x11, 4), 0x14000010);
    cr_expect_eq(fw_cfg_item(0x0b, 4), 7);
    cr_expect_eq(fw_cfg_item(0x12, 8), UINT64_C(0x0036353433323130), "zeros behind the end");
    cr_expect_eq(fw_cfg_item(0x14, 4), 3, "with its terminator");
    cr_expect_eq(fw_cfg_item(0x15, 4), 0x6f72);
    cr_expect_lt(fdt_path_offset(tree_at(RAM), "/chosen/linux,initrd-start"), 0);
}

Test(boot, firmware_alone_is_offered_nothing)
{
    avs_options o = AVS_OPTIONS_INIT;

    o.bios = tree;
    write_file(tree, "\xff\xff\xff\x17", 4);
    make(&o);
    cr_expect_eq(fw_cfg_item(0x08, 4), 0);
    cr_expect_eq(fw_cfg_item(0x0b, 4), 0);
    cr_expect_eq(fw_cfg_item(0x14, 4), 0);
}
