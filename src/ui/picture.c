#include <lrd/ui/picture.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <lrd/base/text.h>
#include <lrd/view/export.h>

static int open_free_name(int64_t step, char name[PICTURE_NAME_MAX])
{
    enum { TRIES = 10000 };
    int file = -1;
    for (int n = 1; n <= TRIES; n++) {
        if (n == 1)
            snprintf(name, PICTURE_NAME_MAX, "lrdlab-%" PRId64 ".svg", step);
        else
            snprintf(name, PICTURE_NAME_MAX, "lrdlab-%" PRId64 "-%d.svg", step, n);
        file = open(name, O_WRONLY | O_CREAT | O_EXCL, 0666);
        if (file >= 0 || errno != EEXIST)
            break;
    }
    return file;
}

static bool write_all(int file, const Text *t)
{
    for (size_t done = 0; done < t->length;) {
        ssize_t n = write(file, t->data + done, t->length - done);
        if (n < 0 && errno != EINTR)
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

Status picture_write(const Canvas *c, Scheme scheme, int64_t step, char name[PICTURE_NAME_MAX])
{
    Text svg = {0};
    int file = open_free_name(step, name);
    if (file < 0)
        return status_failed("cannot make the picture %s: %s", name, strerror(errno));
    char title[64];
    snprintf(title, sizeof title, "lrdlab at step %" PRId64, step);
    export_svg(c, scheme, title, &svg);
    Status status = status_ok();
    bool written = write_all(file, &svg);
    int why = errno;
    if (close(file) != 0 && written) {
        written = false;
        why = errno;
    }
    if (!written) {
        unlink(name);
        status = status_failed("cannot write the picture %s: %s", name, strerror(why));
    }
    text_free(&svg);
    return status;
}
