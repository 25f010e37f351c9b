/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pipe_chain.c
 * Which loads and stores of a block have addresses that come from loads: a miss of one then cannot overlap
 * with a miss of the other.
 */
#include "timing/pipeline.h"

/* Addresses that come from loads: registers that hold what was loaded, or was computed from it, in the
 * block or the one before. */
void pipe_find_chains(const struct pipe_insn *in, unsigned n, struct pipe_result *out)
{
    bool loaded[PIPE_REG_COUNT] = { false };

    for (unsigned i = 0; i < 2 * n; i++) {
        const struct pipe_insn *k = &in[i % n];
        bool any = false, address = false;

        for (unsigned j = 0; j < k->source_count; j++) {
            any |= loaded[k->source[j].reg];
            address |= loaded[k->source[j].reg] && k->source[j].read == PIPE_READ_ADDRESS;
        }
        for (unsigned j = 0; j < k->dest_count; j++)
            loaded[k->dest[j].reg] = k->dest[j].base ? address : k->load || any;
        out[i % n].chained = (k->load || k->store) && address;
    }
}
