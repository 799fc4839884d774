#!/usr/bin/env bash
# Checks that the library compiles for other platforms, without their linkers and system libraries. Not a part of the checks
# of each change: each target compiles all dependencies once more.
#
# Where rustup has no such target, Debian's packages rustc-web and rust-web-src provide the source of the standard library.
set -euo pipefail
cd "$(dirname "$0")/.."

targets=(
    x86_64-pc-windows-msvc
    aarch64-apple-darwin
    aarch64-linux-android
    wasm32-unknown-unknown
)
for target in "${targets[@]}"; do
    check=(cargo check --locked --lib --no-default-features --target "$target")
    echo "$target" >&2
    if [ -e "$(rustc --print sysroot)/lib/rustlib/$target" ]; then
        "${check[@]}"
    elif [ -d /usr/lib/rustlib/src/rust/library ]; then
        RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 "${check[@]}" -Zbuild-std=std,panic_abort -Zbuild-std-features=
    else
        echo "error: Rust has no target $target: rustup target add $target, or on Debian" \
            "apt-get install rustc-web rust-web-src" >&2
        exit 1
    fi
done
