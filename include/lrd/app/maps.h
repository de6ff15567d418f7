/* app/maps: --map FIELD=NAME of a command line, for every verb that reads logs.
 *
 * Ownership: a plain value that points into the Arguments. Threads: any. */
#ifndef LRD_APP_MAPS_H
#define LRD_APP_MAPS_H

#include <lrd/app/cli.h>
#include <lrd/log/log_fields.h>

Status maps_read(const Arguments *a, LogMap *out);

#endif
