#!/usr/bin/env bash
# Ledgers that a run could not finish: killed, out of space, locked. One clear line, the right status, and what
# was committed stays readable.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

hvc=$BUILDDIR/bench/hvc.elf
run=("$ARMVSIM" run "$hvc" --board "virt,virtualization=on,gic-version=3" --cpu cortex-a53 --quiet)
rows() {
    sqlite3 -readonly "$1" 'select count(*) from trap' 2>/dev/null || echo 0
}

# Killed once it has committed something.
"${run[@]}" --db "$tmp/killed.db" >/dev/null 2>&1 &
pid=$!
while kill -0 $pid 2>/dev/null && [[ $(rows "$tmp/killed.db") == 0 ]]; do :; done
kill -9 $pid
wait $pid 2>/dev/null
"$ARMVSIM" report "$tmp/killed.db" traps --format csv >"$tmp/out" 2>"$tmp/err"
is "a killed run: status of a report" $? 0
like "a killed run: a warning" "$(cat "$tmp/err")" \
    '^armvsim: .*killed\.db: warning: the run has not finished; totals are of the rows .* are missing$'
count=$(rows "$tmp/killed.db")
is "a killed run: whole transactions" "$((count > 65000)) $(sqlite3 "$tmp/killed.db" 'pragma integrity_check')" "1 ok"
complete=$(sqlite3 "$tmp/killed.db" 'select count(*) from trap where state = 0')
like "a killed run: a report of all rows" "$(cat "$tmp/out")" ",$complete,"
like "a killed run: the summary counts them, too" "$("$ARMVSIM" report "$tmp/killed.db" 2>/dev/null)" \
    "^Traps +$(echo "$complete" | sed ':a; s/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/; ta')\$"
"${run[@]}" --max-insns 100000 --db "$tmp/killed.db" >/dev/null 2>&1
is "a killed run: its ledger can be replaced" "$? $(sqlite3 "$tmp/killed.db" "select value from run where key = 'status'")" "124 complete"

# No room. The shell's limit on files is one for the ledger, too.
full() {
    (
        ulimit -f "$1"
        "${run[@]}" --db "$tmp/full.db" >"$tmp/out" 2>"$tmp/err"
    )
    is "$2: status" $? 2
    like "$2: one line" "$(cat "$tmp/err")" '^armvsim: [^ ]*full\.db: (database or disk is full|disk I/O error).{0,40}$'
}
full 4000 "no room for all rows"
is "no room for all rows: what is there is whole" \
    "$(sqlite3 "$tmp/full.db" 'pragma integrity_check; select count(*) > 10000 from trap')" $'ok\n1'
like "no room for all rows: a report" "$("$ARMVSIM" report "$tmp/full.db" traps 2>&1)" 'has not finished'
rm "$tmp/full.db"
full 8 "no room for the tables"
ok "no room for the tables: nothing is left" test ! -e "$tmp/full.db"

# Locked by another program.
"${run[@]}" --max-insns 100000 --db "$tmp/locked.db" >/dev/null 2>&1
locked() {
    sqlite3 "$tmp/locked.db" >"$tmp/out" 2>"$tmp/err" <<SQL
begin exclusive;
.shell $*; echo status \$?
SQL
    cat "$tmp/out" "$tmp/err"
}
like "locked: a report" "$(locked "$ARMVSIM" report "$tmp/locked.db" 2>&1)" 'locked\.db: database is locked'
like "locked: its status" "$(cat "$tmp/out")" 'status 2'
like "locked: a run" "$(locked "$ARMVSIM" run "$hvc" --db "$tmp/locked.db" 2>&1)" \
    'locked\.db: database is locked by another process'
like "locked: its status" "$(cat "$tmp/out")" 'status 2'

# Cut off anywhere.
size=$(stat -c %s "$tmp/locked.db")
for bytes in 1 99 100 1000 4096 8192 20000 $((size / 2)) $((size - 4096)) $((size - 1)); do
    head -c "$bytes" "$tmp/locked.db" >"$tmp/cut.db"
    fails "cut after $bytes bytes" 2 '^armvsim: [^ ]*cut\.db: .*(malformed|not an SQLite database)' \
        "$ARMVSIM" report "$tmp/cut.db"
done
done_testing
