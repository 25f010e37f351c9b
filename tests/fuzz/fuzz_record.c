/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fuzz_record.c
 * Recordings that somebody gives: the first byte says whether the rest is a file, or the records of a file
 * that is otherwise good, so that what they say is come to, too. What is refused is refused with one line;
 * what is not is replayed, for some thousand instructions.
 */
#define _GNU_SOURCE

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "replay/replay.h"

enum { AS_FILE, AS_RECORDS, INSNS = 3000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void failed(const char *what)
{
    fprintf(stderr, "%s\n", what);
    abort();
}

static void write_file(int fd, const uint8_t *data, size_t size)
{
    if (write(fd, data, size) != (ssize_t)size)
        failed("the host has no room");
}

/* Each record is a type, a length and so many bytes; a machine that can be made comes before them. */
static void write_records(const char *path, const uint8_t *data, size_t size)
{
    avs_options o = AVS_OPTIONS_INIT;
    struct recipe *r;
    struct rec_writer *w;
    g_autoptr(GByteArray) none = g_byte_array_new();

    o.mem_bytes = 1 << 20;
    o.max_insns = INSNS;
    o.timing = "none";
    o.semihosting = true;
    if (rec_create(NULL, path, &w))
        failed(avs_last_error(NULL));
    r = recipe_new(&o);
    recipe_write(r, w);
    recipe_free(r);
    if (size && data[0] & 1)
        rec_add(w, REC_BEGIN, none);
    while (size > 2) {
        g_autoptr(GByteArray) payload = g_byte_array_new();
        const size_t len = MIN(data[1], size - 2);

        g_byte_array_append(payload, data + 2, (guint)len);
        rec_add(w, (enum rec_type)data[0], payload);
        data += len + 2;
        size -= len + 2;
    }
    rec_finish(w);
}

/* A machine without an image has nothing to run: a loop that has the host read a file is put there. */
static void put_code(struct avs_machine *m)
{
    static const uint32_t code[] = { 0xd2800020 /* mov x0, #1 */, 0x10000081 /* adr x1, .+16 */,
                                     0xd45e0000 /* hlt #0xf000 */, 0x17fffffd /* b .-12 */ };

    if (m->loaded || !bus_copy_in(m->bus, pa(0x40000000), code, sizeof(code)))
        return;
    m->loaded = true;
    m->pe[0].pc = 0x40000000;
}

static void replay(const char *path)
{
    struct replay *r;

    if (replay_open(path, NULL, NULL, &r) != AVS_OK) {
        if (!*avs_last_error(NULL) || strchr(avs_last_error(NULL), '\n'))
            failed("refused without a line");
        return;
    }
    recipe_set(replay_recipe(r), "max-insns", G_STRINGIFY(3000));
    recipe_set(replay_recipe(r), "mem", NULL);
    if (replay_start(r) == AVS_OK) {
        put_code(replay_machine(r));
        replay_run(r);
    }
    replay_close(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("recording", MFD_CLOEXEC);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);

    if (size && data[0] % 2 == AS_FILE)
        write_file(fd, data + 1, size - 1);
    else if (size)
        write_records(path, data + 1, size - 1);
    replay(path);
    close(fd);
    return 0;
}
