#include <lrd/view/format.h>

#include <lrd/base/text.h>

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static FormatText format_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

static FormatText format_text(const char *format, ...)
{
    FormatText t;
    va_list args;
    va_start(args, format);
    vsnprintf(t.s, sizeof t.s, format, args);
    va_end(args);
    return t;
}

static FormatText format_odd(double n)
{
    return format_text("%s", isnan(n) ? "–" : n > 0 ? "∞" : "-∞");
}

FormatText format_count(int64_t n)
{
    FormatText t;
    _Static_assert(sizeof t.s >= TEXT_COUNT_MAX, "a count fits");
    text_count(t.s, n);
    return t;
}

FormatText format_compact(double n)
{
    static const char *const units[] = {"", "k", "M", "G", "T", "P"};
    enum { UNITS = sizeof units / sizeof *units };
    if (!isfinite(n))
        return format_odd(n);
    int unit = 0;
    while (fabs(n) >= 999.5 && unit < UNITS - 1) { /* 999.5 would round to a fourth digit */
        n /= 1000;
        unit++;
    }
    if (unit == 0)
        return n == round(n) ? format_text("%.0f", n) : format_number(n, 3);
    FormatText t = format_text(fabs(n) < 9.95 ? "%.1f" : "%.0f", n);
    size_t length = strlen(t.s);
    if (length > 2 && t.s[length - 2] == '.' && t.s[length - 1] == '0')
        t.s[length - 2] = '\0';
    return format_text("%.20s%s", t.s, units[unit]);
}

FormatText format_duration(double seconds)
{
    if (!isfinite(seconds) || seconds > 1e15)
        return format_odd(seconds > 0 ? INFINITY : seconds);
    long long s = seconds > 0 ? (long long)seconds : 0;
    long long minutes = s / 60, hours = minutes / 60, days = hours / 24;
    if (days >= 100)
        return format_text("%lldd", days);
    if (days > 0)
        return format_text("%lldd %lldh", days, hours % 24);
    if (hours > 0)
        return format_text("%lld:%02lld:%02lld", hours, minutes % 60, s % 60);
    return format_text("%lld:%02lld", minutes, s % 60);
}

FormatText format_percent(double fraction)
{
    if (!isfinite(fraction))
        return format_odd(fraction);
    double percent = fraction * 100;
    if (percent > 0 && percent < 1)
        return format_text("<1%%");
    /* .29 * 100 is 28.999...: a whole percentage that was meant must not fall below itself, but what is below 1 must
     * never read as 100%. */
    double whole = floor(percent + 1e-9);
    if (fraction < 1 && whole >= 100)
        whole = 99;
    return format_text("%.0f%%", whole);
}

/* "3.20e-05" -> "3.2e-5": zeros that say nothing are left out. */
static FormatText format_exponent(double n, int digits)
{
    FormatText t = format_text("%.*e", digits - 1, n);
    char *e = strchr(t.s, 'e');
    int exponent = 0;
    sscanf(e + 1, "%d", &exponent);
    *e = '\0';
    if (strchr(t.s, '.')) {
        while (e[-1] == '0')
            *--e = '\0';
        if (e[-1] == '.')
            *--e = '\0';
    }
    return format_text("%.20se%d", t.s, exponent);
}

/* The power of ten of the first digit printed: 9.996 to three digits is 10.0. */
static int magnitude_printed(double size, int digits)
{
    int magnitude = (int)floor(log10(size));
    return magnitude + (round(size / pow(10, magnitude - digits + 1)) >= pow(10, digits));
}

FormatText format_number(double n, int digits)
{
    if (!isfinite(n))
        return format_odd(n);
    digits = digits < 1 ? 1 : digits > 9 ? 9 : digits;
    double size = fabs(n);
    if (size == 0)
        return format_text("0");
    if (size < 1e-3 || size >= 1e9)
        return format_exponent(n, digits);
    int decimals = digits - 1 - magnitude_printed(size, digits);
    if (decimals > 0)
        return format_text("%.*f", decimals, n);
    return format_count((int64_t)llround(n));
}

FormatText format_percent_exact(double fraction)
{
    if (!isfinite(fraction))
        return format_odd(fraction);
    /* The slack is for fractions that come out of a float. */
    double hundredths = floor(fraction * 1e4 + 1e-3);
    if (fraction < 1 && hundredths >= 1e4)
        hundredths = 1e4 - 1;
    return format_text("%.2f%%", hundredths / 100);
}

FormatText format_strength(double strength)
{
    double size = fabs(strength);
    if (!isfinite(strength) || size == 0 || size < 1e-5 || size >= 1000)
        return format_number(strength, size < 1 ? 2 : 4);
    int decimals = 1 - magnitude_printed(size, 2);
    return format_text("%.*f", decimals > 0 ? decimals : 0, strength);
}

FormatText format_value(double n)
{
    if (isfinite(n) && n == round(n) && fabs(n) < 1e15)
        return format_count((int64_t)n);
    FormatText t = format_number(n, 4);
    size_t length = strlen(t.s);
    while (strchr(t.s, '.') && !strchr(t.s, 'e') && (t.s[length - 1] == '0' || t.s[length - 1] == '.'))
        t.s[--length] = '\0';
    return t;
}

FormatText format_rate(double per_second)
{
    if (!isfinite(per_second))
        return format_odd(per_second);
    FormatText t = per_second >= 10 ? format_compact(round(per_second)) : format_number(per_second, 2);
    return format_text("%.20s/s", t.s);
}
