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
    '^ +1→2 +HVC +hvc +200 +219,800 +16\.1% +1\.8% +1,099 +0 +1,098 +1,188 +1,196 +1,198$'
like "traps: one register is named" "$traps" 'ICH_HCR_EL2\.TALL1 +ICC_SGI1R_EL1 +100 +56,850 '
like "traps: several registers are counted" "$traps" 'HCR_EL2\.TID3 +2 registers +200 +51,950 '
like "traps: the total, its mean weighted" "$traps" '^Total +900 +1,364,300 +100\.0% +11\.4% +1,516 +0 +6,460$'
is "traps: the most expensive first" "$(grep -c . <<<"$(sed -n '4p' <<<"$traps" | grep '0→2.*448,000')")" 1
is "traps: by cause is the default" "$traps" "$(report traps --by cause)"
like "traps by register" "$(report traps --by register)" '^ID_AA64MMFR0_EL1 +HCR_EL2\.TID3 +100 +26,000 '
like "traps by symbol" "$(report traps --by symbol)" \
    '^guest_yield +200 +219,800 +53\.7% +1\.8% +1,099 +0\.916 +1,000 +1,098 +1,188 +1,196 +1,198$'
like "traps by symbol: a PC without one" "$(report traps --by symbol)" '^0x40081200 +100 '
like "traps by context" "$(report traps --by context)" '^vm2\.0 +300 +192,750 +14\.1% '
like "--limit" "$(report traps --limit 2)" '^\(5 more\)$'
is "--limit 0 is all" "$(report traps --limit 0)" "$traps"
is "no line is wider than 120" "$(($(report state | LC_ALL=C.UTF-8 wc -L) <= 120))" 1

like "switches" "$(report switches)" \
    '^vm2\.0 +vm1\.0 +40 +52,000 +46\.4% +0\.4% +1,300 +1\.083 +1,100 +1,350 +1,350 +1,500 +1,500 +100 +330$'
like "state: a class, of how many registers, and what was in vain" "$(report state)" \
    '^el1_system +14 +14 +[0-9]+ +1 +0\.6 +0 +28 +70 +EL1 '
like "state: a class's mean" "$(report state)" '^timer +6 +6\.6 +[0-9]+ +0 +0 +0 +54 +59\.4 +Generic Timer$'
like "state: of all general-purpose registers" "$(report state)" '^gp +31 +31 +31 '
like "state: of all list registers" "$(report state)" '^list_register +4 +4 +16 '
like "state: the total" "$(report state)" '^Total +90 +91\.6 +[0-9]+ +1 +0\.6 +0\.4 +304 +370\.4$'
like "state: what leaks" "$(report state)" '^TPIDR_EL0 +thread +vm2\.0 +vm1\.0 +40$'
like "state by context" "$(report state --by context)" '^vm2\.0 +vm1\.0 +40 +timer +6 +6 +[0-9]+ +0 +0 +0 +54 +54$'
like "virqs: latencies" "$(report virqs)" '^vm1\.0 +27 +50 +50 +124\.5 +0\.104 +100 +124 +147 +149 +149 +300$'
like "virqs: those that were never taken" "$(report virqs)" '^vm2\.0 +27 +27 +2 +0$'
like "virqs by stage: from the interrupts, where there are no totals" "$(report virqs --by stage)" \
    '^vm1\.0 +27 +handle +50 +300 +0\.250 +300 +300 +300 +300 +300 +from the ack.*completion$'
make_ledger "$tmp/stages.db" "insert into virq_agg values(2, 27, 0, 4, 400, 10, 300), (2, 27, 5, 4, 800, 20, 600), (2, 27, 3, 3, 21, 7, 7);
    insert into virq_hist values(2, 27, 0, 10, 10, 3), (2, 27, 0, 300, 300, 1), (2, 27, 5, 20, 30, 3), (2, 27, 5, 512, 600, 1)"
is "virqs: the ledger's own totals and quantiles" "$("$ARMVSIM" report "$tmp/stages.db" virqs --format csv | sed 1d | cut -d , -f 1-6,8-)" \
    "vm1.0,27,,50,4,200,20,30,600,600,600,7
vm2.0,27,27,2,0,,,,,,,"
is "virqs by stage: the ledger's own" "$("$ARMVSIM" report "$tmp/stages.db" virqs --by stage --format csv | sed -n 2p)" \
    "vm1.0,27,inject,4,100,0.08333333333,10,10,300,300,300,from here to there"
like "traps by line: the total" "$(report traps --by line)" '^Total +300 +314,550 +100\.0% '
like "traps by line" "$(report traps --by line)" '^uart\.c:12 +uart_putc +100 +94,750 +30\.1% '
is "traps by line: file and line are apart for programs" "$(json '$.tables[0].rows[0].line' traps --by line)" 34
like "traps by VM" "$(report traps --by vm)" '^vm2 +300 +192,750 '
like "phases: entry, save, handler, restore, idle, return, length" "$(report phases)" \
    '^ +1→2 +HVC +hvc +200 +22 +55 +932 +70 +0 +20 +1,099$'
is "phases add up" "$(report phases --format csv |
    awk -F, 'NR > 1 && $6 + $7 + $8 + $9 + $10 + $11 != $12' | wc -l)" 0
like "aftermath: how much comes on top" "$(report aftermath)" '^HVC +200 +40 +100 +200 +10 +50 +20 +5,495 +27\.5 +2\.5%$'
like "aftermath by context" "$(report aftermath --by context)" '^vm1\.0 +600 +50 +120 +230 +14 +55 +26 +9,475 +15\.8 +0\.8%$'
like "needless saves" "$(report needless)" '^SCTLR_EL1 +el1_system +60 +100 +100$'
like "needless saves by contexts" "$(report needless --by context)" '^vm2\.0 +vm1\.0 +SCTLR_EL1 +el1_system +0 +40 +40$'
like "leaks" "$(report leaks)" '^TPIDR_EL0 +thread +40 +100$'
like "leaks by contexts" "$(report leaks --by context)" '^vm2\.0 +vm1\.0 +TPIDR_EL0 +thread +40 +40$'
is "table3: the rows of the paper in its order" "$(report table3 --format csv | cut -d, -f1-3 | sed 1d | tr '\n' ';')" \
    "GP Regs,32,32;FP Regs,64,64;EL1 Sys Regs,28,70;VGIC Regs,126,140;Timer Regs,54,59.4;EL2 Config Regs,0,0;EL2 Virtual Memory Regs,0,5;"
like "table3: the total is the state's" "$(report table3)" '^Total +304 +370\.4 +90 +91\.6$'
make_ledger "$tmp/kvm.db" "update switch_class set to_context = 1 where id = 2"
like "table3: saved when a VM is left, restored when one is entered" "$("$ARMVSIM" report "$tmp/kvm.db" table3)" \
    '^Timer Regs +54 +63 +6 +7$'
is "table3 by VM: one that is left only" "$("$ARMVSIM" report "$tmp/kvm.db" table3 --by vm --format csv | grep '^vm1.0,Timer')" \
    "vm1.0,Timer Regs,54,0,6,0"
is "table3 by VM: --context" "$(report table3 --by vm --context vm1 --format csv | cut -d, -f1 | sort -u)" "vm
vm1.0"
make_ledger "$tmp/worlds.db" "update context set name = case id when 2 then 'secure host' else 'host' end"
like "table3: without VMs" "$("$ARMVSIM" report "$tmp/worlds.db" table3)" '^no world switch enters or leaves a VM'
like "table3 by contexts" "$(report table3 --by context)" '^vm1\.0 +vm2\.0 +60 +VGIC Regs +126 +140 +7 +7$'
make_ledger "$tmp/pmu.db" "insert into reg_class values(15, 'pmu', 'Performance Monitors');
    insert into state_set_class values(1, 15, 1, 1, 0, 0, 0, 10, 20)"
like "table3: what the paper has no row for" "$("$ARMVSIM" report "$tmp/pmu.db" table3)" '^Others +6 +12 +0\.6 +0\.6$'
like "time" "$(report time)" '^ +0 +1 +vm1\.0 +5,000,000 +41\.7% +4\.167 +4,000,000 +1\.250 +0$'
like "counters" "$(report counters)" '^l1d_refill +50 +misses of L1D$'
is "counters: no zeros" "$(report counters | grep -c mmio)" 0
like "counters: rates" "$(report counters)" '^L1D misses +0\.050 +of an access to L1D$'
like "counters by PE" "$(report counters --by pe)" '^ +0 +exception +900 +exceptions taken$'
like "exceptions" "$(report exceptions)" '^ *1→2 +hvc +200 +100\.0% +HVC instruction$'

like "--cause" "$(report traps --cause HVC)" '^ *1→2 +HVC +hvc +200 +219,800 +100\.0% '
is "--cause: nothing else" "$(report traps --cause HVC --format csv | wc -l)" 2
is "--cause, twice" "$(report traps --cause HVC --cause HCR_EL2.TWI --format csv | wc -l)" 3
like "--cause with symbols is of the rows" "$(report traps --by symbol --cause HVC)" '^guest_yield +100 +109,900 +100\.0% '
like "--context" "$(report traps --context vm2.0)" '^ +1→2 +HVC +hvc +100 +109,900 '
is "--context: a VM is all of its vCPUs" "$(report traps --context vm2)" "$(report traps --context vm2.0)"
is "--context of switches is either side" "$(report switches --context vm2 --format csv | wc -l)" 3
like "--context and virtual interrupts" "$(report virqs --context vm1.0 --format csv | sed 1d)" '^vm1\.0,27,,50'
fails "--cause that is not there" 2 "has no cause 'TWIST'; there are HCR_EL2.IMO, HCR_EL2.TID3, " \
    "$ARMVSIM" report "$db" traps --cause TWIST
fails "--context that is not there" 2 "has no context 'vm'; there are host, vm1.0, vm2.0" \
    "$ARMVSIM" report "$db" traps --context vm
fails "--context where only some tables could be told" 2 'summary has no --context' \
    "$ARMVSIM" report "$db" --context vm1
fails "--cause where there is none" 2 'switches has no --cause' "$ARMVSIM" report "$db" switches --cause HVC

like "breakdown: save and restore" "$(report breakdown)" '^fpsimd +64 +64 +128 +11\.9% +0\.107$'
like "breakdown: the whole" "$(report breakdown)" '^Total +304 +370\.4 +1,120 +100\.0% +0\.933$'
like "breakdown by context" "$(report breakdown --by context)" '^vm1\.0 +vm2\.0 +60 +timer +54 +63 +117 +11\.7% '

is "csv: the heading line" "$(report switches --format csv | head -n 1)" \
    "from_context,to_context,count,cycles,share,time_share,mean,mean_us,min,p50,p95,p99,max,mean_idle,mean_insns"
is "csv: values are not rounded for people" "$(report switches --format csv | sed -n 2p)" \
    "vm1.0,vm2.0,60,60000,0.5357142857,0.005,1000,0.8333333333,1000,1000,1000,1000,1000,0,312"
like "csv: a comma is quoted" "$(report --format csv)" '^Board,"virt,virtualization=on,gic-version=3",$'
is "json: a count" "$(json '$.tables[0].rows[0].count' switches)" 60
is "json: a text" "$(json '$.tables[0].rows[2].cause' traps)" HVC
is "json: what is absent is null" "$(json '$.tables[0].rows[2].register' traps)" ""
like "markdown: alignment" "$(report switches --format markdown)" '^\|---\|---\|---:\|'
like "markdown: names are not markup" "$(report traps --format markdown)" 'HCR\\_EL2\.TID3'

for r in summary traps phases aftermath switches state needless leaks table3 virqs breakdown time counters exceptions; do
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

# wide COLUMNS REPORT...: the longest line on a terminal of this width.
wide() {
    local columns=$1
    shift
    script -qec "stty cols $columns; '$ARMVSIM' report '$db' $*" /dev/null | sed 's/\x1b\[[0-9;]*m//g' | tr -d '\r' |
        LC_ALL=C.UTF-8 wc -L
}
if script -qec true /dev/null >/dev/null 2>&1; then
    for r in summary traps "traps --by line" phases aftermath switches state needless leaks table3 virqs "virqs --by stage" \
        breakdown time counters exceptions; do
        is "80 columns are enough for $r" "$(($(wide 80 "$r") <= 80))" 1
    done
    like "what has no place is named" \
        "$(script -qec "stty cols 80; '$ARMVSIM' report '$db' traps" /dev/null)" 'too wide here for: Idle, Of run'
else
    skip "80 columns" "pseudo-terminals are missing (devpts is not mounted)"
fi

# A ledger of a run without traps.
empty=$tmp/empty.db
make_ledger "$empty" "delete from trap_agg; delete from trap_hist; delete from switch_agg; delete from switch_hist;
    delete from site_agg; delete from virq; delete from trap_row; delete from world_switch; delete from el_time"
sqlite3 "$empty" "delete from after_agg; delete from counter; delete from exception_count"
like "no traps" "$("$ARMVSIM" report "$empty" traps)" '^no traps in this ledger$'
like "no trapped registers" "$("$ARMVSIM" report "$empty" traps --by register)" '^no traps of register accesses'
for r in switches state breakdown "table3 --by context"; do
    # shellcheck disable=SC2086 # A report and its option.
    like "$r: no world switches" "$("$ARMVSIM" report "$empty" $r)" '^no world switches in this ledger$'
done
like "no virtual interrupts" "$("$ARMVSIM" report "$empty" virqs)" '^no virtual interrupts in this ledger$'
is "csv of nothing still has its heading" "$("$ARMVSIM" report "$empty" traps --by context --format csv)" \
    "context,count,cycles,share,time_share,mean,mean_us,mean_idle,p50,p95,p99,max"
for r in phases aftermath needless leaks table3 time counters exceptions "traps --by symbol" "traps --by line" "traps --by vm" \
    "table3 --by context" "virqs --by stage" "counters --by pe"; do
    # shellcheck disable=SC2086 # A report and its option.
    ok "$r of an empty ledger" "$ARMVSIM" report "$empty" $r
    # shellcheck disable=SC2086
    like "$r of an empty ledger has words" "$("$ARMVSIM" report "$empty" $r | sed 1d)" '^(no|nothing) '
done
ok "summary of an empty ledger" "$ARMVSIM" report "$empty"

# A run that did not finish: everything that its rows can say, and words for the rest.
make_ledger "$tmp/running.db" "update run set value = 'running' where key = 'status';
    delete from trap_agg; delete from trap_hist; delete from switch_agg; delete from switch_hist; delete from site_agg;
    delete from el_time; delete from after_agg; delete from counter; delete from exception_count"
for r in summary traps "traps --by symbol" "traps --by line" "traps --by vm" phases aftermath switches state needless leaks \
    table3 virqs "virqs --by stage" breakdown time counters exceptions; do
    # shellcheck disable=SC2086
    ok "$r of an unfinished run" "$ARMVSIM" report "$tmp/running.db" $r
done

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
