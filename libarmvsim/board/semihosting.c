/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file semihosting.c
 * Semihosting (Arm, "Semihosting for AArch32 and AArch64", version 2.0): with the option, HLT #0xF000 is a
 * request to the host at every Exception level. W0 is the operation, X1 its parameter block of 64-bit
 * fields, X0 the result. Addresses are virtual, translated as the caller's own data accesses; a bad one
 * makes the operation fail and never the run. Time is modelled time.
 *
 * ":tt" is the console: the machine's, whose input is the first UART's too, and for the modes of "a" the
 * error output. Files are those below one folder (semihost_file.c). Not modelled: SYS_SYSTEM, which always
 * fails; waiting for input: without any, SYS_READ is at the end of the file and SYS_READC is -1.
 */
#include "board/semihosting.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board/internal.h"
#include "board/semihost_host.h"
#include "mmu/mmu.h"

enum {
    HANDLE_COUNT = 64,
    NAME_MAX_BYTES = 4096,
    STRING_MAX_BYTES = 1 << 20, /* SYS_WRITE0 */
    CHUNK_BYTES = 4096,
    TRANSFER_MAX_BYTES = 256 << 20, /* The rest counts as not transferred. */
    MODE_COUNT = 12,
    ADP_STOPPED_APPLICATION_EXIT = 0x20026,
    TICKS_PER_S = 1000000000,
    TICKS_PER_CLOCK = 10000000, /* SYS_CLOCK counts centiseconds. */
    FIELDS_MAX = 4,
};
#define FAILED UINT64_MAX

enum handle_kind { HANDLE_FREE, HANDLE_CONSOLE, HANDLE_ERRORS, HANDLE_FEATURES, HANDLE_FILE };

/* What the guest opened. Its number is the index + 1: 0 is no handle. */
struct handle {
    enum handle_kind kind;
    int fd;       /* Of files; -1 when a recording has them. */
    size_t taken; /* Of the features. */
};

struct semihosting {
    struct avs_machine *m;
    int root; /* The folder with the guest's files; -1: none. */
    int error_number;
    struct handle handles[HANDLE_COUNT];
};

/* SH_EXT_EXIT_EXTENDED and SH_EXT_STDOUT_STDERR. */
static const uint8_t features[] = { 'S', 'H', 'F', 'B', 1 << 0 | 1 << 1 };

/* An operation: the parameter block's fields, or for a few X1 itself. */
struct call {
    struct semihosting *s;
    struct pe *c;
    uint64_t x1;
    uint64_t field[FIELDS_MAX];
};

static uint64_t fail(const struct call *p, int error_number)
{
    p->s->error_number = error_number;
    return FAILED;
}

/* 0 or -1 of a host's function as an operation's result. */
static uint64_t result(const struct call *p, int64_t r)
{
    return r < 0 ? fail(p, errno) : (uint64_t)r;
}

/* ---- Guest memory ---- */

/* The physical address of a part of a page, when it is memory that the caller may access. */
static bool locate(const struct call *p, uint64_t va, size_t len, bool write, pa_t *out)
{
    struct avs_machine *m = p->c->m;
    struct mmu_result r;

    if (!mmu_debug_translate(p->c, va, write, &r) || !bus_host(m->bus, r.pa, len, write))
        return false;
    *out = r.pa;
    return !r.ns || !bus_find(m->bus, r.pa)->secure_only;
}

/* Copies between guest memory, page by page, and `host`. */
static bool copy(const struct call *p, uint64_t va, void *host, size_t len, bool write)
{
    uint8_t *at = host;

    while (len > 0) {
        size_t part = MIN(len, AVS_PAGE_SIZE - (va & ~AVS_PAGE_MASK));
        pa_t phys;

        if (!locate(p, va, part, write, &phys))
            return false;
        if (write)
            bus_copy_in(p->c->m->bus, phys, at, part);
        else
            bus_copy_out(p->c->m->bus, phys, at, part);
        va += part;
        at += part;
        len -= part;
    }
    return true;
}

static bool copy_out(const struct call *p, uint64_t va, void *host, size_t len)
{
    return copy(p, va, host, len, false);
}

static bool copy_in(const struct call *p, uint64_t va, const void *host, size_t len)
{
    return copy(p, va, (void *)(uintptr_t)host, len, true);
}

/* A name of `len` bytes, which has to be text; NULL with the error set. */
static char *name_of(const struct call *p, uint64_t va, uint64_t len)
{
    g_autofree char *name = NULL;

    if (len > NAME_MAX_BYTES) {
        fail(p, ENAMETOOLONG);
        return NULL;
    }
    name = g_malloc0(len + 1);
    if (copy_out(p, va, name, len) && strlen(name) == len)
        return g_steal_pointer(&name);
    fail(p, EFAULT);
    return NULL;
}

/* ---- Handles ---- */

static struct handle *handle_of(const struct call *p)
{
    uint64_t number = p->field[0];
    struct handle *h = number - 1 < HANDLE_COUNT ? &p->s->handles[number - 1] : NULL;

    if (h && h->kind != HANDLE_FREE)
        return h;
    fail(p, EBADF);
    return NULL;
}

static bool is_terminal(const struct handle *h)
{
    return h->kind == HANDLE_CONSOLE || h->kind == HANDLE_ERRORS;
}

static struct handle *free_handle(const struct call *p)
{
    for (unsigned i = 0; i < HANDLE_COUNT; i++)
        if (p->s->handles[i].kind == HANDLE_FREE)
            return &p->s->handles[i];
    fail(p, EMFILE);
    return NULL;
}

/* Fills a free handle by what the name means. */
static uint64_t open_name(const struct call *p, struct handle *h, const char *name, unsigned mode)
{
    struct handle opened = { .fd = -1 };

    if (!strcmp(name, ":tt")) {
        opened.kind = mode >= 8 ? HANDLE_ERRORS : HANDLE_CONSOLE;
    } else if (!strcmp(name, ":semihosting-features")) {
        if (mode > 1)
            return fail(p, EACCES);
        opened.kind = HANDLE_FEATURES;
    } else {
        opened.kind = HANDLE_FILE;
        if (semihost_open(p->s->m, p->s->root, name, mode, &opened.fd))
            return fail(p, errno);
    }
    *h = opened;
    return (uint64_t)(h - p->s->handles) + 1;
}

static uint64_t sys_open(const struct call *p)
{
    g_autofree char *name = name_of(p, p->field[0], p->field[2]);
    struct handle *h = name ? free_handle(p) : NULL;

    if (!h)
        return FAILED;
    if (p->field[1] >= MODE_COUNT)
        return fail(p, EINVAL);
    return open_name(p, h, name, (unsigned)p->field[1]);
}

static uint64_t sys_close(const struct call *p)
{
    struct handle *h = handle_of(p);
    int r = 0;

    if (!h)
        return FAILED;
    if (h->kind == HANDLE_FILE)
        r = semihost_close(p->s->m, h->fd);
    h->kind = HANDLE_FREE;
    return result(p, r);
}

/* ---- Input and output ---- */

static void errors(struct avs_machine *m, const char *bytes, size_t len)
{
    if (m->errors)
        m->errors(m->errors_user, bytes, len);
}

static uint64_t sys_writec(const struct call *p)
{
    char byte;

    if (!copy_out(p, p->x1, &byte, 1))
        return fail(p, EFAULT);
    machine_console(p->s->m, &byte, 1);
    return 0;
}

static uint64_t sys_write0(const struct call *p)
{
    g_autoptr(GString) text = g_string_new(NULL);
    char byte;

    for (uint64_t at = p->x1; text->len < STRING_MAX_BYTES; at++) {
        if (!copy_out(p, at, &byte, 1))
            return fail(p, EFAULT);
        if (!byte)
            break;
        g_string_append_c(text, byte);
    }
    if (text->len)
        machine_console(p->s->m, text->str, text->len);
    return 0;
}

/* How many bytes a handle took; -1 with errno set. */
static int64_t write_chunk(const struct call *p, const struct handle *h, const char *bytes, size_t len)
{
    if (h->kind == HANDLE_FILE)
        return semihost_write(p->s->m, h->fd, bytes, len);
    if (h->kind == HANDLE_FEATURES) {
        errno = EBADF;
        return -1;
    }
    if (h->kind == HANDLE_ERRORS)
        errors(p->s->m, bytes, len);
    else
        machine_console(p->s->m, bytes, len);
    return (int64_t)len;
}

/* How many bytes a handle gave, 0 at its end; -1 with errno set. */
static int64_t read_chunk(const struct call *p, struct handle *h, char *bytes, size_t len)
{
    size_t given = 0;

    if (h->kind == HANDLE_FILE)
        return semihost_read(p->s->m, h->fd, bytes, len);
    if (h->kind == HANDLE_FEATURES) {
        given = MIN(len, sizeof(features) - h->taken);
        memcpy(bytes, features + h->taken, given);
        h->taken += given;
        return (int64_t)given;
    }
    while (given < len && board_console_take(p->s->m->board, &bytes[given]))
        given++;
    return (int64_t)given;
}

/* One piece of a transfer: within a page, so that what is taken from a file can be stored. */
static int64_t transfer(const struct call *p, struct handle *h, uint64_t va, size_t len, bool to_guest)
{
    char bytes[CHUNK_BYTES];
    int64_t n;
    pa_t phys;

    if (!locate(p, va, len, to_guest, &phys)) {
        errno = EFAULT;
        return -1;
    }
    if (!to_guest) {
        bus_copy_out(p->c->m->bus, phys, bytes, len);
        return write_chunk(p, h, bytes, len);
    }
    n = read_chunk(p, h, bytes, len);
    if (n > 0)
        bus_copy_in(p->c->m->bus, phys, bytes, (size_t)n);
    return n;
}

/* SYS_READ and SYS_WRITE: the number of bytes that were not transferred. */
static uint64_t move(const struct call *p, bool to_guest)
{
    struct handle *h = handle_of(p);
    uint64_t va = p->field[1], len = p->field[2], left = MIN(len, TRANSFER_MAX_BYTES), beyond = len - left;

    while (h && left > 0) {
        size_t part = MIN(left, CHUNK_BYTES - (va & (CHUNK_BYTES - 1)));
        int64_t n = transfer(p, h, va, part, to_guest);

        if (n < 0)
            fail(p, errno);
        if (n <= 0)
            break;
        va += (uint64_t)n;
        left -= (uint64_t)n;
        if ((size_t)n < part)
            break;
    }
    return left + beyond;
}

static uint64_t sys_write(const struct call *p)
{
    return move(p, false);
}

static uint64_t sys_read(const struct call *p)
{
    return move(p, true);
}

static uint64_t sys_readc(const struct call *p)
{
    char byte;

    return board_console_take(p->s->m->board, &byte) ? (uint8_t)byte : FAILED;
}

static uint64_t sys_iserror(const struct call *p)
{
    return (int64_t)p->field[0] < 0;
}

static uint64_t sys_istty(const struct call *p)
{
    const struct handle *h = handle_of(p);

    return h ? is_terminal(h) : FAILED;
}

static uint64_t sys_seek(const struct call *p)
{
    struct handle *h = handle_of(p);

    if (!h)
        return FAILED;
    if (is_terminal(h))
        return fail(p, ESPIPE);
    if (p->field[1] > (h->kind == HANDLE_FEATURES ? sizeof(features) : (uint64_t)INT64_MAX))
        return fail(p, EINVAL);
    if (h->kind == HANDLE_FEATURES)
        h->taken = p->field[1];
    else if (semihost_seek(p->s->m, h->fd, p->field[1]))
        return fail(p, errno);
    return 0;
}

static uint64_t sys_flen(const struct call *p)
{
    const struct handle *h = handle_of(p);

    if (!h)
        return FAILED;
    if (is_terminal(h))
        return fail(p, EINVAL);
    if (h->kind == HANDLE_FEATURES)
        return sizeof(features);
    return result(p, semihost_length(p->s->m, h->fd));
}

/* ---- Files by name ---- */

/* A name for each identifier, the same in every run. */
static uint64_t sys_tmpnam(const struct call *p)
{
    char name[32];
    int len;

    if (p->field[1] > 255)
        return fail(p, EINVAL);
    len = g_snprintf(name, sizeof(name), "semihosting-%03u.tmp", (unsigned)p->field[1]) + 1;
    if (p->field[2] < (uint64_t)len)
        return fail(p, EINVAL);
    return copy_in(p, p->field[0], name, (size_t)len) ? 0 : fail(p, EFAULT);
}

static uint64_t sys_remove(const struct call *p)
{
    g_autofree char *name = name_of(p, p->field[0], p->field[1]);

    return name ? result(p, semihost_remove(p->s->m, p->s->root, name)) : FAILED;
}

static uint64_t sys_rename(const struct call *p)
{
    g_autofree char *from = name_of(p, p->field[0], p->field[1]);
    g_autofree char *to = from ? name_of(p, p->field[2], p->field[3]) : NULL;

    return to ? result(p, semihost_rename(p->s->m, p->s->root, from, to)) : FAILED;
}

/* ---- The machine ---- */

static uint64_t sys_clock(const struct call *p)
{
    return machine_ns(p->s->m) / TICKS_PER_CLOCK;
}

static uint64_t sys_time(const struct call *p)
{
    return p->s->m->rtc_epoch + machine_ns(p->s->m) / TICKS_PER_S;
}

static uint64_t sys_elapsed(const struct call *p)
{
    uint64_t ticks = machine_ns(p->s->m);

    return copy_in(p, p->x1, &ticks, sizeof(ticks)) ? 0 : fail(p, EFAULT);
}

static uint64_t sys_tickfreq(const struct call *p)
{
    (void)p;
    return TICKS_PER_S;
}

static uint64_t sys_system(const struct call *p)
{
    avs_log(p->s->m, LOG_GUEST, "semihosting: SYS_SYSTEM is refused");
    return fail(p, EPERM);
}

static uint64_t sys_errno(const struct call *p)
{
    return (uint64_t)p->s->error_number;
}

/* The image's name, then the boot arguments; the second field is the buffer's size, then the text's. */
static uint64_t sys_get_cmdline(const struct call *p)
{
    const struct board *b = p->s->m->board;
    g_autofree char *text =
        g_strjoin(b->cmdline && *b->cmdline ? " " : "", b->image_path ? b->image_path : "",
                  b->cmdline ? b->cmdline : "", NULL);
    uint64_t len = strlen(text);

    if (p->field[1] <= len)
        return fail(p, E2BIG);
    if (!copy_in(p, p->field[0], text, len + 1) || !copy_in(p, p->x1 + 8, &len, sizeof(len)))
        return fail(p, EFAULT);
    return 0;
}

static uint64_t sys_heapinfo(const struct call *p)
{
    struct {
        uint64_t heap_base, heap_limit, stack_base, stack_limit;
    } info;

    board_free_memory(p->s->m->board, &info.heap_base, &info.heap_limit);
    info.stack_base = info.heap_limit;
    info.stack_limit = info.heap_base;
    return copy_in(p, p->field[0], &info, sizeof(info)) ? 0 : fail(p, EFAULT);
}

/* Other reasons than the application's exit are failures. */
static uint64_t sys_exit(const struct call *p)
{
    struct avs_machine *m = p->s->m;

    m->exit_status = p->field[0] == ADP_STOPPED_APPLICATION_EXIT ? (int)(p->field[1] & 0xff) : 1;
    machine_stop(m, STOP_POWER_OFF);
    return 0;
}

/* One line an operation: how many fields its block has (0: X1 is the parameter, or nothing is). */
static const struct operation {
    uint8_t number, fields;
    uint64_t (*run)(const struct call *p);
} operations[] = {
    { 0x01, 3, sys_open },        { 0x02, 1, sys_close },    { 0x03, 0, sys_writec },
    { 0x04, 0, sys_write0 },      { 0x05, 3, sys_write },    { 0x06, 3, sys_read },
    { 0x07, 0, sys_readc },       { 0x08, 1, sys_iserror },  { 0x09, 1, sys_istty },
    { 0x0a, 2, sys_seek },        { 0x0c, 1, sys_flen },     { 0x0d, 3, sys_tmpnam },
    { 0x0e, 2, sys_remove },      { 0x0f, 4, sys_rename },   { 0x10, 0, sys_clock },
    { 0x11, 0, sys_time },        { 0x12, 2, sys_system },   { 0x13, 0, sys_errno },
    { 0x15, 2, sys_get_cmdline }, { 0x16, 1, sys_heapinfo }, { 0x18, 2, sys_exit },
    { 0x20, 2, sys_exit },        { 0x30, 0, sys_elapsed },  { 0x31, 0, sys_tickfreq },
};

static const struct operation *operation_find(uint32_t number)
{
    for (size_t i = 0; i < G_N_ELEMENTS(operations); i++)
        if (operations[i].number == number)
            return &operations[i];
    return NULL;
}

static uint64_t perform(struct call *p, uint32_t number)
{
    const struct operation *op = operation_find(number);

    if (!op) {
        avs_log(p->s->m, LOG_GUEST, "semihosting: there is no operation 0x%" PRIx32, number);
        return fail(p, EINVAL);
    }
    if (!copy_out(p, p->x1, p->field, op->fields * sizeof(p->field[0]))) {
        avs_log(p->s->m, LOG_GUEST, "semihosting: operation 0x%" PRIx32 ": no parameters at 0x%" PRIx64,
                number, p->x1);
        return fail(p, EFAULT);
    }
    return op->run(p);
}

void semihosting_call(struct pe *c)
{
    struct call p = { .s = c->m->board->semihosting, .c = c, .x1 = c->x[1] };

    c->x[0] = perform(&p, (uint32_t)c->x[0]);
}

avs_status semihosting_new(struct avs_machine *m, const avs_options *o, struct semihosting **out)
{
    const char *dir = o->semihosting_dir;
    int root = -1;

    *out = NULL;
    if (!o->semihosting)
        return dir ? avs_fail(m, AVS_ERR_ARG, "semihosting-dir %s: semihosting is off", dir) : AVS_OK;
    if (dir) {
        root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (root < 0)
            return avs_fail(m, AVS_ERR_IO, "%s: %s", dir, g_strerror(errno));
    }
    *out = g_new0(struct semihosting, 1);
    (*out)->m = m;
    (*out)->root = root;
    return AVS_OK;
}

void semihosting_free(struct semihosting *s)
{
    if (!s)
        return;
    for (unsigned i = 0; i < HANDLE_COUNT; i++)
        if (s->handles[i].kind == HANDLE_FILE && s->handles[i].fd >= 0)
            close(s->handles[i].fd);
    if (s->root >= 0)
        close(s->root);
    g_free(s);
}
