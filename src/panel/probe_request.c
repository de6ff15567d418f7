#include <lrd/panel/probe_request.h>

#include <lrd/base/util.h>
#include <lrd/panel/labels.h>
#include <lrd/panel/time_cursor.h>

static const PortraitKind kinds[VIEW_COUNT] = {
    [VIEW_ATTENTION] = PORTRAIT_ATTENTION,
    [VIEW_TABLE] = PORTRAIT_TABLE,
    [VIEW_FOURIER] = PORTRAIT_FOURIER,
};

PortraitKind portrait_kind_of_view(ViewId view)
{
    return kinds[view];
}

PortraitAsk portrait_wish(const UiState *u, const Snapshot *s)
{
    const Evaluation *e = &s->board->evaluation;
    PortraitAsk ask = {.kind = kinds[u->view]};
    if (ask.kind == PORTRAIT_ATTENTION && e->matrix_count > 0)
        ask.layer = max_int(label_layer(e->matrix[min_int(u->matrix, e->matrix_count - 1)].name), 0);
    bool kept = s->replay.on ? past_evaluation(s, u) != NULL : past_rewind_step(s, u) >= 0;
    ask.past = ask.kind != PORTRAIT_NONE && kept;
    ask.at = ask.past ? past_evaluation(s, u)->step : 0;
    ask.pair = u->pair.asked && (u->overlay == OVERLAY_PAIR || u->view == VIEW_ATTENTION);
    ask.pair_a = ask.pair ? u->pair.a : 0;
    ask.pair_b = ask.pair ? u->pair.b : 0;
    return ask;
}

bool portrait_wish_is(const PortraitAsk *a, const PortraitAsk *b)
{
    return a->kind == b->kind && a->layer == b->layer && a->past == b->past && a->at == b->at && a->pair == b->pair &&
           a->pair_a == b->pair_a && a->pair_b == b->pair_b;
}

const Portrait *portrait_for(const Snapshot *s, const UiState *u, PortraitKind kind, const char **why)
{
    *why = "measured in a moment";
    const Evaluation *past = past_evaluation(s, u);
    if (past && !s->replay.on && past_rewind_step(s, u) < 0) {
        *why = "The weights of this moment were not kept (lab.rewind_mb): End comes back to now.";
        return NULL;
    }
    if (s->portrait.ask.past != (past != NULL) || (past && s->portrait.ask.at != past->step))
        return NULL;
    if (s->recorded || s->replay.on)
        *why = "A log holds no weights, and this one does not tell what this view makes of them (lrdlab train "
               "--portraits does): open a run (lrdlab lab PRESET).";
    return s->portrait.ask.kind == kind && s->portrait.tokens > 0 ? &s->portrait : NULL;
}
