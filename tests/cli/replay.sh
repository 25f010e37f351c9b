#!/usr/bin/env bash
# run --record and replay: the same console, ledger and state; where a run leaves its recording; going back and forth;
# files that are missing, changed, cut off, damaged.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

tiny=$BUILDDIR/hyp/tiny.elf
cp "$tiny" "$tmp/tiny.elf"
cd "$tmp" || exit 2

# Records OPTION..., and replays: console and ledger are those of a run without a recording.
agrees() { # TEXT OPTION...
    local text=$1
    shift
    "$ARMVSIM" run tiny.elf --quiet "$@" --db a.db >a.out
    ok "$text: recorded" "$ARMVSIM" run tiny.elf --quiet "$@" --db b.db --record t.avsr
    ok "$text: recording changes no ledger" cmp a.db b.db
    "$ARMVSIM" replay t.avsr --db c.db >c.out 2>c.err
    is "$text: replayed" $? 0
    like "$text: says so" "$(cat c.err)" '^replay: [0-9]+ instructions agree, [0-9]+ state hashes$'
    ok "$text: the same ledger" cmp a.db c.db
    ok "$text: the same console" cmp a.out c.out
}

agrees "a Cortex-A53" --cpu cortex-a53
agrees "two PEs, without timing" --smp 2 --timing none
agrees "four PEs, with the other dispatcher" --smp 4 --cpu cortex-a72 --dispatch loop

"$ARMVSIM" run tiny.elf --quiet --cpu cortex-a53 --record t.avsr >/dev/null
ok "it is a few kilobytes" test "$(stat -c %s t.avsr)" -lt 6000
for dispatch in tail loop; do
    "$ARMVSIM" run tiny.elf --quiet --cpu cortex-a53 --dispatch loop --record l.avsr >/dev/null
    ok "recorded with the loop, and not" cmp t.avsr l.avsr
    [ $dispatch = loop ] || "$ARMVSIM" replay t.avsr --dispatch tail >/dev/null 2>"$tmp/err" ||
        grep -q 'not in this build' "$tmp/err" || ok "the tail dispatcher agrees" false
done
ok "the loop dispatcher agrees" "$ARMVSIM" replay t.avsr --dispatch loop

# ---- Where it diverges ----

"$ARMVSIM" replay t.avsr --seed 7 >/dev/null 2>err
is "another seed diverges" $? 1
like "at an instruction" "$(cat err)" '^diverges at instruction [0-9,]+: PE0 EL[0-3] pc 0x[0-9a-f]+ <[a-z_]+'
like "in what differs first: time" "$(cat err)" '^  PE0 cycles/16 +0x[0-9a-f]+ +0x[0-9a-f]+$'

# One instruction of an image, which is executed at a known count, is another: counts to 70000, then adds.
#       movz x0, #0; movz w2, #0x1117; movk w2, #1, lsl #16; 1: add x0, x0, #1; cmp x0, x2; b.ne 1b
#       add x3, x0, #5; movz w0, #0x8400, lsl #16; movk w0, #8; smc #0
words() {
    for word in d2800000 528222e2 72a00022 91000400 eb02001f 54ffffc1 "$1" 52b08000 72800100 d4000003; do
        printf '%b' "\\x${word:6:2}\\x${word:4:2}\\x${word:2:2}\\x${word:0:2}"
    done
}
words 91001403 >count.bin
mkdir other
words 91001803 >other/count.bin
"$ARMVSIM" run count.bin --quiet --timing none --record n.avsr
"$ARMVSIM" replay n.avsr --image other/count.bin 2>err
is "another image diverges" $? 1
insn=$((3 + 3 * 0x11117 + 1))
like "at exactly the instruction that is another" "$(tr -d , <err)" "^diverges at instruction $insn: "
like "as it was recorded" "$(cat err)" 'recorded: PE0 EL2 pc 0x40080018  add x3, x0, #5$'
like "as it is now" "$(cat err)" 'now: +PE0 EL2 pc 0x40080018  add x3, x0, #6$'
like "with the register that differs" "$(cat err)" '^  PE0 x3 +0x1111c +0x1111d$'

# ---- Files ----

mv count.bin away.bin
fails "a missing image" 2 'image count.bin: not found beside n.avsr' "$ARMVSIM" replay n.avsr
fails "a changed one, in the folder that is named" 2 \
    'other/count.bin: is not the recorded image: SHA-256 [0-9a-f]{12}\.\.\., recorded [0-9a-f]{12}\.\.\.$' \
    "$ARMVSIM" replay n.avsr --input other
mv away.bin other/count.bin
ok "the right one is found there" "$ARMVSIM" replay n.avsr --input other
mkdir elsewhere
cp n.avsr other/count.bin elsewhere
ok "or beside the recording" "$ARMVSIM" replay elsewhere/n.avsr

fails "no recording" 2 'tiny.elf: is not a recording' "$ARMVSIM" replay tiny.elf
fails "a missing one" 2 'none.avsr: No such file' "$ARMVSIM" replay none.avsr
fails "a file that is none is not overwritten" 2 'tiny.elf: exists, and is not a recording' \
    "$ARMVSIM" run other/count.bin --record tiny.elf
ok "and is as it was" cmp tiny.elf "$tiny"
fails "the host's network" 2 'cannot be recorded' "$ARMVSIM" run tiny.elf --record x.avsr \
    --device virtio-net,restrict=off

head -c $(($(stat -c %s t.avsr) / 2)) t.avsr >cut.avsr
"$ARMVSIM" replay cut.avsr >/dev/null 2>err
is "a recording that is cut off is replayed as far as it goes" $? 0
like "and it says so" "$(cat err)" 'cut.avsr: the file is cut off at byte [0-9]+: replayed up to'
head -c 40 t.avsr >cut.avsr
fails "one that is nothing but its beginning" 2 'cut.avsr: the file is cut off' "$ARMVSIM" replay cut.avsr
(cat t.avsr | head -c 1500; printf 'xxxx'; tail -c +1505 t.avsr) >bad.avsr
"$ARMVSIM" replay bad.avsr >/dev/null 2>err
like "a damaged one" "$(cat err)" 'a block is damaged at byte [0-9]+'
printf 'AVSREC\r\n\x63\0\0\0' >new.avsr
fails "a header that is damaged" 2 'header is damaged' "$ARMVSIM" replay new.avsr

# A run that is killed: what it has written can be replayed.
"$ARMVSIM" run tiny.elf --quiet --cpu cortex-a53 --max-insns 2000000 --record k.avsr >/dev/null 2>&1
is "a run that ends at a limit" $? 124
ok "is replayed to there" "$ARMVSIM" replay k.avsr

# ---- Input ----

# Echoes what it reads and switches off after a "q"; see input_script.sh.
for word in d2a12001 10000202 38401443 34000063 b9000023 17fffffd b9401824 37200104 b9400023 b9000023 7101c47f \
    54ffff61 52b08000 72800100 d4000003 d503207f 17ffffff; do
    printf '%b' "\\x${word:6:2}\\x${word:4:2}\\x${word:2:2}\\x${word:0:2}"
done >echo.bin
printf 'login: \0' >>echo.bin
printf 'after "login: " send "root"\nafter "root" send "xq"\n' >script
"$ARMVSIM" run echo.bin --quiet --input-script script --record e.avsr >a.out
is "an input script is recorded" "$(cat a.out)" "login: rootxq"
rm script
is "and replayed without it" "$("$ARMVSIM" replay e.avsr 2>/dev/null)" "login: rootxq"
printf 'after "in" quit\n' >script
"$ARMVSIM" run echo.bin --quiet --input-script script --record e.avsr >a.out
ok "a script that quits" "$ARMVSIM" replay e.avsr
printf 'abq' | "$ARMVSIM" run echo.bin --quiet --input - --record e.avsr >a.out
is "input that is there at first" "$("$ARMVSIM" replay e.avsr 2>/dev/null </dev/null)" "login: abq"

# ---- Semihosting's files ----

# Reads 16 bytes of a file to the console, writes them to another file, and exits with the first one's value.
cat >files.S <<'EOF'
        .macro  call number, block
        mov     w0, #\number
        adr     x1, \block
        hlt     #0xf000
        .endm
        .global _start
_start: call    1, in
        adr     x2, transfer
        str     x0, [x2]
        call    6, transfer
        call    1, out
        adr     x2, transfer
        str     x0, [x2]
        call    5, transfer
        call    4, bytes
        adr     x2, bytes
        ldrb    w3, [x2]
        adr     x2, status
        str     x3, [x2]
        call    0x18, exit
        .balign 8
in:     .quad   in_name, 0, 2
out:    .quad   out_name, 4, 3
transfer: .quad 0, bytes, 16
exit:   .quad   0x20026
status: .quad   0
bytes:  .skip   24
in_name: .asciz "in"
out_name: .asciz "out"
EOF
aarch64-linux-gnu-gcc -nostdlib -static -Wl,-Ttext=0x40200000,--build-id=none,-N -o files.elf files.S 2>/dev/null
mkdir -p host
printf "*of the host's files" >host/in
"$ARMVSIM" run files.elf --quiet --semihosting --semihosting-dir host --record f.avsr >a.out
is "a guest that reads a file" "$? $(cat a.out)" "42 $(head -c 16 host/in)"
ok "and writes one" cmp -n 16 host/in host/out
rm -r host
"$ARMVSIM" replay f.avsr >c.out 2>/dev/null
is "is replayed without them" "$? $(cat c.out)" "0 $(cat a.out)"
ok "and the host's files are left alone" test ! -e host

# ---- A disk is not written to ----

head -c 65536 /dev/zero >disk
cp disk disk.before
cp other/count.bin .
"$ARMVSIM" run count.bin --quiet --drive disk --record d.avsr --load count.bin@0x42000000
ok "a machine with a disk and a file in memory" "$ARMVSIM" replay d.avsr
ok "has left the disk alone" cmp disk disk.before
printf x | dd of=disk conv=notrunc status=none
fails "a disk that was changed since" 2 'disk: is not the recorded device' "$ARMVSIM" replay d.avsr

# ---- Looking ----

"$ARMVSIM" replay t.avsr --to 1000000 >to.out
is "--to" $? 0
like "stops there" "$(cat to.out)" '^1,000,000 instructions$'
like "and shows what is next" "$(cat to.out)" '^> 0x[0-9a-f]+ <[a-z_]+(\+0x[0-9a-f]+)?>  [a-z]+'
like "--to a symbol" "$("$ARMVSIM" replay t.avsr --to cache_zero)" '^> 0x[0-9a-f]+ <cache_zero>'
fails "--to a symbol that two functions have" 2 "2 symbols are called 'memcpy'" "$ARMVSIM" replay t.avsr --to memcpy
fails "--to a symbol that is none" 2 "no symbol 'nosuch'" "$ARMVSIM" replay t.avsr --to nosuch
sqlite3 a.db 'select 1' >/dev/null
"$ARMVSIM" run tiny.elf --quiet --cpu cortex-a53 --db a.db >/dev/null
at=$(sqlite3 a.db "select entry_insn from trap where id = 3")
like "--to a trap, as the ledger has it" "$("$ARMVSIM" replay t.avsr --to trap=3 | tr -d ,)" "^$at instructions$"
fails "--to beyond the end" 1 'the run ends before' "$ARMVSIM" replay t.avsr --to 1G
fails "--to far beyond it" 1 'the run ends before' "$ARMVSIM" replay n.avsr --input other --to 99999999

walk() { printf '%s\n' "$@" quit | "$ARMVSIM" replay t.avsr --interactive 2>&1 | grep -v '^\['; }
walk 'to 1500000' regs | tail -n 20 >forward
walk 'to 2500000' 'to 1700000' 'back 200000' regs | tail -n 20 >back
ok "the state is the same going back as going forward" cmp forward back
for at in 1499999 1500000 1500001; do
    walk "to $at" | tail -n 1
done >by_to
walk 'to 1499999' step step | grep pc >steps
walk 'to 1500001' back back | grep pc | tail -n 3 | tac >backs
ok "steps forward are steps" cmp <(tail -n 3 steps) by_to
ok "steps backward are, too" cmp backs by_to
walk 'to 700000' 'next trap' 'next trap' 'previous trap' >traps
is "to the next trap but one, and back" "$(grep -c instructions traps)" 5
is "is to the next" "$(grep instructions traps | tail -n 1)" "$(grep instructions traps | sed -n 3p)"
like "a trap's place is the ledger's" \
    "$(sqlite3 a.db "select entry_insn from trap where entry_insn > 700000 order by id limit 1")" \
    "^$(grep instructions traps | sed -n 3p | tr -dc 0-9)\$"
is "the console is printed once, however often it is gone through" \
    "$(printf 'to 3000000\nback 1000000\nto 99999999\nquit\n' | "$ARMVSIM" replay t.avsr -i | grep '^\[' | md5sum)" \
    "$("$ARMVSIM" replay t.avsr 2>/dev/null | grep '^\[' | md5sum)"
# All its processes have the output open, so that ends with the last of them.
mkfifo commands output
"$ARMVSIM" replay t.avsr --interactive <commands >output 2>/dev/null &
pid=$!
exec 3>commands
exec 4<output
echo 'to 3000000' >&3
while read -r line <&4 && [ "$line" != '3,000,000 instructions' ]; do :; done
kill -KILL $pid
wait $pid 2>/dev/null
is "killed at an instruction" "$line" '3,000,000 instructions'
like "it leaves no process behind" "$(cat <&4)" '^PE0|^$'
exec 3>&- 4<&-

done_testing
