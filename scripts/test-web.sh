#!/usr/bin/env bash
# Builds the package for web pages, and tests it in Chromium and Firefox. With arguments, runs only these files of web/test.
#
# It needs Node 18.19 or newer with npm, Chromium, and Rust for wasm32-unknown-unknown; on Debian, missing packages are
# installed. So is Firefox, without which its test is skipped. The command line, for comparison, is built.
set -euo pipefail
cd "$(dirname "$0")/.."

missing_packages() {
    if ! command -v node >/dev/null; then
        echo nodejs
    fi
    if ! command -v npm >/dev/null; then
        echo npm
    fi
    if ! command -v chromium >/dev/null && [ -z "${CHROME:-}" ]; then
        echo chromium
    fi
    if [ ! -e "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown" ] && [ ! -d /usr/lib/rustlib/src/rust/library ]; then
        echo rustc-web rust-web-src
    fi
    if ! command -v wasm-ld >/dev/null; then
        echo lld
    fi
}

install() {
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        as_root=(sudo -n)
    fi
    command -v apt-get >/dev/null &&
        "${as_root[@]}" apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$@"
}

read -ra packages < <(missing_packages | xargs)
if [ ${#packages[@]} -gt 0 ]; then
    echo "installing ${packages[*]}" >&2
    if ! install "${packages[@]}" >&2; then
        echo "error: the tests need these packages; install them first: apt-get install ${packages[*]}" >&2
        exit 1
    fi
fi
if ! command -v firefox-esr >/dev/null && ! command -v firefox >/dev/null && [ -z "${FIREFOX:-}" ]; then
    echo "installing firefox-esr" >&2
    install firefox-esr >&2 || echo "there is no Firefox, so its test is skipped" >&2
fi

cargo build --release --locked --bin menagerie
web/scripts/build.sh
cd web
files=("$@")
if [ ${#files[@]} -eq 0 ]; then
    files=(test/*.test.mjs)
fi
# One after the other: they share a software adapter.
exec node --test --test-concurrency=1 "${files[@]}"
