#!/bin/sh
# Fails on an include that goes upward between the floors, on modules that include each other in a circle, and on a
# library used outside its place.
#
#   check.sh [ROOT]      prints FILE:LINE: why, for each include, and each circle; exit 1 if there is one
#
# A module is NAME.c with NAME.h; a header NAME_inside.h, which shares its struct among several files, is part of NAME.
# The table below says what each floor may see. BLAS and LAPACK only in num; curses only in src/ui/term.c; cairo only in
# src/view/figure.c; lab has no threads, clock or files.

root=${1:-.}
cd "$root" || exit 2

# shellcheck disable=SC2016
find src include/lrd -name '*.[ch]' | sort | xargs awk '
BEGIN {
    may["base"] = "base"
    may["io"] = "base io"
    may["num"] = "base num"
    may["lab"] = "base num lab"
    may["config"] = "base io num lab config"
    may["log"] = "base io num lab config log"
    may["train"] = "base io num lab config log train"
    may["sweep"] = "base io num lab config log train sweep"
    may["session"] = "base io num lab config log train session"
    may["view"] = "base view"
    may["panel"] = "base io num config log train session view panel"
    may["lesson"] = "base io num config log train session view panel lesson"
    may["ui"] = "base io num config log train session view panel lesson ui"
    may["app"] = "base io num lab config log train sweep session view panel lesson ui app"
}
function fault(why) {
    printf "%s:%d: %s\n", FILENAME, FNR, why
    faults++
}
function layer_of(path, part) {
    split(path, part, "/")
    return part[1] == "src" ? part[2] : part[3]
}
function module_of(layer, name) {
    sub(/^.*\//, "", name)
    sub(/\.[ch]$/, "", name)
    sub(/_inside$/, "", name)
    return layer "/" name
}
function check_ours(layer, name, part) {
    split(name, part, "/")
    if (index(" " may[layer] " ", " " part[2] " ") == 0)
        fault(layer " includes <" name ">, it may see: " may[layer])
    note_edge(module_of(layer, FILENAME), module_of(part[2], name))
}
function check_system(layer, name) {
    if (name ~ /(^|\/)(cblas|f77blas|openblas_config|lapack|lapacke)[a-z0-9_-]*\.h$/ && layer != "num")
        fault("<" name "> belongs to num")
    if (name ~ /(^|\/)(n?curses|term|panel|menu|form)\.h$/ && FILENAME != "src/ui/term.c")
        fault("<" name "> belongs to src/ui/term.c")
    if (name ~ /(^|\/)cairo(-[a-z]+)?\.h$/ && FILENAME != "src/view/figure.c")
        fault("<" name "> belongs to src/view/figure.c")
    if (name ~ /^(pthread|threads|time|sys\/time|fcntl|unistd)\.h$/ && layer == "lab")
        fault("<" name "> has no place in lab: no threads, clock or files")
}
# ---- circles
function note_edge(from, to) {
    if (from == to || (from, to) in known)
        return
    known[from, to] = 1
    if (!(from in edges))
        module[++modules] = from
    edge[from, ++edges[from]] = to
}
# The way from here back to the module goal through modules not seen yet; "" when there is none.
function way_back(here, goal, i, rest) {
    seen[here] = 1
    for (i = 1; i <= edges[here] + 0; i++) {
        if (edge[here, i] == goal)
            return here " -> " goal
        if (edge[here, i] in seen)
            continue
        rest = way_back(edge[here, i], goal)
        if (rest != "")
            return here " -> " rest
    }
    return ""
}
function check_circle(start, way, part, n) {
    split("", seen)
    way = start in told ? "" : way_back(start, start)
    if (way == "")
        return
    print "circle: " way
    faults++
    n = split(way, part, " -> ")
    while (n > 0)
        told[part[n--]] = 1
}

/^[ \t]*#[ \t]*include/ {
    layer = layer_of(FILENAME)
    if (!(layer in may)) {
        fault("there is no layer " layer)
        nextfile
    }
    name = $0
    sub(/^[ \t]*#[ \t]*include[ \t]*/, "", name)
    quoted = name ~ /^"/
    sub(/^[<"]/, "", name)
    sub(/[>"].*$/, "", name)
    if (name ~ /^lrd\//)
        check_ours(layer, name)
    else if (quoted && name ~ /\//)
        fault("\"" name "\": headers of other directories are named <lrd/LAYER/NAME.h>")
    else if (quoted)
        note_edge(module_of(layer, FILENAME), module_of(layer, name))
    else
        check_system(layer, name)
}
END {
    for (m = 1; m <= modules; m++)
        check_circle(module[m])
    exit faults > 0
}'
