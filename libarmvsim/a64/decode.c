/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file decode.c
 * From an encoding to an instruction of a64.def: walks the tree that a64_gen.c made (DDI 0487, chapter C4).
 * Each inner node indexes its children by a bit field; a leaf has the few candidates that are left, the
 * most specific first.
 */
#include "a64/insn.h"
#include "core/bits.h"
#include "timing/timing.h"

struct a64_node {
    uint32_t first; /* First child, or first candidate. */
    uint8_t count;  /* Candidates of a leaf. */
    uint8_t shift;
    uint16_t mask; /* Zero in a leaf. */
};

struct a64_candidate {
    uint32_t mask, value;
    uint16_t id;
};

#include "a64/a64_tree.inc"

static const struct a64_info infos[A64_ID_COUNT] = {
    [A64_UNALLOCATED] = { .name = "UNALLOCATED",
                          .pattern = "",
                          .file = "",
                          .kind = KIND_ALU,
                          .flags = A64_ENDS_BLOCK },
#define A64_INSN(id, handlers, bit_pattern, fixed, val, in_file, at_line, fmt, cls, flag_set, feat, cases) \
    [A64_##id] = { .name = #id,                                                                            \
                   .pattern = (bit_pattern),                                                               \
                   .mask = (fixed),                                                                        \
                   .value = (val),                                                                         \
                   .file = (in_file),                                                                      \
                   .line = (at_line),                                                                      \
                   .kind = (uint8_t)INSN_KIND_##cls,                                                      \
                   .insn_class = INSN_##cls,                                                               \
                   .flags = (flag_set),                                                                    \
                   .feature = (feat),                                                                      \
                   .format = (fmt),                                                                        \
                   .constrained = (cases) },
#include "a64/a64_insn.inc"
#undef A64_INSN
};

unsigned a64_decode(uint32_t insn)
{
    const struct a64_node *n = a64_nodes;
    const struct a64_candidate *k, *end;

    while (n->mask)
        n = &a64_nodes[n->first + ((insn >> n->shift) & n->mask)];
    k = &a64_candidates[n->first];
    for (end = k + n->count; k < end; k++)
        if ((insn & k->mask) == k->value)
            return k->id;
    return A64_UNALLOCATED;
}

const struct a64_info *a64_info(unsigned id)
{
    return &infos[id < A64_ID_COUNT ? id : A64_UNALLOCATED];
}

/* The ID register field that shows a feature. */
static const struct {
    const char *name;
    uint16_t reg;
    uint8_t low, least;
} features[A64_FEAT_COUNT] = {
#define A64_FEATURE(id, id_reg, field, least_value, text) { #id, SR_##id_reg, (field), (least_value) },
#include "a64/feature.def"
#undef A64_FEATURE
};

bool a64_has_feature(const struct pe *c, unsigned feature)
{
    uint64_t field;

    if (feature == A64_FEAT_BASE)
        return true;
    field = bits(c->sr[features[feature].reg], features[feature].low + 3u, features[feature].low);
    /* FP and AdvSIMD are signed. */
    if (features[feature].reg == SR_ID_AA64PFR0_EL1 && field == 15)
        return false;
    if (feature == A64_FEAT_FCMA_FP16 && !a64_has_feature(c, A64_FEAT_FP16_SIMD))
        return false;
    return field >= features[feature].least;
}

const char *a64_feature_name(unsigned feature)
{
    return features[feature].name;
}
