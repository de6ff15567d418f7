/* The pure half of view/chart: ranges, ticks and their words. */
#include "chart_inside.h"

#include <math.h>
#include <stdio.h>

#include <lrd/base/util.h>

static const double EDGE = 1e-9; /* relative slack, for rounding's sake */

void axis_make_sane(ChartAxis *a)
{
    bool usable = isfinite(a->low) && isfinite(a->high) && a->low < a->high && isfinite(a->high - a->low);
    if (usable && (!a->log || a->low > 0))
        return;
    if (usable && a->high / 1000 > 0)
        a->low = a->high / 1000; /* a log axis asked to start at zero (a thousandth of a denormal number is zero) */
    else
        *a = (ChartAxis){a->log ? 1 : 0, a->log ? 10 : 1, a->log, a->unit};
}

/* The smallest 1, 2 or 5 (or 2.5) times a power of ten that is at least `least`. */
static double nice_step(double least, ChartUnit unit)
{
    double power = pow(10, floor(log10(least)));
    bool quarters = unit == CHART_PERCENT && power >= 0.1 * (1 - EDGE);
    const double steps[] = {1, quarters ? 2.5 : 2, 5};
    double step = 10 * power;
    for (int i = 2; i >= 0; i--)
        if (steps[i] * power >= least * (1 - EDGE))
            step = steps[i] * power;
    return unit == CHART_STEPS ? fmax(step, 1) : step;
}

/* Of a value axis one way to lay it over the rows: ticks from base on, a step apart, and `apart` rows apart. */
typedef struct Rows {
    double base, step, top; /* on a log axis their logarithms */
    int count, apart;
    double cost;
} Rows;

/* Rows that lie beyond the values are a waste, and so are too many ticks or too few. */
static bool rows_try(Rows *r, const ChartAxis *a, double low, double high, double step, int rows, int wanted)
{
    const double origin = a->unit == CHART_RANK && !a->log ? 1 : 0, tick_cost = 1.5;
    double base = a->log ? floor(low + EDGE) : origin + floor((low - origin) / step + EDGE) * step;
    double intervals = fmax(ceil((high - base) / step - EDGE), 1);
    if (!(intervals <= rows - 1) || intervals >= CHART_TICKS_MAX)
        return false;
    int count = (int)intervals, apart = (rows - 1) / count;
    double top = base + step * (rows - 1) / apart;
    bool usable = isfinite(top) && top > base && step > EDGE * fmax(fabs(base), fabs(top)) &&
                  (!a->log || (pow(10, base) > 0 && isfinite(pow(10, top))));
    if (!usable || (apart < 2 && count > 1))
        return false;
    double wasted = (top - high + low - base) / (top - base) * rows;
    *r = (Rows){base, step, top, count + 1, apart, wasted + tick_cost * fabs((double)(count + 1 - wanted))};
    return true;
}

/* Steps that are tried: decades on a log axis, else 1, 2, 5 (percent: 2.5) times a power of ten. */
static bool rows_choose(Rows *best, const ChartAxis *a, double low, double high, int rows, int wanted)
{
    static const double factors[] = {1, 2, 2.5, 5};
    enum { DECADES_MOST = 40, POWERS = 3, FACTORS = 4 };
    bool found = false;
    for (int i = 0; i < (a->log ? DECADES_MOST : POWERS * FACTORS); i++) {
        double factor = factors[i % FACTORS], power = pow(10, floor(log10(high - low)) - i / FACTORS + 1);
        double step = a->log ? i + 1 : factor * power;
        Rows r;
        bool odd = !a->log && factor == 2.5 && (a->unit != CHART_PERCENT || power < 0.1 * (1 - EDGE));
        bool part = !a->log && a->unit == CHART_STEPS && step < 1;
        if (odd || part || !rows_try(&r, a, low, high, step, rows, wanted) || (found && r.cost >= best->cost))
            continue;
        *best = r;
        found = true;
    }
    return found;
}

int axis_fit_rows(ChartAxis *a, int rows, int wanted, double ticks[CHART_TICKS_MAX])
{
    Rows r = {0};
    double low = a->log ? log10(a->low) : a->low, high = a->log ? log10(a->high) : a->high;
    if ((a->log && high - low < 1 - EDGE) || !rows_choose(&r, a, low, high, rows, wanted))
        return chart_ticks(a, wanted, ticks);
    a->low = a->log ? pow(10, r.base) : r.base;
    a->high = a->log ? pow(10, r.top) : r.top;
    for (int i = 0; i < r.count; i++) {
        double tick = r.base + i * r.step;
        ticks[i] = a->log ? pow(10, round(tick)) : fabs(tick) < EDGE * r.step ? 0 : tick;
    }
    return r.count;
}

static int ticks_linear(const ChartAxis *a, int wanted, double ticks[CHART_TICKS_MAX])
{
    double span = a->high - a->low, step = nice_step(span / max_int(wanted - 1, 1), a->unit);
    double first = ceil((a->low - EDGE * span) / step), last = floor((a->high + EDGE * span) / step);
    int count = 0;
    /* Beyond 2^53 steps counting by one stands still. */
    for (double k = first; k <= last && count < CHART_TICKS_MAX && fabs(k) < 0x1p52; k++)
        ticks[count++] = k * step + 0.0; /* ceil may give -0, which would be written so */
    return count;
}

static int ticks_decades(const ChartAxis *a, int wanted, double ticks[CHART_TICKS_MAX])
{
    int first = (int)ceil(log10(a->low) - EDGE), last = (int)floor(log10(a->high) + EDGE);
    int every = max_int(1, (last - first + max_int(wanted, 1)) / max_int(wanted, 1));
    int count = 0;
    for (int e = first; e <= last && count < CHART_TICKS_MAX; e++)
        if (e % every == 0)
            ticks[count++] = pow(10, e);
    return count;
}

static int ticks_within_decades(const ChartAxis *a, double ticks[CHART_TICKS_MAX])
{
    static const double digits[] = {1, 2, 5};
    int count = 0;
    for (int e = (int)floor(log10(a->low)); e <= (int)ceil(log10(a->high)); e++)
        for (int i = 0; i < 3; i++) {
            double t = digits[i] * pow(10, e);
            if (t >= a->low * (1 - EDGE) && t <= a->high * (1 + EDGE) && count < CHART_TICKS_MAX)
                ticks[count++] = t;
        }
    return count;
}

int chart_ticks(const ChartAxis *axis, int wanted, double ticks[CHART_TICKS_MAX])
{
    ChartAxis a = *axis;
    axis_make_sane(&a);
    wanted = min_int(max_int(wanted, 2), CHART_TICKS_MAX);
    if (!a.log)
        return ticks_linear(&a, wanted, ticks);
    double decades = log10(a.high) - log10(a.low);
    if (decades < 2) {
        int count = ticks_within_decades(&a, ticks);
        if (count >= 2 && count <= wanted + 1)
            return count;
        if (count < 2)
            return ticks_linear(&a, wanted, ticks);
    }
    return ticks_decades(&a, wanted, ticks);
}

static double nice_log_end(double v, bool up)
{
    static const double digits[] = {1, 2, 5, 10};
    double power = pow(10, floor(log10(v) + EDGE));
    if (up) {
        for (int i = 0; i < 4; i++)
            if (digits[i] * power >= v * (1 - EDGE))
                return digits[i] * power;
    }
    for (int i = 3; i > 0; i--)
        if (digits[i] * power <= v * (1 + EDGE))
            return digits[i] * power;
    return power;
}

void chart_nice_range(ChartAxis *axis)
{
    enum { STEPS = 5 };
    ChartAxis *a = axis;
    if (isfinite(a->low) && a->low == a->high && (!a->log || a->low > 0)) {
        double half = a->unit == CHART_STEPS ? 1 : a->low == 0 ? 1 : fabs(a->low) / 2;
        a->high += half;
        a->low -= a->log || a->low != 0 ? fmin(half, fabs(a->low) / 2) : 0;
    }
    axis_make_sane(a);
    if (a->log) {
        a->low = nice_log_end(a->low, false);
        a->high = nice_log_end(a->high, true);
    } else {
        double step = nice_step((a->high - a->low) / STEPS, a->unit);
        a->low = a->unit == CHART_RANK ? a->low : floor(a->low / step + EDGE) * step;
        a->high = ceil(a->high / step - EDGE) * step;
    }
    if (a->unit == CHART_PERCENT && !a->log) {
        a->low = fmax(a->low, 0);
        a->high = fmin(a->high, 1);
    }
    axis_make_sane(a);
}

FormatText axis_label(const ChartAxis *a, double tick, double step, bool compact)
{
    FormatText t;
    if (a->unit == CHART_PERCENT) {
        double percent = tick * 100;
        if (fabs(percent - round(percent)) < 1e-6)
            snprintf(t.s, sizeof t.s, "%.0f%%", percent);
        else
            snprintf(t.s, sizeof t.s, "%.20s%%", format_number(percent, 2).s);
        return t;
    }
    if (compact || fabs(tick) >= 1e6)
        return format_compact(tick);
    if (a->log || tick == 0)
        return format_number(tick, 1);
    if (a->unit == CHART_STEPS || step >= 1)
        return fabs(tick) < 1e15 ? format_count(llround(tick)) : format_compact(tick);
    if (step < 1e-3)
        return format_number(tick, 3);
    snprintf(t.s, sizeof t.s, "%.*f", (int)ceil(-log10(step) - EDGE), tick);
    return t;
}

double scale_at(const Scale *s, double v)
{
    if (!(v > 0) && s->log)
        return NAN;
    return (s->log ? log10(v) - s->low : v - s->low) * s->per_unit;
}

Scale scale_make(const ChartAxis *a, int dots)
{
    double low = a->log ? log10(a->low) : a->low, high = a->log ? log10(a->high) : a->high;
    return (Scale){low, (dots - 1) / (high - low), a->log};
}

Scale scale_make_rows(const ChartAxis *a, int rows, int dots)
{
    Scale s = scale_make(a, dots * (rows - 1) + 1);
    s.low -= (dots - 1) / 2.0 / s.per_unit;
    return s;
}

double scale_value(const Scale *s, double dot)
{
    double v = s->low + dot / s->per_unit;
    return s->log ? pow(10, v) : v;
}
