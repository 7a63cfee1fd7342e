// SPDX-License-Identifier: GPL-3.0-or-later

#define _GNU_SOURCE
#include "CLinux.h"

// As in DirectAccess.c, <sys/stat.h> must stay out of this file.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/blkpg.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <linux/stat.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef BLKGETDISKSEQ
#define BLKGETDISKSEQ _IOR(0x12, 128, __u64)
#endif

int tsm_open_drive(const char *path)
{
    return open(path, O_RDWR | O_EXCL | O_CLOEXEC);
}

int64_t tsm_block_byte_count(int descriptor)
{
    uint64_t count = 0;
    if (ioctl(descriptor, BLKGETSIZE64, &count) != 0)
        return -1;
    return count > INT64_MAX ? INT64_MAX : (int64_t)count;
}

int tsm_block_logical_sector(int descriptor)
{
    int count = 0;
    return ioctl(descriptor, BLKSSZGET, &count) == 0 ? count : -1;
}

int tsm_block_disk_sequence(int descriptor, uint64_t *sequence)
{
    return ioctl(descriptor, BLKGETDISKSEQ, sequence);
}

int tsm_block_is_read_only(int descriptor)
{
    int is_read_only = 0;
    return ioctl(descriptor, BLKROGET, &is_read_only) == 0 ? is_read_only != 0 : -1;
}

int tsm_block_reread_partitions(int descriptor)
{
    return ioctl(descriptor, BLKRRPART);
}

int tsm_block_flush(int descriptor)
{
    return ioctl(descriptor, BLKFLSBUF);
}

int tsm_loop_backing(int descriptor, uint64_t *device, uint64_t *inode)
{
    struct loop_info64 information = {0};
    if (ioctl(descriptor, LOOP_GET_STATUS64, &information) != 0)
        return -1;
    *device = information.lo_device;
    *inode = information.lo_inode;
    return 0;
}

int tsm_mount_number(const char *path, uint64_t *number)
{
    struct statx status = {0};
    if (syscall(SYS_statx, AT_FDCWD, path, AT_NO_AUTOMOUNT, STATX_MNT_ID, &status) != 0)
        return -1;
    if (!(status.stx_mask & STATX_MNT_ID))
        return 1;
    *number = status.stx_mnt_id;
    return 0;
}

int tsm_unmount(const char *path)
{
    return umount2(path, UMOUNT_NOFOLLOW);
}

static int change_partition(int descriptor, int operation, int number, int64_t offset, int64_t length)
{
    struct blkpg_partition partition = { .start = offset, .length = length, .pno = number };
    struct blkpg_ioctl_arg argument = { .op = operation, .datalen = sizeof partition, .data = &partition };
    return ioctl(descriptor, BLKPG, &argument);
}

int tsm_block_add_partition(int descriptor, int number, int64_t offset, int64_t length)
{
    return change_partition(descriptor, BLKPG_ADD_PARTITION, number, offset, length);
}

int tsm_block_remove_partition(int descriptor, int number)
{
    return change_partition(descriptor, BLKPG_DEL_PARTITION, number, 0, 0);
}

int tsm_disc_is_present(int descriptor)
{
    int status = ioctl(descriptor, CDROM_DRIVE_STATUS, CDSL_CURRENT);
    if (status < 0)
        return -1;
    // A drive that cannot tell is asked by mounting.
    return status == CDS_DISC_OK || status == CDS_NO_INFO;
}

int tsm_disc_eject(int descriptor)
{
    // Drives without a lock refuse to unlock it.
    (void)ioctl(descriptor, CDROM_LOCKDOOR, 0);
    return ioctl(descriptor, CDROMEJECT);
}
