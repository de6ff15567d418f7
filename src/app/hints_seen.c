#include <lrd/app/hints_seen.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lrd/io/atomic_file.h>
#include <lrd/io/folder.h>
#include <lrd/io/file_read.h>
#include <lrd/io/search_path.h>

enum { FILE_MOST = 64 };

static bool state_path(const char *name, Text *out)
{
    bool known = search_path_xdg("XDG_STATE_HOME", ".local/state", out);
    text_addf(out, "/%s", name);
    return known;
}

/* The first line; false when there is no such file, or it cannot be read. */
static bool state_read(const char *name, Text *out)
{
    Text path = {0};
    const bool found = state_path(name, &path) && status_is_ok(file_read(text_str(&path), FILE_MOST, out));
    if (found && out->length > 0)
        out->data[strcspn(out->data, "\n")] = '\0';
    text_free(&path);
    return found;
}

static void state_write(const char *name, const char *line)
{
    Text path = {0}, text = {0};
    text_addf(&text, "%s\n", line);
    if (state_path(name, &path) && status_is_ok(folder_make_for(text_str(&path))))
        (void)atomic_file_store(text_str(&path), text.data, text.length); /* it is not remembered then */
    text_free(&path);
    text_free(&text);
}

int hints_seen_load(void)
{
    Text text = {0};
    long long seen = 0;
    if (!state_read("hints", &text) || !text_to_i64(text_str(&text), &seen) || seen < 0 || seen > INT_MAX)
        seen = 0;
    text_free(&text);
    return (int)seen;
}

void hints_seen_store(int seen)
{
    char line[16];
    snprintf(line, sizeof line, "%d", seen);
    state_write("hints", line);
}

bool mouse_wanted(MouseSaid said)
{
    Text text = {0};
    bool on = said == MOUSE_ON;
    if (said == MOUSE_AS_BEFORE)
        on = !(state_read("mouse", &text) && strcmp(text_str(&text), "off") == 0);
    else
        state_write("mouse", on ? "on" : "off");
    text_free(&text);
    return on;
}
