/* ui/handlers: what the keys of the action table do; only action.c calls them, and ui.c lesson_begin.
 *
 * Each changes the UiState and asks through the effect.
 * Threads: the ui thread. */
#ifndef LRD_UI_HANDLERS_H
#define LRD_UI_HANDLERS_H

#include <lrd/panel/ui_state.h>

typedef void KeyHandler(const KeyPress *k);

/* handlers_run.c: the course of the run */
KeyHandler key_pause, key_step, key_restart, key_undo, key_presets, key_save, key_save_preset;
/* handlers_past.c: looking back */
KeyHandler key_scrub, key_cursor, key_scrub_events, key_scrub_ends, key_branch, key_switch, key_compare, key_twin;
/* handlers_replay.c: the replay of a log */
KeyHandler key_replay_pause, key_replay_row, key_replay_speed, key_replay_ends, key_replay_lead;
/* handlers_decay.c: the decay and other settings */
KeyHandler key_kind, key_toggle, key_strength, key_targets, key_ask_strength, key_ask_rate, key_ask_any, key_scale,
    key_truncate;
/* handlers_lesson.c: the lesson */
KeyHandler key_lesson, key_lesson_step;
/* handlers_view.c: what is shown and how */
KeyHandler key_view, key_next_view, key_log_steps, key_log_values, key_alone, key_zoom, key_projector, key_rank,
    key_matrix, key_try, key_glyphs, key_theme, key_help, key_close, key_command, key_picture, key_quit;

/* The lesson that is lent begins, over the run in hand or (anew) over a new one of its preset; it is set going. */
void lesson_begin(const KeyPress *k, bool anew);
/* The run is held, or let go on, as the lesson now wants it; after every key and every snapshot. */
void lesson_settle(const KeyPress *k);
/* A new run starts: what was asked of the old one is over. */
void ui_forget_run(UiState *u);
/* What the mouse does and no key: this decay, this strength, this branch. */
void decay_choose(const KeyPress *k, int kind);
void strength_ask(const KeyPress *k, const Settings *then);
void branch_switch_to(const KeyPress *k, int number);
/* Makes the change that the prompt was asked for. */
void prompt_apply(const KeyPress *k, const Setting *row, const Settings *then);
/* Truncates Q and K to the rank that the prompt was given. */
void truncate_apply(const KeyPress *k);
/* The preset that is chosen in the overlay. */
void presets_apply(const KeyPress *k);

#endif
