/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file machine.c
 * Making and unmaking of machines: core model, board, PEs and their parts, in the order that they need each
 * other; and what stops a run.
 */
#include "core/path.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "a64/op.h"
#include "arch/exception.h"
#include "arch/pmu.h"
#include "arch/sysreg.h"
#include "arch/timer.h"
#include "board/board.h"
#include "board/semihosting.h"
#include "core/run.h"
#include "core/symtab.h"
#include "gic/gic.h"
#include "ledger/ledger.h"
#include "mmu/mmu.h"
#include "replay/recipe.h"
#include "replay/record.h"
#include "timing/memory.h"

enum { MEM_MIN = 1 << 20, MEM_DEFAULT = 128 << 20, PE_MAX = 8 };
#define MEM_MAX (UINT64_C(255) << 30)
#define RTC_DEFAULT "2026-01-01T00:00:00Z"

void machine_stop(struct avs_machine *m, enum machine_stop why)
{
    if (m->stop == STOP_NONE)
        m->stop = why;
    for (unsigned i = 0; i < m->pe_count; i++)
        pe_force(&m->pe[i]);
}

void machine_crash(struct avs_machine *m, const char *fmt, ...)
{
    va_list args;

    if (m->stop != STOP_NONE)
        return;
    va_start(args, fmt);
    vsnprintf(m->crash_reason, sizeof(m->crash_reason), fmt, args);
    va_end(args);
    machine_stop(m, STOP_CRASH);
}

void machine_console(struct avs_machine *m, const char *bytes, size_t len)
{
    path_take_input(m);
    if (m->tap.ops && m->tap.ops->before_console)
        m->tap.ops->before_console(m->tap.user);
    if (m->console)
        m->console(m->console_user, bytes, len);
    if (m->tap.ops && m->tap.ops->console)
        m->tap.ops->console(m->tap.user);
    if (m->stop_requested) /* The callback may have asked for it: at once, so that it is the same on every
                              host. */
        sched_changed(m);
}

static avs_status set_timing(struct avs_machine *m, const char *timing)
{
    if (!timing || !strcmp(timing, "block"))
        m->timing = TIMING_BLOCK;
    else if (!strcmp(timing, "none"))
        m->timing = TIMING_NONE;
    else
        return avs_fail(m, AVS_ERR_ARG, "timing '%s': unknown; use none or block", timing);
    return AVS_OK;
}

static avs_status set_dispatch(struct avs_machine *m, const char *name)
{
    static const struct a64_dispatcher *const all[] = {
#ifdef AVS_HAVE_TAIL
        &a64_dispatch_tail,
#endif
        &a64_dispatch_loop,
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (name && strcmp(name, all[i]->name))
            continue;
        m->dispatcher = all[i];
        return AVS_OK;
    }
    return avs_fail(m, AVS_ERR_ARG, "dispatch '%s': not in this build; use %s", name, all[0]->name);
}

/* Seconds since 1970, or ISO 8601. */
static avs_status set_rtc(struct avs_machine *m, const char *text)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text ? text : RTC_DEFAULT, utc);
    guint64 number = 0;

    if (time && g_date_time_to_unix(time) >= 0)
        m->rtc_epoch = (uint64_t)g_date_time_to_unix(time);
    else if (g_ascii_string_to_unsigned(text, 10, 0, UINT32_MAX, &number, NULL))
        m->rtc_epoch = number;
    else
        return avs_fail(m, AVS_ERR_ARG,
                        "rtc '%s': neither seconds since 1970 nor a time from 1970 on in ISO 8601", text);
    return AVS_OK;
}

static avs_status check_options(struct avs_machine *m, const avs_options *o)
{
    uint64_t mem = o->mem_bytes ? o->mem_bytes : MEM_DEFAULT;

    if (o->pe_count > PE_MAX)
        return avs_fail(m, AVS_ERR_ARG, "%u PEs: 1 to %u are possible", o->pe_count, PE_MAX);
    if (mem < MEM_MIN || mem > MEM_MAX || mem % AVS_PAGE_SIZE)
        return avs_fail(m, AVS_ERR_ARG, "memory of %llu bytes: must be 1 MiB to 255 GiB, in steps of 4 KiB",
                        (unsigned long long)mem);
    return AVS_OK;
}

/* From the ID registers as software sees them: after reset, with what is not modelled capped. */
static void set_features(struct avs_machine *m)
{
    const uint64_t *sr = m->pe[0].sr;

    m->has_pan = bits(sr[SR_ID_AA64MMFR1_EL1], 23, 20) != 0;
    m->has_uao = bits(sr[SR_ID_AA64MMFR2_EL1], 7, 4) != 0;
    m->has_dit = bits(sr[SR_ID_AA64PFR0_EL1], 51, 48) != 0;
    m->has_ssbs = bits(sr[SR_ID_AA64PFR1_EL1], 7, 4) != 0;
    m->has_bti = bits(sr[SR_ID_AA64PFR1_EL1], 3, 0) != 0;
}

static void set_costs(struct avs_machine *m)
{
    for (unsigned i = 0; i < COST_COUNT && m->timing == TIMING_BLOCK; i++)
        m->cost[i] = m->model->cost[i] << TICK_SHIFT;
}

static bool make_pe(struct avs_machine *m, struct pe *c, unsigned index)
{
    c->index = index;
    c->m = m;
    c->cost = m->cost;
    c->psci = board_psci;
    c->semihosting = board_has_semihosting(m->board) ? semihosting_call : NULL;
    c->next_timer = UINT64_MAX;
    c->vector_insns = UINT64_MAX;
    c->pmu.next_cycle = c->pmu.next_insn = UINT64_MAX;
    c->el = m->has_el3 ? 3 : m->has_el2 ? 2 : 1;
    c->spsel = 1;
    c->daif = 0xf;
    pe_set_nzcv(c, 0);
    c->memory = m->memory ? m->memory[index] : NULL;
    c->mmu = mmu_state_new(c);
    c->timer = timer_new(c, machine_identity(m)->clock_hz, board_cntfrq(m->board));
    return c->mmu && c->timer && predictor_init(&c->predict, &m->model->branch);
}

static avs_status make_pes(struct avs_machine *m)
{
    if (m->timing == TIMING_BLOCK && !(m->memory = memory_new(m->model, m->pe_count, m->seed)))
        return avs_fail(m, AVS_ERR_NOMEM, "out of memory");
    m->pe = calloc(m->pe_count, sizeof(*m->pe));
    if (!m->pe)
        return avs_fail(m, AVS_ERR_NOMEM, "out of memory");
    for (unsigned i = 0; i < m->pe_count; i++)
        if (!make_pe(m, &m->pe[i], i))
            return avs_fail(m, AVS_ERR_NOMEM, "out of memory");
    return AVS_OK;
}

void machine_reset_pe(struct pe *c)
{
    sysreg_reset(c);
    gic_reset_pe(c);
    timer_reset(c);
    pmu_reset(c);
    mmu_reset(c);
    predictor_flush(&c->predict);
    pe_set_nzcv(c, 0);
    c->pan = c->uao = c->dit = c->ssbs = c->il = c->ss = false;
    c->btype = 0;
    c->excl_valid = c->event = false;
    board_reset_pe(c->m->board, c);
}

/* Reset in the order that the architecture's parts depend on each other. */
static void reset(struct avs_machine *m)
{
    for (unsigned i = 0; i < m->pe_count; i++)
        sysreg_reset(&m->pe[i]);
    set_features(m);
    gic_reset(m->gic);
    for (unsigned i = 0; i < m->pe_count; i++) {
        timer_reset(&m->pe[i]);
        pmu_reset(&m->pe[i]);
    }
    board_reset(m->board);
}

/* What the run table of a ledger says of the machine's making. */
static void note_options(struct avs_machine *m, const avs_options *o)
{
    const char *board = o->board ? o->board : "virt", *slash = strrchr(board, '/');
    char mem[32];

    snprintf(mem, sizeof(mem), "%llu", (unsigned long long)(o->mem_bytes ? o->mem_bytes : MEM_DEFAULT));
    ledger_set_meta(m->ledger, "board", slash ? slash + 1 : board);
    ledger_set_meta(m->ledger, "mem_bytes", mem);
    if (o->cmdline)
        ledger_set_meta(m->ledger, "cmdline", o->cmdline);
    if (m->identity && !core_model_equal(m->identity, m->model))
        ledger_set_meta(m->ledger, "path_core", m->identity->name);
}

/* Everything that needs no other part. */
static avs_status set_options(struct avs_machine *m, const avs_options *o)
{
    avs_status s;

    if ((s = check_options(m, o)) || (s = set_timing(m, o->timing)) || (s = set_dispatch(m, o->dispatch)))
        return s;
    m->seed = o->seed;
    m->max_insns = o->max_insns;
    m->max_cycles = o->max_cycles;
    m->pe_count = o->pe_count ? o->pe_count : 1;
    m->sched.quantum = o->quantum ? o->quantum : SCHED_QUANTUM;
    m->next_event = EVENT_NEVER;
    m->tap.mark_at = TAP_NEVER;
    m->recipe = recipe_new(o);
    m->log_level = LOG_INFO;
    if ((s = core_model_load_set(m, o->cpu ? o->cpu : "generic", o->set, &m->model)))
        return s;
    set_costs(m);
    return set_rtc(m, o->rtc);
}

static avs_status build(struct avs_machine *m, const avs_options *o, struct avs_machine *leader)
{
    avs_status s;

    m->symbols = symtab_new();
    if ((s = set_options(m, o)) || (leader && (s = path_join(m, leader))))
        return s;
    s = board_new(m, o->board ? o->board : "virt", o->mem_bytes ? o->mem_bytes : MEM_DEFAULT, o);
    if (s || (s = make_pes(m)))
        return s;
    m->ledger = ledger_new(m);
    if (!m->symbols || !m->ledger)
        return avs_fail(m, AVS_ERR_NOMEM, "out of memory");
    note_options(m, o);
    reset(m);
    return AVS_OK;
}

/* Callers with an older, smaller options struct get defaults for what they do not know. */
static avs_options full_options(const avs_options *given)
{
    avs_options o = AVS_OPTIONS_INIT;

    if (given)
        memcpy(&o, given, given->size < sizeof(o) ? given->size : sizeof(o));
    return o;
}

static avs_status new_machine(const avs_options *options, struct avs_machine *leader, avs_machine **out)
{
    avs_options o = full_options(options);
    struct avs_machine *m = calloc(1, sizeof(*m));
    avs_status s;

    *out = NULL;
    if (!m)
        return avs_fail(NULL, AVS_ERR_NOMEM, "out of memory");
    s = build(m, &o, leader);
    if (s) {
        status_move_error(m);
        avs_machine_free(m);
        return s;
    }
    *out = m;
    return AVS_OK;
}

avs_status avs_machine_new(const avs_options *options, avs_machine **out)
{
    return new_machine(options, NULL, out);
}

avs_status avs_follower_new(avs_machine *leader, const avs_options *options, avs_machine **out)
{
    if (options && options->semihosting_dir) {
        *out = NULL;
        return avs_fail(NULL, AVS_ERR_ARG, "a machine that follows another has no folder for semihosting");
    }
    return new_machine(options, leader, out);
}

static void free_pe(struct pe *c)
{
    timer_free(c->timer);
    mmu_state_free(c->mmu);
    predictor_free(&c->predict);
    free(c->sr_path);
}

void avs_machine_free(avs_machine *m)
{
    if (!m)
        return;
    record_free(m);
    recipe_free(m->recipe);
    ledger_free(m->ledger);
    path_leave(m);
    for (unsigned i = 0; m->pe && i < m->pe_count; i++)
        free_pe(&m->pe[i]);
    free(m->pe);
    memory_free(m->memory, m->pe_count);
    m->sched.current = NULL; /* Devices take their events away. */
    board_free(m->board);
    symtab_free(m->symbols);
    core_model_free(m->model);
    core_model_free(m->identity);
    free(m);
}
