/* Power of the embedding and of the output layer by frequency, with the key frequencies by name. */
#include <lrd/panel/panel.h>

#include <math.h>
#include <stdio.h>

#include <lrd/base/util.h>
#include <lrd/panel/line.h>
#include <lrd/panel/probe_request.h>
#include <lrd/panel/prose.h>
#include <lrd/view/bars.h>
#include <lrd/view/format.h>

enum { KEYS = PROBE_TOP };

typedef struct Spectrum {
    const double *power; /* [count], adds up to 1 */
    int count, key_count, key[KEYS];
    double top; /* share of the keys together */
} Spectrum;

static Spectrum spectrum_of(const Probe *p, int which)
{
    Spectrum s = {.power = p->power[which], .count = p->frequencies};
    s.key_count = probe_largest(s.power, s.count, KEYS, s.key);
    for (int i = 0; i < s.key_count; i++)
        s.top += s.power[s.key[i]];
    return s;
}

/* The numbers of the key frequencies under their bars, the strongest first; one that has no room is left out. */
static void draw_names(Canvas *c, Rect r, const Spectrum *s)
{
    int group = bars_group(s->count, r.w), columns = (s->count + group - 1) / group;
    int width = min_int(max_int(r.w / columns, 1), 3);
    bool taken[1024] = {false};
    for (int i = 0; i < s->key_count; i++) {
        FormatText name = format_count(s->key[i] + 1);
        int w = canvas_width(name.s), x = s->key[i] / group * width + width / 2 - w / 2;
        x = max_int(min_int(x, r.w - w), 0);
        bool is_free = x + w < (int)(sizeof taken / sizeof *taken) - 1;
        for (int j = max_int(x - 1, 0); is_free && j <= x + w; j++)
            is_free = !taken[j];
        if (!is_free)
            continue;
        for (int j = x; j < x + w; j++)
            taken[j] = true;
        canvas_text(c, r.x + x, r.y, i == 0 ? ROLE_BOLD : ROLE_NORMAL, name.s);
    }
}

static void draw_shares(Canvas *c, Rect r, const Spectrum *s)
{
    Line line = {0};
    line_add(&line, 1, 0, ROLE_RANK, "top %d: %s of the power", s->key_count, format_percent(s->top).s);
    line_add(&line, 4, 2, ROLE_DIM, "(%s if it were spread evenly)",
             format_percent((double)s->key_count / max_int(s->count, 1)).s);
    line_add(&line, 2, 3, ROLE_DIM, "key frequencies");
    for (int i = 0; i < s->key_count; i++)
        line_add(&line, 3, 2, i == 0 ? ROLE_BOLD : ROLE_NORMAL, "%d: %s", s->key[i] + 1,
                 format_percent(s->power[s->key[i]]).s);
    line_draw(c, r, &line);
}

static void draw_spectrum(Canvas *c, Rect r, const Snapshot *s, const UiState *u, PanelId id, const char *title)
{
    const char *why;
    const Probe *p = probe_for(s, u, PROBE_FOURIER, &why);
    Rect inner = rect_inset(r, 2, 1);
    canvas_frame(c, r, title, p && p->by_logarithm && r.w > 70 ? "in the order of the powers of a root" : NULL);
    if (p && p->frequencies == 0)
        why = "Permutations stand in no order to which a frequency could belong.";
    if (!p || p->frequencies == 0) {
        prose_wrapped(c, inner, ROLE_DIM, why);
        return;
    }
    Spectrum spectrum = spectrum_of(p, id == PANEL_FOURIER_OUTPUT);
    float values[PROBE_FREQUENCIES_MAX];
    for (int i = 0; i < spectrum.count; i++)
        values[i] = (float)spectrum.power[i];
    BarsSpec bars = {.values = values,
                     .count = spectrum.count,
                     .high = NAN,
                     .log = u->log_values[id],
                     .spread = true,
                     .role = ROLE_BAR};
    draw_shares(c, inner, &spectrum);
    bars_draw(c, (Rect){inner.x, inner.y + 1, inner.w, inner.h - 2}, &bars);
    draw_names(c, (Rect){inner.x, inner.y + inner.h - 1, inner.w, 1}, &spectrum);
}

void panel_fourier(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    draw_spectrum(c, r, s, u, PANEL_FOURIER,
                  r.w < 60 ? "embedding by frequency" : "how much of the embedding has each frequency");
}

void panel_fourier_output(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    draw_spectrum(c, r, s, u, PANEL_FOURIER_OUTPUT,
                  r.w < 60 ? "output by frequency" : "how much of the output layer has each frequency");
}
