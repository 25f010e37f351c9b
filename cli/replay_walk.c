/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file replay_walk.c
 * Going to places in a replay: once, for --to, and forward and backward by commands. Going back is going
 * forward from the last checkpoint before (replay_procs.h). Of checkpoints there are a few dozen: those
 * that are near in comparison to how far they are from where the walk is go first, so that some are left
 * everywhere.
 */
#define _GNU_SOURCE

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "replay.h"
#include "replay/state.h"
#include "replay_procs.h"

enum { CHECKPOINTS_MAX = 32, FAR = 1 << 24, CODE_LINES = 8, BYTES = 64, COUNT_MAX = 1 << 16 };

/* ---- Once ---- */

struct search {
    struct replay *r;
    const struct stop_place *to;
    uint64_t found;
    replay_mark_fn at;
    void *user;
    bool arrived;
};

static uint64_t arrive(void *user, struct avs_machine *m, struct pe *c)
{
    struct search *s = user;

    s->arrived = true;
    return s->at(s->user, m, c);
}

static uint64_t arrive_at_address(void *user, struct avs_machine *m, struct pe *c)
{
    struct search *s = user;

    return point_is_at(&s->to->place, c, c->pc) ? arrive(s, m, c) : state_insns(m) + 1;
}

static void count_trap(void *user, struct avs_machine *m, uint64_t number)
{
    struct search *s = user;

    if (number != s->to->number)
        return;
    s->found = state_insns(m);
    replay_stop(s->r);
}

/* The instruction that traps is known when it has; then another run stops before it. */
static bool find_trap(struct search *s)
{
    s->found = TAP_NEVER;
    replay_on_trap(s->r, count_trap, s);
    replay_run(s->r);
    replay_on_trap(s->r, NULL, NULL);
    return s->found != TAP_NEVER && replay_start(s->r) == AVS_OK;
}

int walk_parse(struct replay *r, const char *text, struct stop_place *out)
{
    struct avs_machine *m = replay_machine(r);
    const bool trap = g_str_has_prefix(text, "trap=");

    *out = (struct stop_place){ .kind = trap ? STOP_AT_TRAP : STOP_AT_INSN };
    if (trap && (!cli_number(text + 5, false, &out->number) || !out->number))
        return cli_error("--to %s: traps are numbered from 1", text);
    if (trap || cli_number(text, false, &out->number))
        return EXIT_OK;
    if (!*text)
        return cli_error("--to: a number of instructions, a symbol, or trap=ID expected");
    if (point_parse(m, "to", text, &out->place))
        return cli_error("--%s", avs_last_error(m));
    out->number = out->place.at;
    out->kind = out->place.kind == POINT_INSN ? STOP_AT_INSN : STOP_AT_PLACE;
    return EXIT_OK;
}

bool walk_to(struct replay *r, const struct stop_place *to, replay_mark_fn at, void *user)
{
    struct search s = { .r = r, .to = to, .at = at, .user = user };
    uint64_t insns = to->number;

    replay_verify(r, false);
    if (to->kind == STOP_AT_TRAP) {
        if (!find_trap(&s))
            return false;
        insns = s.found;
    }
    if (to->kind != STOP_AT_PLACE && insns == 0) {
        arrive(&s, replay_machine(r), &replay_machine(r)->pe[0]);
        return true;
    }
    replay_mark(r, to->kind == STOP_AT_PLACE ? 1 : insns,
                to->kind == STOP_AT_PLACE ? arrive_at_address : arrive, &s);
    replay_run(r);
    return s.arrived;
}

/* ---- By commands ---- */

struct walk {
    struct replay *r;
    struct proc_shared *shared;
    GArray *points; /* struct proc, by instruction. */
    struct proc active;
    uint64_t last_trap;
    bool ended, failed;
};

static struct proc *point(struct walk *w, guint i)
{
    return &g_array_index(w->points, struct proc, i);
}

/* The last checkpoint at `at` or before; NULL: the beginning. */
static struct proc *point_before(struct walk *w, uint64_t at)
{
    for (guint i = w->points->len; i-- > 0;)
        if (point(w, i)->at <= at)
            return point(w, i);
    return NULL;
}

/* The one that is missed least: between its neighbours, relative to how far these are from here. */
static void thin(struct walk *w)
{
    double least = 2;
    guint which = 0;

    if (w->points->len <= CHECKPOINTS_MAX)
        return;
    for (guint i = 0; i + 1 < w->points->len; i++) {
        const uint64_t before = i ? point(w, i - 1)->at : 0, after = point(w, i + 1)->at;
        const uint64_t here = MAX(w->active.at, after);
        const double gap = (double)(after - before) / (double)(here - before + 1);

        if (gap < least) {
            least = gap;
            which = i;
        }
    }
    proc_end(point(w, which));
    g_array_remove_index(w->points, which);
}

static void add_point(struct walk *w, const struct proc_reply *news, int fd)
{
    struct proc p = { news->pid, fd, news->at };
    guint i = 0;

    while (i < w->points->len && point(w, i)->at < p.at)
        i++;
    if (i < w->points->len && point(w, i)->at == p.at) {
        proc_end(&p);
        return;
    }
    g_array_insert_val(w->points, i, p);
    thin(w);
}

/* What comes until the worker has done what it was told. */
static struct proc_reply wait_for(struct walk *w)
{
    struct proc_reply news;
    int fd;

    while ((news = proc_listen(&w->active, &fd)).news == PROC_CHECKPOINT)
        add_point(w, &news, fd);
    if (news.news == PROC_DIED)
        w->failed = true;
    return news;
}

static struct proc_reply ask(struct walk *w, const struct proc_request *q)
{
    proc_ask(&w->active, q);
    return wait_for(w);
}

/* A worker at the last checkpoint up to `at`, unless the active one is nearer already. */
static bool stand_before(struct walk *w, uint64_t at)
{
    struct proc *p = point_before(w, at);

    if (w->active.pid && w->active.at <= at && (!p || p->at <= w->active.at))
        return true;
    proc_end(&w->active);
    w->ended = false;
    w->failed = p ? !proc_fork(p, &w->active) : !proc_begin(w->r, w->shared, w->points, &w->active);
    if (w->failed)
        cli_error("the host has no room for another process");
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
    return !w->failed;
}

static void go(struct walk *w, uint64_t at)
{
    struct proc_request q = { .op = PROC_GO, .number = at };
    struct proc_reply news;
    const struct proc *p;

    if (!stand_before(w, at))
        return;
    p = point_before(w, w->active.at);
    q.checkpoint = w->active.at - (p ? p->at : 0) > FAR;
    news = ask(w, &q);
    w->active.at = news.at;
    w->last_trap = news.last_trap;
    w->ended = news.news == PROC_ENDED;
}

static void show(struct walk *w, enum proc_op op, uint64_t number, uint64_t count)
{
    const struct proc_request q = { .op = op, .number = number, .count = count };

    ask(w, &q);
}

static void go_and_show(struct walk *w, uint64_t at)
{
    go(w, at);
    if (w->ended)
        puts("the end of the run");
    show(w, PROC_WHERE, 0, 0);
}

/* The worker that finds the trap is beyond it. */
static void next_trap(struct walk *w)
{
    const struct proc_request q = { .op = PROC_TRAP, .checkpoint = true };
    const struct proc_reply news = ask(w, &q);

    if (news.news == PROC_FOUND)
        proc_end(&w->active);
    w->ended = news.news == PROC_ENDED;
    w->active.at = news.at;
    go_and_show(w, news.at);
}

static void previous_trap(struct walk *w)
{
    if (w->last_trap)
        go_and_show(w, w->last_trap);
    else
        puts("there is no trap before");
}

static void go_to_place(struct walk *w, const struct run_point *place)
{
    const struct proc_request q = { .op = PROC_PLACE, .checkpoint = true, .place = *place };
    const struct proc_reply news = ask(w, &q);

    w->active.at = news.at;
    w->last_trap = news.last_trap;
    w->ended = news.news == PROC_ENDED;
    go_and_show(w, news.at);
}

static void go_to(struct walk *w, const struct stop_place *to)
{
    if (to->kind == STOP_AT_INSN)
        go_and_show(w, to->number);
    else if (to->kind == STOP_AT_PLACE)
        go_to_place(w, &to->place);
    for (uint64_t i = 0; to->kind == STOP_AT_TRAP && i < to->number && !w->ended; i++)
        next_trap(w);
}

/* ---- Commands ---- */

/* Words of a line; numbers are of any base. */
enum { WORDS_MAX = 4 };
struct words {
    const char *word[WORDS_MAX];
    unsigned count;
};

static uint64_t number(const struct words *c, unsigned i, uint64_t otherwise)
{
    uint64_t value = otherwise;

    if (i < c->count && !cli_number(c->word[i], false, &value))
        value = otherwise;
    return value;
}

static void do_step(struct walk *w, const struct words *c)
{
    go_and_show(w, w->active.at + number(c, 1, 1));
}

static void do_back(struct walk *w, const struct words *c)
{
    go_and_show(w, w->active.at - MIN(number(c, 1, 1), w->active.at));
}

static void do_to(struct walk *w, const struct words *c)
{
    struct stop_place to;

    if (c->count < 2)
        puts("to N, or to SYMBOL");
    else if (g_str_has_prefix(c->word[1], "trap="))
        puts("to a trap: next, and previous");
    else if (walk_parse(w->r, c->word[1], &to) == EXIT_OK)
        go_to(w, &to);
}

static void do_next(struct walk *w, const struct words *c)
{
    (void)c;
    next_trap(w);
}

static void do_previous(struct walk *w, const struct words *c)
{
    (void)c;
    previous_trap(w);
}

static void do_regs(struct walk *w, const struct words *c)
{
    (void)c;
    show(w, PROC_REGS, 0, 0);
}

static void do_memory(struct walk *w, const struct words *c)
{
    if (c->count < 2)
        puts("x ADDRESS [BYTES]");
    else
        show(w, PROC_MEMORY, number(c, 1, 0), MIN(number(c, 2, BYTES), COUNT_MAX));
}

static void do_code(struct walk *w, const struct words *c)
{
    show(w, PROC_CODE, number(c, 1, 0), MIN(number(c, 2, CODE_LINES), COUNT_MAX));
}

static void do_help(struct walk *w, const struct words *c);

static const struct {
    const char *name, *args, *text;
    void (*run)(struct walk *w, const struct words *c);
} commands[] = {
    { "step", "[N]", "N instructions (of all PEs) forward", do_step },
    { "back", "[N]", "N instructions backward", do_back },
    { "to", "N|SYMBOL", "to instruction N, or forward to where a function begins", do_to },
    { "next", "[trap]", "forward to the next instruction that traps to EL2 or EL3", do_next },
    { "previous", "[trap]", "backward to the last one that did", do_previous },
    { "regs", "", "the state of all PEs", do_regs },
    { "x", "ADDRESS [BYTES]", "memory, at a virtual address of the PE that executes", do_memory },
    { "dis", "[ADDRESS [COUNT]]", "instructions", do_code },
    { "help", "", "this list", do_help },
    { "quit", "", "ends", NULL },
};

static void do_help(struct walk *w, const struct words *c)
{
    (void)w;
    (void)c;
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        printf("  %-8s %-18s %s\n", commands[i].name, commands[i].args, commands[i].text);
}

/* A command's first letters are enough; of several the first counts. False: to quit. */
static bool command(struct walk *w, char *line)
{
    g_auto(GStrv) parts = g_strsplit_set(g_strstrip(line), " \t", -1);
    struct words c = { .count = 0 };

    for (char **p = parts; *p && c.count < WORDS_MAX; p++) {
        if (**p) /* Blanks in a row make empty words. */
            c.word[c.count++] = *p;
    }
    if (!c.count)
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (!g_str_has_prefix(commands[i].name, c.word[0]))
            continue;
        if (commands[i].run)
            commands[i].run(w, &c);
        return commands[i].run && !w->failed;
    }
    printf("%s: unknown; help lists the commands\n", c.word[0]);
    return true;
}

static void read_commands(struct walk *w)
{
    const bool prompts = isatty(STDIN_FILENO);
    char *line = NULL;
    size_t room = 0;
    bool more = true;

    while (more) {
        if (prompts)
            fputs("(replay) ", stdout);
        fflush(stdout);
        more = getline(&line, &room, stdin) >= 0 && command(w, line);
    }
    free(line);
}

/* Nobody is left: their sockets are closed, and who loses its parent becomes ours. */
static void end_all(struct walk *w)
{
    proc_end(&w->active);
    for (guint i = 0; i < w->points->len; i++)
        proc_end(point(w, i));
    g_array_free(w->points, TRUE);
    while (waitpid(-1, NULL, 0) > 0)
        ;
    munmap(w->shared, sizeof(*w->shared));
}

static void begin(struct walk *w, const struct stop_place *to)
{
    if (!stand_before(w, 0))
        return;
    if (!to || to->kind == STOP_AT_TRAP)
        show(w, PROC_WHERE, 0, 0);
    if (to)
        go_to(w, to);
}

int walk(struct replay *r, const struct stop_place *to)
{
    struct walk w = { .r = r, .points = g_array_new(FALSE, FALSE, sizeof(struct proc)) };

    w.shared = mmap(NULL, sizeof(*w.shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (w.shared == MAP_FAILED)
        return cli_error("the host has no memory");
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    begin(&w, to);
    if (!w.failed)
        read_commands(&w);
    end_all(&w);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    return w.failed ? cli_error("a process of the replay has ended") : EXIT_OK;
}
