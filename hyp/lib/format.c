/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file format.c
 * The formatter behind every console line here. An unknown conversion is printed as it stands.
 */
#include "format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGITS_MAX 20

struct spec {
    bool left;
    bool is_long;
    char pad;
    unsigned width;
};

static void put_padded(format_put *put, void *context, const struct spec *spec, const char *text,
                       size_t length)
{
    size_t fill = spec->width > length ? spec->width - length : 0;

    for (size_t i = 0; !spec->left && i < fill; i++) {
        put(context, spec->pad);
    }
    for (size_t i = 0; i < length; i++) {
        put(context, text[i]);
    }
    for (size_t i = 0; spec->left && i < fill; i++) {
        put(context, ' ');
    }
}

static void put_number(format_put *put, void *context, const struct spec *spec, uint64_t value,
                       unsigned base, bool negative)
{
    char digits[DIGITS_MAX + 1];
    size_t at = sizeof(digits);

    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    if (negative) {
        digits[--at] = '-';
    }
    put_padded(put, context, spec, digits + at, sizeof(digits) - at);
}

static void put_string(format_put *put, void *context, const struct spec *spec, const char *text)
{
    size_t length = 0;

    while (text[length] != '\0') {
        length++;
    }
    put_padded(put, context, spec, text, length);
}

/** Reads flags, width and length, and returns where the conversion letter is. */
static const char *parse_spec(const char *at, struct spec *spec)
{
    *spec = (struct spec){ .pad = ' ' };
    for (; *at == '-' || *at == '0'; at++) {
        spec->left = spec->left || *at == '-';
        spec->pad = *at == '0' ? '0' : spec->pad;
    }
    for (; *at >= '0' && *at <= '9'; at++) {
        spec->width = spec->width * 10 + (unsigned)(*at - '0');
    }
    if (*at == 'l') {
        spec->is_long = true;
        at++;
    }
    return at;
}

void format_va(format_put *put, void *context, const char *format, va_list args)
{
    struct spec spec;
    int64_t number;
    char c;

    for (const char *at = format; *at != '\0'; at++) {
        if (*at != '%') {
            put(context, *at);
            continue;
        }
        at = parse_spec(at + 1, &spec);
        if (*at == 's') {
            put_string(put, context, &spec, va_arg(args, const char *));
        } else if (*at == 'c') {
            c = (char)va_arg(args, int);
            put_padded(put, context, &spec, &c, 1);
        } else if (*at == 'd') {
            number = spec.is_long ? va_arg(args, int64_t) : va_arg(args, int);
            put_number(put, context, &spec, number < 0 ? -(uint64_t)number : (uint64_t)number, 10,
                       number < 0);
        } else if (*at == 'u' || *at == 'x') {
            put_number(put, context, &spec,
                       spec.is_long ? va_arg(args, uint64_t) : va_arg(args, unsigned),
                       *at == 'x' ? 16 : 10, false);
        } else if (*at == '\0') {
            return;
        } else {
            put(context, *at);
        }
    }
}
