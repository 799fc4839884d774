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

# What builds is kept; what the package itself needs comes with it, as for a user. Zig links for the glibc of 2018, which the
# systems of manylinux_2_28 have.
tools=$PWD/target/python
if [ ! -x "$tools/bin/auditwheel" ]; then
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet 'maturin>=1.9,<2' ziglang auditwheel
fi
PATH=$tools/bin:$PATH maturin build --release --locked --zig --compatibility manylinux_2_28 \
    --manifest-path python/Cargo.toml --out "$folder/dist"
wheel=$(echo "$folder"/dist/*.whl)
audit=$("$tools/bin/auditwheel" show "$wheel")
if ! [[ $audit =~ manylinux_2_(1?[0-9]|2[0-8])_ ]]; then
    echo "$audit" >&2
    echo "error: the wheel needs newer systems than those of manylinux_2_28" >&2
    exit 1
fi
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
