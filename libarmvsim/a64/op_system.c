/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_system.c
 * System instructions (DDI 0487, C4.1.88): hints, barriers, system instructions and fields of
 * PSTATE, exception generation and return; MRS and MSR are in op_sysreg.c. Everything that may change the
 * context ends its block. Barriers order nothing: PEs interleave between instructions and memory is
 * sequentially consistent; they only cost.
 *
 * Halting debug is not there, so HLT, DCPS and DRPS are UNDEFINED; but HLT #0xF000 is a semihosting call
 * where the machine has that.
 */
#include "a64/dispatch.h"
#include "a64/insn.h"
#include "a64/sysreg_op.h"
#include "arch/timer.h"
#include "core/path.h"

static A64_COLD const struct op *a64_undefined(A64_PARAMS)
{
    a64_sync(c, op, acc);
    exc_undefined(c, op->insn);
    END_EXC();
}

/* A semihosting call is an instruction like others: it completes, and it may stop the machine. */
static A64_COLD const struct op *a64_hlt(A64_PARAMS)
{
    enum { HLT_SEMIHOSTING = 0xf000 };

    if (!c->semihosting || (uint16_t)IMM != HLT_SEMIHOSTING)
        A64_CALL(a64_undefined);
    c->acc = acc;
    c->pc = a64_pc(c, op);
    c->semihosting(c);
    acc = c->acc;
    END_EXIT(PE_EXIT_RESYNC);
}

END_OP(UNALLOCATED, A64_CALL(a64_undefined);)
END_OP(UDF, A64_CALL(a64_undefined);)
END_OP(HLT, A64_CALL(a64_hlt);)
END_OP(DCPS1, A64_CALL(a64_undefined);)
END_OP(DCPS2, A64_CALL(a64_undefined);)
END_OP(DCPS3, A64_CALL(a64_undefined);)
END_OP(DRPS, A64_CALL(a64_undefined);)

OP(PRFM_uimm, )
OP(PRFUM, )
OP(PRFM_reg, )
OP(PRFM_lit, )
OP(HINT, )
OP(BTI, ) /* Where it may be reached from is asked before it executes: arch/bti.c. */
OP(DMB, )

/* DSB waits for the stores before it. */
static A64_COLD const struct op *a64_drain(A64_PARAMS)
{
    a64_sync(c, op, acc);
    pe_add_cycles(c, memory_drain(c->memory, pe_cycles(c)));
    acc = c->acc + op->suffix;
    A64_GO(op + 1);
}

END_OP(DSB, if (c->memory) A64_CALL(a64_drain); A64_GO(op + 1);)

/* ISB waits for the loads before it, which a window may hide elsewhere. */
static A64_COLD const struct op *a64_synchronize(A64_PARAMS)
{
    a64_sync(c, op, acc);
    pe_add_cycles(c, memory_serialize(c->memory, pe_cycles(c)));
    acc = c->acc + op->suffix;
    A64_ENTER(op + 1);
}

END_OP(ISB, if (c->memory) A64_CALL(a64_synchronize); A64_ENTER(op + 1);)
OP(CLREX, c->excl_valid = false)

/* SendEvent: to every PE. Those that wait go on from this time. */
static inline const struct op *a64_sev(A64_PARAMS)
{
    a64_sync(c, op, acc);
    for (unsigned i = 0; i < c->m->pe_count; i++) {
        struct pe *to = &c->m->pe[i];

        if (to->waiting == PE_WAITS_WFE)
            sched_wake(to);
        to->event = true;
    }
    acc = c->acc + op->suffix;
    A64_ENTER(op + 1);
}

END_OP(SEV, A64_CALL(a64_sev);)
OP(SEVL, c->event = true)

/* WFI and WFE: a trap, or a wait, which is the run loop's. */
static inline const struct op *a64_wait(A64_PARAMS, bool wfe)
{
    a64_sync(c, op, acc);
    if (arch_wfx_traps(c, wfe, op->insn))
        END_EXC();
    acc = c->acc + op->suffix;
    END_EXIT(wfe ? PE_EXIT_WFE : PE_EXIT_WFI);
}

/* What event streams did comes into the Event Register before WFE looks at it. */
static inline void a64_look_for_events(A64_PARAMS)
{
    if (likely(!c->event_stream))
        return;
    a64_sync(c, op, acc);
    timer_look_for_events(c);
}

static inline const struct op *a64_wfe(A64_PARAMS)
{
    a64_look_for_events(c, op, acc);
    if (!c->event)
        return a64_wait(c, op, acc, true);
    c->event = false;
    A64_ENTER(op + 1);
}

/* WFIT and WFET (FEAT_WFxT) wait no longer than until CNTVCT_EL0 is Xt. When it is already, nothing waits,
 * and nothing traps. */
static inline const struct op *a64_wait_until(A64_PARAMS, bool wfe)
{
    uint64_t until;

    a64_sync(c, op, acc);
    until = timer_timeout_cycle(c, X(rd));
    if (until > path_cycles(c) && arch_wfx_traps(c, wfe, op->insn))
        END_EXC();
    acc = c->acc + op->suffix;
    if (until <= path_cycles(c))
        A64_ENTER(op + 1);
    c->wait_until = until;
    END_EXIT(wfe ? PE_EXIT_WFE : PE_EXIT_WFI);
}

static inline const struct op *a64_wfet(A64_PARAMS)
{
    a64_look_for_events(c, op, acc);
    if (!c->event)
        return a64_wait_until(c, op, acc, true);
    c->event = false;
    A64_ENTER(op + 1);
}

END_OP(WFIT, return a64_wait_until(c, op, acc, false);)
END_OP(WFET, A64_CALL(a64_wfet);)
END_OP(WFI, return a64_wait(c, op, acc, false);)
END_OP(WFE, A64_CALL(a64_wfe);)

/* Exception generation: `raise` makes all checks, and counts the instruction as executed. When it returns
 * false, PSCI has done the call, and may ask for another exit (CPU_SUSPEND waits). */
static inline const struct op *a64_generate(A64_PARAMS, bool (*raise)(struct pe *, uint16_t, uint32_t))
{
    c->acc = acc;
    c->pc = a64_pc(c, op);
    c->exit = PE_EXIT_RESYNC;
    if (raise(c, (uint16_t)IMM, op->insn))
        END_EXC();
    acc = c->acc;
    END_EXIT(c->exit);
}

END_OP(SVC, return a64_generate(c, op, acc, exc_gen_svc);)
END_OP(HVC, return a64_generate(c, op, acc, exc_gen_hvc);)
END_OP(SMC, return a64_generate(c, op, acc, exc_gen_smc);)
END_OP(BRK, return a64_generate(c, op, acc, exc_gen_brk);)

static inline const struct op *a64_eret(A64_PARAMS)
{
    if (unlikely(c->el == 0))
        A64_CALL(a64_undefined);
    c->eret_pc = exc_return_address(c);
    c->acc = acc;
    c->pc = a64_pc(c, op);
    return a64_leave(c, PE_EXIT_ERET);
}

END_OP(ERET, A64_CALL(a64_eret);)

END_OP(MSR_imm, a64_sync(c, op, acc); AFTER_WRITE(sysreg_write_imm(c, op->insn));)

/* DC ZVA (C5.3): zeroes the block that holds the address, of 4 << DCZID_EL0.BS bytes. Memory must be
 * Normal. FAR_ELx of a fault has the address that was given, not the block's (D24.2, FAR_EL1). */
static bool zero_block(struct pe *c, uint64_t address)
{
    unsigned size = 4u << bits(c->sr[SR_DCZID_EL0], 3, 0);
    uint64_t va = address & ~(uint64_t)(size - 1);

    if (!mem_probe_write(c, va, size, ACCESS_NORMAL)) {
        c->exc.far = address;
        return false;
    }
    for (unsigned i = 0; i < size; i += 8)
        if (!mem_write(c, va + i, 8, 0, 0))
            return false;
    return true;
}

/* SYS: sysreg.c checks access and does the work, but for DC ZVA's stores. */
static inline const struct op *a64_sys(A64_PARAMS)
{
    enum sysreg_result result;

    a64_sync(c, op, acc);
    result = sysreg_write(c, (unsigned)IMM, op->insn, X(rd));
    if (IMM == SR_DC_ZVA && result != SYSREG_EXC) {
        if (!zero_block(c, X(rd)))
            END_EXC();
        if (mem_code_changed(c))
            result = SYSREG_RESYNC;
    }
    AFTER_WRITE(result);
}

static inline const struct op *a64_sysl(A64_PARAMS)
{
    a64_sync(c, op, acc);
    {
        uint64_t val;

        if (sysreg_read(c, (unsigned)IMM, op->insn, &val) == SYSREG_EXC)
            END_EXC();
        X(rd) = val;
    }
    acc = c->acc + op->suffix;
    A64_ENTER(op + 1);
}

END_OP(SYS, A64_CALL(a64_sys);)
END_OP(SYSL, A64_CALL(a64_sysl);)
