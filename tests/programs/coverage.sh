#!/usr/bin/env bash
# coverage.sh PROGRAM TRAPS TINY: the instructions that --coverage notes are those that QEMU executes, and what
# export --to lcov makes of them. The ELF files of a compiled program, of the assembly test `traps`, of hyp/tiny.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

program=$1 traps=$2 tiny=$3

# ours ELF OPTION...: addresses of all instructions that were executed, one a line. The ledger is $tmp/db.
ours() {
    "$ARMVSIM" run "$1" --quiet --coverage --db "$tmp/db" "${@:2}" >/dev/null
    sqlite3 "$tmp/db" "with recursive a(x, hi) as (select lo, hi from code union all select x + 4, hi from a where x + 4 < hi)
        select distinct printf('%016x', x) from a order by 1"
}

# emulated ELF CPU: the same by QEMU, one instruction a block. A block whose first instruction is not executed, for an
# exception comes before, is noted, too.
emulated() {
    timeout 300 qemu-system-aarch64 -M virt,virtualization=on,gic-version=3 -cpu "$2" -m 128 -display none \
        -monitor none -serial null -nic none -kernel "$1" -singlestep -d exec,nochain -D "$tmp/exec" </dev/null
    sed -n 's|^Trace [0-9]*: [^ ]* \[[0-9a-f]*/\([0-9a-f]*\)/.*|\1|p' "$tmp/exec" | sort -u
}

if command -v qemu-system-aarch64 >/dev/null; then
    for timing in block none; do
        ours "$program" --cpu max --timing $timing >"$tmp/ours"
        [ $timing = block ] && emulated "$program" max >"$tmp/qemu"
        ok "a program, timing $timing: all that QEMU executes, and no more" diff "$tmp/qemu" "$tmp/ours"
    done
    ours "$program" --cpu max --dispatch loop >"$tmp/ours"
    ok "a program, loop dispatcher" diff "$tmp/qemu" "$tmp/ours"
    ours "$traps" --cpu cortex-a53 >"$tmp/ours"
    emulated "$traps" cortex-a57 >"$tmp/qemu"
    is "traps that do not return: nothing that QEMU does not execute" "$(comm -23 "$tmp/ours" "$tmp/qemu")" ""
    is "and nearly all that it does" "$(($(comm -13 "$tmp/ours" "$tmp/qemu" | wc -l) < 16))" 1
else
    skip "the instructions that QEMU executes" "qemu-system-aarch64 is missing (Debian package qemu-system-arm)"
fi

# dump FILE: the ledger but for its coverage.
dump() {
    sqlite3 "$1" .dump | grep -v '^INSERT INTO code '
}
tiny_run() {
    "$ARMVSIM" run "$tiny" --quiet --cpu cortex-a53 "$@" >/dev/null
}
tiny_run --db "$tmp/plain.db"
tiny_run --db "$tmp/tiny.db" --coverage
ok "coverage changes nothing else" cmp <(dump "$tmp/plain.db") <(dump "$tmp/tiny.db")
tiny_run --db "$tmp/again.db" --coverage
ok "the same bytes again" cmp "$tmp/tiny.db" "$tmp/again.db"
is "intervals are apart" "$(sqlite3 "$tmp/tiny.db" "select count(*) from (select lo, lag(hi) over
    (partition by context order by lo) as before from code) where lo <= before")" 0
fails "--coverage without --db" 2 'needs --db' "$ARMVSIM" run "$tiny" --coverage

export_lcov() {
    "$ARMVSIM" export "$tmp/tiny.db" --to lcov -o "$tmp/$1" "${@:2}"
}
ok "lcov: hypervisor and guests" export_lcov all.info --elf "$tiny" --elf "$tiny@1" --elf "$tiny@2"
# lines FILE SOURCE: its LH and LF.
lines() {
    awk -v file="SF:$2" '$0 == file { on = 1 } on && /^L[FH]:/ { print } /^end_of_record/ { on = 0 }' "$tmp/$1" | xargs
}
like "lcov: a file that ran in part" "$(lines all.info hyp/tiny/abort.c)" '^LF:[0-9]+ LH:[1-9][0-9]*$'
like "lcov: a function that nothing calls" "$(cat "$tmp/all.info")" '^FNDA:0,hyp_panic$'
like "lcov: one that was called" "$(cat "$tmp/all.info")" '^FNDA:1,demo_hypercalls$'
ok "lcov: the hypervisor alone" export_lcov host.info --elf "$tiny"
is "lcov: guests' lines are then not executed" "$(lines host.info hyp/guests/kernel/demo_cpu.c | grep -c 'LH:0$')" 1
ok "lcov: what VM 1 executed is its own" export_lcov vm.info --elf "$tiny@1"
is "lcov: the hypervisor is not it" "$(lines vm.info hyp/tiny/world_switch.c | grep -c 'LH:0$')" 1
export_lcov vm9.info --elf "$tiny@9" 2>"$tmp/err"
like "lcov: a VM that never was" "$(cat "$tmp/err")" 'warning: nothing of it was executed by this VM'
ok "lcov --source-root" export_lcov root.info --elf "$tiny" --source-root "$SRCDIR"
is "lcov --source-root: all sources are there" "$(sed -n 's/^SF://p' "$tmp/root.info" | xargs ls 2>&1 >/dev/null)" ""

if command -v genhtml >/dev/null; then
    sum() {
        awk -F: -v key="$1" '$1 == key { s += $2 } END { print s }' "$tmp/root.info"
    }
    summary=$(lcov --summary "$tmp/root.info" 2>&1)
    like "lcov counts the lines that we count" "$summary" "\($(sum LH) of $(sum LF) lines\)"
    like "lcov counts the functions that we count" "$summary" "\($(sum FNH) of $(sum FNF) functions\)"
    ok "genhtml" genhtml "$tmp/root.info" -o "$tmp/html"
    is "genhtml warns of nothing" "$(genhtml "$tmp/root.info" -o "$tmp/html" 2>&1 | grep -icE 'warn|error|mismatch')" 0
    like "genhtml's page has the source with its counts" "$(sed 's/<[^>]*>//g' "$tmp"/html/tiny/sched.c.gcov.html)" \
        '^ *[0-9]+ +1 : '
else
    skip "genhtml" "it is missing (Debian package lcov)"
fi

done_testing
