#include <lrd/panel/probe_request.h>

#include <lrd/base/util.h>
#include <lrd/panel/labels.h>
#include <lrd/panel/time_cursor.h>

static const ProbeKind kinds[VIEW_COUNT] = {
    [VIEW_ATTENTION] = PROBE_ATTENTION,
    [VIEW_TABLE] = PROBE_TABLE,
    [VIEW_FOURIER] = PROBE_FOURIER,
};

ProbeKind probe_kind_of_view(ViewId view)
{
    return kinds[view];
}

ProbeRequest probe_request_of(const UiState *u, const Snapshot *s)
{
    const Evaluation *e = &s->summary->evaluation;
    ProbeRequest ask = {.kind = kinds[u->view]};
    if (ask.kind == PROBE_ATTENTION && e->matrix_count > 0)
        ask.layer = max_int(label_layer(e->matrix[min_int(u->matrix, e->matrix_count - 1)].name), 0);
    bool kept = s->replay.on ? time_cursor_evaluation(s, u) != NULL : time_cursor_rewind_step(s, u) >= 0;
    ask.past = ask.kind != PROBE_NONE && kept;
    ask.at = ask.past ? time_cursor_evaluation(s, u)->step : 0;
    ask.pair = u->pair.asked && (u->overlay == OVERLAY_PAIR || u->view == VIEW_ATTENTION || u->view == VIEW_FOURIER);
    ask.pair_a = ask.pair ? u->pair.a : 0;
    ask.pair_b = ask.pair ? u->pair.b : 0;
    return ask;
}

bool probe_request_is(const ProbeRequest *a, const ProbeRequest *b)
{
    return a->kind == b->kind && a->layer == b->layer && a->past == b->past && a->at == b->at && a->pair == b->pair &&
           a->pair_a == b->pair_a && a->pair_b == b->pair_b;
}

const Probe *probe_for(const Snapshot *s, const UiState *u, ProbeKind kind, const char **why)
{
    *why = "measured in a moment";
    const Evaluation *past = time_cursor_evaluation(s, u);
    if (past && !s->replay.on && time_cursor_rewind_step(s, u) < 0) {
        *why = "The weights of this moment were not kept (lab.rewind_mb): End comes back to now.";
        return NULL;
    }
    if (s->probe.ask.past != (past != NULL) || (past && s->probe.ask.at != past->step))
        return NULL;
    if (s->recorded || s->replay.on)
        *why = "A log holds no weights, and this one does not tell what this view makes of them (lrdlab train "
               "--portraits does): open a run (lrdlab lab PRESET).";
    return s->probe.ask.kind == kind && s->probe.tokens > 0 ? &s->probe : NULL;
}
