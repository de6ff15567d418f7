/* base/rate: how fast steps go by, smoothed over the last seconds, and when the next one is due.
 *
 * The rate is steps over time, both fading with the same half-life, so that it is right from the second step
 * on and a pause does not count.
 *
 * Ownership: a plain value; all zero is a fresh one. Threads: one owner. */
#ifndef LRD_BASE_RATE_H
#define LRD_BASE_RATE_H

#include <stdbool.h>

typedef struct Rate {
    bool running; /* last is the time of a step */
    double last, steps, seconds;
} Rate;

/* A step is done at this time. */
void rate_step(Rate *r, double now);
/* Time until the next step is not to count. */
void rate_pause(Rate *r);
/* Steps per second, NAN before two steps went by. */
double rate_per_second(const Rate *r);

/* A limit in steps per second (lab.speed). */
typedef struct Pace {
    double due; /* when the next step may start */
} Pace;

/* Seconds to wait before the next step, 0 for none. A limit of 0 never waits. */
double pace_wait(const Pace *p, double limit, double now);
/* A step starts. One that is late by up to a quarter of a second is made good by the next ones, no more than that. */
void pace_step(Pace *p, double limit, double now);

#endif
