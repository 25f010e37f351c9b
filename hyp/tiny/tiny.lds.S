/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file tiny.lds.S
 * Links the hypervisor and its guest image into one ELF.
 *
 * The hypervisor runs where it is loaded. The guest's kernel and task are linked at the virtual
 * addresses that they run at under their own stage 1, and loaded (p_paddr) inside the hypervisor's
 * image, from where vm_create() copies them into each VM. So the symbols and lines of all three
 * programs are in one file, each at the address that a trap reports: EL2 from 0x40200000, the
 * guest's kernel from 0xffffff8040000000, its EL0 task from 0x400000.
 */
#include "layout.h"
#include "task_abi.h"

#define PAGE 4096

ENTRY(_start)

PHDRS
{
    hyp_text PT_LOAD FLAGS(5);
    hyp_rodata PT_LOAD FLAGS(4);
    hyp_data PT_LOAD FLAGS(6);
    kernel_text PT_LOAD FLAGS(5);
    kernel_rodata PT_LOAD FLAGS(4);
    kernel_data PT_LOAD FLAGS(6);
    task_text PT_LOAD FLAGS(5);
    task_data PT_LOAD FLAGS(6);
}

SECTIONS
{
    . = TINY_PA;
    .text : {
        hyp_text_start = .;
        KEEP(*(.text.start))
        *(.text .text.*)
        . = ALIGN(PAGE);
    } :hyp_text
    .rodata : {
        hyp_rodata_start = .;
        *(.rodata .rodata.*)
        . = ALIGN(PAGE);
    } :hyp_rodata
    .data : {
        hyp_data_start = .;
        *(.data .data.*)
        . = ALIGN(PAGE);
    } :hyp_data
    .bss (NOLOAD) : {
        hyp_bss_start = .;
        *(.bss .bss.* COMMON)
        . = ALIGN(PAGE);
        hyp_bss_end = .;
    } :hyp_data

    guest_image_start = .;

    .kernel.text KERNEL_VA(GUEST_RAM_IPA) : AT(guest_image_start) {
        kernel_text_start = .;
        KEEP(*(.kernel.text.start))
        *(.kernel.text .kernel.text.*)
        . = ALIGN(PAGE);
        kernel_text_end = .;
    } :kernel_text
    .kernel.rodata : AT(LOADADDR(.kernel.text) + SIZEOF(.kernel.text)) {
        *(.kernel.rodata .kernel.rodata.*)
        . = ALIGN(PAGE);
        kernel_rodata_end = .;
    } :kernel_rodata
    .kernel.data : AT(LOADADDR(.kernel.rodata) + SIZEOF(.kernel.rodata)) {
        QUAD(0)
        *(.kernel.data .kernel.data.*)
        . = ALIGN(PAGE);
        kernel_data_end = .;
    } :kernel_data

    .task.text TASK_VA : AT(LOADADDR(.kernel.data) + SIZEOF(.kernel.data)) {
        KEEP(*(.task.text.start))
        *(.task.text .task.text.* .task.rodata .task.rodata.*)
        . = ALIGN(PAGE);
    } :task_text
    .task.data : AT(LOADADDR(.task.text) + SIZEOF(.task.text)) {
        *(.task.data .task.data.* .task.bss .task.bss.*)
        . = ALIGN(PAGE);
    } :task_data
    guest_image_end = LOADADDR(.task.data) + SIZEOF(.task.data);

    /* Where the kernel sees the task's pages, and their size. */
    task_text_start = kernel_data_end;
    task_data_start = task_text_start + SIZEOF(.task.text);
    task_data_end = task_data_start + SIZEOF(.task.data);

    /* Beyond the image in the guest's memory; in no segment, as nothing is loaded there. */
    .kernel.bss KERNEL_VA(GUEST_RAM_IPA) + (guest_image_end - guest_image_start) (NOLOAD) : {
        kernel_bss_start = .;
        *(.kernel.bss .kernel.bss.*)
        . = ALIGN(PAGE);
        kernel_bss_end = .;
    } :NONE

    /DISCARD/ : { *(.note* .comment .eh_frame* *.comment *.note* *.eh_frame*) }
}
