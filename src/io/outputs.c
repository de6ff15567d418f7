#include <lrd/io/outputs.h>

#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/io/output_open.h>
#include <lrd/io/file_read.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/fs.h>
#endif

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

/* ---- What lrdlab made */

enum { SEALED_BYTES_MAX = 1 << 20, HEAD_BYTES = 2048 };
static const char seal_begin[] =
    "# lrdlab made this file; once it is edited it is yours, and is not replaced unasked: ";

/* FNV-1a */
static uint64_t seal_sum(const char *bytes, size_t count)
{
    uint64_t sum = 14695981039346656037u;
    for (size_t i = 0; i < count; i++)
        sum = (sum ^ (unsigned char)bytes[i]) * 1099511628211u;
    return sum;
}

void output_seal(Text *out)
{
    const uint64_t sum = seal_sum(text_str(out), out->length);
    text_addf(out, "%s%016" PRIx64 "\n", seal_begin, sum);
}

/* The last line is the seal of all before it: nobody has edited the file. */
static bool is_sealed(const char *path)
{
    Text bytes = {0}, whole = {0};
    bool sealed = false;
    if (status_is_ok(file_read(path, SEALED_BYTES_MAX, &bytes)) && bytes.length > 0) {
        size_t last = bytes.length - 1;
        while (last > 0 && bytes.data[last - 1] != '\n')
            last--;
        text_add_bytes(&whole, bytes.data, last);
        output_seal(&whole);
        sealed = whole.length == bytes.length && memcmp(whole.data, bytes.data, whole.length) == 0;
    }
    text_free(&bytes);
    text_free(&whole);
    return sealed;
}

/* Up to HEAD_BYTES of the beginning, or of the end, and zeros; only zeros where it cannot be read. */
static void part_read(const char *path, bool end, char part[HEAD_BYTES + 1])
{
    memset(part, 0, HEAD_BYTES + 1);
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0)
        return;
    if (!end || lseek(descriptor, -HEAD_BYTES, SEEK_END) >= 0 || lseek(descriptor, 0, SEEK_SET) == 0) {
        ssize_t n = read(descriptor, part, HEAD_BYTES);
        part[n > 0 ? n : 0] = '\0';
    }
    close(descriptor);
}

static void head_read(const char *path, char head[HEAD_BYTES + 1])
{
    part_read(path, false, head);
}

static bool head_begins(const char *head, const char *with)
{
    return strncmp(head, with, strlen(with)) == 0;
}

/* How the pictures, movies and figures begin that view and app write, and nothing else: an editor that saves one of
 * them changes that. */
static const struct {
    const char *begin, *then; /* then: anywhere in the head */
} pictures[] = {
    {"<svg xmlns=\"http://www.w3.org/2000/svg\" width=",
     "</title>\n<style>text{font:14.95px 'DejaVu Sans Mono',Menlo,Consolas,"},
    {"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg ", ">\n<title>lrdlab plot</title>\n<desc>"},
    {"<!doctype html>\n<!-- lrdlab movie -->\n", ""},
    {"{\"version\":3,\"term\":{\"cols\":", "},\"title\":\"lrdlab movie: "},
    {"{\"version\":2,\"width\":", "},\"title\":\"lrdlab movie: "},
};

/* A PDF tells it at its end, a PNG behind its size. */
static bool is_figure(const char *path, const char *head)
{
    enum { BEHIND_SIZE = 33 };
    static const char text[] = "tEXtSoftware\0lrdlab plot";
    char end[HEAD_BYTES + 1];
    if (head_begins(head, "\x89PNG\r\n"))
        return memcmp(head + BEHIND_SIZE + 4, text, sizeof text - 1) == 0;
    if (!head_begins(head, "%PDF-"))
        return false;
    part_read(path, true, end);
    for (size_t i = 0; i < HEAD_BYTES; i++) /* there are zeros in it */
        if (head_begins(end + i, "/Title (lrdlab plot)\n"))
            return true;
    return false;
}

static bool is_picture(const char *path)
{
    char head[HEAD_BYTES + 1];
    head_read(path, head);
    for (size_t i = 0; i < sizeof pictures / sizeof pictures[0]; i++)
        if (head_begins(head, pictures[i].begin) && strstr(head, pictures[i].then))
            return true;
    return is_figure(path, head);
}

static bool is_table(const char *path)
{
    char head[HEAD_BYTES + 1];
    head_read(path, head);
    const char *line = strchr(head, '\n'), *end = strstr(head, "measure,mean,spread,with,done,runs\n");
    return head_begins(head, "panel,") && end && end < line;
}

static bool is_result(const char *path)
{
    char head[HEAD_BYTES + 1];
    head_read(path, head);
    const bool cut = !strchr(head, '}'); /* by a crash of the machine */
    return head_begins(head, "{\"outcome\":") && (cut || strstr(head, ",\"best_unseen_acc\":"));
}

static bool is_never(const char *path)
{
    (void)path;
    return false;
}

/* A row for each purpose: by what a file is known as one that lrdlab made for it. */
typedef struct OutputRow {
    bool (*is_ours)(const char *path);
    const char *what;
} OutputRow;

static const OutputRow output_rows[] = {
    [OUTPUT_PICTURE] = {is_picture, "something that is not known for a picture of lrdlab's"},
    [OUTPUT_TABLE] = {is_table, "something other than a phase diagram's table"},
    [OUTPUT_SCRIPT] = {is_sealed, "something that lrdlab did not write, or that was edited since"},
    [OUTPUT_RESULT] = {is_result, "something other than the result of a run"},
    [OUTPUT_DATA] = {is_never, "what another run left, or something else"},
};

static Status output_check_old(NamedFile file, OutputKind kind)
{
    struct stat info;
    if (stat(file.path, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size == 0 ||
        output_descriptor(file.path) >= 0 || output_rows[kind].is_ours(file.path))
        return status_ok();
    return status_input("%s %s: the file holds %s; give --force to write over it, or another name", file.option,
                        quote_word(file.path).text, output_rows[kind].what);
}

/* ---- What can be written */

static Status cannot_write(NamedFile file, int error)
{
    return status_input("%s %s: cannot be written: %s", file.option, quote_word(file.path).text, output_error(error));
}

/* A file or folder that can be opened and not be replaced: marked so (chattr), mounted by itself, or another user's
 * in a folder where everybody writes. 0, or why. */
static int fixed_error(const char *path, const struct stat *info, const struct stat *folder)
{
#if defined(FS_IOC_GETFLAGS) && defined(FS_IMMUTABLE_FL)
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), flags = 0;
    bool marked = descriptor >= 0 && ioctl(descriptor, FS_IOC_GETFLAGS, &flags) == 0 &&
                  (flags & (FS_IMMUTABLE_FL | FS_APPEND_FL)) != 0;
    if (descriptor >= 0)
        close(descriptor);
    if (marked)
        return EPERM;
#else
    (void)path;
#endif
    if (!folder)
        return 0;
    if (info->st_dev != folder->st_dev)
        return EBUSY;
    const uid_t us = geteuid();
    return (folder->st_mode & S_ISVTX) && us != 0 && us != info->st_uid && us != folder->st_uid ? EPERM : 0;
}

/* Makes the temporary file that will be written, and takes it away. */
static int try_beside(const char *target)
{
    Text name = {0};
    int descriptor = output_open_own(target, &name), error = errno;
    if (descriptor >= 0) {
        error = unlink(text_str(&name)) == 0 ? 0 : errno;
        close(descriptor);
    }
    text_free(&name);
    return error;
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
    return most > 0 && strlen(slash ? slash + 1 : path) > (size_t)most;
}

static Status output_check_folder(NamedFile file, const char *target, const struct stat *info)
{
    char *folder = folder_of(target);
    struct stat about;
    Status status = status_ok();
    int error = 0;
    if (access(folder, W_OK | X_OK) != 0 || stat(folder, &about) != 0)
        status =
            status_input("%s %s: cannot write in the folder %s: %s", file.option, file.path, folder, strerror(errno));
    else if (name_is_too_long(target, folder))
        error = ENAMETOOLONG;
    else if ((error = fixed_error(folder, &about, NULL)) == 0 && info)
        error = fixed_error(target, info, &about);
    if (status_is_ok(status) && !error)
        error = try_beside(target);
    free(folder);
    return error ? cannot_write(file, error) : status;
}

static Status output_check_place(NamedFile file)
{
    struct stat info;
    bool exists = stat(file.path, &info) == 0;
    if (exists && S_ISDIR(info.st_mode))
        return status_input("%s %s: that is a folder; name a file", file.option, file.path);
    if (link_leads_nowhere(file.path) || (exists && !S_ISREG(info.st_mode) && access(file.path, W_OK) != 0))
        return status_input("%s %s: cannot be written: %s", file.option, file.path, strerror(errno));
    if ((exists && !S_ISREG(info.st_mode)) || output_descriptor(file.path) >= 0)
        return status_ok();
    char *target = exists ? realpath(file.path, NULL) : NULL;
    Status status = output_check_folder(file, target ? target : file.path, exists ? &info : NULL);
    free(target);
    return status;
}

Status output_check(NamedFile file, OutputKind kind, bool force)
{
    if (!file.path)
        return status_ok();
    Status status = output_check_place(file);
    return status_is_ok(status) && !force ? output_check_old(file, kind) : status;
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
