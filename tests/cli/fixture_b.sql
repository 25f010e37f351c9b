-- SPDX-License-Identifier: BSD-2-Clause
-- What makes another run of the ledger of fixture.sql: hypercalls of vm1.0 take 100 cycles more, its WFIs 2, the
-- traps of ICC_SGI1R_EL1 are gone, there are SMCs, and the switches from vm1.0 take 10 cycles more. Rows of traps are as they were.
BEGIN;
UPDATE run SET value = '1500000000' WHERE key = 'clock_hz';
CREATE TEMP TABLE slower(class, more);
INSERT INTO slower VALUES (1, 100), (5, 2);
UPDATE trap_agg SET
    cycles_sq = cycles_sq + more * (2.0 * (entry_cycles + handler_cycles + return_cycles) + count * more),
    handler_cycles = handler_cycles + count * more, cycles_min = cycles_min + more, cycles_max = cycles_max + more
    FROM slower s WHERE s.class = trap_agg.class;
UPDATE site_agg SET cycles = cycles + 10000 WHERE site = 1;
DELETE FROM trap_agg WHERE class = 9;
INSERT INTO cause VALUES (7, 'HCR_EL2.TSC', 'D24.2.53');
INSERT INTO trap_class VALUES (10, 2, 1, 2, 0, 23, 7, NULL);
INSERT INTO trap_agg(class, count, insns, entry_cycles, handler_cycles, return_cycles, idle_cycles, cycles_min,
    cycles_max, cycles_sq) VALUES (10, 50, 500, 50 * 22, 50 * 258, 50 * 20, 0, 300, 300, 50 * 300.0 * 300.0);
UPDATE switch_agg SET handler_cycles = handler_cycles + 600, cycles_sq = 60 * 1010.0 * 1010.0 WHERE class = 1;
COMMIT;
