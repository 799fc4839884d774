#!/usr/bin/env bash
# Runs every check that needs no GPU: format, lints, the library with each feature alone and with none, and its
# documentation.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fmt --all --check
# In release, like the tests: build scripts and procedural macros are then built once.
cargo clippy --release --locked --workspace --all-targets -- -D warnings
cargo check --release --locked --lib --no-default-features
for feature in cache cli embedded-weights hub onnx photos; do
    cargo check --release --locked --lib --no-default-features --features "$feature"
done
RUSTDOCFLAGS="-D warnings" cargo doc --release --locked --no-deps --lib
