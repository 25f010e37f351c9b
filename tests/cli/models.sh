#!/usr/bin/env bash
# armvsim models: lists, shows and checks the files of models/, and says what is wrong with broken ones.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

models() {
    "$ARMVSIM" models "$@"
}

like "list: a core" "$(models)" '^cortex-a53 +Arm Cortex-A53 +1,200 +[0-9]+ +32K +32K +1M +- +128 x 4 '
for core in generic cortex-a53 cortex-a55 cortex-a57 cortex-a72 cortex-a76 neoverse-n1 x-gene-1 max; do
    like "list: $core" "$(models)" "^$core "
    like "SOURCES.md has $core" "$(cat "$ARMVSIM_MODELS/SOURCES.md")" "^## .*$core"
done
like "list: a board" "$(models list)" '^virt +QEMU virt +0x40000000 '
like "list as csv" "$(models list --format csv)" '^cortex-a53,Arm Cortex-A53,1200,[0-9]+,32K,32K,1M,-,128 x 4,4,'
like "show: a cost and its meaning" "$(models show cortex-a53)" '^exc-entry-el2 +22 cycles +exception entry to EL2$'
like "show: a cache" "$(models show cortex-a53)" '^latency +15 cycles +from a load'
like "show: the units of a size" "$(models show cortex-a53)" '^size +1M bytes +L2 cache'
like "show: an ID register" "$(models show cortex-a53)" '^MIDR_EL1 +0x00000000410fd034$'
for group in core l1i l1d l2 l3 memory utlb tlb walk-cache ipa-cache branch gic cost id; do
    like "show: [$group]" "$(models show cortex-a76)" "^\\[$group\\]$"
done
is "show: every cost of the table is there" \
    "$(models show generic | sed -n '/^\[cost\]$/,/^$/p' | grep -c ' cycles  ')" \
    "$(grep -c '^COST(' "$SRCDIR/libarmvsim/timing/cost.def")"
like "show: a board's map" "$(models show virt)" '^0x0009000000 +0x1000 +pl011 +uart0 +1$'
like "show: the ITS" "$(models show virt)" '^0x0008080000 +0x20000 +gic +its'
like "show: a board's options" "$(models show virt,secure=on)" '^0x000e000000 +0x1000000 +ram +secure-ram'
like "show: a file" "$(models show "$ARMVSIM_MODELS/cores/generic.core")" '^title +Generic Armv8-A'

is "check: all are OK" "$(models check | grep -vc ': OK$')" 0
like "check: names the files" "$(models check)" 'cores/cortex-a53\.core: OK'
cp "$ARMVSIM_MODELS/cores/generic.core" "$tmp/good.core"
sed 's/^alu=.*/alu=many/' "$tmp/good.core" >"$tmp/bad.core"
sed 's/^title *=.*/titel = x/' "$ARMVSIM_MODELS/boards/virt.board" >"$tmp/bad.board"
ok "check: a good file" models check "$tmp/good.core"
fails "check: a bad core, with file and line" 1 'bad\.core:[0-9]+: .*alu' models check "$tmp/bad.core"
sed -e 's/^alu=.*/alo=1/' -e 's/^mul32=.*/mul32=x/' -e 's/^line=64/line=32/' "$tmp/good.core" >"$tmp/many.core"
is "check: all that is wrong with a file" "$(models check "$tmp/many.core" 2>&1 | grep -c 'many\.core:[0-9]*: \[')" 6
sed '/^title/p' "$tmp/good.core" >"$tmp/twice.core"
fails "check: a key that is there twice" 1 'twice\.core:[0-9]+: \[core\] title: the key is already in line' \
    models check "$tmp/twice.core"
fails "check: a bad board" 1 'bad\.board.*tit' models check "$tmp/bad.board"
fails "check: a missing file" 1 'none\.core' models check "$tmp/none.core"
fails "check: goes on after a bad one" 1 'bad\.core' models check "$tmp/bad.core" "$tmp/good.core"

mkdir -p "$tmp/models/cores" "$tmp/models/boards"
cp "$tmp/good.core" "$tmp/models/cores/mine.core"
like "ARMVSIM_MODELS" "$(ARMVSIM_MODELS=$tmp/models models list)" '^mine +Generic'
fails "ARMVSIM_MODELS names nothing" 2 'nowhere/cores' env ARMVSIM_MODELS=/nowhere "$ARMVSIM" models list
fails "show: an unknown name" 2 "'bogus' is unknown; known are cortex-a53, .*neoverse-n1" models show bogus
fails "show: no name" 2 'show NAME' models show
fails "an unknown word" 2 'list, show NAME, check .* or validate' models bogus
fails "full disk" 2 'stdout: No space left' bash -c "'$ARMVSIM' models >/dev/full"

done_testing
