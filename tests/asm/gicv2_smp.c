/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Four PEs at EL2 with a GICv2 (IHI 0048): targets, SGIs and where they come from, an SPI with two targets,
 * and what of the GIC outlives a PE that is turned off. What is printed does not depend on how the PEs
 * interleave. The MMU is off.
 */
#include <stdbool.h>
#include <stdint.h>

enum { PES = 4, SGI = 5, SPI = 70, SPURIOUS = 1023 };
enum { CPU_OFF = 0x84000002, AFFINITY_INFO = 0xc4000004 };
#define CPU_ON 0xc4000003u
#define HCR_ROUTE (1ul << 31 | 1 << 5 | 1 << 4 | 1 << 3) /* RW; AMO, IMO, FMO: EL2 takes interrupts. */

void print(const char *text);
void print_line(const char *name, uint64_t value);
long psci(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
void pe_entry(void);
void pe_main(uint64_t context);
void pe_irq(void);
void smp_vectors(void);
void test_main(void);

#define READ(reg)                                                                                          \
    ({                                                                                                     \
        uint64_t value_;                                                                                   \
        __asm__ volatile("mrs %0, " #reg : "=r"(value_)::"memory");                                        \
        value_;                                                                                            \
    })
#define WRITE(reg, value) __asm__ volatile("msr " #reg ", %0\n\tisb" ::"r"((uint64_t)(value)) : "memory")

#define GICD ((volatile uint32_t *)0x08000000ul)
#define GICC ((volatile uint32_t *)0x08010000ul)
#define GICH ((volatile uint32_t *)0x08030000ul)
enum {
    GICD_CTLR = 0,
    GICD_ISENABLER = 0x100 / 4,
    GICD_ISPENDR = 0x200 / 4,
    GICD_ISACTIVER = 0x300 / 4,
    GICD_ITARGETSR = 0x800 / 4,
    GICD_SGIR = 0xf00 / 4,
    GICD_SPENDSGIR = 0xf20 / 4,
    GICC_CTLR = 0,
    GICC_PMR = 1,
    GICC_IAR = 3,
    GICC_EOIR = 4,
    GICH_LR0 = 0x100 / 4,
};
#define LIST_REGISTER 0x1a000009u /* Pending, priority 0xa0, INTID 9. */

enum { RUN_NOTHING, RUN_SEND, RUN_OFF };

/* What each PE found when it began, what it took, and what it is told to do. */
static struct pe {
    uint64_t targets, pmr, ctlr, lr;
    uint64_t taken, last, spis; /* SGIs, and SPIs. */
    uint32_t command, padding;
} pes[PES];

static uint32_t peek(uint32_t *at)
{
    return __atomic_load_n(at, __ATOMIC_ACQUIRE);
}

static uint64_t taken(uint64_t n)
{
    return __atomic_load_n(&pes[n].taken, __ATOMIC_ACQUIRE);
}

static void tell(uint64_t n, uint32_t command)
{
    __atomic_store_n(&pes[n].command, command, __ATOMIC_RELEASE);
}

static void wait_for(uint64_t n)
{
    while (peek(&pes[n].command) != RUN_NOTHING)
        ;
}

static void gic_on(void)
{
    GICC[GICC_PMR] = 0xf0;
    GICC[GICC_CTLR] = 1;
    WRITE(HCR_EL2, HCR_ROUTE);
    __asm__ volatile("msr DAIFClr, #2");
}

/* An SPI may have been taken by the other PE that it was signalled to. */
void pe_irq(void)
{
    struct pe *p = &pes[READ(MPIDR_EL1) & 0xff];
    uint32_t iar = GICC[GICC_IAR];

    if (iar == SPURIOUS)
        return;
    GICC[GICC_EOIR] = iar;
    __asm__ volatile("dsb sy");
    if (iar == SPI) {
        __atomic_store_n(&p->spis, p->spis + 1, __ATOMIC_RELEASE);
        return;
    }
    p->last = iar;
    __atomic_store_n(&p->taken, p->taken + 1, __ATOMIC_RELEASE);
}

static void off(void)
{
    __asm__ volatile("msr DAIFSet, #2");
    GICC[GICC_PMR] = 0x80;
    GICH[GICH_LR0] = LIST_REGISTER;
    psci(CPU_OFF, 0, 0, 0);
}

void pe_main(uint64_t context)
{
    struct pe *p = &pes[context];

    p->targets = GICD[GICD_ITARGETSR];
    p->pmr = GICC[GICC_PMR];
    p->ctlr = GICC[GICC_CTLR];
    p->lr = GICH[GICH_LR0];
    gic_on();
    for (;;) {
        tell(context, RUN_NOTHING);
        while (peek(&p->command) == RUN_NOTHING)
            ;
        if (p->command == RUN_OFF)
            off();
        GICD[GICD_SGIR] = 1 << 16 | 9; /* To PE 0. */
        __asm__ volatile("dsb sy");
    }
}

static void turn_on(uint64_t n)
{
    tell(n, RUN_SEND);
    print_line("CPU_ON", (uint64_t)psci(CPU_ON, n, (uintptr_t)pe_entry, n));
    wait_for(n);
    print_line("targets of SGIs", pes[n].targets);
    print_line("GICC_PMR", pes[n].pmr);
    print_line("GICC_CTLR", pes[n].ctlr);
    print_line("GICH_LR0", pes[n].lr);
}

static void sgi(const char *name, uint32_t value, uint64_t expected_at)
{
    uint64_t before[PES], mask = 0;

    for (uint64_t n = 0; n < PES; n++)
        before[n] = taken(n);
    GICD[GICD_SGIR] = value;
    for (uint64_t n = 0; n < PES; n++)
        while ((expected_at >> n & 1) && taken(n) == before[n])
            ;
    for (uint64_t n = 0; n < PES; n++)
        mask |= (taken(n) - before[n]) << 4 * n;
    print_line(name, mask);
}

static void test_sgis(void)
{
    print("# SGIs: how many each PE took\n");
    sgi("to 1", 1 << 17 | SGI, 2);
    print_line("GICC_IAR", pes[1].last);
    sgi("to 2 and 3", 0xc << 16 | 7, 0xc);
    print_line("GICC_IAR", pes[3].last);
    sgi("to itself", 2 << 24 | 1, 1);
    print_line("GICC_IAR", pes[0].last);
    sgi("to all others", 1 << 24 | 2, 0xe);
    sgi("to all and one that is not there", 0x1f << 16 | 3, 0xf);
}

/* The same SGI from three PEs is three interrupts. */
static void test_sources(void)
{
    print("# sources\n");
    __asm__ volatile("msr DAIFSet, #2");
    for (uint64_t n = 1; n < PES; n++)
        tell(n, RUN_SEND);
    for (uint64_t n = 1; n < PES; n++)
        wait_for(n);
    print_line("GICD_SPENDSGIR2", GICD[GICD_SPENDSGIR + 2]);
    for (unsigned i = 0; i < PES; i++) {
        uint32_t iar = GICC[GICC_IAR];

        print_line("GICC_IAR", iar);
        if (iar != SPURIOUS)
            GICC[GICC_EOIR] = iar;
    }
    print_line("GICD_SPENDSGIR2", GICD[GICD_SPENDSGIR + 2]);
    __asm__ volatile("msr DAIFClr, #2");
}

/* One of the targets takes it (IHI 0048, 1-N model); QEMU 7.2 may give it to both. */
static void test_spi(void)
{
    print("# an SPI to 1 and 2\n");
    GICD[GICD_ITARGETSR + SPI / 4] = 6 << SPI % 4 * 8;
    print_line("GICD_ITARGETSR", GICD[GICD_ITARGETSR + SPI / 4]);
    GICD[GICD_ISENABLER + SPI / 32] = 1 << SPI % 32;
    for (uint64_t i = 1; i <= 100; i++) {
        GICD[GICD_ISPENDR + SPI / 32] = 1 << SPI % 32;
        while (__atomic_load_n(&pes[1].spis, __ATOMIC_ACQUIRE) +
                   __atomic_load_n(&pes[2].spis, __ATOMIC_ACQUIRE) <
               i)
            ;
    }
    sgi("SGIs thereafter", 6 << 16 | SGI, 6);
    print_line("!taken", pes[1].spis + pes[2].spis);
    print_line("taken by 0 and 3", pes[0].spis + pes[3].spis);
    print_line("!pending", GICD[GICD_ISPENDR + SPI / 32]);
    print_line("!active", GICD[GICD_ISACTIVER + SPI / 32]);
}

/* The CPU interface belongs to the GIC, which a PE's reset leaves alone; interrupts wait there. */
static void test_off(void)
{
    uint64_t before = taken(3);

    print("# off and on\n");
    tell(3, RUN_OFF);
    while (psci(AFFINITY_INFO, 3, 0, 0) != 1)
        ;
    GICD[GICD_SGIR] = 1 << 19 | 4;
    __asm__ volatile("dsb sy");
    print_line("AFFINITY_INFO", (uint64_t)psci(AFFINITY_INFO, 3, 0, 0));
    turn_on(3);
    while (taken(3) == before)
        ;
    print_line("GICC_IAR", pes[3].last);
}

void test_main(void)
{
    WRITE(VBAR_EL2, (uintptr_t)smp_vectors);
    GICD[GICD_CTLR] = 1;
    gic_on();
    print("# power\n");
    for (uint64_t n = 1; n < PES; n++)
        turn_on(n);
    test_sgis();
    test_sources();
    test_spi();
    test_off();
}
