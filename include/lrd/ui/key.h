/* ui/key: what a key press is called here, so that nothing but term knows curses.
 *
 * A printable key is its ASCII code; the others have codes above that. Threads: any; plain numbers. */
#ifndef LRD_UI_KEY_H
#define LRD_UI_KEY_H

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
    UI_KEY_KILL,   /* ^U: the prompt's whole line */
    UI_KEY_REDRAW, /* ^L: paint every cell again */
};

#endif
