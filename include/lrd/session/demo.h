/* session/demo: recorded runs that come with the program, to be replayed at once where there is no time to train.
 *
 * A demo is a log NAME.jsonl in the folder demos of io/search_path, and every NAME.OTHER.jsonl a run to compare it
 * with: it goes behind it as the ghost OTHER. They are made by presets/demos/record-demos.sh from the list
 * presets/demos/recipes.
 *
 * Errors: STATUS_INPUT. Ownership: demo_free; the list is one block for free(). Threads: any. */
#ifndef LRD_SESSION_DEMO_H
#define LRD_SESSION_DEMO_H

#include <lrd/base/status.h>
#include <lrd/base/text.h>
#include <lrd/config/preset.h>
#include <lrd/session/replay.h>

typedef struct Demo {
    int count;
    Text path[REPLAY_LOGS_MAX]; /* the first is the one in front */
    char name[REPLAY_LOGS_MAX][COMPARISON_NAME_MAX];
    char preset[64]; /* that the one in front was a run of, "" for none */
} Demo;

/* *out is to be freed whatever the outcome. */
Status demo_find(const char *name, Demo *out);
void demo_free(Demo *d);

/* All demos, sorted, each name once; title is that of the run. */
int demo_list(CatalogEntry **entries);

#endif
