/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * What gicv2_smp.c cannot say in C is what smp.c cannot either.
 */
#include "smp.S"
