#!/usr/bin/env bash
# run.sh ELF...: each program prints the same under armvsim (both dispatchers, and the cores that have its
# instructions) and under QEMU.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

in_qemu() {
    timeout 300 qemu-system-aarch64 -M virt,virtualization=on,gic-version=3 -cpu max -m 128 -display none \
        -monitor none -serial stdio -nic none -kernel "$1" </dev/null
}

here() {
    "$ARMVSIM" run "$1" --quiet --max-insns 100M "${@:2}"
}

# It has printed something, and nothing bad.
runs_through() {
    grep -q . "$1" && ! grep -E 'exception|WRONG|qemu' "$1"
}

cores_of() {
    case $1 in
    *-armv8-a-* | *-armv8-a+crc-* | *-armv8-a+crypto-*) echo cortex-a57 cortex-a72 cortex-a76 ;;
    *-armv8.2-a+fp16+dotprod+crypto-* | *-armv8.2-a+dotprod-*) echo cortex-a55 neoverse-n1 ;;
    esac
}

check() {
    local elf=$1 name core
    name=$(basename "$elf" .elf)
    here "$elf" --cpu max >"$tmp/here" 2>&1
    in_qemu "$elf" >"$tmp/qemu" 2>&1
    ok "$name runs through under QEMU" runs_through "$tmp/qemu"
    ok "$name" diff "$tmp/qemu" "$tmp/here"
    if here "$elf" --cpu max --dispatch loop >"$tmp/loop" 2>&1; then
        ok "$name, loop dispatcher" diff "$tmp/qemu" "$tmp/loop"
    fi
    for core in $(cores_of "$name"); do
        here "$elf" --cpu "$core" >"$tmp/core" 2>&1
        ok "$name on $core" diff "$tmp/qemu" "$tmp/core"
    done
}

if ! command -v qemu-system-aarch64 >/dev/null; then
    skip "programs" "qemu-system-aarch64 is missing (Debian package qemu-system-arm)"
    done_testing
fi
for elf in "$@"; do
    check "$elf"
done
done_testing
