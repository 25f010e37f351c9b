#!/usr/bin/env bash
# armvsim test: what it says of each way in which a case can fail, and the forms of its results. With timing = none an
# instruction is a cycle, so that texts are exact.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"
# shellcheck source=tests/cli/specs.sh
. "$SRCDIR/tests/cli/specs.sh"

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
spec stderr <<'END'
[run]
image = crash.elf
[expect]
exit = crash
stderr = ^armvsim: ; ^PE0 +EL2h
stderr-not = instructions
stderr = nonsense
END
run stderr.spec
is "patterns on standard error" "$status $(grep -oE "(expect: stderr.*|no match for .*, which is|last lines of the stderr)" out)" \
    "1 expect: stderr 'nonsense'
no match for 'nonsense' behind '^PE0 +EL2h', which is
last lines of the stderr
expect: stderr-not 'instructions'"
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
    Cause  Symbol  Count  Over  Cycles  Mean  Max
    ─────────────────────────────────────────────
    HVC    guest       3     1      42    14   28
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
budget: cause.HVC.max <= 20ns
  measured 28 cycles (28 ns), allowed <= 20 cycles (20 ns): +40.0%
    Cause  Symbol  Count  Over  Cycles  Mean  Max
    ─────────────────────────────────────────────
    HVC    guest       3     1      42    14   28
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
virq.respond.total == 0
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
    run     whole run             2      1             63      63    0.0%
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
# shellcheck disable=SC2016 # A variable of specs.
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
printf '[run]\nimage = %s/hyp/tiny.elf\n[expect]\nconsole = x\n' "$BUILDDIR" >full.spec
(ulimit -f 16; exec "$ARMVSIM" test full.spec) >out 2>err </dev/null
is "a run whose ledger may not grow" "$? $(sed -n '3,5p' out | sed 's/^ *//; s/ [^ ]*\(full.ledger.db\)/ \1/' | paste -sd'|')" \
    "1 did not run: armvsim run has exit status 2|expected: power-off with exit status 0|stderr: armvsim: full/ledger.db: disk I/O error"
spec long <<'END'
[run]
image = loop.elf
max-insns = 1000T
END
(ulimit -S -t 1; exec "$ARMVSIM" test long.spec) >out 2>err </dev/null
is "a run that is killed" "$? $(sed -n '3p;4p' out | sed 's/^ *//' | paste -sd'|')" \
    "1 armvsim run was killed by signal 24 (CPU time limit exceeded)|expected: power-off with exit status 0"
mkdir -p kept
TMPDIR=$tmp/tmpdir "$ARMVSIM" test long.spec --keep kept >out 2>err </dev/null &
pid=$!
until grep -q ready kept/long/console.txt 2>/dev/null; do :; done
kill -TERM $pid
wait $pid
is "SIGTERM ends the runs, too" "$? $(cat out err)" "130 "


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
