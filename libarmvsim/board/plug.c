/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plug.c
 * Plugging devices into a board: taking the text apart, and the choice of the window. QEMU's virt board
 * gives the last of its windows to the first device and goes down from there; software that numbers devices
 * by address counts on it, so it is the same here.
 */
#include "board/plug.h"

#include <string.h>

#include "board/internal.h"

/* Splits at single commas; two are one comma of the text. */
static GPtrArray *split(const char *text)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func(g_free);
    GString *part = g_string_new(NULL);

    for (const char *c = text; *c; c++) {
        if (*c == ',' && c[1] == ',')
            c++;
        else if (*c == ',') {
            g_ptr_array_add(parts, g_strdup(part->str));
            g_string_truncate(part, 0);
            continue;
        }
        g_string_append_c(part, *c);
    }
    g_ptr_array_add(parts, g_string_free(part, FALSE));
    return parts;
}

avs_status plug_fail(const struct plug *p, const char *fmt, ...)
{
    g_autofree char *why = NULL;
    va_list args;

    va_start(args, fmt);
    why = g_strdup_vprintf(fmt, args);
    va_end(args);
    return avs_fail(p->m, AVS_ERR_ARG, "device \"%s\": %s", p->text, why);
}

static avs_status add_key(struct plug *p, const char *part)
{
    const char *equals = strchr(part, '=');
    g_autofree char *key = equals ? g_strndup(part, (size_t)(equals - part)) : g_strdup(part);

    if (!equals || equals == part)
        return plug_fail(p, "\"%s\" is not KEY=VALUE", part);
    if (plug_get(p, key))
        return plug_fail(p, "%s is given twice", key);
    if (p->count == PLUG_KEYS_MAX)
        return plug_fail(p, "more than %d keys", PLUG_KEYS_MAX);
    p->keys[p->count] = g_steal_pointer(&key);
    p->values[p->count++] = g_strdup(equals + 1);
    return AVS_OK;
}

avs_status plug_parse(struct plug *p, struct avs_machine *m, const char *text)
{
    g_autoptr(GPtrArray) parts = split(text);
    avs_status s = AVS_OK;

    *p = (struct plug){ .m = m, .text = text, .name = g_strdup(parts->pdata[0]) };
    for (guint i = 1; i < parts->len && !s; i++)
        s = add_key(p, parts->pdata[i]);
    return s;
}

void plug_clear(struct plug *p)
{
    for (size_t i = 0; i < p->count; i++) {
        g_free(p->keys[i]);
        g_free(p->values[i]);
    }
    g_free(p->name);
}

avs_status plug_check_keys(const struct plug *p, const char *const *known)
{
    for (size_t i = 0; i < p->count; i++) {
        g_autofree char *all = g_strjoinv(" ", (char **)known);

        if (!g_strv_contains(known, p->keys[i]))
            return plug_fail(p, "unknown key \"%s\"; known: %s", p->keys[i], *all ? all : "none");
    }
    return AVS_OK;
}

const char *plug_get(const struct plug *p, const char *key)
{
    for (size_t i = 0; i < p->count; i++) {
        if (!strcmp(p->keys[i], key))
            return p->values[i];
    }
    return NULL;
}

avs_status plug_switch(const struct plug *p, const char *key, bool *out)
{
    const char *value = plug_get(p, key);

    if (!value)
        return AVS_OK;
    *out = !strcmp(value, "on");
    return *out || !strcmp(value, "off") ? AVS_OK : plug_fail(p, "%s=%s: on or off expected", key, value);
}

/* The last window that nothing was plugged into. */
static const struct board_device *free_window(const struct board *b, bool *any)
{
    *any = false;
    for (guint i = b->devices->len; i-- > 0;) {
        const struct board_device *d = &g_array_index(b->devices, struct board_device, i);

        if (!d->type->plug)
            continue;
        *any = true;
        if (d->type->is_empty(d->dev))
            return d;
    }
    return NULL;
}

static unsigned plugged_count(const struct board *b, const char *name)
{
    unsigned count = 0;

    for (guint i = 0; i < b->plugged->len; i++)
        count += !strcmp(b->plugged->pdata[i], name);
    return count;
}

avs_status board_attach(struct board *b, const char *text)
{
    struct plug p;
    avs_status s = plug_parse(&p, b->m, text);
    const struct board_device *window;
    bool any;

    p.index = plugged_count(b, p.name);
    window = free_window(b, &any);
    if (!s && !window)
        s = avs_fail(b->m, AVS_ERR_BOARD, "device \"%s\": %s has no%s window for it", text, b->desc->title,
                     any ? " free" : "");
    if (!s)
        s = window->type->plug(window->dev, &p);
    if (!s)
        g_ptr_array_add(b->plugged, g_strdup(p.name));
    plug_clear(&p);
    return s;
}
