#!/bin/sh
# Records the demos of presets/demos anew, as the list `recipes` there says; some seconds to minutes each.
#
#   record-demos.sh PROGRAM [NAME...]      all of them, or those named

LC_ALL=C
export LC_ALL
program=${1:?usage: record-demos.sh PROGRAM [NAME...]}
shift
folder=presets/demos
evaluations=50 # that are kept, at most
most=350000    # bytes
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

# NAME RECIPE...: one log.
record() {
    name=$1
    shift
    echo "  RECORD $name"
    "$program" train "$@" --quiet --portraits --log "$work/long" --force >/dev/null || return
    rows=$(grep -c '"matrices"' "$work/long")
    awk -v every=$(((rows + evaluations - 1) / evaluations)) -f presets/demos/shorten-log.awk "$work/long" >"$work/short" || return
    bytes=$(wc -c <"$work/short")
    if [ "$bytes" -gt $most ]; then
        echo "$name comes to $bytes bytes, more than the $most of a demo: fewer samples (train.sample_every) or a smaller model" >&2
        return 1
    fi
    cat "$work/short" >"$folder/$name.jsonl"
}

for wanted in "$@"; do
    grep -q "^$wanted " $folder/recipes || { echo "there is no $wanted in $folder/recipes" >&2; exit 2; }
done
grep -Ev '^(#|$)' $folder/recipes >"$work/recipes"
while read -r name recipe; do
    case " $* " in "  " | *" $name "*) ;; *) continue ;; esac
    # shellcheck disable=SC2086
    record "$name" $recipe </dev/null || exit 1
done <"$work/recipes"
