#!/usr/bin/env bash
# What `meson install` puts in place is enough for others: a program that is compiled with pkg-config's flags
# alone, by a C and a C++ compiler, runs; the library exports its public calls and nothing else.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

root=$tmp/root
ok "meson install" meson install -C "$BUILDDIR" --destdir "$root" --no-rebuild
pc=$(dirname "$(find "$root" -name libarmvsim.pc)")
lib=$(dirname "$pc")
export PKG_CONFIG_PATH=$pc PKG_CONFIG_SYSROOT_DIR=$root
flags=$(pkg-config --cflags --libs libarmvsim)

# shellcheck disable=SC2086 # flags are words.
ok "the example compiles" cc -std=c11 -Wall -Wextra -Werror "$SRCDIR/docs/example/traps.c" -o "$tmp/traps" $flags
if [ -f "$BUILDDIR/hyp/tiny.elf" ]; then
    like "and runs" "$(LD_LIBRARY_PATH=$lib "$tmp/traps" "$BUILDDIR/hyp/tiny.elf" | tail -n 1)" '^powered off'
fi
echo 'int main() { return avs_version()[0] == 0; }' >"$tmp/version.body"
{ echo '#include <armvsim.h>'; cat "$tmp/version.body"; } >"$tmp/version.cc"
if command -v c++ >/dev/null; then
    # shellcheck disable=SC2086
    ok "a C++ program compiles" c++ -Wall -Wextra -Werror "$tmp/version.cc" -o "$tmp/version" $flags
    ok "and runs" env LD_LIBRARY_PATH="$lib" "$tmp/version"
else
    skip "a C++ program compiles" "c++ is missing (Debian package g++)"
fi
is "exported names that are not avs_" \
    "$(nm -D --defined-only "$lib/libarmvsim.so" | awk '$2 ~ /[A-Z]/ { print $3 }' | grep -vc '^avs_')" 0
ok "the installed command finds its models" env \
    ARMVSIM_MODELS="$(find "$root" -type d -path '*/armvsim/models')" LD_LIBRARY_PATH="$lib" \
    "$(find "$root" -name armvsim -path '*/bin/*')" models list
if [ -f "$BUILDDIR/hyp/published/trap.elf" ]; then
    like "and the programs of models validate" "$(env -u ARMVSIM_PUBLISHED \
        ARMVSIM_MODELS="$(find "$root" -type d -path '*/armvsim/models')" LD_LIBRARY_PATH="$lib" \
        "$(find "$root" -name armvsim -path '*/bin/*')" models validate --only 'neve17-*')" '^neve17-trap-return .* met'
fi
done_testing
