/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fault.h
 * What a failed access says of itself: enough to write ESR, FAR and HPFAR exactly (DDI 0487: D8.17 "Memory
 * aborts", EncodeLDFSC, FaultRecord in the pseudocode).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Fault status codes with the level in the low bits where there is one: ISS.DFSC/IFSC. */
enum fault_status {
    FSC_ADDRESS_SIZE = 0x00,  /* + level 0..3 */
    FSC_TRANSLATION = 0x04,   /* + level */
    FSC_ACCESS_FLAG = 0x08,   /* + level */
    FSC_PERMISSION = 0x0c,    /* + level */
    FSC_EXTERNAL = 0x10,      /* Synchronous external abort, not on a walk. */
    FSC_EXTERNAL_WALK = 0x14, /* + level: synchronous external abort on a walk. */
    FSC_ALIGNMENT = 0x21,
    FSC_TLB_CONFLICT = 0x30,
    FSC_EXCLUSIVE = 0x35, /* Unsupported exclusive or atomic access. */
};

struct mmu_fault {
    uint8_t fsc;  /* The whole status code, level included. */
    bool stage2;  /* A stage-2 fault: goes to EL2. */
    bool s1ptw;   /* Stage 2, on the walk of stage 1. */
    bool write;   /* ISS.WnR (of an AT or a cache operation: CM is set). */
    bool cm;      /* Cache maintenance or address translation instruction. */
    uint64_t va;  /* For FAR_ELx. */
    uint64_t ipa; /* For HPFAR_EL2 when stage2. */
};
