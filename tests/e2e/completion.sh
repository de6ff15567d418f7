#!/bin/sh
# Presses Tab in real shells, bash, zsh and fish, where they are installed: completion.sh PROGRAM.

program=${1:?usage: completion.sh PROGRAM}
case $program in /*) ;; *) program=$PWD/$program ;; esac
# shellcheck source=tests/e2e/terminal.sh
. "$(dirname "$0")/terminal.sh"
root=$(cd "$(dirname "$0")/../.." && pwd)

mkdir -p "$box/bin" "$box/files/folder"
ln -s "$program" "$box/bin/lrdlab"
mkdir -p "$box/config/lrdlab"
cp "$root/presets/classroom.ini" "$box/config/lrdlab/"'q`touch evil`.ini'
touch "$box/files/run.jsonl" "$box/files/run.txt" "$box/files/mine.ini"

# What makes each shell the plain one, with our completion in it.
start_bash() {
    type_text "clear; PS1='bash> ' bash --norc --noprofile"
    press Enter
    wait_for '^bash>'
    type_text "bind 'set bell-style none'; . '$root/src/completions/lrdlab.bash'; clear; echo set-up"
}

start_zsh() {
    type_text "clear; PS1='zsh> ' zsh -f"
    press Enter
    wait_for '^zsh>'
    type_text "fpath=('$root/src/completions' \$fpath); autoload -U compinit; compinit -u -D; unsetopt beep; clear; echo set-up"
}

start_fish() {
    type_text "clear; fish --no-config --private -C \"function fish_prompt; echo -n 'fish> '; end\""
    press Enter
    wait_for '^fish>'
    type_text "source '$root/src/completions/lrdlab.fish'; clear; echo set-up"
}

# NAME TYPED SCREEN [MORE]: after Tab behind what was typed, and more typed behind that, the screen shows it.
tab() {
    type_text "$2"
    press Tab
    [ -z "$4" ] || type_text "$4"
    expect "$shell: $1" wait_for "$3"
    press C-u
    press C-l
    wait_gone lrdlab
}

for shell in bash zsh fish; do
    if ! command -v $shell >/dev/null; then
        echo "ok $shell # SKIP it is not installed"
        continue
    fi
    open_terminal 100 40 PATH="$box/bin:$PATH" XDG_CONFIG_HOME="$box/config"
    type_text "cd '$root'"
    press Enter
    start_$shell
    press Enter
    must "$shell: it starts" wait_for '^set-up'
    tab "a verb" "lrdlab dem" 'lrdlab demo x$' x
    tab "verbs and presets without a verb" "lrdlab pa" 'lrdlab paper-l'
    tab "a demo" "lrdlab demo clas" 'lrdlab demo classroom'
    tab "an option of the verb" "lrdlab train --sa" 'lrdlab train --save'
    tab "a preset" "lrdlab shot clas" 'lrdlab shot classroom'
    tab "a setting, no blank behind it" "lrdlab train --set decay.str" 'decay\.strength=7$' 7
    tab "its values" "lrdlab train --set decay.kind=tan" 'decay\.kind=tangential'
    tab "the same in one word" "lrdlab train --set=decay.kind=tan" '--set=decay\.kind=tangential'
    tab "a change at a step" "lrdlab train --at 1500=decay.kind:tan" '1500=decay\.kind:tangential'
    tab "a view" "lrdlab lab --view wat" 'lrdlab lab --view waterfall'
    tab "a theme" "lrdlab lab --theme con" 'lrdlab lab --theme contrast'
    tab "logs are files of that ending" "lrdlab watch $box/files/r" 'files/run\.jsonl'
    tab "a folder" "lrdlab phase $box/files/fo" 'files/folder/'
    tab "a preset by its path" "lrdlab lab $box/files/m" 'files/mine\.ini'
    # A preset's name may hold a command: it is a word for the shell, whoever wrote the file.
    type_text "cd '$box/files'; clear; echo set-up"
    press Enter
    wait_for '^set-up'
    type_text "lrdlab settings q"
    press Tab
    expect "$shell: a name that holds a command" wait_for 'touch.* evil'
    press Enter
    expect "$shell: is the preset's name" wait_for '^strength = '
    expect "$shell: and no command" test ! -e "$box/files/evil"
done
exit $failed
