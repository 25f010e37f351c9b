/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file exc.h
 * The description of one exception, filled by whoever finds it and taken by exception.c. Faults travel by
 * value: nothing here jumps. DDI 0487: D1.3 (exceptions), D24.2.40 (ESR_EL1/2/3 encodings), G/J pseudocode
 * AArch64.TakeException and ExceptionSyndrome.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum exc_type { EXC_SYNC, EXC_IRQ, EXC_FIQ, EXC_SERROR };

/* Exception classes, ESR_ELx.EC: ec.def has one line each (value, name, meaning). */
enum exc_class {
#define EC(value, name, text) EC_##name = (value),
#include "arch/ec.def"
#undef EC
};

struct exc {
    enum exc_type type;
    uint8_t target_el;
    uint8_t ec;           /* enum exc_class; for EXC_SYNC and EXC_SERROR. */
    bool il;              /* ESR_ELx.IL */
    bool virt;            /* A virtual IRQ, FIQ or SError. */
    bool far_valid;       /* FAR_ELx is written. */
    bool ipa_valid;       /* HPFAR_EL2 is written (stage-2 faults). */
    bool s1ptw;           /* The stage-2 fault was on a stage-1 walk. */
    uint16_t cause;       /* enum trap_id of trap.def: the control bit that caused it; TRAP_NONE else. */
    uint16_t sysreg;      /* enum sysreg_id for EC_SYSREG traps, SR_NONE else. */
    uint32_t iss;         /* ESR_ELx.ISS */
    uint32_t insn;        /* The instruction's encoding, 0 when none was fetched. */
    uint64_t far;         /* Faulting virtual address. */
    uint64_t ipa;         /* Faulting IPA, with its page offset when known. */
    uint64_t ret;         /* Preferred return address, for ELR_ELx. */
};
