/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file dump.c
 * The state of a PE for people: single registers by name, and the whole as symbolised text.
 */
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "a64/op.h"
#include "arch/exception.h"
#include "arch/sysreg.h"
#include "core/machine.h"
#include "core/symtab.h"
#include "mmu/mmu.h"

/* The VMID whose symbols name addresses at the PE's current EL; -1: the host's. */
static int symbol_vmid(const struct pe *c)
{
    uint64_t hcr = pe_hcr(c);

    if (c->el >= 2 || !(hcr & 1))
        return -1;
    return (int)bits(c->sr[SR_VTTBR_EL2], 63, 48);
}

const char *avs_symbol(avs_machine *m, uint64_t address)
{
    return machine_symbol(m, &m->pe[0], address);
}

const char *machine_symbol(struct avs_machine *m, const struct pe *c, uint64_t address)
{
    const struct symbol *s = symtab_find(m->symbols, symbol_vmid(c), address);

    if (!s)
        return NULL;
    snprintf(m->symbol_text, sizeof(m->symbol_text), address == s->addr ? "%s" : "%s+0x%llx", s->name,
             (unsigned long long)(address - s->addr));
    return m->symbol_text;
}

static bool core_reg(const struct pe *c, const char *name, uint64_t *value)
{
    char *end;
    unsigned long n;

    if (!g_ascii_strcasecmp(name, "pc"))
        *value = c->pc;
    else if (!g_ascii_strcasecmp(name, "sp"))
        *value = c->x[REG_SP];
    else if (!g_ascii_strcasecmp(name, "el"))
        *value = c->el;
    else if (!g_ascii_strcasecmp(name, "nzcv"))
        *value = pe_nzcv(c);
    else if (!g_ascii_strcasecmp(name, "btype"))
        *value = c->btype;
    else if ((name[0] == 'x' || name[0] == 'X') && g_ascii_isdigit(name[1]) &&
             (n = strtoul(name + 1, &end, 10)) < 31 && !*end)
        *value = c->x[n];
    else
        return false;
    return true;
}

bool avs_read_reg(avs_machine *m, unsigned pe, const char *name, uint64_t *value)
{
    if (pe >= m->pe_count)
        return false;
    if (core_reg(&m->pe[pe], name, value))
        return true;
    for (unsigned id = 0; id < SR_COUNT; id++) {
        if (g_ascii_strcasecmp(sysreg_name(id), name))
            continue;
        *value = m->pe[pe].sr[id];
        return true;
    }
    return false;
}

static void dump_pc(struct avs_machine *m, const struct pe *c, GString *out)
{
    const char *symbol = avs_symbol(m, c->pc);

    g_string_append_printf(out, "PE%u  EL%u%c  pc 0x%016" PRIx64 "%s%s%s  sp 0x%016" PRIx64 "\n", c->index,
                           c->el, c->spsel ? 'h' : 't', c->pc, symbol ? " <" : "", symbol ? symbol : "",
                           symbol ? ">" : "", c->x[REG_SP]);
    g_string_append_printf(
        out, "     NZCV %c%c%c%c  DAIF %c%c%c%c  BTYPE %u  instructions %" PRIu64 "  cycles %" PRIu64 "\n",
        c->flag_n < 0 ? 'N' : '-', c->flag_z == 0 ? 'Z' : '-', c->flag_c ? 'C' : '-',
        c->flag_v < 0 ? 'V' : '-', c->daif & 8 ? 'D' : '-', c->daif & 4 ? 'A' : '-',
        c->daif & 2 ? 'I' : '-', c->daif & 1 ? 'F' : '-', c->btype, pe_insns(c), pe_cycles(c));
}

/* Where the last call came from, for the usual case that x30 still holds it. */
static void dump_caller(struct avs_machine *m, const struct pe *c, GString *out)
{
    const char *symbol = avs_symbol(m, c->x[30]);

    if (symbol)
        g_string_append_printf(out, "     x30 is <%s>\n", symbol);
}

static void dump_gp(const struct pe *c, GString *out)
{
    for (unsigned i = 0; i < 31; i++)
        g_string_append_printf(out, "%sx%-2u 0x%016" PRIx64 "%s", i % 4 ? "  " : "     ", i, c->x[i],
                               i % 4 == 3 || i == 30 ? "\n" : "");
}

static void dump_regs(const struct pe *c, const uint16_t *ids, unsigned count, GString *out)
{
    for (unsigned i = 0; i < count; i++)
        g_string_append_printf(out, "%s%-10s 0x%016" PRIx64 "%s", i % 3 ? "  " : "     ",
                               sysreg_name(ids[i]), c->sr[ids[i]],
                               i % 3 == 2 || i + 1 == count ? "\n" : "");
}

char *avs_dump(avs_machine *m, unsigned pe)
{
    static const uint16_t el1[] = { SR_ESR_EL1,   SR_ELR_EL1,   SR_FAR_EL1,   SR_SPSR_EL1, SR_VBAR_EL1,
                                    SR_SCTLR_EL1, SR_TTBR0_EL1, SR_TTBR1_EL1, SR_TCR_EL1 };
    static const uint16_t el2[] = { SR_ESR_EL2,   SR_ELR_EL2, SR_FAR_EL2,   SR_SPSR_EL2, SR_VBAR_EL2,
                                    SR_SCTLR_EL2, SR_HCR_EL2, SR_HPFAR_EL2, SR_VTTBR_EL2 };
    static const uint16_t el3[] = { SR_ESR_EL3,  SR_ELR_EL3,  SR_FAR_EL3,
                                    SR_SPSR_EL3, SR_VBAR_EL3, SR_SCTLR_EL3 };
    GString *out;
    char *text;

    if (pe >= m->pe_count)
        return NULL;
    out = g_string_new(NULL);
    dump_pc(m, &m->pe[pe], out);
    dump_gp(&m->pe[pe], out);
    dump_caller(m, &m->pe[pe], out);
    dump_regs(&m->pe[pe], el1, G_N_ELEMENTS(el1), out);
    if (m->has_el2)
        dump_regs(&m->pe[pe], el2, G_N_ELEMENTS(el2), out);
    if (m->has_el3)
        dump_regs(&m->pe[pe], el3, G_N_ELEMENTS(el3), out);
    text = strdup(out->str);
    g_string_free(out, TRUE);
    return text;
}
