#!/usr/bin/env bash
# published.sh NAME CPU SMP OPTIONS QEMU-CPU RESULT...: a program of hyp/published prints exactly its results, under
# armvsim with both timings and under QEMU, and the same run gives the same numbers. For some of them the paths'
# counts, which depend on no core model, are near those of the originals.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

name=$1 cpu=$2 smp=$3 options=$4 qemu_cpu=$5
shift 5
elf=$BUILDDIR/hyp/published/$name.elf
{
    printf '%s\n' "$@"
    echo "done"
} >"$tmp/expected"

# Names alone, of lines that have the form of a result; anything else as it is.
results() {
    sed -E 's/^([a-z0-9_.]+) [0-9]+\.[0-9]{2} (ns|cycles|events) min [0-9.]+ max [0-9.]+ n [1-9][0-9]*$/\1/'
}

run() {
    "$ARMVSIM" run "$elf" --quiet --cpu "$cpu" --smp "$smp" --board "virt,$options" "$@"
}

for timing in block none; do
    run --timing $timing >"$tmp/$timing" 2>"$tmp/err"
    is "exit status, timing $timing" "$? $(cat "$tmp/err")" "0 "
    ok "results, timing $timing" diff "$tmp/expected" <(results <"$tmp/$timing")
done
run >"$tmp/again"
ok "the same numbers again" cmp "$tmp/block" "$tmp/again"

if command -v qemu-system-aarch64 >/dev/null; then
    timeout 300 qemu-system-aarch64 -M "virt,virtualization=on,$options" -cpu "$qemu_cpu" -smp "$smp" -nic none \
        -display none -monitor none -serial stdio -kernel "$elf" >"$tmp/qemu" 2>"$tmp/qemu.err" </dev/null
    is "QEMU's exit status" "$? $(cat "$tmp/qemu.err")" "0 "
    ok "QEMU's results" diff "$tmp/expected" <(results <"$tmp/qemu")
else
    skip "QEMU's results" "qemu-system-aarch64 is missing (Debian package qemu-system-arm)"
fi

# near NAME PUBLISHED: within 10 %, every time.
near() {
    ok "$1 is near $2" awk -v name="$1" -v want="$2" \
        '$1 == name { n++; if ($5 < want * 0.9 || $7 > want * 1.1) exit 1 } END { exit n != 1 }' "$tmp/block"
}

case $name in
irqpath)
    near irqpath.inst_retired_el2 188
    near irqpath.mem_access_el2 119
    near irqpath.l1i_refill_el2 24.9
    near irqpath.l1d_refill_el2 18.56
    near irqpath.l1i_refill_el1 13.06
    near irqpath.exc_taken_el1 2
    ;;
ipi)
    near ipi.sender_inst_retired_el1 23
    near ipi.sender_l1i_refill_el1 3.86
    near ipi.target_l1i_refill_el1 14.29
    near ipi.target_exc_taken_el1 1
    ;;
irqlat) near irqlat.exc_irq_el1 1 ;;
esac

done_testing
