#!/usr/bin/env bash
# Makes the archive that would be published, checks what is in it, builds it, and classifies a photo with the command in it.
# Not a part of the checks of each change: it compiles everything once more.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

# The registry takes no more, compressed.
most_bytes=$((10 * 1000 * 1000))
# What only a checkout has: other packages, and large data of tests.
left_out=(fuzz python web tools samples tests/golden tests/photo/files)

# An archive of an earlier version is not meant. Cargo would build it in debug: the build below is the check.
rm -f target/package/menagerie-*.crate
cargo package --locked --allow-dirty --no-verify "$@"
archive=$(echo target/package/menagerie-*.crate)

bytes=$(wc -c <"$archive")
if [ "$bytes" -gt $most_bytes ]; then
    echo "error: $archive: expected at most $most_bytes bytes, found $bytes" >&2
    exit 1
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tar -xzf "$archive" -C "$scratch"
cd "$scratch"/menagerie-*
for path in "${left_out[@]}"; do
    if [ -e "$path" ]; then
        echo "error: $archive: expected nothing of $path, found it" >&2
        exit 1
    fi
done
echo "$archive: $bytes bytes, $(find . -type f | wc -l) files"

CARGO_TARGET_DIR=$root/target/package/build cargo run --release --locked -- classify "$root/samples/cat.png" --adapter cpu |
    tee "$scratch/answer"
grep -q 'Egyptian cat' "$scratch/answer"
