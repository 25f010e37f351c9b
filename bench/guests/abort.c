/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Stage 2 data abort emulation: EL2 decodes ESR_EL2.ISS, HPFAR_EL2 and FAR_EL2, finds the device,
 * does the access on any register and of any size, and steps over the instruction. The device has
 * two registers: DATA accumulates what is written, STEP counts its accesses and scales them.
 *
 * 97.875 instructions an emulation, on average over the eight accesses of a turn, of which 2.25 at
 * EL1 (counted by bench/count; the C part is as gcc 12.2 -O2 compiles it).
 */
#include "guest.h"
#include "space.h"

BENCH_ITERATIONS(2000000);

#define DEVICE_VA 0x70000000ull
#define DEVICE_IPA 0x1c000000ull
#define DEVICE_DATA 0
#define DEVICE_STEP 8

/* ESR_EL2.ISS of a data abort, Arm ARM D17.2.37: ISV SAS SSE SRT SF AR .. WnR DFSC. */
#define ISS_ISV (1u << 24)
#define ISS_SAS(iss) ((iss) >> 22 & 3)
#define ISS_SSE (1u << 21)
#define ISS_SRT(iss) ((iss) >> 16 & 31)
#define ISS_SF (1u << 15)
#define ISS_WNR (1u << 6)
#define ISS_DFSC_TYPE 0x3cu
#define DFSC_TRANSLATION 0x04

static struct {
    uint64_t data;
    uint64_t step;
    uint64_t accesses;
} device;

/** A store of `value` to the device. */
static void device_write(uint64_t offset, uint64_t value)
{
    device.accesses++;
    if (offset == DEVICE_STEP)
        device.step += value;
    else
        device.data = checksum_fold(device.data, value + device.step);
}

/** A load from the device. */
static uint64_t device_read(uint64_t offset)
{
    device.accesses++;
    return offset == DEVICE_STEP ? device.step + device.accesses : device.data;
}

/** What a load of 8 << `SAS` bits leaves in the register: extended as SSE and SF ask. */
static uint64_t extend(uint64_t value, uint32_t iss)
{
    unsigned int shift = 64 - (8u << ISS_SAS(iss));

    value <<= shift;
    if (!(iss & ISS_SSE))
        return value >> shift;
    value = (uint64_t)((int64_t)value >> shift);
    return iss & ISS_SF ? value : (uint32_t)value;
}

/** Does the access that `iss` describes, on register SRT of `frame`. */
static void emulate(struct trap_frame *frame, uint32_t iss, uint64_t offset)
{
    unsigned int srt = ISS_SRT(iss);
    uint64_t value;

    if (iss & ISS_WNR) {
        value = srt == 31 ? 0 : frame->x[srt];
        device_write(offset, extend(value, iss & ~ISS_SSE));
    } else {
        value = extend(device_read(offset), iss);
        if (srt != 31)
            frame->x[srt] = value;
    }
}

void el2_trap(struct trap_frame *frame)
{
    uint32_t esr = (uint32_t)READ_SYSREG(ESR_EL2);
    uint64_t ipa;

    if (esr >> EC_SHIFT == EC_HVC64 && (esr & 0xffff) == HVC_DONE)
        guest_leave(checksum_fold(frame->x[0] + device.data, device.accesses));
    if (esr >> EC_SHIFT != EC_DATA_ABORT_LOWER || !(esr & ISS_ISV) ||
        (esr & ISS_DFSC_TYPE) != DFSC_TRANSLATION)
        el2_crash(8);
    ipa = (READ_SYSREG(HPFAR_EL2) >> 4) << 12 | (READ_SYSREG(FAR_EL2) & (PAGE_SIZE - 1));
    if (ipa - DEVICE_IPA >= PAGE_SIZE)
        el2_crash(8);
    emulate(frame, esr, ipa - DEVICE_IPA);
    frame->elr += 4;
}

void abort_el1(uint64_t accesses, void *device_va);

void bench_main(void)
{
    static struct el1_space space;
    uint64_t sum;

    space_init(&space);
    stage_map(&space.s1, DEVICE_VA, DEVICE_IPA, PAGE_SIZE, S1_DEVICE);
    space_install(&space, 0);
    sum = guest_enter((uint64_t)abort_el1, el1_stack_top, bench_iterations, (void *)DEVICE_VA);
    bench_report("abort", bench_iterations, "97.875", sum);
}
