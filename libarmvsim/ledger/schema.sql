-- SPDX-License-Identifier: BSD-2-Clause
-- The ledger's schema, a public interface: docs/schema.md describes every column. Tables hold integers and
-- dictionaries; the views join them back for people (the view trap the two tables of traps). Rows of trap_agg, trap_hist, after_agg, site_agg,
-- switch_agg, switch_hist, virq_agg, virq_hist, el_time, exception_count and code add up: one key may have
-- several rows.

CREATE TABLE run(key TEXT PRIMARY KEY NOT NULL, value TEXT) WITHOUT ROWID;

-- Dictionaries.
CREATE TABLE ec(id INTEGER PRIMARY KEY, name TEXT, meaning TEXT);
CREATE TABLE reg_class(id INTEGER PRIMARY KEY, name TEXT, meaning TEXT);
CREATE TABLE register(id INTEGER PRIMARY KEY, name TEXT, class INTEGER);
CREATE TABLE context(id INTEGER PRIMARY KEY, name TEXT, secure INTEGER, vmid INTEGER, vcpu INTEGER,
    vttbr INTEGER);
CREATE TABLE cause(id INTEGER PRIMARY KEY, name TEXT, section TEXT);
CREATE TABLE site(id INTEGER PRIMARY KEY, pc INTEGER, symbol TEXT, offset INTEGER, insn INTEGER,
    text TEXT, file TEXT, line INTEGER);
CREATE TABLE place(id INTEGER PRIMARY KEY, pc INTEGER, symbol TEXT, offset INTEGER, file TEXT,
    line INTEGER);
CREATE TABLE virq_stage(id INTEGER PRIMARY KEY, name TEXT, meaning TEXT);
CREATE TABLE trap_class(id INTEGER PRIMARY KEY, context INTEGER, from_el INTEGER, to_el INTEGER,
    type INTEGER, ec INTEGER, cause INTEGER, register INTEGER);
CREATE TABLE state_set(id INTEGER PRIMARY KEY, el INTEGER, saved INTEGER, restored INTEGER,
    leaked INTEGER, unchanged INTEGER, needless INTEGER);
CREATE TABLE state_set_class(state_set INTEGER, class INTEGER, saved INTEGER, restored INTEGER,
    leaked INTEGER, unchanged INTEGER, needless INTEGER, save_cycles INTEGER, restore_cycles INTEGER,
    PRIMARY KEY(state_set, class)) WITHOUT ROWID;
CREATE TABLE state_set_reg(state_set INTEGER, register INTEGER, saved INTEGER, restored INTEGER,
    leaked INTEGER, unchanged INTEGER, needless INTEGER, PRIMARY KEY(state_set, register)) WITHOUT ROWID;
CREATE TABLE switch_class(id INTEGER PRIMARY KEY, from_context INTEGER, to_context INTEGER,
    state_set INTEGER);

-- Events.
CREATE TABLE trap_shape(id INTEGER PRIMARY KEY, pe INTEGER, class INTEGER, site INTEGER, iss INTEGER,
    ret_el INTEGER, ret_delta INTEGER, state INTEGER, vector INTEGER, eret INTEGER, insns INTEGER,
    entry_cycles INTEGER, handler_cycles INTEGER, return_cycles INTEGER, idle_cycles INTEGER,
    save_cycles INTEGER, restore_cycles INTEGER);
CREATE TABLE trap_row(id INTEGER PRIMARY KEY, shape INTEGER, entry_insn INTEGER, entry_cycle INTEGER,
    va INTEGER, ipa INTEGER, parent INTEGER, world_switch INTEGER, insns INTEGER, entry_cycles INTEGER,
    handler_cycles INTEGER, return_cycles INTEGER, idle_cycles INTEGER, save_cycles INTEGER,
    restore_cycles INTEGER);
CREATE TABLE trap_after(trap INTEGER PRIMARY KEY, l1i INTEGER, l1d INTEGER, l2 INTEGER, utlb INTEGER,
    tlb INTEGER, cycles INTEGER);
CREATE TABLE world_switch(id INTEGER PRIMARY KEY, pe INTEGER, trap INTEGER, class INTEGER,
    entry_insn INTEGER, entry_cycle INTEGER, insns INTEGER, entry_cycles INTEGER, handler_cycles INTEGER,
    return_cycles INTEGER, idle_cycles INTEGER, save_cycles INTEGER, restore_cycles INTEGER);
CREATE TABLE virq(id INTEGER PRIMARY KEY, pe INTEGER, context INTEGER, vintid INTEGER, pintid INTEGER,
    lr_cycle INTEGER, ack_cycle INTEGER, eoi_cycle INTEGER, phys_cycle INTEGER, taken_cycle INTEGER,
    maint_cycle INTEGER);
CREATE TABLE code(context INTEGER, lo INTEGER, hi INTEGER);

-- Aggregates.
CREATE TABLE trap_agg(class INTEGER, count INTEGER, insns INTEGER, entry_cycles INTEGER,
    handler_cycles INTEGER, return_cycles INTEGER, idle_cycles INTEGER, cycles_min INTEGER,
    cycles_max INTEGER, cycles_sq REAL, save_cycles INTEGER, restore_cycles INTEGER);
CREATE TABLE after_agg(class INTEGER, traps INTEGER, l1i INTEGER, l1d INTEGER, l2 INTEGER, utlb INTEGER,
    tlb INTEGER, cycles INTEGER);
CREATE TABLE virq_agg(context INTEGER, vintid INTEGER, stage INTEGER, count INTEGER, cycles INTEGER,
    cycles_min INTEGER, cycles_max INTEGER);
CREATE TABLE virq_hist(context INTEGER, vintid INTEGER, stage INTEGER, lo INTEGER, hi INTEGER,
    count INTEGER);
CREATE TABLE trap_hist(class INTEGER, lo INTEGER, hi INTEGER, count INTEGER);
CREATE TABLE switch_agg(class INTEGER, count INTEGER, insns INTEGER, entry_cycles INTEGER,
    handler_cycles INTEGER, return_cycles INTEGER, idle_cycles INTEGER, cycles_min INTEGER,
    cycles_max INTEGER, cycles_sq REAL, save_cycles INTEGER, restore_cycles INTEGER);
CREATE TABLE switch_hist(class INTEGER, lo INTEGER, hi INTEGER, count INTEGER);
CREATE TABLE site_agg(site INTEGER, count INTEGER, cycles INTEGER, cycles_min INTEGER,
    cycles_max INTEGER);
CREATE TABLE el_time(pe INTEGER, el INTEGER, context INTEGER, cycles INTEGER, insns INTEGER,
    idle_cycles INTEGER);
CREATE TABLE exception_count(from_el INTEGER, to_el INTEGER, type INTEGER, ec INTEGER, count INTEGER);
CREATE TABLE counter(pe INTEGER, name TEXT, meaning TEXT, value INTEGER, PRIMARY KEY(pe, name))
    WITHOUT ROWID;

-- Views: traps.
-- Traps as they are stored, put together; rows can be inserted.
CREATE VIEW trap AS
SELECT r.id, s.pe, r.parent, s.class, s.site, s.iss, r.va, r.ipa, r.entry_insn, r.entry_cycle,
       COALESCE(r.insns, s.insns) AS insns, COALESCE(r.entry_cycles, s.entry_cycles) AS entry_cycles,
       COALESCE(r.handler_cycles, s.handler_cycles) AS handler_cycles,
       COALESCE(r.return_cycles, s.return_cycles) AS return_cycles,
       COALESCE(r.idle_cycles, s.idle_cycles) AS idle_cycles, s.ret_el, s.ret_delta, s.state, r.world_switch,
       COALESCE(r.save_cycles, s.save_cycles) AS save_cycles,
       COALESCE(r.restore_cycles, s.restore_cycles) AS restore_cycles, s.vector, s.eret
FROM trap_row r JOIN trap_shape s ON s.id = r.shape;

CREATE TRIGGER trap_insert INSTEAD OF INSERT ON trap BEGIN
    INSERT INTO trap_shape(pe, class, site, iss, ret_el, ret_delta, state, vector, eret)
    VALUES (NEW.pe, NEW.class, NEW.site, NEW.iss, NEW.ret_el, NEW.ret_delta, NEW.state, NEW.vector, NEW.eret);
    INSERT INTO trap_row
    VALUES (NEW.id, last_insert_rowid(), NEW.entry_insn, NEW.entry_cycle, NEW.va, NEW.ipa, NEW.parent,
            NEW.world_switch, NEW.insns, NEW.entry_cycles, NEW.handler_cycles, NEW.return_cycles,
            NEW.idle_cycles, NEW.save_cycles, NEW.restore_cycles);
END;

CREATE VIEW v_trap_class AS
SELECT k.id AS class, x.name AS context, k.from_el, k.to_el,
       CASE k.type WHEN 0 THEN 'sync' WHEN 1 THEN 'irq' WHEN 2 THEN 'fiq' ELSE 'serror' END AS type,
       k.ec, e.name AS ec_name, c.name AS cause, c.section, r.name AS register
FROM trap_class k JOIN context x ON x.id = k.context JOIN cause c ON c.id = k.cause
     LEFT JOIN ec e ON e.id = k.ec LEFT JOIN register r ON r.id = k.register;

CREATE VIEW v_trap AS
SELECT t.id, t.pe, t.parent, k.context, k.from_el, k.to_el, k.type, k.ec, k.ec_name, k.cause, k.section,
       k.register, t.iss, printf('0x%x', s.pc) AS pc, s.symbol, s.offset, printf('0x%08x', s.insn) AS insn,
       s.text, s.file, s.line,
       CASE WHEN t.va IS NOT NULL THEN printf('0x%x', t.va) END AS va,
       CASE WHEN t.ipa IS NOT NULL THEN printf('0x%x', t.ipa) END AS ipa,
       t.entry_insn, t.entry_cycle, t.entry_insn + t.insns AS exit_insn,
       t.entry_cycle + t.entry_cycles + t.handler_cycles + t.return_cycles AS exit_cycle, t.insns,
       t.entry_cycles + t.handler_cycles + t.return_cycles AS cycles,
       t.entry_cycles, t.handler_cycles, t.return_cycles, t.idle_cycles, t.save_cycles, t.restore_cycles,
       v.symbol AS vector_symbol, v.offset AS vector_offset, v.file AS vector_file, v.line AS vector_line,
       x.symbol AS eret_symbol, x.offset AS eret_offset, x.file AS eret_file, x.line AS eret_line,
       a.l1i AS after_l1i, a.l1d AS after_l1d, a.l2 AS after_l2, a.utlb AS after_utlb, a.tlb AS after_tlb,
       a.cycles AS after_cycles, t.ret_el,
       CASE WHEN t.ret_delta IS NOT NULL THEN printf('0x%x', s.pc + t.ret_delta) END AS ret_pc,
       CASE t.state WHEN 0 THEN 'complete' WHEN 1 THEN 'abandoned' ELSE 'unfinished' END AS state,
       t.world_switch
FROM trap t JOIN v_trap_class k ON k.class = t.class JOIN site s ON s.id = t.site
     LEFT JOIN place v ON v.id = t.vector LEFT JOIN place x ON x.id = t.eret
     LEFT JOIN trap_after a ON a.trap = t.id;

CREATE VIEW v_trap_hist AS
SELECT k.context, k.cause, k.register, h.lo, h.hi, SUM(h.count) AS count
FROM trap_hist h JOIN v_trap_class k ON k.class = h.class
GROUP BY k.context, k.cause, k.register, h.lo, h.hi;

CREATE VIEW v_trap_agg AS
SELECT k.context, k.from_el, k.to_el, k.type, k.ec, k.ec_name, k.cause, k.section, k.register,
       SUM(a.count) AS count, SUM(a.insns) AS insns,
       SUM(a.entry_cycles + a.handler_cycles + a.return_cycles) AS cycles,
       SUM(a.entry_cycles) AS entry_cycles, SUM(a.handler_cycles) AS handler_cycles,
       SUM(a.return_cycles) AS return_cycles, SUM(a.idle_cycles) AS idle_cycles,
       SUM(a.save_cycles) AS save_cycles, SUM(a.restore_cycles) AS restore_cycles,
       MIN(a.cycles_min) AS cycles_min, MAX(a.cycles_max) AS cycles_max, SUM(a.cycles_sq) AS cycles_sq
FROM trap_agg a JOIN v_trap_class k ON k.class = a.class
GROUP BY k.context, k.from_el, k.to_el, k.type, k.ec, k.ec_name, k.cause, k.section, k.register;

CREATE VIEW v_trap_by_cause AS
WITH h AS (SELECT cause, hi, SUM(count) AS n FROM v_trap_hist GROUP BY cause, hi),
     c AS (SELECT cause, hi, SUM(n) OVER (PARTITION BY cause ORDER BY hi) AS upto,
                  SUM(n) OVER (PARTITION BY cause) AS n FROM h),
     q AS (SELECT cause, MIN(hi) FILTER (WHERE upto * 100 >= n * 50) AS p50,
                  MIN(hi) FILTER (WHERE upto * 100 >= n * 95) AS p95,
                  MIN(hi) FILTER (WHERE upto * 100 >= n * 99) AS p99 FROM c GROUP BY cause),
     a AS (SELECT cause, section, SUM(count) AS count, SUM(insns) AS insns, SUM(cycles) AS cycles,
                  SUM(entry_cycles) AS entry_cycles, SUM(handler_cycles) AS handler_cycles,
                  SUM(return_cycles) AS return_cycles, SUM(idle_cycles) AS idle_cycles,
                  MIN(cycles_min) AS cycles_min, MAX(cycles_max) AS cycles_max
           FROM v_trap_agg GROUP BY cause, section)
SELECT a.cause, a.section, a.count, a.cycles, 1.0 * a.cycles / SUM(a.cycles) OVER () AS share,
       1.0 * a.cycles / a.count AS mean, a.cycles_min AS min, q.p50, q.p95, q.p99, a.cycles_max AS max,
       1.0 * a.insns / a.count AS mean_insns, 1.0 * a.entry_cycles / a.count AS mean_entry,
       1.0 * a.handler_cycles / a.count AS mean_handler, 1.0 * a.return_cycles / a.count AS mean_return,
       1.0 * a.idle_cycles / a.count AS mean_idle
FROM a JOIN q ON q.cause = a.cause ORDER BY a.cycles DESC, a.cause;

CREATE VIEW v_trap_by_register AS
WITH h AS (SELECT register, hi, SUM(count) AS n FROM v_trap_hist WHERE register IS NOT NULL
           GROUP BY register, hi),
     c AS (SELECT register, hi, SUM(n) OVER (PARTITION BY register ORDER BY hi) AS upto,
                  SUM(n) OVER (PARTITION BY register) AS n FROM h),
     q AS (SELECT register, MIN(hi) FILTER (WHERE upto * 100 >= n * 50) AS p50,
                  MIN(hi) FILTER (WHERE upto * 100 >= n * 95) AS p95,
                  MIN(hi) FILTER (WHERE upto * 100 >= n * 99) AS p99 FROM c GROUP BY register),
     a AS (SELECT register, SUM(count) AS count, SUM(cycles) AS cycles, MIN(cycles_min) AS cycles_min,
                  MAX(cycles_max) AS cycles_max
           FROM v_trap_agg WHERE register IS NOT NULL GROUP BY register)
SELECT a.register, a.count, a.cycles, 1.0 * a.cycles / a.count AS mean, a.cycles_min AS min, q.p50, q.p95,
       q.p99, a.cycles_max AS max
FROM a JOIN q ON q.register = a.register ORDER BY a.cycles DESC, a.register;

CREATE VIEW v_trap_by_context AS
WITH h AS (SELECT context, hi, SUM(count) AS n FROM v_trap_hist GROUP BY context, hi),
     c AS (SELECT context, hi, SUM(n) OVER (PARTITION BY context ORDER BY hi) AS upto,
                  SUM(n) OVER (PARTITION BY context) AS n FROM h),
     q AS (SELECT context, MIN(hi) FILTER (WHERE upto * 100 >= n * 50) AS p50,
                  MIN(hi) FILTER (WHERE upto * 100 >= n * 95) AS p95,
                  MIN(hi) FILTER (WHERE upto * 100 >= n * 99) AS p99 FROM c GROUP BY context),
     a AS (SELECT context, SUM(count) AS count, SUM(cycles) AS cycles, MIN(cycles_min) AS cycles_min,
                  MAX(cycles_max) AS cycles_max
           FROM v_trap_agg GROUP BY context)
SELECT a.context, a.count, a.cycles, 1.0 * a.cycles / SUM(a.cycles) OVER () AS share,
       1.0 * a.cycles / a.count AS mean, a.cycles_min AS min, q.p50, q.p95, q.p99, a.cycles_max AS max
FROM a JOIN q ON q.context = a.context ORDER BY a.cycles DESC, a.context;

CREATE VIEW v_trap_by_symbol AS
SELECT COALESCE(s.symbol, printf('0x%x', s.pc)) AS symbol, SUM(a.count) AS count, SUM(a.cycles) AS cycles,
       1.0 * SUM(a.cycles) / SUM(SUM(a.cycles)) OVER () AS share,
       1.0 * SUM(a.cycles) / SUM(a.count) AS mean, MIN(a.cycles_min) AS min, MAX(a.cycles_max) AS max
FROM site_agg a JOIN site s ON s.id = a.site
GROUP BY COALESCE(s.symbol, printf('0x%x', s.pc)) ORDER BY SUM(a.cycles) DESC, 1;

CREATE VIEW v_trap_by_line AS
SELECT s.file, s.line, s.symbol, SUM(a.count) AS count, SUM(a.cycles) AS cycles,
       1.0 * SUM(a.cycles) / SUM(SUM(a.cycles)) OVER () AS share,
       1.0 * SUM(a.cycles) / SUM(a.count) AS mean, MIN(a.cycles_min) AS min, MAX(a.cycles_max) AS max
FROM site_agg a JOIN site s ON s.id = a.site WHERE s.file IS NOT NULL
GROUP BY s.file, s.line, s.symbol ORDER BY SUM(a.cycles) DESC, s.file, s.line;

CREATE VIEW v_after AS
SELECT k.context, k.cause, k.register, SUM(a.traps) AS traps, SUM(a.l1i) AS l1i, SUM(a.l1d) AS l1d,
       SUM(a.l2) AS l2, SUM(a.utlb) AS utlb, SUM(a.tlb) AS tlb, SUM(a.cycles) AS cycles
FROM after_agg a JOIN v_trap_class k ON k.class = a.class
GROUP BY k.context, k.cause, k.register ORDER BY SUM(a.cycles) DESC, k.context, k.cause, k.register;

-- Views: world switches and their state.
CREATE VIEW v_switch_class AS
SELECT k.id AS class, a.name AS from_context, b.name AS to_context, k.state_set, s.saved, s.restored,
       s.leaked, s.unchanged, s.needless
FROM switch_class k JOIN context a ON a.id = k.from_context JOIN context b ON b.id = k.to_context
     JOIN state_set s ON s.id = k.state_set;

CREATE VIEW v_switch AS
SELECT w.id, w.pe, w.trap, k.from_context, k.to_context, w.entry_insn, w.entry_cycle,
       w.entry_insn + w.insns AS exit_insn,
       w.entry_cycle + w.entry_cycles + w.handler_cycles + w.return_cycles AS exit_cycle, w.insns,
       w.entry_cycles + w.handler_cycles + w.return_cycles AS cycles, w.entry_cycles, w.handler_cycles,
       w.return_cycles, w.idle_cycles, w.save_cycles, w.restore_cycles, k.state_set, k.saved, k.restored,
       k.leaked, k.unchanged, k.needless
FROM world_switch w JOIN v_switch_class k ON k.class = w.class;

CREATE VIEW v_switch_hist AS
SELECT k.from_context, k.to_context, h.lo, h.hi, SUM(h.count) AS count
FROM switch_hist h JOIN v_switch_class k ON k.class = h.class
GROUP BY k.from_context, k.to_context, h.lo, h.hi;

CREATE VIEW v_switch_agg AS
SELECT k.from_context, k.to_context, k.state_set, SUM(a.count) AS count, SUM(a.insns) AS insns,
       SUM(a.entry_cycles + a.handler_cycles + a.return_cycles) AS cycles,
       SUM(a.entry_cycles) AS entry_cycles, SUM(a.handler_cycles) AS handler_cycles,
       SUM(a.return_cycles) AS return_cycles, SUM(a.idle_cycles) AS idle_cycles,
       SUM(a.save_cycles) AS save_cycles, SUM(a.restore_cycles) AS restore_cycles,
       MIN(a.cycles_min) AS cycles_min, MAX(a.cycles_max) AS cycles_max, SUM(a.cycles_sq) AS cycles_sq
FROM switch_agg a JOIN v_switch_class k ON k.class = a.class
GROUP BY k.from_context, k.to_context, k.state_set;

CREATE VIEW v_switch_by_pair AS
WITH h AS (SELECT from_context, to_context, hi, SUM(count) AS n FROM v_switch_hist
           GROUP BY from_context, to_context, hi),
     c AS (SELECT from_context, to_context, hi,
                  SUM(n) OVER (PARTITION BY from_context, to_context ORDER BY hi) AS upto,
                  SUM(n) OVER (PARTITION BY from_context, to_context) AS n FROM h),
     q AS (SELECT from_context, to_context, MIN(hi) FILTER (WHERE upto * 100 >= n * 50) AS p50,
                  MIN(hi) FILTER (WHERE upto * 100 >= n * 95) AS p95,
                  MIN(hi) FILTER (WHERE upto * 100 >= n * 99) AS p99 FROM c
           GROUP BY from_context, to_context)
SELECT a.from_context, a.to_context, SUM(a.count) AS count, SUM(a.cycles) AS cycles,
       1.0 * SUM(a.cycles) / SUM(a.count) AS mean, MIN(a.cycles_min) AS min, q.p50, q.p95, q.p99,
       MAX(a.cycles_max) AS max, 1.0 * SUM(a.insns) / SUM(a.count) AS mean_insns
FROM v_switch_agg a JOIN q ON q.from_context = a.from_context AND q.to_context = a.to_context
GROUP BY a.from_context, a.to_context ORDER BY SUM(a.cycles) DESC, a.from_context, a.to_context;

CREATE VIEW v_switch_breakdown AS
WITH a AS (SELECT from_context, to_context, state_set, count AS n, entry_cycles, handler_cycles,
                  return_cycles, idle_cycles FROM v_switch_agg),
     t AS (SELECT from_context, to_context, SUM(n) AS n FROM a GROUP BY from_context, to_context),
     s AS (SELECT state_set, SUM(save_cycles + restore_cycles) AS cycles FROM state_set_class
           GROUP BY state_set),
     p AS (SELECT from_context, to_context, 0 AS ord, 'entry' AS part, entry_cycles AS cycles, 0 AS save,
                  0 AS restore FROM a
           UNION ALL
           SELECT a.from_context, a.to_context, 1 + c.class, r.name,
                  a.n * (c.save_cycles + c.restore_cycles), a.n * c.save_cycles, a.n * c.restore_cycles
           FROM a JOIN state_set_class c ON c.state_set = a.state_set JOIN reg_class r ON r.id = c.class
           UNION ALL
           SELECT a.from_context, a.to_context, 1000, 'other',
                  a.handler_cycles - a.idle_cycles - a.n * COALESCE(s.cycles, 0), 0, 0
           FROM a LEFT JOIN s ON s.state_set = a.state_set
           UNION ALL
           SELECT from_context, to_context, 1001, 'idle', idle_cycles, 0, 0 FROM a
           UNION ALL
           SELECT from_context, to_context, 1002, 'return', return_cycles, 0, 0 FROM a)
SELECT p.from_context, p.to_context, p.ord, p.part, t.n AS switches, 1.0 * SUM(p.cycles) / t.n AS mean,
       1.0 * SUM(p.save) / t.n AS mean_save, 1.0 * SUM(p.restore) / t.n AS mean_restore
FROM p JOIN t ON t.from_context = p.from_context AND t.to_context = p.to_context
GROUP BY p.from_context, p.to_context, p.ord, p.part ORDER BY p.from_context, p.to_context, p.ord;

CREATE VIEW v_state_by_pair AS
WITH a AS (SELECT from_context, to_context, state_set, SUM(count) AS n FROM v_switch_agg
           GROUP BY from_context, to_context, state_set),
     t AS (SELECT from_context, to_context, SUM(n) AS n FROM a GROUP BY from_context, to_context)
SELECT a.from_context, a.to_context, r.name AS class, t.n AS switches,
       1.0 * SUM(a.n * c.saved) / t.n AS saved,
       1.0 * SUM(a.n * c.restored) / t.n AS restored, 1.0 * SUM(a.n * c.leaked) / t.n AS leaked,
       1.0 * SUM(a.n * c.unchanged) / t.n AS unchanged, 1.0 * SUM(a.n * c.needless) / t.n AS needless,
       1.0 * SUM(a.n * c.save_cycles) / t.n AS save_cycles,
       1.0 * SUM(a.n * c.restore_cycles) / t.n AS restore_cycles
FROM a JOIN t ON t.from_context = a.from_context AND t.to_context = a.to_context
     JOIN state_set_class c ON c.state_set = a.state_set JOIN reg_class r ON r.id = c.class
GROUP BY a.from_context, a.to_context, c.class ORDER BY a.from_context, a.to_context, c.class;

CREATE VIEW v_state AS
WITH a AS (SELECT state_set, SUM(count) AS n FROM v_switch_agg GROUP BY state_set),
     t AS (SELECT SUM(n) AS n FROM a)
SELECT r.name AS class, t.n AS switches, 1.0 * SUM(a.n * c.saved) / t.n AS saved,
       1.0 * SUM(a.n * c.restored) / t.n AS restored, 1.0 * SUM(a.n * c.leaked) / t.n AS leaked,
       1.0 * SUM(a.n * c.unchanged) / t.n AS unchanged, 1.0 * SUM(a.n * c.needless) / t.n AS needless,
       1.0 * SUM(a.n * c.save_cycles) / t.n AS save_cycles,
       1.0 * SUM(a.n * c.restore_cycles) / t.n AS restore_cycles
FROM a JOIN t JOIN state_set_class c ON c.state_set = a.state_set JOIN reg_class r ON r.id = c.class
GROUP BY c.class ORDER BY c.class;

CREATE VIEW v_leak AS
SELECT a.from_context, a.to_context, g.name AS register, k.name AS class, SUM(a.count) AS switches
FROM v_switch_agg a JOIN state_set_reg r ON r.state_set = a.state_set AND r.leaked
     JOIN register g ON g.id = r.register JOIN reg_class k ON k.id = g.class
GROUP BY a.from_context, a.to_context, r.register ORDER BY a.from_context, a.to_context, r.register;

CREATE VIEW v_needless AS
SELECT a.from_context, a.to_context, g.name AS register, k.name AS class,
       SUM(a.count * r.unchanged) AS unchanged, SUM(a.count * r.needless) AS needless,
       SUM(a.count) AS switches
FROM v_switch_agg a JOIN state_set_reg r ON r.state_set = a.state_set AND (r.unchanged OR r.needless)
     JOIN register g ON g.id = r.register JOIN reg_class k ON k.id = g.class
GROUP BY a.from_context, a.to_context, r.register ORDER BY a.from_context, a.to_context, r.register;

-- Views: interrupts, time, the run.
CREATE VIEW v_virq AS
SELECT v.id, v.pe, x.name AS context, v.vintid, v.pintid, v.phys_cycle, v.lr_cycle, v.taken_cycle,
       v.ack_cycle, v.eoi_cycle, v.maint_cycle, v.lr_cycle - v.phys_cycle AS inject_latency,
       v.ack_cycle - v.lr_cycle AS ack_latency, v.eoi_cycle - v.ack_cycle AS active_cycles,
       v.eoi_cycle - v.lr_cycle AS life_cycles
FROM virq v LEFT JOIN context x ON x.id = v.context;

CREATE VIEW v_virq_latency AS
WITH h AS (SELECT x.name AS context, v.vintid, v.stage, v.hi, SUM(v.count) AS n
           FROM virq_hist v JOIN context x ON x.id = v.context GROUP BY x.name, v.vintid, v.stage, v.hi),
     c AS (SELECT context, vintid, stage, hi,
                  SUM(n) OVER (PARTITION BY context, vintid, stage ORDER BY hi) AS upto,
                  SUM(n) OVER (PARTITION BY context, vintid, stage) AS n FROM h),
     q AS (SELECT context, vintid, stage, MIN(hi) FILTER (WHERE upto * 100 >= n * 50) AS p50,
                  MIN(hi) FILTER (WHERE upto * 100 >= n * 95) AS p95,
                  MIN(hi) FILTER (WHERE upto * 100 >= n * 99) AS p99 FROM c
           GROUP BY context, vintid, stage),
     a AS (SELECT x.name AS context, v.vintid, v.stage, SUM(v.count) AS count, SUM(v.cycles) AS cycles,
                  MIN(v.cycles_min) AS cycles_min, MAX(v.cycles_max) AS cycles_max
           FROM virq_agg v JOIN context x ON x.id = v.context GROUP BY x.name, v.vintid, v.stage)
SELECT a.context, a.vintid, s.name AS stage, s.meaning, a.count, 1.0 * a.cycles / a.count AS mean,
       a.cycles_min AS min, q.p50, q.p95, q.p99, a.cycles_max AS max
FROM a JOIN virq_stage s ON s.id = a.stage
     LEFT JOIN q ON q.context = a.context AND q.vintid = a.vintid AND q.stage = a.stage
ORDER BY a.context, a.vintid, a.stage;

CREATE VIEW v_el_time AS
SELECT t.pe, t.el, x.name AS context, SUM(t.cycles) AS cycles, SUM(t.insns) AS insns,
       SUM(t.idle_cycles) AS idle_cycles,
       1.0 * SUM(t.cycles) / SUM(SUM(t.cycles)) OVER (PARTITION BY t.pe) AS share
FROM el_time t JOIN context x ON x.id = t.context
GROUP BY t.pe, t.el, x.name ORDER BY t.pe, t.el, x.name;

CREATE VIEW v_exception AS
SELECT x.from_el, x.to_el,
       CASE x.type WHEN 0 THEN 'sync' WHEN 1 THEN 'irq' WHEN 2 THEN 'fiq' ELSE 'serror' END AS type,
       x.ec, e.name AS ec_name, SUM(x.count) AS count
FROM exception_count x LEFT JOIN ec e ON e.id = x.ec GROUP BY x.from_el, x.to_el, x.type, x.ec
ORDER BY SUM(x.count) DESC, x.from_el, x.to_el, x.type, x.ec;

CREATE VIEW v_summary AS
SELECT ord, item, value, unit FROM (
SELECT 0 AS ord, 'status' AS item, (SELECT value FROM run WHERE key = 'status') AS value, '' AS unit
UNION ALL SELECT 1, 'end', (SELECT value FROM run WHERE key = 'end'), ''
UNION ALL SELECT 2, 'core', (SELECT value FROM run WHERE key = 'core'), ''
UNION ALL SELECT 3, 'image', (SELECT value FROM run WHERE key = 'image'), ''
UNION ALL SELECT 4, 'instructions', (SELECT CAST(value AS INTEGER) FROM run WHERE key = 'insns'), ''
UNION ALL SELECT 5, 'cycles', (SELECT CAST(value AS INTEGER) FROM run WHERE key = 'cycles'), 'cycles'
UNION ALL SELECT 6, 'modelled time', (SELECT 1.0 * c.value / h.value FROM run c, run h
          WHERE c.key = 'cycles' AND h.key = 'clock_hz' AND CAST(h.value AS INTEGER) > 0), 's'
UNION ALL SELECT 7, 'traps', (SELECT COALESCE(SUM(count), 0) FROM trap_agg), ''
UNION ALL SELECT 8, 'cycles in traps', (
          SELECT COALESCE(SUM(entry_cycles + handler_cycles + return_cycles), 0)
          FROM trap_agg a JOIN trap_class k ON k.id = a.class WHERE k.from_el < 2), 'cycles'
UNION ALL SELECT 9, 'idle cycles in traps', (SELECT COALESCE(SUM(idle_cycles), 0)
          FROM trap_agg a JOIN trap_class k ON k.id = a.class WHERE k.from_el < 2), 'cycles'
UNION ALL SELECT 10, 'mean trap', (SELECT 1.0 * SUM(entry_cycles + handler_cycles + return_cycles) /
          SUM(count) FROM trap_agg), 'cycles'
UNION ALL SELECT 11, 'world switches', (SELECT COALESCE(SUM(count), 0) FROM switch_agg), ''
UNION ALL SELECT 12, 'mean world switch', (SELECT 1.0 * SUM(entry_cycles + handler_cycles + return_cycles) /
          SUM(count) FROM switch_agg), 'cycles'
UNION ALL SELECT 13, 'registers saved per switch', (SELECT 1.0 * SUM(a.count * s.saved) / SUM(a.count)
          FROM v_switch_agg a JOIN state_set s ON s.id = a.state_set), ''
UNION ALL SELECT 14, 'registers restored per switch', (SELECT 1.0 * SUM(a.count * s.restored) / SUM(a.count)
          FROM v_switch_agg a JOIN state_set s ON s.id = a.state_set), ''
UNION ALL SELECT 15, 'switches that leak', (SELECT COALESCE(SUM(a.count), 0)
          FROM v_switch_agg a JOIN state_set s ON s.id = a.state_set WHERE s.leaked > 0), ''
UNION ALL SELECT 16, 'virtual interrupts', (SELECT COUNT(*) FROM virq), ''
UNION ALL SELECT 17, 'mean vIRQ acknowledge latency', (SELECT AVG(ack_cycle - lr_cycle) FROM virq),
          'cycles')
ORDER BY ord;
