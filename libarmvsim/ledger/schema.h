/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file schema.h
 * The tables of schema.sql as data: one line each, in the order in which a batch of rows is written. The
 * second column is how many columns there are, the third says which are text (bit n: column n holds a
 * pointer), the fourth which are REAL (the bits of a double); all others are integers.
 */
#pragma once

#include <stdint.h>

/* "AVSL" in PRAGMA application_id: how one of our databases is told from any other. */
#define LEDGER_APPLICATION_ID 0x4156534c
/* PRAGMA user_version: rises with every change that a reader can notice. */
#define LEDGER_SCHEMA_VERSION 2

#define LEDGER_TABLES(T)                                                                                   \
    T(run, 2, 0x3, 0)                                                                                      \
    T(ec, 3, 0x6, 0)                                                                                       \
    T(reg_class, 3, 0x6, 0)                                                                                \
    T(register, 3, 0x2, 0)                                                                                 \
    T(context, 6, 0x2, 0)                                                                                  \
    T(cause, 3, 0x6, 0)                                                                                    \
    T(site, 8, 0x64, 0)                                                                                    \
    T(place, 6, 0x14, 0)                                                                                   \
    T(virq_stage, 3, 0x6, 0)                                                                               \
    T(trap_class, 8, 0, 0)                                                                                 \
    T(state_set, 7, 0, 0)                                                                                  \
    T(state_set_class, 9, 0, 0)                                                                            \
    T(state_set_reg, 7, 0, 0)                                                                              \
    T(switch_class, 4, 0, 0)                                                                               \
    T(trap_shape, 17, 0, 0)                                                                                \
    T(trap_row, 15, 0, 0)                                                                                  \
    T(world_switch, 13, 0, 0)                                                                              \
    T(trap_after, 7, 0, 0)                                                                                 \
    T(virq, 11, 0, 0)                                                                                      \
    T(code, 3, 0, 0)                                                                                       \
    T(trap_agg, 12, 0, 0x200)                                                                              \
    T(trap_hist, 4, 0, 0)                                                                                  \
    T(after_agg, 8, 0, 0)                                                                                  \
    T(switch_agg, 12, 0, 0x200)                                                                            \
    T(switch_hist, 4, 0, 0)                                                                                \
    T(virq_agg, 7, 0, 0)                                                                                   \
    T(virq_hist, 6, 0, 0)                                                                                  \
    T(site_agg, 5, 0, 0)                                                                                   \
    T(el_time, 6, 0, 0)                                                                                    \
    T(exception_count, 5, 0, 0)                                                                            \
    T(counter, 4, 0x6, 0)

enum ledger_table {
#define T(name, columns, text, real) TABLE_##name,
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

enum { ROW_COLUMNS = 17, ROWS_PER_BATCH = 1024 };

/* One row on its way to the database. Rows have different lengths, and lie one behind the other. */
struct row {
    uint16_t table;   /* enum ledger_table */
    uint16_t columns; /* In v[]; those after them are NULL. */
    uint32_t nulls;   /* Bit n: column n is NULL. */
    int64_t v[];
};

struct batch {
    unsigned count; /* Of rows, */
    unsigned words; /* which take up this much. */
    unsigned table_count[TABLE_COUNT];
    int commit; /* Commit after this batch, however full the transaction is. */
    int64_t data[ROWS_PER_BATCH * (1 + ROW_COLUMNS)];
};

_Static_assert(sizeof(struct row) == sizeof(int64_t), "a row's columns come after one word");

static inline const struct row *row_next(const struct row *r)
{
    return (const struct row *)(const void *)(r->v + r->columns);
}
