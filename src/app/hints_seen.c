#include <lrd/app/hints_seen.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <lrd/io/atomic_file.h>
#include <lrd/io/folder.h>
#include <lrd/io/file_read.h>
#include <lrd/io/search_path.h>

enum { FILE_MOST = 64 };

static bool seen_path(Text *out)
{
    bool known = search_path_xdg("XDG_STATE_HOME", ".local/state", out);
    text_add(out, "/hints");
    return known;
}

int hints_seen_load(void)
{
    Text path = {0}, text = {0};
    long long seen = 0;
    if (seen_path(&path) && status_is_ok(file_read(text_str(&path), FILE_MOST, &text))) {
        if (text.length > 0)
            text.data[strcspn(text.data, "\n")] = '\0';
        if (!text_to_i64(text_str(&text), &seen) || seen < 0 || seen > INT_MAX)
            seen = 0;
    }
    text_free(&path);
    text_free(&text);
    return (int)seen;
}

void hints_seen_store(int seen)
{
    Text path = {0}, text = {0};
    text_addf(&text, "%d\n", seen);
    if (seen_path(&path) && status_is_ok(folder_make_for(text_str(&path))))
        (void)atomic_file_store(text_str(&path), text.data, text.length); /* the hints come once more then */
    text_free(&path);
    text_free(&text);
}
