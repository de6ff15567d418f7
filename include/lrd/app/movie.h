/* app/movie: a run as a sequence of the lab's screens, out of its log; further logs go with it as ghosts.
 *
 * Every screen is drawn as `shot` draws it. Ghosts come no further than the log in front.
 *
 * Errors: STATUS_INPUT. Ownership: movie_close. Threads: the main thread. */
#ifndef LRD_APP_MOVIE_H
#define LRD_APP_MOVIE_H

#include <lrd/app/display_options.h>
#include <lrd/log/log_index.h>
#include <lrd/session/replay.h>

typedef struct Movie {
    LogIndex *book[REPLAY_LOGS_MAX];
    char name[REPLAY_LOGS_MAX][COMPARISON_NAME_MAX];
    Comparison *ghost[COMPARISONS_MAX];
    RunSummary *aside; /* of a ghost, made use of for a moment */
    int count;
    int64_t from, to; /* steps */
} Movie;

/* These logs with the --map, --from and --to of a command line. *out is to be closed whatever the outcome. */
Status movie_open(const Arguments *a, const char *const *paths, int count, Movie *out);
void movie_close(Movie *m);

/* Up to `most` steps: round ones at one distance, and the last. Returns how many. */
int movie_steps(const Movie *m, int most, int64_t *steps);
/* The screens of these views at one step, each into a canvas of its own; *story: what is said of it, UTF-8 without
 * control characters (NULL: not wanted). */
void movie_draw(Movie *m, int64_t step, const DisplayOptions *look, const ViewId *views, int count, Canvas *const *out,
                Text *story);
/* The title of the run in front, fit for a page. */
void movie_title(const Movie *m, Text *out);
/* What happened at a step after `after` and up to `step`, "" for nothing; valid until the next call. */
const char *movie_event(const Movie *m, int64_t after, int64_t step);

/* A page with a player. seconds: of the whole movie at speed 1. */
void movie_print_page(Movie *m, const DisplayOptions *look, int64_t seconds, bool (*tell)(int done, int all),
                      Text *out);

#endif
