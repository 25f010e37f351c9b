#!/usr/bin/env bash
# models/published.csv and models/validate.keys belong together: every row is measured by some run, every run names
# rows that there are, and its program prints the result that is named, in the row's unit.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

rows=$ARMVSIM_MODELS/published.csv
runs=$ARMVSIM_MODELS/validate.keys

is "every line has as many fields as the first" "$(awk -F, 'NR == 1 { n = NF } NF != n' "$rows")" ""
is "no row twice" "$(cut -d, -f1 "$rows" | sort | uniq -d)" ""
is "units" "$(tail -n +2 "$rows" | cut -d, -f6 | sort -u | paste -sd' ')" "cycles events ns"
is "values are numbers" "$(tail -n +2 "$rows" | cut -d, -f7 | grep -Evx '[0-9]+(\.[0-9]+)?')" ""
is "what the runs name is a row, and each row is named" \
    "$(sed -n 's/^\([a-z0-9-]*-[a-z0-9-]*\) = .*/\1/p' "$runs" | sort -u)" "$(tail -n +2 "$rows" | cut -d, -f1 | sort)"

# check_run GROUP IMAGE CPU BOARD SMP, with the group's "ID NAME" lines on the standard input.
check_run() {
    local id name unit
    "$ARMVSIM" run "$BUILDDIR/hyp/published/$2.elf" --quiet --cpu "$3" --board "$4" --smp "$5" >"$tmp/out" </dev/null
    is "$1: exit status" $? 0
    while read -r id name; do
        unit=$(awk -F, -v id="$id" '$1 == id { print $6 }' "$rows")
        is "$1: unit of $name" "$(awk -v name="$name" '$1 == name { print $3 }' "$tmp/out")" "$unit"
    done
}

group='' image='' cpu='' board='' smp=1 pairs=''
finish_group() {
    [ -n "$group" ] || return 0
    [ -f "$ARMVSIM_MODELS/cores/$cpu.core" ] || cpu=cortex-a57
    check_run "$group" "$image" "$cpu" "$board" "$smp" < <(printf '%s' "$pairs")
    image='' cpu='' board='' smp=1 pairs=''
}
while IFS= read -r line; do
    key=${line%% = *} value=${line#* = }
    case $line in
    \[*\]) finish_group; group=${line:1:-1} ;;
    '' | \#* | 'set = '* | 'circular = '*) ;;
    'image = '*) image=$value ;;
    'cpu = '*) cpu=$value ;;
    'board = '*) board=$value ;;
    'smp = '*) smp=$value ;;
    *) pairs+="$key $value"$'\n' ;;
    esac
done <"$runs"
finish_group

done_testing
