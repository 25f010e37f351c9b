#!/usr/bin/env bash
# armvsim explain: what it says of traps that are known.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"
# shellcheck source=tests/cli/ledger.sh
. "$SRCDIR/tests/cli/ledger.sh"

# Besides the hypercalls of the fixture: 101, a write of TCR_EL1 (through X1), in which 102, an SMC of EL2 to EL3, is
# nested; 103, a word store of X7 to a device; 104, an interrupt that waited; 105 and 106, which did not end; 107, a switch that leaks.
make_ledger "$db" "
insert into ec values(23, 'SMC', 'SMC instruction');
insert into cause values(7, 'HCR_EL2.TVM', 'DDI 0487 D24, HCR_EL2<26:26>: writes of the EL1 virtual memory controls'),
    (8, 'SMC', 'DDI 0487 D1.3: SMC instruction, taken to EL3');
insert into register values(69, 'TCR_EL1', 6);
insert into trap_class values(10, 2, 1, 2, 0, 24, 7, 69), (11, 1, 2, 3, 0, 23, 8, null);
insert into site(id, pc, symbol, offset, insn, text) values(4, 0x40081300, 'mmu_on', 0, 0xd5182041, 'msr tcr_el1, x1'),
    (5, 0x40100000, 'el2_call', 12, 0xd4000003, 'smc #0'), (6, -256, null, null, null, null);
insert into trap(id, pe, parent, class, site, iss, va, ipa, entry_insn, entry_cycle, insns, entry_cycles, handler_cycles,
    return_cycles, idle_cycles, ret_el, ret_delta, state, world_switch, save_cycles, restore_cycles) values
    (101, 1, null, 10, 4, 0x340820, null, null, 1234567, 2400000, 192, 22, 400, 20, 0, 1, 4, 0, null, 30, 40),
    (102, 1, 101, 11, 5, 0, null, null, 1234600, 2400050, 40, 30, 100, 30, 0, 2, 4, 0, null, 0, 0),
    (103, 0, null, 8, 2, 0x1870047, -4096, 0x9000000, 10, 20, 100, 22, 658, 20, 0, 1, 4, 0, null, 10, 20),
    (104, 0, null, 3, 6, 0, null, null, 5, 6, 100, 22, 90000, 20, 89000, 1, 0, 0, null, 10, 20),
    (105, 0, null, 2, 1, 0, null, null, 5, 6, 100, 22, 10, 0, 0, null, null, 1, null, 0, 0),
    (106, 0, null, 2, 1, 0, null, null, 5, 6, 100, 22, 10, 0, 0, null, null, 2, null, 0, 0),
    (107, 0, null, 2, 1, 0, null, null, 5, 6, 100, 22, 10, 20, 0, 1, 4, 0, 2, 0, 0);
insert into register values(32, 'Q0', 1), (33, 'Q1', 1), (34, 'Q2', 1), (63, 'Q31', 1);
insert into state_set_reg(state_set, register, saved, restored, leaked, unchanged, needless) values
    (2, 0, 1, 1, 0, 1, 0), (2, 32, 1, 1, 0, 1, 0), (2, 33, 1, 1, 0, 1, 0), (2, 34, 1, 1, 0, 1, 0), (2, 63, 1, 1, 0, 1, 0);
insert into world_switch(id, pe, trap, class, entry_insn, entry_cycle, insns, entry_cycles, handler_cycles, return_cycles,
    idle_cycles) values (2, 0, 107, 2, 5, 6, 100, 22, 10, 20, 0);
insert into trap_agg values(10, 2, 300, 44, 1036, 40, 0, 442, 678, 655048.0, 60, 80);
insert into trap_hist values(10, 442, 442, 1), (10, 678, 678, 1);"

# explain TRAP OPTION...: lines of a paragraph joined.
explain() {
    "$ARMVSIM" explain "$db" "$@" 2>&1
}
words() {
    explain "$@" | tr '\n' ' ' | tr -s ' '
}

first=$(words 1)
like "the title" "$first" '^Trap 1: HVC, from EL1 of vm1\.0 to EL2 fixture\.db, cortex-a53'
like "where it came from" "$first" 'vm1\.0 was at EL1, executing 0x40081000, in guest_yield\+0x10 \(guest\.c:34\)\.'
like "the instruction" "$first" 'Instruction: hvc #0'
like "what the cause is" "$first" "HVC is the guest's call of its hypervisor"
like "the handler's places" "$first" \
    'It began at vectors\+0x400 \(vectors\.S:20\) and ended by the ERET at exit_vm\+0x3c \(switch\.S:88\)\. It took 50 instructions'
like "its length and time" "$first" 'It took 1,000 cycles, 0\.833 us at 1200 MHz'
like "where it stands" "$first" \
    'None of the 200 traps with this cause was quicker\. Their mean is 1,099 cycles \(this one: -9\.0%\)'
like "phases beside their means" "$(explain 1)" '^save +100 +10\.0% +███ +55 +\+81\.8%$'
like "the handler without its phases" "$(explain 1)" '^handler +738 +73\.8% +█+ +932 +-20\.8%$'
like "phases add up" "$(explain 1)" '^Total +1,000 +100\.0% +1,099$'
like "refills afterwards" "$first" '3 lines of L1I, 5 lines of L1D, 1 line of L2, 2 entries of micro-TLBs, 1 entry of the TLB\. .* 90 cycles more'
like "a world switch" "$first" 'vm1\.0 gave way to vm2\.0 \(switch 1\): 90 registers were saved and 92 restored'
like "what it saved in vain" "$first" 'neither changed nor read since they were restored: SCTLR_EL1\.'
like "what it moved" "$(explain 1)" '^Generic Timer +6 +7 +0 +0 +0 +54 +63$'
like "where the ERET went" "$first" 'The ERET went to EL1 of another context, at 0x40081004'
is "another one moved nothing" "$(explain 2 | grep -c 'World switch')" 0
is "and left nothing" "$(explain 2 | grep -c 'Afterwards')" 0
like "in the middle" "$(words 51)" 'Of the 200 traps with this cause 50\.0% were quicker and 49\.0% slower'

access=$(words 101)
like "a register access: the title" "$access" '^Trap 101: HCR_EL2\.TVM, TCR_EL1, from EL1'
like "the control bit" "$access" "It was taken to EL2\. HCR_EL2\.TVM \(bit 26\) is 1\. EL1's writes of the registers that set up"
like "the manual's section" "$access" 'See DDI 0487 D24, HCR_EL2<26:26>\.'
like "the syndrome" "$access" 'ESR_EL2: class 0x18 \(SYSREG\), ISS 0x0340820\. It wrote X1 to TCR_EL1\.'
like "its fields" "$(explain 101)" '^Rt +9:5 +1 +general-purpose register: X1$'
like "their values" "$(explain 101)" '^Direction +0 +0 +of the access: write'
like "the moment" "$access" 'PE 1 had retired 1,234,567 instructions, at cycle 2,400,000 \(2\.000 ms\)'
like "back to the next instruction" "$access" 'The ERET went back to EL1 at 0x40081304: the next instruction'
like "nested traps" "$(explain 101)" '^ *2→3 +SMC +smc +160 +el2_call +102$|^ *102 +2→3 +SMC +smc +160 +el2_call$'
like "how to have fewer" "$access" 'Clear TVM once SCTLR_EL1\.M and C are both set'
like "a nested trap names what it is in" "$(words 102)" 'while trap 101 was being handled'
like "without others of its cause there is no rank" "$(words 102)" 'It took 160 cycles, 0\.133 us at 1200 MHz\. Phases'

abort=$(words 103)
like "an abort: addresses" "$abort" \
    'Virtual address: 0xfffffffffffff000 \(FAR_EL2\) Intermediate physical address: 0x9000000'
like "an abort: the register" "$(explain 103)" '^SRT +20:16 +7 +register that is loaded or stored: X7$'
like "an abort: the fault" "$(explain 103)" '^DFSC +5:0 +7 +fault status: translation fault, level 3$'
like "an interrupt: a PC without a symbol" "$(words 104)" 'about to execute 0xffffffffffffff00\.'
is "an interrupt has no syndrome" "$(explain 104 | grep -c Syndrome)" 0
like "an interrupt: waiting" "$(explain 104)" '^waiting +89,000 +'
like "an interrupt: once more" "$(words 104)" 'back to EL1 at 0xffffffffffffff00: the same instruction once more'
like "an abandoned trap" "$(words 105)" 'never left by an ERET of its own'
like "an unfinished trap" "$(words 106)" 'The run ended before it did'

like "a leak" "$(words 107)" 'the next context can read what this one left in TPIDR_EL0\.'
like "a save that was not in vain for the context had read it" "$(words 107)" \
    'Saved though unchanged since they were restored: X0, Q0-Q2, Q31, SCTLR_EL1\.'

like "slowest is without waiting" "$(words slowest:HCR_EL2.IMO)" '^Trap 104: '
like "slowest of all" "$(words slowest)" '^Trap 100: HVC'
like "slowest of a cause" "$(words 'slowest:stage 2 translation')" '^Trap 103: '
like "first" "$(words first)" '^Trap 1: '
like "first of a cause" "$(words first:SMC)" '^Trap 102: '

# json PATH: a value out of the JSON form of trap 101.
json() {
    explain 101 --format json >"$tmp/json"
    sqlite3 :memory: "select json_extract(readfile('$tmp/json'), '$1')"
}
is "json: a column of the trap" "$(json '$.trap.cause')" HCR_EL2.TVM
is "json: a number" "$(json '$.trap.cycles')" 442
is "json: a section" "$(json '$.sections[0].title')" "What happened"
is "json: a field" "$(json '$.sections[2].table.rows[0].field')" Op0
md=$(explain 101 --format markdown)
like "markdown: the title" "$md" '^# Trap 101: HCR\\_EL2\.TVM, TCR\\_EL1, from EL1'
like "markdown: a table" "$md" '^\| Rt \| 9:5 \| 1 \| general-purpose register: X1 \|$'
is "no escape sequences where there is no terminal" "$(explain 1 | grep -c $'\033')" 0
make_ledger "$tmp/evil.db" "update site set symbol = 'a' || char(27) || '[2J|b', text = char(27) || 'x' where id = 1"
is "control characters do not reach the terminal" "$("$ARMVSIM" explain "$tmp/evil.db" 1 | grep -c $'\033')" 0
for trap in 1 101 102 103 104 105 106; do
    for format in table json markdown; do
        ok "trap $trap as $format" "$ARMVSIM" explain "$db" $trap --format $format
    done
    is "trap $trap: no line is wider than 120" "$(($(explain $trap | LC_ALL=C.UTF-8 wc -L) <= 120))" 1
done

fails "no trap" 2 'a DB and a TRAP are needed' "$ARMVSIM" explain "$db"
fails "too many arguments" 2 'too many' "$ARMVSIM" explain "$db" 1 2
for id in 0 108 99999999999999999999; do
    fails "trap $id" 2 "has no trap $id; it has 107 traps, from 1 to 107" "$ARMVSIM" explain "$db" $id
done
for text in "" -1 1x slow 0x1 fastest:HVC; do
    fails "trap '$text'" 2 "explain: .*(is no trap|nknown option)" "$ARMVSIM" explain "$db" "$text"
done
fails "a cause that is not there" 2 "has no trap caused by 'HVCC'; causes are HCR_EL2\.IMO, " "$ARMVSIM" explain "$db" slowest:HVCC
fails "a format that does not fit" 2 "--format 'csv'" "$ARMVSIM" explain "$db" 1 --format csv
empty_ledger "$tmp/none.db"
for text in 1 slowest first:HVC; do
    fails "a ledger without traps: $text" 2 'has no traps$' "$ARMVSIM" explain "$tmp/none.db" $text
done
make_ledger "$tmp/running.db" "update run set value = 'running' where key = 'status'; delete from trap_agg; delete from trap_hist"
like "an unfinished run" "$("$ARMVSIM" explain "$tmp/running.db" slowest 2>/dev/null)" '^Trap 100: HVC'
fails "full disk" 2 'stdout: (No space left|write error)' bash -c "'$ARMVSIM' explain '$db' 1 >/dev/full"

done_testing
