/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The boot record of an NTFS volume: finds BOOTMGR in the root directory, loads it to 2000:0000 from wherever its runs of
 * clusters lie and jumps there with the drive in DL, as Windows' own boot record does.
 *
 * It has the first sectors of $Boot. The first holds the BIOS parameter block and stays at 0000:7C00 as the firmware
 * loaded it; it loads the others behind itself.
 *
 * Nothing on the volume is trusted. Every loop is bounded by a record, an index block or a count, and nothing is written
 * but the buffers below and what BOOTMGR was measured for.
 */

#if defined(__x86_64__) || defined(__i386__)

#include "constants.inc"
#include "ntfs.inc"

    .set    SECTOR_COUNT, 5             /* TSM_NTFS_BOOT_RECORD_SIZE in sectors */

    .set    SECTOR_SIZE_SHIFT, 9
    .set    LARGEST_RECORD, 8           /* sectors: of the buffers for records and index blocks */
    .set    BOOTMGR_LENGTH, 7
    .set    BOOTMGR_ENTRY_SIZE, ENTRY_NAME + 2 * BOOTMGR_LENGTH
    .set    BLOCK_LIMIT, 65536          /* a root directory of 256 MiB; more of it is not searched */

    .set    BOOTMGR_SEGMENT, 0x2000
    .set    PARAGRAPHS_PER_SECTOR_SHIFT, 5
    .set    SECTORS_PER_READ, 64        /* as many as a cluster of FAT32 has; no read crosses 32 KiB */

/* What lies behind the code in segment 0; buffers of records begin at 4 KiB. */
    .set    CLUSTER_SECTORS, 0x9000     /* 32 bits, as all but what says otherwise */
    .set    RECORD_SECTORS, 0x9004
    .set    BLOCK_SECTORS, 0x9008
    .set    BLOCK_COUNT, 0x900C
    .set    BLOCK, 0x9010               /* the number of the index block that is searched */
    .set    RUN_CLUSTER, 0x9018         /* 64 bits: where the run begins */
    .set    FILE_SIZE, 0x9020
    .set    FILE_INITIALIZED, 0x9024
    .set    MFT_DATA, 0x9028            /* 16 bits: the address of an attribute, as the next two */
    .set    INDEX_DATA, 0x902A
    .set    INDEX_BITMAP, 0x902C
    .set    ABSENT_MESSAGE, 0x902E      /* 16 bits: what is said of an attribute that lies in another record */
    .set    BITMAP_BUFFER, 0x9200
    .set    MFT_RECORD, 0xA000          /* record 0 stays */
    .set    RECORD, 0xB000
    .set    BLOCK_BUFFER, 0xC000
    .set    BUFFER_MASK, 0xF000

    .section .rodata, "a", @progbits
    .code16
    .balign 16
    .globl  tsm_ntfs_boot_record_code
    .hidden tsm_ntfs_boot_record_code
tsm_ntfs_boot_record_code:
start:
    .byte   0xEB, BPB_END - 2           /* a short jump over the parameter block, and NOP, as mkntfs and Windows have it */
    nop
    .ascii  "NTFS    "
    .org    start + BPB_END
    begin
    ljmp    $0, $(in_segment_0 - start + BOOT_ADDRESS)
in_segment_0:
    movb    %dl, DRIVE
    require_extensions no_extensions
    movl    HIDDEN_SECTORS, %eax
    incl    %eax
    movw    $(SECTOR_COUNT - 1), %cx
    movw    $(second_sector - start + BOOT_ADDRESS), %bx
    call    read_sectors
    cmpw    $BOOT_SIGNATURE, signature - start + BOOT_ADDRESS
    je      second_sector
is_damaged:
    movw    $(damaged - start + BOOT_ADDRESS), %si
    jmp     stop
no_extensions:
    movw    $(not_readable - start + BOOT_ADDRESS), %si
    jmp     stop

    stop_routine
    read_routine start - BOOT_ADDRESS, DRIVE

not_readable:   .asciz  "This BIOS cannot read the drive by sector number.\r\n"
read_failed:    .asciz  "The drive could not be read.\r\n"
damaged:        .asciz  "The file system of this drive is damaged.\r\n"

    .org    start + SECTOR_SIZE - 2
    .word   BOOT_SIGNATURE

second_sector:
    movw    $(in_pieces - start + BOOT_ADDRESS), ABSENT_MESSAGE
    cmpw    $SECTOR_SIZE, BYTES_PER_SECTOR
    jne     is_damaged
    movzbl  SECTORS_PER_CLUSTER, %eax
    cmpb    $LARGEST_POSITIVE_CLUSTER, %al
    jbe     1f
    negb    %al
    cmpb    $LARGEST_CLUSTER, %al
    ja      is_damaged
    movb    %al, %cl
    movl    $1, %eax
    shll    %cl, %eax
1:  call    check_power_of_two
    movl    %eax, CLUSTER_SECTORS
    movsbl  CLUSTERS_PER_RECORD, %ecx
    imull   %ecx, %eax
    testl   %ecx, %ecx
    jg      1f
    negb    %cl
    subb    $SECTOR_SIZE_SHIFT, %cl
    cmpb    $31, %cl
    ja      is_damaged
    movl    $1, %eax
    shll    %cl, %eax
1:  call    check_record_size
    movl    %eax, RECORD_SECTORS

    movw    %ax, %cx
    movl    MFT_CLUSTER, %eax
    movl    MFT_CLUSTER + 4, %edx
    xorl    %ebp, %ebp
    call    find_sector
    movw    $MFT_RECORD, %bx
    call    read_sectors
    call    check_record
    movl    $DATA, %eax
    xorb    %cl, %cl
    call    find_plain_runs
    movw    %si, MFT_DATA

    movl    $ROOT_DIRECTORY, %eax
    call    read_record
    testb   $IS_DIRECTORY, RECORD_FLAGS(%bx)
    jz      is_damaged
    movl    $INDEX_ROOT, %eax
    movb    $4, %cl
    call    find_attribute
    jc      absent
    call    find_value
    cmpl    $(ROOT_HEADER + HEADER_SIZE), %edx
    jb      is_damaged
    movl    BLOCK_SIZE(%di), %eax
    testw   $(SECTOR_SIZE - 1), %ax
    jnz     is_damaged
    shrl    $SECTOR_SIZE_SHIFT, %eax
    call    check_record_size
    movl    %eax, BLOCK_SECTORS
    addw    $ROOT_HEADER, %di
    subl    $ROOT_HEADER, %edx
    pushw   INDEX_FLAGS(%di)
    call    search_entries
    popw    %ax
    testb   $LARGE_INDEX, %al
    jz      no_bootmgr                  /* the directory has no blocks */

    movw    $RECORD, %bx
    movl    $INDEX_ALLOCATION, %eax
    movb    $4, %cl
    call    find_plain_runs
    movw    %si, INDEX_DATA
    movl    DATA_SIZE(%si), %eax
    movl    DATA_SIZE + 4(%si), %edx
    shrdl   $SECTOR_SIZE_SHIFT, %edx, %eax
    shrl    $SECTOR_SIZE_SHIFT, %edx
    cmpl    BLOCK_SECTORS, %edx         /* or the quotient would have more than 32 bits */
    jae     is_damaged
    divl    BLOCK_SECTORS
    cmpl    $BLOCK_LIMIT, %eax
    jbe     1f
    movl    $BLOCK_LIMIT, %eax
1:  movl    %eax, BLOCK_COUNT
    movl    $BITMAP, %eax
    movb    $4, %cl
    call    find_attribute
    jc      absent
    movw    %si, INDEX_BITMAP
    movl    $0, BLOCK
next_block:
    movl    BLOCK, %eax
    cmpl    BLOCK_COUNT, %eax
    jae     no_bootmgr
    call    test_block
    jz      1f                          /* not in use: what is in it is old */
    movl    BLOCK_SECTORS, %ecx
    mull    %ecx
    movw    INDEX_DATA, %si
    movw    $(BLOCK_BUFFER >> 4), %di
    call    read_data
    movw    $BLOCK_BUFFER, %bx
    movw    BLOCK_SECTORS, %cx
    movl    $INDEX_SIGNATURE, %eax
    call    fix_up
    leaw    BLOCK_HEADER(%bx), %di
    movl    BLOCK_SECTORS, %edx
    shll    $SECTOR_SIZE_SHIFT, %edx
    subl    $BLOCK_HEADER, %edx
    call    search_entries
1:  incl    BLOCK
    jmp     next_block

no_bootmgr:
    movw    $(missing - start + BOOT_ADDRESS), %si
    jmp     stop
is_too_large:
    movw    $(too_large - start + BOOT_ADDRESS), %si
    jmp     stop
is_not_plain:
    movw    $(not_plain - start + BOOT_ADDRESS), %si
    jmp     stop

load:                                   /* DI = the index entry of BOOTMGR */
    movl    ENTRY_RECORD(%di), %eax
    cmpw    $0, ENTRY_RECORD + 4(%di)
    jne     is_damaged
    pushw   ENTRY_SEQUENCE_NUMBER(%di)
    call    read_record
    popw    %ax
    cmpw    %ax, SEQUENCE_NUMBER(%bx)
    jne     is_damaged
    testb   $IS_DIRECTORY, RECORD_FLAGS(%bx)
    jnz     is_damaged
    movw    $(not_plain - start + BOOT_ADDRESS), ABSENT_MESSAGE
    movl    $DATA, %eax
    xorb    %cl, %cl
    call    find_attribute
    jc      absent
    cmpb    $0, NON_RESIDENT(%si)
    jne     load_runs
    testw   $ENCRYPTED, ATTRIBUTE_FLAGS(%si)
    jnz     is_not_plain
    call    find_value
    call    check_file_size
    movw    %di, %si
    movw    $BOOTMGR_SEGMENT, %ax
    movw    %ax, %es
    xorw    %di, %di
    movw    %dx, %cx
    rep     movsb
    jmp     loaded
load_runs:
    testw   $NOT_PLAIN, ATTRIBUTE_FLAGS(%si)
    jnz     is_not_plain
    call    check_runs
    cmpl    $0, DATA_SIZE + 4(%si)
    jne     is_too_large
    movl    DATA_SIZE(%si), %edx
    call    check_file_size
    cmpl    $0, INITIALIZED_SIZE + 4(%si)
    jne     is_damaged
    movl    INITIALIZED_SIZE(%si), %ecx
    cmpl    %edx, %ecx
    ja      is_damaged
    movl    %edx, FILE_SIZE
    movl    %ecx, FILE_INITIALIZED
    xorl    %eax, %eax
    movw    $BOOTMGR_SEGMENT, %di
    addl    $(SECTOR_SIZE - 1), %ecx
    shrl    $SECTOR_SIZE_SHIFT, %ecx
    jz      1f
    call    read_data
1:  movl    FILE_INITIALIZED, %eax      /* from here to the end of the last sector: zeros */
    movl    FILE_SIZE, %ecx
    addl    $(SECTOR_SIZE - 1), %ecx
    andl    $-SECTOR_SIZE, %ecx
    subl    %eax, %ecx
    jz      loaded
2:  movl    %eax, %edx
    shrl    $4, %edx
    addw    $BOOTMGR_SEGMENT, %dx
    movw    %dx, %es
    movw    %ax, %di
    andw    $15, %di
    movb    $0, %es:(%di)
    incl    %eax
    decl    %ecx
    jnz     2b
loaded:
    xorw    %ax, %ax
    movw    %ax, %es
    movb    DRIVE, %dl
    ljmp    $BOOTMGR_SEGMENT, $0

/* EDX = bytes of BOOTMGR: they must fit below the BIOS's own memory. Keeps the registers but EAX and ECX. */
check_file_size:
    testl   %edx, %edx
    jz      no_bootmgr
    int     $0x12                       /* AX = KiB of memory below 640 KiB that are free */
    movzwl  %ax, %eax
    shll    $10, %eax
    subl    $(BOOTMGR_SEGMENT << 4), %eax
    jb      is_too_large
    andl    $-SECTOR_SIZE, %eax
    cmpl    %eax, %edx
    ja      is_too_large
    ret

/* EAX = sectors of a record or an index block. Keeps the registers but ECX. */
check_record_size:
    cmpl    $LARGEST_RECORD, %eax
    ja      is_damaged
check_power_of_two:
    leal    -1(%eax), %ecx
    testl   %eax, %eax
    jz      is_damaged
    testl   %ecx, %eax
    jnz     is_damaged
    ret

/* EAX = number of a record: reads it to RECORD. Returns BX = RECORD. */
read_record:
    movl    RECORD_SECTORS, %ecx
    mull    %ecx
    testl   %edx, %edx
    jnz     is_damaged
    movw    MFT_DATA, %si
    movw    $(RECORD >> 4), %di
    call    read_data
    movw    $RECORD, %bx
/* BX = a record as it was read: undoes its protection. It must be in use and not the continuation of another. */
check_record:
    movw    RECORD_SECTORS, %cx
    movl    $FILE_SIGNATURE, %eax
    call    fix_up
    testb   $IN_USE, RECORD_FLAGS(%bx)
    jz      is_damaged
    movl    BASE_RECORD(%bx), %eax
    orl     BASE_RECORD + 4(%bx), %eax
    jnz     is_damaged
    ret

/* BX = what was read, CX = its sectors, EAX = its signature: puts back the two bytes at the end of each sector, where the
 * update sequence number stands. Keeps BX.
 */
fix_up:
    cmpl    %eax, (%bx)
    jne     is_damaged
    movw    UPDATE_SEQUENCE_COUNT(%bx), %ax
    decw    %ax                         /* one for each sector after the number itself */
    cmpw    %cx, %ax
    jne     is_damaged
    movw    UPDATE_SEQUENCE_OFFSET(%bx), %si
    cmpw    $(SECTOR_SIZE - 2 - 2 * (LARGEST_RECORD + 1)), %si
    ja      is_damaged
    addw    %bx, %si
    lodsw
    leaw    SECTOR_SIZE - 2(%bx), %di
    movw    %ax, %dx
1:  cmpw    %dx, (%di)
    jne     is_damaged
    lodsw
    movw    %ax, (%di)
    addw    $SECTOR_SIZE, %di
    loop    1b
    ret

/* BX = record, EAX = type, CL = 0 for an attribute without a name or 4 for one called $I30: returns its address in SI, or
 * carry. Keeps BX and CL.
 */
find_attribute:
    movl    RECORD_SECTORS, %edi
    shll    $SECTOR_SIZE_SHIFT, %edi
    movzwl  ATTRIBUTES_OFFSET(%bx), %esi
next_attribute:
    leal    8(%esi), %edx               /* the end has a type and a length, and no more */
    cmpl    %edi, %edx
    ja      is_damaged
    cmpl    $ATTRIBUTES_END, (%bx, %si)
    je      no_attribute
    movl    ATTRIBUTE_LENGTH(%bx, %si), %edx
    cmpl    $RESIDENT_SIZE, %edx
    jb      is_damaged
    cmpl    %edi, %edx
    ja      is_damaged
    addl    %esi, %edx                  /* the next one */
    cmpl    %edi, %edx
    ja      is_damaged
    cmpl    %eax, (%bx, %si)
    jne     1f
    cmpb    %cl, NAME_LENGTH(%bx, %si)
    jne     1f
    testb   %cl, %cl
    jz      found_attribute
    movzwl  NAME_OFFSET(%bx, %si), %ebp
    addl    $8, %ebp
    cmpl    ATTRIBUTE_LENGTH(%bx, %si), %ebp
    ja      is_damaged
    addw    %si, %bp
    addw    %bx, %bp                    /* the end of the name; BP would mean the segment SS, which is 0 too */
    cmpl    $0x00490024, -8(%bp)        /* $I */
    jne     1f
    cmpl    $0x00300033, -4(%bp)        /* 30 */
    je      found_attribute
1:  movl    %edx, %esi
    jmp     next_attribute
found_attribute:
    addw    %bx, %si                    /* no carry: buffers end below 64 KiB */
    ret
no_attribute:
    stc
    ret

/* The attribute that belongs to the record at BX is not there, or not all of it. */
absent:
    movl    $ATTRIBUTE_LIST, %eax
    xorb    %cl, %cl
    call    find_attribute
    jc      is_damaged
    movw    ABSENT_MESSAGE, %si
    jmp     stop

/* SI = resident attribute: returns the address of its value in DI, its length in EDX. Keeps the other registers. */
find_value:
    cmpb    $0, NON_RESIDENT(%si)
    jne     is_damaged
    movl    VALUE_LENGTH(%si), %edx
    movzwl  VALUE_OFFSET(%si), %edi
    cmpl    ATTRIBUTE_LENGTH(%si), %edx
    ja      is_damaged
    addl    %edx, %edi
    cmpl    ATTRIBUTE_LENGTH(%si), %edi
    ja      is_damaged
    subl    %edx, %edi
    addw    %si, %di
    ret

/* As find_attribute, for one that lies in clusters as it is; if it does not, this does not return. */
find_plain_runs:
    call    find_attribute
    jc      absent
    testw   $NOT_PLAIN, ATTRIBUTE_FLAGS(%si)
    jnz     is_damaged
/* SI = attribute: it must have runs, and the first of all. Expects BX = its record; keeps the registers but EAX. */
check_runs:
    cmpb    $0, NON_RESIDENT(%si)
    je      is_damaged
    cmpl    $NON_RESIDENT_SIZE, ATTRIBUTE_LENGTH(%si)
    jb      is_damaged
    movl    LOWEST_CLUSTER(%si), %eax
    orl     LOWEST_CLUSTER + 4(%si), %eax
    jnz     absent
    movw    RUNS_OFFSET(%si), %ax
    cmpw    ATTRIBUTE_LENGTH(%si), %ax
    ja      is_damaged
    ret

/* EAX = number of an index block: returns the zero flag when it is not in use. Keeps EAX. */
test_block:
    movw    INDEX_BITMAP, %si
    cmpb    $0, NON_RESIDENT(%si)
    jne     1f
    call    find_value
    movl    %eax, %ecx
    shrl    $3, %ecx
    cmpl    %edx, %ecx
    jae     3f
    addw    %cx, %di
    jmp     2f
1:  movw    %ax, %bx
    shrw    $3, %bx
    andw    $(SECTOR_SIZE - 1), %bx
    leaw    BITMAP_BUFFER(%bx), %di
    testw   $(8 * SECTOR_SIZE - 1), %ax
    jnz     2f
    pushw   %di
    pushl   %eax
    shrl    $(SECTOR_SIZE_SHIFT + 3), %eax
    pushl   %eax
    movw    $RECORD, %bx
    call    check_runs
    popl    %eax
    movl    $1, %ecx
    movw    $(BITMAP_BUFFER >> 4), %di
    call    read_data
    popl    %eax
    popw    %di
2:  movb    %al, %cl
    andb    $7, %cl
    movb    (%di), %dl
    shrb    %cl, %dl
    testb   $1, %dl
    ret
3:  xorw    %cx, %cx
    ret

/* DI = header of index entries, EDX = bytes from there to the end of what was read: goes to load when BOOTMGR is one of
 * them. Expects EDX to be at least the size of the header.
 */
search_entries:
    movl    ENTRIES_END(%di), %ecx
    cmpl    %edx, %ecx
    ja      is_damaged
    movl    ENTRIES_OFFSET(%di), %eax
    cmpl    %ecx, %eax
    ja      is_damaged
    addw    %di, %cx
    addw    %ax, %di
next_entry:
    leaw    ENTRY_SIZE(%di), %ax
    cmpw    %cx, %ax
    ja      is_damaged
    testb   $LAST_ENTRY, ENTRY_FLAGS(%di)
    jnz     3f
    movw    ENTRY_LENGTH(%di), %bp
    cmpw    $ENTRY_SIZE, %bp
    jb      is_damaged
    movw    %cx, %ax
    subw    %di, %ax
    cmpw    %ax, %bp
    ja      is_damaged
    cmpw    $BOOTMGR_ENTRY_SIZE, %bp
    jb      2f
    cmpb    $BOOTMGR_LENGTH, ENTRY_NAME_LENGTH(%di)
    jne     2f
    testl   $DIRECTORY_FILE, ENTRY_FILE_FLAGS(%di)
    jnz     2f
    movw    $(bootmgr_name - start + BOOT_ADDRESS), %si
    leaw    ENTRY_NAME(%di), %bx
1:  lodsb
    cbtw
    testb   %al, %al
    jz      load
    movw    (%bx), %dx                  /* UTF-16 */
    orb     $0x20, %dl                  /* to small letters: all of the name are letters */
    addw    $2, %bx
    cmpw    %ax, %dx
    je      1b
2:  addw    %bp, %di
    jmp     next_entry
3:  ret

/* SI = attribute with runs, EAX = its first sector to read, ECX = how many (not 0), DI = segment to read to. Returns ES = 0;
 * keeps SI.
 */
read_data:
    pushl   %eax
    call    find_run
    movw    %di, %bx
    shrw    $PARAGRAPHS_PER_SECTOR_SHIFT, %bx
    andw    $(SECTORS_PER_READ - 1), %bx
    negw    %bx
    addw    $SECTORS_PER_READ, %bx
    movzwl  %bx, %ebx
    cmpl    %ebx, %edx
    jbe     1f
    movl    %ebx, %edx
1:  cmpl    %ecx, %edx
    jbe     2f
    movl    %ecx, %edx
2:  movw    %di, %es
    xorw    %bx, %bx
    pushl   %ecx
    movw    %dx, %cx
    call    read_sectors
    popl    %ecx
    popl    %eax
    addl    %edx, %eax
    movw    %dx, %bx
    shlw    $PARAGRAPHS_PER_SECTOR_SHIFT, %bx
    addw    %bx, %di
    subl    %edx, %ecx
    jnz     read_data
    movw    %cx, %es
    ret

/* SI = attribute with runs, EAX = a sector of it: returns the sector of the disk in EAX, and in EDX how many follow each
 * other from there. Keeps ECX, SI and DI.
 */
find_run:
    pushl   %ecx
    pushw   %si
    pushw   %di
    movl    %eax, %ebp                  /* sectors to go */
    movw    %si, %di
    addw    ATTRIBUTE_LENGTH(%si), %di  /* the end of the list */
    addw    RUNS_OFFSET(%si), %si
    xorl    %eax, %eax
    movl    %eax, RUN_CLUSTER
    movl    %eax, RUN_CLUSTER + 4
next_run:
    cmpw    %di, %si
    jae     no_run
    lodsb
    testb   %al, %al
    jz      no_run
    movw    %ax, %bx
    movw    %ax, %cx
    andw    $0x0F, %cx                  /* bytes of the length */
    shrb    $4, %bl
    xorb    %bh, %bh                    /* bytes of the distance; 0 is a hole, and holes are only in what is sparse */
    call    read_number
    testl   %edx, %edx
    jnz     is_damaged
    testl   %eax, %eax
    jz      is_damaged
    mull    CLUSTER_SECTORS
    testl   %edx, %edx
    jnz     is_damaged
    pushl   %eax
    movw    %bx, %cx
    call    read_number
    addl    %eax, RUN_CLUSTER
    adcl    %edx, RUN_CLUSTER + 4
    popl    %ecx
    cmpl    %ecx, %ebp
    jb      1f
    subl    %ecx, %ebp
    jmp     next_run
1:  subl    %ebp, %ecx
    movl    RUN_CLUSTER, %eax
    movl    RUN_CLUSTER + 4, %edx
    call    find_sector
    movl    %ecx, %edx
    popw    %di
    popw    %si
    popl    %ecx
    ret
no_run:
    leaw    -1(%di), %bx
    andw    $BUFFER_MASK, %bx           /* the record */
    jmp     absent

/* SI = a number of CX bytes with a sign, from the lowest: returns it in EDX:EAX, and SI behind it. DI = the end of the
 * list. Keeps BX, EBP and DI.
 */
read_number:
    decw    %cx
    cmpw    $7, %cx
    ja      is_damaged
    pushw   %bx
    movw    %si, %bx
    addw    %cx, %bx
    cmpw    %di, %bx
    jae     is_damaged
    leaw    1(%bx), %cx
    movsbl  (%bx), %eax
    cltd
1:  cmpw    %si, %bx
    je      2f
    decw    %bx
    shldl   $8, %eax, %edx
    shll    $8, %eax
    movb    (%bx), %al
    jmp     1b
2:  movw    %cx, %si
    popw    %bx
    ret

/* EDX:EAX = cluster, EBP = sectors from its start: returns the sector of the disk in EAX. Keeps the registers but EDX. */
find_sector:
    testl   %edx, %edx
    jz      1f
    cmpl    VOLUME_SECTORS + 4, %edx
    ja      is_damaged
    jmp     is_far
1:  mull    CLUSTER_SECTORS
    addl    %ebp, %eax
    adcl    $0, %edx
    cmpl    VOLUME_SECTORS + 4, %edx
    ja      is_damaged
    jb      2f
    cmpl    VOLUME_SECTORS, %eax
    jae     is_damaged
2:  addl    HIDDEN_SECTORS, %eax
    adcl    $0, %edx
    jnz     is_far
    ret
is_far:
    movw    $(far - start + BOOT_ADDRESS), %si
    jmp     stop

bootmgr_name:   .asciz  "bootmgr"
missing:        .asciz  "BOOTMGR is not on this drive.\r\n"
too_large:      .asciz  "BOOTMGR is too large for the memory of this machine.\r\n"
not_plain:      .asciz  "BOOTMGR is compressed, encrypted, sparse or in too many pieces.\r\n"
far:            .asciz  "BOOTMGR is out of reach, beyond the first 2 TiB of this drive.\r\n"
in_pieces:      .asciz  "The file system of this drive is in too many pieces.\r\n"

    .org    start + SECTOR_COUNT * SECTOR_SIZE - 2  /* an error here means that the code is too long */
signature:
    .word   BOOT_SIGNATURE

    .section .note.GNU-stack, "", @progbits
#endif
