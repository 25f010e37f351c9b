/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_ldst_struct.c
 * Advanced SIMD loads and stores of structures (DDI 0487, C7.2 LD1 to LD4, ST1 to ST4, LD1R to LD4R). In
 * memory the elements are consecutive, so an instruction is a run of imm bytes, and a function that moves
 * the run to or from registers. A run in one page of the fast TLB is used in place. Otherwise elements are
 * accessed one by one, as the manual's loops do, through a buffer: no register is written before the last
 * access of a load succeeds. A store that faults has written the elements before; it starts again.
 */
#include "a64/dispatch.h"

enum { RUN_BYTES_MAX = 64 };

/* Element n of a structure is in the n-th register from rd, which wrap at 32. */
#define VN(n) V((rd + (n)) & 31)
/* Multiple structures and replication: ra is Q:size. */
#define SIZE_FIELD (ra & 3u)
#define IS_Q (ra >> 2)

/* Moves a run of imm bytes at `mem` to or from `regs` registers. */
typedef void (*put_fn)(struct pe *c, const struct op *op, const uint8_t *mem, unsigned regs);
typedef void (*get_fn)(const struct pe *c, const struct op *op, uint8_t *mem, unsigned regs);

/* The run in host memory, NULL when the slow way must go element by element. */
static inline uint8_t *fast_run(const struct pe *c, const struct op *op, unsigned size, bool write)
{
    const uint64_t va = X(rn), last = va + UIMM - 1, tag = (last & AVS_PAGE_MASK) | c->dctx;
    const struct fast_slot *s_ = FAST_SLOT(va);

    if (unlikely((write ? s_->tag_w : s_->tag_r) != tag))
        return NULL;
    if (unlikely((va & ((1u << size) - 1)) && !c->dmeta[s_ - c->dtlb].unaligned))
        return NULL;
    if (unlikely(write ? !A64_STORABLE(va) || !A64_STORABLE(last)
                       : !A64_READABLE(va) || !A64_READABLE(last)))
        return NULL;
    return (uint8_t *)(uintptr_t)(va + s_->addend);
}

static A64_COLD bool load_slow(struct pe *c, const struct op *op, unsigned size, unsigned regs, put_fn put)
{
    uint8_t run[RUN_BYTES_MAX];
    uint64_t v;

    for (unsigned i = 0; i < UIMM; i += 1u << size) {
        if (!mem_read(c, X(rn) + i, 1u << size, ACCESS_VECTOR, &v))
            return false;
        memcpy(run + i, &v, 1u << size);
    }
    put(c, op, run, regs);
    return true;
}

static A64_COLD bool store_slow(struct pe *c, const struct op *op, unsigned size, unsigned regs, get_fn get)
{
    uint8_t run[RUN_BYTES_MAX];

    get(c, op, run, regs);
    for (unsigned i = 0; i < UIMM; i += 1u << size) {
        uint64_t v = 0;
        memcpy(&v, run + i, 1u << size);
        if (!mem_write(c, X(rn) + i, 1u << size, ACCESS_VECTOR, v))
            return false;
    }
    return true;
}

/* LD1 and ST1 of several registers: one after the other. */
static inline void put_each(struct pe *c, const struct op *op, const uint8_t *mem, unsigned regs)
{
    for (unsigned n = 0; n < regs; n++) {
        if (IS_Q) {
            memcpy(&VN(n), mem + 16 * n, 16);
        } else {
            memcpy(&VN(n), mem + 8 * n, 8);
            VN(n).d[1] = 0;
        }
    }
}

static inline void get_each(const struct pe *c, const struct op *op, uint8_t *mem, unsigned regs)
{
    for (unsigned n = 0; n < regs; n++) {
        if (IS_Q)
            memcpy(mem + 16 * n, &VN(n), 16);
        else
            memcpy(mem + 8 * n, &VN(n), 8);
    }
}

/* LD2 to LD4: element e of every register, then element e + 1. */
static inline void put_woven(struct pe *c, const struct op *op, const uint8_t *mem, unsigned regs)
{
    const unsigned size = SIZE_FIELD, bytes = 8u << IS_Q;

    for (unsigned n = 0; n < regs; n++)
        VN(n).d[1] = 0;
    for (unsigned at = 0; at < bytes; at += 1u << size)
        for (unsigned n = 0; n < regs; n++, mem += 1u << size)
            memcpy(&VN(n).b[at], mem, 1u << size);
}

static inline void get_woven(const struct pe *c, const struct op *op, uint8_t *mem, unsigned regs)
{
    const unsigned size = SIZE_FIELD, bytes = 8u << IS_Q;

    for (unsigned at = 0; at < bytes; at += 1u << size)
        for (unsigned n = 0; n < regs; n++, mem += 1u << size)
            memcpy(mem, &VN(n).b[at], 1u << size);
}

/* One lane, whose number is ra; the others stay. */
#define LANE(name, type, member)                                                                           \
    static inline void put_##name(struct pe *c, const struct op *op, const uint8_t *mem, unsigned regs)    \
    {                                                                                                      \
        for (unsigned n = 0; n < regs; n++)                                                                \
            memcpy(&VN(n).member[ra], mem + n * sizeof(type), sizeof(type));                               \
    }                                                                                                      \
    static inline void get_##name(const struct pe *c, const struct op *op, uint8_t *mem, unsigned regs)    \
    {                                                                                                      \
        for (unsigned n = 0; n < regs; n++)                                                                \
            memcpy(mem + n * sizeof(type), &VN(n).member[ra], sizeof(type));                               \
    }
LANE(lane_B, uint8_t, b)
LANE(lane_H, uint16_t, h)
LANE(lane_S, uint32_t, s)
LANE(lane_D, uint64_t, d)

/* LD1R to LD4R: to all lanes. */
static inline void put_all_lanes(struct pe *c, const struct op *op, const uint8_t *mem, unsigned regs)
{
    for (unsigned n = 0; n < regs; n++, mem += 1u << SIZE_FIELD) {
        uint64_t v = 0;
        memcpy(&v, mem, 1u << SIZE_FIELD);
        for (unsigned width = 8u << SIZE_FIELD; width < 64; width *= 2)
            v |= v << width;
        VN(n).d[0] = v;
        VN(n).d[1] = IS_Q ? v : 0;
    }
}

#define LOAD_FORM(name, regs, size, put, wb)                                                               \
    MEM_OP_FP(                                                                                             \
        name, 0,                                                                                           \
        if (MEM_SLOW) {                                                                                    \
            if (!load_slow(c, op, size, regs, put))                                                        \
                END_EXC();                                                                                 \
        } else {                                                                                           \
            const uint8_t *mem = fast_run(c, op, size, false);                                             \
            if (unlikely(!mem))                                                                            \
                A64_CALL(slow_);                                                                           \
            put(c, op, mem, regs);                                                                         \
        } accesses_ += (regs);                                                                             \
        for (unsigned n = 0; n < (regs); n++) TRACK_LD_FP((rd + n) & 31); wb)
#define STORE_FORM(name, regs, size, get, wb)                                                              \
    MEM_OP_FP(                                                                                             \
        name, 0,                                                                                           \
        if (MEM_SLOW) {                                                                                    \
            if (!store_slow(c, op, size, regs, get))                                                       \
                END_EXC();                                                                                 \
        } else {                                                                                           \
            uint8_t *mem = fast_run(c, op, size, true);                                                    \
            if (unlikely(!mem))                                                                            \
                A64_CALL(slow_);                                                                           \
            get(c, op, mem, regs);                                                                         \
        } accesses_ += (regs);                                                                             \
        for (unsigned n = 0; n < (regs); n++) TRACK_ST_FP((rd + n) & 31); wb)

/* The three forms: no writeback, of what was moved, of a register. */
#define FORMS(form, name, ...)                                                                             \
    form(name, __VA_ARGS__, (void)0) form(name##_post_imm, __VA_ARGS__, X(rn) += UIMM)                     \
        form(name##_post_reg, __VA_ARGS__, X(rn) += X(rm))
#define LOAD(name, regs, size, put) FORMS(LOAD_FORM, name, regs, size, put)
#define STORE(name, regs, size, get) FORMS(STORE_FORM, name, regs, size, get)

LOAD(LD1_1, 1, SIZE_FIELD, put_each)
LOAD(LD1_2, 2, SIZE_FIELD, put_each)
LOAD(LD1_3, 3, SIZE_FIELD, put_each)
LOAD(LD1_4, 4, SIZE_FIELD, put_each)
LOAD(LD2, 2, SIZE_FIELD, put_woven)
LOAD(LD3, 3, SIZE_FIELD, put_woven)
LOAD(LD4, 4, SIZE_FIELD, put_woven)
STORE(ST1_1, 1, SIZE_FIELD, get_each)
STORE(ST1_2, 2, SIZE_FIELD, get_each)
STORE(ST1_3, 3, SIZE_FIELD, get_each)
STORE(ST1_4, 4, SIZE_FIELD, get_each)
STORE(ST2, 2, SIZE_FIELD, get_woven)
STORE(ST3, 3, SIZE_FIELD, get_woven)
STORE(ST4, 4, SIZE_FIELD, get_woven)

#define LANES(letter, size)                                                                                \
    LOAD(LD1_lane_##letter, 1, size, put_lane_##letter)                                                    \
    LOAD(LD2_lane_##letter, 2, size, put_lane_##letter)                                                    \
    LOAD(LD3_lane_##letter, 3, size, put_lane_##letter)                                                    \
    LOAD(LD4_lane_##letter, 4, size, put_lane_##letter)                                                    \
    STORE(ST1_lane_##letter, 1, size, get_lane_##letter)                                                   \
    STORE(ST2_lane_##letter, 2, size, get_lane_##letter)                                                   \
    STORE(ST3_lane_##letter, 3, size, get_lane_##letter)                                                   \
    STORE(ST4_lane_##letter, 4, size, get_lane_##letter)
LANES(B, 0)
LANES(H, 1)
LANES(S, 2)
LANES(D, 3)

LOAD(LD1R, 1, SIZE_FIELD, put_all_lanes)
LOAD(LD2R, 2, SIZE_FIELD, put_all_lanes)
LOAD(LD3R, 3, SIZE_FIELD, put_all_lanes)
LOAD(LD4R, 4, SIZE_FIELD, put_all_lanes)
