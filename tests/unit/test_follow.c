/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_follow.c
 * Machines that follow another one's path (core/path.h): with the same core they are the same to the cycle
 * and to the byte of the ledger; with another one they trap at the same instructions and take other times
 * for it, and software sees the leader's identity; one that cannot follow says where.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "fixture.h"

enum { FOLLOWERS = 3 };
struct group {
    avs_machine *leader, *follower[FOLLOWERS];
    char *dir;
};
static struct group g;

static void setup(void)
{
    g = (struct group){ 0 };
    g.dir = g_dir_make_tmp("armvsim-follow-XXXXXX", NULL);
    cr_assert(g.dir);
}

static char *ledger_path(unsigned i)
{
    return g_strdup_printf("%s/%u.db", g.dir, i);
}

static void teardown(void)
{
    for (unsigned i = 0; i < FOLLOWERS; i++)
        avs_machine_free(g.follower[i]);
    avs_machine_free(g.leader);
    for (unsigned i = 0; i <= FOLLOWERS; i++) {
        g_autofree char *path = ledger_path(i);

        g_remove(path);
    }
    g_rmdir(g.dir);
    g_free(g.dir);
}

TestSuite(follow, .init = setup, .fini = teardown);

static avs_machine *follower(const avs_options *leader_options, const char *cpu)
{
    avs_options o = *leader_options;
    avs_machine *m;

    o.cpu = cpu;
    cr_assert_eq(avs_follower_new(g.leader, &o, &m), AVS_OK, "%s: %s", cpu, avs_last_error(NULL));
    return m;
}

/* Programs of hyp/ and tests/asm: what they use is in their names. */
struct program {
    const char *image;
    unsigned pe_count;
    const char *board, *cpu;
};

static const struct program programs[] = {
    { "hyp/tiny.elf", 1, "virt", "cortex-a53" },
    { "hyp/published/split.elf", 1, "virt,gic-version=2", "x-gene-1" },
    { "hyp/published/vhe.elf", 1, "virt", "neoverse-n1" },
    { "hyp/published/smc.elf", 1, "virt,gic-version=2,secure=on", "cortex-a57" },
    { "hyp/published/ipi.elf", 2, "virt,gic-version=2", "cortex-a53" },
    { "hyp/published/ipi.elf", 2, "m400", "x-gene-1" },
    { "tests/asm/smp.elf", 4, "virt", "generic" },
    { "tests/asm/gicv2_smp.elf", 4, "virt,gic-version=2", "generic" },
    { "tests/asm/pmu.elf", 1, "virt", "cortex-a53" },
    { "tests/asm/timer.elf", 1, "virt", "generic" },
    { "tests/asm/debug.elf", 1, "virt", "generic" },
    { "tests/asm/its.elf", 1, "virt", "generic" },
};

static void load(avs_machine *m, const char *image, unsigned i)
{
    g_autofree char *path = ledger_path(i);

    cr_assert_eq(avs_load(m, image), AVS_OK, "%s", avs_last_error(m));
    cr_assert_eq(avs_ledger_open(m, path), AVS_OK, "%s", avs_last_error(m));
}

static char *text_of(const char *path)
{
    sqlite3 *db;
    sqlite3_stmt *s;
    GString *out = g_string_new(NULL);

    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_prepare_v2(db,
                                    "SELECT pe, entry_insn, insns, class, site, iss, va, ipa, ret_el, state"
                                    " FROM trap ORDER BY pe, entry_insn, id",
                                    -1, &s, NULL),
                 SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(s); i++)
            g_string_append_printf(out, "%" G_GINT64_FORMAT " ", (gint64)sqlite3_column_int64(s, i));
        g_string_append_c(out, '\n');
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
    return g_string_free(out, FALSE);
}

static void expect_same_bytes(const char *image, const char *a, const char *b)
{
    g_autofree char *x = NULL, *y = NULL;
    gsize n, k;

    cr_assert(g_file_get_contents(a, &x, &n, NULL) && g_file_get_contents(b, &y, &k, NULL));
    cr_expect(n == k && !memcmp(x, y, n), "%s: the ledger with the same core is another one", image);
}

static void follow_program(const struct program *p)
{
    avs_options o = AVS_OPTIONS_INIT;
    g_autofree char *image = g_build_filename(g_getenv("BUILDDIR"), p->image, NULL);
    g_autofree char *own = ledger_path(0), *same = ledger_path(1), *other = ledger_path(2);
    g_autofree char *traps = NULL, *other_traps = NULL;
    avs_result r[3];

    o.board = p->board;
    o.cpu = p->cpu;
    o.pe_count = p->pe_count;
    cr_assert_eq(avs_machine_new(&o, &g.leader), AVS_OK, "%s", avs_last_error(NULL));
    g.follower[0] = follower(&o, p->cpu);
    g.follower[1] = follower(&o, "cortex-a72");
    load(g.leader, image, 0);
    load(g.follower[0], image, 1);
    load(g.follower[1], image, 2);
    r[0] = avs_run(g.leader);
    r[1] = avs_run(g.follower[0]);
    r[2] = avs_run(g.follower[1]);
    cr_expect_eq(r[0].end, AVS_END_POWER_OFF, "%s: %s", p->image, r[0].reason);
    for (unsigned i = 1; i < 3; i++)
        cr_expect(r[i].end == r[0].end && r[i].insns == r[0].insns, "%s, follower %u: %s", p->image, i,
                  r[i].reason);
    cr_expect_eq(r[1].cycles, r[0].cycles, "%s: %lu cycles with the same core, not %lu", p->image,
                 (unsigned long)r[1].cycles, (unsigned long)r[0].cycles);
    cr_expect_neq(r[2].cycles, r[0].cycles, "%s: another core, the same cycles", p->image);
    avs_machine_free(g.follower[1]);
    avs_machine_free(g.follower[0]);
    avs_machine_free(g.leader);
    g.leader = g.follower[0] = g.follower[1] = NULL;
    expect_same_bytes(p->image, own, same);
    traps = text_of(own);
    other_traps = text_of(other);
    cr_expect_str_eq(traps, other_traps, "%s: another core traps elsewhere", p->image);
}

Test(follow, programs)
{
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        g_autofree char *image = g_build_filename(g_getenv("BUILDDIR"), programs[i].image, NULL);

        if (g_file_test(image, G_FILE_TEST_EXISTS)) /* There are none without a cross compiler. */
            follow_program(&programs[i]);
    }
}

/* Taking the time of interrupts is the listener's affair: it is no reading of time on the path. */
Test(follow, one_may_listen_to_a_follower_alone)
{
    avs_options o = AVS_OPTIONS_INIT;
    g_autofree char *image = g_build_filename(g_getenv("BUILDDIR"), "hyp/tiny.elf", NULL);
    avs_result r;

    if (!g_file_test(image, G_FILE_TEST_EXISTS))
        return;
    o.cpu = "cortex-a53";
    cr_assert_eq(avs_machine_new(&o, &g.leader), AVS_OK, "%s", avs_last_error(NULL));
    g.follower[0] = follower(&o, "cortex-a72");
    cr_assert_eq(avs_load(g.leader, image), AVS_OK, "%s", avs_last_error(g.leader));
    load(g.follower[0], image, 0);
    r = avs_run(g.follower[0]);
    cr_expect_eq(r.end, AVS_END_POWER_OFF, "%s", r.reason);
}

/* Hand-made machines: x0 counts, x1 points to a word of memory. */
enum {
    ADD_X0_1 = 0x91000400,
    B_BACK_1 = 0x17ffffff,
    MRS_X2_CNTPCT = 0xd53be022,
    MRS_X3_MIDR = 0xd5380003,
    MRS_X4_CCSIDR = 0xd5390004,
    MRS_X5_CTR = 0xd53b0025,
    MRS_X6_CNTFRQ = 0xd53be006,
    LDR_W0_X1 = 0xb9400020,
    STRB_W0_X1 = 0x39000020,
    LDRB_W7_X1 = 0x39400027,
};
#define UART UINT64_C(0x09000000)

static void start(avs_machine *m, const uint32_t *code, size_t count)
{
    fixture_code(m, FIXTURE_RAM, code, count);
    m->pe[0].pc = FIXTURE_RAM;
    m->pe[0].x[1] = UART;
    m->loaded = true;
}

static void make(const char *cpu, uint64_t max_insns, const char *leader_timing)
{
    avs_options o = AVS_OPTIONS_INIT;

    o.cpu = "cortex-a53";
    o.max_insns = max_insns;
    o.timing = leader_timing;
    cr_assert_eq(avs_machine_new(&o, &g.leader), AVS_OK, "%s", avs_last_error(NULL));
    o.timing = NULL;
    g.follower[0] = follower(&o, cpu);
}

Test(follow, software_sees_the_leaders_identity_and_time)
{
    static const uint32_t code[] = { MRS_X2_CNTPCT, MRS_X3_MIDR, MRS_X4_CCSIDR, MRS_X5_CTR,
                                     MRS_X6_CNTFRQ, ADD_X0_1,    0x17fffffa /* b .-24 */ };
    avs_result r;

    make("neoverse-n1", 700000, NULL);
    start(g.leader, code, 7);
    start(g.follower[0], code, 7);
    r = avs_run(g.follower[0]);
    cr_assert_eq(r.end, AVS_END_LIMIT, "%s", r.reason);
    cr_expect_eq(r.clock_hz, g.follower[0]->model->clock_hz, "the cycles are the follower's own");
    for (unsigned i = 2; i < 7; i++)
        cr_expect_eq(g.follower[0]->pe[0].x[i], g.leader->pe[0].x[i], "X%u: 0x%lx, not 0x%lx", i,
                     (unsigned long)g.follower[0]->pe[0].x[i], (unsigned long)g.leader->pe[0].x[i]);
    cr_expect_neq(pe_cycles(&g.follower[0]->pe[0]), pe_cycles(&g.leader->pe[0]));
    cr_expect_eq(g.leader->pe[0].x[3], 0x410fd034, "the Cortex-A53's MIDR_EL1");
}

/* The other machine has the model of time that the leader lacks. */
Test(follow, timing_is_the_followers)
{
    static const uint32_t code[] = { MRS_X2_CNTPCT, ADD_X0_1, 0x17fffffe };
    avs_result r;

    make("cortex-a53", 30000, "none");
    start(g.leader, code, 3);
    start(g.follower[0], code, 3);
    r = avs_run(g.leader);
    cr_expect_eq(r.cycles, 30000);
    r = avs_run(g.follower[0]);
    cr_expect_eq(r.end, AVS_END_LIMIT, "%s", r.reason);
    cr_expect_gt(r.cycles, 30000);
}

/* One whose memory differs executes something else. */
Test(follow, leaving_the_path_is_an_error_that_says_where)
{
    uint32_t code[] = { MRS_X2_CNTPCT, ADD_X0_1, 0x17fffffe };
    avs_result r;

    make("cortex-a72", 30000, NULL);
    start(g.leader, code, 3);
    code[1] = MRS_X3_MIDR;
    start(g.follower[0], code, 3);
    r = avs_run(g.leader);
    cr_expect_eq(r.end, AVS_END_LIMIT, "the leader goes on: %s", r.reason);
    r = avs_run(g.follower[0]);
    cr_expect_eq(r.end, AVS_END_ERROR);
    cr_expect(strstr(r.reason, "leaves the path") && strstr(r.reason, "registers"), "%s", r.reason);
}

/* Given while the guest writes to its console: the follower gets it at the same place. */
static void give_input(void *user, const char *bytes, size_t len)
{
    (void)bytes;
    (void)len;
    avs_console_input(user, "x", 1);
}

Test(follow, input_comes_to_both)
{
    static const uint32_t code[] = { STRB_W0_X1, LDRB_W7_X1, ADD_X0_1, 0x17fffffd };
    avs_result r;

    make("cortex-a72", 4000, NULL);
    start(g.leader, code, 4);
    start(g.follower[0], code, 4);
    avs_on_console(g.leader, give_input, g.leader);
    r = avs_run(g.follower[0]);
    cr_expect_eq(r.end, AVS_END_LIMIT, "%s", r.reason);
    cr_expect_eq(g.follower[0]->pe[0].x[7], 'x', "the follower read 0x%lx",
                 (unsigned long)g.follower[0]->pe[0].x[7]);
    cr_expect_eq(avs_console_input(g.follower[0], "y", 1), AVS_ERR_STATE, "it is the leader's");
}

/* A stop and the next run do not change anything. */
static void stop_leader(void *user, const char *bytes, size_t len)
{
    (void)bytes;
    (void)len;
    avs_stop(user);
}

Test(follow, a_stop_is_for_all)
{
    static const uint32_t code[] = { STRB_W0_X1, MRS_X2_CNTPCT, ADD_X0_1, 0x17fffffd };
    avs_result r;

    make("cortex-a72", 4000, NULL);
    start(g.leader, code, 4);
    start(g.follower[0], code, 4);
    avs_on_console(g.leader, stop_leader, g.leader);
    for (unsigned i = 0; i < 10; i++) {
        r = avs_run(i % 2 ? g.leader : g.follower[0]);
        cr_assert_eq(r.end, AVS_END_STOPPED, "%s", r.reason);
        cr_expect_eq(g.follower[0]->pe[0].x[0], g.leader->pe[0].x[0]);
    }
    avs_on_console(g.leader, NULL, NULL);
    r = avs_run(g.follower[0]);
    cr_expect_eq(r.end, AVS_END_LIMIT, "%s", r.reason);
}

Test(follow, what_cannot_follow_is_refused)
{
    static const uint32_t code[] = { ADD_X0_1, B_BACK_1 };
    avs_options o = AVS_OPTIONS_INIT;
    avs_machine *m;

    make("cortex-a72", 100, NULL);
    cr_expect_eq(avs_follower_new(g.follower[0], &o, &m), AVS_ERR_ARG, "of a follower");
    cr_expect_null(m);
    o.pe_count = 2;
    cr_expect_eq(avs_follower_new(g.leader, &o, &m), AVS_ERR_ARG, "of another number of PEs");
    o.pe_count = 1;
    o.semihosting_dir = "/";
    cr_expect_eq(avs_follower_new(g.leader, &o, &m), AVS_ERR_ARG, "with files of the host");
    o.semihosting_dir = NULL;
    start(g.leader, code, 2);
    start(g.follower[0], code, 2);
    avs_run(g.leader);
    cr_expect_eq(avs_follower_new(g.leader, &o, &m), AVS_ERR_STATE, "of one that has run");
}

Test(follow, without_its_leader_none_runs)
{
    static const uint32_t code[] = { ADD_X0_1, B_BACK_1 };
    avs_result r;

    make("cortex-a72", 100, NULL);
    start(g.follower[0], code, 2);
    avs_machine_free(g.leader);
    g.leader = NULL;
    r = avs_run(g.follower[0]);
    cr_expect_eq(r.end, AVS_END_ERROR);
    cr_expect(strstr(r.reason, "gone"), "%s", r.reason);
}
