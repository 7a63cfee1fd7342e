// SPDX-License-Identifier: GPL-3.0-or-later
//
// A boot sector by which a virtual machine shows that its processor works, assembled from the source beside this folder.

#ifndef CMACHINEPROBE_H
#define CMACHINEPROBE_H

#include <stdint.h>

/// The size of the boot sector in bytes.
#define TSM_MACHINE_PROBE_SIZE 512

/// The status that QEMU ends with when the boot sector has come to its end: 2n + 1 of what it writes to the port of
/// isa-debug-exit, which the machine has at 0x501.
#define TSM_MACHINE_PROBE_STATUS 33

/// The boot sector, or null on hosts whose processor is none of a PC.
const uint8_t *tsm_machine_probe(void);

#endif
