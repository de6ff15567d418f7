# Shortens a log to what a screen needs of it: every evaluation and sample whose number is a multiple of `every`, and
# the last; portraits where an accuracy has risen, and now and then; numbers with four digits. Rows of events, the
# settings among them, stay as they are.
#
#   awk -v every=2 -f tools/shorten-log.awk LOG.jsonl

function shorten(row, out, number, short) {
    while (match(row, /[0-9]+\.[0-9]+(e[-+]?[0-9]+)?/)) {
        number = substr(row, RSTART, RLENGTH)
        short = sprintf("%.4g", number)
        out = out substr(row, 1, RSTART - 1) (length(short) < length(number) ? short : number)
        row = substr(row, RSTART + RLENGTH)
    }
    return out row
}

function number_of(row, name) {
    name = "\"" name "\":"
    return match(row, name "[0-9.e-]+") ? substr(row, RSTART + length(name), RLENGTH - length(name)) + 0 : 0
}

# Whether the portraits of this evaluation show something new: an accuracy that is higher than ever by some way.
function is_news(row, train, unseen) {
    train = number_of(row, "train_acc")
    unseen = number_of(row, "unseen_acc")
    if (silent++ < 24 && train < train_told + 0.2 && unseen < unseen_told + 0.2)
        return 0
    train_told = train > train_told ? train : train_told
    unseen_told = unseen > unseen_told ? unseen : unseen_told
    silent = 0
    return 1
}

# Maps are large: the first, one while it groks, and (held until then) the last.
function is_scene(unseen, now) {
    now = !scenes || (scenes == 1 && unseen > 0.5)
    scenes += now
    return now
}

BEGIN { silent = 24 }
/^\{"event":"end"/ { printf "%s", row_held portrait_held }
/^\{"event"/ { print; next }
/^\{"portrait"/ {
    if (/^\{"portrait":"attention"/ ? scene : news)
        print
    else
        portrait_held = portrait_held $0 "\n"
    next
}
/"matrices"/ {
    news = is_news($0)
    scene = is_scene(number_of($0, "unseen_acc"))
    row_held = portrait_held = ""
    if (evaluations++ % every) {
        row_held = shorten($0) "\n"
        next
    }
}
/"batch_acc"/ && samples++ % every { next }
{ print shorten($0) }
