#include <lrd/lab/milestone.h>

#include <math.h>

static const double KNOWN = 0.99, LOST = 0.90, LOW_RANK = 2.0, HIGH_AGAIN = 4.0, DROP = 0.05, SPIKE = 10.0;

Milestones milestones_start(void)
{
    return (Milestones){.memorised = -1,
                        .collapsed = -1,
                        .grokked = -1,
                        .generalised = -1,
                        .lost = -1,
                        .changed = -1,
                        .train_peak = -1,
                        .last_loss = -1};
}

void milestones_changed(Milestones *m, int64_t step)
{
    m->changed = step;
    m->warned = 0;
}

typedef struct Hits {
    MilestoneHit *list;
    int count;
} Hits;

static void hit(Hits *h, MilestoneKind kind, double value)
{
    h->list[h->count++] = (MilestoneHit){kind, value};
}

/* An evaluation that does not tell the accuracy is none of it: logs of others may tell one of two in turn. */
static int64_t streak(int64_t so_far, double accuracy)
{
    return isnan(accuracy) ? so_far : accuracy >= KNOWN ? so_far + 1 : 0;
}

static void feed_train(Milestones *m, const MilestoneInput *in, Hits *h)
{
    m->train_streak = streak(m->train_streak, in->train_acc);
    if (m->memorised < 0 && m->train_streak >= 2) {
        m->memorised = in->step;
        hit(h, MILESTONE_MEMORISED, in->train_acc);
    }
    if (m->changed >= 0 && !m->warned && in->train_acc < m->train_peak - DROP) {
        m->warned = 1;
        hit(h, MILESTONE_WARNING, in->train_acc);
    }
    if (in->train_acc > m->train_peak)
        m->train_peak = in->train_acc;
    if (m->last_loss > 0 && in->train_loss >= SPIKE * m->last_loss)
        hit(h, MILESTONE_SPIKE, in->train_loss);
    if (!isnan(in->train_loss))
        m->last_loss = in->train_loss;
}

static void feed_unseen(Milestones *m, const MilestoneInput *in, Hits *h)
{
    m->unseen_streak = streak(m->unseen_streak, in->unseen_acc);
    if (!m->holding && m->unseen_streak >= 2) {
        const bool late = m->memorised >= 0 && in->step >= 2 * m->memorised;
        int64_t *first = late ? &m->grokked : &m->generalised;
        if (*first < 0)
            *first = in->step;
        m->holding = 1;
        hit(h, late ? MILESTONE_GROKKED : MILESTONE_GENERALISED, in->unseen_acc);
    }
    if (m->holding && in->unseen_acc < LOST) {
        m->holding = 0;
        m->lost = in->step;
        hit(h, MILESTONE_LOST, in->unseen_acc);
    }
}

static void feed_rank(Milestones *m, const MilestoneInput *in, Hits *h)
{
    if (!m->is_low && in->stable_rank < LOW_RANK) {
        m->is_low = 1;
        if (m->collapsed < 0)
            m->collapsed = in->step;
        hit(h, MILESTONE_COLLAPSED, in->stable_rank);
    }
    if (in->stable_rank >= HIGH_AGAIN)
        m->is_low = 0;
    if (in->floor && !m->at_floor)
        hit(h, MILESTONE_FLOOR, in->stable_rank);
    m->at_floor = in->floor;
}

int milestones_feed(Milestones *m, const MilestoneInput *in, MilestoneHit hits[MILESTONE_KIND_COUNT])
{
    Hits h = {.list = hits};
    feed_train(m, in, &h);
    feed_unseen(m, in, &h);
    feed_rank(m, in, &h);
    return h.count;
}
