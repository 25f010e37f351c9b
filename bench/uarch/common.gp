# SPDX-License-Identifier: BSD-2-Clause
#
# What all figures share. The caller sets: here (this folder), dir (where CORE/FIGURE.csv are), cores (names, with blanks between),
# ext, output; perhaps guides ("VALUE:LABEL ..."). A figure may set width and height (inches) first.

if (!exists("width")) width = 3.5
if (!exists("height")) height = 2.5
font = width > 6 ? 8 : 7
if (ext eq "svg") set terminal svg size width*96,height*96 dynamic font sprintf("Helvetica,%.2f", font*96/72.) \
    background rgb "white" linewidth 0.9 name "uarch"
if (ext eq "png") set terminal pngcairo size int(width*300),int(height*300) font sprintf("Helvetica,%.2f", font) \
    fontscale 3.125 linewidth 3.4 pointscale 3.2
if (ext eq "pdf") set terminal pdfcairo size width,height font sprintf("Helvetica,%.2f", font) fontscale 0.75 \
    linewidth 0.9
set output output
set encoding utf8

# Okabe and Ito's colours; line patterns and markers tell the curves apart in grey.
array colour[7] = [0x0072b2, 0xd55e00, 0x009e73, 0xe69f00, 0xcc79a7, 0x56b4e9, 0x000000]
set style line 1 linecolor rgb "#0072b2" dashtype solid linewidth 1.2 pointtype 6 pointsize 0.4
set style line 2 linecolor rgb "#d55e00" dashtype (10,4) linewidth 1.2 pointtype 4 pointsize 0.4
set style line 3 linecolor rgb "#009e73" dashtype (3,3) linewidth 1.2 pointtype 8 pointsize 0.4
set style line 4 linecolor rgb "#e69f00" dashtype (12,3,3,3) linewidth 1.2 pointtype 12 pointsize 0.4
set style line 5 linecolor rgb "#cc79a7" dashtype (6,2) linewidth 1.2 pointtype 10 pointsize 0.4
set style line 6 linecolor rgb "#56b4e9" dashtype (14,4,2,4,2,4) linewidth 1.2 pointtype 1 pointsize 0.4
set style line 7 linecolor rgb "#000000" dashtype (1,2) linewidth 1.2 pointtype 2 pointsize 0.4

# Bars: fills of different lightness or hatch.
array bar_colour[5] = [0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7, 0x222222]
array bar_pattern[5] = [3, 3, 4, 5, 3]

set border 3 linecolor rgb "#222222"
set tics nomirror out scale 0.6 textcolor rgb "#222222"
set grid ytics linecolor rgb "#dddddd" linetype 1 linewidth 0.5
set key top left reverse Left samplen 2.4 spacing 1.0 width -2 noautotitle opaque fillcolor rgb "white"
set datafile separator comma
set style fill solid 1.0 border rgb "#222222"

# The rows of a series of a figure of a core; a series whose name starts like it is not meant.
rows(core, figure, series) = sprintf("< awk -F, -v s='%s' '$1 == s' '%s/%s/%s.csv'", series, dir, core, figure)

# Vertical lines at capacities, with their names at the top.
guide_value(g) = real(g[1:strstrt(g, ":") - 1])
guide_label(g) = g[strstrt(g, ":") + 1:*]
if (exists("guides")) {
    do for [g in guides] {
        set arrow from guide_value(g), graph 0 to guide_value(g), graph 1 nohead linecolor rgb "#777777" \
            linewidth 0.7 dashtype (2,3) back
        set label guide_label(g) at guide_value(g), graph 1 center offset 0,0.5 textcolor rgb "#555555" noenhanced
    }
}

# The figure's name, above the guides'.
set tmargin exists("guides") ? 3.2 : 2.2
set rmargin 2.5
set title offset 0,exists("guides") ? 0.3 : -0.4

size_label(bytes) = bytes >= 1048576 ? sprintf("%d MiB", bytes / 1048576) : sprintf("%d KiB", bytes / 1024)
