/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file board.h
 * Boards: where RAM, GIC, UARTs and timers are, which ELs exist at reset, loading of images, the generated
 * device tree, PSCI. The default is QEMU's virt memory map (models/boards/virt.board).
 */
#pragma once

#include "core/machine.h"

struct board;
struct bus_region;

/* Parses "NAME[,opt=val...]", reads models/boards/NAME.board, builds bus, GIC and devices of `m`. Sets
 * m->has_el2, m->has_el3, m->bus, m->gic, m->board. Fills flash; of the options, those of loading. Unknown
 * names, options, values: AVS_ERR_BOARD. */
avs_status board_new(struct avs_machine *m, const char *spec, uint64_t mem_bytes, const avs_options *o);
void board_free(struct board *b);
/* Loads an image by its kind and sets the reset pc of PE 0 (and x0 for what expects a device tree). */
avs_status board_load(struct board *b, const char *path);
avs_status board_load_at(struct board *b, const char *path, uint64_t address);
/* Plugs a device, "KIND[,key=value...]", into the board's next free window. AVS_ERR_ARG, AVS_ERR_BOARD, and
 * what the device itself needs: AVS_ERR_IO, AVS_ERR_FORMAT. */
avs_status board_attach(struct board *b, const char *text);
/* Puts every PE into its reset state for this board: EL, pc, registers; writes the device tree. */
void board_reset(struct board *b);
/* The same of one PE, which is left off. */
void board_reset_pe(struct board *b, struct pe *c);
/* Writes the generated device tree to a file, as QEMU's -M dumpdtb= does. AVS_ERR_IO. */
avs_status board_dump_dtb(struct board *b, const char *path);
/* Writes flash banks that were changed back, where the options say so. AVS_ERR_IO. */
avs_status board_save_flash(struct board *b);
/* Tells, once, what was noticed before there was a log. */
void board_log(struct board *b);
/* Whether there is something to run, image or firmware. */
bool board_is_loaded(const struct board *b);
/* System counter frequency. */
uint64_t board_cntfrq(const struct board *b);
/* The PSCI conduit: whether an SMC (or HVC) at this EL is PSCI of the board, by QEMU's rules; performs it,
 * with the result in x0, and returns true; false when the instruction is to be taken as usual. */
bool board_psci(struct pe *c, bool is_hvc);
/* Input for the first UART. */
avs_status board_console_input(struct board *b, const char *bytes, size_t len);
/* Takes a byte of that input in the guest's stead; false when there is none. */
bool board_console_take(struct board *b, char *byte);
/* A GICv2's virtual interface control registers (GICH), NULL when there are none. */
const struct bus_region *board_gich(const struct board *b);
/* Whether HLT #0xF000 is a semihosting call. */
bool board_has_semihosting(const struct board *b);
