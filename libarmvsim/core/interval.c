/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file interval.c
 * Points of a run, and what happens there.
 */
#include "core/interval.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "a64/op.h"
#include "board/bus.h"
#include "core/machine.h"
#include "core/symtab.h"
#include "ledger/ledger.h"

static bool number(const char *text, uint64_t *out)
{
    char *end;

    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    *out = strtoull(text, &end, 0);
    return !*end && errno == 0;
}

/* A count, which may end in K, M, G or T. */
static bool count(const char *text, uint64_t *out)
{
    static const char units[] = "KMGT";
    size_t len = strlen(text);
    const char *unit = len ? strchr(units, text[len - 1]) : NULL;
    char digits[sizeof(((struct run_point *)NULL)->text)];
    uint64_t scale = 1;

    strcpy(digits, text);
    if (unit && *unit)
        digits[len - 1] = 0;
    for (const char *u = units; unit && u <= unit; u++)
        scale *= 1000;
    return number(digits, out) && !__builtin_mul_overflow(*out, scale, out);
}

/* Takes "@VMID" off the end. False when what is there is none. */
static bool take_vmid(char *text, int *vmid)
{
    char *at = strrchr(text, '@');
    uint64_t n;

    if (!at)
        return true;
    if (!number(at + 1, &n) || n > 0xffff)
        return false;
    *at = 0;
    *vmid = (int)n;
    return true;
}

/* SYMBOL or SYMBOL+OFFSET. */
static avs_status symbol_point(struct avs_machine *m, const char *what, char *name, struct run_point *p)
{
    char *plus = strrchr(name, '+');
    uint64_t offset = 0;
    unsigned found;

    if (plus && number(plus + 1, &offset))
        *plus = 0;
    found = symtab_address(m->symbols, p->vmid, name, &p->at);
    if (!found)
        return avs_fail(m, AVS_ERR_ARG, "%s %s: no symbol '%s'", what, p->text, name);
    if (found > 1)
        return avs_fail(m, AVS_ERR_ARG, "%s %s: %u symbols are called '%s'; give an address", what, p->text,
                        found, name);
    p->at += offset;
    return AVS_OK;
}

avs_status point_parse(struct avs_machine *m, const char *what, const char *text, struct run_point *p)
{
    char name[sizeof(p->text)];

    *p = (struct run_point){ .kind = POINT_NONE, .vmid = POINT_HOST };
    if (!text)
        return AVS_OK;
    if (strlen(text) >= sizeof(p->text))
        return avs_fail(m, AVS_ERR_ARG, "%s: the name is too long", what);
    strcpy(p->text, text);
    strcpy(name, text);
    if (!strncmp(text, "insn=", 5)) {
        p->kind = POINT_INSN;
        if (!count(text + 5, &p->at))
            return avs_fail(m, AVS_ERR_ARG, "%s %s: not a number of instructions", what, text);
        return AVS_OK;
    }
    p->kind = POINT_ADDRESS;
    if (!take_vmid(name, &p->vmid))
        return avs_fail(m, AVS_ERR_ARG, "%s %s: no VMID after the @", what, text);
    if (!number(name, &p->at))
        return symbol_point(m, what, name, p);
    if (p->vmid == POINT_HOST)
        p->vmid = POINT_ANYWHERE;
    return AVS_OK;
}

static const struct run_point *next_point(const struct avs_machine *m)
{
    static const struct run_point none = { .kind = POINT_NONE };
    const struct interval *i = &m->interval;

    return i->state == INTERVAL_WAITING ? &i->from : i->state == INTERVAL_OPEN ? &i->until : &none;
}

/* Installs hooks, and the mark of the next point; decoded ops get the handlers that go with them, if they
 * have others. What they cost stays. */
static void install(struct avs_machine *m, const struct pe_hooks *hooks)
{
    const struct run_point *p = next_point(m);
    unsigned mark = p->kind == POINT_ADDRESS ? (unsigned)(p->at >> 2 & (OPS_PER_PAGE - 1)) + 1 : 0;
    bool same = m->pe[0].hooks == hooks && m->interval.mark == mark;
    uint64_t decoded = 0;

    m->interval.mark = mark;
    for (unsigned i = 0; i < m->pe_count; i++) {
        m->pe[i].hooks = hooks;
        decoded += m->pe[i].ctr[CTR_decode];
    }
    if (!same && decoded)
        bus_renew_code(m->bus, &m->pe[0]);
}

avs_status interval_set(struct avs_machine *m, const char *from, const char *until)
{
    struct interval *i = &m->interval, want = { .state = INTERVAL_WHOLE };
    avs_status s;

    if (i->state == INTERVAL_CLOSED || (i->state == INTERVAL_OPEN && i->from.kind != POINT_NONE))
        return avs_fail(m, AVS_ERR_STATE, "the ledger has been attached already");
    if ((s = point_parse(m, "from", from, &want.from)) || (s = point_parse(m, "until", until, &want.until)))
        return s;
    if (want.from.kind == POINT_INSN && want.until.kind == POINT_INSN && want.until.at <= want.from.at)
        return avs_fail(m, AVS_ERR_ARG, "until %s: not after from %s", until, from);
    if (want.from.kind != POINT_NONE)
        want.state = INTERVAL_WAITING;
    else if (want.until.kind != POINT_NONE)
        want.state = INTERVAL_OPEN;
    want.mark = i->mark;
    *i = want;
    return AVS_OK;
}

bool interval_is_open(const struct avs_machine *m)
{
    return m->interval.state == INTERVAL_WHOLE || m->interval.state == INTERVAL_OPEN;
}

uint64_t interval_insns(const struct avs_machine *m)
{
    const struct run_point *p = next_point(m);

    return p->kind == POINT_INSN ? p->at : UINT64_MAX;
}

/* Whether addresses of the point are those of the context that c executes in. */
static bool is_context(const struct pe *c, const struct run_point *p)
{
    int vmid = ledger_symbols_of(c);

    if (p->vmid == POINT_ANYWHERE)
        return true;
    return p->vmid == POINT_HOST ? !symtab_has(c->m->symbols, vmid) : p->vmid == vmid;
}

bool point_is_at(const struct run_point *p, const struct pe *c, uint64_t pc)
{
    return p->kind == POINT_ADDRESS && pc == p->at && is_context(c, p);
}

bool interval_hit(const struct pe *c, uint64_t pc)
{
    const struct interval *i = &c->m->interval;
    const struct run_point *p = next_point(c->m);

    if (!point_is_at(p, c, pc))
        return false;
    return i->began != c || i->began_insns != pe_insns(c);
}

void machine_listen(struct avs_machine *m)
{
    bool listens = interval_is_open(m) && ledger_hooks(m->ledger, &m->hooks);

    install(m, listens ? &m->hooks : NULL);
}

void interval_reached(struct pe *c)
{
    struct interval *i = &c->m->interval;

    if (i->state == INTERVAL_WAITING) {
        i->state = INTERVAL_OPEN;
        i->began = i->from.kind == POINT_ADDRESS ? c : NULL;
        i->began_insns = pe_insns(c);
        ledger_attach(c->m->ledger);
    } else {
        i->state = INTERVAL_CLOSED;
        ledger_detach(c->m->ledger);
    }
    machine_listen(c->m);
}
