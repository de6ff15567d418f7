#include <lrd/panel/pair_try.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lrd/panel/key.h>

static bool is_typed(int code)
{
    return (code >= '0' && code <= '9') || code == ',' || code == ' ';
}

static void put(PairTry *p, int code)
{
    size_t length = strlen(p->text);
    const bool digit = code >= '0' && code <= '9', second_comma = code == ',' && strchr(p->text, ',');
    p->error[0] = '\0';
    if ((digit || length > 0) && !second_comma && length + 1 < sizeof p->text) {
        p->text[length] = (char)code;
        p->text[length + 1] = '\0';
    }
}

void pair_try_ask(PairTry *p, int a, int b, const ProbePair *now)
{
    if (now->there && now->step >= 0)
        p->last = *now;
    p->asked = true;
    p->a = a;
    p->b = b;
    p->text[0] = p->error[0] = '\0';
}

/* Two whole numbers with a comma or a blank between them, and nothing else. */
static bool parse(const char *text, long *a, long *b)
{
    char *end;
    *a = strtol(text, &end, 10);
    size_t between = strspn(end, ", ");
    if (end == text || between == 0)
        return false;
    const char *second = end + between;
    *b = strtol(second, &end, 10);
    return end != second && end[strspn(end, " ")] == '\0';
}

static void enter(PairTry *p, int tokens, const ProbePair *now)
{
    long a, b;
    if (!p->text[0] && p->asked) /* Enter alone: the same pair again */
        pair_try_ask(p, p->a, p->b, now);
    else if (!parse(p->text, &a, &b))
        snprintf(p->error, sizeof p->error, "Type two numbers, as in 3, 4.");
    else if (a >= tokens || b >= tokens)
        snprintf(p->error, sizeof p->error, "The numbers here are 0 to %d.", tokens - 1);
    else
        pair_try_ask(p, (int)a, (int)b, now);
}

PairKey pair_try_type(PairTry *p, int code, int tokens, const ProbePair *now)
{
    size_t length = strlen(p->text);
    if (code == UI_KEY_ESCAPE || code == 'a')
        return PAIR_KEY_CLOSES;
    if (code == UI_KEY_ENTER) {
        enter(p, tokens, now);
        return PAIR_KEY_TAKEN;
    }
    if (code == UI_KEY_BACKSPACE || code == UI_KEY_KILL) {
        p->text[code == UI_KEY_KILL || length == 0 ? 0 : length - 1] = '\0';
        p->error[0] = '\0';
        return PAIR_KEY_TAKEN;
    }
    if (!is_typed(code))
        return PAIR_KEY_PASSED;
    put(p, code);
    return PAIR_KEY_TAKEN;
}

bool pair_try_is_answered(const PairTry *p, const ProbePair *now)
{
    return p->asked && now->there && now->step >= 0 && now->a == p->a && now->b == p->b;
}
