/* panel/labels: the short names that several panels and messages give to the same thing.
 *
 * Pure; results are values. Threads: any. */
#ifndef LRD_PANEL_LABELS_H
#define LRD_PANEL_LABELS_H

#include <lrd/log/run_summary.h>
#include <lrd/log/probe.h>
#include <lrd/config/settings.h>

typedef struct Label {
    char s[96]; /* UTF-8 */
} Label;

/* What the model knows of such a pair: "It was trained on this pair.". */
extern const char *const label_pair_kinds[PAIR_KIND_COUNT];

/* Whose weights decay.targets are: "Q, K". */
extern const char *const label_targets[TARGETS_COUNT];

/* "layer 0 Q" of a tensor's name; the name itself when it is another one. */
Label label_matrix(const char *tensor);
/* Its layer, -1 when it is in none. */
int label_layer(const char *tensor);

/* The task with its modulus: "a + b mod 113". */
Label label_task(const Settings *s);

/* A branch with what became of it: "2 L2 0.1 from 800: not yet". b: its summary. */
Label label_branch(const Branches *t, int number, const RunSummary *b);

/* The decay that an evaluation was made under: "LRD 0.0050 on Q, K". */
Label label_decay(const Evaluation *e);

/* An event in the event line, without its step: "decay L2 → LRD", "rank collapse". */
Label label_event(const Event *e);
/* The same as short as a marker on a curve wants it: "LRD", "grokked"; "" for events that get no marker. */
Label label_marker(const Event *e);

#endif
