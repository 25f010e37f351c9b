#!/usr/bin/env bash
# The sample recordings of traces/ can be replayed. When a core model or the engine's cycles have changed for good,
# traces/make makes them again.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

"$ARMVSIM" replay "$SRCDIR/traces/echo.avsr" >"$tmp/out" 2>"$tmp/err"
is "echo.avsr (traces/make makes it again)" "$? $(cat "$tmp/err")" "0 replay: $(grep -oE '[0-9]+ inst.*' "$tmp/err")"
is "its console, with the input that was recorded" "$(cat "$tmp/out")" "login: rootxq"
ok "count.avsr (traces/make makes it again)" "$ARMVSIM" replay "$SRCDIR/traces/count.avsr"
like "it can be stopped at any instruction" "$("$ARMVSIM" replay "$SRCDIR/traces/count.avsr" --to 100000 | tr -d ,)" \
    '^100000 instructions$'

done_testing
