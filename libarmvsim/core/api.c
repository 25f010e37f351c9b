/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file api.c
 * The public calls of armvsim.h that are not the making of machines: loading, running, callbacks, looking.
 */
#include <fenv.h>
#include <glib.h>
#include <string.h>

#include "board/board.h"
#include "core/path.h"
#include "core/run.h"
#include "core/symtab.h"
#include "ledger/ledger.h"
#include "replay/recipe.h"
#include "replay/record.h"
#include "timing/counts.h"

avs_status avs_load(avs_machine *m, const char *path)
{
    avs_status s;

    if (m->loaded)
        return avs_fail(m, AVS_ERR_STATE, "%s: an image is loaded already", path);
    s = board_load(m->board, path);
    if (s == AVS_OK)
        s = ledger_note_image(m->ledger, path);
    if (s == AVS_OK)
        recipe_add_file(m->recipe, "image", NULL, path);
    m->loaded = s == AVS_OK;
    return s;
}

avs_status avs_load_at(avs_machine *m, const char *path, uint64_t address)
{
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, address);
    avs_status s = board_load_at(m->board, path, address);

    if (s == AVS_OK)
        recipe_add_file(m->recipe, "load", text, path);
    return s;
}

avs_status avs_attach(avs_machine *m, const char *spec)
{
    avs_status s;

    if (!spec)
        return avs_fail(m, AVS_ERR_ARG, "no device is named");
    for (unsigned i = 0; i < m->pe_count; i++) {
        if (pe_insns(&m->pe[i]))
            return avs_fail(m, AVS_ERR_STATE, "device \"%s\": the machine has run already", spec);
    }
    s = board_attach(m->board, spec);
    if (s == AVS_OK)
        recipe_add_device(m->recipe, spec);
    return s;
}

avs_status avs_dump_dtb(avs_machine *m, const char *path)
{
    return board_dump_dtb(m->board, path);
}

avs_status avs_save_flash(avs_machine *m)
{
    return board_save_flash(m->board);
}

avs_status avs_load_symbols(avs_machine *m, const char *path, int vmid)
{
    g_autofree char *text = g_strdup_printf("%d", vmid);
    avs_status s = symtab_add_elf(m->symbols, m, path, vmid);

    if (s == AVS_OK)
        recipe_add_file(m->recipe, "symbols", text, path);
    return s;
}

/* One line a stop reason. */
static const struct {
    avs_end end;
    const char *reason;
} ends[] = {
    [STOP_NONE] = { AVS_END_STOPPED, "stopped" },
    [STOP_POWER_OFF] = { AVS_END_POWER_OFF, "powered off by the guest" },
    [STOP_RESET] = { AVS_END_RESET, "reset by the guest" },
    [STOP_LIMIT] = { AVS_END_LIMIT, "limit of instructions or cycles reached" },
    [STOP_CRASH] = { AVS_END_CRASH, NULL },
    [STOP_IDLE] = { AVS_END_IDLE, "every PE is off or waits for an interrupt that nothing will raise" },
    [STOP_REQUEST] = { AVS_END_STOPPED, "stopped on request" },
    [STOP_HOST_ERROR] = { AVS_END_ERROR, NULL },
    [STOP_PAUSE] = { AVS_END_STOPPED, "stopped" },
};

static void result_of(struct avs_machine *m, avs_result *r)
{
    r->end = ends[m->stop].end;
    r->exit_status = m->exit_status;
    r->reason = ends[m->stop].reason;
    if (m->stop == STOP_CRASH)
        r->reason = m->crash_reason;
    if (m->stop == STOP_HOST_ERROR)
        r->reason = m->last_error;
    r->clock_hz = m->model->clock_hz;
    r->pe = m->sched.current ? m->sched.current->index : 0;
    for (unsigned i = 0; i < m->pe_count; i++) {
        r->insns += pe_insns(&m->pe[i]);
        if (pe_cycles(&m->pe[i]) > r->cycles)
            r->cycles = pe_cycles(&m->pe[i]);
    }
}

/* The engine computes with the host's floating-point where that is the same (a64/fp_fast.h), in the default
 * environment, whatever the caller's is. */
static void run_in_default_fenv(struct avs_machine *leader)
{
    fenv_t host;

    fegetenv(&host);
    fesetenv(FE_DFL_ENV);
    if (leader->path)
        path_run(leader);
    else
        machine_run(leader);
    fesetenv(&host);
}

/* All members of a path, as far as their leader goes. A recorder that stops the run lets it go on. */
static void run(struct avs_machine *leader)
{
    if (leader->record)
        record_run(leader->record);
    run_in_default_fenv(leader);
    while (leader->record && record_goes_on(leader->record)) {
        leader->stop = STOP_NONE;
        run_in_default_fenv(leader);
    }
}

/* A run that was stopped goes on, and one that was not yet begins. False: it is over. */
static bool begin(struct avs_machine *m)
{
    if (m->stop == STOP_REQUEST)
        m->stop = STOP_NONE;
    if (m->stop == STOP_NONE && !m->loaded && !board_is_loaded(m->board)) {
        avs_fail(m, AVS_ERR_STATE, "no image is loaded");
        m->stop = STOP_HOST_ERROR;
    }
    if (m->stop != STOP_NONE)
        return false;
    board_log(m->board);
    machine_listen(m);
    return true;
}

static void end(struct avs_machine *m)
{
    m->stop_requested = 0;
    if (m->stop != STOP_REQUEST && ledger_finish(m->ledger) != AVS_OK)
        m->stop = STOP_HOST_ERROR;
}

/* All that are on the machine's path. Those that follow cannot run without their leader. */
static void run_all(struct avs_machine *leader)
{
    bool runs[PATH_MEMBERS] = { false };
    struct avs_machine *m;

    for (unsigned i = 0; (m = path_member(leader, i)); i++)
        runs[i] = begin(m);
    if (!runs[0])
        return;
    run(leader);
    for (unsigned i = 0; (m = path_member(leader, i)); i++)
        if (runs[i])
            end(m);
}

avs_result avs_run(avs_machine *m)
{
    struct avs_machine *leader = path_leader(m);
    avs_result r = { 0 };

    run_all(leader);
    if (m->stop == STOP_NONE) {
        avs_fail(m, AVS_ERR_STATE, "the machine that it follows cannot run: %s", avs_last_error(leader));
        m->stop = STOP_HOST_ERROR;
    }
    result_of(m, &r);
    return r;
}

void avs_stop(avs_machine *m)
{
    m->stop_requested = 1;
}

void avs_on_trap(avs_machine *m, avs_trap_fn fn, void *user)
{
    ledger_set_trap_fn(m->ledger, fn, user);
}

void avs_on_switch(avs_machine *m, avs_switch_fn fn, void *user)
{
    ledger_set_switch_fn(m->ledger, fn, user);
}

void avs_on_console(avs_machine *m, avs_console_fn fn, void *user)
{
    m->console = fn;
    m->console_user = user;
}

void avs_on_error_output(avs_machine *m, avs_console_fn fn, void *user)
{
    m->errors = fn;
    m->errors_user = user;
}

void avs_on_idle(avs_machine *m, avs_idle_fn fn, void *user)
{
    if (m->record) {
        record_on_idle(m->record, fn, user);
        return;
    }
    m->idle = fn;
    m->idle_user = user;
}

void avs_on_log(avs_machine *m, avs_log_fn fn, void *user)
{
    m->log = fn;
    m->log_user = user;
}

avs_status avs_console_input(avs_machine *m, const char *bytes, size_t len)
{
    avs_status s;

    if (path_follows(m))
        return avs_fail(m, AVS_ERR_STATE, "input is for the machine that this one follows");
    if (m->tap.ops && m->tap.ops->input && m->tap.ops->input(m->tap.user, bytes, len))
        return AVS_OK;
    s = board_console_input(m->board, bytes, len);
    if (s == AVS_OK)
        path_note_input(m, bytes, len);
    return s;
}

avs_status avs_record_open(avs_machine *m, const char *path)
{
    return record_open(m, path);
}

avs_status avs_record_close(avs_machine *m)
{
    return record_close(m);
}

avs_status avs_ledger_open(avs_machine *m, const char *path)
{
    return ledger_open_db(m->ledger, path);
}

avs_status avs_ledger_coverage(avs_machine *m)
{
    for (unsigned i = 0; i < m->pe_count; i++) {
        if (pe_insns(&m->pe[i]))
            return avs_fail(m, AVS_ERR_STATE, "coverage: the machine has run already");
    }
    ledger_set_coverage(m->ledger);
    return AVS_OK;
}

avs_status avs_ledger_close(avs_machine *m)
{
    return ledger_close_db(m->ledger);
}

avs_status avs_ledger_interval(avs_machine *m, const char *from, const char *until)
{
    return interval_set(m, from, until);
}

avs_attached avs_ledger_attached(const avs_machine *m)
{
    static const avs_attached states[] = {
        [INTERVAL_WHOLE] = AVS_ATTACHED,
        [INTERVAL_WAITING] = AVS_NOT_YET_ATTACHED,
        [INTERVAL_OPEN] = AVS_ATTACHED,
        [INTERVAL_CLOSED] = AVS_DETACHED,
    };

    return states[m->interval.state];
}

avs_status avs_ledger_sample(avs_machine *m, uint64_t n)
{
    return ledger_sample(m->ledger, n);
}

bool avs_read_mem(avs_machine *m, uint64_t address, void *data, size_t len)
{
    return bus_copy_out(m->bus, pa(address), data, len);
}

const char *avs_counter_name(unsigned index)
{
    return index < CTR_COUNT ? counter_name((enum counter_id)index) : NULL;
}

uint64_t avs_counter(avs_machine *m, unsigned pe, unsigned index)
{
    if (pe >= m->pe_count || index >= CTR_COUNT)
        return 0;
    timing_counts_sync(&m->pe[pe]);
    return m->pe[pe].ctr[index];
}
