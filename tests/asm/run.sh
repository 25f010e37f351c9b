#!/usr/bin/env bash
# run.sh NAME EL[:PES] CPU:QEMU-CPU...: an assembly test's console under armvsim, with and without timing, against
# NAME.expected, and under QEMU, less the lines that begin with '!' (macros.h, own). The board has a GICv2 when
# NAME begins so, and else a GICv3.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

name=$1 el=${2%:*} pes=1
[[ $2 == *:* ]] && pes=${2#*:}
shift 2
elf=$BUILDDIR/tests/asm/$name.elf
expected=$SRCDIR/tests/asm/$name.expected
options=gic-version=3
[[ $name == gicv2* ]] && options=gic-version=2
((el == 3)) && options+=,secure=on

# simulate CPU
simulate() {
    local timing status
    for timing in block none; do
        "$ARMVSIM" run "$elf" --quiet --cpu "$1" --smp "$pes" --board "virt,$options" --timing $timing \
            >"$tmp/console" 2>"$tmp/err"
        status=$?
        is "exit status on $1, timing $timing" $status 0
        ok "console on $1, timing $timing" diff "$expected" "$tmp/console"
    done
}

# emulate CPU
emulate() {
    timeout 300 qemu-system-aarch64 -M "virt,virtualization=on,$options" -cpu "$1" \
        -smp "$pes" -nic none -display none -monitor none -serial stdio -kernel "$elf" >"$tmp/qemu" 2>"$tmp/qemu.err" \
        </dev/null
    is "QEMU's exit status on $1" "$? $(cat "$tmp/qemu.err")" "0 "
    ok "QEMU's console on $1 is the same" diff <(grep -v '^!' "$expected") <(grep -v '^!' "$tmp/qemu")
}

for cpus; do
    simulate "${cpus%:*}"
    if command -v qemu-system-aarch64 >/dev/null; then
        emulate "${cpus#*:}"
    else
        skip "QEMU's console is the same" "qemu-system-aarch64 is missing (Debian package qemu-system-arm)"
    fi
done

done_testing
