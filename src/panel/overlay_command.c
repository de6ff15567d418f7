#include <lrd/panel/panel.h>

#include <stdio.h>
#include <string.h>

/* Without a frame and with a backslash at the end of each row but the last, so that the rows can be selected in the
 * terminal and pasted into a shell. */
void overlay_command(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    (void)s;
    const char *word = u->command;
    int y = r.y + 2;
    canvas_fill(c, r, ' ', ROLE_NORMAL);
    canvas_words(c, r.x + 1, r.y, r.w - 2, ROLE_TITLE, "This run again, number for number (Esc closes)");
    for (int x = 0; *word && y < r.y + r.h;) {
        char text[256];
        int n = (int)strcspn(word, " "), room = r.w - 3;
        if (x > 0 && x + 1 + n > room) {
            canvas_text(c, r.x + x + 1, y++, ROLE_DIM, "\\");
            x = 0;
            continue;
        }
        snprintf(text, sizeof text, "%s%.*s", x ? " " : "", n, word);
        x += canvas_text(c, r.x + x, y, ROLE_NORMAL, text);
        word += n + (word[n] == ' ');
    }
}
