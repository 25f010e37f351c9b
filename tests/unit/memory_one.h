/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file memory_one.h
 * The memory system of a single core, made anew for each test of the suites that name `setup` and
 * `teardown`.
 */
#pragma once

#include "memory_util.h"

static struct core_model k;
static struct memory **mem;
static struct core c;

static void start(void)
{
    mem = cores_new(&k, 1, &c);
}

static void setup(void)
{
    k = plain_model();
}

static void teardown(void)
{
    if (mem)
        memory_free(mem, 1);
    mem = NULL;
}

static const struct memory_counts *counts(void)
{
    return memory_counts(c.m);
}
