#!/usr/bin/env bash
# run --what-if: the same path on other cores; what would go with a trap, the split mode or the GICv2; and what cannot be
# asked. Cores are held against runs, changes against the ledger.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

tiny=$BUILDDIR/hyp/tiny.elf split=$BUILDDIR/hyp/published/split.elf
printf '\x00\x00\x00\x14' >"$tmp/loop.bin"

ask() { # OPTION...
    "$ARMVSIM" run --format csv "$@" 2>&1
}

# field TABLE_LINE COLUMN
field() {
    echo "$1" | cut -d, -f"$2"
}

fails "an unknown change lists what there is" 2 'it can be cores, core=NAME, no-trap=BIT, vhe, gicv3' \
    "$ARMVSIM" run --what-if nonsense "$tmp/loop.bin"
fails "an unknown core" 2 "core 'nope' is unknown; known are .*cortex-a53" \
    "$ARMVSIM" run --max-insns 100 --what-if core=nope "$tmp/loop.bin"
fails "--db" 2 'what-if has no --db' "$ARMVSIM" run --db "$tmp/x.db" --what-if cores "$tmp/loop.bin"
fails "an unknown format" 2 "format 'x'" "$ARMVSIM" run --format x --what-if cores "$tmp/loop.bin"

if [ ! -f "$tiny" ]; then
    skip "hyp/" "no cross compiler"
    done_testing
fi

"$ARMVSIM" run -q --cpu cortex-a53 --db "$tmp/own.db" "$tiny" >/dev/null 2>&1
sql() {
    sqlite3 "$tmp/own.db" "$1"
}

out=$(ask --cpu cortex-a53 --what-if cores "$tiny")
is "a row for each core" "$(grep -c ',measured$' <<<"$out")" "$(find "$ARMVSIM_MODELS/cores" -name '*.core' ! -name cortex-a53.core | wc -l)"
is "the run itself is what a run is" "$(field "$(grep '^cortex-a53,' <<<"$out")" 3)" "$(sql "SELECT value FROM run WHERE key = 'cycles'")"
ok "other cores take other times" test "$(field "$(grep '^cortex-a72,' <<<"$out")" 3)" -ne "$(field "$(grep '^cortex-a53,' <<<"$out")" 3)"
is "twice the same" "$(ask --cpu cortex-a53 --what-if cores "$tiny")" "$out"

# The same core by another name takes the same time: --set of a value that is there already.
same=$(ask --cpu cortex-a53 --set core.tlb.latency=3 --what-if core=cortex-a53 "$tiny" | sed -n 's/^cortex-a53,//p' | cut -d, -f1-8)
is "the same core, the same numbers" "$(sed -n 1p <<<"$same")" "$(sed -n 2p <<<"$same")"

out=$(ask --cpu cortex-a53 --what-if no-trap=HCR_EL2.TVM --what-if vhe --what-if gicv3 --what-if core=cortex-a72 "$tiny")
row=$(grep '^cortex-a53,no-trap=HCR_EL2.TVM,traps' <<<"$out")
is "how many traps go" "$(field "$row" 4)" "$(sql "SELECT COUNT(*) FROM v_trap WHERE cause = 'HCR_EL2.TVM'")"
is "and their cycles" "$(field "$row" 5)" "-$(sql "SELECT SUM(cycles - idle_cycles) FROM v_trap WHERE cause = 'HCR_EL2.TVM'")"
like "what comes instead is estimated" "$(grep '^cortex-a53,no-trap=HCR_EL2.TVM,the instr' <<<"$out")" ',0(\.0*)?,1(\.0*)?$'
like "on the other core too" "$out" 'cortex-a72,no-trap=HCR_EL2.TVM,together'
like "tiny has no host at EL1" "$out" 'cortex-a53,vhe,nothing: no host at EL1'
like "and a GICv3" "$out" 'cortex-a53,gicv3,nothing: a GICv3 already'
like "an unknown cause lists those of the run" "$(ask --what-if no-trap=HCR_EL2.XYZ "$tiny")" 'no trap has this cause; there are .*HCR_EL2.TVM'

out=$(ask --cpu x-gene-1 --board virt,gic-version=2 --what-if vhe --what-if gicv3 "$split")
like "a split hypervisor's calls to EL2" "$out" "x-gene-1,vhe,entry and return of the host's calls to EL2,[1-9]"
like "its EL1 registers" "$out" 'x-gene-1,vhe,EL1 registers moved between host and VM,[1-9][0-9]*,-[1-9]'
like "accesses to GICH" "$out" 'x-gene-1,gicv3,"?waiting for GICH, a device"?,[1-9][0-9]*,-[1-9]'
like "all together" "$out" 'x-gene-1,all of it,together'

done_testing
