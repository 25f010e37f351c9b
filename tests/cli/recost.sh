#!/usr/bin/env bash
# replay --cpu, --set, --timing and --what-if: the recorded path of instructions under other core models. With the recorded
# core the ledger is the run's, to the byte; with another one the traps are at the same instructions, and take other times.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

tiny=$BUILDDIR/hyp/tiny.elf split=$BUILDDIR/hyp/published/split.elf
cd "$tmp" || exit 2

path_of() { # DB: what the run did, without its times.
    sqlite3 "$1" "SELECT pe, entry_insn, insns, class, site, iss, va, ipa, ret_el, state FROM trap ORDER BY pe, entry_insn, id"
}
value() { # DB KEY
    sqlite3 "$1" "SELECT value FROM run WHERE key = '$2'"
}
# How many lives of virtual interrupts begin with a signal, by the PE's own clock.
signals() { # DB
    sqlite3 "$1" "SELECT count(phys_cycle), coalesce(max(phys_cycle > lr_cycle), 0) FROM virq"
}

# Records OPTION..., and replays under the recorded core and another one.
recosts() { # TEXT CORE IMAGE OPTION...
    local text=$1 core=$2
    shift 2
    "$ARMVSIM" run --quiet --cpu "$core" "$@" --db own.db --record t.avsr >own.out
    "$ARMVSIM" replay t.avsr --quiet --cpu "$core" --db same.db >same.out 2>err
    is "$text: the recorded core says nothing" "$? $(cat err)" "0 "
    ok "$text: its ledger is the run's" cmp own.db same.db
    "$ARMVSIM" replay t.avsr --cpu cortex-a72 --db other.db >other.out 2>err
    is "$text: another core" $? 0
    like "$text: the recorded run is verified" "$(cat err)" '^replay: [0-9]+ instructions agree, [0-9]+ state hashes$'
    is "$text: the summary has both" "$(tr -d , <err | sed -En 's/^replay: ([0-9]+) cycles .* on cortex-a72; recorded: ([0-9]+) cycles .* on ([^ ]*)$/\1 \2 \3/p')" \
        "$(value other.db cycles) $(value own.db cycles) $core"
    ok "$text: the console, once" cmp own.out other.out
    ok "$text: traps at the same instructions" cmp <(path_of own.db) <(path_of other.db)
    ok "$text: other cycles" test "$(value own.db cycles)" -ne "$(value other.db cycles)"
    is "$text: the ledger is of the other core" "$(value other.db core) $(value other.db path_core)" "cortex-a72 $core"
    is "$text: interrupts are signalled before they are virtual" "$(signals other.db)" "$(signals own.db)"
    "$ARMVSIM" replay t.avsr --quiet --cpu cortex-a72 --dispatch loop --db loop.db >/dev/null 2>&1
    ok "$text: the same with the loop" cmp other.db loop.db
}

# ---- Samples, and programs of a few instructions ----

echo_rec=$SRCDIR/traces/echo.avsr count_rec=$SRCDIR/traces/count.avsr
is "input comes to both, and the console is there once" \
    "$("$ARMVSIM" replay "$echo_rec" --cpu cortex-a53 2>/dev/null)" "login: rootxq"
"$ARMVSIM" replay "$count_rec" --cpu cortex-a53 2>err
is "recorded without timing: it stays so" "$(grep -c '209,740 cycles .* cortex-a53, timing none' err)" 1
like "and that is said" "$(cat err)" 'recorded with --timing none: .* --timing block takes the core'
"$ARMVSIM" replay "$count_rec" --cpu cortex-a53 --timing block --db block.db 2>err
"$ARMVSIM" run --quiet --cpu cortex-a53 --db run.db "$SRCDIR/traces/count.bin"
is "with timing it takes what a run takes" "$(value block.db cycles)" "$(value run.db cycles)"
is "what-if with timing has the recorded core, too" \
    "$("$ARMVSIM" replay "$count_rec" --quiet --what-if core=generic --timing block --format csv | grep -c ^generic,)" 2

# Path that ends where somebody stopped it, or with input that was there at first.
printf 'after "in" quit\n' >script
"$ARMVSIM" run "$SRCDIR/traces/echo.bin" --quiet --cpu cortex-a53 --input-script script --db own.db --record q.avsr >own.out
"$ARMVSIM" replay q.avsr --quiet --cpu cortex-a53 --db same.db >same.out
ok "a script that quits: the same ledger" cmp own.db same.db
ok "and it is replayed on another core" "$ARMVSIM" replay q.avsr --cpu cortex-a72
printf 'abq' | "$ARMVSIM" run "$SRCDIR/traces/echo.bin" --quiet --input - --record i.avsr >own.out
is "input that is there at first" "$("$ARMVSIM" replay i.avsr --cpu cortex-a72 2>/dev/null </dev/null)" "login: abq"

# ---- What is refused ----

for other in "--image x" "--seed 1" "--quantum 9" "--append x"; do
    # shellcheck disable=SC2086
    fails "$other" 2 "${other%% *} makes another run, --cpu needs the recorded one" "$ARMVSIM" replay $other --cpu generic "$echo_rec"
done
fails "--to" 2 '--to looks at the recorded run: not together with --timing' "$ARMVSIM" replay --to 5 --timing none "$echo_rec"
fails "--interactive" 2 '--interactive looks at .* --what-if' "$ARMVSIM" replay -i --what-if cores "$echo_rec"
fails "--what-if and a core" 2 '--what-if asks for another core by core=NAME' "$ARMVSIM" replay --cpu max --what-if vhe "$echo_rec"
fails "--what-if and a ledger" 2 'what-if has no --db' "$ARMVSIM" replay --db x.db --what-if vhe "$echo_rec"
fails "an unknown change" 2 "it can be cores, core=NAME" "$ARMVSIM" replay --what-if nothing "$echo_rec"
fails "a format without tables" 2 'only --what-if prints tables' "$ARMVSIM" replay --format csv "$echo_rec"
fails "a format that is none" 2 "format 'x'" "$ARMVSIM" replay --format x --what-if cores "$echo_rec"
fails "an unknown core" 2 "core 'nope' is unknown; known are" "$ARMVSIM" replay --cpu nope "$echo_rec"
fails "an unknown key" 2 "has no key 'nope'" "$ARMVSIM" replay --set core.tlb.nope=1 "$echo_rec"
fails "an unknown timing" 2 "timing 'x'" "$ARMVSIM" replay --timing x "$echo_rec"
ok "nothing of that made a ledger" test ! -e x.db

if [ ! -f "$tiny" ]; then
    skip "hyp/" "no cross compiler"
    done_testing
fi

# ---- Hypervisors ----

cp "$tiny" "$split" .
recosts "two VMs" cortex-a53 tiny.elf
recosts "two PEs" x-gene-1 tiny.elf --smp 2
recosts "four PEs" generic "$BUILDDIR/tests/asm/smp.elf" --smp 4
recosts "four PEs, GICv2" cortex-a53 "$BUILDDIR/tests/asm/gicv2_smp.elf" --smp 4 --board virt,gic-version=2
recosts "a split hypervisor, GICv2" x-gene-1 split.elf --board virt,gic-version=2

"$ARMVSIM" run tiny.elf --quiet --cpu cortex-a53 --set core.tlb.latency=9 --db own.db --record t.avsr >own.out
"$ARMVSIM" replay t.avsr --quiet --set core.tlb.latency=9 --db same.db >/dev/null
ok "--set is of the recorded core" cmp <(path_of own.db) <(path_of same.db)
is "with what was set for it" "$(value same.db cycles)" "$(value own.db cycles)"
"$ARMVSIM" replay t.avsr --quiet --set core.tlb.latency=40 --db more.db >/dev/null
ok "of two values the last one holds" test "$(value more.db cycles)" -gt "$(value own.db cycles)"
"$ARMVSIM" run tiny.elf --quiet --cpu cortex-a53 --record t.avsr --db own.db >own.out
"$ARMVSIM" replay t.avsr --quiet --timing none --db none.db >/dev/null
is "--timing none is in the ledger" "$(value none.db timing)" "none"
ok "of the same path" cmp <(path_of own.db) <(path_of none.db)

"$ARMVSIM" replay t.avsr --what-if cores --format csv >replay.csv 2>err
is "--what-if" $? 0
like "verifies the recording" "$(cat err)" 'instructions agree'
"$ARMVSIM" run tiny.elf --quiet --cpu cortex-a53 --what-if cores --format csv >run.csv
ok "and says what a run says" cmp run.csv replay.csv
for tables in replay run; do
    set -- --what-if no-trap=HCR_EL2.TVM --what-if vhe --what-if core=cortex-a72
    if [ $tables = run ]; then set -- run tiny.elf --cpu cortex-a53 "$@"; else set -- replay t.avsr "$@"; fi
    "$ARMVSIM" "$@" --quiet >$tables.txt
done
ok "of changes, too" cmp run.txt replay.txt

"$ARMVSIM" run tiny.elf --quiet --cpu cortex-a53 --max-insns 2000000 --record k.avsr >/dev/null 2>&1
ok "a recording that ends at a limit" "$ARMVSIM" replay k.avsr --cpu cortex-a72
head -c $(($(stat -c %s t.avsr) / 2)) t.avsr >cut.avsr
"$ARMVSIM" replay cut.avsr --cpu cortex-a72 >/dev/null 2>err
is "one that is cut off is followed as far as it goes" $? 0
like "and it says so" "$(cat err)" 'cut.avsr: the file is cut off at byte'

is "a temporary ledger does not stay" "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'armvsim-what-if-*' -newer t.avsr | wc -l)" 0

# ---- Semihosting's files: each machine has the recorded answers ----

cat >files.S <<'END'
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
        adr     x2, bytes
        ldrb    w3, [x2]
        adr     x2, status
        str     x3, [x2]
        call    0x18, exit
        .balign 8
in:     .quad   in_name, 0, 2
transfer: .quad 0, bytes, 16
exit:   .quad   0x20026
status: .quad   0
bytes:  .skip   24
in_name: .asciz "in"
END
build() { # NAME
    aarch64-linux-gnu-gcc -nostdlib -static -Wl,-Ttext=0x40200000,--build-id=none,-N -o "$1.elf" "$1.S" 2>/dev/null
}
build files
mkdir host
printf '*of the host' >host/in
"$ARMVSIM" run files.elf --quiet --semihosting --semihosting-dir host --record f.avsr
is "a guest that reads a file" $? 42
rm -r host
ok "reads it on another core" "$ARMVSIM" replay f.avsr --cpu cortex-a72

# ---- A path that another core cannot follow ----

# Translation of a page is changed without a TLBI, and others push it out of a small TLB: what is read then depends on the
# core. 1 GiB blocks from TTBR0_EL2, all at 0x40000000; then the second one at 0, which is flash.
cat >stale.S <<'END'
        .global _start
_start: mov     x8, #0x40000000
        adr     x0, table
        mov     x1, #0x701              // A block: AF, inner shareable, AttrIndx 0
        movk    x1, #0x4000, lsl #16
        mov     x2, #512
1:      str     x1, [x0], #8
        sub     x2, x2, #1
        cbnz    x2, 1b
        adr     x0, table
        mov     x1, #0xff
        msr     mair_el2, x1
        mov     x1, #0x3519             // T0SZ 25, write-back, inner shareable
        movk    x1, #0x8080, lsl #16
        msr     tcr_el2, x1
        msr     ttbr0_el2, x0
        mrs     x1, sctlr_el2
        orr     x1, x1, #1
        isb
        msr     sctlr_el2, x1
        isb
        adr     x3, word
        add     x3, x3, x8              // In the block after
        ldr     x4, [x3]
        mov     x1, #0x701
        str     x1, [x0, #16]
        dsb     sy
        mov     x2, #400
        mov     x5, x3
2:      add     x5, x5, x8
        ldr     x6, [x5]
        sub     x2, x2, #1
        cbnz    x2, 2b
        ldr     x7, [x3]
        mov     w0, #0x84000000
        movk    w0, #8
        smc     #0
        .balign 8
word:   .quad   0x1234
        .balign 4096
table:  .skip   4096
END
build stale
"$ARMVSIM" run stale.elf --quiet --cpu cortex-a53 --record s.avsr --db own.db
ok "the recorded core" "$ARMVSIM" replay s.avsr --cpu cortex-a53
"$ARMVSIM" replay s.avsr --set core.tlb.entries=32 --set core.tlb.ways=4 >out 2>err
is "one that cannot follow" $? 1
like "leaves the path, and says where and why" "$(cat err)" \
    '^armvsim: cortex-a53: PE 0 leaves the path .* instruction [0-9]+ \(pc 0x[0-9a-f]+ <word>\): its registers are others$'

done_testing
