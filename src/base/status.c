#include <lrd/base/status.h>

#include <stdarg.h>
#include <stdio.h>

static Status status_make(StatusCode code, const char *format, va_list args)
{
    Status s = {.code = code};
    vsnprintf(s.text, sizeof s.text, format, args);
    return s;
}

Status status_ok(void)
{
    return (Status){.code = STATUS_OK};
}

Status status_failed(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Status s = status_make(STATUS_FAILED, format, args);
    va_end(args);
    return s;
}

Status status_input(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Status s = status_make(STATUS_INPUT, format, args);
    va_end(args);
    return s;
}
