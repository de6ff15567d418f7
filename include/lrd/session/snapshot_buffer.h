/* session/snapshot_buffer: snapshots on their way from the training thread to the ui, without either waiting.
 *
 * Three snapshots go round: one being filled, the newest that is whole, one being looked at. A newer
 * snapshot takes the place of one that nobody looked at.
 *
 * Ownership: the buffer owns the snapshots and their summaries. Threads: one writer (fill, publish), one
 * reader (look); new and free while only one of them lives. */
#ifndef LRD_SESSION_SNAPSHOT_BUFFER_H
#define LRD_SESSION_SNAPSHOT_BUFFER_H

#include <lrd/session/snapshot.h>

typedef struct SnapshotBuffer SnapshotBuffer;

SnapshotBuffer *snapshot_buffer_new(void);
void snapshot_buffer_free(SnapshotBuffer *x);
/* The snapshot to be filled next; its summary takes the shape of this one and a copy of it. */
Snapshot *snapshot_buffer_fill(SnapshotBuffer *x, const RunSummary *summary);
/* Copies of these comparisons go with the snapshot that snapshot_buffer_fill gave; those that did not change cost
 * nothing.
 */
void snapshot_buffer_fill_comparisons(Snapshot *s, const Comparison *const *comparisons, int count);
/* Makes the filled snapshot the newest, numbers it and rings. */
void snapshot_buffer_publish(SnapshotBuffer *x);
/* The newest snapshot, valid until the next look. Something was published before the first one. */
const Snapshot *snapshot_buffer_look(SnapshotBuffer *x);
/* Readable when there is something new to look at. */
int snapshot_buffer_fd(const SnapshotBuffer *x);

#endif
