/* panel/mouse: what a mouse did, in cells of the screen.
 *
 * Plain values. Threads: any. */
#ifndef LRD_PANEL_MOUSE_H
#define LRD_PANEL_MOUSE_H

typedef enum MouseKind { MOUSE_PRESS, MOUSE_DRAG, MOUSE_RELEASE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN } MouseKind;

/* Of the first button, or the wheel; x, y from 0. */
typedef struct MouseEvent {
    MouseKind kind;
    int x, y;
} MouseEvent;

#endif
