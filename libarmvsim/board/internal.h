/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file internal.h
 * What the files of board/ share: the board itself, what was loaded where, and how images are described
 * between their parsers (load_elf.c, load_image.c) and the one place that checks and copies (load.c).
 */
#pragma once

#include <glib.h>

#include "board/board.h"
#include "board/boardfile.h"

/* [lo, hi) was taken by a loader; `what` says by whom. */
struct load_range {
    uint64_t lo, hi;
    char *what;
};

struct board_device {
    const struct device_type *type;
    const struct device_desc *desc;
    void *dev;
};

/* What a flash bank was filled from. */
struct flash_file {
    char *path;
    bool write;      /* Changes go back to it. */
    uint64_t padded; /* Bytes that it was too short. */
};

struct board {
    struct avs_machine *m;
    struct board_desc *desc;
    unsigned pe_count;
    uint64_t ram_size;
    char *cmdline, *initrd_path, *dtb_path;
    char *image_path; /* What runs: the image, or else the firmware. NULL before there is one. */
    struct flash_file flash[2];
    GArray *devices;    /* struct board_device, in the order of the file. */
    GArray *loaded;     /* struct load_range */
    GPtrArray *plugged; /* char *: kinds of devices, in the order that they were plugged in. */
    struct semihosting *semihosting; /* NULL: off. */
    bool has_image;
    bool has_firmware;  /* The first flash bank has contents, and is where PEs begin. */
    bool boot_protocol; /* The image is entered as a Linux kernel: x0 is the device tree. */
    uint64_t entry;     /* Reset pc of PE 0. */
    void *dtb;          /* The device tree, of dtb_size bytes... */
    size_t dtb_size;
    uint64_t dtb_pa; /* ...and where it is; DTB_NOWHERE before an image, or when it leaves no room. */
};

#define DTB_NOWHERE UINT64_MAX

/* The PSCI conduit (QEMU's rules). */
enum psci_conduit { PSCI_NONE, PSCI_SMC, PSCI_HVC };
enum psci_conduit psci_conduit(const struct board *b);

/* A piece of an image: `filesz` bytes of the file, then zeros up to `memsz`. */
struct load_piece {
    uint64_t pa, memsz;
    const uint8_t *data;
    size_t filesz;
    char what[32];    /* "segment 2", for messages. */
    const char *path; /* Its file, when that is not the image's. */
};

struct load_image {
    const char *path;
    GArray *pieces; /* struct load_piece */
    uint64_t entry;
    bool boot_protocol;
};

/* Parsers: fill *img from a file's bytes. AVS_ERR_FORMAT. */
bool load_elf_probe(const uint8_t *bytes, size_t len);
avs_status load_elf(struct board *b, const uint8_t *bytes, size_t len, struct load_image *img);
avs_status load_raw(struct board *b, const uint8_t *bytes, size_t len, struct load_image *img);

/* Whether it is a gzip file, and its contents. AVS_ERR_FORMAT. */
bool unpack_is_gzip(const uint8_t *bytes, size_t len);
avs_status unpack_gzip(struct board *b, const char *path, const uint8_t *bytes, size_t len,
                       GByteArray *out);

/* Fills the flash banks as the options say. */
avs_status firmware_load(struct board *b, const avs_options *o);
/* Gives firmware a kernel and an initrd (NULL: none), besides the command line. */
avs_status firmware_offer(struct board *b, const uint8_t *kernel, size_t kernel_len, const uint8_t *initrd,
                          size_t initrd_len);

/* Lists of struct load_range. */
GArray *load_ranges_new(void);
void load_ranges_add(GArray *ranges, uint64_t lo, uint64_t hi, const char *what);

/* The largest part of RAM that no loader took: [*lo, *hi). */
void board_free_memory(const struct board *b, uint64_t *lo, uint64_t *hi);

/* Makes b->dtb: generated, or from b->dtb_path. */
avs_status dtb_build(struct board *b);
enum { DTB_FILE_MAX = 2 << 20 }; /* What the kernel's boot protocol allows. */
avs_status dtb_load(struct board *b);
/* Puts the initrd's place into b->dtb. */
avs_status dtb_set_initrd(struct board *b, uint64_t start, uint64_t end);
/* Firmware changes the tree where it lies: gives it the room that QEMU's has, 1 MiB in all. */
avs_status dtb_make_room(struct board *b);
/* Where b->dtb goes when `ranges` (by address) are taken; DTB_NOWHERE when there is no room. */
uint64_t dtb_find_place(const struct board *b, const GArray *ranges, bool boot_protocol);
