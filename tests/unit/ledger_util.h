/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file ledger_util.h
 * A hand-made machine of one PE whose exceptions and returns are told to a ledger, and questions to the
 * database that it writes. No engine: every cycle and register is the test's.
 */
#pragma once

#include <criterion/criterion.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "arch/sysreg.h"
#include "arch/trap_ids.h"
#include "ledger/ledger.h"
#include "ledger/schema.h"

#define HCR_VM_BIT UINT64_C(1)
#define SCR_NS_BIT UINT64_C(1)

struct rig {
    struct avs_machine m;
    struct core_model model;
    struct pe c;
    struct pe_hooks hooks;
    struct ledger *l;
    char *dir, *path;
};

static inline struct rig *rig_new(void)
{
    static char name[] = "generic", title[] = "Generic";
    struct rig *r = g_new0(struct rig, 1);

    r->model.name = name;
    r->model.title = title;
    r->model.clock_hz = 1000000000;
    /* One cycle an instruction, whatever it is. */
    r->model.pipeline =
        (struct core_pipeline){ .in_order = true, .width = 1, .decode = 1, .pipe_count = 1 };
    for (unsigned i = 0; i < INSN_CLASS_COUNT; i++)
        r->model.pipeline.insn[i] =
            (struct pipe_timing){ .latency = 1, .uop_count = 1, .uop = { { .pipes = 1, .busy = 1 } } };
    for (unsigned i = 0; i < COST_COUNT; i++)
        r->m.cost[i] = ACC_CYCLE;
    r->m.model = &r->model;
    r->m.pe = &r->c;
    r->m.pe_count = 1;
    r->m.has_el2 = true;
    r->m.timing = TIMING_BLOCK;
    r->c.m = &r->m;
    r->c.cost = r->m.cost;
    r->l = ledger_new(&r->m);
    r->dir = g_dir_make_tmp("armvsim-ledger-XXXXXX", NULL);
    r->path = g_build_filename(r->dir, "t.db", NULL);
    cr_assert(r->l && r->dir);
    return r;
}

static inline struct rig *rig_open(void)
{
    struct rig *r = rig_new();

    cr_assert_eq(ledger_open_db(r->l, r->path), AVS_OK, "%s", r->m.last_error);
    cr_assert(ledger_hooks(r->l, &r->hooks));
    return r;
}

/* The machine has EL3, in Non-secure state below. */
static inline void rig_el3(struct rig *r)
{
    r->m.has_el3 = true;
    r->c.sr[SR_SCR_EL3] = SCR_NS_BIT;
}

/* The same with EL3, executing at EL1. */
static inline struct rig *rig_open_el3(void)
{
    struct rig *r = rig_open();

    rig_el3(r);
    r->c.el = 1;
    return r;
}

static inline void rig_close(struct rig *r)
{
    cr_assert_eq(ledger_close_db(r->l), AVS_OK, "%s", r->m.last_error);
}

static inline void rig_free(struct rig *r)
{
    char *journal = g_strconcat(r->path, "-journal", NULL);

    ledger_free(r->l);
    g_unlink(r->path);
    g_unlink(journal);
    g_rmdir(r->dir);
    g_free(journal);
    g_free(r->path);
    g_free(r->dir);
    g_free(r);
}

static inline void rig_run(struct rig *r, uint64_t insns, uint64_t cycles)
{
    r->c.insn_base += insns;
    pe_skip_cycles(&r->c, cycles);
}

/* A guest of VM `vmid` owns EL1 and EL0; 0 for the host. */
static inline void rig_own(struct rig *r, unsigned vmid)
{
    r->c.sr[SR_HCR_EL2] = vmid ? HCR_VM_BIT : 0;
    r->c.sr[SR_VTTBR_EL2] = (uint64_t)vmid << 48;
}

static inline struct exc rig_hvc(unsigned imm)
{
    return (struct exc){
        .type = EXC_SYNC, .ec = EC_HVC, .iss = imm, .cause = TRAP_HVC, .sysreg = SR_NONE, .insn = 0xd4000002
    };
}

static inline struct exc rig_smc(void)
{
    return (struct exc){ .ec = EC_SMC, .cause = TRAP_SMC_EL3, .sysreg = SR_NONE };
}

/* Takes an exception from pc, with an entry cost. */
static inline void rig_take(struct rig *r, struct exc e, unsigned to_el, uint64_t pc, uint64_t cost)
{
    uint64_t start = pe_cycles(&r->c);
    unsigned from = r->c.el;

    e.target_el = (uint8_t)to_el;
    pe_skip_cycles(&r->c, cost);
    r->c.el = (uint8_t)to_el;
    r->c.pc = 0x800;
    r->hooks.exception(r->hooks.user, &r->c, &e, from, pc, start);
}

/* Returns to pc at an EL, with a cost. */
static inline void rig_eret(struct rig *r, unsigned to_el, uint64_t pc, uint64_t cost)
{
    uint64_t start = pe_cycles(&r->c);
    unsigned from = r->c.el;

    r->c.insn_base++;
    pe_skip_cycles(&r->c, cost);
    r->c.el = (uint8_t)to_el;
    r->c.pc = pc;
    r->hooks.eret(r->hooks.user, &r->c, from, 0x900, start);
}

/* A whole HVC of the current guest: 10 cycles in, `handler` cycles and 5 instructions there, 7 out. */
static inline void rig_trap(struct rig *r, uint64_t pc, uint64_t handler)
{
    rig_take(r, rig_hvc(0), 2, pc, 10);
    rig_run(r, 4, handler);
    rig_eret(r, 1, pc + 4, 7);
}

/* The first column of the first row; NULL when there is none. To be freed. */
static inline char *rig_text(const struct rig *r, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;
    char *text = NULL;

    cr_assert_eq(sqlite3_open_v2(r->path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
    if (sqlite3_step(s) == SQLITE_ROW)
        text = g_strdup((const char *)sqlite3_column_text(s, 0));
    sqlite3_finalize(s);
    sqlite3_close(db);
    return text;
}

static inline int64_t rig_int(const struct rig *r, const char *sql)
{
    char *text = rig_text(r, sql);
    int64_t n = text ? g_ascii_strtoll(text, NULL, 10) : INT64_MIN;

    g_free(text);
    return n;
}

#define ASK_INT(r, want, sql)                                                                              \
    do {                                                                                                   \
        int64_t ask_got = rig_int(r, sql);                                                                 \
        cr_expect_eq(ask_got, (int64_t)(want), "%s: %lld, not %lld", sql, (long long)ask_got,              \
                     (long long)(want));                                                                   \
    } while (0)

#define ASK_TEXT(r, want, sql)                                                                             \
    do {                                                                                                   \
        char *ask_got = rig_text(r, sql);                                                                  \
        cr_expect_str_eq(ask_got ? ask_got : "(none)", want, "%s: '%s'", sql, ask_got);                    \
        g_free(ask_got);                                                                                   \
    } while (0)
