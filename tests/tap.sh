# Sourced by test scripts: checks that print TAP, and a scratch folder.
# shellcheck shell=bash
# From the environment: ARMVSIM (the command), BUILDDIR, SRCDIR, ARMVSIM_MODELS.

tap_count=0
tap_failed=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# ok TEXT COMMAND...: passes when the command succeeds; shows its output when it does not.
ok() {
    local text=$1 status=0
    shift
    "$@" >"$tmp/.out" 2>&1 </dev/null || status=$?
    tap_count=$((tap_count + 1))
    if [ $status -eq 0 ]; then
        echo "ok $tap_count - $text"
        return 0
    fi
    tap_failed=$((tap_failed + 1))
    echo "not ok $tap_count - $text"
    echo "# status $status of: $*"
    head -n 40 "$tmp/.out" | sed 's/^/# /'
    return 0
}

# is TEXT GOT WANTED
is() {
    tap_count=$((tap_count + 1))
    if [ "$2" = "$3" ]; then
        echo "ok $tap_count - $1"
        return 0
    fi
    tap_failed=$((tap_failed + 1))
    echo "not ok $tap_count - $1"
    printf 'got: %s\nnot: %s\n' "$2" "$3" | sed 's/^/# /'
}

# like TEXT STRING PATTERN: an extended regular expression.
like() {
    tap_count=$((tap_count + 1))
    if grep -Eq -- "$3" <<<"$2"; then
        echo "ok $tap_count - $1"
        return 0
    fi
    tap_failed=$((tap_failed + 1))
    echo "not ok $tap_count - $1"
    printf '%s\nhas no match for: %s\n' "$2" "$3" | head -n 40 | sed 's/^/# /'
}

# fails TEXT STATUS PATTERN COMMAND...: exits with STATUS, and stderr is one line that matches PATTERN.
fails() {
    local text=$1 wanted=$2 pattern=$3 status=0
    shift 3
    "$@" >"$tmp/.out" 2>"$tmp/.err" </dev/null || status=$?
    tap_count=$((tap_count + 1))
    if [ $status -eq "$wanted" ] && [ "$(wc -l <"$tmp/.err")" -eq 1 ] && grep -Eq -- "$pattern" "$tmp/.err"
    then
        echo "ok $tap_count - $text"
        return 0
    fi
    tap_failed=$((tap_failed + 1))
    echo "not ok $tap_count - $text"
    echo "# status $status, wanted $wanted and one line on stderr like: $pattern"
    head -n 20 "$tmp/.err" | sed 's/^/# stderr: /'
}

# skip TEXT WHY
skip() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # SKIP $2"
}

# done_testing: the plan, last.
done_testing() {
    echo "1..$tap_count"
    exit $((tap_failed != 0))
}
