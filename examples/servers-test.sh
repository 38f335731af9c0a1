#!/bin/sh
# Builds the C library and the examples for mail servers, and tests each against the real server on 127.0.0.1.
#
# Usage, as root: examples/servers-test.sh [postfix] [milter] [exim]
#
# Installs nothing and touches no mail server of the system: each test has its own temporary directory and ports. On Debian 12 it needs
#   apt-get install --no-install-recommends gcc libc6-dev make python3 postfix libmilter-dev exim4-dev libnss-wrapper \
#       libmariadb3 libidn12 libspf2-2
# Exim itself is downloaded and unpacked beside by its test, since Debian does not install two mail servers.
#
# NDR_LIBS is the full path of a library that is already built; CARGO_TARGET_DIR is where it is built otherwise.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
[ $# -gt 0 ] || set -- postfix milter exim
for name; do
    [ -f "examples/$name/test.py" ] || { echo "there is no test of $name" >&2; exit 2; }
done

missing=
for command in cc make python3; do
    command -v "$command" >/dev/null || missing="$missing $command"
done
PATH=$PATH:/usr/sbin:/sbin
for name; do
    case $name in
    postfix) needs=$(command -v postfix || echo /usr/sbin/postfix) ;;
    milter) needs="$(command -v postfix || echo /usr/sbin/postfix) /usr/include/libmilter/mfapi.h" ;;
    exim) needs=/usr/include/exim4/local_scan.h ;;
    esac
    for file in $needs; do
        [ -e "$file" ] || missing="$missing $file"
    done
done
[ -z "$missing" ] || { echo "missing:$missing; see the beginning of $0" >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "mail servers can only be started by root" >&2; exit 2; }

child=
work=$(mktemp -d)
stop() {
    trap '' HUP INT TERM
    [ -z "$child" ] || { kill "$child" 2>/dev/null && wait "$child"; } || :
    exit "$1"
}
trap 'rm -rf "$work"' EXIT
trap 'stop 129' HUP
trap 'stop 130' INT
trap 'stop 143' TERM

# Runs a command so that a signal ends it at once; it cleans up after itself.
run() {
    "$@" &
    child=$!
    status=0
    wait "$child" || status=$?
    child=
    return "$status"
}

if [ -z "${NDR_LIBS:-}" ]; then
    run cargo rustc --quiet --release --no-default-features --features capi --lib --crate-type staticlib
    NDR_LIBS=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)/release/libnondelivery.a
fi
for name; do
    run make --no-print-directory --silent -C "examples/$name" OUT="$work" CFLAGS='-O2 -g -Werror' NDR_CFLAGS="-I$root/include" \
        NDR_LIBS="$NDR_LIBS"
done

failed=
for name; do
    echo "== $name"
    run timeout --kill-after=20 120 python3 -B "examples/$name/test.py" "$work" || failed="$failed $name"
done
[ -z "$failed" ] || { echo "FAILED:$failed" >&2; exit 1; }
echo "all of them work: $*"
