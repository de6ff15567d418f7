# What the scripts of this folder share: a box to work in, and checks that say "ok NAME" or "not ok NAME".
# Read with `suite` set to the word that leads every name; PROGRAM is the script's first argument.

program=${1:-./lrdlab}
case $program in /*) ;; *) program=$(pwd)/$program ;; esac
root=$(cd "$(dirname "$0")/../.." && pwd)
box=$(mktemp -d) || exit 2
trap 'rm -rf "$box"' EXIT
cd "$box" || exit 2
failed=0

report() { # NAME STATUS-OF-THE-CHECK
    if [ "$2" = 0 ]; then
        echo "ok $suite: $1"
    else
        echo "not ok $suite: $1"
        sed 's/^/    out: /' out | head -n 8
        sed 's/^/    err: /' err | head -n 8
        failed=1
    fi
}

# NAME STATUS PART ARGUMENT...: runs the program; its exit status must be STATUS, stderr must hold PART and, when
# the usage is wrong, stdout nothing.
expect() {
    name=$1 status=$2 part=$3
    shift 3
    "$program" "$@" >out 2>err </dev/null
    got=$?
    fault=0
    [ $got = "$status" ] || fault=1
    [ -z "$part" ] || grep -qF -e "$part" err || fault=1
    [ "$status" != 2 ] || [ ! -s out ] || fault=1
    report "$name" $fault
}
