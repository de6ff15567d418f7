# Shortens a log to what a screen needs of it: every evaluation whose number is a multiple of `every`, and the last
# one; numbers with five digits. Rows of events, the settings among them, stay as they are.
#
#   awk -v every=2 -f tools/shorten-log.awk LOG.jsonl
function shorten(row, out, number, short) {
    while (match(row, /[0-9]+\.[0-9]+(e[-+]?[0-9]+)?/)) {
        number = substr(row, RSTART, RLENGTH)
        short = sprintf("%.5g", number)
        out = out substr(row, 1, RSTART - 1) (length(short) < length(number) ? short : number)
        row = substr(row, RSTART + RLENGTH)
    }
    return out row
}
/^\{"event":"end"/ && held { print shorten(held) }
/^\{"event"/ { print; next }
/"matrices"/ && evaluations++ % every { held = $0; next }
/"matrices"/ { held = "" }
{ print shorten($0) }
