/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The sorting kernels of `int`: a linked list and an array; unpredictable branches, and pointers.
 */
#include "int.h"

#include <stddef.h>

#define NODES 4096
#define VALUES 8192
#define INSERTION_LIMIT 12

struct node {
    struct node *next;
    uint64_t payload;
    uint32_t key;
};

static struct node nodes[NODES];
static int32_t values[VALUES];

/** Merges two sorted lists. */
static struct node *list_merge(struct node *a, struct node *b)
{
    struct node *head;
    struct node **tail = &head;

    while (a && b) {
        struct node **from = a->key <= b->key ? &a : &b;

        *tail = *from;
        tail = &(*from)->next;
        *from = *tail;
    }
    *tail = a ? a : b;
    return head;
}

/** Sorts a list of `count` nodes at `*list`, which moves on to the node after them. */
static struct node *list_sort(struct node **list, unsigned int count)
{
    struct node *first;
    struct node *second;

    if (count == 1) {
        first = *list;
        *list = first->next;
        first->next = NULL;
        return first;
    }
    first = list_sort(list, count / 2);
    second = list_sort(list, count - count / 2);
    return list_merge(first, second);
}

uint64_t kernel_list(void)
{
    struct node *list = nodes;
    uint64_t random = 1;
    uint64_t sum = 0;

    for (unsigned int i = 0; i < NODES; i++) {
        nodes[i].key = random_next(&random);
        nodes[i].payload = i;
        nodes[i].next = i + 1 < NODES ? &nodes[i + 1] : NULL;
    }
    for (list = list_sort(&list, NODES); list; list = list->next)
        sum = sum * 31 + (list->key ^ list->payload);
    return sum;
}

/** Sorts a short range in place. */
static void insertion_sort(int32_t *low, int32_t *high)
{
    for (int32_t *p = low + 1; p <= high; p++) {
        int32_t value = *p;
        int32_t *q = p;

        while (q > low && q[-1] > value) {
            *q = q[-1];
            q--;
        }
        *q = value;
    }
}

/** Sorts from `low` to `high`, both included. */
static void quick_sort(int32_t *low, int32_t *high)
{
    while (high - low > INSERTION_LIMIT) {
        int32_t pivot = low[(high - low) / 2];
        int32_t *i = low;
        int32_t *j = high;

        do {
            while (*i < pivot)
                i++;
            while (*j > pivot)
                j--;
            if (i <= j) {
                int32_t value = *i;

                *i++ = *j;
                *j-- = value;
            }
        } while (i <= j);
        quick_sort(low, j);
        low = i;
    }
    insertion_sort(low, high);
}

uint64_t kernel_sort(void)
{
    uint64_t random = 2;
    uint64_t sum = 0;

    for (unsigned int i = 0; i < VALUES; i++)
        values[i] = (int32_t)random_next(&random);
    quick_sort(values, values + VALUES - 1);
    for (unsigned int i = 1; i < VALUES; i++)
        sum = sum * 33 + (uint32_t)values[i] + (values[i - 1] <= values[i]);
    return sum;
}
