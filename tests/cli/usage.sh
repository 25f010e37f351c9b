#!/usr/bin/env bash
# The command itself: help, version, wrong usage, and the input files that `run` refuses.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

like "--help lists the commands" "$("$ARMVSIM" --help)" '^ +report +tables from a ledger'
like "--version" "$("$ARMVSIM" --version)" '^armvsim [0-9]+\.[0-9]+\.[0-9]+$'
for command in run report plot test models diff explain import export; do
    like "$command --help" "$("$ARMVSIM" $command --help)" "armvsim $command"
    like "$command is in the manual" "$(cat "$SRCDIR/cli/armvsim.1")" "^\\.B armvsim $command"
    for option in $("$ARMVSIM" $command --help | grep -oE -- '^  (-., )?--[a-z-]+' | grep -oE -- '--[a-z-]+'); do
        [ "$option" = --help ] && continue
        like "$command $option is in the manual" "$(sed 's/\\-/-/g' "$SRCDIR/cli/armvsim.1")" \
            "^\\.(TP|B|BI|BR) .*$option"
    done
done
fails "an unknown command" 2 "'bogus' is not a command" "$ARMVSIM" bogus
fails "full disk" 2 'stdout: No space left' bash -c "'$ARMVSIM' --help >/dev/full"
fails "full disk for a command's help" 2 'stdout: No space left' bash -c "'$ARMVSIM' run --help >/dev/full"
if command -v man >/dev/null; then
    is "the manual has no errors" "$(LC_ALL=C.UTF-8 man --warnings -l "$SRCDIR/cli/armvsim.1" 2>&1 >/dev/null)" ""
else
    skip "the manual has no errors" "man is missing"
fi

mkdir "$tmp/folder"
: >"$tmp/empty"
head -c 40 "$ARMVSIM" >"$tmp/truncated.elf"
head -c 4096 /dev/zero >"$tmp/raw.bin"
fails "run: no image" 2 'an IMAGE is needed' "$ARMVSIM" run
fails "run: two images" 2 'only one IMAGE' "$ARMVSIM" run a b
fails "run: a missing image" 2 'missing: No such file' "$ARMVSIM" run "$tmp/missing"
fails "run: a folder" 2 'folder: .*directory' "$ARMVSIM" run "$tmp/folder"
fails "run: an empty file" 2 'empty: ' "$ARMVSIM" run "$tmp/empty"
fails "run: a truncated ELF file" 2 'truncated\.elf: ' "$ARMVSIM" run "$tmp/truncated.elf"
fails "run: another machine's ELF file" 2 'armvsim: .*(AArch64|machine)' "$ARMVSIM" run "$ARMVSIM"
fails "run: an unknown core" 2 "core 'z80' is unknown" "$ARMVSIM" run --cpu z80 "$tmp/raw.bin"
fails "run: an unknown board" 2 'z80' "$ARMVSIM" run --board z80 "$tmp/raw.bin"
fails "run: an unknown board option" 2 'colour' "$ARMVSIM" run --board virt,colour=red "$tmp/raw.bin"
head -c 100000000 /dev/zero >"$tmp/huge"
printf "\x1f\x8b\x08broken" >"$tmp/broken.gz"
fails "run: firmware that is too large" 2 "huge: .*do not fit into flash0" "$ARMVSIM" run --bios "$tmp/huge"
fails "run: missing firmware" 2 "missing: No such file" "$ARMVSIM" run --bios "$tmp/missing"
fails "run: firmware given twice" 2 "first flash bank" "$ARMVSIM" run --bios "$tmp/raw.bin" --pflash "$tmp/raw.bin"
fails "run: three banks of flash" 2 "two flash banks" "$ARMVSIM" run --pflash a --pflash b --pflash c
fails "run: a broken gzip file" 2 "broken.gz: bad or truncated gzip" "$ARMVSIM" run "$tmp/broken.gz"
fails "run: a bad device tree" 2 "raw.bin: is not a good device tree" "$ARMVSIM" run --dtb "$tmp/raw.bin" "$tmp/raw.bin"
fails "run: an initrd that is too large" 2 "huge: the initrd.*does not fit" "$ARMVSIM" run --initrd "$tmp/huge" "$tmp/raw.bin"
fails "run: a folder as initrd" 2 "folder: is a directory" "$ARMVSIM" run --initrd "$tmp/folder" "$tmp/raw.bin"
fails "run: a bad time" 2 "rtc .soon." "$ARMVSIM" run --rtc soon "$tmp/raw.bin"
fails "run: a bad number" 2 "--max-insns 'many'" "$ARMVSIM" run --max-insns many "$tmp/raw.bin"
fails "run: a folder for the ledger" 2 'folder: is a directory' "$ARMVSIM" run --db "$tmp/folder" "$tmp/raw.bin"
echo precious >"$tmp/precious"
fails "run: somebody's file for the ledger" 2 'refusing to overwrite' "$ARMVSIM" run --db "$tmp/precious" "$tmp/raw.bin"
is "run: which is as it was" "$(cat "$tmp/precious")" precious
"$ARMVSIM" run --max-insns 1000 "$tmp/raw.bin" >/dev/null 2>"$tmp/err"
is "run: zeros are undefined instructions, and the vectors are nowhere" $? 3

done_testing
