#!/usr/bin/env bash
# armvsim plot: what is in the figures. Exact data of every kind, several ledgers, pages, the same bytes again.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"
# shellcheck source=tests/cli/ledger.sh
. "$SRCDIR/tests/cli/ledger.sh"

if ! command -v gnuplot >/dev/null; then
    skip "figures" "gnuplot is missing (Debian package gnuplot-nox)"
    done_testing
fi

out=$tmp/out
mkdir "$out"
plot() {
    "$ARMVSIM" plot "$@"
}
# data FILE COMMENT [N]: the Nth block of that name in the data that --keep left.
data() {
    awk -v name="# $2" -v n="${3:-1}" '/^#/ { on = $0 == name && ++seen == n; next } on && NF' "$out/$1.dat"
}

# A second core: hypercalls take 100 cycles more, one cause is not there, the clock is another.
other=$tmp/other.db
make_ledger "$other" "update run set value = 'cortex-a72' where key = 'core';
    update run set value = '2000000000' where key = 'clock_hz';
    update trap_agg set handler_cycles = handler_cycles + 100 * count where class in (1, 2);
    update trap_hist set lo = lo + 100, hi = hi + 100 where class in (1, 2);
    delete from trap_agg where class = 9; delete from trap_hist where class = 9"
# Phases; a nested SMC; a second PE; more switches.
rich=$tmp/rich.db
make_ledger "$rich" "update trap_agg set save_cycles = 200 * count, restore_cycles = 300 * count where class in (1, 2);
    update switch_agg set save_cycles = 100 * count, restore_cycles = 150 * count;
    update trap_row set id = -id; update trap_row set id = -10 * id;
    insert into ec values (23, 'SMC', 'SMC instruction'); insert into cause values (7, 'SMC', NULL);
    insert into trap_class values (10, 1, 2, 3, 0, 23, 7, NULL);
    insert into trap(id, pe, parent, class, site, iss, entry_insn, entry_cycle, insns, entry_cycles, handler_cycles,
        return_cycles, idle_cycles, ret_el, state) values
        (15, 0, 10, 10, 1, 0, 1, 300, 9, 20, 160, 20, 0, 2, 0), (16, 1, NULL, 2, 1, 0, 1, 100, 9, 20, 860, 20, 0, 1, 0),
        (17, 1, NULL, 2, 1, 0, 1, 3000, 9, 20, 460, 20, 0, 1, 0);
    insert into world_switch(id, pe, trap, class, entry_insn, entry_cycle, insns, entry_cycles, handler_cycles,
        return_cycles, idle_cycles) values (2, 0, 20, 2, 0, 4000, 9, 22, 1458, 20, 500), (3, 0, 30, 1, 0, 9000, 9, 22, 958, 20, 0)"

# Every kind in every format, twice.
kinds=(cdf histogram breakdown timeline switches compare ladder)
ledgers() {
    echo "$rich"
    if [ "$1" = compare ]; then echo "$other"; fi
}
for kind in "${kinds[@]}"; do
    mapfile -t dbs < <(ledgers "$kind")
    for ext in pdf svg png tex; do
        ok "$kind as $ext" plot "${dbs[@]}" "$kind" -o "$out/$kind.$ext"
        mkdir -p "$tmp/again"
        plot "${dbs[@]}" "$kind" -o "$tmp/again/$kind.$ext"
        ok "$kind as $ext: the same bytes again" cmp "$out/$kind.$ext" "$tmp/again/$kind.$ext"
    done
    ok "$kind as tex: its graphics, too" cmp "$out/$kind-inc.pdf" "$tmp/again/$kind-inc.pdf"
    ok "$kind in two columns" plot "${dbs[@]}" "$kind" -o "$out/wide.pdf" --width 2
    like "$kind: a page of 3.5 in" "$(tr '\0' ' ' <"$out/$kind.pdf" | grep -a MediaBox)" 'MediaBox \[ 0 0 252 [1-9]'
    like "$kind: a page of 7.16 in" "$(tr '\0' ' ' <"$out/wide.pdf" | grep -a MediaBox)" 'MediaBox \[ 0 0 51[56][. ]'
    is "$kind: 1050 pixels of 1/300 in" "$(od -An -t u1 -j 16 -N 4 "$out/$kind.png" | tr -s ' ')" ' 0 0 4 26'
    like "$kind: the svg's size" "$(head -n 5 "$out/$kind.svg")" 'width="336"'
    is "$kind: no date in the pdf" "$(grep -ac CreationDate "$out/$kind.pdf")" 0
done

# Several ledgers: what they are called, and each one's hash.
ok "compare" plot "$db" "$other" compare -o "$out/c.svg" --keep
svg=$(sed 's/<[^>]*>//g' "$out/c.svg" | tr -s '\n\t ' ' ')
like "what ledgers have in common is said once" "$svg" 'board virt,virtualization=on,gic-version=3, timing block'
like "the first ledger" "$svg" "cortex-a53 at 1200 MHz, ledger $(sha256sum "$db" | cut -c 1-12)"
like "the second ledger" "$svg" "cortex-a72 at 2000 MHz, ledger $(sha256sum "$other" | cut -c 1-12)"
like "what whiskers are" "$svg" 'whiskers: 5th to 95th percentile'
like "what is not in both" "$svg" 'Not in all ledgers: 1\.'
is "no axis of time for two clocks" "$(grep -c 'time \[us\]' "$out/c.svg")" 0
# By cause, those that cost most first: IMO 4230, HVC 1099, TWI, stage 2, TID3.
is "compare: y, mean and whiskers of the first" "$(data c cortex-a53 | tr '\n' ';')" \
    "5.2050 4230 2360 6060;4.2050 1099 1008 1188;3.2050 949.5 904 994;2.2050 947.5 720 1170;1.2050 259.75 219 299;"
is "compare: and of the second" "$(data c cortex-a72 | sed -n 2p)" "3.7950 1199 1108 1288"
ok "compare in us" plot "$db" "$other" compare -o "$out/us.svg" --keep --unit us --cause HVC
is "compare in us: of the second's clock" "$(data us cortex-a72)" "0.7950 0.5995 0.554 0.644"
ok "compare by operation" plot "$db" "$other" compare -o "$out/op.svg" --keep --by operation
like "compare by operation: world switches" "$(cat "$out/op.svg")" '>world switch<'
like "compare: idle time is not in the mean, and has no whiskers" "$(data op cortex-a53)" '^3\.2050 1080 1080 1080$'
make_ledger "$tmp/none.db" "update cause set name = 'other ' || name"
fails "compare: nothing in common" 2 'nothing to compare: the ledgers have no cause in common' \
    plot "$db" "$tmp/none.db" compare -o "$out/x.svg"
fails "compare: one ledger" 2 'compare needs two ledgers' plot "$db" compare -o "$out/x.svg"
fails "compare: a wrong unit" 2 '--unit ms: there are cycles and us' plot "$db" "$other" compare -o "$out/x.svg" --unit ms
make_ledger "$tmp/noclock.db" "delete from run where key = 'clock_hz'"
fails "compare: us without a clock" 2 'noclock\.db: --unit us: the ledger does not say' \
    plot "$db" "$tmp/noclock.db" compare -o "$out/x.svg" --unit us

ok "cdf of two ledgers" plot "$db" "$other" cdf -o "$out/two.svg" --keep --label "First & best" --label second
like "cdf of two: labels" "$(cat "$out/two.svg")" '>First &amp; best<'
is "cdf of two: ends at 100 %" "$(data two second | tail -n 1)" "6460 100"
make_ledger "$tmp/image.db" "update run set value = 'big.elf' where key = 'image'"
plot "$db" "$tmp/image.db" cdf -o "$out/image.svg"
like "ledgers of one core are called by image" "$(cat "$out/image.svg")" '>big\.elf<'
plot "$db" "$db" cdf -o "$out/same.svg"
like "ledgers that do not differ are called by file" "$(cat "$out/same.svg")" '>fixture \(2\)<'
ok "histogram of two ledgers" plot "$db" "$other" histogram -o "$out/h2.svg"
ok "breakdown of two ledgers" plot "$db" "$other" breakdown -o "$out/b2.svg" --width 2
like "breakdown of two: a bar each" "$(cat "$out/b2.svg")" '>vm1\.0 → vm2\.0, cortex-a72<'
fails "too few labels" 2 '1 times --label for 2 ledgers' plot "$db" "$other" cdf -o "$out/x.svg" --label one
fails "several ledgers by context" 2 'several ledgers each is one line' plot "$db" "$other" cdf -o "$out/x.svg" --by context
fails "too many ledgers" 2 '8 ledgers: at most 7' plot "$db" "$db" "$db" "$db" "$db" "$db" "$db" "$db" cdf -o "$out/x.svg"
fails "one of two is empty" 2 'nothing to plot: no traps caused by ICH_HCR_EL2.TALL1' \
    plot "$db" "$other" cdf -o "$out/x.svg" --cause ICH_HCR_EL2.TALL1
fails "one of two is not there" 2 'nowhere\.db: No such file' plot "$db" "$tmp/nowhere.db" cdf -o "$out/x.svg"

# By.
ok "cdf by context" plot "$db" cdf -o "$out/ctx.svg" --keep --by context
is "cdf by context: all its traps" "$(data ctx vm2.0 | tail -n 1)" "1198 100"
ok "histogram by register" plot "$db" histogram -o "$out/reg.svg" --by register
like "histogram by register: one" "$(cat "$out/reg.svg")" '>ICC_SGI1R_EL1<'
ok "cdf by switch" plot "$db" cdf -o "$out/bysw.svg" --keep --by switch
is "cdf by switch: a pair" "$(data bysw 'vm2.0 → vm1.0' | tr '\n' ';')" "1100 0;1100 25;1350 95;1500 100;"
like "cdf by switch: the axis" "$(cat "$out/bysw.svg")" '>world switches \[%\]<'
ok "compare by switch" plot "$db" "$other" compare -o "$out/csw.svg" --keep --by switch
is "compare by switch: mean" "$(data csw cortex-a72 | cut -d ' ' -f 2 | tr '\n' ' ')" "1000 1200 "
fails "a cause of switches" 2 'only traps have a cause' plot "$db" cdf -o "$out/x.svg" --by switch --cause HVC
fails "an unknown --by" 2 'cdf --by phase: there are cause register context operation switch' plot "$db" cdf -o "$out/x.svg" --by phase
fails "--by where there is none" 2 'timeline has no --by' plot "$db" timeline -o "$out/x.svg" --by cause
fails "no register traps" 2 'no traps of system register accesses caused by HVC' \
    plot "$db" cdf -o "$out/x.svg" --by register --cause HVC

# Phases.
ok "breakdown by phase" plot "$rich" breakdown -o "$out/ph.svg" --by phase --keep --cause HVC
is "phases: entry" "$(data ph 'exception entry')" "1 0 22"
is "phases: save" "$(data ph save)" "1 22 222"
is "phases: handler" "$(data ph handler)" "1 222 779"
is "phases: restore" "$(data ph restore)" "1 779 1079"
is "phases: return" "$(data ph 'exception return')" "1 1079 1099"
ok "phases of all" plot "$rich" breakdown -o "$out/pa.svg" --by phase --keep
like "phases of all: world switches without idle time" "$(cat "$out/pa.svg")" '>1,080<'
fails "phases of no trap" 2 'nothing to plot: no traps caused by BOGUS' \
    plot "$rich" breakdown -o "$out/x.svg" --by phase --cause BOGUS

# Ladder: y, p50, p5, p99; the cheapest at the bottom.
ok "ladder" plot "$db" ladder -o "$out/l.svg" --keep
is "ladder" "$(data l fixture | tr '\n' ';')" \
    "1.0000 260 224 708;2.0000 945 720 1190;3.0000 949 904 998;4.0000 1000 1000 1500;5.0000 1098 1008 1196;6.0000 4220 2360 6380;"
for rung in 'system register' 'stage 2 abort' 'WFI or WFE' 'world switch' hypercall interrupt; do
    like "ladder: a rung for $rung" "$(cat "$out/l.svg")" ">$rung<"
done
like "ladder: the median in figures" "$(cat "$out/l.svg")" '>4,220<'
ok "ladder of two" plot "$db" "$other" ladder -o "$out/l2.svg" --keep
like "ladder of two: the second is lower on its rung" "$(data l2 cortex-a72)" '^4\.8350 1198 1108 1296$'
ok "ladder by cause" plot "$db" ladder -o "$out/lc.svg" --keep --by cause
virqs=$tmp/virqs.db
make_ledger "$virqs" "insert into virq_agg values (2, 27, 5, 100, 30000, 200, 400), (3, 27, 5, 100, 30000, 200, 400), (2, 27, 3, 200, 1, 1, 1);
    insert into virq_hist values (2, 27, 5, 200, 200, 50), (3, 27, 5, 300, 310, 100), (2, 27, 5, 400, 400, 50), (2, 27, 3, 1, 1, 200)"
ok "ladder with virtual interrupts" plot "$virqs" ladder -o "$out/v.svg" --keep
is "ladder: virtual interrupts have the second rung" "$(data v virqs | sed -n 2p)" "2.0000 310 200 400"
ok "cdf with virtual interrupts" plot "$virqs" cdf -o "$out/v.svg" --keep --by operation
is "cdf: virtual interrupts" "$(data v 'virtual interrupt' | tail -n 2 | tr '\n' ';')" "310 75;400 100;"
ok "cdf by cause" plot "$virqs" cdf -o "$out/v.svg" --keep
is "cdf by cause: no virtual interrupts" "$(data v 'virtual interrupt')" ""
like "ladder by cause: no world switches" "$(data lc fixture | tail -n 1)" '^6\.0000 4220 2360 6380$'

# Timeline: from, to, and the lane's height.
ok "timeline" plot "$rich" timeline -o "$out/t.svg" --keep --from 0 --to 4000
is "timeline: EL2 of both PEs, without the nested trap" "$(data t HVC | sort -n | tr '\n' ';')" \
    "0 300 3.1000 3.9000;100 1000 1.1000 1.9000;500 1000 3.1000 3.9000;2000 3002 3.1000 3.9000;3000 3500 1.1000 1.9000;"
is "timeline: EL3" "$(data t SMC)" "300 500 4.1000 4.9000"
is "timeline: contexts between traps" "$(data t contexts | sort -n | tr '\n' ';')" \
    "1000 2000 2.1000 2.9000;1000 3000 0.1000 0.9000;3002 4000 2.1000 2.9000;"
like "timeline: lanes are named" "$(cat "$out/t.svg")" '>PE1 vm2\.0<'
ok "timeline of a window in us" plot "$db" timeline -o "$out/w.svg" --keep --from 2us --to 3us
is "timeline of a window: 2400 to 3600 cycles" "$(data w HVC; data w contexts)" "2400 3002 1.1000 1.9000
3002 3600 0.1000 0.9000"
make_ledger "$tmp/many.db" "delete from trap_row;
    with recursive c(i) as (select 0 union all select i + 1 from c where i < 19999) insert into trap(id, pe, class,
    site, entry_insn, entry_cycle, insns, entry_cycles, handler_cycles, return_cycles, idle_cycles, state)
    select i + 1, 0, 1, 1, i, i * 1000, 9, 20, 210, 20, 0, 0 from c"
ok "timeline of 20,000 traps" plot "$tmp/many.db" timeline -o "$out/m.svg" --keep
is "20,000 traps of a fourth of the time are one box of a fourth of the height" "$(data m HVC | cut -d ' ' -f 1,3-)" \
    "0 1.1000 1.3000"
like "what is merged is said" "$(cat "$out/m.svg")" 'narrower than 89,6'
like "more traps than the ledger has" "$(make_ledger "$tmp/part.db" "insert into run values ('traps', '400')" &&
    plot "$tmp/part.db" timeline -o "$out/part.svg" && tr -s '\n' ' ' <"$out/part.svg" | sed 's/<[^>]*>//g')" '100 of 400'
fails "timeline beyond the end" 2 'no traps from cycle 1000000 to 2000000' \
    plot "$db" timeline -o "$out/x.svg" --from 1M --to 2M
fails "timeline backwards" 2 '--from 2us is not before --to 2400' plot "$db" timeline -o "$out/x.svg" --from 2us --to 2400
fails "not a time" 2 '--to 5h: not a time; cycles' plot "$db" timeline -o "$out/x.svg" --to 5h
fails "not a finite time" 2 '--to inf: not a time' plot "$db" timeline -o "$out/x.svg" --to inf
fails "a time without a clock" 2 '--to 5us: the ledger does not say' plot "$tmp/noclock.db" timeline -o "$out/x.svg" --to 5us
fails "a window for a cdf" 2 'cdf has no --from' plot "$db" cdf -o "$out/x.svg" --from 1
fails "timeline of two ledgers" 2 'timeline shows one ledger, not 2' plot "$db" "$other" timeline -o "$out/x.svg"

# Switches.
ok "switches" plot "$rich" switches -o "$out/s.svg" --keep
is "switches: one interval, of 0 to 10000 cycles, 3 of 1/120 ms" "$(data s rate)" "0 10000 360"
is "switches: lengths of the first pair" "$(data s lengths 1 | tr '\n' ';')" "0 1000;9000 1000;"
is "switches: lengths of the second, without idle time" "$(data s lengths 2)" "4000 1000"
ok "switches of a window" plot "$rich" switches -o "$out/sw.svg" --keep --from 2000 --to 6000
is "switches of a window" "$(data sw rate)" "2000 6000 300"
ok "a single switch" plot "$db" switches -o "$out/s1.svg" --keep
is "a single switch: its own time" "$(data s1 rate)" "0 1000 1200"
make_ledger "$tmp/often.db" "delete from world_switch;
    with recursive c(i) as (select 0 union all select i + 1 from c where i < 2999) insert into world_switch(id, pe, trap,
    class, entry_insn, entry_cycle, insns, entry_cycles, handler_cycles, return_cycles, idle_cycles)
    select i + 1, 0, 1, 1, i, i * 100, 9, 0, i % 100, 0, 0 from c"
ok "3,000 switches" plot "$tmp/often.db" switches -o "$out/o.svg" --keep
is "3,000 switches: a band of 60 intervals" "$(data o lengths | wc -l)" 60
is "3,000 switches: 5 %, median and 95 %" "$(data o lengths | sed -n 1p | cut -d ' ' -f 2-)" "2 24 47"
fails "no switch in the window" 2 'no world switches from 5000 to the end' plot "$db" switches -o "$out/x.svg" --from 5000

make_ledger "$tmp/empty.db" "delete from trap_row; delete from trap_agg; delete from trap_hist; delete from world_switch;
    delete from switch_agg; delete from switch_hist"
for kind in cdf histogram timeline ladder; do
    fails "$kind of nothing" 2 'empty\.db: nothing to plot: no traps in this ledger' plot "$tmp/empty.db" $kind -o "$out/x.svg"
done
fails "breakdown of nothing" 2 'no world switches in this ledger' plot "$tmp/empty.db" breakdown -o "$out/x.svg"
fails "cdf of no switches" 2 'no world switches in this ledger' plot "$tmp/empty.db" cdf --by switch -o "$out/x.svg"
fails "phases of nothing" 2 'no traps in this ledger' plot "$tmp/empty.db" breakdown --by phase -o "$out/x.svg"
fails "switches of nothing" 2 'no world switches in this ledger' plot "$tmp/empty.db" switches -o "$out/x.svg"
fails "compare with nothing" 2 'empty\.db: nothing to plot' plot "$db" "$tmp/empty.db" compare -o "$out/x.svg"
is "no error left a picture" "$(find "$out" -name 'x.*' | wc -l)" 0

done_testing
