/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file armvsim.h
 * libarmvsim: a cycle-approximate ARMv8-A virtualization simulator. The one public header.
 *
 * A machine is made from options, given an image, and run; callbacks and a SQLite ledger tell which traps
 * and world switches happened, why, and what each cost.
 *
 *     avs_options o = AVS_OPTIONS_INIT;
 *     avs_machine *m;
 *
 *     o.cpu = "cortex-a53";
 *     if (avs_machine_new(&o, &m) != AVS_OK || avs_load(m, "hyp.elf") != AVS_OK)
 *         errx(2, "%s", avs_last_error(m));
 *     avs_on_trap(m, print_trap, NULL);
 *     avs_result r = avs_run(m);
 *     avs_machine_free(m);
 *
 * Threads: a machine is used by one thread at a time; different machines are independent. Only avs_stop()
 * may be called from another thread or a signal handler. Determinism: the same options, image and input
 * give the same run on every host, to the cycle and to the byte of the ledger.
 */
#ifndef ARMVSIM_H
#define ARMVSIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

#define AVS_VERSION "0.1.0"

typedef struct avs_machine avs_machine;

/** Results of calls. avs_status_str() names them; avs_last_error() has the detail. */
typedef enum {
    AVS_OK = 0,
    AVS_ERR_ARG,    /**< A bad argument or option: any call. */
    AVS_ERR_NOMEM,  /**< Host memory: avs_machine_new(), avs_load(). */
    AVS_ERR_IO,     /**< A file cannot be read or written: avs_load*(), avs_ledger_*(). */
    AVS_ERR_FORMAT, /**< A file is not what it should be (truncated ELF, other machine): avs_load*(). */
    AVS_ERR_MODEL,  /**< Unknown core, a bad .core file or a bad `set`: avs_machine_new(). */
    AVS_ERR_BOARD,  /**< Unknown board or board option, or an image that does not fit: avs_machine_new(),
                         avs_load*(). */
    AVS_ERR_DB,     /**< The ledger's database: foreign file, newer schema, locked, disk full. */
    AVS_ERR_STATE,  /**< The call does not fit the machine's state (no image loaded): avs_run(). */
} avs_status;

/** Options of a machine. Strings are copied. Use AVS_OPTIONS_INIT, then set what you need. */
typedef struct {
    size_t size;           /**< sizeof(avs_options): lets the struct grow. */
    const char *board;     /**< "virt[,option=value...]"; NULL for "virt". Options as QEMU names them:
                                virtualization=on|off (on), secure=on|off (off), gic-version=2|3 (3). */
    const char *cpu;       /**< Core model's name or a .core file; NULL for "generic". */
    unsigned pe_count;     /**< Processing elements, 1 to 8; 0 for 1. */
    uint64_t mem_bytes;    /**< RAM; 0 for 128 MiB. A multiple of 4 KiB, 1 MiB to 255 GiB. */
    const char *timing;    /**< "none" or "block"; NULL for "block". */
    uint64_t max_insns;    /**< Stop after this many retired instructions; 0 for no limit. */
    uint64_t max_cycles;   /**< Stop at this cycle; 0 for no limit. */
    uint64_t seed;         /**< For everything seeded (TLB replacement). */
    const char *dispatch;  /**< "tail" or "loop"; NULL for the build's default. Results are identical. */
    const char *cmdline;   /**< /chosen bootargs of the device tree; NULL for none. */
    uint64_t quantum;      /**< Cycles by which a PE may run ahead of the others before they have their
                                turn; 0 for 5,000. */
    const char *initrd;    /**< Initial RAM disk, given to the image by the device tree or by fw_cfg. */
    const char *dtb;       /**< Device tree instead of the generated one; its memory, boot arguments and
                                initrd are set. */
    const char *bios;      /**< Firmware in the first flash bank, where the machine then starts. */
    const char *pflash[2]; /**< Contents of the flash banks: "FILE[,write=on|off]". */
    const char *rtc; /**< The clock's time at the start: seconds since 1970, or ISO 8601 (UTC unless it
                          says else); NULL for 2026-01-01T00:00:00Z. */
    bool semihosting;            /**< HLT #0xF000 asks the host: console, exit status, time, files. */
    const char *semihosting_dir; /**< Folder with the files that it may open, and write; NULL: none. */
    const char *const *set;      /**< Other numbers for the core model: "core.GROUP.KEY=VALUE" for any key of
                                      a .core file, "core.KEY=VALUE" for its [core]. NULL-terminated; of two
                                      for one key the last counts. NULL for none. */
} avs_options;

#define AVS_OPTIONS_INIT                                                                                   \
    {                                                                                                      \
        sizeof(avs_options), NULL, NULL, 0, 0, NULL, 0, 0, 0, NULL, NULL, 0, NULL, NULL, NULL,             \
            { NULL, NULL }, NULL, false, NULL, NULL                                                        \
    }

/** Why a run ended. */
typedef enum {
    AVS_END_POWER_OFF, /**< The guest powered the machine off; exit_status is its own. */
    AVS_END_RESET,     /**< The guest asked for a reset. */
    AVS_END_LIMIT,     /**< max_insns or max_cycles was reached. */
    AVS_END_CRASH,     /**< The guest cannot go on; `reason` says why. */
    AVS_END_IDLE,      /**< All PEs wait for an interrupt that nothing will ever raise, or are off. */
    AVS_END_STOPPED,   /**< avs_stop(). */
    AVS_END_ERROR,     /**< A host-side failure; avs_last_error(). */
} avs_end;

typedef struct {
    avs_end end;
    int exit_status;    /**< Guest's exit status (semihosting or 0), with AVS_END_POWER_OFF. */
    const char *reason; /**< One line for people; valid until the next call on the machine. */
    uint64_t insns;     /**< Retired instructions of all PEs. */
    uint64_t cycles;    /**< Cycles of the modelled core (of the PE that ran longest). */
    uint64_t clock_hz;  /**< Modelled core's frequency: seconds = cycles / clock_hz. */
    unsigned pe;        /**< The PE that ended the run. */
} avs_result;

/** An exception to EL2 or EL3 from a lower EL, from its entry to the ERET that leaves it. */
typedef struct {
    unsigned pe; /**< PE number. */
    unsigned from_el, to_el;
    unsigned vmid;      /**< VTTBR_EL2.VMID of the interrupted context. */
    uint64_t pc;        /**< The instruction that trapped, or that an interrupt kept from running. */
    uint8_t ec;         /**< ESR_ELx.EC, 0xff for IRQ, 0xfe for FIQ, 0xfd for SError. */
    uint32_t iss;       /**< ESR_ELx.ISS */
    uint64_t va, ipa;   /**< Of aborts; ~0 when there is none. */
    const char *cause;  /**< The control bit that caused it ("HCR_EL2.TWI"), or the class's name. */
    const char *reg;    /**< The system register, or NULL. */
    const char *symbol; /**< Function that holds pc, or NULL; pc is symbol_offset bytes into it. */
    uint64_t symbol_offset;
    uint64_t entry_insn, exit_insn;
    uint64_t entry_cycle, exit_cycle; /**< From before the entry's cost to after the return's. */
} avs_trap;

/** A change of context on a PE, from the exit of one to the ERET into the other. */
typedef struct {
    unsigned pe;
    unsigned from_vmid, to_vmid;
    uint64_t entry_insn, exit_insn;
    uint64_t entry_cycle, exit_cycle;
} avs_switch;

typedef void (*avs_trap_fn)(void *user, const avs_trap *trap);
typedef void (*avs_switch_fn)(void *user, const avs_switch *sw);
typedef void (*avs_console_fn)(void *user, const char *bytes, size_t len);
typedef bool (*avs_idle_fn)(void *user, uint64_t ns);
/** level: 0 error, 1 guest's fault, 2 information, 3 debug. */
typedef void (*avs_log_fn)(void *user, int level, const char *line);

/** Creates a machine. *out is NULL on failure, and avs_last_error(NULL) tells why (per thread). */
avs_status avs_machine_new(const avs_options *options, avs_machine **out);
/**
 * Creates a machine that follows `leader`: it executes the very instructions that the leader does, with its
 * counts of time, its interrupts and its turns of PEs, and finds out what they cost on another core. Software
 * sees the leader's identity (ID registers, features, cache geometry, frequencies, PMU values); `cpu`, `set`,
 * `timing` and `dispatch` of the options are the follower's own, all others have to be the leader's; limits, seed,
 * quantum and clock are taken from it. Load the same images and attach the same devices (none that reaches the host's
 * network or writes a file). Before the leader has run; up to 32 may follow one.
 *
 * avs_run() of any of them runs all, and returns that machine's own result; when the run is over, the others'
 * follow without running. Input and avs_on_idle() are the leader's. Cycles, the ledger and counters are each
 * machine's own; idle time is as long as the leader's. A follower that leaves the path (software that depends
 * on what a TLB still holds) ends with AVS_END_ERROR, and the reason says where; the others go on. Free
 * followers before or after their leader, which they cannot run without.
 * AVS_ERR_STATE, AVS_ERR_ARG, and what avs_machine_new() returns.
 */
avs_status avs_follower_new(avs_machine *leader, const avs_options *options, avs_machine **out);
/** Frees it and all that it owns; closes the ledger. NULL is allowed. */
void avs_machine_free(avs_machine *m);

/** Loads an image: AArch64 ELF by its segments and entry; a Linux Image where its header says; other files
 *  raw at RAM base + 0x80000, entered there; gzip files of the last two are unpacked. Symbols of an ELF
 * name PCs in traps. With firmware (options bios and pflash) it is not loaded, but what firmware finds as
 * the kernel. Call once, before avs_run(); not needed with firmware. */
avs_status avs_load(avs_machine *m, const char *path);
/** Loads a file's bytes to a physical address, besides the image. */
avs_status avs_load_at(avs_machine *m, const char *path, uint64_t address);
/** Plugs a device into the board, before avs_run(): "KIND[,key=value...]", a comma inside of a value written
 *  twice. On virt, the first is in the last of the 32 virtio windows (0x0a003e00, SPI 47), and so on down.
 *    virtio-blk,file=F[,readonly=on][,serial=S][,snapshot=on]
 *                                                a disk: a raw image of whole 512-byte sectors, locked while
 *                                                the machine lives; writes go to the file, or with snapshot=on
 *                                                to memory
 *    virtio-console[,file=F]                     output to a file, or to the console between the UART's; no input
 *    virtio-net[,mac=M][,restrict=off]           user-mode networking, 10.0.2.15 behind 10.0.2.2. With
 *                                                restrict=off the guest reaches the host's network, and the
 *                                                run depends on it
 *    virtio-rng                                  random numbers that follow from the machine's seed
 *  AVS_ERR_ARG, AVS_ERR_IO, AVS_ERR_FORMAT, AVS_ERR_BOARD (no free window), AVS_ERR_STATE (it has run). */
avs_status avs_attach(avs_machine *m, const char *spec);
/** Adds the symbols of an ELF; `vmid` < 0 for the host's, else for contexts of that VMID. */
avs_status avs_load_symbols(avs_machine *m, const char *path, int vmid);

/** Writes the device tree to a file, as it is after avs_load(): with the initrd's place. */
avs_status avs_dump_dtb(avs_machine *m, const char *path);
/** Writes flash banks that the guest changed back to their files, those with write=on. Call after a run. */
avs_status avs_save_flash(avs_machine *m);

/** Runs until something ends the run. May be called again after AVS_END_STOPPED only. */
avs_result avs_run(avs_machine *m);
/** Makes avs_run() return soon. Async-signal-safe. */
void avs_stop(avs_machine *m);

/** Callbacks, called on the thread of avs_run(); pointers in the records are valid during the call only.
 *  A callback must not call avs_run() or avs_machine_free(). NULL removes one. */
void avs_on_trap(avs_machine *m, avs_trap_fn fn, void *user);
void avs_on_switch(avs_machine *m, avs_switch_fn fn, void *user);
/** Output of the first UART; default: discarded. */
void avs_on_console(avs_machine *m, avs_console_fn fn, void *user);
/** Output to semihosting's error stream; default: discarded. */
void avs_on_error_output(avs_machine *m, avs_console_fn fn, void *user);
/** All PEs wait, for `ns` nanoseconds of modelled time or (~0) for ever. True: time goes on, to the end of
 *  the wait or of the run; false: avs_run() returns with AVS_END_STOPPED, for input to be given. NULL:
 * true. */
void avs_on_idle(avs_machine *m, avs_idle_fn fn, void *user);
void avs_on_log(avs_machine *m, avs_log_fn fn, void *user);
/** Bytes for the first UART's receiver, read by the guest at its own pace; copied. May be called from the
 *  console's callback. */
avs_status avs_console_input(avs_machine *m, const char *bytes, size_t len);

/** Writes a ledger of the run to a new SQLite database (an existing ledger is replaced, any other file is
 *  refused). Finished by avs_machine_free() or avs_ledger_close(). */
avs_status avs_ledger_open(avs_machine *m, const char *path);
/** The ledger gets the addresses of all instructions that are executed, too (its table `code`), for line
 *  coverage. Before avs_run(). */
avs_status avs_ledger_coverage(avs_machine *m);
avs_status avs_ledger_close(avs_machine *m);

/** The part of the run that is observed, by the ledger and the callbacks: from one point to another. A point
 *  is "insn=N" (once N instructions have retired, of all PEs together) or an address that a PE is about to
 *  execute: "SYMBOL", "SYMBOL+0x10" or "0xADDRESS", with "@VMID" of that VM. A symbol without a VMID is meant
 *  in the contexts that have the host's symbols (avs_load_symbols()), an address in all. NULL: the run's
 *  beginning, its end. `until` counts once `from` was reached. Outside, the machine runs at full speed. To be
 *  called after symbols are loaded, until `from` is reached. AVS_ERR_ARG, AVS_ERR_STATE. */
avs_status avs_ledger_interval(avs_machine *m, const char *from, const char *until);
typedef enum {
    AVS_NOT_YET_ATTACHED, /**< `from` was not reached. */
    AVS_ATTACHED,         /**< Always without avs_ledger_interval(). */
    AVS_DETACHED,         /**< `until` was reached. */
} avs_attached;
avs_attached avs_ledger_attached(const avs_machine *m);
/** Logs one in n traps as a row, with the traps nested in it and the world switch it ends in, chosen by the
 *  machine's seed: one of each n that follow each other. Aggregates, virtual interrupts and callbacks remain
 *  those of all. 1: all. To be called before the ledger is opened. AVS_ERR_ARG for 0, AVS_ERR_STATE. */
avs_status avs_ledger_sample(avs_machine *m, uint64_t n);
/** Records the run: what the machine was made from, with the SHA-256 of each file, what comes from outside (input,
 *  semihosting's files), and hashes of its state. Call after everything is loaded and before avs_run(). Input
 *  given between two calls of avs_run() reaches the guest an instruction later than without. An existing
 *  recording is replaced, any other file is refused. AVS_ERR_IO, AVS_ERR_FORMAT, AVS_ERR_STATE; AVS_ERR_ARG for
 *  a machine with restrict=off, which depends on the host's network. */
avs_status avs_record_open(avs_machine *m, const char *path);
/** Ends the recording where the run is; a run that avs_stop() has stopped executes one more instruction. A machine
 *  that is freed before leaves a recording without its end, as a run that is killed does. */
avs_status avs_record_close(avs_machine *m);

/** State of a PE for people: "x0".."x30", "sp", "pc", "el", "nzcv", or a system register's name in any
 *  case. Returns false for an unknown name. */
bool avs_read_reg(avs_machine *m, unsigned pe, const char *name, uint64_t *value);
/** Reads physical memory of RAM and ROM. Returns false outside. */
bool avs_read_mem(avs_machine *m, uint64_t pa, void *data, size_t len);
/** All of a PE's state, symbolised, as text lines. The caller frees it with free(). */
char *avs_dump(avs_machine *m, unsigned pe);
/** "symbol+0x10" of a virtual address in the current context, or NULL. Valid until the next call. */
const char *avs_symbol(avs_machine *m, uint64_t va);

/** Event counters (counter.def): index 0.. until NULL. */
const char *avs_counter_name(unsigned index);
uint64_t avs_counter(avs_machine *m, unsigned pe, unsigned index);

/** The name of a status, and the detail of the last failure (m may be NULL: of this thread). */
const char *avs_status_str(avs_status s);
const char *avs_last_error(const avs_machine *m);
/** The library's version, AVS_VERSION of its build. */
const char *avs_version(void);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
