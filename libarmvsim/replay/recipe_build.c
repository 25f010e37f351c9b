/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file recipe_build.c
 * Making a machine from a recipe (recipe.h): the same calls with the same options as the first time, with
 * the paths that the files have now.
 */
#include <string.h>

#include "board/internal.h"
#include "core/machine.h"
#include "replay/recipe.h"

static const char *text_of(const struct recipe *r, const char *role)
{
    const struct ingredient *i = recipe_find(r, role);

    return i ? i->text : NULL;
}

static uint64_t number_of(const struct recipe *r, const char *role)
{
    const char *text = text_of(r, role);

    return text ? g_ascii_strtoull(text, NULL, 10) : 0;
}

static const char *path_of(const struct recipe *r, const char *role)
{
    const struct ingredient *i = recipe_find(r, role);

    return i ? i->path : NULL;
}

/* Of a core or board: its file when it has one, or its name. */
static const char *model_of(const struct recipe *r, const char *role)
{
    const struct ingredient *i = recipe_find(r, role);

    return !i ? NULL : i->path ? i->path : i->text;
}

/* What the options need to live while the machine is made. */
struct texts {
    char *board;
    GPtrArray *set;
};

static void fill_options(const struct recipe *r, avs_options *o, struct texts *t)
{
    const char *board = model_of(r, "board"), *options = text_of(r, "board-options");

    t->board = g_strconcat(board ? board : "virt", options ? "," : NULL, options, NULL);
    for (guint i = 0; i < r->items->len; i++) {
        const struct ingredient *item = r->items->pdata[i];

        if (!strcmp(item->role, "set"))
            g_ptr_array_add(t->set, item->text);
    }
    g_ptr_array_add(t->set, NULL);
    o->board = t->board;
    o->set = (const char *const *)t->set->pdata;
    o->cpu = model_of(r, "cpu");
    o->pe_count = (unsigned)MIN(number_of(r, "smp"), UINT16_MAX);
    o->mem_bytes = number_of(r, "mem");
    o->timing = text_of(r, "timing");
    o->max_insns = number_of(r, "max-insns");
    o->max_cycles = number_of(r, "max-cycles");
    o->seed = number_of(r, "seed");
    o->dispatch = text_of(r, "dispatch");
    o->cmdline = text_of(r, "append");
    o->quantum = number_of(r, "quantum");
    o->rtc = text_of(r, "rtc");
    o->semihosting = text_of(r, "semihosting");
    o->initrd = path_of(r, "initrd");
    o->dtb = path_of(r, "dtb");
    o->bios = path_of(r, "bios");
    o->pflash[0] = path_of(r, "pflash0");
    o->pflash[1] = path_of(r, "pflash1");
}

/* Writes of a disk stay in memory. */
static avs_status attach(struct avs_machine *m, const struct ingredient *i)
{
    g_auto(GStrv) parts = i->path ? g_strsplit(i->path, ",", -1) : NULL;
    g_autofree char *file = parts ? g_strjoinv(",,", parts) : NULL;
    g_autofree char *spec = g_strconcat(i->text, file ? ",snapshot=on,file=" : NULL, file, NULL);

    return avs_attach(m, spec);
}

static avs_status add_symbols(struct avs_machine *m, const struct ingredient *i)
{
    return avs_load_symbols(m, i->path, (int)g_ascii_strtoll(i->text, NULL, 10));
}

static avs_status add_image(struct avs_machine *m, const struct ingredient *i)
{
    return avs_load(m, i->path);
}

static avs_status add_bytes(struct avs_machine *m, const struct ingredient *i)
{
    return avs_load_at(m, i->path, g_ascii_strtoull(i->text, NULL, 10));
}

/* The calls after the making, a line a role. */
static const struct {
    const char *role;
    avs_status (*add)(struct avs_machine *m, const struct ingredient *i);
    bool needs_path;
} calls[] = {
    { "image", add_image, true },
    { "load", add_bytes, true },
    { "symbols", add_symbols, true },
    { "device", attach, false },
};

static avs_status add(struct avs_machine *m, const struct ingredient *item)
{
    for (size_t i = 0; i < G_N_ELEMENTS(calls); i++) {
        if (strcmp(calls[i].role, item->role))
            continue;
        if (calls[i].needs_path && !item->path)
            return avs_fail(m, AVS_ERR_FORMAT, "the recording names no file for its %s", item->role);
        return calls[i].add(m, item);
    }
    return AVS_OK;
}

avs_status recipe_build(const struct recipe *r, const char *image_name, struct avs_machine *leader,
                        struct avs_machine **out)
{
    avs_options o = AVS_OPTIONS_INIT;
    struct texts t = { .set = g_ptr_array_new() };
    avs_status s;

    fill_options(r, &o, &t);
    s = leader ? avs_follower_new(leader, &o, out) : avs_machine_new(&o, out);
    for (guint i = 0; !s && i < r->items->len; i++)
        s = add(*out, r->items->pdata[i]);
    if (!s && image_name && (*out)->board->image_path) {
        g_free((*out)->board->image_path);
        (*out)->board->image_path = g_strdup(image_name);
    }
    if (s && *out) {
        status_move_error(*out);
        avs_machine_free(*out);
        *out = NULL;
    }
    g_free(t.board);
    g_ptr_array_free(t.set, TRUE);
    return s;
}
