#include <lrd/panel/panel.h>

#include <math.h>

#include <lrd/panel/labels.h>
#include <lrd/panel/line.h>
#include <lrd/panel/time_cursor.h>
#include <lrd/view/format.h>

static const struct StateWords {
    const char *sign, *word;
    Role role;
} states[] = {
    [SESSION_RUNNING] = {"▶", "", ROLE_GOOD},           [SESSION_PAUSED] = {"⏸", "paused", ROLE_WARN},
    [SESSION_HOLDING] = {"■", "at the end", ROLE_WARN}, [SESSION_NON_FINITE] = {"✗", "not finite", ROLE_BAD},
    [SESSION_ENDED] = {"■", "ended", ROLE_DIM},
};

static void add_task(Line *line, const Settings *now, bool foreign, int width)
{
    line_add(line, 2, 2, ROLE_BOLD, "%s", label_task(now).s);
    if (foreign)
        return;
    line_add(line, 5, 0, ROLE_NORMAL, " · %s%s", format_percent(now->task.frac).s, width >= 90 ? " of the table" : "");
    line_add(line, 7, 0, ROLE_NORMAL, " · %d layer%s × %d", now->model.depth, now->model.depth == 1 ? "" : "s",
             now->model.dim);
    if (now->lab.title[0])
        line_add(line, 9, 0, ROLE_DIM, " · %.100s", now->lab.title);
}

/* A word for the state; a log that plays or is followed says so. */
static const char *state_word(const Snapshot *s)
{
    if (s->replay.on && s->state == SESSION_RUNNING)
        return s->replay.following ? "following" : "replay";
    return states[s->state].word;
}

/* How far the run has come: a dot for each of guessing, memorised, rank fell, grokked, and the newest in words. */
static void add_badge(Line *line, const RunSummary *b, const UiState *u)
{
    const struct {
        const char *word;
        int64_t step;
    } phases[] = {{"memorised", b->memorised},
                  {"rank fell", b->collapsed},
                  {b->generalised_early ? "generalised" : "grokked", b->grokked}};
    int reached = 1, newest = -1;
    for (int i = 0; i < 3; i++) {
        reached += phases[i].step >= 0;
        if (phases[i].step >= 0 && (newest < 0 || phases[i].step >= phases[newest].step || i == 2))
            newest = i;
    }
    static const char *const filled[] = {"○○○○", "●○○○", "●●○○", "●●●○", "●●●●"};
    const char *dots = filled[reached];
    Role role = u->pulse == 1 ? ROLE_SELECTED : b->grokked >= 0 ? ROLE_GOOD : ROLE_NORMAL;
    line_add(line, 3, 2, role, "%s", dots);
    if (newest < 0)
        line_add(line, 4, 1, role, "guessing 0");
    else
        line_add(line, 4, 1, role, "%s %s", phases[newest].word, format_count(phases[newest].step).s);
}

void panel_tabs(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    (void)s;
    Tab tabs[VIEW_COUNT];
    layout_place_tabs(r, tabs);
    for (int i = 0; i < VIEW_COUNT; i++) {
        bool shown = i == (int)u->view;
        Rect t = tabs[i].rect;
        canvas_textf(c, t.x, t.y, shown ? ROLE_SELECTED : ROLE_DIM, "%d%s%s", i + 1, shown ? "▸" : " ", tabs[i].word);
        if (!shown)
            canvas_put(c, t.x, t.y, (uint32_t)('1' + i), ROLE_KEY);
        canvas_note(c, t, PLACE_TAB, i);
    }
}

/* Lines of the screen leave a cell free at both ends. */
void panel_header(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const Settings *now = &s->summary->settings;
    Line line = {0};
    line_add(&line, 5, 0, ROLE_TITLE, "lrdlab");
    if (!time_cursor_evaluation(s, u))
        add_badge(&line, s->summary, u);
    if (s->replay.on)
        line_add(&line, s->replay.has_task ? 6 : 2, 2, s->replay.has_task ? ROLE_NORMAL : ROLE_BOLD, "%s",
                 s->replay.name);
    if (s->replay.has_task || !s->replay.on)
        add_task(&line, now, s->replay.foreign, r.w);
    line.right = true;
    const struct StateWords *state = &states[s->state];
    if (s->logging)
        line_add(&line, 8, 0, ROLE_DIM, "logging");
    const Evaluation *past = time_cursor_evaluation(s, u);
    if (past) {
        line_add(&line, 1, 2, ROLE_BOLD, "◀ step %s", format_count(past->step).s);
        line_add(&line, 2, 0, ROLE_NORMAL, " as it was ·");
    }
    bool pausing = u->pause_pending && u->pause_value && s->state == SESSION_RUNNING;
    line_add(&line, 1, 2, state->role, "%s", state->sign);
    const char *word = pausing ? "pausing" : state_word(s);
    line_add(&line, 1, 1, pausing ? ROLE_WARN : state->role, "%s", word);
    line_add(&line, 1, 1, past ? ROLE_NORMAL : ROLE_BOLD, "%sstep %s", word[0] ? "· " : "", format_count(s->step).s);
    int64_t last = s->replay.on ? s->replay.last : now->train.steps;
    if (!s->replay.on || last > s->step)
        line_add(&line, 3, 0, ROLE_NORMAL, " of %s", format_count(last).s);
    if (s->state == SESSION_RUNNING && isfinite(s->steps_per_s)) {
        line_add(&line, s->replay.on ? 3 : 4, 0, ROLE_NORMAL, " · %s", format_rate(s->steps_per_s).s);
        line_add(&line, 3, 0, ROLE_NORMAL, " · %s left", format_duration(s->seconds_left).s);
    }
    line_draw(c, (Rect){r.x + 1, r.y, r.w - 2, r.h}, &line);
}
