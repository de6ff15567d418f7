/* app/verbs: what each verb does. Each takes the parsed command line and returns an exit status.
 *
 * Threads: the main thread. */
#ifndef LRD_APP_VERBS_H
#define LRD_APP_VERBS_H

#include <lrd/app/cli.h>

int verb_lab(const Arguments *a);
int verb_train(const Arguments *a);
int verb_shot(const Arguments *a);
int verb_presets(const Arguments *a);
int verb_settings(const Arguments *a);
int verb_keys(const Arguments *a);
int verb_info(const Arguments *a);
int verb_doctor(const Arguments *a);
int verb_bench(const Arguments *a); /* verb_bench.c; a->json: as a JSON object, a->quiet, a->sets */

#endif
