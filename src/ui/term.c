#define _XOPEN_SOURCE_EXTENDED 1 /* cchar_t and its functions, where the platform's flags do not ask for them */
#include <curses.h>
#include <term.h>

#include <lrd/ui/term.h>

#include <langinfo.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include <lrd/base/util.h>
#include <lrd/panel/key.h>
#include <lrd/ui/term_restore.h>

enum { ESCAPE_DELAY_MS = 25 };
enum { PAIRS_MAX = 2048 }; /* more than the roles can make of 256 colours, in practice */

/* curses keeps one terminal for the whole process, and the die hook takes no argument: hence these. */
static SCREEN *screen;
static Canvas *shown; /* what the terminal shows now */
static Scheme shown_scheme;
/* curses' pairs, handed out as role and ground meet: a terminal with 8 colours has 64 of them. 0: none yet. */
static short pair_of[ROLE_COUNT][ROLE_COUNT];
static struct {
    int fg, bg;
} pair_made[PAIRS_MAX];
static short pair_count;
static bool pairs_are_set;
static FILE *kept_stderr; /* what was written to stderr meanwhile */
static int real_stderr = -1;

static const char no_terminal[] = "the lab needs a terminal on stdin and stdout; lrdlab train works without one";

/* One that would do: the first that is described on this machine. */
static const char *known_term(void)
{
    static const char *const names[] = {"xterm-256color", "xterm", "screen", "linux", "vt100"};
    const size_t count = sizeof names / sizeof *names;
    for (size_t i = 0; i + 1 < count; i++) {
        int found = 0;
        if (setupterm(names[i], STDOUT_FILENO, &found) != OK)
            continue;
        del_curterm(cur_term);
        return names[i];
    }
    return names[count - 1];
}

Status term_check(void)
{
    int found = 0;
    const char *name = getenv("TERM");
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return status_input("%s", no_terminal);
    if (!name || !name[0])
        return status_input(
            "TERM is not set, so the lab cannot draw; set it (TERM=xterm-256color), or use lrdlab train");
    if (setupterm(name, STDOUT_FILENO, &found) != OK)
        return status_input(
            "TERM=%.60s is not known here, so the lab cannot draw; set one that is (TERM=%s), or use lrdlab train",
            name, known_term());
    bool can_move = tigetstr("cup") != NULL;
    del_curterm(cur_term);
    if (!can_move)
        return status_input(
            "TERM=%.60s cannot move its cursor, so the lab cannot draw; set one that can (TERM=%s), or use lrdlab "
            "train",
            name, known_term());
    return status_ok();
}

/* BLAS and others may write to stderr at any time: that must not land on the screen. Where no file can be had to keep
 * it in (a full /tmp) it is lost; a stderr that goes elsewhere is left alone. */
static void stderr_keep(void)
{
    if (!isatty(STDERR_FILENO))
        return;
    fflush(stderr);
    kept_stderr = tmpfile();
    if (!kept_stderr)
        kept_stderr = fopen("/dev/null", "r+");
    real_stderr = kept_stderr ? dup(STDERR_FILENO) : -1;
    if (real_stderr >= 0)
        dup2(fileno(kept_stderr), STDERR_FILENO);
}

static void stderr_give_back(void)
{
    char buffer[4096];
    if (real_stderr >= 0) {
        fflush(stderr);
        dup2(real_stderr, STDERR_FILENO);
        close(real_stderr);
        real_stderr = -1;
    }
    if (!kept_stderr)
        return;
    rewind(kept_stderr);
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, kept_stderr)) > 0;)
        fwrite(buffer, 1, n, stderr);
    fclose(kept_stderr);
    kept_stderr = NULL;
}

/* A string of the terminal's description without its paddings ($<20>), which only tputs understands. */
static void add_capability(char *to, size_t size, const char *name)
{
    const char *from = tigetstr(name);
    size_t at = strlen(to);
    if (!from || (intptr_t)from == -1)
        return;
    while (*from && at + 1 < size) {
        const char *end = strncmp(from, "$<", 2) == 0 ? strchr(from, '>') : NULL;
        if (end)
            from = end + 1;
        else
            to[at++] = *from++;
    }
    to[at] = '\0';
}

/* What endwin does, as one string for a handler that may not call it. */
static void term_restore_prepare(bool mouse)
{
    static const char *const ends[] = {"sgr0", "op", "rmkx", "cnorm", "rmcup"};
    static const char mouse_off[] = "\033[?1006;1002;1000l"; /* terminfo has it as one string with a parameter */
    char reset[TERM_RESTORE_RESET_MAX] = "";
    if (mouse)
        memcpy(reset, mouse_off, sizeof mouse_off);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        add_capability(reset, sizeof reset, ends[i]);
    term_restore_arm(reset, kept_stderr ? fileno(kept_stderr) : -1, real_stderr);
}

/* Beyond this the rest of a window stays empty: no screen is that large, and ncurses' sizes are short integers, which
 * a wrong size of a pseudo-terminal overflows. */
enum { SIDE_MAX = 1000 };

static void export_side(const char *name, int cells)
{
    char number[16];
    snprintf(number, sizeof number, "%d", SIDE_MAX);
    if (cells > SIDE_MAX)
        setenv(name, number, 1);
    else
        unsetenv(name);
}

/* A terminal that knows its size is believed before LINES and COLUMNS, which may be of another one, or nonsense. */
static void export_size(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
        return;
    export_side("LINES", size.ws_row);
    export_side("COLUMNS", size.ws_col);
}

static bool mouse_is_on;
static bool mouse_came; /* and mouse_event was not taken yet */
static MouseEvent mouse_event;

/* Reports of a mouse are asked for and read here, in the form of SGR: the interface of curses reports no dragging, and
 * under descriptions that know only the old form (tmux, screen) nothing right of column 223. A terminal without kmous
 * is asked for nothing. keyok keeps curses from reading the reports first. */
static void mouse_ask(bool on)
{
    static char ask[] = "\033[?1000h\033[?1002h\033[?1006h", enough[] = "\033[?1006l\033[?1002l\033[?1000l";
    if (mouse_is_on)
        putp(on ? ask : enough);
}

static void mouse_prepare(bool mouse)
{
    const char *kmous = tigetstr("kmous");
    mouse_is_on = mouse && kmous && (intptr_t)kmous != -1;
    mouse_came = false;
#ifdef NCURSES_EXT_FUNCS
    keyok(KEY_MOUSE, FALSE);
#endif
    mouse_ask(true);
}

Status term_open(bool mouse)
{
    Status status = term_check();
    if (!status_is_ok(status))
        return status;
    term_restore_keep_settings();
    export_size();
    screen = newterm(NULL, stdout, stdin);
    if (!screen)
        return status_input("the terminal cannot be opened as TERM, LINES and COLUMNS describe it; set TERM alone "
                            "(TERM=xterm-256color), or use lrdlab train");
    stderr_keep();
    term_restore_prepare(mouse);
    die_set_hook(term_close);
    set_escdelay(ESCAPE_DELAY_MS);
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    mouse_prepare(mouse);
    nodelay(stdscr, TRUE);
    curs_set(0);
    if (has_colors()) {
        start_color();
        use_default_colors();
    }
    pairs_are_set = false;
    shown = canvas_new(0, 0);
    return status;
}

void term_close(void)
{
    if (!screen)
        return;
    die_set_hook(NULL);
    mouse_ask(false);
    endwin();
    term_restore_disarm();
    delscreen(screen);
    screen = NULL;
    canvas_free(shown);
    shown = NULL;
    stderr_give_back();
}

bool term_has_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

GlyphSet term_glyphs(void)
{
    /* the consoles of kernels, and terminals of hardware and what says that it is one: their fonts hold no Braille, and
     * of the blocks only some */
    static const char *const plain[] = {"linux", "vt",  "cons25", "ansi", "pcansi",
                                        "pccon", "sun", "wsvt",   "wy",   "hurd"};
    const char *name = getenv("TERM");
    for (size_t i = 0; name && i < sizeof plain / sizeof *plain; i++)
        if (strncmp(name, plain[i], strlen(plain[i])) == 0)
            return GLYPHS_ASCII;
    return term_has_utf8() ? GLYPHS_BRAILLE : GLYPHS_ASCII;
}

bool term_wants_color(void)
{
    const char *no = getenv("NO_COLOR");
    return !no || !no[0];
}

void term_size(int *w, int *h)
{
    getmaxyx(stdscr, *h, *w);
}

void term_repaint(void)
{
    clearok(curscr, TRUE);
    canvas_resize(shown, 0, 0);
}

void term_resize(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
        resizeterm(min_int(size.ws_row, SIDE_MAX), min_int(size.ws_col, SIDE_MAX));
    term_repaint();
}

void term_suspend(void)
{
    mouse_ask(false);
    endwin();
}

/* refresh after endwin sets the terminal's modes anew, whatever a shell made of them meanwhile. */
void term_resume(void)
{
    endwin();
    term_resize();
    mouse_ask(true);
}

bool term_is_there(void)
{
    int waiting = 0;
    return ioctl(STDIN_FILENO, FIONREAD, &waiting) == 0 && waiting > 0;
}

/* A control string (OSC, DCS) goes to BEL or to ESC \\. */
static void pass_over_string(void)
{
    for (int before = ERR, key; (key = getch()) != ERR && key != '\a' && !(before == UI_KEY_ESCAPE && key == '\\');)
        before = key;
}

/* A slow line may leave gaps in it. */
static void pass_over_paste(void)
{
    static const char end[] = "\033[201~";
    enum { GAP_MS = 500 };
    timeout(GAP_MS);
    for (int key, at = 0; end[at] && (key = getch()) != ERR;)
        at = key == end[at] ? at + 1 : key == end[0];
}

/* What stands in a sequence before its last character: numbers and what is between them. */
typedef struct Numbers {
    char text[32];
    int number; /* when it is one */
    int end;    /* the last character: a letter or ~ */
} Numbers;

static Numbers pass_over_numbers(void)
{
    enum { NUMBER_MAX = 1000 };
    Numbers n = {.end = ERR};
    for (size_t at = 0; (n.end = getch()) != ERR && n.end < '@';) {
        n.number = n.end >= '0' && n.end <= '9' && n.number < NUMBER_MAX ? 10 * n.number + n.end - '0' : NUMBER_MAX;
        if (at + 1 < sizeof n.text)
            n.text[at++] = (char)n.end;
    }
    return n;
}

/* "<0;12;5" and M or m. Modifiers are let be; other buttons, and moves with none held, are nothing. */
static void mouse_read(const Numbers *n)
{
    enum { BUTTON = 3, MOVES = 32, WHEEL = 64, OTHERS = 128 };
    int button, x, y;
    if (!mouse_is_on || sscanf(n->text, "<%4d;%5d;%5d", &button, &x, &y) != 3 || button >= OTHERS)
        return;
    const bool is_wheel = button & WHEEL;
    if (is_wheel ? (button & BUTTON) > 1 || n->end == 'm' : (button & BUTTON) != 0)
        return;
    mouse_event = (MouseEvent){.kind = is_wheel         ? button & 1 ? MOUSE_WHEEL_DOWN : MOUSE_WHEEL_UP
                                       : n->end == 'm'  ? MOUSE_RELEASE
                                       : button & MOVES ? MOUSE_DRAG
                                                        : MOUSE_PRESS,
                               .x = x - 1,
                               .y = y - 1};
    mouse_came = true;
}

/* A mouse has three more bytes, the console's function keys one. */
static void pass_over_csi(void)
{
    enum { PASTE = 200 };
    const Numbers n = pass_over_numbers();
    int key = n.end, more = key == 'M' && !n.text[0] ? 3 : key == '[' ? 1 : 0;
    if (key == '~' && n.number == PASTE)
        pass_over_paste();
    if (n.text[0] == '<' && (key == 'M' || key == 'm'))
        mouse_read(&n);
    while (more-- > 0 && key != ERR)
        key = getch();
}

/* What a terminal says of itself, of its mouse, its focus or what is pasted (ESC [ 200 ~) comes as keys and is none:
 * without this a click would go back in time. true: it was passed over; its bytes may be some milliseconds apart. An
 * Escape and one of these letters alone, or a ] without its number, are somebody's keys. */
static bool pass_over_sequence(void)
{
    timeout(ESCAPE_DELAY_MS);
    int key = getch();
    bool sequence = key != ERR && key < 128 && key != 0 && strchr("[OP]X^_", key);
    int next = sequence ? getch() : ERR;
    sequence = next != ERR && (key != ']' || (next >= '0' && next <= '9'));
    if (next != ERR)
        ungetch(next);
    if (!sequence && key != ERR)
        ungetch(key);
    if (sequence && key == '[')
        pass_over_csi();
    else if (sequence && key == 'O')
        (void)pass_over_numbers();
    else if (sequence)
        pass_over_string();
    nodelay(stdscr, TRUE);
    return sequence;
}

MouseEvent term_mouse(void)
{
    return mouse_event;
}

int term_key(void)
{
    static const struct {
        int theirs, ours;
    } keys[] = {
        {KEY_UP, UI_KEY_UP},
        {KEY_DOWN, UI_KEY_DOWN},
        {KEY_HOME, UI_KEY_HOME},
        {KEY_END, UI_KEY_END},
        {KEY_LEFT, UI_KEY_LEFT},
        {KEY_RIGHT, UI_KEY_RIGHT},
        {KEY_PPAGE, UI_KEY_PAGE_UP},
        {KEY_NPAGE, UI_KEY_PAGE_DOWN},
        {KEY_BTAB, UI_KEY_SHIFT_TAB},
        {KEY_SLEFT, UI_KEY_SHIFT_LEFT},
        {KEY_SRIGHT, UI_KEY_SHIFT_RIGHT},
        {KEY_SR, UI_KEY_SHIFT_UP},
        {KEY_SF, UI_KEY_SHIFT_DOWN},
        {KEY_BACKSPACE, UI_KEY_BACKSPACE},
        {'\b', UI_KEY_BACKSPACE},
        {KEY_ENTER, UI_KEY_ENTER},
        {'\n', UI_KEY_ENTER},
        {KEY_F(1), '?'},
        {'U' & 0x1F, UI_KEY_KILL},
        {'L' & 0x1F, UI_KEY_REDRAW},
    };
    for (int key; (key = getch()) != ERR;) {
        if (key == UI_KEY_ESCAPE && pass_over_sequence()) {
            if (!mouse_came)
                continue;
            mouse_came = false;
            return UI_KEY_MOUSE;
        }
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            if (key == keys[i].theirs)
                return keys[i].ours;
        bool plain =
            (key >= ' ' && key <= UI_KEY_BACKSPACE) || key == UI_KEY_TAB || key == UI_KEY_ENTER || key == UI_KEY_ESCAPE;
        if (plain)
            return key;
    }
    return UI_KEY_NONE;
}

static ColorDepth depth_of_colors(int colors)
{
#ifdef NCURSES_EXT_COLORS
    if (colors >= 1 << 24)
        return DEPTH_TRUE;
#endif
    return colors >= 256 ? DEPTH_256 : colors >= 16 ? DEPTH_16 : colors >= 8 ? DEPTH_8 : DEPTH_MONO;
}

ColorDepth term_depth(void)
{
    return has_colors() ? depth_of_colors(COLORS) : DEPTH_MONO;
}

ColorDepth term_depth_of_stdout(void)
{
    int found = 0;
    const char *name = getenv("TERM");
    if (!isatty(STDOUT_FILENO) || !term_wants_color() || !name || !name[0] ||
        setupterm(name, STDOUT_FILENO, &found) != OK)
        return DEPTH_MONO;
    int colors = tigetnum("colors");
    del_curterm(cur_term);
    return depth_of_colors(colors);
}

static attr_t style_attributes(const Style *s)
{
    return (s->bold ? A_BOLD : A_NORMAL) | (s->dim ? A_DIM : A_NORMAL) | (s->reverse ? A_REVERSE : A_NORMAL) |
           (s->underline ? A_UNDERLINE : A_NORMAL);
}

/* Pairs are numbered from 1: pair 0 cannot be changed. */
static void pairs_forget(Scheme scheme)
{
    memset(pair_of, 0, sizeof pair_of);
    pair_count = 0;
    pairs_are_set = true;
    shown_scheme = scheme;
}

static bool pair_set(int pair, int fg, int bg)
{
#ifdef NCURSES_EXT_COLORS
    return init_extended_pair(pair, fg, bg) != ERR; /* colours of 24 bits do not fit into a short */
#else
    return init_pair((short)pair, (short)fg, (short)bg) != ERR;
#endif
}

/* The pair of these colours; where there are no more pairs, 0, the terminal's own colours. */
static short pair_make(int fg, int bg)
{
    for (short i = 0; i < pair_count; i++)
        if (pair_made[i].fg == fg && pair_made[i].bg == bg)
            return (short)(i + 1);
    if (pair_count >= PAIRS_MAX || pair_count + 1 >= COLOR_PAIRS || !pair_set(pair_count + 1, fg, bg))
        return 0;
    pair_made[pair_count].fg = fg;
    pair_made[pair_count].bg = bg;
    return ++pair_count;
}

/* A terminal with direct colours (xterm-direct and its like) takes them as they are, without a palette. */
static short pair_for(const Cell *cell, const Style *style, ColorDepth depth)
{
    bool direct = depth == DEPTH_TRUE;
    short *pair = &pair_of[cell->role][cell->ground];
    if (*pair == 0)
        *pair = direct ? pair_make((int)style->rgb_fg, (int)style->rgb_bg) : pair_make(style->fg, style->bg);
    return *pair;
}

static void draw_cell(int x, int y, const Cell *cell, ColorDepth depth)
{
    Style style = theme_style_on(shown_scheme, depth, (Role)cell->role, (Role)cell->ground);
    wchar_t text[CELL_MARKS + 2] = {(wchar_t)cell->glyph};
    for (int i = 0; i < CELL_MARKS; i++)
        text[i + 1] = (wchar_t)cell->marks[i];
    cchar_t out;
    if (cell->glyph == CELL_TAIL) /* it came with its left half */
        return;
    setcchar(&out, text, style_attributes(&style), depth == DEPTH_MONO ? 0 : pair_for(cell, &style, depth), NULL);
    mvadd_wch(y, x, &out);
}

void term_draw(const Canvas *c, Scheme scheme)
{
    ColorDepth depth = term_depth();
    bool all = c->w != shown->w || c->h != shown->h || !pairs_are_set || scheme != shown_scheme;
    if (!pairs_are_set || scheme != shown_scheme)
        pairs_forget(scheme);
    if (all)
        canvas_resize(shown, c->w, c->h);
    for (int i = 0; i < c->w * c->h; i++) {
        const Cell *now = &c->cells[i];
        if (!all && cell_is_same(now, &shown->cells[i]))
            continue;
        draw_cell(i % c->w, i / c->w, now, depth);
        shown->cells[i] = *now;
    }
    refresh();
}
