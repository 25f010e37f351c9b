#!/usr/bin/env bash
# hyp/tiny: the console under armvsim on every core and dispatcher, under QEMU, and the ledger's bytes.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

elf=$BUILDDIR/hyp/tiny.elf
expected=$SRCDIR/hyp/tiny/expected.txt

run() {
    "$ARMVSIM" run "$elf" --quiet "$@"
}

for cpu in generic cortex-a53; do
    for timing in block none; do
        run --cpu $cpu --timing $timing >"$tmp/console"
        is "exit status on $cpu, timing $timing" $? 0
        ok "console on $cpu, timing $timing" diff "$expected" "$tmp/console"
    done
done
for cpu in cortex-a55 cortex-a57 cortex-a72 cortex-a76 neoverse-n1 max; do
    run --cpu $cpu >"$tmp/console"
    is "exit status on $cpu" $? 0
    ok "console on $cpu" diff "$expected" "$tmp/console"
done

# The hypervisor does not depend on how fast its time slices are.
sed 's/^clock-hz=.*/clock-hz=100000000/' "$ARMVSIM_MODELS/cores/cortex-a53.core" >"$tmp/slow.core"
run --cpu "$tmp/slow.core" >"$tmp/console"
ok "console on a core of 100 MHz" diff "$expected" "$tmp/console"

if command -v qemu-system-aarch64 >/dev/null; then
    for cpu in cortex-a53 cortex-a57; do
        # -nic none: Debian's package recommends, but does not need, the network card's boot ROM.
        timeout 300 qemu-system-aarch64 -M virt,virtualization=on,gic-version=3 -cpu $cpu -m 128 \
            -display none -monitor none -serial stdio -nic none -kernel "$elf" >"$tmp/qemu" 2>"$tmp/qemu.err" \
            </dev/null
        is "QEMU's exit status on $cpu" "$? $(cat "$tmp/qemu.err")" "0 "
        ok "QEMU's console on $cpu is the same" diff "$expected" "$tmp/qemu"
    done
else
    skip "QEMU's console is the same" "qemu-system-aarch64 is missing (Debian package qemu-system-arm)"
fi

run --cpu cortex-a53 --db "$tmp/a.db" >/dev/null
run --cpu cortex-a53 --db "$tmp/b.db" >/dev/null
ok "two runs give the same bytes" cmp "$tmp/a.db" "$tmp/b.db"
# Builds without reliable tail calls have one dispatcher: nothing to compare.
# Counters and cycles of every cache, TLB and predictor are among the bytes.
if "$ARMVSIM" run "$elf" --quiet --cpu cortex-a53 --dispatch tail --db "$tmp/tail.db" >/dev/null 2>&1; then
    for cpu in cortex-a53 neoverse-n1 x-gene-1; do
        run --cpu $cpu --dispatch tail --db "$tmp/tail.db" >/dev/null
        run --cpu $cpu --dispatch loop --db "$tmp/loop.db" >/dev/null
        ok "both dispatchers give the same bytes on $cpu" cmp "$tmp/tail.db" "$tmp/loop.db"
    done
fi
is "caches, TLBs and predictors have missed" \
    "$(sqlite3 "$tmp/a.db" "select count(*) from counter where pe = 0 and value > 0 and name in ('l1i_refill',
        'l1d_refill', 'l2_refill', 'utlb_data_refill', 'walk_cache_hit', 'mispredict_conditional')")" 6

# What the guests count themselves, the ledger must have counted too.
sql() {
    sqlite3 "$tmp/a.db" "$1"
}
is "null hypercalls and yields are HVC traps" \
    "$(sql "select sum(count) >= 2 * (1000 + 200) from v_trap_by_cause where cause = 'HVC'")" 1
is "ID register reads are HCR_EL2.TID3 traps" \
    "$(sql "select count from v_trap_by_cause where cause = 'HCR_EL2.TID3'")" 100
is "TVM traps" "$(sql "select count from v_trap_by_cause where cause = 'HCR_EL2.TVM'")" 10
is "each VM's contained permission fault" \
    "$(sql "select count from v_trap_by_cause where cause = 'stage 2 permission'")" 2
is "no world switch leaks a register" "$(sql "select count(*) from v_leak")" 0
is "the database is whole" "$(sql "pragma integrity_check")" ok
is "the run is marked complete" "$(sql "select value from run where key = 'status'")" complete

done_testing
