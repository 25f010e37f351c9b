#!/usr/bin/env bash
# EDK2 (ArmVirtQemu) from flash to its shell, which tells version and time and switches off; and keeps its
# variables in the second bank.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

if ! folder=$("$SRCDIR/tests/real/fetch.sh" qemu-efi-aarch64 2>"$tmp/why"); then
    skip "EDK2" "$(cat "$tmp/why")"
    done_testing
fi
cat >"$tmp/first" <<'S'
after "any other key" send "\033"
after "Shell> " send "ver\r"
after "Shell> " send "set armvsim works\r"
after "Shell> " send "reset -s\r"
S
cat >"$tmp/second" <<'S'
after "any other key" send "\033"
after "Shell> " send "set\r"
after "Shell> " send "reset -s\r"
S
cp "$folder/usr/share/AAVMF/AAVMF_VARS.fd" "$tmp/vars.fd"

# boot SCRIPT
boot() {
    "$ARMVSIM" run --cpu cortex-a57 --mem 512M --timing none --quiet --max-insns 20G --input-script "$1" \
        --pflash "$folder/usr/share/AAVMF/AAVMF_CODE.fd" --pflash "$tmp/vars.fd,write=on" \
        >"$tmp/console" 2>"$tmp/err"
    is "the shell is reached and switches off" "$? $(cat "$tmp/err")" "0 "
}

boot "$tmp/first"
like "its version" "$(cat "$tmp/console")" 'UEFI v2\.70 \(EDK II'
boot "$tmp/second"
like "a variable is still there after the next start" "$(sed 's/\x1b\[[0-9;]*[A-Za-z]//g' "$tmp/console")" 'armvsim = works'
done_testing
