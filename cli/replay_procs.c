/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file replay_procs.c
 * Workers and checkpoints (replay_procs.h). A worker runs the machine, and everything else happens within
 * marks of the replay, so that no stop changes the run. Whatever looks at a machine does so in a process of
 * its own. A socket that is closed ends the worker at its other end: when it listens, and by SIGIO when it
 * runs.
 */
#define _GNU_SOURCE /* F_SETSIG */

#include "replay_procs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "replay/state.h"

/* Checkpoints on the way to an instruction: this far before it, then twice as far, and so on. On the
 * way to what is not known yet, one now and then. */
enum { NEAREST = 1 << 16, DISTANCES = 20, NOW_AND_THEN = 1 << 26 };

struct worker {
    struct replay *r;
    struct proc_shared *shared;
    int fd;
    struct proc_request go;
    uint64_t target, point; /* Where to stop, and where to leave a checkpoint. */
    uint64_t from, last_trap, console_bytes;
};

/* ---- Messages ---- */

static bool send_message(int fd, const void *message, size_t len, int passed)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = { 0 };
    struct iovec part = { (void *)(uintptr_t)message, len };
    struct msghdr h = { .msg_iov = &part, .msg_iovlen = 1 };

    if (passed >= 0) {
        h.msg_control = control.room;
        h.msg_controllen = sizeof(control.room);
        control.header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)),
                                           .cmsg_level = SOL_SOCKET,
                                           .cmsg_type = SCM_RIGHTS };
        memcpy(CMSG_DATA(&control.header), &passed, sizeof(passed));
    }
    return sendmsg(fd, &h, MSG_NOSIGNAL) == (ssize_t)len;
}

static bool receive_message(int fd, void *message, size_t len, int *passed)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = { 0 };
    struct iovec part = { message, len };
    struct msghdr h = { .msg_iov = &part,
                        .msg_iovlen = 1,
                        .msg_control = control.room,
                        .msg_controllen = sizeof(control.room) };
    ssize_t n;

    do
        n = recvmsg(fd, &h, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    *passed = -1;
    if (h.msg_controllen >= CMSG_LEN(sizeof(int)) && control.header.cmsg_type == SCM_RIGHTS)
        memcpy(passed, CMSG_DATA(&control.header), sizeof(*passed));
    return n == (ssize_t)len;
}

static bool make_sockets(int sockets[2])
{
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) == 0;
}

/* Something happened to the socket of a worker that runs: it may be that the other end is gone. */
static void on_socket(int number, siginfo_t *info, void *context)
{
    struct pollfd p = { .fd = info->si_fd };

    (void)number;
    (void)context;
    if (poll(&p, 1, 0) > 0 && (p.revents & POLLHUP))
        _exit(EXIT_OK);
}

static void end_when_closed(const struct worker *w, bool on)
{
    const struct sigaction action = { .sa_sigaction = on_socket, .sa_flags = SA_SIGINFO | SA_RESTART };
    const int flags = fcntl(w->fd, F_GETFL);

    sigaction(SIGIO, &action, NULL);
    fcntl(w->fd, F_SETSIG, SIGIO);
    fcntl(w->fd, F_SETOWN, getpid());
    fcntl(w->fd, F_SETFL, on ? flags | O_ASYNC : flags & ~O_ASYNC);
}

static void tell(const struct worker *w, enum proc_news news, uint64_t at, pid_t pid, int passed)
{
    const struct proc_reply reply = { .news = news, .at = at, .last_trap = w->last_trap, .pid = pid };

    if (!send_message(w->fd, &reply, sizeof(reply), passed))
        _exit(EXIT_OK);
}

/* ---- Looking ---- */

static void look(struct avs_machine *m, struct pe *c, const struct proc_request *q)
{
    g_autofree char *next = NULL;

    switch (q->op) {
    case PROC_REGS:
        show_state(m, c);
        break;
    case PROC_MEMORY:
        show_memory(m, c, q->number, q->count);
        break;
    case PROC_CODE:
        show_code(m, c, q->number ? q->number : c->pc, (unsigned)q->count);
        break;
    default:
        next = show_next_insn(m, c);
        show_position(m);
        puts(next);
        break;
    }
}

/* In a process of its own: translations that are looked up may leave traces in the modelled TLB. */
static void look_aside(const struct worker *w, struct avs_machine *m, struct pe *c,
                       const struct proc_request *q)
{
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        look(m, c, q);
        fflush(NULL);
        _exit(EXIT_OK);
    }
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    tell(w, PROC_SHOWN, state_insns(m), 0, -1);
}

/* ---- Checkpoints ---- */

/* In a checkpoint: begins workers. Returns in each of them, and never in the checkpoint. */
static void sleep_here(struct worker *w)
{
    struct proc_request q;
    int passed;

    while (receive_message(w->fd, &q, sizeof(q), &passed)) {
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
        if (passed >= 0 && fork() == 0) {
            close(w->fd);
            w->fd = passed;
            return;
        }
        close(passed);
    }
    _exit(EXIT_OK);
}

/* True in a worker that began here later. */
static bool leave_checkpoint(struct worker *w, uint64_t at)
{
    int sockets[2];
    pid_t pid;

    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
    fflush(NULL);
    if (!make_sockets(sockets))
        return false;
    pid = fork();
    if (pid == 0) {
        close(sockets[0]);
        close(w->fd);
        w->fd = sockets[1];
        sleep_here(w);
        return true;
    }
    close(sockets[1]);
    if (pid > 0)
        tell(w, PROC_CHECKPOINT, at, pid, sockets[0]);
    close(sockets[0]);
    return false;
}

/* The first place for one after `now`. */
static uint64_t next_point(const struct worker *w, uint64_t now)
{
    if (w->go.op != PROC_GO)
        return now + NOW_AND_THEN;
    for (unsigned i = DISTANCES; i-- > 0;) {
        const uint64_t distance = (uint64_t)NEAREST << i;

        if (distance < w->target && w->target - distance > now)
            return w->target - distance;
    }
    return TAP_NEVER;
}

/* ---- Running ---- */

static bool is_to_run(const struct proc_request *q)
{
    return q->op == PROC_GO || q->op == PROC_TRAP || q->op == PROC_PLACE;
}

/* Does what it is told until that is to run on. */
static void serve(struct worker *w, struct avs_machine *m, struct pe *c, bool ended)
{
    const uint64_t now = state_insns(m);
    struct proc_request q;
    int passed;

    end_when_closed(w, false);
    while (receive_message(w->fd, &q, sizeof(q), &passed)) {
        if (!is_to_run(&q)) {
            look_aside(w, m, c, &q);
        } else if (ended) {
            tell(w, PROC_ENDED, now, 0, -1);
        } else if (q.op == PROC_GO && q.number <= now) {
            tell(w, PROC_AT, now, 0, -1);
        } else if (!q.checkpoint || !leave_checkpoint(w, now)) {
            w->go = q;
            w->from = now;
            w->target = q.op == PROC_GO ? q.number : q.op == PROC_PLACE ? now + 1 : TAP_NEVER;
            w->point = next_point(w, now);
            end_when_closed(w, true);
            return;
        }
    }
    _exit(EXIT_OK);
}

static uint64_t on_mark(void *user, struct avs_machine *m, struct pe *c)
{
    struct worker *w = user;
    const uint64_t now = state_insns(m);

    if (now >= w->point) {
        w->point = next_point(w, now);
        if (leave_checkpoint(w, now))
            serve(w, m, c, false);
    }
    if (w->go.op == PROC_PLACE && !point_is_at(&w->go.place, c, c->pc)) {
        w->target = now + 1;
    } else if (now >= w->target) {
        tell(w, PROC_AT, now, 0, -1);
        serve(w, m, c, false);
    }
    return MIN(w->target, w->point);
}

static void on_trap(void *user, struct avs_machine *m, uint64_t number)
{
    struct worker *w = user;
    const uint64_t now = state_insns(m);

    (void)number;
    if (w->go.op == PROC_TRAP && now > w->from) {
        tell(w, PROC_FOUND, now, 0, -1);
        _exit(EXIT_OK);
    }
    w->last_trap = now;
}

/* What another worker has printed is not printed again. */
static void on_console(void *user, const char *bytes, size_t len)
{
    struct worker *w = user;

    for (size_t i = 0; i < len; i++) {
        if (w->console_bytes++ < w->shared->printed)
            continue;
        putchar(bytes[i]);
        w->shared->printed = w->console_bytes;
    }
    fflush(stdout);
}

static void worker_main(struct worker *w)
{
    struct avs_machine *m = replay_machine(w->r);
    struct pe *c = &m->pe[0];

    avs_on_console(m, on_console, w);
    replay_on_trap(w->r, on_trap, w);
    replay_verify(w->r, false);
    serve(w, m, c, false);
    replay_mark(w->r, MIN(w->target, w->point), on_mark, w);
    replay_run(w->r);
    c = m->sched.current ? m->sched.current : c;
    tell(w, PROC_ENDED, state_insns(m), 0, -1);
    serve(w, m, c, true);
}

/* ---- The other side ---- */

bool proc_begin(struct replay *r, struct proc_shared *shared, const GArray *others, struct proc *out)
{
    struct worker w = { .r = r, .shared = shared, .point = TAP_NEVER };
    int sockets[2];

    *out = (struct proc){ .fd = -1 };
    if (!make_sockets(sockets))
        return false;
    fflush(NULL);
    out->pid = fork();
    if (out->pid == 0) {
        close(sockets[0]);
        for (guint i = 0; i < others->len; i++)
            close(g_array_index(others, struct proc, i).fd);
        w.fd = sockets[1];
        worker_main(&w);
        _exit(EXIT_OK);
    }
    close(sockets[1]);
    out->fd = sockets[0];
    if (out->pid > 0)
        return true;
    out->pid = 0;
    close(out->fd);
    return false;
}

/* Which process it is does not matter: closing its socket ends it. */
bool proc_fork(const struct proc *checkpoint, struct proc *out)
{
    const struct proc_request q = { .op = PROC_FORK };
    int sockets[2];
    bool sent;

    *out = (struct proc){ .fd = -1 };
    if (!make_sockets(sockets))
        return false;
    sent = send_message(checkpoint->fd, &q, sizeof(q), sockets[1]);
    close(sockets[1]);
    if (!sent)
        close(sockets[0]);
    else
        *out = (struct proc){ .pid = -1, .fd = sockets[0], .at = checkpoint->at };
    return sent;
}

bool proc_ask(const struct proc *p, const struct proc_request *request)
{
    return send_message(p->fd, request, sizeof(*request), -1);
}

struct proc_reply proc_listen(const struct proc *p, int *fd)
{
    struct proc_reply reply;

    if (!receive_message(p->fd, &reply, sizeof(reply), fd))
        reply = (struct proc_reply){ .news = PROC_DIED };
    return reply;
}

void proc_end(struct proc *p)
{
    if (p->pid)
        close(p->fd);
    p->pid = 0;
}
