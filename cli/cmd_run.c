/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file cmd_run.c
 * armvsim run: one machine, one image, one run. The guest's console is stdout and nothing else is; all that
 * armvsim has to say goes to stderr.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "armvsim.h"
#include "cli.h"
#include "input.h"
#include "progress.h"
#include "whatif.h"

struct run_args {
    char *board, *cpu, *timing, *append, *db, *dispatch, *input, *mem, *max_insns, *max_cycles, *seed,
        *quantum, *initrd, *dtb, *dump_dtb, *bios, *rtc, *input_script, *semihosting_dir, *from, *until,
        *sample, *format, *record;
    char **load, **symbols, **device, **drive, **pflash, **set, **what_if;
    int smp;
    gboolean quiet, verbose, semihosting, coverage;
};

static const char description[] =
    "The guest's console is written to stdout, everything else to stderr.\n"
    "Exit status: 0 or the guest's own; 2 bad usage, bad input file or host failure; 3 the guest\n"
    "crashed or waits for ever; 124 a limit was reached; 130 interrupted.";

/* The machine that a signal stops. Signal handlers have no other way to it. */
static avs_machine *volatile signal_machine;
static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    (void)number;
    interrupted = 1;
    if (signal_machine)
        avs_stop(signal_machine);
}

/* What a run has beside its machine. */
struct session {
    struct progress *progress;
    struct input *input;
    bool flush; /* Somebody watches. */
};

static void on_console(void *user, const char *bytes, size_t len)
{
    struct session *s = user;

    progress_clear(s->progress);
    fwrite(bytes, 1, len, stdout);
    if (s->flush || memchr(bytes, '\n', len))
        fflush(stdout);
    input_console(s->input, bytes, len);
}

/* Of a run whose output is not shown. */
static void on_input(void *user, const char *bytes, size_t len)
{
    const struct session *s = user;

    input_console(s->input, bytes, len);
}

static void on_error_output(void *user, const char *bytes, size_t len)
{
    const struct session *s = user;

    progress_clear(s->progress);
    fwrite(bytes, 1, len, stderr);
}

static void on_log(void *user, int level, const char *line)
{
    static const char *const prefix[] = { "error: ", "guest: ", "", "debug: " };

    progress_clear(user);
    fprintf(stderr, "armvsim: %s%s\n", prefix[level & 3], line);
}

/* Fills the numeric options. False with *status set. */
static bool numbers(const struct run_args *a, avs_options *o, int *status)
{
    const struct {
        const char *option, *text;
        bool binary;
        uint64_t *out;
    } all[] = {
        { "--mem", a->mem, true, &o->mem_bytes },
        { "--max-insns", a->max_insns, false, &o->max_insns },
        { "--max-cycles", a->max_cycles, false, &o->max_cycles },
        { "--seed", a->seed, false, &o->seed },
        { "--quantum", a->quantum, false, &o->quantum },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        if (!all[i].text)
            continue;
        if (!cli_number(all[i].text, all[i].binary, all[i].out)) {
            *status = cli_error("%s '%s': not a number", all[i].option, all[i].text);
            return false;
        }
        /* As with QEMU's -m, memory without a unit is in MiB. */
        if (all[i].out == &o->mem_bytes && g_ascii_isdigit(all[i].text[strlen(all[i].text) - 1]))
            o->mem_bytes <<= 20;
    }
    if (a->smp < 1) {
        *status = cli_error("--smp %d: at least 1", a->smp);
        return false;
    }
    o->pe_count = (unsigned)a->smp;
    return true;
}

static int load_extra(avs_machine *m, char **specs)
{
    for (char **s = specs; s && *s; s++) {
        const char *at = strrchr(*s, '@');
        g_autofree char *file = at ? g_strndup(*s, (gsize)(at - *s)) : NULL;
        uint64_t address;

        if (!at || !cli_number(at + 1, true, &address))
            return cli_error("--load '%s': FILE@ADDRESS expected", *s);
        if (avs_load_at(m, file, address) != AVS_OK)
            return cli_error("%s", avs_last_error(m));
    }
    return EXIT_OK;
}

/* --symbols FILE, or FILE@VMID for a guest's. */
static int load_symbols(avs_machine *m, char **specs)
{
    for (char **s = specs; s && *s; s++) {
        const char *at = strrchr(*s, '@');
        g_autofree char *file = at ? g_strndup(*s, (gsize)(at - *s)) : g_strdup(*s);
        uint64_t vmid = 0;
        int owner = -1;

        if (at) {
            if (!cli_number(at + 1, false, &vmid) || vmid > 0xffff)
                return cli_error("--symbols '%s': FILE or FILE@VMID expected", *s);
            owner = (int)vmid;
        }
        if (avs_load_symbols(m, file, owner) != AVS_OK)
            return cli_error("%s", avs_last_error(m));
    }
    return EXIT_OK;
}

/* Each --device as it is, then each --drive FILE as a virtio-blk; a comma of the file's name is doubled. */
static int attach(avs_machine *m, const struct run_args *a)
{
    for (char **d = a->device; d && *d; d++) {
        if (avs_attach(m, *d) != AVS_OK)
            return cli_error("%s", avs_last_error(m));
    }
    for (char **d = a->drive; d && *d; d++) {
        g_auto(GStrv) parts = g_strsplit(*d, ",", -1);
        g_autofree char *file = g_strjoinv(",,", parts);
        g_autofree char *spec = g_strconcat("virtio-blk,file=", file, NULL);

        if (avs_attach(m, spec) != AVS_OK)
            return cli_error("%s", avs_last_error(m));
    }
    return EXIT_OK;
}

/* Which part of the run the ledger has, and how much of it. */
static int open_ledger(avs_machine *m, const struct run_args *a)
{
    uint64_t n = 1;

    if (!a->db && (a->from || a->until || a->sample))
        return cli_error("%s: there is no ledger without --db", a->from    ? "--from"
                                                                : a->until ? "--until"
                                                                           : "--sample");
    if (a->sample && !cli_number(a->sample, false, &n))
        return cli_error("--sample '%s': not a number", a->sample);
    if (avs_ledger_sample(m, n) != AVS_OK || avs_ledger_interval(m, a->from, a->until) != AVS_OK)
        return cli_error("--%s", avs_last_error(m));
    if (a->db && avs_ledger_open(m, a->db) != AVS_OK)
        return cli_error("%s", avs_last_error(m));
    return EXIT_OK;
}

static int prepare(avs_machine *m, const struct run_args *a, const char *image, struct input *in)
{
    int status;

    if (image && avs_load(m, image) != AVS_OK)
        return cli_error("%s", avs_last_error(m));
    if ((status = attach(m, a)) || (status = load_extra(m, a->load)) ||
        (status = load_symbols(m, a->symbols)))
        return status;
    if (a->dump_dtb)
        return EXIT_OK;
    if (a->coverage && avs_ledger_coverage(m) != AVS_OK)
        return cli_error("%s", avs_last_error(m));
    if ((status = open_ledger(m, a)))
        return status;
    if (a->record && avs_record_open(m, a->record) != AVS_OK)
        return cli_error("%s", avs_last_error(m));
    return in ? input_open(in, a->input, a->input_script) : EXIT_OK;
}

/* Runs to the end; the progress line's ticks stop the run for a moment and it goes on unchanged. So do
 * keys, which are then handed on. */
static avs_result run_to_end(avs_machine *m, const struct session *s)
{
    avs_result r;

    for (;;) {
        r = avs_run(m);
        if (r.end != AVS_END_STOPPED || interrupted || !input_next(s->input))
            break;
        progress_show(s->progress, r.insns, r.cycles, r.clock_hz);
    }
    progress_end(s->progress);
    return r;
}

static void print_summary(const avs_result *r)
{
    g_autofree char *insns = cli_grouped(r->insns);
    g_autofree char *cycles = cli_grouped(r->cycles);

    fprintf(stderr, "armvsim: %s; %s instructions, %s cycles (%.3f ms at %.0f MHz)\n", r->reason, insns,
            cycles, 1e3 * (double)r->cycles / (double)r->clock_hz, (double)r->clock_hz / 1e6);
}

/* What of the interval that was asked for did not come to be. */
static void print_attached(const avs_machine *m, const struct run_args *a)
{
    avs_attached state = avs_ledger_attached(m);

    if (a->from && state == AVS_NOT_YET_ATTACHED)
        fprintf(stderr, "armvsim: --from %s was never reached: the ledger is empty\n", a->from);
    else if (a->until && state == AVS_ATTACHED)
        fprintf(stderr, "armvsim: --until %s was never reached: the ledger goes on to the end of the run\n",
                a->until);
}

static void print_state(avs_machine *m, unsigned pe)
{
    char *text = avs_dump(m, pe);

    if (text)
        fputs(text, stderr);
    free(text);
}

static int finish(avs_machine *m, const avs_result *r, bool quiet)
{
    static const int status[] = {
        [AVS_END_POWER_OFF] = EXIT_OK,  [AVS_END_RESET] = EXIT_OK,     [AVS_END_LIMIT] = EXIT_LIMIT,
        [AVS_END_CRASH] = EXIT_CRASHED, [AVS_END_IDLE] = EXIT_CRASHED, [AVS_END_STOPPED] = EXIT_INTERRUPT,
        [AVS_END_ERROR] = EXIT_USAGE,
    };

    fflush(stdout);
    if (r->end == AVS_END_ERROR)
        return cli_error("%s", r->reason);
    if (!quiet || r->end == AVS_END_CRASH || r->end == AVS_END_IDLE || r->end == AVS_END_LIMIT)
        print_summary(r);
    if (r->end == AVS_END_CRASH || r->end == AVS_END_IDLE)
        print_state(m, r->pe);
    if (avs_record_close(m) != AVS_OK || avs_ledger_close(m) != AVS_OK || avs_save_flash(m) != AVS_OK)
        return cli_error("%s", avs_last_error(m));
    if (r->end == AVS_END_STOPPED && !interrupted) /* By the keyboard or a script. */
        return EXIT_OK;
    return r->end == AVS_END_POWER_OFF ? r->exit_status : status[r->end];
}

static void catch_signals(avs_machine *m)
{
    struct sigaction action = { .sa_handler = on_signal };

    signal_machine = m;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static int run_machine(avs_machine *m, const struct session *s, const struct run_args *a)
{
    avs_result r;
    int status, script;

    catch_signals(m);
    progress_start(s->progress);
    r = run_to_end(m, s);
    signal_machine = NULL;
    fflush(stdout);
    script = input_close(s->input);
    status = finish(m, &r, a->quiet);
    print_attached(m, a);
    return status == EXIT_OK ? script : status;
}

static int run_image(const struct run_args *a, const avs_options *o, const char *image)
{
    struct session s = { .flush = isatty(STDOUT_FILENO) };
    avs_machine *m;
    int status;

    if (avs_machine_new(o, &m) != AVS_OK)
        return cli_error("%s", avs_last_error(NULL));
    s.progress = progress_new(m, !a->quiet && isatty(STDERR_FILENO) && g_strcmp0(a->input, "-") != 0);
    s.input = input_new(m);
    avs_on_console(m, on_console, &s);
    avs_on_error_output(m, on_error_output, &s);
    if (a->verbose)
        avs_on_log(m, on_log, s.progress);
    status = prepare(m, a, image, s.input);
    if (status == EXIT_OK && a->dump_dtb)
        status = avs_dump_dtb(m, a->dump_dtb) ? cli_error("%s", avs_last_error(m)) : EXIT_OK;
    else if (status == EXIT_OK)
        status = run_machine(m, &s, a);
    input_free(s.input);
    progress_free(s.progress);
    avs_machine_free(m);
    return status;
}

/* --what-if: the machines of the comparison, made as the run's own. The guest's console is not shown. */
struct comparison {
    const struct run_args *args;
    const avs_options *options;
    const char *image;
    struct session session;
};

static int make_machine(void *user, avs_machine *leader, const char *cpu, avs_machine **out)
{
    struct comparison *k = user;
    avs_options o = *k->options;
    avs_status s;

    if (leader) {
        o.cpu = cpu;
        o.set = NULL;
    }
    s = leader ? avs_follower_new(leader, &o, out) : avs_machine_new(&o, out);
    if (s != AVS_OK)
        return cli_error("%s", avs_last_error(NULL));
    if (leader)
        return prepare(*out, k->args, k->image, NULL);
    k->session.progress = progress_new(*out, false);
    k->session.input = input_new(*out);
    avs_on_console(*out, on_input, &k->session);
    return prepare(*out, k->args, k->image, k->session.input);
}

static int run_machine_quietly(void *user, avs_machine *m)
{
    struct comparison *k = user;

    catch_signals(m);
    (void)run_to_end(m, &k->session);
    signal_machine = NULL;
    return interrupted ? EXIT_INTERRUPT : EXIT_OK;
}

static int compare(const struct run_args *a, const avs_options *o, const char *image)
{
    struct comparison k = { a, o, image, { 0 } };
    const struct whatif_rig rig = { .user = &k, .make = make_machine, .run = run_machine_quietly };
    enum table_format format;
    int status;

    if ((status = table_format_option("run", a->format, &format)))
        return status;
    if (a->db || a->dump_dtb || a->record)
        return cli_error("run: --what-if has no %s", a->db         ? "--db"
                                                     : a->dump_dtb ? "--dump-dtb"
                                                                   : "--record");
    status = whatif(&rig, a->what_if, format);
    if (k.session.input) {
        input_free(k.session.input);
        progress_free(k.session.progress);
    }
    return status;
}

static void free_args(struct run_args *a)
{
    char *strings[] = {
        a->board,           a->cpu,  a->timing,    a->append,     a->db,     a->dispatch,
        a->input,           a->mem,  a->max_insns, a->max_cycles, a->seed,   a->quantum,
        a->initrd,          a->dtb,  a->dump_dtb,  a->bios,       a->rtc,    a->input_script,
        a->semihosting_dir, a->from, a->until,     a->sample,     a->format, a->record
    };

    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        g_free(strings[i]);
    g_strfreev(a->load);
    g_strfreev(a->symbols);
    g_strfreev(a->device);
    g_strfreev(a->drive);
    g_strfreev(a->pflash);
    g_strfreev(a->set);
    g_strfreev(a->what_if);
}

/* The options that are texts. */
static void set_texts(const struct run_args *a, avs_options *o)
{
    o->board = a->board;
    o->cpu = a->cpu;
    o->timing = a->timing;
    o->dispatch = a->dispatch;
    o->cmdline = a->append;
    o->initrd = a->initrd;
    o->dtb = a->dtb;
    o->bios = a->bios;
    o->rtc = a->rtc;
    o->semihosting = a->semihosting;
    o->semihosting_dir = a->semihosting_dir;
    o->set = (const char *const *)a->set;
    for (unsigned i = 0; i < 2 && a->pflash && a->pflash[i]; i++)
        o->pflash[i] = a->pflash[i];
}

/* Firmware and a tree to be written need no image. */
static int run_args(const struct run_args *a, avs_options *o, int argc, char **argv)
{
    bool image_needed = !a->bios && !a->pflash && !a->dump_dtb;

    set_texts(a, o);
    if (argc > 2 || (argc < 2 && image_needed))
        return cli_error("run: %s (see armvsim run --help)",
                         argc < 2 ? "an IMAGE is needed" : "only one IMAGE can be run");
    if (a->pflash && g_strv_length(a->pflash) > 2)
        return cli_error("--pflash: there are two flash banks");
    if (a->coverage && !a->db)
        return cli_error("--coverage: needs --db");
    if (a->initrd && argc < 2)
        return cli_error("--initrd %s: an IMAGE is needed with it", a->initrd);
    if (a->what_if)
        return compare(a, o, argc < 2 ? NULL : argv[1]);
    return run_image(a, o, argc < 2 ? NULL : argv[1]);
}

int cmd_run(const struct command *self, int argc, char **argv)
{
    struct run_args a = { .smp = 1 };
    const GOptionEntry entries[] = {
        { "board", 0, 0, G_OPTION_ARG_STRING, &a.board,
          "Board and its options, as QEMU names them (default: virt)", "NAME[,OPT=VAL...]" },
        { "cpu", 0, 0, G_OPTION_ARG_STRING, &a.cpu, "Core model or .core file (default: generic)", "CORE" },
        { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &a.set,
          "Another value for a key of the core model; repeatable", "core.GROUP.KEY=VALUE" },
        { "smp", 0, 0, G_OPTION_ARG_INT, &a.smp, "Processing elements, 1 to 8 (default: 1)", "N" },
        { "quantum", 0, 0, G_OPTION_ARG_STRING, &a.quantum,
          "How far one PE runs ahead of the others (default: 5000)", "CYCLES" },
        { "mem", 0, 0, G_OPTION_ARG_STRING, &a.mem, "RAM, in MiB or with a unit (default: 128M)", "SIZE" },
        { "bios", 0, 0, G_OPTION_ARG_FILENAME, &a.bios,
          "Firmware in the first flash bank, where the run starts", "FILE" },
        { "pflash", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &a.pflash,
          "Contents of the first, then of the second flash bank", "FILE[,write=on]" },
        { "initrd", 0, 0, G_OPTION_ARG_FILENAME, &a.initrd, "Initial RAM disk", "FILE" },
        { "dtb", 0, 0, G_OPTION_ARG_FILENAME, &a.dtb, "Device tree instead of the generated one", "FILE" },
        { "dump-dtb", 0, 0, G_OPTION_ARG_FILENAME, &a.dump_dtb, "Write the device tree and run nothing",
          "FILE" },
        { "dumpdtb", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, &a.dump_dtb, NULL, NULL },
        { "rtc", 0, 0, G_OPTION_ARG_STRING, &a.rtc, "Time at the start (default: 2026-01-01T00:00:00Z)",
          "SECONDS|ISO8601" },
        { "semihosting", 0, 0, G_OPTION_ARG_NONE, &a.semihosting,
          "HLT #0xF000 asks the host: console, exit status, time", NULL },
        { "semihosting-dir", 0, 0, G_OPTION_ARG_FILENAME, &a.semihosting_dir,
          "Folder with the files that semihosting may use", "DIR" },
        { "append", 0, 0, G_OPTION_ARG_STRING, &a.append, "Boot arguments in the device tree", "S" },
        { "load", 0, 0, G_OPTION_ARG_STRING_ARRAY, &a.load, "Load a file's bytes at an address",
          "FILE@ADDR" },
        { "symbols", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &a.symbols, "More symbols, of the host or of a VM",
          "ELF[@VMID]" },
        { "input", 0, 0, G_OPTION_ARG_FILENAME, &a.input,
          "Bytes for the UART's receiver; -: the keyboard (Ctrl-A x quits)", "FILE" },
        { "input-script", 0, 0, G_OPTION_ARG_FILENAME, &a.input_script,
          "What to send after which output of the guest", "FILE" },
        { "device", 0, 0, G_OPTION_ARG_STRING_ARRAY, &a.device, "Plug in a virtio device",
          "KIND[,KEY=VAL...]" },
        { "drive", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &a.drive, "A disk: --device virtio-blk,file=FILE",
          "FILE" },
        { "db", 0, 0, G_OPTION_ARG_FILENAME, &a.db, "Write the ledger to this SQLite database", "FILE" },
        { "from", 0, 0, G_OPTION_ARG_STRING, &a.from, "Where the ledger begins",
          "SYMBOL[+N][@VMID]|insn=N" },
        { "until", 0, 0, G_OPTION_ARG_STRING, &a.until, "Where the ledger ends",
          "SYMBOL[+N][@VMID]|insn=N" },
        { "sample", 0, 0, G_OPTION_ARG_STRING, &a.sample,
          "Log one in N traps as a row; totals are of all (default: 1)", "N" },
        { "coverage", 0, 0, G_OPTION_ARG_NONE, &a.coverage,
          "Log which instructions are executed, for export --to lcov", NULL },
        { "record", 0, 0, G_OPTION_ARG_FILENAME, &a.record, "Write a recording, for armvsim replay",
          "FILE" },
        { "timing", 0, 0, G_OPTION_ARG_STRING, &a.timing, "none or block (default: block)", "MODE" },
        { "max-insns", 0, 0, G_OPTION_ARG_STRING, &a.max_insns, "Stop after N instructions", "N" },
        { "max-cycles", 0, 0, G_OPTION_ARG_STRING, &a.max_cycles, "Stop at cycle N", "N" },
        { "seed", 0, 0, G_OPTION_ARG_STRING, &a.seed, "For all that is seeded (default: 0)", "N" },
        { "dispatch", 0, 0, G_OPTION_ARG_STRING, &a.dispatch, "tail or loop; results are the same", "D" },
        { "what-if", 0, 0, G_OPTION_ARG_STRING_ARRAY, &a.what_if,
          "Tables of what would be: cores, core=NAME, no-trap=BIT, vhe, gicv3; repeatable", "CHANGE" },
        { "format", 0, 0, G_OPTION_ARG_STRING, &a.format,
          "Of these: table, csv, json or markdown (default: table)", "F" },
        { "quiet", 'q', 0, G_OPTION_ARG_NONE, &a.quiet, "Say nothing when all is well", NULL },
        { "verbose", 'v', 0, G_OPTION_ARG_NONE, &a.verbose, "Tell what the guest does wrong", NULL },
        G_OPTION_ENTRY_NULL
    };
    avs_options o = AVS_OPTIONS_INIT;
    int status = EXIT_OK;

    if (!cli_options(self, entries, description, &argc, &argv, &status) || !numbers(&a, &o, &status)) {
        free_args(&a);
        return status;
    }
    status = run_args(&a, &o, argc, argv);
    free_args(&a);
    return status;
}
