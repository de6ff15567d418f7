#!/bin/sh
# What make says and does when packages are missing. A box of stand-ins takes the place of the system's tools.

box=$(mktemp -d) || exit 2
trap 'rm -rf "$box"' EXIT
real_path=$PATH
failed=0

verdict() {
    if [ "$1" = 0 ]; then
        echo "ok packages: $2"
    else
        cat "$box/said"
        echo "not ok packages: $2"
        failed=1
    fi
}

stand_in() {
    printf '#!/bin/sh\n%s\n' "$2" >"$box/bin/$1"
    chmod +x "$box/bin/$1"
}

# UID MANAGER: an empty machine, a compiler and make aside. Its manager notes how it was called.
empty_machine() {
    rm -rf "${box:?}"/*
    mkdir "$box/bin"
    for tool in sh make awk sed grep tr paste mktemp uname cat rm mkdir gcc cc as ld env cmp getconf dirname touch sort xargs ls cksum; do
        path=$(command -v $tool) && ln -s "$path" "$box/bin/$tool"
    done
    stand_in id "echo $1"
    stand_in true 'exit 0'
    stand_in pkg-config "[ -e $box/here ] && PATH=$real_path exec pkg-config \"\$@\"; exit 1"
    stand_in "$2" "echo \"$2 \$*\" >>$box/called; exit 1"
}

# Runs a command in the box; its words, both kinds, in $box/said.
inside() {
    PATH=$box/bin MAKEFLAGS='' MAKELEVEL='' "$@" >"$box/said" 2>&1 </dev/null
}

# Exit status 2, one line, naming every WORD.
one_line() {
    inside "$@"
    [ $? = 2 ] && [ "$(wc -l <"$box/said")" = 1 ]
}

says() {
    for word in "$@"; do
        grep -qF -- "$word" "$box/said" || return 1
    done
}

empty_machine 1000 apt-get
one_line make && says libncurses-dev libjansson-dev libsleef-dev libcairo2-dev libopenblas-dev liblapacke-dev "apt-get install" &&
    [ ! -e "$box/called" ]
verdict $? "make without libraries says so in one line, ends with 2"

one_line make run && says libopenblas-dev && [ ! -e "$box/called" ]
verdict $? "make run without root"
one_line make test && says libcmocka-dev tmux libopenblas-dev && [ ! -e "$box/called" ]
verdict $? "make test without root"
one_line make BLAS=blas && says 'pkg-config knows no BLAS "blas"'
verdict $? "make BLAS=blas without libraries"
inside make help && says "make test"
verdict $? "make help needs no library"

stand_in sudo 'exit 1'
one_line make run && says libopenblas-dev && [ ! -e "$box/called" ]
verdict $? "make run where sudo wants a password and nobody is there"
# shellcheck disable=SC2016
stand_in sudo '[ "$1" = -n ] && shift; exec "$@"'
one_line make run && grep -q "^apt-get install .*libopenblas-dev" "$box/called"
verdict $? "make run goes through sudo"

empty_machine 0 apt-get
one_line make run && says libopenblas-dev && grep -q "^apt-get update" "$box/called"
verdict $? "make run as root without network"
stand_in apt-get "echo \"apt-get \$*\" >>$box/called; touch $box/here"
inside sh tests/tools/packages.sh install build && [ ! -s "$box/said" ] && [ "$(grep -c . "$box/called")" -ge 1 ]
verdict $? "what can be installed is installed, without a word"

for row in "dnf openblas-devel lapack-devel" "pacman openblas lapacke" "brew openblas sleef"; do
    # shellcheck disable=SC2086
    set -- $row
    empty_machine 1000 "$1"
    one_line make && says "$@"
    verdict $? "$1 is told its own names"
done

empty_machine 1000 apt-get
rm "$box/bin/apt-get"
one_line make && says libopenblas-dev "package manager"
verdict $? "no known package manager"

empty_machine 1000 apt-get
rm "$box/bin/gcc" "$box/bin/cc"
one_line make && says gcc
verdict $? "no compiler"

# ---- There, but not good enough. The real tools; of the libraries one is faked at a time.

rm -rf "${box:?}"/*
mkdir "$box/pc" "$box/lib" "$box/inc"
name_of_cc=${CC:-cc}

# NAME CFLAGS LIBS: a .pc file that comes before the system's.
fake() {
    rm -rf "${box:?}"/pc/* "${box:?}"/lib/* "${box:?}"/inc/*
    printf 'Name: %s\nDescription: a fake\nVersion: 9\nCflags: -I%s %s\nLibs: -L%s %s\n' "$1" "$box/inc" "$2" "$box/lib" "$3" \
        >"$box/pc/$1.pc"
}

# LIBRARY FUNCTION...: a shared library with these alone; they do nothing.
library() {
    file=$box/lib/lib$1.so
    shift
    for function in "$@"; do
        echo "int $function(void) { return 0; }"
    done | "$name_of_cc" -shared -fPIC -x c -o "$file" -
}

# MAKE-ARGUMENT...: exit status 2, one line, and not even a folder was made.
refused() {
    PKG_CONFIG_PATH=$box/pc MAKEFLAGS='' MAKELEVEL='' ${MAKE:-make} B="$box/tree" "$@" >"$box/said" 2>&1
    [ $? = 2 ] && [ "$(wc -l <"$box/said")" = 1 ] && [ ! -e "$box/tree" ]
}

# NAME PACKAGE VERDICT: the fake is noticed.
noticed() {
    refused && says "$2" "pkg-config knows $1," "no program can be built"
    verdict $? "$3"
}

fake jansson '' '-ljansson-is-gone'
noticed jansson libjansson-dev "a .pc file without its library"
fake sleef '' '-lsleef'
: >"$box/inc/sleef.h"
noticed sleef libsleef-dev "one without its header"
fake cairo '' '-lcairo'
: >"$box/inc/cairo-pdf.h"
noticed cairo libcairo2-dev "a cairo that was built without PDF"
fake jansson '' '-ljansson'
echo 'int json_loads_of_long_ago(const char *);' >"$box/inc/jansson.h"
noticed jansson libjansson-dev "one with another's header"
fake ncursesw '' '-lfakecurses'
library fakecurses initscr
noticed ncursesw libncurses-dev "a library of curses without wide characters"
fake ncursesw '' '-lncursesw'
echo 'void *initscr(void);' >"$box/inc/curses.h"
noticed ncursesw libncurses-dev "and a header without them"
fake openblas '' '-lopenblas'
library openblas cblas_sgemm
noticed openblas libopenblas-dev "another BLAS under OpenBLAS' name"
fake lapacke '' '-llapacke'
echo 'int sgesdd_64_(void); int LAPACKE_sgesdd(void) { return sgesdd_64_(); }' |
    "$name_of_cc" -shared -fPIC -x c -o "$box/lib/liblapacke.so" -
noticed lapacke liblapacke-dev "a LAPACKE whose LAPACK is not there"
fake lapacke '' "-llapacke -Wl,-rpath,$box/lib"
library lapacke LAPACKE_sgesdd
noticed lapacke liblapacke-dev "a LAPACKE that computes with another LAPACK, and wrongly"
fake cmocka '' '-lcmocka-is-gone'
PKG_CONFIG_PATH=$box/pc sh tests/tools/packages.sh missing test >"$box/said" 2>&1
says "cannot be tested" libcmocka-dev "pkg-config knows cmocka,"
verdict $? "what only the tests need"

# A machine with the reference BLAS alone, or with none that answers to a name.
rm -rf "$box"/pc/*
mkdir "$box/all"
pkg-config --variable pc_path pkg-config | tr : '\n' | while read -r folder; do
    cp -L "$folder"/*.pc "$box/all/" 2>/dev/null
done
cp -L "$(pkg-config --variable pcfiledir openblas)"/*.pc "$box/all/"
for name in ncursesw jansson sleef cairo cairo-svg cairo-pdf lapacke; do
    cp -L "$(pkg-config --variable pcfiledir $name)/$name.pc" "$box/all/" 2>/dev/null
done
mv "$box/all/openblas.pc" "$box/openblas.pc"
sed 's/^Name:.*/Name: blas/' "$box/openblas.pc" >"$box/all/blas.pc" # good, and yet not what was asked for
alone() {
    PKG_CONFIG_LIBDIR=$box/all refused "$@"
}
alone && says "missing packages: libopenblas-dev (" && ! says liblapacke-dev
verdict $? "another BLAS does not count as OpenBLAS"
PKG_CONFIG_LIBDIR=$box/all BLAS=blas sh tests/tools/packages.sh missing build >"$box/said" 2>&1 && [ ! -s "$box/said" ]
verdict $? "but when it is asked for by name"
BLAS=blas alone && says "missing packages: libopenblas-dev ("
verdict $? "on the command line, not in the environment"
alone BLAS=blis && says 'pkg-config knows no BLAS "blis"' "take one of: " " blas" && ! says libopenblas-dev
verdict $? "a name that pkg-config doesn't know"
printf 'Name: blas\nDescription: without CBLAS\nVersion: 3\nLibs: -L%s -lfblas\n' "$box/lib" >"$box/all/blas.pc"
library fblas sgemm_
alone BLAS=blas && says 'no program with cblas_sgemm can be built with the BLAS "blas"'
verdict $? "one without the C functions"
for name in "a b" "../blas" "-lm"; do
    alone BLAS="$name" && says "takes the pkg-config name of a library"
    verdict $? "what cannot be a name: $name"
done

# What was found to be there is not looked for again, until something changes.
fake jansson '' '-ljansson'
cp "$(echo '#include <jansson.h>' | "$name_of_cc" -E - | sed -n 's/^# 1 "\(.*\/jansson\.h\)".*/\1/p' | head -n 1)" "$box/inc/"
cat >"$box/cc" <<END
#!/bin/sh
echo called >>$box/called
exec $name_of_cc "\$@"
END
chmod +x "$box/cc"
look() {
    rm -f "$box/called"
    PKG_CONFIG_PATH=$box/pc CC=$box/cc CACHE=$box/cache/needs sh tests/tools/packages.sh missing build >"$box/said" 2>&1
}
look && [ ! -s "$box/said" ] && [ -e "$box/called" ] && look && [ ! -s "$box/said" ] && [ ! -e "$box/called" ]
verdict $? "what is there is not compiled again"
echo 'typedef int of_another_version;' >"$box/inc/jansson.h"
look && says libjansson-dev
verdict $? "but when a header changed"
rm "$box/inc/jansson.h"
look && [ ! -s "$box/said" ] && [ -e "$box/called" ] # the system's own comes in its place
verdict $? "or went away"

# Packages that only some tests want are asked for one by one, and said in one line when they can't be had.
if sh tests/tools/packages.sh missing test 2>/dev/null | grep -q .; then
    echo "ok packages: what some tests want # SKIP what all want is not here"
else
    mkdir "$box/bin"
    for tool in sh awk sed grep tr paste mktemp uname cat rm mkdir gcc cc as ld cmp sort clang clang-format-14 clang-format tmux \
        pkg-config env touch chmod dirname; do
        path=$(command -v $tool) && ln -s "$path" "$box/bin/$tool"
    done
    stand_in id 'echo 0'
    stand_in apt-get "case \"\$*\" in *zsh*) touch $box/bin/zsh; chmod +x $box/bin/zsh ;; *) exit 1 ;; esac"
    PATH=$box/bin sh tests/tools/packages.sh install test >"$box/out" 2>"$box/said"
    [ ! -s "$box/out" ] && [ "$(wc -l <"$box/said")" = 1 ] && says "skipped without:" fish parallel && ! says zsh
    verdict $? "what some tests want is installed where it can be, else said"
fi

exit $failed
