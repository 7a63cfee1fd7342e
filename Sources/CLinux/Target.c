// SPDX-License-Identifier: GPL-3.0-or-later

#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <unistd.h>

int tsm_mount(const char *source, const char *target, const char *type, bool is_read_only, const char *options)
{
    unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | (is_read_only ? MS_RDONLY : 0);
    return mount(source, target, type, flags, options);
}

int tsm_restart(bool powers_off)
{
    sync();
    return reboot(powers_off ? RB_POWER_OFF : RB_AUTOBOOT);
}

int tsm_attach_loop(int descriptor, int *number)
{
    // Another process may take the number that is free between the two calls.
    for (int attempt = 0; attempt < 32; attempt++) {
        int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
        if (control < 0)
            return -1;
        *number = ioctl(control, LOOP_CTL_GET_FREE);
        int error = errno;
        close(control);
        errno = error;
        if (*number < 0)
            return -1;
        char path[32];
        snprintf(path, sizeof path, "/dev/loop%d", *number);
        int loop = open(path, O_RDONLY | O_CLOEXEC);
        if (loop < 0)
            return -1;
        if (ioctl(loop, LOOP_SET_FD, descriptor) == 0) {
            struct loop_info64 information = { .lo_flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_READ_ONLY };
            if (ioctl(loop, LOOP_SET_STATUS64, &information) == 0)
                return loop;
            error = errno;
            ioctl(loop, LOOP_CLR_FD, 0);
            close(loop);
            errno = error;
            return -1;
        }
        error = errno;
        close(loop);
        errno = error;
        if (error != EBUSY)
            return -1;
    }
    return -1;
}
