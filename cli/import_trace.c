/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file import_trace.c
 * Exits and entries as traps. A trap begins at a vCPU thread's kvm_exit, on the CPU where that was, and
 * ends at
 *
 *   - the next kvm_entry of the same thread there: it is complete;
 *   - the next kvm_entry of another thread there: it is complete, and a world switch;
 *   - the next kvm_entry of the same thread on another CPU: it is complete, and a migration is counted.
 * That other CPU has no exit for it, and the first one is the host's from then on.
 *
 * Where events are missing (they were lost, or the trace begins or ends there), an exit that no entry
 * follows is an abandoned trap or, at the end, an unfinished one; an entry on a CPU that runs a guest
 * already is counted. In both cases, whose the time in between was is not known: it counts for the host.
 *
 * A vCPU's number is the one in its thread's name ("CPU 0/KVM", "kvm-vcpu-0"), or the next that is free. A
 * VM is a process; where the text has threads alone, it is those whose numbers follow each other as their
 * vCPUs' do, for they were created one after the other, and a thread without a number by itself. All memory
 * is by CPUs and by threads that ran guests.
 */
#include <string.h>

#include "import.h"
#include "ledger/feed.h"

struct thread {
    int64_t tid;
    unsigned vm, vcpu;
    int cpu; /* Where its trap is open; -1: none is. */
    char name[IMPORT_COMM_BYTES];
};

struct cpu {
    bool used, guest; /* A guest runs on it: */
    struct thread *running;
    struct thread *left; /* Whose trap is open; NULL: none is. */
    struct import_exit exit;
    uint64_t last_ns;
};

enum { CREATED_BETWEEN = 16 }; /* Other threads, while those of a VM's vCPUs are created. */

struct vm {
    unsigned number;
    GHashTable *vcpus; /* Numbers in use. */
};

struct import_trace {
    const char *path;
    char **symbols;
    struct feed *feed; /* NULL until it is needed. */
    char *error;
    bool begun;
    uint64_t origin_ns;        /* Time 0 of the ledger. */
    GHashTable *threads, *vms; /* By tid; by pid, or the negated tid of its first thread. */
    GHashTable *first_tids; /* By a thread's tid less its vCPU's number: its VM, where pids are not told. */
    struct cpu *cpus;
    struct import_totals totals;
};

static void vm_free(void *p)
{
    struct vm *v = p;

    g_hash_table_unref(v->vcpus);
    g_free(v);
}

struct import_trace *import_trace_new(const char *path, char **symbols)
{
    struct import_trace *t = g_new0(struct import_trace, 1);

    t->path = path;
    t->symbols = symbols;
    t->threads = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    t->vms = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, vm_free);
    t->first_tids = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    t->cpus = g_new0(struct cpu, FEED_PE_LIMIT);
    return t;
}

const char *import_trace_error(const struct import_trace *t)
{
    return t->error;
}

/* FILE or FILE@VMID; without, of VM 1. */
static bool read_symbols(struct import_trace *t)
{
    for (char **s = t->symbols; s && *s; s++) {
        char *at = strrchr(*s, '@'), *end = NULL;
        guint64 vm = at ? g_ascii_strtoull(at + 1, &end, 10) : 1;
        g_autofree char *path = at ? g_strndup(*s, (gsize)(at - *s)) : g_strdup(*s);

        if (at && (end == at + 1 || *end || vm > FEED_VM_LIMIT)) {
            t->error = g_strdup_printf("--symbols '%s': FILE or FILE@VM expected", *s);
            return false;
        }
        if (!feed_symbols(t->feed, path, (int)vm, &t->error))
            return false;
    }
    return true;
}

static bool open_feed(struct import_trace *t)
{
    if (t->feed)
        return true;
    t->feed = feed_open(t->path, &t->error);
    return t->feed && read_symbols(t);
}

static struct vm *find_vm(struct import_trace *t, int64_t key)
{
    struct vm *v = g_hash_table_lookup(t->vms, &key);

    if (v || t->totals.vms == FEED_VM_LIMIT)
        return v;
    v = g_new0(struct vm, 1);
    v->number = ++t->totals.vms;
    v->vcpus = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_hash_table_insert(t->vms, g_memdup2(&key, sizeof(key)), v);
    return v;
}

/* The number behind "cpu" in a name, in whatever case; -1: there is none. */
static int vcpu_in_name(const char *name)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    const char *p = strstr(lower, "cpu");

    p += p ? strcspn(p, "0123456789") : 0;
    return p && g_ascii_isdigit(*p) ? (int)(g_ascii_strtoull(p, NULL, 10) % FEED_VCPU_LIMIT) : -1;
}

/* The wanted number, or the next that is free. */
static unsigned pick_vcpu(struct vm *v, int wanted)
{
    unsigned n = wanted < 0 ? 0 : (unsigned)wanted;

    while (g_hash_table_contains(v->vcpus, GUINT_TO_POINTER(n)))
        n = (n + 1) % FEED_VCPU_LIMIT;
    g_hash_table_add(v->vcpus, GUINT_TO_POINTER(n));
    return n;
}

/* The VM of a thread whose process is not told, by the order in which threads are created. */
static struct vm *find_vm_by_tid(struct import_trace *t, int64_t tid, int vcpu)
{
    const int64_t first = tid - vcpu;
    struct vm *v;

    for (int d = 0; vcpu >= 0 && d <= 2 * CREATED_BETWEEN; d++) {
        const int64_t near = first + (d % 2 ? -(d + 1) / 2 : d / 2);

        v = g_hash_table_lookup(t->first_tids, &near);
        if (v && !g_hash_table_contains(v->vcpus, GUINT_TO_POINTER((unsigned)vcpu)))
            return v;
    }
    v = find_vm(t, -tid);
    if (v && vcpu >= 0)
        g_hash_table_insert(t->first_tids, g_memdup2(&first, sizeof(first)), v);
    return v;
}

/* Its name, pid and tid stand in the table `run`, as thread.CONTEXT. */
static void note_thread(struct import_trace *t, const struct thread *h, int64_t pid)
{
    g_autofree char *key =
        g_strdup_printf(h->vcpu < 256 ? "thread.vm%u.%u" : "thread.vm%u.0x%x", h->vm, h->vcpu);
    g_autofree char *utf8 = g_utf8_make_valid(h->name, -1);
    GString *value = g_string_new(utf8);

    if (pid >= 0)
        g_string_append_printf(value, ", pid %" G_GINT64_FORMAT, pid);
    g_string_append_printf(value, ", tid %" G_GINT64_FORMAT, h->tid);
    feed_meta(t->feed, key, value->str);
    g_string_free(value, TRUE);
}

static struct thread *find_thread(struct import_trace *t, const struct import_line *l)
{
    struct thread *h = g_hash_table_lookup(t->threads, &l->tid);
    int vcpu = vcpu_in_name(l->comm);
    struct vm *v;

    if (h)
        return h;
    v = l->pid >= 0 ? find_vm(t, l->pid) : find_vm_by_tid(t, l->tid, vcpu);
    if (!v)
        return NULL;
    h = g_new0(struct thread, 1);
    h->tid = l->tid;
    h->vm = v->number;
    h->vcpu = pick_vcpu(v, vcpu);
    h->cpu = -1;
    g_strlcpy(h->name, l->comm, sizeof(h->name));
    g_hash_table_insert(t->threads, &h->tid, h);
    t->totals.vcpus++;
    note_thread(t, h, l->pid);
    return h;
}

/* The open trap of a CPU goes to the ledger, with all that became known of it. */
static void play_exit(struct import_trace *t, unsigned n, uint64_t until)
{
    struct cpu *c = &t->cpus[n];
    struct import_exit *x = &c->exit;

    import_attribute(x);
    feed_exit(t->feed, n, x->ns, c->left->vm, c->left->vcpu, &x->exc, x->pc);
    if (x->idle_ns)
        feed_idle(t->feed, n, MIN(x->idle_ns, until - x->ns));
    c->left->cpu = -1;
    c->left = NULL;
}

static void abandon(struct import_trace *t, unsigned n, uint64_t ns)
{
    play_exit(t, n, ns);
    feed_abandon(t->feed, n, ns);
    t->cpus[n].last_ns = ns;
    t->totals.unmatched_exits++;
}

/* The clock of a CPU begins at its first event. */
static struct cpu *use_cpu(struct import_trace *t, unsigned n, uint64_t ns)
{
    struct cpu *c = &t->cpus[n];

    if (!c->used)
        feed_host(t->feed, n, ns);
    c->used = true;
    c->last_ns = ns;
    return c;
}

static void on_guest_exit(struct import_trace *t, struct thread *h, unsigned n, uint64_t ns,
                          const struct import_exit *x)
{
    struct cpu *c = use_cpu(t, n, ns);

    t->totals.exits++;
    if (h->cpu >= 0)
        abandon(t, (unsigned)h->cpu, MAX(ns, t->cpus[h->cpu].last_ns));
    if (c->left)
        abandon(t, n, ns);
    if (!c->guest || c->running != h)
        feed_host(t->feed, n, ns);
    c->guest = false;
    c->left = h;
    c->exit = *x;
    c->exit.ns = ns;
    h->cpu = (int)n;
}

/* Its trap is open on another CPU, and ends with this entry. */
static void migrate(struct import_trace *t, struct thread *h, uint64_t ns, uint64_t pc)
{
    unsigned from = (unsigned)h->cpu;

    t->totals.migrations++;
    play_exit(t, from, ns);
    feed_enter(t->feed, from, ns, h->vm, h->vcpu, pc);
    t->cpus[from].last_ns = ns;
    t->cpus[from].guest = false;
}

static void on_guest_entry(struct import_trace *t, struct thread *h, unsigned n, uint64_t ns, uint64_t pc)
{
    struct cpu *c = use_cpu(t, n, ns);

    t->totals.entries++;
    if (h->cpu >= 0 && h->cpu != (int)n)
        migrate(t, h, ns, pc);
    if (c->left) {
        play_exit(t, n, ns);
    } else {
        t->totals.unmatched_entries += c->guest;
        feed_host(t->feed, n, ns);
    }
    feed_enter(t->feed, n, ns, h->vm, h->vcpu, pc);
    c->guest = true;
    c->running = h;
}

/* What ran on a CPU that lost events is not known. */
static void on_lost(struct import_trace *t, const struct import_line *l)
{
    struct cpu *c = &t->cpus[l->cpu];

    t->totals.lost += l->lost;
    if (c->left)
        abandon(t, l->cpu, c->last_ns);
    c->guest = false;
}

static const char *on_guest_event(struct import_trace *t, const struct import_line *l,
                                  const struct import_exit *x, uint64_t pc)
{
    struct thread *h;
    uint64_t ns;

    if (!open_feed(t))
        return NULL;
    if (!t->begun)
        t->origin_ns = l->ns;
    t->begun = true;
    ns = l->ns - t->origin_ns;
    if (l->ns < t->origin_ns || (t->cpus[l->cpu].used && ns < t->cpus[l->cpu].last_ns))
        return "its time is before that of an earlier line";
    h = find_thread(t, l);
    if (!h)
        return "a VM beyond the 65,535th";
    if (h->cpu >= 0 && ns < t->cpus[h->cpu].last_ns)
        return "its time is before that of an earlier line";
    if (x)
        on_guest_exit(t, h, l->cpu, ns, x);
    else
        on_guest_entry(t, h, l->cpu, ns, pc);
    return NULL;
}

/* Other events are about the trap of their thread, if they are about one. */
static const char *on_other(struct import_trace *t, const struct import_line *l)
{
    const struct thread *h = g_hash_table_lookup(t->threads, &l->tid);
    struct import_exit unused = { 0 }, *x = h && h->cpu >= 0 ? &t->cpus[h->cpu].exit : &unused;
    bool known, good = import_refine(l->event, l->text, x, &known);

    t->totals.other += !known;
    return good ? NULL : "not as arm64's KVM writes this event";
}

static const char *on_event(struct import_trace *t, const struct import_line *l)
{
    struct import_exit x;
    uint64_t pc;

    if (!strcmp(l->event, "kvm_exit"))
        return import_exit_text(l->text, &x) ? on_guest_event(t, l, &x, 0)
                                             : "not as arm64's KVM writes kvm_exit";
    if (!strcmp(l->event, "kvm_entry"))
        return import_entry_text(l->text, &pc) ? on_guest_event(t, l, NULL, pc)
                                               : "not as arm64's KVM writes kvm_entry";
    return on_other(t, l);
}

const char *import_trace_line(struct import_trace *t, char *line)
{
    struct import_line l;
    enum import_kind kind = import_line(line, &l);
    const char *why = NULL;

    t->totals.lines++;
    if (kind == IMPORT_EVENT)
        why = on_event(t, &l);
    else if (kind == IMPORT_BAD)
        why = l.why;
    else if (kind == IMPORT_LOST)
        on_lost(t, &l);
    if (t->totals.source == SOURCE_UNKNOWN && !why)
        t->totals.source = l.source;
    t->totals.malformed += why != NULL;
    if (t->feed && feed_failed(t->feed) && !t->error)
        feed_close(g_steal_pointer(&t->feed), &t->error);
    return why;
}

void import_trace_malformed(struct import_trace *t)
{
    t->totals.lines++;
    t->totals.malformed++;
}

static void note_totals(struct import_trace *t)
{
    static const char *const sources[] = { "trace", "perf", "trace-cmd" };
    const struct import_totals *n = &t->totals;
    const struct {
        const char *key;
        uint64_t value;
    } all[] = {
        { "trace_lines", n->lines },
        { "trace_malformed", n->malformed },
        { "trace_lost", n->lost },
        { "trace_unmatched_exits", n->unmatched_exits },
        { "trace_unmatched_entries", n->unmatched_entries },
        { "trace_migrations", n->migrations },
        { "trace_origin_ns", t->origin_ns },
    };

    feed_meta(t->feed, "source", sources[n->source]);
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, all[i].value);

        feed_meta(t->feed, all[i].key, text);
    }
}

/* Traps that are open at the end stay so, and the ledger calls them unfinished. */
static void play_open(struct import_trace *t)
{
    for (unsigned n = 0; n < FEED_PE_LIMIT; n++)
        if (t->cpus[n].left)
            play_exit(t, n, t->cpus[n].last_ns);
}

bool import_trace_end(struct import_trace *t, struct import_totals *totals, char **why)
{
    bool ok = !t->error;

    if (t->feed && ok) {
        play_open(t);
        note_totals(t);
        ok = feed_close(g_steal_pointer(&t->feed), &t->error);
    }
    if (t->feed) {
        g_autofree char *ignored = NULL;

        feed_close(t->feed, &ignored);
    }
    *totals = t->totals;
    *why = t->error;
    g_hash_table_unref(t->threads);
    g_hash_table_unref(t->first_tids);
    g_hash_table_unref(t->vms);
    g_free(t->cpus);
    g_free(t);
    return ok;
}
