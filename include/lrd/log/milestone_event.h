/* log/milestone_event: the events that an evaluation raises, as they go to the log and the summary.
 *
 * Ownership: plain values. Threads: one owner. */
#ifndef LRD_LOG_MILESTONE_EVENT_H
#define LRD_LOG_MILESTONE_EVENT_H

#include <lrd/lab/milestone.h>
#include <lrd/log/run_summary.h>

/* e: on the beat, later than all before, which b has seen. Returns how many events. */
int milestone_events(Milestones *m, const RunSummary *b, const Evaluation *e, Event events[MILESTONE_KIND_COUNT]);

#endif
