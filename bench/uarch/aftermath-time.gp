# SPDX-License-Identifier: BSD-2-Clause
#
# How the victim of an interruption recovers: cycles a load, of each sixteen, over the time since the return.
load here."common.gp"
set xlabel "cycles since the return"
set ylabel "cycles per load"
set yrange [0:*]
set key top right
set offsets 0,0,graph 0.3,0
array kinds[3] = ["hypercall: 512 lines", "world switch: 512 lines", "world switch: 512 pages"]
array names[3] = ["hypercall, 512 lines touched", "world switch, 512 lines", "world switch, 512 pages"]
one = word(cores, 1)
set title one." after an interruption"
step(command) = command." | awk -F, '{ print $1 \",\" $3 \",\" ($3 - last) / 16; last = $3 }'"
plot for [i = 1:3] step(rows(one, "aftermath-time", kinds[i])) using 2:3 with linespoints linestyle i title names[i]
