/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Pointer authentication at EL2, EL2 with E2H and EL1: each instruction on tagged and plain pointers of
 * both VA ranges, with several layouts of TCR_ELx; what HCR_EL2.API traps. All results go to the console,
 * to be compared between simulators.
 */
#include <stdint.h>

#define UART(offset) (*(volatile uint32_t *)(0x09000000ull + (offset)))
#define STR_(x) #x
#define STR(x) STR_(x)
#define READ(reg)                                                                                          \
    ({                                                                                                     \
        uint64_t v_;                                                                                       \
        __asm__ volatile("mrs %0, " STR(reg) : "=r"(v_));                                                  \
        v_;                                                                                                \
    })
#define WRITE(reg, val) __asm__ volatile("msr " STR(reg) ", %0\n\tisb" : : "r"((uint64_t)(val)))

#define HCR_RW (1ull << 31)
#define HCR_E2H (1ull << 34)
#define HCR_APK (1ull << 40)
#define HCR_API (1ull << 41)
#define ENABLE (1ull << 31 | 1ull << 30 | 1ull << 27 | 1ull << 13)
#define TBI0 (1ull << 37)
#define TBI1 (1ull << 38)
#define TBID0 (1ull << 51)
#define TBID1 (1ull << 52)

void call_el1(void (*function)(void));
void pauth_jumps(void (*function)(void));

volatile uint64_t trapped_esr;
static unsigned jump_count;
static uint64_t seed = 1;

static void put(char c)
{
    UART(0) = (unsigned char)c;
}

static void print(const char *text)
{
    while (*text)
        put(*text++);
}

static void print_value(const char *name, uint64_t value)
{
    print(name);
    for (int shift = 60; shift >= 0; shift -= 4)
        put("0123456789abcdef"[value >> shift & 15]);
}

static uint64_t next_random(void)
{
    uint64_t x = seed += 0x9e3779b97f4a7c15;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

#define MODIFIED(insn)                                                                                     \
    static uint64_t insn(uint64_t p, uint64_t m)                                                           \
    {                                                                                                      \
        __asm__ volatile(#insn " %0, %1" : "+r"(p) : "r"(m));                                              \
        return p;                                                                                          \
    }
#define PLAIN(insn)                                                                                        \
    static uint64_t insn(uint64_t p)                                                                       \
    {                                                                                                      \
        __asm__ volatile(#insn " %0" : "+r"(p));                                                           \
        return p;                                                                                          \
    }
/* Hints: X30 with SP is done by the branches; here X17 with X16. */
#define HINT(insn)                                                                                         \
    static uint64_t insn(uint64_t p, uint64_t m)                                                           \
    {                                                                                                      \
        register uint64_t x17 __asm__("x17") = p;                                                          \
        register uint64_t x16 __asm__("x16") = m;                                                          \
        __asm__ volatile(#insn : "+r"(x17) : "r"(x16));                                                    \
        return x17;                                                                                        \
    }
MODIFIED(pacia)
MODIFIED(pacib)
MODIFIED(pacda)
MODIFIED(pacdb)
MODIFIED(autia)
MODIFIED(autib)
MODIFIED(autda)
MODIFIED(autdb)
PLAIN(paciza)
PLAIN(pacdzb)
PLAIN(autiza)
PLAIN(autdzb)
PLAIN(xpaci)
PLAIN(xpacd)
HINT(pacia1716)
HINT(pacib1716)
HINT(autia1716)
HINT(autib1716)

static uint64_t pacga(uint64_t p, uint64_t m)
{
    __asm__ volatile("pacga %0, %0, %1" : "+r"(p) : "r"(m));
    return p;
}

/* A key: the pointer is stripped, signed, authenticated; then with a wrong modifier, and a flipped bit. */
#define ONE_KEY(name, strip, pac, aut)                                                                     \
    do {                                                                                                   \
        uint64_t stripped = strip(p), coded = pac(stripped, m);                                            \
        print_value(name " ", stripped);                                                                   \
        print_value(" ", coded);                                                                           \
        print_value(" ", aut(coded, m));                                                                   \
        print_value(" ", aut(coded, m + 1));                                                               \
        print_value(" ", aut(coded ^ 1ull << 54, m));                                                      \
        print_value(" ", aut(p, m));                                                                       \
        print("\n");                                                                                       \
    } while (0)

static void one_pointer(uint64_t p, uint64_t m)
{
    print_value("pointer ", p);
    print_value(" modifier ", m);
    print_value(" pacga ", pacga(p, m));
    print_value(" paciza ", paciza(xpaci(p)));
    print_value(" autiza ", autiza(paciza(xpaci(p))));
    print_value(" pacdzb ", pacdzb(xpacd(p)));
    print_value(" autdzb ", autdzb(p));
    print("\n");
    ONE_KEY("ia", xpaci, pacia, autia);
    ONE_KEY("ib", xpaci, pacib, autib);
    ONE_KEY("da", xpacd, pacda, autda);
    ONE_KEY("db", xpacd, pacdb, autdb);
    ONE_KEY("ia1716", xpaci, pacia1716, autia1716);
    ONE_KEY("ib1716", xpaci, pacib1716, autib1716);
}

static void count_jump(void)
{
    jump_count++;
}

static void pointers(void)
{
    for (unsigned i = 0; i < 8; i++)
        one_pointer(next_random(), next_random());
}

static void loads(void)
{
    uint64_t data[4] = { 11, 22, 33, 44 }, *p = data, a, b;

    __asm__ volatile("pacdza %0\n\tldraa %1, [%0, #8]\n\tldraa %2, [%0, #24]!"
                     : "+r"(p), "=&r"(a), "=&r"(b)
                     :
                     : "memory");
    print_value("ldraa ", a);
    print_value(" ", b);
    print_value(" ", (uint64_t)(p - data));
    p = data + 3;
    __asm__ volatile("pacdzb %0\n\tldrab %1, [%0, #-16]!" : "+r"(p), "=&r"(a) : : "memory");
    print_value(" ldrab ", a);
    print_value(" ", (uint64_t)(p - data));
    print("\n");
}

static void regime(void)
{
    pointers();
    jump_count = 0;
    pauth_jumps(count_jump);
    print_value("jumps ", jump_count);
    print("\n");
    loads();
}

/* T0SZ and T1SZ, top bytes, in TCR_EL1's layout. */
static const uint64_t layouts[] = { 16 | 16 << 16,
                                    25 | 25 << 16,
                                    33 | 39 << 16,
                                    16 | 33 << 16 | TBI0 | TBI1,
                                    25 | 16 << 16 | TBI0,
                                    25 | 30 << 16 | TBI1,
                                    20 | 25 << 16 | TBI0 | TBI1 | TBID0 | TBID1,
                                    25 | 25 << 16 | TBI0 | TBI1 | TBID0 };

static void at_el2(uint64_t hcr)
{
    for (unsigned i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
        uint64_t t = layouts[i];

        if (!(hcr & HCR_E2H)) /* TBI and TBID of the one range. */
            t = (t & 0x3f) | (t & TBI0 ? 1 << 20 : 0) | (t & TBID0 ? 1 << 29 : 0);
        WRITE(HCR_EL2, hcr);
        WRITE(TCR_EL2, t);
        print_value("EL2 HCR ", hcr);
        print_value(" TCR ", t);
        print("\n");
        regime();
    }
}

static void at_el1(void)
{
    for (unsigned i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
        WRITE(TCR_EL1, layouts[i]);
        print_value("EL1 TCR ", layouts[i]);
        print("\n");
        call_el1(regime);
    }
}

/* Without HCR_EL2.API, at EL1; and with a key that is not enabled. */
#define TRAPPED(name, call)                                                                                \
    do {                                                                                                   \
        trapped_esr = 0;                                                                                   \
        print_value(name " ", call);                                                                       \
        print_value(" ESR ", trapped_esr);                                                                 \
        print("\n");                                                                                       \
    } while (0)

static void traps(void)
{
    TRAPPED("pacia", pacia(0x40001234, 5));
    TRAPPED("autib", autib(0x40001234, 5));
    TRAPPED("pacda", pacda(0x40001234, 5));
    TRAPPED("autdzb", autdzb(0x40001234));
    TRAPPED("pacga", pacga(0x40001234, 5));
    TRAPPED("pacia1716", pacia1716(0x40001234, 5));
    TRAPPED("xpaci", xpaci(0x1100000040001234));
    TRAPPED("key", READ(APIAKeyLo_EL1));
}

static void all_traps(void)
{
    for (unsigned i = 0; i < 8; i++) {
        print_value("traps ", i);
        print("\n");
        WRITE(HCR_EL2, HCR_RW | (i & 1 ? HCR_API : 0) | (i & 2 ? HCR_APK : 0));
        WRITE(SCTLR_EL1, 0x30d00800 | (i & 4 ? ENABLE : 1ull << 27));
        call_el1(traps);
    }
}

void guest_main(void)
{
    UART(0x2c) = 0x70;
    UART(0x30) = 0x101;
    WRITE(HCR_EL2, HCR_RW | HCR_API | HCR_APK);
    WRITE(APIAKeyLo_EL1, next_random());
    WRITE(APIAKeyHi_EL1, next_random());
    WRITE(APIBKeyLo_EL1, next_random());
    WRITE(APIBKeyHi_EL1, next_random());
    WRITE(APDAKeyLo_EL1, next_random());
    WRITE(APDAKeyHi_EL1, next_random());
    WRITE(APDBKeyLo_EL1, next_random());
    WRITE(APDBKeyHi_EL1, next_random());
    WRITE(APGAKeyLo_EL1, next_random());
    WRITE(APGAKeyHi_EL1, next_random());
    WRITE(SCTLR_EL2, 0x30c50830 | ENABLE);
    WRITE(SCTLR_EL1, 0x30d00800 | ENABLE);
    at_el2(HCR_RW | HCR_API | HCR_APK);
    at_el2(HCR_RW | HCR_API | HCR_APK | HCR_E2H);
    WRITE(HCR_EL2, HCR_RW | HCR_API | HCR_APK);
    WRITE(TCR_EL2, 1ull << 31 | 1 << 23 | 25);
    at_el1();
    all_traps();
}
