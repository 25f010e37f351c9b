/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file queue.c
 * The bounded queue of batches: a ring under one lock, one producer, one consumer.
 */
#include "ledger/queue.h"

#include <glib.h>
#include <string.h>

void queue_init(struct queue *q)
{
    memset(q, 0, sizeof(*q));
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->changed, NULL);
}

void queue_destroy(struct queue *q)
{
    for (unsigned i = 0; i < QUEUE_BATCHES; i++)
        g_free(q->batch[i]);
    pthread_cond_destroy(&q->changed);
    pthread_mutex_destroy(&q->lock);
}

/* The batch in a slot, emptied. Slots get their memory when they are first used. */
static struct batch *fresh_batch(struct queue *q, unsigned slot)
{
    struct batch **b = &q->batch[slot % QUEUE_BATCHES];

    if (!*b)
        *b = g_new(struct batch, 1);
    (*b)->count = (*b)->words = 0;
    (*b)->commit = 0;
    memset((*b)->table_count, 0, sizeof((*b)->table_count));
    return *b;
}

struct batch *queue_first(struct queue *q)
{
    return fresh_batch(q, 0);
}

struct batch *queue_push(struct queue *q)
{
    unsigned next;

    pthread_mutex_lock(&q->lock);
    next = ++q->head;
    pthread_cond_broadcast(&q->changed);
    while (next - q->tail >= QUEUE_BATCHES)
        pthread_cond_wait(&q->changed, &q->lock);
    pthread_mutex_unlock(&q->lock);
    return fresh_batch(q, next);
}

void queue_drain(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    while (q->tail != q->head)
        pthread_cond_wait(&q->changed, &q->lock);
    pthread_mutex_unlock(&q->lock);
}

void queue_close(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->lock);
}

struct batch *queue_pop(struct queue *q)
{
    struct batch *b = NULL;

    pthread_mutex_lock(&q->lock);
    while (q->tail == q->head && !q->closed)
        pthread_cond_wait(&q->changed, &q->lock);
    if (q->tail != q->head)
        b = q->batch[q->tail % QUEUE_BATCHES];
    pthread_mutex_unlock(&q->lock);
    return b;
}

void queue_done(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->tail++;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->lock);
}
