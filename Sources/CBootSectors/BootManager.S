/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What boot records know as BOOTMGR, with GRUB behind it: they load all of it to 2000:0000 and jump there with the drive in
 * DL. It puts GRUB's core, which lies behind it without its first sector, to 0000:8200 and jumps there, as that sector does
 * after it has read the rest (GRUB 2.06, grub-core/boot/i386/pc/diskboot.S).
 */

#if defined(__x86_64__) || defined(__i386__)

#include "constants.inc"

    .set    LOADED_SEGMENT, 0x2000
    .set    MANAGER_SIZE, 512
    .set    CORE_ADDRESS, 0x8200        /* GRUB_BOOT_MACHINE_KERNEL_ADDR behind the first sector */
    .set    CORE_STACK, 0x2000          /* GRUB_BOOT_MACHINE_STACK_SEG */

    .section .rodata, "a", @progbits
    .code16
    .balign 16
    .globl  tsm_boot_manager_code
    .hidden tsm_boot_manager_code
tsm_boot_manager_code:
start:
    jmp     begin_move
    .org    start + 4
paragraphs:     .long   0               /* of the core; set where the file is made */
begin_move:
    cli
    cld
    movw    $LOADED_SEGMENT, %ax
    movw    %ax, %ds
    xorw    %ax, %ax
    movw    %ax, %es
    movw    %ax, %ss
    movw    $BOOT_ADDRESS, %sp
    xorw    %si, %si
    movw    $BOOT_ADDRESS, %di
    movw    $(MANAGER_SIZE / 2), %cx
    rep movsw                           /* itself out of the way of a large core */
    ljmp    $0, $(moved - start + BOOT_ADDRESS)
moved:
    movl    %es:(paragraphs - start + BOOT_ADDRESS), %ebx
    movw    $(LOADED_SEGMENT + MANAGER_SIZE / 16), %ax
    movw    $(CORE_ADDRESS / 16), %bp
next_paragraph:                         /* downwards in memory, so that what is not yet moved is never overwritten */
    movw    %ax, %ds
    movw    %bp, %es
    xorw    %si, %si
    xorw    %di, %di
    movw    $8, %cx
    rep movsw
    incw    %ax
    incw    %bp
    decl    %ebx
    jnz     next_paragraph
    xorw    %ax, %ax
    movw    %ax, %ds
    movw    %ax, %es
    movw    $CORE_STACK, %sp
    sti
    ljmp    $0, $CORE_ADDRESS

    .org    start + MANAGER_SIZE

    .section .note.GNU-stack, "", @progbits
#endif
