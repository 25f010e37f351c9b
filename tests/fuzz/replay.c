/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file replay.c
 * Runs a fuzz target without libFuzzer: replay_NAME [--random COUNT] FILE-OR-FOLDER...
 * Each file is a line of TAP, and the random inputs together are one; inputs in folders are run in the
 * order of their names. The random ones are the same on every host. A target that finds something aborts.
 */
#include <glib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RANDOM_BYTES = 512 };

static unsigned line_count;

/* In case it is the last one, what is running is told before. */
static void run(const char *name, const uint8_t *data, size_t size)
{
    fprintf(stderr, "%s\n", name);
    LLVMFuzzerTestOneInput(data, size);
}

static void passed(const char *name)
{
    printf("ok %u - %s\n", ++line_count, name);
}

static void run_random(unsigned count)
{
    uint64_t state = 0x9e3779b97f4a7c15;

    for (unsigned n = 0; n < count; n++) {
        uint8_t data[RANDOM_BYTES];
        char name[32];

        for (size_t i = 0; i < sizeof(data); i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            data[i] = (uint8_t)(state >> 56);
        }
        snprintf(name, sizeof(name), "random input %u", n);
        run(name, data, sizeof(data));
    }
    passed("random inputs");
}

static int run_file(const char *path)
{
    g_autofree char *data = NULL;
    size_t size;

    if (!g_file_get_contents(path, &data, &size, NULL)) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return 2;
    }
    run(path, (const uint8_t *)data, size);
    passed(path);
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int run_folder(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    int status = 0;

    while ((name = g_dir_read_name(dir)))
        g_ptr_array_add(names, g_build_filename(path, name, NULL));
    g_dir_close(dir);
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len && !status; i++)
        status = run_file(names->pdata[i]);
    return names->len ? status : 2;
}

int main(int argc, char **argv)
{
    int status = 0;

    for (int i = 1; i < argc && !status; i++) {
        if (!strcmp(argv[i], "--random") && i + 1 < argc)
            run_random((unsigned)strtoul(argv[++i], NULL, 10));
        else
            status = g_file_test(argv[i], G_FILE_TEST_IS_DIR) ? run_folder(argv[i]) : run_file(argv[i]);
    }
    printf("1..%u\n", line_count);
    return status;
}
