#include <lrd/config/recipe.h>

#include <lrd/base/quote.h>

#include <string.h>

const char recipe_stop_key[] = "stop", recipe_schedule_key[] = "schedule", recipe_twin_key[] = "twin",
           recipe_init_key[] = "init", recipe_pairs_key[] = "pairs";

const char *recipe_stop_word(bool stop_grokked)
{
    return stop_grokked ? "grokked" : "never";
}

Recipe recipe_make(const Settings *settings, const Schedule *schedule, const TwinSpec *twin, const char *init,
                   const char *pairs, bool stop_grokked)
{
    Recipe r = {.settings = *settings, .stop_grokked = stop_grokked};
    for (int i = 0; schedule && i < schedule->count; i++) {
        const ScheduledChange *c = &schedule->changes[i];
        text_addf(&r.schedule, "%s%lld=%s:%s", i ? " " : "", (long long)c->step, c->key, c->value);
    }
    if (twin && twin->asked)
        twin_spec_print(twin, "=", " ", &r.twin);
    text_add(&r.init, init ? init : "");
    text_add(&r.pairs, pairs ? pairs : "");
    return r;
}

void recipe_free(Recipe *r)
{
    text_free(&r->schedule);
    text_free(&r->twin);
    text_free(&r->init);
    text_free(&r->pairs);
    *r = (Recipe){0};
}

bool recipe_leaves_out(const Setting *row)
{
    return strncmp(row->key, "lab.", 4) == 0 || strcmp(row->key, "train.threads") == 0;
}

static bool word_is_same(const char *key, const char *there, const char *here, Text *difference)
{
    if (strcmp(there, here) == 0)
        return true;
    text_addf(difference, "%s is %s there and %s here", key, *there ? quote_word(there).text : "nothing",
              *here ? quote_word(here).text : "nothing");
    return false;
}

bool recipe_is_same(const Recipe *there, const Recipe *here, Text *difference)
{
    bool same = true;
    for (int i = 0; i < settings_count && same; i++) {
        const Setting *row = &settings_table[i];
        if (recipe_leaves_out(row))
            continue;
        Text a = {0}, b = {0};
        settings_get(&there->settings, row, &a);
        settings_get(&here->settings, row, &b);
        same = word_is_same(row->key, text_str(&a), text_str(&b), difference);
        text_free(&a);
        text_free(&b);
    }
    return same &&
           word_is_same(recipe_stop_key, recipe_stop_word(there->stop_grokked), recipe_stop_word(here->stop_grokked),
                        difference) &&
           word_is_same(recipe_schedule_key, text_str(&there->schedule), text_str(&here->schedule), difference) &&
           word_is_same(recipe_twin_key, text_str(&there->twin), text_str(&here->twin), difference) &&
           word_is_same(recipe_init_key, text_str(&there->init), text_str(&here->init), difference) &&
           word_is_same(recipe_pairs_key, text_str(&there->pairs), text_str(&here->pairs), difference);
}
