-- SPDX-License-Identifier: BSD-2-Clause
-- A small complete ledger on top of libarmvsim/ledger/schema.sql: two VMs, nine classes of traps, two pairs
-- of world switches. Its numbers are made so that the tests can say what reports must show.
BEGIN;
PRAGMA application_id = 0x4156534c;
PRAGMA user_version = 2;
INSERT INTO run VALUES
    ('armvsim', '0.1.0'), ('board', 'virt,virtualization=on,gic-version=3'), ('clock_hz', '1200000000'),
    ('core', 'cortex-a53'), ('core_title', 'Arm Cortex-A53'), ('cycles', '12000000'), ('end', 'power-off'),
    ('exit_status', '0'), ('image', 'tiny.elf'), ('insns', '9876543'), ('pe_count', '1'), ('seed', '0'),
    ('status', 'complete'), ('timing', 'block');
INSERT INTO ec VALUES
    (1, 'WFX', 'trapped WFI or WFE'), (22, 'HVC', 'HVC instruction'),
    (24, 'SYSREG', 'trapped MSR, MRS or system instruction'),
    (36, 'DABT_LOWER', 'data abort from a lower Exception level');
INSERT INTO reg_class VALUES
    (0, 'gp', 'general-purpose registers X0-X30'), (1, 'fpsimd', 'FP/SIMD registers Q0-Q31'),
    (3, 'special', 'PSTATE fields, stack pointers, ELR and SPSR of the current context'),
    (4, 'thread', 'software thread ID registers'), (5, 'fp', 'FP/SIMD control and status'),
    (6, 'el1_system', 'EL1 system control, translation and exception registers'),
    (7, 'el2_config', 'EL2 configuration and trap controls'),
    (8, 'el2_vm', 'EL2 virtual memory: stage 2 and EL2 translation'),
    (10, 'vgic_control', 'virtual GIC interface control'), (11, 'list_register', 'virtual GIC list registers'),
    (13, 'timer', 'Generic Timer');
INSERT INTO register VALUES
    (0, 'X0', 0), (64, 'ID_AA64PFR0_EL1', 2), (65, 'ID_AA64MMFR0_EL1', 2), (66, 'ICC_SGI1R_EL1', 12),
    (67, 'TPIDR_EL0', 4), (68, 'SCTLR_EL1', 6);
INSERT INTO context VALUES (1, 'host', 0, 0, 0, 0), (2, 'vm1.0', 0, 1, 0, 1), (3, 'vm2.0', 0, 2, 0, 2);
INSERT INTO cause VALUES
    (1, 'HVC', NULL), (2, 'HCR_EL2.IMO', 'D1.3.6'), (3, 'HCR_EL2.TWI', 'D24.2.53'), (4, 'HCR_EL2.TID3', 'D24.2.53'),
    (5, 'stage 2 translation', 'D8.2'), (6, 'ICH_HCR_EL2.TALL1', 'D24.9');
INSERT INTO site(id, pc, symbol, offset, insn, text, file, line) VALUES
    (1, 0x40081000, 'guest_yield', 16, 0xd4000002, 'hvc #0', 'guest.c', 34),
    (2, 0x40081100, 'uart_putc', 8, 0xb9000001, 'str w1, [x0]', 'uart.c', 12),
    (3, 0x40081200, NULL, NULL, 0xd503207f, 'wfi', NULL, NULL);
INSERT INTO place VALUES
    (1, 0x40080400, 'vectors', 1024, 'vectors.S', 20), (2, 0x40080abc, 'exit_vm', 60, 'switch.S', 88);
-- id, context, from_el, to_el, type, ec, cause, register.
INSERT INTO trap_class VALUES
    (1, 2, 1, 2, 0, 22, 1, NULL), (2, 3, 1, 2, 0, 22, 1, NULL), (3, 2, 1, 2, 1, NULL, 2, NULL),
    (4, 2, 0, 2, 1, NULL, 2, NULL), (5, 2, 1, 2, 0, 1, 3, NULL), (6, 2, 1, 2, 0, 24, 4, 64),
    (7, 3, 1, 2, 0, 24, 4, 65), (8, 2, 1, 2, 0, 36, 5, NULL), (9, 3, 1, 2, 0, 24, 6, 66);
-- Each class has 100 traps of lengths base, base + step, ..., base + 99 * step.
CREATE TEMP TABLE shape(class, base, step);
INSERT INTO shape VALUES
    (1, 1000, 2), (2, 1000, 2), (3, 2000, 40), (4, 2500, 40), (5, 900, 1), (6, 210, 1), (7, 260, 0), (8, 700, 5),
    (9, 420, 3);
CREATE TEMP TABLE n AS
    WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < 99) SELECT i FROM c;
INSERT INTO trap_hist
    SELECT class, base + i * step, base + i * step, COUNT(*) FROM shape, n GROUP BY class, base + i * step;
INSERT INTO trap_agg(class, count, insns, entry_cycles, handler_cycles, return_cycles, idle_cycles,
    cycles_min, cycles_max, cycles_sq)
    SELECT class, 100, 100 * 50, 100 * 22, SUM(base + i * step) - 100 * 42, 100 * 20, 0, MIN(base + i * step),
           MAX(base + i * step), SUM(1.0 * (base + i * step) * (base + i * step))
    FROM shape, n GROUP BY class;
-- Class 1 has long save and restore phases.
UPDATE trap_agg SET save_cycles = CASE class WHEN 1 THEN 10000 ELSE 1000 END,
    restore_cycles = CASE class WHEN 1 THEN 12000 ELSE 2000 END;
INSERT INTO after_agg VALUES (1, 40, 100, 200, 10, 50, 20, 5495), (3, 10, 20, 30, 4, 5, 6, 3980);
INSERT INTO site_agg VALUES (1, 200, 219800, 1000, 1198), (2, 100, 94750, 700, 1195), (3, 100, 94950, 900, 999);
INSERT INTO trap(id, pe, parent, class, site, iss, va, ipa, entry_insn, entry_cycle, insns, entry_cycles,
    handler_cycles, return_cycles, idle_cycles, ret_el, ret_delta, state, world_switch, save_cycles,
    restore_cycles, vector, eret)
    SELECT i + 1, 0, NULL, 1, 1, 0, NULL, NULL, i * 1000, i * 2000, 50, 22, 1000 + i * 2 - 42, 20, 0, 1, 4, 0,
           CASE i WHEN 0 THEN 1 END, 100, 120, 1, 2
    FROM n;
INSERT INTO trap_after VALUES (1, 3, 5, 1, 2, 1, 90);
-- World switches: 60 and 40, of which the second kind is slower and leaks TPIDR_EL0.
INSERT INTO state_set(id, el, saved, restored, leaked) VALUES (1, 1, 90, 92, 0), (2, 1, 90, 91, 1);
INSERT INTO state_set_class(state_set, class, saved, restored, leaked, save_cycles, restore_cycles) VALUES
    (1, 0, 31, 31, 0, 32, 32), (1, 1, 32, 32, 0, 64, 64), (1, 6, 14, 14, 0, 28, 70), (1, 8, 0, 1, 0, 0, 5),
    (1, 10, 3, 3, 0, 54, 60), (1, 11, 4, 4, 0, 72, 80), (1, 13, 6, 7, 0, 54, 63),
    (2, 0, 31, 31, 0, 32, 32), (2, 1, 32, 32, 0, 64, 64), (2, 4, 0, 0, 1, 0, 0), (2, 6, 14, 14, 0, 28, 70),
    (2, 8, 0, 1, 0, 0, 5), (2, 10, 3, 3, 0, 54, 60), (2, 11, 4, 4, 0, 72, 80), (2, 13, 6, 6, 0, 54, 54);
INSERT INTO state_set_reg(state_set, register, saved, restored, leaked) VALUES (1, 68, 1, 1, 0), (2, 67, 0, 0, 1), (2, 68, 1, 1, 0);
-- SCTLR_EL1 is saved unchanged in all switches, and had not even been read before those of the first kind.
UPDATE state_set_reg SET unchanged = register = 68, needless = register = 68 AND state_set = 1;
UPDATE state_set_class SET unchanged = class = 6, needless = class = 6 AND state_set = 1;
UPDATE state_set SET unchanged = 1, needless = id = 1;
INSERT INTO switch_class VALUES (1, 2, 3, 1), (2, 3, 2, 2);
INSERT INTO switch_agg(class, count, insns, entry_cycles, handler_cycles, return_cycles, idle_cycles,
    cycles_min, cycles_max, cycles_sq) VALUES
    (1, 60, 60 * 312, 60 * 22, 60 * 958, 60 * 20, 0, 1000, 1000, 60e6),
    (2, 40, 40 * 330, 40 * 22, 40 * 1158 + 4000, 40 * 20, 4000, 1100, 1500, 70e6);
INSERT INTO switch_hist VALUES (1, 1000, 1000, 60), (2, 1100, 1100, 10), (2, 1300, 1350, 28), (2, 1500, 1500, 2);
INSERT INTO world_switch(id, pe, trap, class, entry_insn, entry_cycle, insns, entry_cycles,
    handler_cycles, return_cycles, idle_cycles) VALUES (1, 0, 1, 1, 0, 0, 312, 22, 958, 20, 0);
INSERT INTO virq_stage VALUES (0, 'inject', 'from here to there'), (1, 'enter', '...'), (2, 'acknowledge', '...'),
    (3, 'handle', 'from the ack to the completion'), (4, 'maintain', '...'), (5, 'respond', '...'), (6, 'live', '...');
INSERT INTO virq(id, pe, context, vintid, pintid, lr_cycle, ack_cycle, eoi_cycle)
    SELECT i + 1, 0, 2, 27, NULL, i * 5000, i * 5000 + 100 + i, i * 5000 + 400 + i FROM n WHERE i < 50;
INSERT INTO virq(id, pe, context, vintid, pintid, lr_cycle, ack_cycle, eoi_cycle)
    SELECT i + 1, 0, 3, 27, 27, i * 5000, NULL, NULL FROM n WHERE i BETWEEN 50 AND 51;
INSERT INTO el_time VALUES
    (0, 2, 1, 3000000, 2000000, 0), (0, 1, 2, 5000000, 4000000, 0), (0, 0, 2, 1000000, 876543, 0),
    (0, 1, 3, 3000000, 3000000, 500000);
INSERT INTO exception_count VALUES (1, 2, 0, 22, 200);
INSERT INTO counter VALUES (0, 'exception', 'exceptions taken', 900), (0, 'l1d_access', 'accesses to L1D *', 1000),
    (0, 'l1d_refill', 'misses of L1D *', 50), (0, 'mmio', 'device accesses', 0);
COMMIT;
