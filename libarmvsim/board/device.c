/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file device.c
 * The table of device types. A new device is a file in dev/ and a line here.
 */
#include "board/device.h"

#include <glib.h>
#include <string.h>

#include "board/dev/flash.h"
#include "board/dev/fw_cfg.h"
#include "board/dev/pl011.h"
#include "board/dev/pl031.h"
#include "board/dev/pl061.h"
#include "board/dev/virtio_mmio.h"

static const struct device_type types[] = {
    { "pl011", true, &pl011_mmio, pl011_create, pl011_reset, pl011_destroy, pl011_input,
      pl011_take, .node = pl011_node },
    { "pl031", false, &pl031_mmio, pl031_create, pl031_reset, pl031_destroy, .node = pl031_node },
    { "pl061", false, &pl061_mmio, pl061_create, pl061_reset, pl061_destroy, .node = pl061_node,
      .more_nodes = pl061_more_nodes },
    { "fw-cfg", false, &fw_cfg_mmio, fw_cfg_create, fw_cfg_reset, fw_cfg_destroy, .node = fw_cfg_node,
      .no_irq = true },
    { "flash", false, &flash_mmio, flash_create, flash_reset, flash_destroy, .node = flash_node,
      .no_irq = true, .memory = true, .one_node = true },
    { "virtio_mmio", false, &virtio_mmio, virtio_mmio_create, virtio_mmio_reset, virtio_mmio_destroy,
      .node = virtio_mmio_node, .plug = virtio_mmio_plug, .is_empty = virtio_mmio_is_empty },
};

const struct device_type *device_type_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        if (!strcmp(types[i].name, name))
            return &types[i];
    }
    return NULL;
}

char *device_type_names(void)
{
    GString *s = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        g_string_append_printf(s, "%s%s", i ? " " : "", types[i].name);
    return g_string_free(s, FALSE);
}
