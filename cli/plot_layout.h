/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot_layout.h
 * What plot.c and plot_caption.c, which lay a figure out, share.
 */
#pragma once

#include "plot.h"

#define GREY "#666666"
/* The caption's font, relative to the figure's. */
#define CAPTION_SCALE 0.75

/* Width and fonts by the columns and the format. */
void plot_set_size(struct plot *p);
void plot_caption_draw(struct plot *p);
