#include <lrd/io/output_open.h>

#include <lrd/base/util.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAUSE_MS = 20 };

static int open_again(const char *path, int flags)
{
    int descriptor;
    do
        descriptor = open(path, flags | O_CLOEXEC, 0666);
    while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

int output_open(const char *path, int flags)
{
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISFIFO(info.st_mode))
        return open_again(path, flags);
    double end = clock_seconds() + OUTPUT_PATIENCE;
    int descriptor;
    while ((descriptor = open_again(path, flags | O_NONBLOCK)) < 0 && errno == ENXIO && clock_seconds() < end) {
        (void)poll(NULL, 0, PAUSE_MS);
        errno = ENXIO;
    }
    if (descriptor >= 0)
        (void)fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK);
    else if (errno == ENXIO)
        errno = EPIPE; /* a device without its hardware is ENXIO too */
    return descriptor;
}

/* The folder in which names are this process's open files. */
static bool is_descriptor_folder(const char *folder)
{
    char *full = realpath(*folder ? folder : ".", NULL), own[64];
    snprintf(own, sizeof own, "/proc/%ld/fd", (long)getpid());
    bool is = full && (strcmp(full, own) == 0 || strcmp(full, "/dev/fd") == 0);
    free(full);
    return is;
}

int output_descriptor(const char *path)
{
    enum { LINKS = 16 };
    char at[PATH_MAX], link[PATH_MAX];
    long long number;
    if (snprintf(at, sizeof at, "%s", path) >= (int)sizeof at)
        return -1;
    for (int i = 0; i < LINKS; i++) {
        char *slash = strrchr(at, '/'), *name = slash ? slash + 1 : at;
        char folder[PATH_MAX];
        snprintf(folder, sizeof folder, "%.*s", (int)(name - at), at);
        if (text_to_i64(name, &number) && number >= 0 && number <= INT_MAX && is_descriptor_folder(folder))
            return (int)number;
        ssize_t n = readlink(at, link, sizeof link - 1);
        if (n <= 0)
            return -1;
        link[n] = '\0';
        size_t kept = *link == '/' ? 0 : (size_t)(name - at);
        if (kept + (size_t)n >= sizeof at)
            return -1;
        memcpy(at + kept, link, (size_t)n + 1);
    }
    return -1;
}

bool output_lock(int descriptor)
{
    int result;
    do
        result = flock(descriptor, LOCK_EX | LOCK_NB);
    while (result != 0 && errno == EINTR);
    return result == 0 || errno != EWOULDBLOCK;
}

/* ---- Temporary files */

static const char own_prefix[] = ".lrdlab-", own_suffix[] = ".tmp";

/* FNV-1a of the target's last part: which of a folder's temporary files stand for it. */
static uint32_t name_hash(const char *name)
{
    uint32_t hash = 2166136261u;
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619u;
    return hash;
}

/* ".lrdlab-HASH-", and what stands before it in the path: the folder with its slash, or nothing. */
static void own_names(const char *target, Text *folder, Text *begin)
{
    const char *slash = strrchr(target, '/'), *name = slash ? slash + 1 : target;
    text_add_bytes(folder, target, (size_t)(name - target));
    text_addf(begin, "%s%08x-", own_prefix, name_hash(name));
}

static bool is_own_name(const char *name, const char *begin)
{
    const size_t n = strlen(name), head = strlen(begin), tail = strlen(own_suffix);
    return n > head + tail && strncmp(name, begin, head) == 0 && strcmp(name + n - tail, own_suffix) == 0 &&
           head + strspn(name + head, "0123456789-") + tail == n;
}

static bool leads_to(const char *path, const struct stat *ours)
{
    struct stat there;
    return lstat(path, &there) == 0 && ours->st_dev == there.st_dev && ours->st_ino == there.st_ino;
}

/* One that a dead process left behind: a regular file of ours under this one name, whose lock nobody holds. */
static void own_remove_stale(const char *path)
{
    int descriptor = open_again(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK);
    struct stat info;
    if (descriptor < 0)
        return;
    if (fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode) && info.st_nlink == 1 && info.st_uid == geteuid() &&
        flock(descriptor, LOCK_EX | LOCK_NB) == 0 && leads_to(path, &info))
        unlink(path);
    close(descriptor);
}

static void own_sweep(const char *folder, const char *begin)
{
    DIR *names = opendir(*folder ? folder : ".");
    const struct dirent *entry;
    Text path = {0};
    while (names && (entry = readdir(names)) != NULL)
        if (is_own_name(entry->d_name, begin)) {
            text_clear(&path);
            text_addf(&path, "%s%s", folder, entry->d_name);
            own_remove_stale(text_str(&path));
        }
    if (names)
        closedir(names);
    text_free(&path);
}

/* Locked before anyone can take it for a stale one: where another process was quicker, the name is gone. */
static bool own_hold(int descriptor, const char *path)
{
    struct stat info;
    return output_lock(descriptor) && fstat(descriptor, &info) == 0 && leads_to(path, &info);
}

int output_open_own(const char *target, Text *path)
{
    enum { TRIES = 1000 };
    static atomic_uint made;
    Text folder = {0}, begin = {0};
    int descriptor = -1, error = EEXIST;
    own_names(target, &folder, &begin);
    own_sweep(text_str(&folder), text_str(&begin));
    for (int i = 0; i < TRIES && descriptor < 0 && error == EEXIST; i++) {
        text_clear(path);
        text_addf(path, "%s%s%ld-%u%s", text_str(&folder), text_str(&begin), (long)getpid(), atomic_fetch_add(&made, 1),
                  own_suffix);
        descriptor = open_again(text_str(path), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
        error = errno;
        if (descriptor >= 0 && !own_hold(descriptor, text_str(path))) {
            close(descriptor);
            descriptor = -1;
            error = EEXIST;
        }
    }
    text_free(&folder);
    text_free(&begin);
    errno = error;
    return descriptor;
}

const char *output_error(int error)
{
    switch (error) {
    case EPIPE:
        return "nobody reads this pipe; start its reader first";
    case EWOULDBLOCK:
        return "another process is writing it now; name another file";
    default:
        return strerror(error);
    }
}
