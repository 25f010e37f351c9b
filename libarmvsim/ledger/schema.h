/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file schema.h
 * The tables of schema.sql as data: one line each, in the order in which a batch of rows is written. The
 * second column says which columns are text (bit n: column n holds a pointer), the third which are REAL
 * (the bits of a double); all others are integers.
 */
#pragma once

#include <stdint.h>

/* "AVSL" in PRAGMA application_id: how one of our databases is told from any other. */
#define LEDGER_APPLICATION_ID 0x4156534c
/* PRAGMA user_version: rises with every change that a reader can notice. */
#define LEDGER_SCHEMA_VERSION 2

#define LEDGER_TABLES(T)                                                                                   \
    T(run, 0x3, 0)                                                                                         \
    T(ec, 0x6, 0)                                                                                          \
    T(reg_class, 0x6, 0)                                                                                   \
    T(register, 0x2, 0)                                                                                    \
    T(context, 0x2, 0)                                                                                     \
    T(cause, 0x6, 0)                                                                                       \
    T(site, 0x64, 0)                                                                                       \
    T(place, 0x14, 0)                                                                                      \
    T(virq_stage, 0x6, 0)                                                                                  \
    T(trap_class, 0, 0)                                                                                    \
    T(state_set, 0, 0)                                                                                     \
    T(state_set_class, 0, 0)                                                                               \
    T(state_set_reg, 0, 0)                                                                                 \
    T(switch_class, 0, 0)                                                                                  \
    T(trap, 0, 0)                                                                                          \
    T(world_switch, 0, 0)                                                                                  \
    T(trap_after, 0, 0)                                                                                    \
    T(virq, 0, 0)                                                                                          \
    T(code, 0, 0)                                                                                          \
    T(trap_agg, 0, 0x200)                                                                                  \
    T(trap_hist, 0, 0)                                                                                     \
    T(after_agg, 0, 0)                                                                                     \
    T(switch_agg, 0, 0x200)                                                                                \
    T(switch_hist, 0, 0)                                                                                   \
    T(virq_agg, 0, 0)                                                                                      \
    T(virq_hist, 0, 0)                                                                                     \
    T(site_agg, 0, 0)                                                                                      \
    T(el_time, 0, 0)                                                                                       \
    T(exception_count, 0, 0)                                                                               \
    T(counter, 0x6, 0)

enum ledger_table {
#define T(name, text, real) TABLE_##name,
    LEDGER_TABLES(T)
#undef T
        TABLE_COUNT
};

/* Exception type and state of a trap, as stored. */
enum { TRAP_COMPLETE, TRAP_ABANDONED, TRAP_UNFINISHED };

/* Registers of state sets share one number space: X0-X30, then Q0-Q31, then enum sysreg_id. */
enum { LEDGER_REG_X = 0, LEDGER_REG_Q = 32, LEDGER_REG_SYS = 64 };
/* Register classes: GP, FP/SIMD, then enum sysreg_class. */
enum { LEDGER_CLASS_GP, LEDGER_CLASS_FP, LEDGER_CLASS_SYS };

enum { ROW_COLUMNS = 23, ROWS_PER_BATCH = 1024 };

/* One row on its way to the database. */
struct row {
    uint32_t table; /* enum ledger_table */
    uint32_t nulls; /* Bit n: column n is NULL. */
    int64_t v[ROW_COLUMNS];
};

struct batch {
    unsigned count;
    unsigned table_count[TABLE_COUNT];
    int commit; /* Commit after this batch, however full the transaction is. */
    struct row rows[ROWS_PER_BATCH];
};
