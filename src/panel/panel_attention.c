/* Which number a head looks at from which, and what the last position looks at. */
#include <lrd/panel/panel.h>

#include <math.h>
#include <stdio.h>

#include <lrd/base/util.h>
#include <lrd/panel/line.h>
#include <lrd/panel/probe_request.h>
#include <lrd/panel/prose.h>
#include <lrd/view/bars.h>
#include <lrd/view/format.h>
#include <lrd/view/heatmap.h>

enum { GAP = 2 };

/* 1 is uniform, in the middle of the colours; fixed, so that one moment can be compared with another. */
static const HeatScale scale = {.low = .25, .high = 4, .log = true};

typedef struct HeadMap {
    const float *map;
    int side;
} HeadMap;

static double map_at(const void *context, int row, int column)
{
    const HeadMap *m = context;
    return (double)m->map[(size_t)row * (size_t)m->side + (size_t)column];
}

/* Side of a square in half cells when `count` heads stand in that many columns. */
static int square_side(Rect inner, int count, int columns)
{
    int rows = (count + columns - 1) / columns;
    return min_int((inner.w + GAP) / columns - GAP, 2 * (inner.h / rows - 1));
}

static void draw_maps(Canvas *c, Rect inner, const Probe *p)
{
    int columns = 1;
    for (int n = 2; n <= p->maps; n++)
        if (square_side(inner, p->maps, n) > square_side(inner, p->maps, columns))
            columns = n;
    int rows = (p->maps + columns - 1) / columns, w = (inner.w + GAP) / columns - GAP, h = inner.h / rows;
    for (int i = 0; i < p->maps; i++) {
        Rect cell = {inner.x + i % columns * (w + GAP), inner.y + i / columns * h, w, h};
        HeadMap map = {p->map + (size_t)i * (size_t)p->side * (size_t)p->side, p->side};
        HeatSpec spec = {
            .rows = p->side, .columns = p->side, .value = map_at, .context = &map, .scale = scale, .pool = HEAT_MEAN};
        canvas_textf(c, cell.x, cell.y, ROLE_DIM, "head %d", i + 1);
        heatmap_draw(c, heatmap_square((Rect){cell.x, cell.y + 1, cell.w, cell.h - 1}, p->side), &spec);
    }
}

void panel_interaction(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const char *why;
    const Probe *p = probe_for(s, u, PROBE_ATTENTION, &why);
    Rect inner = rect_inset(r, 1, 1);
    char title[80];
    snprintf(title, sizeof title, r.w < 50 ? "heads, layer %d" : "who looks at whom, layer %d (m: next)",
             p ? p->ask.layer : 0);
    canvas_frame(c, r, title, NULL);
    if (!p) {
        prose_wrapped(c, rect_inset(r, 2, 1), ROLE_DIM, why);
        return;
    }
    heatmap_frame_key(c, r, title, "1/4", "4×");
    draw_maps(c, inner, p);
}

/* ---- The last position */

static const char *const names[MODEL_POSITIONS] = {"a", "b", "="};

enum { NAME_W = 9, NUMBER_W = 5, METER_MOST = 16 };

static void draw_look(Canvas *c, Rect r, int y, const char *name, Role role, const float look[MODEL_POSITIONS])
{
    int meter = min_int((r.w - NAME_W) / MODEL_POSITIONS - NUMBER_W - 1, METER_MOST);
    int step = NUMBER_W + (meter >= 3 ? meter + 1 : 0);
    canvas_words(c, r.x, y, NAME_W, role, name);
    for (int j = 0; j < MODEL_POSITIONS; j++) {
        int x = r.x + NAME_W + j * step;
        bool most = look[j] > .5F;
        canvas_text_right(c, x + NUMBER_W, y, most ? ROLE_BOLD : ROLE_NORMAL, format_percent((double)look[j]).s);
        if (meter >= 3)
            bars_meter(c, x + NUMBER_W + 1, y, meter, (double)look[j], ROLE_BAR);
    }
}

static void draw_looks(Canvas *c, Rect r, const Probe *p)
{
    int meter = min_int((r.w - NAME_W) / MODEL_POSITIONS - NUMBER_W - 1, METER_MOST), y = r.y;
    for (int j = 0; j < MODEL_POSITIONS; j++)
        canvas_text_right(c, r.x + NAME_W + j * (NUMBER_W + (meter >= 3 ? meter + 1 : 0)) + NUMBER_W, y, ROLE_DIM,
                          names[j]);
    y++;
    bool all = p->layers * p->maps < r.h; /* else from the chosen layer on */
    for (int l = all ? 0 : p->ask.layer; l < p->layers; l++) {
        for (int h = 0; h < p->maps; h++, y++) {
            char name[40];
            snprintf(name, sizeof name, "L%d head %d", l, h + 1);
            if (y < r.y + r.h)
                draw_look(c, r, y, name, ROLE_DIM, p->look[l][h]);
        }
    }
    if (!p->pair.there || p->pair.kind == PAIR_OUTSIDE || p->pair.step < 0 || y + p->layers >= r.y + r.h)
        return;
    canvas_textf(c, r.x, y++, ROLE_BOLD, "the pair %d, %d", p->pair.a, p->pair.b);
    for (int l = 0; l < p->layers; l++, y++) {
        char name[40];
        snprintf(name, sizeof name, "L%d mean", l);
        draw_look(c, r, y, name, ROLE_DIM, p->pair.look[l]);
    }
}

void panel_look(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const char *why;
    const Probe *p = probe_for(s, u, PROBE_ATTENTION, &why);
    Rect inner = rect_inset(r, 1, 1);
    char mean[48] = "";
    if (p && r.w >= 50)
        snprintf(mean, sizeof mean, "mean of %s rows", format_count(p->look_rows).s);
    canvas_frame(c, r, r.w < 40 ? "= looks at" : "what the last position, =, looks at", mean[0] ? mean : NULL);
    if (p)
        draw_looks(c, inner, p);
}
