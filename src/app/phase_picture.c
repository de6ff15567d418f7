#include <lrd/app/phase_picture.h>

#include <lrd/base/util.h>
#include <lrd/view/format.h>
#include <lrd/view/heatmap.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PLACE_W = 7, PLACE_H = 2, GAP = 2, NOTES_H = 4, LIGHT_LEVEL = 9 };

typedef struct Picture {
    const Phase *phase;
    HeatScale scale;
    Canvas *canvas;
} Picture;

/* ---- Sizes: every panel is as large as the largest, so that they stand in rows */

static int widest(const char *const *words, int count, int least)
{
    for (int i = 0; i < count; i++)
        least = max_int(least, canvas_width(words[i]));
    return least;
}

static int place_width(const PhasePanel *panel)
{
    return widest(panel->across, panel->across_count, PLACE_W - 1) + 1;
}

static int edge_width(const Phase *p, const PhasePanel *panel)
{
    return *p->up ? widest(panel->up, panel->up_count, 0) + 1 : 0;
}

/* Why a strength in this panel means what it means; NULL where it plays no part or its kind is one of the axes. */
static const char *panel_unit(const Phase *p, const PhasePanel *panel, Settings *settings)
{
    Schedule schedule;
    for (int64_t cell = 0; cell < p->spec.cells; cell++) {
        if (!phase_cell_is_of_panel(p, panel, cell))
            continue;
        sweep_cell_make(&p->spec, cell, settings, &schedule);
        schedule_free(&schedule);
        break;
    }
    bool shown = strcmp(p->across, "decay.strength") == 0 || strcmp(p->up, "decay.strength") == 0;
    bool mixed = strcmp(p->across, "decay.kind") == 0 || strcmp(p->up, "decay.kind") == 0;
    return shown && !mixed ? settings_strength_unit(settings) : NULL;
}

static Rect panel_size(const Phase *p)
{
    Rect size = {0};
    for (int i = 0; i < p->panel_count; i++) {
        const PhasePanel *panel = &p->panels[i];
        Settings settings;
        const char *unit = panel_unit(p, panel, &settings);
        int inside = edge_width(p, panel) + panel->across_count * place_width(panel);
        int words = max_int(canvas_width(p->across), unit ? canvas_width(unit) + 10 : 0);
        size.w = max_int(size.w, max_int(max_int(inside, words) + 4, canvas_width(panel->title) + 6));
        size.h = max_int(size.h, panel->up_count * PLACE_H + 2 + (*p->up != '\0') + 2 + (unit != NULL));
    }
    return size;
}

/* ---- Numbers */

static FormatText number_text(const PhaseMeasure *m, double value)
{
    if (m->unit == PHASE_SHARE)
        return format_percent(value);
    return m->unit == PHASE_STEPS ? format_compact(round(value)) : format_number(value, fabs(value) < .1 ? 2 : 3);
}

static void add_spread(const PhaseMeasure *m, double spread, char *out, size_t size)
{
    if (m->unit == PHASE_SHARE)
        snprintf(out, size, "±%.*f", spread < .0995 ? 1 : 0, 100 * spread);
    else if (m->unit == PHASE_STEPS)
        snprintf(out, size, "±%s", format_compact(round(spread)).s);
    else
        snprintf(out, size, "±%s", format_number(spread, 2).s);
}

/* What lies below the mean: the spread, or how many of the runs that are done have the number at all. */
static void place_note(const PhaseMeasure *m, const PhasePlace *place, char *out, size_t size)
{
    *out = '\0';
    if (place->with > 0 && place->with < place->done)
        snprintf(out, size, "%d/%d", place->with, place->done);
    else if (isfinite(place->spread))
        add_spread(m, place->spread, out, size);
}

static void place_mean(const PhaseMeasure *m, const PhasePlace *place, char *out, size_t size)
{
    FormatText number = number_text(m, place->mean);
    const char *word = place->with == 0 && m->unit == PHASE_STEPS ? "never" : number.s;
    if (place->done == 0)
        snprintf(out, size, "·");
    else
        snprintf(out, size, "%s%s", word, place->done < place->runs ? "*" : "");
}

static HeatScale phase_scale(const Phase *p)
{
    double low = INFINITY, high = -INFINITY;
    if (p->measure->unit == PHASE_SHARE)
        return (HeatScale){0, 1, false};
    for (int i = 0; i < p->panel_count; i++)
        for (int k = 0; k < p->panels[i].across_count * p->panels[i].up_count; k++)
            if (p->panels[i].places[k].with) {
                low = fmin(low, p->panels[i].places[k].mean);
                high = fmax(high, p->panels[i].places[k].mean);
            }
    return low <= high ? (HeatScale){low, high, low > 0} : (HeatScale){0, 1, false};
}

/* ---- Drawing */

static double one_value(const void *context, int row, int column)
{
    (void)row;
    (void)column;
    return *(const double *)context;
}

/* Words on a ground: bold as on the bare one, from the level on at which the ramp's own beginning stands out better. */
static void put_words(Canvas *c, Rect r, int y, const char *words, int level)
{
    int x = r.x + max_int((r.w - canvas_width(words)) / 2, 0);
    if (level < 0 || c->mono) {
        canvas_text(c, x, y, level < 0 ? ROLE_DIM : ROLE_NORMAL, words);
        return;
    }
    canvas_text(c, x, y, level < LIGHT_LEVEL ? ROLE_BOLD : ROLE_HEAT, words);
    for (int i = 0; i < r.w; i++) {
        const Cell *cell = &c->cells[y * c->w + r.x + i];
        canvas_put_on(c, r.x + i, y, cell->glyph, (Role)cell->role, (Role)(ROLE_HEAT + level));
    }
}

/* Without colours a stroke of the map stands beside the numbers. */
static void draw_place(const Picture *d, Rect r, const PhasePlace *place)
{
    const PhaseMeasure *m = d->phase->measure;
    Canvas *c = d->canvas;
    char mean[48], note[48];
    place_note(m, place, note, sizeof note);
    int level = heat_level(&d->scale, place->mean);
    Rect words = r;
    if (c->mono || c->glyphs == GLYPHS_ASCII) {
        HeatSpec spec = {.rows = 1, .columns = 1, .value = one_value, .context = &place->mean, .scale = d->scale};
        heatmap_draw(c, (Rect){r.x, r.y, 1, r.h}, &spec);
        words = (Rect){r.x + 1, r.y, r.w - 1, r.h};
    }
    place_mean(m, place, mean, sizeof mean);
    put_words(c, words, r.y, mean, level);
    put_words(c, words, r.y + 1, note, level);
}

static void draw_panel(const Picture *d, Rect r, const PhasePanel *panel)
{
    const Phase *p = d->phase;
    Canvas *c = d->canvas;
    canvas_frame(c, r, *panel->title ? panel->title : p->measure->name, NULL);
    int edge = edge_width(p, panel), width = place_width(panel), x = r.x + 2 + edge, y = r.y + 1;
    if (*p->up)
        canvas_text(c, r.x + 2, y++, ROLE_DIM, p->up);
    for (int row = 0; row < panel->up_count; row++, y += PLACE_H) {
        int from_below = panel->up_count - 1 - row;
        if (*p->up)
            canvas_text_right(c, x - 1, y, ROLE_NORMAL, panel->up[from_below]);
        for (int i = 0; i < panel->across_count; i++)
            draw_place(d, (Rect){x + i * width, y, width, PLACE_H},
                       &panel->places[from_below * panel->across_count + i]);
    }
    for (int i = 0; i < panel->across_count; i++)
        canvas_text(c, x + i * width + (width - canvas_width(panel->across[i])) / 2, y, ROLE_NORMAL, panel->across[i]);
    canvas_text_right(c, max_int(x + panel->across_count * width, x + canvas_width(p->across)), y + 1, ROLE_DIM,
                      p->across);
    Settings settings;
    const char *unit = panel_unit(p, panel, &settings);
    if (unit)
        canvas_textf(c, r.x + 2, y + 2, ROLE_DIM, "strength: %s", unit);
}

/* What the numbers are, what the colours are, what is missing. */
static void draw_notes(const Picture *d, int y)
{
    const Phase *p = d->phase;
    Canvas *c = d->canvas;
    Text line = {0};
    text_addf(&line, "%s", p->measure->help);
    if (p->seeds > 1 && p->measure->unit == PHASE_STEPS)
        text_addf(&line, "; mean of those of %d that did (2/3: two of three), ± their spread", p->seeds);
    else if (p->seeds > 1)
        text_addf(&line, "; mean of %d runs, ± their standard deviation", p->seeds);
    canvas_text(c, 1, y, ROLE_NORMAL, text_str(&line));
    text_clear(&line);
    text_addf(&line, "%s of %s runs are done", format_count(p->done).s, format_count(p->spec.cells).s);
    if (p->done < p->spec.cells)
        text_add(&line, " (* some of this place are not)");
    if (p->others)
        text_addf(&line, "; %s results of other settings were left out", format_count(p->others).s);
    canvas_text(c, 1, y + 1, ROLE_DIM, text_str(&line));
    heatmap_key(c, 1, y + 2, c->w - 2, number_text(p->measure, d->scale.low).s,
                number_text(p->measure, d->scale.high).s);
    text_free(&line);
}

Canvas *phase_picture_draw(const Phase *p, int columns, GlyphSet glyphs, bool mono)
{
    enum { NOTES_W = 78 };
    Rect size = panel_size(p);
    int beside = max_int(min_int((columns + GAP) / (size.w + GAP), p->panel_count), 1);
    int rows = (p->panel_count + beside - 1) / beside;
    int w = max_int(beside * (size.w + GAP) - GAP, NOTES_W);
    Picture d = {.phase = p, .scale = phase_scale(p), .canvas = canvas_new(w, rows * size.h + NOTES_H)};
    d.canvas->glyphs = glyphs;
    d.canvas->mono = mono;
    for (int i = 0; i < p->panel_count; i++)
        draw_panel(&d, (Rect){i % beside * (size.w + GAP), i / beside * size.h, size.w, size.h}, &p->panels[i]);
    draw_notes(&d, rows * size.h + 1);
    return d.canvas;
}
