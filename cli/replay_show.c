/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file replay_show.c
 * The state of a machine that a replay has stopped, as text.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "a64/op.h"
#include "core/symtab.h"
#include "mmu/mmu.h"
#include "replay.h"
#include "replay/state.h"

enum { LINE_BYTES = 16, CODE_LINES = 8, TEXT_BYTES = 96 };

/* Virtual memory, as the PE's data accesses see it; what is in one page. */
static bool read_page(struct avs_machine *m, struct pe *c, uint64_t va, void *to, size_t len)
{
    struct mmu_result r;

    return mmu_debug_translate(c, va, false, &r) && bus_copy_out(m->bus, r.pa, to, len);
}

/* " <symbol+0x10>", or nothing. */
static char *symbol_text(struct avs_machine *m, const struct pe *c, uint64_t address)
{
    const char *name = machine_symbol(m, c, address);

    return name ? g_strdup_printf(" <%s>", name) : g_strdup("");
}

static void insn_text(struct avs_machine *m, struct pe *c, uint64_t address, char text[TEXT_BYTES])
{
    uint32_t insn;

    if (address % sizeof(insn) || !read_page(m, c, address, &insn, sizeof(insn)))
        g_strlcpy(text, "(cannot be read)", TEXT_BYTES);
    else
        a64_disas(address, GUINT32_FROM_LE(insn), text, TEXT_BYTES);
}

char *show_next_insn(struct avs_machine *m, struct pe *c)
{
    g_autofree char *symbol = symbol_text(m, c, c->pc);
    char text[TEXT_BYTES];

    insn_text(m, c, c->pc, text);
    return g_strdup_printf("PE%u EL%u pc 0x%" PRIx64 "%s  %s", c->index, c->el, c->pc, symbol, text);
}

void show_code(struct avs_machine *m, struct pe *c, uint64_t address, unsigned count)
{
    for (unsigned i = 0; i < count; i++, address += 4) {
        g_autofree char *symbol = symbol_text(m, c, address);
        char text[TEXT_BYTES];

        insn_text(m, c, address, text);
        printf("%s 0x%" PRIx64 "%s  %s\n", address == c->pc ? ">" : " ", address, symbol, text);
    }
}

static void show_line(uint64_t address, const uint8_t *bytes, size_t len)
{
    printf("  0x%" PRIx64 " ", address);
    for (size_t i = 0; i < LINE_BYTES; i++)
        printf(i < len ? " %02x" : "   ", i < len ? bytes[i] : 0);
    fputs("  ", stdout);
    for (size_t i = 0; i < len; i++)
        putchar(isprint(bytes[i]) ? bytes[i] : '.');
    putchar('\n');
}

void show_memory(struct avs_machine *m, struct pe *c, uint64_t address, uint64_t len)
{
    while (len > 0) {
        const size_t part = (size_t)MIN(len, LINE_BYTES - address % LINE_BYTES);
        uint8_t bytes[LINE_BYTES];

        if (read_page(m, c, address, bytes, part))
            show_line(address, bytes, part);
        else
            printf("  0x%" PRIx64 "  (cannot be read)\n", address);
        address += part;
        len -= part;
    }
}

void show_position(struct avs_machine *m)
{
    g_autofree char *insns = cli_grouped(state_insns(m));

    printf("%s instructions\n", insns);
}

static void show_pe(struct avs_machine *m, const struct pe *c)
{
    char *text = avs_dump(m, c->index);

    fputs(text ? text : "", stdout);
    free(text);
}

void show_state(struct avs_machine *m, struct pe *c)
{
    show_position(m);
    show_pe(m, c);
    for (unsigned i = 0; i < m->pe_count; i++)
        if (i != c->index)
            show_pe(m, &m->pe[i]);
    show_code(m, c, c->pc, CODE_LINES);
}
