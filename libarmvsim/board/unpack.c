/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file unpack.c
 * Compressed images (RFC 1952), unpacked whole as QEMU does, up to its limit of 256 MiB: kernels are
 * distributed as Image.gz. Not handled: other compressions, EFI zboot images.
 */
#include <gio/gio.h>
#include <string.h>

#include "board/internal.h"

enum { UNPACKED_MAX = 256 << 20, CHUNK = 256 << 10 };

bool unpack_is_gzip(const uint8_t *bytes, size_t len)
{
    return len >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

/* Feeds what is left of the input to *out. True when the end was reached. */
static bool step(GConverter *gz, const uint8_t **in, size_t *left, GByteArray *out, GError **error)
{
    gsize took = 0, gave = 0;
    guint at = out->len;
    GConverterResult r;

    g_byte_array_set_size(out, at + CHUNK);
    r = g_converter_convert(gz, *in, *left, out->data + at, CHUNK, G_CONVERTER_INPUT_AT_END, &took, &gave,
                            error);
    g_byte_array_set_size(out, at + (guint)gave);
    *in += took;
    *left -= took;
    return r == G_CONVERTER_FINISHED;
}

avs_status unpack_gzip(struct board *b, const char *path, const uint8_t *bytes, size_t len, GByteArray *out)
{
    g_autoptr(GConverter) gz = G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
    g_autoptr(GError) error = NULL;

    while (!step(gz, &bytes, &len, out, &error)) {
        if (error)
            return avs_fail(b->m, AVS_ERR_FORMAT, "%s: bad or truncated gzip file: %s", path,
                            error->message);
        if (out->len > UNPACKED_MAX)
            return avs_fail(b->m, AVS_ERR_FORMAT, "%s: unpacks to more than 256 MiB", path);
    }
    return AVS_OK;
}
