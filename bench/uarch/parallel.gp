# SPDX-License-Identifier: BSD-2-Clause
#
# Memory-level parallelism: of one core, three sizes of the set; of several, DRAM.
load here."common.gp"
set xrange [0.5:16.5]
set xtics 1,1,16
set xlabel "independent chases"
set logscale y 2
set ylabel "cycles per load"
set key top right
array kinds[3] = ["16 MiB", "256 KiB", "16 KiB"]
one = word(cores, 1)
if (words(cores) == 1) {
    set title one." parallel misses"
    plot for [i = 1:3] rows(one, "parallel", kinds[i]) using 2:3 with linespoints linestyle i title kinds[i]
} else {
    plot for [i = 1:words(cores)] rows(word(cores, i), "parallel", "16 MiB") using 2:3 \
        with linespoints linestyle i title word(cores, i)
}
