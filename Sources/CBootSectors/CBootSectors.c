// SPDX-License-Identifier: GPL-3.0-or-later

#include "CBootSectors.h"

#include <stddef.h>

#if defined(__x86_64__) || defined(__i386__)

extern const uint8_t tsm_master_boot_record_code[];
extern const uint8_t tsm_fat32_boot_record_code[];
extern const uint8_t tsm_ntfs_boot_record_code[];
extern const uint8_t tsm_disc_boot_record_code[];
extern const uint8_t tsm_boot_manager_code[];

const uint8_t *tsm_master_boot_record(void) { return tsm_master_boot_record_code; }
const uint8_t *tsm_fat32_boot_record(void) { return tsm_fat32_boot_record_code; }
const uint8_t *tsm_ntfs_boot_record(void) { return tsm_ntfs_boot_record_code; }
const uint8_t *tsm_disc_boot_record(void) { return tsm_disc_boot_record_code; }
const uint8_t *tsm_boot_manager(void) { return tsm_boot_manager_code; }

#else

// SwiftPM assembles for the host alone, and an assembler for another processor has no x86.
const uint8_t *tsm_master_boot_record(void) { return NULL; }
const uint8_t *tsm_fat32_boot_record(void) { return NULL; }
const uint8_t *tsm_ntfs_boot_record(void) { return NULL; }
const uint8_t *tsm_disc_boot_record(void) { return NULL; }
const uint8_t *tsm_boot_manager(void) { return NULL; }

#endif
