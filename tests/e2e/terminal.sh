# A terminal for the end-to-end tests: a tmux server of our own, one pane, one plain shell in it. To be sourced.
#
# Nothing here sleeps a fixed time: wait_for looks at the screen until it shows what it should, or gives up.

box=$(mktemp -d) || exit 2
terminals=0
socket=
failed=0
cp "$(dirname "$0")/lsan.supp" "$box/lsan.supp" # its name stands in a list of options: no blank in it
lsan=$box/lsan.supp
utf8=$(locale -a 2>/dev/null | grep -im 1 -e '^C\.utf-\?8$' -e '^en_US\.utf-\?8$')

tm() {
    tmux -S "$socket" -f /dev/null "$@"
}

close_terminal() {
    [ -z "$socket" ] || tm kill-server 2>/dev/null
}

trap 'close_terminal; rm -rf "$box"' EXIT
trap 'exit 130' INT TERM HUP

# WIDTH HEIGHT [NAME=VALUE...]: a fresh shell with a prompt of its own, in a server of its own: one that is just being
# killed would still answer for the next.
open_terminal() {
    close_terminal
    terminals=$((terminals + 1))
    socket=$box/tmux-$terminals
    width=$1
    height=$2
    shift 2
    mkdir -p "$box/home"
    # 256 colours and UTF-8, as most people have.
    tm -u new-session -d -x "$width" -y "$height" \
        env -i PATH="$PATH" HOME="$box/home" TERM=screen-256color LC_ALL="${utf8:-C.UTF-8}" PS1='ready> ' ENV= \
        LSAN_OPTIONS="suppressions=$lsan:print_suppressions=0" ASAN_OPTIONS="$ASAN_OPTIONS" \
        TSAN_OPTIONS="$TSAN_OPTIONS" UBSAN_OPTIONS="$UBSAN_OPTIONS" "$@" sh
    wait_for 'ready>' || echo "the shell did not start"
}

screen() {
    tm capture-pane -p 2>/dev/null
}

press() {
    tm send-keys "$@"
}

type_text() {
    tm send-keys -l "$1"
}

resize() {
    tm resize-window -x "$1" -y "$2"
}

# COMMAND...: true within PATIENCE seconds, or false.
patience=${PATIENCE:-30}
eventually() {
    deadline=$(($(date +%s) + patience))
    until "$@"; do
        [ "$(date +%s)" -lt "$deadline" ] || return 1
        sleep 0.05
    done
}

shows() {
    screen | grep -Eq -- "$1"
}

shows_not() {
    ! shows "$1"
}

wait_for() {
    eventually shows "$1"
}

wait_gone() {
    eventually shows_not "$1"
}

# TEXT COMMAND...: one verdict; a failed one shows the screen.
expect() {
    text=$1
    shift
    if "$@"; then
        echo "ok $text"
    else
        echo "not ok $text"
        screen | sed 's/^/    |/'
        failed=1
    fi
}

# The same, for what all that follows rests on.
must() {
    expect "$@"
    [ "$failed" = 0 ] || exit 1
}

# Types a command that notes the terminal's settings before and after, and the exit status.
start_program() {
    rm -f "$box/before" "$box/after" "$box/status"
    type_text "clear; stty -a >$box/before; $*; echo \$? >$box/status; stty -a >$box/after; echo came back"
    press Enter
}

# The settings without the size, which a test may have changed.
settings_of() {
    sed 's/rows [0-9]*; columns [0-9]*;//' "$1"
}

ended_with() {
    eventually test -s "$box/after" && [ "$(cat "$box/status")" = "$1" ]
}

# The prompt is back, on the ordinary screen, with the cursor shown, and what is typed comes out as typed.
terminal_is_restored() {
    [ "$(settings_of "$box/before")" = "$(settings_of "$box/after")" ] || return 1
    eventually shows '^came back$' || return 1
    modes=$(tm display-message -p '#{alternate_on}#{keypad_flag}#{keypad_cursor_flag}#{mouse_any_flag} #{cursor_flag}')
    [ "$modes" = "0000 1" ] || { echo "terminal modes left: $modes"; return 1; }
    type_text 'echo "[typed]"'
    press Enter
    eventually shows '^\[typed\]$' || return 1
    # Everything on the screen after the program's end is what the shell wrote.
    screen | awk '/^came back$/ { after = 1; next } after' | grep -v '^$' >"$box/rest"
    printf 'ready> echo "[typed]"\n[typed]\nready>\n' | cmp -s - "$box/rest"
}
