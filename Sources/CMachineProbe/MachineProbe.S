/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A boot sector that takes the way every system takes, from real mode through paging to 64 bits (Intel SDM volume 3,
 * section 10.8.5), counts there for a moment, and ends the machine.
 *
 * Some hosts let programs open /dev/kvm and then stop in one of these modes, or do each instruction by hand. Both show here
 * within a second, and in a system only after minutes.
 */

#if defined(__x86_64__) || defined(__i386__)

    .set    BOOT_ADDRESS, 0x7C00
    .set    LEVEL_4, 0x1000             /* page tables, a page each */
    .set    LEVEL_3, 0x2000
    .set    LEVEL_2, 0x3000
    .set    TABLE_DWORDS, 3 * 1024
    .set    PRESENT_WRITABLE, 3         /* Intel SDM volume 3, table 4-15 */
    .set    LARGE_PAGE, 0x80
    .set    CR4_PAE, 1 << 5
    .set    EFER, 0xC0000080
    .set    EFER_LME, 1 << 8
    .set    CR0_PE_PG, 0x80000001
    .set    CODE_SELECTOR, 8
    .set    ROUNDS, 1000000
    .set    EXIT_PORT, 0x501
    .set    EXIT_VALUE, 16              /* QEMU ends with 2 * 16 + 1 */

    .section .rodata, "a", @progbits
    .code16
    .balign 16
    .globl  tsm_machine_probe_code
    .hidden tsm_machine_probe_code
tsm_machine_probe_code:
start:
    cli
    xorw    %ax, %ax
    movw    %ax, %ds
    movw    %ax, %es
    movw    %ax, %ss
    movw    $BOOT_ADDRESS, %sp
    movl    $LEVEL_4, %edi
    movl    %edi, %cr3
    xorl    %eax, %eax
    movl    $TABLE_DWORDS, %ecx
    cld
    rep     stosl
    movl    $(LEVEL_3 + PRESENT_WRITABLE), LEVEL_4
    movl    $(LEVEL_2 + PRESENT_WRITABLE), LEVEL_3
    movl    $(LARGE_PAGE + PRESENT_WRITABLE), LEVEL_2
    movl    %cr4, %eax
    orl     $CR4_PAE, %eax
    movl    %eax, %cr4
    movl    $EFER, %ecx
    rdmsr
    orl     $EFER_LME, %eax
    wrmsr
    lgdtl   descriptor - start + BOOT_ADDRESS
    movl    %cr0, %eax
    orl     $CR0_PE_PG, %eax
    movl    %eax, %cr0
    ljmpl   $CODE_SELECTOR, $(wide - start + BOOT_ADDRESS)

    .code64
wide:
    movl    $ROUNDS, %ecx
1:  decl    %ecx
    jnz     1b
    movw    $EXIT_PORT, %dx
    movb    $EXIT_VALUE, %al
    outb    %al, %dx
2:  hlt
    jmp     2b

    .balign 8
table:
    .quad   0
    .quad   0x00AF9A000000FFFF          /* Intel SDM volume 3, section 3.4.5: code of 64 bits, readable, present */
descriptor:
    .word   descriptor - table - 1
    .long   table - start + BOOT_ADDRESS

    .org    start + 510
    .word   0xAA55

#endif

#if defined(__linux__) && defined(__ELF__)
    .section .note.GNU-stack, "", %progbits
#endif
