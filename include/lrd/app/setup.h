/* app/setup: the settings and the schedule that a command line asks for: PRESET, --set, --at and --twin together.
 *
 * Every fault of the four is told in one go on stderr.
 *
 * Ownership: setup_free; strings point into the Arguments. Threads: the main thread. */
#ifndef LRD_APP_SETUP_H
#define LRD_APP_SETUP_H

#include <lrd/app/cli.h>
#include <lrd/config/preset.h>
#include <lrd/train/run.h>

typedef struct Setup {
    Settings settings;
    Schedule schedule;
    TwinSpec twin;
    Expectation expect; /* of the preset, where nothing was changed that it hangs on; else empty */
    const char *preset; /* NULL: the defaults */
} Setup;

/* fallback: the preset that is taken when none is named and no file brings settings; NULL for the defaults.
 * EXIT_DONE, or the exit status after the faults were told. *out is to be freed whatever the outcome. */
int setup_read(const Arguments *a, const char *fallback, Setup *out);
void setup_free(Setup *s);
/* The run that a and s ask for; both must outlive it. */
RunOptions setup_run_options(const Arguments *a, const Setup *s);

#endif
