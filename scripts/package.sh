#!/usr/bin/env bash
# Builds the crate from the archive that would be published, and classifies a photo with the command in it. Not a part of
# the checks of each change: it compiles everything once more.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

cargo package --locked --allow-dirty "$@"
archive=$(ls -t target/package/menagerie-*.crate | head -n 1)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tar -xzf "$archive" -C "$scratch"
cd "$scratch"/menagerie-*
CARGO_TARGET_DIR=$root/target/package/build cargo run --release --locked -- classify "$root/samples/cat.png" --adapter cpu |
    tee "$scratch/answer"
grep -q 'Egyptian cat' "$scratch/answer"
