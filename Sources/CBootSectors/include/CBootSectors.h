// SPDX-License-Identifier: GPL-3.0-or-later
//
// The boot sectors of drives that a BIOS starts, assembled from the sources beside this folder.

#ifndef CBOOTSECTORS_H
#define CBOOTSECTORS_H

#include <stdint.h>

/// The code of a master boot record in bytes: what lies before the disk signature.
#define TSM_MASTER_BOOT_RECORD_SIZE 440

/// The FAT32 boot record in bytes: the first sector of the volume, and the third.
#define TSM_FAT32_BOOT_RECORD_SIZE 1024

/// The NTFS boot record in bytes: the first sectors of the volume.
#define TSM_NTFS_BOOT_RECORD_SIZE 2560

/// The code of the master boot record, or null where the assembler does not know 16-bit x86: on hosts that are no PCs.
const uint8_t *tsm_master_boot_record(void);

/// The FAT32 boot record with an empty BIOS parameter block (bytes 3 to 89), or null.
const uint8_t *tsm_fat32_boot_record(void);

/// The NTFS boot record with an empty BIOS parameter block (bytes 11 to 83), or null.
const uint8_t *tsm_ntfs_boot_record(void);

#endif
