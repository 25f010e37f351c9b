/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file run.c
 * The run loop of a PE: finds the op at pc, runs handler chains, takes the exceptions and returns that they
 * leave for, and serves deadlines (timers, limits, stop requests) at exact instructions. DDI 0487 D1.6 for
 * WFI and WFE: waiting is skipped in modelled time, never burnt (core/sched.c).
 */
#include "core/run.h"

#include "a64/op.h"
#include "arch/bti.h"
#include "arch/debug.h"
#include "arch/exception.h"
#include "arch/pmu.h"
#include "arch/timer.h"
#include "core/path.h"
#include "gic/gic.h"
#include "ledger/ledger.h"
#include "mmu/access.h"
#include "mmu/charge.h"
#include "mmu/state.h"

/* The lanes run at most this far between armings, so that they never overflow into each other. */
enum { LANE_INSN_SPAN = 1 << 24, LANE_TICK_SPAN = 1 << 30 };
#define LANE_INSN_GUARD (UINT64_C(1) << 30)
#define LANE_TICK_GUARD (UINT64_C(1) << 31)

/* Cycles from here on have no ticks. */
#define TICK_NEVER (UINT64_MAX >> TICK_SHIFT)

static uint64_t distance(uint64_t now, uint64_t deadline, uint64_t span)
{
    if (deadline <= now)
        return 1;
    return deadline - now < span ? deadline - now : span;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* The cycle at which a PE's turn ends for the others' sake, for an event's, or for good. */
static uint64_t turn_end(const struct avs_machine *m)
{
    uint64_t end = earlier(m->sched.slice_end, m->next_event);

    return m->max_cycles ? earlier(m->max_cycles, end) : end;
}

/* The PE's instruction at which all PEs together have retired `total`, while the others stand still. */
static uint64_t insn_of_total(const struct pe *c, uint64_t total)
{
    const struct avs_machine *m = c->m;

    for (unsigned i = 0; i < m->pe_count && total != UINT64_MAX; i++)
        total -= i == c->index ? 0 : earlier(pe_insns(&m->pe[i]), total);
    return total;
}

/* The instruction at which the run ends at the latest, or at which its interval begins or ends. */
static uint64_t insn_limit(const struct pe *c)
{
    return insn_of_total(c, c->m->max_insns ? c->m->max_insns : UINT64_MAX);
}

static uint64_t insn_point(const struct pe *c)
{
    return insn_of_total(c, interval_insns(c->m));
}

/* Programs the guard bits: for the deadlines that were armed, or a mark before them. Clears FORCE. */
static void set_lanes(struct pe *c)
{
    uint64_t insns = pe_insns(c), ticks = c->tick_base + acc_ticks(c->acc);
    uint64_t next_insn = earlier(c->stop_insn, insn_of_total(c, c->m->tap.mark_at));
    uint64_t lane_i = LANE_INSN_GUARD - distance(insns, next_insn, LANE_INSN_SPAN);
    uint64_t lane_t = LANE_TICK_GUARD - distance(ticks, c->stop_tick, LANE_TICK_SPAN);

    c->acc = lane_i << 32 | lane_t;
    c->insn_base = insns - lane_i;
    c->tick_base = ticks - lane_t;
}

/* Sets the next deadlines: at the next instruction at the earliest. */
static void arm_at(struct pe *c, uint64_t stop_insn, uint64_t stop_cycle)
{
    uint64_t ticks = c->tick_base + acc_ticks(c->acc);
    uint64_t stop_tick = stop_cycle < TICK_NEVER ? stop_cycle << TICK_SHIFT : UINT64_MAX;

    c->stop_insn = later(stop_insn, pe_insns(c) + 1);
    c->stop_tick = later(stop_tick, ticks + 1);
    set_lanes(c);
}

/* A follower's deadlines are where the leader was served (core/path.h): it has none of its own in time. */
static void arm_on_path(struct pe *c, uint64_t insn_deadline)
{
    bool here;

    arm_at(c, earlier(insn_deadline, path_next_insn(c, &here)), UINT64_MAX);
    if (here)
        pe_force(c);
}

/* For the next deadline of all. */
static void arm(struct pe *c, uint64_t insn_deadline)
{
    if (unlikely(c->m->path) && path_follows(c->m))
        arm_on_path(c, insn_deadline);
    else
        arm_at(c, earlier(insn_deadline, c->pmu.next_insn),
               earlier(turn_end(c->m), earlier(c->next_timer, c->pmu.next_cycle)));
}

/* Whether a guard bit stands for more than a mark or the lane's end. */
static bool is_due(const struct pe *c)
{
    return (c->acc & ACC_FORCE) || c->m->stop != STOP_NONE || pe_insns(c) >= c->stop_insn ||
           c->tick_base + acc_ticks(c->acc) >= c->stop_tick ||
           (unlikely(c->m->path) && c->m->stop_requested);
}

/* Shows the machine to who marked this instruction, who names the next one. */
static void show_mark(struct pe *c)
{
    struct tap *tap = &c->m->tap;

    tap->mark_at = tap->ops->mark(tap->user, c);
}

/* At a mark that no service is at, the run may end where none would have been. */
static bool ends_at_mark(struct pe *c)
{
    show_mark(c);
    if (likely(c->m->stop == STOP_NONE))
        return false;
    if (c->m->path)
        path_stop_at(c);
    return true;
}

static bool same_vector_again(const struct pe *c, uint64_t pc)
{
    return pc == c->vector_pc && pe_insns(c) == c->vector_insns;
}

/* An exception on the first instruction of a vector, to the same vector, repeats for ever. The state stays
 * as it was on entry to the vector. */
static void crash_in_vector(struct pe *c)
{
    const char *symbol = avs_symbol(c->m, c->origin.pc);

    machine_crash(
        c->m,
        "the exception vector at 0x%llx of EL%u is unusable (%s); it was entered for: %s, from EL%u at "
        "0x%llx%s%s%s, ISS 0x%x, FAR 0x%llx",
        (unsigned long long)c->pc, c->el, exc_text(c->exc.type, c->exc.ec),
        exc_text((enum exc_type)c->origin.type, c->origin.ec), c->origin.el,
        (unsigned long long)c->origin.pc, symbol ? " <" : "", symbol ? symbol : "", symbol ? ">" : "",
        c->origin.iss, (unsigned long long)c->origin.far);
}

/* True when taking c->exc would only lead back to where the PE is. */
static bool repeats(const struct pe *c)
{
    return c->exc.target_el == c->el && c->exc.type == EXC_SYNC && c->pc == exc_vector(c);
}

static void note_origin(struct pe *c)
{
    c->origin.pc = c->pc;
    c->origin.far = c->exc.far;
    c->origin.iss = c->exc.iss;
    c->origin.el = c->el;
    c->origin.ec = c->exc.ec;
    c->origin.type = (uint8_t)c->exc.type;
}

static void take(struct pe *c)
{
    unsigned from_el = c->el;
    uint64_t from_pc = c->pc, start = pe_cycles(c);
    const struct exc e = c->exc;

    if (unlikely(c->m->path))
        path_exception(c, from_pc);
    if (!same_vector_again(c, from_pc))
        note_origin(c);
    else if (repeats(c)) {
        crash_in_vector(c);
        return;
    }
    exc_take(c);
    if (unlikely(c->debug.stepping))
        pe_force(c);
    if (c->el == 3)
        gic_update(c); /* The Security state decides between IRQ and FIQ. */
    c->ctr[CTR_exception]++;
    if (c->m->tap.ops && c->m->tap.ops->exception)
        c->m->tap.ops->exception(c->m->tap.user, c, &e, from_el, from_pc);
    if (e.type == EXC_IRQ || e.type == EXC_FIQ)
        c->ctr[e.virt ? CTR_virq : CTR_irq]++;
    if (c->hooks && c->hooks->exception)
        c->hooks->exception(c->hooks->user, c, &e, from_el, from_pc, start);
    c->vector_pc = c->pc;
    c->vector_insns = pe_insns(c);
}

static bool take_interrupt(struct pe *c)
{
    if (unlikely(c->debug.stepping))
        debug_settle(c);
    if (!c->irq_lines || !exc_interrupt(c))
        return false;
    take(c);
    return true;
}

static void return_from_exception(struct pe *c)
{
    unsigned from_el = c->el;
    uint64_t from_pc = c->pc, start = pe_cycles(c);

    exc_return_to(c, c->eret_pc);
    gic_update(c);
    c->ctr[CTR_eret]++;
    if (c->hooks && c->hooks->eret)
        c->hooks->eret(c->hooks->user, c, from_el, from_pc, start);
    take_interrupt(c);
}

/* While software steps, the run loop comes here before each instruction. */
static void step(struct pe *c)
{
    arm(c, pe_insns(c) + 1);
    if (!take_interrupt(c) && !debug_step(c))
        take(c);
}

/* Whether the run ends here. Of machines on one path, all stop where the leader does (core/path.h). */
static bool run_is_over(struct pe *c)
{
    struct avs_machine *m = c->m;

    if (unlikely(m->path) && m->stop_requested && m->stop == STOP_NONE && !path_follows(m))
        m->stop = STOP_REQUEST;
    if (m->ledger && ledger_failed(m->ledger))
        m->stop = STOP_HOST_ERROR;
    if (unlikely(pe_insns(c) >= insn_point(c)))
        interval_reached(c);
    if (m->stop == STOP_NONE && pe_insns(c) >= insn_limit(c))
        m->stop = STOP_LIMIT;
    if (unlikely(m->path) && (m->stop == STOP_REQUEST || m->stop == STOP_HOST_ERROR))
        path_stop_here(m);
    return m->stop != STOP_NONE;
}

/* Everything that a guard bit may stand for. False when the slice or the run is over. What a mark alone
 * stops goes on as if it had not been stopped. */
static bool service(struct pe *c)
{
    struct avs_machine *m = c->m;
    uint64_t now;

    if (unlikely(pe_insns(c) >= insn_of_total(c, m->tap.mark_at)))
        show_mark(c);
    if (!is_due(c)) {
        set_lanes(c);
        return true;
    }
    if (unlikely(m->path) && !path_arrive(c)) {
        arm(c, earlier(insn_limit(c), insn_point(c)));
        return true;
    }
    if (run_is_over(c))
        return false;
    now = path_cycles(c);
    if (now >= turn_end(m))
        return false;
    if (now >= c->next_timer)
        timer_update(c);
    c->next_timer = timer_next_cycle(c);
    if (unlikely(c->pmu.on))
        pmu_update(c);
    if (unlikely(c->debug.stepping))
        step(c);
    else {
        arm(c, earlier(insn_limit(c), insn_point(c)));
        take_interrupt(c);
    }
    return true;
}

/* WFI, and WFE without an event. False: the PE waits, and its turn is over. */
static bool wait(struct pe *c, enum pe_waiting how)
{
    bool goes_on;

    if (unlikely(c->pmu.on))
        pmu_update(c);
    goes_on = how == PE_WAITS_WFE ? c->event || exc_wakes_wfe(c) : exc_wakes(c);
    if (goes_on) {
        c->event = c->event && how != PE_WAITS_WFE;
        c->wait_until = 0;
        pe_force(c);
        return true;
    }
    c->waiting = (uint8_t)how;
    c->wake_at = EVENT_NEVER;
    return false;
}

/* The op of op's block before which so many instructions or ticks have passed; NULL when the block ends
 * first. */
static struct op *op_after(struct op *op, uint64_t left_i, uint64_t left_t)
{
    uint64_t whole = op->suffix;

    for (struct op *at = op + 1; acc_insns(at[-1].suffix) > 1; at++) {
        uint64_t done = whole - at->suffix;
        if (acc_insns(done) >= left_i || acc_ticks(done) >= left_t)
            return at;
    }
    return NULL;
}

/* The op at which a deadline that lies within op's block falls. */
static struct op *deadline_op(const struct pe *c, struct op *op)
{
    return op_after(op, c->stop_insn - pe_insns(c), c->stop_tick - c->tick_base - acc_ticks(c->acc));
}

/* The op before `end` (NULL: the block's) at which there is a mark. */
static struct op *mark_op(const struct pe *c, struct op *op, const struct op *end)
{
    uint64_t at = insn_of_total(c, c->m->tap.mark_at), now = pe_insns(c);
    struct op *mark = at > now ? op_after(op, at - now, UINT64_MAX) : NULL;

    return mark && (!end || mark < end) ? mark : NULL;
}

/* Runs op's block up to `at`, or all of it. Entering is without the guard test, which has fired. */
static void run_to(struct pe *c, struct op *op, struct op *at)
{
    const struct a64_dispatcher *d = c->m->dispatcher;
    op_fn saved = at ? at->fn : NULL;

    if (at)
        at->fn = d->stop;
    d->run(c, op, c->acc + op->suffix);
    if (at && at->fn == d->stop)
        at->fn = saved;
}

/* The same, by way of the marks in between, which change nothing: the block goes on, whatever has become
 * pending in it. */
static void run_by_marks(struct pe *c, struct op *op, struct op *at)
{
    struct op *mark;

    while (unlikely(mark = mark_op(c, op, at))) {
        run_to(c, op, mark);
        if (c->exit != PE_EXIT_BREAK)
            return;
        if (ends_at_mark(c))
            return;
        op = mark;
    }
    run_to(c, op, at);
}

/* Runs op's block up to the deadline inside it. */
static void run_to_deadline(struct pe *c, struct op *op)
{
    run_by_marks(c, op, deadline_op(c, op));
}

/* What a handler chain left for a mark, or for a lane's end, alone goes on as if it had not been left:
 * nothing is looked up, for that leaves traces in the modelled TLBs, and no deadline is set. NULL: it was
 * more. */
static struct op *op_going_on(const struct pe *c)
{
    struct op *op = c->code_ops + ((c->pc - c->code_va) >> 2); /* Or the page's end. */

    if (c->exit != PE_EXIT_DEADLINE || is_due(c) || c->btype || c->il || c->debug.stepping ||
        c->debug.page_broken)
        return NULL;
    if (pe_insns(c) + acc_insns(op->suffix) >= c->stop_insn ||
        c->tick_base + acc_ticks(c->acc) + acc_ticks(op->suffix) >= c->stop_tick)
        return NULL;
    return op;
}

static void go_on(struct pe *c, struct op *op)
{
    if (pe_insns(c) >= insn_of_total(c, c->m->tap.mark_at) && ends_at_mark(c))
        return;
    if (!(c->acc & ACC_FORCE)) /* What forces now is seen at the next block. */
        set_lanes(c);
    if (c->arriving && c->pc - c->code_va < AVS_PAGE_SIZE &&
        !(c->code_lines->fetched >> (c->pc >> LINE_SHIFT & 63) & 1))
        charge_fetch_line(c, c->pc);
    run_by_marks(c, op, NULL);
}

/* Finds the op at pc, by way of the fast fetch TLB. NULL with c->exc filled. */
static struct op *find_op(struct pe *c)
{
    struct fast_fetch *f = &c->itlb[fast_fetch_index(c->pc, c->ictx)];
    const uint64_t tag = (c->pc & AVS_PAGE_MASK) | c->ictx;

    if (unlikely(c->il)) {
        exc_illegal_state(c);
        return NULL;
    }
    if (f->tag == (tag | FAST_PARKED)) {
        mem_fetch_owner(c, f->owner);
        f->tag = tag;
    }
    if (likely(f->tag == tag && !(c->pc & 3))) {
        c->code_ops = f->ops;
        c->code_va = c->pc & AVS_PAGE_MASK;
        c->code_lines = f->lines;
        c->debug.page_broken = false;
    } else if (!mem_fetch_page(c, c->pc)) {
        return NULL;
    }
    if (unlikely(!(c->code_lines->fetched >> (c->pc >> LINE_SHIFT & 63) & 1)))
        charge_fetch_line(c, c->pc);
    return c->code_ops + ((c->pc >> 2) & (OPS_PER_PAGE - 1));
}

/* On a page with a breakpoint, one instruction goes at a time. False after an exception. */
static bool pass_breakpoints(struct pe *c)
{
    if (debug_check_fetch(c)) {
        arm(c, pe_insns(c) + 1);
        return true;
    }
    take(c);
    return false;
}

/* BranchTargetCheck, before the first op after an indirect branch. False when it led to an exception. */
static bool target_ok(struct pe *c, struct op *op)
{
    if (!op->suffix)
        a64_decode_block(c, op);
    if (bti_enter(c, op->insn, a64_ops_guarded(c->code_ops)))
        return true;
    take(c);
    return false;
}

/* After a chain ended. False when the PE's turn is over. */
static bool leave(struct pe *c)
{
    switch (c->exit) {
    case PE_EXIT_EXCEPTION:
        take(c);
        return true;
    case PE_EXIT_ERET:
        return_from_exception(c);
        return true;
    case PE_EXIT_RESYNC:
        if (c->mmu->changed)
            mmu_select(c);
        take_interrupt(c);
        return true;
    case PE_EXIT_WFI:
        return wait(c, PE_WAITS_WFI);
    case PE_EXIT_WFE:
        return wait(c, PE_WAITS_WFE);
    case PE_EXIT_OFF:
        return false;
    case PE_EXIT_MARK:
        interval_reached(c);
        return true;
    case PE_EXIT_DEADLINE:
    case PE_EXIT_BREAK:
        return true;
    }
    AVS_CHECK(!"unknown exit");
    return false;
}

/* Whether somebody wants the run to stop: where that is, it goes on later. */
static bool stops(struct avs_machine *m)
{
    if (unlikely(m->stop_requested) && m->stop == STOP_NONE && !m->path)
        m->stop = STOP_REQUEST;
    return m->stop != STOP_NONE;
}

/* The PE's turn: until its slice ends, it waits, or the run is over. */
static void pe_run(struct pe *c)
{
    const struct a64_dispatcher *d = c->m->dispatcher;
    struct op *op;
    uint64_t acc;

    while (!stops(c->m)) {
        if (c->exit == PE_EXIT_DEADLINE && (op = op_going_on(c))) {
            go_on(c, op);
            if (!leave(c))
                return;
            continue;
        }
        if (unlikely(c->acc & ACC_GUARD) && !service(c))
            return;
        c->exit = PE_EXIT_RESYNC;
        if (unlikely(c->m->path))
            path_look(c);
        op = find_op(c);
        if (unlikely(!op)) {
            take(c);
            continue;
        }
        c->debug.insn = op->insn;
        if (unlikely(c->debug.page_broken) && !pass_breakpoints(c))
            continue;
        /* An interrupt that comes first saves BTYPE. */
        if (unlikely(c->btype) && ((c->acc & ACC_GUARD) || !target_ok(c, op)))
            continue;
        acc = c->acc + op->suffix;
        if (likely(!(acc & ACC_GUARD)))
            d->run(c, op, acc);
        else if (!(c->acc & ACC_GUARD))
            run_to_deadline(c, op);
        else
            continue;
        if (!leave(c))
            return;
    }
}

/* A stop on request, or between portions of a path, leaves the slice open: the next run goes on in it, as
 * if it had not been stopped. */
void machine_run(struct avs_machine *m)
{
    bool resumed = m->sched.current != NULL;

    while (sched_next(m)) {
        if (!resumed)
            pe_force(m->sched.current);
        resumed = false;
        pe_run(m->sched.current);
        if (m->stop == STOP_NONE)
            sched_end(m);
    }
    if (m->stop != STOP_REQUEST && m->stop != STOP_PAUSE)
        sched_finish(m);
}

void pe_step(struct pe *c)
{
    struct op *op;

    if (c->halted || (c->waiting != PE_RUNS && !sched_wait_out(c)))
        return;
    c->m->sched.slice_end = EVENT_NEVER;
    c->next_timer = timer_next_cycle(c);
    arm(c, pe_insns(c) + 1);
    op = find_op(c);
    if (!op) {
        take(c);
        return;
    }
    if (c->btype && !target_ok(c, op))
        return;
    if (!op->suffix)
        c->m->dispatcher->run(c, op, c->acc); /* Decodes, and leaves at once: the guard is one ahead. */
    if (op->suffix)
        run_to_deadline(c, op);
    (void)leave(c);
}
