#!/usr/bin/env bash
# armvsim models validate: rows, forms, filters, pictures, exit statuses, and what is wrong with its files. The
# verdicts are checked with rows of our own: a copy of the models whose published values are what they measure.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

validate() {
    "$ARMVSIM" models validate "$@"
}

# row ID FIELD: a field of the CSV, by its heading.
row() {
    awk -F, -v id="$1" -v field="$2" '
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
        $1 == id { print $column[field] }' "$tmp/all.csv"
}

validate --format csv >"$tmp/all.csv"
ok "the status is of the rows" test $? -le 1
is "a line for each published row" "$(sed '/^$/,$d' "$tmp/all.csv" | cut -d, -f1 | tail -n +2 | sort)" \
    "$(cut -d, -f1 "$ARMVSIM_MODELS/published.csv" | tail -n +2 | sort)"
is "each has a result" "$(sed '/^$/,$d' "$tmp/all.csv" | grep -c 'no result')" 0
validate --format csv >"$tmp/again.csv"
ok "the same numbers again" cmp "$tmp/all.csv" "$tmp/again.csv"
is "evidence" "$(row isca16-xen-hypercall basis)" measured
is "circular" "$(row rtas23-bare-timer-irq basis)" circular
is "recalled" "$(row isca16-kvm-gp-save basis) $(row isca16-kvm-gp-save verdict)" "recalled recalled"
is "recalled wins over circular" "$(row isca16-kvm-el1-save basis)" recalled
"$ARMVSIM" run --quiet --cpu x-gene-1 --board m400 "$BUILDDIR/hyp/published/type1.elf" >"$tmp/type1"
is "modelled is what the program prints" "$(row isca16-xen-hypercall modelled)" \
    "$(awk '$1 == "type1.hypercall" { print $2 + 0 }' "$tmp/type1")"
is "the error's arithmetic" "$(row isca16-xen-hypercall error_percent)" \
    "$(awk '$1 == "type1.hypercall" { printf "%.6g", sprintf("%.2f", 100 * ($2 - 376) / 376) }' "$tmp/type1")"
is "a published 0 has no error" "$(row rtas23-bao-timer-l2-refill-el2 error_percent)" ""

# The mean of a machine, from the rows.
is "the mean absolute error" \
    "$(awk -F, '/^$/ { means = 1 } means && $1 == "Xilinx ZCU104" { print $4 }' "$tmp/all.csv")" \
    "$(awk -F, '$3 == "Xilinx ZCU104" && $10 == "measured" && $9 != "" { n++; s += $9 < 0 ? -$9 : $9 }
        END { printf "%.6g", sprintf("%.2f", s / n) }' "$tmp/all.csv")"
is "the mean of all" "$(grep -c '^all,' "$tmp/all.csv")" 1

text=$(validate)
like "text: a table for each machine" "$text" '^Xilinx ZCU104$'
like "text: a row" "$text" '^isca16-xen-hypercall +376 +[0-9.]+ +cycles +[-+][0-9.]+% +(met|missed) +Xen'
like "text: the means" "$text" '^Mean absolute error'
is "text: no colour in a pipe" "$(grep -c $'\e' <<<"$text")" 0
like "colour on a terminal" "$(TERM=xterm script -qec "'$ARMVSIM' models validate --only 'isca16-*'" /dev/null </dev/null)" \
    $'\e\\[(32m(met)|1;31m(missed))'
like "markdown" "$(validate --format markdown)" '^### HP Moonshot m400$'
ok "json" bash -c "'$ARMVSIM' models validate --format json --only isca16-xen-hypercall | python3 -c '
import json, sys
rows = json.load(sys.stdin)[\"tables\"][0][\"rows\"]
assert len(rows) == 1 and rows[0][\"published\"] == 376 and rows[0][\"unit\"] == \"cycles\", rows'"

lines() {
    validate --format csv "$@" | sed '/^$/,$d' | tail -n +2
}
is "--machine: part of a name, any case" "$(lines --machine JUNO | cut -d, -f1)" tfv6-psci-version
is "--only: one" "$(lines --only kvm-n1-eoi | cut -d, -f1)" kvm-n1-eoi
is "--only: a pattern and another" "$(lines --only 'kvm-n1-*' --only tfv6-psci-version | wc -l)" 3
fails "--machine: none" 2 "--machine 'pdp-11': there are Xilinx ZCU104, HP Moonshot m400" validate --machine pdp-11
fails "--only: none" 2 "--only 'bogus'" validate --only bogus
fails "both, and nothing is left" 2 'no row has this machine' validate --machine juno --only kvm-n1-eoi
fails "a bad format" 2 "--format 'xml'" validate --format xml
fails "a word too many" 2 'or validate expected' validate it
fails "its options elsewhere" 2 'belong to validate' "$ARMVSIM" models list --only x
fails "a program that is missing" 2 '/nowhere/irqlat\.elf: not there.*ARMVSIM_PUBLISHED' \
    env ARMVSIM_PUBLISHED=/nowhere "$ARMVSIM" models validate

# Programs that are no programs, or have nothing to say.
mkdir "$tmp/programs"
cp "$BUILDDIR"/hyp/published/*.elf "$tmp/programs"
echo junk >"$tmp/programs/smc.elf"
fails "a program that crashes" 1 'smc on cortex-a57: .*vector' env ARMVSIM_PUBLISHED="$tmp/programs" "$ARMVSIM" models validate --machine juno
cp "$tmp/programs/type1.elf" "$tmp/programs/smc.elf"
ARMVSIM_PUBLISHED=$tmp/programs validate --machine juno >"$tmp/out" 2>"$tmp/err"
is "a program without the result" $? 1
like "it says so" "$(cat "$tmp/out")" '^tfv6-psci-version .* no result '

# Models of our own.
models=$tmp/models
cp -r "$ARMVSIM_MODELS" "$models"
chmod -R u+w "$models"
mine() {
    ARMVSIM_MODELS=$models validate "$@"
}
# What each row measures becomes its published value.
awk -F, 'NR == FNR { if (FNR > 1 && !done) { if (!NF) done = 1; else modelled[$1] = $8 } next }
    FNR > 1 { $7 = modelled[$1] } 1' OFS=, "$tmp/all.csv" "$ARMVSIM_MODELS/published.csv" >"$models/published.csv"
ok "all rows met: status 0" env ARMVSIM_MODELS="$models" "$ARMVSIM" models validate
is "no row is missed" "$(mine | grep -c missed)" 0
cp "$models/published.csv" "$tmp/met.csv"
# tamper ID FACTOR: that row's value, times a factor.
tamper() {
    awk -F, -v id="$1" -v factor="$2" '$1 == id { $7 *= factor } 1' OFS=, "$tmp/met.csv" >"$models/published.csv"
}
tamper isca16-xen-hypercall 1.12
is "a row that is off: status 1" "$(mine >"$tmp/out"; echo $?)" 1
like "and is missed" "$(cat "$tmp/out")" '^isca16-xen-hypercall .*-10\.7% +missed '
is "and no other" "$(grep -c missed "$tmp/out")" 1
tamper isca16-xen-hypercall 1.1
is "off by a little less than 10 %: status 0" "$(mine >/dev/null; echo $?)" 0
tamper rtas23-bare-timer-irq 1.5
is "a circular row that is off: status 1" "$(mine >"$tmp/out"; echo $?)" 1
like "and is missed" "$(cat "$tmp/out")" '^rtas23-bare-timer-irq .* missed, circular '
tamper isca16-kvm-gp-save 3
is "a recalled row that is off: status 0" "$(mine >/dev/null; echo $?)" 0
tamper isca16-xen-hypercall 3
is "a row that is not asked for" "$(mine --machine zcu104 >/dev/null; echo $?)" 0

# The stored comparison of blocks.
cp "$tmp/met.csv" "$models/published.csv"
like "blocks: of these models" "$(mine)" '^cortex-a53 +[0-9,]+ +[0-9.]+% +[0-9.]+% +[-+][0-9.]+% +met$'
is "blocks: not with a choice of rows" "$(mine --machine zcu104 | grep -c llvm-mca)" 0
sed -i 's/^\(cortex-a57,[0-9]*,\)[0-9.]*/\110.5/' "$models/blocks.csv"
is "blocks: a core that is off: status 1" "$(mine >"$tmp/out"; echo $?)" 1
like "blocks: and is missed" "$(cat "$tmp/out")" '^cortex-a57 +[0-9,]+ +10\.5% .*missed$'
sed -i 's/^alu=.*/alu=7 -/' "$models/cores/cortex-a57.core"
mine --format csv >"$tmp/out"
like "blocks: of another model" "$(cat "$tmp/out")" '^cortex-a57,[0-9]+,10\.5,.*,outdated$'
like "blocks: the others are not" "$(cat "$tmp/out")" '^cortex-a72,.*,met$'
cp "$ARMVSIM_MODELS/cores/cortex-a57.core" "$models/cores"
echo 'cortex-a57,x' >>"$models/blocks.csv"
fails "blocks: a bad line" 2 'blocks\.csv:[0-9]+: not a line' env ARMVSIM_MODELS="$models" "$ARMVSIM" models validate
rm "$models/blocks.csv"
like "blocks: none" "$(mine)" '^no comparison is stored$'

# bad TEXT PATTERN FILE SED: what is wrong is named, with file and line or group.
bad() {
    cp "$ARMVSIM_MODELS/published.csv" "$ARMVSIM_MODELS/validate.keys" "$models"
    sed -i "$4" "$models/$3"
    fails "$1" 2 "$3.*$2" env ARMVSIM_MODELS="$models" "$ARMVSIM" models validate
}
bad "another heading" ':1: .id,source,.* expected' published.csv '1s/id/name/'
bad "a field too few" ':2: 7 fields; 8 are needed' published.csv '2s/,[^,]*$//'
bad "a value that is none" ":3: '.*x' is not a value" published.csv '3s/,\([0-9.]*\),found/,\1x,found/'
bad "a negative value" ":3: '-.*' is not a value" published.csv '3s/,\([0-9.]*\),found/,-\1,found/'
bad "a row twice" ":3: '.*' is there twice" published.csv 2p
bad "an unknown row" "'kvm-n1-eio' is neither a key nor a row" validate.keys 's/^kvm-n1-eoi/kvm-n1-eio/'
bad "smp 9" "smp '9': 1 to 8" validate.keys 's/^smp.*/smp = 9/'
bad "no image" '\[trap\] image .a name., cpu and board are needed' validate.keys '/^image = trap/d'
bad "an image elsewhere" 'image .a name.' validate.keys 's|^image = trap|image = ../trap|'
bad "circular: of another run" "circular: 'kvm-n1-eoi' is not one of its rows" validate.keys \
    's/^circular = rtas.*/circular = kvm-n1-eoi/'
bad "no key file" '.' validate.keys '1i junk'
cp "$ARMVSIM_MODELS/validate.keys" "$models"
sed -i 's/^cpu = x-gene-1/cpu = bogus/' "$models/validate.keys"
fails "an unknown core" 2 "\[trap\] .*'bogus' is unknown" env ARMVSIM_MODELS="$models" "$ARMVSIM" models validate --only 'neve17-*'
cp "$ARMVSIM_MODELS/validate.keys" "$ARMVSIM_MODELS/published.csv" "$models"
sed -i '/^isca16-xen/s/,cycles,/,ns,/' "$models/published.csv"
fails "another unit" 2 'type1\.hypercall is in cycles, and published in ns' \
    env ARMVSIM_MODELS="$models" "$ARMVSIM" models validate --only isca16-xen-hypercall

if command -v gnuplot >/dev/null; then
    validate --plot "$tmp/errors.svg" >/dev/null
    svg=$(cat "$tmp/errors.svg")
    like "plot: whole" "$(tail -n 3 "$tmp/errors.svg")" '</svg>'
    like "plot: a machine" "$svg" '>HP Moonshot m400<'
    like "plot: a row" "$svg" '>Xen 4.5.0: Hypercall<'
    like "plot: its values" "$svg" '>376 → [0-9.]+ cycles<'
    for ext in pdf png tex; do
        validate --only 'kvm-n1-*' --plot "$tmp/errors.$ext" >/dev/null
        ok "plot as $ext" test -s "$tmp/errors.$ext"
    done
    fails "plot: nothing to draw" 2 'no row has an error' bash -c \
        "'$ARMVSIM' models validate --only rtas23-bao-timer-l2-refill-el2 --plot '$tmp/none.svg' >/dev/null"
else
    skip "pictures" "gnuplot is missing (Debian package gnuplot-nox)"
fi
fails "plot: a bad extension, before the work" 2 'must end in' validate --plot "$tmp/errors.gif"

done_testing
