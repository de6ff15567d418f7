/* lesson/lesson_file: lessons as text, and where they are found.
 *
 *   [lesson]  title, about (a few sentences), preset (of the run; classroom when it is left out)
 *   [step]    once for each step, in order: title, do, notice, and where wanted
 *             wait = CHECK, CHECK ...           (lesson/lesson_check; left out: nothing)
 *             set  = KEY VALUE, KEY VALUE ...   settings that may change while a run trains
 *             view = NAME, keys = KEY KEY ...
 *
 * Read as strictly as a preset: each fault is a line FILE:LINE: what is wrong, what is allowed, the nearest word. Names
 * are looked up in the folders lessons of io/search_path and among those compiled in; anything with a slash or ending
 * in .ini is a path.
 *
 * keys: the table of what keys there are (ui/action). Ownership: plain values; a list is one block for free(). Threads:
 * any. */
#ifndef LRD_LESSON_LESSON_FILE_H
#define LRD_LESSON_LESSON_FILE_H

#include <lrd/base/status.h>
#include <lrd/base/text.h>
#include <lrd/config/preset.h>
#include <lrd/panel/action_row.h>
#include <lrd/panel/lesson.h>

extern const char *const lesson_default_name;

/* Every fault is a line in *problems; returns how many. *out is empty then. */
int lesson_parse(const char *name, const char *bytes, size_t length, const ActionTable *keys, Lesson *out,
                 Text *problems);
/* STATUS_INPUT with all faults in *problems (unknown name: says where was looked and the nearest). */
Status lesson_load(const char *name_or_path, const ActionTable *keys, Lesson *out, Text *problems);

/* Whether this file has a [lesson]; false too when it cannot be read. */
bool lesson_is_file(const char *path);
/* What it holds, for `info`; STATUS_INPUT with every fault in it. */
Status lesson_describe(const char *path, const ActionTable *keys, Text *out);

/* All lessons that can be found by name, sorted, each name once. */
int lesson_list(const ActionTable *keys, CatalogEntry **entries);

#endif
