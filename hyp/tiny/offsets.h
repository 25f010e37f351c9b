/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file offsets.h
 * Where assembly finds the parts of struct vm and struct fpsimd_state; vm.h asserts each.
 */
#pragma once

/* struct cpu_regs, which struct vm starts with. */
#define REGS_X(n) ((n)*8)
#define REGS_ELR 248
#define REGS_SPSR 256
#define REGS_SIZE 272

/* struct fpsimd_state. */
#define FPSIMD_Q(n) ((n)*16)
#define FPSIMD_FPCR 512
#define FPSIMD_FPSR 520
#define FPSIMD_SIZE 528

#define STACK_SIZE 8192
