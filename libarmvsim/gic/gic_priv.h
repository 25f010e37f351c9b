/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file gic_priv.h
 * State shared by the files of gic/ (IHI 0069). Interrupts live in words of 32: word 0 (SGIs and PPIs) is
 * in every PE's struct gic_cpu, words 1.. (SPIs) are in struct gic; all code works on words and does not
 * care.
 *
 *      inputs -> word: level/latch -> ready = pending & enable & ~active
 *             -> best: highest priority forwarded to a PE -> mask, preemption -> IRQ, FIQ
 *
 * LPIs (lpi.c) are a second source of `best`: INTIDs 8192.. never index a word.
 */
#pragma once

#include "core/event.h"
#include "core/machine.h"
#include "gic/gic.h"

/* Groups, numbered as their enables in GICD_CTLR. With one Security state GRP_1S does not occur. */
enum { GRP_0 = 0, GRP_1NS = 1, GRP_1S = 2, GRP_COUNT = 3 };

struct lpi;
struct its;

enum {
    INTID_SPI = 32,         /* The first. */
    INTID_MAINTENANCE = 25, /* PPI of the virtual interface. */
    INTID_SPECIAL = 1020,   /* The first special one. */
    INTID_SECURE = 1020,    /* Read by EL3: a Secure Group 1 interrupt is pending. */
    INTID_NONSECURE = 1021, /* Read by EL3: a Non-secure one is. */
    INTID_GROUP1 = 1022,    /* GICv2: a Group 1 interrupt is pending, and AckCtl is 0. */
    INTID_SPURIOUS = 1023,
    PRIO_BITS = 5, /* Implemented priority bits, physical and virtual; all of them preempt. */
    PRIO_MASK = 0xf8,
    PRIO_IDLE = 0xff, /* Nothing active, nothing pending. */
    PRIO_SHIFT = 3,   /* A priority's bit in the active priorities registers. */
    BPR_MIN = 2,      /* Of Group 0 and Secure Group 1; Non-secure Group 1 has one more. */
};

#define GICD_CTLR_GROUPS UINT32_C(7)
#define GICD_CTLR_ARE_S (UINT32_C(1) << 4)
#define GICD_CTLR_ARE_NS (UINT32_C(1) << 5)
#define GICD_CTLR_DS (UINT32_C(1) << 6)
#define GICD_CTLR_E1NWF (UINT32_C(1) << 7)

#define GIC_IIDR UINT32_C(0x43b) /* Implementer: Arm. */
#define IROUTER_IRM BIT(31)
#define AFFINITY_MASK (MASK(39, 32) | MASK(23, 0))

/* 32 interrupts. */
struct irq_word {
    uint32_t group, grpmod, enable, active;
    uint32_t latch;   /* Pending by an edge, a write or an SGI. */
    uint32_t level;   /* The input now. */
    uint32_t edge;    /* Edge-triggered: GICD_ICFGR. */
    uint64_t nsacr;   /* Two bits each. */
    uint8_t prio[32]; /* In the Secure view. */
};

/* The highest priority pending interrupt, or { INTID_SPURIOUS, PRIO_IDLE }. */
struct gic_irq {
    uint16_t intid;
    uint8_t prio, group;
};

/* What belongs to one PE. ICH_* registers are kept in c->sr[], where trap checks and dumps see them. */
struct gic_cpu {
    struct gic *g;
    struct pe *c;
    uint32_t signalled;   /* The physical interrupt that the lines stand for; INTID_SPURIOUS: none. */
    struct irq_word priv; /* SGIs and PPIs. */
    struct lpi *lpi;      /* NULL without LPIs. */
    struct gic_irq best;
    bool asleep;      /* GICR_WAKER.ProcessorSleep, and ChildrenAsleep, which follows at once. */
    uint32_t statusr; /* GICR_STATUSR */

    /* Physical CPU interface. */
    uint8_t pmr;
    uint8_t igrpen; /* BIT(group) */
    uint8_t bpr[GRP_COUNT];
    uint32_t apr[GRP_COUNT];
    uint32_t ctlr[2];  /* ICC_CTLR_EL1's CBPR and EOImode: [0] Non-secure, [1] Secure. */
    uint32_t ctlr_el3; /* ICC_CTLR_EL3's EOImode_EL3 and RM. */

    /* GICv2 alone. GICC_CTLR's enables and CBPR are in igrpen and ctlr[0] too, where all code looks. */
    uint32_t gicc_ctlr; /* In the Secure layout. */
    uint8_t
        sgi_sources[16]; /* The PEs that an SGI is pending from; priv.latch says whether there are any. */

    /* Virtual interface: bit n for ICH_LR<n>_EL2, following every change of a list register. */
    uint16_t lr_pending; /* Pending, and not active. */
    uint16_t lr_active;  /* Active, or active and pending. */
    uint16_t lr_valid;
    uint16_t lr_eoi;  /* ICH_EISR_EL2: ended, and maintenance asked for. */
    bool virt_dirty;  /* The virtual lines are to be recomputed before the PE leaves EL2. */
    bool maintenance; /* Level of the maintenance interrupt. */

    uint32_t asserted; /* Lines to the PE; with signal_cycles not all of them have arrived. */
    struct event signal;
};

/* signal.c */
void signal_init(struct gic_cpu *k);
void signal_remove(struct gic_cpu *k);
/* Drives those of the PE's interrupt inputs that are in `mask`. */
void signal_lines(struct gic_cpu *k, uint32_t mask, uint32_t lines);

struct gic {
    struct avs_machine *m;
    struct gic_config cfg;
    unsigned word_count; /* Word 0 included. */
    uint32_t ctlr, statusr;
    uint32_t spi_ready;     /* Words with anything ready. */
    bool one_of_n;          /* Some SPI is routed to any PE. */
    struct irq_word *words; /* words[0] is not used. */
    uint64_t *route;        /* GICD_IROUTER by INTID; GICv2: GICD_ITARGETSR. */
    struct its *its;        /* NULL without. */
    struct gic_cpu cpu[];
};

static inline bool intid_is_special(uint64_t intid)
{
    return intid >= INTID_SPECIAL && intid <= INTID_SPURIOUS;
}

static inline bool gic_ds(const struct gic *g)
{
    return g->ctlr & GICD_CTLR_DS;
}

static inline unsigned gic_irq_count(const struct gic *g)
{
    return g->word_count * 32;
}

static inline struct irq_word *gic_word(struct gic *g, struct gic_cpu *k, unsigned word)
{
    return word ? &g->words[word] : &k->priv;
}

static inline uint32_t word_pending(const struct irq_word *w)
{
    return w->latch | (w->level & ~w->edge);
}

static inline uint32_t word_ready(const struct irq_word *w)
{
    return word_pending(w) & w->enable & ~w->active;
}

/* gic.c: the state of interrupts and the choice of the highest priority pending one. */
unsigned gic_irq_group(const struct gic *g, const struct irq_word *w, unsigned n);
void gic_word_changed(struct gic *g, struct gic_cpu *k, unsigned word);
void gic_lpi_changed(struct gic_cpu *k);
void gic_groups_changed(struct gic *g, struct gic_cpu *k); /* k NULL: for every PE. */
bool gic_forwards(const struct gic *g, const struct gic_cpu *k, unsigned group);
void gic_activate(struct gic_cpu *k, unsigned intid);
void gic_deactivate(struct gic_cpu *k, unsigned intid);
void gic_set_input(struct gic *g, struct gic_cpu *k, unsigned intid, bool level);
void gic_latch(struct gic *g, struct gic_cpu *k, unsigned intid, bool pending);

/* gicreg.c: register frames as data. One access to one register, as its functions see it. */
struct gic_access {
    struct gic *g;
    struct gic_cpu *cpu;  /* Of a redistributor frame; NULL in the distributor's. GICv2: who accesses. */
    struct irq_word *w;   /* Registers with fields per INTID: the word, */
    unsigned word, first; /*   its number, the first INTID in it, */
    uint32_t mask;        /*   and the INTIDs that this access may see. */
    uint32_t off;         /* Within the register group. */
    unsigned size;
    bool secure;       /* A Secure access, or security is disabled. */
    uint32_t *statusr; /* Of a frame that is neither's. */
};

struct gic_reg {
    uint32_t offset, length;
    uint8_t bits;  /* Per INTID; 0 for a register of the frame itself. */
    uint8_t sizes; /* Sizes of access, or-ed. */
    uint8_t nsacr; /* GICD_NSACR value that opens it to Non-secure accesses; 0 when none does. */
    uint64_t (*read)(const struct gic_access *a);            /* NULL: write-only. */
    void (*write)(const struct gic_access *a, uint64_t val); /* NULL: read-only. */
};

/* A frame: its own registers, then those of interrupts at the same offsets in every frame. */
struct gic_frame {
    const char *name;
    const struct gic_reg *regs;
    unsigned count;
    bool has_irqs;
};

extern const struct gic_reg gic_irq_regs[];
extern const unsigned gic_irq_reg_count;
uint64_t gic_frame_read(const struct gic_frame *f, struct gic_access *a, uint32_t off);
void gic_frame_write(const struct gic_frame *f, struct gic_access *a, uint32_t off, uint64_t val);
uint32_t gic_access_mask(const struct gic *g, const struct irq_word *w, bool secure, unsigned nsacr);
bool gic_access_secure(const struct gic *g, const struct pe *c);
uint64_t gic_id_read(const struct gic_access *a, uint8_t pidr0);

/* cpuif.c: drives IRQ and FIQ of a PE from `best` and the CPU interface. */
void cpuif_reset(struct gic_cpu *k);
void cpuif_update(struct gic_cpu *k);
uint8_t cpuif_running(const struct gic_cpu *k);
unsigned cpuif_running_group(const struct gic_cpu *k);
bool cpuif_preempts(const struct gic_cpu *k);
void cpuif_acknowledge(struct gic_cpu *k);
void cpuif_drop(struct gic_cpu *k, unsigned group);

/* virtif.c: what both the hypervisor's (ICH_*) and the guest's (ICV_*) registers work on. */
void virtif_reset(struct gic_cpu *k);
void virtif_update(struct gic_cpu *k);
void virtif_changed(struct gic_cpu *k);
void virtif_set_vmcr(struct gic_cpu *k, uint64_t val);
void virtif_set_lr(struct gic_cpu *k, unsigned n, uint64_t val);
void virtif_write_lr(struct gic_cpu *k, unsigned n, uint64_t val);
void virtif_event(struct gic_cpu *k, unsigned event, unsigned n);
int virtif_best(const struct gic_cpu *k);
bool virtif_preempts(const struct gic_cpu *k, uint64_t lr);
uint8_t virtif_group_mask(const struct gic_cpu *k, bool group1);
uint8_t virtif_running(const struct gic_cpu *k);

/* vcpuif.c: what a guest's writes of ICV_EOIR, GICV_EOIR and their kin do. `source` is 0 but for GICv2's
 * SGIs. */
int vcpuif_find_active(const struct gic_cpu *k, unsigned vintid, unsigned source);
void vcpuif_end(struct gic_cpu *k, bool group1, unsigned vintid, unsigned source);
void vcpuif_deactivate(struct gic_cpu *k, unsigned vintid, unsigned source);

/* gicv2_dist.c: the way into every frame of a GICv2. */
void gicv2_reset_targets(struct gic *g);
bool gicv2_frame_read(const struct gic_frame *f, struct gic *g, struct pe *c, uint64_t off, unsigned size,
                      uint64_t *val);
bool gicv2_frame_write(const struct gic_frame *f, struct gic *g, struct pe *c, uint64_t off, unsigned size,
                       uint64_t val);

/* The group part of a priority under a binary point: bits <7:bpr+1> (IHI 0069, 4.8.2). */
static inline uint8_t prio_group_mask(unsigned bpr)
{
    return (uint8_t)(0xffU << (bpr + 1));
}

/* Highest active priority of an active priorities register. */
static inline uint8_t prio_active(uint32_t apr)
{
    unsigned prio = apr ? (unsigned)__builtin_ctz(apr) << PRIO_SHIFT : PRIO_IDLE;

    return (uint8_t)prio;
}

/* List registers: IHI 0069, ICH_LR<n>_EL2.
 *
 *   63 62  61   60   59 56  55      48  47 45  44      32  31     0
 *  +-----+----+-----+-----+-----------+------+-----------+---------+
 *  |State| HW |Group|  0  | Priority  |  0   |  pINTID   | vINTID  |   HW = 0: bit 41 is EOI,
 *  +-----+----+-----+-----+-----------+------+-----------+---------+   34:32 an SGI's source (GICv2)
 */
#define LR_PENDING BIT(62)
#define LR_ACTIVE BIT(63)
#define LR_STATE (LR_PENDING | LR_ACTIVE)
#define LR_HW BIT(61)
#define LR_GROUP1 BIT(60)
#define LR_EOI BIT(41)
#define LR_PRIO(lr) ((uint8_t)bits(lr, 55, 48))
#define LR_VINTID(lr) ((uint32_t)bits(lr, 15, 0))
#define LR_PINTID(lr) ((uint32_t)bits(lr, 44, 32))
#define LR_SOURCE(lr) (((lr)&LR_HW) || LR_VINTID(lr) >= 16 ? 0U : (unsigned)bits(lr, 34, 32))

#define ICH_HCR_EN BIT(0)
#define ICH_HCR_UIE BIT(1)
#define ICH_HCR_LRENPIE BIT(2)
#define ICH_HCR_NPIE BIT(3)
#define ICH_HCR_EOICOUNT MASK(31, 27)

#define VMCR_VENG0 BIT(0)
#define VMCR_VENG1 BIT(1)
#define VMCR_VACKCTL BIT(2) /* GICv2 alone. */
#define VMCR_VFIQEN BIT(3)
#define VMCR_VCBPR BIT(4)
#define VMCR_VEOIM BIT(9)

/* GICC_CTLR in the Secure layout; GICV_CTLR has the same, and so have VMCR's low bits. */
#define GICC_CTLR_ENABLE_GRP0 UINT32_C(1)
#define GICC_CTLR_ENABLE_GRP1 UINT32_C(2)
#define GICC_CTLR_ACKCTL UINT32_C(4)
#define GICC_CTLR_FIQEN UINT32_C(8)
#define GICC_CTLR_CBPR UINT32_C(0x10)
#define GICC_CTLR_BYPASS UINT32_C(0x1e0) /* FIQ and IRQ bypass disable: nothing to bypass here. */
#define GICC_CTLR_EOIMODE_S UINT32_C(0x200)
#define GICC_CTLR_EOIMODE_NS UINT32_C(0x400)
#define GICC_IIDR UINT32_C(0x0202143b) /* GIC-400 r0p1 */

#define ICC_CTLR_CBPR UINT32_C(1)
#define ICC_CTLR_EOIMODE UINT32_C(2)
#define ICC_CTLR_PRIBITS ((uint32_t)(PRIO_BITS - 1) << 8)
#define ICC_CTLR_A3V (UINT32_C(1) << 15)

static inline uint64_t *virtif_lr(const struct gic_cpu *k, unsigned n)
{
    return &k->c->sr[SR_ICH_LR0_EL2 + n];
}

/* The functions behind gicsys.def: `arg` is the row's. */
#define GICSYS_READ(name) uint64_t name(struct gic_cpu *k, unsigned arg);
#define GICSYS_WRITE(name) void name(struct gic_cpu *k, unsigned arg, uint64_t val);
#include "gic/gicsys.def"
