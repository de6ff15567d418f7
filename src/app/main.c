#include <lrd/app/cli.h>
#include <lrd/num/mat.h>

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* A standard stream that came closed is opened so that no file of ours gets its number: else a message on stderr
 * could land in a log. Opened the wrong way round, its use is still an error. */
static void main_fill_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
            exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
    main_fill_streams();
    mat_use_one_thread();
    signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error of write, not a death, */
    signal(SIGXFSZ, SIG_IGN); /* and so is a file that may not grow (ulimit -f) */
    setlocale(LC_CTYPE, "");  /* the only part of the locale that is used: numbers stay plain */
    return cli_run(argc, argv);
}
