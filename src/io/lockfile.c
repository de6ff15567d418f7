#include <lrd/io/lockfile.h>

#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/io/file_read.h>
#include <lrd/base/thread.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
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
    long long process, started; /* started: the process, by the kernel's clock; -1 unknown */
    bool known;
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

/* When a process began, in ticks since the boot, which tells it from a later one of its number; -1 unknown. */
static long long process_started(long long process)
{
    enum { FIELDS_BEFORE = 20 }; /* behind the name in brackets, which may hold anything */
    Text stat = {0};
    char path[64];
    long long started = -1;
    snprintf(path, sizeof path, "/proc/%lld/stat", process);
    const char *at = status_is_ok(file_read(path, LOCK_BYTES_MAX, &stat)) ? strrchr(text_str(&stat), ')') : NULL;
    for (int i = 0; at && i < FIELDS_BEFORE; i++)
        at = strchr(at + 1, ' ');
    if (at)
        started = strtoll(at, NULL, 10);
    text_free(&stat);
    return started;
}

/* HOST PROCESS MACHINE TIME STARTED */
static void add_line(Text *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    add_host(out);
    text_addf(out, " %lld ", (long long)getpid());
    add_machine(out);
    text_addf(out, " %lld.%09ld %lld\n", (long long)now.tv_sec, now.tv_nsec, process_started(getpid()));
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

/* What a lock file says. known is false for one that is being written or that a crash left empty, of which only the age
 * can tell; the function is false for a file that is no lock. */
static bool read_holder(const char *path, Holder *out)
{
    Text bytes = {0};
    char process[24], time[48], started[24];
    *out = (Holder){.started = -1};
    bool good = status_is_ok(file_read(path, LOCK_BYTES_MAX, &bytes));
    bool empty = good && bytes.length == 0;
    const char *at = text_str(&bytes);
    good = good && read_word(&at, out->host, sizeof out->host) && read_word(&at, process, sizeof process) &&
           read_word(&at, out->machine, sizeof out->machine) && read_word(&at, time, sizeof time) &&
           text_to_i64(process, &out->process) && quote_is_plain(out->host);
    if (good && read_word(&at, started, sizeof started) && !text_to_i64(started, &out->started))
        good = false;
    out->known = good;
    text_free(&bytes);
    return good || empty;
}

static bool is_here(const Holder *h)
{
    Text here = {0};
    add_machine(&here);
    bool same = strcmp(text_str(&here), h->machine) == 0 && h->process > 0;
    text_free(&here);
    return same;
}

/* now: by the clock that stamps the file. */
static bool lock_is_old(const char *path, time_t now)
{
    struct stat about;
    return stat(path, &about) == 0 && now - about.st_mtime > STALE_SECONDS;
}

/* A holder on this machine is judged by whether it lives, however long it stood still; any other by the age of its last
 * touch. */
static bool lock_is_stale(const char *path, time_t now)
{
    Holder holder;
    if (!read_holder(path, &holder))
        return false;
    if (!holder.known || !is_here(&holder))
        return lock_is_old(path, now);
    if (kill((pid_t)holder.process, 0) != 0 && errno == ESRCH)
        return true;
    const long long started = process_started(holder.process);
    if (started < 0 || holder.started < 0)
        return lock_is_old(path, now);
    return started != holder.started;
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
        Holder nobody;
        if (read_holder(steal, &nobody) && !nobody.known &&
            lock_is_old(steal,
                        time(NULL))) /* empty: its process died in the moment it was needed: the next try has it */
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

/* By the clock that nobody sets, where conditions can wait by it. */
#ifdef __APPLE__
enum { TOUCH_CLOCK = CLOCK_REALTIME };
#else
enum { TOUCH_CLOCK = CLOCK_MONOTONIC };
#endif

static void touch_clock_init(pthread_cond_t *changed)
{
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
#ifndef __APPLE__
    pthread_condattr_setclock(&clock, TOUCH_CLOCK);
#endif
    pthread_cond_init(changed, &clock);
    pthread_condattr_destroy(&clock);
}

static void *touch_run(void *context)
{
    Lockfile *c = context;
    pthread_mutex_lock(&c->mutex);
    while (!c->ending) {
        struct timespec until;
        clock_gettime(TOUCH_CLOCK, &until);
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
    touch_clock_init(&c->changed);
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
    if (read_holder(path, &who) && who.known)
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
