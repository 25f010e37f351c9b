/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_devices.c
 * Flash, clock, GPIO and fw_cfg as the guest sees them, by their registers on the virt board's bus; flash
 * by code that executes too. At the end, nonsense written to all devices, which nothing must survive badly.
 */
#include <endian.h>
#include <string.h>

#include "board/board.h"
#include "board/dev/fw_cfg.h"
#include "board/internal.h"
#include "fixture.h"
#include "mmu/access.h"

#define FLASH1 UINT64_C(0x04000000)
#define RTC UINT64_C(0x09010000)
#define FW_CFG UINT64_C(0x09020000)
#define GPIO UINT64_C(0x09030000)
#define GICD UINT64_C(0x08000000)
#define SECTOR UINT64_C(0x40000)

static avs_machine *m;

static void setup(void)
{
    m = fixture_machine("virt", NULL);
}

static void teardown(void)
{
    avs_machine_free(m);
}

TestSuite(devices, .init = setup, .fini = teardown);

static uint64_t rd(uint64_t address, unsigned size)
{
    struct bus_region *r = bus_find(m->bus, pa(address));
    uint64_t val = 0;

    cr_assert(r && r->ops && r->ops->read(r->dev, NULL, address - r->base, size, &val));
    return val;
}

static void wr(uint64_t address, unsigned size, uint64_t val)
{
    struct bus_region *r = bus_find(m->bus, pa(address));

    cr_assert(r && r->ops && r->ops->write(r->dev, NULL, address - r->base, size, val));
}

static uint32_t memory_at(uint64_t address)
{
    uint32_t w = 0;

    cr_assert(avs_read_mem(m, address, &w, sizeof(w)));
    return w;
}

static void erase(uint64_t address)
{
    wr(address, 4, 0x00200020);
    wr(address, 4, 0x00d000d0);
    cr_expect_eq(rd(address, 4), 0x00800080, "both chips are ready");
    wr(address, 4, 0x00ff00ff);
}

Test(devices, flash_says_what_it_is)
{
    wr(FLASH1 + 0x55 * 4, 4, 0x00980098);
    cr_expect_eq(rd(FLASH1 + 0x10 * 4, 4), 0x00510051, "Q");
    cr_expect_eq(rd(FLASH1 + 0x11 * 4, 2), 0x52, "R");
    cr_expect_eq(rd(FLASH1 + 0x12 * 4, 1), 0x59, "Y");
    cr_expect_eq(rd(FLASH1 + 0x13 * 4, 4), 0x00010001, "Intel's extended command set");
    cr_expect_eq(rd(FLASH1 + 0x27 * 4, 4), 0x00190019, "32 MiB a chip");
    cr_expect_eq(rd(FLASH1 + 0x2d * 4, 4), 0x00ff00ff, "256 blocks");
    cr_expect_eq(rd(FLASH1 + 0x30 * 4, 4), 0x00020002, "of 128 KiB");
    wr(FLASH1, 4, 0x00900090);
    cr_expect_eq(rd(FLASH1, 4), 0x00890089);
    cr_expect_eq(rd(FLASH1 + 4, 4), 0x00180018);
    wr(FLASH1, 4, 0x00ff00ff);
    cr_expect_eq(rd(FLASH1, 4), 0, "an empty bank reads as zero");
}

Test(devices, flash_erases_sectors_and_programs_words)
{
    erase(FLASH1 + SECTOR + 0x1234);
    cr_expect_eq(memory_at(FLASH1 + SECTOR), 0xffffffff);
    cr_expect_eq(memory_at(FLASH1 + 2 * SECTOR - 4), 0xffffffff);
    cr_expect_eq(memory_at(FLASH1 + SECTOR - 4), 0);
    cr_expect_eq(memory_at(FLASH1 + 2 * SECTOR), 0);
    wr(FLASH1 + SECTOR, 4, 0x00400040);
    wr(FLASH1 + SECTOR, 4, 0x12345678);
    wr(FLASH1 + SECTOR, 4, 0x00100010);
    wr(FLASH1 + SECTOR, 4, 0xffff0000);
    cr_expect_eq(memory_at(FLASH1 + SECTOR), 0x12340000, "programming only clears bits");
}

Test(devices, flash_buffers_writes_until_they_are_confirmed)
{
    erase(FLASH1);
    wr(FLASH1, 4, 0x00e800e8);
    wr(FLASH1, 4, 0x00010001);
    wr(FLASH1, 8, UINT64_C(0x2222222211111111));
    cr_expect_eq(memory_at(FLASH1), 0xffffffff);
    wr(FLASH1, 4, 0x00d000d0);
    cr_expect_eq(memory_at(FLASH1), 0x11111111);
    cr_expect_eq(memory_at(FLASH1 + 4), 0x22222222);
    wr(FLASH1, 4, 0x00e800e8);
    wr(FLASH1, 4, 0x0000ffff);
    cr_expect_eq(rd(FLASH1, 4), 0x00b000b0, "more than the buffer holds is a sequence error");
    wr(FLASH1, 4, 0x00500050);
    wr(FLASH1, 4, 0x00700070);
    cr_expect_eq(rd(FLASH1, 4), 0x00800080, "until the status is cleared");
}

/* By the MMU, as a guest: the fast TLB must not show the array in another mode, nor old bytes. */
Test(devices, flash_modes_are_seen_through_the_fast_tlb)
{
    struct pe *c = &m->pe[0];
    uint64_t val;

    cr_assert(mem_fetch_page(c, FIXTURE_RAM)); /* There is always an instruction that accesses. */
    cr_assert(mem_read(c, FLASH1, 4, 0, &val));
    cr_assert(mem_read(c, FLASH1, 4, 0, &val));
    cr_expect_eq(val, 0);
    cr_assert(mem_write(c, FLASH1, 4, 0, 0x00900090));
    cr_assert(mem_read(c, FLASH1, 4, 0, &val));
    cr_expect_eq(val, 0x00890089);
    cr_assert(mem_write(c, FLASH1, 4, 0, 0x00ff00ff));
    cr_assert(mem_read(c, FLASH1, 4, 0, &val));
    cr_expect_eq(val, 0);
}

/* A routine in flash is called, erased and programmed anew by code in RAM, and called again. */
Test(devices, flash_code_changes_with_the_flash)
{
    static const uint32_t routine[] = { 0x91000400, 0xd65f03c0 }; /* add x0, x0, #1; ret */
    static const uint32_t code[] = {
        0xd63f0020,                    /* blr x1 */
        0xb9000022,        0xb9000023, /* str w2, [x1]; str w3, [x1]: program a word */
        0xb9000024,                    /* str w4, [x1]: array mode */
        0xd63f0020,                    /* blr x1 */
        0xd65f03e0 - 0x20,             /* a return to x30, which is here: for ever */
    };
    struct pe *c = &m->pe[0];

    cr_assert(bus_copy_in(m->bus, pa(FLASH1), routine, sizeof(routine)));
    fixture_code(m, FIXTURE_RAM, code, sizeof(code) / 4);
    m->loaded = true;
    m->max_insns = 20;
    c->pc = FIXTURE_RAM;
    c->x[1] = FLASH1;
    c->x[2] = 0x00400040;
    c->x[3] = 0x91000000; /* add x0, x0, #0: bits are cleared */
    c->x[4] = 0x00ff00ff;
    cr_expect_eq(avs_run(m).end, AVS_END_LIMIT);
    cr_expect_eq(c->x[0], 1, "the second call ran the new code: %lu", (unsigned long)c->x[0]);
}

Test(devices, fetching_from_flash_in_another_mode_aborts)
{
    struct pe *c = &m->pe[0];

    wr(FLASH1, 4, 0x00700070);
    c->pc = FLASH1;
    cr_expect_not(mem_fetch_page(c, FLASH1));
}

Test(devices, rtc_counts_modelled_seconds)
{
    cr_expect_eq(rd(RTC, 4), 1767225600, "2026-01-01");
    cr_expect_eq(rd(RTC + 0xc, 4), 1);
    m->sched.now = 3 * m->model->clock_hz;
    cr_expect_eq(rd(RTC, 4), 1767225603);
    wr(RTC + 8, 4, 100);
    cr_expect_eq(rd(RTC, 4), 100);
    cr_expect_eq(rd(RTC + 8, 4), 100);
    m->sched.now = 5 * m->model->clock_hz;
    cr_expect_eq(rd(RTC, 4), 102);
    cr_expect_eq(rd(RTC + 0xfe0, 4), 0x31);
}

Test(devices, rtc_alarm_comes_at_its_second)
{
    const uint64_t hz = m->model->clock_hz;

    wr(RTC + 4, 4, 1767225602);
    wr(RTC + 0x10, 4, 1);
    cr_expect_not(event_fire(m, 2 * hz - 1));
    cr_expect_eq(rd(RTC + 0x14, 4), 0);
    cr_expect(event_fire(m, 2 * hz));
    cr_expect_eq(rd(RTC + 0x18, 4), 1);
    cr_expect_eq(rd(GICD + 0x204, 4) >> 2 & 1, 1, "SPI 2 is pending");
    wr(RTC + 0x1c, 4, 1);
    cr_expect_eq(rd(RTC + 0x18, 4), 0);
    cr_expect_eq(rd(GICD + 0x204, 4) >> 2 & 1, 0);
}

Test(devices, gpio_masks_data_by_address)
{
    wr(GPIO + 0x400, 1, 0xf0);
    wr(GPIO + 0x3fc, 1, 0xff);
    cr_expect_eq(rd(GPIO + 0x3fc, 1), 0xf0, "inputs are low");
    wr(GPIO + (0x30 << 2), 1, 0x10);
    cr_expect_eq(rd(GPIO + 0x3fc, 1), 0xd0);
    cr_expect_eq(rd(GPIO + (0x40 << 2), 1), 0x40);
    cr_expect_eq(rd(GPIO + 0xfe0, 4), 0x61);
    cr_expect_eq(m->stop, STOP_NONE, "it is not the one that switches off");
}

Test(devices, secure_gpio_switches_off)
{
    avs_machine_free(m);
    m = fixture_machine("virt,secure=on", NULL);
    wr(0x090b0000 + 0x400, 1, 1);
    cr_expect_eq(m->stop, STOP_NONE);
    wr(0x090b0000 + 4, 1, 1);
    cr_expect_eq(m->stop, STOP_POWER_OFF);
}

static void *fw_cfg(void)
{
    return bus_find(m->bus, pa(FW_CFG))->dev;
}

Test(devices, fw_cfg_data_register)
{
    cr_expect_eq(rd(FW_CFG, 4), 0x554d4551, "QEMU, in memory order");
    cr_expect_eq(rd(FW_CFG + 0x10, 8), UINT64_C(0x47464320554d4551), "QEMU CFG");
    wr(FW_CFG + 8, 2, 0x0100);
    cr_expect_eq(rd(FW_CFG, 1), 3, "with DMA");
    wr(FW_CFG + 8, 2, 0x0500);
    cr_expect_eq(rd(FW_CFG, 2), 1, "one PE");
    cr_expect_eq(rd(FW_CFG, 8), 0, "nothing more");
    wr(FW_CFG + 8, 2, 0x3412);
    cr_expect_eq(rd(FW_CFG, 8), 0, "no such item");
}

static uint32_t dma(uint32_t control, uint32_t len, uint64_t address)
{
    const uint64_t at = FIXTURE_RAM + 0x1000;
    uint32_t d[4] = { htobe32(control), htobe32(len), htobe32((uint32_t)(address >> 32)),
                      htobe32((uint32_t)address) };

    cr_assert(bus_copy_in(m->bus, pa(at), d, sizeof(d)));
    wr(FW_CFG + 0x10, 4, htobe32((uint32_t)(at >> 32)));
    wr(FW_CFG + 0x14, 4, htobe32((uint32_t)at));
    return be32toh(memory_at(at));
}

Test(devices, fw_cfg_files_by_dma)
{
    const uint64_t to = FIXTURE_RAM + 0x2000;

    fw_cfg_add_file(fw_cfg(), "opt/test", "0123456789", 10);
    cr_expect_eq(dma(0x19u << 16 | 8 | 2, 4 + 8, to), 0, "the directory");
    cr_expect_eq(be32toh(memory_at(to)), 1, "one file");
    cr_expect_eq(be32toh(memory_at(to + 4)), 10);
    cr_expect_eq(memory_at(to + 8), 0x2000, "key 0x20");
    cr_expect_eq(dma(0x20u << 16 | 8 | 4, 4, 0), 0, "select, skip");
    cr_expect_eq(dma(2, 16, to), 0);
    cr_expect_eq(memory_at(to), 0x37363534);
    cr_expect_eq(memory_at(to + 4), 0x00003938, "zeros behind the end");
    cr_expect_eq(dma(2, 16, 0x09000000), 1, "not to a device");
    cr_expect_eq(dma(2, 0xffffffff, to), 1, "not beyond RAM");
    cr_expect_eq(dma(2, 4, 0), 1, "not to flash");
    cr_expect_eq(dma(16, 4, to), 1, "nothing is writable");
    wr(FW_CFG + 0x10, 8, htobe64(0x09000000));
}

/* Seeded; a crash, a hang or a sanitizer's report is the failure. */
Test(devices, nonsense)
{
    static const unsigned sizes[] = { 1, 2, 4, 8 };
    uint64_t seed = 88172645463325252u, val;

    avs_machine_free(m);
    m = fixture_machine("virt,secure=on", NULL);
    for (unsigned i = 0; i < 300000; i++) {
        struct bus_region *r = bus_region_at(m->bus, seed % 13);
        unsigned size = sizes[seed >> 8 & 3];
        uint64_t off;

        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        if (!r || !r->ops)
            continue;
        off = (seed >> 16) % r->size & ~(uint64_t)(size - 1);
        if (seed & 1 << 14)
            off %= 0x1000 < r->size ? 0x1000 : r->size;
        if (off + size > r->size)
            continue;
        if (seed & 1 << 15)
            r->ops->read(r->dev, NULL, off, size, &val);
        else
            r->ops->write(r->dev, NULL, off, size, seed & 1 << 13 ? seed : (seed & 0xff) * 0x10001);
    }
    cr_expect(m->next_event >= m->sched.now);
}
