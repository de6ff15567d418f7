#include <lrd/log/decay_map.h>

#include <math.h>

#include <lrd/lab/spectrum.h>

static double map_lr(const Settings *s, int64_t step)
{
    double share = s->train.warmup > 0 ? (double)(step + 1) / (double)s->train.warmup : 1;
    return s->train.lr * fmin(share, 1);
}

static void fill(const DecayRule *rule, double lr, const float *sigma, int count, double *share)
{
    SpectrumMap map = spectrum_map(rule, lr, sigma, count);
    for (int i = 0; i < count; i++) {
        double value = (double)sigma[i];
        share[i] = value > 0 ? (value - spectrum_map_at(&map, value)) / value : 0;
    }
}

void decay_map_shares(const Settings *settings, int64_t step, const float *sigma, int count, double *share,
                      double *polar)
{
    DecayRule rule = settings_decay(settings), exact = rule;
    exact.kind = DECAY_POLAR;
    fill(&rule, map_lr(settings, step), sigma, count, share);
    fill(&exact, map_lr(settings, step), sigma, count, polar);
}
