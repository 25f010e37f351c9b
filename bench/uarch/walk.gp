# SPDX-License-Identifier: BSD-2-Clause
#
# Costs of a TLB miss by the levels that are walked: three panels, a bar a kind of stage 2.
width = 7.16
height = 2.6
load here."common.gp"
one = word(cores, 1)
array kinds[5] = ["no stage 2", "stage 2 1-1", "stage 2 1-2", "stage 2 1-3", "stage 2 0-3"]
array names[5] = ["no stage 2", "stage 2: 1-1 (1 GiB)", "1-2 (2 MiB)", "1-3 (4 KiB)", "0-3 (4 KiB)"]
array figures[3] = ["walk-last", "walk-cached", "walk-dram"]
array titles[3] = ["last level forgotten", "all forgotten, tables in caches", "all forgotten, tables in DRAM"]
gap = 0.16
set boxwidth gap * 0.95
set xtics scale 0
set xlabel "stage 1: first and last level"
set yrange [0:*]
set xrange [-0.6:4.6]
# Cores with 40 bits of PA have no stage 2 from level 0.
n = int(system(sprintf("grep -c '^%s,' '%s/%s/walk-cached.csv' || true", kinds[5], dir, one))) ? 5 : 4
set multiplot layout 1,3 margins 0.07,0.99,0.17,0.80 spacing 0.07,0
unset key
array at[5] = [0.13, 0.28, 0.53, 0.69, 0.85]
set label 1 one at screen 0.01,0.955 left
do for [i = 1:n] {
    set object i rectangle center screen at[i],0.955 size screen 0.02,0.035 \
        fillcolor rgb bar_colour[i] fillstyle pattern bar_pattern[i] border linecolor rgb "#222222"
    set label 10 + i names[i] at screen at[i] + 0.015,0.955 left
}
do for [f = 1:3] {
    set title titles[f]
    set ylabel f == 1 ? "cycles of a TLB miss" : ""
    plot rows(one, figures[f], kinds[1]) using 0:3:xticlabels(2) with points pointtype 0 linecolor rgb "white", \
        for [i = 1:n] rows(one, figures[f], kinds[i]) using ($0 + (i - (n + 1) / 2.0) * gap):3 with boxes \
        linecolor rgb bar_colour[i] fillstyle pattern bar_pattern[i]
    do for [i = 1:n] { unset object i; unset label 10 + i }
    unset label 1
}
unset multiplot
