#!/usr/bin/env bash
# armvsim import: the sample traces, of which every trap is known, and what is refused or named.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

import() {
    "$ARMVSIM" import "$@" -o "$tmp/db" 2>"$tmp/err"
}
ask() {
    sqlite3 "$tmp/db" "$1"
}
traps="select pe, context, type, coalesce(ec_name, ''), cause, coalesce(register, ''), coalesce(va, ''), coalesce(ipa, ''),
    entry_cycle, cycles, coalesce(ret_pc, ''), state, coalesce(world_switch, '') from v_trap order by entry_cycle"

import "$SRCDIR/traces/kvm-perf.txt"
is "perf: exit status" $? 0
is "perf: what it says" "$(cat "$tmp/err")" \
    "armvsim: imported 7 exits, 8 entries, 2 vCPUs, 2 VMs, 1 migrations between CPUs"
is "perf: every trap" "$(ask "$traps")" \
    '1|vm1.0|sync|DABT_LOWER|stage 2 translation||0xffff80001000d018|0x9000018|10000|6000|0xffff800010081104|complete|
1|vm1.0|irq||HCR_EL2.IMO||||20000|2000|0xffff800010081200|complete|
1|vm1.0|sync|SYSREG|trapped MSR, MRS or system instruction|DBGBVR0_EL1|||30000|1500|0xffff800010081304|complete|
1|vm1.0|sync|HVC|HVC||||40000|1200|0xffff800010081404|complete|
1|vm1.0|sync|WFX|HCR_EL2.TWI||||50000|10000|0xffff800010081000|complete|1
1|vm2.0|sync|SMC|HCR_EL2.TSC||||80000|10000|0xffff800010081604|complete|
2|vm1.0|sync|IABT_LOWER|stage 2 translation||0xffff800010090000|0x48000000|100000|0||unfinished|'
is "perf: the world switch" "$(ask 'select pe, from_context, to_context, entry_cycle, cycles from v_switch')" \
    '1|vm1.0|vm2.0|50000|10000'
is "perf: time by EL: what is not a guest's is the host's" \
    "$(ask 'select pe, el, context, cycles from v_el_time')" '1|1|vm1.0|39300
1|1|vm2.0|20000
1|2|host|30700
2|1|vm1.0|29000
2|2|host|71000
3|2|host|90000'
is "perf: of the run" "$(ask "select key || '=' || value from run where key in ('source', 'timing', 'clock_hz', 'status',
    'insns', 'cycles', 'pe_count', 'traps', 'thread.vm1.0', 'thread.vm2.0', 'end', 'trace_migrations', 'trace_origin_ns')" |
    xargs)" "$(xargs <<<'clock_hz=1000000000 cycles=100000 end=trace insns=0 pe_count=4 source=perf status=complete
        thread.vm1.0=CPU 0/KVM, pid 2345, tid 2351 thread.vm2.0=qemu-system-aar, pid 3456, tid 3461 timing=measured
        trace_migrations=1 trace_origin_ns=12345000000000 traps=7')"
is "perf: aggregates are those of the rows" \
    "$(ask "select context, cause, count, cycles from v_trap_agg order by 1, 2")" \
    "$(ask "select context, cause, count(*), sum(cycles) from v_trap where state = 'complete' group by 1, 2 order by 1, 2")"
is "perf: no event counters" "$(ask 'select count(*) from counter')" 0
cp "$tmp/db" "$tmp/first.db"
import "$SRCDIR/traces/kvm-perf.txt" --quiet
is "--quiet says nothing when all is well" "$(cat "$tmp/err")" ""
ok "the same bytes again" cmp "$tmp/db" "$tmp/first.db"
import - <"$SRCDIR/traces/kvm-perf.txt"
ok "stdin" cmp "$tmp/db" "$tmp/first.db"
head -n 12 "$SRCDIR/traces/kvm-perf.txt" >"$tmp/a"
tail -n +13 "$SRCDIR/traces/kvm-perf.txt" >"$tmp/b"
import "$tmp/a" "$tmp/b"
ok "two files are one trace" cmp "$tmp/db" "$tmp/first.db"
for report in summary traps switches state virqs breakdown; do
    ok "report $report" "$ARMVSIM" report "$tmp/db" $report
done
report() {
    "$ARMVSIM" report "$tmp/db" "$@" | cat
}
like "report: lengths are in ns" "$(report traps)" '^ +EL +Cause +Register/class +Count +ns +Share '
like "report: what it is" "$(report traps | head -n 1)" '^Traps by cause +db, measured, in ns$'
like "report: a mean in ns" "$(report summary)" '^Mean world switch +10,000 ns$'
is "report: no cycles, and nothing that was not measured" "$(for r in summary traps switches time breakdown phases aftermath virqs; do
    report $r | grep -E '[Cc]ycles|Instructions   |MHz'; done)" 'Cycles in EL2       68.5%'
is "export folded" "$("$ARMVSIM" export "$tmp/db" --to folded -o - | head -n 1)" \
    'vm1.0;0xffff800010081100;[stage 2 translation];EL2 6000'

import "$SRCDIR/traces/kvm-trace-cmd.txt"
is "trace-cmd: exit status" $? 0
is "trace-cmd: what it says" "$(cat "$tmp/err")" "armvsim: import: 217 events that the tracer lost
armvsim: imported 4 exits, 6 entries, 2 vCPUs, 1 VMs"
is "trace-cmd: every trap" "$(ask "$traps")" \
    '1|vm1.0|sync|WFX|HCR_EL2.TWE||||10000|2000|0xffff800010081104|complete|
2|vm1.1|sync|SYSREG|HCR_EL2.TID3|ID_AA64PFR0_EL1|||20000|3000|0xffff800010081204|complete|
1|vm1.0|irq||HCR_EL2.IMO||||900000|4000|0xffff800010081300|complete|
2|vm1.1|sync|SVE|access to SVE||||910000|1000|0xffff800010081400|complete|'
is "trace-cmd: what ran while events were lost is not known" \
    "$(ask "select cycles from v_el_time where pe = 1 and context = 'vm1.0'")" 10000

import "$SRCDIR/traces/kvm-malformed.txt"
is "malformed: exit status" $? 0
is "malformed: the first are named, all are counted" "$(sed 's/: "[^"]*"\(\.\.\.\)\?$//' "$tmp/err")" \
    "armvsim: $SRCDIR/traces/kvm-malformed.txt:2: no CPU ([001]) in it
armvsim: $SRCDIR/traces/kvm-malformed.txt:3: not as arm64's KVM writes kvm_exit
armvsim: $SRCDIR/traces/kvm-malformed.txt:5: not as arm64's KVM writes this event
armvsim: $SRCDIR/traces/kvm-malformed.txt:6: its time is before that of an earlier line
armvsim: $SRCDIR/traces/kvm-malformed.txt:8: a CPU of more than 1,023
armvsim: import: 7 malformed lines, 1 exits without an entry after them, 1 entries while a guest ran already
armvsim: imported 3 exits, 4 entries, 1 vCPUs, 1 VMs"
is "malformed: what is whole is there" "$(ask 'select entry_cycle, cycles, state from v_trap')" '20000|5000|complete
30000|10000|abandoned
40000|5000|complete'
is "malformed: the ledger says how many" "$(ask "select value from run where key = 'trace_malformed'")" 7

# A vCPU that moves while another's trap is open where it comes to; and idle time that a wakeup tells.
line() {
    printf ' CPU %s/KVM  %s  [%03d] 7.%09d: kvm:%s: %s\n' "$@"
}
{
    line 0 50/51 0 1000 kvm_entry 'PC: 0x1000'
    line 1 50/52 1 1000 kvm_entry 'PC: 0x2000'
    line 0 50/51 0 2000 kvm_exit 'TRAP: HSR_EC: 0x0001 (WFx), PC: 0x1100'
    line 0 50/51 0 2100 kvm_wfx_arm64 'guest executed wfi at: 0x1100'
    line 1 50/52 1 3000 kvm_exit 'IRQ: HSR_EC: 0x0000 (UNKNOWN), PC: 0x2100'
    line 0 50/51 1 4000 kvm_vcpu_wakeup 'wait time 1500 ns, polling valid'
    line 0 50/51 1 5000 kvm_entry 'PC: 0x1104'
    line 1 50/52 0 6000 kvm_entry 'PC: 0x2100'
    line 0 50/51 1 7000 kvm_exit 'TRAP: HSR_EC: 0x0016 (HVC64), PC: 0x1200'
    line 0 50/51 1 8000 kvm_entry 'PC: 0x1200'
} >"$tmp/move"
import "$tmp/move"
is "a migration and a world switch in one" \
    "$(ask 'select pe, context, entry_cycle, cycles, idle_cycles, coalesce(world_switch, 0) from v_trap order by entry_cycle')" \
    '0|vm1.0|1000|3000|1500|0
1|vm1.1|2000|2000|0|1
1|vm1.0|6000|1000|0|0'

# Symbols of a VM.
if [ -e "$BUILDDIR/hyp/tiny.elf" ]; then
    {
        line 0 50/51 0 1000 kvm_exit 'TRAP: HSR_EC: 0x0016 (HVC64), PC: 0x40200000'
        line 0 50/51 0 2000 kvm_entry 'PC: 0x40200000'
    } >"$tmp/symbols"
    import "$tmp/symbols" --symbols "$BUILDDIR/hyp/tiny.elf"
    is "--symbols" "$(ask 'select symbol is not null from v_trap')" 1
fi

cp "$tmp/db" "$tmp/kept.db"
fails "nothing usable" 2 'no kvm_exit or kvm_entry of arm64 in [0-9]+ lines' \
    "$ARMVSIM" import "$SRCDIR/tests/tap.sh" -o "$tmp/db" --quiet
ok "nothing usable: an old ledger is left alone" cmp "$tmp/db" "$tmp/kept.db"
: >"$tmp/empty"
fails "an empty file" 2 'in 0 lines' "$ARMVSIM" import "$tmp/empty" -o "$tmp/db"
fails "a missing file" 2 'missing: No such file' "$ARMVSIM" import "$tmp/missing" -o "$tmp/db"
fails "a folder" 2 'directory' "$ARMVSIM" import "$tmp" -o "$tmp/db"
fails "no file" 2 'a FILE is needed' "$ARMVSIM" import -o "$tmp/db"
fails "no ledger" 2 '\-o DB is needed' "$ARMVSIM" import "$tmp/move"
fails "a ledger that cannot be" 2 'none/db' "$ARMVSIM" import "$tmp/move" -o "$tmp/none/db"
fails "a file that is no ledger" 2 'tap\.sh|move' "$ARMVSIM" import "$tmp/move" -o "$tmp/move"
fails "symbols that are not there" 2 'missing' "$ARMVSIM" import "$tmp/move" -o "$tmp/db" --symbols "$tmp/missing"
head -c 70000 /dev/zero | tr '\0' x >"$tmp/long"
{ printf '\0\n' && cat "$tmp/move"; } >>"$tmp/long"
import "$tmp/long"
is "a line without end, and one with a NUL" "$(grep -c -E ':1: (longer|a NUL)' "$tmp/err") $(ask 'select count(*) from trap')" "1 3"

done_testing
