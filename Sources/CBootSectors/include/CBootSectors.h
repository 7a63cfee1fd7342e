// SPDX-License-Identifier: GPL-3.0-or-later
//
// The boot sectors of drives and discs that a BIOS starts, assembled from the sources beside this folder.

#ifndef CBOOTSECTORS_H
#define CBOOTSECTORS_H

#include <stdint.h>

/// The code of a master boot record in bytes: what lies before the disk signature.
#define TSM_MASTER_BOOT_RECORD_SIZE 440

/// The FAT32 boot record in bytes: the first sector of the volume, and the third.
#define TSM_FAT32_BOOT_RECORD_SIZE 1024

/// The NTFS boot record in bytes: the first sectors of the volume.
#define TSM_NTFS_BOOT_RECORD_SIZE 2560

/// The El Torito boot image of a BIOS in bytes.
#define TSM_DISC_BOOT_RECORD_SIZE 4096

/// The start of a boot manager in bytes; GRUB's core without its first sector follows.
#define TSM_BOOT_MANAGER_SIZE 512
/// Where in it the number of the core's paragraphs of 16 bytes stands, little-endian in four bytes.
#define TSM_BOOT_MANAGER_COUNT_OFFSET 4
/// The bytes of a boot manager that the boot records load at most.
#define TSM_BOOT_MANAGER_LIMIT 0x7E000

/// The code of the master boot record, or null where the assembler does not know 16-bit x86: on hosts that are no PCs.
const uint8_t *tsm_master_boot_record(void);

/// The FAT32 boot record with an empty BIOS parameter block (bytes 3 to 89), or null.
const uint8_t *tsm_fat32_boot_record(void);

/// The NTFS boot record with an empty BIOS parameter block (bytes 11 to 83), or null.
const uint8_t *tsm_ntfs_boot_record(void);

/// The El Torito boot image, or null.
const uint8_t *tsm_disc_boot_record(void);

/// The start of a boot manager, or null.
const uint8_t *tsm_boot_manager(void);

#endif
