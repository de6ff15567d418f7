#!/bin/sh
# Draws the pictures of screenshots/: from recorded runs (tests/runs), and where a view needs the weights themselves
# from a run that is trained for it.
#
#   screenshots.sh [--check | --recorded] PROGRAM
#
# --check: fails if a recorded one is not what the program draws now; --recorded: draws only these anew.

check=
recorded=
case $1 in
--check) check=1 recorded=1 && shift ;;
--recorded) recorded=1 && shift ;;
esac
program=${1:?usage: screenshots.sh [--check] PROGRAM}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
wrong=0

# NAME OPTION...: one picture; the source is the first of the options. verb: what makes it.
verb=shot
draw() {
    name=$1
    shift
    "$program" $verb "$@" --quiet --out "$work/$name.svg" || exit 1
    if [ -n "$check" ]; then
        cmp -s "$work/$name.svg" "screenshots/$name.svg" && return
        echo "screenshots/$name.svg is not what the program draws now; look at it, then: make screenshots"
        wrong=1
    else
        cp "$work/$name.svg" "screenshots/$name.svg" || exit 1
        rsvg-convert "$work/$name.svg" -o "screenshots/$name.png" || exit 1
    fi
}

if [ -z "$check" ]; then
    mkdir -p screenshots
    command -v rsvg-convert >/dev/null || { echo "rsvg-convert is missing (Debian: librsvg2-bin)" >&2; exit 1; }
fi

# L2 decay, and t after 1,000 steps.
run=tests/runs/l2-then-lrd.jsonl
draw overview $run --step 2100
draw memorised $run --step 900 --size 80x24
draw curves $run --step 2100 --size 120x36 --view curves
draw spectrum $run --step 1400 --size 120x34 --view spectrum
draw waterfall $run --step 2200 --size 120x34 --view waterfall
draw projector $run --step 2100 --size 80x24 --projector --theme contrast
draw light $run --step 2100 --size 100x34 --theme light
draw colour-blind $run --step 2100 --size 100x34 --theme cvd
draw mono $run --step 2100 --size 100x34 --theme none
draw ascii $run --step 2100 --size 80x24 --glyphs ascii
verb=movie
draw movie presets/demos/classroom.jsonl
verb=shot

# Trained anew: another machine may round otherwise, so that these are not compared.
if [ -z "$recorded" ]; then
    draw attention classroom --step 2000 --size 120x34 --view attention
    draw table classroom --step 1500 --size 120x34 --view table
    draw geometry classroom --step 1000 --size 120x34 --view geometry
    draw fourier classroom --step 2000 --size 120x34 --view fourier
fi
exit $wrong
