#!/usr/bin/env bash
# docs/schema.md is what the schema makes today, and the queries of docs/queries.md find something in a real ledger.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

is "docs/schema.md is of today (else: scripts/schema-reference)" \
    "$("$BUILDDIR/libarmvsim/ledger/schema-reference" "$SRCDIR/docs/schema_intro.md" | diff - "$SRCDIR/docs/schema.md")" ""

if ! command -v sqlite3 >/dev/null; then
    skip "queries of docs/queries.md" "sqlite3 is not installed"
    done_testing
fi

# query N: the Nth query of the document.
query() {
    awk -v n="$1" '/^```sql/ { k++; on = k == n; next } /^```/ { on = 0 } on' "$SRCDIR/docs/queries.md"
}

# ask N: its rows.
ask() {
    query "$1" | sqlite3 -bail "$tmp/tiny.db" 2>&1
}

"$ARMVSIM" run "$BUILDDIR/hyp/tiny.elf" --cpu cortex-a53 --symbols "$BUILDDIR/hyp/tiny.elf@1" \
    --symbols "$BUILDDIR/hyp/tiny.elf@2" --db "$tmp/tiny.db" --quiet >/dev/null
is "ten queries" "$(grep -c '^```sql' "$SRCDIR/docs/queries.md")" 10
like "1: causes" "$(ask 1)" '^HVC\|'
like "2: source lines" "$(ask 2)" '^[a-z_/]+\.[chS]:[0-9]+\|'
like "3: the slowest" "$(ask 3)" '^[0-9]+\|vm[12]\.0\|'
like "4: phases of a hypercall" "$(ask 4)" '^vm1\.0\|[0-9]+\|[0-9]+\|[1-9][0-9]*\|[0-9]+\|[1-9][0-9]*\|'
like "5: a switch by part" "$(ask 5)" '^vm1\.0 to vm2\.0\|el1_system\|'
is "6: tiny leaks nothing" "$(ask 6)" ""
like "7: saved for nothing" "$(ask 7)" '^[a-z0-9_]+\|[A-Z0-9_]+\|[0-9]+\|[0-9]+\|[0-9]+$'
like "8: stages of interrupts" "$(ask 8)" '^vm1\.0\|27\|inject\|'
like "9: EL2's share" "$(ask 9)" '^0\|[0-9.]+\|[0-9.]+$'
like "10: bursts" "$(ask 10)" '^[0-9]+\|[0-9]+\|[0-9]+$'
done_testing
