#!/bin/sh
# The Debian package: what is in it, and that the same tree makes the same bytes.
#
#   test_deb.sh [full]     full: it is installed in a bare Debian too, used, and taken away (root, debootstrap, network)

suite=deb
cd "$(dirname "$0")/../.." || exit 2
for need in dpkg-deb dpkg-shlibdeps; do
    command -v $need >/dev/null 2>&1 || { echo "ok deb # SKIP $need is not installed"; exit 0; }
done
# shellcheck source=tests/build/chroot.sh
. tests/build/chroot.sh

make_deb() {
    ${MAKE:-make} --no-print-directory B=build/gcc CC=gcc deb >"$box/said" 2>&1
}

make_deb
verdict $? "make deb"
deb=$(tail -n 1 "$box/said")
[ -f "$deb" ] || exit 1
dpkg-deb -x "$deb" "$box/tree" && dpkg-deb -e "$deb" "$box/control" || exit 1

(cd "$box/tree" && find . -type f | grep -v '/doc/' | sort) >"$box/files"
{
    for file in bin/lrdlab share/bash-completion/completions/lrdlab share/fish/vendor_completions.d/lrdlab.fish \
        share/man/man1/lrdlab.1.gz share/zsh/vendor-completions/_lrdlab; do
        echo "./usr/$file"
    done
    for file in presets/*.ini presets/lessons/*.ini presets/demos/*.jsonl presets/sweeps/*.ini; do
        echo "./usr/share/lrdlab/$file"
    done
} | sort | diff - "$box/files" >"$box/said"
verdict $? "program, manual page, completions, presets, demos and sweeps"

(cd "$box/tree/usr/share/doc/lrdlab" && ls README.md copyright changelog.gz && grep -q '^License: Expat' copyright) \
    >"$box/said" 2>&1
verdict $? "README, copyright and changelog"

(cd "$box/tree" && md5sum -c --quiet "$box/control/md5sums" &&
    [ "$(find usr -type f | wc -l)" = "$(wc -l <"$box/control/md5sums")" ]) >"$box/said" 2>&1
verdict $? "a right md5sum for every file"

cp "$box/control/control" "$box/said"
version=$("$box/tree/usr/bin/lrdlab" --version | cut -d' ' -f2)
grep -qx "Version: $version" "$box/said" && grep -qx "Architecture: $(dpkg --print-architecture)" "$box/said" &&
    grep -Eq '^Depends: .*libc6 \(>= [0-9.]+\).*libncursesw6' "$box/said" && ! grep -q '^Depends: .*-dev' "$box/said"
verdict $? "version, architecture, and the libraries that the program is linked with"

dpkg-deb -c "$deb" >"$box/said" && ! awk '$2 != "root/root" || $1 ~ /^-.....?w.|^-.......w/' "$box/said" | grep .
verdict $? "all of it root's, and writable for nobody else"

cp "$deb" "$box/first.deb" && make_deb && cmp "$box/first.deb" "$deb" >"$box/said" 2>&1
verdict $? "made again it is the same, byte for byte"

if command -v lintian >/dev/null 2>&1; then
    # An address that mail reaches is known only to who publishes it (DEBEMAIL).
    lintian --fail-on error --suppress-tags bogus-mail-host,bogus-mail-host-in-debian-changelog "$deb" \
        >"$box/said" 2>&1
    verdict $? "lintian has no error"
else
    echo "ok deb: lintian # SKIP it is not installed"
fi

if [ "$1" = full ] && make_bare ca-certificates; then
    cp "$deb" "$bare/root/lrdlab.deb"
    inside /root 'apt-get update && apt-get install -y --no-install-recommends ./lrdlab.deb'
    verdict $? "apt installs it in a bare Debian, with what it depends on"
    inside / 'lrdlab --version && lrdlab doctor && lrdlab presets | grep -q "from installed"'
    verdict $? "it runs there and finds its presets"
    inside /root 'lrdlab train --set task.p=23 --steps 50 --log a.jsonl --quiet && lrdlab info a.jsonl'
    verdict $? "it trains"
    inside / 'lrdlab demo --list | grep "^classroom *installed"'
    verdict $? "it has its demos"
    # On a terminal: script makes one, and q leaves.
    inside / '(sleep 4; printf q) | script -qec "stty rows 24 cols 80; lrdlab demo" /dev/null'
    [ $? = 0 ] && grep -q 'stable rank of Q/K' "$box/said" && grep -q 'that was a recording' "$box/said"
    verdict $? "and plays them"
    inside / 'apt-get purge -y lrdlab && ! command -v lrdlab && [ ! -e /usr/share/lrdlab ] && [ ! -e /usr/share/doc/lrdlab ]'
    verdict $? "purged it leaves nothing"
fi
exit $failed
