/* io/folder: folders for files that are to be written.
 *
 * Errors: STATUS_INPUT with the folder's name and the reason. Ownership: none kept. Threads: any. */
#ifndef LRD_IO_FOLDER_H
#define LRD_IO_FOLDER_H

#include <lrd/base/status.h>

/* Makes the folder and those above it where they are missing. */
Status folder_make(const char *path);
/* The same for the folder in which this file is to lie. */
Status folder_make_for(const char *file);

#endif
