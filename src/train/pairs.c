#include <lrd/train/pairs.h>

#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/io/file_read.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { PAIRS_BYTES_MAX = 64 << 20 };

void pairs_free(Pairs *p)
{
    free(p->rows);
    *p = (Pairs){0};
}

/* Digits at *s, at most five of them (the largest domain has 997 numbers); *s goes past them. */
static bool pairs_take_number(const char **s, const char *end, int32_t *out)
{
    const char *start = *s;
    int32_t value = 0;
    while (*s < end && **s >= '0' && **s <= '9' && *s - start < 5)
        value = 10 * value + (*(*s)++ - '0');
    *out = value;
    return *s > start;
}

static bool pairs_take_line(const char *s, const char *end, int32_t *a, int32_t *b)
{
    if (!pairs_take_number(&s, end, a) || s == end || *s++ != ' ')
        return false;
    return pairs_take_number(&s, end, b) && s == end;
}

/* The line as far as a sentence shows it. */
static Quote pairs_quote(const char *s, const char *end)
{
    char word[100];
    size_t n = (size_t)(end - s) < sizeof word - 1 ? (size_t)(end - s) : sizeof word - 1;
    memcpy(word, s, n);
    word[n] = '\0';
    return quote_word(word);
}

static int64_t pairs_count_lines(const char *bytes, size_t length)
{
    int64_t count = length && bytes[length - 1] != '\n';
    for (size_t i = 0; i < length; i++)
        count += bytes[i] == '\n';
    return count;
}

/* first_line[a * tokens + b]: the line that said the pair, 0 for none yet. */
static Status pairs_fill(const char *name, const char *bytes, size_t length, TaskOp op, int p, Pairs *out,
                         int32_t *first_line)
{
    int tokens = task_tokens(op, p);
    const char *end = bytes + length;
    for (const char *s = bytes; s < end;) {
        const char *newline = memchr(s, '\n', (size_t)(end - s));
        const char *stop = newline ? newline : end;
        int line = (int)out->count + 1;
        int32_t *row = out->rows + 2 * out->count;
        if (!pairs_take_line(s, stop, &row[0], &row[1]))
            return status_input("%s:%d: %s is not a pair; a line is two whole numbers with one blank between them",
                                name, line, pairs_quote(s, stop).text);
        if (task_answer(op, p, row[0], row[1]) < 0)
            return status_input("%s:%d: %d %d is outside the table of task.op %s; its numbers go from 0 to %d%s", name,
                                line, row[0], row[1], task_kinds[op].name, tokens - 1,
                                op == TASK_DIV ? ", the second one from 1" : "");
        int32_t *seen = &first_line[(size_t)row[0] * (size_t)tokens + (size_t)row[1]];
        if (*seen)
            return status_input("%s:%d: %d %d was already said in line %d; take one of them out", name, line, row[0],
                                row[1], *seen);
        *seen = line;
        out->count++;
        s = stop + 1;
    }
    return status_ok();
}

Status pairs_parse(const char *name, const char *bytes, size_t length, TaskOp op, int p, Pairs *out)
{
    *out = (Pairs){0};
    int64_t lines = pairs_count_lines(bytes, length);
    if (lines == 0)
        return status_input("%s holds no pairs; each line of it is one training row \"a b\"", name);
    size_t tokens = (size_t)task_tokens(op, p);
    int32_t *first_line = xcalloc(tokens * tokens, sizeof *first_line);
    /* No more rows than the table has can be accepted, and one more is looked at. */
    int64_t room = min_i64(lines, task_domain_size(op, p) + 1);
    out->rows = xmalloc((size_t)room * 2 * sizeof *out->rows);
    Status s = pairs_fill(name, bytes, length, op, p, out, first_line);
    free(first_line);
    if (!status_is_ok(s))
        pairs_free(out);
    return s;
}

Status pairs_read(const char *path, TaskOp op, int p, Pairs *out)
{
    *out = (Pairs){0};
    Text bytes = {0};
    Status s = file_read(path, PAIRS_BYTES_MAX, &bytes);
    if (status_is_ok(s))
        s = pairs_parse(path, text_str(&bytes), bytes.length, op, p, out);
    text_free(&bytes);
    return s;
}
