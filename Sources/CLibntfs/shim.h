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
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <ntfs-3g/types.h>
#include <ntfs-3g/support.h>
#include <ntfs-3g/device.h>
#include <ntfs-3g/layout.h>
#include <ntfs-3g/volume.h>
#include <ntfs-3g/inode.h>
#include <ntfs-3g/mft.h>
#include <ntfs-3g/attrib.h>
#include <ntfs-3g/dir.h>
#include <ntfs-3g/security.h>
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

/// The four times of a file or folder, in the order of $STANDARD_INFORMATION.
struct tsm_ntfs_times {
    u64 creation, last_write, last_change, last_access;
};

/// The times of a file or folder.
static inline struct tsm_ntfs_times tsm_ntfs_get_times(ntfs_inode *inode)
{
    struct tsm_ntfs_times times = {
        sle64_to_cpu(inode->creation_time), sle64_to_cpu(inode->last_data_change_time),
        sle64_to_cpu(inode->last_mft_change_time), sle64_to_cpu(inode->last_access_time),
    };
    return times;
}

/// Gives a file or folder these times, and its names too. Returns 0, or -1 with errno.
static inline int tsm_ntfs_put_times(ntfs_inode *inode, struct tsm_ntfs_times times)
{
    if (tsm_ntfs_set_times(inode, times.creation))
        return -1;
    ntfs_attr_search_ctx *context = ntfs_attr_get_search_ctx(inode, NULL);
    if (!context)
        return -1;
    while (!ntfs_attr_lookup(AT_FILE_NAME, NULL, 0, CASE_SENSITIVE, 0, NULL, 0, context)) {
        FILE_NAME_ATTR *name = (FILE_NAME_ATTR *)((u8 *)context->attr + le16_to_cpu(context->attr->value_offset));
        name->last_data_change_time = cpu_to_sle64(times.last_write);
        name->last_mft_change_time = cpu_to_sle64(times.last_change);
        name->last_access_time = cpu_to_sle64(times.last_access);
        ntfs_inode_mark_dirty(context->ntfs_ino);
    }
    int result = errno == ENOENT ? 0 : -1;
    ntfs_attr_put_search_ctx(context);
    inode->last_data_change_time = cpu_to_sle64(times.last_write);
    inode->last_mft_change_time = cpu_to_sle64(times.last_change);
    inode->last_access_time = cpu_to_sle64(times.last_access);
    return result;
}

/// Orders the names that a file has in its record, and their numbers, by their bytes, as the library looks them up.
///
/// It puts a new name where its bytes belong, and these begin with the clock's time: two names in one folder would have
/// another order on another day. A file whose names lie in several records stays as it is.
static inline void tsm_ntfs_sort_names(ntfs_inode *inode)
{
    MFT_RECORD *record = inode->mrec;
    u8 *end = (u8 *)record + le32_to_cpu(record->bytes_in_use), *place = (u8 *)record + le16_to_cpu(record->attrs_offset);
    // A record of 4 KiB has no more.
    u8 *names[64], copy[4096];
    size_t count = 0, size = 0;
    if (NInoAttrList(inode))
        return;
    for (; place + sizeof(ATTR_RECORD) <= end; place += le32_to_cpu(((ATTR_RECORD *)place)->length)) {
        ATTR_RECORD *attribute = (ATTR_RECORD *)place;
        if (attribute->type == AT_END || !attribute->length)
            break;
        if (attribute->type != AT_FILE_NAME)
            continue;
        if (count == sizeof names / sizeof *names || size + le32_to_cpu(attribute->length) > sizeof copy)
            return;
        size += le32_to_cpu(attribute->length);
        size_t index = count++;
        for (; index; index--) {
            ATTR_RECORD *other = (ATTR_RECORD *)names[index - 1];
            u32 length = le32_to_cpu(attribute->value_length), others = le32_to_cpu(other->value_length);
            if (memcmp((u8 *)other + le16_to_cpu(other->value_offset), place + le16_to_cpu(attribute->value_offset),
                       length < others ? length : others) <= 0)
                break;
            names[index] = names[index - 1];
        }
        names[index] = place;
    }
    if (count < 2)
        return;
    u8 *start = names[0];
    for (size_t index = 1; index < count; index++)
        start = names[index] < start ? names[index] : start;
    // The numbers that the names have are anybody's, as long as no two are the same: the smallest goes first.
    u16 numbers[64];
    for (size_t index = 0; index < count; index++) {
        u16 number = le16_to_cpu(((ATTR_RECORD *)names[index])->instance);
        size_t slot = index;
        for (; slot && numbers[slot - 1] > number; slot--)
            numbers[slot] = numbers[slot - 1];
        numbers[slot] = number;
    }
    size = 0;
    for (size_t index = 0; index < count; index++) {
        ATTR_RECORD *attribute = (ATTR_RECORD *)names[index];
        attribute->instance = cpu_to_le16(numbers[index]);
        memcpy(copy + size, attribute, le32_to_cpu(attribute->length));
        size += le32_to_cpu(attribute->length);
    }
    memcpy(start, copy, size);
    ntfs_inode_mark_dirty(inode);
}

/// Clears what a record holds beside what it says.
static inline void tsm_ntfs_clear_record(MFT_RECORD *record)
{
    u32 used = le32_to_cpu(record->bytes_in_use), size = le32_to_cpu(record->bytes_allocated);
    u8 *start = (u8 *)record, *end = start + used;
    if (used > size)
        return;
    for (u8 *place = start + le16_to_cpu(record->attrs_offset); place + sizeof(ATTR_RECORD) <= end;) {
        ATTR_RECORD *attribute = (ATTR_RECORD *)place;
        u32 length = le32_to_cpu(attribute->length);
        if (attribute->type == AT_END || !length || length > (size_t)(end - place))
            break;
        u32 value = le16_to_cpu(attribute->value_offset) + le32_to_cpu(attribute->value_length);
        if (!attribute->non_resident && value < length)
            memset(place + value, 0, length - value);
        place += length;
    }
    memset(end, 0, size - used);
}

/// Clears what an inode's record and the blocks of a folder hold beside what they say: what lay there before has the times
/// of the clock. Returns 0, or -1 with errno.
static inline int tsm_ntfs_clear_remains(ntfs_inode *inode)
{
    tsm_ntfs_clear_record(inode->mrec);
    ntfs_inode_mark_dirty(inode);
    ntfs_volume *volume = inode->vol;
    u32 size = volume->indx_record_size;
    if (!ntfs_attr_exist(inode, AT_INDEX_ALLOCATION, NTFS_INDEX_I30, 4))
        return 0;
    ntfs_attr *blocks = ntfs_attr_open(inode, AT_INDEX_ALLOCATION, NTFS_INDEX_I30, 4);
    if (!blocks)
        return -1;
    INDEX_BLOCK *block = malloc(size);
    int result = block ? 0 : -1;
    for (s64 offset = 0; !result && offset + size <= blocks->data_size; offset += size) {
        // One that was never used is none.
        if (ntfs_attr_mst_pread(blocks, offset, 1, size, block) != 1 || !ntfs_is_indx_record(block->magic))
            continue;
        u32 head = offsetof(INDEX_BLOCK, index), used = head + le32_to_cpu(block->index.index_length);
        if (used >= size)
            continue;
        memset((u8 *)block + used, 0, size - used);
        result = ntfs_attr_mst_pwrite(blocks, offset, 1, size, block) == 1 ? 0 : -1;
    }
    free(block);
    ntfs_attr_close(blocks);
    return result;
}

/// The same for a record that no inode begins with: all of one that is free again. Returns 0, also for one that is none,
/// or -1 with errno.
static inline int tsm_ntfs_clear_other_record(ntfs_volume *volume, u64 number)
{
    u32 size = volume->mft_record_size;
    MFT_RECORD *record = malloc(size);
    if (!record)
        return -1;
    int result = 0;
    if (!ntfs_mft_record_read(volume, number, record) && ntfs_is_file_record(record->magic)
        && le32_to_cpu(record->bytes_allocated) == size) {
        u32 start = le16_to_cpu(record->attrs_offset);
        if (!(record->flags & MFT_RECORD_IN_USE) && start + 8 <= size) {
            ((ATTR_RECORD *)((u8 *)record + start))->type = AT_END;
            record->bytes_in_use = cpu_to_le32(start + 8);
            memset((u8 *)record + start + 4, 0, 4);
        }
        tsm_ntfs_clear_record(record);
        result = ntfs_mft_record_write(volume, number, record);
    }
    free(record);
    return result;
}

/// FILE_ATTRIBUTE_* of a file or folder, with that of folders.
static inline u32 tsm_ntfs_attributes(ntfs_inode *inode)
{
    return (le32_to_cpu(inode->flags) & ~(u32)0x10) | (inode->mrec->flags & MFT_RECORD_IS_DIRECTORY ? 0x10 : 0);
}

/// Finds the next unnamed or named stream. Returns 1, 0 after the last, or -1 with errno.
static inline int tsm_ntfs_next_stream(ntfs_attr_search_ctx *context, const ntfschar **name, u32 *length)
{
    while (!ntfs_attr_lookup(AT_DATA, NULL, 0, CASE_SENSITIVE, 0, NULL, 0, context)) {
        ATTR_RECORD *record = context->attr;
        // One in several pieces is met once for each.
        if (record->non_resident && sle64_to_cpu(record->lowest_vcn))
            continue;
        *name = (const ntfschar *)((u8 *)record + le16_to_cpu(record->name_offset));
        *length = record->name_length;
        return 1;
    }
    return errno == ENOENT ? 0 : -1;
}

/// Opens a stream by its name; one without name when `length` is 0.
static inline ntfs_attr *tsm_ntfs_open_stream(ntfs_inode *inode, ntfschar *name, u32 length)
{
    return ntfs_attr_open(inode, AT_DATA, length ? name : AT_UNNAMED, length);
}

/// Opens the buffer of a reparse point.
static inline ntfs_attr *tsm_ntfs_open_reparse_point(ntfs_inode *inode)
{
    return ntfs_attr_open(inode, AT_REPARSE_POINT, AT_UNNAMED, 0);
}

/// The number under which the volume keeps a file's security descriptor; 0 where the file has one of its own or none.
static inline u32 tsm_ntfs_security_number(ntfs_inode *inode)
{
    return test_nino_flag(inode, v3_Extensions) ? le32_to_cpu(inode->security_id) : 0;
}

/// The size of a file's security descriptor, which is copied to `value` where it fits; 0 for none, -1 with errno.
static inline int tsm_ntfs_descriptor(ntfs_inode *inode, char *value, size_t size)
{
    if (!tsm_ntfs_security_number(inode) && !ntfs_attr_exist(inode, AT_SECURITY_DESCRIPTOR, AT_UNNAMED, 0))
        return 0;
    struct SECURITY_CONTEXT context;
    memset(&context, 0, sizeof context);
    context.vol = inode->vol;
    int result = ntfs_get_ntfs_acl(&context, inode, value, size);
    return result ? result : -1;
}

/// True for data that lies in clusters as it is.
static inline int tsm_ntfs_is_plain(ntfs_attr *data)
{
    return NAttrNonResident(data) && !NAttrCompressed(data) && !NAttrEncrypted(data);
}

/// Keeps the library from writing to standard error.
static inline void tsm_ntfs_be_silent(void) { ntfs_log_set_handler(ntfs_log_handler_null); }
