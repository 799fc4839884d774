#!/usr/bin/env bash
# Runs the fuzz targets for SECONDS each, or only TARGET: scripts/fuzz.sh SECONDS [TARGET]
#
# It builds them with stable Rust: coverage by LLVM's own pass, and no sanitizer. What it finds is in fuzz/artifacts; a
# crash becomes a test first, and its input a file of fuzz/corpus.
set -euo pipefail
cd "$(dirname "$0")/../fuzz"
seconds=${1:?usage: scripts/fuzz.sh SECONDS [TARGET]}
targets=$(sed -n 's/^name = "\(.*\)"$/\1/p' Cargo.toml | grep -v menagerie)
targets=${2:-$targets}
export RUSTC_BOOTSTRAP=1
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
flags="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters"
flags="$flags -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing"
# With a target, the flags are not for build scripts.
host=$(rustc -vV | sed -n 's/^host: //p')
for target in $targets; do
    RUSTFLAGS=$flags cargo build --release --target "$host" --bin "$target"
done
# Some targets write each input to a file.
if [ -z "${TMPDIR:-}" ] && [ -d /dev/shm ]; then
    export TMPDIR=/dev/shm
fi
# The entropic schedule counts features for each input, and takes nearly all time where there are tens of thousands.
for target in $targets; do
    mkdir -p "artifacts/$target" "target/found/$target"
    "$CARGO_TARGET_DIR/$host/release/$target" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=20 \
        -entropic=0 -print_final_stats=1 -artifact_prefix="artifacts/$target/" "target/found/$target" "corpus/$target"
done
