#include <lrd/app/maps.h>

Status maps_read(const Arguments *a, LogMap *out)
{
    *out = (LogMap){0};
    Status s = status_ok();
    for (int i = 0; i < a->maps.count && status_is_ok(s); i++)
        s = log_map_add(out, a->maps.words[i]);
    return s;
}
