/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sysreg_table.h
 * sysreg.def as a constant table, and what sysreg_path.c prepares of it for one PE. Internal to arch/.
 */
#pragma once

#include <stddef.h>

#include "arch/sysreg_fn.h"
#include "arch/trap.h"

enum sysreg_feature {
#define SYSREG_FEATURE(name, expr, text) SRF_##name,
#include "arch/sysreg_feature.def"
#undef SYSREG_FEATURE
    SRF_COUNT
};

/* What an EL may do: bit 0 read, bit 1 write, bit 2 write when it is the highest EL. */
enum sysreg_access { SRA_NA, SRA_RO, SRA_WO, SRA_RW, SRA_RH = 5 };

enum sysreg_alias {
    SRL_SELF,
    SRL_E2H, /* At EL2 with HCR_EL2.E2H: `other`. */
    SRL_OF,  /* Another name of `other`, with HCR_EL2.E2H. */
};

struct sysreg_info {
    const char *name;
    const char *file; /* Where the line is. */
    uint16_t line;
    uint16_t enc;      /* SYSREG_ENC */
    uint8_t access[4]; /* enum sysreg_access by EL. */
    uint8_t class;     /* enum sysreg_class */
    uint8_t feature;   /* enum sysreg_feature */
    uint8_t alias;     /* enum sysreg_alias */
    uint8_t group;     /* enum trap_group */
    uint16_t other;
    uint64_t reset, mask;
    sysreg_read_fn *read;
    sysreg_write_fn *write;
};

extern const struct sysreg_info sysreg_table[SR_COUNT];

/* Fields of an encoding. */
static inline unsigned sysreg_op0(unsigned enc)
{
    return enc >> 14 & 3;
}

static inline unsigned sysreg_op1(unsigned enc)
{
    return enc >> 11 & 7;
}

static inline unsigned sysreg_crn(unsigned enc)
{
    return enc >> 7 & 15;
}

static inline unsigned sysreg_crm(unsigned enc)
{
    return enc >> 3 & 15;
}

static inline unsigned sysreg_op2(unsigned enc)
{
    return enc & 7;
}

/* More about a path than struct sysreg_path says. */
enum {
    SRP_GUARDED = 1 << 0,   /* A trap control may apply. */
    SRP_RES0 = 1 << 1,      /* A register of EL2 from EL3 without EL2. */
    SRP_NEEDS_EL2 = 1 << 2, /* From EL3: UNDEFINED unless EL2 is enabled. */
    SRP_NEEDS_E2H = 1 << 3, /* And unless HCR_EL2.E2H is set. */
    SRP_SECURE = 1 << 4,    /* From EL1: UNDEFINED in Non-secure state. */
    SRP_SP_EL0 = 1 << 5,    /* UNDEFINED when SP_EL0 is the stack pointer in use. */
    SRP_HOST_EL0 = 1 << 6,  /* From EL0 of a host: goes where EL2's access goes. */
    SRP_TRNDR = 1 << 7,     /* UNDEFINED unless SCR_EL3.TRNDR traps it. */
};

/* Everything of one PE, in one allocation; `path` comes first, for c->sr_path points to it. */
struct sysreg_tables {
    struct sysreg_path path[4 * 2 * SR_COUNT];
    uint8_t how[4 * 2 * SR_COUNT];
    struct trap_rule rules[4 * 2][TRAP_GROUP_COUNT][TRAP_GROUP_MAX];
    bool present[SR_COUNT];
    uint64_t wmask[SR_COUNT]; /* The table's mask, and the fields whose features are there. */
};

static inline struct sysreg_tables *sysreg_tables(const struct pe *c)
{
    return (struct sysreg_tables *)(void *)c->sr_path;
}

/* Whether a feature is there, for a register (members of arrays depend on their number). */
bool sysreg_feature(const struct pe *c, enum sysreg_feature f, unsigned id);

/* Looks a table over; false with the reason, which names the line, in `why`. */
bool sysreg_check_table(const struct sysreg_info *table, unsigned count, char *why, size_t len);
