/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file smccc.h
 * SMC Calling Convention (DEN0028) calls with one argument, and the PSCI (DEN0022) and vendor
 * hypervisor functions that go over them.
 */
#pragma once

#include "bits.h"

#define PSCI_VERSION UL(0x84000000)
#define PSCI_SYSTEM_OFF UL(0x84000008)
#define PSCI_VERSION_1_1 UL(0x00010001)
#define SMCCC_NOT_SUPPORTED (~UL(0))

#ifndef __ASSEMBLER__
#include <stdint.h>

/** Calls by HVC: the hypervisor, or what plays it. */
static inline uint64_t smccc_hvc(uint64_t function, uint64_t argument)
{
    register uint64_t x0 __asm__("x0") = function;
    register uint64_t x1 __asm__("x1") = argument;

    __asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1)::"x2", "x3", "memory");
    return x0;
}

/** Calls by SMC: the firmware; from EL1 a hypervisor may take it first (HCR_EL2.TSC). */
static inline uint64_t smccc_smc(uint64_t function, uint64_t argument)
{
    register uint64_t x0 __asm__("x0") = function;
    register uint64_t x1 __asm__("x1") = argument;

    __asm__ volatile("smc #0" : "+r"(x0), "+r"(x1)::"x2", "x3", "memory");
    return x0;
}
#endif
