#!/usr/bin/env bash
# docs/tutorial.md: its commands do, in this order, what it says.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

document=$SRCDIR/docs/tutorial.md
cd "$tmp" || exit 1
cp "$BUILDDIR/hyp/tiny.elf" .
awk '/^\[run\]/ { on = 1 } /^```/ { on = 0 } on' "$document" >tiny.spec
PATH=$(dirname "$ARMVSIM"):$PATH

while read -r line; do
    read -ra words <<<"${line#\$ }"
    ok "$line" "${words[@]}"
done < <(grep '^\$ armvsim ' "$document")
is "a PDF" "$(head -c 5 latency.pdf)" "%PDF-"
is "an included PDF" "$(head -c 5 cores-inc.pdf)" "%PDF-"
like "a TeX figure" "$(cat cores.tex)" 'includegraphics.*cores-inc'
like "an SVG" "$(head -c 200 timeline.svg)" '<svg'
done_testing
