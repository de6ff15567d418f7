#include <lrd/config/twin_spec.h>

#include <lrd/base/machine.h>
#include <lrd/base/quote.h>
#include <lrd/base/util.h>

#include <stdlib.h>
#include <string.h>

const char twin_section[] = "twin";
static const char from_word[] = "from", memorised_word[] = "memorised";

/* Both arms see the same batches and have their rows at the same steps. */
static bool is_of_both(const char *key)
{
    static const char *const shared[] = {"train.batch", "train.steps", "train.eval_every", "train.sample_every",
                                         "train.threads"};
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
        if (strcmp(key, shared[i]) == 0)
            return true;
    return strncmp(key, "lab.", 4) == 0;
}

static Status twin_spec_set_from(TwinSpec *t, const char *value)
{
    long long step = TWIN_FROM_MEMORISED;
    if (strcmp(value, memorised_word) != 0 &&
        !(text_to_i64(value, &step) && step >= 0 && step <= (long long)SETTINGS_STEPS_MAX))
        return status_input("%s cannot be %s; it takes a step from 0 to 10^12, or %s", from_word,
                            quote_word(value).text, memorised_word);
    t->from = step;
    t->asked = true;
    return status_ok();
}

Status twin_spec_add(TwinSpec *t, const char *key, const char *value)
{
    if (strcmp(key, from_word) == 0)
        return twin_spec_set_from(t, value);
    Settings scratch = settings_default();
    Status status = settings_set(&scratch, key, value);
    if (!status_is_ok(status))
        return status;
    if (is_of_both(key))
        return status_input("%s is the same for both arms of a twin; set it for the run", key);
    if (!settings_find(key)->midrun)
        return status_input("%s cannot differ between the arms of a twin, which begin from the same weights and rows; "
                            "start two runs",
                            key);
    status = settings_change_add(&t->changes, key, value);
    t->asked = t->asked || status_is_ok(status);
    return status;
}

Status twin_spec_add_word(TwinSpec *t, const char *word)
{
    const char *equals = strchr(word, '=');
    if (!equals)
        return status_input("%s is not KEY=VALUE, as in decay.kind=none", quote_word(word).text);
    char *key = xstrdup(word);
    key[equals - word] = '\0';
    Status status = twin_spec_add(t, key, equals + 1);
    free(key);
    return status;
}

Status twin_spec_apply(const TwinSpec *t, const Settings *run, Settings *arm)
{
    *arm = *run;
    Status status = settings_change_apply(arm, &t->changes);
    if (!status_is_ok(status))
        return status_input("the twin: %s", status.text);
    if (settings_difference(run, arm).count == 0)
        return status_input("a twin with the same settings would do the same; give it another one, as in decay.kind "
                            "none");
    Settings alone = *arm;
    alone.lab.rewind_mb = 0;
    if (settings_memory_bytes(run) + settings_memory_bytes(&alone) > machine_memory_available())
        return status_input("there is no memory for two models of this size; make the model smaller, or leave out the "
                            "twin");
    return status;
}

Status twin_spec_check(const TwinSpec *t, const Settings *run)
{
    Settings arm;
    if (settings_follow(run) && (!t->asked || t->from != 0))
        return status_input(
            "train.qk_turn twin needs another arm from step 0 on, to turn as that one does; give one, as "
            "in --twin train.qk_turn=0, or set train.qk_turn 0");
    if (!t->asked)
        return status_ok();
    Status status = twin_spec_apply(t, run, &arm);
    if (status_is_ok(status) && settings_follow(run) && settings_follow(&arm))
        return status_input(
            "train.qk_turn can be twin in one arm only, or neither would lead; set it to 0 in the other");
    return status;
}

void twin_spec_print(const TwinSpec *t, const char *is, const char *between, Text *out)
{
    if (t->from == TWIN_FROM_MEMORISED)
        text_addf(out, "%s%s%s%s", from_word, is, memorised_word, between);
    else if (t->from > 0)
        text_addf(out, "%s%s%lld%s", from_word, is, (long long)t->from, between);
    settings_change_print(&t->changes, is, between, out);
}
