/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sysreg_table.c
 * sysreg.def and sysreg_class.def as constant tables: names, encodings, classes, and the way from an
 * encoding to a register (DDI 0487, D23.3).
 */
#include "arch/sysreg_table.h"

/* Words of the columns of sysreg.def. */
enum { NA = SRA_NA, RO = SRA_RO, WO = SRA_WO, RW = SRA_RW, RH = SRA_RH };
#define SELF SRL_SELF, SR_NONE
#define E2H(reg) SRL_E2H, SR_##reg
#define OF(reg) SRL_OF, SR_##reg

/* The two values of the alias column. */
#define FIRST(...) FIRST_(__VA_ARGS__)
#define FIRST_(a, b) a
#define SECOND(...) SECOND_(__VA_ARGS__)
#define SECOND_(a, b) b

const struct sysreg_info sysreg_table[SR_COUNT] = {
#define SYSREG(name_, op0_, op1_, crn_, crm_, op2_, e0_, e1_, e2_, e3_, class_, feature_, reset_, mask_,   \
               alias_, read_, write_, group_)                                                              \
    [SR_##name_] = {                                                                                       \
        .name = #name_,                                                                                    \
        .file = __FILE__,                                                                                  \
        .line = __LINE__,                                                                                  \
        .enc = SYSREG_ENC(op0_, op1_, crn_, crm_, op2_),                                                   \
        .access = { e0_, e1_, e2_, e3_ },                                                                  \
        .class = SRC_##class_,                                                                             \
        .feature = SRF_##feature_,                                                                         \
        .alias = FIRST(alias_),                                                                            \
        .other = SECOND(alias_),                                                                           \
        .group = TRAP_GROUP_##group_,                                                                      \
        .reset = (uint64_t)(reset_),                                                                       \
        .mask = (uint64_t)(mask_),                                                                         \
        .read = sysreg_rd_##read_,                                                                         \
        .write = sysreg_wr_##write_,                                                                       \
    },
#include "arch/sysreg.def"
#undef SYSREG
};

/* By encoding: id + 1, 0 for none. A register that is in sysreg.def twice draws -Woverride-init. */
static const uint16_t by_encoding[1 << 16] = {
#define SYSREG(name, op0, op1, crn, crm, op2, ...) [SYSREG_ENC(op0, op1, crn, crm, op2)] = SR_##name + 1,
#include "arch/sysreg.def"
#undef SYSREG
};

static const struct {
    const char *name, *text;
} classes[SRC_COUNT] = {
#define SYSREG_CLASS(name, text) { #name, text },
#include "arch/sysreg_class.def"
#undef SYSREG_CLASS
};

unsigned sysreg_find(unsigned enc)
{
    unsigned found = enc < 1 << 16 ? by_encoding[enc] : 0;

    return found ? found - 1 : SR_NONE;
}

const char *sysreg_name(unsigned id)
{
    return id < SR_COUNT ? sysreg_table[id].name : "?";
}

unsigned sysreg_encoding(unsigned id)
{
    return id < SR_COUNT ? sysreg_table[id].enc : 0;
}

enum sysreg_class sysreg_class(unsigned id)
{
    return id < SR_COUNT ? (enum sysreg_class)sysreg_table[id].class : SRC_COUNT;
}

const char *sysreg_class_name(enum sysreg_class k)
{
    return k < SRC_COUNT ? classes[k].name : "?";
}

const char *sysreg_class_text(enum sysreg_class k)
{
    return k < SRC_COUNT ? classes[k].text : "?";
}
