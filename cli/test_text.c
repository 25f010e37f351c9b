/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_text.c
 * Texts of guests made fit to be shown: on a terminal, in TAP, in XML.
 */
#include <string.h>

#include "test.h"

/* What neither a terminal nor XML 1.0 should get: controls but tab and newline, and noncharacters. */
static bool is_shown(gunichar c)
{
    if (c < ' ')
        return c == '\n' || c == '\t';
    return !(c >= 0x7f && c < 0xa0) && c != 0xfffe && c != 0xffff;
}

char *test_printable(const char *bytes, gsize len)
{
    GString *out = g_string_sized_new(len + 1);
    const char *end = bytes + len;

    for (const char *p = bytes; p < end;) {
        gunichar c = g_utf8_get_char_validated(p, end - p);
        bool is_valid = c != (gunichar)-1 && c != (gunichar)-2 && *p;

        if (is_valid && is_shown(c)) {
            g_string_append_unichar(out, c);
            p = g_utf8_next_char(p);
        } else if (*p == '\r') { /* Consoles have it before each newline. */
            p++;
        } else {
            g_string_append_printf(out, "\\x%02x", (unsigned char)*p++);
        }
    }
    return g_string_free(out, FALSE);
}

void test_indent(GString *out, const char *text, const char *indent)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **l = lines; *l; l++)
        if (**l || l[1]) /* Not what is behind the last newline. */
            g_string_append_printf(out, "%s%s\n", **l ? indent : "", *l);
}

char *test_tail(const char *text, gsize len, unsigned lines)
{
    gsize from = len, end = len;

    while (end && (text[end - 1] == '\n' || text[end - 1] == '\r'))
        end--;
    for (from = end; from; from--)
        if (text[from - 1] == '\n' && !--lines)
            break;
    return test_printable(text + from, end - from);
}
