// SPDX-License-Identifier: GPL-3.0-or-later

#define _GNU_SOURCE
#include "CLinux.h"

// The kernel's own header, since glibc 2.36 does not know the fields yet; <sys/stat.h> must stay out of this file.
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/stat.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int64_t tsm_direct_alignment(int descriptor)
{
    struct statx status = {0};
    if (syscall(SYS_statx, descriptor, "", AT_EMPTY_PATH, STATX_DIOALIGN, &status) != 0)
        return -1;
    if (!(status.stx_mask & STATX_DIOALIGN))
        return 0;
    return status.stx_dio_mem_align > status.stx_dio_offset_align ? status.stx_dio_mem_align
                                                                  : status.stx_dio_offset_align;
}

int tsm_open_direct(int descriptor, bool writes)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    return open(path, (writes ? O_WRONLY : O_RDONLY) | O_DIRECT | O_CLOEXEC);
}

int tsm_allocate(int descriptor, int64_t offset, int64_t count)
{
    return fallocate(descriptor, FALLOC_FL_KEEP_SIZE, offset, count);
}

bool tsm_can_share_blocks(int descriptor)
{
    // A range cannot be its own clone: a file system that clones says EINVAL, all others that they cannot.
    struct file_clone_range range = {.src_fd = descriptor, .src_length = 4096};
    return ioctl(descriptor, FICLONERANGE, &range) == 0 || errno == EINVAL;
}
