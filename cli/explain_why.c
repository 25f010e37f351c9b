/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file explain_why.c
 * The first half of an explanation: what the context was doing, which control sent that where, and what the
 * syndrome says of it.
 */
#include <string.h>

#include "arch/exc.h"
#include "explain.h"
#include "explain_text.h"

enum { TEXT_SIZE = 160 };

char *explain_number(int64_t n)
{
    g_autofree char *digits = cli_grouped(n < 0 ? -(uint64_t)n : (uint64_t)n);

    return g_strconcat(n < 0 ? "-" : "", digits, NULL);
}

char *explain_place(const struct record *r, const char *prefix)
{
    g_autofree char *symbol = g_strconcat(prefix, "symbol", NULL);
    g_autofree char *offset = g_strconcat(prefix, "offset", NULL);
    g_autofree char *file = g_strconcat(prefix, "file", NULL);
    g_autofree char *line = g_strconcat(prefix, "line", NULL);
    GString *out;

    if (!record_has(r, symbol))
        return NULL;
    out = g_string_new(record_text(r, symbol));
    if (record_int(r, offset))
        g_string_append_printf(out, "+0x%" G_GINT64_MODIFIER "x", record_int(r, offset));
    if (record_has(r, file))
        g_string_append_printf(out, " (%s:%" G_GINT64_FORMAT ")", record_text(r, file),
                               record_int(r, line));
    return g_string_free(out, FALSE);
}

static bool is_interrupt(const struct record *t)
{
    return strcmp(record_text(t, "type"), "sync") != 0;
}

static void instruction(const struct explain *e, struct doc_section *s)
{
    const struct record *t = e->trap;
    g_autofree char *place = explain_place(t, "");
    const char *text = record_has(t, "text") ? record_text(t, "text") : record_text(t, "insn");

    doc_line(s, "%s was at EL%d, %s %s%s%s.", record_text(t, "context"), (int)record_int(t, "from_el"),
             is_interrupt(t) ? "about to execute" : "executing", record_text(t, "pc"), place ? ", in " : "",
             place ? place : "");
    if (!is_interrupt(t) && record_int(t, "ec") != EC_IABT_LOWER && *text)
        doc_line(s, "Instruction: %s", text);
}

static void moment(const struct explain *e, struct doc_section *s)
{
    const struct record *t = e->trap;
    g_autofree char *cycle = explain_number(record_int(t, "entry_cycle"));
    g_autofree char *insns = explain_number(record_int(t, "entry_insn"));
    double clock = e->db->clock_hz;
    g_autofree char *time = clock > 0
                                ? g_strdup_printf(" (%.3f ms)", 1e3 * record_real(t, "entry_cycle") / clock)
                                : g_strdup("");

    doc_line(s, "PE %d had retired %s instructions, at cycle %s%s.", (int)record_int(t, "pe"), insns, cycle,
             time);
    if (record_has(t, "parent"))
        doc_line(s, "This was while trap %" G_GINT64_FORMAT " was being handled.", record_int(t, "parent"));
}

void explain_what(struct explain *e)
{
    struct doc_section *s = doc_section(e->doc, "What happened");

    instruction(e, s);
    moment(e, s);
}

/* "DDI 0487 D24, HCR_EL2<26:26>" of a section with its meaning behind. */
static char *section_of(const struct explain *e)
{
    const char *section = record_text(e->trap, "section");
    const char *end = strstr(section, ": ");

    return end ? g_strndup(section, (gsize)(end - section)) : g_strdup(section);
}

static unsigned type_of(const struct record *t)
{
    static const char *const types[] = { "sync", "irq", "fiq", "serror" };

    for (unsigned i = 0; i < G_N_ELEMENTS(types); i++)
        if (!strcmp(record_text(t, "type"), types[i]))
            return i;
    return 0;
}

static const struct why *why_of(const struct explain *e)
{
    return e->control ? why_of_trap(e->control)
                      : why_of_class(type_of(e->trap), (unsigned)record_int(e->trap, "ec"));
}

void explain_why(struct explain *e)
{
    struct doc_section *s = doc_section(e->doc, "Why it went to a higher Exception level");
    g_autofree char *section = section_of(e);
    const struct why *why = why_of(e);
    char control[TEXT_SIZE];

    why_control(e->control, control, sizeof(control));
    doc_line(s, "It was taken to EL%d. %s%s.", (int)record_int(e->trap, "to_el"),
             *control ? "" : "The cause: ", *control ? control : record_text(e->trap, "cause"));
    if (why)
        doc_line(s, "%s", why->text);
    if (*section)
        doc_line(s, "See %s.", section);
}

/* What the syndrome says of registers, in a sentence. */
static void access_line(const struct explain *e, struct doc_section *s)
{
    const struct record *t = e->trap;
    uint32_t iss = (uint32_t)record_int(t, "iss");
    unsigned rt = iss >> 5 & 31;
    g_autofree char *x = rt == 31 ? g_strdup("XZR") : g_strdup_printf("X%u", rt);

    if (!record_has(t, "register"))
        return;
    if (iss & 1)
        doc_line(s, "It read %s into %s.", record_text(t, "register"), x);
    else
        doc_line(s, "It wrote %s to %s.", x, record_text(t, "register"));
}

static void address_lines(const struct explain *e, struct doc_section *s)
{
    const struct record *t = e->trap;

    if (record_has(t, "va"))
        doc_line(s, "Virtual address: %s (FAR_EL%d)", record_text(t, "va"), (int)record_int(t, "to_el"));
    if (record_has(t, "ipa"))
        doc_line(s, "Intermediate physical address: %s (HPFAR_EL2 has its page)", record_text(t, "ipa"));
}

static void add_field(struct table *t, const struct iss_field *f, uint32_t value)
{
    const char *text = iss_value_text(f, value);

    table_text(t, f->name);
    if (f->hi == f->lo)
        table_printf(t, "%u", f->lo);
    else
        table_printf(t, "%u:%u", f->hi, f->lo);
    table_int(t, value);
    if (iss_kind(f) == ISS_REGISTER && value == 31)
        table_printf(t, "%s: XZR", f->meaning);
    else if (iss_kind(f) == ISS_REGISTER)
        table_printf(t, "%s: X%u", f->meaning, value);
    else if (iss_kind(f) == ISS_LIST)
        table_printf(t, "%s: %s", f->meaning, text ? text : "reserved");
    else
        table_text(t, f->meaning);
}

static struct table *field_table(unsigned ec, uint32_t iss)
{
    struct table *t = table_new("Fields of the ISS", "this class has none");
    const struct iss_field *f;
    unsigned next = 0;

    table_columns(t, "field field_bits field_value meaning");
    while ((f = iss_next(ec, &next)))
        if (f->when < 0 || (iss >> f->when & 1))
            add_field(t, f, iss_value(f, iss));
    return t;
}

void explain_syndrome(struct explain *e)
{
    const struct record *t = e->trap;
    struct doc_section *s;
    struct table *fields;

    if (!record_has(t, "ec"))
        return;
    s = doc_section(e->doc, "Syndrome");
    doc_line(s, "ESR_EL%d: class 0x%02x (%s), ISS 0x%07x.", (int)record_int(t, "to_el"),
             (unsigned)record_int(t, "ec"), record_text(t, "ec_name"), (unsigned)record_int(t, "iss"));
    access_line(e, s);
    address_lines(e, s);
    fields = field_table((unsigned)record_int(t, "ec"), (uint32_t)record_int(t, "iss"));
    if (fields->row_count)
        s->table = fields;
    else
        table_free(fields);
}

void explain_advice(struct explain *e)
{
    const struct why *why = why_of(e);

    if (why && why->advice)
        doc_line(doc_section(e->doc, "How to have fewer of these"), "%s", why->advice);
}
