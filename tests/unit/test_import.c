/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_import.c
 * Taking lines of perf script and trace-cmd report apart, and what KVM's events say of an exit.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "../../cli/import.h"
#include "arch/sysreg.h"
#include "arch/trap_ids.h"

static struct import_line line_of(const char *text, enum import_kind wanted)
{
    static char copy[512];
    struct import_line l;
    enum import_kind kind;

    g_strlcpy(copy, text, sizeof(copy));
    kind = import_line(copy, &l);
    cr_assert_eq(kind, wanted, "%s: %d, %s", text, (int)kind, l.why ? l.why : "");
    return l;
}

static void is_event(const char *text, const char *comm, int64_t pid, int64_t tid, unsigned cpu,
                     uint64_t ns, const char *event, const char *said)
{
    const struct import_line l = line_of(text, IMPORT_EVENT);

    cr_expect_str_eq(l.comm, comm, "%s: %s", text, l.comm);
    cr_expect_eq(l.pid, pid, "%s", text);
    cr_expect_eq(l.tid, tid, "%s", text);
    cr_expect_eq(l.cpu, cpu, "%s", text);
    cr_expect_eq(l.ns, ns, "%s: %lu", text, (unsigned long)l.ns);
    cr_expect_str_eq(l.event, event, "%s: %s", text, l.event);
    cr_expect_str_eq(l.text, said, "%s: %s", text, l.text);
}

Test(import, lines_of_perf)
{
    is_event(" CPU 0/KVM  12/34  [001] 5.000000001:  kvm:kvm_entry: PC: 0x1", "CPU 0/KVM", 12, 34, 1,
             5000000001, "kvm_entry", "PC: 0x1");
    is_event("qemu 34 [001] 5.5: kvm:kvm_entry: x", "qemu", -1, 34, 1, 5500000000, "kvm_entry", "x");
    is_event("qemu 34 [001] 5.000002:          1 kvm:kvm_entry: x", "qemu", -1, 34, 1, 5000002000,
             "kvm_entry", "x");
    is_event("a [1] b 34 [002] d.h1 5.0: kvm:kvm_entry:", "a [1] b", -1, 34, 2, 5000000000, "kvm_entry",
             "");
}

Test(import, lines_of_ftrace)
{
    is_event("  CPU 0/KVM-34  [001] 5.000001: kvm_entry:   PC: 0x1\r", "CPU 0/KVM", -1, 34, 1, 5000001000,
             "kvm_entry", "PC: 0x1");
    is_event("<...>-34 [1023] d..1. 5.000001: kvm_entry: x", "<...>", -1, 34, 1023, 5000001000, "kvm_entry",
             "x");
    is_event("a-b 7-34 (     12) [000] .... 5.000001: kvm_entry: x", "a-b 7", 12, 34, 0, 5000001000,
             "kvm_entry", "x");
    is_event("idle-0 (-----) [000] .... 5.000001: x: y: z", "idle", -1, 0, 0, 5000001000, "x", "y: z");
}

Test(import, lines_that_are_no_events)
{
    static const char *const nothing[] = { "",
                                           "   ",
                                           "# tracer: nop",
                                           "cpus=4",
                                           "version = 7",
                                           "CPU 3 is empty",
                                           "\tffff800010081234 kvm_vcpu_run+0x10 ([kernel.kallsyms])" };

    for (size_t i = 0; i < G_N_ELEMENTS(nothing); i++)
        line_of(nothing[i], IMPORT_NOTHING);
    cr_expect_eq(line_of("CPU:3 [LOST 12 EVENTS]", IMPORT_LOST).lost, 12u);
    cr_expect_eq(line_of("CPU:3 [34 EVENTS DROPPED]", IMPORT_LOST).lost, 34u);
    cr_expect_eq(line_of("CPU:3 [34 EVENTS DROPPED]", IMPORT_LOST).cpu, 3u);
    cr_expect_eq(line_of("qemu 34 [002] 5.0: PERF_RECORD_LOST lost 56", IMPORT_LOST).lost, 56u);
}

Test(import, malformed_lines)
{
    static const char *const bad[] = {
        "nothing at all",
        "CPU 0/KVM 34 5.000001: kvm:kvm_entry: PC: 0x1",
        "[001] 5.000001: kvm_entry: x",
        "no tid [001] 5.000001: kvm_entry: x",
        "a-34 [1024] 5.000001: kvm_entry: x",
        "a-34 [001] 5000001: kvm_entry: x",
        "a-34 [001] 5.1234567890: kvm_entry: x",
        "a-34 [001] 123456789.0: kvm_entry: x",
        "a-34 [001] 5.000001: kvm_entry",
        "a-34 [001] 5.000001:",
        "a-34 [001]",
        "CPU:5000 [LOST 12 EVENTS]",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        cr_expect(line_of(bad[i], IMPORT_BAD).why != NULL);
}

static struct import_exit exit_of(const char *text)
{
    struct import_exit x;

    cr_assert(import_exit_text(text, &x), "%s", text);
    return x;
}

Test(import, exits)
{
    struct import_exit x = exit_of("IRQ: HSR_EC: 0x0000 (UNKNOWN), PC: 0xffff800010081000");

    cr_expect_eq(x.exc.type, EXC_IRQ);
    cr_expect_eq(x.pc, 0xffff800010081000);
    cr_expect_eq(exit_of("TRAP: HSR_EC: 0x0024 (DABT_LOW), PC: 0x08").exc.ec, EC_DABT_LOWER);
    cr_expect_eq(exit_of("TRAP: ESR_EC: 0x18 (SYS64), PC: 0x8").exc.ec, EC_SYSREG);
    cr_expect_eq(exit_of("TRAP: HSR_EC: 0x0024, PC: 0x08").exc.ec, EC_DABT_LOWER);
    cr_expect_eq(exit_of("SERROR: HSR_EC: 0x0000 (UNKNOWN), PC: 0x8").exc.type, EXC_SERROR);
    cr_expect(!import_exit_text("TRAP: HSR_EC: 0x0040 (?), PC: 0x8", &x));
    cr_expect(!import_exit_text("TRAP: HSR_EC: 0x0024 (DABT_LOW)", &x));
    cr_expect(!import_exit_text("HYP_GONE: HSR_EC: 0x0000 (UNKNOWN), PC: 0x8", &x));
    cr_expect(!import_exit_text("reason EPT_VIOLATION rip 0x8", &x));
    cr_expect(!import_exit_text("TRAP: HSR_EC: 0x0024 (DABT_LOW), PC: 0x11112222333344445", &x));
}

/* The cause after an exit of this class and one event of its handler. */
static struct import_exit refined(const char *exit, const char *event, const char *text)
{
    struct import_exit x = exit_of(exit);
    bool known = true;

    if (event)
        cr_assert(import_refine(event, text, &x, &known), "%s", text);
    cr_assert(known);
    import_attribute(&x);
    return x;
}

#define TRAPPED(ec) "TRAP: HSR_EC: " ec " (X), PC: 0x8"

Test(import, causes)
{
    struct import_exit x =
        refined(TRAPPED("0x24"), "kvm_guest_fault", "ipa 0x9000000, hsr 0x9200004f, hxfar 0x1234, pc 0x8");

    cr_expect_eq(x.exc.cause, TRAP_S2_PERMISSION);
    cr_expect_eq(x.exc.ipa, 0x9000234);
    cr_expect_eq(x.exc.far, 0x1234);
    cr_expect_eq(x.exc.iss, 0x4f);
    cr_expect_eq(refined(TRAPPED("0x24"), NULL, NULL).exc.cause, TRAP_NONE);
    cr_expect_eq(refined(TRAPPED("0x24"), "kvm_mmio", "mmio read len 4 gpa 0x9000018 val 0x0").exc.ipa,
                 0x9000018);
    cr_expect_eq(refined(TRAPPED("0x01"), "kvm_wfx_arm64", "guest executed wfe at: 0x8").exc.cause,
                 TRAP_HCR_TWE);
    cr_expect_eq(refined(TRAPPED("0x01"), NULL, NULL).exc.cause, TRAP_NONE);
    cr_expect_eq(refined(TRAPPED("0x16"), "kvm_hvc_arm64", "HVC at 0x8 (r0: 0x1, imm: 0x2a)").exc.iss,
                 0x2a);
    cr_expect_eq(refined(TRAPPED("0x17"), NULL, NULL).exc.cause, TRAP_HCR_TSC);
    cr_expect_eq(refined("IRQ: HSR_EC: 0x0000 (UNKNOWN), PC: 0x8", NULL, NULL).exc.cause, TRAP_IMO);
    cr_expect_eq(refined(TRAPPED("0x01"), "kvm_vcpu_wakeup", "wait time 77 ns, polling valid").idle_ns,
                 77u);
}

Test(import, registers)
{
    struct import_exit x = refined(TRAPPED("0x18"), "kvm_sys_access", "PC: 8 SCTLR_EL1 (3,0,1,0,0) write");

    cr_expect_str_eq(sysreg_name(x.exc.sysreg), "SCTLR_EL1");
    cr_expect_eq(x.exc.cause, TRAP_HCR_TVM);
    cr_expect_eq(refined(TRAPPED("0x18"), "kvm_sys_access", "PC: 8 SCTLR_EL1 (3,0,1,0,0) read").exc.cause,
                 TRAP_HCR_TRVM);
    x = refined(TRAPPED("0x18"), "kvm_handle_sys_reg", "HSR 0x62300009");
    cr_expect_str_eq(sysreg_name(x.exc.sysreg), "ID_AA64PFR0_EL1", "%s", sysreg_name(x.exc.sysreg));
    cr_expect_eq(refined(TRAPPED("0x18"), "kvm_sys_access", "PC: 8 ? (3,7,15,15,7) read").exc.sysreg,
                 SR_NONE);
    cr_expect_eq(refined(TRAPPED("0x18"), NULL, NULL).exc.sysreg, SR_NONE);
}

Test(import, events_that_are_not_as_they_should_be)
{
    static const char *const bad[][2] = {
        { "kvm_guest_fault", "ipa 0x9000000, hsr" },
        { "kvm_mmio", "mmio read" },
        { "kvm_sys_access", "PC: 8 X (3,0,1,0) read" },
        { "kvm_sys_access", "PC: 8 X (9,0,1,0,0) read" },
        { "kvm_hvc_arm64", "HVC at 0x8" },
        { "kvm_wfx_arm64", "guest executed" },
        { "kvm_vcpu_wakeup", "wait" },
        { "kvm_handle_sys_reg", "HSR 0xxyz" },
    };
    struct import_exit x = exit_of(TRAPPED("0x24"));
    bool known;

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        cr_expect(!import_refine(bad[i][0], bad[i][1], &x, &known) && known, "%s", bad[i][1]);
    cr_expect(import_refine("sched_switch", "whatever", &x, &known) && !known);
}
