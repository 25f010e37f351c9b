/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file psci.c
 * PSCI 1.1 (Arm DEN 0022) as the board's firmware, where there is none: SMC and HVC that reach the conduit
 * are function calls of the machine and no exceptions. Which instruction is the conduit follows QEMU's virt
 * board: none with secure=on (EL3 software does it), SMC with EL2, HVC with EL1 only. Every call through
 * the conduit is answered, unknown functions with NOT_SUPPORTED (SMCCC, DEN 0028, 5.2), as QEMU 7.2 does.
 * Target CPUs are compared by MPIDR's affinity fields: real hypervisors pass bit 31 along.
 * Not modelled: power states deeper than standby, OS-initiated mode, MIGRATE, statistics; the time that
 * turning a PE on takes.
 */
#include "arch/exception.h"
#include "board/internal.h"

/* Return values. */
enum {
    PSCI_SUCCESS = 0,
    PSCI_NOT_SUPPORTED = -1,
    PSCI_INVALID_PARAMETERS = -2,
    PSCI_ALREADY_ON = -4,
    PSCI_INVALID_ADDRESS = -9,
};

enum {
    PSCI_VERSION_1_1 = 0x00010001,
    AFFINITY_ON = 0,
    AFFINITY_OFF = 1,
    MIGRATION_NOT_REQUIRED = 2, /* No Trusted OS. */
    FN64 = 0x40000000,          /* The 64-bit variant of a function. */
    HCR_TSC = 19,
};
#define MPIDR_AFFINITY UINT64_C(0xff00ffffff)
#define POWER_STATE_RES0 UINT64_C(0xfcfe0000) /* Original format: <25:24> level, <16> type, <15:0> id. */
#define POWER_STATE_LEVEL UINT64_C(0x03000000)

/* A call: arguments x1 to x3, cut to 32 bits for 32-bit functions. */
struct call {
    struct pe *c;
    uint64_t arg[3];
};

/* The PE of that affinity; NULL when there is none. */
static struct pe *pe_of(const struct call *p, uint64_t mpidr)
{
    struct avs_machine *m = p->c->m;

    for (unsigned i = 0; i < m->pe_count; i++)
        if (((mpidr ^ m->pe[i].sr[SR_MPIDR_EL1]) & MPIDR_AFFINITY) == 0)
            return &m->pe[i];
    return NULL;
}

static int64_t version(const struct call *p)
{
    (void)p;
    return PSCI_VERSION_1_1;
}

/* Every power state is standby: a WFI. The caller of board_psci() performs it. */
static int64_t cpu_suspend(const struct call *p)
{
    if (p->arg[0] & (POWER_STATE_RES0 | POWER_STATE_LEVEL))
        return PSCI_INVALID_PARAMETERS;
    p->c->exit = PE_EXIT_WFI;
    return PSCI_SUCCESS;
}

/* Does not return to its caller. */
static int64_t cpu_off(const struct call *p)
{
    p->c->halted = true;
    p->c->exit = PE_EXIT_OFF;
    return PSCI_SUCCESS;
}

/* The PE begins at the highest level of the Non-secure state, in AArch64 state, MMU off. */
static int64_t cpu_on(const struct call *p)
{
    struct pe *c = pe_of(p, p->arg[0]);

    if (!c)
        return PSCI_INVALID_PARAMETERS;
    if (!c->halted)
        return PSCI_ALREADY_ON;
    if (p->arg[1] % 4)
        return PSCI_INVALID_ADDRESS;
    machine_reset_pe(c);
    c->pc = p->arg[1];
    c->x[0] = p->arg[2];
    sched_start(c);
    return PSCI_SUCCESS;
}

/* Above affinity level 0, whatever contains a running PE is on. */
static int64_t affinity_info(const struct call *p)
{
    const struct pe *c = pe_of(p, p->arg[0]);

    if (p->arg[1] > 3 || (p->arg[1] == 0 && !c))
        return PSCI_INVALID_PARAMETERS;
    return p->arg[1] == 0 && c->halted ? AFFINITY_OFF : AFFINITY_ON;
}

static int64_t migrate_info_type(const struct call *p)
{
    (void)p;
    return MIGRATION_NOT_REQUIRED;
}

static int64_t system_off(const struct call *p)
{
    machine_stop(p->c->m, STOP_POWER_OFF);
    return PSCI_SUCCESS;
}

static int64_t system_reset(const struct call *p)
{
    machine_stop(p->c->m, STOP_RESET);
    return PSCI_SUCCESS;
}

/* Only the architected warm reset, type 0; and it is a reset like the other. */
static int64_t system_reset2(const struct call *p)
{
    return (uint32_t)p->arg[0] == 0 ? system_reset(p) : PSCI_INVALID_PARAMETERS;
}

static int64_t features(const struct call *p);

/* One line per function. `wide`: it has a 64-bit variant too. */
static const struct function {
    uint32_t id;
    bool wide;
    int64_t (*call)(const struct call *p);
} functions[] = {
    { 0x84000000, false, version },      { 0x84000001, true, cpu_suspend },
    { 0x84000002, false, cpu_off },      { 0x84000003, true, cpu_on },
    { 0x84000004, true, affinity_info }, { 0x84000006, false, migrate_info_type },
    { 0x84000008, false, system_off },   { 0x84000009, false, system_reset },
    { 0x8400000a, false, features },     { 0x84000012, true, system_reset2 },
};

static const struct function *function_find(uint32_t id)
{
    for (size_t i = 0; i < G_N_ELEMENTS(functions); i++) {
        if (functions[i].id == (id & ~(uint32_t)FN64) && (functions[i].wide || !(id & FN64)))
            return &functions[i];
    }
    return NULL;
}

/* Feature flags are all zero: CPU_SUSPEND has the original format and platform-coordinated mode. */
static int64_t features(const struct call *p)
{
    return function_find((uint32_t)p->arg[0]) ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED;
}

enum psci_conduit psci_conduit(const struct board *b)
{
    if (!b->desc->psci || b->desc->secure)
        return PSCI_NONE;
    return b->desc->virtualization ? PSCI_SMC : PSCI_HVC;
}

/* HCR_EL2.TSC comes first: a hypervisor may forbid its guests the firmware. EL0 has neither instruction. */
static bool reaches_conduit(const struct pe *c, bool is_hvc)
{
    enum psci_conduit conduit = psci_conduit(c->m->board);

    if (conduit != (is_hvc ? PSCI_HVC : PSCI_SMC) || c->el == 0)
        return false;
    return is_hvc || c->el != 1 || !bit(pe_hcr(c), HCR_TSC);
}

bool board_psci(struct pe *c, bool is_hvc)
{
    uint32_t id = (uint32_t)c->x[0];
    struct call p = { .c = c };
    const struct function *f;

    if (!reaches_conduit(c, is_hvc))
        return false;
    for (unsigned i = 0; i < G_N_ELEMENTS(p.arg); i++)
        p.arg[i] = id & FN64 ? c->x[1 + i] : (uint32_t)c->x[1 + i];
    f = function_find(id);
    c->x[0] = (uint64_t)(f ? f->call(&p) : PSCI_NOT_SUPPORTED);
    return true;
}
