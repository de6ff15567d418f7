#!/bin/sh
# What `make install` and `make uninstall` do, from the top of the tree.
#
#   install.sh install|uninstall PROGRAM PAGE
#
# Environment: DESTDIR (may be empty), and BINDIR MANDIR BASHDIR ZSHDIR FISHDIR DATADIR DOCDIR. Blanks may be in all of
# them. uninstall takes away the files that install puts there and the folders of our own that are empty then.

set -eu
action=${1:?usage: install.sh install|uninstall PROGRAM PAGE}
program=${2:?usage: install.sh install|uninstall PROGRAM PAGE}
page=${3:?usage: install.sh install|uninstall PROGRAM PAGE}

# MODE FILE FOLDER [NAME]
put() {
    [ -d "$DESTDIR$3" ] || install -d "$DESTDIR$3"
    install -m "$1" "$2" "$DESTDIR$3/${4:-${2##*/}}"
}

take() {
    rm -f "$DESTDIR$3/${4:-${2##*/}}"
}

# put or take: for every file.
every_file() {
    "$1" 755 "$program" "$BINDIR" lrdlab
    "$1" 644 "$page" "$MANDIR" lrdlab.1
    "$1" 644 src/completions/lrdlab.bash "$BASHDIR" lrdlab
    "$1" 644 src/completions/_lrdlab "$ZSHDIR"
    "$1" 644 src/completions/lrdlab.fish "$FISHDIR"
    for file in presets/*.ini presets/lessons/*.ini presets/demos/*.jsonl presets/sweeps/*.ini; do
        "$1" 644 "$file" "$DATADIR/${file%/*}"
    done
    for file in README.md LICENSE; do
        "$1" 644 "$file" "$DOCDIR"
    done
    # What the presets came to and the pictures, where the README's links find them.
    for file in presets/README.md presets/RESULTS.md presets/turn-and-rank.svg screenshots/*.svg; do
        [ ! -e "$file" ] || "$1" 644 "$file" "$DOCDIR/${file%/*}"
    done
}

case $action in
install)
    every_file put
    echo "installed: $DESTDIR$BINDIR/lrdlab, its presets in $DESTDIR$DATADIR"
    ;;
uninstall)
    every_file take
    for folder in "$DATADIR/presets/lessons" "$DATADIR/presets/demos" "$DATADIR/presets/sweeps" "$DATADIR/presets" "$DATADIR" \
        "$DOCDIR/presets" "$DOCDIR/screenshots" "$DOCDIR"; do
        rmdir "$DESTDIR$folder" 2>/dev/null || :
    done
    ;;
esac
