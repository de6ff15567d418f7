#include <lrd/app/verbs.h>
#include <lrd/base/machine.h>
#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/base/version.h>
#include <lrd/num/mat.h>
#include <lrd/num/selftest.h>
#include <lrd/config/settings.h>
#include <lrd/ui/term.h>
#include <lrd/ui/ui.h>

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* One thing that is looked at: prints what it found behind its name; false when a run could not be trusted. */
typedef struct Examination {
    const char *name;
    bool (*look)(void);
} Examination;

static bool doctor_program(void)
{
    printf("lrdlab %s\n", LRD_VERSION);
    return true;
}

static bool doctor_blas(void)
{
    printf("%s, core %s\n", mat_blas_description(), mat_core_name());
    return true;
}

static bool doctor_products(void)
{
    double began = clock_seconds();
    Status s = selftest_run();
    if (status_is_ok(s))
        printf("products and SVD agree with naive code (%.0f ms)\n", 1e3 * (clock_seconds() - began));
    else
        printf("WRONG: %s\n", s.text);
    return status_is_ok(s);
}

static bool doctor_cores(void)
{
    Settings s = settings_default();
    printf("%d on line; train.threads auto is %d\n", machine_cores(), settings_threads(&s));
    return true;
}

static bool doctor_memory(void)
{
    const double mebibyte = 1048576;
    Settings s = settings_default();
    printf("%.0f MiB in all, %.0f MiB available; the default settings need about %.0f MiB\n",
           machine_memory_total() / mebibyte, machine_memory_available() / mebibyte,
           settings_memory_bytes(&s) / mebibyte);
    return true;
}

static bool doctor_terminal(void)
{
    Status s = ui_check_terminal();
    const char *term = getenv("TERM");
    struct winsize size = {0};
    if (!status_is_ok(s))
        printf("no lab here: %s\n", s.text);
    else if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
        printf("TERM=%s, %d x %d%s\n", quote_word(term).text, size.ws_col, size.ws_row,
               size.ws_col < LAYOUT_MIN_W || size.ws_row < LAYOUT_MIN_H ? "; too small, the lab needs 60 x 16" : "");
    else
        printf("TERM=%s, of unknown size\n", quote_word(term).text);
    return true;
}

static bool doctor_colour(void)
{
    const char *colorterm = getenv("COLORTERM");
    if (term_wants_color())
        printf("wanted (NO_COLOR is not set); COLORTERM=%s\n", quote_word(colorterm ? colorterm : "").text);
    else
        printf("none: NO_COLOR is set\n");
    return true;
}

static bool doctor_locale(void)
{
    const char *name = setlocale(LC_CTYPE, NULL);
    printf("LC_CTYPE=%s, codeset %s: %s\n", name ? name : "?", nl_langinfo(CODESET),
           term_has_utf8() ? "curves in Braille" : "no UTF-8, so curves in ASCII; try LC_ALL=C.UTF-8");
    return true;
}

static const Examination examinations[] = {
    {"program", doctor_program}, {"BLAS", doctor_blas},     {"self-test", doctor_products},
    {"cores", doctor_cores},     {"memory", doctor_memory}, {"terminal", doctor_terminal},
    {"colour", doctor_colour},   {"locale", doctor_locale},
};

int verb_doctor(const Arguments *a)
{
    (void)a;
    bool sound = true;
    for (size_t i = 0; i < sizeof examinations / sizeof examinations[0]; i++) {
        printf("%-10s ", examinations[i].name);
        sound &= examinations[i].look();
    }
    return sound ? EXIT_DONE : EXIT_FAILED;
}
