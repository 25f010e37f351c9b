#!/usr/bin/env bash
# Blocks of compiled code against llvm-mca: the test programs' and, when the package server is in reach, the Debian
# kernel's.
set -eu
kernel=
if folder=$("$SRCDIR/tests/real/fetch.sh" linux-image-arm64 arm64 2>&1); then
    kernel=$(ls "$folder"/boot/vmlinuz-* | head -1)
else
    echo "# without a kernel: $folder"
fi
exec "$SRCDIR/tests/mca/compare" --build "$BUILDDIR" --tap ${kernel:+--kernel "$kernel"}
