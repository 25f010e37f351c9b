#!/usr/bin/env bash
# Pointer authentication under armvsim and QEMU: the same codes, errors, traps and loads at EL2, EL2 with E2H and
# EL1. Pointers are stripped before they are signed: of one that is not canonical QEMU 7.2 corrupts PAC<63> instead
# of PAC<62> (AddPAC; see test_unicorn.c).
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

ok "the guest compiles" aarch64-linux-gnu-gcc -O1 -std=gnu11 -Wall -Wextra -Werror -ffreestanding -fno-pie \
    -fno-stack-protector -mgeneral-regs-only -mstrict-align -mbranch-protection=none -march=armv8.3-a -static \
    -no-pie -nostdlib -Wl,--build-id=none -T "$SRCDIR/bench/guests/guest.ld" -o "$tmp/pauth.elf" \
    "$SRCDIR/tests/diff/pauth/start.S" "$SRCDIR/tests/diff/pauth/guest.c"

# APA and GPA of ID_AA64ISAR1_EL1: QARMA5, no enhancements, which is what QEMU has.
sed 's/^ID_AA64ISAR1_EL1=.*/ID_AA64ISAR1_EL1=0x01000010/' "$ARMVSIM_MODELS/cores/generic.core" >"$tmp/pauth.core"
for dispatch in tail loop; do
    "$ARMVSIM" run "$tmp/pauth.elf" --quiet --cpu "$tmp/pauth.core" --dispatch $dispatch --max-insns 100M \
        >"$tmp/$dispatch" 2>"$tmp/$dispatch.err" || cat "$tmp/$dispatch.err" >&2
done
# Builds without reliable tail calls have one dispatcher.
[ -s "$tmp/tail" ] || cp "$tmp/loop" "$tmp/tail"
ok "both dispatchers print the same" cmp "$tmp/tail" "$tmp/loop"
is "lines that were printed" "$(wc -l <"$tmp/loop")" 1488

if command -v qemu-system-aarch64 >/dev/null; then
    timeout 60 qemu-system-aarch64 -M virt,virtualization=on,gic-version=3 -cpu max,pauth-impdef=off -m 128 \
        -display none -monitor none -serial stdio -nic none -kernel "$tmp/pauth.elf" >"$tmp/qemu" 2>"$tmp/qemu.err" \
        </dev/null
    is "QEMU's exit status" "$? $(cat "$tmp/qemu.err")" "0 "
    ok "QEMU prints the same" diff "$tmp/qemu" "$tmp/loop"
else
    skip "QEMU prints the same" "qemu-system-aarch64 is missing (Debian package qemu-system-arm)"
fi
done_testing
