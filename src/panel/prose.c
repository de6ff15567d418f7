#include <lrd/panel/prose.h>

#include <stdio.h>
#include <string.h>

#include <lrd/base/util.h>

enum { PIECE_MAX = 1024 };

/* The first `bytes` bytes as a string of their own. */
static void piece_copy(char piece[PIECE_MAX], const char *text, size_t bytes)
{
    snprintf(piece, PIECE_MAX, "%.*s", (int)bytes, text);
}

/* Behind its full stop. */
static const char *sentence_end(const char *text)
{
    const char *stop = strstr(text, ". ");
    return stop ? stop + 1 : text + strlen(text);
}

int prose_sentences(Canvas *c, Rect r, Role role, const char *utf8)
{
    char piece[PIECE_MAX];
    size_t fits = 0;
    for (const char *end = utf8; *end;) {
        end = sentence_end(end);
        piece_copy(piece, utf8, (size_t)(end - utf8));
        if (canvas_width(piece) > r.w)
            break;
        fits = (size_t)(end - utf8);
    }
    if (rect_empty(r))
        return 0;
    if (fits == 0)
        return canvas_words(c, r.x, r.y, r.w, role, utf8);
    piece_copy(piece, utf8, fits);
    return canvas_text(c, r.x, r.y, role, piece);
}

/* Bytes of the first row: whole words, or one word that is too long by itself. */
static size_t row_bytes(const char *text, int width)
{
    char piece[PIECE_MAX];
    size_t fits = 0;
    for (size_t end = 0; text[end];) {
        end += strspn(text + end, " ");
        end += strcspn(text + end, " ");
        piece_copy(piece, text, end);
        if (canvas_width(piece) > width)
            return fits ? fits : end;
        fits = end;
    }
    return fits;
}

int prose_rows(int width, const char *utf8)
{
    int rows = 0;
    for (; *utf8; rows++) {
        utf8 += row_bytes(utf8, width);
        utf8 += strspn(utf8, " ");
    }
    return rows;
}

int prose_first_rows(int width, const char *utf8)
{
    char piece[PIECE_MAX];
    piece_copy(piece, utf8, (size_t)(sentence_end(utf8) - utf8));
    return prose_rows(width, piece);
}

int prose_wrapped(Canvas *c, Rect r, Role role, const char *utf8)
{
    char piece[PIECE_MAX];
    int row = 0;
    for (; *utf8 && row < r.h; row++) {
        size_t bytes = row_bytes(utf8, r.w);
        piece_copy(piece, utf8, bytes);
        canvas_words(c, r.x, r.y + row, r.w, role, piece);
        utf8 += bytes;
        utf8 += strspn(utf8, " ");
    }
    return row;
}

int prose_filled(Canvas *c, Rect r, Role role, const char *utf8)
{
    char piece[PIECE_MAX];
    size_t fits = 0;
    for (const char *end = utf8; *end;) {
        end = sentence_end(end);
        piece_copy(piece, utf8, (size_t)(end - utf8));
        if (fits > 0 && prose_rows(r.w, piece) > r.h)
            break;
        fits = (size_t)(end - utf8);
    }
    piece_copy(piece, utf8, fits);
    return prose_wrapped(c, r, role, piece);
}

Rect prose_box(Canvas *c, Rect r, int w, int h, bool low, const char *title)
{
    enum { MARGIN = 2 }; /* the frame and a blank beside the text */
    Rect box = {r.x, r.y, min_int(w + 2 * MARGIN, r.w), min_int(h + 2, r.h)};
    box.x += (r.w - box.w) / 2;
    box.y += low ? r.h - box.h : (r.h - box.h) / 2;
    canvas_fill(c, box, ' ', ROLE_NORMAL);
    canvas_frame(c, box, title, NULL);
    return rect_inset(box, MARGIN, 1);
}
