#!/usr/bin/env bash
# run --set: one number of the core model for a run: applied, recorded in the ledger, and refused when it is wrong.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

# mrs x0, midr_el1; b . -- reads an ID register, then loops to the limit.
printf '\x00\x00\x38\xd5\x00\x00\x00\x14' >"$tmp/loop.bin"

run() {
    "$ARMVSIM" run --quiet --max-insns 1000 "$@" "$tmp/loop.bin"
}

# What the ledger's table run has for a key.
recorded() { # KEY OPTION...
    local key=$1
    shift
    run --db "$tmp/set.db" "$@" >/dev/null 2>&1
    sqlite3 "$tmp/set.db" "SELECT value FROM run WHERE key = '$key'"
}

cycles() {
    recorded cycles "$@"
}

refused() { # TEXT PATTERN OPTION...
    local text=$1 pattern=$2
    shift 2
    fails "$text" 2 "$pattern" run "$@"
}

is "the ledger says that nothing was set" "$(recorded set)" ''
is "the ledger has what was set" "$(recorded set --set core.tlb.ways=2 --set core.clock-hz=2000000000)" \
    'core.tlb.ways=2; core.clock-hz=2000000000'
like "the report shows it" "$("$ARMVSIM" report "$tmp/set.db" summary)" '^Set +core\.tlb\.ways=2; core\.clock-hz=2000000000'
is "the clock is another" "$(recorded clock_hz --set core.clock-hz=2000000000)" 2000000000
is "the core keeps its name" "$(recorded core --cpu cortex-a53 --set core.clock-hz=2000000000)" cortex-a53
before=$(cycles)
after=$(cycles --set core.cost.sysreg-read=5002 --set core.cost.sysreg-read=1002)
is "an event costs more, and the last one counts" $((after - before)) 1000
is "it works on a file" "$(recorded set --cpu "$ARMVSIM_MODELS/cores/max.core" --set core.tlb.ways=2)" 'core.tlb.ways=2'

refused "no key" "^armvsim: --set 'core.tlb': core\.GROUP\.KEY=VALUE expected" --set core.tlb
refused "not of the core" "^armvsim: --set 'board.ram.base=0': core\.GROUP\.KEY=VALUE expected" --set board.ram.base=0
refused "an unknown group" '^armvsim: --set core\.tbl\.ways=2: \[tbl\] is not a group' --set core.tbl.ways=2
refused "an unknown key" "^armvsim: --set core\.tlb\.way=2: \[tlb\] has no key 'way'" --set core.tlb.way=2
refused "an unknown register" "--set core\.id\.MIDR=2: \[id\] has no key 'MIDR'" --set core.id.MIDR=2
refused "an impossible value" '--set core\.tlb\.ways=many: .many. is not a number from 1 to 16' --set core.tlb.ways=many
refused "a value that does not fit the others" '\[tlb\] entries: .*\(with --set core\.tlb\.ways=3\)' --set core.tlb.ways=3
refused "one of two is wrong" '^armvsim: --set core\.l1d\.size=1: ' --set core.tlb.ways=2 --set core.l1d.size=1

done_testing
