#!/usr/bin/env bash
# fetch.sh PACKAGE [ARCHITECTURE]: prints the folder that a Debian package is unpacked in, which it fetches once
# into the build folder. A metapackage stands for the first package that it depends on. Packages of a foreign
# architecture are looked up with lists of their own, so that nothing of the system changes. Fails, with the reason
# on stderr, when the package server is out of reach.
set -eu
package=$1 arch=${2:-}
base=$BUILDDIR/tests/real
folder=$base/$package${arch:+-$arch}

apt() {
    local command=$1
    shift
    if [ -n "$arch" ]; then
        mkdir -p "$base/apt-$arch/state/lists/partial" "$base/apt-$arch/cache/archives/partial"
        set -- -o "APT::Architecture=$arch" -o "APT::Architectures=$arch" -o "Dir::State=$base/apt-$arch/state" \
            -o "Dir::State::status=/dev/null" -o "Dir::Cache=$base/apt-$arch/cache" -o "APT::Sandbox::User=root" "$@"
    fi
    "apt-$command" "$@"
}

fetch() {
    local name=$package
    [ -z "$arch" ] || apt get update
    rm -rf "$folder"
    mkdir -p "$folder"
    cd "$folder"
    # linux-image-arm64 is empty, and depends on the kernel of the day.
    case $package in
    linux-image-*) name=$(apt cache depends "$package" | awk '$1 == "Depends:" { print $2; exit }') ;;
    esac
    apt get download "${name%%:*}"
    dpkg -x ./*.deb .
}

mkdir -p "$base"
exec 9>"$base/.lock"
flock 9
if [ ! -e "$folder/.complete" ]; then
    command -v apt-get >/dev/null && command -v dpkg >/dev/null || { echo "apt-get is missing" >&2; exit 1; }
    (fetch) >"$base/fetch.log" 2>&1 || { echo "package $package cannot be fetched" >&2; exit 1; }
    : >"$folder/.complete"
fi
echo "$folder"
