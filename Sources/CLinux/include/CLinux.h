// SPDX-License-Identifier: GPL-3.0-or-later
//
// Linux calls that glibc hides behind _GNU_SOURCE, which Swift's Glibc module does not set.
// Each returns -1 and sets errno on failure, as its manual page says.

#ifndef CLINUX_H
#define CLINUX_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/// copy_file_range(2).
ssize_t tsm_copy_file_range(int source, int64_t *source_offset, int target, int64_t *target_offset, size_t count);

/// Renames in one folder or between two, atomically; with `replace` false it fails with EEXIST when `target` exists.
/// Falls back to link and unlink where the file system has no RENAME_NOREPLACE.
int tsm_rename(const char *source, const char *target, bool replace);

/// Swaps two paths atomically: renameat2(2) with RENAME_EXCHANGE.
int tsm_exchange(const char *first, const char *second);

/// sync_file_range(2) with SYNC_FILE_RANGE_WRITE: starts writing back without waiting.
int tsm_start_writeback(int descriptor, int64_t offset, int64_t count);

/// The alignment in bytes that direct input and output of an open file needs, of memory, offset and size alike; 0 when
/// its file system has none or does not say: statx(2) with STATX_DIOALIGN, Linux 6.1.
int64_t tsm_direct_alignment(int descriptor);

/// Opens an open file once more, to write or else to read past the page cache: open(2) with O_DIRECT.
int tsm_open_direct(int descriptor, bool writes);

/// True when the file system of a file that is open for writing lets files share blocks: ioctl_ficlonerange(2).
bool tsm_can_share_blocks(int descriptor);

/// Gives a part of a file its blocks before it is written; the size of the file stays: fallocate(2).
int tsm_allocate(int descriptor, int64_t offset, int64_t count);

/// Tells the kernel that `count` bytes at `offset` will be read soon: readahead(2).
ssize_t tsm_read_ahead(int descriptor, int64_t offset, size_t count);

/// Waits until everything on the file system of `descriptor` is written: syncfs(2).
int tsm_syncfs(int descriptor);

/// Removes `path` and everything below it, without following links or leaving the file system: nftw(3).
int tsm_remove_tree(const char *path);

/// True when an open file lies on a file system of this computer alone, so that its locks hold against everyone who can
/// reach it; false for those of networks and of FUSE, and for those that are not known: statfs(2).
bool tsm_is_local_file_system(int descriptor);

/// The number of the calling thread: gettid(2).
int tsm_thread_number(void);

/// Opens a block device for reading and writing, for nobody else to mount or open like this: open(2) with O_EXCL.
int tsm_open_drive(const char *path);

/// The size of an open block device: BLKGETSIZE64 of ioctl_fs(2).
int64_t tsm_block_byte_count(int descriptor);

/// The bytes in a logical sector of an open block device: BLKSSZGET.
int tsm_block_logical_sector(int descriptor);

/// The kernel's count of disks when this one appeared: BLKGETDISKSEQ, Linux 5.15.
int tsm_block_disk_sequence(int descriptor, uint64_t *sequence);

/// 1 when an open block device is write-protected, else 0: BLKROGET.
int tsm_block_is_read_only(int descriptor);

/// Has the kernel read the partition table again: BLKRRPART.
int tsm_block_reread_partitions(int descriptor);

/// Tells the kernel of a partition of an open block device, whatever its table says; places are in bytes: BLKPG.
int tsm_block_add_partition(int descriptor, int number, int64_t offset, int64_t length);

/// Has the kernel forget a partition of an open block device; EBUSY when it is in use: BLKPG.
int tsm_block_remove_partition(int descriptor, int number);

/// Writes and forgets what the page cache has of a block device: BLKFLSBUF.
int tsm_block_flush(int descriptor);

/// The file system and inode of the file behind an open loop device: LOOP_GET_STATUS64 of loop(4).
int tsm_loop_backing(int descriptor, uint64_t *device, uint64_t *inode);

/// 1 when an open drive of discs has one in it, 0 when it has none or its tray is out: CDROM_DRIVE_STATUS of cdrom.h.
int tsm_disc_is_present(int descriptor);

/// Unlocks the door of an open drive of discs and has it give its disc out: CDROM_LOCKDOOR and CDROMEJECT of cdrom.h.
int tsm_disc_eject(int descriptor);

/// The number that mountinfo has for the mount that `path` lies on: statx(2) with STATX_MNT_ID, Linux 5.8. Returns 1
/// when the kernel does not say.
int tsm_mount_number(const char *path, uint64_t *number);

/// Sets an extended attribute of `path`, which may be no link: lsetxattr(2).
int tsm_set_attribute(const char *path, const char *name, const void *value, size_t size);

/// Takes the topmost file system off `path`, which may be no link: umount2(2).
int tsm_unmount(const char *path);

/// Mounts a file system for data alone, with no devices, no programs and no set-user-ID bits in it: mount(2).
int tsm_mount(const char *source, const char *target, const char *type, bool is_read_only, const char *options);

/// Shows an open file or drive as a loop device that cannot be written to, and that goes when nobody uses it any more:
/// loop(4). Returns it, opened, and its number.
int tsm_attach_loop(int descriptor, int *number);

/// Ends the system at once, after what is written was flushed, and starts it again or powers it off: reboot(2).
int tsm_restart(bool powers_off);

/// Starts a program that does not outlive the calling thread, whatever ends that: fork(2), prctl(2) with PR_SET_PDEATHSIG.
///
/// It has a process group of its own, an empty standard input, `log` as standard output and error, the `count` descriptors
/// from 3 on, and no other file of ours.
pid_t tsm_start_bound(
    const char *path, char *const arguments[], char *const environment[], int log, const int *descriptors, int count);

/// The version of Landlock that the kernel has (landlock_create_ruleset(2)); -1 where it has none.
int tsm_landlock_version(void);

/// Rules that deny what `files`, `network` and `scopes` name until it is allowed; a file descriptor.
int tsm_landlock_create(uint64_t files, uint64_t network, uint64_t scopes);

/// Allows `rights` to the open file or below the open folder `place`: landlock_add_rule(2).
int tsm_landlock_allow_place(int rules, int place, uint64_t rights);

/// Allows `rights` to a port of TCP; Linux 6.7.
int tsm_landlock_allow_port(int rules, uint16_t port, uint64_t rights);

/// Holds the calling thread, and whatever it starts, to `rules`: landlock_restrict_self(2).
int tsm_landlock_enforce(int rules);

/// Opens `path` as a place alone: open(2) with O_PATH, which needs no right to it.
int tsm_open_place(const char *path);

/// No program that this process starts gets more rights than it has: PR_SET_NO_NEW_PRIVS(2const).
int tsm_give_up_privileges(void);

/// Nobody but root may look into the memory of this process, and it leaves no core dump: PR_SET_DUMPABLE(2const).
int tsm_hide_memory(void);

/// Forbids the calling thread, and whatever it starts, the system calls that nothing of ours makes: seccomp(2).
int tsm_filter_calls(bool starts_programs, bool has_network, bool unmounts);

#endif
