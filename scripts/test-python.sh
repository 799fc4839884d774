#!/usr/bin/env bash
# Builds the wheel of the Python package, installs it as a user would, and tests it. With arguments, runs pytest with them.
#
# It needs Python 3.11 or newer with venv, and the command line, for comparison, which `cargo test --release` has built.
set -euo pipefail
cd "$(dirname "$0")/.."

install() {
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        as_root=(sudo -n)
    fi
    command -v apt-get >/dev/null &&
        "${as_root[@]}" apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$@"
}

if ! python3 -c 'import sys, venv, ensurepip; assert sys.version_info >= (3, 11)' 2>/dev/null; then
    echo "installing python3-venv" >&2
    if ! install python3-venv >&2; then
        echo "error: the tests need Python 3.11 or newer with venv: apt-get install python3-venv" >&2
        exit 1
    fi
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# What builds and tests is kept; what the package itself needs comes with it, as for a user.
tools=target/python
if [ ! -x "$tools/bin/maturin" ]; then
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet 'maturin>=1.9,<2'
fi
"$tools/bin/maturin" build --release --locked --manifest-path python/Cargo.toml --out "$folder/dist"
wheel=$(echo "$folder"/dist/*.whl)
size=$(stat -c %s "$wheel")
if [ "$size" -gt 15000000 ]; then
    echo "error: the wheel has $size bytes, expected at most 15,000,000" >&2
    exit 1
fi

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "$wheel"
"$folder/venv/bin/pip" install --quiet -r python/tests/requirements.txt
cargo build --release --locked --bin menagerie
MENAGERIE=$PWD/target/release/menagerie "$folder/venv/bin/pytest" python/tests "$@"
