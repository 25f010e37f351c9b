# Sourced by demo and test: saying what is done, and building.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

if [ -t 1 ]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; else bold='' dim='' plain=''; fi

# step TEXT: a heading for what comes next.
step() {
    printf '%s==>%s %s%s%s\n' "$bold" "$plain" "$bold" "$1" "$plain"
}

# quietly WHAT COMMAND...: runs it; its output is shown only when it fails.
quietly() {
    local what=$1 log status=0
    shift
    log=$(mktemp)
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if [ $status -ne 0 ]; then
        echo "$what failed (status $status); the end of its output:" >&2
        tail -n 40 "$log" >&2
    fi
    rm -f "$log"
    return $status
}

# build DIR OPTION...: configures DIR, once and when the options are others, and compiles what is out of date.
build() {
    local dir=$1
    shift
    if [ ! -f "$dir/build.ninja" ]; then
        quietly "configuring ${dir#"$root"/}" meson setup "$dir" "$root" "$@" || return
    elif [ "$(cat "$dir/configured" 2>/dev/null)" != "$*" ]; then
        quietly "configuring ${dir#"$root"/} anew" meson setup --reconfigure "$dir" "$root" "$@" || return
    fi
    echo "$*" >"$dir/configured"
    quietly "building ${dir#"$root"/}" meson compile -C "$dir"
}
