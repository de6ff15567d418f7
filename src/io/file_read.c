#include <lrd/io/file_read.h>

#include <lrd/base/quote.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* O_NONBLOCK: opening a pipe that nobody writes to must not wait; a regular file does not care. */
static int file_read_open(const char *path)
{
    int fd;
    do
        fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* One byte more than allowed is enough to know: the size that fstat gives may be old by the time of reading. */
static Status file_read_all(int fd, const char *path, size_t most, Text *out)
{
    char block[16384];
    for (;;) {
        ssize_t n = read(fd, block, sizeof block);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return status_input("cannot read %s: %s", quote_word(path).text, strerror(errno));
        if (n == 0)
            return status_ok();
        text_add_bytes(out, block, (size_t)n);
        if (out->length > most)
            return status_input("%s is larger than the %zu KiB that such a file may have", quote_word(path).text,
                                most / 1024);
    }
}

Status file_read(const char *path, size_t most, Text *out)
{
    int fd = file_read_open(path);
    if (fd < 0)
        return status_input("cannot open %s: %s", quote_word(path).text, strerror(errno));
    struct stat about;
    Status s;
    if (fstat(fd, &about) != 0)
        s = status_input("cannot read %s: %s", quote_word(path).text, strerror(errno));
    else if (!S_ISREG(about.st_mode))
        s = status_input("%s is %s, not a file; name a file", quote_word(path).text,
                         S_ISDIR(about.st_mode) ? "a folder" : "a device or a pipe");
    else
        s = file_read_all(fd, path, most, out);
    close(fd);
    return s;
}
