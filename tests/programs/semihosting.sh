#!/usr/bin/env bash
# semihosting.sh ELF: semihosting calls, by what the guest prints: files, memory, exit statuses and the features as
# under QEMU; the rest against what the specification says and what the manual promises.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

elf=$(readlink -f "$1")

folder() { # NAME: a folder with files, and with ways out of it
    mkdir -p "$tmp/$1/root/folder"
    echo secret >"$tmp/$1/secret.txt"
    echo given >"$tmp/$1/root/given.txt"
    echo below >"$tmp/$1/root/folder/below.txt"
}

here() { # NAME WORD OPTION...: sets out and status; stderr is in $tmp/err
    status=0
    out=$("$ARMVSIM" run "$elf" --quiet --max-insns 100M --semihosting --semihosting-dir "$tmp/$1/root" \
        --append "$2" "${@:3}" 2>"$tmp/err" </dev/null) || status=$?
}

in_qemu() { # NAME WORD
    status=0
    out=$(cd "$tmp/$1/root" && timeout 300 qemu-system-aarch64 -M virt,virtualization=on,gic-version=3 \
        -cpu max -m 128 -display none -monitor none -serial stdio -nic none -kernel "$elf" -append "$2" \
        -semihosting-config enable=on,target=native </dev/null 2>"$tmp/err") || status=$?
}

listing() { (cd "$tmp/$1" && find . -type f -exec head -n 20 {} +); }

if command -v qemu-system-aarch64 >/dev/null; then
    for word in files memory features extended fails; do
        folder "$word-here"
        folder "$word-qemu"
        in_qemu "$word-qemu" "$word"
        qemu_out=$out qemu_status=$status
        here "$word-here" "$word"
        like "$word: under QEMU it says something" "$qemu_out" 'command line: 0{16} 1'
        is "$word: as under QEMU" "$out" "$qemu_out"
        is "$word: its exit status" "$status" "$qemu_status"
        is "$word: the files" "$(listing "$word-here")" "$(listing "$word-qemu")"
    done
else
    skip "beside QEMU" "qemu-system-aarch64 is missing (Debian package qemu-system-arm)"
fi

here files-here none
is "an exit status" $status 7
here files-here none --dispatch loop
is "the same with the loop dispatcher" $status 7

folder append
here append append
is "a file grows" "$(cat "$tmp/append/root/new.txt")" "first second"

folder times
here times times --rtc 1000000000
is "modelled time" "$out" "command line: 0000000000000000 1
time goes on: 1
frequency: 000000003b9aca00
clock: 1
time: 000000003b9aca00"

folder console
printf 'abcdef' >"$tmp/input"
here console console --input "$tmp/input"
is "console" "$out" "command line: 0000000000000000 1
c string
to output
out: 0000000000000000
errors: 0000000000000000
terminals: 0000000000000001 0000000000000001
seek: ffffffffffffffff length: ffffffffffffffff
character: 0000000000000061
not read: 0000000000000000 'bcd'
nothing left: 0000000000000001 ffffffffffffffff"
is "the error output" "$(cat "$tmp/err")" "to errors"

folder escapes
ln -s ../secret.txt "$tmp/escapes/root/link.txt"
ln -s .. "$tmp/escapes/root/link"
ln -s ../made.txt "$tmp/escapes/root/dangling"
mkfifo "$tmp/escapes/root/fifo"
before=$(listing escapes)
here escapes escapes
is "no way out" "$out" "command line: 0000000000000000 1
rename: ffffffffffffffff ffffffffffffffff remove: ffffffffffffffff ffffffffffffffff
system: ffffffffffffffff error: 0000000000000001"
is "nothing was changed" "$(listing escapes)" "$before"

folder wild
here wild wild
is "wild pointers and lengths" "$out" "command line: 0000000000000000 1
0000000009000000: 0 passed
0000000080000000: 0 passed
ffffffffffffffff: 0 passed
0007fffffffffff0: 0 passed
0000000047fffffc: 0 passed
lengths: ffffffffffffffff ffffffffffffffff ffffffffffffffff
seek: ffffffffffffffff
temporary: ffffffffffffffff ffffffffffffffff
command line: ffffffffffffffff"

here wild handles
is "handles come back" "$out" "command line: 0000000000000000 1
64 handles
again: 0000000000000003"

status=0
out=$("$ARMVSIM" run "$elf" --quiet --semihosting --append files 2>&1) || status=$?
like "no folder, no files" "$out" '^open new\.txt as 4: no$'
like "but features" "$("$ARMVSIM" run "$elf" --quiet --semihosting --append features 2>&1)" '^53484642 00000003$'
out=$("$ARMVSIM" run "$elf" --quiet 2>&1)
like "without the option HLT is UNDEFINED" "$out" exception
fails "a folder that is not there" 2 'missing: No such file' "$ARMVSIM" run --semihosting --semihosting-dir \
    "$tmp/missing" "$elf"
fails "a file as the folder" 2 'input: Not a directory' "$ARMVSIM" run --semihosting --semihosting-dir "$tmp/input" "$elf"
fails "a folder alone" 2 'semihosting is off' "$ARMVSIM" run --semihosting-dir "$tmp" "$elf"

done_testing
