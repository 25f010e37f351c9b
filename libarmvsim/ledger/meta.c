/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file meta.c
 * What a database says of its run: the table run, event counters, and the dictionaries that are known
 * beforehand (exception classes, register classes, registers). Nothing of the host, no time, no paths.
 */
#include <stdio.h>
#include <string.h>

#include "ledger/internal.h"
#include "timing/counts.h"

enum { READ_BYTES = 64 << 10 };

void ledger_set_meta(struct ledger *l, const char *key, const char *value)
{
    g_tree_replace(l->meta, g_strdup(key), g_strdup(value));
}

avs_status ledger_note_image(struct ledger *l, const char *path)
{
    GChecksum *sum;
    char *base;
    uint8_t *buf;
    FILE *f = fopen(path, "rb");
    size_t n;

    if (!f)
        return avs_fail(l->m, AVS_ERR_IO, "%s: cannot be read", path);
    sum = g_checksum_new(G_CHECKSUM_SHA256);
    buf = g_malloc(READ_BYTES);
    while ((n = fread(buf, 1, READ_BYTES, f)) > 0)
        g_checksum_update(sum, buf, (gssize)n);
    fclose(f);
    base = g_path_get_basename(path);
    ledger_set_meta(l, "image", base);
    ledger_set_meta(l, "image_sha256", g_checksum_get_string(sum));
    g_free(base);
    g_free(buf);
    g_checksum_free(sum);
    return AVS_OK;
}

static void put(struct ledger *l, const char *key, const char *value)
{
    ROW(l, TABLE_run, row_text(key), row_text(g_string_chunk_insert_const(l->text, value)));
}

static void put_number(struct ledger *l, const char *key, uint64_t value)
{
    char text[32];

    g_snprintf(text, sizeof(text), "%" G_GUINT64_FORMAT, value);
    put(l, key, text);
}

static void put_inputs(struct ledger *l)
{
    const struct avs_machine *m = l->m;

    put(l, "armvsim", AVS_VERSION);
    put(l, "core", m->model ? m->model->name : "");
    put(l, "core_title", m->model ? m->model->title : "");
    put(l, "set", m->model && m->model->overrides ? m->model->overrides : "");
    put_number(l, "clock_hz", m->model ? m->model->clock_hz : 0);
    put(l, "timing", m->timing == TIMING_NONE ? "none" : "block");
    put_number(l, "pe_count", m->pe_count);
    put_number(l, "seed", m->seed);
    put_number(l, "max_insns", m->max_insns);
    put_number(l, "max_cycles", m->max_cycles);
}

static void put_totals(struct ledger *l)
{
    uint64_t insns = 0, cycles = 0;

    for (unsigned i = 0; i < l->track_count; i++) {
        const struct pe_track *t = &l->track[i];

        insns += t->end.insn - t->begin.insn;
        cycles = MAX(cycles, t->end.cycle - t->begin.cycle);
    }
    put_number(l, "insns", insns);
    put_number(l, "cycles", cycles);
    put_number(l, "traps", l->trap_count);
    put_number(l, "world_switches", l->switch_count);
    put_number(l, "virqs", l->virq_count);
}

/* The part of the run that is in the database, and how much of it is. */
static void put_interval(struct ledger *l, bool complete)
{
    static const char *const states[][2] = {
        [INTERVAL_WHOLE] = { "whole run", "whole run" },
        [INTERVAL_WAITING] = { "waiting", "never reached" },
        [INTERVAL_OPEN] = { "open", "to the end" },
        [INTERVAL_CLOSED] = { "closed", "closed" },
    };
    const struct interval *i = &l->m->interval;

    put(l, "from", i->from.text);
    put(l, "until", i->until.text);
    put(l, "interval", states[i->state][complete]);
    put_number(l, "sample", l->sample);
}

static void put_end(struct ledger *l)
{
    static const char *const ends[] = {
        [STOP_NONE] = "none",       [STOP_POWER_OFF] = "power-off", [STOP_RESET] = "reset",
        [STOP_LIMIT] = "limit",     [STOP_CRASH] = "crash",         [STOP_IDLE] = "idle",
        [STOP_REQUEST] = "stopped", [STOP_HOST_ERROR] = "error",
    };
    const struct avs_machine *m = l->m;

    put(l, "end", ends[m->stop]);
    put(l, "crash", m->stop == STOP_CRASH ? m->crash_reason : "");
    put_number(l, "exit_status", (uint64_t)m->exit_status);
}

static gboolean put_pair(gpointer key, gpointer value, gpointer user)
{
    struct ledger *l = user;

    put(l, g_string_chunk_insert_const(l->text, key), value);
    return FALSE;
}

void meta_write_run(struct ledger *l, bool complete)
{
    put_inputs(l);
    put_interval(l, complete);
    if (complete) {
        put_totals(l);
        put_end(l);
    }
    g_tree_foreach(l->meta, put_pair, l); /* Last: whoever plays a trace knows better. */
    put(l, "status", complete ? "complete" : "running");
}

static void write_classes(struct ledger *l)
{
    ROW(l, TABLE_reg_class, LEDGER_CLASS_GP, row_text("gp"), row_text("general-purpose registers X0-X30"));
    ROW(l, TABLE_reg_class, LEDGER_CLASS_FP, row_text("fpsimd"), row_text("FP/SIMD registers Q0-Q31"));
    for (unsigned i = 0; i < SRC_COUNT; i++)
        ROW(l, TABLE_reg_class, LEDGER_CLASS_SYS + i, row_text(sysreg_class_name((enum sysreg_class)i)),
            row_text(sysreg_class_text((enum sysreg_class)i)));
}

static void write_bank(struct ledger *l, unsigned first, unsigned count, char letter, int class)
{
    char name[8];

    for (unsigned i = 0; i < count; i++) {
        g_snprintf(name, sizeof(name), "%c%u", letter, i);
        ROW(l, TABLE_register, first + i, row_text(g_string_chunk_insert_const(l->text, name)), class);
    }
}

static void write_registers(struct ledger *l)
{
    write_bank(l, LEDGER_REG_X, 31, 'X', LEDGER_CLASS_GP);
    write_bank(l, LEDGER_REG_Q, 32, 'Q', LEDGER_CLASS_FP);
    for (unsigned i = 0; i < SR_COUNT; i++)
        ROW(l, TABLE_register, LEDGER_REG_SYS + i, row_text(sysreg_name(i)),
            LEDGER_CLASS_SYS + (int)sysreg_class(i));
}

void meta_write_static(struct ledger *l)
{
#define EC(value, name, text) ROW(l, TABLE_ec, value, row_text(#name), row_text(text));
#include "arch/ec.def"
#undef EC
    write_classes(l);
    write_registers(l);
    virq_write_static(l);
}

static void write_exceptions(struct ledger *l, unsigned type, unsigned from, unsigned to)
{
    for (unsigned ec = 0; ec < 64; ec++) {
        uint64_t *n = &l->exceptions[type][from][to][ec];
        struct row *r;

        if (!*n)
            continue;
        r = row_add(l, TABLE_exception_count);
        r->v[0] = from;
        r->v[1] = to;
        r->v[2] = type;
        r->v[3] = ec;
        r->v[4] = (int64_t)*n;
        r->nulls = type == EXC_SYNC || type == EXC_SERROR ? 0 : BIT(3);
        *n = 0;
    }
}

void meta_write_counters(struct ledger *l)
{
    const struct avs_machine *m = l->m;

    for (unsigned i = 0; i < 64; i++)
        write_exceptions(l, i / 16, i / 4 % 4, i % 4);
    for (unsigned pe = 0; pe < m->pe_count; pe++) {
        timing_counts_sync(&m->pe[pe]);
        for (unsigned i = 0; i < CTR_COUNT; i++)
            ROW(l, TABLE_counter, pe, row_text(counter_name((enum counter_id)i)),
                row_text(counter_text((enum counter_id)i)),
                (int64_t)(m->pe[pe].ctr[i] - l->track[pe].begin_ctr[i]));
    }
}
