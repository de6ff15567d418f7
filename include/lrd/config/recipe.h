/* config/recipe: all that the numbers of a run depend on: its settings, schedule and files.
 *
 * Two runs of the same recipe are the same run. Ownership: recipe_free. Threads: any. */
#ifndef LRD_CONFIG_RECIPE_H
#define LRD_CONFIG_RECIPE_H

#include <stdbool.h>

#include <lrd/base/text.h>
#include <lrd/config/preset.h>
#include <lrd/config/settings.h>

typedef struct Recipe {
    Settings settings;
    Text schedule; /* STEP=KEY:VALUE as after --at, a blank between two */
    Text twin;     /* KEY=VALUE as after --twin, a blank between two; "" for none */
    Text init, pairs;
    bool stop_grokked;
} Recipe;

/* Pointers may be NULL. */
Recipe recipe_make(const Settings *settings, const Schedule *schedule, const TwinSpec *twin, const char *init,
                   const char *pairs, bool stop_grokked);
void recipe_free(Recipe *r);
/* Adds in which point they differ ("train.steps 200 there, 400 here") when they do. */
bool recipe_is_same(const Recipe *there, const Recipe *here, Text *difference);

/* How a result writes it. */
extern const char recipe_stop_key[], recipe_schedule_key[], recipe_twin_key[], recipe_init_key[], recipe_pairs_key[];
const char *recipe_stop_word(bool stop_grokked);
/* Nothing that a run computes depends on this setting. */
bool recipe_leaves_out(const Setting *row);

#endif
