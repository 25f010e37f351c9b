/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file import_line.c
 * Lines of the three texts that show tracepoints:
 *
 *     perf script        CPU 0/KVM  2345/2351  [001] 12345.678901:  kvm:kvm_exit: TRAP: HSR_EC: ...
 *     trace-cmd report   CPU 0/KVM-2351  [001] d..1. 12345.678901: kvm_exit:       TRAP: HSR_EC: ...
 *     tracefs' trace     CPU 0/KVM-2351  (   2345) [001] d..1. 12345.678901: kvm_exit: TRAP: HSR_EC: ...
 *
 * A name may have blanks, dashes and brackets in it, so a line is taken apart from the CPU on, to both
 * sides. perf may tell the thread alone, flags and periods; times are seconds with 1 to 9 digits behind the
 * point.
 */
#include <string.h>

#include "import.h"
#include "ledger/feed.h"

enum { SECONDS_DIGITS = 8, PID_DIGITS = 9 };

static char *skip_blanks(char *p)
{
    while (*p == ' ' || *p == '\t')
        p++;
    return p;
}

static void strip_end(char *from, char *end)
{
    while (end > from && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
        end--;
    *end = 0;
}

/* Decimal digits, at most `most`; NULL when there are none or more. */
static char *number(char *p, unsigned most, uint64_t *out)
{
    char *start = p;

    for (*out = 0; g_ascii_isdigit(*p); p++) {
        if (p - start >= most)
            return NULL;
        *out = *out * 10 + (uint64_t)(*p - '0');
    }
    return p > start ? p : NULL;
}

/* tracefs' " (  2345)" behind the name: the thread group. */
static void take_group(char *text, int64_t *pid)
{
    char *end = text + strlen(text), *open = strrchr(text, '(');
    uint64_t n;

    if (!open || open == text || end[-1] != ')' || !strchr(" \t", open[-1]))
        return;
    if (number(skip_blanks(open + 1), PID_DIGITS, &n))
        *pid = (int64_t)n;
    strip_end(text, open);
}

/* "2345/2351" or "2351" behind a blank: perf's. */
static bool take_perf_ids(char *text, struct import_line *out)
{
    char *last = text + strlen(text), *end;
    uint64_t first, second;
    bool both;

    while (last > text && !strchr(" \t", last[-1]))
        last--;
    end = last > text ? number(last, PID_DIGITS, &first) : NULL;
    if (!end)
        return false;
    second = first;
    both = *end == '/';
    if (both)
        end = number(end + 1, PID_DIGITS, &second);
    if (!end || *end)
        return false;
    out->pid = both ? (int64_t)first : -1;
    out->tid = (int64_t)second;
    strip_end(text, last);
    return true;
}

/* "-2351" at the end: ftrace's. */
static bool take_ftrace_id(char *text, struct import_line *out)
{
    char *dash = strrchr(text, '-'), *end;
    uint64_t n;

    end = dash ? number(dash + 1, PID_DIGITS, &n) : NULL;
    if (!end || *end)
        return false;
    out->tid = (int64_t)n;
    strip_end(text, dash);
    return true;
}

static const char *take_thread(char *text, struct import_line *out)
{
    text = skip_blanks(text);
    out->pid = out->tid = -1;
    take_group(text, &out->pid);
    if (out->pid < 0 && take_perf_ids(text, out))
        out->source = SOURCE_PERF;
    else if (take_ftrace_id(text, out))
        out->source = SOURCE_FTRACE;
    else
        return "no thread (NAME PID/TID or NAME-TID) before the CPU";
    g_strlcpy(out->comm, text, sizeof(out->comm));
    return NULL;
}

/* "12345.678901:"; NULL when it is not there. */
static char *take_time(char *p, uint64_t *ns)
{
    uint64_t seconds, fraction;
    char *dot = number(p, SECONDS_DIGITS, &seconds), *end;

    end = dot && *dot == '.' ? number(dot + 1, 9, &fraction) : NULL;
    if (!end || *end != ':')
        return NULL;
    for (long digits = end - dot - 1; digits < 9; digits++)
        fraction *= 10;
    *ns = seconds * 1000000000 + fraction;
    return skip_blanks(end + 1);
}

/* The time, which flags may come before. */
static char *find_time(char *p, uint64_t *ns)
{
    char *at = take_time(p, ns);

    if (at)
        return at;
    p += strcspn(p, " \t");
    return take_time(skip_blanks(p), ns);
}

/* " [NNN] " at p: what is behind it; NULL when it is none. */
static char *cpu_at(const char *line, char *p, uint64_t *cpu)
{
    char *end = number(p + 1, 9, cpu);

    if (!end || *end != ']' || p == line || !strchr(" \t", p[-1]) || !strchr(" \t", end[1]))
        return NULL;
    return skip_blanks(end + 1);
}

/* The first " [NNN] " of the line that a time is behind, or else the first: where the part before it ends,
 * and what is behind it. */
static bool find_cpu(char *line, char **before, char **behind, uint64_t *cpu)
{
    uint64_t n, ns;

    *before = NULL;
    for (char *p = strchr(line, '['); p; p = strchr(p + 1, '[')) {
        char *rest = cpu_at(line, p, &n);
        bool timed = rest && find_time(rest, &ns);

        if (!rest || (*before && !timed))
            continue;
        *before = p;
        *behind = rest;
        *cpu = n;
        if (timed)
            break;
    }
    return *before != NULL;
}

/* "kvm:kvm_exit: TEXT", before which perf may have a period. */
static const char *take_event(char *p, struct import_line *out)
{
    char *end = p + strspn(p, "0123456789"), *system;

    if (end > p && strchr(" \t", *end) && *end)
        p = skip_blanks(end);
    end = p + strcspn(p, " \t");
    if (end == p || end[-1] != ':')
        return "no event behind the time";
    out->text = *end ? skip_blanks(end) : end;
    end[-1] = 0;
    system = strchr(p, ':');
    out->event = system ? system + 1 : p;
    return NULL;
}

/* Lines that are about the trace. */
static bool is_heading(const char *p)
{
    static const char *const headings[] = { "#", "cpus=", "version = ", "CPU " };

    for (size_t i = 0; i < G_N_ELEMENTS(headings); i++)
        if (g_str_has_prefix(p, headings[i]) && (i < 3 || g_str_has_suffix(p, " is empty")))
            return true;
    return !*p;
}

/* A frame of perf's call chains: "    ffff800010 name+0x10 (object)". */
static bool is_frame(const char *line, const char *p)
{
    size_t digits = strspn(p, "0123456789abcdef");

    return p > line && digits >= 6 && digits <= 16 && p[digits] == ' ' && g_str_has_suffix(p, ")");
}

/* ftrace's "CPU:1 [LOST 12 EVENTS]" and trace-cmd's "CPU:1 [12 EVENTS DROPPED]". */
static bool take_lost(char *p, struct import_line *out)
{
    uint64_t cpu;
    char *end = g_str_has_prefix(p, "CPU:") ? number(p + 4, 9, &cpu) : NULL;

    if (!end || !g_str_has_prefix(end, " [") || !strstr(end, "EVENTS") || cpu >= FEED_PE_LIMIT)
        return false;
    out->cpu = (unsigned)cpu;
    end = strpbrk(end, "0123456789");
    out->lost = 1;
    if (end)
        number(end, 9, &out->lost);
    return true;
}

static const char *take_apart(char *line, char *before, char *behind, struct import_line *out)
{
    const char *why;

    *before = 0;
    strip_end(line, before);
    why = take_thread(line, out);
    if (why)
        return why;
    behind = find_time(behind, &out->ns);
    if (!behind)
        return "no time in seconds (1234.567890:) behind the CPU";
    if (g_str_has_prefix(behind, "PERF_RECORD_LOST")) {
        behind = strpbrk(behind, "0123456789");
        out->lost = 1;
        if (behind)
            number(behind, 9, &out->lost);
        return NULL;
    }
    return take_event(behind, out);
}

enum import_kind import_line(char *line, struct import_line *out)
{
    char *p = skip_blanks(line), *before, *behind;
    uint64_t cpu;

    *out = (struct import_line){ 0 };
    strip_end(line, line + strlen(line));
    if (is_heading(p))
        return IMPORT_NOTHING;
    if (!find_cpu(line, &before, &behind, &cpu)) {
        if (is_frame(line, p))
            return IMPORT_NOTHING;
        out->why = "no CPU ([001]) in it";
        return take_lost(p, out) ? IMPORT_LOST : IMPORT_BAD;
    }
    if (cpu >= FEED_PE_LIMIT) {
        out->why = "a CPU of more than 1,023";
        return IMPORT_BAD;
    }
    out->cpu = (unsigned)cpu;
    out->why = take_apart(line, before, behind, out);
    if (out->why)
        return IMPORT_BAD;
    return out->lost ? IMPORT_LOST : IMPORT_EVENT;
}
