#include <lrd/panel/key.h>

#include <stddef.h>
#include <string.h>

static const struct KeyName {
    int code;
    const char *word, *sign;
} key_names[] = {
    {' ', "space", "space"},       {UI_KEY_ENTER, "Enter", "Enter"}, {UI_KEY_TAB, "Tab", "Tab"},
    {UI_KEY_ESCAPE, "Esc", "Esc"}, {UI_KEY_UP, "Up", "↑"},           {UI_KEY_DOWN, "Down", "↓"},
    {UI_KEY_HOME, "Home", "Home"}, {UI_KEY_END, "End", "End"},       {UI_KEY_LEFT, "Left", "←"},
    {UI_KEY_RIGHT, "Right", "→"},
};

int ui_key_find(const char *word)
{
    for (size_t i = 0; i < sizeof key_names / sizeof *key_names; i++)
        if (strcmp(word, key_names[i].word) == 0 || strcmp(word, key_names[i].sign) == 0)
            return key_names[i].code;
    return word[0] > ' ' && word[0] < UI_KEY_BACKSPACE && !word[1] ? word[0] : UI_KEY_NONE;
}

void ui_key_print(int code, Text *out)
{
    for (size_t i = 0; i < sizeof key_names / sizeof *key_names; i++)
        if (key_names[i].code == code) {
            text_add(out, key_names[i].sign);
            return;
        }
    text_addf(out, "%c", code);
}
