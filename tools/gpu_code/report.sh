#!/usr/bin/env bash
# The table of docs/performance.md: what GPUs' compilers make of every kernel of convolutions and linear layers, in every
# size. report.sh MENAGERIE OUT [GPU...], after setup.sh. OUT gets the listings, and code.tsv to compare with another.
set -euo pipefail
if [ $# -lt 2 ] || [ ! -x "$1" ]; then
    echo "usage: report.sh MENAGERIE OUT [GPU...], where MENAGERIE is the built program" >&2
    exit 2
fi
menagerie=$(realpath "$1")
mkdir -p "$2"
out=$(realpath "$2")
shift 2
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- navi31 navi21 vega10 nvk172 nvk162 intel-dg2 intel-bmg intel-lnl

# Together, these have all windows and groups for which there is a kernel.
folders=()
for network in resnet50 mobilenet_v2 efficientnet_b0 resnext50_32x4d; do
    rm -rf "$out/shaders/$network"
    "$menagerie" plan "$network" --shaders "$out/shaders/$network" --candidates >/dev/null
    ./run.sh "$out/shaders/$network" "$out/$network" "$@" >>"$out/drivers.txt"
    for gpu in "$@"; do folders+=("$out/$network/$gpu"); done
done
sort -u -o "$out/drivers.txt" "$out/drivers.txt"
python3 table.py make "${folders[@]}" >"$out/code.tsv"
cat "$out/drivers.txt"
python3 table.py show "$out/code.tsv"
