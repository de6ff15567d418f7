/* panel/panel: every panel and overlay of the screen: (snapshot, ui state, rectangle) -> cells; and the table of them.
 *
 * Pure: no sampling, lock, allocation or clock. What does not fit is dropped by priority, never cut.
 * Ownership: the caller's. Threads: any, one per canvas. */
#ifndef LRD_PANEL_PANEL_H
#define LRD_PANEL_PANEL_H

#include <lrd/panel/ui_state.h>
#include <lrd/view/canvas.h>
#include <lrd/view/layout.h>

typedef void PanelDraw(Canvas *c, Rect r, const Snapshot *s, const UiState *u);

/* The numbers in large, for the projector. */
PanelDraw panel_digits;
/* Lines. */
PanelDraw panel_header, panel_story, panel_decay, panel_events, panel_message, panel_keys, panel_branches,
    panel_comparisons, panel_tabs;
/* The step of a lesson. */
PanelDraw panel_lesson;
/* Frames with curves: panel_curves.c and panel_rank.c. */
PanelDraw panel_accuracy, panel_loss, panel_rank, panel_turn, panel_norm;
/* Singular values as bars; the table of measures. */
PanelDraw panel_spectrum, panel_measures;
/* Singular values over the steps as colours. */
PanelDraw panel_waterfall;
/* What a step does to the chosen matrix, and to its singular values. */
PanelDraw panel_geometry, panel_decay_map;
/* Power of the embedding and of the output layer by frequency. */
PanelDraw panel_fourier, panel_fourier_output, panel_clock;
/* Which number a head looks at from which; what the last position looks at. */
PanelDraw panel_interaction, panel_look;
/* The table of answers; what it adds up to. */
PanelDraw panel_answers, panel_answer_counts;
/* Over the panels; r is the room of all panels. */
PanelDraw overlay_help, overlay_about, overlay_prompt, overlay_presets, overlay_pair, overlay_command;
/* The furthest row that the help can be scrolled to on a screen of this size, 0 when all of it is in sight. */
int overlay_help_last(int w, int h, const Snapshot *s, const UiState *u);

/* How its value axis is at first; y changes it unless it is fixed. */
typedef enum PanelAxis { AXIS_FIXED, AXIS_LINEAR, AXIS_LOG } PanelAxis;

typedef struct PanelRow {
    const char *name; /* one or two words, for messages */
    PanelAxis axis;
    PanelDraw *draw;
    const char
        *about; /* what it shows, for someone who sees it for the first time: the most important sentence first */
} PanelRow;
extern const PanelRow panel_table[PANEL_COUNT];

/* A screen as it is at first: the overview of now, each value axis as its panel has it. */
UiState ui_state_new(const ActionTable *actions);
/* Where everything stands on a screen of this size: the view's panels, or the one that is alone. */
Layout panel_layout(int w, int h, const UiState *u);

#endif
