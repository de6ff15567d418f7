#!/bin/sh
# Fails when a folder of the house holds a fifth of the code or more, or something else than listed lies at the top.
#
#   shape.sh [ROOT]      prints what is wrong; exit 1 if something is
#
# Code is counted in lines of src/NAME and include/lrd/NAME together. What a build leaves (.gitignore) may lie about.

root=${1:-.}
cd "$root" || exit 2
wrong=0

say() {
    echo "$1"
    wrong=1
}

for name in *; do
    case $name in
    src | include | presets | tests | screenshots | Makefile | README.md | LICENSE) ;;
    lrdlab | build*) ;;
    *) say "$name: not at the top; it belongs beside what it serves" ;;
    esac
done

lines() {
    find "$@" -name '*.[ch]' -exec cat {} + 2>/dev/null | wc -l
}
all=$(lines src include)
for folder in src/*/; do
    name=$(basename "$folder")
    count=$(lines "src/$name" "include/lrd/$name")
    [ $((5 * count)) -lt "$all" ] || say "$name holds $count of $all lines: a fifth or more, divide it"
done
exit $wrong
