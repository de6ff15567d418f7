#include <lrd/app/movie.h>
#include <lrd/app/open_log.h>
#include <lrd/app/progress.h>
#include <lrd/app/setup.h>
#include <lrd/app/stop.h>
#include <lrd/app/verbs.h>
#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/io/atomic_file.h>
#include <lrd/io/outputs.h>
#include <lrd/log/log_command.h>
#include <lrd/view/animation.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- How far it is: one line on a terminal */

static bool tell_nothing(int done, int all)
{
    (void)done;
    (void)all;
    return true;
}

static bool tell_line(int done, int all)
{
    fprintf(stderr, done + 1 < all ? "\rframe %d of %d" : "\r\033[K", done + 1, all);
    return true;
}

/* ---- One row a kind of movie */

typedef struct MovieJob {
    const Arguments *a;
    Movie movie;
    DisplayOptions look;
    int64_t seconds;
    bool (*tell)(int done, int all);
} MovieJob;

static void job_print_page(MovieJob *j, Text *out)
{
    movie_print_page(&j->movie, &j->look, j->seconds, j->tell, out);
}

/* The last frame stays for a sixth of the time. */
static void job_animate(MovieJob *j, int most, Animation *animation)
{
    int64_t *steps = xcalloc((size_t)most, sizeof *steps);
    int count = movie_steps(&j->movie, most, steps);
    Canvas *canvas = canvas_new(j->look.w, j->look.h);
    for (int i = 0; i < count; i++) {
        double span = (double)(j->movie.to - j->movie.from), share = (double)(steps[i] - j->movie.from) / span;
        movie_draw(&j->movie, steps[i], &j->look, &j->look.view, 1, &canvas, NULL);
        animation_add(animation, canvas, share * (double)j->seconds * 5 / 6,
                      movie_event(&j->movie, i ? steps[i - 1] : -1, steps[i]));
        j->tell(i, count);
    }
    canvas_free(canvas);
    free(steps);
}

static int job_frames(const MovieJob *j, int a_second, int most)
{
    return min_int((int)min_i64(j->seconds, most) * a_second, most);
}

static void job_print_svg(MovieJob *j, Text *out)
{
    Animation animation = {0};
    Text title = {0};
    job_animate(j, max_int(job_frames(j, 4, 240), 4), &animation);
    text_add(&title, "lrdlab movie: ");
    movie_title(&j->movie, &title);
    animation_export_svg(&animation, j->look.theme, text_str(&title), (double)j->seconds, out);
    text_free(&title);
    animation_free(&animation);
}

static void job_print_cast(MovieJob *j, Text *out)
{
    Animation animation = {0};
    Text title = {0}, command = {0};
    job_animate(j, max_int(job_frames(j, 8, 2000), 4), &animation);
    text_add(&title, "lrdlab movie: ");
    movie_title(&j->movie, &title);
    if (!status_is_ok(log_command_of_book(j->movie.book[0], &command)))
        text_clear(&command);
    animation_export_cast(&animation, j->look.theme, text_str(&title), text_str(&command), (double)j->seconds,
                          j->a->cast == 2 ? 2 : 3, out);
    text_free(&title);
    text_free(&command);
    animation_free(&animation);
}

typedef struct MovieFormat {
    const char *ending;
    int seconds, w, h; /* where none are named */
    void (*print)(MovieJob *j, Text *out);
} MovieFormat;

static const MovieFormat movie_formats[] = {{".html", 30, 120, 40, job_print_page},
                                            {".svg", 12, 80, 24, job_print_svg},
                                            {".cast", 30, 120, 40, job_print_cast}};

static const MovieFormat *movie_find_format(const char *path)
{
    for (size_t i = 0; i < sizeof movie_formats / sizeof movie_formats[0]; i++)
        if (text_before(path, movie_formats[i].ending))
            return &movie_formats[i];
    return NULL;
}

/* ---- The command line */

static Status movie_check(const Arguments *a, const MovieFormat **format, DisplayOptions *look)
{
    Status s = display_options_read(a, look);
    *format = a->out ? movie_find_format(a->out) : NULL;
    if (!status_is_ok(s))
        return s;
    if (!a->out)
        return status_input("where shall the movie go? Say it with --out FILE.html, FILE.svg or FILE.cast");
    if (!*format)
        return status_input("%s is no kind of movie; --out takes FILE.html, FILE.svg or FILE.cast",
                            quote_word(a->out).text);
    if (a->cast >= 0 && (a->cast > 3 || !text_before(a->out, ".cast")))
        return status_input("--cast is the version of a FILE.cast, 3 or 2");
    if (a->seconds > 3600)
        return status_input("--seconds takes at most 3600");
    if (!a->size) {
        look->w = (*format)->w;
        look->h = (*format)->h;
    }
    if ((size_t)look->w * (size_t)look->h > 40000)
        return status_input("--size %dx%d has too many cells for a movie; up to 40,000 go, as in 250x160", look->w,
                            look->h);
    return output_check((NamedFile){"--out", a->out}, OUTPUT_PICTURE, a->force);
}

/* ---- Where the run comes from */

/* Trains the preset, with all that its log can tell. */
static int movie_train(const Arguments *a, const char *log)
{
    Setup setup;
    int code = setup_read(a, NULL, &setup);
    if (code == EXIT_DONE) {
        Status s;
        RunOptions options = setup_run_options(a, &setup);
        options.log = log;
        options.probes = options.force = true;
        Run *run = run_new(&options, &s);
        RunTurn turn = RUN_STEPPED;
        if (run) {
            Progress progress = progress_start(a->quiet);
            stop_watch(run);
            while (turn == RUN_STEPPED && !stop_signal()) {
                turn = run_turn(run);
                progress_turn(&progress, run);
                progress_say(&progress, run_take_message(run));
            }
            s = run_end(run, stop_signal() ? "stopped" : "finished");
            progress_end(&progress);
            code = stop_signal() ? EXIT_SIGNAL + stop_signal() : code;
            stop_end();
        }
        code = status_is_ok(s) || turn == RUN_NON_FINITE ? code : cli_report(s);
        run_free(run);
    }
    setup_free(&setup);
    return code;
}

static int movie_make(const Arguments *a, MovieJob *j, const MovieFormat *format, const char *const *paths, int count)
{
    Text bytes = {0};
    Status s = movie_open(a, paths, count, &j->movie);
    if (status_is_ok(s)) {
        format->print(j, &bytes);
        s = atomic_file_store(a->out, text_str(&bytes), bytes.length);
    }
    movie_close(&j->movie);
    text_free(&bytes);
    return cli_report(s);
}

static int movie_of_preset(const Arguments *a, MovieJob *j, const MovieFormat *format)
{
    const char *folder = getenv("TMPDIR"), *path;
    Text log = {0};
    text_addf(&log, "%s/lrdlab-movie-XXXXXX", folder && *folder ? folder : "/tmp");
    int file = mkstemp(log.data);
    if (file < 0) {
        text_free(&log);
        return cli_report(status_failed("there is no room for the log of the run; name a folder in TMPDIR"));
    }
    close(file);
    int code = movie_train(a, log.data);
    path = log.data;
    if (code == EXIT_DONE)
        code = movie_make(a, j, format, &path, 1);
    unlink(log.data);
    text_free(&log);
    return code;
}

int verb_movie(const Arguments *a)
{
    const MovieFormat *format;
    MovieJob j = {.a = a};
    Status s = movie_check(a, &format, &j.look);
    int logs = 0;
    for (int i = 0; i < a->operands.count; i++)
        logs += operand_is_log(a->operands.words[i]);
    if (status_is_ok(s) && logs < a->operands.count && a->operands.count > 1)
        s = status_input("several runs come from logs (FILE.jsonl); of a preset one is trained, alone");
    if (status_is_ok(s) && logs && (a->sets.count || a->at.count))
        s = status_input("a log is as it is: --set and --at go with a preset");
    if (!status_is_ok(s))
        return cli_report(s);
    j.seconds = a->seconds > 0 ? a->seconds : format->seconds;
    j.tell = !a->quiet && progress_is_live() ? tell_line : tell_nothing;
    return logs ? movie_make(a, &j, format, a->operands.words, a->operands.count) : movie_of_preset(a, &j, format);
}
