/* train/run_init: what a run starts from: its settings, its rows and the file that it takes weights from.
 *
 * Order of the settings, later ones win: defaults, preset, --set (all in options->settings), then with --init
 * the metadata of its file and the --set words again. With --resume the settings are the checkpoint's, and the
 * --set words are only checked here: they may name what may change mid-run, and the run makes the changes.
 * Everything that can be wrong is found here, before anything big is allocated.
 *
 * Errors: STATUS_INPUT, one sentence. Ownership: run_init_free gives back what was not taken (dataset and
 * checkpoint are taken by zeroing them). Threads: any. */
#ifndef LRD_TRAIN_RUN_INIT_H
#define LRD_TRAIN_RUN_INIT_H

#include <lrd/base/status.h>
#include <lrd/lab/task.h>
#include <lrd/train/checkpoint.h>
#include <lrd/train/run_options.h>

typedef struct RunInit {
    Settings settings;
    Dataset dataset;
    Checkpoint *checkpoint; /* of --init or --resume, NULL for none */
    TwinSpec twin;          /* still to begin */
    bool resume;
    int64_t step; /* of the checkpoint that is gone on with, else 0 */
} RunInit;

Status run_init_read(RunInit *s, const RunOptions *options);
void run_init_free(RunInit *s);

/* The rows that these settings ask for: those of same, made under before, when the task is the same one (they may
 * have come from a pair file), else a split of their own. before and same may be NULL. */
Status run_init_dataset(Dataset *d, const Settings *settings, const Settings *before, const Dataset *same);

/* "KEY=VALUE" in two; false when it has no '=' or the key is too long. *value points into word. */
bool setting_word_split(const char *word, char key[SETTING_KEY_MAX], const char **value);

#endif
