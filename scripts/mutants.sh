#!/usr/bin/env bash
# Mutation tests: changes the code in one place at a time, and lists the changes that no test notices. Not a part of the
# checks of each change: each of them compiles the library and its tests once more.
#
# Usage: scripts/mutants.sh planner|readers [OPTION...]
#
# The options are those of cargo-mutants (cargo install cargo-mutants --locked): `--list` only lists the changes,
# `--shard 0/8` tests an eighth of them, `--in-diff FILE` those of a patch. docs/reliability.md says what was found.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in
    planner)
        files=('src/program/**' src/kernels/view.rs src/kernels/uniforms.rs)
        tests=(plan program aliases prediction random)
        ;;
    readers)
        files=('src/weights/formats/**' 'src/npy/**')
        tests=(weights)
        ;;
    *)
        echo "error: which part? scripts/mutants.sh planner|readers [OPTION...]" >&2
        exit 2
        ;;
esac
shift

arguments=()
for file in "${files[@]}"; do
    arguments+=(--file "$file")
done
arguments+=(--cargo-arg=--lib)
for test in "${tests[@]}"; do
    arguments+=("--cargo-arg=--test=$test")
done
# Compiled fast, and the whole zoo planned in seconds.
export CARGO_PROFILE_DEV_OPT_LEVEL=1 CARGO_PROFILE_DEV_DEBUG=0
exec cargo mutants --no-default-features --timeout 120 --output target "${arguments[@]}" "$@"
