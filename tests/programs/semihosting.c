/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file semihosting.c
 * A guest of semihosting. The last word of its command line says what it does, and every result is printed
 * by the UART. What the specification leaves open (handles, error numbers, times) is not printed.
 */
#include "runtime.h"

enum {
    SYS_OPEN = 0x01,
    SYS_CLOSE = 0x02,
    SYS_WRITEC = 0x03,
    SYS_WRITE0 = 0x04,
    SYS_WRITE = 0x05,
    SYS_READ = 0x06,
    SYS_READC = 0x07,
    SYS_ISERROR = 0x08,
    SYS_ISTTY = 0x09,
    SYS_SEEK = 0x0a,
    SYS_FLEN = 0x0c,
    SYS_TMPNAM = 0x0d,
    SYS_REMOVE = 0x0e,
    SYS_RENAME = 0x0f,
    SYS_CLOCK = 0x10,
    SYS_TIME = 0x11,
    SYS_SYSTEM = 0x12,
    SYS_ERRNO = 0x13,
    SYS_GET_CMDLINE = 0x15,
    SYS_HEAPINFO = 0x16,
    SYS_EXIT = 0x18,
    SYS_EXIT_EXTENDED = 0x20,
    SYS_ELAPSED = 0x30,
    SYS_TICKFREQ = 0x31,
};
enum { APPLICATION_EXIT = 0x20026, RUN_TIME_ERROR = 0x20023 };

static uint64_t call(uint32_t operation, uint64_t x1)
{
    register uint64_t r0 __asm__("x0") = operation | UINT64_C(0xabcd) << 48; /* W0 is the operation. */
    register uint64_t r1 __asm__("x1") = x1;

    __asm__ volatile("hlt #0xf000" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

#define CALL(operation, ...) call(operation, (uint64_t)(uint64_t[4]){ __VA_ARGS__ })
#define TEXT(s) (uint64_t)(s), strlen(s)

static uint64_t open_as(const char *name, unsigned mode)
{
    return CALL(SYS_OPEN, (uint64_t)name, mode, strlen(name));
}

static void put_file(const char *name, unsigned mode, const char *text)
{
    uint64_t h = open_as(name, mode);

    print("open %s as %u: %s\n", name, mode, h + 1 ? "yes" : "no");
    if (h + 1 == 0)
        return;
    print("  not written: %X\n", CALL(SYS_WRITE, h, TEXT(text)));
    print("  length: %X, a terminal: %X\n", CALL(SYS_FLEN, h), CALL(SYS_ISTTY, h));
    print("  closed: %X, again: %X\n", CALL(SYS_CLOSE, h), CALL(SYS_CLOSE, h));
}

static void get_file(const char *name, uint64_t from)
{
    char text[64] = { 0 };
    uint64_t h = open_as(name, 0);

    print("read %s: %s\n", name, h + 1 ? "yes" : "no");
    if (h + 1 == 0)
        return;
    print("  seek: %X\n", CALL(SYS_SEEK, h, from));
    print("  not read: %X\n", CALL(SYS_READ, h, (uint64_t)text, sizeof(text) - 1));
    print("  '%s'\n", text);
    print("  at the end: %X\n", CALL(SYS_READ, h, (uint64_t)text, 5));
    print("  closed: %X\n", CALL(SYS_CLOSE, h));
}

static void files(void)
{
    put_file("new.txt", 4, "first line\n");
    get_file("new.txt", 0);
    put_file("new.txt", 2, "FIRST");
    get_file("new.txt", 0);
    put_file("new.txt", 6, "short");
    print("rename: %X\n", CALL(SYS_RENAME, TEXT("new.txt"), TEXT("other.txt")));
    get_file("new.txt", 0);
    get_file("other.txt", 1);
    put_file("missing.txt", 2, "");
    print("remove: %X\n", CALL(SYS_REMOVE, TEXT("other.txt")));
    print("again: %X\n", CALL(SYS_REMOVE, TEXT("other.txt")));
    get_file("given.txt", 0);
    get_file("folder/below.txt", 0);
    print("errors: %X %X\n", CALL(SYS_ISERROR, UINT64_MAX) != 0, CALL(SYS_ISERROR, 5));
    print("bad handle: %X\n", CALL(SYS_CLOSE, 0x12345));
}

/* "a" appends, as in C; QEMU 7.2 writes over the file's beginning. */
static void append(void)
{
    put_file("new.txt", 8, "first ");
    put_file("new.txt", 9, "second");
    get_file("new.txt", 0);
}

/* Time goes on; SYS_CLOCK and SYS_ELAPSED agree within a centisecond. */
static void times(void)
{
    uint64_t before = 0, after = 0, clock;

    call(SYS_ELAPSED, (uint64_t)&before);
    for (volatile unsigned i = 0; i < 10000; i++)
        ;
    clock = call(SYS_CLOCK, 0);
    call(SYS_ELAPSED, (uint64_t)&after);
    print("time goes on: %u\n", before < after);
    print("frequency: %X\n", call(SYS_TICKFREQ, 0));
    print("clock: %u\n", after / 10000000 == clock);
    print("time: %X\n", call(SYS_TIME, 0));
}

static void memory(void)
{
    static uint64_t info[4];
    const uint64_t stack = (uint64_t)__builtin_frame_address(0);

    print("heap: %X", CALL(SYS_HEAPINFO, (uint64_t)info));
    print(" %u %u", info[0] > stack, info[1] > info[0]);
    print(" %u\n", info[2] > info[3] && info[2] <= 0x48000000);
    *(volatile uint64_t *)info[0] = 1;
    *(volatile uint64_t *)(info[1] - 8) = 1;
}

static void console(void)
{
    uint64_t out = open_as(":tt", 4), err = open_as(":tt", 8), in = open_as(":tt", 0);
    char text[8] = { 0 };

    call(SYS_WRITEC, (uint64_t) "c");
    call(SYS_WRITE0, (uint64_t) " string\n");
    print("out: %X\n", CALL(SYS_WRITE, out, TEXT("to output\n")));
    print("errors: %X\n", CALL(SYS_WRITE, err, TEXT("to errors\n")));
    print("terminals: %X %X\n", CALL(SYS_ISTTY, out), CALL(SYS_ISTTY, err));
    print("seek: %X length: %X\n", CALL(SYS_SEEK, out, 0), CALL(SYS_FLEN, out));
    print("character: %X\n", call(SYS_READC, 0));
    print("not read: %X '%s'\n", CALL(SYS_READ, in, (uint64_t)text, 3), text);
    print("nothing left: %X %X\n", CALL(SYS_READ, in, (uint64_t)text, 3), call(SYS_READC, 0));
}

static void features(void)
{
    uint8_t bytes[16] = { 0 };
    uint64_t h = open_as(":semihosting-features", 0);

    print("length: %X\n", CALL(SYS_FLEN, h));
    print("not read: %X\n", CALL(SYS_READ, h, (uint64_t)bytes, 16));
    print("%x %x\n", (uint32_t)bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3], bytes[4] & 3);
    print("for writing: %X\n", open_as(":semihosting-features", 4));
}

/* Names that lead out of the folder, and what is not a file in it. Each has to fail. */
static void escapes(void)
{
    static const char *const names[] = {
        "/etc/passwd",
        "../secret.txt",
        "folder/../../secret.txt",
        "link.txt",
        "link/secret.txt",
        "fifo",
        "folder",
        "",
        ".",
        "..",
        "/",
        "folder/../given.txt",
        "given.txt/x",
        "dangling",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        for (unsigned mode = 0; mode < 12; mode += 2)
            if (open_as(names[i], mode) + 1)
                print("'%s' was opened as %u\n", names[i], mode);
    print("rename: %X", CALL(SYS_RENAME, TEXT("given.txt"), TEXT("../stolen.txt")));
    print(" %X", CALL(SYS_RENAME, TEXT("../secret.txt"), TEXT("stolen.txt")));
    print(" remove: %X", CALL(SYS_REMOVE, TEXT("../secret.txt")));
    print(" %X\n", CALL(SYS_REMOVE, TEXT("link/secret.txt")));
    print("system: %X", CALL(SYS_SYSTEM, TEXT("touch ran")));
    print(" error: %X\n", call(SYS_ERRNO, 0));
}

/* Pointers and lengths that make no sense: -1, or nothing transferred. */
static void wild(void)
{
    static const uint64_t bad[] = { 0x9000000, 0x80000000, UINT64_MAX, UINT64_C(0x7fffffffffff0),
                                    0x47fffffc };
    char name[] = "given.txt", text[8];
    uint64_t h = open_as(name, 0), w = open_as("wild.txt", 4);

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        unsigned passed = 0;

        for (uint32_t operation = 0; operation < 0x40; operation++) {
            static const uint64_t without = 1ull << SYS_READC | 1ull << SYS_CLOCK | 1ull << SYS_TIME |
                                            1ull << SYS_ERRNO | 1ull << SYS_TICKFREQ;

            /* The last address is memory, but for its end. */
            if (!(without >> operation & 1) && bad[i] != 0x47fffffc)
                passed += call(operation, bad[i]) + 1 != 0;
        }
        passed += CALL(SYS_OPEN, bad[i], 0, 9) + 1 != 0;
        passed += CALL(SYS_READ, h, bad[i], 64) == 0;
        passed += CALL(SYS_WRITE, w, bad[i], UINT64_MAX) == 0;
        passed += CALL(SYS_GET_CMDLINE, bad[i], 4096) + 1 != 0;
        passed += CALL(SYS_HEAPINFO, bad[i]) + 1 != 0;
        passed += CALL(SYS_TMPNAM, bad[i], 0, 64) + 1 != 0;
        print("%X: %u passed\n", bad[i], passed);
    }
    print("lengths: %X", CALL(SYS_OPEN, (uint64_t)name, 0, UINT64_MAX));
    print(" %X %X\n", CALL(SYS_OPEN, (uint64_t)name, 0, 10), CALL(SYS_OPEN, (uint64_t)name, 12, 9));
    print("seek: %X\n", CALL(SYS_SEEK, h, UINT64_MAX));
    print("temporary: %X", CALL(SYS_TMPNAM, (uint64_t)text, 256, 64));
    print(" %X\n", CALL(SYS_TMPNAM, (uint64_t)text, 1, 4));
    print("command line: %X\n", CALL(SYS_GET_CMDLINE, (uint64_t)text, 4));
}

/* Handles come to an end, and come back. */
static void handles(void)
{
    unsigned count = 0;

    while (open_as(":tt", 4) + 1 && count < 1000)
        count++;
    print("%u handles\n", count);
    CALL(SYS_CLOSE, 3);
    print("again: %X\n", open_as(":tt", 4));
}

void program(void)
{
    static const struct {
        const char *word;
        void (*run)(void);
    } all[] = { { "files", files },       { "append", append },   { "times", times },
                { "memory", memory },     { "console", console }, { "escapes", escapes },
                { "features", features }, { "wild", wild },       { "handles", handles } };
    static char line[4096];
    uint64_t block[2] = { (uint64_t)line, sizeof(line) };
    const char *word = line;

    print("command line: %X %u\n", call(SYS_GET_CMDLINE, (uint64_t)block), block[1] == strlen(line));
    for (const char *s = line; *s; s++)
        word = *s == ' ' ? s + 1 : word;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (!strcmp(word, all[i].word))
            all[i].run();
    if (!strcmp(word, "fails"))
        CALL(SYS_EXIT, RUN_TIME_ERROR, 0);
    if (!strcmp(word, "extended"))
        CALL(SYS_EXIT_EXTENDED, APPLICATION_EXIT, 42);
    CALL(SYS_EXIT, APPLICATION_EXIT, 7);
}
