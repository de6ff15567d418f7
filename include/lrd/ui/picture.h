/* ui/picture: the screen as a file of its own.
 *
 * Ownership: the canvas stays the caller's. Threads: any. */
#ifndef LRD_UI_PICTURE_H
#define LRD_UI_PICTURE_H

#include <stdint.h>

#include <lrd/base/status.h>
#include <lrd/view/canvas.h>
#include <lrd/view/theme.h>

enum { PICTURE_NAME_MAX = 64 };

/* Writes lrdlab-STEP.svg into the working directory; an existing file is never written over (then -2, -3, ...).
 * STATUS_FAILED with file and reason; nothing is left behind then. */
Status picture_write(const Canvas *c, Scheme scheme, int64_t step, char name[PICTURE_NAME_MAX]);

#endif
