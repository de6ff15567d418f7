#!/bin/sh
# Writes the parts of the READMEs that the program's own tables make, between <!-- NAME --> and <!-- /NAME -->.
#
#   update-docs.sh [--check] PROGRAM      with --check: fails, and shows the difference, if they are out of date

check=
[ "$1" = --check ] && check=1 && shift
program=${1:?usage: update-docs.sh [--check] PROGRAM}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
stale=0

# FILE NAME...: the tables of one page.
update() {
    page=$1
    shift
    cp "$page" "$work/new" || exit 2
    for name in "$@"; do
        verb=$name
        [ "$name" = checks ] && verb="lesson --checks"
        # shellcheck disable=SC2086
        "$program" $verb --markdown >"$work/$name" || exit 1
        sh "$(dirname "$0")/fill-marks.sh" "$work/new" "$name" <"$work/$name" || exit 1
    done
    if [ -n "$check" ]; then
        diff "$page" "$work/new" || stale=1
    elif ! cmp -s "$page" "$work/new"; then
        cat "$work/new" >"$page"
    fi
}

update README.md keys
update presets/README.md presets settings checks
[ $stale = 0 ] || { echo "run: make docs" >&2; exit 1; }
