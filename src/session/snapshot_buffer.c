#include <lrd/base/util.h>
#include <lrd/base/wakeup.h>
#include <lrd/session/snapshot_buffer.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct SnapshotBuffer {
    pthread_mutex_t lock; /* over newest and fresh: held for a swap, never for a copy */
    Snapshot slots[3];    /* each owns its summary and its ghosts */
    int filling;          /* the writer's */
    int looking;          /* the reader's */
    int newest;
    bool fresh; /* the newest was not looked at yet */
    uint64_t sequence;
    Wakeup wakeup;
};

SnapshotBuffer *snapshot_buffer_new(void)
{
    SnapshotBuffer *x = xcalloc(1, sizeof *x);
    x->filling = 0;
    x->newest = 1;
    x->looking = 2;
    pthread_mutex_init(&x->lock, NULL);
    wakeup_open(&x->wakeup);
    return x;
}

void snapshot_buffer_free(SnapshotBuffer *x)
{
    if (!x)
        return;
    for (int i = 0; i < 3; i++) {
        run_summary_free(x->slots[i].summary);
        for (int k = 0; k < COMPARISONS_MAX; k++)
            free(x->slots[i].ghost[k]);
        probe_free(&x->slots[i].probe);
    }
    wakeup_close(&x->wakeup);
    pthread_mutex_destroy(&x->lock);
    free(x);
}

static bool run_summary_has_shape_of(const RunSummary *b, const RunSummary *other)
{
    return b && b->evaluation.matrix_count == other->evaluation.matrix_count &&
           b->evaluation.sigma_count == other->evaluation.sigma_count;
}

Snapshot *snapshot_buffer_fill(SnapshotBuffer *x, const RunSummary *summary)
{
    Snapshot *s = &x->slots[x->filling];
    if (!run_summary_has_shape_of(s->summary, summary)) {
        run_summary_free(s->summary);
        s->summary =
            run_summary_new(&summary->settings, summary->evaluation.matrix_count, summary->evaluation.sigma_count);
    }
    run_summary_copy(s->summary, summary);
    return s;
}

void snapshot_buffer_fill_comparisons(Snapshot *s, const Comparison *const *comparisons, int count)
{
    for (int i = 0; i < count; i++) {
        if (!s->ghost[i])
            s->ghost[i] = xcalloc(1, sizeof **s->ghost);
        if (s->ghost[i]->version != comparisons[i]->version || strcmp(s->ghost[i]->name, comparisons[i]->name) != 0)
            comparison_copy(s->ghost[i], comparisons[i]);
    }
    s->ghost_count = count;
}

void snapshot_buffer_publish(SnapshotBuffer *x)
{
    x->slots[x->filling].sequence = ++x->sequence;
    pthread_mutex_lock(&x->lock);
    int filled = x->filling;
    x->filling = x->newest;
    x->newest = filled;
    x->fresh = true;
    pthread_mutex_unlock(&x->lock);
    wakeup_ring(&x->wakeup);
}

const Snapshot *snapshot_buffer_look(SnapshotBuffer *x)
{
    wakeup_clear(&x->wakeup);
    pthread_mutex_lock(&x->lock);
    if (x->fresh) {
        int seen = x->looking;
        x->looking = x->newest;
        x->newest = seen;
        x->fresh = false;
    }
    pthread_mutex_unlock(&x->lock);
    return &x->slots[x->looking];
}

int snapshot_buffer_fd(const SnapshotBuffer *x)
{
    return x->wakeup.reader;
}
