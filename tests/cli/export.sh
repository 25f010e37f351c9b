#!/usr/bin/env bash
# armvsim export: what each form says of a ledger whose contents are known.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"
# shellcheck source=tests/cli/ledger.sh
. "$SRCDIR/tests/cli/ledger.sh"

# Six traps: two HVCs, an access that EL2 needs an SMC for, whose handler waits, one that the run's end cut off, and
# an interrupt that becomes a virtual one; and a world switch. Symbols have what the forms must not take for markup.
traps=$tmp/traps.db
make_ledger "$traps" "
    DELETE FROM trap_row; DELETE FROM virq; DELETE FROM world_switch; DELETE FROM el_time;
    INSERT INTO cause VALUES (7, 'SMC', NULL);
    INSERT INTO trap_class VALUES (20, 1, 2, 3, 0, 23, 7, NULL);
    INSERT INTO ec VALUES (23, 'SMC', 'SMC instruction');
    INSERT INTO site(id, pc, symbol, offset, insn) VALUES (10, 0x40082000, 'odd;name \"x\"', 4, 0xd4000002),
        (11, 0x40200000, 'psci', 0, 0xd4000003);
    INSERT INTO place VALUES (9, 0x40200800, 'vectors', 0, NULL, NULL);
    INSERT INTO trap(id, pe, parent, class, site, iss, entry_insn, entry_cycle, insns, entry_cycles, handler_cycles,
                     return_cycles, idle_cycles, ret_el, ret_delta, state, world_switch, vector) VALUES
        (1, 0, NULL, 1, 1, 0, 10, 1000, 5, 20, 60, 20, 0, 1, 4, 0, NULL, 9),
        (2, 0, NULL, 1, 1, 0, 20, 2000, 5, 20, 160, 20, 0, 1, 4, 0, NULL, 9),
        (4, 0, 3, 20, 11, 0, 31, 3100, 5, 20, 260, 20, 250, 2, 4, 0, NULL, NULL),
        (3, 0, NULL, 6, 10, 0, 30, 3000, 15, 20, 460, 20, 250, 1, 4, 0, 1, 9),
        (5, 0, NULL, 3, 3, 0, 40, 4000, 5, 20, 60, 20, 0, 1, 4, 0, NULL, 9),
        (6, 1, NULL, 1, 1, 0, 50, 5000, 5, 20, 30, 0, 0, NULL, NULL, 2, NULL, 9);
    INSERT INTO world_switch(id, pe, trap, class, entry_insn, entry_cycle, insns, entry_cycles, handler_cycles,
                             return_cycles, idle_cycles) VALUES (1, 0, 3, 1, 30, 3000, 15, 20, 460, 20, 250);
    INSERT INTO virq(id, pe, context, vintid, pintid, lr_cycle, ack_cycle, eoi_cycle, phys_cycle) VALUES
        (1, 0, 2, 27, 27, 4050, 4150, 4200, 3990), (2, 0, 2, 40, NULL, 1050, 1150, NULL, NULL),
        (3, 0, 2, 27, NULL, 4180, 4190, 4195, NULL);
    INSERT INTO el_time VALUES (0, 1, 2, 7000, 10, 40), (1, 0, 3, 500, 10, 0), (0, 2, 1, 900, 10, 0);"

export_to() {
    "$ARMVSIM" export "${ledger:-$traps}" -o - --to "$@" 2>&1
}

# Folded stacks.
folded=$(export_to folded)
is "folded: all stacks" "$folded" 'vm1.0;0x40081200;[HCR_EL2.IMO];vectors 100
vm1.0;guest_yield;[HVC];vectors 350
vm1.0;odd:name "x";[HCR_EL2.TID3 ID_AA64PFR0_EL1];vectors 200
vm1.0;odd:name "x";[HCR_EL2.TID3 ID_AA64PFR0_EL1];vectors;psci;[SMC];EL3 50
vm1.0;odd:name "x";[HCR_EL2.TID3 ID_AA64PFR0_EL1];vectors;psci;[SMC];EL3;[idle] 250'
is "folded: they are all traps' cycles" "$(awk '{ s += $NF } END { print s }' <<<"$folded")" \
    "$(sqlite3 "$traps" 'select sum(cycles) from v_trap where parent is null')"
guest=$(export_to folded --guest)
is "folded --guest: EL0 and EL1 besides" "$(comm -13 <(echo "$folded") <(echo "$guest"))" \
    'vm1.0;[EL1] 6960
vm1.0;[EL1];[idle] 40
vm2.0;[EL0] 500'
make_ledger "$tmp/orphan.db" "DELETE FROM trap_row WHERE id > 1; UPDATE trap_row SET parent = 77;
    UPDATE trap_shape SET vector = NULL;"
is "folded: an outer trap that is not in the ledger" "$(ledger=$tmp/orphan.db export_to folded)" \
    '[not logged];guest_yield;[HVC];EL2 1000'

# CSV.
is "csv: the heading line" "$(export_to csv --table v_el_time | head -n 1)" \
    $'pe,el,context,cycles,insns,idle_cycles,share\r'
is "csv: a row" "$(export_to csv --table v_el_time | sed -n 2p)" $'0,1,vm1.0,7000,10,40,0.886075949367089\r'
is "csv: quotes, and NULL is nothing" "$(export_to csv --table site | tail -n 2 | head -n 1)" \
    $'10,1074274304,"odd;name ""x""",4,3556769794,,,\r'
ok "csv: all tables" "$ARMVSIM" export "$traps" --to csv -o "$tmp/all"
is "csv: a file each" "$(cd "$tmp/all" && echo *.csv)" \
    "$(sqlite3 "$traps" "select name || '.csv' from sqlite_schema where type in ('table', 'view') order by 1" | xargs)"
ok "csv: two tables" "$ARMVSIM" export "$traps" --to csv --table run --table ec -o "$tmp/two"
is "csv: two files" "$(ls "$tmp/two" | xargs)" "ec.csv run.csv"
if command -v python3 >/dev/null; then
    ok "csv: python's reader sees what SQLite has" python3 - "$tmp/all" "$traps" <<'P'
import csv, sqlite3, sys
db = sqlite3.connect(sys.argv[2])
for (name,) in db.execute("select name from sqlite_schema where type in ('table', 'view')"):
    with open(f"{sys.argv[1]}/{name}.csv", newline="") as file:
        rows = list(csv.reader(file, strict=True))
    query = db.execute(f"select * from {name}")
    assert rows[0] == [c[0] for c in query.description], name
    for got, wanted in zip(rows[1:], query.fetchall(), strict=True):
        for a, b in zip(got, wanted, strict=True):
            assert a == ("" if b is None else b) if isinstance(b, (str, type(None))) else abs(float(a) - b) <= 1e-9 * abs(b), (name, a, b)
P
else
    skip "csv: python's reader" "python3 is missing"
fi

# Perfetto. 1,200 MHz: cycle 3000 is at 2,500 ns.
if command -v python3 >/dev/null; then
    export_to perfetto >"$tmp/trace.json"
    is "perfetto: names, order, nesting, flows" "$(python3 "$SRCDIR/tests/cli/perfetto_check.py" "$tmp/trace.json")" \
        $'good\nX=18 s=1 f=1'
    event() {
        sqlite3 :memory: "select json_extract(e.value, '\$.ts'), json_extract(e.value, '\$.dur'), e.value ->> 'tid'
            from json_each(readfile('$tmp/trace.json'), '\$.traceEvents') e
            where e.value ->> 'ph' = 'X' and e.value ->> 'name' = '$1' limit 1"
    }
    is "perfetto: a trap to EL2" "$(event 'HCR_EL2.TID3 ID_AA64PFR0_EL1')" "2.5|0.416|1002"
    is "perfetto: the one in it, to EL3" "$(event SMC)" "2.583|0.25|1001"
    is "perfetto: the guest between traps" "$(event vm1.0)" "0.916|0.75|1004"
    is "perfetto: a world switch" "$(event 'vm1.0 → vm2.0')" "2.5|0.416|1003"
    is "perfetto: a virtual interrupt" "$(event 'vm1.0 vIRQ 27')" "3.375|0.125|1000001"
    is "perfetto: it is active" "$(event active)" "3.458|0.042|1000001"
    is "perfetto: a text in its arguments" "$(sqlite3 :memory: "select json_extract(e.value, '\$.args.symbol')
        from json_each(readfile('$tmp/trace.json'), '\$.traceEvents') e where json_extract(e.value, '\$.args.trap') = 3")" \
        'odd;name "x"'
    sqlite3 "$traps" "insert into run values ('sample', '10')"
    is "perfetto: a guest's time is not known between sampled traps" "$(export_to perfetto | grep -c '"name":"vm1.0",')" 0
else
    skip "perfetto" "python3 is missing"
fi

# What is refused.
fails "no database" 2 'a DB is needed' "$ARMVSIM" export --to csv -o x
fails "two databases" 2 'too many arguments' "$ARMVSIM" export a b --to csv -o x
fails "no form" 2 '\-\-to FORM is needed' "$ARMVSIM" export "$db" -o x
fails "an unknown form" 2 "'vcd' is not a form; there are perfetto, folded, csv, lcov" "$ARMVSIM" export "$db" --to vcd -o x
fails "no output" 2 '\-o OUT is needed' "$ARMVSIM" export "$db" --to folded
fails "no ELF file" 2 'needs --elf' "$ARMVSIM" export "$db" --to lcov -o x
fails "an option of another form" 2 '\-\-elf is for --to lcov' "$ARMVSIM" export "$db" --to csv --elf x -o x
fails "a ledger that is not there" 2 'missing\.db: No such file' "$ARMVSIM" export "$tmp/missing.db" --to csv -o x
fails "an unknown table" 2 "has no table or view 'nope'" "$ARMVSIM" export "$db" --to csv --table nope -o "$tmp/nope"
fails "many tables on stdout" 2 'stdout takes one' "$ARMVSIM" export "$db" --to csv -o -
fails "a folder that cannot be" 2 'No such file|Not a directory' "$ARMVSIM" export "$db" --to folded -o "$tmp/none/x"
fails "a full disk" 2 'No space left' "$ARMVSIM" export "$db" --to csv --table v_trap -o /dev/full
fails "no coverage" 2 'has no coverage' "$ARMVSIM" export "$db" --to lcov --elf "$ARMVSIM" -o "$tmp/x.info"
make_ledger "$tmp/empty.db" "DELETE FROM trap_row;"
for form in folded perfetto; do
    fails "$form: no traps" 2 'has no traps to export' "$ARMVSIM" export "$tmp/empty.db" --to $form -o "$tmp/x"
done
ok "nothing is left of what failed" test ! -e "$tmp/x" -a ! -e "$tmp/x.info" -a ! -e "$tmp/nope"
sqlite3 "$db" "INSERT INTO code VALUES (1, 0x1000, 0x2000)"
lcov() {
    fails "$1" 2 "$2" "$ARMVSIM" export "$db" --to lcov --elf "$3" -o "$tmp/x.info"
}
head -c 400 "$ARMVSIM" >"$tmp/truncated.elf"
lcov "lcov: a file that is not there" 'missing\.elf: No such file' "$tmp/missing.elf"
lcov "lcov: not an ELF file" 'fixture\.db: not an ELF file' "$db"
lcov "lcov: a bad VMID" 'FILE@VMID expected' "a@b"
lcov "lcov: a truncated ELF file" 'truncated\.elf: ' "$tmp/truncated.elf"

done_testing
