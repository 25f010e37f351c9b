# SPDX-License-Identifier: BSD-2-Clause
#
# The x axis of working sets: first and last are powers of two of bytes.
set logscale x 2
set xrange [2.0**first / 1.15 : 2.0**last * 1.15]
set xtics () scale 0.6
do for [i = first:last] {
    if ((i - first) % 3) { set xtics add ("" 2.0**i) } else { set xtics add (size_label(2**i) 2.0**i) }
}
set xlabel "working set"
