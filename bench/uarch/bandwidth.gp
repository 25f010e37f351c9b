# SPDX-License-Identifier: BSD-2-Clause
#
# Bandwidth of streams of one core.
load here."common.gp"
first = 10
last = 25
load here."sizes.gp"
set logscale y 2
set ylabel "bytes per cycle"
set yrange [0.5:*]
set key bottom left
array kinds[4] = ["read", "read backward", "write", "copy"]
one = word(cores, 1)
set title one." bandwidth"
plot for [i = 1:4] rows(one, "bandwidth", kinds[i]) using 2:3 with linespoints linestyle i title kinds[i]
