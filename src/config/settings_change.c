#include <lrd/config/settings_change.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

void settings_change_put(SettingsChange *c, const struct SettingValue *value)
{
    int place = 0;
    while (place < c->count && c->item[place].row != value->row)
        place++;
    assert(place < SETTINGS_CHANGE_MAX);
    c->item[place] = *value;
    c->count += place == c->count;
}

static void change_take(SettingsChange *c, const Setting *row, const Settings *from)
{
    struct SettingValue value = {.row = row};
    assert(row->size <= sizeof value.bytes);
    memcpy(value.bytes, (const char *)from + row->offset, row->size);
    settings_change_put(c, &value);
}

SettingsChange settings_difference(const Settings *from, const Settings *to)
{
    SettingsChange c = {0};
    for (int i = 0; i < settings_count; i++) {
        const Setting *row = &settings_table[i];
        if (row->midrun && memcmp((const char *)from + row->offset, (const char *)to + row->offset, row->size) != 0)
            change_take(&c, row, to);
    }
    return c;
}

Status settings_change_add(SettingsChange *c, const char *key, const char *value)
{
    Settings scratch = settings_default();
    Status status = settings_set(&scratch, key, value);
    const Setting *row = settings_find(key);
    if (status_is_ok(status) && !row->midrun)
        return status_input("%s is fixed while a run trains: start a new one with --set %s=%s", key, key, value);
    if (status_is_ok(status))
        change_take(c, row, &scratch);
    return status;
}

Status settings_change_apply(Settings *s, const SettingsChange *c)
{
    Settings next = *s;
    for (int i = 0; i < c->count; i++) {
        const Setting *row = c->item[i].row;
        memcpy((char *)&next + row->offset, c->item[i].bytes, row->size);
        Status status = settings_check_value(&next, row);
        if (!status_is_ok(status))
            return status;
    }
    Status status = settings_check_together(&next);
    if (status_is_ok(status))
        *s = next;
    return status;
}

/* As people write it, without an exponent where six digits do; it reads back as the same number. */
static void print_real(double value, Text *out)
{
    char word[40];
    double back = 0;
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(word, sizeof word, "%.*g", digits, value);
        if (text_to_double(word, &back) && back >= value && back <= value)
            break;
    }
    text_add(out, word);
}

void settings_change_print(const SettingsChange *c, const char *is, const char *between, Text *out)
{
    Settings s = settings_default();
    for (int i = 0; i < c->count; i++) {
        const Setting *row = c->item[i].row;
        memcpy((char *)&s + row->offset, c->item[i].bytes, row->size);
        text_addf(out, "%s%s%s", i ? between : "", row->key, is);
        double real;
        memcpy(&real, c->item[i].bytes, sizeof real);
        if (row->type == SETTING_REAL && !(row->word && real < 0))
            print_real(real, out);
        else
            settings_get(&s, row, out);
    }
}
