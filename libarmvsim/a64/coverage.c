/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file coverage.c
 * Notes which handlers of instructions are executed, for tests/diff/coverage. Compiled with the option
 * insn-coverage alone.
 *
 * The record is the file that AVS_INSN_COVERAGE names: a line of text per handler, "- ADD_imm_64", or
 * "- LDR_uimm_64 alt" for a twin (tracking handlers count as the ones they track for). Every process maps
 * the file shared and turns the '-' of what it executes into '+': a store of one byte, always the same,
 * needs no lock, and stays when a process is killed.
 *
 * Executed means counted as an instruction (pe_insns). A handler that leaves with UNDEFINED, a trap or an
 * abort takes back its count, so it is not noted; SVC and its kin, whose exception is what they do, are.
 * What is always UNDEFINED (see op_system.c) is noted when it is.
 */
#include "a64/coverage.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <threads.h>
#include <unistd.h>

#include "a64/insn.h"
#include "core/status.h"

enum { SLOT_COUNT = 1 << 15, PATH_BYTES = 4096 };

/* A handler and its line's offset in the record. */
struct slot {
    op_fn fn;
    uint32_t at;
    bool undefined; /* The instruction is an UNDEFINED one. */
};

/* The process's; set once and the same whatever machine came first, so machines do not meet in it. */
static struct {
    once_flag once;
    char *record; /* NULL: nothing is noted. */
    struct slot slots[SLOT_COUNT];
} coverage = { .once = ONCE_FLAG_INIT };

static const uint16_t always_undefined[] = { A64_UDF,   A64_HLT,  A64_DCPS1, A64_DCPS2,
                                             A64_DCPS3, A64_DRPS, A64_SYSL };

static bool is_always_undefined(unsigned id)
{
    for (size_t i = 0; i < sizeof(always_undefined) / sizeof(always_undefined[0]); i++)
        if (always_undefined[i] == id)
            return true;
    return false;
}

/* The slot of a handler, or the empty one where it would be. */
static struct slot *find(op_fn fn)
{
    size_t i = ((uintptr_t)fn >> 4) * 0x9e3779b1u % SLOT_COUNT;

    while (coverage.slots[i].fn && coverage.slots[i].fn != fn)
        i = (i + 1) % SLOT_COUNT;
    return &coverage.slots[i];
}

/* Whether decoding ever chooses the twin: a literal has no base register, and so none that is SP. */
static bool has_twin(unsigned id)
{
    const struct a64_info *info = a64_info(id);

    return info->flags & A64_DIRECT || (info->flags & A64_MEM && strchr(info->pattern, 'n'));
}

static void add(op_fn fn, unsigned id, size_t at)
{
    *find(fn) = (struct slot){ .fn = fn, .at = (uint32_t)at, .undefined = is_always_undefined(id) };
}

/* Makes the text of a record in which nothing is executed, and the slots that point into it. */
static char *make_text(size_t *length)
{
    const struct a64_dispatcher *d = &a64_dispatch_loop;
    char *text = NULL;
    FILE *out = open_memstream(&text, length);

    AVS_CHECK(out);
    for (unsigned id = 1; id < A64_ID_COUNT; id++) {
        for (unsigned set = 0; set < A64_SET_COUNT; set++)
            add(d->ops[set][id], id, (size_t)ftell(out));
        fprintf(out, "- %s\n", a64_info(id)->name);
        for (unsigned set = 0; set < A64_SET_COUNT && has_twin(id); set++)
            add(d->alt[set][id], id, (size_t)ftell(out));
        if (has_twin(id))
            fprintf(out, "- %s alt\n", a64_info(id)->name);
    }
    AVS_CHECK(!fclose(out));
    return text;
}

/* Makes the record whole or not at all, unless another process has. */
static void create(const char *path, const char *text, size_t length)
{
    char temporary[PATH_BYTES];
    FILE *f;

    AVS_CHECK(snprintf(temporary, sizeof(temporary), "%s.%ld", path, (long)getpid()) < PATH_BYTES);
    f = fopen(temporary, "w");
    AVS_CHECK(f);
    AVS_CHECK(fwrite(text, 1, length, f) == length);
    AVS_CHECK(!fclose(f));
    (void)!link(temporary, path);
    unlink(temporary);
}

static void open_record(void)
{
    const char *path = getenv("AVS_INSN_COVERAGE");
    size_t length = 0;
    char *text;
    int fd;

    if (!path)
        return;
    text = make_text(&length);
    if (access(path, F_OK))
        create(path, text, length);
    free(text);
    fd = open(path, O_RDWR | O_CLOEXEC);
    AVS_CHECK(fd >= 0);
    AVS_CHECK(lseek(fd, 0, SEEK_END) == (off_t)length); /* Another is of another table: remove it. */
    coverage.record = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    AVS_CHECK(coverage.record != MAP_FAILED);
    close(fd);
}

static void note(op_fn fn, bool executed)
{
    const struct slot *s = find(fn);

    if (s->fn && (executed || s->undefined) && coverage.record[s->at] == '-')
        coverage.record[s->at] = '+';
}

/* The op's own, when `first`, `mark` or `line` stand in its place. */
static op_fn own_handler(const struct pe *c, const struct op *op)
{
    const struct op_page *o = op_page_of(c->code_ops);
    op_fn fn = op->fn;

    if (fn == a64_dispatch_loop.first)
        fn = o->first_fn[op - c->code_ops];
    if (fn == a64_dispatch_loop.mark)
        fn = o->mark_fn;
    if (fn != a64_dispatch_loop.line)
        return fn;
    return op_page_of(c->code_ops)->line_fn[op_line(c->code_ops, op)];
}

void a64_coverage_run(struct pe *c, const struct op *op, uint64_t acc)
{
    call_once(&coverage.once, open_record);
    c->acc = acc;
    while (op) {
        const op_fn fn = own_handler(c, op);
        const uint64_t before = c->insn_base + acc_insns(c->acc - op->suffix);

        op = op->fn(c, op, c->acc);
        if (coverage.record)
            note(fn, op || pe_insns(c) > before);
    }
}
