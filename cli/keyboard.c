/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file keyboard.c
 * The keyboard (keyboard.h). A thread reads the terminal, stops the run for a moment when something was
 * typed, and the run's thread hands it on. While all PEs wait, so does the run: for a key, or until as much
 * time has passed as the guest waits for.
 */
#include "keyboard.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

enum { ESCAPE = 'A' - '@', QUIT = 'x', LOOK_US = 500 * 1000, IDLE_MAX_US = 20 * LOOK_US, NS_PER_US = 1000 };

struct keyboard {
    avs_machine *m;
    GThread *thread;
    GMutex lock;
    GCond typed_some;
    GString *typed;
    int wake[2]; /* A byte in this pipe ends the thread. */
    bool escaped, quit;
};

/* The terminal's own mode. The process has one terminal, and its signal handlers have no other way to it.
 */
static struct termios saved;
static volatile sig_atomic_t raw;

static void restore_terminal(void)
{
    if (raw)
        tcsetattr(STDIN_FILENO, TCSANOW, &saved);
    raw = 0;
}

/* The handler is gone when it runs (SA_RESETHAND), so that the signal kills. */
static void on_deadly(int number)
{
    restore_terminal();
    raise(number);
}

static void guard_signals(void)
{
    static const int deadly[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGHUP, SIGQUIT };
    struct sigaction action = { .sa_handler = on_deadly, .sa_flags = SA_RESETHAND | SA_NODEFER };

    for (size_t i = 0; i < G_N_ELEMENTS(deadly); i++)
        sigaction(deadly[i], &action, NULL);
    atexit(restore_terminal);
}

/* No lines, echo, signals, flow control: all keys are the guest's. Output stays cooked. */
static void make_raw(void)
{
    struct termios t;

    tcgetattr(STDIN_FILENO, &saved);
    guard_signals();
    t = saved;
    t.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | IXON | ISTRIP);
    t.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
    raw = 1;
    tcsetattr(STDIN_FILENO, TCSANOW, &t);
}

/* One key: Ctrl-A begins a command, of which x quits and any other key is the guest's; so is a second
 * Ctrl-A. */
static void take_key(struct keyboard *k, char key)
{
    if (k->escaped && (key == QUIT || key == QUIT - 'a' + 'A')) {
        k->quit = true;
    } else if (!k->escaped && key == ESCAPE) {
        k->escaped = true;
        return;
    } else {
        g_string_append_c(k->typed, key);
    }
    k->escaped = false;
}

static void take_keys(struct keyboard *k, const char *keys, ssize_t count)
{
    g_mutex_lock(&k->lock);
    for (ssize_t i = 0; i < count; i++)
        take_key(k, keys[i]);
    if (count <= 0) /* The terminal is gone. */
        k->quit = true;
    g_cond_signal(&k->typed_some);
    g_mutex_unlock(&k->lock);
    avs_stop(k->m);
}

static gpointer reader(gpointer user)
{
    struct keyboard *k = user;
    struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
                            { .fd = k->wake[0], .events = POLLIN } };
    ssize_t n = 1;

    while (n > 0) {
        char keys[64];

        if (poll(fds, 2, -1) < 0 && errno == EINTR)
            continue;
        if (fds[1].revents)
            return NULL;
        n = read(STDIN_FILENO, keys, sizeof(keys));
        take_keys(k, keys, n);
    }
    return NULL;
}

static bool has_news(const struct keyboard *k)
{
    return k->typed->len > 0 || k->quit;
}

/* All PEs wait for `ns` of modelled time; or for ever, and then the run looks for signals now and then. */
static bool on_idle(void *user, uint64_t ns)
{
    struct keyboard *k = user;
    const bool forever = ns == UINT64_MAX;
    gint64 end = g_get_monotonic_time() + (gint64)(forever ? LOOK_US : MIN(ns / NS_PER_US, IDLE_MAX_US));
    bool news;

    fflush(stdout);
    g_mutex_lock(&k->lock);
    while (!has_news(k) && g_cond_wait_until(&k->typed_some, &k->lock, end))
        ;
    news = has_news(k);
    g_mutex_unlock(&k->lock);
    return !news && !forever;
}

struct keyboard *keyboard_open(avs_machine *m)
{
    struct keyboard *k = g_new0(struct keyboard, 1);

    k->m = m;
    k->typed = g_string_new(NULL);
    g_mutex_init(&k->lock);
    g_cond_init(&k->typed_some);
    if (!g_unix_open_pipe(k->wake, FD_CLOEXEC, NULL))
        k->wake[0] = k->wake[1] = -1;
    make_raw();
    avs_on_idle(m, on_idle, k);
    k->thread = g_thread_new("keyboard", reader, k);
    fputs("armvsim: Ctrl-A x ends the run\n", stderr);
    return k;
}

bool keyboard_next(struct keyboard *k)
{
    bool quit;

    g_mutex_lock(&k->lock);
    if (k->typed->len)
        avs_console_input(k->m, k->typed->str, k->typed->len);
    g_string_truncate(k->typed, 0);
    quit = k->quit;
    g_mutex_unlock(&k->lock);
    return !quit;
}

void keyboard_close(struct keyboard *k)
{
    ssize_t n = write(k->wake[1], "", 1);

    (void)n; /* A pipe with room; and when there is none, the process ends anyway. */
    g_thread_join(k->thread);
    avs_on_idle(k->m, NULL, NULL);
    restore_terminal();
    close(k->wake[0]);
    close(k->wake[1]);
    g_mutex_clear(&k->lock);
    g_cond_clear(&k->typed_some);
    g_string_free(k->typed, TRUE);
    g_free(k);
}
