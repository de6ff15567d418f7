#include <lrd/panel/prompt.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <lrd/base/util.h>
#include <lrd/config/preset.h>
#include <lrd/panel/key.h>

/* What was typed, in two: value is NULL until a blank or '=' ends the key. */
typedef struct Typed {
    char key[PROMPT_TEXT_MAX];
    const char *value;
} Typed;

static Typed prompt_split(const Prompt *p)
{
    Typed t = {.value = NULL};
    if (p->key) {
        snprintf(t.key, sizeof t.key, "%s", p->key);
        t.value = p->text + strspn(p->text, " ");
        return t;
    }
    const char *start = p->text + strspn(p->text, " ");
    size_t length = strcspn(start, " =");
    snprintf(t.key, sizeof t.key, "%.*s", (int)length, start);
    if (start[length])
        t.value = start + length + strspn(start + length, " =");
    return t;
}

static bool key_begins(const Setting *row, const char *typed)
{
    return row->midrun && strncmp(row->key, typed, strlen(typed)) == 0;
}

/* Appends whole words only; what does not fit is left out. */
static void hint_add(char *hint, const char *word)
{
    size_t used = strlen(hint), more = strlen(word);
    if (used + more < PROMPT_HINT_MAX)
        memcpy(hint + used, word, more + 1);
}

static void hint_keys(char *hint, const char *typed)
{
    for (int i = 0; i < settings_count; i++)
        if (key_begins(&settings_table[i], typed)) {
            hint_add(hint, settings_table[i].key);
            hint_add(hint, "  ");
        }
    if (hint[0])
        return;
    const char *nearest = settings_nearest(typed);
    hint_add(hint, nearest ? "no such setting; perhaps " : "no such setting; clear the line to see them all");
    hint_add(hint, nearest ? nearest : "");
}

static void hint_value(char *hint, const Setting *row, const Settings *now)
{
    Text text = {0};
    settings_allowed(row, &text);
    text_add(&text, "; now ");
    settings_get(now, row, &text);
    text_addf(&text, ". %c%s.", toupper((unsigned char)row->help[0]), row->help + 1);
    hint_add(hint, text_str(&text));
    text_free(&text);
}

static void prompt_renew_hint(Prompt *p, const Settings *now)
{
    Typed t = prompt_split(p);
    const Setting *row = settings_find(t.key);
    p->hint[0] = '\0';
    if (strcmp(t.key, SCHEDULE_TRUNCATE) == 0)
        snprintf(p->hint, sizeof p->hint, "The rank to which every matrix of Q and K is cut, its length kept: 1 to %d.",
                 now->model.dim - 1);
    else if (row && !row->midrun)
        snprintf(p->hint, sizeof p->hint, "%s is fixed while a run trains; start another with --set %s=VALUE.",
                 row->key, row->key);
    else if (row)
        hint_value(p->hint, row, now);
    else
        hint_keys(p->hint, t.key);
}

void prompt_start(Prompt *p, const char *key, const Settings *now)
{
    *p = (Prompt){.key = key};
    prompt_renew_hint(p, now);
}

/* The longest text that all candidates share; how many there were. */
typedef struct Completion {
    const char *text;
    size_t length;
    int count;
} Completion;

static void completion_add(Completion *c, const char *candidate)
{
    if (c->count++ == 0) {
        c->text = candidate;
        c->length = strlen(candidate);
        return;
    }
    size_t same = 0;
    while (same < c->length && candidate[same] == c->text[same])
        same++;
    c->length = same;
}

static void prompt_complete(Prompt *p)
{
    Typed t = prompt_split(p);
    Completion c = {0};
    const Setting *row = settings_find(t.key);
    const char *typed = t.value ? t.value : t.key;
    for (int i = 0; !t.value && i < settings_count; i++)
        if (key_begins(&settings_table[i], typed))
            completion_add(&c, settings_table[i].key);
    if (!t.value && strncmp(SCHEDULE_TRUNCATE, typed, strlen(typed)) == 0)
        completion_add(&c, SCHEDULE_TRUNCATE);
    for (int i = 0; t.value && row && row->type == SETTING_CHOICE && row->choices[i]; i++)
        if (strncmp(row->choices[i], typed, strlen(typed)) == 0)
            completion_add(&c, row->choices[i]);
    size_t used = strlen(p->text), old = strlen(typed);
    if (c.count == 0 || used - old + c.length + 2 > sizeof p->text)
        return;
    const char *end = c.count == 1 && !t.value ? " " : "";
    snprintf(p->text + used - old, sizeof p->text - (used - old), "%.*s%s", (int)c.length, c.text, end);
}

/* The setting, and that it goes with the others. */
static Status prompt_set(Settings *settings, const char *key, const char *value)
{
    Settings next = *settings;
    Status status = settings_set(&next, key, value);
    if (status_is_ok(status))
        status = settings_check_together(&next);
    if (status_is_ok(status))
        *settings = next;
    return status;
}

static PromptAnswer prompt_enter(Prompt *p, Settings *settings, const Setting **entered)
{
    Typed t = prompt_split(p);
    const Setting *row = settings_find(t.key);
    char value[PROMPT_TEXT_MAX];
    const bool truncates = strcmp(t.key, SCHEDULE_TRUNCATE) == 0;
    if (!t.key[0] || (p->key && !t.value[0]))
        return PROMPT_CANCELLED;
    snprintf(value, sizeof value, "%s", t.value ? t.value : "");
    for (size_t n = strlen(value); n > 0 && value[n - 1] == ' ';)
        value[--n] = '\0';
    Status status = status_ok();
    if (row && !row->midrun)
        status = status_input("%s is fixed while a run trains", row->key);
    else if (row && !value[0])
        status = status_input("type a value after %s", row->key);
    else
        status = truncates ? truncate_rank_read(value, &p->rank) : prompt_set(settings, t.key, value);
    if (!status_is_ok(status)) {
        snprintf(p->error, sizeof p->error, "%.*s", PROMPT_HINT_MAX - 1, status.text);
        return PROMPT_OPEN;
    }
    *entered = row;
    return truncates ? PROMPT_TRUNCATES : PROMPT_ENTERED;
}

PromptAnswer prompt_type(Prompt *p, int code, Settings *settings, const Setting **row)
{
    size_t used = strlen(p->text);
    if (code == UI_KEY_ESCAPE)
        return PROMPT_CANCELLED;
    if (code == UI_KEY_ENTER)
        return prompt_enter(p, settings, row);
    if (code == UI_KEY_TAB)
        prompt_complete(p);
    else if (code == UI_KEY_KILL)
        p->text[0] = '\0';
    else if (code == UI_KEY_BACKSPACE && used > 0)
        p->text[used - 1] = '\0';
    else if (code >= ' ' && code < UI_KEY_BACKSPACE && used + 1 < sizeof p->text) {
        p->text[used] = (char)code;
        p->text[used + 1] = '\0';
    }
    p->error[0] = '\0';
    prompt_renew_hint(p, settings);
    return PROMPT_OPEN;
}
