#!/usr/bin/env bash
# What is not a readable ledger: one line with the file's name and the reason, status 2, from every reader.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"
# shellcheck source=tests/cli/ledger.sh
. "$SRCDIR/tests/cli/ledger.sh"

mkdir "$tmp/folder.db"
: >"$tmp/empty.db"
echo "this is no database, and longer than sixteen bytes" >"$tmp/text.db"
printf 'SQLite' >"$tmp/short.db"
sqlite3 "$tmp/foreign.db" "create table t(x); insert into t values(1)"
make_ledger "$tmp/newer.db" "pragma user_version = 3"
make_ledger "$tmp/tables.db" "drop view v_trap_class; drop view v_state; drop view v_trap_by_symbol"
head -c 20000 "$db" >"$tmp/truncated.db"
cp "$db" "$tmp/locked.db"

bad() {
    fails "report: $1" 2 "^armvsim: .*$2: .*$3" "$ARMVSIM" report "$tmp/$2"
    fails "diff: $1" 2 "^armvsim: .*$2: .*$3" "$ARMVSIM" diff "$db" "$tmp/$2"
    fails "explain: $1" 2 "^armvsim: .*$2: .*$3" "$ARMVSIM" explain "$tmp/$2" 1
    fails "plot: $1" 2 "^armvsim: .*$2: .*$3" "$ARMVSIM" plot "$tmp/$2" cdf -o "$tmp/bad.pdf"
}
bad "a missing file" missing.db 'No such file'
bad "a folder" folder.db 'is a directory'
bad "an empty file" empty.db 'is empty'
bad "a text" text.db 'not an SQLite database'
bad "a few bytes" short.db 'not an SQLite database'
bad "another program's database" foreign.db "another program's"
bad "a newer schema" newer.db 'schema version 3; this armvsim reads version 2'
bad "a missing view" tables.db 'no such table'
bad "a truncated file" truncated.db 'malformed'
bad "a device" ../../dev/null 'not a regular file'
ok "a picture was never made of them" test ! -e "$tmp/bad.pdf"

# A run that was killed: its rows are there, its totals are not.
make_ledger "$tmp/running.db" "update run set value = 'running' where key = 'status';
    delete from run where key in ('end', 'cycles', 'insns'); delete from trap_agg; delete from trap_hist;
    delete from switch_agg; delete from switch_hist; delete from site_agg; delete from el_time"
before=$(sha256sum <"$tmp/running.db")
"$ARMVSIM" report "$tmp/running.db" traps >"$tmp/out" 2>"$tmp/err"
is "an unfinished run: status" $? 0
like "an unfinished run: a warning" "$(cat "$tmp/err")" 'running\.db: warning: the run has not finished'
like "an unfinished run: totals of its rows" "$(cat "$tmp/out")" \
    '1→2 +HVC +hvc +100 +109,900 +100\.0% +1,099 +0 +1,098 +1,188 +1,196 +1,198$'
like "an unfinished run: switches" "$("$ARMVSIM" report "$tmp/running.db" switches 2>/dev/null)" \
    '^vm1\.0 +vm2\.0 +1 +1,000 '
like "an unfinished run: phases" "$("$ARMVSIM" report "$tmp/running.db" phases 2>/dev/null)" \
    '1→2 +HVC +hvc +100 +22 +100 +837 +120 +0 +20 +1,099$'
like "an unfinished run: refills afterwards" "$("$ARMVSIM" report "$tmp/running.db" aftermath 2>/dev/null)" \
    '^HVC +100 +1 +3 +5 +1 +2 +1 +90 +0\.9 +0\.1%$'
is "an unfinished run: the file is as it was" "$(sha256sum <"$tmp/running.db")" "$before"

# A run that was killed in the middle of a commit leaves a journal.
cp "$db" "$tmp/hot.db"
{
    sqlite3 "$tmp/hot.db" <<'SQL'
pragma cache_size = 1;
begin;
update trap_agg set count = 7;
with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000) insert into trap(pe) select i from n;
.shell kill -9 $PPID
SQL
} 2>"$tmp/killed"
ok "a journal: there is one" test -s "$tmp/hot.db-journal"
like "a journal: what was not committed is rolled back" "$("$ARMVSIM" report "$tmp/hot.db")" '^Traps +900$'

chmod 444 "$tmp/running.db"
ok "an unfinished run in a file that cannot be written" "$ARMVSIM" report "$tmp/running.db"

done_testing
