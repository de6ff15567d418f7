#include <lrd/app/once.h>

#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/run/folder.h>

#include <stdio.h>
#include <unistd.h>

/* *due: false where the result is there. */
static Status once_look(const Once *o, bool *due)
{
    *due = true;
    if (access(o->path, F_OK) != 0)
        return status_ok();
    Result there;
    Status s = result_read(o->path, &there);
    if (!status_is_ok(s)) {
        if (o->claim)
            fprintf(stderr, "lrdlab: %s is not whole: the run is made again\n", quote_word(o->path).text);
        return status_ok();
    }
    Text difference = {0};
    if (recipe_is_same(&there.recipe, &o->recipe, &difference))
        *due = false;
    else
        s = status_input("%s is the result of another run (%s); name another file, or remove it",
                         quote_word(o->path).text, text_str(&difference));
    text_free(&difference);
    result_free(&there);
    return s;
}

static Status once_claim(Once *o, bool *due)
{
    Text lock = {0}, holder = {0};
    text_addf(&lock, "%s.lock", o->path);
    Status s = claim_take(text_str(&lock), &o->claim, &holder);
    if (status_is_ok(s) && !o->claim) {
        fprintf(stderr, "lrdlab: %s is at %s now: nothing is done here\n", text_str(&holder), quote_word(o->path).text);
        *due = false;
    }
    text_free(&lock);
    text_free(&holder);
    return s;
}

Status once_begin(const Arguments *a, const Setup *setup, Once *out, bool *due)
{
    *out = (Once){.path = a->result};
    *due = true;
    if (!a->result)
        return status_ok();
    if (a->resume)
        return status_input("--result tells of a whole run from its start; leave out --result or --resume");
    Settings settings = setup->settings;
    if (a->steps > 0)
        settings.train.steps = a->steps;
    out->recipe = recipe_make(&settings, &setup->schedule, a->init, a->pairs, a->stop && *a->stop == 'g');
    Status s = once_look(out, due);
    if (status_is_ok(s) && *due)
        s = folder_make_for(a->result);
    if (status_is_ok(s) && *due)
        s = once_claim(out, due);
    if (status_is_ok(s) && *due)
        s = once_look(out, due); /* another process may have finished it just before */
    if (status_is_ok(s) && !*due && !out->claim && access(a->result, F_OK) == 0)
        fprintf(stderr, "lrdlab: %s is there already, with these settings: nothing is to be done\n",
                quote_word(a->result).text);
    out->began = clock_seconds();
    return s;
}

Status once_write(Once *o, const Run *run, bool non_finite)
{
    if (!o->path)
        return status_ok();
    if (!claim_is_ours(o->claim))
        return status_failed("%s was not written: while this process stood still another one took the run over",
                             quote_word(o->path).text);
    Result result = result_of_board(run_board(run), &o->recipe, non_finite, clock_seconds() - o->began);
    Status s = result_write(o->path, &result);
    result_free(&result);
    return s;
}

void once_end(Once *o)
{
    claim_drop(o->claim);
    recipe_free(&o->recipe);
    *o = (Once){0};
}
