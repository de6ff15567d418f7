#include <lrd/log/milestone_event.h>

static const EventKind event_kinds[MILESTONE_KIND_COUNT] = {
    [MILESTONE_MEMORISED] = EVENT_MEMORISED,
    [MILESTONE_GROKKED] = EVENT_GROKKED,
    [MILESTONE_GENERALISED] = EVENT_GENERALISED,
    [MILESTONE_LOST] = EVENT_LOST,
    [MILESTONE_REGAINED] = EVENT_REGAINED,
    [MILESTONE_COLLAPSED] = EVENT_COLLAPSED,
    [MILESTONE_WARNING] = EVENT_WARNING,
    [MILESTONE_SPIKE] = EVENT_SPIKE,
    [MILESTONE_FLOOR] = EVENT_FLOOR,
};

int milestone_events(Milestones *m, const RunSummary *b, const Evaluation *e, Event events[MILESTONE_KIND_COUNT])
{
    MilestoneInput in = {.step = e->step,
                         .memorised = b->memorised,
                         .grokked = b->grokked,
                         .lost = b->lost,
                         .train_acc = e->train_acc,
                         .unseen_acc = e->unseen_acc,
                         .train_loss = e->train_loss,
                         .stable_rank = e->stable_rank};
    for (int i = 0; i < e->matrix_count; i++)
        in.floor |= e->matrix[i].floor;
    MilestoneHit hits[MILESTONE_KIND_COUNT];
    int count = milestones_feed(m, &in, hits);
    for (int i = 0; i < count; i++)
        events[i] = (Event){.kind = event_kinds[hits[i].kind], .step = e->step, .value = hits[i].value};
    return count;
}
