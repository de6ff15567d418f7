#include <lrd/ui/action.h>

#include <string.h>

#include <lrd/base/util.h>
#include <lrd/panel/panel.h>
#include <lrd/ui/handlers.h>
#include <lrd/lesson/lesson_check.h>
#include <lrd/view/canvas.h>

/* clang-format off */
static const Action rows[] = {
    {"space", {' '}, "pause, go on", "pause", "pause the replay; go on; at the end of the log from its beginning", ACTION_WATCH, 1, key_replay_pause, false},
    {"↑ ↓", {UI_KEY_UP, UI_KEY_DOWN}, "speed", "speed", "replay faster or slower", ACTION_WATCH, 2, key_replay_speed, false},
    {"r R", {'r', 'R'}, "start, end", "start", "to the beginning of the log; to its end, and on as it grows", ACTION_WATCH, 3, key_replay_ends, false},
    {"p", {'p'}, "next log", "log", "which of several logs is in front; the others are its ghosts", ACTION_WATCH, 5, key_replay_lead, false},
    {".", {'.'}, "next row", "row", "to the next row of the log, then pause", ACTION_WATCH, 6, key_replay_row, false},
    {"space", {' '}, "pause, go on", "pause", "pause; go on, also past the last step", ACTION_TRAINING, 1, key_pause, true},
    {".", {'.'}, "one step", "step", "one step, then pause", ACTION_TRAINING, 7, key_step, true},
    {"t", {'t'}, "L2 ↔ LRD", "L2↔LRD", "switch between L2 and LRD, each with its own strength", ACTION_DECAY, 2, key_toggle, true},
    {"↑ ↓", {UI_KEY_UP, UI_KEY_DOWN}, "strength", "strength", "decay strength up or down; eight presses make a factor of 10", ACTION_DECAY, 3, key_strength, true},
    {"d D", {'d', 'D'}, "decay kind", "decay", "next decay; previous decay", ACTION_DECAY, 5, key_kind, true},
    {"=", {'='}, "type strength", "type", "type a decay strength", ACTION_DECAY, 0, key_ask_strength, true},
    {"g", {'g'}, "targets", "targets", "which weights decay: Q and K, attention, blocks, all", ACTION_DECAY, 8, key_targets, true},
    {"o", {'o'}, "learning rate", "rate", "type a learning rate", ACTION_DECAY, 0, key_ask_rate, true},
    {"* /", {'*', '/'}, "scale W_q", "scale W_q", "double or halve W_q of the chosen layer: the loss should not move", ACTION_DECAY, 16, key_scale, true},
    {"k", {'k'}, "truncate", "truncate", "cut Q and K to a rank, lengths kept; in the past or a table: cursor", ACTION_DECAY, 0, key_truncate, false},
    {"u", {'u'}, "undo", "undo", "undo the last change", ACTION_DECAY, 6, key_undo, true},
    {"r R", {'r', 'R'}, "restart", "restart", "from step 0 again: same seed; next seed", ACTION_TRAINING, 9, key_restart, true},
    {"p", {'p'}, "presets", "presets", "start another experiment from the list of presets", ACTION_TRAINING, 10, key_presets, true},
    {"w", {'w'}, "checkpoint", "checkpoint", "write a checkpoint, to be continued with --resume", ACTION_TRAINING, 0, key_save, true},
    {"W", {'W'}, "as a preset", "preset", "write all changes made so far as a preset that repeats them", ACTION_TRAINING, 0, key_save_preset, true},
    {"[ ]", {'[', ']'}, "look back", "rewind", "look at an earlier evaluation; a later one; the run goes on", ACTION_PAST, 4, key_scrub, false},
    {"{ }", {'{', '}'}, "by events", "events", "the same from event to event", ACTION_PAST, 0, key_scrub_events, false},
    {"h l", {'h', 'l', 'j', UI_KEY_SHIFT_LEFT, UI_KEY_SHIFT_RIGHT, UI_KEY_SHIFT_DOWN, UI_KEY_SHIFT_UP}, "cursor", "cursor", "Shift-arrows too; j k: ten back, ten forth; in the table its cursor", ACTION_PAST, 0, key_cursor, false},
    {"Home", {UI_KEY_HOME, UI_KEY_END}, "first, now", "first, now", "the first evaluation; End: now", ACTION_PAST, 0, key_scrub_ends, false},
    {"Enter", {UI_KEY_ENTER}, "branch here", "branch", "start a branch from the moment shown, with the decay now chosen", ACTION_PAST, 0, key_branch, true},
    {"c C", {'c', 'C'}, "twin, paper's", "twin", "train L2 and LRD in step from here: matched; the paper's arms; end", ACTION_PAST, 6, key_twin, true},
    {"v", {'v'}, "next branch", "switch", "go to the next branch, where it was left", ACTION_PAST, 0, key_switch, true},
    {"V", {'V'}, "compare with", "compare", "draw another branch behind the curves; none", ACTION_PAST, 0, key_compare, false},
    {"1–8", {'1', '2', '3', '4', '5', '6', '7', '8'}, "views", "views", "overview curves spectrum waterfall attention table geometry fourier", ACTION_LOOKING, 4, key_view, false},
    {"Tab", {UI_KEY_TAB, UI_KEY_SHIFT_TAB}, "next view", "next view", "next view; Shift-Tab: previous view", ACTION_LOOKING, 0, key_next_view, false},
    {"x", {'x'}, "log steps", "log steps", "step axis linear or logarithmic", ACTION_LOOKING, 11, key_log_steps, false},
    {"y", {'y'}, "log values", "log values", "value axes linear or logarithmic: of all, or of one alone (e)", ACTION_LOOKING, 13, key_log_values, false},
    {"+ - 0", {'+', '-', '0'}, "zoom steps", "zoom", "zoom the step axis in; out; the whole run", ACTION_LOOKING, 12, key_zoom, false},
    {"e E", {'e', 'E'}, "one panel", "one panel", "one panel alone: the next, the previous; Esc: all of them", ACTION_LOOKING, 12, key_alone, false},
    {"n", {'n'}, "rank measure", "rank", "stable rank, effective rank, participation ratio", ACTION_LOOKING, 14, key_rank, false},
    {"m M", {'m', 'M'}, "next matrix", "matrix", "choose the next Q or K matrix; show the chosen one alone, or all", ACTION_LOOKING, 15, key_matrix, false},
    {"P", {'P'}, "projector", "projector", "large numbers and thick curves, for a projector; back", ACTION_LOOKING, 0, key_projector, false},
    {"a", {'a'}, "try a pair", "try", "type a pair: what the model answers, and how sure it is", ACTION_LOOKING, 12, key_try, true},
    {"b", {'b'}, "glyphs", "glyphs", "draw with Braille, blocks or ASCII", ACTION_LOOKING, 0, key_glyphs, false},
    {"T", {'T'}, "theme", "theme", "next colour theme", ACTION_LOOKING, 0, key_theme, false},
    {"s", {'s'}, "picture", "picture", "write a picture of the screen (SVG)", ACTION_PROGRAM, 0, key_picture, false},
    {"S", {'S'}, "as a command", "command", "the command that repeats this run up to here, with every change", ACTION_PROGRAM, 0, key_command, false},
    {":", {':'}, "any setting", "set", "type KEY VALUE for any setting; Tab completes", ACTION_PROGRAM, 0, key_ask_any, true},
    {"L", {'L'}, "lesson", "lesson", "a lesson over a live run, step by step; again: close it", ACTION_PROGRAM, 13, key_lesson, true},
    {"→ ←", {UI_KEY_RIGHT, UI_KEY_LEFT, UI_KEY_PAGE_DOWN, UI_KEY_PAGE_UP}, "lesson step", "step", "next step of the lesson; the one before; also Page Down and Up", ACTION_PROGRAM, 0, key_lesson_step, true},
    {"?", {'?'}, "help", "help", "all keys; again: what each panel shows", ACTION_PROGRAM, 1, key_help, false},
    {"Esc", {UI_KEY_ESCAPE}, "close", "close", "close what lies over the screen; all panels, now; never quits", ACTION_PROGRAM, 0, key_close, false},
    {"q", {'q'}, "quit", "quit", "quit at once; writes --save if given", ACTION_PROGRAM, 1, key_quit, false},
};
/* clang-format on */

const ActionTable action_table = {rows, sizeof rows / sizeof *rows};

enum { LIST_PAGE = 10 };

static void press_in_prompt(const KeyPress *k)
{
    const Setting *row;
    Settings settings = ui_state_settings(k->u, k->s);
    PromptAnswer answer = prompt_type(&k->u->prompt, k->code, &settings, &row);
    if (answer != PROMPT_OPEN)
        k->u->overlay = OVERLAY_NONE;
    if (answer == PROMPT_ENTERED)
        prompt_apply(k, row, &settings);
    else if (answer == PROMPT_TRUNCATES)
        truncate_apply(k);
}

/* Other keys do what they always do, and the answer stays in sight. */
static bool press_in_pair(const KeyPress *k)
{
    const ModelConfig m = settings_model(&k->s->summary->settings);
    PairKey key = pair_try_type(&k->u->pair, k->code, m.vocab - 1, &k->s->probe.pair);
    if (key == PAIR_KEY_CLOSES)
        k->u->overlay = OVERLAY_NONE;
    return key != PAIR_KEY_PASSED;
}

/* Where a key moves in a list of so many places, a page of them in sight; the same place for other keys. */
static int list_move(int code, int place, int count, int page)
{
    const int last = max_int(count - 1, 0);
    switch (code) {
    case UI_KEY_UP:
        return max_int(place - 1, 0);
    case UI_KEY_DOWN:
        return min_int(place + 1, last);
    case UI_KEY_PAGE_UP:
        return max_int(place - page, 0);
    case UI_KEY_PAGE_DOWN:
        return min_int(place + page, last);
    case UI_KEY_HOME:
        return 0;
    case UI_KEY_END:
        return last;
    default:
        return place;
    }
}

/* Lists and the help take what moves in them, chooses or closes, and q; no other key does anything there. */
static void press_in_list(const KeyPress *k)
{
    UiState *u = k->u;
    const bool presets = u->overlay == OVERLAY_PRESETS;
    if (k->code == 'q')
        key_quit(k);
    else if (k->code == UI_KEY_ESCAPE || k->code == (presets ? 'p' : u->overlay == OVERLAY_COMMAND ? 'S' : '?'))
        u->overlay = u->overlay == OVERLAY_HELP && k->code == '?' ? OVERLAY_ABOUT : OVERLAY_NONE;
    else if (presets && k->code == UI_KEY_ENTER)
        presets_apply(k);
    else if (presets)
        u->preset_chosen = list_move(k->code, u->preset_chosen, u->preset_count, LIST_PAGE);
    else if (u->overlay == OVERLAY_HELP)
        u->help_top =
            list_move(k->code, u->help_top, overlay_help_last(u->screen_w, u->screen_h, k->s, u) + 1, LIST_PAGE);
}

/* Returns whether the overlay took the key. */
static bool press_in_overlay(const KeyPress *k)
{
    UiState *u = k->u;
    if (u->overlay == OVERLAY_PROMPT) {
        press_in_prompt(k);
        return true;
    }
    if (u->overlay == OVERLAY_PAIR)
        return press_in_pair(k);
    press_in_list(k);
    return true;
}

void action_press(UiState *u, const Snapshot *s, int code, UiEffect *e)
{
    KeyPress k = {u, s, code, e};
    *e = (UiEffect){0};
    if (code == UI_KEY_REDRAW) {
        e->flags |= EFFECT_REPAINT;
        return;
    }
    if (u->overlay != OVERLAY_NONE && press_in_overlay(&k))
        return;
    const Action *a = action_find_for(u->actions, s, code);
    if (a && !action_is_on(s, a))
        ui_say(u, "A log only shows what was: that key needs a live run (lrdlab lab).");
    else if (a) {
        a->act(&k);
        lesson_follow(u, s, code);
        lesson_settle(&k);
    } else if (code > ' ' && code < UI_KEY_BACKSPACE)
        ui_say(u, "%c does nothing here; ? shows all keys.", code);
}

void action_print_keys(Text *out)
{
    for (int g = 0; g < ACTION_GROUP_COUNT; g++) {
        text_addf(out, "%s%s\n", g ? "\n" : "", action_groups[g]);
        for (int i = 0; i < action_table.count; i++)
            if ((int)action_table.row[i].group == g)
                text_addf(out, "  %s%*s%s\n", action_table.row[i].keys, 7 - canvas_width(action_table.row[i].keys), "",
                          action_table.row[i].help);
    }
}

void action_print_keys_markdown(Text *out)
{
    text_add(out, "| keys | what they do |\n| --- | --- |\n");
    for (int g = 0; g < ACTION_GROUP_COUNT; g++) {
        text_addf(out, "| | *%s* |\n", action_groups[g]);
        for (int i = 0; i < action_table.count; i++) {
            const Action *a = &action_table.row[i];
            if ((int)a->group != g)
                continue;
            text_add(out, "| ");
            for (const char *k = a->keys; *k;) {
                size_t n = strcspn(k, " ");
                text_addf(out, "`%.*s`%s", (int)n, k, k[n] ? " " : "");
                k += n + (k[n] == ' ');
            }
            text_addf(out, " | %s |\n", a->help);
        }
    }
}
