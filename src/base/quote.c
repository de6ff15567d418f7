#include <lrd/base/quote.h>

#include <stdio.h>
#include <string.h>

int quote_utf8_length(const char *s)
{
    const unsigned char *b = (const unsigned char *)s;
    if (b[0] == 0)
        return 0;
    if (b[0] < 0x80)
        return 1;
    int length = b[0] >= 0xF0 ? 4 : b[0] >= 0xE0 ? 3 : 2;
    if (b[0] < 0xC2 || b[0] > 0xF4)
        return 0;
    for (int i = 1; i < length; i++)
        if ((b[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (b[0] == 0xE0 && b[1] < 0xA0) || (b[0] == 0xF0 && b[1] < 0x90);
    bool surrogate = b[0] == 0xED && b[1] > 0x9F;
    bool beyond = b[0] == 0xF4 && b[1] > 0x8F;
    return overlong || surrogate || beyond ? 0 : length;
}

static bool quote_is_control(const char *s)
{
    const unsigned char *b = (const unsigned char *)s;
    return b[0] < 0x20 || b[0] == 0x7F || (b[0] == 0xC2 && b[1] < 0xA0);
}

/* U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069: they turn around the words behind them. */
static bool quote_is_direction(const char *s)
{
    const unsigned char *b = (const unsigned char *)s;
    if (b[0] == 0xD8)
        return b[1] == 0x9C;
    return b[0] == 0xE2 && ((b[1] == 0x80 && (b[2] == 0x8E || b[2] == 0x8F || (b[2] >= 0xAA && b[2] <= 0xAE))) ||
                            (b[1] == 0x81 && b[2] >= 0xA6 && b[2] <= 0xA9));
}

bool quote_is_plain(const char *word)
{
    while (*word) {
        int length = quote_utf8_length(word);
        if (length == 0 || quote_is_control(word))
            return false;
        word += length;
    }
    return true;
}

enum { PIECE_MAX = 5 };

/* One character as it may be shown; returns how many bytes of word it was. */
static int quote_piece(const char *word, char piece[PIECE_MAX])
{
    int length = quote_utf8_length(word);
    if (length > 0 && !quote_is_control(word) && !quote_is_direction(word)) {
        memcpy(piece, word, (size_t)length);
        piece[length] = '\0';
        return length;
    }
    snprintf(piece, PIECE_MAX, "\\x%02X", (unsigned)(unsigned char)*word);
    return 1;
}

void quote_add(Text *out, const char *words)
{
    char piece[PIECE_MAX];
    while (*words) {
        words += quote_piece(words, piece);
        text_add(out, piece);
    }
}

Quote quote_word(const char *word)
{
    Quote q;
    enum { TAIL = 5 }; /* ..." and the end of the string */
    size_t n = 0;
    char piece[PIECE_MAX];
    q.text[n++] = '"';
    while (*word) {
        word += quote_piece(word, piece);
        size_t need = strlen(piece);
        if (n + need + TAIL > sizeof q.text) {
            memcpy(q.text + n, "...", 3);
            n += 3;
            break;
        }
        memcpy(q.text + n, piece, need);
        n += need;
    }
    q.text[n++] = '"';
    q.text[n] = '\0';
    return q;
}

void shell_add_word(Text *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=,:+@%";
    if (*word && word[strspn(word, plain)] == '\0') {
        text_add(out, word);
        return;
    }
    text_add(out, "'");
    for (const char *s = word; *s; s++)
        if (*s == '\'')
            text_add(out, "'\\''");
        else
            text_add_bytes(out, s, 1);
    text_add(out, "'");
}
