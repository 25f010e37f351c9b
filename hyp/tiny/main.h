/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file main.h
 * Where start.S goes once the MMU is on.
 */
#pragma once

/** Runs the hypervisor. Does not return. */
__attribute__((noreturn)) void hyp_main(void);
