#include <lrd/base/choice.h>

#include <string.h>

#include <lrd/base/quote.h>
#include <lrd/base/text.h>

int choice_find(const char *word, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(word, names[i]) == 0)
            return i;
    return -1;
}

Status choice_refuse(const char *wrong, const char *word, const char *const *names, int count)
{
    enum { SLIP = 2 }; /* more edits are too many for one */
    const char *nearest = NULL;
    Text all = {0};
    int least = SLIP + 1;
    for (int i = 0; i < count; i++) {
        int distance = text_distance(word, names[i]);
        text_addf(&all, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " and ", names[i]);
        if (distance < least) {
            least = distance;
            nearest = names[i];
        }
    }
    Quote quoted = quote_word(word);
    Status s = nearest ? status_input("%s %s; did you mean %s?", wrong, quoted.text, nearest)
                       : status_input("%s %s; there are %s", wrong, quoted.text, text_str(&all));
    text_free(&all);
    return s;
}
