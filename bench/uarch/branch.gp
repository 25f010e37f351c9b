# SPDX-License-Identifier: BSD-2-Clause
#
# Branch prediction: four panels, a curve a core.
width = 7.16
height = 4.4
load here."common.gp"
array figures[4] = ["pattern", "random", "indirect", "returns"]
set multiplot layout 2,2 margins 0.07,0.98,0.1,0.93 spacing 0.09,0.19
set yrange [0:*]
set key bottom right
set ylabel "cycles per branch"

set title "conditional, a random pattern repeated"
set logscale x 2
set xrange [0.9:4500]
set xtics ("1" 1, "4" 4, "16" 16, "64" 64, "256" 256, "1024" 1024, "4096" 4096)
set xlabel "period [branches]"
plot for [i = 1:words(cores)] rows(word(cores, i), "pattern", "cycles") using 2:3 \
    with linespoints linestyle i title word(cores, i)

set title "conditional, without a pattern"
unset logscale x
set xrange [-2:102]
set xtics 0,25,100
set xlabel "taken [%]"
plot for [i = 1:words(cores)] rows(word(cores, i), "random", "cycles") using 2:3 with linespoints linestyle i

set title "indirect, in turn (marked) and at random (dashed)"
set logscale x 2
set xrange [0.9:280]
set xtics ("1" 1, "4" 4, "16" 16, "64" 64, "256" 256)
set xlabel "targets"
plot for [i = 1:words(cores)] rows(word(cores, i), "indirect", "in turn") using 2:3 with linespoints linestyle i, \
     for [i = 1:words(cores)] rows(word(cores, i), "indirect", "at random") using 2:3 with lines linestyle i dashtype (2,2)

set title "calls and returns"
set xrange [0.9:70]
set xtics ("1" 1, "2" 2, "4" 4, "8" 8, "16" 16, "32" 32, "64" 64)
set xlabel "depth"
set ylabel "cycles per call and return"
plot for [i = 1:words(cores)] rows(word(cores, i), "returns", "cycles") using 2:3 with linespoints linestyle i
unset multiplot
