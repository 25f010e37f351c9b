/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_virtio.c
 * The virtio transport and its queues: registers, negotiation, interrupts, notification suppression, queue
 * reset; and drivers that break every rule, after which the device needs a reset and nothing else happened.
 * The entropy device is what is driven where any will do.
 */
#include "virtio_fixture.h"

static avs_machine *m;
static struct driver d;

static void setup(void)
{
    m = fixture_machine("virt", NULL);
    attach(m, "virtio-rng");
    d = driver_of(m, 0);
}

static void teardown(void)
{
    avs_machine_free(m);
}

TestSuite(virtio, .init = setup, .fini = teardown);

Test(virtio, windows_as_on_qemu)
{
    struct driver next = driver_of(m, 1), first = driver_of(m, 31);

    cr_expect_eq(get(&d, R_MAGIC), 0x74726976);
    cr_expect_eq(get(&d, R_VERSION), 2);
    cr_expect_eq(get(&d, R_DEVICE_ID), 4, "the first device is in the last window");
    cr_expect_eq(get(&d, R_VENDOR), 0x554d4551);
    cr_expect_eq(first.base, UINT64_C(0x0a000000));
    cr_expect_eq(get(&first, R_MAGIC), 0x74726976);
    cr_expect_eq(get(&first, R_VERSION), 2);
    cr_expect_eq(get(&first, R_DEVICE_ID), 0, "empty");
    cr_expect_eq(get(&next, R_DEVICE_ID), 0);
    attach(m, "virtio-rng");
    cr_expect_eq(get(&next, R_DEVICE_ID), 4);
    for (unsigned i = 2; i < 32; i++)
        attach(m, "virtio-rng");
    cr_expect_eq(get(&first, R_DEVICE_ID), 4);
    cr_expect_eq(avs_attach(m, "virtio-rng"), AVS_ERR_BOARD);
    cr_expect_not_null(strstr(avs_last_error(m), "no free window"), "%s", avs_last_error(m));
}

Test(virtio, an_empty_window_is_inert)
{
    struct driver e = driver_of(m, 7);

    avs_on_log(m, on_driver_log, &e);
    for (unsigned reg = 0; reg < 0x200; reg += 4)
        set(&e, reg, 0xffffffff);
    for (unsigned reg = 0x10; reg < 0x200; reg += 4)
        cr_expect_eq(get(&e, reg), 0, "offset %#x", reg);
    cr_expect_eq(e.log_lines, 0);
}

Test(virtio, registers_and_their_directions)
{
    struct bus_region *r = bus_find(m->bus, pa(d.base));
    uint64_t val;

    avs_on_log(m, on_driver_log, &d);
    cr_expect_eq(get(&d, R_QUEUE_NUM_MAX), 1024);
    set(&d, R_QUEUE_SEL, 1);
    cr_expect_eq(get(&d, R_QUEUE_NUM_MAX), 0, "no second queue");
    set(&d, R_QUEUE_SEL, 0xffffffff);
    cr_expect_eq(get(&d, R_QUEUE_NUM_MAX), 0);
    cr_expect_eq(offered(&d), F_INDIRECT | F_EVENT_IDX | F_VERSION_1 | F_RING_RESET);
    set(&d, R_FEATURES_SEL, 2);
    cr_expect_eq(get(&d, R_FEATURES), 0);
    for (unsigned reg = 0xb0; reg < 0xc0; reg += 4)
        cr_expect_eq(get(&d, reg), 0xffffffff, "no shared memory");
    cr_expect_eq(d.log_lines, 0);
    cr_expect_eq(get(&d, R_QUEUE_NUM), 0, "is not readable");
    set(&d, R_DEVICE_ID, 1);
    cr_expect_eq(get(&d, R_DEVICE_ID), 4);
    cr_expect_eq(bus_get(m, d.base + R_MAGIC, 1), 0, "no narrow reads");
    cr_expect_eq(d.log_lines, 3);
    cr_expect_not(r->ops->read(r->dev, NULL, 0, 8, &val), "no wide accesses");
    cr_expect_not(r->ops->write(r->dev, NULL, 0, 8, 0));
    cr_expect_eq(bus_get(m, d.base + R_CONFIG, 1), 0xff, "it has no configuration");
    cr_expect_eq(bus_get(m, d.base + R_CONFIG + 2, 2), 0xffff);
    cr_expect_eq(get(&d, R_CONFIG + 0xfc), 0xffffffff);
}

Test(virtio, negotiation)
{
    avs_on_log(m, on_driver_log, &d);
    set(&d, R_STATUS, ST_ACK | ST_DRIVER);
    accept_features(&d, F_INDIRECT);
    set(&d, R_STATUS, ST_ACK | ST_DRIVER | ST_FEATURES_OK);
    cr_expect_eq(get(&d, R_STATUS), ST_ACK | ST_DRIVER, "not without VERSION_1");
    accept_features(&d, F_VERSION_1 | 1);
    set(&d, R_STATUS, ST_ACK | ST_DRIVER | ST_FEATURES_OK);
    cr_expect_eq(get(&d, R_STATUS), ST_ACK | ST_DRIVER, "not with what was not offered");
    set(&d, R_STATUS, ST_ACK | ST_DRIVER | ST_DRIVER_OK);
    cr_expect_eq(get(&d, R_STATUS), ST_ACK | ST_DRIVER, "DRIVER_OK comes later");
    accept_features(&d, F_VERSION_1);
    set(&d, R_STATUS, ST_ACK | ST_DRIVER | ST_FEATURES_OK);
    cr_expect_eq(get(&d, R_STATUS), ST_ACK | ST_DRIVER | ST_FEATURES_OK);
    cr_expect_eq(d.log_lines, 3);
    set(&d, R_DRIVER_FEATURES, 0);
    cr_expect_eq(d.log_lines, 4, "too late");
    set(&d, R_STATUS, ST_ACK);
    cr_expect_eq(get(&d, R_STATUS), ST_ACK | ST_DRIVER | ST_FEATURES_OK, "bits stay");
    set(&d, R_STATUS, 0);
    cr_expect_eq(get(&d, R_STATUS), 0);
}

/* A chain of one buffer of 16 bytes, in descriptor 0. */
static void one_buffer(void)
{
    put_desc(&d, desc_ram(&d), 0, BUFFER, 16, D_WRITE, 0);
}

Test(virtio, a_request_takes_modelled_time_and_interrupts)
{
    driver_start(&d, 0, 1);
    one_buffer();
    offer(&d, 0);
    cr_expect_eq(used_index(&d), 0, "not at once");
    cr_expect_neq(m->next_event, EVENT_NEVER);
    pass_second(&d);
    cr_expect_eq(take_used(&d, 0), 16);
    cr_expect_eq(get(&d, R_INTERRUPT), 1);
    cr_expect(irq_pending(&d));
    set(&d, R_ACK, 1);
    cr_expect_eq(get(&d, R_INTERRUPT), 0);
    cr_expect_not(irq_pending(&d));
    cr_expect_eq(m->next_event, EVENT_NEVER, "nothing more to come");
}

Test(virtio, no_interrupt_when_flagged)
{
    driver_start(&d, 0, 1);
    one_buffer();
    set_ram16(&d, avail_ram(&d), 1);
    offer(&d, 0);
    cr_expect_eq(ram16(&d, used_ram(&d)), 1, "no notifies while it works");
    pass_second(&d);
    cr_expect_eq(ram16(&d, used_ram(&d)), 0, "but again when it is done");
    take_used(&d, 0);
    cr_expect_eq(get(&d, R_INTERRUPT), 0);
}

Test(virtio, event_index)
{
    driver_start(&d, F_EVENT_IDX, 1);
    one_buffer();
    for (unsigned i = 0; i < 40; i++) {
        set_ram16(&d, avail_ram(&d) + 4 + 2 * d.num, (uint16_t)(i / 2 * 2 + 1));
        offer(&d, 0);
        pass_second(&d);
        take_used(&d, 0);
        cr_expect_eq(get(&d, R_INTERRUPT), i & 1, "every second one, %u", i);
        cr_expect_eq(ram16(&d, used_ram(&d) + 4 + 8 * d.num), i + 1, "notify for the next one");
        set(&d, R_ACK, 1);
    }
    cr_expect_eq(d.log_lines, 0);
}

Test(virtio, indices_wrap)
{
    driver_start(&d, 0, 1);
    one_buffer();
    for (unsigned i = 0; i < 66000; i++) {
        make_available(&d, 0);
        if (i % 16 != 15)
            continue;
        set(&d, R_NOTIFY, 0);
        pass_second(&d);
        for (unsigned k = 0; k < 16; k++)
            take_used(&d, 0);
    }
    cr_expect_eq(used_index(&d), (uint16_t)66000);
    cr_expect_eq(d.log_lines, 0);
}

Test(virtio, buffers_from_before_driver_ok_are_used_after_it)
{
    driver_start(&d, 0, 1);
    set(&d, R_STATUS, 0);
    set(&d, R_STATUS, ST_ACK | ST_DRIVER);
    accept_features(&d, F_VERSION_1);
    set(&d, R_STATUS, ST_ACK | ST_DRIVER | ST_FEATURES_OK);
    place_queue(&d);
    set(&d, R_QUEUE_READY, 1);
    one_buffer();
    offer(&d, 0);
    cr_expect_eq(pass_second(&d), 0, "not before");
    set(&d, R_STATUS, ST_ACK | ST_DRIVER | ST_FEATURES_OK | ST_DRIVER_OK);
    pass_second(&d);
    take_used(&d, 0);
}

Test(virtio, indirect_descriptors)
{
    driver_start(&d, F_INDIRECT, 1);
    for (unsigned i = 0; i < 32; i++)
        put_desc(&d, BUFFER, i, BUFFER + 0x1000 * (i + 1), 32, D_WRITE | (i < 31 ? D_NEXT : 0),
                 (uint16_t)(i + 1));
    put_desc(&d, desc_ram(&d), 3, BUFFER, 32 * 16, D_INDIRECT, 0);
    offer(&d, 3);
    pass_second(&d);
    cr_expect_eq(take_used(&d, 3), 32 * 32, "longer than the queue");
    put_desc(&d, desc_ram(&d), 5, BUFFER + 0x100000, 8, D_WRITE | D_NEXT, 3);
    offer(&d, 5);
    pass_second(&d);
    cr_expect_eq(take_used(&d, 5), 8 + 32 * 32, "behind a direct one");
    cr_expect_eq(d.log_lines, 0, "%s", d.log);
}

Test(virtio, reset_forgets_everything)
{
    driver_start(&d, F_EVENT_IDX, 1);
    one_buffer();
    offer(&d, 0);
    set(&d, R_STATUS, 0);
    cr_expect_eq(pass_second(&d), 0, "the request is gone");
    cr_expect_eq(get(&d, R_QUEUE_READY), 0);
    cr_expect_eq(used_index(&d), 0);
    driver_start(&d, 0, 1);
    one_buffer();
    offer(&d, 0);
    pass_second(&d);
    cr_expect_eq(take_used(&d, 0), 16);
    set(&d, R_STATUS, 0);
    cr_expect_eq(get(&d, R_INTERRUPT), 0);
    cr_expect_not(irq_pending(&d));
}

Test(virtio, queue_reset)
{
    driver_start(&d, F_RING_RESET, 1);
    one_buffer();
    offer(&d, 0);
    set(&d, R_QUEUE_SEL, 0);
    set(&d, R_QUEUE_RESET, 1);
    cr_expect_eq(get(&d, R_QUEUE_RESET), 0, "done at once");
    cr_expect_eq(get(&d, R_QUEUE_READY), 0);
    cr_expect_eq(pass_second(&d), 0);
    d.num = 8;
    d.avail[0] = d.used[0] = 0;
    set_ram16(&d, avail_ram(&d) + 2, 0);
    place_queue(&d);
    set(&d, R_QUEUE_READY, 1);
    offer(&d, 0);
    pass_second(&d);
    cr_expect_eq(take_used(&d, 0), 16);
    cr_expect_eq(d.log_lines, 0, "%s", d.log);
    driver_start(&d, 0, 1);
    set(&d, R_QUEUE_RESET, 1);
    cr_expect_eq(get(&d, R_QUEUE_READY), 1, "not without the feature");
    cr_expect_eq(d.log_lines, 1);
}

Test(virtio, a_ready_queue_stays_as_it_is)
{
    driver_start(&d, 0, 1);
    set(&d, R_QUEUE_SEL, 0);
    set(&d, R_QUEUE_NUM, 4);
    set(&d, R_DESC, 0x1000);
    set(&d, R_DRIVER + 4, 0x1000);
    cr_expect_eq(d.log_lines, 3);
    set(&d, R_QUEUE_READY, 1);
    one_buffer();
    offer(&d, 0);
    pass_second(&d);
    cr_expect_eq(take_used(&d, 0), 16);
    set(&d, R_QUEUE_SEL, 9);
    set(&d, R_QUEUE_READY, 1);
    set(&d, R_QUEUE_NUM, 4);
    set(&d, R_NOTIFY, 9);
    set(&d, R_NOTIFY, 0xffffffff);
    cr_expect_eq(d.log_lines, 7);
    cr_expect_not(get(&d, R_STATUS) & ST_NEEDS_RESET);
}

/* Queues that cannot be. */
Test(virtio, impossible_queues)
{
    static const struct {
        uint32_t num;
        uint64_t desc, avail, used;
        const char *says;
    } cases[] = {
        { 0, 0x40100000, 0x40104000, 0x40108000, "power of two" },
        { 24, 0x40100000, 0x40104000, 0x40108000, "power of two" },
        { 2048, 0x40100000, 0x40104000, 0x40108000, "power of two" },
        { 0x80000000, 0x40100000, 0x40104000, 0x40108000, "power of two" },
        { 16, 0x40100008, 0x40104000, 0x40108000, "aligned" },
        { 16, 0x40100000, 0x40104001, 0x40108000, "aligned" },
        { 16, 0x40100000, 0x40104000, 0x40108002, "aligned" },
        { 16, 0x10000000, 0x40104000, 0x40108000, "not in RAM" },
        { 16, 0x40100000, 0x09000000, 0x40108000, "not in RAM" },
        { 16, 0x40100000, 0x40104000, 0x47fffff8, "not in RAM" },
        { 1024, 0x47fffff0, 0x40104000, 0x40108000, "not in RAM" },
        { 16, UINT64_MAX - 15, 0x40104000, 0x40108000, "not in RAM" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const uint64_t area[3] = { cases[i].desc, cases[i].avail, cases[i].used };

        d.log_lines = 0;
        driver_start(&d, 0, 0);
        set(&d, R_QUEUE_NUM, cases[i].num);
        for (unsigned k = 0; k < 3; k++) {
            set(&d, R_DESC + 0x10 * k, (uint32_t)area[k]);
            set(&d, R_DESC + 0x10 * k + 4, (uint32_t)(area[k] >> 32));
        }
        set(&d, R_QUEUE_READY, 1);
        cr_expect_eq(get(&d, R_QUEUE_READY), 0, "case %zu", i);
        cr_expect(get(&d, R_STATUS) & ST_NEEDS_RESET, "case %zu", i);
        cr_expect_eq(get(&d, R_INTERRUPT), 2, "a configuration change, case %zu", i);
        cr_expect(irq_pending(&d));
        cr_expect_eq(d.log_lines, 1, "case %zu", i);
        cr_expect_not_null(strstr(d.log, cases[i].says), "case %zu: %s", i, d.log);
    }
}

/* Chains that cannot be: up to three descriptors of the table, and what the log says. */
struct broken {
    const char *says;
    uint16_t head;
    struct {
        uint64_t address;
        uint32_t len;
        uint16_t flags, next;
    } desc[3];
};

static const struct broken broken[] = {
    { "does not exist (0x10)", 16, { { 0 } } },
    { "does not exist (0xffff)", 0xffff, { { 0 } } },
    { "does not exist (0x10)", 0, { { BUFFER, 16, D_WRITE | D_NEXT, 16 } } },
    { "without an end", 0, { { BUFFER, 16, D_WRITE | D_NEXT, 0 } } },
    { "without an end", 0, { { BUFFER, 16, D_WRITE | D_NEXT, 1 }, { BUFFER, 16, D_WRITE | D_NEXT, 0 } } },
    { "behind one that it can write", 0, { { BUFFER, 16, D_WRITE | D_NEXT, 1 }, { BUFFER, 16, 0, 0 } } },
    { "a buffer is not in RAM", 0, { { 0, 16, D_WRITE, 0 } } },
    { "a buffer is not in RAM", 0, { { 0x08000000, 16, D_WRITE, 0 } } },
    { "a buffer is not in RAM", 0, { { 0x47fffff8, 16, D_WRITE, 0 } } },
    { "a buffer is not in RAM", 0, { { BUFFER, 0xffffffff, D_WRITE, 0 } } },
    { "a buffer is not in RAM", 0, { { UINT64_MAX, 16, D_WRITE, 0 } } },
    { "a buffer is not in RAM", 0, { { UINT64_MAX - 15, 16, D_WRITE, 0 } } },
    { "length that is not possible", 0, { { BUFFER, 0, D_INDIRECT, 0 } } },
    { "length that is not possible", 0, { { BUFFER, 24, D_INDIRECT, 0 } } },
    { "where none may be", 0, { { BUFFER, 16, D_INDIRECT | D_NEXT, 1 } } },
    { "a descriptor is not in RAM", 0, { { 0x10000010, 32, D_INDIRECT, 0 } } },
    { "a descriptor is not in RAM", 0, { { UINT64_MAX - 15, 0xfffffff0, D_INDIRECT, 0 } } },
    { "where none may be", 0, { { QUEUE_RAM, 32, D_INDIRECT, 0 } } },
};

static void expect_failed(const char *says)
{
    const uint16_t used = used_index(&d);

    cr_expect(get(&d, R_STATUS) & ST_NEEDS_RESET, "%s", says);
    cr_expect_eq(get(&d, R_INTERRUPT), 2, "%s", says);
    cr_expect_eq(d.log_lines, 1, "%s", says);
    cr_expect_not_null(strstr(d.log, says), "\"%s\" says: %s", says, d.log);
    set(&d, R_NOTIFY, 0);
    cr_expect_eq(pass_second(&d), 0, "it does nothing more: %s", says);
    cr_expect_eq(used_index(&d), used, "%s", says);
    cr_expect_eq(d.log_lines, 1, "%s", says);
}

Test(virtio, impossible_chains)
{
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        const struct broken *b = &broken[i];

        d.log_lines = 0;
        driver_start(&d, F_INDIRECT, 1);
        for (unsigned k = 0; k < 3; k++)
            put_desc(&d, desc_ram(&d), k, b->desc[k].address, b->desc[k].len, b->desc[k].flags,
                     b->desc[k].next);
        offer(&d, b->head);
        pass_second(&d);
        expect_failed(b->says);
    }
    driver_start(&d, 0, 1);
    one_buffer();
    offer(&d, 0);
    pass_second(&d);
    cr_expect_eq(take_used(&d, 0), 16, "after a reset it works");
}

Test(virtio, chains_that_are_too_much)
{
    driver_start(&d, F_INDIRECT, 1);
    for (unsigned i = 0; i < 1025; i++)
        put_desc(&d, BUFFER, i, BUFFER, 1, D_WRITE | (i < 1024 ? D_NEXT : 0), (uint16_t)(i + 1));
    put_desc(&d, desc_ram(&d), 0, BUFFER, 1025 * 16, D_INDIRECT, 0);
    offer(&d, 0);
    expect_failed("a chain is too long");

    d.log_lines = 0;
    driver_start(&d, F_INDIRECT, 1);
    for (unsigned i = 0; i < 80; i++)
        put_desc(&d, BUFFER, i, BUFFER, 0x4000000, D_WRITE | (i < 79 ? D_NEXT : 0), (uint16_t)(i + 1));
    put_desc(&d, desc_ram(&d), 0, BUFFER, 80 * 16, D_INDIRECT, 0);
    offer(&d, 0);
    expect_failed("more than 4 GiB");

    d.log_lines = 0;
    driver_start(&d, 0, 1);
    one_buffer();
    set_ram16(&d, avail_ram(&d) + 2, 17);
    set(&d, R_NOTIFY, 0);
    expect_failed("more chains are available");

    d.log_lines = 0;
    driver_start(&d, 0, 1);
    put_desc(&d, desc_ram(&d), 0, BUFFER, 16, D_INDIRECT, 0);
    offer(&d, 0);
    expect_failed("where none may be");
}

Test(virtio, long_work_is_in_steps)
{
    const uint32_t len = 4 << 20;
    uint64_t first;

    driver_start(&d, 0, 1);
    put_desc(&d, desc_ram(&d), 0, BUFFER, len, D_WRITE, 0);
    offer(&d, 0);
    first = m->next_event;
    cr_expect(event_fire(m, first));
    cr_expect_eq(used_index(&d), 0, "one event is one step");
    cr_expect_neq(m->next_event, EVENT_NEVER);
    cr_expect_eq(pass_second(&d), len / (64 << 10) - 1);
    cr_expect_eq(take_used(&d, 0), len);
}

Test(virtio, an_empty_buffer)
{
    driver_start(&d, 0, 1);
    put_desc(&d, desc_ram(&d), 0, 0, 0, D_WRITE, 0);
    offer(&d, 0);
    pass_second(&d);
    cr_expect_eq(take_used(&d, 0), 0);
    cr_expect_eq(d.log_lines, 0);
}

Test(virtio, secure_memory_is_out_of_reach)
{
    avs_machine *secure = fixture_machine("virt,secure=on", NULL);

    attach(secure, "virtio-rng");
    d = driver_of(secure, 0);
    driver_start(&d, 0, 1);
    put_desc(&d, desc_ram(&d), 0, 0x0e000000, 16, D_WRITE, 0);
    offer(&d, 0);
    expect_failed("a buffer is not in RAM");
    d.log_lines = 0;
    driver_start(&d, 0, 0);
    place_queue(&d);
    set(&d, R_DEVICE, 0x0e000000);
    set(&d, R_QUEUE_READY, 1);
    cr_expect(get(&d, R_STATUS) & ST_NEEDS_RESET);
    avs_machine_free(secure);
}

/* The entropy device itself: same seed, same bytes; another seed or another device, others. */
static void random_of(uint64_t seed, unsigned n, uint8_t bytes[48])
{
    avs_options o = AVS_OPTIONS_INIT;
    struct driver r;
    avs_machine *own;

    o.seed = seed;
    cr_assert_eq(avs_machine_new(&o, &own), AVS_OK);
    attach(own, "virtio-rng");
    attach(own, "virtio-rng");
    r = driver_of(own, n);
    driver_start(&r, 0, 1);
    put_desc(&r, desc_ram(&r), 0, BUFFER, 19, D_WRITE | D_NEXT, 1);
    put_desc(&r, desc_ram(&r), 1, BUFFER + 19, 29, D_WRITE, 0);
    offer(&r, 0);
    pass_second(&r);
    cr_assert_eq(take_used(&r, 0), 48);
    get_ram(&r, BUFFER, bytes, 48);
    avs_machine_free(own);
}

Test(virtio, entropy_is_of_the_seed)
{
    uint8_t a[48], b[48], other[48], second[48];
    unsigned ones = 0;

    random_of(7, 0, a);
    random_of(7, 0, b);
    random_of(8, 0, other);
    random_of(7, 1, second);
    cr_expect_arr_eq(a, b, 48);
    cr_expect_arr_neq(a, other, 48);
    cr_expect_arr_neq(a, second, 48);
    for (unsigned i = 0; i < 48 * 8; i++)
        ones += a[i / 8] >> i % 8 & 1;
    cr_expect(ones > 140 && ones < 244, "%u of 384 bits are set", ones);
}
