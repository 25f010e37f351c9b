#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# a64_gen_rejects.sh GENERATOR: it must refuse a64_bad.def, naming file, line and reason of each error, and
# write nothing.
gen=$(realpath "$1")
cd "$(dirname "$0")" || exit 1
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
"$gen" "$out/insn" "$out/tree" a64_bad.def 2>"$out/errors" && { echo "accepted"; exit 1; }
[ -e "$out/insn" ] || [ -e "$out/tree" ] && { echo "wrote output"; exit 1; }
diff a64_bad.expected "$out/errors"
