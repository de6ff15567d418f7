#include <lrd/log/log_names.h>
#include <lrd/base/quote.h>

#include <stdbool.h>
#include <string.h>

static const char ending[] = ".jsonl";

static bool is_boundary(char c)
{
    return c == '/' || c == ',';
}

/* Of the beginning that all paths share: what stands before the last part of it. */
static size_t shared_prefix(const char *const *paths, int count)
{
    size_t shared = strlen(paths[0]);
    for (int i = 1; i < count; i++)
        for (size_t k = 0; k < shared; k++)
            if (paths[i][k] != paths[0][k])
                shared = k;
    while (shared > 0 && !is_boundary(paths[0][shared - 1]))
        shared--;
    return shared;
}

/* Of the end that all paths share behind the prefix: from a boundary on, or the usual ending. */
static size_t shared_suffix(const char *const *paths, int count, size_t prefix)
{
    size_t length = strlen(paths[0]), shared = length - prefix;
    for (int i = 1; i < count; i++) {
        size_t other = strlen(paths[i]);
        shared = shared < other - prefix ? shared : other - prefix;
        for (size_t k = 1; k <= shared; k++)
            if (paths[i][other - k] != paths[0][length - k])
                shared = k - 1;
    }
    while (shared > 0 && !is_boundary(paths[0][length - shared]) && strcmp(paths[0] + length - shared, ending) != 0)
        shared--;
    return shared;
}

static void name_put(char name[COMPARISON_NAME_MAX], const char *from, size_t length)
{
    size_t n = 0;
    for (const char *s = from; s < from + length;) {
        size_t bytes = (size_t)quote_utf8_length(s);
        char one[8] = "?"; /* for what is no character, and for control characters */
        if (bytes > 0 && bytes < sizeof one && s + bytes <= from + length) {
            memcpy(one, s, bytes);
            one[bytes] = '\0';
            if (!quote_is_plain(one))
                memcpy(one, "?", 2);
        }
        if (n + strlen(one) >= COMPARISON_NAME_MAX)
            break;
        memcpy(name + n, one, strlen(one));
        n += strlen(one);
        s += bytes > 0 ? bytes : 1;
    }
    name[n] = '\0';
}

static void name_alone(char name[COMPARISON_NAME_MAX], const char *path)
{
    const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
    size_t before = text_before(file, ending);
    name_put(name, file, before ? before : strlen(file));
}

void log_names(const char *const *paths, int count, char (*names)[COMPARISON_NAME_MAX])
{
    size_t prefix = shared_prefix(paths, count), suffix = shared_suffix(paths, count, prefix);
    for (int i = 0; i < count; i++) {
        size_t length = strlen(paths[i]);
        if (count == 1 || length <= prefix + suffix)
            name_alone(names[i], paths[i]);
        else
            name_put(names[i], paths[i] + prefix, length - prefix - suffix);
    }
}
