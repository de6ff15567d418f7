/* The whole program: the process is set up, the command line read, its verb run, stdout looked after. */
#include <lrd/app/help.h>
#include <lrd/base/machine.h>
#include <lrd/base/quote.h>
#include <lrd/base/version.h>
#include <lrd/config/preset.h>
#include <lrd/num/mat.h>
#include <lrd/num/selftest.h>

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A standard stream that came closed is opened so that no file of ours gets its number: else a message on stderr
 * could land in a log. Opened the wrong way round, its use is still an error. */
static void main_fill_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
            exit(EXIT_FAILURE);
}

/* A first word that is no verb is taken for a preset: when it is none either, a slip in the verb is likelier. */
static Status main_check_slip(const char *word)
{
    const char *near = verb_nearest(word);
    if (!near || strchr(word, '/'))
        return status_ok();
    CatalogEntry *entries;
    int count = preset_names(&entries);
    bool known = false;
    for (int i = 0; i < count; i++)
        known |= strcmp(entries[i].name, word) == 0;
    free(entries);
    return known ? status_ok()
                 : status_input("there is no verb or preset %s; did you mean \"lrdlab %s\"?", quote_word(word).text,
                                near);
}

/* Where OpenBLAS cannot get its buffers it tries for ever, so this is looked at before its first call. */
static Status main_check_memory(void)
{
    const double mebibyte = 1048576, least = 320;
    double have = machine_memory_available() / mebibyte;
    return have >= least
               ? status_ok()
               : status_input("only %.0f MiB of memory are available and %.0f are needed to compute; free some, or "
                              "raise the limit (ulimit -v, ulimit -d)",
                              have, least);
}

static int main_print(void (*print)(Text *out))
{
    Text text = {0};
    print(&text);
    return cli_print(&text);
}

static int main_dispatch(const Verb *verb, const Arguments *a)
{
    if (a->version)
        return printf("lrdlab %s\n", LRD_VERSION) > 0 ? EXIT_DONE : EXIT_FAILED;
    if (a->help && !verb)
        return main_print(help_print_program);
    if (a->help) {
        Text text = {0};
        help_print_verb(verb, &text);
        return cli_print(&text);
    }
    Status s = !verb && a->operand ? main_check_slip(a->operand) : status_ok();
    verb = verb ? verb : &verb_table[0];
    if (status_is_ok(s) && verb->computes)
        s = main_check_memory();
    if (status_is_ok(s) && verb->computes)
        s = selftest_run();
    return status_is_ok(s) ? verb->run(a) : cli_report(s);
}

/* A result that did not get out is a failed run: a full disk, a reader that went away. */
static int main_finish_stdout(int code)
{
    bool failed = ferror(stdout) != 0;
    errno = 0;
    if (fflush(stdout) == 0 && !failed)
        return code;
    fprintf(stderr, "lrdlab: cannot write to standard output%s%s\n", errno ? ": " : "", errno ? strerror(errno) : "");
    return code == EXIT_DONE ? EXIT_FAILED : code;
}

static int main_run(int argc, char *const *argv)
{
    const Verb *verb;
    Arguments a;
    Status s = cli_parse(argc, argv, &verb, &a);
    int code = status_is_ok(s) ? main_dispatch(verb, &a) : cli_report(s);
    arguments_free(&a);
    code = main_finish_stdout(code);
    if (!status_is_ok(main_check_memory()))
        _exit(code); /* an end in order waits for OpenBLAS' threads, which try for ever too */
    return code;
}

int main(int argc, char **argv)
{
    main_fill_streams();
    mat_use_one_thread();
    signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error of write, not a death, */
    signal(SIGXFSZ, SIG_IGN); /* and so is a file that may not grow (ulimit -f) */
    setlocale(LC_CTYPE, "");  /* the only part of the locale that is used: numbers stay plain */
    return main_run(argc, argv);
}
