#include <lrd/view/layout.h>

#include <limits.h>
#include <string.h>

#include <lrd/view/digits.h>

const char *const view_names[VIEW_COUNT] = {"overview",  "curves", "spectrum", "waterfall",
                                            "attention", "table",  "geometry", "fourier"};

static const char *const brief_names[VIEW_COUNT] = {"over", "curve", "sigma", "fall", "head", "table", "geom", "freq"};

/* A panel's place in the area between the story and the decay line, in hundredths of it. Neighbours name the same
 * hundredth, so their edges meet in the same cell at every size. */
typedef struct Slot {
    PanelId id;
    int left, top, right, bottom;
} Slot;

typedef struct Plan {
    ViewId view;
    int min_w, min_h;
    int count;
    Slot slot[LAYOUT_PANELS_MAX];
} Plan;

/* What a lesson may leave of the lowest screen. */
enum { LOW_H = LAYOUT_MIN_H - 3 };

/* Of a view the last plan that fits is taken. A plan shows every panel of the smaller ones (the test holds it to it).
 * Accuracy stands over rank where it can: the same steps, one above the other. */
static const Plan plans[] = {
    {VIEW_OVERVIEW, LAYOUT_MIN_W, LOW_H, 2, {{PANEL_ACCURACY, 0, 0, 57, 100}, {PANEL_SIGMA, 57, 0, 100, 100}}},
    {VIEW_OVERVIEW,
     LAYOUT_MIN_W,
     LAYOUT_MIN_H,
     4,
     {{PANEL_ACCURACY, 0, 0, 57, 55},
      {PANEL_LOSS, 57, 0, 100, 55},
      {PANEL_RANK, 0, 55, 57, 100},
      {PANEL_SIGMA, 57, 55, 100, 100}}},
    {VIEW_OVERVIEW,
     90,
     34,
     5,
     {{PANEL_ACCURACY, 0, 0, 60, 36},
      {PANEL_LOSS, 0, 36, 60, 68},
      {PANEL_RANK, 0, 68, 60, 100},
      {PANEL_SIGMA, 60, 0, 100, 75},
      {PANEL_MEASURES, 60, 75, 100, 100}}},
    {VIEW_OVERVIEW,
     150,
     LAYOUT_MIN_H,
     5,
     {{PANEL_ACCURACY, 0, 0, 36, 53},
      {PANEL_LOSS, 36, 0, 70, 53},
      {PANEL_SIGMA, 70, 0, 100, 100},
      {PANEL_RANK, 0, 53, 36, 100},
      {PANEL_TURN, 36, 53, 70, 100}}},
    {VIEW_OVERVIEW,
     150,
     34,
     6,
     {{PANEL_ACCURACY, 0, 0, 37, 50},
      {PANEL_LOSS, 37, 0, 70, 50},
      {PANEL_SIGMA, 70, 0, 100, 78},
      {PANEL_RANK, 0, 50, 37, 100},
      {PANEL_TURN, 37, 50, 70, 100},
      {PANEL_MEASURES, 70, 78, 100, 100}}},
    {VIEW_CURVES, LAYOUT_MIN_W, LOW_H, 2, {{PANEL_ACCURACY, 0, 0, 50, 100}, {PANEL_LOSS, 50, 0, 100, 100}}},
    {VIEW_CURVES, LAYOUT_MIN_W, LAYOUT_MIN_H, 2, {{PANEL_ACCURACY, 0, 0, 100, 55}, {PANEL_LOSS, 0, 55, 100, 100}}},
    {VIEW_CURVES,
     LAYOUT_MIN_W,
     24,
     3,
     {{PANEL_ACCURACY, 0, 0, 100, 37}, {PANEL_LOSS, 0, 37, 100, 69}, {PANEL_RANK, 0, 69, 100, 100}}},
    {VIEW_CURVES,
     110,
     LAYOUT_MIN_H,
     4,
     {{PANEL_ACCURACY, 0, 0, 50, 50},
      {PANEL_LOSS, 50, 0, 100, 50},
      {PANEL_RANK, 0, 50, 50, 100},
      {PANEL_TURN, 50, 50, 100, 100}}},
    {VIEW_CURVES,
     LAYOUT_MIN_W,
     38,
     5,
     {{PANEL_ACCURACY, 0, 0, 100, 36},
      {PANEL_LOSS, 0, 36, 50, 68},
      {PANEL_RANK, 50, 36, 100, 68},
      {PANEL_NORM, 0, 68, 50, 100},
      {PANEL_TURN, 50, 68, 100, 100}}},
    {VIEW_SPECTRUM, LAYOUT_MIN_W, LOW_H, 1, {{PANEL_SIGMA, 0, 0, 100, 100}}},
    {VIEW_SPECTRUM, LAYOUT_MIN_W, 24, 2, {{PANEL_SIGMA, 0, 0, 100, 63}, {PANEL_MEASURES, 0, 63, 100, 100}}},
    {VIEW_SPECTRUM,
     120,
     24,
     3,
     {{PANEL_SIGMA, 0, 0, 62, 100}, {PANEL_MEASURES, 62, 0, 100, 46}, {PANEL_RANK, 62, 46, 100, 100}}},
    {VIEW_SPECTRUM,
     120,
     34,
     4,
     {{PANEL_SIGMA, 0, 0, 62, 100},
      {PANEL_MEASURES, 62, 0, 100, 36},
      {PANEL_RANK, 62, 36, 100, 68},
      {PANEL_TURN, 62, 68, 100, 100}}},
    {VIEW_WATERFALL, LAYOUT_MIN_W, LOW_H, 1, {{PANEL_WATERFALL, 0, 0, 100, 100}}},
    {VIEW_WATERFALL, LAYOUT_MIN_W, 30, 2, {{PANEL_WATERFALL, 0, 0, 100, 72}, {PANEL_RANK, 0, 72, 100, 100}}},
    {VIEW_ATTENTION, LAYOUT_MIN_W, LOW_H, 2, {{PANEL_INTERACTION, 0, 0, 57, 100}, {PANEL_LOOK, 57, 0, 100, 100}}},
    {VIEW_ATTENTION,
     LAYOUT_MIN_W,
     30,
     3,
     {{PANEL_INTERACTION, 0, 0, 57, 100}, {PANEL_LOOK, 57, 0, 100, 57}, {PANEL_ACCURACY, 57, 57, 100, 100}}},
    {VIEW_TABLE, LAYOUT_MIN_W, LOW_H, 2, {{PANEL_ANSWERS, 0, 0, 57, 100}, {PANEL_ANSWER_COUNTS, 57, 0, 100, 100}}},
    {VIEW_TABLE,
     LAYOUT_MIN_W,
     30,
     3,
     {{PANEL_ANSWERS, 0, 0, 57, 100}, {PANEL_ANSWER_COUNTS, 57, 0, 100, 57}, {PANEL_ACCURACY, 57, 57, 100, 100}}},
    {VIEW_GEOMETRY, LAYOUT_MIN_W, LOW_H, 1, {{PANEL_GEOMETRY, 0, 0, 100, 100}}},
    {VIEW_GEOMETRY, LAYOUT_MIN_W, 24, 2, {{PANEL_GEOMETRY, 0, 0, 100, 63}, {PANEL_DECAY_MAP, 0, 63, 100, 100}}},
    {VIEW_GEOMETRY, 130, LAYOUT_MIN_H, 2, {{PANEL_GEOMETRY, 0, 0, 55, 100}, {PANEL_DECAY_MAP, 55, 0, 100, 100}}},
    {VIEW_GEOMETRY,
     LAYOUT_MIN_W,
     36,
     4,
     {{PANEL_GEOMETRY, 0, 0, 100, 45},
      {PANEL_DECAY_MAP, 0, 45, 100, 73},
      {PANEL_TURN, 0, 73, 50, 100},
      {PANEL_NORM, 50, 73, 100, 100}}},
    {VIEW_GEOMETRY,
     130,
     36,
     4,
     {{PANEL_GEOMETRY, 0, 0, 55, 55},
      {PANEL_DECAY_MAP, 55, 0, 100, 55},
      {PANEL_TURN, 0, 55, 55, 100},
      {PANEL_NORM, 55, 55, 100, 100}}},
    {VIEW_FOURIER, LAYOUT_MIN_W, LOW_H, 1, {{PANEL_FOURIER, 0, 0, 100, 100}}},
    {VIEW_FOURIER, LAYOUT_MIN_W, 22, 2, {{PANEL_FOURIER, 0, 0, 100, 50}, {PANEL_FOURIER_OUTPUT, 0, 50, 100, 100}}},
    {VIEW_FOURIER,
     LAYOUT_MIN_W,
     36,
     3,
     {{PANEL_FOURIER, 0, 0, 100, 36}, {PANEL_FOURIER_OUTPUT, 0, 36, 100, 68}, {PANEL_ACCURACY, 0, 68, 100, 100}}},
    {VIEW_FOURIER,
     80,
     22,
     3,
     {{PANEL_FOURIER, 0, 0, 62, 50}, {PANEL_FOURIER_OUTPUT, 0, 50, 62, 100}, {PANEL_CLOCK, 62, 0, 100, 100}}},
    {VIEW_FOURIER,
     80,
     36,
     4,
     {{PANEL_FOURIER, 0, 0, 62, 36},
      {PANEL_FOURIER_OUTPUT, 0, 36, 62, 68},
      {PANEL_CLOCK, 62, 0, 100, 68},
      {PANEL_ACCURACY, 0, 68, 100, 100}}},
};

/* h: of a screen without a lesson that leaves the panels as many rows. */
static const Plan *plan_for(int w, int h, ViewId view)
{
    const Plan *best = NULL;
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++)
        if (plans[i].view == view && w >= plans[i].min_w && h >= plans[i].min_h)
            best = &plans[i];
    return best;
}

static void layout_place_panels(Layout *l, const Plan *plan, Rect area)
{
    for (int i = 0; i < plan->count; i++) {
        const Slot *s = &plan->slot[i];
        int left = area.w * s->left / 100, top = area.h * s->top / 100;
        int right = area.w * s->right / 100, bottom = area.h * s->bottom / 100;
        l->panel[l->panel_count++] = (Panel){s->id, {area.x + left, area.y + top, right - left, bottom - top}};
    }
}

static bool is_too_small(int w, int h)
{
    return w < LAYOUT_MIN_W || h < LAYOUT_MIN_H;
}

/* A title, and rows for what is to be done and what is to be noticed. */
static int lesson_rows(int w, int h)
{
    enum { FIVE_FROM_H = 20, FOUR_FROM_W = 110 };
    return h < FIVE_FROM_H || w >= FOUR_FROM_W ? 4 : 5;
}

/* The story gives a lesson its line, unless there is room for both. */
static int layout_place_top(Layout *l, int w, int h, bool lesson)
{
    enum { BOTH_FROM = 34 };
    int top = 0;
    l->header = (Rect){0, top++, w, 1};
    l->tabs = (Rect){0, top++, w, 1};
    if (!lesson || h >= BOTH_FROM)
        l->story = (Rect){0, top++, w, 1};
    if (lesson) {
        l->lesson = (Rect){0, top, w, lesson_rows(w, h)};
        top += l->lesson.h;
    }
    return top;
}

Layout layout_make(int w, int h, ViewId view, bool lesson)
{
    enum { TOP = 3, EVENTS_FROM = 18, MESSAGE_FROM = 28, MORE_EVENTS_FROM = 44 };
    Layout l = {.too_small = is_too_small(w, h)};
    if (l.too_small)
        return l;
    int top = layout_place_top(&l, w, h, lesson), bottom = h;
    l.keybar = (Rect){0, --bottom, w, 1};
    if (h >= MESSAGE_FROM)
        l.message = (Rect){0, --bottom, w, 1};
    if (h >= EVENTS_FROM) {
        int rows = h >= MORE_EVENTS_FROM ? 2 : 1;
        bottom -= rows;
        l.events = (Rect){0, bottom, w, rows};
    }
    l.decay = (Rect){0, --bottom, w, 1};
    l.panels = (Rect){0, top, w, bottom - top};
    layout_place_panels(&l, plan_for(w, h - (top - TOP), view), l.panels);
    return l;
}

/* Rows for two percentages side by side, as large as a quarter of the screen allows, and a line below them. */
static int digits_rows(int w, int h)
{
    enum { BESIDE = 8 };
    int size = DIGITS_SIZE_MOST;
    while (size > 0 &&
           (digits_height(size, GLYPHS_BRAILLE) + 1 > h / 4 || 2 * digits_width("100%", size) + BESIDE * size > w))
        size--;
    return digits_height(size, GLYPHS_BRAILLE) + 1;
}

Layout layout_make_projector(int w, int h, ViewId view, PanelId alone, bool lesson)
{
    enum { STORY_ROWS = 2, LESSON_ROWS = 4, MARGIN = 2, PANEL_ROWS = 8, TWO_FROM = 110, LEFT_OF_HUNDRED = 66 };
    Layout l = {.too_small = is_too_small(w, h)};
    if (l.too_small)
        return l;
    int digits = digits_rows(w - 2 * MARGIN, h), bottom = h, top = 1;
    Rect *words = lesson ? &l.lesson : &l.story;
    l.header = (Rect){0, 0, w, 1};
    *words = (Rect){0, top, w, lesson ? LESSON_ROWS : STORY_ROWS};
    top += words->h;
    l.keybar = (Rect){0, --bottom, w, 1};
    l.message = (Rect){0, --bottom, w, 1};
    l.decay = (Rect){0, --bottom, w, 1};
    if (!lesson || bottom - top - digits >= PANEL_ROWS) {
        l.digits = (Rect){MARGIN, top, w - 2 * MARGIN, digits};
        top += digits;
    }
    l.panels = (Rect){0, top, w, bottom - top};
    PanelId ids[LAYOUT_PANELS_MAX];
    layout_panels(view, ids);
    PanelId first = alone < PANEL_COUNT ? alone : ids[0];
    bool two = w >= TWO_FROM && alone == PANEL_COUNT && first != PANEL_SIGMA;
    int left = two ? w * LEFT_OF_HUNDRED / 100 : w;
    l.panel[l.panel_count++] = (Panel){first, {0, top, left, bottom - top}};
    if (two)
        l.panel[l.panel_count++] = (Panel){PANEL_SIGMA, {left, top, w - left, bottom - top}};
    return l;
}

void layout_place_tabs(Rect bar, Tab tabs[VIEW_COUNT])
{
    enum { WORDS_FROM = 100, DIGIT = 2 };
    bool whole = bar.w >= WORDS_FROM;
    int x = bar.x + 1;
    for (int i = 0; i < VIEW_COUNT; i++) {
        const char *word = whole ? view_names[i] : brief_names[i];
        int width = DIGIT + (int)strlen(word);
        tabs[i] = (Tab){{x, bar.y, width, bar.h}, word};
        x += width + (whole ? 2 : 1);
    }
}

int layout_panels(ViewId view, PanelId ids[LAYOUT_PANELS_MAX])
{
    const Plan *largest = plan_for(INT_MAX, INT_MAX, view);
    for (int i = 0; i < largest->count; i++)
        ids[i] = largest->slot[i].id;
    return largest->count;
}

void layout_show_alone(Layout *layout, PanelId id)
{
    if (layout->too_small)
        return;
    layout->panel_count = 1;
    layout->panel[0] = (Panel){id, layout->panels};
}

Rect layout_panel(const Layout *layout, PanelId id)
{
    for (int i = 0; i < layout->panel_count; i++)
        if (layout->panel[i].id == id)
            return layout->panel[i].rect;
    return (Rect){0, 0, 0, 0};
}

bool view_find(const char *name, ViewId *out)
{
    for (int i = 0; i < VIEW_COUNT; i++)
        if (strcmp(name, view_names[i]) == 0) {
            *out = (ViewId)i;
            return true;
        }
    return false;
}
