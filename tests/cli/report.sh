#!/usr/bin/env bash
# armvsim report: what each report says of a ledger whose contents are known, in every format.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"
# shellcheck source=tests/cli/ledger.sh
. "$SRCDIR/tests/cli/ledger.sh"

report() {
    "$ARMVSIM" report "$db" "$@" 2>&1
}

# json EXPRESSION REPORT...: a value out of the JSON form, by SQLite's JSON functions.
json() {
    local path=$1
    shift
    report "$@" --format json >"$tmp/json"
    sqlite3 :memory: "select json_extract(readfile('$tmp/json'), '$path')"
}

summary=$(report)
like "summary: the image" "$summary" '^Image +tiny\.elf$'
like "summary: the core" "$summary" '^Core +Arm Cortex-A53 \(cortex-a53\)$'
like "summary: the board" "$summary" '^Board +virt,virtualization=on,gic-version=3$'
like "summary: the clock" "$summary" '^Clock +1,200 MHz$'
like "summary: the end" "$summary" '^End +power-off$'
like "summary: instructions are grouped" "$summary" '^Instructions +9,876,543$'
like "summary: guest time is cycles by the clock" "$summary" '^Guest time +10 ms$'
like "summary: the share of EL2" "$summary" '^Cycles in EL2 +25%$'
like "summary: traps" "$summary" '^Traps +900$'
like "summary: traps per second of guest time" "$summary" '^Traps per second +90,000 of guest time$'
like "summary: world switches" "$summary" '^Mean world switch +1,120 cycles$'
like "summary: time by EL" "$summary" '^ +1 +vm1\.0 +5,000,000 +41\.7% +4\.167 +4,000,000 +0$'
like "summary: five causes and how many more" "$summary" '^\(2 more\)$'
is "summary is the default" "$(report)" "$(report summary)"

traps=$(report traps)
like "traps: EL, cause, class, counts, quantiles" "$traps" \
    '^ +1→2 +HVC +hvc +200 +219,800 +16\.1% +1,099 +0 +1,098 +1,188 +1,196 +1,198$'
like "traps: one register is named" "$traps" 'ICH_HCR_EL2\.TALL1 +ICC_SGI1R_EL1 +100 +56,850 '
like "traps: several registers are counted" "$traps" 'HCR_EL2\.TID3 +2 registers +200 +51,950 '
like "traps: the total, its mean weighted" "$traps" '^Total +900 +1,364,300 +100\.0% +1,516 +0 +6,460$'
is "traps: the most expensive first" "$(grep -c . <<<"$(sed -n '4p' <<<"$traps" | grep '0→2.*448,000')")" 1
is "traps: by cause is the default" "$traps" "$(report traps --by cause)"
like "traps by register" "$(report traps --by register)" '^ID_AA64MMFR0_EL1 +HCR_EL2\.TID3 +100 +26,000 '
like "traps by symbol" "$(report traps --by symbol)" '^guest_yield +200 +219,800 +53\.7% +1,099 +0\.916 +1,000 +1,198$'
like "traps by symbol: a PC without one" "$(report traps --by symbol)" '^0x40081200 +100 '
like "traps by context" "$(report traps --by context)" '^vm2\.0 +300 +192,750 +14\.1% '
like "--limit" "$(report traps --limit 2)" '^\(5 more\)$'
is "--limit 0 is all" "$(report traps --limit 0)" "$traps"
is "no line is wider than 120" "$(($(report state | LC_ALL=C.UTF-8 wc -L) <= 120))" 1

like "switches" "$(report switches)" \
    '^vm2\.0 +vm1\.0 +40 +52,000 +46\.4% +1,300 +1\.083 +1,100 +1,350 +1,350 +1,500 +1,500 +100 +330$'
like "state: a class" "$(report state)" '^timer +6 +6\.6 +0 +54 +59\.4 +Generic Timer$'
like "state: the total" "$(report state)" '^Total +90 +91\.6 +0\.4 +304 +370\.4$'
like "state: what leaks" "$(report state)" '^TPIDR_EL0 +thread +vm2\.0 +vm1\.0 +40$'
like "state by context" "$(report state --by context)" '^vm2\.0 +vm1\.0 +40 +timer +6 +6 +0 +54 +54$'
like "virqs: latencies" "$(report virqs)" '^vm1\.0 +27 +50 +50 +124\.5 +0\.104 +100 +124 +147 +149 +149 +300$'
like "virqs: those that were never taken" "$(report virqs)" '^vm2\.0 +27 +27 +2 +0$'
like "breakdown: save and restore" "$(report breakdown)" '^fpsimd +64 +64 +128 +11\.9% +0\.107$'
like "breakdown: the whole" "$(report breakdown)" '^Total +304 +370\.4 +1,120 +100\.0% +0\.933$'
like "breakdown by context" "$(report breakdown --by context)" '^vm1\.0 +vm2\.0 +60 +timer +54 +63 +117 +11\.7% '

is "csv: the heading line" "$(report switches --format csv | head -n 1)" \
    "from_context,to_context,count,cycles,share,mean,mean_us,min,p50,p95,p99,max,mean_idle,mean_insns"
is "csv: values are not rounded for people" "$(report switches --format csv | sed -n 2p)" \
    "vm1.0,vm2.0,60,60000,0.5357142857,1000,0.8333333333,1000,1000,1000,1000,1000,0,312"
like "csv: a comma is quoted" "$(report --format csv)" '^Board,"virt,virtualization=on,gic-version=3",$'
is "json: a count" "$(json '$.tables[0].rows[0].count' switches)" 60
is "json: a text" "$(json '$.tables[0].rows[2].cause' traps)" HVC
is "json: what is absent is null" "$(json '$.tables[0].rows[2].register' traps)" ""
like "markdown: alignment" "$(report switches --format markdown)" '^\|---\|---\|---:\|'
like "markdown: names are not markup" "$(report traps --format markdown)" 'HCR\\_EL2\.TID3'

for r in summary traps switches state virqs breakdown; do
    for format in table csv json markdown; do
        ok "$r as $format" "$ARMVSIM" report "$db" $r --format $format
    done
    is "$r: no escape sequences where there is no terminal" "$(report $r | grep -c $'\033')" 0
done
if script -qec true /dev/null >/dev/null 2>&1; then
    like "colour on a terminal" "$(TERM=xterm script -qec "'$ARMVSIM' report '$db' switches" /dev/null)" $'\033\\[1m'
    is "no colour with NO_COLOR" \
        "$(NO_COLOR=1 TERM=xterm script -qec "'$ARMVSIM' report '$db' switches" /dev/null | grep -c $'\033')" 0
else
    skip "colour on a terminal" "pseudo-terminals are missing (devpts is not mounted)"
fi

# A ledger of a run without traps.
empty=$tmp/empty.db
make_ledger "$empty" "delete from trap_agg; delete from trap_hist; delete from switch_agg; delete from switch_hist;
    delete from site_agg; delete from virq; delete from trap; delete from world_switch; delete from el_time"
like "no traps" "$("$ARMVSIM" report "$empty" traps)" '^no traps in this ledger$'
like "no trapped registers" "$("$ARMVSIM" report "$empty" traps --by register)" '^no traps of register accesses'
for r in switches state breakdown; do
    like "$r: no world switches" "$("$ARMVSIM" report "$empty" $r)" '^no world switches in this ledger$'
done
like "no virtual interrupts" "$("$ARMVSIM" report "$empty" virqs)" '^no virtual interrupts in this ledger$'
is "csv of nothing still has its heading" "$("$ARMVSIM" report "$empty" traps --by context --format csv)" \
    "context,count,cycles,share,mean,mean_us,mean_idle,p50,p95,p99,max"
ok "summary of an empty ledger" "$ARMVSIM" report "$empty"

# Names come from the guest's files.
make_ledger "$tmp/evil.db" "update site set symbol = 'a' || char(27) || '[2J|b' where id = 1"
is "control characters do not reach the terminal" \
    "$("$ARMVSIM" report "$tmp/evil.db" traps --by symbol | grep -c $'\033')" 0
like "a bar does not break a Markdown table" \
    "$("$ARMVSIM" report "$tmp/evil.db" traps --by symbol --format markdown)" 'a\?\[2J\\\|b'

fails "no database" 2 'a DB is needed' "$ARMVSIM" report
fails "too many arguments" 2 'too many' "$ARMVSIM" report "$db" traps more
fails "an unknown report" 2 "'bogus' is not a report; there are summary, traps" "$ARMVSIM" report "$db" bogus
fails "an unknown --by" 2 'it can be by cause, register' "$ARMVSIM" report "$db" traps --by size
fails "--by where there is none" 2 'switches has no --by' "$ARMVSIM" report "$db" switches --by cause
fails "an unknown format" 2 "--format 'xml'" "$ARMVSIM" report "$db" --format xml
fails "a negative limit" 2 "--limit -2" "$ARMVSIM" report "$db" --limit=-2
fails "an unknown option" 2 'bogus' "$ARMVSIM" report "$db" --bogus
fails "full disk" 2 'stdout: No space left' bash -c "'$ARMVSIM' report '$db' >/dev/full"
fails "closed stdout" 2 'stdout: Bad file descriptor' bash -c "'$ARMVSIM' report '$db' >&-"

done_testing
