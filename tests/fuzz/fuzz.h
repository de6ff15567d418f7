/* What the fuzz targets share. Each is one file with LLVMFuzzerTestOneInput; libFuzzer or replay.c calls it.
 *
 * A target aborts when a promise is broken that no sanitizer sees. */
#ifndef FUZZ_H
#define FUZZ_H

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lrd/base/status.h>
#include <lrd/base/text.h>
#include <lrd/app/info.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PROMISE(condition)                                                                                             \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition);                                    \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

static char fuzz_name[64];

static void fuzz_remove(void)
{
    unlink(fuzz_name);
}

/* The bytes as a file of this process. */
static inline const char *fuzz_file(const uint8_t *data, size_t size, const char *ending)
{
    if (!fuzz_name[0]) {
        snprintf(fuzz_name, sizeof fuzz_name, "/tmp/lrdlab-fuzz-%ld%s", (long)getpid(), ending);
        atexit(fuzz_remove);
    }
    FILE *f = fopen(fuzz_name, "wb");
    PROMISE(f && fwrite(data, 1, size, f) == size && fclose(f) == 0);
    return fuzz_name;
}

/* What is said goes to a terminal: whole lines of text, no escapes. */
static inline void fuzz_check_words(const char *words)
{
    for (; *words; words++)
        PROMISE((unsigned char)*words >= ' ' || *words == '\n');
}

/* One sentence, of one line. */
static inline void fuzz_check_status(const Status *s)
{
    PROMISE(status_is_ok(*s) == (s->text[0] == '\0'));
    PROMISE(!strchr(s->text, '\n'));
    fuzz_check_words(s->text);
}

/* What info says of the file; of a preset all faults, a line each. */
static inline void fuzz_check_info(const char *path)
{
    Text words = {0};
    Status status = info_describe(path, NULL, &words);
    PROMISE(status_is_ok(status) == (status.text[0] == '\0'));
    fuzz_check_words(status.text);
    fuzz_check_words(text_str(&words));
    text_free(&words);
}

#endif
