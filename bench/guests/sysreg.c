/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Trapped system register reads: HCR_EL2.TID3 traps the ID registers, and EL2 answers from a table
 * of the values it chose to show, as hypervisors do, so that the checksum does not depend on the
 * core. EL2 also counts the traps, and the count is part of the checksum.
 *
 * 81.75 instructions a read, of which 2.75 at EL1 (counted by bench/count; the C part is as gcc
 * 12.2 -O2 compiles it).
 */
#include "guest.h"
#include "space.h"

BENCH_ITERATIONS(2000000);

/* ESR_EL2.ISS of a trapped MSR or MRS, Arm ARM D17.2.37: Op0 Op2 Op1 CRn Rt CRm Direction. */
#define ISS_RT(iss) ((iss) >> 5 & 31)
#define ISS_READ 1u
#define ISS_ENCODING 0x3ffc1eu
#define ISS_OP0_OP1_CRN 0x3dfc01u
#define ISS_CRM(iss) ((iss) >> 1 & 15)
#define ISS_OP2(iss) ((iss) >> 17 & 7)
#define ID_SPACE_READ (3u << 20 | ISS_READ) /* Op0 3, Op1 0, CRn 0 */

/** What EL1 is shown, by CRm and op2; the rest of the ID space reads as zero. */
static const uint64_t id_values[8][8] = {
    [4] = { [0] = 0x0000000001000022 }, /* ID_AA64PFR0_EL1: EL0, EL1 by AArch64 and 32, GICv3 */
    [5] = { [0] = 0x0000000010305106 }, /* ID_AA64DFR0_EL1: as a Cortex-A53's */
    [6] = { [0] = 0x0000000000010000 }, /* ID_AA64ISAR0_EL1: CRC32 */
    [7] = { [0] = 0x0000000000001122 }, /* ID_AA64MMFR0_EL1: as a Cortex-A53's */
};

static uint64_t reads;

void el2_trap(struct trap_frame *frame)
{
    uint32_t esr = (uint32_t)READ_SYSREG(ESR_EL2);
    uint64_t value;

    if (esr >> EC_SHIFT == EC_HVC64 && (esr & 0xffff) == HVC_DONE)
        guest_leave(checksum_fold(frame->x[0], reads));
    if (esr >> EC_SHIFT != EC_MSR_MRS || (esr & ISS_OP0_OP1_CRN) != ID_SPACE_READ || ISS_CRM(esr) >= 8)
        el2_crash(8);
    reads++;
    value = id_values[ISS_CRM(esr)][ISS_OP2(esr)];
    if (ISS_RT(esr) != 31)
        frame->x[ISS_RT(esr)] = value;
    frame->elr += 4;
}

void sysreg_el1(uint64_t reads_wanted);

void bench_main(void)
{
    static struct el1_space space;
    uint64_t sum;

    space_init(&space);
    space_install(&space, HCR_TID3);
    sum = guest_enter((uint64_t)sysreg_el1, el1_stack_top, bench_iterations, 0);
    bench_report("sysreg", bench_iterations, "81.75", sum);
}
