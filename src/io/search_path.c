#include <lrd/io/search_path.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef LRD_DATA_DIR
#define LRD_DATA_DIR "/usr/local/share/lrdlab"
#endif

const char *const search_path_data_folder = LRD_DATA_DIR;

static bool search_path_here(Text *out)
{
    text_add(out, "presets");
    return true;
}

bool search_path_xdg(const char *variable, const char *below_home, Text *out)
{
    const char *folder = getenv(variable), *home = getenv("HOME");
    if (folder && folder[0] == '/') /* the XDG rules: a relative path is ignored */
        text_addf(out, "%s/lrdlab", folder);
    else if (home && *home)
        text_addf(out, "%s/%s/lrdlab", home, below_home);
    return out->length > 0;
}

static bool search_path_own(Text *out)
{
    return search_path_xdg("XDG_CONFIG_HOME", ".config", out);
}

static bool search_path_installed(Text *out)
{
    text_add(out, LRD_DATA_DIR "/presets");
    return true;
}

/* A tree that was built and not installed, whatever the working directory is. */
static bool place_beside(Text *out)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0)
        return false;
    path[n] = '\0';
    char *slash = strrchr(path, '/');
    if (slash)
        text_addf(out, "%.*s/presets", (int)(slash - path), path);
    return slash != NULL;
}

static const struct {
    const char *where;
    bool (*folder)(Text *out); /* false: there is none */
    const char *only;          /* what alone is looked for there, NULL: everything */
} places[] = {
    {"./presets", search_path_here, NULL},
    {"your own", search_path_own, NULL},
    {"beside the program", place_beside, "demos"}, /* presets and lessons are compiled in */
    {"installed", search_path_installed, NULL},
};
enum { PLACES = sizeof places / sizeof places[0] };

static bool search_path_folder(int place, const char *inside, Text *out)
{
    text_clear(out);
    if (places[place].only && strcmp(places[place].only, inside) != 0)
        return false;
    if (!places[place].folder(out))
        return false;
    if (*inside)
        text_addf(out, "/%s", inside);
    return true;
}

bool search_path_find(const char *inside, const char *name, const char *ending, Text *path)
{
    for (int i = 0; i < PLACES; i++) {
        if (!search_path_folder(i, inside, path))
            continue;
        text_addf(path, "/%s%s", name, ending);
        if (access(text_str(path), F_OK) == 0)
            return true;
    }
    return false;
}

void search_path_each(const char *inside, const char *ending, SearchPathVisit *visit, void *self)
{
    Text folder = {0};
    for (int i = 0; i < PLACES; i++) {
        DIR *dir = search_path_folder(i, inside, &folder) ? opendir(text_str(&folder)) : NULL;
        struct dirent *file;
        while (dir && (file = readdir(dir))) {
            size_t length = text_before(file->d_name, ending);
            if (length > 0)
                visit(self, file->d_name, length, places[i].where);
        }
        if (dir)
            closedir(dir);
    }
    text_free(&folder);
}

void search_path_print(const char *inside, Text *out)
{
    Text folder = {0};
    for (int i = 0, written = 0; i < PLACES; i++)
        if (search_path_folder(i, inside, &folder))
            text_addf(out, "%s%s%s", written++ ? ", " : "", i == 0 ? "./" : "", text_str(&folder));
    text_free(&folder);
}
