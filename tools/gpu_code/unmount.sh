#!/usr/bin/env bash
# Takes what setup.sh has mounted out of its folder: before that is done, removing the folder would remove more.
set -euo pipefail
WORK=${WORK:-${TMPDIR:-/tmp}/gpu-code}
for system in trixie sid; do
    for folder in shared proc dev sys; do
        ! mountpoint -q "$WORK/$system/$folder" || umount "$WORK/$system/$folder"
    done
done
