/* What a step does to the direction of the chosen matrix and what to its length, and whose doing it is. */
#include <lrd/panel/panel.h>

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <lrd/base/util.h>
#include <lrd/panel/matrix_grid.h>
#include <lrd/panel/time_cursor.h>
#include <lrd/panel/prose.h>
#include <lrd/view/bars.h>
#include <lrd/view/dial.h>
#include <lrd/view/format.h>

enum {
    TITLE_W = 12, /* "decay step" */
    NAME_W = 9,   /* "across" */
    VALUE_W = 9,
    BAR_MOST = 40,
    DIAL_FROM_W = 84,
    DIAL_W = 26
};

static const double rounding = 1e-6; /* of float32: parts that small beside the other are none */

/* Two bars on one scale: the parts of one thing. */
typedef struct Parts {
    const char *title, *name[2];
    double value[2];
    Role role;
    const char *unit, *note;
} Parts;

static double share_across(double along, double across)
{
    if (fabs(along) < rounding * fabs(across))
        return 1;
    double whole = hypot(along, across);
    return whole > 0 ? fabs(across) / whole : (double)NAN;
}

static void draw_parts(Canvas *c, Rect r, int y, const Parts *p)
{
    double most = fmax(fabs(p->value[0]), fabs(p->value[1])); /* fmax leaves NAN out */
    int bar = min_int(r.w - TITLE_W - NAME_W - VALUE_W, BAR_MOST);
    canvas_text(c, r.x, y, ROLE_BOLD, p->title);
    for (int i = 0; i < 2; i++) {
        char value[48];
        double shown = fabs(p->value[i]) < rounding * most ? 0 : p->value[i];
        snprintf(value, sizeof value, "%s%s", format_number(shown, 2).s, isnan(shown) ? "" : p->unit);
        int x = r.x + TITLE_W;
        canvas_text(c, x, y + i, ROLE_DIM, p->name[i]);
        bars_meter(c, x + NAME_W, y + i, bar, most > 0 ? fabs(p->value[i]) / most : 0, p->role);
        canvas_text(c, x + NAME_W + bar + 1, y + i, ROLE_NORMAL, value);
    }
    int used = TITLE_W + NAME_W + bar + VALUE_W + 1;
    canvas_words(c, r.x + used, y + 1, r.w - used, p->role, p->note);
}

enum { SENTENCES = 4, SENTENCE_MAX = 240 };

typedef struct Told {
    int count;
    char sentence[SENTENCES][SENTENCE_MAX];
} Told;

static void told_add(Told *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void told_add(Told *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(t->sentence[t->count++], SENTENCE_MAX, format, args);
    va_end(args);
}

static void tell_decay(Told *t, const MatrixMeasure *m, int kind)
{
    const char *label = decay_kinds[kind].label;
    double across = share_across(m->decay_radial, m->decay_tangential);
    if (kind == DECAY_NONE || isnan(across))
        told_add(t, "No decay moves it: only the task does.");
    else if (across < .005)
        told_add(t, "%s: 0%% tangential: it only shortens W.", label);
    else if (across > .995)
        told_add(t, "%s: 100%% tangential: it only bends W.", label);
    else
        told_add(t, "%s: %s tangential: it bends W as well as shortening it.", label, format_percent(across).s);
}

/* lambda_eq = length along W / (lr |W|): the L2 that would shorten W as much, so that two decays' pulls compare. */
static void tell_pull(Told *t, const MatrixMeasure *m, const Settings *s, int kind)
{
    const double pull = m->decay_radial / (s->train.lr * m->norm);
    if (kind != DECAY_NONE && kind != DECAY_L2 && isfinite(pull) && pull > 0)
        told_add(t, "It shortens W as L2 of %s would.", format_number(pull, 2).s);
}

/* What the numbers support, most important first. */
static Told tell(const MatrixMeasure *m, const Settings *s, int kind)
{
    Told t = {0};
    tell_decay(&t, m, kind);
    if (m->floor)
        told_add(&t, "At the floor: a step takes more than a singular value has, and turns it round.");
    tell_pull(&t, m, s, kind);
    if (isfinite(m->turn) && isfinite(m->turn_task))
        told_add(&t, "A step turns W by %s°: the task alone by %s°, the decay after it by %s°.",
                 format_number(m->turn, 2).s, format_number(m->turn_task, 2).s, format_number(m->turn_decay, 2).s);
    else
        told_add(&t, "The turn of a step is measured at the next sample (train.sample_every).");
    if (s->model.qk_norm == QK_NORM_OFF)
        told_add(&t, "Nothing normalises Q and K here, so their length counts too: * and / change it, and the loss.");
    else
        told_add(&t,
                 "The length of W, %s, changes no answer. But the same step turns a shorter W further: * doubles W_q; "
                 "the loss stays, the turn falls to half or less, as the gradient halves too.",
                 format_number(m->norm, 2).s);
    return t;
}

static void draw_told(Canvas *c, Rect r, const Told *t)
{
    for (int i = 0; i < t->count; i++) {
        int rows = prose_rows(r.w, t->sentence[i]);
        if (rows > r.h)
            continue;
        prose_wrapped(c, r, i == 0 ? ROLE_BOLD : ROLE_NORMAL, t->sentence[i]);
        r.y += rows;
        r.h -= rows;
    }
}

/* Of the moment that is shown. */
static int kind_in_force(const Snapshot *s, const UiState *u)
{
    const Evaluation *past = time_cursor_evaluation(s, u);
    for (int i = 0; past && i < DECAY_KIND_COUNT; i++)
        if (strcmp(past->decay_kind, decay_kinds[i].name) == 0)
            return i;
    return (int)s->summary->settings.decay.kind;
}

static void draw_dial(Canvas *c, Rect r, const MatrixMeasure *m)
{
    const DialNeedle needles[] = {
        {atan2(m->gradient_tangential, fabs(m->gradient_radial)) * 180 / 3.14159265358979323846, .8, ROLE_TRAIN},
        {atan2(fabs(m->decay_tangential), fabs(m->decay_radial)) * 180 / 3.14159265358979323846, 1, ROLE_RANK},
    };
    canvas_words(c, r.x, r.y, r.w, ROLE_DIM, "across W");
    Rect dial = {r.x, r.y + 1, r.w, r.h - 3};
    dial_draw(c, dial, needles, 2);
    canvas_text_right(c, r.x + min_int(r.w, 2 * dial.h), r.y + r.h - 2, ROLE_DIM, "along W");
    int x = r.x + canvas_text(c, r.x, r.y + r.h - 1, ROLE_RANK, "━ decay") + 2;
    canvas_text(c, x, r.y + r.h - 1, ROLE_TRAIN, "╌ gradient");
}

void panel_geometry(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const Evaluation *e = time_cursor_or_newest(s, u);
    Rect inner = rect_inset(r, 2, 1);
    canvas_frame(c, r, "what a step does to a matrix", e && e->matrix_count > 1 ? "m: next matrix" : NULL);
    if (!e || e->matrix_count == 0) {
        canvas_words(c, inner.x, inner.y, inner.w, ROLE_DIM, "measured in a moment");
        return;
    }
    const MatrixMeasure *m = &e->matrix[min_int(u->matrix, e->matrix_count - 1)];
    Rect left = inner;
    if (inner.w >= DIAL_FROM_W && inner.h >= 10) {
        left.w -= DIAL_W + 2;
        draw_dial(c, (Rect){inner.x + left.w + 2, inner.y, DIAL_W, min_int(inner.h, DIAL_W / 2 + 3)}, m);
    }
    char note[2][64];
    snprintf(note[0], sizeof note[0], "%s tangential",
             format_percent(share_across(m->decay_radial, m->decay_tangential)).s);
    snprintf(note[1], sizeof note[1], "%s tangential",
             format_percent(share_across(m->gradient_radial, m->gradient_tangential)).s);
    const Parts parts[] = {
        {"decay step", {"along W", "across"}, {m->decay_radial, m->decay_tangential}, ROLE_RANK, "", note[0]},
        {"gradient", {"along W", "across"}, {m->gradient_radial, m->gradient_tangential}, ROLE_TRAIN, "", note[1]},
        {"turn a step", {"by task", "by decay"}, {m->turn_task, m->turn_decay}, ROLE_UNSEEN, "°", ""},
    };
    matrix_grid_label(c, left, m, u, false);
    bool airy = left.h >= 15;
    int y = left.y + 1 + airy;
    for (int i = 0; i < 3 && y + 2 <= left.y + left.h; i++, y += 2 + airy)
        draw_parts(c, left, y, &parts[i]);
    Told told = tell(m, &s->summary->settings, kind_in_force(s, u));
    draw_told(c, (Rect){left.x, y, left.w, left.y + left.h - y}, &told);
}
