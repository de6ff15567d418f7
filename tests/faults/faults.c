/* What must hold whatever is done to the program: faults PROGRAM CASE [COUNT [SEED]].
 *
 * Each case says "ok NAME" or "not ok NAME"; the exit status is 1 when one failed. A failed one names the seed and
 * the turn, with which it comes again. It works in a folder of its own. */
#include "faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char program[4096];
static char folder[] = "/tmp/lrdlab-faults-XXXXXX";
double patience = 30; /* sanitizers and busy machines are slow */

/* ---- Chance: splitmix64, so that a seed says everything */

uint64_t chance;

uint64_t draw(uint64_t below)
{
    uint64_t z = (chance += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return (z ^ (z >> 31)) % below;
}

/* ---- The cases */

static const struct {
    const char *name;
    void (*run)(int count);
    int count;
} cases[] = {
    {"kills", case_kills, 20},   {"signals", case_signals, 0},     {"deadly", case_deadly, 0},
    {"stop", case_stop, 0},      {"gone", case_gone, 0},           {"stalled", case_stalled, 0},
    {"names", case_names, 0},    {"bytes", case_bytes, 0},         {"resizes", case_resizes, 500},
    {"storm", case_storm, 5000}, {"watch", case_watch, 2000},      {"noise", case_noise, 0},
    {"sgemm", case_sgemm, 0},    {"sequences", case_sequences, 0}, {"wheel", case_wheel, 0},
};

int main(int argc, char **argv)
{
    bool found = false;
    if (argc < 3 || !realpath(argv[1], program) || !mkdtemp(folder) || chdir(folder) != 0) {
        fprintf(stderr, "usage: faults PROGRAM CASE [COUNT [SEED]]\n");
        return 2;
    }
    setenv("HOME", folder, 1);
    setenv("XDG_CONFIG_HOME", folder, 1);
    chance = argc > 4 ? strtoull(argv[4], NULL, 10) : 20260101;
    patience = getenv("PATIENCE") ? strtod(getenv("PATIENCE"), NULL) : patience;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (strcmp(cases[i].name, argv[2]) != 0)
            continue;
        found = true;
        cases[i].run(argc > 3 ? (int)strtol(argv[3], NULL, 10) : cases[i].count);
    }
    char command[64 + sizeof folder];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    bool removed = system(command) == 0;
    return !found ? 2 : failures || !removed;
}
