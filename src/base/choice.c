#include <lrd/base/choice.h>

#include <string.h>

#include <lrd/base/quote.h>
#include <lrd/base/text.h>

/* More edits are too many for a slip, and so are as many as there are letters. */
enum { SLIP = 2 };

ChoiceNearest choice_nearest(const char *word)
{
    return (ChoiceNearest){.word = word, .distance = SLIP + 1};
}

void choice_offer(ChoiceNearest *nearest, const char *name)
{
    const int distance = text_distance(nearest->word, name);
    if (distance >= nearest->distance || distance >= (int)strlen(name))
        return;
    nearest->distance = distance;
    nearest->name = name;
}

int choice_find(const char *word, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(word, names[i]) == 0)
            return i;
    return -1;
}

Status choice_refuse(const char *wrong, const char *word, const char *const *names, int count)
{
    ChoiceNearest nearest = choice_nearest(word);
    Text all = {0};
    for (int i = 0; i < count; i++) {
        text_addf(&all, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " and ", names[i]);
        choice_offer(&nearest, names[i]);
    }
    Quote quoted = quote_word(word);
    Status s = nearest.name ? status_input("%s %s; did you mean %s?", wrong, quoted.text, nearest.name)
                            : status_input("%s %s; there are %s", wrong, quoted.text, text_str(&all));
    text_free(&all);
    return s;
}
