/* panel/key: what a key press is called here, so that nothing but term knows curses.
 *
 * A printable key is its ASCII code; the others have codes above that. Threads: any; plain numbers. */
#ifndef LRD_PANEL_KEY_H
#define LRD_PANEL_KEY_H

#include <lrd/base/text.h>

enum {
    UI_KEY_NONE = 0,
    UI_KEY_TAB = 9,
    UI_KEY_ENTER = 13,
    UI_KEY_ESCAPE = 27,
    UI_KEY_BACKSPACE = 127,
    UI_KEY_UP = 256,
    UI_KEY_DOWN,
    UI_KEY_SHIFT_TAB,
    UI_KEY_SHIFT_LEFT,
    UI_KEY_SHIFT_RIGHT,
    UI_KEY_SHIFT_UP,
    UI_KEY_SHIFT_DOWN,
    UI_KEY_HOME,
    UI_KEY_END,
    UI_KEY_LEFT,
    UI_KEY_RIGHT,
    UI_KEY_PAGE_UP, /* what a presenter's remote sends */
    UI_KEY_PAGE_DOWN,
    UI_KEY_KILL,   /* ^U: the prompt's whole line */
    UI_KEY_REDRAW, /* ^L: paint every cell again */
    UI_KEY_MOUSE,  /* panel/mouse.h tells what it did */
};

/* As people write it: "t", "space", "Up"; UI_KEY_NONE when it is no key. */
int ui_key_find(const char *word);
/* As the key bar shows it: "t", "space", "↑". */
void ui_key_print(int code, Text *out);

#endif
