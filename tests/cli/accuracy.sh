#!/usr/bin/env bash
# docs/accuracy.md is not stale: its tables are what armvsim models validate prints, its picture has their numbers, and its
# section on missed rows names each row that is missed and no other. scripts/accuracy makes it again.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

document=$SRCDIR/docs/accuracy.md
again="(scripts/accuracy makes it again)"
status=0
"$ARMVSIM" models validate --format markdown >"$tmp/tables" || status=$?
ok "validate runs" test $status -le 1

# Another compiler makes other programs, and so other numbers: the tables are of the one that is named in the document.
compiler=$(readelf -p .debug_str "$BUILDDIR/hyp/published/irqlat.elf" | grep -o 'GNU C11 [0-9.]*' | head -n 1)
if [ -n "$compiler" ] && grep -qF "\`$compiler\`" "$document"; then
    sed '1,/^<!-- armvsim models validate/d; /^<!-- end of the tables/,$d' "$document" >"$tmp/document"
    ok "the tables $again" diff "$tmp/document" "$tmp/tables"
    # Numbers of the rows, as the picture has them behind the bars: text alone, as gnuplot's versions differ.
    texts() {
        grep -o '>[^<>]*→[^<>]*<' "$1"
    }
    if command -v gnuplot >/dev/null; then
        "$ARMVSIM" models validate --plot "$tmp/now.svg" >"$tmp/out" 2>&1
        ok "the picture $again" diff <(texts "$SRCDIR/docs/images/accuracy.svg") <(texts "$tmp/now.svg")
        ok "has rows" test "$(texts "$tmp/now.svg" | wc -l)" -gt 30
    else
        skip "the picture" "gnuplot is missing (Debian package gnuplot-nox)"
    fi
    is "the rows that are explained are those that are missed" \
        "$(sed -n '/^## Rows that are missed/,/^## The tables/s/^| \([a-z0-9, -]*\) |.*/\1/p' "$document" |
            tr -d ' ' | tr ',' '\n' | grep -v '^row$' | sort)" \
        "$(grep '| missed' "$tmp/tables" | cut -d'|' -f2 | tr -d ' ' | sort)"
else
    skip "the tables" "they are of another compiler than $compiler"
fi

done_testing
