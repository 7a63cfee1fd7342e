/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The boot record of a FAT32 volume: finds BOOTMGR in the root directory, loads it to 2000:0000 along its cluster chain
 * and jumps there with the drive in DL, as Windows' own boot record does.
 *
 * It has two sectors: the first of the volume, which holds the BIOS parameter block and stays at 0000:7C00 as the firmware
 * loaded it, and the third, which it loads behind the first.
 */

#if defined(__x86_64__) || defined(__i386__)

#include "constants.inc"

/* "FAT: General Overview of On-Disk Format" 1.03, pages 9 to 12. */
    .set    BPB_START, 3
    .set    BPB_END, 0x5A
    .set    SECTORS_PER_CLUSTER, BOOT_ADDRESS + 13
    .set    RESERVED_SECTORS, BOOT_ADDRESS + 14
    .set    FAT_COUNT, BOOT_ADDRESS + 16
    .set    HIDDEN_SECTORS, BOOT_ADDRESS + 28
    .set    SECTORS_PER_FAT, BOOT_ADDRESS + 36
    .set    ROOT_CLUSTER, BOOT_ADDRESS + 44
    .set    DRIVE, BOOT_ADDRESS + 64    /* BS_DrvNum: where boot code keeps the number that it got in DL */

/* The same, pages 23 to 24: a directory record. */
    .set    RECORD_SIZE, 32
    .set    NAME_SIZE, 11
    .set    ATTRIBUTES, 11
    .set    NOT_A_FILE, 0x18            /* a volume label or a part of a long name, or a folder */
    .set    CLUSTER_HIGH, 20
    .set    CLUSTER_LOW, 26
    .set    FILE_SIZE, 28

    .set    CLUSTER_MASK, 0x0FFFFFFF    /* the same, page 16: the upper four bits are reserved */
    .set    END_OF_CHAIN, 0x0FFFFFF8    /* the same, page 18: this and above; 0x0FFFFFF7 is a bad cluster */
    .set    DIRECTORY_LIMIT, 65536 * RECORD_SIZE / SECTOR_SIZE

    .set    SECOND_SECTOR, 2            /* 1 is FSInfo */
    .set    FAT_BUFFER, 0x8000
    .set    DIRECTORY_BUFFER, 0x8200
    .set    BOOTMGR_SEGMENT, 0x2000
    .set    PARAGRAPHS_PER_SECTOR, SECTOR_SIZE / 16

    .section .rodata, "a", @progbits
    .code16
    .balign 16
    .globl  tsm_fat32_boot_record_code
    .hidden tsm_fat32_boot_record_code
tsm_fat32_boot_record_code:
start:
    .byte   0xEB, BPB_END - 2           /* a short jump over the parameter block, and NOP: the same, page 9 */
    nop
    .org    start + BPB_END
    begin
    ljmp    $0, $(in_segment_0 - start + BOOT_ADDRESS)
in_segment_0:
    movb    %dl, DRIVE
    require_extensions no_extensions
    movl    HIDDEN_SECTORS, %eax
    addl    $SECOND_SECTOR, %eax
    movw    $1, %cx
    movw    $(second_sector - start + BOOT_ADDRESS), %bx
    call    read_sectors
    jmp     second_sector
no_extensions:
    movw    $(not_readable - start + BOOT_ADDRESS), %si
    jmp     stop

    stop_routine
    read_routine start - BOOT_ADDRESS, DRIVE

not_readable:   .asciz  "This BIOS cannot read the drive by sector number.\r\n"
read_failed:    .asciz  "The drive could not be read.\r\n"
missing:        .asciz  "BOOTMGR is not on this drive.\r\n"
damaged:        .asciz  "The file system of this drive is damaged.\r\n"
too_large:      .asciz  "BOOTMGR is too large for the memory of this machine.\r\n"

    .org    start + SECTOR_SIZE - 2
    .word   BOOT_SIGNATURE

second_sector:
    movzwl  RESERVED_SECTORS, %eax
    addl    HIDDEN_SECTORS, %eax
    movl    %eax, fat_start - start + BOOT_ADDRESS
    movzbl  FAT_COUNT, %ecx
    imull   SECTORS_PER_FAT, %ecx
    addl    %ecx, %eax
    movl    %eax, data_start - start + BOOT_ADDRESS

    movl    ROOT_CLUSTER, %eax
    movw    $DIRECTORY_LIMIT, %dx
next_directory_cluster:
    movl    %eax, %ebp                  /* the cluster */
    call    find_sector
    movzbw  SECTORS_PER_CLUSTER, %di
next_directory_sector:
    movw    $1, %cx
    movw    $DIRECTORY_BUFFER, %bx
    call    read_sectors
next_record:
    cmpb    $0, (%bx)                   /* no records from here on */
    je      no_bootmgr
    testb   $NOT_A_FILE, ATTRIBUTES(%bx)
    jnz     1f
    pushw   %di
    movw    %bx, %di
    movw    $(bootmgr_name - start + BOOT_ADDRESS), %si
    movw    $NAME_SIZE, %cx
    repe    cmpsb
    popw    %di
    je      load
1:  addw    $RECORD_SIZE, %bx
    cmpw    $(DIRECTORY_BUFFER + SECTOR_SIZE), %bx
    jb      next_record
    decw    %dx
    jz      no_bootmgr
    incl    %eax
    decw    %di
    jnz     next_directory_sector
    movl    %ebp, %eax
    call    find_next_cluster
    jnc     next_directory_cluster
no_bootmgr:
    movw    $(missing - start + BOOT_ADDRESS), %si
    jmp     stop

load:                                   /* BX = the record of BOOTMGR */
    movl    FILE_SIZE(%bx), %edx
    testl   %edx, %edx
    jz      no_bootmgr
    decl    %edx
    shrl    $9, %edx
    incl    %edx                        /* EDX = sectors to load */
    int     $0x12                       /* AX = KiB of memory below 640 KiB that are free */
    shlw    $6, %ax
    subw    $BOOTMGR_SEGMENT, %ax
    shrw    $5, %ax                     /* sectors of 32 paragraphs */
    movzwl  %ax, %eax
    movw    $(too_large - start + BOOT_ADDRESS), %si
    cmpl    %eax, %edx
    ja      stop_far
    movw    CLUSTER_HIGH(%bx), %ax
    shll    $16, %eax
    movw    CLUSTER_LOW(%bx), %ax
    movw    $BOOTMGR_SEGMENT, %di
load_cluster:
    movl    %eax, %ebp
    call    find_sector
    movzbw  SECTORS_PER_CLUSTER, %cx
    cmpw    %dx, %cx
    jbe     1f
    movw    %dx, %cx
1:  movw    %di, %es
    xorw    %bx, %bx                    /* clusters are powers of two: no read crosses 64 KiB */
    call    read_sectors
    subw    %cx, %dx
    jz      loaded
    imulw   $PARAGRAPHS_PER_SECTOR, %cx, %cx
    addw    %cx, %di
    movl    %ebp, %eax
    call    find_next_cluster
    jnc     load_cluster
is_damaged:
    movw    $(damaged - start + BOOT_ADDRESS), %si
stop_far:
    jmp     stop
loaded:
    movb    DRIVE, %dl
    ljmp    $BOOTMGR_SEGMENT, $0

/* EAX = cluster: returns its first sector on the disk in EAX. */
find_sector:
    subl    $2, %eax
    jb      is_damaged
    pushl   %ecx
    movzbl  SECTORS_PER_CLUSTER, %ecx
    imull   %ecx, %eax
    popl    %ecx
    addl    data_start - start + BOOT_ADDRESS, %eax
    ret

/* EAX = cluster: returns the next one of its chain in EAX, with carry at the end of the chain. Keeps the other registers. */
find_next_cluster:
    pushw   %es
    pushw   %bx
    pushw   %cx
    movw    %ax, %bx
    shrl    $7, %eax                    /* 128 entries a sector */
    addl    fat_start - start + BOOT_ADDRESS, %eax
    cmpl    fat_sector - start + BOOT_ADDRESS, %eax
    je      1f
    movl    %eax, fat_sector - start + BOOT_ADDRESS
    pushw   %bx
    pushw   %ds
    popw    %es
    movw    $FAT_BUFFER, %bx
    movw    $1, %cx
    call    read_sectors
    popw    %bx
1:  andw    $127, %bx
    shlw    $2, %bx
    movl    FAT_BUFFER(%bx), %eax
    andl    $CLUSTER_MASK, %eax
    cmpl    $END_OF_CHAIN, %eax
    cmc
    popw    %cx
    popw    %bx
    popw    %es
    ret

bootmgr_name:   .ascii  "BOOTMGR    "   /* as a short name is stored: eight characters and three */
    .balign 4
fat_start:      .long   0               /* the first sector of the first FAT on the disk */
data_start:     .long   0               /* the sector of cluster 2 */
fat_sector:     .long   0               /* the sector in FAT_BUFFER; 0 is none */

    .org    start + 2 * SECTOR_SIZE - 2
    .word   BOOT_SIGNATURE

    .section .note.GNU-stack, "", @progbits
#endif
