/* The lab as the cases start it, and the files that it leaves. */
#include "faults.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- Starting the lab */

static const char *const small_run[] = {
    "--set", "task.p=29",           "--set", "model.dim=32",         "--set", "model.depth=1",
    "--set", "model.heads=2",       "--set", "model.mlp=64",         "--set", "train.batch=128",
    "--set", "train.eval_every=20", "--set", "train.sample_every=5", "--set", "train.steps=1000000000",
    "--set", "train.threads=2",     NULL};

PtyStart start_verb(const char *verb, const char *const *more)
{
    PtyStart start = {.term = "xterm-256color", .locale = "C.UTF-8", .columns = 100, .rows = 30};
    int at = 0;
    start.words[at++] = program;
    start.words[at++] = verb;
    for (int i = 0; small_run[i]; i++)
        start.words[at++] = small_run[i];
    for (int i = 0; more && more[i]; i++)
        start.words[at++] = more[i];
    return start;
}

const char *const with_files[] = {"--log", "run.jsonl", "--save", "run.safetensors", "--force", NULL};
const char *const at_200[] = {"--set", "lab.speed=200", NULL};

void remove_files(void)
{
    unlink("run.jsonl");
    unlink("run.safetensors");
    unlink("run.safetensors.tmp");
}

/* ---- Files */

/* The words after the program's name; its exit status. */
static int run_quietly(const char *verb, const char *operand)
{
    pid_t child = fork();
    if (child == 0) {
        int nowhere = open("/dev/null", O_RDWR);
        dup2(nowhere, 0), dup2(nowhere, 1), dup2(nowhere, 2);
        execl(program, program, verb, operand, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Every line is whole; has_end: whether the last one says that the run ended. */
static bool log_is_whole(bool *has_end)
{
    FILE *f = fopen("run.jsonl", "r");
    *has_end = false;
    if (!f)
        return true;
    char *line = NULL;
    size_t room = 0;
    bool whole = true;
    for (ssize_t n; (n = getline(&line, &room, f)) > 0;) {
        whole = whole && n > 2 && line[0] == '{' && line[n - 2] == '}' && line[n - 1] == '\n';
        *has_end = strstr(line, "\"event\": \"end\"") || strstr(line, "\"event\":\"end\"");
    }
    free(line);
    fclose(f);
    return whole;
}

static bool checkpoint_is_whole(bool *exists)
{
    *exists = access("run.safetensors", F_OK) == 0;
    return !*exists || run_quietly("info", "run.safetensors") == 0;
}

bool files_are_right(bool in_order)
{
    bool has_end, has_checkpoint, good = log_is_whole(&has_end);
    if (!good)
        remark("the log has a broken line");
    if (!checkpoint_is_whole(&has_checkpoint)) {
        remark("the checkpoint is broken");
        good = false;
    }
    if (in_order && !(has_end && has_checkpoint)) {
        remark("%s%s is missing", has_end ? "" : "the log's last row ", has_checkpoint ? "" : "the checkpoint");
        good = false;
    }
    return good;
}
