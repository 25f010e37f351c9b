#!/usr/bin/env bash
# The example that embeds the library: compiled against armvsim.h and the shared library, it runs hyp/tiny and
# prints a line for each trap that the ledger of the command has.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

example=$BUILDDIR/docs/example-traps
"$ARMVSIM" run "$BUILDDIR/hyp/tiny.elf" --quiet --cpu cortex-a53 --db "$tmp/tiny.db" >/dev/null

"$example" "$BUILDDIR/hyp/tiny.elf" >"$tmp/traps" 2>"$tmp/err"
is "exit status" "$? $(cat "$tmp/err")" "0 "
is "one line a completed trap" "$(grep -c ' cycles  at ' "$tmp/traps")" \
    "$(sqlite3 "$tmp/tiny.db" 'select count(*) from trap where state = 0')"
like "the last line" "$(tail -n 1 "$tmp/traps")" '^powered off by the guest after [0-9]+ instructions'
like "causes are control bits" "$(cat "$tmp/traps")" 'EL1 -> EL2  VMID 1  HCR_EL2.TID3'
# Each guest makes 5 writes before its MMU is on, at addresses it is not linked for, and one wild fetch.
# Interrupts come when their time has come, so before the MMU is on, too.
is "all other traps have a symbol" "$(grep 'at ?$' "$tmp/traps" | grep -vc 'HCR_EL2\.IMO')" 12
fails "a missing image" 2 'nowhere.elf: ' "$example" nowhere.elf
fails "an unknown core" 2 "core 'z80' is unknown" "$example" "$BUILDDIR/hyp/tiny.elf" z80
done_testing
