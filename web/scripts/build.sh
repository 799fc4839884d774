#!/usr/bin/env bash
# Builds the package into dist/. It needs Rust with the target wasm32-unknown-unknown, from rustup or from Debian's
# packages rustc-web and rust-web-src with lld.
set -euo pipefail
cd "$(dirname "$0")/.."

target=wasm32-unknown-unknown
if [ ! -x node_modules/.bin/wasm-opt ]; then
    npm ci --no-audit --no-fund
fi
build=(cargo build --locked --profile web -p menagerie-web --target "$target")
export RUSTFLAGS="-Ctarget-feature=+simd128 ${RUSTFLAGS:-}"
if [ -e "$(rustc --print sysroot)/lib/rustlib/$target" ]; then
    "${build[@]}"
elif [ -d /usr/lib/rustlib/src/rust/library ]; then
    RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=/usr/bin/wasm-ld \
        "${build[@]}" -Zbuild-std=std,panic_abort
else
    echo "error: Rust has no target $target: rustup target add $target, or on Debian" \
        "apt-get install rustc-web rust-web-src lld" >&2
    exit 1
fi
unset RUSTFLAGS

folder=$(cargo metadata --locked --no-deps --format-version 1 | node -p 'JSON.parse(require("fs").readFileSync(0)).target_directory')
rm -rf dist
# In the profile of the tests, so that nothing that both need is built twice.
cargo run --locked --release -p bindgen -- "$folder/$target/web/menagerie_web.wasm" dist
node_modules/.bin/wasm-opt -Oz --enable-simd --enable-bulk-memory --enable-nontrapping-float-to-int --enable-reference-types \
    --enable-sign-ext --enable-mutable-globals --enable-multivalue dist/menagerie_web_bg.wasm -o dist/menagerie_web_bg.wasm
# Where the compiler finds the types of the bindings.
cp dist/menagerie_web.js dist/menagerie_web.d.ts ts/
node_modules/.bin/tsc
# Both licences ask to be passed on with the package.
cp ../LICENSE-MIT ../LICENSE-APACHE dist/
