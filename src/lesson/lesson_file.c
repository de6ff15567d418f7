/* Reading a lesson; finding one is in lesson_find.c. */
#include <lrd/lesson/lesson_file.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lrd/base/choice.h>
#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/io/ini.h>
#include <lrd/lesson/lesson_check.h>
#include <lrd/view/canvas.h>

enum { FIELDS_MAX = 10 };

typedef struct LessonReader {
    const char *name;
    const ActionTable *keys;
    Lesson *lesson;
    Text *problems;
    int faults;
    int section;                /* in sections, -1: in one that does not exist, or before the first */
    int heading;                /* its line */
    int field_line[FIELDS_MAX]; /* where each of its fields stands, 0: not yet */
    int lesson_line, step_count;
    LessonStep *step; /* in hand */
    LessonStep spare; /* takes what is one step too many */
} LessonReader;

#define LESSON_FAULT(r, line, ...) ini_fault((r)->problems, &(r)->faults, (r)->name, line, __VA_ARGS__)

static void tell_fault(LessonReader *r, int line, Status s)
{
    if (!status_is_ok(s))
        LESSON_FAULT(r, line, "%s", s.text);
}

/* ---- Texts */

/* Sentences end as panel/prose sees it. */
static bool sentences_are_short(LessonReader *r, const IniItem *item)
{
    bool good = true;
    for (const char *at = item->value; *at;) {
        const char *stop = strstr(at, ". ");
        size_t bytes = stop ? (size_t)(stop - at) + 1 : strlen(at);
        char sentence[LESSON_TEXT_MAX];
        snprintf(sentence, sizeof sentence, "%.*s", (int)bytes, at);
        if (canvas_width(sentence) > LESSON_SENTENCE_MAX) {
            LESSON_FAULT(r, item->line, "a sentence of %s has %d characters; at most %d are allowed, two lines: %s",
                         item->key, canvas_width(sentence), LESSON_SENTENCE_MAX, quote_word(sentence).text);
            good = false;
        }
        at += bytes + (stop != NULL);
    }
    return good;
}

static void read_text(LessonReader *r, const IniItem *item, char out[LESSON_TEXT_MAX])
{
    size_t n = strlen(item->value);
    if (!*item->value)
        LESSON_FAULT(r, item->line, "%s is empty", item->key);
    else if (!quote_is_plain(item->value))
        LESSON_FAULT(r, item->line, "%s holds control characters, or is not UTF-8", item->key);
    else if (n >= LESSON_TEXT_MAX)
        LESSON_FAULT(r, item->line, "%s has %zu bytes; at most %d are allowed", item->key, n, LESSON_TEXT_MAX - 1);
    else if (sentences_are_short(r, item))
        memcpy(out, item->value, n + 1);
}

static void read_title(LessonReader *r, const IniItem *item, char out[LESSON_TEXT_MAX])
{
    read_text(r, item, out);
    if (canvas_width(out) > LESSON_TITLE_MAX)
        LESSON_FAULT(r, item->line, "title has %d characters; at most %d are allowed", canvas_width(out),
                     LESSON_TITLE_MAX);
}

/* ---- Lists: each piece between these separators, trimmed. */

static char *next_piece(char **rest, const char *separators)
{
    for (char *piece; (piece = strsep(rest, separators));) {
        piece += strspn(piece, " \t");
        size_t n = strlen(piece);
        while (n > 0 && (piece[n - 1] == ' ' || piece[n - 1] == '\t'))
            piece[--n] = '\0';
        if (n > 0)
            return piece;
    }
    return NULL;
}

typedef void ReadPiece(LessonReader *r, int line, char *piece);

static void read_list(LessonReader *r, const IniItem *item, const char *separators, int most, ReadPiece *read)
{
    char *copy = xstrdup(item->value), *rest = copy;
    int count = 0;
    for (char *piece; (piece = next_piece(&rest, separators)); count++)
        if (count < most)
            read(r, item->line, piece);
    if (count == 0 || count > most)
        LESSON_FAULT(r, item->line, "%s names %d things; it takes 1 to %d", item->key, count, most);
    free(copy);
}

static void read_check(LessonReader *r, int line, char *piece)
{
    LessonCheck check;
    Status s = lesson_check_read(piece, r->keys, &check);
    tell_fault(r, line, s);
    if (status_is_ok(s))
        r->step->check[r->step->check_count++] = check;
}

static void read_set_piece(LessonReader *r, int line, char *piece)
{
    size_t n = strcspn(piece, " \t");
    const char *value = piece + n + strspn(piece + n, " \t");
    if (!*value) {
        LESSON_FAULT(r, line, "%s has no value; a setting is written KEY VALUE, as in decay.kind l2",
                     quote_word(piece).text);
        return;
    }
    piece[n] = '\0';
    const Setting *row = settings_find(piece);
    tell_fault(r, line,
               row && !row->midrun ? status_input("%s cannot change while a run trains; a preset can set it", piece)
                                   : settings_change_add(&r->step->set, piece, value));
}

static void read_key_piece(LessonReader *r, int line, char *piece)
{
    int code;
    Status s = lesson_key_read(piece, r->keys, &code);
    tell_fault(r, line, s);
    if (status_is_ok(s))
        r->step->key[r->step->key_count++] = code;
}

/* ---- The fields of the two sections */

static void read_lesson_title(LessonReader *r, const IniItem *item)
{
    read_title(r, item, r->lesson->title);
}

static void read_about(LessonReader *r, const IniItem *item)
{
    read_text(r, item, r->lesson->about);
}

static void read_preset(LessonReader *r, const IniItem *item)
{
    Text problems = {0};
    Preset preset;
    Status s = preset_load(item->value, &preset, &problems);
    r->lesson->start = preset.settings;
    if (status_is_ok(s) && strlen(item->value) >= sizeof r->lesson->preset)
        s = status_input("the name of the preset is too long");
    tell_fault(r, item->line, s);
    if (status_is_ok(s))
        memcpy(r->lesson->preset, item->value, strlen(item->value) + 1);
    preset_free(&preset);
    text_free(&problems);
}

static void read_step_title(LessonReader *r, const IniItem *item)
{
    read_title(r, item, r->step->title);
}

static void read_act(LessonReader *r, const IniItem *item)
{
    read_text(r, item, r->step->act);
}

static void read_notice(LessonReader *r, const IniItem *item)
{
    read_text(r, item, r->step->notice);
}

static void read_wait(LessonReader *r, const IniItem *item)
{
    read_list(r, item, ",", LESSON_CHECKS_MAX, read_check);
}

static void read_set(LessonReader *r, const IniItem *item)
{
    read_list(r, item, ",", LESSON_SETS_MAX, read_set_piece);
}

static void read_view(LessonReader *r, const IniItem *item)
{
    r->step->has_view = view_find(item->value, &r->step->view);
    if (!r->step->has_view)
        tell_fault(r, item->line, choice_refuse("there is no view", item->value, view_names, VIEW_COUNT));
}

static void read_keys(LessonReader *r, const IniItem *item)
{
    read_list(r, item, " \t", LESSON_KEYS_MAX, read_key_piece);
}

static void read_from(LessonReader *r, const IniItem *item)
{
    long long step = 0;
    const bool memorised = strcmp(item->value, "memorised") == 0;
    const bool at_step = strncmp(item->value, "step ", 5) == 0 && text_to_i64(item->value + 5, &step) && step >= 0;
    if (!memorised && !at_step)
        LESSON_FAULT(r, item->line, "from cannot be %s; it takes memorised, or step N", quote_word(item->value).text);
    r->step->from = memorised ? LESSON_FROM_MEMORISED : LESSON_FROM_STEP;
    r->step->from_step = step;
}

static void read_start(LessonReader *r, const IniItem *item)
{
    static const char *const words[] = {"running", "held"};
    const int found = choice_find(item->value, words, 2);
    if (found < 0)
        tell_fault(r, item->line, choice_refuse("start cannot be", item->value, words, 2));
    r->step->starts_held = found == 1;
}

typedef struct Field {
    const char *key;
    bool required;
    void (*read)(LessonReader *r, const IniItem *item);
} Field;

static const char *const section_names[] = {"lesson", "step"};
enum { SECTION_LESSON, SECTION_STEP, SECTIONS };

static const Field fields[SECTIONS][FIELDS_MAX] = {
    [SECTION_LESSON] = {{"title", true, read_lesson_title},
                        {"about", true, read_about},
                        {"preset", false, read_preset}},
    [SECTION_STEP] = {{"title", true, read_step_title},
                      {"do", true, read_act},
                      {"notice", true, read_notice},
                      {"wait", false, read_wait},
                      {"set", false, read_set},
                      {"view", false, read_view},
                      {"keys", false, read_keys},
                      {"from", false, read_from},
                      {"start", false, read_start}},
};

/* ---- The file */

static void end_section(LessonReader *r)
{
    for (int i = 0; r->section >= 0 && fields[r->section][i].key; i++)
        if (fields[r->section][i].required && !r->field_line[i])
            LESSON_FAULT(r, r->heading, "this [%s] has no %s", section_names[r->section], fields[r->section][i].key);
}

static void begin_section(LessonReader *r, const IniItem *item)
{
    end_section(r);
    r->section = choice_find(item->section, section_names, SECTIONS);
    r->heading = item->line;
    memset(r->field_line, 0, sizeof r->field_line);
    if (r->section < 0)
        tell_fault(r, item->line, choice_refuse("there is no section", item->section, section_names, SECTIONS));
    if (r->section == SECTION_LESSON) {
        if (r->lesson_line)
            LESSON_FAULT(r, item->line, "[lesson] stands in line %d already; take one of them out", r->lesson_line);
        r->lesson_line = item->line;
    }
    if (r->section != SECTION_STEP)
        return;
    r->step_count++;
    r->spare = (LessonStep){0};
    r->step = r->step_count <= LESSON_STEPS_MAX ? &r->lesson->step[r->step_count - 1] : &r->spare;
    if (r->step_count == LESSON_STEPS_MAX + 1)
        LESSON_FAULT(r, item->line, "a lesson has at most %d steps", LESSON_STEPS_MAX);
}

static void read_field(LessonReader *r, const IniItem *item)
{
    const char *names[FIELDS_MAX];
    char wrong[64];
    int count = 0;
    while (fields[r->section][count].key) {
        names[count] = fields[r->section][count].key;
        count++;
    }
    int at = choice_find(item->key, names, count);
    snprintf(wrong, sizeof wrong, "a [%s] has no", section_names[r->section]);
    if (at < 0) {
        tell_fault(r, item->line, choice_refuse(wrong, item->key, names, count));
    } else if (r->field_line[at]) {
        LESSON_FAULT(r, item->line, "%s stands in line %d already; take one of them out", item->key, r->field_line[at]);
    } else {
        r->field_line[at] = item->line;
        fields[r->section][at].read(r, item);
    }
}

int lesson_parse(const char *name, const char *bytes, size_t length, const ActionTable *keys, Lesson *out,
                 Text *problems)
{
    LessonReader *r = xcalloc(1, sizeof *r);
    *out = (Lesson){.start = settings_default()};
    *r = (LessonReader){.name = name, .keys = keys, .lesson = out, .problems = problems, .section = -1};
    IniFile file;
    r->faults = ini_parse(name, bytes, length, &file, problems);
    for (int i = 0; i < file.count; i++) {
        if (!file.items[i].key)
            begin_section(r, &file.items[i]);
        else if (r->section >= 0)
            read_field(r, &file.items[i]);
    }
    end_section(r);
    if (!r->lesson_line)
        LESSON_FAULT(r, 1, "there is no [lesson]");
    if (r->step_count == 0)
        LESSON_FAULT(r, 1, "there is no [step]; a lesson has at least one");
    if (!*out->preset && r->faults == 0)
        read_preset(r, &(IniItem){.line = r->lesson_line, .value = preset_default_name});
    out->count = r->step_count;
    int faults = r->faults;
    if (faults)
        *out = (Lesson){0};
    ini_free(&file);
    free(r);
    return faults;
}
