#include <lrd/run/portrait_json.h>

#include <jansson.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";
enum { DIGIT_BITS = 6, DIGIT_LAST = 63, CHANCE_LAST = 255, WRONG = '~' };

static const char *const names[PORTRAIT_KIND_COUNT] = {
    [PORTRAIT_NONE] = "none",
    [PORTRAIT_ATTENTION] = "attention",
    [PORTRAIT_TABLE] = "table",
    [PORTRAIT_FOURIER] = "fourier",
};
static const char *const layer_names[2] = {"embedding", "output"};

bool portrait_is_told(PortraitKind kind)
{
    return kind == PORTRAIT_TABLE || kind == PORTRAIT_FOURIER;
}

PortraitKind portrait_kind_of_name(const char *name)
{
    for (int kind = 0; kind < PORTRAIT_KIND_COUNT; kind++)
        if (strcmp(names[kind], name) == 0)
            return (PortraitKind)kind;
    return PORTRAIT_NONE;
}

/* ---- Writing */

static void add_digit(Text *out, int value)
{
    text_add_bytes(out, &digits[value], 1);
}

static void add_trained(Text *out, const PortraitCell *cell, int count)
{
    for (int i = 0; i < count; i += DIGIT_BITS) {
        int bits = 0;
        for (int k = 0; k < DIGIT_BITS && i + k < count; k++)
            bits |= (cell[i + k].kind == PAIR_TRAINED) << k;
        add_digit(out, bits);
    }
}

static void add_cells(Text *out, const PortraitCell *cell, int count)
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

void portrait_print(const Portrait *p, Text *out)
{
    text_addf(out, "{\"portrait\":\"%s\",\"step\":%lld", names[p->ask.kind], (long long)p->step);
    if (p->ask.kind == PORTRAIT_TABLE) {
        text_add(out, ",\"trained\":\"");
        add_trained(out, p->cell, p->tokens * p->tokens);
        text_add(out, "\",\"cells\":\"");
        add_cells(out, p->cell, p->tokens * p->tokens);
        text_add(out, "\"");
    } else {
        text_addf(out, ",\"by_logarithm\":%s", p->by_logarithm ? "true" : "false");
        for (int i = 0; i < 2; i++)
            add_shares(out, layer_names[i], p->power[i], p->frequencies);
    }
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

static bool read_trained(const char *at, PortraitCell *cell, int count)
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

static bool read_cells(const char *at, const Settings *s, PortraitCell *cell, int tokens)
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
static void name_kinds(const Settings *s, PortraitCell *cell, int tokens)
{
    for (int a = 0; a < tokens; a++)
        for (int b = 0; b < tokens; b++) {
            PortraitCell *c = &cell[a * tokens + b];
            if (c->right < 0)
                c->kind = PAIR_OUTSIDE;
            else if (c->kind != PAIR_TRAINED && task_kinds[s->task.op].commutes &&
                     cell[b * tokens + a].kind == PAIR_TRAINED)
                c->kind = PAIR_MIRROR;
        }
}

static bool read_table(const json_t *row, const Settings *s, Portrait *p)
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

static bool read_shares(const json_t *row, Portrait *p)
{
    const json_t *list[2] = {json_object_get(row, layer_names[0]), json_object_get(row, layer_names[1])};
    size_t count = json_array_size(list[0]);
    if (!json_is_array(list[0]) || json_array_size(list[1]) != count || count > PORTRAIT_FREQUENCIES_MAX)
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

static bool read_row(const json_t *row, const Settings *s, Portrait *p)
{
    const char *name = json_string_value(json_object_get(row, "portrait"));
    const json_t *step = json_object_get(row, "step");
    const PortraitAsk ask = {.kind = portrait_kind_of_name(name ? name : "")};
    if (!portrait_is_told(ask.kind) || !json_is_integer(step))
        return false;
    portrait_make(p, &ask, task_tokens((TaskOp)s->task.op, s->task.p), s->model.depth, s->model.heads);
    p->step = p->oldest = json_integer_value(step);
    return ask.kind == PORTRAIT_TABLE ? read_table(row, s, p) : read_shares(row, p);
}

bool portrait_read(const char *row, size_t length, const Settings *settings, Portrait *out)
{
    json_t *parsed = json_loadb(row, length, JSON_REJECT_DUPLICATES, NULL);
    Portrait p = {.version = out->version};
    bool good = read_row(parsed, settings, &p);
    json_decref(parsed);
    if (good) {
        portrait_free(out);
        *out = p;
    } else {
        portrait_free(&p);
    }
    return good;
}
