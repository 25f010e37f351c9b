/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_virtio_blk.c
 * The virtio block device: every request, at the borders of the disk, broken, and with a host that fails;
 * and the disk images that are refused.
 */
#include <glib.h>
#include <sys/stat.h>

#include "virtio_fixture.h"

enum { T_IN = 0, T_OUT = 1, T_FLUSH = 4, T_GET_ID = 8, T_DISCARD = 11, T_WRITE_ZEROES = 13 };
enum { S_OK = 0, S_IOERR = 1, S_UNSUPP = 2, S_NONE = 0xee };
enum { SECTORS = 4096 };

/* Where a request is in RAM. */
#define HEADER (BUFFER)
#define STATUS (BUFFER + 0x100)
#define DATA (BUFFER + 0x1000)

static avs_machine *m;
static struct driver d;
static char path[64];

static void open_disk(const char *options)
{
    g_autofree char *spec = g_strdup_printf("virtio-blk,file=%s%s", path, options);

    m = fixture_machine("virt", NULL);
    attach(m, spec);
    d = driver_of(m, 0);
    driver_start(&d, 0, 1);
}

static void setup(void)
{
    snprintf(path, sizeof(path), "/tmp/avs-disk-%ld", (long)getpid());
    make_disk(path, SECTORS, 0xa5);
    open_disk("");
}

static void teardown(void)
{
    avs_machine_free(m);
    remove(path);
}

TestSuite(virtio_blk, .init = setup, .fini = teardown);

/* Does a request with `out` bytes of data that the device reads, `in` that it writes; returns the status.
 */
static uint8_t request(uint32_t type, uint64_t sector, uint32_t out, uint32_t in, uint32_t used)
{
    struct {
        uint32_t type, reserved;
        uint64_t sector;
    } header = { type, 0, sector };
    uint8_t status = S_NONE;
    unsigned n = 1;

    put_ram(&d, HEADER, &header, sizeof(header));
    put_ram(&d, STATUS, &status, 1);
    put_desc(&d, desc_ram(&d), 0, HEADER, sizeof(header), D_NEXT, 1);
    if (out) {
        put_desc(&d, desc_ram(&d), n, DATA, out, D_NEXT, (uint16_t)(n + 1));
        n++;
    }
    if (in) {
        put_desc(&d, desc_ram(&d), n, DATA, in, D_WRITE | D_NEXT, (uint16_t)(n + 1));
        n++;
    }
    put_desc(&d, desc_ram(&d), n, STATUS, 1, D_WRITE, 0);
    offer(&d, 0);
    pass_second(&d);
    cr_expect_eq(take_used(&d, 0), used, "type %u, sector %llu", type, (unsigned long long)sector);
    get_ram(&d, STATUS, &status, 1);
    return status;
}

static uint32_t sector_in_ram(unsigned index)
{
    uint32_t number;

    get_ram(&d, DATA + 512 * index, &number, sizeof(number));
    return number;
}

Test(virtio_blk, configuration)
{
    cr_expect_eq(get(&d, R_DEVICE_ID), 2);
    cr_expect_eq(get(&d, R_CONFIG), SECTORS);
    cr_expect_eq(get(&d, R_CONFIG + 4), 0);
    cr_expect_eq(get(&d, R_CONFIG + 12), 254, "seg_max");
    cr_expect_eq(get(&d, R_CONFIG + 20), 512, "blk_size");
    cr_expect_eq(get(&d, R_CONFIG + 36), 32768, "max_discard_sectors");
    cr_expect_eq(get(&d, R_CONFIG + 40), 1, "max_discard_seg");
    cr_expect_eq(get(&d, R_CONFIG + 48), 32768, "max_write_zeroes_sectors");
    cr_expect_eq(bus_get(m, d.base + R_CONFIG + 56, 1), 1, "write_zeroes_may_unmap");
    cr_expect_eq((uint32_t)offered(&d), 0x30000000u | 1 << 2 | 1 << 6 | 1 << 9 | 1 << 13 | 1 << 14);
    set(&d, R_CONFIG, 1);
    cr_expect_eq(get(&d, R_CONFIG), SECTORS, "is read-only");
}

Test(virtio_blk, reads)
{
    cr_expect_eq(request(T_IN, 3, 0, 512, 513), S_OK);
    cr_expect_eq(sector_in_ram(0), 3);
    cr_expect_eq(request(T_IN, 0, 0, SECTORS * 512, SECTORS * 512 + 1), S_OK, "all of it");
    for (unsigned i = 0; i < SECTORS; i++)
        cr_assert_eq(sector_in_ram(i), i);
    cr_expect_eq(request(T_IN, SECTORS - 1, 0, 512, 513), S_OK);
    cr_expect_eq(sector_in_ram(0), SECTORS - 1);
}

Test(virtio_blk, not_on_the_disk)
{
    static const uint64_t sectors[] = { SECTORS,
                                        SECTORS - 1,
                                        SECTORS + 1,
                                        UINT64_MAX,
                                        UINT64_MAX - 1,
                                        UINT64_C(1) << 55,
                                        (UINT64_C(1) << 55) - 1 };
    struct stat st;

    for (size_t i = 0; i < sizeof(sectors) / sizeof(sectors[0]); i++) {
        cr_expect_eq(request(T_IN, sectors[i], 0, 1024, 1), S_IOERR, "%zu", i);
        cr_expect_eq(request(T_OUT, sectors[i], 1024, 0, 1), S_IOERR, "%zu", i);
    }
    cr_expect_eq(request(T_IN, 0, 0, 100, 1), S_IOERR, "no whole sectors");
    cr_expect_eq(request(T_OUT, 0, 100, 0, 1), S_IOERR);
    cr_assert_eq(stat(path, &st), 0);
    cr_expect_eq(st.st_size, SECTORS * 512, "the file did not grow");
}

static void file_sector(unsigned sector, uint8_t bytes[512])
{
    FILE *f = fopen(path, "rb");

    cr_assert_not_null(f);
    cr_assert_eq(fseek(f, 512 * (long)sector, SEEK_SET), 0);
    cr_assert_eq(fread(bytes, 1, 512, f), 512);
    fclose(f);
}

Test(virtio_blk, writes_go_to_the_file)
{
    uint8_t data[1024], got[512];

    memset(data, 0x5a, sizeof(data));
    put_ram(&d, DATA, data, sizeof(data));
    cr_expect_eq(request(T_OUT, 9, sizeof(data), 0, 1), S_OK);
    cr_expect_eq(request(T_FLUSH, 0, 0, 0, 1), S_OK);
    file_sector(10, got);
    cr_expect_arr_eq(got, data, 512);
    file_sector(11, got);
    cr_expect_eq(got[0], 11, "and no further");
    cr_expect_eq(got[511], 0xa5);
}

Test(virtio_blk, a_long_write_in_steps)
{
    static uint8_t data[300 * 512];
    uint8_t got[512];

    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i / 512);
    put_ram(&d, DATA, data, sizeof(data));
    cr_expect_eq(request(T_OUT, 100, sizeof(data), 0, 1), S_OK);
    for (unsigned i = 0; i < 300; i++) {
        file_sector(100 + i, got);
        cr_assert_eq(got[0], (uint8_t)i);
        cr_assert_eq(got[511], (uint8_t)i);
    }
}

Test(virtio_blk, identification)
{
    char id[21] = { 0 };

    avs_machine_free(m);
    open_disk(",serial=ABC-7");
    cr_expect_eq(request(T_GET_ID, 0, 0, 20, 21), S_OK);
    get_ram(&d, DATA, id, 20);
    cr_expect_str_eq(id, "ABC-7");
    cr_expect_eq(request(T_GET_ID, 0, 0, 2, 3), S_OK);
}

static void set_range(uint64_t sector, uint32_t count, uint32_t flags)
{
    struct {
        uint64_t sector;
        uint32_t count, flags;
    } range = { sector, count, flags };

    put_ram(&d, DATA, &range, sizeof(range));
}

Test(virtio_blk, discard_and_write_zeroes)
{
    uint8_t got[512], zeros[512] = { 0 };

    set_range(20, 300, 0);
    cr_expect_eq(request(T_DISCARD, 0, 16, 0, 1), S_OK);
    for (unsigned i = 20; i < 320; i++) {
        file_sector(i, got);
        cr_assert_arr_eq(got, zeros, 512);
    }
    file_sector(19, got);
    cr_expect_eq(got[0], 19);
    file_sector(320, got);
    cr_expect_eq(got[511], 0xa5);
    set_range(1000, 1, 1);
    cr_expect_eq(request(T_WRITE_ZEROES, 0, 16, 0, 1), S_OK);
    file_sector(1000, got);
    cr_expect_arr_eq(got, zeros, 512);
    set_range(1, 1, 1);
    cr_expect_eq(request(T_DISCARD, 0, 16, 0, 1), S_UNSUPP, "unmap is not for discards");
    set_range(1, 1, 2);
    cr_expect_eq(request(T_WRITE_ZEROES, 0, 16, 0, 1), S_UNSUPP);
    set_range(SECTORS - 1, 2, 0);
    cr_expect_eq(request(T_DISCARD, 0, 16, 0, 1), S_IOERR);
    set_range(UINT64_MAX, 2, 0);
    cr_expect_eq(request(T_WRITE_ZEROES, 0, 16, 0, 1), S_IOERR);
    set_range(0, 0xffffffff, 0);
    cr_expect_eq(request(T_WRITE_ZEROES, 0, 16, 0, 1), S_IOERR);
    cr_expect_eq(request(T_WRITE_ZEROES, 0, 32, 0, 1), S_IOERR, "one range only");
    cr_expect_eq(request(T_WRITE_ZEROES, 0, 0, 0, 1), S_IOERR, "none");
    file_sector(1, got);
    cr_expect_eq(got[0], 1);
}

Test(virtio_blk, unknown_requests)
{
    cr_expect_eq(request(99, 0, 0, 512, 1), S_UNSUPP);
    cr_expect_eq(request(T_FLUSH, 77, 512, 512, 1), S_OK, "what is not looked at");
}

Test(virtio_blk, a_request_in_any_pieces)
{
    uint8_t status;
    uint32_t number;

    request(T_IN, 5, 0, 512, 513);
    put_desc(&d, desc_ram(&d), 0, HEADER, 3, D_NEXT, 1);
    put_desc(&d, desc_ram(&d), 1, HEADER + 3, 13, D_NEXT, 2);
    put_desc(&d, desc_ram(&d), 2, DATA, 100, D_WRITE | D_NEXT, 3);
    put_desc(&d, desc_ram(&d), 3, DATA + 100, 413, D_WRITE, 0);
    offer(&d, 0);
    pass_second(&d);
    cr_expect_eq(take_used(&d, 0), 513, "the status is the last byte of the data's buffer");
    get_ram(&d, DATA + 512, &status, 1);
    cr_expect_eq(status, S_OK);
    get_ram(&d, DATA, &number, 4);
    cr_expect_eq(number, 5);
}

Test(virtio_blk, requests_without_their_parts)
{
    static const struct {
        uint32_t out, in;
    } cases[] = { { 15, 1 }, { 16, 0 }, { 0, 512 } };

    for (size_t i = 0; i < 3; i++) {
        d.log_lines = 0;
        driver_start(&d, 0, 1);
        put_desc(&d, desc_ram(&d), 0, HEADER, cases[i].out, D_NEXT, 1);
        put_desc(&d, desc_ram(&d), 1, DATA, cases[i].in, D_WRITE, 0);
        offer(&d, 0);
        pass_second(&d);
        cr_expect(get(&d, R_STATUS) & ST_NEEDS_RESET, "%zu", i);
        cr_expect_eq(used_index(&d), 0);
        cr_expect_eq(d.log_lines, 1);
    }
}

Test(virtio_blk, readonly)
{
    uint8_t got[512];

    avs_machine_free(m);
    cr_assert_eq(chmod(path, 0444), 0);
    open_disk(",readonly=on");
    cr_expect(offered(&d) & 1 << 5, "VIRTIO_BLK_F_RO");
    cr_expect_not(offered(&d) & 1 << 13, "no discard");
    cr_expect_eq(request(T_IN, 3, 0, 512, 513), S_OK);
    cr_expect_eq(request(T_OUT, 3, 512, 0, 1), S_IOERR);
    set_range(3, 1, 0);
    cr_expect_eq(request(T_DISCARD, 0, 16, 0, 1), S_IOERR);
    cr_expect_eq(request(T_FLUSH, 0, 0, 0, 1), S_OK);
    file_sector(3, got);
    cr_expect_eq(got[511], 0xa5);
}

Test(virtio_blk, a_snapshot_keeps_writes_in_memory)
{
    uint8_t data[1024], got[512];

    avs_machine_free(m);
    cr_assert_eq(chmod(path, 0444), 0);
    open_disk(",snapshot=on");
    cr_expect_not(offered(&d) & 1 << 5, "the guest may write");
    memset(data, 0x5a, sizeof(data));
    put_ram(&d, DATA, data, sizeof(data));
    cr_expect_eq(request(T_OUT, 9, sizeof(data), 0, 1), S_OK);
    cr_expect_eq(request(T_FLUSH, 0, 0, 0, 1), S_OK);
    set_range(12, 1, 0);
    cr_expect_eq(request(T_DISCARD, 0, 16, 0, 1), S_OK);
    cr_expect_eq(request(T_IN, 8, 0, 5 * 512, 5 * 512 + 1), S_OK);
    cr_expect_eq(sector_in_ram(0), 8, "was not written");
    cr_expect_eq(sector_in_ram(1), 0x5a5a5a5a);
    cr_expect_eq(sector_in_ram(2), 0x5a5a5a5a);
    cr_expect_eq(sector_in_ram(3), 11, "was not written");
    cr_expect_eq(sector_in_ram(4), 0, "was discarded");
    for (unsigned i = 9; i < 13; i++) {
        file_sector(i, got);
        cr_expect_eq(got[0], i, "sector %u of the file", i);
        cr_expect_eq(got[511], 0xa5);
    }
}

Test(virtio_blk, a_file_that_becomes_shorter)
{
    cr_assert_eq(truncate(path, 1024), 0);
    cr_expect_eq(request(T_IN, 1, 0, 512, 513), S_OK);
    cr_expect_eq(request(T_IN, 2, 0, 512, 1), S_IOERR);
}

Test(virtio_blk, two_machines_do_not_share_a_disk)
{
    g_autofree char *write = g_strdup_printf("virtio-blk,file=%s", path);
    g_autofree char *read = g_strdup_printf("virtio-blk,file=%s,readonly=on", path);
    avs_machine *other = fixture_machine("virt", NULL);

    cr_expect_eq(avs_attach(other, write), AVS_ERR_IO);
    cr_expect_not_null(strstr(avs_last_error(other), "in use"), "%s", avs_last_error(other));
    cr_expect_eq(avs_attach(other, read), AVS_ERR_IO);
    cr_expect_eq(avs_attach(m, write), AVS_ERR_IO, "nor does one twice");
    avs_machine_free(m);
    cr_expect_eq(avs_attach(other, read), AVS_OK, "%s", avs_last_error(other));
    m = fixture_machine("virt", NULL);
    cr_expect_eq(avs_attach(m, read), AVS_OK, "readers share");
    cr_expect_eq(avs_attach(m, write), AVS_ERR_IO);
    avs_machine_free(other);
}

static void expect_refused(const char *spec, avs_status status, const char *says)
{
    cr_expect_eq(avs_attach(m, spec), status, "%s: %s", spec, avs_last_error(m));
    cr_expect_not_null(strstr(avs_last_error(m), says), "%s: %s", spec, avs_last_error(m));
    cr_expect_null(strchr(avs_last_error(m), '\n'));
}

Test(virtio_blk, what_cannot_be_attached)
{
    g_autofree char *odd = g_strdup_printf("%s,,odd", path);
    g_autofree char *odd_file = g_strdup_printf("%s,odd", path);
    g_autofree char *odd_spec = g_strdup_printf("virtio-blk,file=%s", odd);

    expect_refused("floppy", AVS_ERR_ARG, "no such device; known: virtio-blk");
    expect_refused("", AVS_ERR_ARG, "no such device");
    expect_refused("virtio-blk", AVS_ERR_ARG, "file=FILE is missing");
    expect_refused("virtio-blk,file=", AVS_ERR_ARG, "file=FILE is missing");
    expect_refused("virtio-blk,file", AVS_ERR_ARG, "not KEY=VALUE");
    expect_refused("virtio-blk,file=/nonexistent/disk", AVS_ERR_IO, "/nonexistent/disk: No such file");
    expect_refused("virtio-blk,file=/tmp", AVS_ERR_IO, "is a directory");
    expect_refused("virtio-blk,file=/tmp,readonly=on", AVS_ERR_IO, "is a directory");
    expect_refused("virtio-blk,file=/dev/null", AVS_ERR_IO, "not a regular file");
    expect_refused("virtio-blk,colour=red", AVS_ERR_ARG, "unknown key \"colour\"; known: file readonly");
    expect_refused("virtio-blk,file=a,file=b", AVS_ERR_ARG, "given twice");
    expect_refused("virtio-blk,file=/dev/null,readonly=yes", AVS_ERR_ARG, "on or off expected");
    expect_refused("virtio-blk,file=/tmp/x,serial=123456789012345678901", AVS_ERR_ARG, "serial");
    make_disk(odd_file, 0, 0);
    expect_refused(odd_spec, AVS_ERR_FORMAT, ",odd: is empty");
    make_disk(odd_file, 2, 0);
    cr_assert_eq(truncate(odd_file, 1000), 0);
    expect_refused(odd_spec, AVS_ERR_FORMAT, "1000 bytes are not whole sectors");
    remove(odd_file);
    cr_expect_eq(avs_attach(m, NULL), AVS_ERR_ARG);
}
