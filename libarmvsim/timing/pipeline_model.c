/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pipeline_model.c
 * Reading of a core model's pipeline:
 *
 * - [pipeline] order=in|out, width, decode, window (out), write-back=ordered|free (in)
 * - [pipes] NAME=count: NAME stands for count pipes
 * - [read] plain, shifted, address, data, factor, acc, flags: how many cycles before a result of integer
 *   data processing is there an instruction that reads it so may issue, by forwarding; less than 0: after
 * - [insn] CLASS=LATENCY, then words: micro-operations PIPE[|PIPE...][:BUSY], or `-` for one that needs a
 *   slot alone; `serial`, `unordered`, `first`; KIND+N, KIND-N: forwarding of this class's results, where
 *   it is not [read]'s; `late`: none
 */
#include <stdlib.h>
#include <string.h>

#include "timing/pipeline_model.h"

enum { LATENCY_MAX = 250, BUSY_MAX = 250, WIDTH_MAX = 16, ADVANCE_MAX = 20 };

static const char *const insn_keys[INSN_CLASS_COUNT] = {
#define INSN(name, key, group, properties, text) [INSN_##name] = key,
#include "timing/insn_class.def"
#undef INSN
};

static const char *const read_keys[PIPE_READ_COUNT] = {
    [PIPE_READ_PLAIN] = "plain", [PIPE_READ_SHIFTED] = "shifted", [PIPE_READ_ADDRESS] = "address",
    [PIPE_READ_DATA] = "data",   [PIPE_READ_FACTOR] = "factor",   [PIPE_READ_ACC] = "acc",
    [PIPE_READ_FLAGS] = "flags",
};

static int index_of(const char *const *keys, unsigned count, const char *key)
{
    for (unsigned i = 0; i < count; i++)
        if (!strcmp(keys[i], key))
            return (int)i;
    return -1;
}

/* One of two words. */
static avs_status read_choice(const struct model_reader *r, const char *key, const char *no,
                              const char *yes, bool *out)
{
    g_autofree char *text = g_key_file_get_string(r->kf, "pipeline", key, NULL);
    g_autofree char *why = NULL;

    if (!text)
        return model_missing(r, "pipeline", key);
    g_strstrip(text);
    *out = !strcmp(text, yes);
    if (*out || !strcmp(text, no))
        return AVS_OK;
    why = g_strdup_printf("'%s' is neither '%s' nor '%s'", text, no, yes);
    return model_bad(r, "pipeline", key, why);
}

static bool pipeline_knows(const char *key)
{
    static const char *const keys[] = { "order", "width", "decode", "window", "write-back" };

    return index_of(keys, G_N_ELEMENTS(keys), key) >= 0;
}

static avs_status read_pipeline(const struct model_reader *r, struct core_model *k)
{
    struct core_pipeline *p = &k->pipeline;
    unsigned width, decode, window = 0;
    avs_status s;

    if ((s = read_choice(r, "order", "out", "in", &p->in_order)) ||
        (s = model_small(r, "pipeline", "width", 1, WIDTH_MAX, &width)) ||
        (s = model_small(r, "pipeline", "decode", 1, WIDTH_MAX, &decode)))
        return s;
    if (p->in_order)
        s = read_choice(r, "write-back", "free", "ordered", &p->ordered_write);
    else
        s = model_small(r, "pipeline", "window", 2 * PIPE_UOPS_MAX, PIPE_WINDOW_MAX, &window);
    p->width = (uint8_t)width;
    p->decode = (uint8_t)decode;
    p->window = (uint16_t)window;
    return s;
}

static bool pipes_knows(const char *key)
{
    (void)key;
    return true;
}

static avs_status read_pipes(const struct model_reader *r, struct core_model *k)
{
    g_auto(GStrv) keys = g_key_file_get_keys(r->kf, "pipes", NULL, NULL);
    struct core_pipeline *p = &k->pipeline;

    for (unsigned i = 0; keys && keys[i]; i++) {
        unsigned count;
        avs_status s = model_small(r, "pipes", keys[i], 1, PIPE_MAX, &count);

        if (s)
            return s;
        if (strlen(keys[i]) >= sizeof(p->pipe_name[0]) || strpbrk(keys[i], "|:+-"))
            return model_bad(r, "pipes", keys[i], "a pipe's name has up to seven characters, none of |:+-");
        if (p->pipe_count + count > PIPE_MAX)
            return model_bad(r, "pipes", keys[i], "more than 16 pipes");
        for (; count; count--)
            g_strlcpy(p->pipe_name[p->pipe_count++], keys[i], sizeof(p->pipe_name[0]));
    }
    return p->pipe_count ? AVS_OK : avs_fail(r->m, AVS_ERR_MODEL, "%s: [pipes] is missing", r->path);
}

static bool read_knows(const char *key)
{
    return index_of(read_keys, PIPE_READ_COUNT, key) >= 0;
}

/* A small number with a sign; false when it is none. */
static bool small_number(const char *text, int *out)
{
    char *end;

    *out = (int)g_ascii_strtoll(text, &end, 10);
    return end != text && !*end && *out >= -ADVANCE_MAX && *out <= ADVANCE_MAX && strlen(text) < 5;
}

/* Whether [read] is about the results of a class: those of integer data processing. */
static bool forwards(unsigned class)
{
    static const uint8_t groups[INSN_CLASS_COUNT] = {
#define INSN(name, key, group, properties, text) [INSN_##name] = KIND_##group,
#include "timing/insn_class.def"
#undef INSN
    };
    unsigned g = groups[class];

    return g == KIND_ALU || g == KIND_SHIFT || g == KIND_MUL || g == KIND_MUL64 || g == KIND_DIV;
}

static avs_status read_reads(const struct model_reader *r, struct core_model *k)
{
    for (unsigned i = 0; i < PIPE_READ_COUNT; i++) {
        g_autofree char *text = g_key_file_get_string(r->kf, "read", read_keys[i], NULL);
        int advance;

        if (!text)
            return model_missing(r, "read", read_keys[i]);
        if (!small_number(g_strstrip(text), &advance))
            return model_bad(r, "read", read_keys[i], "not a number from -20 to 20");
        for (unsigned c = 0; c < INSN_CLASS_COUNT; c++)
            k->pipeline.insn[c].advance[i] = forwards(c) ? (int8_t)advance : 0;
    }
    return AVS_OK;
}

static bool insn_knows(const char *key)
{
    return index_of(insn_keys, INSN_CLASS_COUNT, key) >= 0;
}

/* The pipes that a name stands for. */
static unsigned pipes_named(const struct core_pipeline *p, const char *name)
{
    unsigned pipes = 0;

    for (unsigned i = 0; i < p->pipe_count; i++)
        if (!strcmp(p->pipe_name[i], name))
            pipes |= 1u << i;
    return pipes;
}

/* PIPE[|PIPE...][:BUSY]; NULL, or what is wrong with it. */
static const char *parse_uop(const struct core_pipeline *p, const char *word, struct pipe_uop *out)
{
    g_auto(GStrv) parts = g_strsplit(word, ":", 2);
    g_auto(GStrv) names = g_strsplit(parts[0], "|", -1);
    char *end = NULL;

    *out = (struct pipe_uop){ .busy = 1 };
    if (parts[1]) {
        guint64 busy = g_ascii_strtoull(parts[1], &end, 10);

        if (end == parts[1] || *end || !busy || busy > BUSY_MAX)
            return "what comes after ':' is not a number of cycles from 1 to 250";
        out->busy = (uint8_t)busy;
    }
    for (unsigned i = 0; names[i]; i++) {
        unsigned pipes = pipes_named(p, names[i]);

        if (!pipes)
            return "is neither a pipe of [pipes] nor a word that is known";
        out->pipes |= (uint16_t)pipes;
    }
    return NULL;
}

/* KIND+N or KIND-N; false when the word is none of these. */
static bool parse_advance(const char *word, struct pipe_timing *t)
{
    const char *sign = strpbrk(word, "+-");
    g_autofree char *kind = sign ? g_strndup(word, (gsize)(sign - word)) : NULL;
    int which = kind ? index_of(read_keys, PIPE_READ_COUNT, kind) : -1, advance;

    if (which < 0 || !small_number(sign, &advance))
        return false;
    t->advance[which] = (int8_t)advance;
    return true;
}

/* One word of a class; NULL, or what is wrong with it. */
static const char *parse_word(const struct core_pipeline *p, const char *word, struct pipe_timing *t)
{
    if (!strcmp(word, "serial"))
        t->serial = true;
    else if (!strcmp(word, "unordered"))
        t->unordered = true;
    else if (!strcmp(word, "first"))
        t->first = true;
    else if (!strcmp(word, "late"))
        memset(t->advance, 0, sizeof(t->advance));
    else if (!parse_advance(word, t)) {
        if (t->uop_count == PIPE_UOPS_MAX)
            return "is one micro-operation too many";
        if (strcmp(word, "-"))
            return parse_uop(p, word, &t->uop[t->uop_count++]);
        t->uop[t->uop_count++] = (struct pipe_uop){ 0 };
    }
    return NULL;
}

/* Whether as many pipes are in a micro-operation's choice as there are micro-operations with no other. */
static bool can_issue(const struct pipe_timing *t)
{
    for (unsigned i = 0; i < t->uop_count; i++) {
        unsigned within = 0;

        for (unsigned j = 0; j < t->uop_count; j++)
            within += t->uop[j].pipes && !(t->uop[j].pipes & ~t->uop[i].pipes);
        if (t->uop[i].pipes && within > (unsigned)__builtin_popcount(t->uop[i].pipes))
            return false;
    }
    return true;
}

/* Those that need a pipe come first, and of these those with the least choice, so that they find theirs. */
static int by_choice(const void *a, const void *b)
{
    const struct pipe_uop *x = a, *y = b;
    int choice_x = x->pipes ? __builtin_popcount(x->pipes) : PIPE_MAX + 1;
    int choice_y = y->pipes ? __builtin_popcount(y->pipes) : PIPE_MAX + 1;

    return choice_x != choice_y ? choice_x - choice_y : (int)x->pipes - y->pipes;
}

static avs_status read_class(const struct model_reader *r, struct core_pipeline *p, unsigned class)
{
    g_autofree char *text = g_key_file_get_string(r->kf, "insn", insn_keys[class], NULL);
    g_auto(GStrv) words = text ? g_strsplit_set(g_strstrip(text), " \t", -1) : NULL;
    struct pipe_timing *t = &p->insn[class];
    char *end;
    guint64 latency;

    if (!text)
        return model_missing(r, "insn", insn_keys[class]);
    latency = g_ascii_strtoull(words[0] ? words[0] : "", &end, 10);
    if (!words[0] || end == words[0] || *end || latency > LATENCY_MAX)
        return model_bad(r, "insn", insn_keys[class], "does not begin with a latency from 0 to 250");
    t->latency = (uint8_t)latency;
    for (unsigned i = 1; words[i]; i++) {
        const char *why = *words[i] ? parse_word(p, words[i], t) : NULL;
        g_autofree char *text_why = why ? g_strdup_printf("'%s' %s", words[i], why) : NULL;

        if (why)
            return model_bad(r, "insn", insn_keys[class], text_why);
    }
    qsort(t->uop, t->uop_count, sizeof(t->uop[0]), by_choice);
    if (!can_issue(t))
        return model_bad(
            r, "insn", insn_keys[class],
            "its micro-operations need more pipes of a kind than there are; say PIPE:2 for two after "
            "each other");
    return AVS_OK;
}

/* All that is wrong is found. */
static avs_status read_insns(const struct model_reader *r, struct core_model *k)
{
    avs_status first = AVS_OK;

    for (unsigned i = 0; i < INSN_CLASS_COUNT; i++) {
        avs_status s = read_class(r, &k->pipeline, i);

        first = first ? first : s;
    }
    return first;
}

const struct model_part pipeline_model_parts[PIPELINE_PARTS] = {
    { .group = "pipeline", .knows = pipeline_knows, .read = read_pipeline },
    { .group = "pipes", .knows = pipes_knows, .read = read_pipes },
    { .group = "read", .knows = read_knows, .read = read_reads },
    { .group = "insn", .knows = insn_knows, .read = read_insns },
};
