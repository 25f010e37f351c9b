#!/usr/bin/env bash
# A part of a run: where the ledger begins and ends, one trap in N as a row, and what is said when a point is
# never reached. What is logged in the part is what the whole run has there, to the cycle.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

elf=$BUILDDIR/hyp/tiny.elf
run() {
    local db=$1
    shift
    "$ARMVSIM" run "$elf" --cpu cortex-a53 --quiet --db "$tmp/$db" "$@" >"$tmp/out" 2>"$tmp/err"
}
ask() {
    sqlite3 "$tmp/$1" "attach '$tmp/whole.db' as w; $2"
}
told() {
    ask "$1" "select group_concat(value, ' ') from (select value from run where key in ('from', 'insns',
        'interval', 'sample', 'until') order by key)"
}
# same_rows DB: rows of the part that the whole run does not have.
rows='pe, entry_insn, entry_cycle, insns, handler_cycles, return_cycles, pc, cause, state, vector_symbol'
other_rows() {
    ask "$1" "select count(*) from (select $rows from v_trap where state = 'complete' except
        select $rows from w.v_trap)"
}

run whole.db
cp "$tmp/out" "$tmp/console"
is "the whole run" "$(told whole.db)" " $(ask whole.db "select value from run where key = 'insns'") whole run 1 "

run count.db --from insn=300000 --until insn=900000
is "by counts: status, and nothing to say" "$? $(cat "$tmp/err")" "0 "
is "by counts: what the ledger says of it" "$(told count.db)" "insn=300000 600000 closed 1 insn=900000"
is "by counts: the guest's output" "$(cat "$tmp/out")" "$(cat "$tmp/console")"
is "by counts: every trap is as in the whole run" "$(other_rows count.db)" 0
is "by counts: none of the whole run's is missing" \
    "$(ask count.db "select count(*) from w.v_trap where entry_insn >= 300000 and exit_insn <= 900000") \
$(ask count.db "select count(*) > 500 from v_trap where state = 'complete'")" \
    "$(ask count.db "select count(*) from v_trap where state = 'complete'") 1"
is "by counts: totals are of the part" "$(ask count.db 'select sum(count) from trap_agg')" \
    "$(ask count.db "select count(*) from trap where state = 0")"
is "by counts: so is the time" "$(ask count.db 'select sum(insns) from el_time')" 600000
is "by counts: state sets are those of the whole run" \
    "$(ask count.db "select count(*) from (select entry_insn, saved, restored from v_switch except
        select entry_insn, saved, restored from w.v_switch)") \
$(ask count.db 'select count(*) > 10 from v_switch')" "0 1"

# Code that ran before it was observed tracks registers, too.
run late.db --from insn=2M
is "late: state sets are those of the whole run" \
    "$(ask late.db "select count(*) from (select entry_insn, saved, restored, leaked from v_switch except
        select entry_insn, saved, restored, leaked from w.v_switch)") \
$(ask late.db 'select count(*) > 20 from v_switch where saved > 60')" "0 1"

run symbol.db --from abort_trap
is "from a symbol to the end" "$? $(told symbol.db | cut -d' ' -f1,3-)" "0 abort_trap to the end 1 "
is "from a symbol: every trap is as in the whole run" "$(other_rows symbol.db)" 0
is "from a symbol: the first is the first after one that comes there" \
    "$(ask symbol.db "select entry_insn from v_trap where id = 1") $(ask symbol.db 'select count(*) > 100 from trap')" \
    "$(ask symbol.db "select entry_insn from w.v_trap where id = 1 + (select min(id) from w.v_trap
        where cause like 'stage 2%' and entry_insn > 600000)") 1"

run once.db --from abort_trap --until abort_trap
is "until the same symbol: once more" \
    "$(ask once.db "select value > 10 from run where key = 'insns'") $(told once.db | cut -d' ' -f1,3-)" \
    "1 abort_trap closed 1 abort_trap"
run offset.db --from abort_trap+4 --until abort_trap+0x8
is "offsets" "$(ask offset.db "select value from run where key = 'insns'")" 1
address=$(nm "$elf" | sed -n 's/ T abort_trap$//p')
run address.db --from "0x$address" --until abort_trap+4
is "an address" "$(ask address.db "select value from run where key = 'insns'")" 1

run loop.db --from abort_trap --dispatch loop
is "both dispatchers begin at the same instruction" \
    "$(ask loop.db "select group_concat(entry_cycle) from v_trap")" \
    "$(ask symbol.db "select group_concat(entry_cycle) from v_trap")"
run again.db --from abort_trap
ok "twice the same bytes" cmp "$tmp/again.db" "$tmp/symbol.db"

for dispatch in tail loop; do
    "$ARMVSIM" run "$BUILDDIR/tests/asm/smp.elf" --smp 4 --quiet --dispatch $dispatch --db "$tmp/smp.db" \
        --from insn=20000 --until insn=60K >/dev/null 2>"$tmp/smp.err"
    grep -q 'not in this build' "$tmp/smp.err" && continue
    is "counts are of all PEs together ($dispatch)" "$(told smp.db)" "insn=20000 40000 closed 1 insn=60K"
done

run sample.db --sample 10
is "a sample: one row in ten, totals of all" \
    "$(ask sample.db 'select count(*) from trap where parent is null')|$(ask sample.db 'select * from trap_agg order by 1, 2, 3')" \
    "$(ask sample.db 'select (count(*) + 9) / 10 from w.trap where parent is null')|$(ask sample.db 'select * from w.trap_agg order by 1, 2, 3')"
is "a sample: its rows are the whole run's" "$(other_rows sample.db)" 0

run never.db --from insn=99999999999
is "a beginning that is never reached" "$? $(cat "$tmp/err")" \
    "0 armvsim: --from insn=99999999999 was never reached: the ledger is empty"
is "a beginning that is never reached: in the ledger" "$(told never.db)" "insn=99999999999 0 never reached 1 "
like "a beginning that is never reached: in a report" "$("$ARMVSIM" report "$tmp/never.db" 2>&1)" \
    'warning: --from insn=99999999999 was never reached: nothing was logged'
run open.db --until abort_trap@77
like "an end that is never reached" "$(cat "$tmp/err")" '--until abort_trap@77 was never reached: .*to the end'

bad() {
    fails "$1" 2 "^armvsim: $2" "$ARMVSIM" run "$elf" --db "$tmp/bad.db" "${@:3}"
}
bad "an unknown symbol" "--from nosuch: no symbol 'nosuch'" --from nosuch
bad "an unknown symbol at the end" "--until no\+such: no symbol 'no\+such'" --until no+such
bad "no number" '--from insn=x: not a number of instructions' --from insn=x
bad "no VMID" '--until _start@x: no VMID' --until _start@x
bad "an end before the beginning" '--until insn=5: not after from insn=7' --from insn=7 --until insn=5
bad "one in none" '--sample 0: at least 1' --sample 0
bad "one in no number" "--sample 'x': not a number" --sample x
fails "no ledger" 2 'armvsim: --sample: there is no ledger without --db' "$ARMVSIM" run "$elf" --sample 5
ok "nothing was written" test ! -e "$tmp/bad.db"
done_testing
