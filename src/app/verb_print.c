/* The verbs that print what another module describes. */
#include <lrd/app/verbs.h>
#include <lrd/app/info.h>
#include <lrd/run/log_command.h>
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
    fputs(text_str(&text), stdout);
    text_free(&text);
    return EXIT_DONE;
}

int verb_info(const Arguments *a)
{
    Text text = {0};
    if (a->command) {
        Status told = log_command(a->operand, &text);
        fputs(text_str(&text), stdout);
        text_free(&text);
        return cli_report(told);
    }
    Status s = lesson_is_file(a->operand) ? lesson_describe(a->operand, &text) : info_describe(a->operand, &text);
    fputs(text_str(&text), stdout);
    text_free(&text);
    return cli_report(s);
}
