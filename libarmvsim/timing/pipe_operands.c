/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pipe_operands.c
 * Which registers an instruction reads and writes, for scheduling: by its operand format (pipe_format.def),
 * its class (insn_class.def), and a few rules on encodings for what neither says: written-back bases, the
 * flags, registers that are implied. System registers other than NZCV, FPCR, FPSR and memory are no
 * operands.
 */
#include "a64/insn.h"
#include "core/bits.h"
#include "timing/pipeline.h"

enum role_kind {
    ROLE_NONE,
    ROLE_D,
    ROLE_PD,
    ROLE_S,
    ROLE_P,
    ROLE_V,
    ROLE_VS,
    ROLE_VS4,
    ROLE_VZ,
    ROLE_VT,
    ROLE_VLIST,
    ROLE_D2,
    ROLE_S2,
    ROLE_STATUS,
    ROLE_DPAIR,
    ROLE_SPAIR
};

struct role {
    uint8_t kind, lo, read;
};

enum { ROLES_MAX = 4 };

#define D(lo)                                                                                              \
    {                                                                                                      \
        ROLE_D, (lo), 0                                                                                    \
    }
#define PD(lo)                                                                                             \
    {                                                                                                      \
        ROLE_PD, (lo), 0                                                                                   \
    }
#define S(lo, read)                                                                                        \
    {                                                                                                      \
        ROLE_S, (lo), PIPE_READ_##read                                                                     \
    }
#define P(lo, read)                                                                                        \
    {                                                                                                      \
        ROLE_P, (lo), PIPE_READ_##read                                                                     \
    }
#define V(lo)                                                                                              \
    {                                                                                                      \
        ROLE_V, (lo), 0                                                                                    \
    }
#define VS(lo, read)                                                                                       \
    {                                                                                                      \
        ROLE_VS, (lo), PIPE_READ_##read                                                                    \
    }
#define VS4(lo, read)                                                                                      \
    {                                                                                                      \
        ROLE_VS4, (lo), PIPE_READ_##read                                                                   \
    }
#define VZ(lo, read)                                                                                       \
    {                                                                                                      \
        ROLE_VZ, (lo), PIPE_READ_##read                                                                    \
    }
#define VT(lo)                                                                                             \
    {                                                                                                      \
        ROLE_VT, (lo), PIPE_READ_DATA                                                                      \
    }
#define VLIST(lo)                                                                                          \
    {                                                                                                      \
        ROLE_VLIST, (lo), PIPE_READ_DATA                                                                   \
    }
#define D2(lo)                                                                                             \
    {                                                                                                      \
        ROLE_D2, (lo), 0                                                                                   \
    }
#define S2(lo, read)                                                                                       \
    {                                                                                                      \
        ROLE_S2, (lo), PIPE_READ_##read                                                                    \
    }
#define STATUS(lo)                                                                                         \
    {                                                                                                      \
        ROLE_STATUS, (lo), 0                                                                               \
    }
#define DPAIR(lo)                                                                                          \
    {                                                                                                      \
        ROLE_DPAIR, (lo), 0                                                                                \
    }
#define SPAIR(lo)                                                                                          \
    {                                                                                                      \
        ROLE_SPAIR, (lo), PIPE_READ_DATA                                                                   \
    }
static const struct role roles[A64_FMT_COUNT][ROLES_MAX] = {
#define PIPE_FORMAT(name, ...) [A64_FMT_##name] = { __VA_ARGS__ },
#include "timing/pipe_format.def"
#undef PIPE_FORMAT
};
#undef D
#undef PD
#undef S
#undef P
#undef V
#undef VS
#undef VS4
#undef VZ
#undef VT
#undef VLIST
#undef D2
#undef S2
#undef STATUS
#undef DPAIR
#undef SPAIR

enum property {
    PROP_Q = 1 << 0,
    PROP_ACC = 1 << 1,
    PROP_UPPER = 1 << 2,
    PROP_FACTOR = 1 << 3,
    PROP_NOFIELD = 1 << 4,
    PROP_VLOAD = 1 << 5,
    PROP_VSTORE = 1 << 6,
};

#define Q PROP_Q
#define ACC PROP_ACC
#define UPPER PROP_UPPER
#define FACTOR PROP_FACTOR
#define NOFIELD PROP_NOFIELD
#define VLOAD PROP_VLOAD
#define VSTORE PROP_VSTORE
static const uint8_t properties[INSN_CLASS_COUNT] = {
#define INSN(name, key, group, props, text) [INSN_##name] = (props),
#include "timing/insn_class.def"
#undef INSN
};
#undef Q
#undef ACC
#undef UPPER
#undef FACTOR
#undef NOFIELD
#undef VLOAD
#undef VSTORE

struct pattern {
    uint32_t mask, value;
};

static bool matches(const struct pattern *p, unsigned count, uint32_t insn)
{
    for (unsigned i = 0; i < count; i++)
        if ((insn & p[i].mask) == p[i].value)
            return true;
    return false;
}
#define MATCHES(table, insn) matches(table, sizeof(table) / sizeof((table)[0]), insn)

/* Loads and stores that write their base back. */
static const struct pattern base_written[] = {
    { 0x3b200400, 0x38000400 }, /* One register, post- and pre-index. */
    { 0x3a800000, 0x28800000 }, /* Pairs, post- and pre-index. */
    { 0xbe800000, 0x0c800000 }, /* Structures, post-index. */
    { 0xff200c00, 0xf8200c00 }, /* LDRAA, LDRAB, pre-index. */
};

static const struct pattern flags_written[] = {
    { 0x3f800000, 0x31000000 }, /* ADDS, SUBS (immediate). */
    { 0x3f000000, 0x2b000000 }, /* ADDS, SUBS (register). */
    { 0x7f800000, 0x72000000 }, /* ANDS (immediate). */
    { 0x7f000000, 0x6a000000 }, /* ANDS, BICS (register). */
    { 0x3fe00000, 0x3a000000 }, /* ADCS, SBCS, RMIF, SETF8, SETF16. */
    { 0x3fe00000, 0x3a400000 }, /* CCMN, CCMP. */
    { 0xff20fc00, 0x1e202000 }, /* FCMP, FCMPE. */
    { 0xff200c00, 0x1e200400 }, /* FCCMP, FCCMPE. */
    { 0xfffffc00, 0x1e7e0000 }, /* FJCVTZS. */
    { 0xffffff1f, 0xd500401f }, /* CFINV, XAFLAG, AXFLAG. */
    { 0xffffffe0, 0xd51b4200 }, /* MSR NZCV. */
    { 0xffffffc0, 0xd53b2400 }, /* MRS RNDR, RNDRRS. */
};

static const struct pattern flags_read[] = {
    { 0xff000010, 0x54000000 }, /* B.cond. */
    { 0x3fe00000, 0x1a800000 }, /* CSEL and kin. */
    { 0x1fe0fc00, 0x1a000000 }, /* ADC, SBC. */
    { 0xffe07c10, 0xba000400 }, /* RMIF keeps what its mask leaves out. */
    { 0xffffbc1f, 0x3a00080d }, /* SETF8, SETF16 keep C. */
    { 0x3fe00000, 0x3a400000 }, /* CCMN, CCMP. */
    { 0xff200c00, 0x1e200c00 }, /* FCSEL. */
    { 0xff200c00, 0x1e200400 }, /* FCCMP, FCCMPE. */
    { 0xffffff1f, 0xd500401f }, /* CFINV, XAFLAG, AXFLAG. */
    { 0xffffffe0, 0xd53b4200 }, /* MRS NZCV. */
};

/* General registers that an encoding implies: one written, up to two read; 31 is none, PIPE_REG_SP SP. */
enum { NO = 0xff };
static const struct {
    struct pattern on;
    uint8_t dest, source[2];
} implied[] = {
    { { 0xfc000000, 0x94000000 }, 30, { NO, NO } },          /* BL. */
    { { 0xfefff000, 0xd63f0000 }, 30, { NO, NO } },          /* BLR, BLRAA, BLRAAZ and kin. */
    { { 0xffffffff, 0xd50320ff }, 30, { 30, NO } },          /* XPACLRI. */
    { { 0xffffff3f, 0xd503231f }, 30, { 30, NO } },          /* PACIAZ, AUTIAZ and kin. */
    { { 0xffffff3f, 0xd503233f }, 30, { 30, PIPE_REG_SP } }, /* PACIASP, AUTIASP and kin. */
    { { 0xffffff3f, 0xd503211f }, 17, { 17, 16 } },          /* PACIA1716, AUTIA1716 and kin. */
    { { 0xfffffbff, 0xd65f0bff }, NO, { 30, PIPE_REG_SP } }, /* RETAA, RETAB. */
};

static void add_source(struct pipe_insn *out, unsigned reg, unsigned read)
{
    if (out->source_count == PIPE_SOURCES_MAX)
        return;
    out->source[out->source_count].reg = (uint8_t)reg;
    out->source[out->source_count++].read = (uint8_t)read;
}

static void add_dest(struct pipe_insn *out, unsigned reg, bool base)
{
    if (out->dest_count == PIPE_DESTS_MAX)
        return;
    out->dest[out->dest_count].reg = (uint8_t)reg;
    out->dest[out->dest_count++].base = base;
}

/* Registers of LD1 to LD4, ST1 to ST4: by the opcode of multiple structures, by selem of single ones. */
static unsigned list_length(uint32_t insn)
{
    static const uint8_t multiple[16] = { [0] = 4, [2] = 4, [4] = 3, [6] = 3, [7] = 1, [8] = 2, [10] = 2 };

    if (bit(insn, 24))
        return (unsigned)(bit(insn, 13) << 1 | bit(insn, 21)) + 1;
    return multiple[bits(insn, 15, 12)];
}

static void add_list(struct pipe_insn *out, uint32_t insn, unsigned first, unsigned props)
{
    for (unsigned i = 0; i < list_length(insn); i++) {
        unsigned reg = PIPE_REG_V + (first + i) % 32;

        if (props & PROP_VLOAD)
            add_dest(out, reg, false);
        if ((props & PROP_VSTORE) || (props & PROP_ACC))
            add_source(out, reg, PIPE_READ_DATA);
    }
    /* The offset of the post-index forms; 31 stands for an immediate. */
    if (bit(insn, 23) && bits(insn, 20, 16) != 31)
        add_source(out, (unsigned)bits(insn, 20, 16), PIPE_READ_ADDRESS);
}

static void add_vector_dest(struct pipe_insn *out, uint32_t insn, unsigned field, unsigned props)
{
    add_dest(out, PIPE_REG_V + field, false);
    if ((props & PROP_ACC) || ((props & PROP_UPPER) && bit(insn, 30) && !bit(insn, 28)))
        add_source(out, PIPE_REG_V + field, PIPE_READ_ACC);
}

/* Whether the encoding has a field of that kind. */
static bool applies(enum role_kind kind, uint32_t insn)
{
    switch (kind) {
    case ROLE_NONE:
        return false;
    case ROLE_VZ:
        return !bit(insn, 3);
    case ROLE_D2:
    case ROLE_S2:
        return bit(insn, 21);
    case ROLE_STATUS:
        return !bit(insn, 23);
    default:
        return true;
    }
}

static void add_general_role(struct pipe_insn *out, const struct role *r, unsigned field, unsigned read)
{
    switch ((enum role_kind)r->kind) {
    case ROLE_D:
    case ROLE_D2:
    case ROLE_STATUS:
        if (field != 31)
            add_dest(out, field, false);
        break;
    case ROLE_PD:
        add_dest(out, field, false);
        break;
    case ROLE_S:
    case ROLE_S2:
        if (field != 31)
            add_source(out, field, read);
        break;
    case ROLE_P:
        add_source(out, field, read);
        break;
    case ROLE_DPAIR:
        add_dest(out, field, false);
        add_dest(out, field + 1, false);
        break;
    case ROLE_SPAIR:
        add_source(out, field, read);
        add_source(out, field + 1, read);
        break;
    default:
        break;
    }
}

static void add_vector_role(struct pipe_insn *out, uint32_t insn, const struct role *r, unsigned field,
                            unsigned read, unsigned props)
{
    switch ((enum role_kind)r->kind) {
    case ROLE_V:
        add_vector_dest(out, insn, field, props);
        break;
    case ROLE_VS:
    case ROLE_VZ:
        add_source(out, PIPE_REG_V + field, read);
        break;
    case ROLE_VS4:
        add_source(out, PIPE_REG_V + (field & 15), read);
        break;
    case ROLE_VT:
        if (bit(insn, 22))
            add_dest(out, PIPE_REG_V + field, false);
        else
            add_source(out, PIPE_REG_V + field, read);
        break;
    case ROLE_VLIST:
        add_list(out, insn, field, props);
        break;
    default:
        break;
    }
}

static void add_role(struct pipe_insn *out, uint32_t insn, const struct role *r, unsigned props)
{
    unsigned field = (unsigned)bits(insn, r->lo + 4u, r->lo);
    unsigned read = r->read == PIPE_READ_PLAIN && (props & PROP_FACTOR) ? PIPE_READ_FACTOR : r->read;

    if (!applies((enum role_kind)r->kind, insn))
        return;
    add_general_role(out, r, field, read);
    add_vector_role(out, insn, r, field, read, props);
}

/* PRFM's base and offset; the literal form has none. */
static void add_prefetch(struct pipe_insn *out, uint32_t insn)
{
    if (bits(insn, 29, 27) != 7)
        return;
    add_source(out, (unsigned)bits(insn, 9, 5), PIPE_READ_ADDRESS);
    if (!bit(insn, 24) && bit(insn, 21) && bits(insn, 20, 16) != 31)
        add_source(out, (unsigned)bits(insn, 20, 16), PIPE_READ_ADDRESS);
}

/* What no format says: TBL's other table registers, flags, written-back bases, implied registers. */
static void add_special(struct pipe_insn *out, uint32_t insn)
{
    if (out->insn_class == INSN_PREFETCH)
        add_prefetch(out, insn);
    if ((insn & 0xbfe08c00) == 0x0e000000)
        for (unsigned i = 1; i <= bits(insn, 14, 13); i++)
            add_source(out, PIPE_REG_V + (unsigned)(bits(insn, 9, 5) + i) % 32, PIPE_READ_PLAIN);
    if (MATCHES(base_written, insn))
        add_dest(out, (unsigned)bits(insn, 9, 5), true);
    if (MATCHES(flags_read, insn))
        add_source(out, PIPE_REG_NZCV, PIPE_READ_FLAGS);
    if (MATCHES(flags_written, insn))
        add_dest(out, PIPE_REG_NZCV, false);
    for (unsigned i = 0; i < sizeof(implied) / sizeof(implied[0]); i++) {
        if ((insn & implied[i].on.mask) != implied[i].on.value)
            continue;
        if (implied[i].dest != NO)
            add_dest(out, implied[i].dest, false);
        for (unsigned j = 0; j < 2; j++)
            if (implied[i].source[j] != NO)
                add_source(out, implied[i].source[j], PIPE_READ_FLAGS);
    }
}

/* The class of the encoding: of a line that has vectors of 64 and 128 bits, by Q (bit 30; bit 28 is set in
 * scalar forms); additions of LSL are cheap on some cores up to #4; EXTR of one register is a rotation. */
static unsigned class_of(uint32_t insn, const struct a64_info *info)
{
    unsigned k = info->insn_class;

    if (k == INSN_ALU_LSL && bits(insn, 15, 10) > 4)
        return INSN_ALU_SHIFT;
    if ((k == INSN_EXTR || k == INSN_EXTR64) && bits(insn, 9, 5) == bits(insn, 20, 16))
        return INSN_SHIFT;
    if ((properties[k] & PROP_Q) && bit(insn, 30) && !bit(insn, 31) && !bit(insn, 28))
        return k + 1;
    return k;
}

/* Whether it loads or stores: both when atomic; by L (bit 22) when exclusive. */
static void set_memory(struct pipe_insn *out, uint32_t insn, unsigned kind)
{
    static const uint64_t loads = BIT(KIND_LOAD) | BIT(KIND_LOAD_PAIR) | BIT(KIND_LOAD_FP) |
                                  BIT(KIND_LOAD_FP_PAIR) | BIT(KIND_LOAD_STRUCT) | BIT(KIND_ATOMIC);
    static const uint64_t stores = BIT(KIND_STORE) | BIT(KIND_STORE_PAIR) | BIT(KIND_STORE_FP) |
                                   BIT(KIND_STORE_FP_PAIR) | BIT(KIND_STORE_STRUCT) | BIT(KIND_ATOMIC);

    out->load = loads >> kind & 1;
    out->store = stores >> kind & 1;
    if (kind == KIND_EXCLUSIVE) {
        out->load = bit(insn, 22);
        out->store = !out->load;
    }
}

void pipe_insn_of(uint32_t insn, unsigned id, struct pipe_insn *out)
{
    const struct a64_info *info = a64_info(id);
    unsigned props;

    *out = (struct pipe_insn){ .insn_class = (uint8_t)class_of(insn, info) };
    props = properties[out->insn_class];
    set_memory(out, insn, info->kind);
    if (id == A64_UNALLOCATED)
        return;
    for (unsigned i = 0; i < ROLES_MAX && !(props & PROP_NOFIELD); i++)
        add_role(out, insn, &roles[info->format][i], props);
    add_special(out, insn);
}
