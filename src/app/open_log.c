#include <lrd/app/open_log.h>

#include <lrd/base/quote.h>
#include <lrd/io/file_kind.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What the lab would say of it too: columns by other names, lines that are left out. */
static void log_tell(const LogIndex *index, Status fault, bool quiet)
{
    Text notes = {0};
    log_index_add_notes(index, &notes);
    if (!quiet && notes.length > 0)
        fprintf(stderr, "lrdlab: %s: %s\n", quote_word(log_index_path(index)).text, text_str(&notes));
    if (!status_is_ok(fault))
        fprintf(stderr, "lrdlab: %s; such lines are left out\n", fault.text);
    Status tail = log_index_tail(index, 0);
    if (!status_is_ok(tail))
        fprintf(stderr, "lrdlab: %s\n", tail.text);
    text_free(&notes);
}

static Status log_check(const LogIndex *index, Status fault, int64_t step)
{
    Status s = log_index_check(index), tail = log_index_tail(index, 0);
    Quote name = quote_word(log_index_path(index));
    if (!status_is_ok(s))
        return s;
    if (log_index_rows(index) == 0 && !status_is_ok(fault))
        return fault;
    if (log_index_rows(index) == 0 && !status_is_ok(tail))
        return status_input("%s; no other row is in it", tail.text);
    if (log_index_rows(index) == 0)
        return status_input("%s has no row yet", name.text);
    if (step >= 0 && step < log_index_first(index))
        return status_input("%s has no row up to step %" PRId64 "; its first is of step %" PRId64, name.text, step,
                            log_index_first(index));
    return s;
}

bool operand_is_log(const char *operand)
{
    switch (file_kind(operand)) {
    case FILE_JSON:
    case FILE_TABLE:
        return true;
    case FILE_MISSING:
        return text_before(operand, ".jsonl");
    case FILE_SECTIONS:
        return false;
    case FILE_FOLDER:
        return strchr("./", operand[0]) && !text_before(operand, ".ini");
    default:
        return !text_before(operand, ".ini");
    }
}

LogIndex *open_log(const Arguments *a, const char *path, int64_t step, Status *status)
{
    LogMap map;
    Status fault;
    *status = maps_read(a, &map);
    LogIndex *index = status_is_ok(*status) ? log_index_open_mapped(path, &map, status) : NULL;
    if (!index)
        return NULL;
    log_index_read(index, &fault);
    *status = log_check(index, fault, step);
    if (status_is_ok(*status)) {
        log_tell(index, fault, a->quiet);
        return index;
    }
    log_index_close(index);
    return NULL;
}
