#include <lrd/base/child.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

static const char complaint_mark[] = "lrdlab: ";

/* In the new process: only what is safe after a fork. */
static void child_become(const char *const *words, int errors, pid_t parent)
{
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) /* it died before that was heard */
        _exit(128 + SIGTERM);
#else
    (void)parent;
#endif
    int nothing = open("/dev/null", O_RDWR);
    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0 ||
        dup2(errors, STDERR_FILENO) < 0)
        _exit(1);
    /* The kernel's own link leads to the very file that is running, also when another was put in its place. */
    char *const *arguments = (char *const *)(const void *)words;
    execv("/proc/self/exe", arguments);
    execvp(words[0], arguments);
    _exit(1);
}

Status child_start(const char *const *words, Child *out)
{
    *out = (Child){0};
    int ends[2];
    if (pipe(ends) != 0)
        return status_failed("a process cannot be started: %s", strerror(errno));
    for (int i = 0; i < 2; i++)
        (void)fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
    pid_t parent = getpid(), process = fork();
    if (process == 0)
        child_become(words, ends[1], parent);
    int error = errno;
    close(ends[1]);
    if (process < 0) {
        close(ends[0]);
        return status_failed("a process cannot be started: %s", strerror(error));
    }
    out->process = process;
    out->errors = ends[0];
    return status_ok();
}

static void child_take_line(Child *c)
{
    size_t mark = sizeof complaint_mark - 1;
    bool complains = strncmp(text_str(&c->part), complaint_mark, mark) == 0;
    Text *to = complains ? &c->complaint : &c->progress;
    text_clear(to);
    text_add(to, text_str(&c->part) + (complains ? mark : 0));
    text_clear(&c->part);
}

void child_listen(Child *c)
{
    enum { LINE_MAX_BYTES = 4096 };
    char block[4096];
    ssize_t n;
    while ((n = read(c->errors, block, sizeof block)) > 0 || (n < 0 && errno == EINTR))
        for (ssize_t i = 0; i < n; i++)
            if (block[i] == '\n')
                child_take_line(c);
            else if (c->part.length < LINE_MAX_BYTES && block[i])
                text_add_bytes(&c->part, &block[i], 1);
}

bool child_is_over(Child *c, int *code)
{
    int status;
    pid_t ended = waitpid(c->process, &status, WNOHANG);
    if (ended == 0 || (ended < 0 && errno == EINTR))
        return false;
    *code = ended < 0 ? 1 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    child_listen(c);
    if (c->part.length)
        child_take_line(c); /* last words without their newline */
    close(c->errors);
    return true;
}

void child_stop(const Child *c)
{
    kill(c->process, SIGTERM);
}

void child_forget(Child *c)
{
    text_free(&c->part);
    text_free(&c->progress);
    text_free(&c->complaint);
}
