#!/bin/sh
# Fails on an include that goes upward between the layers, or on a library used outside its place.
#
#   check.sh [ROOT]      prints FILE:LINE: why, for each; exit 1 if there is one
#
# The rules: base < num < lab < run < ui < app, and base < view < ui; ui does not see lab; BLAS and LAPACK only in
# num; curses only in src/ui/term.c; lab has no threads, clock or files.

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
function check_ours(layer, name, part) {
    split(name, part, "/")
    if (index(" " may[layer] " ", " " part[2] " ") == 0)
        fault(layer " includes <" name ">, it may see: " may[layer])
}
function check_system(layer, name) {
    if (name ~ /(^|\/)(cblas|f77blas|openblas_config|lapack|lapacke)[a-z0-9_-]*\.h$/ && layer != "num")
        fault("<" name "> belongs to num")
    if (name ~ /(^|\/)(n?curses|term|panel|menu|form)\.h$/ && FILENAME != "src/ui/term.c")
        fault("<" name "> belongs to src/ui/term.c")
    if (name ~ /^(pthread|threads|time|sys\/time|fcntl|unistd)\.h$/ && layer == "lab")
        fault("<" name "> has no place in lab: no threads, clock or files")
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
    else if (!quoted)
        check_system(layer, name)
}
END { exit faults > 0 }'
