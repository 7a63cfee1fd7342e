// SPDX-License-Identifier: GPL-3.0-or-later

// What the headers expect of a configure script.
#define HAVE_STDINT_H 1
#define HAVE_STDARG_H 1
#define HAVE_STDIO_H 1
#define HAVE_STDLIB_H 1
#define HAVE_STRING_H 1
#define HAVE_SYS_TYPES_H 1
#define HAVE_SYS_STAT_H 1
#define HAVE_SYS_PARAM_H 1
#define HAVE_TIME_H 1
#define HAVE_ERRNO_H 1

#include <errno.h>
#include <sys/stat.h>
#include <ntfs-3g/types.h>
#include <ntfs-3g/support.h>
#include <ntfs-3g/device.h>
#include <ntfs-3g/layout.h>
#include <ntfs-3g/volume.h>
#include <ntfs-3g/inode.h>
#include <ntfs-3g/attrib.h>
#include <ntfs-3g/dir.h>
#include <ntfs-3g/logging.h>

/// Opens the unnamed data of a file; `AT_UNNAMED` has to be that very pointer.
static inline ntfs_attr *tsm_ntfs_open_data(ntfs_inode *inode)
{
    return ntfs_attr_open(inode, AT_DATA, AT_UNNAMED, 0);
}

/// Gives unnamed data clusters for `size` bytes, without writing them, and says that all of them are written.
/// Returns 0, or -1 with errno.
static inline int tsm_ntfs_reserve(ntfs_attr *data, s64 size)
{
    // The library takes the largest run of each part of the bitmap and overlooks the others, so that it finds no room
    // although there is enough: it is asked again for less at a time (tried with 2022.10.3).
    for (s64 done = 0, step = size; done < size;) {
        s64 next = step < size - done ? done + step : size;
        if (!ntfs_attr_truncate_solid(data, next)) {
            done = next;
        } else if (errno != ENOSPC || step < (1 << 20)) {
            return -1;
        } else {
            step = step / 2 & ~(s64)0xFFFF;
        }
    }
    if (!NAttrNonResident(data) && ntfs_attr_force_non_resident(data))
        return -1;
    if (ntfs_attr_map_whole_runlist(data))
        return -1;
    ntfs_attr_search_ctx *context = ntfs_attr_get_search_ctx(data->ni, NULL);
    if (!context)
        return -1;
    int result = ntfs_attr_lookup(AT_DATA, AT_UNNAMED, 0, CASE_SENSITIVE, 0, NULL, 0, context);
    if (!result) {
        data->initialized_size = size;
        context->attr->initialized_size = cpu_to_sle64(size);
        ntfs_inode_mark_dirty(context->ntfs_ino);
        NInoFileNameSetDirty(data->ni);
    }
    ntfs_attr_put_search_ctx(context);
    return result;
}

/// Gives a file or folder this time, in all places that have one. Returns 0, or -1 with errno.
static inline int tsm_ntfs_set_times(ntfs_inode *inode, u64 time)
{
    ntfs_attr_search_ctx *context = ntfs_attr_get_search_ctx(inode, NULL);
    if (!context)
        return -1;
    while (!ntfs_attr_lookup(AT_FILE_NAME, NULL, 0, CASE_SENSITIVE, 0, NULL, 0, context)) {
        FILE_NAME_ATTR *name = (FILE_NAME_ATTR *)((u8 *)context->attr + le16_to_cpu(context->attr->value_offset));
        name->creation_time = name->last_data_change_time = cpu_to_sle64(time);
        name->last_mft_change_time = name->last_access_time = cpu_to_sle64(time);
        ntfs_inode_mark_dirty(context->ntfs_ino);
    }
    int result = errno == ENOENT ? 0 : -1;
    ntfs_attr_put_search_ctx(context);
    inode->creation_time = inode->last_data_change_time = cpu_to_sle64(time);
    inode->last_mft_change_time = inode->last_access_time = cpu_to_sle64(time);
    NInoFileNameSetDirty(inode);
    ntfs_inode_mark_dirty(inode);
    return result;
}

/// True for data that lies in clusters as it is.
static inline int tsm_ntfs_is_plain(ntfs_attr *data)
{
    return NAttrNonResident(data) && !NAttrCompressed(data) && !NAttrEncrypted(data);
}

/// Keeps the library from writing to standard error.
static inline void tsm_ntfs_be_silent(void) { ntfs_log_set_handler(ntfs_log_handler_null); }
