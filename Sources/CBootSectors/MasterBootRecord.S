/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The code of a master boot record: loads the first sector of the active partition to 0000:7C00 and starts it, with the
 * drive in DL and its partition entry at DS:SI.
 */

#if defined(__x86_64__) || defined(__i386__)

#include "constants.inc"

    .set    OWN_ADDRESS, 0x600          /* out of the way of the boot record: free in every BIOS's memory map */
    .set    DRIVE, OWN_ADDRESS - 2      /* between the BIOS's data and ourselves */
    .set    TABLE, 446                  /* the four entries of the partition table, 16 bytes each */
    .set    ENTRY_SIZE, 16
    .set    ENTRY_START, 8              /* the first sector of the partition */
    .set    ACTIVE, 0x80

    .section .rodata, "a", @progbits
    .code16
    .balign 16
    .globl  tsm_master_boot_record_code
    .hidden tsm_master_boot_record_code
tsm_master_boot_record_code:
start:
    begin
    movw    $BOOT_ADDRESS, %si
    movw    $OWN_ADDRESS, %di
    movw    $(SECTOR_SIZE / 2), %cx
    rep     movsw
    ljmp    $0, $(moved - start + OWN_ADDRESS)
moved:
    movb    %dl, DRIVE
    movw    $(OWN_ADDRESS + TABLE), %si
    movw    $4, %cx
1:  testb   $ACTIVE, (%si)
    jnz     found
    addw    $ENTRY_SIZE, %si
    loop    1b
    movw    $(no_partition - start + OWN_ADDRESS), %si
    jmp     stop
found:
    movw    %si, %bp
    movb    DRIVE, %dl
    require_extensions no_extensions
    movl    ENTRY_START(%bp), %eax
    movw    $1, %cx
    movw    $BOOT_ADDRESS, %bx
    call    read_sectors
    movw    $(no_record - start + OWN_ADDRESS), %si
    cmpw    $BOOT_SIGNATURE, BOOT_ADDRESS + SECTOR_SIZE - 2
    jne     stop
    movw    %bp, %si
    movb    DRIVE, %dl
    ljmp    $0, $BOOT_ADDRESS
no_extensions:
    movw    $(not_readable - start + OWN_ADDRESS), %si
    jmp     stop

    stop_routine
    read_routine start - OWN_ADDRESS, DRIVE

no_partition:   .asciz  "This drive has no active partition: start it with UEFI.\r\n"
no_record:      .asciz  "The active partition has no boot record.\r\n"
not_readable:   .asciz  "This BIOS cannot read the drive by sector number.\r\n"
read_failed:    .asciz  "The drive could not be read.\r\n"

    .org    start + 440                 /* the disk signature; an error here means that the code is too long */

    .section .note.GNU-stack, "", @progbits
#endif
