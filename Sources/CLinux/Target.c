// SPDX-License-Identifier: GPL-3.0-or-later

#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
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
