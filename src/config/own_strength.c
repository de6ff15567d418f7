#include <lrd/config/own_strength.h>

#include <math.h>
#include <string.h>

/* Of l2 the reference's; of the others what grokked soonest in the reference's runs of lrd. */
static const double usual[DECAY_KIND_COUNT] = {
    [DECAY_NONE] = 0,       [DECAY_L2] = 0.1,           [DECAY_LRD] = 0.005,
    [DECAY_POLAR] = 0.005,  [DECAY_SVT] = 0.005,        [DECAY_ELASTIC] = 0.005,
    [DECAY_RADIAL] = 0.005, [DECAY_TANGENTIAL] = 0.005, [DECAY_SHRINK] = 0.005,
};

const char own_strength_rule[] =
    "A decay.kind that is set without a strength while a run trains (t, d, :, --at, [schedule]) takes its own: the one "
    "that it had last in this run, else";

OwnStrengths own_strengths_new(void)
{
    OwnStrengths o;
    for (int i = 0; i < DECAY_KIND_COUNT; i++)
        o.of[i] = NAN;
    return o;
}

void own_strengths_note(OwnStrengths *o, const Settings *now)
{
    if (now->decay.kind != DECAY_NONE)
        o->of[now->decay.kind] = now->decay.strength;
}

double own_strength_usual(int kind)
{
    return usual[kind];
}

double own_strength_of(const OwnStrengths *o, int kind)
{
    return isnan(o->of[kind]) ? usual[kind] : o->of[kind];
}

void own_strength_complete(const OwnStrengths *o, const Settings *now, SettingsChange *c)
{
    const Setting *strength = settings_find("decay.strength");
    Settings then = *now;
    for (int i = 0; i < c->count; i++)
        if (c->item[i].row == strength)
            return;
    if (!status_is_ok(settings_change_apply(&then, c)) || then.decay.kind == now->decay.kind ||
        then.decay.kind == DECAY_NONE)
        return;
    struct SettingValue own = {.row = strength};
    const double value = own_strength_of(o, then.decay.kind);
    memcpy(own.bytes, &value, sizeof value);
    settings_change_put(c, &own);
}

void own_strength_print(Text *out)
{
    for (int i = DECAY_NONE + 1; i < DECAY_KIND_COUNT; i++)
        text_addf(out, "%s%s %g", i > DECAY_NONE + 1 ? ", " : "", decay_kinds[i].name, usual[i]);
}
