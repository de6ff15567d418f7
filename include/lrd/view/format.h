/* view/format: numbers as people read them on a screen.
 *
 * Each returns a small value, to be used as format_count(n).s inside one expression or kept in a variable.
 * What does not exist (NAN) is "–". No locale: the decimal sign is a point, thousands have commas.
 *
 * Threads: any. */
#ifndef LRD_VIEW_FORMAT_H
#define LRD_VIEW_FORMAT_H

#include <stdint.h>

typedef struct FormatText {
    char s[32]; /* UTF-8 */
} FormatText;

FormatText format_count(int64_t n);               /* 2,100 */
FormatText format_compact(double n);              /* 950, 2.5k, 12k, 1.2M, 10M, 3G: at most three digits */
FormatText format_duration(double seconds);       /* 0:50, 1:02:07, 3d 4h, 412d */
FormatText format_percent(double fraction);       /* 0%, <1%, 91%, 99%, 100%: rounds down, 100% only for 1 */
FormatText format_percent_exact(double fraction); /* 97.94%: rounds down too */
FormatText format_strength(double strength);      /* 0.0050, 0.10, 12: two significant digits, no exponent above 1e-5 */
FormatText format_number(double n, int digits);   /* significant digits: 1.19, 24.1, 1,240, 3.2e-5; 1..9 digits */
FormatText format_value(double n);         /* of a setting: 60, 3,300, 0.1778, 2e-5: four digits, whole ones in full */
FormatText format_rate(double per_second); /* 36/s, 4.2/s, 0.31/s */

#endif
