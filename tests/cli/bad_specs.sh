#!/usr/bin/env bash
# armvsim test: what is wrong with a spec, a folder or an option is named, all of it, before anything runs.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"
# shellcheck source=tests/cli/specs.sh
. "$SRCDIR/tests/cli/specs.sh"

spec good <<'END'
[run]
image = say.elf
END
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
subjects="traps, hvc, smc, wfx, sysreg, fp, abort, irq, fiq, serror, cause.NAME, register.NAME, context.NAME, symbol.NAME, switch, virq, virq.inject, virq.enter, virq.acknowledge, virq.handle, virq.maintain, virq.respond, virq.live, el0, el1, el2, el3, cycles, insns, counter.NAME, leaks, saved, restored, needless"
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
armvsim: bad.spec:29: [budget]: virq has only a count; its stages, virq.respond and the like, have more
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
# shellcheck disable=SC2016 # A variable of specs.
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
like "--help has the words of budgets" "$("$ARMVSIM" test --help)" '^  virq\.enter +from the write of the list register'

done_testing
