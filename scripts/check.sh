#!/usr/bin/env bash
# Runs every check that needs no GPU: format, lints, the library with each feature alone and with none, and its
# documentation.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fmt --check
cargo clippy --locked --all-targets -- -D warnings
cargo check --locked --lib --no-default-features
for feature in cache cli embedded-weights hub photos; do
    cargo check --locked --lib --no-default-features --features "$feature"
done
RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --lib
