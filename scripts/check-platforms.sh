#!/usr/bin/env bash
# Checks that the library compiles for other platforms, without their linkers and system libraries. Not a part of the checks
# of each change: each target compiles all dependencies once more. With arguments, checks these targets only.
#
# Where rustup has no such target, Debian's packages rustc-web and rust-web-src provide the source of the standard library.
set -euo pipefail
cd "$(dirname "$0")/.."

targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
    targets=(
        x86_64-pc-windows-msvc
        aarch64-apple-darwin
        aarch64-linux-android
        wasm32-unknown-unknown
    )
fi

# Fails where Debian's compiler is older than the crate allows.
new_enough() {
    local oldest found
    oldest=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
    found=$(/usr/bin/rustc --version | cut -d ' ' -f 2)
    if [ "$(printf '%s\n' "$oldest" "$found" | sort -V | head -n 1)" != "$oldest" ]; then
        echo "error: /usr/bin/rustc: expected Rust $oldest or newer, found $found" >&2
        exit 1
    fi
}

for target in "${targets[@]}"; do
    check=(cargo check --locked --lib --no-default-features --target "$target")
    echo "$target" >&2
    if [ -e "$(rustc --print sysroot)/lib/rustlib/$target" ]; then
        "${check[@]}"
    elif [ -x /usr/bin/rustc ] && [ -d /usr/lib/rustlib/src/rust/library ]; then
        new_enough
        RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 "${check[@]}" -Zbuild-std=std,panic_abort -Zbuild-std-features=
    else
        echo "error: Rust has no target $target: rustup target add $target, or on Debian" \
            "apt-get install rustc-web rust-web-src" >&2
        exit 1
    fi
done
