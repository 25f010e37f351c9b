/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file services.c
 * The monitor's services, each for a range of owners of SMC functions, and of those PSCI (DEN0022)
 * with the two functions that the program needs.
 */
#include <stdbool.h>

#include "monitor.h"
#include "report.h"
#include "smccc.h"

#define FAST 1
#define OWNER_ARM 0
#define OWNER_STANDARD 4
#define CAP(function) (1U << ((function)&0x1f))
#define PSCI_FID_MASK 0xffe0U
#define PSCI_FID_VALUE 0U
#define FROM_NON_SECURE 1UL
#define UNKNOWN (~0UL)

uint8_t service_index[SERVICES_MAX];
static uint32_t psci_caps = CAP(0) | CAP(8);

static bool is_psci(uint32_t fid)
{
    return (fid & PSCI_FID_MASK) == PSCI_FID_VALUE;
}

__attribute__((noinline)) static uint64_t psci_version(void)
{
    return PSCI_VERSION_1_1;
}

__attribute__((noinline)) static uint64_t psci(uint32_t fid, struct cpu_context *context,
                                               uint64_t flags)
{
    if (!(flags & FROM_NON_SECURE) || !(psci_caps & CAP(fid))) {
        context->x[0] = UNKNOWN;
        return UNKNOWN;
    }
    switch (fid) {
    case PSCI_VERSION:
        context->x[0] = psci_version();
        break;
    case PSCI_SYSTEM_OFF:
        power_off();
    default:
        context->x[0] = UNKNOWN;
    }
    return context->x[0];
}

static uint64_t standard(uint32_t fid, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4,
                         void *cookie, struct cpu_context *context, uint64_t flags)
{
    (void)x1;
    (void)x2;
    (void)x3;
    (void)x4;
    (void)cookie;
    if (is_psci(fid)) {
        return psci(fid, context, flags);
    }
    context->x[0] = UNKNOWN;
    return UNKNOWN;
}

static uint64_t arm(uint32_t fid, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4, void *cookie,
                    struct cpu_context *context, uint64_t flags)
{
    (void)fid;
    (void)x1;
    (void)x2;
    (void)x3;
    (void)x4;
    (void)cookie;
    (void)flags;
    context->x[0] = UNKNOWN;
    return UNKNOWN;
}

const struct service services[] = {
    { OWNER_ARM, OWNER_ARM, FAST, "arm", arm, 0 },
    { OWNER_STANDARD, OWNER_STANDARD, FAST, "standard", standard, 0 },
};

void services_init(void)
{
    for (unsigned i = 0; i < SERVICES_MAX; i++) {
        service_index[i] = 0xff;
    }
    for (uint8_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        for (unsigned owner = services[i].owner_first; owner <= services[i].owner_last; owner++) {
            service_index[owner | (unsigned)services[i].type << FID_OWNER_WIDTH] = i;
        }
    }
}
