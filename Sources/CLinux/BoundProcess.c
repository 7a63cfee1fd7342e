// SPDX-License-Identifier: GPL-3.0-or-later

#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    /// Above every number that the program gets its files under.
    FIRST_SPARE = 64
};

/// The child's part: only calls that are safe behind fork() in a program with threads (signal-safety(7)).
static void become(
    const char *path, char *const arguments[], char *const environment[], int log, const int *descriptors, int count,
    pid_t parent, int failure)
{
    int spare[FIRST_SPARE];
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    // What is ignored stays so in a program that is started.
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    setpgid(0, 0);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        return;
    log = fcntl(log, F_DUPFD_CLOEXEC, FIRST_SPARE);
    failure = fcntl(failure, F_DUPFD_CLOEXEC, FIRST_SPARE);
    for (int i = 0; i < count; i++) {
        spare[i] = fcntl(descriptors[i], F_DUPFD_CLOEXEC, FIRST_SPARE);
        if (spare[i] < 0)
            return;
    }
    int empty = open("/dev/null", O_RDONLY);
    if (log < 0 || failure < 0 || empty < 0 || dup2(empty, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0)
        return;
    for (int i = 0; i < count; i++) {
        if (dup2(spare[i], 3 + i) < 0)
            return;
    }
    close_range(3 + (unsigned)count, UINT_MAX, CLOSE_RANGE_CLOEXEC);
    execve(path, arguments, environment);
    int reason = errno;
    if (write(failure, &reason, sizeof reason) < 0)
        return;
}

pid_t tsm_start_bound(
    const char *path, char *const arguments[], char *const environment[], int log, const int *descriptors, int count)
{
    if (count < 0 || count > FIRST_SPARE - 3) {
        errno = EINVAL;
        return -1;
    }
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) {
        become(path, arguments, environment, log, descriptors, count, parent, ends[1]);
        _exit(127);
    }
    int reason = errno;
    close(ends[1]);
    if (child > 0) {
        // Closed by the program's start, and written to when it has none.
        ssize_t got;
        do
            got = read(ends[0], &reason, sizeof reason);
        while (got < 0 && errno == EINTR);
        if (got == (ssize_t)sizeof reason) {
            while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
            }
            child = -1;
        }
    }
    close(ends[0]);
    if (child < 0)
        errno = reason;
    return child;
}
