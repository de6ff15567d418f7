#include <lrd/log/column_name.h>
#include <lrd/log/record.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { WORDS_MAX = 10, WORD_MAX = 24 };

typedef struct Words {
    int count;
    char word[WORDS_MAX][WORD_MAX];
    bool whole; /* every word of the name found room */
} Words;

typedef enum Meaning { OTHER, TRAIN, HELD_OUT, LOSS, ACCURACY, STEPS, EPOCH, NORM, GRADIENT, PERCENT, FILLER } Meaning;

/* One row a word. */
static const struct {
    const char *word;
    Meaning meaning;
} vocabulary[] = {
    {"train", TRAIN},
    {"training", TRAIN},
    {"trn", TRAIN},
    {"tr", TRAIN},
    {"val", HELD_OUT},
    {"valid", HELD_OUT},
    {"validation", HELD_OUT},
    {"eval", HELD_OUT},
    {"evaluation", HELD_OUT},
    {"test", HELD_OUT},
    {"testing", HELD_OUT},
    {"dev", HELD_OUT},
    {"heldout", HELD_OUT},
    {"unseen", HELD_OUT},
    {"loss", LOSS},
    {"losses", LOSS},
    {"ce", LOSS},
    {"nll", LOSS},
    {"xent", LOSS},
    {"crossentropy", LOSS},
    {"acc", ACCURACY},
    {"accuracy", ACCURACY},
    {"accuracies", ACCURACY},
    {"top1", ACCURACY},
    {"acc1", ACCURACY},
    {"step", STEPS},
    {"steps", STEPS},
    {"iter", STEPS},
    {"iters", STEPS},
    {"iteration", STEPS},
    {"iterations", STEPS},
    {"update", STEPS},
    {"updates", STEPS},
    {"it", STEPS},
    {"epoch", EPOCH},
    {"epochs", EPOCH},
    {"norm", NORM},
    {"grad", GRADIENT},
    {"gradient", GRADIENT},
    {"pct", PERCENT},
    {"percent", PERCENT},
    {"percentage", PERCENT},
    {"global", FILLER},
    {"trainer", FILLER},
    {"num", FILLER},
    {"number", FILLER},
    {"current", FILLER},
    {"optimizer", FILLER},
    {"mean", FILLER},
    {"avg", FILLER},
    {"average", FILLER},
    {"categorical", FILLER},
    {"sparse", FILLER},
    {"binary", FILLER},
    {"metrics", FILLER},
    {"set", FILLER},
};

static void words_add(Words *w, char c, bool begins)
{
    if (begins && w->count < WORDS_MAX)
        w->word[w->count++][0] = '\0';
    else if (begins)
        w->whole = false;
    if (w->count == 0)
        return;
    char *word = w->word[w->count - 1];
    size_t n = strlen(word);
    if (n + 1 < WORD_MAX) {
        word[n] = (char)tolower((unsigned char)c);
        word[n + 1] = '\0';
    } else {
        w->whole = false;
    }
}

/* "run 7 - train/lossEpoch" is train, loss, epoch: exports put the name of the run in front. */
static Words words_of(const char *name)
{
    Words w = {.whole = true};
    for (const char *run; (run = strstr(name, " - "));)
        name = run + 3;
    char before = ' ';
    for (const char *c = name; *c; before = *c++) {
        bool letter = isalnum((unsigned char)*c), follows = isalnum((unsigned char)before);
        if (*c == '%' || letter)
            words_add(&w, *c, *c == '%' || !follows || (isupper((unsigned char)*c) && islower((unsigned char)before)));
        else if (!strchr(" _-./:()[]|#", *c))
            w.whole = false; /* a sign, or a letter beyond ASCII, may mean anything */
    }
    return w;
}

static Meaning word_meaning(const char *word)
{
    if (strcmp(word, "%") == 0)
        return PERCENT;
    for (size_t i = 0; i < sizeof vocabulary / sizeof *vocabulary; i++)
        if (strcmp(vocabulary[i].word, word) == 0)
            return vocabulary[i].meaning;
    return OTHER;
}

/* How many words have each meaning; false when one of them has none. */
static bool words_count(const Words *w, int count[FILLER + 1])
{
    memset(count, 0, (FILLER + 1) * sizeof *count);
    for (int i = 0; i < w->count; i++)
        count[word_meaning(w->word[i])]++;
    return w->whole && count[OTHER] == 0;
}

static bool words_are(const Words *w, const char *field)
{
    char joined[WORDS_MAX * WORD_MAX] = "";
    for (int i = 0; i < w->count; i++) {
        strcat(joined, i ? "_" : "");
        strcat(joined, w->word[i]);
    }
    return w->whole && strcmp(joined, field) == 0;
}

static int rank_of_step(const char *name, const int n[FILLER + 1])
{
    enum { GLOBAL = 2, OWN_COUNT = 5, EPOCHS = 9 };
    if (n[LOSS] + n[ACCURACY] + n[NORM] + n[GRADIENT] + n[PERCENT] + n[HELD_OUT] > 0)
        return -1;
    if (n[STEPS] == 1 && n[EPOCH] == 0)
        return *name == '_' ? OWN_COUNT : n[FILLER] > 0 ? GLOBAL : GLOBAL + 1; /* _step counts calls of the logger */
    return n[EPOCH] == 1 && n[STEPS] == 0 && n[FILLER] == 0 ? EPOCHS : -1;
}

/* A loss or an accuracy: of training where nothing else is said. */
static int rank_of_measure(const int n[FILLER + 1], Meaning measure, bool held_out)
{
    Meaning other = measure == LOSS ? ACCURACY : LOSS;
    if (n[measure] != 1 || n[other] + n[NORM] + n[GRADIENT] > 0 || (n[TRAIN] > 0 && n[HELD_OUT] > 0))
        return -1;
    if (held_out != (n[HELD_OUT] > 0))
        return -1;
    return 2 + (!held_out && n[TRAIN] == 0) + (n[STEPS] > 0) + (n[FILLER] > 0);
}

int column_name_rank(const char *name, const char *field)
{
    if (strcmp(name, field) == 0)
        return 0;
    Words w = words_of(name);
    int n[FILLER + 1];
    bool known = words_count(&w, n);
    if (*name != '_' && words_are(&w, field))
        return 1;
    if (!known)
        return -1;
    if (strcmp(field, "step") == 0)
        return rank_of_step(name, n);
    if (strcmp(field, "train_loss") == 0)
        return rank_of_measure(n, LOSS, false);
    if (strcmp(field, "test_loss") == 0)
        return rank_of_measure(n, LOSS, true);
    if (strcmp(field, "train_acc") == 0)
        return rank_of_measure(n, ACCURACY, false);
    if (strcmp(field, "unseen_acc") == 0)
        return rank_of_measure(n, ACCURACY, true);
    if (strcmp(field, "grad_norm") == 0)
        return n[GRADIENT] == 1 && n[NORM] == 1 && n[LOSS] + n[ACCURACY] + n[HELD_OUT] == 0 ? 2 : -1;
    return -1;
}

bool column_name_is_percent(const char *name)
{
    Words w = words_of(name);
    for (int i = 0; i < w.count; i++)
        if (word_meaning(w.word[i]) == PERCENT)
            return true;
    return false;
}

bool column_word_is(const char *word, const char *lower)
{
    return strcasecmp(word, lower) == 0;
}

bool column_event_is_known(const char *name)
{
    bool known = strcmp(name, "start") == 0;
    for (int i = 0; i < EVENT_KIND_COUNT; i++)
        known = known || strcmp(name, event_names[i]) == 0;
    return known;
}
