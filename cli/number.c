/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file number.c
 * Numbers as people write and read them.
 */
#include <errno.h>
#include <string.h>

#include "cli.h"

char *cli_grouped(uint64_t n)
{
    g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, n);
    size_t len = strlen(digits);
    GString *out = g_string_new(NULL);

    for (size_t i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            g_string_append_c(out, ',');
        g_string_append_c(out, digits[i]);
    }
    return g_string_free(out, FALSE);
}

bool cli_number(const char *text, bool binary, uint64_t *out)
{
    static const char suffixes[] = "KMGT";
    uint64_t unit = binary ? 1024 : 1000, scale = 1;
    const char *suffix;
    char *end;

    if (!g_ascii_isdigit(*text))
        return false;
    errno = 0;
    *out = g_ascii_strtoull(text, &end, 0);
    if (errno)
        return false;
    if (*end) {
        suffix = strchr(suffixes, g_ascii_toupper(*end));
        if (!suffix || end[1])
            return false;
        for (const char *s = suffixes; s <= suffix; s++)
            scale *= unit;
    }
    return !__builtin_mul_overflow(*out, scale, out);
}
