/* The verbs that print what another module describes. */
#include <lrd/app/verbs.h>
#include <lrd/app/info.h>
#include <lrd/app/open_log.h>
#include <lrd/log/log_command.h>
#include <lrd/ui/action.h>
#include <lrd/lesson/lesson_file.h>

#include <stdio.h>

int verb_keys(const Arguments *a)
{
    Text text = {0};
    if (a->markdown)
        action_print_keys_markdown(&text);
    else
        action_print_keys(&text);
    return cli_print(&text);
}

/* One line, for sh. */
static Status info_command(const Arguments *a, Text *out)
{
    Status s;
    LogIndex *index = open_log(a, a->operand, -1, &s);
    if (!index)
        return s;
    s = log_command_of_book(index, out);
    if (status_is_ok(s))
        text_add(out, "\n");
    else
        text_clear(out);
    log_index_close(index);
    return s;
}

int verb_info(const Arguments *a)
{
    Text text = {0};
    LogMap map;
    Status s = maps_read(a, &map);
    if (!status_is_ok(s))
        return cli_report(s);
    if (a->command)
        s = info_command(a, &text);
    else
        s = lesson_is_file(a->operand) ? lesson_describe(a->operand, &action_table, &text)
                                       : info_describe(a->operand, &map, &text);
    fputs(text_str(&text), stdout);
    text_free(&text);
    return cli_report(s);
}
