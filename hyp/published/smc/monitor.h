/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file monitor.h
 * An EL3 monitor's context of the world below: general-purpose registers, and the EL3 registers
 * that decide what an ERET does. SP_EL3 points to it while lower ELs run; C runs on SP_EL0.
 */
#pragma once

#define CTX_X(n) ((n)*8)
#define CTX_LR (30 * 8)
#define CTX_SP_EL0 (31 * 8)
#define CTX_SCR (32 * 8)
#define CTX_RUNTIME_SP (33 * 8)
#define CTX_SPSR (34 * 8)
#define CTX_ELR (35 * 8)
#define CTX_SIZE (36 * 8)

/* SMCCC function identifiers (DEN0028): bit 31 fast, bit 30 64-bit, bits [29:24] the service. */
#define FID_OWNER_SHIFT 24
#define FID_OWNER_WIDTH 6
#define FID_TYPE_SHIFT 31
#define SERVICES_MAX 128
#define SERVICE_SHIFT 5 /* log2 of the size of struct service */
#define SERVICE_HANDLER 16

#define MONITOR_STACK 4096

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct cpu_context {
    uint64_t x[30], lr, sp_el0;
    uint64_t scr, runtime_sp, spsr, elr;
};
_Static_assert(offsetof(struct cpu_context, scr) == CTX_SCR, "the vectors rely on it");
_Static_assert(offsetof(struct cpu_context, elr) == CTX_ELR, "the vectors rely on it");

typedef uint64_t smc_handler(uint32_t fid, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4,
                             void *cookie, struct cpu_context *context, uint64_t flags);

struct service {
    uint8_t owner_first, owner_last, type;
    const char *name;
    smc_handler *handler;
    uint64_t unused;
};
_Static_assert(sizeof(struct service) == 1 << SERVICE_SHIFT, "the vectors rely on it");
_Static_assert(offsetof(struct service, handler) == SERVICE_HANDLER, "the vectors rely on it");

extern const struct service services[];
extern uint8_t service_index[SERVICES_MAX];

/** Fills in service_index from the services' owners. */
void services_init(void);

extern char monitor_vectors[];

/** Goes to the world below for the first time. */
void monitor_exit(struct cpu_context *context) __attribute__((noreturn));
#endif
