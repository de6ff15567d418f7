/* What the cases of faults share: the verdict on one, what they draw by chance, how they start the lab and what they
 * ask of its files; and the cases themselves, each in the file of its kind. */
#ifndef FAULTS_H
#define FAULTS_H

#include "pty_harness.h"

#include <stdint.h>

/* faults.c; main sets them. */
extern char program[4096];
extern double patience;
extern uint64_t chance;

/* A number below that, of splitmix64. */
uint64_t draw(uint64_t below);

/* verdict.c */
extern int failures;

void verdict(bool good, const char *format, ...) __attribute__((format(printf, 2, 3)));
void remark(const char *format, ...) __attribute__((format(printf, 1, 2)));
void show_tail(const Pty *r);

/* lab.c: a small run of lab or train, words that may follow, and the files that those name. */
extern const char *const with_files[], *const at_200[];

PtyStart start_verb(const char *verb, const char *const *more);
void remove_files(void);
/* After an end by a signal that the program answers: all of what was promised. */
bool files_are_right(bool in_order);

/* signals.c */
enum { ORDERLY = 7 };
extern const int orderly[ORDERLY];

void case_kills(int count);
void case_signals(int count);
void case_deadly(int count);
void case_stop(int count);

/* terminals.c */
void case_gone(int count);
void case_stalled(int count);
void case_names(int count);
void case_resizes(int count);
void case_bytes(int count);

/* keys.c */
void case_storm(int count);
void case_watch(int count);
void case_sequences(int count);
void case_wheel(int count);

/* libraries.c */
void case_sgemm(int count);
void case_noise(int count);

#endif
