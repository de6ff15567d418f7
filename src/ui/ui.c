#include <lrd/ui/ui.h>

#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lrd/base/util.h>
#include <lrd/ui/action.h>
#include <lrd/panel/frame.h>
#include <lrd/ui/handlers.h>
#include <lrd/ui/mouse.h>
#include <lrd/lesson/lesson_check.h>
#include <lrd/lesson/lesson_file.h>
#include <lrd/ui/picture.h>
#include <lrd/panel/probe_request.h>
#include <lrd/ui/signals.h>
#include <lrd/ui/term.h>
#include <lrd/panel/panel.h>

typedef struct Loop {
    Channel *source;
    const Snapshot *snapshot;
    UiState u;
    Canvas *canvas;
    PresetEntry *presets;
    Lesson *lesson; /* that L read */
    int signal_fd;
    bool changed;        /* the screen is behind */
    double drawn;        /* when the last frame was */
    double frame_due;    /* when the next one may be */
    double message_ends; /* when the message was shown long enough */
    int hints_seen;
    double slow_ends; /* when it was told long enough that the BLAS is slow */
    double hint_due;  /* when the next hint may come, if nothing else is said */
    uint64_t message_timed;
    int64_t grokked_told; /* the step that was celebrated, or was there already at first */
    double pulse_ends;
    ProbeRequest asked; /* of the session; nothing at first */
    bool quitting, quit_sent;
    bool deaf; /* the terminal is gone: its descriptor would wake poll for ever */
    int signal;
} Loop;

static const double key_frame = 1.0 / 60; /* keys do not wait for lab.fps, which may be 1 */

/* The first sentence stands alone where there is no room for the second. */
const char *const hints[HINT_COUNT] = {
    "New here? L is a guided lesson, ? shows the keys. ?? says what each panel means.",
    "t swaps the kind of weight decay, u undoes it. Up and Down change its strength; nothing can break.",
    "space pauses, [ looks back, q leaves. P makes the numbers large for a projector.",
    "The mouse works too; hold Shift to select text. Click a decay, a tab, a key or a curve; the wheel zooms.",
};

Status ui_check_terminal(void)
{
    return term_check();
}

static UiState first_state(const UiOptions *o)
{
    UiState u = ui_state_new(&action_table);
    u.view = o->view;
    u.projector = o->projector;
    u.slow_blas = o->slow_blas;
    u.ascii_only = !term_has_utf8();
    u.glyphs = u.ascii_only ? GLYPHS_ASCII : o->glyphs ? *o->glyphs : term_glyphs();
    u.theme = o->theme ? *o->theme : term_wants_color() ? SCHEME_DARK : SCHEME_NONE;
    return u;
}

static void loop_act(Loop *l, const UiEffect *e);

static void loop_look(Loop *l)
{
    l->snapshot = channel_look(l->source);
    ui_state_follow(&l->u, l->snapshot);
    lesson_follow(&l->u, l->snapshot, UI_KEY_NONE);
    UiEffect effect = {0};
    lesson_settle(&(KeyPress){&l->u, l->snapshot, UI_KEY_NONE, &effect});
    loop_act(l, &effect);
    l->changed = true;
}

/* ---- ending ---- */

static void loop_quit(Loop *l, int signal_number)
{
    bool again = l->quitting;
    l->quitting = true;
    l->signal = signal_number ? signal_number : l->signal;
    /* Who asks twice cannot wait for a slow step, and without a terminal nobody is left to ask again. */
    if (again || l->deaf)
        channel_abandon(l->source);
}

static bool loop_has_ended(Loop *l)
{
    if (l->quitting && !l->quit_sent) {
        Command quit = {.kind = COMMAND_QUIT};
        uint64_t number;
        l->quit_sent = channel_send(l->source, &quit, &number);
    }
    return l->snapshot->state == SESSION_ENDED;
}

/* ---- keys ---- */

static void loop_lend_presets(Loop *l)
{
    free(l->presets);
    l->presets = NULL;
    l->u.preset_count = preset_list(&l->presets);
    l->u.presets = l->presets;
}

static void loop_lend_lesson(Loop *l)
{
    Text problems = {0};
    l->lesson = xcalloc(1, sizeof *l->lesson);
    Status status = lesson_load(lesson_default_name, &action_table, l->lesson, &problems);
    if (status_is_ok(status)) {
        l->u.lesson.lesson = l->lesson;
    } else {
        l->u.lesson.open = false;
        free(l->lesson);
        l->lesson = NULL;
        ui_say(&l->u, "%.*s", UI_MESSAGE_MAX - 1, status.text);
    }
    text_free(&problems);
}

static void loop_write_picture(Loop *l)
{
    char name[PICTURE_NAME_MAX];
    frame_draw(l->canvas, l->snapshot, &l->u); /* keys that came with this one may not have been drawn yet */
    Status status = picture_write(l->canvas, l->u.theme, l->snapshot->step, name);
    if (status_is_ok(status))
        ui_say(&l->u, "The screen is in %s.", name);
    else
        ui_say(&l->u, "%.*s", UI_MESSAGE_MAX - 1, status.text);
}

static void loop_act(Loop *l, const UiEffect *e)
{
    for (int i = 0; i < e->command_count; i++) {
        uint64_t number;
        if (channel_send(l->source, &e->command[i], &number))
            ui_state_sent(&l->u, &e->command[i], number);
        else
            ui_state_refused(&l->u, &e->command[i]);
    }
    if (e->flags & EFFECT_PRESETS)
        loop_lend_presets(l);
    if (e->flags & EFFECT_LESSON)
        loop_lend_lesson(l);
    if (e->flags & EFFECT_PICTURE)
        loop_write_picture(l);
    if (e->flags & EFFECT_REPAINT)
        term_repaint();
    if (e->flags & EFFECT_QUIT)
        loop_quit(l, 0);
}

/* The run waits, paused, for what the first step changes. */
static void loop_begin_lesson(Loop *l, const Lesson *lesson)
{
    UiEffect effect = {0};
    KeyPress k = {&l->u, l->snapshot, UI_KEY_NONE, &effect};
    l->u.lesson.lesson = lesson;
    lesson_begin(&k, false);
    loop_act(l, &effect);
}

static void loop_keys(Loop *l)
{
    for (int code; (code = term_key()) != UI_KEY_NONE;) {
        UiEffect effect;
        if (code == UI_KEY_MOUSE) {
            const MouseEvent event = term_mouse();
            mouse_act(&l->u, l->snapshot, l->canvas->place, l->canvas->place_count, &event, &effect);
        } else {
            action_press(&l->u, l->snapshot, code, &effect);
        }
        if (l->quitting && !(effect.flags & EFFECT_QUIT))
            continue;
        loop_act(l, &effect);
        l->changed = true;
        l->frame_due = fmin(l->frame_due, l->drawn + key_frame);
    }
}

static void loop_signals(Loop *l)
{
    for (int number; (number = signals_next());) {
        switch (number) {
        case SIGTSTP:
            term_suspend();
            signals_stop_here();
            term_resume();
            break;
        case SIGCONT:
            term_resume();
            break;
        case SIGWINCH:
            term_resize();
            break;
        default:
            loop_quit(l, number);
        }
        l->frame_due = 0;
        l->changed = true;
    }
}

/* What the view needs to know is asked for when it changes; a full queue is tried again. */
static void loop_ask_probe(Loop *l)
{
    Command command = {.kind = COMMAND_PROBE, .probe = probe_request_of(&l->u, l->snapshot)};
    uint64_t number;
    if (!l->quitting && !probe_request_is(&command.probe, &l->asked) && channel_send(l->source, &command, &number))
        l->asked = command.probe;
}

/* ---- frames ---- */

static void loop_time_message(Loop *l, double now)
{
    static const double least = 4, per_letter = .04;
    if (l->u.message_count != l->message_timed) {
        l->message_timed = l->u.message_count;
        l->message_ends = now + least + per_letter * (double)strlen(l->u.message);
    }
    if (l->u.message[0] && now >= l->message_ends && !l->quitting) {
        l->u.message[0] = '\0';
        l->changed = true;
    }
}

/* At its start a slow lab tells why, once. */
static void loop_time_slow(Loop *l, double now)
{
    if (!l->u.slow_blas || now < l->slow_ends)
        return;
    l->u.slow_blas = NULL;
    l->changed = true;
}

/* In the quiet between messages; a lesson tells enough. */
static void loop_hint(Loop *l, double now)
{
    static const double pause = 3;
    if (l->u.message[0] || l->u.overlay != OVERLAY_NONE || l->u.lesson.open || l->u.slow_blas || l->hint_due == 0)
        l->hint_due = now + pause;
    if (l->hints_seen >= HINT_COUNT || now < l->hint_due || l->quitting)
        return;
    ui_say(&l->u, "%s", hints[l->hints_seen++]);
    loop_time_message(l, now);
    l->changed = true;
}

/* Two seconds in which the badge is lit and dark by turns, a quarter of a second each. */
static void loop_pulse(Loop *l, double now)
{
    static const double lasts = 2, beat = .25;
    const RunSummary *b = l->snapshot->summary;
    bool new = b->grokked >= 0 && b->grokked != l->grokked_told;
    if (new && b->step - b->grokked <= 2 * b->settings.train.eval_every)
        l->pulse_ends = now + lasts;
    l->grokked_told = b->grokked;
    int pulse = now < l->pulse_ends ? 1 + (int)((l->pulse_ends - now) / beat) % 2 : 0;
    l->changed = l->changed || pulse != l->u.pulse;
    l->u.pulse = pulse;
}

static void loop_fit_canvas(Loop *l)
{
    int w = 0, h = 0;
    term_size(&w, &h);
    if (w != l->canvas->w || h != l->canvas->h)
        canvas_resize(l->canvas, w, h);
    l->u.screen_w = w;
    l->u.screen_h = h;
}

static void loop_draw(Loop *l, double now)
{
    if (!l->changed || now < l->frame_due || l->signal)
        return; /* a signal ends the lab also where the terminal takes no more */
    loop_fit_canvas(l);
    frame_draw(l->canvas, l->snapshot, &l->u);
    term_draw(l->canvas, l->u.theme);
    l->changed = false;
    l->drawn = now;
    l->frame_due = now + 1.0 / l->snapshot->summary->settings.lab.fps;
}

/* Milliseconds until something is to be done without being woken, -1 for never. */
static int loop_patience(const Loop *l, double now)
{
    double wait = INFINITY;
    if (l->changed && !l->signal)
        wait = l->frame_due - now;
    if (now < l->pulse_ends)
        wait = fmin(wait, .1);
    if (l->u.message[0] && !l->quitting)
        wait = fmin(wait, l->message_ends - now);
    if (l->u.slow_blas)
        wait = fmin(wait, l->slow_ends - now);
    if (l->hints_seen < HINT_COUNT && !l->u.message[0] && !l->u.slow_blas && l->u.overlay == OVERLAY_NONE &&
        !l->u.lesson.open && !l->quitting)
        wait = fmin(wait, l->hint_due - now);
    if (l->quitting && !l->quit_sent)
        wait = fmin(wait, key_frame);
    return isinf(wait) ? -1 : (int)ceil(fmax(wait, 0) * 1000);
}

static void loop_turn(Loop *l)
{
    struct pollfd fds[] = {
        {.fd = l->deaf ? -1 : STDIN_FILENO, .events = POLLIN},
        {.fd = channel_fd(l->source), .events = POLLIN},
        {.fd = l->signal_fd, .events = POLLIN},
    };
    int woken = poll(fds, sizeof fds / sizeof *fds, loop_patience(l, clock_seconds()));
    loop_signals(l);
    if (woken > 0 && fds[0].revents) {
        l->deaf = !term_is_there();
        if (l->deaf)
            loop_quit(l, l->signal ? l->signal : SIGHUP);
        else
            loop_keys(l);
    }
    if (woken > 0 && fds[1].revents)
        loop_look(l);
    loop_ask_probe(l);
    double now = clock_seconds();
    loop_time_message(l, now);
    loop_time_slow(l, now);
    loop_hint(l, now);
    loop_pulse(l, now);
    loop_draw(l, now);
}

Status ui_run(Channel *source, const UiOptions *options, UiResult *result)
{
    static const double slow_seconds = 20;
    Loop l = {.source = source,
              .u = first_state(options),
              .slow_ends = clock_seconds() + slow_seconds,
              .hints_seen = options->hints_seen};
    *result = (UiResult){.hints_seen = options->hints_seen};
    l.signal_fd = signals_open();
    Status status = term_open(options->mouse);
    if (status_is_ok(status)) {
        l.canvas = canvas_new(0, 0);
        l.u.colorless = term_depth() <= DEPTH_8;
        l.u.no_colors = term_depth() == DEPTH_MONO;
        loop_look(&l);
        l.grokked_told = l.snapshot->summary->grokked;
        if (options->lesson)
            loop_begin_lesson(&l, options->lesson);
        loop_ask_probe(&l);
        loop_draw(&l, clock_seconds());
        while (!loop_has_ended(&l))
            loop_turn(&l);
        term_close();
        result->signal = l.signal;
        result->step = l.snapshot->step;
        result->hints_seen = l.hints_seen;
        canvas_free(l.canvas);
        free(l.presets);
        free(l.lesson);
    }
    Status run = channel_end(source);
    signals_close();
    return status_is_ok(status) ? run : status;
}
