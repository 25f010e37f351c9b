/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file table_json.h
 * Tables as part of larger JSON documents.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "table.h"

/* An object with title and rows. */
void table_add_json(JsonBuilder *b, const struct table *t);
/* Appends what was built, indented, and ends the line. */
void table_append_json(GString *out, JsonBuilder *b);
