#include <lrd/lab/milestone.h>

#include <math.h>

static const double KNOWN = 0.99, LOST = 0.90, LOW_RANK = 2.0, HIGH_AGAIN = 4.0, DROP = 0.05, SPIKE = 10.0,
                    SPIKE_LEAST = 0.01 * 0.69314718055994530942; /* 1 - KNOWN of the rows wrong, ln 2 each */

Milestones milestones_start(void)
{
    return (Milestones){.changed = -1, .train_peak = -1, .last_loss = -1};
}

void milestones_changed(Milestones *m, int64_t step)
{
    m->changed = step;
    m->warned = 0;
}

typedef struct Emitted {
    MilestoneHit *list;
    int count;
} Emitted;

static void emit(Emitted *out, MilestoneKind kind, double value)
{
    out->list[out->count++] = (MilestoneHit){kind, value};
}

/* An evaluation that does not tell the accuracy is none of it: logs of others may tell one of two in turn. */
static int64_t streak(int64_t so_far, double accuracy)
{
    return isnan(accuracy) ? so_far : accuracy >= KNOWN ? so_far + 1 : 0;
}

static void feed_train(Milestones *m, const MilestoneInput *in, Emitted *out)
{
    m->train_streak = streak(m->train_streak, in->train_acc);
    if (in->memorised < 0 && m->train_streak >= 2)
        emit(out, MILESTONE_MEMORISED, in->train_acc);
    if (m->changed >= 0 && !m->warned && in->train_acc < m->train_peak - DROP) {
        m->warned = 1;
        emit(out, MILESTONE_WARNING, in->train_acc);
    }
    if (in->train_acc > m->train_peak)
        m->train_peak = in->train_acc;
    if (m->last_loss > 0 && in->train_loss >= fmax(SPIKE * m->last_loss, SPIKE_LEAST))
        emit(out, MILESTONE_SPIKE, in->train_loss);
    if (!isnan(in->train_loss))
        m->last_loss = in->train_loss;
}

static void feed_unseen(Milestones *m, const MilestoneInput *in, Emitted *out)
{
    m->unseen_streak = streak(m->unseen_streak, in->unseen_acc);
    const bool again = in->grokked >= 0, holding = again && in->lost < 0;
    const bool late = in->memorised >= 0 && in->step >= 2 * in->memorised;
    if (!holding && m->unseen_streak >= 2)
        emit(out, again ? MILESTONE_REGAINED : late ? MILESTONE_GROKKED : MILESTONE_GENERALISED, in->unseen_acc);
    if (holding && in->unseen_acc < LOST)
        emit(out, MILESTONE_LOST, in->unseen_acc);
}

static void feed_rank(Milestones *m, const MilestoneInput *in, Emitted *out)
{
    if (!m->is_low && in->stable_rank < LOW_RANK) {
        m->is_low = 1;
        emit(out, MILESTONE_COLLAPSED, in->stable_rank);
    }
    if (in->stable_rank >= HIGH_AGAIN)
        m->is_low = 0;
    if (in->floor && !m->at_floor)
        emit(out, MILESTONE_FLOOR, in->stable_rank);
    m->at_floor = in->floor;
}

int milestones_feed(Milestones *m, const MilestoneInput *in, MilestoneHit hits[MILESTONE_KIND_COUNT])
{
    Emitted out = {.list = hits};
    feed_train(m, in, &out);
    feed_unseen(m, in, &out);
    feed_rank(m, in, &out);
    return out.count;
}
