/* A pair that was tried: the model's likeliest answers, what it looked at, and what it said the last time. */
#include <lrd/panel/panel.h>

#include <math.h>
#include <stdio.h>

#include <lrd/base/util.h>
#include <lrd/panel/labels.h>
#include <lrd/panel/prose.h>
#include <lrd/view/bars.h>
#include <lrd/view/format.h>

enum { WIDTH = 66, NUMBER_W = 5, SHARE_W = 6, CHANGE_W = 7, NOTE_W = 6, ROWS = 10, CURSOR = 0x2581 };

static void draw_typed(Canvas *c, Rect r, const PairTry *p)
{
    int x = r.x + canvas_text(c, r.x, r.y, ROLE_KEY, "a, b: ");
    if (!p->text[0] && p->asked)
        x += canvas_textf(c, x, r.y, ROLE_BOLD, "%d, %d ", p->a, p->b);
    x += canvas_text(c, x, r.y, ROLE_BOLD, p->text);
    canvas_put(c, x, r.y, CURSOR, ROLE_KEY);
    const char *below = p->error[0] ? p->error
                        : p->asked  ? "type another; Enter: again; Esc: close"
                                    : "two numbers, then Enter";
    x += 3;
    canvas_words(c, x, r.y, r.x + r.w - x, p->error[0] ? ROLE_BAD : ROLE_DIM, below);
}

/* What it gave this answer the last time, NAN where that is not known. */
static double chance_before(const ProbePair *last, const ProbePair *now, int answer)
{
    if (!last->there || last->a != now->a || last->b != now->b)
        return NAN;
    for (int i = 0; i < PROBE_TOP; i++)
        if (last->top[i] == answer)
            return last->chance[i];
    return answer == last->right ? last->chance_right : NAN;
}

static void draw_answer(Canvas *c, Rect r, const PairTry *p, const ProbePair *now, int answer, double chance)
{
    bool right = answer == now->right;
    int bar = max_int(r.w - NUMBER_W - SHARE_W - CHANGE_W - NOTE_W - 2, 0), x = r.x + NUMBER_W;
    double before = chance_before(&p->last, now, answer);
    canvas_text_right(c, x - 1, r.y, right ? ROLE_GOOD : ROLE_NORMAL, format_count(answer).s);
    bars_meter(c, x, r.y, bar, chance, right ? ROLE_GOOD : ROLE_BAR);
    x += bar + SHARE_W;
    canvas_text_right(c, x, r.y, ROLE_BOLD, format_percent(chance).s);
    x += CHANGE_W;
    if (isfinite(before) && fabs(chance - before) >= .005) {
        char change[32];
        snprintf(change, sizeof change, "%+.0f", 100 * (chance - before));
        canvas_text_right(c, x, r.y, ROLE_DIM, change);
    }
    if (right)
        canvas_text(c, x + 2, r.y, ROLE_GOOD, "right");
}

static void draw_verdict(Canvas *c, Rect r, const ProbePair *now)
{
    char words[160];
    bool right = now->top[0] == now->right;
    if (now->kind == PAIR_OUTSIDE)
        snprintf(words, sizeof words, "(%d, %d): %s", now->a, now->b, label_pair_kinds[now->kind]);
    else if (right)
        snprintf(words, sizeof words, "(%d, %d) → %d: right. %s", now->a, now->b, now->top[0],
                 label_pair_kinds[now->kind]);
    else
        snprintf(words, sizeof words, "(%d, %d) → %d: wrong, %d is right. %s", now->a, now->b, now->top[0], now->right,
                 label_pair_kinds[now->kind]);
    prose_sentences(c, r, right && now->kind != PAIR_OUTSIDE ? ROLE_GOOD : ROLE_WARN, words);
}

static void draw_last(Canvas *c, Rect r, const PairTry *p, const ProbePair *now)
{
    const ProbePair *last = &p->last;
    char words[160];
    bool same = last->step == now->step && last->a == now->a && last->b == now->b;
    if (!last->there || last->kind == PAIR_OUTSIDE || last->step < 0 || same)
        return;
    snprintf(words, sizeof words, "before, at step %s: (%d, %d) → %d, %s sure, %s", format_count(last->step).s, last->a,
             last->b, last->top[0], format_percent(last->chance[0]).s, last->top[0] == last->right ? "right" : "wrong");
    canvas_words(c, r.x, r.y, r.w, ROLE_DIM, words);
}

static void draw_look(Canvas *c, Rect r, const ProbePair *now, int layers)
{
    int x = r.x + canvas_words(c, r.x, r.y, r.w, ROLE_DIM, "= looks at a, b, =:");
    for (int l = 0; l < layers; l++) {
        char words[128];
        snprintf(words, sizeof words, "  layer %d %s %s %s", l, format_percent((double)now->look[l][0]).s,
                 format_percent((double)now->look[l][1]).s, format_percent((double)now->look[l][2]).s);
        if (canvas_width(words) > r.x + r.w - x)
            return;
        x += canvas_text(c, x, r.y, ROLE_NORMAL, words);
    }
}

static void draw_answers(Canvas *c, Rect r, const Snapshot *s, const PairTry *p)
{
    const ProbePair *now = &s->probe.pair;
    draw_verdict(c, r, now);
    if (now->kind == PAIR_OUTSIDE)
        return;
    Rect row = {r.x, r.y + 1, r.w, 1};
    bool seen = false;
    canvas_clip(c, r); /* a low screen has no room for all of it */
    for (int i = 0; i < PROBE_TOP && now->top[i] >= 0; i++, row.y++) {
        seen = seen || now->top[i] == now->right;
        draw_answer(c, row, p, now, now->top[i], now->chance[i]);
    }
    if (!seen)
        draw_answer(c, row, p, now, now->right, now->chance_right);
    row.y = r.y + 2 + PROBE_TOP;
    draw_look(c, row, now, s->probe.layers);
    row.y++;
    draw_last(c, row, p, now);
}

void overlay_pair(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const PairTry *p = &u->pair;
    const bool answered = pair_try_is_answered(p, &s->probe.pair);
    char title[160];
    if (answered)
        snprintf(title, sizeof title, "try a pair: %s, step %s", label_task(&s->summary->settings).s,
                 format_count(s->probe.pair.step).s);
    else
        snprintf(title, sizeof title, "try a pair: %s", label_task(&s->summary->settings).s);
    Rect box = prose_box(c, r, min_int(WIDTH, r.w - 4), p->asked ? min_int(ROWS, r.h - 2) : 1, true, title);
    draw_typed(c, box, p);
    if (answered)
        draw_answers(c, (Rect){box.x, box.y + 1, box.w, box.h - 1}, s, p);
    else if (p->asked)
        canvas_words(c, box.x, box.y + 1, box.w, ROLE_DIM, "asked in a moment");
}
