/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file stats.h
 * The table at the end of a run.
 */
#pragma once

/** Prints what was counted, per VM. */
void stats_print(void);
