#include <lrd/io/outputs.h>

#include <lrd/base/text.h>
#include <lrd/base/util.h>
#include <lrd/io/atomic_file.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder of a path, to be freed. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == path)
        return xstrdup("/");
    char *folder = xstrdup(slash ? path : ".");
    if (slash)
        folder[slash - path] = '\0';
    return folder;
}

/* A link to nothing yet is not followed when the file is written (io/atomic_file). */
static bool link_leads_nowhere(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0 && S_ISLNK(info.st_mode) && stat(path, &info) != 0;
}

static bool name_is_too_long(const char *path, const char *folder)
{
    const char *slash = strrchr(path, '/');
    const long most = pathconf(folder, _PC_NAME_MAX);
    return most > 0 && strlen(slash ? slash + 1 : path) + strlen(ATOMIC_FILE_SUFFIX) > (size_t)most;
}

Status output_check(NamedFile file)
{
    struct stat info;
    if (!file.path)
        return status_ok();
    bool exists = stat(file.path, &info) == 0;
    if (exists && S_ISDIR(info.st_mode))
        return status_input("%s %s: that is a folder; name a file", file.option, file.path);
    bool straight = exists && !S_ISREG(info.st_mode);
    if (link_leads_nowhere(file.path) || (straight && access(file.path, W_OK) != 0))
        return status_input("%s %s: cannot be written: %s", file.option, file.path, strerror(errno));
    char *target = exists ? realpath(file.path, NULL) : NULL, *folder = folder_of(target ? target : file.path);
    Status status = status_ok();
    if (!straight && access(folder, W_OK | X_OK) == 0 && name_is_too_long(target ? target : file.path, folder))
        status = status_input("%s %s: cannot be written: the name is too long, with %s behind it while it is written",
                              file.option, file.path, ATOMIC_FILE_SUFFIX);
    else if (!straight && access(folder, W_OK | X_OK) != 0)
        status =
            status_input("%s %s: cannot write in the folder %s: %s", file.option, file.path, folder, strerror(errno));
    free(folder);
    free(target);
    return status;
}

/* By its beginning: eight bytes of length, of which the last is zero, then JSON. One that is empty is, too. */
static bool may_hold_tensors(const char *path)
{
    char head[9];
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ssize_t n = descriptor >= 0 ? read(descriptor, head, sizeof head) : 0;
    if (descriptor >= 0)
        close(descriptor);
    return n <= 0 || (n == sizeof head && head[7] == '\0' && head[8] == '{');
}

Status output_check_tensors(NamedFile file)
{
    struct stat info;
    Status status = output_check(file);
    if (status_is_ok(status) && file.path && stat(file.path, &info) == 0 && S_ISREG(info.st_mode) &&
        !may_hold_tensors(file.path))
        status = status_input("%s %s: the file holds something else; give --force to write over it, or another name",
                              file.option, file.path);
    return status;
}

bool output_is_same(const char *a, const char *b)
{
    struct stat of_a, of_b;
    bool there = stat(a, &of_a) == 0, both = there && stat(b, &of_b) == 0;
    if (both)
        return S_ISREG(of_a.st_mode) && of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
    const char *slash_a = strrchr(a, '/'), *slash_b = strrchr(b, '/');
    if (there || strcmp(slash_a ? slash_a + 1 : a, slash_b ? slash_b + 1 : b) != 0 || stat(b, &of_b) == 0)
        return false;
    char *folder_a = folder_of(a), *folder_b = folder_of(b);
    bool same = strcmp(folder_a, folder_b) == 0 || (stat(folder_a, &of_a) == 0 && stat(folder_b, &of_b) == 0 &&
                                                    of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino);
    free(folder_a);
    free(folder_b);
    return same;
}

bool output_is_beside(const char *a, const char *b)
{
    Text beside = {0};
    text_addf(&beside, "%s" ATOMIC_FILE_SUFFIX, a);
    const bool same = output_is_same(text_str(&beside), b);
    text_free(&beside);
    return same;
}
