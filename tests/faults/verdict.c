/* What a case says: its verdict, remarks on it, and the last that the program wrote. */
#include "faults.h"

#include <stdarg.h>
#include <stdio.h>

int failures;

void verdict(bool good, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs(good ? "ok faults: " : "not ok faults: ", stdout);
    vprintf(format, args);
    putchar('\n');
    fflush(stdout);
    va_end(args);
    failures += !good;
}

void remark(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("# ", stdout);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
}

void show_tail(const Pty *r)
{
    struct termios now = {0};
    tcgetattr(r->own_end, &now);
    remark("alternate screen %d, cursor hidden %d, keypad %d", r->alternate, r->no_cursor, r->keypad);
    remark("modes %lx %lx %lx %lx, were %lx %lx %lx %lx", (unsigned long)now.c_iflag, (unsigned long)now.c_oflag,
           (unsigned long)now.c_cflag, (unsigned long)now.c_lflag, (unsigned long)r->before.c_iflag,
           (unsigned long)r->before.c_oflag, (unsigned long)r->before.c_cflag, (unsigned long)r->before.c_lflag);
    fputs("# the last output: ", stdout);
    for (size_t i = r->tail_length > 1500 ? r->tail_length - 1500 : 0; i < r->tail_length; i++) {
        unsigned char c = (unsigned char)r->tail[i];
        if (c == '\n')
            fputs("\n# ", stdout);
        else
            printf(c < 32 || c > 126 ? "\\x%02x" : "%c", c);
    }
    putchar('\n');
}
