/* What the tests of files share: a folder of their own, and files written and read whole. */
#ifndef FILES_FIXTURE_H
#define FILES_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <lrd/base/status.h>
#include <lrd/base/text.h>

static char files_folder[] = "/tmp/lrdlab-files-XXXXXX";

static int files_setup(void **state)
{
    (void)state;
    return mkdtemp(files_folder) ? 0 : -1;
}

static int files_teardown(void **state)
{
    (void)state;
    char command[64 + sizeof files_folder];
    snprintf(command, sizeof command, "rm -rf '%s'", files_folder);
    return system(command);
}

/* A path in the folder; four are good at a time. */
static inline const char *files_path(const char *name)
{
    static char paths[4][128];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", files_folder, name);
    return path;
}

static inline void file_put(const char *path, const void *bytes, size_t count)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, count, f), count);
    assert_int_equal(fclose(f), 0);
}

static inline Text file_get(const char *path)
{
    Text text = {0};
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char piece[4096];
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
        text_add_bytes(&text, piece, n);
    fclose(f);
    return text;
}

#define assert_ok(status)                                                                                              \
    do {                                                                                                               \
        Status assert_ok_status = (status);                                                                            \
        if (!status_is_ok(assert_ok_status))                                                                           \
            fail_msg("%s", assert_ok_status.text);                                                                     \
    } while (0)

/* Refused with a sentence that has this part. */
static inline void assert_says(Status status, StatusCode code, const char *part)
{
    if (status.code != code || !strstr(status.text, part))
        fail_msg("expected (%d) \"%s\", got (%d) \"%s\"", (int)code, part, (int)status.code, status.text);
}

#endif
