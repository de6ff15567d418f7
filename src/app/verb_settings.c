#include <lrd/app/setup.h>
#include <lrd/app/verbs.h>
#include <lrd/base/util.h>
#include <lrd/config/own_strength.h>

#include <stdio.h>
#include <string.h>

/* What the columns say of one setting. */
typedef struct SettingRow {
    Text allowed, preset;
} SettingRow;

static SettingRow settings_describe(const Setting *s)
{
    SettingRow row = {0};
    settings_allowed(s, &row.allowed);
    text_add(&row.preset, *s->default_text ? s->default_text : "-");
    return row;
}

static void settings_release(SettingRow *row)
{
    text_free(&row->allowed);
    text_free(&row->preset);
}

/* Two lines a setting: a table as wide as its longest range would not fit a terminal. */
static void settings_print_text(void)
{
    int key = 0;
    for (int i = 0; i < settings_count; i++)
        key = max_int(key, (int)strlen(settings_table[i].key));
    printf("%-*s  default  (* may change while a run trains)\n\n", key, "setting");
    for (int i = 0; i < settings_count; i++) {
        const Setting *s = &settings_table[i];
        SettingRow row = settings_describe(s);
        printf("%-*s %s %s\n", key, s->key, s->midrun ? "*" : " ", text_str(&row.preset));
        printf("%*s   %s\n", key, "", s->help);
        printf("%*s   %s\n", key, "", text_str(&row.allowed));
        settings_release(&row);
    }
}

static void settings_print_rule(void)
{
    Text usual = {0};
    own_strength_print(&usual);
    printf("\n%s %s.\n", own_strength_rule, text_str(&usual));
    text_free(&usual);
}

static void settings_print_markdown(void)
{
    printf("| setting | what it is | takes | default | mid-run |\n| --- | --- | --- | --- | --- |\n");
    for (int i = 0; i < settings_count; i++) {
        const Setting *s = &settings_table[i];
        SettingRow row = settings_describe(s);
        printf("| `%s` | %s | %s | %s | %s |\n", s->key, s->help, text_str(&row.allowed), text_str(&row.preset),
               s->midrun ? "yes" : "");
        settings_release(&row);
    }
}

static int settings_print_preset(const Arguments *a)
{
    Setup setup;
    int code = setup_read(a, NULL, &setup);
    if (code == EXIT_DONE)
        code = cli_report(settings_check(&setup.settings));
    if (code == EXIT_DONE) {
        Text text = {0};
        preset_print(&setup.settings, &setup.schedule, &setup.twin, &text);
        expectation_print(&setup.expect, &text);
        fputs(text_str(&text), stdout);
        text_free(&text);
    }
    setup_free(&setup);
    return code;
}

int verb_settings(const Arguments *a)
{
    if (a->operand || a->sets.count)
        return settings_print_preset(a);
    if (a->markdown)
        settings_print_markdown();
    else
        settings_print_text();
    settings_print_rule();
    return EXIT_DONE;
}
