/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Runs a program and prints what it cost, as five numbers on one line: wall seconds, user seconds,
 * system seconds, the largest resident set in KiB, and the exit status (128 plus the number for a
 * signal, 124 when the time was up). The program's input is /dev/null; its standard output and
 * standard error go to files.
 *
 * usage: measure SECONDS STDOUT STDERR PROGRAM [ARGUMENT...]
 */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STATUS_USAGE 2
#define STATUS_TIMEOUT 124
#define STATUS_NO_EXEC 127
#define STATUS_SIGNAL 128

static volatile sig_atomic_t child;
static volatile sig_atomic_t timed_out;

/** SIGALRM: the time is up. */
static void on_alarm(int signal_number)
{
    (void)signal_number;
    timed_out = 1;
    kill(child, SIGKILL);
}

/** Says why, and ends. */
static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
    exit(STATUS_USAGE);
}

/** Opens `path` as descriptor `fd`. */
static void redirect(int fd, const char *path, int flags)
{
    int file = open(path, flags, 0666);

    if (file < 0 || dup2(file, fd) < 0)
        fail(path);
    close(file);
}

/** Becomes the program. A pending alarm is not inherited by a child. */
static _Noreturn void become(char **argv)
{
    redirect(STDIN_FILENO, "/dev/null", O_RDONLY);
    redirect(STDOUT_FILENO, argv[2], O_WRONLY | O_CREAT | O_TRUNC);
    redirect(STDERR_FILENO, argv[3], O_WRONLY | O_CREAT | O_TRUNC);
    execvp(argv[4], argv + 4);
    fprintf(stderr, "measure: %s: %s\n", argv[4], strerror(errno));
    _exit(STATUS_NO_EXEC);
}

/** Waits for the program; returns its exit status as it is printed. */
static int wait_for(struct rusage *usage)
{
    int status;

    while (wait4((pid_t)child, &status, 0, usage) < 0)
        if (errno != EINTR)
            fail("wait4");
    if (timed_out)
        return STATUS_TIMEOUT;
    return WIFSIGNALED(status) ? STATUS_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

/** Seconds from some fixed time, not set back by anyone. */
static double now_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/** A time of struct rusage, in seconds. */
static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

int main(int argc, char **argv)
{
    struct sigaction action = { .sa_handler = on_alarm };
    struct rusage usage;
    double start, wall;
    int status;

    if (argc < 5 || atoi(argv[1]) <= 0) {
        fprintf(stderr, "usage: measure SECONDS STDOUT STDERR PROGRAM [ARGUMENT...]\n");
        return STATUS_USAGE;
    }
    start = now_seconds();
    child = fork();
    if (child < 0)
        fail("fork");
    if (child == 0)
        become(argv);
    sigaction(SIGALRM, &action, NULL);
    alarm((unsigned int)atoi(argv[1]));
    status = wait_for(&usage);
    wall = now_seconds() - start;
    printf("%.6f %.6f %.6f %ld %d\n", wall, seconds(usage.ru_utime), seconds(usage.ru_stime),
           usage.ru_maxrss, status);
    return 0;
}
