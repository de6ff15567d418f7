#include <lrd/panel/story.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <lrd/base/util.h>
#include <lrd/panel/labels.h>
#include <lrd/panel/time_cursor.h>
#include <lrd/view/format.h>

/* What the rules ask about, taken from the summary once. Comparisons with NAN are false: a number that is not there
 * holds no rule. */
typedef struct Facts {
    bool lesson; /* is open: it says itself what to do */
    const RunSummary *b;
    const Snapshot *s;
    double train, unseen;
    bool unseen_rises, rank_falls, rank_is_down, slipping;
} Facts;

static double series_back(const Series *s, int back)
{
    return s->count > back ? (double)s->bucket[s->count - 1 - back].value : NAN;
}

static Facts facts_of(const Snapshot *s)
{
    enum { BACK = 3 };
    const RunSummary *b = s->summary;
    Facts f = {.b = b, .s = s, .train = NAN, .unseen = NAN};
    if (!b->has_evaluation)
        return f;
    f.train = b->evaluation.train_acc;
    f.unseen = b->evaluation.unseen_acc;
    const Series *unseen = &b->series[SERIES_UNSEEN_ACC];
    double before = fmin(series_back(unseen, 1), series_back(unseen, min_int(BACK, unseen->count - 1)));
    f.unseen_rises = f.unseen >= .05 && f.unseen > before + .005;
    /* Compared over the last tenth of the run, at least over ten points: a live curve trembles. */
    const Series *rank = &b->series[SERIES_STABLE_RANK];
    double rank_before = series_at(rank, b->step - max_i64(b->step / 10, 1));
    f.rank_falls = b->evaluation.stable_rank < rank_before * .98;
    f.rank_is_down = rank->count > 0 && b->evaluation.stable_rank < (double)rank->bucket[0].value / 2;
    f.slipping = f.train < b->train_peak - .05;
    return f;
}

static bool is_non_finite(const Facts *f)
{
    return f->s->state == SESSION_NON_FINITE;
}
static bool is_waiting(const Facts *f)
{
    return f->s->replay.on && !f->b->has_evaluation && !f->b->has_sample;
}
/* The run went back to its last good point by itself. */
static bool is_back(const Facts *f)
{
    const RunSummary *b = f->b;
    return is_non_finite(f) && b->event_count > 0 && b->events[b->event_count - 1].kind == EVENT_BRANCH;
}
static bool is_fresh(const Facts *f)
{
    return (!f->b->has_evaluation || f->b->step == 0) && !(f->s->replay.on && !f->s->replay.has_task);
}
/* The run itself noticed that its last change does harm. */
static bool was_warned(const RunSummary *b)
{
    bool warned = false;
    for (int i = 0; i < b->event_count; i++)
        warned = b->events[i].kind == EVENT_WARNING || (warned && b->events[i].kind != EVENT_SET);
    return warned;
}
static bool is_slipping(const Facts *f)
{
    return f->slipping && was_warned(f->b) && !f->lesson;
}
/* Short falls come by themselves: the learning rate is fixed, and a matrix that LRD made short turns fast. */
static bool is_stumbling(const Facts *f)
{
    return f->slipping && f->b->memorised >= 0;
}
static bool is_lost(const Facts *f)
{
    return f->b->grokked >= 0 && f->b->lost >= 0 && f->unseen < .9;
}
static bool is_generalised(const Facts *f)
{
    return f->b->grokked >= 0 && f->b->generalised_early;
}
static bool is_grokked(const Facts *f)
{
    return f->b->grokked >= 0;
}
static bool is_grokking(const Facts *f)
{
    return f->b->memorised >= 0 && f->unseen_rises;
}
static bool is_partial(const Facts *f)
{
    return f->b->memorised >= 0 && f->unseen >= .5;
}
/* Half of the training pairs have a loss that float32 rounds to 0: they give no gradient (softmax collapse). */
static bool is_softmax_collapsed(const Facts *f)
{
    return f->b->train_rows > 0 && f->b->evaluation.zero_loss_rows >= f->b->train_rows - f->b->train_rows / 2;
}
static bool is_at_floor(const Facts *f)
{
    return f->b->at_floor;
}
static bool is_collapsed(const Facts *f)
{
    return f->b->memorised >= 0 && f->b->collapsed >= 0 && f->b->evaluation.stable_rank < 2;
}
static bool is_shrinking(const Facts *f)
{
    return f->b->memorised >= 0 && f->rank_falls;
}
static bool is_shrunken(const Facts *f)
{
    return f->b->memorised >= 0 && f->rank_is_down;
}
static bool is_memorised(const Facts *f)
{
    return f->b->memorised >= 0;
}
static bool is_learning_together(const Facts *f)
{
    return f->train >= .5 && f->unseen >= .5;
}
static bool is_memorising(const Facts *f)
{
    return f->train >= .5;
}
static bool always(const Facts *f)
{
    (void)f;
    return true;
}

typedef struct Rule {
    const char *name;
    bool (*holds)(const Facts *f);
    Role role;
    /* {words} are filled in by story_value; ">" begins advice that only a live run can take; NULL for none. {usual},
     * {by} and {never} are sentences by story_add_expected, where the preset says when its run groks. */
    const char *sentence[STORY_RULE_SENTENCES];
} Rule;

/* clang-format off */
static const Rule rules[] = {
    {"waiting", is_waiting, ROLE_BOLD, {"Waiting for the first row of the log."}},
    {"back", is_back, ROLE_BAD,
     {"A number was not finite any more: back at step {step}.", ">Press u, then space; or r.",
      ">Here all was well: u undoes the last change, space goes on from here, r starts again."}},
    {"non-finite", is_non_finite, ROLE_BAD,
     {"Stopped at {step}: a number is not finite any more.", ">Press u, then space; or r.",
      ">u undoes the last change, r starts the run again."}},
    {"fresh", is_fresh, ROLE_BOLD,
     {"A fresh network: it guesses, 1 in {answers} is right by luck.",
      "It is shown {rows} pairs; the rest of the table it must find out."}},
    {"slipping", is_slipping, ROLE_WARN,
     {"Too strong? Training pairs fell from {peak} to {train} right.", ">Down weakens it, u undoes."}},
    {"stumbling", is_stumbling, ROLE_WARN,
     {"A stumble: training pairs fell from {peak} to {train} right.", "Most runs get up again.",
      ">If it stays down, the decay is too strong: Down weakens it."}},
    {"lost", is_lost, ROLE_WARN,
     {"Grokked at {grokked}, then lost it: unseen {unseen} right.", "Lost at {lost}.",
      ">A fixed learning rate keeps it restless; a lower one (o) calms it."}},
    {"generalised", is_generalised, ROLE_GOOD,
     {"It found the rule at {grokked}: unseen pairs {unseen} right.",
      "No long wait after memorising, so this is not called grokking."}},
    {"grokked", is_grokked, ROLE_GOOD,
     {"Grokked at {grokked}: {unseen} of the unseen pairs are right.", "Delay: {delay} steps.",
      "It found the rule that long after it knew the training pairs by heart."}},
    {"grokking", is_grokking, ROLE_GOOD,
     {"It is grokking: unseen pairs {unseen} right and rising.", "Q/K stable rank {rank}.",
      "The training pairs were known by heart at {memorised}."}},
    {"softmax", is_softmax_collapsed, ROLE_WARN,
     {"Softmax collapse: {zero} of the pairs teach nothing now.", "Unseen: {unseen} right.",
      "Their loss is so small that float32 rounds it to 0, and the gradient too; decay on more weights (g) helps."}},
    {"partial", is_partial, ROLE_BOLD,
     {"Unseen pairs: {unseen} right. It found much of the rule.", "Q/K stable rank {rank}.",
      "The training pairs were known by heart at {memorised}."}},
    {"floor", is_at_floor, ROLE_WARN,
     {"At the floor: one decay step is more than what is left.", ">Down weakens it.",
      "Small singular values flip sign at every step, so rank says little now."}},
    {"collapsed", is_collapsed, ROLE_BOLD,
     {"Q/K stable rank fell to {rank}, yet unseen: {unseen} right.", "{by}", "Wait and see.", "{never}",
      "It knows the training pairs by heart since {memorised}; low rank alone is not grokking."}},
    {"shrinking", is_shrinking, ROLE_BOLD,
     {"Memorised at {memorised}; unseen pairs: {unseen} right.", "{usual}", "{kind} lowers Q/K stable rank: {rank}.", "{never}",
      "Training goes on at almost no loss: watch the unseen curve."}},
    {"shrunken", is_shrunken, ROLE_BOLD,
     {"Memorised at {memorised}; unseen pairs: {unseen} right.", "{usual}", "Q/K stable rank is down to {rank}.", "{never}",
      "Training goes on at almost no loss: watch the unseen curve."}},
    {"memorised", is_memorised, ROLE_BOLD,
     {"Memorised at {memorised}; unseen pairs: {unseen} right.", "{usual}", ">By heart, not the rule: try t or Up.", "{never}",
      "Under {kind} the stable rank of Q/K stays at {rank}."}},
    {"together", is_learning_together, ROLE_BOLD,
     {"It learns the rule at once: unseen pairs {unseen} right.", "Training pairs: {train}.",
      "With less data it would memorise first."}},
    {"memorising", is_memorising, ROLE_BOLD,
     {"Memorising: training pairs {train} right, unseen {unseen}.", "By heart, not the rule.",
      "A pair that it was never shown is still a guess."}},
    {"learning", always, ROLE_BOLD,
     {"It learns the training pairs: {train} of them right so far.", "Guessing gives 1 in {answers}."}},
};
/* clang-format on */

static FormatText story_value(const Facts *f, const char *word, size_t length)
{
    const RunSummary *b = f->b;
    const struct {
        const char *word;
        FormatText value;
    } values[] = {
        {"step", format_count(f->s->step)},
        {"answers", format_count(task_tokens((TaskOp)b->settings.task.op, b->settings.task.p))},
        {"rows", format_count(b->train_rows)},
        {"train", time_cursor_newest(b, SERIES_TRAIN_ACC, SERIES_BATCH_ACC, format_percent)},
        {"peak", format_percent(b->train_peak)},
        {"unseen", time_cursor_newest(b, SERIES_UNSEEN_ACC, SERIES_UNSEEN_SAMPLE, format_percent)},
        {"zero", format_percent((double)b->evaluation.zero_loss_rows / (double)max_i64(b->train_rows, 1))},
        {"rank", format_number(b->evaluation.stable_rank, 2)},
        {"memorised", format_count(b->memorised)},
        {"grokked", format_count(b->grokked)},
        {"delay", format_count(b->grokked - max_i64(b->memorised, 0))},
        {"lost", format_count(b->lost)},
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (strncmp(values[i].word, word, length) == 0 && values[i].word[length] == '\0')
            return values[i].value;
    FormatText kind; /* the one word that is left */
    snprintf(kind.s, sizeof kind.s, "%s",
             b->settings.decay.kind == DECAY_NONE ? "no decay" : decay_kinds[b->settings.decay.kind].label);
    return kind;
}

/* Of a log only what it tells: no advice, and nothing that a foreign program left out. */
static bool sentence_is_known(const Facts *f, const char *sentence)
{
    const ReplayView *log = &f->s->replay;
    if (f->lesson && *sentence == '>')
        return false;
    if (!log->on)
        return true;
    bool task = strstr(sentence, "{answers}") != NULL, rows = strstr(sentence, "{rows}") != NULL;
    return *sentence != '>' && (log->has_task || !task) && (f->b->train_rows > 0 || !rows) &&
           (log->has_decay || !strstr(sentence, "{kind}")) &&
           (isfinite(f->b->evaluation.stable_rank) || !strstr(sentence, "{rank}"));
}

static void story_add(Story *story, const Facts *f, const char *sentence)
{
    if (!sentence_is_known(f, sentence))
        return;
    sentence += *sentence == '>';
    char *out = story->sentence[story->count++];
    size_t used = 0, room = STORY_SENTENCE_MAX;
    for (const char *in = sentence; *in && used + 1 < room;) {
        if (*in != '{') {
            out[used++] = *in++;
            continue;
        }
        size_t length = strcspn(++in, "}");
        used += (size_t)snprintf(out + used, room - used, "%s", story_value(f, in, length).s);
        in += length + 1;
    }
    out[used < room ? used : room - 1] = '\0';
}

/* How long someone who waits must wait, or that it is in vain. */
static void story_add_expected(Story *story, const Facts *f, const char *which)
{
    const Expected *x = &f->s->expect.event[EXPECTED_GROKKED];
    const bool never = x->kind == EXPECTED_NEVER, some = x->runs > x->with;
    const int64_t step = f->b->step;
    FormatText low = format_count(x->low), high = format_count(x->high);
    char *out = story->sentence[story->count];
    if (x->kind == EXPECTED_UNKNOWN || never != (strcmp(which, "{never}") == 0))
        return;
    story->count++;
    if (never)
        snprintf(out, STORY_SENTENCE_MAX, "When it was measured it never grokked.");
    else if (some && step <= x->high)
        snprintf(out, STORY_SENTENCE_MAX, "%d of %d such runs grok, by %s.", x->with, x->runs, high.s);
    else if (some)
        snprintf(out, STORY_SENTENCE_MAX, "%d of %d such runs never grok.", x->runs - x->with, x->runs);
    else if (step > x->high)
        snprintf(out, STORY_SENTENCE_MAX, "Later than usual (by %s).", high.s);
    else if (step >= x->low)
        snprintf(out, STORY_SENTENCE_MAX, "Any moment: usually by %s.", high.s);
    else if (strcmp(which, "{by}") == 0)
        snprintf(out, STORY_SENTENCE_MAX, "Usually groks by %s.", high.s);
    else
        snprintf(out, STORY_SENTENCE_MAX, "Usually groks at %s to %s.", low.s, high.s);
}

static bool is_of_expected(const char *sentence)
{
    return strcmp(sentence, "{usual}") == 0 || strcmp(sentence, "{by}") == 0 || strcmp(sentence, "{never}") == 0;
}

static void story_add_end(Story *story, const Facts *f)
{
    const ReplayView *log = &f->s->replay;
    char turn[STORY_SENTENCE_MAX];
    snprintf(turn, sizeof turn, "Your turn: q, then type %s.", log->live);
    if (*log->live)
        story_add(story, f, turn);
    story_add(story, f,
              *log->live ? "Space plays it again."
              : log->on  ? "The log ends here: space plays it again."
                         : "The last step is done: space goes on.");
}

Story story_tell(const Snapshot *s)
{
    return story_tell_beside(s, false);
}

Story story_tell_beside(const Snapshot *s, bool lesson)
{
    Facts f = facts_of(s);
    f.lesson = lesson;
    const Rule *rule = rules;
    while (!rule->holds(&f))
        rule++;
    Story story = {.rule = rule->name, .role = rule->role};
    if (s->state == SESSION_PAUSED)
        story_add(&story, &f, s->step == 0 ? "Nothing runs yet: press space to start." : "Paused: space goes on.");
    bool ends = s->state == SESSION_HOLDING; /* the result first: a narrow screen has no room for more */
    if (ends) {
        story_add(&story, &f, rule->sentence[0]);
        story_add_end(&story, &f);
    }
    for (int i = ends; i < STORY_RULE_SENTENCES && rule->sentence[i]; i++)
        if (is_of_expected(rule->sentence[i]))
            story_add_expected(&story, &f, rule->sentence[i]);
        else
            story_add(&story, &f, rule->sentence[i]);
    return story;
}

Story story_tell_slow(const char *library)
{
    Story story = {.rule = "slow", .role = ROLE_WARN, .count = 3};
    snprintf(story.sentence[0], STORY_SENTENCE_MAX, "Slow: %.20s is in use; install OpenBLAS.", library);
    snprintf(story.sentence[1], STORY_SENTENCE_MAX, "\"lrdlab doctor\" tells more.");
    snprintf(story.sentence[2], STORY_SENTENCE_MAX, "It multiplies no faster than plain C does.");
    return story;
}

Story story_tell_past(const Evaluation *e)
{
    Story story = {.rule = "past", .role = ROLE_BOLD, .count = 1};
    snprintf(story.sentence[0], STORY_SENTENCE_MAX, "Step %.16s: train %.8s, unseen %.8s right.",
             format_count(e->step).s, format_percent(e->train_acc).s, format_percent(e->unseen_acc).s);
    if (*e->decay_kind)
        snprintf(story.sentence[story.count++], STORY_SENTENCE_MAX, "Decay then: %s.", label_decay(e).s);
    snprintf(story.sentence[story.count++], STORY_SENTENCE_MAX,
             "All panels show that moment; the run goes on meanwhile.");
    return story;
}
