/* app/verbs: what each verb does. Each takes the parsed command line and returns an exit status; results go to
 * stdout, all else to stderr.
 *
 * Threads: the main thread. */
#ifndef LRD_APP_VERBS_H
#define LRD_APP_VERBS_H

#include <lrd/app/cli.h>
#include <lrd/config/preset.h>

int verb_lab(const Arguments *a);
int verb_lesson(const Arguments *a); /* a->list: what there is; a->checks: what a step can wait for */
int verb_train(const Arguments *a);
int verb_sweep(const Arguments *a);
int verb_phase(const Arguments *a);
int verb_watch(const Arguments *a);
int verb_demo(const Arguments *a); /* a->operand: demo or NULL; a->list: what there is */
int verb_shot(const Arguments *a);
int verb_movie(const Arguments *a);
int verb_plot(const Arguments *a);
int verb_presets(const Arguments *a);
int verb_settings(const Arguments *a); /* a->markdown: as a Markdown table */
int verb_keys(const Arguments *a);     /* a->markdown likewise */
int verb_info(const Arguments *a);
int verb_doctor(const Arguments *a);
int verb_bench(const Arguments *a); /* a->operand: preset or NULL, a->sets, a->json: a JSON object */
int verb_help(const Arguments *a);
int verb_complete(const Arguments *a); /* complete.c */

/* A line each: name, where it was found, title. */
void presets_print(const CatalogEntry *entries, int count);

#endif
