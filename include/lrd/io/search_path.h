/* io/search_path: where files that can be called by their names alone are looked for: presets, lessons and demos
 * (io/catalog).
 *
 * The folders, in this order: ./presets, the user's own ($XDG_CONFIG_HOME/lrdlab, else ~/.config/lrdlab), for demos
 * alone presets beside the program (a tree that was built), and what `make install` put in place; of each a folder of
 * that name inside it when `inside` is not "".
 *
 * Ownership: the caller's Text. Threads: any. */
#ifndef LRD_IO_SEARCH_PATH_H
#define LRD_IO_SEARCH_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include <lrd/base/text.h>

extern const char *const search_path_data_folder; /* where `make install` put what comes with the program */

/* The path of the first NAME + ending; false when there is none. */
bool search_path_find(const char *inside, const char *name, const char *ending, Text *path);

/* Every file whose name ends so, in the order of the folders: a name may come twice, the first is the one that
 * search_path_find finds. name: without the ending, not terminated. where: the folder's kind, for a list. */
typedef void SearchPathVisit(void *self, const char *name, size_t length, const char *where);
void search_path_each(const char *inside, const char *ending, SearchPathVisit *visit, void *self);

/* Adds $VARIABLE/lrdlab, or lrdlab in this folder of the home; false: the environment names no place. */
bool search_path_xdg(const char *variable, const char *below_home, Text *out);

/* The folders, as a sentence names them: "./presets, /home/anna/.config/lrdlab, /usr/share/lrdlab/presets". */
void search_path_print(const char *inside, Text *out);

#endif
