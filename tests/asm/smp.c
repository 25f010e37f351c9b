/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Four PEs at EL2: PSCI (Arm DEN 0022), exclusives and locks between them (Arm ARM, B2.17), SEV and WFE,
 * SGIs (IHI 0069, ICC_SGI1R_EL1), broadcast TLB maintenance, and one system counter for all. What is
 * printed does not depend on how the PEs interleave.
 */
#include "macros.h"

#include <stdbool.h>
#include <stdint.h>

enum { PES = 4, ROUNDS = 3000, CLOCK_ROUNDS = 300, SGI = 5, INTID_MASK = 0xffffff };
enum { CPU_OFF = 0x84000002, AFFINITY_INFO = 0xc4000004 };
#define CPU_ON 0xc4000003u
#define REMAPPED 0x80000000ul

void print(const char *text);
void print_line(const char *name, uint64_t value);
long psci(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
void pe_entry(void);
void pe_main(uint64_t context, uint64_t sctlr, uint64_t el, uint64_t daif);
void pe_irq(void);
void smp_vectors(void);
void add_exclusive(uint64_t *counter, uint64_t times);
void locked_add(uint32_t *lock, uint64_t *counter, uint64_t times);
uint32_t mark_and_store(uint64_t *word, uint32_t *flag);
void test_main(void);

#define READ(reg)                                                                                          \
    ({                                                                                                     \
        uint64_t value_;                                                                                   \
        __asm__ volatile("mrs %0, " #reg : "=r"(value_)::"memory");                                        \
        value_;                                                                                            \
    })
#define WRITE(reg, value) __asm__ volatile("msr " #reg ", %0\n\tisb" ::"r"((uint64_t)(value)) : "memory")
#define ICC_SRE_EL2 S3_4_C12_C9_5
#define ICC_PMR_EL1 S3_0_C4_C6_0
#define ICC_IGRPEN1_EL1 S3_0_C12_C12_7
#define ICC_IAR1_EL1 S3_0_C12_C12_0
#define ICC_EOIR1_EL1 S3_0_C12_C12_1
#define ICC_SGI1R_EL1 S3_0_C12_C11_5
#define READ_(reg) READ(reg)
#define WRITE_(reg, value) WRITE(reg, value)

#define GICD ((volatile uint32_t *)0x08000000ul)
#define GICR(n) ((volatile uint32_t *)(0x080a0000ul + (n)*0x20000ul))
enum { GICD_CTLR = 0, GICR_WAKER = 0x14 / 4, GICR_IGROUPR0 = 0x10080 / 4, GICR_ISENABLER0 = 0x10100 / 4 };

/* What each PE found, what it is told to do, and that it has done it. */
static struct pe {
    uint64_t context, mpidr, sctlr_m, el, daif, sgis, last_intid;
    uint32_t command, padding;
} pes[PES];

static uint64_t counter, word;
static uint32_t lock[2], flag;
static uint64_t root[512] __attribute__((aligned(4096)));
static uint64_t leaves[512] __attribute__((aligned(4096)));
static uint64_t clock_seen, clock_back;
static uint32_t clock_turn;

enum { RUN_NOTHING, RUN_ADD, RUN_LOCK, RUN_STORE, RUN_SAME, RUN_CLOCK, RUN_WAIT, RUN_READ, RUN_OFF };

static void wfe_until(uint32_t *at, uint32_t value, bool equal)
{
    while ((__atomic_load_n(at, __ATOMIC_ACQUIRE) == value) != equal)
        __asm__ volatile("wfe");
}

static void store_and_tell(uint32_t *at, uint32_t value)
{
    __atomic_store_n(at, value, __ATOMIC_RELEASE);
    __asm__ volatile("dsb ish\n\tsev" ::: "memory");
}

/* One to one: 0x40000000 as Normal memory, below it devices; at 0x80000000 a page. */
static void mmu_on(void)
{
    WRITE(MAIR_EL2, 0xff00);
    WRITE(TCR_EL2, 0x80803519); /* T0SZ 25, write-back, Inner Shareable, 4 KiB, 40 bits. */
    WRITE(TTBR0_EL2, (uintptr_t)root);
    __asm__ volatile("tlbi alle2is\n\tdsb ish\n\tisb" ::: "memory");
    WRITE(SCTLR_EL2, 0x30c51835);
}

static void gic_on(uint64_t n)
{
    GICR(n)[GICR_WAKER] = 0;
    GICR(n)[GICR_IGROUPR0] = ~0u;
    GICR(n)[GICR_ISENABLER0] = 0xffff;
    WRITE_(ICC_SRE_EL2, 0xf);
    WRITE_(ICC_PMR_EL1, 0xff);
    WRITE_(ICC_IGRPEN1_EL1, 1);
    WRITE(HCR_EL2, HCR_RW | 1 << 4 | 1 << 3 | 1 << 5); /* IMO, FMO, AMO: EL2 takes interrupts. */
    __asm__ volatile("msr DAIFClr, #2");
}

void pe_irq(void)
{
    struct pe *p = &pes[READ(MPIDR_EL1) & 0xff];
    uint64_t intid = READ_(ICC_IAR1_EL1) & INTID_MASK;

    p->last_intid = intid;
    __atomic_store_n(&p->sgis, p->sgis + 1, __ATOMIC_RELEASE);
    WRITE_(ICC_EOIR1_EL1, intid);
}

/* Two PEs in turn: each sees a count that is no less than the other's last. */
static void clock_turns(uint32_t self)
{
    for (uint32_t i = 0; i < CLOCK_ROUNDS; i++) {
        uint64_t now;

        while (__atomic_load_n(&clock_turn, __ATOMIC_ACQUIRE) % 2 != self)
            ;
        __asm__ volatile("isb\n\tmrs %0, CNTPCT_EL0" : "=r"(now)::"memory");
        clock_back += now < clock_seen;
        clock_seen = now;
        __atomic_store_n(&clock_turn, clock_turn + 1, __ATOMIC_RELEASE);
    }
}

static void obey(struct pe *p, uint32_t command)
{
    switch (command) {
    case RUN_ADD:
        add_exclusive(&counter, ROUNDS);
        break;
    case RUN_LOCK:
        locked_add(lock, &counter, ROUNDS);
        break;
    case RUN_STORE:
    case RUN_SAME: /* Answers mark_and_store() of another PE. */
        wfe_until(&flag, 1, true);
        *(volatile uint64_t *)&word = command == RUN_SAME ? word : word + 1;
        store_and_tell(&flag, 0);
        break;
    case RUN_CLOCK:
        clock_turns(1);
        break;
    case RUN_READ: /* Through a translation that is in this PE's TLB. */
        word = *(volatile uint64_t *)REMAPPED;
        break;
    case RUN_OFF:
        psci(CPU_OFF, 0, 0, 0);
        break;
    default:
        break;
    }
    store_and_tell(&p->command, RUN_NOTHING);
}

void pe_main(uint64_t context, uint64_t sctlr, uint64_t el, uint64_t daif)
{
    uint64_t n = READ(MPIDR_EL1) & 0xff;
    struct pe *p = &pes[n];

    mmu_on();
    p->context = context;
    p->mpidr = READ(MPIDR_EL1) & 0xff00ffffffu;
    p->sctlr_m = sctlr & 1;
    p->el = el >> 2;
    p->daif = daif;
    gic_on(n);
    store_and_tell(&p->command, RUN_NOTHING);
    for (;;) {
        wfe_until(&p->command, RUN_NOTHING, false);
        obey(p, p->command);
    }
}

static void wait_for(uint64_t n)
{
    wfe_until(&pes[n].command, RUN_NOTHING, true);
}

static void all_run(uint32_t command)
{
    for (uint64_t n = 1; n < PES; n++)
        store_and_tell(&pes[n].command, command);
    if (command == RUN_ADD)
        add_exclusive(&counter, ROUNDS);
    else
        locked_add(lock, &counter, ROUNDS);
    for (uint64_t n = 1; n < PES; n++)
        wait_for(n);
}

static void turn_on(uint64_t n)
{
    pes[n].command = RUN_WAIT;
    print_line("AFFINITY_INFO before", (uint64_t)psci(AFFINITY_INFO, n, 0, 0));
    print_line("CPU_ON", (uint64_t)psci(CPU_ON, n, (uintptr_t)pe_entry, n));
    wait_for(n);
    print_line("CPU_ON again", (uint64_t)psci(CPU_ON, n, (uintptr_t)pe_entry, n));
    print_line("AFFINITY_INFO after", (uint64_t)psci(AFFINITY_INFO, n, 0, 0));
    print_line("context", pes[n].context);
    print_line("MPIDR", pes[n].mpidr);
    print_line("SCTLR_EL2.M", pes[n].sctlr_m);
    print_line("EL", pes[n].el);
    print_line("DAIF", pes[n].daif);
}

static void test_power(void)
{
    print("# power\n");
    for (uint64_t n = 1; n < PES; n++)
        turn_on(n);
    print_line("CPU_ON of none", (uint64_t)psci(CPU_ON, PES, (uintptr_t)pe_entry, 0));
    print_line("AFFINITY_INFO of none", (uint64_t)psci(AFFINITY_INFO, PES, 0, 0));
    print_line("AFFINITY_INFO, level 1", (uint64_t)psci(AFFINITY_INFO, 0, 1, 0));
}

static void test_exclusives(void)
{
    print("# exclusives\n");
    all_run(RUN_ADD);
    print_line("LDXR and STXR", counter);
    counter = 0;
    all_run(RUN_LOCK);
    print_line("a ticket lock with WFE", counter);
    store_and_tell(&pes[1].command, RUN_STORE);
    print_line("STXR after a store of another PE", mark_and_store(&word, &flag));
    wait_for(1);
    store_and_tell(&pes[1].command, RUN_SAME);
    /* QEMU compares values. */
    print_line("!STXR after a store of the same value", mark_and_store(&word, &flag));
    wait_for(1);
}

static void sgi(const char *name, uint64_t value, uint64_t expected_at)
{
    uint64_t before[PES], mask = 0;

    for (uint64_t n = 0; n < PES; n++)
        before[n] = pes[n].sgis;
    WRITE_(ICC_SGI1R_EL1, value);
    for (uint64_t n = 0; n < PES; n++)
        while (expected_at >> n & 1 && __atomic_load_n(&pes[n].sgis, __ATOMIC_ACQUIRE) == before[n])
            ;
    for (uint64_t n = 0; n < PES; n++)
        mask |= (pes[n].sgis - before[n]) << 4 * n;
    print_line(name, mask);
}

static void test_sgis(void)
{
    print("# SGIs: how many each PE took\n");
    sgi("to 1", SGI << 24 | 1 << 1, 1 << 1);
    print_line("INTID", pes[1].last_intid);
    sgi("to 2 and 3", 7 << 24 | 0xc, 0xc);
    print_line("INTID", pes[2].last_intid);
    sgi("to itself", 1 << 24 | 1, 1);
    sgi("to all others", 1ul << 40 | 2 << 24, 0xe);
    sgi("to all and one that is not there", 3 << 24 | 0x1f, 0xf);
}

/* A page is mapped anew by break-before-make; another PE that may have the old translation reads. */
static void remap(const char *name, uint64_t *page, bool by_va)
{
    leaves[0] = 0;
    if (by_va)
        __asm__ volatile("dsb ishst\n\ttlbi vae2is, %0\n\tdsb ish" ::"r"(REMAPPED >> 12) : "memory");
    else
        __asm__ volatile("dsb ishst\n\ttlbi alle2is\n\tdsb ish" ::: "memory");
    leaves[0] = (uintptr_t)page | 0x707;
    __asm__ volatile("dsb ishst\n\tisb" ::: "memory");
    store_and_tell(&pes[2].command, RUN_READ);
    wait_for(2);
    print_line(name, word);
}

static void test_tlbi(void)
{
    static uint64_t pages[3][512] __attribute__((aligned(4096)));

    print("# TLB maintenance\n");
    for (uint64_t i = 0; i < 3; i++)
        pages[i][0] = 0x1111 * (i + 1);
    remap("first read by another PE", pages[0], false);
    remap("read after ALLE2IS", pages[1], false);
    /* QEMU 7.2's cores with FEAT_VHE keep what they have. */
    remap("!read after VAE2IS", pages[2], true);
}

static void test_clock(void)
{
    print("# counter\n");
    store_and_tell(&pes[1].command, RUN_CLOCK);
    clock_turns(0);
    wait_for(1);
    print_line("times that it went back", clock_back);
}

static void test_off(void)
{
    print("# off and on\n");
    store_and_tell(&pes[3].command, RUN_OFF);
    while (psci(AFFINITY_INFO, 3, 0, 0) != 1)
        ;
    turn_on(3);
}

static void make_tables(void)
{
    static uint64_t level2[512] __attribute__((aligned(4096)));

    root[0] = 0x0000000000000401; /* Device, gigabyte blocks. */
    root[1] = 0x0000000040000705; /* Normal, Inner Shareable. */
    root[2] = (uintptr_t)level2 | 3;
    level2[0] = (uintptr_t)leaves | 3;
}

void test_main(void)
{
    WRITE(VBAR_EL2, (uintptr_t)smp_vectors);
    make_tables();
    mmu_on();
    GICD[GICD_CTLR] = 0x12;
    gic_on(0);
    test_power();
    test_exclusives();
    test_sgis();
    test_tlbi();
    test_clock();
    test_off();
}
