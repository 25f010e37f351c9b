#!/usr/bin/env bash
# Random executions of every line of the instruction tables that can be run by itself: the same registers, flags and
# memory as under QEMU, with each dispatcher. Others by `compare`, and for long by tests/diff/soak_qemu.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

compare=$SRCDIR/tests/diff/qemu/compare

# at_least WORD WANTED: the number before WORD in what compare printed.
at_least() {
    local number
    number=$(grep -Eo "[0-9]+ $1" "$tmp/made" | head -n 1)
    [ "${number%% *}" -ge "$2" ] || { cat "$tmp/made" && false; }
}

if ! command -v qemu-system-aarch64 >/dev/null; then
    skip "instructions" "qemu-system-aarch64 is missing (Debian package qemu-system-arm)"
    done_testing
fi
"$compare" -s 42 -e 16 >"$tmp/made" 2>&1
ok "$(head -n 1 "$tmp/made")" grep -q "agree with QEMU" "$tmp/made"
grep -q "agree with QEMU" "$tmp/made" || sed 's/^/# /' "$tmp/made" | cut -c 1-400 | head -n 100
ok "lines that are run" at_least "of [0-9]+ lines" 2310
ok "executions" at_least executions 290000
ok "executions of each line" at_least "of each line" 100

# The comparison itself: a simulator that is wrong in one line.
cat >"$tmp/liar" <<END
#!/usr/bin/env bash
set -o pipefail
"$ARMVSIM" "\$@" | sed 's/^FADD_S .*/FADD_S 0123456789abcdef/'
END
chmod +x "$tmp/liar"
ARMVSIM=$tmp/liar "$compare" -e 1 -n 'FADD_*' -n FSUB_S >"$tmp/lies" 2>&1
is "exit status when a line differs" $? 1
like "the line that differs is named" "$(cat "$tmp/lies")" "^FADD_S \("
is "no other line is" "$(grep -cE '^F[A-Z0-9_a-z]+ \(' "$tmp/lies")" 1
done_testing
