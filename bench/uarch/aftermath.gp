# SPDX-License-Identifier: BSD-2-Clause
#
# What an interruption costs its victim afterwards, by what it touched.
load here."common.gp"
set logscale x 2
set xrange [3.5:8192*1.15]
set xtics ("0" 4, "8" 8, "32" 32, "128" 128, "512" 512, "2048" 2048, "8192" 8192)
set xlabel "lines or pages that the interruption touches"
set ylabel "cycles lost after the return"
set yrange [0:*]
set offsets 0,0,graph 0.25,0
array kinds[3] = ["hypercall: lines", "world switch: lines", "world switch: pages"]
array names[3] = ["hypercall, 256 lines to find again", "world switch, 256 lines", "world switch, 64 pages"]
one = word(cores, 1)
set title one." after an interruption"
plot for [i = 1:3] rows(one, "aftermath", kinds[i]) using ($2 > 0 ? $2 : 4):3 with linespoints linestyle i title names[i]
