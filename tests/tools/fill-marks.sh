#!/bin/sh
# Puts what comes from stdin between the lines <!-- NAME --> and <!-- /NAME --> of a file, a blank line around it.
#
#   fill-marks.sh FILE NAME <TEXT

file=${1:?usage: fill-marks.sh FILE NAME} name=${2:?usage: fill-marks.sh FILE NAME}
for mark in "<!-- $name -->" "<!-- /$name -->"; do
    grep -qxF -- "$mark" "$file" || { echo "$file has no line $mark" >&2; exit 1; }
done
next=$(mktemp) || exit 2
trap 'rm -f "$next"' EXIT
awk -v name="$name" '
    FILENAME == "-" { text = text $0 "\n"; next }
    $0 == "<!-- /" name " -->" { inside = 0 }
    !inside { print }
    $0 == "<!-- " name " -->" { inside = 1; printf "\n%s\n", text }' - "$file" >"$next" || exit 1
cmp -s "$next" "$file" || cat "$next" >"$file"
