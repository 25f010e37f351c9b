/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pipeline_model.h
 * The groups of a .core file that describe the pipeline.
 */
#pragma once

#include "timing/model_read.h"

/* [pipeline], [pipes], [read], [insn], in the order in which they have to be read. */
enum { PIPELINE_PARTS = 4 };
extern const struct model_part pipeline_model_parts[PIPELINE_PARTS];
