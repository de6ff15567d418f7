#!/bin/sh
# Every number that the front page, the presets and the lessons state is accounted for: claims.txt says by what, and what it says
# is checked here. A number that nobody accounts for fails, and so does an account of what is not said any more.
#
#   test_claims.sh PROGRAM      from the top of the tree

suite=claims
. "$(dirname "$0")/../cli/box.sh"
cd "$root" || exit 2
out=$box/out err=$box/err
: >"$out"

say() { # NAME STATUS
    if [ "$2" = 0 ]; then echo "ok claims: $1"; else
        echo "not ok claims: $1"
        sed 's/^/    /' "$err" | head -n 12
        failed=1
    fi
}

# The words of a page: no commands, no generated tables; of a preset or lesson what a reader sees.
words() {
    case $1 in
    *.md) sed -E '/^    /d; /<!-- [a-z]+ -->/,/<!-- \/[a-z]+ -->/d; s/\]\([^)]*\)/]/g' "$1" ;;
    *) sed -nE 's/^(story|title|about|do|notice) *= *//p; s/^# ?//p' "$1" ;;
    esac
}

"$program" settings >"$box/settings" 2>/dev/null
pages="README.md presets/*.ini presets/lessons/*.ini"

# HOW ARGUMENT...: whether what a claim rests on is so.
holds() {
    case $1 in
    is) return 0 ;; # a key, a size, a date, a name, a paper, notation
    setting) grep -qE "^ *$2 .*default:? *$3|^ *$2( .*)? $3( |$)" "$box/settings" ;;
    preset) sed -n "/^\[$3\]/,/^\[/p" "presets/$2.ini" | grep -qE "^$4 *= *$5( |$)" ;;
    expect) sed -n '/^\[expect\]/,$p' "presets/$2.ini" | grep -qE "^$3 *= *$4\$" ;;
    results) grep -qE -e "$2" presets/RESULTS.md ;;
    code) grep -qE -e "$3" "$2" ;;
    test) [ -f "tests/$2" ] && { [ -z "$3" ] || grep -qE -e "$3" "tests/$2"; } ;;
    *) return 1 ;;
    esac
}

# FILES<tab>NUMBER (a regular expression)<tab>HOW<tab>ARGUMENT...
grep -v '^ *\(#\|$\)' tests/tools/claims.txt >"$box/claims"
tab=$(printf '\t')
: >"$err"
while IFS="$tab" read -r files number how one two three four; do
    found=
    for page in $files; do
        [ -f "$page" ] && words "$page" | grep -qE -e "$number" && found=1
    done
    [ -n "$found" ] || echo "nobody says it any more: $files: $number" >>"$err"
    holds "$how" "$one" "$two" "$three" "$four" || echo "not so: $files: $number ($how $one $two $three $four)" >>"$err"
done <"$box/claims"
[ ! -s "$err" ]
say "what each rests on is so" $?

# What is left of the numbers when all accounts are taken away.
: >"$err"
for page in $pages; do
    words "$page" >"$box/words"
    while IFS="$tab" read -r files number how rest; do
        for one in $files; do
            [ "$one" = "$page" ] || continue
            awk -v re="$number" '{ gsub(re, "") } 1' "$box/words" >"$box/less" && mv "$box/less" "$box/words"
        done
    done <"$box/claims"
    grep -nE '[0-9]' "$box/words" | sed -E "s#^#$page: #" | cut -c1-200 >>"$err"
done
[ ! -s "$err" ]
say "every number is accounted for" $?
exit $failed
