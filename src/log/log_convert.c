#include <lrd/log/log_convert.h>
#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/io/file_kind.h>
#include <lrd/io/json_row.h>
#include <lrd/io/json_text.h>
#include <lrd/io/utf16.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char forms[] = "a log is a JSON object a line, a CSV table with a row of names, or one JSON document with "
                            "a list of rows (as log_history in trainer_state.json)";

/* ---- which form it is ---- */

/* The members of a document that hold the rows or columns; a row of a log has none of them. */
static json_t *document_rows(json_t *root)
{
    static const char *const known[] = {"log_history", "history", "metrics", "logs", "rows", "data"};
    if (json_is_array(root))
        return root;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        json_t *member = json_object_get(root, known[i]);
        const json_t *first = json_array_get(member, 0);
        if (json_is_object(first) || json_is_array(first) || (json_is_array(member) && !first && i == 0))
            return member;
    }
    return NULL;
}

/* Lists of the same length for at least one name: the columns of a table. */
static size_t columns_length(const json_t *object)
{
    size_t length = 0;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (!json_is_array(value) || (length > 0 && json_array_size(value) != length))
            return 0;
        length = json_array_size(value);
    }
    return length;
}

static json_t *document_columns(json_t *root)
{
    json_t *inside = json_object_get(root, "history");
    if (columns_length(inside) > 0)
        return inside;
    return columns_length(root) > 0 ? root : NULL;
}

/* {"name": [ ...: rows seldom begin with a list, and one that does is found out later. */
static bool begins_with_list(const char *s, const char *end)
{
    const char *colon = memchr(s, ':', (size_t)(end - s));
    for (s = colon ? colon + 1 : end; s < end && isspace((unsigned char)*s);)
        s++;
    return s < end && *s == '[';
}

static bool names_document(const char *line, size_t length)
{
    static const char *const members[] = {"\"log_history\"", "\"history\""};
    Text copy = {0};
    bool named = false;
    text_add_bytes(&copy, line, length);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        named = named || strstr(text_str(&copy), members[i]);
    text_free(&copy);
    return named;
}

bool log_is_lines(const char *head, size_t count)
{
    bool big;
    if (count == 0)
        return true;
    if (file_head_is_utf16(head, count, &big))
        return false;
    FileKind kind = file_kind_of_bytes(head, count);
    if (kind != FILE_JSON)
        return kind == FILE_EMPTY;
    const char *end = head + count, *s = head + file_head_mark(head, count);
    while (s < end && isspace((unsigned char)*s))
        s++;
    const char *newline = s < end ? memchr(s, '\n', (size_t)(end - s)) : NULL;
    const char *line_end = newline ? newline : end;
    if (s == end || *s != '{' || (!newline && count < FILE_HEAD_MAX) || begins_with_list(s, line_end) ||
        names_document(s, (size_t)(line_end - s)))
        return false;
    while (++s < line_end && isspace((unsigned char)*s))
        ;
    return s < line_end; /* "{" alone on its line opens a document */
}

/* ---- documents ---- */

static void add_line(const json_t *row, Text *out)
{
    char *line = json_dumps(row, JSON_COMPACT | JSON_REAL_PRECISION(17));
    text_add(out, line ? line : "null");
    text_add(out, "\n");
    free(line);
}

static void add_triple(const json_t *list, Text *out)
{
    json_t *row = json_object();
    json_object_set(row, "wall_time", json_array_get(list, 0));
    json_object_set(row, "step", json_array_get(list, 1));
    json_object_set(row, "value", json_array_get(list, 2));
    add_line(row, out);
    json_decref(row);
}

static void add_rows(const json_t *rows, Text *out)
{
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        if (json_is_array(row) && json_array_size(row) == 3)
            add_triple(row, out);
        else
            add_line(row, out);
    }
}

static void add_column_rows(json_t *columns, const json_t *epochs, Text *out)
{
    const size_t length = columns_length(columns);
    for (size_t i = 0; i < length; i++) {
        json_t *row = json_object();
        const char *key;
        json_t *value;
        if (json_array_size(epochs) == length)
            json_object_set(row, "epoch", json_array_get(epochs, i));
        else
            json_object_set_new(row, "epoch", json_integer((json_int_t)i));
        json_object_foreach(columns, key, value) json_object_set(row, key, json_array_get(value, i));
        add_line(row, out);
        json_decref(row);
    }
}

/* One line that is one object without a list of rows is a log of one row. */
static bool bytes_are_one_row(const Text *text, const json_t *root)
{
    size_t n = text->length;
    while (n > 0 && isspace((unsigned char)text->data[n - 1]))
        n--;
    return json_is_object(root) && !memchr(text->data, '\n', n);
}

/* A document that is not whole may be lines all the same, the first of them damaged. */
static bool text_looks_like_lines(const Text *text)
{
    int lines = 0, objects = 0;
    for (const char *s = text_str(text); *s; s += *s == '\n') {
        size_t n = strcspn(s, "\n"), end = n;
        while (end > 0 && isspace((unsigned char)s[end - 1]))
            end--;
        lines += end > 0;
        objects += end > 1 && s[0] == '{' && s[end - 1] == '}';
        s += n;
    }
    return objects > 0 && 2 * objects >= lines - 1;
}

static Status convert_document(const char *path, const Text *text, int64_t *not_numbers, Text *out)
{
    json_error_t error;
    int64_t count = 0;
    json_t *root = json_row_parse(text_str(text), text->length, &count, &error);
    json_t *rows = document_rows(root), *columns = rows ? NULL : document_columns(root);
    Status s = status_ok();
    if (rows || columns)
        *not_numbers += count;
    if (rows)
        add_rows(rows, out);
    else if (columns)
        add_column_rows(columns, json_object_get(root, "epoch"), out);
    else if (root ? bytes_are_one_row(text, root) : text_looks_like_lines(text) || !strchr(text_str(text), '\n'))
        text_add_bytes(out, text_str(text), text->length);
    else if (root)
        s = status_input("%s is JSON, but no rows of a log are in it; %s", quote_word(path).text, forms);
    else
        s = status_input("%s is one JSON document that is not whole (line %d); %s", quote_word(path).text, error.line,
                         forms);
    json_decref(root);
    return s;
}

/* ---- tables ---- */

/* The next cell, unquoted; returns where the one after it begins, NULL after the last of the line. */
static const char *cell_read(const char *s, char separator, Text *cell)
{
    text_clear(cell);
    s += strspn(s, " ");
    if (*s == '"') {
        for (s++; *s && (*s != '"' || s[1] == '"'); s++) {
            text_add_bytes(cell, s, 1);
            s += *s == '"';
        }
        s += *s == '"';
        while (*s && *s != separator && *s != '\n')
            s++;
    } else {
        size_t n = 0;
        while (s[n] && s[n] != separator && s[n] != '\n')
            n++;
        size_t kept = n;
        while (kept > 0 && strchr(" \r", s[kept - 1]))
            kept--;
        text_add_bytes(cell, s, kept);
        s += n;
    }
    return *s == separator ? s + 1 : NULL;
}

static void add_cell_value(const char *cell, char separator, Text *out)
{
    char word[64];
    double number;
    snprintf(word, sizeof word, "%s", cell);
    char *comma = strchr(word, ',');
    if (separator == ';' && comma) /* where semicolons separate, a comma is a decimal point */
        *comma = '.';
    if (strlen(cell) < sizeof word && text_to_double(word, &number))
        json_add_double(out, number);
    else
        json_add_string(out, cell);
}

/* Empty cells are left out: that row tells nothing of that column. */
static void add_table_row(const char *line, char separator, const Text *names, int count, Text *out)
{
    Text cell = {0};
    const char *between = "";
    text_add(out, "{");
    for (int i = 0; line && i < count; i++) {
        line = cell_read(line, separator, &cell);
        if (cell.length == 0 || names[i].length == 0)
            continue;
        text_add(out, between);
        json_add_string(out, text_str(&names[i]));
        text_add(out, ":");
        add_cell_value(text_str(&cell), separator, out);
        between = ",";
    }
    text_add(out, "}\n");
    text_free(&cell);
}

/* A name that comes twice is taken the first time; without any, the number of the column is one. */
static int read_names(const char *line, char separator, Text **names)
{
    int count = 0;
    *names = NULL;
    while (line) {
        *names = xrealloc(*names, (size_t)(count + 1) * sizeof **names);
        Text *name = &(*names)[count];
        *name = (Text){0};
        line = cell_read(line, separator, name);
        bool again = false;
        for (int i = 0; i < count; i++)
            again = again || strcmp(text_str(&(*names)[i]), text_str(name)) == 0;
        if (again)
            text_clear(name);
        count++;
    }
    return count;
}

static void convert_table(const Text *text, Text *out)
{
    const char *s = text_str(text);
    for (; *s == '\n' || *s == '\r'; s++)
        text_add(out, *s == '\n' ? "\n" : "");
    char separator = file_table_separator(s, strcspn(s, "\n"));
    Text *names;
    int count = read_names(s, separator, &names);
    text_add(out, "\n"); /* the row of names: lines keep their numbers */
    for (s = strchr(s, '\n'); s && *++s; s = strchr(s, '\n')) {
        size_t n = strcspn(s, "\r\n");
        if (n > 0)
            add_table_row(s, separator, names, count, out);
        else
            text_add(out, "\n");
    }
    for (int i = 0; i < count; i++)
        text_free(&names[i]);
    free(names);
}

Status log_convert(const char *path, const Text *bytes, int64_t *not_numbers, Text *out)
{
    Text text = {0};
    bool big;
    size_t mark = file_head_mark(text_str(bytes), bytes->length);
    FileKind kind = file_kind_of_bytes(text_str(bytes), bytes->length);
    if (file_head_is_utf16(text_str(bytes), bytes->length, &big))
        utf16_to_utf8(bytes->data, bytes->length, big, &text);
    else
        text_add_bytes(&text, text_str(bytes) + mark, bytes->length - mark);
    Status s = status_ok();
    if (kind == FILE_JSON && log_is_lines(text_str(&text), text.length))
        text_add_bytes(out, text_str(&text), text.length);
    else if (kind == FILE_JSON)
        s = convert_document(path, &text, not_numbers, out);
    else if (kind == FILE_TABLE)
        convert_table(&text, out);
    else if (kind == FILE_GZIP)
        s = status_input("%s is %s", quote_word(path).text, file_kind_words(kind));
    else if (kind != FILE_EMPTY)
        s = status_input("%s is %s; %s", quote_word(path).text, file_kind_words(kind), forms);
    text_free(&text);
    return s;
}
