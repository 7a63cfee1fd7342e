// SPDX-License-Identifier: GPL-3.0-or-later

#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

ssize_t tsm_copy_file_range(int source, int64_t *source_offset, int target, int64_t *target_offset, size_t count)
{
    return copy_file_range(source, source_offset, target, target_offset, count, 0);
}

int tsm_rename(const char *source, const char *target, bool replace)
{
    if (replace)
        return rename(source, target);
    if (renameat2(AT_FDCWD, source, AT_FDCWD, target, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    // Network and FUSE file systems without the flag: a link refuses an existing name as well.
    if (link(source, target) == 0)
        return unlink(source);
    if (errno == EEXIST)
        return -1;
    struct stat existing;
    if (lstat(target, &existing) == 0) {
        errno = EEXIST;
        return -1;
    }
    return rename(source, target);
}

int tsm_exchange(const char *first, const char *second)
{
    return renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE);
}

int tsm_start_writeback(int descriptor, int64_t offset, int64_t count)
{
    return sync_file_range(descriptor, offset, count, SYNC_FILE_RANGE_WRITE);
}

ssize_t tsm_read_ahead(int descriptor, int64_t offset, size_t count)
{
    return readahead(descriptor, offset, count);
}

int tsm_syncfs(int descriptor)
{
    return syncfs(descriptor);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *position)
{
    (void)status;
    (void)type;
    (void)position;
    return remove(path);
}

int tsm_remove_tree(const char *path)
{
    return nftw(path, remove_entry, 32, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

bool tsm_is_local_file_system(int descriptor)
{
    // statfs(2); what is not here may be shared between computers: NFS, SMB, AFS, Ceph, 9p, FUSE, cluster file systems.
    static const unsigned long kinds[] = {
        0xEF53,     // ext2, ext3, ext4
        0x58465342, // XFS
        0x9123683E, // Btrfs
        0x01021994, // tmpfs
        0x858458F6, // ramfs
        0x794C7630, // overlayfs
        0xF2F52010, // F2FS
        0x2FC12FC1, // ZFS
        0xCA451A4E, // bcachefs
        0x3153464A, // JFS
        0x3434,     // NILFS
        0x4D44,     // FAT
        0x2011BAB0, // exFAT
        0x7366746E, // ntfs3
        0x482B,     // HFS+
        0x15013346, // UDF
    };
    struct statfs status;
    if (fstatfs(descriptor, &status) != 0)
        return false;
    for (size_t number = 0; number < sizeof kinds / sizeof *kinds; number++)
        if ((unsigned long)status.f_type == kinds[number])
            return true;
    return false;
}

int tsm_thread_number(void)
{
    return gettid();
}

int tsm_set_attribute(const char *path, const char *name, const void *value, size_t size)
{
    return lsetxattr(path, name, value, size, 0);
}
