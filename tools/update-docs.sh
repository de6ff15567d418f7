#!/bin/sh
# Writes the parts of README.md that the program's own tables make, between <!-- NAME --> and <!-- /NAME -->.
#
#   update-docs.sh [--check] PROGRAM      with --check: fails, and shows the difference, if they are out of date

check=
[ "$1" = --check ] && check=1 && shift
program=${1:?usage: update-docs.sh [--check] PROGRAM}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

cp README.md "$work/new" || exit 2
for name in keys settings checks; do
    verb=$name
    [ $name = checks ] && verb="lesson --checks"
    # shellcheck disable=SC2086
    "$program" $verb --markdown >"$work/$name" || exit 1
    for mark in "<!-- $name -->" "<!-- /$name -->"; do
        grep -qxF -- "$mark" "$work/new" || { echo "README.md has no line $mark" >&2; exit 1; }
    done
    awk -v name="$name" -v table="$work/$name" '
        $0 == "<!-- /" name " -->" { inside = 0 }
        !inside { print }
        $0 == "<!-- " name " -->" {
            inside = 1
            print ""
            while ((getline line < table) > 0)
                print line
            print ""
        }' "$work/new" >"$work/next" && mv "$work/next" "$work/new" || exit 1
done

if [ -n "$check" ]; then
    diff README.md "$work/new" || { echo "run: make docs" >&2; exit 1; }
elif ! cmp -s README.md "$work/new"; then
    cat "$work/new" >README.md
fi
