/* Every key of the table: what it changes on the screen and what it asks of the run. No terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <lrd/ui/action.h>
#include <lrd/panel/probe_request.h>
#include <lrd/panel/panel.h>
#include <lrd/panel/comparison_branch.h>
#include <lrd/panel/time_cursor.h>

#include "fake_run.h"

typedef struct Desk {
    RunSummary *summary;
    Snapshot s;
    UiState u;
    UiEffect e;
    uint64_t sent; /* commands sent to the run that is not there */
} Desk;

static int desk_open(void **state)
{
    Desk *d = calloc(1, sizeof *d);
    d->summary = fake_summary(840);
    d->s = fake_snapshot(d->summary, SESSION_RUNNING);
    d->u = ui_state_new(&action_table);
    ui_state_follow(&d->u, &d->s);
    *state = d;
    return 0;
}

static int desk_close(void **state)
{
    Desk *d = *state;
    run_summary_free(d->summary);
    free(d);
    return 0;
}

static void press(Desk *d, int code)
{
    action_press(&d->u, &d->s, code, &d->e);
    for (int i = 0; i < d->e.command_count; i++)
        ui_state_sent(&d->u, &d->e.command[i], ++d->sent);
}

static void type(Desk *d, const char *text)
{
    for (; *text; text++)
        press(d, *text);
}

/* The run took everything that was sent. */
static void catch_up(Desk *d)
{
    d->summary->settings = ui_state_settings(&d->u, &d->s);
    d->s.commands = d->sent;
    ui_state_follow(&d->u, &d->s);
}

static void assert_command(const Desk *d, int index, CommandKind kind, const char *key, const char *value)
{
    assert_true(index < d->e.command_count);
    assert_int_equal(d->e.command[index].kind, kind);
    assert_string_equal(d->e.command[index].key, key);
    assert_string_equal(d->e.command[index].value, value);
}

/* The one command changes this among what it changes. */
static void assert_set(const Desk *d, const char *key, const char *value)
{
    char want[80];
    Text words = {0};
    assert_int_equal(d->e.command_count, 1);
    assert_int_equal(d->e.command[0].kind, COMMAND_SET);
    settings_change_print(&d->e.command[0].change, " ", ";", &words);
    text_add(&words, ";");
    snprintf(want, sizeof want, "%s %s;", key, value);
    assert_non_null(strstr(text_str(&words), want));
    text_free(&words);
}

static Settings to_come(const Desk *d)
{
    return ui_state_settings(&d->u, &d->s);
}

static void test_table_is_sound(void **state)
{
    (void)state;
    const Snapshot watching = {.replay = {.on = true}};
    for (int i = 0; i < action_table.count; i++) {
        const Action *a = &action_table.row[i];
        assert_true(a->keys[0] && a->name[0] && a->label[0] && a->help[0] && a->act && a->codes[0]);
        assert_true(strlen(a->help) <= 68);
        for (int k = 0; k < ACTION_CODES_MAX && a->codes[k]; k++)
            assert_ptr_equal(a->group == ACTION_WATCH ? action_find_for(&action_table, &watching, a->codes[k])
                                                      : action_find(&action_table, a->codes[k]),
                             a); /* no key twice */
    }
    assert_null(action_find(&action_table, 'Z'));
    assert_null(action_find(&action_table, UI_KEY_NONE));
}

static void test_every_key_of_the_issue_is_there(void **state)
{
    (void)state;
    for (const char *k = " .dDt=gorRupwsxynmbT*/:?q123"; *k; k++)
        assert_non_null(action_find(&action_table, *k));
    const int others[] = {UI_KEY_UP, UI_KEY_DOWN, UI_KEY_TAB, UI_KEY_SHIFT_TAB, UI_KEY_ESCAPE};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_non_null(action_find(&action_table, others[i]));
}

static void test_keys_are_printed_from_the_table(void **state)
{
    (void)state;
    Text plain = {0}, markdown = {0};
    action_print_keys(&plain);
    action_print_keys_markdown(&markdown);
    for (int i = 0; i < action_table.count; i++) {
        assert_non_null(strstr(text_str(&plain), action_table.row[i].help));
        assert_non_null(strstr(text_str(&markdown), action_table.row[i].help));
    }
    assert_non_null(strstr(text_str(&markdown), "| `d` `D` |"));
    text_free(&plain);
    text_free(&markdown);
}

static void test_space_pauses_and_goes_on(void **state)
{
    Desk *d = *state;
    press(d, ' ');
    assert_command(d, 0, COMMAND_PAUSE, "", "");
    assert_true(ui_state_is_paused(&d->u, &d->s)); /* acknowledged before the run has stopped */
    press(d, ' ');
    assert_command(d, 0, COMMAND_RESUME, "", "");
    assert_false(ui_state_is_paused(&d->u, &d->s));
    press(d, ' ');
    d->s.state = SESSION_PAUSED;
    catch_up(d);
    assert_true(ui_state_is_paused(&d->u, &d->s));
    press(d, '.');
    assert_command(d, 0, COMMAND_STEP, "", "");
}

static void test_toggle_keeps_a_strength_for_each_kind(void **state)
{
    Desk *d = *state;
    d->summary->settings.decay.strength = .02;
    press(d, 't');
    assert_set(d, "decay.kind", "l2");
    assert_set(d, "decay.strength", "0.1");
    assert_non_null(strstr(d->u.message, "L2 0.10 on Q, K from the next step on: W shrinks by lr x strength a step."));
    assert_int_equal(to_come(d).decay.kind, DECAY_L2);
    assert_int_equal(d->summary->settings.decay.kind, DECAY_LRD); /* only asked for so far */
    assert_int_equal(d->u.pending_count, 1);
    press(d, 't');
    assert_set(d, "decay.strength", "0.02"); /* not the default .005: the one that was in use */
    assert_non_null(strstr(d->u.message, "LRD 0.020"));
    catch_up(d);
    assert_int_equal(d->u.pending_count, 0);
    d->summary->settings.decay.kind = DECAY_SVT;
    press(d, 't');
    assert_set(d, "decay.kind", "lrd"); /* from anything else to LRD */
}

static void test_kinds_go_round_both_ways(void **state)
{
    Desk *d = *state;
    for (int i = 1; i <= DECAY_KIND_COUNT; i++) {
        press(d, 'd');
        assert_int_equal(to_come(d).decay.kind, (DECAY_LRD + i) % DECAY_KIND_COUNT);
        catch_up(d);
    }
    press(d, 'D');
    assert_int_equal(to_come(d).decay.kind, DECAY_LRD - 1);
    assert_float_equal(to_come(d).decay.strength, .1, 1e-12);
}

static void test_eight_ups_make_ten(void **state)
{
    Desk *d = *state;
    for (int i = 0; i < 8; i++) /* none of them has reached the run yet */
        press(d, UI_KEY_UP);
    assert_float_equal(to_come(d).decay.strength, .05, 1e-6);
    assert_float_equal(d->summary->settings.decay.strength, .005, 1e-12);
    for (int i = 0; i < 16; i++)
        press(d, UI_KEY_DOWN);
    assert_float_equal(to_come(d).decay.strength, .0005, 1e-7);
    assert_non_null(strstr(d->u.message, "length taken off a step"));
}

static void test_strength_stays_in_range(void **state)
{
    Desk *d = *state;
    for (int i = 0; i < 200; i++) {
        press(d, UI_KEY_UP);
        catch_up(d);
    }
    assert_true(to_come(d).decay.strength <= 1e6);
    for (int i = 0; i < 400; i++) {
        press(d, UI_KEY_DOWN);
        catch_up(d);
    }
    assert_true(to_come(d).decay.strength > 0);
    d->summary->settings.decay.strength = 0;
    press(d, UI_KEY_UP);
    assert_float_equal(to_come(d).decay.strength, .005, 1e-12);
    catch_up(d);
    d->summary->settings.decay.kind = DECAY_NONE;
    press(d, UI_KEY_UP);
    assert_int_equal(d->e.command_count, 0);
    assert_non_null(strstr(d->u.message, "No decay is in force"));
}

static void test_targets_go_round(void **state)
{
    Desk *d = *state;
    static const char *const names[] = {"attn", "blocks", "all", "qk"};
    for (int i = 0; i < 4; i++) {
        press(d, 'g');
        assert_set(d, "decay.targets", names[i]);
        catch_up(d);
    }
}

static void test_undo_takes_back_a_whole_change(void **state)
{
    Desk *d = *state;
    press(d, UI_KEY_UP);
    press(d, 't'); /* kind and strength */
    press(d, 'u'); /* none of the three has reached the run yet */
    assert_int_equal(d->e.command_count, 1);
    assert_command(d, 0, COMMAND_UNDO, "", "");
    assert_int_equal(to_come(d).decay.kind, DECAY_LRD);
    assert_float_equal(to_come(d).decay.strength, .00666761, 1e-8);
    press(d, '*');
    press(d, 'u'); /* of a change that is no setting */
    assert_int_equal(d->e.command_count, 1);
    assert_float_equal(to_come(d).decay.strength, .00666761, 1e-8);
    press(d, 'u');
    assert_int_equal(d->e.command_count, 1);
    assert_float_equal(to_come(d).decay.strength, .005, 1e-12);
    press(d, 'u'); /* nothing known here: the run may still know something */
    assert_int_equal(d->e.command_count, 1);
}

/* What an undo restores is the session's to know: the screen has it from the snapshot, and the next key builds on it.
 */
static void test_undo_is_shown_from_the_snapshot(void **state)
{
    Desk *d = *state;
    Settings before = d->summary->settings;
    before.decay.strength = .01;
    undo_push_settings(&d->s.undo, &before, &d->summary->settings);
    press(d, 't');
    press(d, 'u');
    assert_float_equal(to_come(d).decay.strength, .005, 1e-12);
    press(d, 'u');
    assert_float_equal(to_come(d).decay.strength, .01, 1e-12);
    press(d, UI_KEY_UP);
    assert_float_equal(to_come(d).decay.strength, .0133352, 1e-7);
    assert_int_equal(to_come(d).decay.kind, DECAY_LRD);
}

static void test_scale_names_the_chosen_matrix(void **state)
{
    Desk *d = *state;
    press(d, 'm');
    press(d, 'm');
    press(d, '*');
    assert_command(d, 0, COMMAND_SCALE, "layers.1.attn.q_proj.weight", "2");
    assert_non_null(strstr(d->u.message, "W_q of layer 1 doubled: the loss should not move"));
    press(d, '/');
    assert_command(d, 0, COMMAND_SCALE, "layers.1.attn.q_proj.weight", "0.5");
    d->summary->settings.model.qk_norm = QK_NORM_OFF;
    press(d, '*');
    assert_non_null(strstr(d->u.message, "the loss moves"));
    d->summary->evaluation.matrix_count = 0;
    press(d, '*');
    assert_int_equal(d->e.command_count, 0);
    press(d, 'm');
}

static void test_run_keys(void **state)
{
    Desk *d = *state;
    press(d, UI_KEY_UP);
    press(d, 'r');
    assert_command(d, 0, COMMAND_RESTART, "", "");
    assert_int_equal(d->u.pending_count, 0);
    press(d, 'R');
    assert_command(d, 0, COMMAND_RESTART, "", "new");
    press(d, 'w');
    assert_command(d, 0, COMMAND_SAVE, "", "");
    press(d, 's');
    assert_int_equal(d->e.flags, EFFECT_PICTURE);
    press(d, 'q');
    assert_int_equal(d->e.flags, EFFECT_QUIT);
    press(d, UI_KEY_REDRAW);
    assert_int_equal(d->e.flags, EFFECT_REPAINT);
}

/* In the table of answers the cursor keys move over pairs and stay inside; elsewhere they look back. */
static void test_cursor_in_the_table(void **state)
{
    Desk *d = *state;
    d->u.view = VIEW_TABLE;
    press(d, 'j');
    press(d, UI_KEY_SHIFT_DOWN);
    press(d, 'l');
    assert_int_equal(d->u.cell_a, 2);
    assert_int_equal(d->u.cell_b, 1);
    press(d, 'k');
    press(d, 'h');
    press(d, UI_KEY_SHIFT_LEFT);
    assert_int_equal(d->u.cell_a, 1);
    assert_int_equal(d->u.cell_b, 0);
    for (int i = 0; i < 200; i++)
        press(d, 'l');
    assert_int_equal(d->u.cell_b, 112);
    assert_int_equal(d->u.past, -1);
}

/* While a pair is tried, keys that type nothing do what they always do. */
static void test_a_pair_is_tried(void **state)
{
    Desk *d = *state;
    press(d, 'a');
    assert_int_equal(d->u.overlay, OVERLAY_PAIR);
    assert_false(probe_request_of(&d->u, &d->s).pair);
    static const char *const ways[] = {"3,4", "3, 4", " 3 4", "3 , 4 ", "3,,4"};
    ProbeRequest ask = {0};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        d->u.pair = (PairTry){0};
        for (const char *c = ways[i]; *c; c++) {
            press(d, *c);
            assert_int_equal(d->e.command_count, 0); /* a blank is no pause here */
        }
        press(d, UI_KEY_ENTER);
        ask = probe_request_of(&d->u, &d->s);
        assert_true(ask.pair && ask.pair_a == 3 && ask.pair_b == 4);
        press(d, ' ');
        assert_int_equal(d->e.command_count, 0);
        assert_string_equal(d->u.pair.text, "");
    }
    press(d, '.');
    assert_int_equal(d->e.command_count, 1);
    assert_int_equal(d->e.command[0].kind, COMMAND_STEP);
    assert_int_equal(d->u.overlay, OVERLAY_PAIR);
    press(d, UI_KEY_ESCAPE);
    assert_int_equal(d->u.overlay, OVERLAY_NONE);
    assert_false(probe_request_of(&d->u, &d->s).pair);
    d->u.view = VIEW_TABLE;
    d->u.cell_a = 7;
    press(d, 'a');
    ask = probe_request_of(&d->u, &d->s);
    assert_int_equal(ask.kind, PROBE_TABLE);
    assert_true(ask.pair && ask.pair_a == 7 && ask.pair_b == 0);
}

static void test_looking_keys(void **state)
{
    Desk *d = *state;
    press(d, '3');
    assert_int_equal(d->u.view, VIEW_SPECTRUM);
    press(d, UI_KEY_TAB);
    assert_int_equal(d->u.view, VIEW_SPECTRUM + 1);
    press(d, UI_KEY_SHIFT_TAB);
    assert_int_equal(d->u.view, VIEW_SPECTRUM);
    for (int v = 0; v < VIEW_COUNT; v++) {
        press(d, '1' + v);
        assert_int_equal(d->u.view, v);
    }
    press(d, UI_KEY_TAB);
    assert_int_equal(d->u.view, VIEW_OVERVIEW);
    press(d, UI_KEY_SHIFT_TAB);
    assert_int_equal(d->u.view, VIEW_COUNT - 1);
    press(d, 'x');
    assert_true(d->u.log_steps);
    press(d, 'y');
    assert_true(d->u.log_values[PANEL_RANK] && d->u.log_values[PANEL_LOSS] && !d->u.log_values[PANEL_ACCURACY]);
    press(d, 'y');
    assert_false(d->u.log_values[PANEL_RANK] || d->u.log_values[PANEL_LOSS]);
    press(d, 'y');
    assert_true(!d->u.log_values[PANEL_RANK] && d->u.log_values[PANEL_LOSS]);
    press(d, 'n');
    assert_int_equal(d->u.rank, RANK_EFFECTIVE);
    press(d, 'b');
    assert_int_equal(d->u.glyphs, GLYPHS_BLOCK);
    d->u.ascii_only = true;
    d->u.glyphs = GLYPHS_ASCII;
    press(d, 'b');
    assert_int_equal(d->u.glyphs, GLYPHS_ASCII);
    press(d, 'T');
    assert_int_equal(d->u.theme, SCHEME_LIGHT);
    assert_string_equal(d->u.message, "Theme: light.");
    d->u.no_colors = true;
    press(d, 'T');
    assert_non_null(strstr(d->u.message, "no colours"));
    assert_int_equal(d->e.command_count, 0);
    assert_int_equal(d->e.flags, 0);
    press(d, 'Z');
    assert_non_null(strstr(d->u.message, "Z does nothing here"));
    press(d, UI_KEY_ESCAPE);
    assert_string_equal(d->u.message, "");
}

static void test_cursor_keys_are_the_same_cursor(void **state)
{
    Desk *d = *state;
    press(d, 'h');
    assert_int_equal(time_cursor_evaluation(&d->s, &d->u)->step, 800);
    press(d, UI_KEY_SHIFT_LEFT);
    assert_int_equal(time_cursor_evaluation(&d->s, &d->u)->step, 700);
    press(d, 'l');
    assert_int_equal(time_cursor_evaluation(&d->s, &d->u)->step, 800);
    press(d, 'j');
    assert_int_equal(time_cursor_evaluation(&d->s, &d->u)->step, 0);
    press(d, 'k');
    assert_null(time_cursor_evaluation(&d->s, &d->u));
    assert_int_equal(d->e.command_count, 0);
}

static void test_one_panel_alone(void **state)
{
    Desk *d = *state;
    press(d, 'e');
    assert_true(d->u.is_alone && d->u.alone == PANEL_ACCURACY);
    press(d, 'y');
    assert_non_null(strstr(d->u.message, "no logarithmic axis"));
    press(d, 'e');
    assert_int_equal(d->u.alone, PANEL_LOSS);
    press(d, 'y');
    assert_true(!d->u.log_values[PANEL_LOSS] && !d->u.log_values[PANEL_RANK]);
    press(d, 'E');
    assert_int_equal(d->u.alone, PANEL_ACCURACY);
    press(d, 'E');
    assert_false(d->u.is_alone);
    press(d, 'E'); /* from behind */
    assert_true(d->u.is_alone);
    press(d, 'e');
    assert_false(d->u.is_alone);
    press(d, 'e');
    press(d, UI_KEY_ESCAPE);
    assert_false(d->u.is_alone);
    press(d, 'e');
    press(d, '2');
    assert_false(d->u.is_alone);
    assert_int_equal(d->e.command_count, 0);
}

static void test_one_matrix_or_all(void **state)
{
    Desk *d = *state;
    press(d, 'M');
    assert_true(d->u.one_matrix);
    press(d, 'm');
    assert_int_equal(d->u.matrix, 1);
    assert_true(d->u.one_matrix);
    press(d, 'M');
    assert_false(d->u.one_matrix);
    assert_int_equal(d->u.matrix, 1);
    assert_int_equal(d->e.command_count, 0);
}

static void test_zoom(void **state)
{
    Desk *d = *state;
    press(d, '-');
    assert_int_equal(d->u.zoom, 0);
    for (int i = 0; i < 40; i++)
        press(d, '+');
    assert_in_range(d->u.zoom, 8, 20);
    assert_non_null(strstr(d->u.message, "as far as it goes"));
    press(d, '0');
    assert_int_equal(d->u.zoom, 0);
}

/* Every panel has all that the table asks for. */
static void test_panels_explain_themselves(void **state)
{
    (void)state;
    for (int i = 0; i < PANEL_COUNT; i++) {
        assert_non_null(panel_table[i].draw);
        assert_in_range(strlen(panel_table[i].name), 2, 20);
        assert_in_range(strlen(panel_table[i].about), 60, 500);
    }
}

/* S tells the run from its beginning: a change that was made is --at, and the settings are those before it. */
static void test_the_command_of_a_run(void **state)
{
    Desk *d = *state;
    Event set = {.kind = EVENT_SET, .step = 7, .key = "decay.kind", .from = "lrd", .to = "l2"};
    Settings settings = settings_default();
    assert_true(status_is_ok(settings_set(&settings, "task.p", "59")));
    run_summary_clear(d->s.summary, &settings);
    run_summary_add_event(d->s.summary, &set);
    d->s.step = 9;
    press(d, 'S');
    assert_int_equal(d->u.overlay, OVERLAY_COMMAND);
    assert_string_equal(d->u.command, "lrdlab train --set task.p=59 --at 7=decay.kind:l2 --steps 9");
    press(d, 'S');
    assert_int_equal(d->u.overlay, OVERLAY_NONE);
    run_summary_add_event(d->s.summary, &(Event){.kind = EVENT_RESUMED, .step = 8});
    press(d, 'S');
    assert_int_equal(d->u.overlay, OVERLAY_NONE);
    assert_non_null(strstr(d->u.message, "resumed"));
}

/* What a list does not know must not reach what lies below it. */
static void test_help_and_lists_ignore_other_keys(void **state)
{
    static const PresetEntry entries[] = {{.name = "classroom"}, {.name = "paper-lrd"}};
    Desk *d = *state;
    static const int opens[] = {'?', 'p'};
    for (size_t i = 0; i < sizeof opens / sizeof *opens; i++)
        for (int code = ' '; code <= UI_KEY_REDRAW; code++) {
            *d = (Desk){.u = ui_state_new(&action_table), .s = d->s, .summary = d->summary};
            press(d, opens[i]);
            d->u.presets = entries;
            d->u.preset_count = 2;
            const UiState before = d->u;
            if (code == opens[i] || code == 'q' || code == UI_KEY_ESCAPE || code == UI_KEY_ENTER ||
                code == UI_KEY_REDRAW)
                continue;
            press(d, code);
            assert_int_equal(d->u.overlay, before.overlay);
            assert_int_equal(d->e.command_count, 0);
            assert_int_equal(d->e.flags, 0);
            assert_int_equal(d->u.view, before.view);
            assert_int_equal(d->u.past, before.past);
        }
}

static void test_lists_take_what_moves(void **state)
{
    PresetEntry entries[25] = {{.name = "one"}};
    Desk *d = *state;
    press(d, 'p');
    d->u.presets = entries;
    d->u.preset_count = 25;
    static const struct {
        int code, place;
    } moves[] = {{UI_KEY_PAGE_DOWN, 10}, {UI_KEY_PAGE_DOWN, 20}, {UI_KEY_PAGE_DOWN, 24}, {UI_KEY_PAGE_UP, 14},
                 {UI_KEY_HOME, 0},       {UI_KEY_UP, 0},         {UI_KEY_END, 24},       {UI_KEY_DOWN, 24}};
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        press(d, moves[i].code);
        assert_int_equal(d->u.preset_chosen, moves[i].place);
    }
    press(d, UI_KEY_ESCAPE);
    press(d, '?');
    d->u.screen_w = 60;
    d->u.screen_h = 16;
    const int last = overlay_help_last(60, 16, &d->s, &d->u);
    assert_true(last > 10);
    press(d, UI_KEY_PAGE_DOWN);
    assert_int_equal(d->u.help_top, 10);
    press(d, UI_KEY_END);
    assert_int_equal(d->u.help_top, last);
    press(d, UI_KEY_UP); /* is seen at once */
    assert_int_equal(d->u.help_top, last - 1);
    press(d, UI_KEY_HOME);
    assert_int_equal(d->u.help_top, 0);
}

static void test_help_scrolls_and_closes(void **state)
{
    Desk *d = *state;
    press(d, '?');
    assert_int_equal(d->u.overlay, OVERLAY_HELP);
    d->u.screen_w = 60;
    d->u.screen_h = 16;
    press(d, UI_KEY_DOWN);
    assert_int_equal(d->u.help_top, 1);
    assert_int_equal(d->e.command_count, 0);
    press(d, '?');
    assert_int_equal(d->u.overlay, OVERLAY_ABOUT);
    press(d, '?');
    assert_int_equal(d->u.overlay, OVERLAY_NONE);
    press(d, '?');
    press(d, UI_KEY_ESCAPE);
    assert_int_equal(d->u.overlay, OVERLAY_NONE);
    assert_int_equal(d->e.flags, 0);
}

static void test_presets_are_chosen(void **state)
{
    static const PresetEntry entries[] = {{.name = "classroom"}, {.name = "paper-lrd"}};
    Desk *d = *state;
    press(d, 'p');
    assert_int_equal(d->e.flags, EFFECT_PRESETS);
    d->u.presets = entries;
    d->u.preset_count = 2;
    press(d, UI_KEY_DOWN);
    press(d, UI_KEY_DOWN);
    press(d, UI_KEY_ENTER);
    assert_command(d, 0, COMMAND_PRESET, "", "paper-lrd");
    assert_int_equal(d->u.overlay, OVERLAY_NONE);
    d->u.preset_count = 0;
    press(d, 'p');
    press(d, UI_KEY_DOWN);
    press(d, UI_KEY_ENTER);
    assert_int_equal(d->e.command_count, 0);
}

static void test_prompt_takes_a_strength(void **state)
{
    Desk *d = *state;
    press(d, '=');
    assert_int_equal(d->u.overlay, OVERLAY_PROMPT);
    assert_non_null(strstr(d->u.prompt.hint, "from 0 to 1000000")); /* what is allowed, before anything is typed */
    type(d, "-3");
    press(d, UI_KEY_ENTER);
    assert_int_equal(d->e.command_count, 0);
    assert_int_equal(d->u.overlay, OVERLAY_PROMPT);
    assert_non_null(strstr(d->u.prompt.error, "decay.strength"));
    press(d, UI_KEY_BACKSPACE);
    assert_string_equal(d->u.prompt.error, "");
    press(d, UI_KEY_KILL);
    type(d, "0.25");
    press(d, UI_KEY_ENTER);
    assert_set(d, "decay.strength", "0.25");
    assert_int_equal(d->u.overlay, OVERLAY_NONE);
    press(d, 'o');
    assert_string_equal(d->u.prompt.key, "train.lr");
    type(d, "q"); /* a letter here, not quit */
    assert_int_equal(d->e.flags, 0);
    press(d, UI_KEY_ESCAPE);
    assert_int_equal(d->u.overlay, OVERLAY_NONE);
}

static void test_truncate_asks_for_a_rank(void **state)
{
    Desk *d = *state;
    press(d, 'k');
    assert_int_equal(d->u.overlay, OVERLAY_PROMPT);
    assert_non_null(strstr(d->u.prompt.hint, "rank"));
    type(d, "0");
    press(d, UI_KEY_ENTER);
    assert_int_equal(d->e.command_count, 0);
    assert_non_null(strstr(d->u.prompt.error, "from 1"));
    press(d, UI_KEY_KILL);
    type(d, "2");
    press(d, UI_KEY_ENTER);
    assert_command(d, 0, COMMAND_TRUNCATE, "", "2");
    assert_int_equal(d->u.overlay, OVERLAY_NONE);
    press(d, ':');
    type(d, "tru");
    press(d, UI_KEY_TAB);
    type(d, "3");
    press(d, UI_KEY_ENTER);
    assert_command(d, 0, COMMAND_TRUNCATE, "", "3");
}

static void test_prompt_completes_and_refuses(void **state)
{
    Desk *d = *state;
    press(d, ':');
    type(d, "decay.k");
    press(d, UI_KEY_TAB);
    assert_string_equal(d->u.prompt.text, "decay.kind ");
    assert_non_null(strstr(d->u.prompt.hint, "svt"));
    type(d, "ta");
    press(d, UI_KEY_TAB);
    assert_string_equal(d->u.prompt.text, "decay.kind tangential");
    press(d, UI_KEY_ENTER);
    assert_set(d, "decay.kind", "tangential");
    press(d, ':');
    type(d, "decay.kind l2");
    press(d, UI_KEY_ENTER);
    assert_set(d, "decay.strength", "0.1");
    assert_non_null(strstr(d->u.message, "L2 0.10"));
    press(d, ':');
    type(d, "task.p=97");
    assert_non_null(strstr(d->u.prompt.hint, "fixed while a run trains"));
    press(d, UI_KEY_ENTER);
    assert_int_equal(d->e.command_count, 0);
    assert_non_null(strstr(d->u.prompt.error, "fixed"));
    press(d, UI_KEY_KILL);
    type(d, "train.lrr 1");
    press(d, UI_KEY_ENTER);
    assert_non_null(strstr(d->u.prompt.error, "train.lr"));
    press(d, UI_KEY_KILL);
    press(d, UI_KEY_ENTER); /* nothing typed: closes */
    assert_int_equal(d->u.overlay, OVERLAY_NONE);
}

static void test_prompt_survives_a_flood(void **state)
{
    Desk *d = *state;
    press(d, ':');
    for (int i = 0; i < 3 * PROMPT_TEXT_MAX; i++)
        press(d, i % 7 == 6 ? UI_KEY_TAB : ' ' + i % 95);
    assert_true(strlen(d->u.prompt.text) < PROMPT_TEXT_MAX);
    press(d, UI_KEY_ENTER);
    assert_int_equal(d->u.overlay, OVERLAY_PROMPT);
    press(d, UI_KEY_ESCAPE);
}

static void test_full_queue_is_said(void **state)
{
    Desk *d = *state;
    action_press(&d->u, &d->s, 't', &d->e);
    for (int i = 0; i < d->e.command_count; i++)
        ui_state_refused(&d->u, &d->e.command[i]);
    assert_int_equal(to_come(d).decay.kind, DECAY_LRD);
    assert_non_null(strstr(d->u.message, "Too many changes wait"));
    for (int i = 0; i < 3 * UI_PENDING_MAX; i++) /* never more than there is room for */
        press(d, UI_KEY_UP);
    assert_true(d->u.pending_count <= UI_PENDING_MAX);
}

/* Keys that need a live run say so and do nothing; those of the replay and of what is shown work. */
static void test_keys_while_a_log_is_watched(void **state)
{
    Desk *d = *state;
    d->s.replay.on = true;
    for (const char *k = "tdDg=o*/uw:"; *k; k++) {
        press(d, *k);
        assert_int_equal(d->e.command_count, 0);
        assert_int_equal(d->u.overlay, OVERLAY_NONE);
        assert_non_null(strstr(d->u.message, "live run"));
    }
    const struct {
        int code;
        CommandKind kind;
        const char *value;
    } rows[] = {{' ', COMMAND_PAUSE, ""},         {'.', COMMAND_STEP, ""},
                {UI_KEY_UP, COMMAND_SPEED, "up"}, {UI_KEY_DOWN, COMMAND_SPEED, "down"},
                {'r', COMMAND_RESTART, ""},       {'R', COMMAND_RESTART, "end"},
                {'p', COMMAND_LEAD, ""}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        press(d, rows[i].code);
        assert_int_equal(d->e.command_count, 1);
        assert_command(d, 0, rows[i].kind, "", rows[i].value);
        assert_int_equal(d->u.pending_count, 0);
    }
    d->s.state = SESSION_HOLDING;
    press(d, ' ');
    assert_command(d, 0, COMMAND_RESUME, "", "");
    press(d, '3');
    assert_int_equal(d->u.view, VIEW_SPECTRUM);
    press(d, 'q');
    assert_true(d->e.flags & EFFECT_QUIT);
}

static void test_session_messages_are_shown_once(void **state)
{
    Desk *d = *state;
    snprintf(d->s.message, sizeof d->s.message, "Saved");
    d->s.message_number = 1;
    ui_state_follow(&d->u, &d->s);
    assert_string_equal(d->u.message, "Saved");
    press(d, 'x');
    ui_state_follow(&d->u, &d->s);
    assert_non_null(strstr(d->u.message, "Step axis"));
}

/* Evaluations each 100 steps until 800, samples until 840; events at 300 and 400. */
static void test_brackets_look_back(void **state)
{
    Desk *d = *state;
    const int64_t back[] = {800, 700, 600};
    assert_null(time_cursor_evaluation(&d->s, &d->u));
    for (int i = 0; i < 3; i++) {
        press(d, '[');
        assert_int_equal(time_cursor_evaluation(&d->s, &d->u)->step, back[i]);
        assert_int_equal(d->e.command_count, 0); /* the run is not disturbed */
    }
    assert_true(fabs(time_cursor_value(&d->s, &d->u, SERIES_UNSEEN_ACC) -
                     time_cursor_evaluation(&d->s, &d->u)->unseen_acc) < 1e-6);
    assert_int_equal(time_cursor_before(&d->s, &d->u)->step, 500);
    press(d, ']');
    assert_int_equal(time_cursor_evaluation(&d->s, &d->u)->step, 700);
    press(d, '{');
    assert_int_equal(time_cursor_evaluation(&d->s, &d->u)->step, 400);
    press(d, '{');
    assert_int_equal(time_cursor_evaluation(&d->s, &d->u)->step, 300);
    press(d, '{');
    assert_int_equal(time_cursor_evaluation(&d->s, &d->u)->step, 300);
    assert_non_null(strstr(d->u.message, "No event before"));
    press(d, '}');
    assert_int_equal(time_cursor_evaluation(&d->s, &d->u)->step, 400);
    press(d, '}');
    assert_null(time_cursor_evaluation(&d->s, &d->u));
    press(d, UI_KEY_HOME);
    assert_int_equal(time_cursor_evaluation(&d->s, &d->u)->step, 0);
    press(d, '[');
    assert_non_null(strstr(d->u.message, "Nothing earlier"));
    press(d, UI_KEY_END);
    assert_null(time_cursor_evaluation(&d->s, &d->u));
    press(d, '[');
    press(d, UI_KEY_ESCAPE);
    assert_null(time_cursor_evaluation(&d->s, &d->u));
    press(d, ']');
    assert_non_null(strstr(d->u.message, "This is now"));
    press(d, '[');
    press(d, 'r'); /* another run has another past */
    assert_null(time_cursor_evaluation(&d->s, &d->u));
}

static void test_capital_w_asks_for_a_preset(void **state)
{
    Desk *d = *state;
    press(d, 'W');
    assert_command(d, 0, COMMAND_WRITE_PRESET, "", "");
    assert_non_null(strstr(d->u.message, "preset"));
}

static void test_c_starts_and_ends_a_twin(void **state)
{
    Desk *d = *state;
    d->summary->settings.decay.kind = DECAY_LRD;
    press(d, 'c');
    assert_command(d, 0, COMMAND_TWIN, "", "decay.kind=l2 decay.strength=0.1 decay.targets=qk");
    assert_non_null(strstr(d->u.message, "matched"));
    press(d, 'C');
    assert_command(d, 0, COMMAND_TWIN, "", "decay.kind=l2 decay.strength=0.1 decay.targets=all");
    assert_non_null(strstr(d->u.message, "paper's arms"));
    fake_event(d->summary, EVENT_BRANCH, 840, "L2 0.1", "1", "2");
    fake_event(d->summary, EVENT_SWITCH, 840, "", "2", "1");
    d->s.twin = 2;
    assert_int_equal(comparison_branch_number(&d->s, &d->u), 2);
    press(d, 'c');
    assert_command(d, 0, COMMAND_TWIN, "", "");
    d->s.twin = 0;
    press(d, '[');
    press(d, 'c');
    assert_int_equal(d->e.command_count, 0);
}

/* In the past the decay keys choose for a branch, and the run is left alone. */
static void test_enter_branches_with_what_was_chosen(void **state)
{
    Desk *d = *state;
    press(d, UI_KEY_ENTER);
    assert_int_equal(d->e.command_count, 0);
    assert_non_null(strstr(d->u.message, "[ goes back"));
    press(d, '[');
    press(d, UI_KEY_ENTER);
    assert_int_equal(d->e.command_count, 0);
    assert_non_null(strstr(d->u.message, "No rewind point"));
    d->s.rewind_count = 2;
    d->s.rewind_step[0] = 760;
    d->s.rewind_step[1] = 700;
    press(d, '[');
    press(d, '[');
    press(d, UI_KEY_ENTER); /* 600: before the first */
    assert_int_equal(d->e.command_count, 0);
    press(d, ']');
    press(d, ']');
    assert_int_equal(time_cursor_rewind_step(&d->s, &d->u), 760);
    int kind = to_come(d).decay.kind;
    press(d, 't');
    press(d, UI_KEY_UP);
    press(d, 'g');
    assert_int_equal(d->e.command_count, 0);
    assert_int_not_equal(to_come(d).decay.kind, kind);
    assert_non_null(strstr(d->u.message, "Enter starts it"));
    press(d, 'u'); /* drops the choice, not a change of the run */
    assert_int_equal(d->e.command_count, 0);
    assert_int_equal(to_come(d).decay.kind, kind);
    press(d, 't');
    type(d, ":lab.fps 12");
    press(d, UI_KEY_ENTER); /* nothing that a branch would have: at once */
    assert_set(d, "lab.fps", "12");
    press(d, UI_KEY_ENTER);
    assert_command(d, 0, COMMAND_BRANCH, "800", "decay.kind=l2 decay.strength=0.1");
    assert_null(time_cursor_evaluation(&d->s, &d->u));
    assert_int_equal(to_come(d).decay.kind, kind);
    press(d, '['); /* what was chosen before is forgotten */
    press(d, UI_KEY_ENTER);
    assert_command(d, 0, COMMAND_BRANCH, "800", "");
    press(d, '[');
    press(d, '*');
    assert_int_equal(d->e.command_count, 0);
    assert_non_null(strstr(d->u.message, "End goes back"));
}

static void test_branches_are_switched_and_compared(void **state)
{
    Desk *d = *state;
    press(d, 'v');
    press(d, 'V');
    assert_int_equal(d->e.command_count, 0);
    assert_int_equal(comparison_branch_number(&d->s, &d->u), 0);
    for (int to = 2; to <= 3; to++) {
        char name[16];
        snprintf(name, sizeof name, "%d", to);
        fake_event(d->summary, EVENT_BRANCH, 600, "another", "1", name);
    }
    assert_int_equal(d->summary->branches.now, 3);
    assert_int_equal(comparison_branch_number(&d->s, &d->u), 1); /* the one that it starts on */
    assert_int_equal(comparison_branch_parting(&d->s, &d->u), 600);
    assert_int_equal(behind_summary(&d->s, &d->u)->step, 840);
    press(d, 'V');
    assert_int_equal(comparison_branch_number(&d->s, &d->u), 2);
    press(d, 'V');
    assert_int_equal(comparison_branch_number(&d->s, &d->u), 0);
    press(d, 'V');
    assert_int_equal(comparison_branch_number(&d->s, &d->u), 1);
    press(d, 'v');
    assert_command(d, 0, COMMAND_SWITCH, "", "1");
}

#define DESK_TEST(f) cmocka_unit_test_setup_teardown(f, desk_open, desk_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(test_table_is_sound),
        DESK_TEST(test_every_key_of_the_issue_is_there),
        DESK_TEST(test_keys_are_printed_from_the_table),
        DESK_TEST(test_brackets_look_back),
        DESK_TEST(test_enter_branches_with_what_was_chosen),
        DESK_TEST(test_branches_are_switched_and_compared),
        DESK_TEST(test_capital_w_asks_for_a_preset),
        DESK_TEST(test_c_starts_and_ends_a_twin),
        DESK_TEST(test_space_pauses_and_goes_on),
        DESK_TEST(test_toggle_keeps_a_strength_for_each_kind),
        DESK_TEST(test_kinds_go_round_both_ways),
        DESK_TEST(test_eight_ups_make_ten),
        DESK_TEST(test_strength_stays_in_range),
        DESK_TEST(test_targets_go_round),
        DESK_TEST(test_undo_takes_back_a_whole_change),
        DESK_TEST(test_undo_is_shown_from_the_snapshot),
        DESK_TEST(test_scale_names_the_chosen_matrix),
        DESK_TEST(test_run_keys),
        DESK_TEST(test_looking_keys),
        DESK_TEST(test_a_pair_is_tried),
        DESK_TEST(test_cursor_in_the_table),
        DESK_TEST(test_cursor_keys_are_the_same_cursor),
        DESK_TEST(test_one_panel_alone),
        DESK_TEST(test_one_matrix_or_all),
        DESK_TEST(test_zoom),
        DESK_TEST(test_panels_explain_themselves),
        DESK_TEST(test_help_scrolls_and_closes),
        DESK_TEST(test_help_and_lists_ignore_other_keys),
        DESK_TEST(test_lists_take_what_moves),
        DESK_TEST(test_the_command_of_a_run),
        DESK_TEST(test_presets_are_chosen),
        DESK_TEST(test_prompt_takes_a_strength),
        DESK_TEST(test_truncate_asks_for_a_rank),
        DESK_TEST(test_prompt_completes_and_refuses),
        DESK_TEST(test_prompt_survives_a_flood),
        DESK_TEST(test_full_queue_is_said),
        DESK_TEST(test_keys_while_a_log_is_watched),
        DESK_TEST(test_session_messages_are_shown_once),
    };
    return cmocka_run_group_tests_name("ui_keys", tests, NULL, NULL);
}
