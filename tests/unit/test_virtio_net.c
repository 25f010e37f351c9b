/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_virtio_net.c
 * The virtio network and console devices. The network is restricted: what answers is user-mode networking's
 * own stack, in modelled time, the same in every run.
 */
#include "virtio_fixture.h"

enum { RX, TX };
enum { HEADER = 12, RX_BYTES = 1536, RX_BUFFERS = 8 };
#define RX_RAM (BUFFER + 0x100000)

static avs_machine *m;
static struct driver d;
static const uint8_t mac[6] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 };

static bool start(const char *spec, unsigned buffers)
{
    m = fixture_machine("virt", NULL);
    if (avs_attach(m, spec) != AVS_OK && strstr(avs_last_error(m), "without libslirp"))
        return false;
    d = driver_of(m, 0);
    cr_assert_neq(get(&d, R_DEVICE_ID), 0, "%s", avs_last_error(m));
    driver_start(&d, 0, 2);
    d.queue = RX;
    for (unsigned i = 0; i < buffers; i++) {
        put_desc(&d, desc_ram(&d), i, RX_RAM + i * RX_BYTES, RX_BYTES, D_WRITE, 0);
        offer(&d, (uint16_t)i);
    }
    return true;
}

static void stop(void)
{
    avs_machine_free(m);
}

#define START(spec)                                                                                        \
    if (!start(spec, RX_BUFFERS))                                                                          \
    cr_skip_test("built without libslirp")

static void transmit(const uint8_t *frame, size_t len)
{
    uint8_t header[HEADER] = { 0 };

    d.queue = TX;
    put_ram(&d, BUFFER, header, HEADER);
    put_ram(&d, BUFFER + HEADER, frame, len);
    put_desc(&d, desc_ram(&d), 0, BUFFER, HEADER + (uint32_t)len, 0, 0);
    offer(&d, 0);
    pass(&d, 1000000);
    cr_assert_eq(take_used(&d, 0), 0, "nothing is written to a frame that is sent");
    d.queue = RX;
}

/* The frame in the next receive buffer; returns its length, 0 when there is none. */
static size_t received(uint8_t frame[RX_BYTES])
{
    uint8_t header[HEADER];
    uint16_t n = d.used[RX];
    uint32_t len;

    if (used_index(&d) == n)
        return 0;
    len = take_used(&d, n % RX_BUFFERS);
    cr_assert_gt(len, HEADER);
    get_ram(&d, RX_RAM + n % RX_BUFFERS * RX_BYTES, header, HEADER);
    cr_expect_eq(header[10], 1, "num_buffers");
    get_ram(&d, RX_RAM + n % RX_BUFFERS * RX_BYTES + HEADER, frame, len - HEADER);
    return len - HEADER;
}

static void ethernet(uint8_t *frame, uint16_t type)
{
    memset(frame, 0xff, 6);
    memcpy(frame + 6, mac, 6);
    frame[12] = (uint8_t)(type >> 8);
    frame[13] = (uint8_t)type;
}

static void ask_arp(uint8_t last)
{
    uint8_t frame[60] = { 0 };
    static const uint8_t arp[] = { 0, 1, 8, 0, 6, 4, 0, 1 };
    const uint8_t from[4] = { 10, 0, 2, 15 }, to[4] = { 10, 0, 2, last };

    ethernet(frame, 0x0806);
    memcpy(frame + 14, arp, sizeof(arp));
    memcpy(frame + 22, mac, 6);
    memcpy(frame + 28, from, 4);
    memcpy(frame + 38, to, 4);
    transmit(frame, sizeof(frame));
}

static uint16_t checksum(const uint8_t *bytes, size_t len)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < len; i += 2)
        sum += (uint32_t)bytes[i] << 8 | (i + 1 < len ? bytes[i + 1] : 0);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

/* An IPv4 header over what is at frame + 34. */
static void ipv4(uint8_t *frame, uint8_t protocol, size_t payload, const uint8_t from[4],
                 const uint8_t to[4])
{
    uint8_t *ip = frame + 14;
    uint16_t sum;

    ethernet(frame, 0x0800);
    memset(ip, 0, 20);
    ip[0] = 0x45;
    ip[2] = (uint8_t)((payload + 20) >> 8);
    ip[3] = (uint8_t)(payload + 20);
    ip[8] = 64;
    ip[9] = protocol;
    memcpy(ip + 12, from, 4);
    memcpy(ip + 16, to, 4);
    sum = checksum(ip, 20);
    ip[10] = (uint8_t)(sum >> 8);
    ip[11] = (uint8_t)sum;
}

Test(virtio_net, configuration)
{
    static const uint8_t other[6] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x57 };
    struct driver second;

    START("virtio-net");
    attach(m, "virtio-net");
    second = driver_of(m, 1);
    cr_expect_eq(get(&d, R_DEVICE_ID), 1);
    for (unsigned i = 0; i < 6; i++) {
        cr_expect_eq(bus_get(m, d.base + R_CONFIG + i, 1), mac[i]);
        cr_expect_eq(bus_get(m, second.base + R_CONFIG + i, 1), other[i],
                     "the next one has the next address");
    }
    cr_expect_eq(bus_get(m, d.base + R_CONFIG + 6, 2), 1, "the link is up");
    cr_expect_eq((uint32_t)offered(&d), 0x30000000u | 1 << 5 | 1 << 16);
    stop();
}

Test(virtio_net, arp_and_ping)
{
    static const uint8_t from[4] = { 10, 0, 2, 15 }, to[4] = { 10, 0, 2, 2 };
    uint8_t frame[RX_BYTES] = { 0 }, answer[RX_BYTES];
    uint16_t sum;

    START("virtio-net");
    ask_arp(2);
    cr_assert_geq(received(answer), 42, "the gateway answers");
    cr_expect_eq(answer[21], 2, "an ARP reply");
    cr_expect_arr_eq(answer, mac, 6);
    cr_expect_arr_eq(answer + 28, to, 4);
    ask_arp(77);
    cr_expect_eq(received(answer), 0, "nobody is there");

    frame[34] = 8; /* Echo request. */
    memcpy(frame + 42, "armvsim", 7);
    sum = checksum(frame + 34, 16);
    frame[36] = (uint8_t)(sum >> 8);
    frame[37] = (uint8_t)sum;
    ipv4(frame, 1, 16, from, to);
    transmit(frame, 50);
    cr_assert_geq(received(answer), 50);
    cr_expect_eq(answer[34], 0, "an echo reply");
    cr_expect_arr_eq(answer + 42, "armvsim", 7);
    cr_expect_arr_eq(answer + 26, to, 4);
    cr_expect(irq_pending(&d));
    cr_expect_eq(d.log_lines, 0, "%s", d.log);
    stop();
}

/* DHCP DISCOVER; returns the answer's length. */
static size_t discover(uint8_t answer[RX_BYTES])
{
    static const uint8_t any[4] = { 0, 0, 0, 0 }, all[4] = { 255, 255, 255, 255 };
    static const uint8_t udp[] = { 0, 68, 0, 67, 1, 8, 0, 0 },
                         bootp[] = { 1, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef };
    static const uint8_t options[] = { 0x63, 0x82, 0x53, 0x63, 53, 1, 1, 255 };
    uint8_t frame[42 + 256] = { 0 };

    memcpy(frame + 34, udp, sizeof(udp));
    memcpy(frame + 42, bootp, sizeof(bootp));
    memcpy(frame + 42 + 28, mac, 6);
    memcpy(frame + 42 + 236, options, sizeof(options));
    ipv4(frame, 17, 8 + 256, any, all);
    transmit(frame, sizeof(frame));
    return received(answer);
}

Test(virtio_net, dhcp_is_the_same_in_every_run)
{
    static const uint8_t offered_address[4] = { 10, 0, 2, 15 };
    uint8_t first[RX_BYTES], again[RX_BYTES];
    uint64_t cycle;
    size_t len;

    START("virtio-net");
    len = discover(first);
    cycle = machine_cycle(m);
    cr_assert_gt(len, 42 + 240, "an offer");
    cr_expect_arr_eq(first + 42 + 16, offered_address, 4);
    stop();
    START("virtio-net");
    cr_expect_eq(discover(again), len);
    cr_expect_arr_eq(first, again, len);
    cr_expect_eq(machine_cycle(m), cycle);
    stop();
}

Test(virtio_net, restricted_and_quiet_in_the_end)
{
    static const uint8_t from[4] = { 10, 0, 2, 15 }, out[4] = { 192, 0, 2, 1 }, dns[4] = { 10, 0, 2, 3 };
    static const uint8_t udp[] = { 0x30, 0x39, 0, 53, 0, 16, 0, 0 };
    uint8_t frame[RX_BYTES] = { 0 }, answer[RX_BYTES];

    START("virtio-net");
    ask_arp(2);
    received(answer);
    memcpy(frame + 34, udp, sizeof(udp));
    ipv4(frame, 17, 16, from, out);
    transmit(frame, 60);
    ipv4(frame, 17, 16, from, dns);
    transmit(frame, 60);
    cr_expect_lt(pass(&d, UINT64_C(300000000000)), 200);
    cr_expect_eq(received(answer), 0, "nothing comes from outside");
    cr_expect_eq(m->next_event, EVENT_NEVER, "a machine that waits for nothing is seen to");
    stop();
}

Test(virtio_net, frames_wait_for_buffers)
{
    uint8_t answer[RX_BYTES];

    if (!start("virtio-net", 0))
        cr_skip_test("built without libslirp");
    for (unsigned i = 0; i < 300; i++)
        ask_arp(2);
    cr_expect_eq(used_index(&d), 0);
    put_desc(&d, desc_ram(&d), 0, RX_RAM, RX_BYTES, D_WRITE, 0);
    offer(&d, 0);
    pass(&d, 1000000);
    cr_expect_geq(received(answer), 42);
    put_desc(&d, desc_ram(&d), 1, RX_RAM, 20, D_WRITE, 0);
    offer(&d, 1);
    pass(&d, 1000000);
    cr_expect_eq(take_used(&d, 1), 0, "too small a buffer comes back empty");
    cr_expect_eq(d.log_lines, 1);
    set(&d, R_STATUS, 0);
    driver_start(&d, 0, 2);
    d.queue = RX;
    put_desc(&d, desc_ram(&d), 0, RX_RAM, RX_BYTES, D_WRITE, 0);
    offer(&d, 0);
    pass(&d, 1000000);
    cr_expect_eq(used_index(&d), 0, "a reset drops what waited");
    stop();
}

Test(virtio_net, frames_that_are_none)
{
    static const uint32_t lengths[] = { 0, 1, 12, 25, 12 + 1515, 100000 };

    START("virtio-net");
    d.queue = TX;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        put_desc(&d, desc_ram(&d), 0, BUFFER, lengths[i], 0, 0);
        offer(&d, 0);
        pass(&d, 1000000);
        take_used(&d, 0);
        cr_expect_eq(d.log_lines, i + 1, "%u bytes", lengths[i]);
    }
    cr_expect_not(get(&d, R_STATUS) & ST_NEEDS_RESET);
    stop();
}

Test(virtio_net, addresses)
{
    static const char *const bad[] = { "52:54:00:12:34",       "52:54:00:12:34:5",  "52:54:00:12:34:5g",
                                       "52:54:00:12:34:56:78", "01:00:5e:00:00:01", "" };

    START("virtio-net,mac=02:00:00:aB:cd:ef,restrict=on");
    cr_expect_eq(get(&d, R_CONFIG), 0xab000002);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char spec[64];

        snprintf(spec, sizeof(spec), "virtio-net,mac=%s", bad[i]);
        cr_expect_eq(avs_attach(m, spec), AVS_ERR_ARG, "%s", spec);
        cr_expect_not_null(strstr(avs_last_error(m), "one station"), "%s", avs_last_error(m));
    }
    stop();
}

/* ---- The console ---- */

static char console[256];
static size_t console_len;

static void on_console(void *user, const char *bytes, size_t len)
{
    (void)user;
    cr_assert_lt(console_len + len, sizeof(console));
    memcpy(console + console_len, bytes, len);
    console_len += len;
    console[console_len] = '\0';
}

static void print(const char *a, const char *b)
{
    d.queue = TX;
    put_ram(&d, BUFFER, a, strlen(a));
    put_ram(&d, BUFFER + 0x1000, b, strlen(b));
    put_desc(&d, desc_ram(&d), 0, BUFFER, (uint32_t)strlen(a), D_NEXT, 1);
    put_desc(&d, desc_ram(&d), 1, BUFFER + 0x1000, (uint32_t)strlen(b), 0, 0);
    offer(&d, 0);
    pass_second(&d);
    cr_expect_eq(take_used(&d, 0), 0);
    d.queue = RX;
}

Test(virtio_console, output)
{
    cr_assert(start("virtio-console", RX_BUFFERS));
    avs_on_console(m, on_console, NULL);
    cr_expect_eq(get(&d, R_DEVICE_ID), 3);
    print("Hello, ", "world\n");
    set(&d, R_CONFIG + 8, '!');
    set(&d, R_CONFIG, '?');
    cr_expect_str_eq(console, "Hello, world\n!");
    cr_expect_eq(used_index(&d), 0, "no input");
    cr_expect_eq(m->next_event, EVENT_NEVER);
    stop();
}

Test(virtio_console, to_a_file)
{
    char path[64], spec[128], got[32] = { 0 };
    FILE *in;

    snprintf(path, sizeof(path), "/tmp/avs-console-%ld", (long)getpid());
    snprintf(spec, sizeof(spec), "virtio-console,file=%s", path);
    cr_assert(start(spec, 0));
    avs_on_console(m, on_console, NULL);
    print("to ", "file");
    in = fopen(path, "r");
    cr_assert_not_null(in);
    cr_expect_eq(fread(got, 1, sizeof(got) - 1, in), 7, "before the machine goes");
    cr_expect_str_eq(got, "to file");
    fclose(in);
    remove(path);
    cr_expect_eq(console_len, 0);
    cr_expect_eq(avs_attach(m, "virtio-console,file=/nonexistent/out"), AVS_ERR_IO);
    cr_expect_not_null(strstr(avs_last_error(m), "/nonexistent/out: No such"), "%s", avs_last_error(m));
    stop();
}

Test(virtio_console, a_full_disk_ends_the_run)
{
    cr_assert(start("virtio-console,file=/dev/full", 0));
    print("x", "y");
    cr_expect_eq(m->stop, STOP_HOST_ERROR);
    cr_expect_str_eq(avs_last_error(m), "/dev/full: No space left on device");
    stop();
}
