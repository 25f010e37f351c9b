/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file hypercall.h
 * What the hypervisor tiny and its guests agree on: hypercalls, the memory that a guest sees, and
 * the layout of its two special pages.
 *
 * A hypercall is HVC #0 with the function in X0 and an argument in X1 (SMCCC, DEN0028); the
 * result comes back in X0, and every other register is preserved. Function numbers are those of
 * SMCCC's vendor specific hypervisor service; PSCI functions work by HVC and by SMC.
 */
#pragma once

#include "bits.h"

#ifndef __ASSEMBLER__
#include <stdint.h>
#endif

#define HC_FUNCTION(n) (UL(0xc6000000) | UL(n))

#define HC_NULL HC_FUNCTION(0)      /* does nothing: the price of a hypercall */
#define HC_YIELD HC_FUNCTION(1)     /* gives the rest of the time slice to the other VM */
#define HC_WAIT_TURN HC_FUNCTION(2) /* waits until it is this VM's turn to print */
#define HC_PASS_TURN HC_FUNCTION(3) /* gives the turn to the other VM */
#define HC_BARRIER HC_FUNCTION(4)   /* waits until every VM that is on has come here */
#define HC_DOORBELL HC_FUNCTION(5)  /* makes the doorbell interrupt pending in VM X1 */
#define HC_RELEASE HC_FUNCTION(6)   /* gives the lazy page at IPA X1 back */

#define HC_ERROR_ARGUMENT (~UL(1))

/* The guest's intermediate physical addresses; devices are emulated. */
#define GUEST_GICD_IPA UL(0x08000000)
#define GUEST_GICR_IPA UL(0x080a0000)
#define GUEST_UART_IPA UL(0x09000000)
#define GUEST_RAM_IPA UL(0x40000000)
#define GUEST_RAM_SIZE UL(0x00200000)
#define GUEST_LAZY_IPA UL(0x40200000) /* each page appears when it is first touched */
#define GUEST_LAZY_SIZE UL(0x00020000)
#define GUEST_INFO_IPA UL(0x50000000)   /* read only, one page per VM */
#define GUEST_SHARED_IPA UL(0x50001000) /* the same page in both VMs */

/* Virtual interrupt of HC_DOORBELL, and of the SGI that guests send to themselves. */
#define GUEST_INTID_DOORBELL 40U
#define GUEST_INTID_SGI 1U

#define VM_COUNT 2

#ifndef __ASSEMBLER__
/** The page at GUEST_INFO_IPA, written by the hypervisor. */
struct guest_info {
    uint64_t vm_id;       /* 1 or 2 */
    uint64_t preemptions; /* how often the time slice ended and the other VM ran */
};

/** The page at GUEST_SHARED_IPA, written by both VMs. */
struct guest_shared {
    uint64_t task_done[VM_COUNT + 1]; /* by VM: its task was preempted often enough */
};
#endif
