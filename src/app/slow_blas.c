#include <lrd/app/slow_blas.h>

#include <lrd/app/cli.h>
#include <lrd/num/mat.h>
#include <lrd/num/speed.h>

#include <stdio.h>
#include <string.h>

void slow_blas_tell(void)
{
    const Speed speed = speed_measure();
    if (!speed.slow)
        return;
    Text words = {0};
    speed_say_slow(&speed, &words);
    cli_tell_lines(text_str(&words));
    text_free(&words);
}

bool slow_blas_name(char *out, size_t size)
{
    const Speed speed = speed_measure();
    if (!speed.slow)
        return false;
    char path[512];
    mat_library_path(path, sizeof path);
    const char *slash = strrchr(path, '/');
    snprintf(out, size, "%s", slash ? slash + 1 : "this BLAS");
    char *version = strstr(out, ".so.");
    if (version)
        version[strlen(".so")] = '\0';
    return true;
}
