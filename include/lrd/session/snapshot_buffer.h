/* session/snapshot_buffer: snapshots on their way from the training thread to the ui, without either waiting.
 *
 * Three snapshots go round: one being filled, the newest that is whole, one being looked at. A newer
 * snapshot takes the place of one that nobody looked at.
 *
 * Ownership: the exchange owns the snapshots and their boards. Threads: one writer (fill, publish), one
 * reader (look); new and free while only one of them lives. */
#ifndef LRD_SESSION_SNAPSHOT_BUFFER_H
#define LRD_SESSION_SNAPSHOT_BUFFER_H

#include <lrd/session/session.h>

typedef struct Exchange Exchange;

Exchange *exchange_new(void);
void exchange_free(Exchange *x);
/* The snapshot to be filled next; its board takes the shape of this one and a copy of it. */
Snapshot *exchange_fill(Exchange *x, const Board *board);
/* Copies of these ghosts go with the snapshot that exchange_fill gave; those that did not change cost nothing. */
void exchange_fill_ghosts(Snapshot *s, const Ghost *const *ghosts, int count);
/* Makes the filled snapshot the newest, numbers it and rings. */
void exchange_publish(Exchange *x);
/* The newest snapshot, valid until the next look. Something was published before the first one. */
const Snapshot *exchange_look(Exchange *x);
/* Readable when there is something new to look at. */
int exchange_fd(const Exchange *x);

#endif
