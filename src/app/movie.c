#include <lrd/app/movie.h>

#include <lrd/app/open_log.h>
#include <lrd/app/summary_at.h>
#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/log/log_names.h>
#include <lrd/panel/frame.h>
#include <lrd/panel/panel.h>
#include <lrd/panel/probe_request.h>
#include <lrd/panel/story.h>
#include <lrd/ui/action.h>
#include <lrd/view/glyph.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static Status movie_set_range(Movie *m, int64_t from, int64_t to)
{
    int64_t first = log_index_first(m->book[0]), last = log_index_last(m->book[0]);
    m->from = from < 0 ? first : from;
    m->to = to < 0 ? last : to;
    if (m->from < first || m->to > last || m->from >= m->to)
        return status_input("a movie from step %" PRId64 " to step %" PRId64
                            " cannot be had: the log has the steps %" PRId64 " to %" PRId64
                            ", and --from must lie before --to",
                            m->from, m->to, first, last);
    return status_ok();
}

Status movie_open(const Arguments *a, const char *const *paths, int count, Movie *out)
{
    *out = (Movie){0};
    if (count > REPLAY_LOGS_MAX)
        return status_input("at most %d logs go into a movie; leave some out", REPLAY_LOGS_MAX);
    Status s = status_ok();
    for (int i = 0; i < count && status_is_ok(s); i++)
        if ((out->book[i] = open_log(a, paths[i], -1, &s)))
            out->count++;
    if (!status_is_ok(s))
        return s;
    Settings settings = settings_default();
    out->aside = run_summary_new(&settings, 0, 0);
    log_names(paths, count, out->name);
    for (int i = 0; i + 1 < count; i++) {
        out->ghost[i] = xcalloc(1, sizeof *out->ghost[i]);
        memcpy(out->ghost[i]->name, out->name[i + 1], COMPARISON_NAME_MAX);
    }
    return movie_set_range(out, a->from, a->to);
}

void movie_close(Movie *m)
{
    for (int i = 0; i < m->count; i++)
        log_index_close(m->book[i]);
    for (int i = 0; i < COMPARISONS_MAX; i++)
        free(m->ghost[i]);
    run_summary_free(m->aside);
    *m = (Movie){0};
}

int movie_steps(const Movie *m, int most, int64_t *steps)
{
    static const int64_t rungs[] = {1, 2, 5};
    int64_t stride = 1, decade = 1;
    for (int i = 0; (m->to - m->from) / stride > most - 3; i++) {
        decade *= i && i % 3 == 0 ? 10 : 1;
        stride = rungs[i % 3] * decade;
    }
    int count = 0;
    steps[count++] = m->from;
    for (int64_t at = (m->from / stride + 1) * stride; at < m->to; at += stride)
        steps[count++] = at;
    steps[count++] = m->to;
    return count;
}

/* As a race: each ghost is where the run in front is. */
static void movie_lend_ghosts(Movie *m, int64_t step, Snapshot *s)
{
    for (int i = 1; i < m->count; i++) {
        log_index_summary_at(m->book[i], step, m->aside);
        comparison_take(m->ghost[i - 1], m->aside);
        s->ghost[s->ghost_count++] = m->ghost[i - 1];
    }
}

static void add_plain(Text *out, const char *words)
{
    for (uint32_t glyph; (glyph = glyph_decode(&words));) {
        char utf8[GLYPH_UTF8_MAX];
        bool control = glyph < ' ' || (glyph >= 127 && glyph < 160);
        text_add_bytes(out, utf8, (size_t)glyph_encode(control ? ' ' : glyph, utf8));
    }
}

void movie_draw(Movie *m, int64_t step, const DisplayOptions *look, const ViewId *views, int count, Canvas *const *out,
                Text *story)
{
    SummaryAt at;
    UiState state = ui_state_new(&action_table);
    ProbeRequest ask = {.kind = PROBE_NONE};
    summary_at_of_index(m->book[0], step, &ask, &at);
    state.theme = look->theme;
    state.projector = look->projector;
    state.glyphs = look->glyphs;
    state.ascii_only = look->glyphs == GLYPHS_ASCII;
    Snapshot s = summary_at_snapshot(&at);
    movie_lend_ghosts(m, step, &s);
    for (int i = 0; i < count; i++) {
        Probe probe = {0};
        ask.kind = probe_kind_of_view(views[i]);
        log_index_probe_at(m->book[0], step, &ask, &probe);
        s.probe = probe; /* lent */
        state.view = views[i];
        frame_draw(out[i], &s, &state);
        probe_free(&probe);
    }
    Story told = story_tell(&s);
    for (int i = 0; story && i < told.count; i++) {
        text_add(story, i ? " " : "");
        add_plain(story, told.sentence[i]);
    }
    s.probe = (Probe){0};
    summary_at_free(&at);
}

void movie_title(const Movie *m, Text *out)
{
    const Settings *settings = log_index_start_settings(m->book[0]);
    add_plain(out, *settings->lab.title && !log_index_is_foreign(m->book[0]) ? settings->lab.title : m->name[0]);
}

const char *movie_event(const Movie *m, int64_t after, int64_t step)
{
    const RunSummary *b = log_index_summary(m->book[0]);
    for (int i = 0; i < b->event_count; i++) {
        const Event *e = &b->events[i];
        bool told = e->kind == EVENT_MEMORISED || e->kind == EVENT_COLLAPSED || e->kind == EVENT_GROKKED ||
                    e->kind == EVENT_GENERALISED || e->kind == EVENT_LOST;
        if (told && e->step > after && e->step <= step)
            return event_names[e->kind];
    }
    return "";
}
