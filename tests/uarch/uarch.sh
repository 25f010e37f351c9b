#!/usr/bin/env bash
# The microbenchmarks of the timing model: they do the same work as under QEMU, their pictures are made, and the
# plateaus of the ladders are the model's numbers, in order and out of order.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

run=$SRCDIR/bench/uarch/run
out=$tmp/out

# model CORE GROUP KEY: a number of a .core file.
model() {
    awk -F = -v group="[$2]" -v key="$3" '
        /^\[/ { in_group = $0 == group }
        in_group && $1 == key {
            value = $2 + 0
            if ($2 ~ /K$/) value *= 1024
            if ($2 ~ /M$/) value *= 1048576
            print value
        }' "$ARMVSIM_MODELS/cores/$1.core"
}

# cycles CORE FIGURE SERIES X
cycles() {
    awk -F , -v series="$3" -v x="$4" '$1 == series && $2 == x { print $3 }' "$out/$1/$2.csv"
}

# between LOW VALUE HIGH: with expressions.
between() {
    echo "$1 <= $2 <= $3"
    awk "BEGIN { exit !(($1) <= ($2 + 0) && ($2 + 0) <= ($3)) }"
}

# Data in L1D, L2 and DRAM, translation in the TLBs.
caches_of() {
    local core=$1 l1 l2 l1_size l2_size dram blocks='2 MiB blocks' size y
    l1=$(model "$core" insn load)
    l2=$(model "$core" l2 latency)
    l1_size=$(model "$core" l1d size)
    l2_size=$(model "$core" l2 size)
    dram=$(awk "BEGIN { print $(model "$core" memory dram-latency-ns) * $(model "$core" core clock-hz) / 1e9 }")
    for ((size = 1024; size < l1_size; size *= 2)); do
        y=$(cycles "$core" ladder "$blocks" "$size")
        ok "$core: $size bytes are in L1D" between "$l1 * 0.99" "$y" "$l1 * 1.05"
    done
    y=$(cycles "$core" ladder "$blocks" 262144)
    ok "$core: 256 KiB are in L2" between "$l2 * 0.85" "$y" "$l2 * 1.15"
    ok "$core: which holds them" between 262144 262144 "$l2_size"
    y=$(cycles "$core" ladder "$blocks" 16777216)
    ok "$core: 16 MiB are in DRAM" between "$l2 + $dram * 0.8" "$y" "$l2 + $dram * 1.4"
}

# Pages: in a chase, where every miss of the micro-TLB delays the next load, and with the data in L1D.
tlbs_of() {
    local core=$1 micro latency base step pages='4 KiB pages' nested='4 KiB pages + stage 2' y beyond
    micro=$(model "$core" utlb data-entries)
    latency=$(model "$core" tlb latency)
    base=$(cycles "$core" ladder '2 MiB blocks' 524288)
    step="(1 - $micro / 128) * $latency" # 512 KiB are 128 pages.
    y=$(cycles "$core" ladder "$pages" 524288)
    ok "$core: $micro of 128 pages are in the micro-TLB" between "$base + 0.85 * $step" "$y" "$base + 1.15 * $step"
    y=$(cycles "$core" ladder "$nested" 524288)
    ok "$core: with stage 2 as well" between "$base + 0.85 * $step" "$y" "$base + 1.15 * $step"
    base=$(cycles "$core" tlb "$pages" 2)
    y=$(cycles "$core" tlb "$pages" 8)
    ok "$core: the micro-TLB costs nothing" between "$base * 0.99" "$y" "$base * 1.01"
    y=$(cycles "$core" tlb "$pages" 128)
    ok "$core: the main TLB does" between "$base + 2" "$y" "$base + $latency * 1.15"
    beyond=$(cycles "$core" tlb "$pages" 4096)
    ok "$core: walks cost more" between "$y + 2" "$beyond" "$y + 60"
    y=$(cycles "$core" tlb "$nested" 4096)
    ok "$core: and still more with stage 2" between "$beyond + 2" "$y" "$beyond * 10"
}

if ! command -v qemu-system-aarch64 >/dev/null; then
    skip "microbenchmarks" "qemu-system-aarch64 is missing (Debian package qemu-system-arm)"
    done_testing
fi
plots=--no-plots
command -v gnuplot >/dev/null && plots=--qemu
ok "all run, with QEMU's results" "$run" --build "$BUILDDIR" --no-build --quick --out "$out" --format svg --qemu \
    "$plots" --core cortex-a53 --core cortex-a57
if [ "$plots" = --no-plots ]; then
    skip "pictures" "gnuplot is missing (Debian package gnuplot-nox)"
else
    is "a picture of each figure" "$(find "$out" -name '*.svg' | wc -l)" 19
fi
fails "a core that is not there" 1 'run: chains on no-such-core: .*no-such-core' \
    "$run" --build "$BUILDDIR" --no-build --out "$tmp/none" --only chains --no-plots --core no-such-core
for core in cortex-a53 cortex-a57; do
    caches_of "$core"
    tlbs_of "$core"
done
done_testing
