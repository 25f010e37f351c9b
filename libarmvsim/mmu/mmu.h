/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file mmu.h
 * Two-stage address translation (DDI 0487, chapter D8). A translation context holds everything that a walk
 * depends on, taken from the system registers once; the modelled TLB holds the results under their
 * architectural tags (regime, Security state, VMID, ASID), so a result outlives the registers that made it
 * until it is invalidated or evicted, as on hardware.
 */
#pragma once

#include "core/pe.h"
#include "mmu/fault.h"

/* Translation regimes (D8.1.2). */
enum regime { REGIME_EL10, REGIME_EL20, REGIME_EL2, REGIME_EL3 };

enum mmu_access {
    MMU_READ = 0,
    MMU_WRITE = 1,
    MMU_FETCH = 2,
    MMU_RW = 3, /* Atomic: needs both; a fault reports as AArch64.DataAbort says (WnR by what failed). */
};

/* The registers and state that decide a translation. Two contexts with equal keys are the same. */
struct mmu_key {
    uint64_t ttbr0, ttbr1, tcr, sctlr, mair; /* Of the regime's stage 1; only bits that matter. */
    uint64_t vttbr, vtcr, hcr;               /* Stage 2; zero when it does not apply. */
    uint8_t regime;
    uint8_t secure;
    uint8_t el0;     /* Unprivileged access. */
    uint8_t pan;     /* PSTATE.PAN applies to this access. */
    uint8_t zero[4]; /* Keys are compared and hashed as words. */
};

struct mmu_ctx {
    struct mmu_key key;
    bool s1_on, s2_on;
    bool el0, priv, pan, wxn, align_check; /* align_check: SCTLR_ELx.A (and nAA later). */
    bool cache_data, cache_instr;          /* SCTLR_ELx.C and I, HCR_EL2.CD and ID: for timing alone. */
    bool two_ranges;                       /* The regime has TTBR1 (EL1&0, EL2&0). */
    uint16_t asid, vmid;                   /* As tags; 0 where the regime has none. */
    uint8_t tlb_tag;                       /* Regime and Security state, compared by the TLB. */
};

/* Memory type that matters to the engine: anything but Normal goes the device way. */
enum mem_type { MEM_NORMAL, MEM_DEVICE };

struct mmu_result {
    pa_t pa;
    ipa_t ipa;
    enum mem_type type;
    uint8_t attr;  /* MAIR-style attribute byte after combining stages; PAR_EL1.ATTR. */
    uint8_t sh;    /* Shareability, PAR_EL1.SH. */
    bool ns;       /* The output is in Non-secure address space. */
    bool readable; /* What else this entry allows in this context: for the fast TLB. */
    bool writable;
    bool guarded;   /* A guarded page (FEAT_BTI). */
    uint16_t owner; /* Modelled TLB entry, or FAST_OWNER_FLAT. */
};

/* Builds the context for accesses by `el` (0..3) in the current Security state, from the registers.
 * `el0_like` is for LDTR/STTR and AT S1E0*: unprivileged although el is not 0. */
void mmu_ctx_build(const struct pe *c, unsigned el, bool unpriv, bool pan, struct mmu_ctx *out);

/**
 * Translates one access that does not cross a 4 KiB boundary: looks the modelled TLB up, walks on a miss,
 * checks permissions. Returns false with *f filled on a fault. What a walk took is added to c->mmu->late,
 * for the caller to charge (mmu/charge.h). Alignment is the caller's (access.c).
 */
bool mmu_translate(struct pe *c, const struct mmu_ctx *x, va_t va, enum mmu_access acc,
                   struct mmu_result *r, struct mmu_fault *f);

/* Translates as mmu_translate() does for data accesses at the current EL, as a debugger's access through
 * the PE does (H2.4): from the same TLB, but at no cost, and uncounted. The address is in one 4 KiB page.
 */
bool mmu_debug_translate(struct pe *c, uint64_t va, bool write, struct mmu_result *r);

/* AT instructions: `op` is the sysreg id (SR_AT_S1E1R...). Writes PAR_EL1, or raises (external abort). */
bool mmu_at(struct pe *c, unsigned op, uint64_t va);
/* TLBI instructions, local and broadcast: `op` is the sysreg id (SR_TLBI_VMALLE1...). */
void mmu_tlbi(struct pe *c, unsigned op, uint64_t arg);

/* The contexts of the current EL: sets c->dctx and c->ictx. context.c keeps a cache by key. */
void mmu_select(struct pe *c);
/* A register that translation depends on was written: forget which context is current, keep the cache. */
void mmu_context_changed(struct pe *c);
/* Context of the current EL's data accesses; `unpriv` for LDTR/STTR. Valid until the next change. */
const struct mmu_ctx *mmu_data_ctx(struct pe *c, bool unpriv);
const struct mmu_ctx *mmu_fetch_ctx(struct pe *c);

/* Creation and end of c->mmu. */
struct mmu_state *mmu_state_new(struct pe *c); /* Sets c->dtlb and c->itlb too. */
void mmu_state_free(struct mmu_state *s);
/* The PE was reset: nothing is cached (our choice of what D8.17.1 leaves open). */
void mmu_reset(struct pe *c);
