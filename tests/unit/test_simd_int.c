/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_simd_int.c
 * Advanced SIMD instructions on integers that the differential tests cannot check: FEAT_I8MM, which Unicorn
 * does not have, against sums of products written down again; and QC, which sticks.
 */
#include <string.h>

#include "a64/fp.h"
#include "a64/insn.h"
#include "core/run.h"
#include "fixture.h"

enum { ROUNDS = 2000, UDF = 0 };

static uint64_t next_random(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* Runs one instruction under a dispatcher, whatever features the core has. */
static void execute(avs_machine *m, const struct a64_dispatcher *d, uint32_t insn)
{
    struct op ops[2] = { 0 };
    unsigned id = a64_decode(insn);

    cr_assert_neq(id, A64_UNALLOCATED, "0x%08x", insn);
    a64_operands(id, insn, &ops[0]);
    ops[1].insn = UDF;
    a64_operands(A64_UDF, UDF, &ops[1]);
    ops[0].fn = d->ops[0][id];
    ops[1].fn = d->ops[0][A64_UDF];
    ops[0].suffix = ops[1].suffix = UINT64_C(1) << 32;
    m->pe[0].fp_trap = 0;
    d->run(&m->pe[0], ops, 0);
}

/* How a byte of Vn or Vm counts. */
static int value(uint8_t byte, bool is_signed)
{
    return is_signed ? (int8_t)byte : byte;
}

/* Word i of the result is word i of Vd plus `count` products, of bytes from n_at(i) and m_at(i) on. */
struct products {
    uint32_t insn; /* Of V1, V2, V3. */
    const char *name;
    bool n_signed, m_signed;
    unsigned count, words;
    uint8_t n_at[4], m_at[4];
};

static const struct products cases[] = {
    { 0x4e839c41, "usdot v1.4s, v2.16b, v3.16b", false, true, 4, 4, { 0, 4, 8, 12 }, { 0, 4, 8, 12 } },
    { 0x0e839c41, "usdot v1.2s, v2.8b, v3.8b", false, true, 4, 2, { 0, 4 }, { 0, 4 } },
    { 0x4fa3f041, "usdot v1.4s, v2.16b, v3.4b[1]", false, true, 4, 4, { 0, 4, 8, 12 }, { 4, 4, 4, 4 } },
    { 0x0f83f841, "usdot v1.2s, v2.8b, v3.4b[2]", false, true, 4, 2, { 0, 4 }, { 8, 8 } },
    { 0x4f23f841, "sudot v1.4s, v2.16b, v3.4b[3]", true, false, 4, 4, { 0, 4, 8, 12 }, { 12, 12, 12, 12 } },
    { 0x0f03f041, "sudot v1.2s, v2.8b, v3.4b[0]", true, false, 4, 2, { 0, 4 }, { 0, 0 } },
    { 0x4e83a441, "smmla v1.4s, v2.16b, v3.16b", true, true, 8, 4, { 0, 0, 8, 8 }, { 0, 8, 0, 8 } },
    { 0x6e83a441, "ummla v1.4s, v2.16b, v3.16b", false, false, 8, 4, { 0, 0, 8, 8 }, { 0, 8, 0, 8 } },
    { 0x4e83ac41, "usmmla v1.4s, v2.16b, v3.16b", false, true, 8, 4, { 0, 0, 8, 8 }, { 0, 8, 0, 8 } },
};

static union vreg expected(const struct products *p, union vreg d, union vreg n, union vreg m)
{
    union vreg out = { .d = { 0, 0 } };

    for (unsigned i = 0; i < p->words; i++) {
        out.s[i] = d.s[i];
        for (unsigned k = 0; k < p->count; k++)
            out.s[i] += (uint32_t)(value(n.b[p->n_at[i] + k], p->n_signed) *
                                   value(m.b[p->m_at[i] + k], p->m_signed));
    }
    return out;
}

static void check_products(avs_machine *m, const struct a64_dispatcher *d, const struct products *p)
{
    struct pe *c = &m->pe[0];
    uint64_t seed = p->insn;

    for (unsigned round = 0; round < ROUNDS; round++) {
        union vreg want;

        for (unsigned i = 1; i <= 3; i++)
            c->v[i] = (union vreg){ .d = { next_random(&seed), next_random(&seed) } };
        want = expected(p, c->v[1], c->v[2], c->v[3]);
        execute(m, d, p->insn);
        cr_assert_eq(memcmp(&c->v[1], &want, sizeof(want)), 0, "%s, round %u", p->name, round);
    }
    cr_expect_eq(c->sr[SR_FPSR], 0);
}

Test(simd_int, products_of_bytes)
{
    avs_machine *m = fixture_machine(NULL, NULL);

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        check_products(m, m->dispatcher, &cases[i]);
        check_products(m, &a64_dispatch_loop, &cases[i]);
    }
    avs_machine_free(m);
}

Test(simd_int, saturation_sticks_in_qc)
{
    avs_machine *m = fixture_machine(NULL, NULL);
    struct pe *c = &m->pe[0];

    c->v[2] = (union vreg){ .d = { 0x7f, 0x7f } };
    c->v[3] = (union vreg){ .d = { 0, 1 } };
    execute(m, m->dispatcher, 0x0e230c41); /* sqadd v1.8b, v2.8b, v3.8b: the upper half does not count. */
    cr_expect_eq(c->sr[SR_FPSR], 0);
    execute(m, m->dispatcher, 0x4e230c41); /* sqadd v1.16b, v2.16b, v3.16b */
    cr_expect_eq(c->sr[SR_FPSR], FPSR_QC);
    cr_expect_eq(c->v[1].d[1], 0x7f);
    execute(m, m->dispatcher, 0x4e238441); /* add v1.16b, v2.16b, v3.16b */
    cr_expect_eq(c->sr[SR_FPSR], FPSR_QC);
    avs_machine_free(m);
}
