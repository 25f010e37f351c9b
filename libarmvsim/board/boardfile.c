/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file boardfile.c
 * Board files: key files whose groups and keys are the tables below (models/boards/virt.board explains
 * them), and the options of --board, named as QEMU names them. Anything unknown, missing or impossible is
 * an error with file, group and key; nothing is guessed.
 */
#include "board/boardfile.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

enum key_kind { KEY_TEXT, KEY_NUMBER, KEY_YESNO, KEY_NS /* In ps. */ };

struct key {
    const char *name;
    enum key_kind kind;
    bool required;
    size_t offset; /* Of a char *, uint64_t or bool in the group's struct. */
};

/* The groups as they are written; then made into a board_desc. */
struct machine_text {
    char *title, *compatible;
    bool psci;
    uint64_t ram_base, image_offset;
    uint64_t gicd, gicr, gicr_window, its_base, gicc, gich, gicv, v2m, v2m_first, v2m_count, spis;
    uint64_t cntfrq_hz;
    uint64_t read_ps, write_ps, signal_ps;
};

struct region_text {
    char *kind, *type, *when;
    uint64_t base, size, spi;
    uint64_t count, stride; /* Of devices that are alike; 0 when not given. */
    uint64_t read_ps, write_ps;
    bool secure_only;
};

#define NO_SPI UINT64_MAX
enum { FLASH_MIN = 512 << 10, ACCESS_NS_MAX = 1000000 };

#define KEY(text, kind, required, type, member)                                                            \
    {                                                                                                      \
        text, kind, required, offsetof(struct type, member)                                                \
    }
#define LAST                                                                                               \
    {                                                                                                      \
        NULL, KEY_TEXT, false, 0                                                                           \
    }

static const struct key board_keys[] = {
    KEY("title", KEY_TEXT, true, machine_text, title),
    KEY("compatible", KEY_TEXT, true, machine_text, compatible),
    KEY("psci", KEY_YESNO, false, machine_text, psci),
    LAST,
};
static const struct key ram_keys[] = {
    KEY("base", KEY_NUMBER, true, machine_text, ram_base),
    KEY("image-offset", KEY_NUMBER, true, machine_text, image_offset),
    LAST,
};
static const struct key gic_keys[] = {
    KEY("distributor", KEY_NUMBER, true, machine_text, gicd),
    KEY("redistributors", KEY_NUMBER, false, machine_text, gicr),
    KEY("redistributor-window", KEY_NUMBER, false, machine_text, gicr_window),
    KEY("its", KEY_NUMBER, false, machine_text, its_base),
    KEY("cpu-interface", KEY_NUMBER, false, machine_text, gicc),
    KEY("virtual-control", KEY_NUMBER, false, machine_text, gich),
    KEY("virtual-cpu-interface", KEY_NUMBER, false, machine_text, gicv),
    KEY("msi-frame", KEY_NUMBER, false, machine_text, v2m),
    KEY("msi-first-spi", KEY_NUMBER, false, machine_text, v2m_first),
    KEY("msi-spis", KEY_NUMBER, false, machine_text, v2m_count),
    KEY("spis", KEY_NUMBER, true, machine_text, spis),
    KEY("read-ns", KEY_NS, false, machine_text, read_ps),
    KEY("write-ns", KEY_NS, false, machine_text, write_ps),
    KEY("signal-ns", KEY_NS, false, machine_text, signal_ps),
    LAST,
};
static const struct key timer_keys[] = {
    KEY("frequency", KEY_NUMBER, true, machine_text, cntfrq_hz),
    LAST,
};
static const struct key memory_keys[] = {
    KEY("kind", KEY_TEXT, true, region_text, kind),
    KEY("base", KEY_NUMBER, true, region_text, base),
    KEY("size", KEY_NUMBER, true, region_text, size),
    KEY("when", KEY_TEXT, false, region_text, when),
    KEY("secure-only", KEY_YESNO, false, region_text, secure_only),
    LAST,
};
static const struct key device_keys[] = {
    KEY("type", KEY_TEXT, true, region_text, type),
    KEY("base", KEY_NUMBER, true, region_text, base),
    KEY("size", KEY_NUMBER, true, region_text, size),
    KEY("spi", KEY_NUMBER, false, region_text, spi),
    KEY("count", KEY_NUMBER, false, region_text, count),
    KEY("stride", KEY_NUMBER, false, region_text, stride),
    KEY("read-ns", KEY_NS, false, region_text, read_ps),
    KEY("write-ns", KEY_NS, false, region_text, write_ps),
    KEY("when", KEY_TEXT, false, region_text, when),
    KEY("secure-only", KEY_YESNO, false, region_text, secure_only),
    LAST,
};

/* Groups that every board file has, once. */
static const struct {
    const char *name;
    const struct key *keys;
} machine_groups[] = {
    { "board", board_keys },
    { "ram", ram_keys },
    { "gic", gic_keys },
    { "timer", timer_keys },
};

/* Options: a switch of the board, or one of a few numbers. */
struct option {
    const char *name, *values;
    bool number;
    size_t offset; /* Of a bool or an unsigned in struct board_desc. */
};
static const struct option options[] = {
    { "virtualization", "on|off", false, offsetof(struct board_desc, virtualization) },
    { "secure", "on|off", false, offsetof(struct board_desc, secure) },
    { "gic-version", "2|3", true, offsetof(struct board_desc, gic_version) },
    { "its", "on|off", false, offsetof(struct board_desc, its) },
};

struct reader {
    struct avs_machine *m;
    const char *path;
    GKeyFile *kf;
    struct board_desc *d;
};

static avs_status bad_key(const struct reader *r, const char *group, const char *key, const char *why)
{
    return avs_fail(r->m, AVS_ERR_BOARD, "%s: [%s] %s: %s", r->path, group, key, why);
}

static bool parse_number(const char *text, uint64_t *out)
{
    bool hex = g_ascii_strncasecmp(text, "0x", 2) == 0;
    const char *digits = hex ? text + 2 : text;
    char *end;

    if (!g_ascii_isxdigit(*digits))
        return false;
    errno = 0;
    *out = g_ascii_strtoull(digits, &end, hex ? 16 : 10);
    return errno == 0 && end != digits && *end == '\0';
}

/* Nanoseconds with up to three decimals, in picoseconds. */
static bool parse_ns(const char *text, uint64_t *ps)
{
    const char *dot = strchr(text, '.');
    const size_t decimals = dot ? strspn(dot + 1, "0123456789") : 0;
    g_autofree char *whole = g_strndup(text, dot ? (gsize)(dot - text) : strlen(text));
    uint64_t part = 0, ns;

    if (dot && (!decimals || decimals > 3 || dot[1 + decimals]))
        return false;
    if (strspn(whole, "0123456789") != strlen(whole) || !parse_number(whole, &ns) || ns > ACCESS_NS_MAX)
        return false;
    for (size_t i = 0; i < 3; i++)
        part = part * 10 + (i < decimals ? (uint64_t)(dot[1 + i] - '0') : 0);
    *ps = ns * 1000 + part;
    return true;
}

/* True for the first word, false for the second, by *out; returns false for anything else. */
static bool parse_switch(const char *text, const char *yes, const char *no, bool *out)
{
    *out = !strcmp(text, yes);
    return *out || !strcmp(text, no);
}

static avs_status read_key(const struct reader *r, const char *group, const struct key *k, void *into)
{
    void *at = (char *)into + k->offset;
    g_autofree char *text = g_key_file_get_string(r->kf, group, k->name, NULL);

    if (!text)
        return k->required ? bad_key(r, group, k->name, "is missing") : AVS_OK;
    g_strstrip(text);
    if (k->kind == KEY_NUMBER && !parse_number(text, at))
        return bad_key(r, group, k->name, "is not a number");
    if (k->kind == KEY_YESNO && !parse_switch(text, "yes", "no", at))
        return bad_key(r, group, k->name, "is not yes or no");
    if (k->kind == KEY_NS && !parse_ns(text, at))
        return bad_key(r, group, k->name, "is not a time in ns, from 0 to 1000000, as 12 or 12.345");
    if (k->kind == KEY_TEXT)
        *(char **)at = g_steal_pointer(&text);
    return AVS_OK;
}

static bool key_known(const struct key *keys, const char *name)
{
    for (; keys->name; keys++) {
        if (!strcmp(keys->name, name))
            return true;
    }
    return false;
}

static avs_status read_group(const struct reader *r, const char *group, const struct key *keys, void *into)
{
    g_auto(GStrv) names = g_key_file_get_keys(r->kf, group, NULL, NULL);

    if (!names)
        return avs_fail(r->m, AVS_ERR_BOARD, "%s: the group [%s] is missing", r->path, group);
    for (char **n = names; *n; n++) {
        if (!key_known(keys, *n))
            return bad_key(r, group, *n, "is not a key of this group");
    }
    for (const struct key *k = keys; k->name; k++) {
        avs_status s = read_key(r, group, k, into);

        if (s)
            return s;
    }
    return AVS_OK;
}

/* The group's `when`: whether it exists with the board's options. */
static avs_status region_exists(const struct reader *r, const char *group, const struct region_text *t,
                                bool *yes)
{
    *yes = !t->when || r->d->secure;
    if (t->when && strcmp(t->when, "secure") != 0)
        return bad_key(r, group, "when", "is not \"secure\"");
    return AVS_OK;
}

static avs_status add_memory(const struct reader *r, const char *group, const char *name,
                             struct region_text *t)
{
    struct memory_desc mem = { .base = t->base,
                               .size = t->size,
                               .secure_only = t->secure_only && r->d->secure };
    bool rom, exists = false;
    avs_status s;

    if (!parse_switch(t->kind, "rom", "ram", &rom))
        return bad_key(r, group, "kind", "is not ram or rom");
    s = region_exists(r, group, t, &exists);
    if (s || !exists)
        return s;
    mem.kind = rom ? BUS_ROM : BUS_RAM;
    mem.name = g_strdup(name);
    g_array_append_val(r->d->memories, mem);
    return AVS_OK;
}

static avs_status check_device(const struct reader *r, const char *group, const struct region_text *t)
{
    const struct device_type *type = device_type_find(t->type);
    const uint64_t spi_count = r->d->spi_count;

    if (!type) {
        g_autofree char *known = device_type_names();
        g_autofree char *why =
            g_strdup_printf("\"%s\" is not a device that is modelled; known: %s", t->type, known);

        return bad_key(r, group, "type", why);
    }
    if (!type->no_irq && t->spi == NO_SPI)
        return bad_key(r, group, "spi", "is missing");
    if (!type->no_irq && (t->spi >= spi_count || t->count > spi_count - t->spi))
        return bad_key(r, group, "spi", "is not below [gic] spis");
    if ((t->base | t->size | t->stride) % 8)
        return bad_key(r, group, "base, size and stride", "are not multiples of 8");
    if (t->count > 1 && (t->stride < t->size || t->stride > UINT64_MAX / t->count))
        return bad_key(r, group, "stride", "is not a distance between windows of that size");
    if (type->memory && (t->size & (t->size - 1) || t->size < FLASH_MIN))
        return bad_key(r, group, "size", "is not a power of two from 512 KiB");
    return AVS_OK;
}

/* One device, or `count` of them that are alike, each with its number behind the group's name. */
static avs_status add_device(const struct reader *r, const char *group, const char *name,
                             struct region_text *t)
{
    avs_status s = check_device(r, group, t);
    bool exists = false;

    if (!s)
        s = region_exists(r, group, t, &exists);
    if (s || !exists)
        return s;
    for (uint64_t i = 0; i < MAX(t->count, 1); i++) {
        const struct device_type *type = device_type_find(t->type);
        struct device_desc dev = {
            .name = t->count ? g_strdup_printf("%s%u", name, (unsigned)i) : g_strdup(name),
            .type = type,
            .base = t->base + i * t->stride,
            .size = t->size,
            .intid = type->no_irq ? 0 : 32 + (unsigned)(t->spi + i),
            .secure_only = t->secure_only && r->d->secure,
            .read_ps = t->read_ps,
            .write_ps = t->write_ps,
        };

        g_array_append_val(r->d->devices, dev);
    }
    return AVS_OK;
}

/* [memory NAME] and [device NAME]. */
static avs_status read_region(const struct reader *r, const char *group)
{
    bool memory = g_str_has_prefix(group, "memory ");
    const char *name = strchr(group, ' ');
    struct region_text t = { .spi = NO_SPI, .read_ps = ACCESS_BY_CORE, .write_ps = ACCESS_BY_CORE };
    avs_status s;

    if (!name || (!memory && !g_str_has_prefix(group, "device ")))
        return avs_fail(r->m, AVS_ERR_BOARD, "%s: [%s] is not a group of a board file", r->path, group);
    s = read_group(r, group, memory ? memory_keys : device_keys, &t);
    if (!s)
        s = memory ? add_memory(r, group, name + 1, &t) : add_device(r, group, name + 1, &t);
    g_free(t.kind);
    g_free(t.type);
    g_free(t.when);
    return s;
}

static bool machine_group(const char *group)
{
    for (size_t i = 0; i < G_N_ELEMENTS(machine_groups); i++) {
        if (!strcmp(machine_groups[i].name, group))
            return true;
    }
    return !strcmp(group, "options");
}

static avs_status read_regions(const struct reader *r)
{
    g_auto(GStrv) groups = g_key_file_get_groups(r->kf, NULL);

    for (char **g = groups; *g; g++) {
        avs_status s = machine_group(*g) ? AVS_OK : read_region(r, *g);

        if (s)
            return s;
    }
    return AVS_OK;
}

/* What the version of the GIC needs of [gic]. */
static avs_status check_gic(const struct reader *r, const struct machine_text *t)
{
    const struct {
        const char *key;
        uint64_t value;
        bool needed;
    } keys[] = {
        { "redistributors", t->gicr, r->d->gic_version == 3 },
        { "redistributor-window", t->gicr_window, r->d->gic_version == 3 },
        { "cpu-interface", t->gicc, r->d->gic_version == 2 },
        { "virtual-control", t->gich, r->d->gic_version == 2 && r->d->virtualization },
        { "virtual-cpu-interface", t->gicv, r->d->gic_version == 2 && r->d->virtualization },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (keys[i].needed && !keys[i].value)
            return bad_key(r, "gic", keys[i].key, "is missing");
    }
    if (r->d->its && !t->its_base)
        return bad_key(r, "gic", "its", "is missing, and the option its is on");
    if (t->spis % 32 || t->spis < 32 || t->spis > 960)
        return bad_key(r, "gic", "spis", "is not a multiple of 32 from 32 to 960");
    if ((t->gicd | t->gicr | t->gicr_window | t->its_base) % 0x10000)
        return bad_key(r, "gic", "distributor, redistributors and its", "are not multiples of 64 KiB");
    if ((t->gicc | t->gich | t->gicv | t->v2m) % 0x1000)
        return bad_key(r, "gic", "frames", "are not multiples of 4 KiB");
    if (t->v2m_first >= t->spis || t->v2m_count > t->spis - t->v2m_first || (t->v2m && !t->v2m_count))
        return bad_key(r, "gic", "msi-first-spi and msi-spis", "are not some of the spis");
    return AVS_OK;
}

/* A GICv2 has no LPIs: the option `its`, which is on by default, means nothing to it. */
static void set_gic(struct board_desc *d, const struct machine_text *t)
{
    d->its = d->its && d->gic_version == 3;
    d->gicd = t->gicd;
    d->gicr = t->gicr;
    d->gicr_window = t->gicr_window;
    d->its_base = t->its_base;
    d->gicc = t->gicc;
    d->gich = t->gich;
    d->gicv = t->gicv;
    d->v2m = t->v2m;
    d->v2m_first = 32 + (unsigned)t->v2m_first;
    d->v2m_count = (unsigned)t->v2m_count;
    d->spi_count = (unsigned)t->spis;
    d->gic_signal_ps = t->signal_ps;
    d->gic_read_ps = t->read_ps;
    d->gic_write_ps = t->write_ps;
}

static avs_status read_machine(const struct reader *r)
{
    struct machine_text t = { .psci = true, .read_ps = ACCESS_BY_CORE, .write_ps = ACCESS_BY_CORE };
    avs_status s = AVS_OK;

    for (size_t i = 0; i < G_N_ELEMENTS(machine_groups) && !s; i++)
        s = read_group(r, machine_groups[i].name, machine_groups[i].keys, &t);
    r->d->title = t.title;
    r->d->compatible = t.compatible;
    r->d->psci = t.psci;
    r->d->ram_base = t.ram_base;
    r->d->image_offset = t.image_offset;
    r->d->cntfrq_hz = t.cntfrq_hz;
    set_gic(r->d, &t);
    if (!s)
        s = check_gic(r, &t);
    if (!s && (t.cntfrq_hz == 0 || t.cntfrq_hz > 1000000000))
        return bad_key(r, "timer", "frequency", "is not 1 Hz to 1 GHz");
    if (!s && t.image_offset % 4)
        return bad_key(r, "ram", "image-offset", "is not a multiple of 4");
    return s;
}

static const struct option *option_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        if (!strcmp(options[i].name, name))
            return &options[i];
    }
    return NULL;
}

/* One line of what can be said: "virtualization=on|off, secure=on|off, gic-version=2|3...". */
static char *options_text(void)
{
    GString *s = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        g_string_append_printf(s, "%s%s=%s", i ? ", " : "", options[i].name, options[i].values);
    return g_string_free(s, FALSE);
}

/* Stores one of the option's values; false for anything else. */
static bool parse_option(const struct option *o, const char *value, struct board_desc *d)
{
    void *at = (char *)d + o->offset;
    g_auto(GStrv) values = g_strsplit(o->values, "|", -1);

    if (!g_strv_contains((const char *const *)values, value))
        return false;
    if (o->number)
        *(unsigned *)at = (unsigned)g_ascii_strtoull(value, NULL, 10);
    else
        *(bool *)at = !strcmp(value, values[0]);
    return true;
}

/* `where` is the file, or "--board SPEC". */
static avs_status set_option(const struct reader *r, const char *where, const char *name, const char *value)
{
    const struct option *o = option_find(name);
    g_autofree char *known = options_text();

    if (!o)
        return avs_fail(r->m, AVS_ERR_BOARD, "%s: unknown option \"%s\"; known: %s", where, name, known);
    if (!parse_option(o, value, r->d))
        return avs_fail(r->m, AVS_ERR_BOARD, "%s: %s=%s is not possible; known: %s", where, name, value,
                        known);
    return AVS_OK;
}

/* [options]: each option's default, and nothing else. */
static avs_status read_defaults(const struct reader *r)
{
    g_auto(GStrv) names = g_key_file_get_keys(r->kf, "options", NULL, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        if (!names || !g_strv_contains((const char *const *)names, options[i].name))
            return bad_key(r, "options", options[i].name, "is missing");
    }
    for (char **n = names; *n; n++) {
        g_autofree char *value = g_key_file_get_string(r->kf, "options", *n, NULL);
        avs_status s = set_option(r, r->path, *n, value ? g_strstrip(value) : "");

        if (s)
            return s;
    }
    return AVS_OK;
}

/* The options behind the board's name: words[1], words[2]... of `spec`. */
static avs_status read_options(const struct reader *r, const char *spec, char **words)
{
    g_autofree char *where = g_strdup_printf("board \"%s\"", spec);

    for (char **w = words + 1; *w; w++) {
        g_auto(GStrv) pair = g_strsplit(*w, "=", 2);
        avs_status s = set_option(r, where, pair[0] ? pair[0] : "", pair[0] && pair[1] ? pair[1] : "");

        if (s)
            return s;
    }
    return AVS_OK;
}

static void memory_clear(void *mem)
{
    g_free(((struct memory_desc *)mem)->name);
}

static void device_clear(void *dev)
{
    g_free(((struct device_desc *)dev)->name);
}

static struct board_desc *board_desc_new(void)
{
    struct board_desc *d = g_new0(struct board_desc, 1);

    d->memories = g_array_new(FALSE, FALSE, sizeof(struct memory_desc));
    d->devices = g_array_new(FALSE, FALSE, sizeof(struct device_desc));
    g_array_set_clear_func(d->memories, memory_clear);
    g_array_set_clear_func(d->devices, device_clear);
    return d;
}

avs_status board_desc_load(struct avs_machine *m, const char *spec, struct board_desc **out)
{
    g_auto(GStrv) words = g_strsplit(spec, ",", -1);
    const char *name = words[0] ? words[0] : "";
    g_autofree char *path = board_path(name);
    g_autoptr(GKeyFile) kf = g_key_file_new();
    struct reader r = { .m = m, .path = path, .kf = kf, .d = board_desc_new() };
    avs_status s = board_read_file(m, name, kf);

    if (!s)
        s = read_defaults(&r);
    if (!s)
        s = read_options(&r, spec, words);
    if (!s)
        s = read_machine(&r);
    if (!s)
        s = read_regions(&r);
    if (s)
        board_desc_free(r.d);
    *out = s ? NULL : r.d;
    return s;
}

void board_desc_free(struct board_desc *d)
{
    if (!d)
        return;
    g_free(d->title);
    g_free(d->compatible);
    g_array_free(d->memories, TRUE);
    g_array_free(d->devices, TRUE);
    g_free(d);
}
