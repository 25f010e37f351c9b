#!/usr/bin/env bash
# armvsim test: what it says of each way in which a case can fail, of specs that are wrong, and the forms of its
# results. The programs are made here; with --timing none an instruction is a cycle, so that texts are exact.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

cd "$tmp" || exit 1

# say.S prints a text and ends: 0 power-off, 1 crash, 2 never, 3 waits for ever, 4 semihosting with status 7.
cat >say.S <<'END'
    .globl _start
_start:
    movz x1, #0x0900, lsl #16
    adr x2, text
1:  ldrb w3, [x2], #1
    cbz w3, 2f
    str w3, [x1]
    b 1b
2:
#if HOW == 0
    movz w0, #0x8400, lsl #16
    movk w0, #8
    smc #0
#elif HOW == 1
    .inst 0
#elif HOW == 2
    b .
#elif HOW == 3
    wfi
    b 2b
#elif HOW == 4
    mov w0, #0x18
    adr x1, block
    hlt #0xf000
    .balign 8
block: .quad 0x20026, 7
#endif
text: .asciz TEXT
END
# hv.S: EL1 makes four HVCs from `guest`, of which the third takes 20 instructions longer.
cat >hv.S <<'END'
    .globl _start
    .globl guest
_start:
    adr x0, vectors
    msr vbar_el2, x0
    mov x0, #0x80000000
    msr hcr_el2, x0
    mov x0, #0x3c5
    msr spsr_el2, x0
    adr x0, guest
    msr elr_el2, x0
    mov x9, #0
    eret
guest:
    hvc #1
    hvc #1
    hvc #1
    hvc #1
    b .
handler:
    add x9, x9, #1
    cmp x9, #4
    b.eq 3f
    cmp x9, #3
    b.ne 2f
    mov x10, #10
1:  subs x10, x10, #1
    b.ne 1b
2:  eret
3:  movz w0, #0x8400, lsl #16
    movk w0, #8
    smc #0
    .balign 2048
vectors:
    .space 0x400
    b handler
END
build() {
    aarch64-linux-gnu-gcc -nostdlib -static -Wl,--build-id=none -Wl,-Ttext=0x40080000 "${@:3}" -o "$2" "$1"
}
if ! { build say.S say.elf -DHOW=0 '-DTEXT="alpha\r\nbeta [x] 1\r\n\033[2Jgamma <&>\n"' &&
    build say.S crash.elf -DHOW=1 '-DTEXT="before\n"' && build say.S loop.elf -DHOW=2 '-DTEXT="ready\n"' &&
    build say.S idle.elf -DHOW=3 '-DTEXT=""' && build say.S seven.elf -DHOW=4 '-DTEXT="seven\n"' &&
    build hv.S hv.elf; } >"$tmp/.out" 2>&1; then
    sed 's/^/# /' "$tmp/.out"
    echo "Bail out! the programs cannot be made"
    exit 1
fi

# spec NAME, with its text on the standard input; [run] gets timing = none.
spec() {
    sed 's/^\[run\]$/[run]\ntiming = none/' >"$1.spec"
}
# run ARGUMENT...: leaves stdout in `out`, stderr in `err`, and sets `status`.
run() {
    status=0
    "$ARMVSIM" test "$@" >out 2>err </dev/null || status=$?
}
# reason NAME TEXT, with the wanted lines below a failed case on the standard input.
reason() {
    run "$1.spec"
    is "$2: exit status" $status 1
    is "$2" "$(sed 1d out | sed '$d' | sed 's/^        //')" "$(cat)"
}
spec good <<'END'
[test]
description = it says what it should
[run]
image = say.elf
[expect]
exit = 0
end = power-off
console = ^alpha$; beta \[x\] \d
console = gamma
console-not = delta; ^beta$
stderr-not = .
[budget]
traps == 0
insns <= 1K
cycles < 1us
[sql]
one = SELECT 1
ended = SELECT value FROM run WHERE key = 'end' => power-off
END
run good.spec
is "a case that passes: exit status" "$status $(cat err)" "0 "
like "a case that passes" "$(head -n 1 out)" '^ok +good +0\.000 ms +0 traps +12 checks$'
is "the total" "$(sed -n 2p out)" "1 passed, 0 failed"
is "--list" "$("$ARMVSIM" test --list good.spec)" "good  it says what it should"

# The console.
spec missing <<'END'
[run]
image = say.elf
[expect]
console = alpha; omega
END
reason missing "a pattern that is not there" <<'END'
expect: console 'omega'
  no match for 'omega' behind 'alpha', which is in line 1 of the console
  the last lines of the console:
    | alpha
    | beta [x] 1
    | \x1b[2Jgamma <&>
END
spec order <<'END'
[run]
image = say.elf
[expect]
console = gamma; beta; alpha
END
reason order "patterns in another order" <<'END'
expect: console 'beta'
  no match for 'beta' behind 'gamma', which is in line 3 of the console
  it is there before that, in line 2: patterns come in the order of the console
  the last lines of the console:
    | alpha
    | beta [x] 1
    | \x1b[2Jgamma <&>
END
spec literal <<'END'
[run]
image = say.elf
[expect]
console = beta [x] 1
END
reason literal "a text that is no expression" <<'END'
expect: console 'beta [x] 1'
  no match for 'beta [x] 1'
  the same text is there, but as a regular expression it means something else; write it as
    beta \[x\] 1
  the last lines of the console:
    | alpha
    | beta [x] 1
    | \x1b[2Jgamma <&>
END
spec not <<'END'
[run]
image = say.elf
[expect]
console-not = omega; b.ta
END
reason not "a pattern that must not be there" <<'END'
expect: console-not 'b.ta'
  must not be there, but is in line 2 of the console:
    | beta [x] 1
END
printf 'alpha\r\nbeta [y] 1\r\n' >wanted.txt
spec file <<'END'
[run]
image = say.elf
[expect]
console-file = wanted.txt
END
reason file "a console that is not the file's" <<'END'
expect: console-file wanted.txt
  line 2 differs from the file's:
    - beta [y] 1
    + beta [x] 1
END
spec silent <<'END'
[run]
image = idle.elf
[expect]
end = idle
console = anything
END
reason silent "an empty console" <<'END'
expect: console 'anything'
  no match for 'anything'
  the console is empty
END

# The end.
spec limit <<'END'
[run]
image = loop.elf
max-insns = 1000
END
reason limit "a limit" <<'END'
expect: exit
  ended by limit, exit status 124
  expected: power-off with exit status 0
  stderr: armvsim: limit of instructions or cycles reached; 1,000 instructions, 1,000 cycles (0.001 ms at 1000 MHz)
  the console's last lines:
    | ready
END
spec crash <<'END'
[run]
image = crash.elf
END
run crash.spec
like "a crash" "$(cat out)" '^ +ended by crash, exit status 3$'
like "a crash: why" "$(cat out)" '^ +stderr: armvsim: .*; [0-9]+ instructions'
like "a crash: the state" "$(cat out)" '^ +stderr: .*0x'
spec status <<'END'
[run]
image = seven.elf
semihosting = on
END
reason status "another exit status" <<'END'
expect: exit
  ended by power-off, exit status 7
  expected: power-off with exit status 0
  the console's last lines:
    | seven
END
for end in 'seven exit 7' 'loop exit limit' 'loop end limit' 'crash exit crash' 'idle end idle' 'crash exit any'; do
    read -r name key value <<<"$end"
    printf '[run]\nimage = %s.elf\nsemihosting = on\nmax-insns = 1000\n[expect]\n%s = %s\n' "$name" "$key" "$value" |
        spec end
    ok "$key = $value" "$ARMVSIM" test end.spec
done
head -c 100 say.elf >broken.elf
spec broken <<'END'
[run]
image = broken.elf
END
run broken.spec
is "an image that cannot be loaded" "$status $(sed -n '3p;4p' out | sed 's/^ *//' | paste -sd'|')" \
    "1 did not run: armvsim run has exit status 2|expected: power-off with exit status 0"
like "an image that cannot be loaded: why" "$(cat out)" '^ +stderr: armvsim: .*broken\.elf: '

# Budgets: three HVCs are complete, of 7, 7 and 28 cycles; the fourth has no end.
spec budget <<'END'
[run]
image = hv.elf
[budget]
hvc.p99 <= 20
hvc >= 4
symbol.guest.mean < 14
cause.HVC.max <= 20ns
traps.share <= 10%
insns != 63
el2 <= 0.01us
END
reason budget "exceeded budgets" <<'END'
budget: hvc.p99 <= 20
  measured 28 cycles, allowed <= 20 cycles: +40.0%
    Cause  Symbol  Count  Cycles  Mean  Max
    ───────────────────────────────────────
    HVC    guest       3      42    14   28
  the first beyond it: trap 3, 28 cycles: HVC at guest+0x8 in host, at instruction 27
budget: hvc >= 4
  measured 3, wanted >= 4: -25.0%
    Cause  Symbol  Count  Cycles  Mean  Max
    ───────────────────────────────────────
    HVC    guest       3      42    14   28
budget: symbol.guest.mean < 14
  measured 14 cycles, allowed < 14 cycles
    Cause  Symbol  Count  Cycles  Mean  Max
    ───────────────────────────────────────
    HVC    guest       3      42    14   28
  the first beyond it: trap 3, 28 cycles: HVC at guest+0x8 in host, at instruction 27
budget: cause.HVC.max <= 20ns
  measured 28 cycles (28 ns), allowed <= 20 cycles (20 ns): +40.0%
    Cause  Symbol  Count  Cycles  Mean  Max
    ───────────────────────────────────────
    HVC    guest       3      42    14   28
  the first beyond it: trap 3, 28 cycles: HVC at guest+0x8 in host, at instruction 27
budget: traps.share <= 10%
  measured 66.67%, allowed <= 10%: +567%
    Cause  Symbol  Count  Cycles  Mean  Max
    ───────────────────────────────────────
    HVC    guest       3      42    14   28
budget: insns != 63
  measured 63, wanted != 63
    Cause  Count  Cycles  Mean  P50  P99  Max
    ─────────────────────────────────────────
    HVC        3      42    14    7   28   28
budget: el2 <= 0.01us
  measured 59 cycles (59 ns), allowed <= 10 cycles (10 ns): +490%
    EL  Context  Cycles  Instructions  Idle cycles
    ──────────────────────────────────────────────
     2  host         59            59            0
     1  host          4             4            0
END
spec within <<'END'
[run]
image = hv.elf
[budget]
hvc = 3
hvc.total == 42
hvc.min == 7
hvc.p50 == 7
hvc.p99 == 28
traps.hvc.max == 0.028us
HVC.count == 3
symbol.guest.total == 42
symbol.handler == 0
hvc.share > 66.6%
smc == 0
virq == 0
leaks == 0
counter.exception >= 3
END
ok "budgets that are kept" "$ARMVSIM" test within.spec
spec nothing <<'END'
[run]
image = hv.elf
[budget]
smc.p50 <= 10
symbol.handler.max <= 1
context.vm7.0.mean <= 1
symbol.handler == 0
virq.ack.total == 0
END
reason nothing "budgets of what does not happen" <<'END'
budget: smc.p50 <= 10
  nothing to measure: there was no smc
budget: symbol.handler.max <= 1
  nothing to measure: no trap interrupted the function 'handler', only guest
budget: context.vm7.0.mean <= 1
  nothing to measure: no trap interrupted the context 'vm7.0', only host
END

# SQL.
spec sql <<'END'
[run]
image = hv.elf
[sql]
more = SELECT COUNT(*) FROM v_trap WHERE state = 'complete' => 4
true = SELECT COUNT(*) = 0 FROM v_trap
none = SELECT 1 FROM v_leak
rows = SELECT 1 FROM v_trap
null = SELECT NULL
END
reason sql "queries that give something else" <<'END'
sql: more
  gave 3, expected 4
sql: true
  gave 0, expected 1
sql: none
  gave no row, expected 1
sql: rows
  gave more than one row
sql: null
  gave NULL, expected 1
END

# Golden ledgers.
spec golden <<'END'
[run]
image = hv.elf
[golden]
ledger = ${name}.golden
tolerance = 10%
END
fails "a variable that is not known" 2 '^armvsim: golden\.spec:5: \[golden\] ledger: \$\{name\} is not known; there are \$\{specdir\}, and more by --define NAME=VALUE$' \
    "$ARMVSIM" test golden.spec
run golden.spec -D name=hv
is "no golden ledger" "$status $(tail -n 3 out | sed 's/^ *//' | paste -sd'|')" \
    "1 $tmp/hv.golden: No such file or directory|\`armvsim test --update\` makes it|0 passed, 1 failed: golden"
run golden.spec -D name=hv --update
like "--update makes it" "$(cat out)" '^ok .*, updated hv\.golden$'
is "what it is" "$(cat hv.golden)" "# Golden ledger: counts are exact, cycles may differ by the tolerance of the spec.
# \`armvsim test --update\` writes it anew.
core generic
board virt
run            1           63  whole run
cause          3           42  HVC
symbol         3           42  guest"
run golden.spec -D name=hv --update
is "--update again changes nothing" "$status $(grep -c updated out)" "0 0"
sed -i 's/42  HVC/46  HVC/' hv.golden
ok "cycles within the tolerance" "$ARMVSIM" test golden.spec --define name=hv
sed -i 's/46  HVC/47  HVC/; s/guest/guess/; s/ 1           63/ 2           63/' hv.golden
run golden.spec -D name=hv
is "a ledger that differs" "$status $(sed '1d;$d' out | sed 's/^        //')" "1 golden: hv.golden
  4 of 3 lines differ (counts, or cycles by more than 10%):
            Name       Golden count  Count  Golden cycles  Cycles  Change
    ─────────────────────────────────────────────────────────────────────
    run     whole run             2      1             63      63   +0.0%
    cause   HVC                   3      3             47      42  -10.6%
    symbol  guess                 3                    42
    symbol  guest                        3                     42
  if that is as it should be: armvsim test --update"
sed -i 's/core generic/core cortex-a53/' hv.golden
run golden.spec -D name=hv
like "a ledger of another core" "$(cat out)" '^ +it is of core cortex-a53 on board virt, the run of core generic on board virt$'
echo "cause three" >>hv.golden
run golden.spec -D name=hv
like "a damaged golden ledger" "$(cat out)" '^ +.*/hv\.golden:8: not a line KIND COUNT CYCLES NAME$'
printf '[expect]\nconsole = x\n' | cat golden.spec - >worse.spec
run worse.spec -D name=hv --update
is "no --update of a run that failed" "$status $(grep -c 'not updated, since the run is not as expected' out) $(grep -c three hv.golden)" \
    "1 1 1"

# [matrix], --only, --keep, the order of results, names.
spec many <<'END'
[run]
image = hv.elf
[matrix]
cpu = cortex-a53;cortex-a57
seed = 1;2;3
[budget]
hvc == 3
[budget cortex-a57]
hvc == 4
[budget 2]
traps == 5
END
run many.spec good.spec --jobs 5
is "the cases of a matrix, in order" "$status $(grep -oE '^(ok|FAILED) +[^ ]+' out | tr -s ' ' | paste -sd'|')" \
    "1 ok many[cortex-a53,1]|FAILED many[cortex-a53,2]|ok many[cortex-a53,3]|FAILED many[cortex-a57,1]|FAILED many[cortex-a57,2]|FAILED many[cortex-a57,3]|ok good"
is "budgets of a part" "$(grep -c 'budget: hvc == 4' out) $(grep -c 'budget: traps == 5' out) $(grep -c 'hvc == 3' out)" "3 2 0"
is "the total names what failed" "$(tail -n 1 out)" \
    "3 passed, 4 failed: many[cortex-a53,2], many[cortex-a57,1], many[cortex-a57,2], many[cortex-a57,3]"
is "--only" "$("$ARMVSIM" test --list many.spec good.spec --only 'many*2]' | paste -sd' ')" "many[cortex-a53,2] many[cortex-a57,2]"
fails "--only of nothing" 2 "^armvsim: --only 'x\*': no case has such a name$" "$ARMVSIM" test many.spec --only 'x*'
run many.spec --keep kept --only '*53,1]'
is "--keep" "$(cd kept && echo */*)" "many-cortex-a53-1/console.txt many-cortex-a53-1/ledger.db many-cortex-a53-1/stderr.txt"
is "the kept ledger" "$("$ARMVSIM" report kept/many-cortex-a53-1/ledger.db traps --format csv | grep -c HVC)" 1
mkdir -p a/x b/x
cp good.spec a/x/
cp good.spec b/x/other.spec
cp good.spec b/
sed -i 's/= say.elf/= ${there}\/say.elf/' a/x/good.spec b/x/other.spec b/good.spec
is "folders, and specs of one name" "$("$ARMVSIM" test --list a b -D there=.. -D there="$tmp" | cut -d' ' -f1 | paste -sd' ')" \
    "x/good b/good other"
rm -rf a b
mkdir tmpdir
TMPDIR=$tmp/tmpdir "$ARMVSIM" test good.spec many.spec >/dev/null
is "temporary folders are gone" "$(ls tmpdir)" ""

# A disk is the run's own.
head -c 4096 /dev/zero >disk.img
spec disk <<'END'
[run]
image = say.elf
drive = disk.img
[matrix]
seed = 1;2
END
run disk.spec --keep kept
is "two runs with one disk" "$status $(cmp kept/disk-1/drive0.img disk.img && echo same)" "0 same"

# TAP and JUnit.
run good.spec not.spec --tap --junit junit.xml
is "TAP" "$status $(cat out)" "1 1..2
ok 1 - good
not ok 2 - not
# expect: console-not 'b.ta'
#   must not be there, but is in line 2 of the console:
#     | beta [x] 1"
if command -v python3 >/dev/null; then
    is "JUnit" "$(python3 - <<'END'
import xml.etree.ElementTree as tree
root = tree.parse("junit.xml").getroot()
print(root.tag, root.get("tests"), root.get("failures"))
for suite in root:
    for case in suite:
        print(suite.get("name"), suite.get("file"), case.get("name"), case.get("classname"), case.get("time"))
        for child in case:
            print(child.tag, child.get("type"), child.get("message"), repr(child.text))
END
)" 'testsuites 2 1
good good.spec good good 0.000000
system-out None None '"'alpha\\nbeta [x] 1\\n\\\\x1b[2Jgamma <&>'"'
not not.spec not not 0.000000
failure expect expect: console-not '"'b.ta'"': must not be there, but is in line 2 of the console: '"'must not be there, but is in line 2 of the console:\\n  | beta [x] 1\\n'"'
system-out None None '"'alpha\\nbeta [x] 1\\n\\\\x1b[2Jgamma <&>'"
else
    skip "JUnit" "python3 is missing"
fi
fails "a folder that is not there for JUnit" 2 '^armvsim: --junit none/x\.xml: No such file or directory$' \
    "$ARMVSIM" test good.spec --junit none/x.xml --tap

# The process of a case is killed, or the tests are.
printf '[run]\nimage = %s/hyp/tiny.elf\n[expect]\nconsole = x\n' "$BUILDDIR" >killed.spec
(ulimit -f 16; exec "$ARMVSIM" test killed.spec) >out 2>err </dev/null
is "a run that is killed" "$? $(sed -n '3p;4p' out | sed 's/^ *//' | paste -sd'|')" \
    "1 armvsim run was killed by signal 25 (File size limit exceeded)|expected: power-off with exit status 0"
spec long <<'END'
[run]
image = loop.elf
max-insns = 1000T
END
mkdir -p kept
TMPDIR=$tmp/tmpdir "$ARMVSIM" test long.spec --keep kept >out 2>err </dev/null &
pid=$!
until grep -q ready kept/long/console.txt 2>/dev/null; do :; done
kill -TERM $pid
wait $pid
is "SIGTERM ends the runs, too" "$? $(cat out err)" "130 "


# What is wrong with specs: all of it, before anything runs.
cat >bad.spec <<'END'
key = before
[run]
image = ${nowhere}/x.elf
imagine = x
smp = zero
cpu = z80
cpu = cortex-a53
semihosting = yes
[matrix]
mem = 
colour = red
[expect]
exit = 256
end = sleep
console = [hyp
console = 
foo = bar
console-file = nope.txt
[budget]
hvc.p99 2100
hvcs.p99 <= 2100
hvc.p98 <= 21
hvc.p99 <= 
hvc.p99 <= many
hvc.p99 <= 3 weeks
hvc <= 3us
hvc.share <= 10
hvc.p99 <= 10%
virq.p99 <= 3
leaks.mean <= 3
cause.HCR_EL2.TVN <= 3
register.SCTLR <= 3
counter.l1 <= 3
hvc.p50 <= 10
hvc.p50 <= 11
el2.p99 <= 3
[budget cortex-a57]
hvc <= 3
[expect x]
[bogus]
a = b
[sql]
a = SELEC
b = SELECT x FROM v_trap
c = SELECT 1, 2
d = DELETE FROM run
d = SELECT 1; SELECT 2
[golden]
tolerance = 5
foo = 3
[test]
name = x
just words
[unclosed
END
run bad.spec good.spec --keep nothing
is "a spec that is wrong: nothing runs" "$status $(cat out)$(ls -d nothing 2>/dev/null)" "2 "
keys="image, board, cpu, set, smp, quantum, mem, bios, pflash, initrd, dtb, rtc, semihosting, semihosting-dir, append, load, symbols, input, input-script, device, drive, timing, max-insns, max-cycles, seed, dispatch, verbose, args"
subjects="traps, hvc, smc, wfx, sysreg, fp, abort, irq, fiq, serror, cause.NAME, register.NAME, context.NAME, symbol.NAME, switch, virq, virq.inject, virq.ack, virq.active, virq.life, el0, el1, el2, el3, cycles, insns, counter.NAME, leaks, saved, restored, needless"
is "a spec that is wrong: every problem, with its line" "$(sed "s/$keys/KEYS/; s/$subjects/SUBJECTS/; s|$tmp|TMP|; s/at char 4: .*/at char 4: WHY/" err)" \
    "$(cat <<'END'
armvsim: bad.spec: [golden] has no ledger = FILE
armvsim: bad.spec:1: a [GROUP] comes first, such as [run]
armvsim: bad.spec:3: [run] image: ${nowhere} is not known; there are ${specdir}, and more by --define NAME=VALUE
armvsim: bad.spec:4: [run] imagine: no such key; there are KEYS
armvsim: bad.spec:5: [run] smp: 'zero' is not a number
armvsim: bad.spec:7: [run] cpu: is there twice; the first is in line 6
armvsim: bad.spec:8: [run] semihosting: 'yes': on or off
armvsim: bad.spec:10: [matrix] mem: has no values
armvsim: bad.spec:11: [matrix] colour: [matrix] is of keys of [run], and this is none
armvsim: bad.spec:13: [expect] exit: '256': a status from 0 to 255, power-off, reset, stopped, limit, crash, idle or any
armvsim: bad.spec:14: [expect] end: 'sleep': power-off, reset, stopped, limit, crash or idle
armvsim: bad.spec:15: [expect] console: '[hyp' is not a regular expression: at char 4: WHY
armvsim: bad.spec:16: [expect] console: has no patterns
armvsim: bad.spec:17: [expect] foo: no such key; there are exit, end, console, console-not, console-file, stderr and stderr-not
armvsim: bad.spec:18: [expect] console-file: TMP/nope.txt: no such file
armvsim: bad.spec:20: [budget]: 'hvc.p99 2100' is not a budget; it is SUBJECT.STAT <= VALUE (or >=, ==, !=, <, >)
armvsim: bad.spec:21: [budget]: 'hvcs' is not something to measure; there are SUBJECTS
armvsim: bad.spec:22: [budget]: 'hvc' has no 'p98'; it has count, total, mean, min, p50, p95, p99, max, share
armvsim: bad.spec:23: [budget]: 'hvc.p99 <=' is not a budget; it is SUBJECT.STAT <= VALUE (or >=, ==, !=, <, >)
armvsim: bad.spec:24: [budget]: 'many' is not a number
armvsim: bad.spec:25: [budget]: '3 weeks': 'weeks' is not a unit; there are K, M, G, ns, us, ms, s and %
armvsim: bad.spec:26: [budget]: hvc is a count, but '3us' is a time
armvsim: bad.spec:27: [budget]: hvc.share is a share; write '10%'
armvsim: bad.spec:28: [budget]: hvc.p99 is in cycles, not a share; '10%' has a '%'
armvsim: bad.spec:29: [budget]: virq has only a count; virq.inject, virq.ack, virq.active and virq.life have more
armvsim: bad.spec:30: [budget]: leaks is one figure, without 'mean'
armvsim: bad.spec:31: [budget]: there is no cause 'HCR_EL2.TVN'; near it are HCR_EL2.TVM
armvsim: bad.spec:32: [budget]: there is no register 'SCTLR'; near it are SCTLR_EL1, SCTLR_EL12, SCTLR_EL2, SCTLR_EL3
armvsim: bad.spec:33: [budget]: there is no counter 'l1'; near it are l1i_refill, l1d_walk, l1d_access, l1d_refill, l1d_writeback
armvsim: bad.spec:35: [budget]: 'hvc.p50 <= 10' and 'hvc.p50 <= 11': one of them is enough
armvsim: bad.spec:36: [budget]: 'el2' has no 'p99'; it has total, share
armvsim: bad.spec:38: [budget cortex-a57]: 'cortex-a57' is not a value of [matrix], so no case has this budget
armvsim: bad.spec:39: [expect] has no parts by a value of [matrix]; only [budget VALUE] has
armvsim: bad.spec:40: there is no group [bogus]; there are [test], [run], [matrix], [expect], [budget], [sql], [golden]
armvsim: bad.spec:43: [sql] a: near "SELEC": syntax error
armvsim: bad.spec:44: [sql] b: no such column: x
armvsim: bad.spec:45: [sql] c: a SELECT of one column is needed
armvsim: bad.spec:46: [sql] d: a SELECT of one column is needed
armvsim: bad.spec:47: [sql] d: only one statement can be there
armvsim: bad.spec:49: [golden] tolerance: '5': a share such as 2%
armvsim: bad.spec:50: [golden] foo: no such key; there are ledger and tolerance
armvsim: bad.spec:52: [test] name: no such key; there is description
armvsim: bad.spec:53: neither KEY = VALUE nor a [GROUP]
armvsim: bad.spec:54: a group ends with ']'; a value that goes on has its key again
END
)"
one() {
    printf '%b' "$2" >bad.spec
    fails "$1" 2 "$3" "$ARMVSIM" test bad.spec
}
one "no image" '[run]\ncpu = cortex-a53\n' '^armvsim: bad\.spec: \[run\] has no image \(nor bios or pflash\)$'
one "an unknown core" '[run]\nimage = say.elf\ncpu = z80\n' "^armvsim: bad\.spec: bad: core 'z80' is unknown; known are "
one "a board's option" '[run]\nimage = say.elf\nboard = virt,x=y\n' "^armvsim: bad\.spec: bad: board \"virt,x=y\": unknown option \"x\"; known: "
one "an impossible set" '[run]\nimage = say.elf\nset = core.colour=red\n' "^armvsim: bad\.spec: bad: .*colour"
one "an image that is not there" '[run]\nimage = x.elf\n' '^armvsim: bad\.spec:2: \[run\] image: .*/x\.elf: no such file$'
one "\${builddir}" '[run]\nimage = ${builddir}/x.elf\n' \
    '^armvsim: bad\.spec:2: \[run\] image: \$\{builddir\} is not known; --build DIR says where it is$'
one "a function that is not there" '[run]\nimage = hv.elf\n[budget]\nsymbol.gest <= 3\n' \
    "^armvsim: bad\.spec:4: \[budget\]: no function 'gest' in the image, nor in symbols$"
one "not UTF-8" '[run]\nimage = \xff\n' '^armvsim: bad\.spec: not a text \(not UTF-8\)$'
one "one golden ledger of two cases" '[run]\nimage = hv.elf\n[matrix]\nseed = 1;2\n[golden]\nledger = x\n' \
    '^armvsim: bad\.spec: \[golden\] bad\[1\] and bad\[2\] have the same ledger; a variable such as \$\{cpu\} parts them$'
one "an exit status of a crash" '[run]\nimage = hv.elf\n[expect]\nexit = 1\nend = crash\n' \
    '^armvsim: bad\.spec:5: \[expect\] end: a run that ends so has no exit status of its own; leave exit out$'
fails "no spec" 2 '^armvsim: test: a SPEC is needed \(see armvsim test --help\)$' "$ARMVSIM" test
fails "a spec that is not there" 2 '^armvsim: none\.spec: No such file or directory$' "$ARMVSIM" test none.spec
mkdir -p empty
fails "a folder without specs" 2 '^armvsim: empty: no \.spec file in this folder$' "$ARMVSIM" test empty
is "a spec that is named twice is run once" "$("$ARMVSIM" test --list good.spec ./good.spec | wc -l)" 1
fails "no folder for --build" 2 '^armvsim: test: --build none: no such folder$' "$ARMVSIM" test good.spec --build none
fails "a bad --define" 2 "^armvsim: test: --define 'x': NAME=VALUE expected$" "$ARMVSIM" test good.spec --define x
fails "no jobs" 2 '^armvsim: test: --jobs 0: at least 1$' "$ARMVSIM" test good.spec --jobs 0
like "--help has the words of budgets" "$("$ARMVSIM" test --help)" '^  virq\.ack +from the list register'

# The documentation's spec and workflow.
mkdir doc
awk '/^```/ { on = /^```ini$/; next } on' "$SRCDIR/docs/ci.md" >doc/tiny.spec
run doc/tiny.spec --build "$BUILDDIR" --update
is "the spec of docs/ci.md" "$status $(cat err) $(grep -c '^ok .*, updated tiny-cortex-a5[37]\.golden$' out)" "0  2"
ok "the spec of docs/ci.md with its golden ledgers" "$ARMVSIM" test doc/tiny.spec --build "$BUILDDIR"
if python3 -c 'import yaml' 2>/dev/null; then
    ok "the workflow is YAML" python3 -c 'import sys, yaml
steps = yaml.safe_load(open(sys.argv[1]))["jobs"]["traps"]["steps"]
assert any("armvsim test --tap --junit" in step.get("run", "") for step in steps)
assert all(("run" in step) != ("uses" in step) for step in steps)' "$SRCDIR/docs/example/github-actions.yml"
else
    skip "the workflow is YAML" "python3's yaml is missing"
fi

done_testing
