/* log/probe_json: a probe as a row of a log, and back: what a log tells beyond its numbers (train --portraits).
 *
 * {"probe":"table","step":N,"trained":"...","cells":"..."}: a character stands for six bits ("A" 0 ... "Z" 25,
 * "a" 26 ..., "0" 52 ..., "+" 62, "-" 63). trained: a bit for each pair (a, b), b running fastest, lowest bit first.
 * cells: for each pair how sure the model is (0 to 63); where its answer is wrong, or the pair has none, "~" and the
 * answer in two characters (low, high) before that.
 * {"probe":"fourier","step":N,"by_logarithm":false,"embedding":[...],"output":[...]}: shares by frequency, from 1
 * on.
 * {"probe":"attention","step":N,"layer":0,"rows":R,"maps":["...", ...],"look":[[[...], ...], ...]}: a map for each
 * head that is kept, two places a character, in seven levels from a quarter (0) over uniform (3) to four times (6), the
 * first in the lower three bits; look: layers, heads, shares of a, b and =, of R rows.
 *
 * Errors: none. Ownership: the caller's Portrait and Text. Threads: any. */
#ifndef LRD_LOG_PROBE_JSON_H
#define LRD_LOG_PROBE_JSON_H

#include <stdbool.h>

#include <lrd/base/text.h>
#include <lrd/log/probe.h>
#include <lrd/config/settings.h>

/* PROBE_NONE for a word that names none. */
ProbeKind probe_kind_of_name(const char *name);
/* A row with its newline. p is whole, and of a kind that is not PROBE_NONE. */
void probe_print(const Probe *p, Text *out);
/* row: as it was printed; settings: of the run. false, and *out as it was, when it is not one of such a run. */
bool probe_read(const char *row, size_t length, const Settings *settings, Probe *out);

#endif
