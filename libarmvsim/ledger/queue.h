/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file queue.h
 * A bounded queue of batches between one producer (the thread that runs the machine) and one consumer (the
 * writer). The batches live in the queue: the producer fills the one at its end and hands it over whole, so
 * that locks are taken once per batch.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>

#include "ledger/schema.h"

enum { QUEUE_BATCHES = 16 };

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned head, tail; /* Batches handed over, batches done: [tail, head) wait or are being written. */
    bool closed;
    struct batch *batch[QUEUE_BATCHES];
};

void queue_init(struct queue *q);
void queue_destroy(struct queue *q);
/* Producer: hands the batch that it filled over and returns an empty one; waits while all are full. */
struct batch *queue_push(struct queue *q);
/* Producer: the batch to fill first. */
struct batch *queue_first(struct queue *q);
/* Producer: waits until the consumer has done all that was handed over. */
void queue_drain(struct queue *q);
/* Producer: nothing more will come. */
void queue_close(struct queue *q);
/* Consumer: the next batch, NULL when the queue is closed and empty; done with it by queue_done(). */
struct batch *queue_pop(struct queue *q);
void queue_done(struct queue *q);
