# What the runs of one preset came to: a verdict ("ok NAME: ..." or "not ok NAME: ...") and a row for the table.
#
#   awk -v name=NAME -v row=FILE -f measured.awk SETTINGS RESULT...
#
# SETTINGS: the preset as `lrdlab settings` prints it, [expect] and all. RESULT: a result.json each, the first one that
# of the run whose time counts. The exit status is 1 when an expectation fails.

# A number of a line of JSON, "" where it is null.
function number(line, key) {
    if (!match(line, "\"" key "\":[^,}]*"))
        return ""
    line = substr(line, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
    return line == "null" ? "" : line + 0
}

function word(line, key) {
    match(line, "\"" key "\":\"[^\"]*\"")
    return substr(line, RSTART + length(key) + 4, RLENGTH - length(key) - 5)
}

function count(n,    digits, out) {
    for (digits = n ""; length(digits) > 3; digits = substr(digits, 1, length(digits) - 3))
        out = "," substr(digits, length(digits) - 2) out
    return digits out
}

function percent(x) {
    return sprintf("%.1f%%", int(1000 * x + 1e-9) / 10)
}

function range(low, high) {
    return low == high ? count(low) : count(low) "–" count(high)
}

function hit(event, at) {
    if (!(event in with) || at < low[event])
        low[event] = at
    if (!(event in with) || at > high[event])
        high[event] = at
    with[event]++
    place[event, runs] = at
}

function add(measure, x) {
    if (x == "")
        return
    if (!(measure in seen) || x < least[measure])
        least[measure] = x
    if (!(measure in seen) || x > most[measure])
        most[measure] = x
    seen[measure]++
    sum[measure] += x
}

# "300–350", "1,550–2,050 (3 of 5)", "never"
function told(event) {
    if (!with[event])
        return "never"
    return range(low[event], high[event]) (with[event] < runs ? " (" with[event] " of " runs ")" : "")
}

function told_share(measure) {
    if (!seen[measure])
        return "–"
    if (seen[measure] == 1)
        return percent(sum[measure])
    return percent(sum[measure] / seen[measure]) " (" percent(least[measure]) " to " percent(most[measure]) ")"
}

function complain(words) {
    faults = faults (faults ? "; " : "") words
}

function choose(n, k,    ways, i) {
    if (k < 0 || k > n)
        return 0
    ways = 1
    for (i = 1; i <= k; i++)
        ways *= (n - k + i) / i
    return ways
}

# Fisher's exact test, one-sided: how often so few of these runs, or so many, would be hit beside K of N others if all
# were alike. Another seed, another BLAS core and another rounding are each another draw.
function chance(hits, K, N,    all, few, many, i, share) {
    all = hits + K
    for (i = 0; i <= runs; i++) {
        share = choose(runs, i) * choose(N, all - i) / choose(runs + N, all)
        few += i <= hits ? share : 0
        many += i >= hits ? share : 0
    }
    return few < many ? few : many
}

# "LO..HI", "LO..HI in K of N", "never"
function check(event,    part, ends, i) {
    if (expect[event] == "never" && with[event])
        complain(event " at " range(low[event], high[event]) " in " with[event] " of " runs ", expected never")
    if (expect[event] == "" || expect[event] == "never")
        return
    split(expect[event], part, " ")
    split(part[1], ends, /\.\./)
    for (i = 1; i <= runs; i++)
        if ((event, i) in place && (place[event, i] < ends[1] || place[event, i] > ends[2]))
            complain(event " at " place[event, i] " (model.seed " seed[i] "), expected " part[1])
    if (!part[2] && with[event] < runs)
        complain(event " in " with[event] + 0 " of " runs ", expected in all")
    if (part[2] && part[5] == runs && with[event] != part[3])
        complain(event " in " with[event] + 0 " of " runs ", expected in " part[3])
    if (part[2] && part[5] != runs && chance(with[event] + 0, part[3], part[5]) < 0.05)
        complain(event " in " with[event] + 0 " of " runs ", expected in about " part[3] " of " part[5])
}

FNR == 1 { file++ }
file == 1 && /^\[/ { section = $0; next }
file == 1 && section == "[expect]" && / = / { expect[$1] = substr($0, index($0, "=") + 2); expects = 1; next }
file == 1 && section == "[train]" && $1 == "steps" { steps = $3; next }
file == 1 { next }

{
    runs++
    seed[runs] = word($0, "model.seed")
    memorised = number($0, "memorised")
    grokked = number($0, "grokked")
    if (memorised != "")
        hit("memorised", memorised)
    if (number($0, "collapsed") != "")
        hit("collapsed", number($0, "collapsed"))
    # The program's own rule: sooner than twice the memorising step is generalised.
    if (grokked != "")
        hit(memorised != "" && grokked >= 2 * memorised ? "grokked" : "generalised", grokked)
    if (number($0, "lost") != "")
        hit("lost", number($0, "lost"))
    non_finite += word($0, "outcome") == "non-finite"
    add("best", number($0, "best_unseen_acc"))
    add("last", number($0, "unseen_acc"))
    add("rank", number($0, "stable_rank"))
    if (runs == 1)
        seconds = number($0, "seconds")
}

END {
    if (!runs)
        exit 2
    check("memorised")
    check("collapsed")
    check("grokked")
    grok = told("grokked")
    if (with["generalised"])
        grok = grok ", generalised at " told("generalised")
    lost = with["lost"] ? with["lost"] " of " with["grokked"] + with["generalised"] : "–"
    rank = seen["rank"] ? sprintf("%.3g", sum["rank"] / seen["rank"]) : "–"
    if (seen["rank"] > 1)
        rank = rank sprintf(" (%.3g to %.3g)", least["rank"], most["rank"])
    print "| " name " | " runs " | " told("memorised") " | " told("collapsed") " | " grok " | " lost " | " told_share("best") " | " \
        told_share("last") " | " rank " | " count(steps) " | " sprintf("%.0f s", seconds) " |" >row
    if (non_finite)
        complain("not finite in " non_finite " of " runs)
    said = "memorised " told("memorised") ", collapsed " told("collapsed") ", grokked " grok
    if (faults) {
        print "not ok " name ": " faults
        exit 1
    }
    printf "ok %s: %s; %d run%s, %.0f s%s\n", name, said, runs, (runs > 1 ? "s" : ""), seconds,
        (expects ? "" : "; it has no [expect] to compare with")
}
