#!/usr/bin/env bash
# run --input-script: when steps happen and what they send; and each kind of bad script, with its line.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

# Prints "login: ", then echoes what it reads, switches off after a "q", and waits for ever without input:
#       mov x1, #0x09000000; adr x2, text
#    1: ldrb w3, [x2], #1; cbz w3, 2f; str w3, [x1]; b 1b
#    2: ldr w4, [x1, #0x18]; tbnz w4, #4, 3f; ldr w3, [x1]; str w3, [x1]; cmp w3, #'q'; b.ne 2b
#       movz w0, #0x8400, lsl #16; movk w0, #8; smc #0
#    3: wfi; b 3b
for word in d2a12001 10000202 38401443 34000063 b9000023 17fffffd b9401824 37200104 b9400023 b9000023 7101c47f \
    54ffff61 52b08000 72800100 d4000003 d503207f 17ffffff; do
    printf '%b' "\\x${word:6:2}\\x${word:4:2}\\x${word:2:2}\\x${word:0:2}"
done >"$tmp/echo.bin"
printf 'login: \0' >>"$tmp/echo.bin"

run() { # OPTION...: the console in $tmp/out, stderr in $tmp/err, and status
    status=0
    "$ARMVSIM" run --quiet --max-insns 100000 --input-script "$tmp/script" "$@" "$tmp/echo.bin" >"$tmp/out" \
        2>"$tmp/err" </dev/null || status=$?
}

gives() { # TEXT STATUS CONSOLE
    run
    is "$1: its exit status" "$status" "$2"
    is "$1" "$(cat "$tmp/out")" "$3"
}

bad() { # TEXT LINE-NUMBER SCRIPT
    printf '%b' "$3" >"$tmp/script"
    fails "$1" 2 "script:$2: is not \[after" "$ARMVSIM" run --input-script "$tmp/script" "$tmp/echo.bin"
}

printf '# a comment\n\nafter "login: " send "root\\n"\r\n\tafter "root\\n" send "xq"\n' >"$tmp/script"
gives "an answer, and one to what it makes" 0 $'login: root\nxq'
cp "$tmp/out" "$tmp/first"
run --dispatch loop
ok "the same with the loop dispatcher" cmp "$tmp/out" "$tmp/first"

echo 'send "abq"' >"$tmp/script"
gives "without a condition" 0 'login: abq'

printf 'send "abc"\nafter "b" quit\n' >"$tmp/script"
gives "quit at the very byte" 0 'login: ab'

printf 'after "in: " send "\\101\\"\\\\q"\n' >"$tmp/script"
gives "escapes" 0 'login: A"\q'

printf 'after "log" send "1"\nafter "in" send "2"\nafter "1" send "q"' >"$tmp/script"
gives "steps in order, without a last newline" 0 'login: 12q'

printf 'after "login: " send "q"\nafter "login: " send "again"\n' >"$tmp/script"
gives "what was printed before a step counts for it alone" 1 'login: q'
is "it says which step is left" "$(cat "$tmp/err")" \
    "armvsim: $tmp/script:2: the run ended before the console had printed \"login: \""

printf 'after "never" quit\n' >"$tmp/script"
run
is "a run that waits for ever" $status 3
like "names the step too" "$(cat "$tmp/err")" 'script:1: the run ended before the console had printed "never"'

bad "a word" 1 'hello\n'
bad "a pattern alone" 2 '# fine\nafter "x"\n'
bad "an empty pattern" 1 'after "" send "x"\n'
bad "an open quote" 3 'send "a"\n\nsend "b\n'
bad "nothing to send" 1 'after "x" send\n'
bad "more than a step" 1 'send "a" send "b"\n'
bad "quit at once" 1 'quit\n'
bad "a pattern without quotes" 1 'after x send "y"\n'
fails "a missing script" 2 'missing.*No such file' "$ARMVSIM" run --input-script "$tmp/missing" "$tmp/echo.bin"
fails "a folder" 2 "$tmp.*directory" "$ARMVSIM" run --input-script "$tmp" "$tmp/echo.bin"

done_testing
