/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_budget.c
 * The grammar of budgets in specs: what is read of each form, in which unit, what is refused and with which
 * words, and that the queries of every subject and stat are taken by SQLite on the schema that ledgers
 * have.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "../../cli/test_budget.h"
#include "ledger/schema_sql.h"

static const char *const subjects[] = {
#define SUBJECT(name, ...) name,
#include "../../cli/test_budget.def"
};
static const char *const stats[] = {
#define STAT(name, ...) #name,
#include "../../cli/test_budget.def"
};

#define CLOCK 2e9

static const struct {
    const char *text, *subject, *name, *stat;
    enum budget_op op;
    double limit; /* At 2 GHz. */
} good[] = {
    { "hvc.p99 <= 2100", "hvc", NULL, "p99", OP_LE, 2100 },
    { "traps.sysreg <= 40", "sysreg", NULL, "count", OP_LE, 40 },
    { "traps.sysreg.max<40", "sysreg", NULL, "max", OP_LT, 40 },
    { "switch.mean <= 1.5K", "switch", NULL, "mean", OP_LE, 1500 },
    { "traps <= 8000", "traps", NULL, "count", OP_LE, 8000 },
    { "leaks == 0", "leaks", NULL, "value", OP_EQ, 0 },
    { "leaks = 0", "leaks", NULL, "value", OP_EQ, 0 },
    { "cause.HCR_EL2.TWI.count <= 300", "cause.", "HCR_EL2.TWI", "count", OP_LE, 300 },
    { "cause.HCR_EL2.TWI <= 300", "cause.", "HCR_EL2.TWI", "count", OP_LE, 300 },
    { "HCR_EL2.TWI.mean <= 300", "cause.", "HCR_EL2.TWI", "mean", OP_LE, 300 },
    { "cause.stage 2 permission >= 2", "cause.", "stage 2 permission", "count", OP_GE, 2 },
    { "stage 2 translation.p50 >= 2", "cause.", "stage 2 translation", "p50", OP_GE, 2 },
    { "register.SCTLR_EL1.total > 2M", "register.", "SCTLR_EL1", "total", OP_GT, 2e6 },
    { "SCTLR_EL1 != 2", "register.", "SCTLR_EL1", "count", OP_NE, 2 },
    { "symbol.memcpy.max <= 3", "symbol.", "memcpy", "max", OP_LE, 3 },
    { "symbol.a.b.count <= 3", "symbol.", "a.b", "count", OP_LE, 3 },
    { "context.vm1.0.p95 <= 3", "context.", "vm1.0", "p95", OP_LE, 3 },
    { "counter.l1d_refill <= 3G", "counter.", "l1d_refill", "value", OP_LE, 3e9 },
    { "virq.respond.p99 <= 2us", "virq.respond", NULL, "p99", OP_LE, 4000 },
    { "virq == 7", "virq", NULL, "count", OP_EQ, 7 },
    { "el2.share <= 10%", "el2", NULL, "share", OP_LE, 0.1 },
    { "el2 <= 1 ms", "el2", NULL, "total", OP_LE, 2e6 },
    { "cycles <= 20M", "cycles", NULL, "value", OP_LE, 20e6 },
    { "cycles <= 0.5s", "cycles", NULL, "value", OP_LE, 1e9 },
    { "hvc.min >= 500ns", "hvc", NULL, "min", OP_GE, 1000 },
};

Test(budget, good)
{
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        struct budget b;
        char *why;

        cr_assert(budget_parse(good[i].text, &b, &why), "%s: %s", good[i].text, why);
        cr_expect_str_eq(b.subject->name, good[i].subject, "%s", good[i].text);
        cr_expect_str_eq(b.stat->name, good[i].stat, "%s", good[i].text);
        cr_expect_eq(g_strcmp0(b.name, good[i].name), 0, "%s: %s", good[i].text, b.name);
        cr_expect_eq(b.op, good[i].op, "%s", good[i].text);
        cr_expect_float_eq(budget_limit(&b, CLOCK), good[i].limit, 1e-9 * good[i].limit, "%s: %g",
                           good[i].text, budget_limit(&b, CLOCK));
        budget_clear(&b);
    }
}

static const struct {
    const char *text, *why; /* How the reason begins. */
} bad[] = {
    { "", "'' is not a budget; " },
    { "hvc", "'hvc' is not a budget; " },
    { "<= 3", "'<= 3' is not a budget; " },
    { "hvc <=", "'hvc <=' is not a budget; " },
    { "hvc ! 3", "'hvc ! 3' is not a budget; " },
    { "hvcs <= 3", "'hvcs' is not something to measure; there are traps, hvc, " },
    { "hvc.p98 <= 3", "'hvc' has no 'p98'; it has count, total, mean, min, p50, p95, p99, max, share" },
    { "traps.switch <= 3", "'traps' has no 'switch'" },
    { "virq.p99 <= 3", "virq has only a count; " },
    { "cycles.mean <= 3", "cycles is one figure, without 'mean'" },
    { "el2.mean <= 3", "'el2' has no 'mean'; it has total, share" },
    { "virq.respond.share <= 3%", "'virq.respond' has no 'share'" },
    { "cause. <= 3", "cause. needs a name" },
    { "cause.HCR_EL2.TWO <= 3", "there is no cause 'HCR_EL2.TWO'; near it are HCR_EL2.TWI, HCR_EL2.TWE" },
    { "register.X0 <= 3", "there is no register 'X0'" },
    { "counter.x <= 3", "there is no counter 'x'" },
    { "hvc <= -3", "'-3' is not a number" },
    { "hvc <= 0x10", "'0x10' is not a number" },
    { "hvc <= inf", "'inf' is not a number" },
    { "hvc <= 1e999", "'1e999' is not a number" },
    { "hvc <= = 3", "'= 3' is not a number" },
    { "hvc <= 3 # three", "'3 # three': '# three' is not a unit; " },
    { "hvc <= 3m", "'3m': 'm' is not a unit; there are K, M, G, ns, us, ms, s and %" },
    { "hvc <= 3us", "hvc is a count, but '3us' is a time" },
    { "hvc <= 3%", "hvc is a count, not a share" },
    { "hvc.p50 <= 3%", "hvc.p50 is in cycles, not a share" },
    { "hvc.share <= 3", "hvc.share is a share; write '3%'" },
    { "hvc.share <= 3us", "hvc.share is a share; write " },
};

Test(budget, bad)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct budget b;
        char *why = NULL;

        cr_expect(!budget_parse(bad[i].text, &b, &why), "'%s' is taken", bad[i].text);
        cr_expect(why && g_str_has_prefix(why, bad[i].why), "'%s': %s", bad[i].text, why);
        budget_clear(&b);
        g_free(why);
    }
}

Test(budget, holds)
{
    static const struct {
        const char *text;
        bool at[3]; /* At 9, 10 and 11. */
    } ops[] = {
        { "hvc <= 10", { true, true, false } },  { "hvc >= 10", { false, true, true } },
        { "hvc == 10", { false, true, false } }, { "hvc != 10", { true, false, true } },
        { "hvc < 10", { true, false, false } },  { "hvc > 10", { false, false, true } },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(ops); i++) {
        struct budget b;
        char *why;

        cr_assert(budget_parse(ops[i].text, &b, &why));
        for (int k = 0; k < 3; k++)
            cr_expect_eq(budget_holds(&b, 9 + k, CLOCK), ops[i].at[k], "%s at %d", ops[i].text, 9 + k);
        budget_clear(&b);
    }
}

static void check_query(sqlite3 *sql, const char *text, char *query)
{
    sqlite3_stmt *stmt = NULL;

    if (query)
        cr_expect_eq(sqlite3_prepare_v2(sql, query, -1, &stmt, NULL), SQLITE_OK, "%s: %s: %s", text,
                     sqlite3_errmsg(sql), query);
    if (stmt) {
        int rc = sqlite3_step(stmt);

        cr_expect(rc == SQLITE_ROW || rc == SQLITE_DONE, "%s: %s", text, sqlite3_errmsg(sql));
    }
    sqlite3_finalize(stmt);
    g_free(query);
}

static const char *name_for(const char *subject)
{
    return !strcmp(subject, "cause.")       ? "HVC"
           : !strcmp(subject, "register.")  ? "SCTLR_EL1"
           : !strcmp(subject, "counter.")   ? "exception"
           : g_str_has_suffix(subject, ".") ? "it's {what} \"{name}\""
                                            : "";
}

Test(budget, queries)
{
    sqlite3 *sql = NULL;
    unsigned count = 0;

    cr_assert_eq(sqlite3_open(":memory:", &sql), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(sql, LEDGER_SCHEMA_SQL, NULL, NULL, NULL), SQLITE_OK);
    for (size_t i = 0; i < G_N_ELEMENTS(subjects); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(stats); k++) {
            bool is_value = !strcmp(stats[k], "value");
            g_autofree char *text =
                g_strdup_printf("%s%s%s%s <= 1%s", subjects[i], name_for(subjects[i]), is_value ? "" : ".",
                                is_value ? "" : stats[k], !strcmp(stats[k], "share") ? "%" : "");
            g_autofree char *why = NULL;
            struct budget b;

            if (budget_parse(text, &b, &why)) {
                check_query(sql, text, budget_query(&b));
                check_query(sql, text, budget_offenders_query(&b, CLOCK));
                check_query(sql, text, budget_first_query(&b, CLOCK));
                count++;
            }
            budget_clear(&b);
        }
    cr_expect_gt(count, 150, "%u budgets", count);
    sqlite3_close(sql);
}
