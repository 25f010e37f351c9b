/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file barrier.h
 * Barriers, hints and TLB maintenance (Arm ARM B2.3.12, D8.14) as inline functions that the
 * compiler does not move memory accesses across.
 */
#pragma once

#include <stdint.h>

/** Context synchronization: later instructions see every earlier system register write. */
static inline void isb(void)
{
    __asm__ volatile("isb" ::: "memory");
}

/** Completes every earlier access, and cache or TLB maintenance, in the full system. */
static inline void dsb_sy(void)
{
    __asm__ volatile("dsb sy" ::: "memory");
}

/** Completes every earlier access and maintenance in the inner shareable domain. */
static inline void dsb_ish(void)
{
    __asm__ volatile("dsb ish" ::: "memory");
}

/** Completes every earlier store: what a table walker needs to see a new descriptor. */
static inline void dsb_ishst(void)
{
    __asm__ volatile("dsb ishst" ::: "memory");
}

/** Suspends the PE until an interrupt is pending, masked or not (Arm ARM D1.6.2). */
static inline void wfi(void)
{
    __asm__ volatile("wfi" ::: "memory");
}

/** Invalidates every EL1&0 entry, stage 1 and stage 2, of every VMID. For EL2. */
static inline void tlbi_alle1is(void)
{
    __asm__ volatile("tlbi alle1is" ::: "memory");
}

/** Invalidates the stage 1 and combined entries of the current VMID. */
static inline void tlbi_vmalle1is(void)
{
    __asm__ volatile("tlbi vmalle1is" ::: "memory");
}

/** Invalidates the stage 2 entries of one IPA for the current VMID. For EL2. */
static inline void tlbi_ipas2e1is(uint64_t ipa)
{
    __asm__ volatile("tlbi ipas2e1is, %0" ::"r"(ipa >> 12) : "memory");
}

/** Invalidates the entries of one VA, of every ASID, for the current VMID. */
static inline void tlbi_vaae1is(uint64_t va)
{
    __asm__ volatile("tlbi vaae1is, %0" ::"r"((va >> 12) & ((1UL << 44) - 1)) : "memory");
}
