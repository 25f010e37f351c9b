#!/usr/bin/env bash
# armvsim plot: every kind in every format, what is in them, and that nothing is left behind when it fails.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"
# shellcheck source=tests/cli/ledger.sh
. "$SRCDIR/tests/cli/ledger.sh"

out=$tmp/out
mkdir "$out"
plot() {
    "$ARMVSIM" plot "$db" "$@"
}

if ! command -v gnuplot >/dev/null; then
    fails "gnuplot is missing" 2 'gnuplot-nox' plot cdf -o "$out/x.pdf"
    skip "pictures" "gnuplot is missing (Debian package gnuplot-nox)"
    done_testing
fi

magic() {
    head -c "$2" "$1" | tr -d '\000-\037\200-\377'
}
for kind in cdf histogram breakdown; do
    for ext in pdf svg png tex; do
        ok "$kind as $ext" plot $kind -o "$out/$kind.$ext"
    done
    is "$kind: a PDF" "$(magic "$out/$kind.pdf" 4)" %PDF
    is "$kind: a PNG" "$(LC_ALL=C magic "$out/$kind.png" 8)" PNG
    like "$kind: the SVG is whole" "$(tail -n 3 "$out/$kind.svg")" '</svg>'
    like "$kind: the TeX includes the graphics" "$(cat "$out/$kind.tex")" "includegraphics.*\{$kind-inc\}"
    is "$kind: which are a PDF" "$(magic "$out/$kind-inc.pdf" 4)" %PDF
    like "$kind: TeX's special characters are escaped" "$(cat "$out/$kind.tex")" 'virt,virtualization=on'
    ok "$kind again" plot $kind -o "$tmp/again.pdf"
    ok "$kind: the same ledger gives the same bytes" cmp "$out/$kind.pdf" "$tmp/again.pdf"
done
is "nothing else is left" "$(find "$out" -type f | wc -l)" 15
like "tex: underscores" "$(cat "$out/cdf.tex")" 'HCR\\_EL2\.TWI'

hash=$(sha256sum "$db" | cut -c 1-12)
svg=$(cat "$out/cdf.svg")
like "caption: core and clock" "$svg" 'cortex-a53 at 1200 MHz'
like "caption: board" "$svg" 'virt,virtualization=on,gic-version=3'
like "caption: timing" "$svg" 'timing block'
like "caption: the ledger's hash" "$svg" "ledger $hash"
for cause in HVC HCR_EL2.IMO HCR_EL2.TWI HCR_EL2.TID3 'stage 2 translation' ICH_HCR_EL2.TALL1; do
    like "cdf: a line for $cause" "$svg" ">$cause<"
done
like "histogram: quantiles" "$(cat "$out/histogram.svg")" 'n 200, p50 1,098, p99 1,196'
like "breakdown: a bar for each pair" "$(cat "$out/breakdown.svg")" 'vm2\.0 → vm1\.0'
like "breakdown: idle time is left out" "$(cat "$out/breakdown.svg")" '>1,200<'

ok "title, width, keep" plot cdf -o "$out/t.svg" --title "It's 100% <a&b>" --width 2 --keep
like "title" "$(cat "$out/t.svg")" "It's 100% &lt;a&amp;b"
like "width of two columns" "$(cat "$out/t.svg")" 'width="687"'
ok "keep: the data" test -s "$out/t.dat"
mv "$out/t.svg" "$tmp/before.svg"
ok "keep: the script makes the picture again" bash -c "cd '$out' && gnuplot -d t.gp"
ok "keep: the very same" cmp "$out/t.svg" "$tmp/before.svg"
like "cdf data: reaches 100 %" "$(grep -A 102 '^# HVC' "$out/t.dat")" '^1198 100$'
like "cdf data: the median" "$(grep -A 102 '^# HVC' "$out/t.dat")" '^1098 50$'
ok "breakdown data" plot breakdown -o "$out/b.svg" --keep
like "breakdown data: GP of both bars begins where the entry ends" "$(tr '\n' ' ' <"$out/b.dat")" \
    '# GP 2 22 86 1 22 86 '

ok "one cause" plot cdf -o "$out/one.svg" --cause HCR_EL2.TID3
like "one cause: by register and context" "$(cat "$out/one.svg")" '>ID_AA64MMFR0_EL1, vm2\.0<'
ok "two causes" plot cdf -o "$out/two.svg" --cause HVC --cause HCR_EL2.TWI
is "two causes: only they" "$(grep -c '>HCR_EL2.IMO<' "$out/two.svg")" 0

rm -rf "$out"
mkdir "$out"
fails "no output" 2 '-o FILE is needed' plot cdf
fails "no kind" 2 'a DB and a KIND are needed' "$ARMVSIM" plot "$db" -o "$out/x.pdf"
fails "an unknown kind" 2 "'pie' is not a kind of plot; there are cdf, histogram, breakdown" plot pie -o "$out/x.pdf"
fails "a bad extension" 2 'x\.gif: .*must end in \.pdf, \.svg, \.png or \.tex' plot cdf -o "$out/x.gif"
fails "no extension" 2 'must end in' plot cdf -o "$out/pdf"
fails "an extension alone" 2 'must end in' plot cdf -o "$out/.pdf"
fails "a bad width" 2 '--width 3' plot cdf -o "$out/x.pdf" --width 3
fails "a folder that is not there" 2 'nowhere/x\.pdf: No such file' plot cdf -o "$out/nowhere/x.pdf"
fails "an unknown cause" 2 "no traps caused by BOGUS; causes are HCR_EL2.IMO" plot cdf -o "$out/x.pdf" --cause BOGUS
fails "a cause for a breakdown" 2 'breakdown has no --cause' plot breakdown -o "$out/x.pdf" --cause HVC
fails "a name that TeX cannot include" 2 'TeX can include only' plot cdf -o "$out/a b.tex"
mkdir "$out/d.pdf"
fails "a folder of that name" 2 'd\.pdf: is a directory' plot cdf -o "$out/d.pdf"
rmdir "$out/d.pdf"

make_ledger "$tmp/empty.db" "delete from trap_agg; delete from trap_hist; delete from switch_agg; delete from switch_hist"
fails "no traps to plot" 2 'nothing to plot: no traps in this ledger' \
    "$ARMVSIM" plot "$tmp/empty.db" cdf -o "$out/x.pdf"
fails "no world switches to plot" 2 'nothing to plot: no world switches in this ledger' \
    "$ARMVSIM" plot "$tmp/empty.db" breakdown -o "$out/x.pdf"

mkdir "$tmp/bin"
fails "gnuplot is missing" 2 'gnuplot is not installed .*gnuplot-nox' \
    env PATH="$tmp/bin" "$ARMVSIM" plot "$db" cdf -o "$out/x.pdf"
printf '#!/bin/sh\necho "line 1: no such terminal" >&2\nexit 1\n' >"$tmp/bin/gnuplot"
chmod +x "$tmp/bin/gnuplot"
fails "gnuplot fails" 2 'gnuplot: line 1: no such terminal' \
    env PATH="$tmp/bin:$PATH" "$ARMVSIM" plot "$db" cdf -o "$out/x.pdf"
is "no failure left a file" "$(find "$out" -type f | wc -l)" 0
mkdir "$tmp/work"
TMPDIR=$tmp/work plot cdf -o "$out/x.pdf"
is "no temporary folder is left" "$(find "$tmp/work" -mindepth 1 | wc -l)" 0

done_testing
