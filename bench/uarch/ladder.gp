# SPDX-License-Identifier: BSD-2-Clause
#
# The latency ladder: of one core, all kinds of pages; of several, 2 MiB blocks and pages with stage 2.
if (words(cores) > 1) width = 5.4
load here."common.gp"
if (words(cores) > 1) {
    set key outside right center
    set rmargin -1
}
first = 10
last = 26
load here."sizes.gp"
set logscale y 2
set yrange [2:*]
set ylabel "cycles per dependent load"
array kinds[4] = ["2 MiB blocks", "4 KiB pages", "2 MiB blocks + stage 2", "4 KiB pages + stage 2"]
one = word(cores, 1)
if (words(cores) == 1) {
    set title one." latency ladder"
    plot for [i = 1:4] rows(one, "ladder", kinds[i]) using 2:3 with linespoints linestyle i title kinds[i]
} else {
    plot for [i = 1:words(cores)] rows(word(cores, i), "ladder", "2 MiB blocks") using 2:3 \
             with linespoints linestyle i title word(cores, i).", 2 MiB blocks", \
         for [i = 1:words(cores)] rows(word(cores, i), "ladder", "4 KiB pages + stage 2") using 2:3 \
             with lines linestyle i dashtype (2,2) title word(cores, i).", 4 KiB pages + stage 2"
}
