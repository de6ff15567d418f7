#!/bin/sh
# Fails on an include that goes upward between the layers, or on a library used outside its place.
#
#   check.sh [ROOT]      prints FILE:LINE: why, for each; exit 1 if there is one
#
# The rules: base < num < lab < run < ui < app, and base < view < ui; ui does not see lab; BLAS and LAPACK only in
# num; curses only in src/ui/term.c, cairo only in src/view/figure.c; lab has no threads, clock or files.

root=${1:-.}
cd "$root" || exit 2

# shellcheck disable=SC2016
find src include/lrd -name '*.[ch]' | sort | xargs awk '
BEGIN {
    may["base"] = "base"
    may["num"] = "base num"
    may["lab"] = "base num lab"
    may["run"] = "base num lab run"
    may["view"] = "base view"
    may["ui"] = "base num run view ui"
    may["app"] = "base num lab run view ui app"
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
    if (name ~ /^cairo(-[a-z]+)?\.h$/ && FILENAME != "src/view/figure.c")
        fault("<" name "> belongs to src/view/figure.c")
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
