/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file services.c
 * The monitor's services, each for a range of owners of SMC functions, and of those PSCI (DEN0022)
 * with some functions that need no platform.
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

#define PSCI_64BIT 0x40000000U
#define PSCI_AFFINITY_OFF 1U
#define NO_MIGRATION 2U
#define DENIED ((uint64_t)-3)

uint8_t service_index[SERVICES_MAX];
static uint32_t psci_caps; /* what the platform can do, found out at the start */

static bool is_psci(uint32_t fid)
{
    return (fid & PSCI_FID_MASK) == PSCI_FID_VALUE;
}

__attribute__((noinline)) static uint64_t psci_version(void)
{
    return PSCI_VERSION_1_1;
}

__attribute__((noinline)) static uint64_t psci_affinity(uint32_t target, uint32_t level)
{
    if (level) {
        return UNKNOWN;
    }
    return target ? PSCI_AFFINITY_OFF : 0;
}

__attribute__((noinline)) static uint64_t psci_features(uint32_t fid)
{
    return is_psci(fid) && (psci_caps & CAP(fid)) ? 0 : UNKNOWN;
}

/** The functions that have arguments of 32 bits; the monitor has none with others. */
__attribute__((noinline)) static uint64_t psci(uint32_t fid, uint64_t x1, uint64_t x2,
                                               uint64_t flags)
{
    if (!(flags & FROM_NON_SECURE) || !(psci_caps & CAP(fid)) || (fid & PSCI_64BIT)) {
        return UNKNOWN;
    }
    switch (fid & 0x1f) {
    case 0:
        return psci_version();
    case 2:
        return DENIED;
    case 4:
        return psci_affinity((uint32_t)x1, (uint32_t)x2);
    case 6:
        return NO_MIGRATION;
    case 8:
    case 9:
        power_off();
    case 10:
        return psci_features((uint32_t)x1);
    default:
        return UNKNOWN;
    }
}

static uint64_t standard(uint32_t fid, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4,
                         void *cookie, struct cpu_context *context, uint64_t flags)
{
    (void)x3;
    (void)x4;
    (void)cookie;
    context->x[0] = is_psci(fid) ? psci(fid, x1, x2, flags) : UNKNOWN;
    return (uint64_t)context;
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
    psci_caps = CAP(0) | CAP(2) | CAP(4) | CAP(6) | CAP(8) | CAP(9) | CAP(10);
    for (unsigned i = 0; i < SERVICES_MAX; i++) {
        service_index[i] = 0xff;
    }
    for (uint8_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        for (unsigned owner = services[i].owner_first; owner <= services[i].owner_last; owner++) {
            service_index[owner | (unsigned)services[i].type << FID_OWNER_WIDTH] = i;
        }
    }
}
