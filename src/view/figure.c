#include <lrd/view/figure.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cairo-pdf.h>
#include <cairo-svg.h>

#include <lrd/base/util.h>
#include <lrd/view/format.h>

static const double panel_w = 260, panel_h = 195, left = 48, right = 14, top = 22, below = 36, font = 9;

FigureLine *figure_add_line(FigurePanel *p, int count, bool band)
{
    p->lines = xrealloc(p->lines, (size_t)(p->line_count + 1) * sizeof *p->lines);
    FigureLine *line = &p->lines[p->line_count++];
    size_t n = (size_t)max_int(count, 1);
    *line = (FigureLine){.count = count, .x = xcalloc(n, sizeof(double)), .y = xcalloc(n, sizeof(double))};
    if (band) {
        line->low = xcalloc(n, sizeof(double));
        line->high = xcalloc(n, sizeof(double));
    }
    return line;
}

void figure_add_mark(FigurePanel *p, double x, int color, const char *name)
{
    p->marks = xrealloc(p->marks, (size_t)(p->mark_count + 1) * sizeof *p->marks);
    FigureMark *mark = &p->marks[p->mark_count++];
    *mark = (FigureMark){.x = x, .color = color};
    snprintf(mark->name, sizeof mark->name, "%s", name);
}

void figure_free(Figure *f)
{
    for (int i = 0; i < f->panel_count; i++) {
        FigurePanel *p = &f->panel[i];
        for (int k = 0; k < p->line_count; k++) {
            free(p->lines[k].x);
            free(p->lines[k].y);
            free(p->lines[k].low);
            free(p->lines[k].high);
        }
        free(p->lines);
        free(p->map);
        free(p->marks);
    }
    *f = (Figure){0};
}

/* ---- Axes */

typedef struct Axis {
    double least, most, from, to; /* values, and where they lie */
    bool log;
} Axis;

static bool axis_has(const Axis *a, double v)
{
    return isfinite(v) && (!a->log || v > 0);
}

static double axis_place(const Axis *a, double v)
{
    double share = a->log ? log(v / a->least) / log(a->most / a->least) : (v - a->least) / (a->most - a->least);
    return a->from + fmin(fmax(share, -.02), 1.02) * (a->to - a->from);
}

static void axis_reach(Axis *a, const double *values, int count)
{
    for (int i = 0; values && i < count; i++)
        if (axis_has(a, values[i])) {
            a->least = fmin(a->least, values[i]);
            a->most = fmax(a->most, values[i]);
        }
}

static void axis_settle(Axis *a, double least, double most)
{
    if (!(a->least <= a->most))
        *a = (Axis){a->log ? .1 : 0, 1, a->from, a->to, a->log};
    a->least = isfinite(least) ? least : a->least;
    a->most = isfinite(most) ? most : a->most;
    if (!(a->most > a->least)) {
        a->most = a->log ? a->least * 10 : a->least + fmax(fabs(a->least), 1);
    }
}

static int add_log_ticks(const Axis *a, double *ticks, int most)
{
    static const double rungs[] = {1, 2, 5};
    double decades = log10(a->most / a->least);
    int each = decades < 1.7 ? 3 : 1, count = 0, every = max_int((int)ceil(decades / most), 1);
    for (int e = (int)floor(log10(a->least)); e <= (int)ceil(log10(a->most)) && count < most; e += every)
        for (int i = 0; i < each && count < most; i++) {
            double t = rungs[i] * pow(10, e);
            if (t >= a->least * (1 - 1e-9) && t <= a->most * (1 + 1e-9))
                ticks[count++] = t;
        }
    return count;
}

/* Round numbers at one distance of 1, 2 or 5 times a power of ten; on a log axis these themselves. */
static int axis_ticks(const Axis *a, double *ticks, int most)
{
    int count = 0;
    if (a->log && a->most / a->least >= 3)
        return add_log_ticks(a, ticks, most);
    double rough = (a->most - a->least) / (most - 1), decade = pow(10, floor(log10(rough)));
    double step = rough <= decade       ? decade
                  : rough <= 2 * decade ? 2 * decade
                  : rough <= 5 * decade ? 5 * decade
                                        : 10 * decade;
    for (double t = ceil(a->least / step - 1e-9) * step; t <= a->most + step * 1e-9 && count < most; t += step)
        ticks[count++] = fabs(t) < step * 1e-6 ? 0 : t;
    return count;
}

/* ---- Drawing */

static void set_color(cairo_t *c, int color, double opacity)
{
    static const unsigned colors[] = {0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x000000};
    unsigned rgb = colors[color % 7];
    cairo_set_source_rgba(c, (rgb >> 16) / 255., (rgb >> 8 & 255) / 255., (rgb & 255) / 255., opacity);
}

static void set_dash(cairo_t *c, FigureDash dash)
{
    static const double dashes[][2] = {[DASH_LONG] = {4, 2}, [DASH_DOTS] = {1, 2}};
    cairo_set_dash(c, dashes[dash], dash == DASH_SOLID ? 0 : 2, 0);
}

/* share: 0 begins at x, .5 is centred there, 1 ends there. */
static void put_words(cairo_t *c, double x, double y, double share, const char *words)
{
    cairo_text_extents_t size;
    cairo_text_extents(c, words, &size);
    cairo_move_to(c, x - share * size.x_advance, y);
    cairo_show_text(c, words);
}

static FormatText tick_text(double v)
{
    FormatText text;
    snprintf(text.s, sizeof text.s, "%g", v);
    return fabs(v) >= 1e4 ? format_compact(v) : text;
}

static void draw_words(cairo_t *c, const FigurePanel *p, const Axis *x, const Axis *y)
{
    put_words(c, (x->from + x->to) / 2, y->from + 26, .5, p->x_label);
    cairo_save(c);
    cairo_translate(c, x->from - 38, (y->from + y->to) / 2);
    cairo_rotate(c, -acos(-1) / 2);
    put_words(c, 0, 0, .5, p->y_label);
    cairo_restore(c);
    put_words(c, x->from, y->to - 8, 0, p->title);
}

static void draw_frame(cairo_t *c, const FigurePanel *p, const Axis *x, const Axis *y)
{
    double ticks[8];
    cairo_set_source_rgb(c, .15, .15, .15);
    cairo_set_line_width(c, .6);
    set_dash(c, DASH_SOLID);
    cairo_move_to(c, x->from, y->to);
    cairo_line_to(c, x->from, y->from);
    cairo_line_to(c, x->to, y->from);
    int count = axis_ticks(x, ticks, 6);
    for (int i = 0; i < count; i++) {
        double at = axis_place(x, ticks[i]);
        put_words(c, at, y->from + 13, .5, tick_text(ticks[i]).s);
        cairo_move_to(c, at, y->from);
        cairo_line_to(c, at, y->from + 3);
    }
    count = axis_ticks(y, ticks, 6);
    for (int i = 0; i < count; i++) {
        double at = axis_place(y, ticks[i]);
        put_words(c, x->from - 5, at + 3, 1, tick_text(ticks[i]).s);
        cairo_move_to(c, x->from, at);
        cairo_line_to(c, x->from - 3, at);
    }
    cairo_stroke(c);
    draw_words(c, p, x, y);
}

static void draw_band(cairo_t *c, const FigureLine *l, const Axis *x, const Axis *y)
{
    bool any = false;
    for (int i = 0; i < l->count; i++)
        if (axis_has(x, l->x[i]) && axis_has(y, l->high[i])) {
            (any ? cairo_line_to : cairo_move_to)(c, axis_place(x, l->x[i]), axis_place(y, l->high[i]));
            any = true;
        }
    for (int i = l->count - 1; i >= 0; i--)
        if (axis_has(x, l->x[i]) && axis_has(y, l->low[i]))
            cairo_line_to(c, axis_place(x, l->x[i]), axis_place(y, l->low[i]));
    set_color(c, l->color, .2);
    cairo_fill(c);
}

static void draw_line(cairo_t *c, const FigureLine *l, const Axis *x, const Axis *y)
{
    bool on = false;
    for (int i = 0; i < l->count; i++) {
        bool here = axis_has(x, l->x[i]) && axis_has(y, l->y[i]);
        if (here)
            (on ? cairo_line_to : cairo_move_to)(c, axis_place(x, l->x[i]), axis_place(y, l->y[i]));
        on = here;
    }
    set_color(c, l->color, 1);
    set_dash(c, l->dash);
    cairo_set_line_width(c, 1.2);
    cairo_stroke(c);
}

static void draw_marks(cairo_t *c, const FigurePanel *p, const Axis *x, const Axis *y)
{
    cairo_set_line_width(c, .6);
    set_dash(c, DASH_DOTS);
    for (int i = 0; i < p->mark_count; i++) {
        const FigureMark *m = &p->marks[i];
        if (!axis_has(x, m->x) || m->x < x->least || m->x > x->most)
            continue;
        double at = axis_place(x, m->x);
        set_color(c, m->color, 1);
        cairo_move_to(c, at, y->from);
        cairo_line_to(c, at, y->to);
        cairo_stroke(c);
        put_words(c, at + 2, y->to + 8 + 9 * (i % 3), 0, m->name);
    }
}

/* ---- Maps */

enum { MAP_KEY_STEPS = 41 };
static const double map_factor = 4;

static uint32_t map_color(double v)
{
    static const unsigned blue[] = {0x00, 0x72, 0xB2}, orange[] = {0xD5, 0x5E, 0x00};
    double share = v > 0 ? fmax(fmin(log(v) / log(map_factor), 1), -1) : -1;
    const unsigned *full = share < 0 ? blue : orange;
    uint32_t color = 0;
    for (int i = 0; i < 3; i++)
        color = color << 8 | (uint32_t)lround(255 + fabs(share) * (full[i] - 255.));
    return color;
}

/* An image of w x h dots over that rectangle; value: of a dot. */
static void draw_dots(cairo_t *c, Axis x, Axis y, int w, int h, const float *value)
{
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    unsigned char *bytes = cairo_image_surface_get_data(image);
    for (int row = 0; row < h && bytes; row++)
        for (int column = 0; column < w; column++) {
            uint32_t color = map_color((double)value[(size_t)row * (size_t)w + (size_t)column]);
            memcpy(bytes + row * cairo_image_surface_get_stride(image) + 4 * column, &color, sizeof color);
        }
    cairo_surface_mark_dirty(image);
    cairo_save(c);
    cairo_translate(c, x.from, y.to);
    cairo_scale(c, (x.to - x.from) / w, (y.from - y.to) / h);
    cairo_set_source_surface(c, image, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(c), CAIRO_FILTER_NEAREST);
    cairo_paint(c);
    cairo_restore(c);
    cairo_surface_destroy(image);
}

static void draw_map_key(cairo_t *c, double x, double y)
{
    float values[MAP_KEY_STEPS];
    for (int i = 0; i < MAP_KEY_STEPS; i++)
        values[i] = (float)pow(map_factor, 2. * i / (MAP_KEY_STEPS - 1) - 1);
    cairo_set_source_rgb(c, .15, .15, .15);
    put_words(c, x, y, 0, "1/4");
    draw_dots(c, (Axis){.from = x + 16, .to = x + 76}, (Axis){.from = y, .to = y - 7}, MAP_KEY_STEPS, 1, values);
    cairo_set_source_rgb(c, .15, .15, .15);
    put_words(c, x + 80, y, 0, "4 times an even share");
}

static void draw_map(cairo_t *c, const FigurePanel *p, double at_x, double at_y)
{
    double side = panel_h - below - top;
    Axis x = {0, p->map_numbers - 1, at_x + left, at_x + left + side, false};
    Axis y = {p->map_numbers - 1, 0, at_y + top + side, at_y + top, false};
    draw_dots(c, x, y, p->map_side, p->map_side, p->map);
    y = (Axis){0, p->map_numbers - 1, y.to, y.from, false}; /* the first row is above */
    double ticks[8];
    int count = axis_ticks(&y, ticks, 6);
    cairo_set_source_rgb(c, .15, .15, .15);
    for (int i = 0; i < count; i++) {
        put_words(c, axis_place(&x, ticks[i]), at_y + top + side + 13, .5, tick_text(ticks[i]).s);
        put_words(c, x.from - 5, axis_place(&y, ticks[i]) + 3, 1, tick_text(ticks[i]).s);
    }
    draw_words(c, p, &x, &(Axis){.from = at_y + top + side, .to = at_y + top});
    draw_map_key(c, at_x + left, at_y + panel_h + 8);
}

/* As many words on a line as fit. */
static void draw_note(cairo_t *c, const FigurePanel *p, double at_x, double at_y)
{
    double y = at_y + top + 12;
    cairo_set_source_rgb(c, .15, .15, .15);
    put_words(c, at_x + left, at_y + top - 8, 0, p->title);
    for (const char *rest = p->note; *rest; y += 12) {
        char line[FIGURE_NOTE_MAX] = "";
        int taken = 0;
        for (int n = 0; rest[n];) {
            cairo_text_extents_t size;
            n += (int)strspn(rest + n, " ");
            n += (int)strcspn(rest + n, " ");
            snprintf(line, sizeof line, "%.*s", n, rest);
            cairo_text_extents(c, line, &size);
            if (taken && size.x_advance > panel_w - left - right)
                break;
            taken = n;
        }
        snprintf(line, sizeof line, "%.*s", taken, rest);
        put_words(c, at_x + left, y, 0, line);
        rest += taken + (int)strspn(rest + taken, " ");
    }
}

/* ---- A panel, and all of them */

static int panel_names(const FigurePanel *p)
{
    int count = p->map != NULL; /* its key */
    for (int i = 0; i < p->line_count; i++)
        count += *p->lines[i].name != '\0';
    return count;
}

/* Below the panel, so that it never lies on a curve. */
static void draw_legend(cairo_t *c, const FigurePanel *p, double x, double y)
{
    for (int i = 0; i < p->line_count; i++) {
        const FigureLine *l = &p->lines[i];
        if (!*l->name)
            continue;
        set_color(c, l->color, 1);
        set_dash(c, l->dash);
        cairo_set_line_width(c, 1.2);
        cairo_move_to(c, x, y - 3);
        cairo_line_to(c, x + 18, y - 3);
        cairo_stroke(c);
        cairo_set_source_rgb(c, .15, .15, .15);
        put_words(c, x + 23, y, 0, l->name);
        y += 12;
    }
}

static void draw_panel(cairo_t *c, const FigurePanel *p, double at_x, double at_y)
{
    if (p->map || *p->note) {
        (p->map ? draw_map : draw_note)(c, p, at_x, at_y);
        return;
    }
    Axis x = {INFINITY, -INFINITY, at_x + left, at_x + panel_w - right, p->x_log};
    Axis y = {INFINITY, -INFINITY, at_y + panel_h - below, at_y + top, p->y_log};
    for (int i = 0; i < p->line_count; i++) {
        const FigureLine *l = &p->lines[i];
        axis_reach(&x, l->x, l->count);
        axis_reach(&y, l->y, l->count);
        axis_reach(&y, l->low, l->count);
        axis_reach(&y, l->high, l->count);
    }
    axis_settle(&x, NAN, NAN);
    axis_settle(&y, p->y_least, p->y_most);
    for (int i = 0; i < p->line_count; i++)
        if (p->lines[i].low)
            draw_band(c, &p->lines[i], &x, &y);
    for (int i = 0; i < p->line_count; i++)
        draw_line(c, &p->lines[i], &x, &y);
    draw_marks(c, p, &x, &y);
    draw_frame(c, p, &x, &y);
    draw_legend(c, p, at_x + left, at_y + panel_h + 8);
}

static double row_height(const Figure *f, int row)
{
    int names = 0;
    for (int i = row * f->columns; i < min_int((row + 1) * f->columns, f->panel_count); i++)
        names = max_int(names, panel_names(&f->panel[i]));
    return panel_h + 12 * names + 8;
}

/* Of the first rows. */
static double rows_height(const Figure *f, int rows)
{
    double h = 0;
    for (int row = 0; row < rows; row++)
        h += row_height(f, row);
    return h;
}

static void figure_draw(const Figure *f, cairo_t *c)
{
    cairo_set_source_rgb(c, 1, 1, 1);
    cairo_paint(c);
    cairo_select_font_face(c, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(c, font);
    for (int i = 0; i < f->panel_count; i++)
        draw_panel(c, &f->panel[i], i % f->columns * panel_w, rows_height(f, i / f->columns));
}

/* ---- Files */

static cairo_status_t take_bytes(void *out, const unsigned char *bytes, unsigned count)
{
    text_add_bytes(out, (const char *)bytes, count);
    return CAIRO_STATUS_SUCCESS;
}

static void add_escaped(Text *out, const char *words)
{
    for (const char *c = words; *c; c++)
        if (*c == '<' || *c == '>' || *c == '&')
            text_add(out, *c == '<' ? "&lt;" : *c == '>' ? "&gt;" : "&amp;");
        else
            text_add_bytes(out, c, 1);
}

/* cairo draws letters as shapes: this says what they say, to whoever cannot see them. */
static void svg_add_words(const Figure *f, Text *svg)
{
    Text words = {0};
    const char *end = strstr(text_str(svg), "<svg");
    end = end ? strchr(end, '>') : NULL;
    if (!end)
        return;
    text_add(&words, "\n<title>lrdlab plot</title>\n<desc>");
    for (int i = 0; i < f->panel_count; i++) {
        const FigurePanel *p = &f->panel[i];
        add_escaped(&words, p->title);
        text_add(&words, ": ");
        add_escaped(&words, p->y_label);
        text_add(&words, " over ");
        add_escaped(&words, p->x_label);
        for (int k = 0; k < p->line_count; k++)
            if (*p->lines[k].name) {
                text_add(&words, "; ");
                add_escaped(&words, p->lines[k].name);
            }
        add_escaped(&words, *p->note ? " " : "");
        add_escaped(&words, p->note);
        text_add(&words, ".\n");
    }
    text_addf(&words, "</desc>%s", end + 1);
    svg->length = (size_t)(end + 1 - svg->data);
    svg->data[svg->length] = '\0';
    text_add(svg, text_str(&words));
    text_free(&words);
}

static cairo_surface_t *surface_new(FigureFormat format, double w, double h, double dots, Text *out)
{
    if (format == FIGURE_SVG)
        return cairo_svg_surface_create_for_stream(take_bytes, out, w, h);
    if (format == FIGURE_PNG)
        return cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil(w * dots), (int)ceil(h * dots));
    cairo_surface_t *pdf = cairo_pdf_surface_create_for_stream(take_bytes, out, w, h);
    cairo_pdf_surface_restrict_to_version(pdf, CAIRO_PDF_VERSION_1_4); /* later ones hide the title (io/outputs) */
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_TITLE, "lrdlab plot");
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATE_DATE, "2026-01-01T00:00:00Z");
    return pdf;
}

/* The chunk that says who made it, behind that of the size, with its check sum; io/outputs knows a PNG of ours by it.
 */
static void png_add_maker(Text *png)
{
    enum { BEHIND_SIZE = 33 };
    static const char chunk[] = "\0\0\0\x14tEXtSoftware\0lrdlab plot\x66\xff\xf2\x35";
    Text whole = {0};
    text_add_bytes(&whole, png->data, BEHIND_SIZE);
    text_add_bytes(&whole, chunk, sizeof chunk - 1);
    text_add_bytes(&whole, png->data + BEHIND_SIZE, png->length - BEHIND_SIZE);
    text_free(png);
    *png = whole;
}

Status figure_export(const Figure *f, FigureFormat format, Text *out)
{
    static const double dots = 3; /* a point, in PNG */
    int rows = (f->panel_count + f->columns - 1) / f->columns;
    double w = panel_w * f->columns, h = rows_height(f, rows);
    cairo_surface_t *surface = surface_new(format, w, h, dots, out);
    cairo_t *c = cairo_create(surface);
    if (format == FIGURE_PNG)
        cairo_scale(c, dots, dots);
    figure_draw(f, c);
    cairo_status_t status = cairo_status(c);
    cairo_destroy(c);
    if (format == FIGURE_PNG && status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_write_to_png_stream(surface, take_bytes, out);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (format == FIGURE_SVG)
        svg_add_words(f, out);
    if (format == FIGURE_PNG && status == CAIRO_STATUS_SUCCESS)
        png_add_maker(out);
    return status == CAIRO_STATUS_SUCCESS
               ? status_ok()
               : status_failed("the figure cannot be drawn: %s", cairo_status_to_string(status));
}
