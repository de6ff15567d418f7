#include <lrd/base/rate.h>

#include <math.h>

void rate_step(Rate *r, double now)
{
    const double half_life = 1.5;
    if (r->running) {
        double dt = now - r->last, fade = exp2(-dt / half_life);
        r->steps = r->steps * fade + 1;
        r->seconds = r->seconds * fade + dt;
    }
    r->running = true;
    r->last = now;
}

void rate_pause(Rate *r)
{
    r->running = false;
}

double rate_per_second(const Rate *r)
{
    return r->seconds > 0 ? r->steps / r->seconds : NAN;
}

double pace_wait(const Pace *p, double limit, double now)
{
    return limit > 0 ? fmax(p->due - now, 0) : 0;
}

void pace_step(Pace *p, double limit, double now)
{
    const double grace = 0.25;
    double from = p->due < now - grace ? now : p->due;
    p->due = limit > 0 ? from + 1 / limit : now;
}
