/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The El Torito boot image of a BIOS: finds BOOTMGR in the root directory of the ISO 9660 volume, loads it to 2000:0000 and
 * jumps there with the drive in DL, as etfsboot.com does. It asks for no key.
 */

#if defined(__x86_64__) || defined(__i386__)

#include "constants.inc"

    .set    BLOCK_SIZE, 2048
    .set    VOLUME_DESCRIPTOR, 16       /* ECMA-119 6.2.1: the first block after the system area */
    .set    ROOT_RECORD, 156            /* ECMA-119 8.4.18 */
    .set    RECORD_EXTENT, 2            /* ECMA-119 9.1.3, the little-endian half */
    .set    RECORD_SIZE, 10             /* ECMA-119 9.1.4, the little-endian half */
    .set    RECORD_FLAGS, 25            /* ECMA-119 9.1.6 */
    .set    RECORD_NAME_LENGTH, 32      /* ECMA-119 9.1.10 */
    .set    RECORD_NAME, 33             /* ECMA-119 9.1.11 */
    .set    NAME_SIZE, 7
    .set    NOT_A_WHOLE_FILE, 0x82      /* a folder, or an extent that others follow */

    .set    IMAGE_SIZE, 4096            /* that of etfsboot.com: eight sectors of the boot catalog */
    .set    DRIVE, 0x8FF0
    .set    BUFFER, 0x9000
    .set    BOOTMGR_SEGMENT, 0x2000
    .set    BOOTMGR_LIMIT, 0x7E000      /* up to 0x9E000: below the extended BIOS data area */

    .section .rodata, "a", @progbits
    .code16
    .balign 16
    .globl  tsm_disc_boot_record_code
    .hidden tsm_disc_boot_record_code
tsm_disc_boot_record_code:
start:
    ljmp    $0, $(in_segment_0 - start + BOOT_ADDRESS)      /* some firmware starts it at 07C0:0000 */
in_segment_0:
    begin
    movb    %dl, DRIVE
    movl    $VOLUME_DESCRIPTOR, %eax
    movw    $1, %cx
    movw    $BUFFER, %bx
    call    read_sectors
    movw    $(no_volume - start + BOOT_ADDRESS), %si
    cmpl    $0x30444301, BUFFER         /* the type of a primary descriptor, and "CD0" */
    jne     stop
    cmpw    $0x3130, BUFFER + 4         /* "01" */
    jne     stop
    movl    BUFFER + ROOT_RECORD + RECORD_EXTENT, %eax
    movl    BUFFER + ROOT_RECORD + RECORD_SIZE, %edx
    shrl    $11, %edx                   /* ECMA-119 6.8.1: a directory has whole blocks */
next_block:
    movw    $(missing - start + BOOT_ADDRESS), %si
    testl   %edx, %edx
    jz      stop
    movw    $1, %cx
    movw    $BUFFER, %bx
    call    read_sectors
next_record:
    cmpb    $0, (%bx)                   /* ECMA-119 6.8.1.1: the rest of the block is unused */
    je      block_done
    cmpb    $NAME_SIZE, RECORD_NAME_LENGTH(%bx)
    jne     skip_record
    leaw    RECORD_NAME(%bx), %si
    movw    $(name - start + BOOT_ADDRESS), %di
    movw    $NAME_SIZE, %cx
    repe cmpsb
    je      found
skip_record:
    movzbw  (%bx), %cx
    addw    %cx, %bx
    cmpw    $(BUFFER + BLOCK_SIZE), %bx
    jb      next_record
block_done:
    incl    %eax
    decl    %edx
    jmp     next_block

found:
    movw    $(not_loadable - start + BOOT_ADDRESS), %si
    testb   $NOT_A_WHOLE_FILE, RECORD_FLAGS(%bx)
    jnz     stop
    movl    RECORD_SIZE(%bx), %edx
    testl   %edx, %edx
    jz      stop
    cmpl    $BOOTMGR_LIMIT, %edx
    ja      stop
    movl    RECORD_EXTENT(%bx), %eax
    addl    $(BLOCK_SIZE - 1), %edx
    shrl    $11, %edx
    movw    $BOOTMGR_SEGMENT, %di
load_block:
    movw    %di, %es
    xorw    %bx, %bx
    movw    $1, %cx
    call    read_sectors
    addw    $(BLOCK_SIZE / 16), %di
    incl    %eax
    decl    %edx
    jnz     load_block
    movb    DRIVE, %dl
    ljmp    $BOOTMGR_SEGMENT, $0

    stop_routine
    read_routine start - BOOT_ADDRESS, DRIVE

    
name:           .ascii  "BOOTMGR"
read_failed:    .asciz  "The disc could not be read.\r\n"
no_volume:      .asciz  "This disc has no ISO 9660 volume.\r\n"
missing:        .asciz  "BOOTMGR is not on this disc.\r\n"
not_loadable:   .asciz  "BOOTMGR is no file that can be loaded.\r\n"

    .org    start + IMAGE_SIZE

    .section .note.GNU-stack, "", @progbits
#endif
