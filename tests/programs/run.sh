#!/usr/bin/env bash
# run.sh ELF...: each program prints the same under armvsim (both dispatchers, and the cores that have its
# instructions) and under QEMU. One that is in the list `pending` may end in an UNDEFINED instruction
# instead, which is shown; it counts as soon as it does not.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

pending=$SRCDIR/tests/programs/pending

# What a program that may be UNDEFINED waits for; nothing for all others.
waits_for() {
    local pattern reason
    [ -f "$pending" ] || return
    while read -r pattern reason; do
        # shellcheck disable=SC2053  # A pattern, on purpose.
        [[ $1 == $pattern ]] && echo "$reason"
    done <"$pending"
}

# The line of an exception by an UNDEFINED instruction, with its name.
undefined() {
    local word
    word=$(sed -n 's/^exception EC 00000000 .* instruction //p' "$1")
    [ -n "$word" ] || return 1
    printf '%b' "\\x${word:6:2}\\x${word:4:2}\\x${word:2:2}\\x${word:0:2}" >"$tmp/word"
    echo "$word$(aarch64-linux-gnu-objdump -D -b binary -m aarch64 "$tmp/word" |
        sed -n 's/^ *0:\t[^\t]*\t/ /p' | tr '\t' ' ')"
}

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
    local elf=$1 name core why
    name=$(basename "$elf" .elf)
    here "$elf" --cpu max >"$tmp/here" 2>&1
    why=$(waits_for "$name")
    if [ -n "$why" ] && undefined "$tmp/here" >"$tmp/undefined"; then
        skip "$name" "$why: UNDEFINED $(cat "$tmp/undefined")"
        return
    fi
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
