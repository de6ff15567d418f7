#include <lrd/io/folder.h>

#include <lrd/base/quote.h>
#include <lrd/base/util.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Whether it is there now, made by us or, at the same time, by another process. */
static bool folder_make_one(const char *path)
{
    struct stat about;
    if (mkdir(path, 0777) == 0)
        return true;
    int error = errno;
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        return true;
    errno = error;
    return false;
}

Status folder_make(const char *path)
{
    char *part = xstrdup(path);
    Status s = status_ok();
    for (char *at = part; status_is_ok(s) && *at; at++) {
        bool ends = at[1] == '\0' || (at[0] != '/' && at[1] == '/');
        if (!ends)
            continue;
        char next = at[1];
        at[1] = '\0';
        if (!folder_make_one(part))
            s = status_input("the folder %s cannot be made: %s", quote_word(part).text, strerror(errno));
        at[1] = next;
    }
    free(part);
    return s;
}

Status folder_make_for(const char *file)
{
    char *folder = xstrdup(file), *slash = strrchr(folder, '/');
    Status s = status_ok();
    if (slash && slash != folder) {
        *slash = '\0';
        s = folder_make(folder);
    }
    free(folder);
    return s;
}
