#!/bin/sh
# Makes a Debian package of what `make install PREFIX=/usr DESTDIR=STAGE` put there. `make deb` calls it.
#
#   build-deb.sh STAGE FOLDER       prints the path of FOLDER/lrdlab_VERSION_ARCHITECTURE.deb
#
# What it depends on is what the program is linked with on this machine (dpkg-shlibdeps), so it is for this release of
# Debian and later ones. The same tree gives the same bytes. DEBFULLNAME and DEBEMAIL are the maintainer, as usual.

set -eu
stage=${1:?usage: build-deb.sh STAGE FOLDER}
folder=${2:?usage: build-deb.sh STAGE FOLDER}
LC_ALL=C
export LC_ALL
umask 022
for need in dpkg-deb dpkg-shlibdeps dpkg strip gzip md5sum; do
    command -v $need >/dev/null || { echo "$need is missing: a Debian package is made on Debian (dpkg-dev, binutils)" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

version=$("$stage/usr/bin/lrdlab" --version | cut -d' ' -f2)
architecture=$(dpkg --print-architecture)
maintainer="${DEBFULLNAME:-lrdlab contributors} <${DEBEMAIL:-lrdlab@localhost.localdomain}>"
# The day of the version, which the manual page states.
day=$(sed -n 's/^\.TH [^ ]* [^ ]* \([-0-9]*\) .*/\1/p' "$stage/usr/share/man/man1/lrdlab.1")
: "${SOURCE_DATE_EPOCH:=$(date -u -d "$day" +%s)}"
export SOURCE_DATE_EPOCH

strip --strip-unneeded --remove-section=.comment --remove-section=.note "$stage/usr/bin/lrdlab"
gzip -9nf "$stage/usr/share/man/man1/lrdlab.1"

doc=$stage/usr/share/doc/lrdlab
{
    echo 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/'
    echo 'Upstream-Name: lrdlab'
    echo
    echo 'Files: *'
    sed -n 's/^Copyright (c) /Copyright: /p' "$doc/LICENSE"
    echo 'License: Expat'
    sed -e '1,/^Copyright/d' -e '/./!s/^/./' -e 's/^/ /' "$doc/LICENSE" | sed '1d'
} >"$doc/copyright"
rm "$doc/LICENSE"
{
    echo "lrdlab ($version) unstable; urgency=medium"
    printf '\n  * Version %s.\n\n' "$version"
    echo " -- $maintainer  $(date -u -R -d "@$SOURCE_DATE_EPOCH")"
} | gzip -9n >"$doc/changelog.gz"

# dpkg-shlibdeps wants to stand in a source package.
mkdir -p "$work/debian" "$stage/DEBIAN"
printf 'Source: lrdlab\n\nPackage: lrdlab\nArchitecture: any\n' >"$work/debian/control"
program=$(cd "$stage" && pwd)/usr/bin/lrdlab
depends=$(cd "$work" && dpkg-shlibdeps -O -e"$program" 2>"$work/said" | sed -n 's/^shlibs:Depends=//p') || depends=
[ -n "$depends" ] || { cat "$work/said" >&2; echo "the libraries of the program are of no Debian package" >&2; exit 1; }

(cd "$stage" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$stage/DEBIAN/md5sums"
cat >"$stage/DEBIAN/control" <<END
Package: lrdlab
Version: $version
Section: science
Priority: optional
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $(du -ks --apparent-size "$stage/usr" | cut -f1)
Depends: $depends
Description: watch a small Transformer grok, and change its weight decay
 A laboratory in the terminal: a small Transformer learns arithmetic from part
 of a table while its curves, its matrices and their rank are shown, and how it
 is trained changes with one key.
 .
 It is made for grokking: the network learns its training examples by heart
 first, and only much later, often suddenly, gets those right that it has never
 seen. What can be tried by hand is weight decay: L2, Low-Rank Decay, and the
 controls that tell why one of them works. Runs without a screen, sweeps, phase
 diagrams and logs are there too.
END

find "$stage" -type d -exec chmod 755 {} +
mkdir -p "$folder"
dpkg-deb --root-owner-group -Zxz --build "$stage" "$folder/lrdlab_${version}_$architecture.deb" >"$work/said" ||
    { cat "$work/said" >&2; exit 1; }
echo "$folder/lrdlab_${version}_$architecture.deb"
