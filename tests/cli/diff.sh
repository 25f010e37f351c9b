#!/usr/bin/env bash
# armvsim diff: what it says of two ledgers whose differences are known (fixture.sql, fixture_b.sql).
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"
# shellcheck source=tests/cli/ledger.sh
. "$SRCDIR/tests/cli/ledger.sh"

b=$tmp/b.db
make_ledger "$b" && sqlite3 "$b" <"$SRCDIR/tests/cli/fixture_b.sql"

diff_ab() {
    "$ARMVSIM" diff "$db" "$b" "$@" 2>/dev/null
}

# json PATH OPTION...: a value out of the JSON form.
json() {
    local path=$1
    shift
    diff_ab --format json "$@" >"$tmp/json"
    sqlite3 :memory: "select json_extract(readfile('$tmp/json'), '$path')"
}

text=$(diff_ab)
is "the verdict" "$(head -n 1 <<<"$text")" \
    "cycles in traps -2.3% (causes: 2 cost more, 1 new, 1 gone, 3 equal); in world switches +0.6%"
like "what is different between the runs" "$text" '^clock_hz +1200000000 +1500000000$'
is "and nothing else" "$(grep -c '^core' <<<"$text")" 0
like "totals" "$text" '^Cycles in traps +1,364,300 +1,332,650 +-31,650 +-2\.3%$'
like "the mean of world switches, without waiting" "$text" '^Mean world switch +1,080 +1,086 +\+6 +\+0\.6%$'
like "a cause that is gone" "$text" '^ICH_HCR_EL2\.TALL1 +100 +0 +-100 +56,850 +0 +-56,850 +-100\.0% +568\.5 +gone$'
like "a new one" "$text" '^HCR_EL2\.TSC +0 +50 +\+50 +0 +15,000 +\+15,000 +300 +new$'
like "one that is slower" "$text" \
    '^HVC +200 +200 +0 +219,800 +229,800 +\+10,000 +\+4\.5% +1,099 +1,149 +\+4\.5% +\*$'
like "one that is slower, but not more than it varies" "$text" \
    '^HCR_EL2\.TWI +100 +100 +0 +94,950 +95,150 +\+200 +\+0\.2% +949\.5 +951\.5 +\+0\.2%$'
like "what is equal, in one row" "$text" '^\(3 equal\) +500 +500 +0 +992,700 +992,700 +0 +0\.0% '
like "the total" "$text" '^Total +900 +850 +-50 +1,364,300 +1,332,650 +-31,650$'
like "switches without any spread" "$text" \
    '^vm1\.0→vm2\.0 +60 +60 +0 +60,000 +60,600 +\+600 +\+1\.0% +1,000 +1,010 +\+1\.0% +\*$'
like "the largest change comes first" "$(grep -A 2 '^Cause' <<<"$text" | tail -n 1)" TALL1
like "--all" "$(diff_ab --all)" '^HCR_EL2\.TID3 +200 +200 +0 +51,950 +51,950 +0 +0\.0% +259\.8 +259\.8 +0\.0% +=$'
like "--limit" "$(diff_ab --limit 1)" '^\(4 more\)$'

like "--by register" "$(diff_ab --by register)" '^ICC_SGI1R_EL1 +100 +0 '
like "totals are of all traps, whatever --by" "$(diff_ab --by register)" '^Cycles in traps +1,364,300 +1,332,650 '
make_ledger "$tmp/hvc.db" "update trap_agg set handler_cycles = handler_cycles + 1000 where class = 1"
like "and so is the verdict" "$("$ARMVSIM" diff "$db" "$tmp/hvc.db" --by register)" \
    '^cycles in traps \+0\.1% \(registers: 3 equal\)'
fails "and the limit" 1 'cycles in traps: \+0\.1%' "$ARMVSIM" diff "$db" "$tmp/hvc.db" --by register --fail-above 0
like "--by symbol" "$(diff_ab --by symbol)" '^guest_yield +200 +200 +0 +219,800 +229,800 '
like "--by line" "$(diff_ab --by line)" '^guest\.c:34 +200 +200 +0 +219,800 +229,800 '
like "--by context" "$(diff_ab --by context)" '^vm1\.0 +600 +650 +\+50 +1,171,550 +1,196,750 '
like "--by vm" "$(diff_ab --by vm)" '^vm2 +300 +200 +-100 +192,750 +135,900 '

# Waiting is left out, and then the spread is that of the rows.
sed 's/1000 + i \* 2 - 42, 20, 0, 1/1050 + i * 2 - 42, 20, 50, 1/' "$SRCDIR/tests/cli/fixture.sql" >"$tmp/idle.sql"
sqlite3 "$tmp/idle.db" <"$SRCDIR/libarmvsim/ledger/schema.sql" && sqlite3 "$tmp/idle.db" <"$tmp/idle.sql" && sqlite3 "$tmp/idle.db" \
    "update trap_agg set handler_cycles = handler_cycles + 5000, idle_cycles = 5000 where class = 1"
is "there are rows that waited" "$(sqlite3 "$tmp/idle.db" "select sum(idle_cycles) from v_trap")" 5000
like "waiting longer is no difference of cycles" "$("$ARMVSIM" diff "$db" "$tmp/idle.db" --all)" \
    '^HVC +200 +200 +0 +219,800 +219,800 +0 '
"$ARMVSIM" diff "$db" "$tmp/idle.db" --format json >"$tmp/idle.json"
is "the spread is that of rows without their waiting" \
    "$(sqlite3 :memory: "select json_extract(value, '$.p') > 0.99 from
        json_each(readfile('$tmp/idle.json'), '$.tables[1].rows') where json_extract(value, '$.cause') = 'HVC'")" 1

is "csv: all rows and all columns" "$(diff_ab --format csv | sed -n '1p;/^HVC/p' | cut -d, -f1-13)" \
    "cause,status,count_a,count_b,count_change,count_percent,cycles_a,cycles_b,cycles_change,cycles_percent,mean_a,mean_b,mean_percent
HVC,changed,200,200,0,0,219800,229800,10000,4.549590537,1099,1149,4.549590537"
like "json: the verdict" "$(json '$.tables[0].rows[0].verdict')" '^cycles in traps -2\.3% '
is "json: a status" "$(json '$.tables[1].rows[0].status')" gone
# Means 949.5 and 951.5, variances 841.67 of 100 each: t = 0.4875 with 198 degrees of freedom.
is "json: p of Welch's test" "$(sqlite3 :memory: "select abs($(json '$.tables[1].rows[3].p') - 0.6264) < 1e-4")" 1
is "json: no p for what is new" "$(json '$.tables[1].rows[1].p')" ""
md=$(diff_ab --format markdown)
like "markdown: the verdict first" "$(head -n 1 <<<"$md")" '^\*\*cycles in traps -2\.3% .*\*\*$'
like "markdown: a table of what changed" "$md" '^\| HVC \| 200 \| 200 \| 0 \| 219,800 \| 229,800 \| \+10,000 \|'
like "markdown: the rest is folded" "$md" '^<details><summary>All 7 causes</summary>$'
is "markdown: folds are closed" "$(grep -c '^<details>' <<<"$md")" "$(grep -c '^</details>' <<<"$md")"
like "markdown: the star is no markup" "$md" '\| \\\* \|$'

same=$("$ARMVSIM" diff "$db" "$db")
is "equal ledgers: status" $? 0
is "equal ledgers" "$(head -n 1 <<<"$same")" "no difference in 900 traps and 100 world switches"
like "equal ledgers: causes" "$same" '^no change: all 6 causes are equal$'
is "equal ledgers: no runs that differ" "$(grep -c 'between the runs' <<<"$same")" 0
like "equal ledgers as markdown" "$("$ARMVSIM" diff "$db" "$db" --format markdown)" '^\*\*no difference in 900 traps'

ok "--fail-above: a fall is none" "$ARMVSIM" diff "$db" "$b" --fail-above 0%
fails "--fail-above: a rise" 1 'cycles in traps: \+2\.4%; the limit is \+2%' "$ARMVSIM" diff "$b" "$db" --fail-above 2%
ok "--fail-above: a rise that is small enough" "$ARMVSIM" diff "$b" "$db" --fail-above 2.4
like "--fail-above: the verdict" "$("$ARMVSIM" diff "$b" "$db" --fail-above 2.4)" '^PASS: cycles in traps \+2\.4%'
like "--fail-above: the other verdict" "$("$ARMVSIM" diff "$b" "$db" --fail-above 2 2>/dev/null)" '^FAIL: '
fails "--fail-above switches" 1 'in world switches: \+0\.6%; ' "$ARMVSIM" diff "$db" "$b" --fail-above switches=0.5%
fails "--fail-above mean" 1 'HVC, mean cycles: \+4\.5%; ' "$ARMVSIM" diff "$db" "$b" --fail-above mean=4%
ok "--fail-above mean: not what is new" "$ARMVSIM" diff "$db" "$b" --fail-above mean=5%
fails "--fail-above any: also what is new" 1 'HCR_EL2\.TSC, cycles: new; ' "$ARMVSIM" diff "$db" "$b" --fail-above any=5%
is "two limits" "$("$ARMVSIM" diff "$db" "$b" --fail-above any=4% --fail-above switches=0% 2>&1 >/dev/null | wc -l)" 3
like "markdown says what failed" "$(diff_ab --fail-above any=4% --format markdown)" '^- HVC, cycles: \+4\.5%; the limit is \+4%$'

empty_ledger "$tmp/none.db"
like "from nothing" "$("$ARMVSIM" diff "$tmp/none.db" "$db")" '^cycles in traps 1,364,300, from none '
fails "from nothing is a rise" 1 'cycles in traps: new' "$ARMVSIM" diff "$tmp/none.db" "$db" --fail-above 1000
like "nothing at all" "$("$ARMVSIM" diff "$tmp/none.db" "$tmp/none.db")" '^neither ledger has any$'
for by in cause register symbol line context vm; do
    for format in table csv json markdown; do
        ok "--by $by as $format" "$ARMVSIM" diff "$db" "$b" --by $by --format $format
    done
done

fails "one ledger" 2 'two DBs are needed' "$ARMVSIM" diff "$db"
fails "three ledgers" 2 'too many' "$ARMVSIM" diff "$db" "$db" "$db"
fails "a missing ledger" 2 'missing\.db: No such file' "$ARMVSIM" diff "$db" "$tmp/missing.db"
fails "an unknown --by" 2 "--by 'size': it can be cause, register, symbol, line, context, vm" \
    "$ARMVSIM" diff "$db" "$db" --by size
fails "an unknown format" 2 "--format 'xml'" "$ARMVSIM" diff "$db" "$db" --format xml
for limit in much any=much all=5% any=-1 =5% 5%%; do
    fails "a limit '$limit'" 2 "--fail-above '.*': it can be" "$ARMVSIM" diff "$db" "$db" --fail-above="$limit"
done
fails "full disk" 2 'stdout: No space left' bash -c "'$ARMVSIM' diff '$db' '$b' >/dev/full"

done_testing
