#include <lrd/io/atomic_file.h>
#include <lrd/base/text.h>
#include <lrd/base/util.h>
#include <lrd/io/output_open.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static Status atomic_file_refuse(const char *path, int error)
{
    return status_input("%s cannot be written: %s", path, output_error(error));
}

static void atomic_file_forget(AtomicFile *f)
{
    free(f->path);
    free(f->temporary);
    *f = (AtomicFile){0};
}

/* A link is followed to where its bytes are. A link to nothing yet cannot be resolved and is refused, rather than
 * replaced by a file. */
static char *path_resolve(const char *path)
{
    struct stat link;
    if (lstat(path, &link) == 0 && S_ISLNK(link.st_mode))
        return realpath(path, NULL);
    return xstrdup(path);
}

/* What stands for a file that is open already (/dev/stdout, /dev/fd/3) is written where that file stands, whatever it
 * is: a new file put in its place would not reach it. */
static int open_straight(const char *path)
{
    int number = output_descriptor(path);
    return number >= 0 ? fcntl(number, F_DUPFD_CLOEXEC, 0) : output_open(path, O_WRONLY | O_TRUNC);
}

static int open_beside(AtomicFile *f, const char *path, const struct stat *old)
{
    Text name = {0};
    f->path = path_resolve(path);
    int descriptor = f->path ? output_open_own(f->path, &name) : -1;
    int error = errno;
    if (descriptor >= 0) {
        f->temporary = xstrdup(text_str(&name));
        if (old)
            (void)!fchmod(descriptor, old->st_mode & 0777);
    }
    text_free(&name);
    errno = error;
    return descriptor;
}

Status atomic_file_open(AtomicFile *f, const char *path)
{
    *f = (AtomicFile){0};
    struct stat info = {0};
    bool exists = stat(path, &info) == 0;
    int descriptor;
    if ((exists && !S_ISREG(info.st_mode)) || output_descriptor(path) >= 0) {
        f->path = xstrdup(path);
        descriptor = open_straight(path);
    } else
        descriptor = open_beside(f, path, exists ? &info : NULL);
    f->stream = descriptor >= 0 ? fdopen(descriptor, "wb") : NULL;
    if (f->stream)
        return status_ok();
    int error = errno;
    if (f->temporary)
        unlink(f->temporary);
    if (descriptor >= 0)
        close(descriptor);
    atomic_file_forget(f);
    return atomic_file_refuse(path, error);
}

static void atomic_file_note(AtomicFile *f, bool good)
{
    if (!good && !f->error)
        f->error = errno ? errno : EIO;
}

void atomic_file_write(AtomicFile *f, const void *bytes, size_t count)
{
    if (f->error || count == 0)
        return;
    errno = 0;
    atomic_file_note(f, fwrite(bytes, 1, count, f->stream) == count);
}

/* The rename itself must survive a crash. File systems that cannot sync a folder say EINVAL: nothing more can be done
 * there. */
static bool folder_sync(const char *path)
{
    char *folder = xstrdup(path);
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder ? 1 : 0] = '\0';
    int descriptor = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (descriptor < 0)
        return false;
    bool good = fsync(descriptor) == 0 || errno == EINVAL;
    int error = errno;
    close(descriptor);
    errno = error;
    return good;
}

Status atomic_file_commit(AtomicFile *f)
{
    if (!f->error)
        atomic_file_note(f, fflush(f->stream) == 0);
    if (!f->error && f->temporary)
        atomic_file_note(f, fsync(fileno(f->stream)) == 0);
    if (f->temporary && !f->error)
        atomic_file_note(f, rename(f->temporary, f->path) == 0);
    if (f->temporary && f->error)
        unlink(f->temporary);
    bool renamed = f->temporary && !f->error;
    bool closed = fclose(f->stream) == 0; /* the lock goes with it: not before the name is given up */
    atomic_file_note(f, closed);
    if (renamed)
        atomic_file_note(f, folder_sync(f->path));
    Status status = status_ok();
    if (f->error)
        status =
            status_failed("%s was not %s: %s%s", f->path, renamed ? "synced to the disk" : "written",
                          strerror(f->error), f->temporary && !renamed ? "; what it held before is unchanged" : "");
    atomic_file_forget(f);
    return status;
}

void atomic_file_abandon(AtomicFile *f)
{
    if (f->temporary)
        unlink(f->temporary);
    fclose(f->stream);
    atomic_file_forget(f);
}

Status atomic_file_store(const char *path, const void *bytes, size_t count)
{
    AtomicFile f;
    Status status = atomic_file_open(&f, path);
    if (!status_is_ok(status))
        return status;
    atomic_file_write(&f, bytes, count);
    return atomic_file_commit(&f);
}
