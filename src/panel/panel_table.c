#include <lrd/panel/panel.h>

#include <math.h>

/* clang-format off */
const PanelRow panel_table[PANEL_COUNT] = {
    [PANEL_ACCURACY] = {"accuracy", AXIS_FIXED, panel_accuracy,
        "Share of right answers over the steps. train: pairs it learns from. unseen: pairs that are new to it. "
        "mirror: (a, b) of which it has seen (b, a). Train at 100% with unseen near 0% is memorising. "
        "~ and dots: a small sample, until all pairs are asked again."},
    [PANEL_LOSS] = {"loss", AXIS_LOG, panel_loss,
        "How wrong its answers are: 0 is perfect, about 4 is guessing. train: pairs it learns from. test: all others. "
        "A logarithmic axis (y) shows small losses too."},
    [PANEL_RANK] = {"rank", AXIS_LINEAR, panel_rank,
        "In about how many directions the matrices Q and K still act, on average. n: another way of counting. "
        "Under LRD it falls, as a rule before grokking shows in the accuracy."},
    [PANEL_SIGMA] = {"singular values", AXIS_LINEAR, panel_spectrum,
        "A bar for each direction in which a matrix acts: how far it stretches it, the longest first. Q and K decide "
        "which token looks at which. A thin mark above a bar: its length at the evaluation before. y: logarithmic. "
        "m: the next matrix. e: this panel alone."},
    [PANEL_TURN] = {"turn", AXIS_LINEAR, panel_turn,
        "By how many degrees one step turns Q and K. Where queries and keys are normalised (model.qk_norm), the output "
        "depends on the direction of these matrices alone; a short matrix turns faster."},
    [PANEL_NORM] = {"norm", AXIS_LINEAR, panel_norm,
        "The length of Q and K, each taken as one long list of numbers. Decay shortens it; a shorter matrix is turned "
        "further by the same step."},
    [PANEL_MEASURES] = {"numbers", AXIS_FIXED, panel_measures,
        "Each Q and K matrix in numbers. stable, effective: in how many directions it acts, counted in two ways. "
        "norm: its length. turn: degrees a step. tangential: the share of the decay's step that bends the matrix "
        "rather than shortening it."},
    [PANEL_WATERFALL] = {"waterfall", AXIS_LOG, panel_waterfall,
        "Every singular value of a matrix over the steps, as a colour: a column is a moment, the largest value is at "
        "the bottom. Bright is long, dark is short: low rank is a dark field over a bright edge. y: linear colours."},
    [PANEL_GEOMETRY] = {"geometry", AXIS_FIXED, panel_geometry,
        "What moves the chosen matrix W in a step, in two parts: along W (only its length changes) and across "
        "(tangential: it bends). Below, whose doing the turn is. L2 moves W only along itself."},
    [PANEL_DECAY_MAP] = {"decay map", AXIS_FIXED, panel_decay_map,
        "What share of each singular value one step of the decay takes off: the same of all (L2), or more of the small "
        "ones, so that the rank falls. From 100% on (floor) a step turns the value round."},
    [PANEL_FOURIER] = {"embedding", AXIS_LINEAR, panel_fourier,
        "How much of the numbers' embedding goes up and down with each frequency around the circle of numbers. At "
        "first all are alike; a network that has found the rule of addition leans on a few key frequencies."},
    [PANEL_FOURIER_OUTPUT] = {"output", AXIS_LINEAR, panel_fourier_output,
        "The same of the output layer, which turns the result into an answer. Where both share their key frequencies, "
        "the network computes with waves of these."},
    [PANEL_CLOCK] = {"clock", AXIS_FIXED, panel_clock,
        "All numbers as the embedding places them on the plane of its strongest frequency, joined in the order in "
        "which that wave passes them. At first a tangle; once it has found the rule, a ring like the face of a clock, "
        "and adding is turning. a: try a pair, it is marked here."},
    [PANEL_INTERACTION] = {"who looks at whom", AXIS_FIXED, panel_interaction,
        "For each head a square: the number in the row looks at the number in the column, as the layer's Q and K make "
        "of the embedding alone. Middle colour: no preference. Bright: four times as much as that and more. A pattern is "
        "structure, snow is noise."},
    [PANEL_LOOK] = {"last position", AXIS_FIXED, panel_look,
        "The answer is read at the last position, the sign =. Of its attention in each layer and head, the shares that "
        "go to a, to b and to itself."},
    [PANEL_ANSWERS] = {"answers", AXIS_FIXED, panel_answers,
        "Every pair (a, b) asked: is the answer right, and was the pair trained? Grokking is the wrong ones filling up. "
        "Where there is no room for all, an even sample of them is shown. h j k l move the cursor."},
    [PANEL_ANSWER_COUNTS] = {"counts", AXIS_FIXED, panel_answer_counts,
        "Right answers of pairs that were trained, of those seen the other way round, of those never seen; and the "
        "answer to the pair under the cursor."},
};
/* clang-format on */

Layout panel_layout(int w, int h, const UiState *u)
{
    bool lesson = u->lesson.open && u->lesson.lesson;
    if (u->projector)
        return layout_make_projector(w, h, u->view, u->is_alone ? u->alone : PANEL_COUNT, lesson);
    Layout l = layout_make(w, h, u->view, lesson);
    if (u->is_alone)
        layout_show_alone(&l, u->alone);
    return l;
}

UiState ui_state_new(const ActionTable *actions)
{
    UiState u = {.actions = actions,
                 .view = VIEW_OVERVIEW,
                 .glyphs = GLYPHS_BRAILLE,
                 .theme = SCHEME_DARK,
                 .past = -1,
                 .strengths = own_strengths_new(),
                 .lesson.step = LESSON_OFFER};
    for (int i = 0; i < PANEL_COUNT; i++)
        u.log_values[i] = panel_table[i].axis == AXIS_LOG;
    return u;
}
