#include <lrd/log/probe_json.h>

#include <jansson.h>
#include <math.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";
enum { DIGIT_BITS = 6, DIGIT_LAST = 63, CHANCE_LAST = 255, WRONG = '~' };
enum { LEVEL_BITS = 3, LEVEL_EVEN = 3, LEVEL_LAST = 6 }; /* of a map; EVEN: as often as any other */
static const double levels_per_octave = 1.5;

static const char *const names[PROBE_KIND_COUNT] = {
    [PROBE_NONE] = "none",
    [PROBE_ATTENTION] = "attention",
    [PROBE_TABLE] = "table",
    [PROBE_FOURIER] = "fourier",
};
static const char *const layer_names[2] = {"embedding", "output"};

ProbeKind probe_kind_of_name(const char *name)
{
    for (int kind = 0; kind < PROBE_KIND_COUNT; kind++)
        if (strcmp(names[kind], name) == 0)
            return (ProbeKind)kind;
    return PROBE_NONE;
}

/* ---- Writing */

static void add_digit(Text *out, int value)
{
    text_add_bytes(out, &digits[value], 1);
}

static void add_trained(Text *out, const ProbeCell *cell, int count)
{
    for (int i = 0; i < count; i += DIGIT_BITS) {
        int bits = 0;
        for (int k = 0; k < DIGIT_BITS && i + k < count; k++)
            bits |= (cell[i + k].kind == PAIR_TRAINED) << k;
        add_digit(out, bits);
    }
}

static void add_cells(Text *out, const ProbeCell *cell, int count)
{
    for (int i = 0; i < count; i++) {
        if (cell[i].answer != cell[i].right) {
            text_add(out, "~");
            add_digit(out, cell[i].answer & DIGIT_LAST);
            add_digit(out, cell[i].answer >> DIGIT_BITS);
        }
        add_digit(out, (cell[i].chance * DIGIT_LAST + CHANCE_LAST / 2) / CHANCE_LAST);
    }
}

static void add_shares(Text *out, const char *name, const double *power, int count)
{
    text_addf(out, ",\"%s\":[", name);
    for (int i = 0; i < count; i++)
        text_addf(out, "%s%.4g", i ? "," : "", power[i]);
    text_add(out, "]");
}

static void print_table(const Probe *p, Text *out)
{
    text_add(out, ",\"trained\":\"");
    add_trained(out, p->cell, p->tokens * p->tokens);
    text_add(out, "\",\"cells\":\"");
    add_cells(out, p->cell, p->tokens * p->tokens);
    text_add(out, "\"");
}

static void print_fourier(const Probe *p, Text *out)
{
    text_addf(out, ",\"by_logarithm\":%s", p->by_logarithm ? "true" : "false");
    for (int i = 0; i < 2; i++)
        add_shares(out, layer_names[i], p->power[i], p->frequencies);
}

static int level_of(float times)
{
    double level = times > 0 ? LEVEL_EVEN + levels_per_octave * log2((double)times) : 0;
    return (int)lround(fmin(fmax(level, 0), LEVEL_LAST));
}

static void add_map(Text *out, const float *map, int count)
{
    for (int i = 0; i < count; i += 2)
        add_digit(out, level_of(map[i]) | (i + 1 < count ? level_of(map[i + 1]) : 0) << LEVEL_BITS);
}

static void add_look(Text *out, const Probe *p)
{
    for (int l = 0; l < p->layers; l++)
        for (int h = 0; h < p->maps; h++)
            text_addf(out, "%s[%.3g,%.3g,%.3g]%s",
                      h   ? ","
                      : l ? ",["
                          : "[",
                      (double)p->look[l][h][0], (double)p->look[l][h][1], (double)p->look[l][h][2],
                      h + 1 == p->maps ? "]" : "");
}

static void print_attention(const Probe *p, Text *out)
{
    text_addf(out, ",\"layer\":%d,\"rows\":%d,\"maps\":[", p->ask.layer, p->look_rows);
    for (int h = 0; h < p->maps; h++) {
        text_add(out, h ? ",\"" : "\"");
        add_map(out, p->map + (size_t)h * (size_t)p->side * (size_t)p->side, p->side * p->side);
        text_add(out, "\"");
    }
    text_add(out, "],\"look\":[");
    add_look(out, p);
    text_add(out, "]");
}

void probe_print(const Probe *p, Text *out)
{
    static void (*const print[PROBE_KIND_COUNT])(const Probe *, Text *) = {
        [PROBE_ATTENTION] = print_attention,
        [PROBE_TABLE] = print_table,
        [PROBE_FOURIER] = print_fourier,
    };
    text_addf(out, "{\"portrait\":\"%s\",\"step\":%lld", names[p->ask.kind], (long long)p->step);
    print[p->ask.kind](p, out);
    text_add(out, "}\n");
}

/* ---- Reading */

/* -1: no digit, or the end. */
static int take_digit(const char **at)
{
    const char *found = **at ? strchr(digits, **at) : NULL;
    *at += found != NULL;
    return found ? (int)(found - digits) : -1;
}

static bool read_trained(const char *at, ProbeCell *cell, int count)
{
    for (int i = 0; i < count; i += DIGIT_BITS) {
        int bits = take_digit(&at);
        if (bits < 0)
            return false;
        for (int k = 0; k < DIGIT_BITS && i + k < count; k++)
            cell[i + k].kind = bits >> k & 1 ? PAIR_TRAINED : PAIR_UNSEEN;
    }
    return !*at;
}

static bool read_cells(const char *at, const Settings *s, ProbeCell *cell, int tokens)
{
    for (int i = 0; i < tokens * tokens; i++) {
        int right = task_answer((TaskOp)s->task.op, s->task.p, i / tokens, i % tokens), answer = right;
        if (*at == WRONG) {
            at++;
            int low = take_digit(&at), high = take_digit(&at);
            answer = low < 0 || high < 0 ? -1 : low | high << DIGIT_BITS;
        }
        int sure = take_digit(&at);
        if (sure < 0 || answer < 0 || answer > tokens)
            return false;
        cell[i].answer = (int16_t)answer;
        cell[i].right = (int16_t)right;
        cell[i].chance = (uint8_t)((sure * CHANCE_LAST + DIGIT_LAST / 2) / DIGIT_LAST);
    }
    return !*at;
}

/* Of the pairs that were not trained: which have no answer, and which are twins of trained ones. */
static void name_kinds(const Settings *s, ProbeCell *cell, int tokens)
{
    for (int a = 0; a < tokens; a++)
        for (int b = 0; b < tokens; b++) {
            ProbeCell *c = &cell[a * tokens + b];
            if (c->right < 0)
                c->kind = PAIR_OUTSIDE;
            else if (c->kind != PAIR_TRAINED && task_kinds[s->task.op].commutes &&
                     cell[b * tokens + a].kind == PAIR_TRAINED)
                c->kind = PAIR_MIRROR;
        }
}

static bool read_table(const json_t *row, const Settings *s, Probe *p)
{
    const char *trained = json_string_value(json_object_get(row, "trained"));
    const char *cells = json_string_value(json_object_get(row, "cells"));
    if (!trained || !cells || !read_trained(trained, p->cell, p->tokens * p->tokens) ||
        !read_cells(cells, s, p->cell, p->tokens))
        return false;
    name_kinds(s, p->cell, p->tokens);
    p->fresh = (int64_t)p->tokens * p->tokens;
    return true;
}

static bool read_map(const char *at, float *map, int count)
{
    for (int i = 0; i < count; i += 2) {
        int two = take_digit(&at);
        if (two < 0)
            return false;
        for (int k = 0; k < 2 && i + k < count; k++)
            map[i + k] = (float)exp2(((two >> k * LEVEL_BITS & 7) - LEVEL_EVEN) / levels_per_octave);
    }
    return !*at;
}

static void read_look(const json_t *look, Probe *p)
{
    for (int l = 0; l < p->layers; l++)
        for (int h = 0; h < p->maps; h++)
            for (int j = 0; j < MODEL_POSITIONS; j++) {
                const json_t *heads = json_array_get(look, (size_t)l), *shares = json_array_get(heads, (size_t)h);
                p->look[l][h][j] = (float)json_number_value(json_array_get(shares, (size_t)j));
            }
}

static bool read_attention(const json_t *row, const Settings *s, Probe *p)
{
    (void)s;
    const json_t *maps = json_object_get(row, "maps"), *layer = json_object_get(row, "layer");
    if (!json_is_integer(layer) || json_integer_value(layer) < 0 || json_integer_value(layer) >= p->layers ||
        json_array_size(maps) != (size_t)p->maps)
        return false;
    p->ask.layer = (int)json_integer_value(layer);
    for (int h = 0; h < p->maps; h++) {
        const char *map = json_string_value(json_array_get(maps, (size_t)h));
        if (!map || !read_map(map, p->map + (size_t)h * (size_t)p->side * (size_t)p->side, p->side * p->side))
            return false;
    }
    read_look(json_object_get(row, "look"), p);
    p->look_rows = (int)json_integer_value(json_object_get(row, "rows"));
    return true;
}

static bool read_fourier(const json_t *row, const Settings *s, Probe *p)
{
    (void)s;
    const json_t *list[2] = {json_object_get(row, layer_names[0]), json_object_get(row, layer_names[1])};
    size_t count = json_array_size(list[0]);
    if (!json_is_array(list[0]) || json_array_size(list[1]) != count || count > PROBE_FREQUENCIES_MAX)
        return false;
    for (int which = 0; which < 2; which++)
        for (size_t k = 0; k < count; k++) {
            const json_t *share = json_array_get(list[which], k);
            p->power[which][k] = json_is_number(share) ? json_number_value(share) : 0;
        }
    p->frequencies = (int)count;
    p->by_logarithm = json_is_true(json_object_get(row, "by_logarithm"));
    return true;
}

static bool read_row(const json_t *row, const Settings *s, Probe *p)
{
    static bool (*const read[PROBE_KIND_COUNT])(const json_t *, const Settings *, Probe *) = {
        [PROBE_ATTENTION] = read_attention,
        [PROBE_TABLE] = read_table,
        [PROBE_FOURIER] = read_fourier,
    };
    const char *name = json_string_value(json_object_get(row, "portrait"));
    const json_t *step = json_object_get(row, "step");
    const ProbeRequest ask = {.kind = probe_kind_of_name(name ? name : "")};
    if (ask.kind == PROBE_NONE || !json_is_integer(step))
        return false;
    probe_make(p, &ask, task_tokens((TaskOp)s->task.op, s->task.p), s->model.depth, s->model.heads);
    p->step = p->oldest = json_integer_value(step);
    return read[ask.kind](row, s, p);
}

bool probe_read(const char *row, size_t length, const Settings *settings, Probe *out)
{
    json_t *parsed = json_loadb(row, length, JSON_REJECT_DUPLICATES, NULL);
    Probe p = {.version = out->version};
    bool good = read_row(parsed, settings, &p);
    json_decref(parsed);
    if (good) {
        probe_free(out);
        *out = p;
    } else {
        probe_free(&p);
    }
    return good;
}
