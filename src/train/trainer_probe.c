/* Probes: the heads' maps, the table of answers, frequencies and single pairs, from the weights between steps. */
#include <lrd/train/trainer_inside.h>

#include <lrd/base/util.h>
#include <lrd/lab/interaction.h>
#include <lrd/num/fourier.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { T = MODEL_POSITIONS, LOOK_PASSES = 4, TABLE_PASSES = 8 };

/* ---- Rows */

static void set_row(const Trainer *t, int32_t row[T], int a, int b)
{
    row[0] = a;
    row[1] = t->data.tokens + b;
    row[2] = 2 * t->data.tokens;
}

static bool is_in_table(const Trainer *t, int a, int b)
{
    return task_answer(t->data.op, t->data.tokens, a, b) >= 0;
}

/* The first largest, and its share of the whole. */
static int likeliest(const float *logits, int n, double *chance)
{
    int best = 0;
    double sum = 0;
    for (int i = 1; i < n; i++)
        if (logits[i] > logits[best])
            best = i;
    for (int i = 0; i < n; i++)
        sum += (double)expf(logits[i] - logits[best]);
    *chance = 1 / sum;
    return best;
}

/* Attention of the last position to key j in layer l, of one example and head. */
static float look_at(const Trainer *t, const NetWork *w, int l, int example, int head, int j)
{
    const ModelConfig *c = &t->layout.config;
    const int Q = l == c->depth - 1 ? 1 : T;
    return w->layer[l]
        .p[(((size_t)example * (size_t)c->heads + (size_t)head) * (size_t)Q + (size_t)(Q - 1)) * T + (size_t)j];
}

/* ---- The table of answers, some passes at a time */

typedef struct TableJob {
    Trainer *trainer;
    Probe *probe;
    int64_t from, to; /* cells */
} TableJob;

static void ask_cells(const TableJob *job, int64_t from, int b, NetWork *w)
{
    Trainer *t = job->trainer;
    const Net net = trainer_net(t);
    const int tokens = t->data.tokens;
    int32_t row[T * NET_EXAMPLES_MAX];
    for (int i = 0; i < b; i++)
        set_row(t, row + T * i, (int)((from + i) / tokens), (int)((from + i) % tokens));
    net_forward(&net, &t->table, w, row, b);
    for (int i = 0; i < b; i++) {
        ProbeCell *cell = &job->probe->cell[from + i];
        double chance;
        int answer = likeliest(w->logits + (size_t)i * (size_t)t->layout.config.vocab, t->layout.config.vocab, &chance);
        bool was_wrong = cell->answer >= 0 && cell->answer != cell->right, right = answer == cell->right;
        cell->news = was_wrong && right ? PROBE_NEWS : (uint8_t)(right && cell->news > 0 ? cell->news - 1 : 0);
        cell->answer = (int16_t)answer;
        cell->chance = (uint8_t)lround(255 * fmin(fmax(chance, 0), 1)); /* NAN: 0 */
    }
}

static void table_item(void *context, int item, int worker)
{
    const TableJob *job = context;
    const int64_t from = job->from + (int64_t)item * NET_EXAMPLES_MAX;
    if (trainer_is_abandoned(job->trainer))
        return;
    ask_cells(job, from, (int)min_i64(NET_EXAMPLES_MAX, job->to - from), &job->trainer->workers[worker].net);
}

static void name_cells(const Trainer *t, Probe *p)
{
    const int n = t->data.tokens;
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++)
            p->cell[a * n + b].right = (int16_t)task_answer(t->data.op, n, a, b);
    for (int64_t i = 0; i < t->data.train_count; i++)
        p->cell[t->data.train[i].a * n + t->data.train[i].b].kind = PAIR_TRAINED;
    for (int64_t i = 0; i < t->data.test_count; i++)
        p->cell[t->data.test[i].a * n + t->data.test[i].b].kind = t->data.mirror[i] ? PAIR_MIRROR : PAIR_UNSEEN;
}

/* Pairs outside the table are asked like the others: the model has an answer to a / 0 too, only that none is right. */
static void probe_make_table(Trainer *t, Probe *p)
{
    const int64_t cells = (int64_t)p->tokens * p->tokens;
    TableJob job = {t, p, p->next, min_i64(p->next + TABLE_PASSES * NET_EXAMPLES_MAX, cells)};
    if (p->next == 0)
        p->sweep = t->state.step;
    pool_run(t->pool, (int)((job.to - job.from + NET_EXAMPLES_MAX - 1) / NET_EXAMPLES_MAX), table_item, &job);
    p->fresh += job.to - job.from;
    p->next = job.to % cells;
    if (p->next == 0)
        p->oldest = p->sweep;
}

/* ---- Attention */

typedef struct LookJob {
    Trainer *trainer;
    int64_t count; /* rows of the domain */
    float sum[LOOK_PASSES][MODEL_DEPTH_MAX][PROBE_HEADS_MAX][T];
    int rows[LOOK_PASSES];
} LookJob;

/* Rows evenly spread over the training and the test rows together. */
static const TaskRow *row_number(const Trainer *t, int64_t i)
{
    return i < t->data.train_count ? &t->data.train[i] : &t->data.test[i - t->data.train_count];
}

static void look_item(void *context, int item, int worker)
{
    LookJob *job = context;
    Trainer *t = job->trainer;
    const Net net = trainer_net(t);
    const ModelConfig *c = &t->layout.config;
    NetWork *w = &t->workers[worker].net;
    int32_t row[T * NET_EXAMPLES_MAX];
    const int64_t wanted = min_i64(LOOK_PASSES * NET_EXAMPLES_MAX, job->count);
    int b = 0;
    for (int64_t i = (int64_t)item * NET_EXAMPLES_MAX; i < min_i64((item + 1) * NET_EXAMPLES_MAX, wanted); i++, b++) {
        const TaskRow *r = row_number(t, i * job->count / wanted);
        set_row(t, row + T * b, r->a, r->b);
    }
    job->rows[item] = b;
    if (b == 0 || trainer_is_abandoned(t))
        return;
    net_forward(&net, &t->table, w, row, b);
    for (int l = 0; l < c->depth; l++)
        for (int h = 0; h < min_int(c->heads, PROBE_HEADS_MAX); h++)
            for (int i = 0; i < b; i++)
                for (int j = 0; j < T; j++)
                    job->sum[item][l][h][j] += look_at(t, w, l, i, h, j);
}

static void probe_make_attention(Trainer *t, Probe *p)
{
    const Net net = trainer_net(t);
    LookJob job = {.trainer = t, .count = t->data.train_count + t->data.test_count};
    interaction_map(&net, min_int(max_int(p->ask.layer, 0), p->layers - 1), p->tokens, p->maps, p->side, p->map);
    pool_run(t->pool, LOOK_PASSES, look_item, &job);
    memset(p->look, 0, sizeof p->look);
    p->look_rows = 0;
    for (int i = 0; i < LOOK_PASSES; i++)
        p->look_rows += job.rows[i];
    for (int i = 0; i < LOOK_PASSES; i++) /* in order, whichever thread did which */
        for (int l = 0; l < p->layers; l++)
            for (int h = 0; h < p->maps; h++)
                for (int j = 0; j < T; j++)
                    p->look[l][h][j] += job.sum[i][l][h][j] / (float)p->look_rows;
}

/* ---- Frequencies */

static bool is_product(TaskOp op)
{
    return op == TASK_MUL || op == TASK_DIV;
}

/* The powers of the smallest primitive root: 1, g, g^2, ... ; false when n is no prime. */
static bool power_order(int n, int *order)
{
    for (int g = 1; g < n; g++) {
        int at = 1, count = 0;
        do {
            order[count++] = at;
            at = (int)((long long)at * g % n);
        } while (at > 1 && count < n - 1);
        if (count == n - 1 && at == 1)
            return true;
    }
    return false;
}

static void shares(const Trainer *t, size_t matrix, const int *order, int n, double *power, float *scratch)
{
    const int D = t->layout.config.dim;
    float *X = scratch, *rest = scratch + (size_t)n * (size_t)D;
    for (int i = 0; i < n; i++)
        memcpy(X + (size_t)i * (size_t)D, t->state.weights + matrix + (size_t)order[i] * (size_t)D,
               (size_t)D * sizeof *X);
    fourier_power(power, X, n, D, rest);
    double whole = 0;
    for (int k = 0; k < fourier_frequencies(n); k++)
        whole += power[k];
    for (int k = 0; k < fourier_frequencies(n); k++)
        power[k] = whole > 0 ? power[k] / whole : 0;
}

/* The two directions of the strongest wave in the embedding, made orthonormal, span the plane (Nanda et al. 2023). */
static void clock_make(const Trainer *t, Probe *p, const int *order, int n)
{
    const size_t D = (size_t)t->layout.config.dim;
    const float *E = t->state.weights + t->layout.embedding;
    int strongest;
    probe_largest(p->power[0], p->frequencies, 1, &strongest);
    const int k = strongest + 1;
    double *c = xcalloc(2 * D, sizeof *c), *s = c + D, cc = 0, cs = 0, ss = 0, mean[2] = {0, 0}, radius = 0;
    for (int i = 0; i < n; i++) {
        double angle = 2 * 3.14159265358979323846 * (double)((int64_t)i * k % n) / n;
        for (size_t j = 0; j < D; j++) {
            c[j] += cos(angle) * (double)E[(size_t)order[i] * D + j];
            s[j] += sin(angle) * (double)E[(size_t)order[i] * D + j];
        }
    }
    for (size_t j = 0; j < D; j++) {
        cc += c[j] * c[j];
        cs += c[j] * s[j];
    }
    for (size_t j = 0; j < D; j++) {
        s[j] -= cc > 0 ? cs / cc * c[j] : 0;
        ss += s[j] * s[j];
    }
    p->clock_count = cc > 0 && ss > 0 ? min_int(n, PROBE_CLOCK_MAX) : 0;
    p->clock_frequency = k;
    for (int phase = 0, at = 0; phase < n && at < p->clock_count; phase++)
        for (int i = 0; i < n && at < p->clock_count; i++) {
            if ((int64_t)i * k % n != phase)
                continue;
            double x = 0, y = 0;
            for (size_t j = 0; j < D; j++) {
                x += c[j] * (double)E[(size_t)order[i] * D + j];
                y += s[j] * (double)E[(size_t)order[i] * D + j];
            }
            p->clock_number[at] = (int16_t)order[i];
            p->clock[at][0] = (float)(x / sqrt(cc));
            p->clock[at][1] = (float)(y / sqrt(ss));
            mean[0] += (double)p->clock[at][0] / n;
            mean[1] += (double)p->clock[at][1] / n;
            at++;
        }
    for (int i = 0; i < p->clock_count; i++)
        radius = fmax(radius, hypot((double)p->clock[i][0] - mean[0], (double)p->clock[i][1] - mean[1]));
    for (int i = 0; i < p->clock_count && radius > 0; i++)
        for (int j = 0; j < 2; j++)
            p->clock[i][j] = (float)(((double)p->clock[i][j] - mean[j]) / radius);
    free(c);
}

static void probe_make_fourier(const Trainer *t, Probe *p)
{
    const int D = t->layout.config.dim;
    int *order = xcalloc((size_t)p->tokens, sizeof *order), n = p->tokens;
    p->by_logarithm = is_product(t->data.op) && power_order(n, order);
    p->frequencies = p->clock_count = 0;
    if (p->by_logarithm)
        n--;
    for (int i = 0; !p->by_logarithm && i < n; i++)
        order[i] = i;
    if (t->data.op != TASK_S5) {
        p->frequencies = fourier_frequencies(n);
        float *scratch = xfloats((size_t)n * (size_t)D + fourier_scratch_floats(n, D));
        shares(t, t->layout.embedding, order, n, p->power[0], scratch);
        shares(t, t->layout.head, order, n, p->power[1], scratch);
        free(scratch);
        clock_make(t, p, order, n);
    }
    free(order);
}

/* ---- One pair */

static PairKind pair_kind(const Trainer *t, int a, int b)
{
    if (!is_in_table(t, a, b))
        return PAIR_OUTSIDE;
    for (int64_t i = 0; i < t->data.train_count; i++)
        if (t->data.train[i].a == a && t->data.train[i].b == b)
            return PAIR_TRAINED;
    for (int64_t i = 0; i < t->data.test_count; i++)
        if (t->data.test[i].a == a && t->data.test[i].b == b)
            return t->data.mirror[i] ? PAIR_MIRROR : PAIR_UNSEEN;
    return PAIR_UNSEEN;
}

/* What an answer weighs before the sum is made 1, as the loss sees it. */
static double answer_weight(const Trainer *t, float logit, float best)
{
    const double tau = t->settings.model.temp, z = (double)logit / tau;
    if (t->settings.train.loss == LOSS_STABLEMAX)
        return z >= 0 ? z + 1 : 1 / (1 - z);
    return exp((double)(logit - best) / tau);
}

static void probe_make_answers(const Trainer *t, const float *logits, ProbePair *pair)
{
    const int n = t->layout.config.vocab;
    double *chance = xcalloc((size_t)n, sizeof *chance), most, sum = 0;
    int best = likeliest(logits, n, &most);
    for (int i = 0; i < n; i++)
        sum += chance[i] = answer_weight(t, logits[i], logits[best]);
    for (int i = 0; i < n; i++)
        chance[i] /= sum;
    int found = probe_largest(chance, n, PROBE_TOP, pair->top);
    for (int i = 0; i < PROBE_TOP; i++) {
        pair->top[i] = i < found ? pair->top[i] : -1;
        pair->chance[i] = i < found ? chance[pair->top[i]] : 0;
    }
    pair->chance_right = pair->right >= 0 ? chance[pair->right] : 0;
    free(chance);
}

static bool pair_is_token(const Trainer *t, const ProbeRequest *ask)
{
    return ask->pair_a >= 0 && ask->pair_a < t->data.tokens && ask->pair_b >= 0 && ask->pair_b < t->data.tokens;
}

static void probe_make_pair(Trainer *t, const ProbeRequest *ask, ProbePair *pair)
{
    const ModelConfig *c = &t->layout.config;
    const Net net = trainer_net(t);
    NetWork *w = &t->workers[0].net;
    int32_t row[T];
    *pair = (ProbePair){.there = true, .a = ask->pair_a, .b = ask->pair_b, .step = t->state.step};
    if (!pair_is_token(t, ask))
        return; /* asked of a run with more numbers: PAIR_OUTSIDE, and that is the answer */
    pair->kind = pair_kind(t, pair->a, pair->b);
    pair->right = task_answer(t->data.op, t->data.tokens, pair->a, pair->b);
    set_row(t, row, pair->a, pair->b);
    net_forward(&net, &t->table, w, row, 1);
    probe_make_answers(t, w->logits, pair);
    for (int l = 0; l < c->depth; l++)
        for (int h = 0; h < c->heads; h++)
            for (int j = 0; j < T; j++)
                pair->look[l][j] += look_at(t, w, l, 0, h, j) / (float)c->heads;
}

/* ---- */

bool trainer_probe(Trainer *t, const ProbeRequest *ask, Probe *p)
{
    const int tokens = t->data.tokens, layers = t->layout.config.depth, heads = t->layout.config.heads;
    const bool other = p->ask.kind != ask->kind || p->tokens != tokens || p->layers != layers || p->heads != heads;
    if (other) {
        probe_make(p, ask, tokens, layers, heads);
        if (ask->kind == PROBE_TABLE)
            name_cells(t, p);
    }
    p->ask = *ask;
    if (p->step != t->state.step)
        p->fresh = 0;
    if (ask->pair || ask->kind == PROBE_ATTENTION || ask->kind == PROBE_TABLE)
        trainer_fill_table(t);
    if (ask->kind == PROBE_ATTENTION)
        probe_make_attention(t, p);
    else if (ask->kind == PROBE_TABLE)
        probe_make_table(t, p);
    else if (ask->kind == PROBE_FOURIER)
        probe_make_fourier(t, p);
    if (ask->pair)
        probe_make_pair(t, ask, &p->pair);
    p->step = t->state.step;
    p->version++;
    return !trainer_is_abandoned(t);
}
