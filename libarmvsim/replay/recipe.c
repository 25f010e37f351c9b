/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file recipe.c
 * Recipes of machines (recipe.h): noting, writing and reading them. traces/FORMAT.md lists the roles.
 */
#include "replay/recipe.h"

#include <stdio.h>
#include <string.h>

#include "board/plug.h"

static void ingredient_free(void *item)
{
    struct ingredient *i = item;

    g_free(i->role);
    g_free(i->text);
    g_free(i->path);
    g_free(i->sha256);
    g_free(i);
}

static struct ingredient *add(struct recipe *r, const char *role, const char *text, const char *path)
{
    struct ingredient *i = g_new0(struct ingredient, 1);

    i->role = g_strdup(role);
    i->text = g_strdup(text ? text : "");
    i->path = g_strdup(path);
    g_ptr_array_add(r->items, i);
    return i;
}

struct recipe *recipe_empty(void)
{
    struct recipe *r = g_new0(struct recipe, 1);

    r->items = g_ptr_array_new_with_free_func(ingredient_free);
    return r;
}

struct recipe *recipe_copy(const struct recipe *r)
{
    struct recipe *copy = recipe_empty();

    for (guint i = 0; i < r->items->len; i++) {
        const struct ingredient *from = r->items->pdata[i];
        struct ingredient *to = add(copy, from->role, from->text, from->path);

        to->size = from->size;
        to->sha256 = g_strdup(from->sha256);
    }
    return copy;
}

void recipe_free(struct recipe *r)
{
    if (!r)
        return;
    g_ptr_array_free(r->items, TRUE);
    g_free(r);
}

void recipe_add_file(struct recipe *r, const char *role, const char *text, const char *path)
{
    add(r, role, text, path);
}

static void add_text(struct recipe *r, const char *role, const char *text)
{
    if (text)
        add(r, role, text, NULL);
}

static void add_number(struct recipe *r, const char *role, uint64_t value)
{
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, value);

    if (value)
        add(r, role, text, NULL);
}

static void add_path(struct recipe *r, const char *role, const char *path)
{
    if (path)
        add(r, role, NULL, path);
}

static bool is_path(const char *name, const char *suffix)
{
    return strchr(name, '/') || g_str_has_suffix(name, suffix);
}

/* Of a core or a board, the file when it is named by one; the models' own are found by their name. */
static void add_model(struct recipe *r, const char *role, const char *name, const char *suffix)
{
    add(r, role, name, is_path(name, suffix) ? name : NULL);
}

/* The board's options follow its name. */
static void add_board(struct recipe *r, const char *spec)
{
    const char *comma = strchr(spec, ',');
    g_autofree char *name = comma ? g_strndup(spec, (gsize)(comma - spec)) : g_strdup(spec);

    add_model(r, "board", name, ".board");
    add_text(r, "board-options", comma ? comma + 1 : NULL);
}

/* "FILE[,write=on|off]", whose contents are an input, and nothing goes back in a replay. */
static void add_flash(struct recipe *r, const char *role, const char *spec)
{
    g_autofree char *path = g_strdup(spec ? spec : "");
    char *comma = strrchr(path, ',');

    if (comma && g_str_has_prefix(comma, ",write="))
        *comma = 0;
    if (spec)
        add(r, role, NULL, path);
}

struct recipe *recipe_new(const avs_options *o)
{
    struct recipe *r = recipe_empty();

    add_board(r, o->board ? o->board : "virt");
    add_model(r, "cpu", o->cpu ? o->cpu : "generic", ".core");
    add_number(r, "smp", o->pe_count);
    add_number(r, "mem", o->mem_bytes);
    add_text(r, "timing", o->timing);
    add_number(r, "max-insns", o->max_insns);
    add_number(r, "max-cycles", o->max_cycles);
    add_number(r, "seed", o->seed);
    add_text(r, "append", o->cmdline);
    add_number(r, "quantum", o->quantum);
    add_text(r, "rtc", o->rtc);
    add_text(r, "semihosting", o->semihosting ? o->semihosting_dir ? "files" : "on" : NULL);
    for (const char *const *s = o->set; s && *s; s++)
        add_text(r, "set", *s);
    add_path(r, "initrd", o->initrd);
    add_path(r, "dtb", o->dtb);
    add_path(r, "bios", o->bios);
    add_flash(r, "pflash0", o->pflash[0]);
    add_flash(r, "pflash1", o->pflash[1]);
    return r;
}

/* A disk's file is an input. Where a console writes to is nothing that a replay needs to know. */
void recipe_add_device(struct recipe *r, const char *spec)
{
    g_autoptr(GString) text = NULL;
    g_autofree char *path = NULL;
    struct plug p;

    if (plug_parse(&p, NULL, spec) == AVS_OK) {
        const bool disk = !strcmp(p.name, "virtio-blk");

        text = g_string_new(p.name);
        for (size_t i = 0; i < p.count; i++) {
            const bool file = !strcmp(p.keys[i], "file");
            g_auto(GStrv) parts = g_strsplit(file ? "/dev/null" : p.values[i], ",", -1);
            g_autofree char *value = g_strjoinv(",,", parts);

            if (file && disk)
                path = g_strdup(p.values[i]);
            else
                g_string_append_printf(text, ",%s=%s", p.keys[i], value);
        }
        add(r, "device", text->str, path);
    }
    plug_clear(&p);
}

const struct ingredient *recipe_find(const struct recipe *r, const char *role)
{
    for (guint i = 0; i < r->items->len; i++) {
        const struct ingredient *item = r->items->pdata[i];

        if (!strcmp(item->role, role))
            return item;
    }
    return NULL;
}

void recipe_set(struct recipe *r, const char *role, const char *value)
{
    for (guint i = r->items->len; i-- > 0;) {
        const struct ingredient *item = r->items->pdata[i];

        if (!strcmp(item->role, role))
            g_ptr_array_remove_index(r->items, i);
    }
    add_text(r, role, value);
}

void recipe_set_file(struct recipe *r, const char *role, const char *path)
{
    struct ingredient *item = (struct ingredient *)(uintptr_t)recipe_find(r, role);

    if (!item)
        item = add(r, role, NULL, NULL);
    g_free(item->path);
    item->path = g_strdup(path);
    g_clear_pointer(&item->sha256, g_free);
}

/* ---- As records ---- */

void recipe_write(const struct recipe *r, struct rec_writer *w)
{
    for (guint i = 0; i < r->items->len; i++) {
        const struct ingredient *item = r->items->pdata[i];
        g_autoptr(GByteArray) payload = g_byte_array_new();

        rec_put_bytes(payload, item->role, strlen(item->role));
        rec_put_bytes(payload, item->text, strlen(item->text));
        rec_put_bytes(payload, item->path ? item->path : "", item->path ? strlen(item->path) : 0);
        rec_put(payload, item->size);
        rec_put_bytes(payload, item->sha256 ? item->sha256 : "", item->sha256 ? strlen(item->sha256) : 0);
        rec_add(w, REC_OPTION, payload);
    }
}

/* An empty text stands for none. */
static char *get_optional(struct rec_cursor *c)
{
    char *text = rec_get_text(c);

    if (!*text)
        g_clear_pointer(&text, g_free);
    return text;
}

bool recipe_read(struct recipe *r, struct rec_cursor *payload)
{
    struct ingredient *i = g_new0(struct ingredient, 1);

    i->role = rec_get_text(payload);
    i->text = rec_get_text(payload);
    i->path = get_optional(payload);
    i->size = rec_get(payload);
    i->sha256 = get_optional(payload);
    g_ptr_array_add(r->items, i);
    return !payload->bad && *i->role;
}
