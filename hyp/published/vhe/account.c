/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file account.c
 * What the host notes of a thread that goes into a guest and comes back, as Linux does: whose time
 * it is, in a record that others read under a sequence count, the PE's context, and that a guest
 * which runs is a quiescent state.
 */
#include "host.h"
#include "report.h"

#define NOINLINE __attribute__((noinline))
#define CONTEXT_STEP 4UL /* of the count above struct pe.context's two bits */

static void add_time(struct vtime *time, uint64_t ticks)
{
    switch (time->state) {
    case TIME_SYSTEM:
        time->system += ticks;
        break;
    case TIME_GUEST:
        time->guest += ticks;
        break;
    case TIME_USER:
        time->user += ticks;
        break;
    default:
        give_up("an idle thread runs no guest");
    }
}

/** The time until now was of what the thread has been; from here on it is `state`. */
NOINLINE static void change_time(struct vtime *time, const struct machine *machine, uint32_t state,
                                 uint32_t pe)
{
    uint64_t now = __atomic_load_n(&machine->ticks, __ATOMIC_RELAXED);
    uint32_t sequence = __atomic_load_n(&time->sequence, __ATOMIC_RELAXED);

    __atomic_store_n(&time->sequence, sequence + 1, __ATOMIC_RELAXED);
    if (now != time->started) {
        add_time(time, now - time->started);
        time->started = now;
    }
    time->state = state;
    time->pe = pe;
    __atomic_store_n(&time->sequence, sequence + 2, __ATOMIC_RELAXED);
}

/** A guest that runs is a quiescent state of the PE. */
NOINLINE static void note_quiescence(struct quiescence *q)
{
    if (q->waited_for) {
        q->reported = q->passed;
        q->waited_for = false;
    }
    if (q->expedited) {
        give_up("nobody waits for this PE");
    }
    if (!__atomic_load_n(&q->urgent, __ATOMIC_ACQUIRE)) {
        return;
    }
    q->urgent = false;
    if (q->heavy) {
        q->passed += 2;
    }
}

/** The PE's context, and how often it has changed, in one word. */
static void change_context(struct pe *pe, uint64_t from, uint64_t to)
{
    uint64_t context = __atomic_load_n(&pe->context, __ATOMIC_RELAXED);

    if ((context & (CONTEXT_STEP - 1)) != from) {
        give_up("the PE is in another context");
    }
    __atomic_store_n(&pe->context, context - from + to + CONTEXT_STEP, __ATOMIC_RELAXED);
}

void account_enter(struct kvcpu *vcpu)
{
    struct thread *thread = vcpu->thread;
    struct pe *pe = this_pe(vcpu);

    if (thread->flags & THREAD_RUNS_GUEST) {
        give_up("a thread runs one guest");
    }
    change_time(&thread->time, vcpu->vm->machine, TIME_GUEST, pe->number);
    thread->flags |= THREAD_RUNS_GUEST;
    change_context(pe, CONTEXT_KERNEL, CONTEXT_GUEST);
    pe->quiescence.waited_for = true;
    note_quiescence(&pe->quiescence);
}

void account_exit(struct kvcpu *vcpu)
{
    struct thread *thread = vcpu->thread;
    struct pe *pe = this_pe(vcpu);

    change_context(pe, CONTEXT_GUEST, CONTEXT_KERNEL);
    change_time(&thread->time, vcpu->vm->machine, TIME_SYSTEM, pe->number);
    thread->flags &= ~THREAD_RUNS_GUEST;
}
