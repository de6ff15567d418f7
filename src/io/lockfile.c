#include <lrd/io/lockfile.h>

#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/io/file_read.h>
#include <lrd/base/thread.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { STALE_SECONDS = 600, TOUCH_SECONDS = 20, LOCK_BYTES_MAX = 1024 };

struct Lockfile {
    char *path;
    Text line; /* what the file holds: host, process, machine, time */
    int descriptor;
    pthread_t toucher;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool touching, ending;
};

/* ---- Who holds a lock */

typedef struct Holder {
    char host[256], machine[160];
    long long process;
} Holder;

static void add_host(Text *out)
{
    char host[256] = "";
    if (gethostname(host, sizeof host - 1) != 0 || !*host)
        memcpy(host, "unknown", sizeof "unknown");
    for (char *c = host; *c; c++)
        if (*c == ' ' || *c == '\n')
            *c = '-';
    text_add(out, host);
}

/* The same word for all processes that can see each other's process numbers, and for no others. */
static void add_machine(Text *out)
{
    Text boot = {0};
    char space[64] = "";
    ssize_t n = readlink("/proc/self/ns/pid", space, sizeof space - 1);
    if (n > 0 && status_is_ok(file_read("/proc/sys/kernel/random/boot_id", LOCK_BYTES_MAX, &boot)))
        text_addf(out, "%.*s/%s", (int)strcspn(text_str(&boot), "\n"), text_str(&boot), space);
    else
        add_host(out);
    text_free(&boot);
}

/* HOST PROCESS MACHINE TIME */
static void add_line(Text *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    add_host(out);
    text_addf(out, " %lld ", (long long)getpid());
    add_machine(out);
    text_addf(out, " %lld.%09ld\n", (long long)now.tv_sec, now.tv_nsec);
}

static bool read_word(const char **at, char *out, size_t size)
{
    size_t n = strcspn(*at, " \n");
    if (n == 0 || n >= size)
        return false;
    memcpy(out, *at, n);
    out[n] = '\0';
    *at += n + ((*at)[n] == ' ');
    return true;
}

/* false for a lock that is being written, or that a crash left empty: only its age can tell. */
static bool read_holder(const char *path, Holder *out)
{
    Text bytes = {0};
    char process[24];
    bool good = status_is_ok(file_read(path, LOCK_BYTES_MAX, &bytes));
    const char *at = text_str(&bytes);
    good = good && read_word(&at, out->host, sizeof out->host) && read_word(&at, process, sizeof process) &&
           read_word(&at, out->machine, sizeof out->machine) && text_to_i64(process, &out->process);
    text_free(&bytes);
    return good && quote_is_plain(out->host);
}

static bool process_is_gone(const Holder *h)
{
    Text here = {0};
    add_machine(&here);
    bool gone =
        strcmp(text_str(&here), h->machine) == 0 && h->process > 0 && kill((pid_t)h->process, 0) != 0 && errno == ESRCH;
    text_free(&here);
    return gone;
}

/* now: by the clock that stamps the file. */
static bool lock_is_old(const char *path, time_t now)
{
    struct stat about;
    return stat(path, &about) == 0 && now - about.st_mtime > STALE_SECONDS;
}

static bool lock_is_stale(const char *path, time_t now)
{
    Holder holder;
    return (read_holder(path, &holder) && process_is_gone(&holder)) || lock_is_old(path, now);
}

/* ---- Making one */

static int lock_create(const char *path)
{
    int fd;
    do
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* The right to take over: its own stamp is the file system's clock. false when another process has it. */
static bool steal_begin(const char *steal, time_t *now)
{
    int fd = lock_create(steal);
    struct stat about;
    if (fd < 0) {
        if (lock_is_old(steal, time(NULL))) /* its process died in the moment it was needed: the next try has it */
            unlink(steal);
        return false;
    }
    bool good = fstat(fd, &about) == 0;
    *now = about.st_mtime;
    close(fd);
    if (!good)
        unlink(steal);
    return good;
}

/* Removes a stale lock. Looked at again inside, since another process may have been quicker. */
static bool lock_clear(const char *path)
{
    Text steal = {0};
    time_t now;
    text_addf(&steal, "%s.steal", path);
    bool cleared = steal_begin(text_str(&steal), &now);
    if (cleared) {
        cleared = lock_is_stale(path, now) && unlink(path) == 0;
        unlink(text_str(&steal));
    }
    text_free(&steal);
    return cleared;
}

bool lockfile_is_held(const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0)
        return false;
    Text steal = {0};
    time_t now;
    text_addf(&steal, "%s.steal", path);
    bool held = true;
    if (steal_begin(text_str(&steal), &now)) {
        held = !lock_is_stale(path, now) && stat(path, &about) == 0;
        unlink(text_str(&steal));
    }
    text_free(&steal);
    return held;
}

/* ---- Holding it */

static void *touch_run(void *context)
{
    Lockfile *c = context;
    pthread_mutex_lock(&c->mutex);
    while (!c->ending) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += TOUCH_SECONDS;
        pthread_cond_timedwait(&c->changed, &c->mutex, &until);
        (void)!futimens(c->descriptor, NULL);
    }
    pthread_mutex_unlock(&c->mutex);
    return NULL;
}

static Status lockfile_refuse(const char *path, int error)
{
    return status_failed("%s cannot be made: %s", quote_word(path).text, strerror(error));
}

static Status lockfile_hold(const char *path, int descriptor, Lockfile **out)
{
    Lockfile *c = xcalloc(1, sizeof *c);
    c->path = xstrdup(path);
    c->descriptor = descriptor;
    add_line(&c->line);
    pthread_mutex_init(&c->mutex, NULL);
    pthread_cond_init(&c->changed, NULL);
    *out = c;
    if (write(descriptor, c->line.data, c->line.length) == (ssize_t)c->line.length) {
        c->touching = thread_start(&c->toucher, touch_run, c); /* without it the claim is merely shorter */
        return status_ok();
    }
    Status s = lockfile_refuse(path, errno);
    unlink(path);
    lockfile_drop(c);
    *out = NULL;
    return s;
}

Status lockfile_take(const char *path, Lockfile **out, Text *holder)
{
    *out = NULL;
    int fd = lock_create(path), error = errno;
    if (fd < 0 && error == EEXIST && lock_clear(path)) {
        fd = lock_create(path);
        error = errno;
    }
    if (fd >= 0)
        return lockfile_hold(path, fd, out);
    if (error != EEXIST)
        return lockfile_refuse(path, error);
    Holder who;
    if (read_holder(path, &who))
        text_addf(holder, "process %lld on %s", who.process, who.host);
    else
        text_add(holder, "another process");
    return status_ok();
}

bool lockfile_is_ours(const Lockfile *c)
{
    Text bytes = {0};
    bool ours =
        status_is_ok(file_read(c->path, LOCK_BYTES_MAX, &bytes)) && strcmp(text_str(&bytes), text_str(&c->line)) == 0;
    text_free(&bytes);
    return ours;
}

void lockfile_drop(Lockfile *c)
{
    if (!c)
        return;
    if (c->touching) {
        pthread_mutex_lock(&c->mutex);
        c->ending = true;
        pthread_cond_signal(&c->changed);
        pthread_mutex_unlock(&c->mutex);
        pthread_join(c->toucher, NULL);
    }
    if (lockfile_is_ours(c))
        unlink(c->path);
    close(c->descriptor);
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->mutex);
    text_free(&c->line);
    free(c->path);
    free(c);
}
