# SPDX-License-Identifier: BSD-2-Clause
#
# The translation ladder: of one core, all kinds of pages; of several, 4 KiB pages with both stages and with one.
if (words(cores) > 1) width = 5.4
load here."common.gp"
if (words(cores) > 1) {
    set key outside right center
    set rmargin -1
}
set logscale x 2
set xrange [0.9:16384*1.15]
set xtics ("1" 1, "4" 4, "16" 16, "64" 64, "256" 256, "1024" 1024, "4096" 4096, "16384" 16384)
set xlabel "pages or blocks in use"
set logscale y 2
set yrange [4:*]
set ylabel "cycles per dependent access"
array kinds[4] = ["2 MiB blocks", "4 KiB pages", "2 MiB blocks + stage 2", "4 KiB pages + stage 2"]
one = word(cores, 1)
if (words(cores) == 1) {
    set title one." translation ladder"
    plot for [i = 1:4] rows(one, "tlb", kinds[i]) using 2:3 with linespoints linestyle i title kinds[i]
} else {
    plot for [i = 1:words(cores)] rows(word(cores, i), "tlb", "4 KiB pages + stage 2") using 2:3 \
             with linespoints linestyle i title word(cores, i).", with stage 2", \
         for [i = 1:words(cores)] rows(word(cores, i), "tlb", "4 KiB pages") using 2:3 \
             with lines linestyle i dashtype (2,2) title word(cores, i).", stage 1 alone"
}
