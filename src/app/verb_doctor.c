#include <lrd/app/verbs.h>
#include <lrd/base/machine.h>
#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/base/version.h>
#include <lrd/num/mat.h>
#include <lrd/num/selftest.h>
#include <lrd/num/speed.h>
#include <lrd/train/benchmark.h>
#include <lrd/config/preset.h>
#include <lrd/config/settings.h>
#include <lrd/ui/term.h>
#include <lrd/ui/ui.h>

#include <langinfo.h>
#include <locale.h>
#include <math.h>
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
    char library[512];
    mat_library_path(library, sizeof library);
    printf("%s, core %s, held at one thread: %s\n", mat_blas_description(), mat_core_name(), library);
    return true;
}

static bool doctor_speed(void)
{
    const Speed speed = speed_measure();
    Text words = {0};
    if (speed.slow)
        speed_say_slow(&speed, &words);
    else
        text_addf(&words, "products run at %.1f GFLOP/s on one core, %.1f times plain C; ", speed.gflops,
                  speed.gflops / speed.plain_gflops);
    if (!speed.slow && !speed_say_old_core(&words))
        text_add(&words, "as they should");
    printf("%s\n", text_str(&words));
    text_free(&words);
    return true;
}

/* How fast what a newcomer sees first could run here. */
static bool doctor_classroom(void)
{
    Preset preset;
    Text problems = {0};
    Benchmark b;
    Status s = preset_load(preset_default_name, &preset, &problems);
    if (status_is_ok(s))
        s = benchmark_run(&preset.settings, .5, false, &b);
    if (!status_is_ok(s))
        printf("not measured: %s\n", s.text);
    else
        printf("%.0f steps a second on %d thread%s at full speed; the lab is held at %g (lab.speed)\n", 1e3 / b.step_ms,
               b.threads, b.threads == 1 ? "" : "s", preset.settings.lab.speed);
    preset_free(&preset);
    text_free(&problems);
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
    const MachineCores c = machine_look_at_cores();
    printf("%d on line", c.online);
    if (c.allowed < c.online)
        printf(", %d of them for this process (its affinity)", c.allowed);
    if (isfinite(c.quota))
        printf(", the time of %g of them (its cgroup's quota)", c.quota);
    printf("; train.threads auto is %d\n", settings_threads(&s));
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
    {"program", doctor_program}, {"BLAS", doctor_blas},           {"self-test", doctor_products},
    {"speed", doctor_speed},     {"classroom", doctor_classroom}, {"cores", doctor_cores},
    {"memory", doctor_memory},   {"terminal", doctor_terminal},   {"colour", doctor_colour},
    {"locale", doctor_locale},
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
