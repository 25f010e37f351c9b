# SPDX-License-Identifier: BSD-2-Clause
#
# Latencies above, reciprocal throughputs below; a bar a core.
width = 7.16
height = 4.4
load here."common.gp"
gap = 0.8 / words(cores)
set boxwidth gap * 0.9
set xtics rotate by 40 right scale 0
set logscale y 2
set yrange [0.25:64]
set ytics ("¼" 0.25, "½" 0.5, "1" 1, "2" 2, "4" 4, "8" 8, "16" 16, "32" 32, "64" 64)
set key top left horizontal maxrows 1
set multiplot layout 2,1 margins 0.06,0.99,0.16,0.97 spacing 0,0.22
place(row, i) = row + (i - (words(cores) + 1) / 2.0) * gap
number(y) = sprintf(y < 10 && abs(y - int(y + 0.5)) > 0.05 ? "%.1f" : "%.0f", y)
do for [kind in "latency throughput"] {
    set ylabel kind eq "latency" ? "latency [cycles]" : "1 / throughput [cycles]"
    stats rows(word(cores, 1), "chains", kind) using 3 nooutput
    set xrange [-0.6:STATS_records - 0.4]
    plot rows(word(cores, 1), "chains", kind) using 0:3:xticlabels(2) with points pointtype 0 linecolor rgb "white", \
        for [i = 1:words(cores)] rows(word(cores, i), "chains", kind) using (place($0, i)):3 with boxes \
        linecolor rgb bar_colour[i] fillstyle pattern bar_pattern[i] title word(cores, i), \
        for [i = 1:words(cores)] rows(word(cores, i), "chains", kind) using (place($0, i)):3:(number($3)) \
        with labels center offset 0,0.35 font ",5"
    unset key
}
unset multiplot
