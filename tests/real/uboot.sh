#!/usr/bin/env bash
# U-Boot from flash to its prompt, with EL2 and without: `bdinfo` prints what it prints under QEMU, but for the
# number of devices.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

if ! folder=$("$SRCDIR/tests/real/fetch.sh" u-boot-qemu 2>"$tmp/why"); then
    skip "U-Boot" "$(cat "$tmp/why")"
    done_testing
fi
bios=$folder/usr/lib/u-boot/qemu_arm64/u-boot.bin
cat >"$tmp/script" <<'S'
after "autoboot" send "x"
after "=> " send "bdinfo\n"
after "=> " send "date\n"
after "=> " send "poweroff\n"
S

# plain FILE: lines that must agree.
plain() {
    tr -d '\r' <"$1" | grep -E '^(U-Boot|DRAM|Flash|->|[A-Za-z_]+ +=| (memory|reserved)|Early|lmb)' |
        grep -vE '^Early malloc'
}

for el2 in on off; do
    "$ARMVSIM" run --board virt,virtualization=$el2 --cpu cortex-a57 --bios "$bios" --timing none --quiet \
        --input-script "$tmp/script" --rtc 2026-03-04T05:06:07Z --max-insns 4G >"$tmp/console" 2>"$tmp/err"
    is "virtualization=$el2: reaches its prompt and powers off" "$? $(cat "$tmp/err")" "0 "
    like "virtualization=$el2: bdinfo" "$(cat "$tmp/console")" '^-> size +  = 0x0000000008000000|-> size'
    like "virtualization=$el2: the clock is what --rtc says" "$(cat "$tmp/console")" 'Date: 2026-03-04 .*5:06:0'
    if command -v qemu-system-aarch64 >/dev/null; then
        printf ' x\nbdinfo\npoweroff\n' |
            timeout 120 qemu-system-aarch64 -M virt,virtualization=$el2,gic-version=3 -cpu cortex-a57 -nic none \
                -nographic -bios "$bios" >"$tmp/qemu" 2>/dev/null
        plain "$tmp/console" >"$tmp/ours"
        plain "$tmp/qemu" >"$tmp/theirs"
        ok "virtualization=$el2: QEMU's says the same" diff "$tmp/theirs" "$tmp/ours"
    else
        skip "virtualization=$el2: QEMU's says the same" "qemu-system-aarch64 is missing"
    fi
done
done_testing
