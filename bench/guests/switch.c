/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Two VMs with the same VAs, the same ASID and the same IPAs, but different VMIDs and pages, which
 * yield to each other. Each has its stage 1 tables in its own memory. Whatever leaks from one to
 * the other, be it a register or a translation, changes the checksum, which covers both VMs'
 * registers and memory. VM 0 has a pending virtual interrupt, masked by PSTATE.I but seen in
 * ISR_EL1.
 *
 * 302 instructions a switch: 223 at EL2, 79 at EL1 (counted by bench/count).
 */
#include "switch.h"

#include "guest.h"
#include "space.h"

BENCH_ITERATIONS(50000);

#define VMS 2
#define PRIVATE_PAGES 16
#define DATA_PAGES 2
#define PAGE_WORDS (PAGE_SIZE / 8)
#define PRIVATE_VA 0x60000000ull
#define PRIVATE_IPA 0xa0000000ull

/* ICH_LR<n>_EL2: State, Group 1, Priority 0xa0, vINTID. */
#define LR_PENDING (1ull << 62)
#define LR_GROUP1_0XA0(vintid) (1ull << 60 | 0xa0ull << 48 | (vintid))
#define VMCR_VALUE (0xf0ull << 24 | 3ull << 18 | 2ull << 21 | 1ull << 1)

static struct vm vms[VMS];
static uint64_t memory[VMS][PRIVATE_PAGES * PAGE_WORDS] __attribute__((aligned(4096)));
static uint64_t s2_pages[PRIVATE_PAGES * PAGE_WORDS] __attribute__((aligned(4096)));

/** Maps the text and the VM's own pages; stage 1 tables are in the VM, at their IPA. */
static void vm_map(struct el1_space *space, unsigned int index)
{
    static struct table_pool s1_pool[VMS];
    static struct table_pool s2_pool = { s2_pages, s2_pages + PRIVATE_PAGES * PAGE_WORDS, 0 };
    uint64_t *own = memory[index];

    s1_pool[index] = (struct table_pool){ own + DATA_PAGES * PAGE_WORDS, own + PRIVATE_PAGES * PAGE_WORDS,
                                          PRIVATE_IPA - (uint64_t)own };
    stage_init(&space->s1, &s1_pool[index]);
    stage_init(&space->s2, &s2_pool);
    space->vmid = index + 1;
    space->asid = 1;
    space_map_text(space);
    stage_map(&space->s1, PRIVATE_VA, PRIVATE_IPA, DATA_PAGES * PAGE_SIZE, S1_DATA);
    stage_map(&space->s2, PRIVATE_IPA, (uint64_t)own, PRIVATE_PAGES * PAGE_SIZE, S2_DATA);
}

/** The system registers that a VM starts with; those not named are zero. */
static void vm_init_sysregs(struct vm *vm, const struct el1_space *space, unsigned int index)
{
    uint64_t *reg = vm->sysreg;

    reg[VM_SPSR_EL2] = SPSR_EL1H_MASKED;
    reg[VM_SP_EL0] = 0x5100 + index;
    reg[VM_SCTLR_EL1] = SCTLR_EL1_VALUE;
    reg[VM_CPACR_EL1] = CPACR_FPEN;
    reg[VM_VBAR_EL1] = (uint64_t)el1_vectors;
    reg[VM_TTBR0_EL1] = stage_base(&space->s1) | space->asid << 48;
    reg[VM_TCR_EL1] = TCR_EL1_VALUE;
    reg[VM_MAIR_EL1] = MAIR_VALUE;
    reg[VM_CONTEXTIDR_EL1] = 0xc0de0000 + index;
    reg[VM_TPIDR_EL0] = 0x7000 + index;
    reg[VM_TPIDRRO_EL0] = 0x7100 + index;
    reg[VM_TPIDR_EL1] = 0x7200 + index;
    reg[VM_VTTBR_EL2] = stage_base(&space->s2) | space->vmid << 48;
    reg[VM_HCR_EL2] = READ_SYSREG(HCR_EL2);
    reg[VM_VPIDR_EL2] = 0x410fd034;
    reg[VM_VMPIDR_EL2] = 0x80000000 + index;
    reg[VM_CPTR_EL2] = CPTR_EL2_RES1;
    reg[VM_CNTHCTL_EL2] = CNTHCTL_EL1PCTEN_EL1PCEN;
}

/** Everything else that a VM starts with: different in each. */
static void vm_init(struct vm *vm, const struct el1_space *space, unsigned int index)
{
    vm_init_sysregs(vm, space, index);
    vm->pc = (uint64_t)vm_el1;
    for (unsigned int i = 0; i < 31; i++)
        vm->x[i] = 0x1000ull * (index + 1) + i;
    vm->x[19] = PRIVATE_VA;
    for (unsigned int i = 0; i < 32; i++) {
        vm->q[i][0] = 0x9e3779b97f4a7c15ull * (i + 1) + index;
        vm->q[i][1] = ~vm->q[i][0];
    }
    vm->fpcr = (index + 1ull) << 22; /* RMode */
    vm->fpsr = index + 1;            /* IOC or DZC */
    for (unsigned int i = 0; i < 4; i++)
        vm->ich_lr[i] = LR_GROUP1_0XA0(40 + 8 * index + i);
    vm->ich_lr[0] |= index == 0 ? LR_PENDING : 0;
    vm->ich_vmcr = VMCR_VALUE;
    vm->ich_hcr = 1;
    vm->cntvoff = 0x100 + index;
    vm->cntv_ctl = 1;
    vm->cntv_cval = 0x7fffffff00000000ull + index;
    vm->next = &vms[(index + 1) % VMS];
}

/** Folds `count` words. */
static uint64_t fold_words(uint64_t sum, const uint64_t *words, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        sum = checksum_fold(sum, words[i]);
    return sum;
}

/** Folds what both VMs left, registers and memory. */
static uint64_t checksum(void)
{
    uint64_t sum = 0;

    for (unsigned int i = 0; i < VMS; i++) {
        sum = fold_words(sum, vms[i].x, 31);
        sum = fold_words(sum, vms[i].sysreg, VM_PORTABLE);
        sum = fold_words(sum, &vms[i].q[0][0], 64);
        sum = fold_words(sum, vms[i].ich_lr, 4);
        sum = checksum_fold(sum, vms[i].fpcr + (vms[i].fpsr << 32));
        sum = checksum_fold(sum, vms[i].cntv_cval + vms[i].cntvoff);
        sum = fold_words(sum, memory[i], DATA_PAGES * PAGE_WORDS);
    }
    return sum;
}

void bench_main(void)
{
    static struct el1_space spaces[VMS];

    for (unsigned int i = 0; i < VMS; i++)
        vm_map(&spaces[i], i);
    space_install(&spaces[0], 0);
    WRITE_SYSREG(ICC_SRE_EL2, ICC_SRE_ALL);
    ISB();
    for (unsigned int i = 0; i < VMS; i++)
        vm_init(&vms[i], &spaces[i], i);
    vm_run(&vms[0], bench_iterations);
    bench_report("switch", bench_iterations, "302", checksum());
}
