/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file vuart.c
 * A PL011 (DDI 0183) that collects a VM's output into lines: a line goes to the real console when
 * it is complete, so that lines of different VMs never mix. Its transmit FIFO is always empty and
 * nothing is ever received.
 */
#include "vuart.h"

#include "console.h"
#include "mmio_trap.h"
#include "vm.h"

static void transmit(struct vm *vm, char c)
{
    struct vuart *uart = &vm->uart;

    vm->stats.uart_bytes++;
    if (c != '\n') {
        uart->line[uart->length++] = c;
    }
    if (c == '\n' || uart->length == CONSOLE_LINE_MAX - 1) {
        uart->line[uart->length] = '\0';
        uart->length = 0;
        console_vm_line(vm->id, uart->line);
    }
}

static void access_control(uint32_t *control, struct mmio_access *access)
{
    if (access->is_write) {
        *control = (uint32_t)access->value;
    } else {
        access->value = *control;
    }
}

void vuart_access(struct vm *vm, struct mmio_access *access)
{
    switch (access->offset) {
    case PL011_DR:
        if (access->is_write) {
            transmit(vm, (char)access->value);
        }
        break;
    case PL011_FR:
        access->value = PL011_FR_TXFE | PL011_FR_RXFE;
        break;
    case PL011_LCR_H:
        access_control(&vm->uart.lcr_h, access);
        break;
    case PL011_CR:
        access_control(&vm->uart.cr, access);
        break;
    case PL011_IMSC:
        access_control(&vm->uart.imsc, access);
        break;
    default:
        break;
    }
}
