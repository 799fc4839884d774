#!/usr/bin/env bash
# Makes what run.sh needs, once a machine, as root on Debian: two systems with Mesa's drivers, stand-ins for the kernel
# drivers of GPUs, and the program. 3 to 10 minutes on two cores, 2 GB. WORK says where.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
WORK=${WORK:-${TMPDIR:-/tmp}/gpu-code}
mkdir -p "$WORK/shared/shims"
cd "$WORK"

archive=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d/ 2>/dev/null |
    head -n 1 | tr -d ' ' || true)
if [ -z "$archive" ]; then
    echo "error: apt's sources name no archive of Debian" >&2
    exit 1
fi
command -v debootstrap >/dev/null || apt-get install -y -qq debootstrap >/dev/null

# Mesa 25.0 of trixie has RADV with RADV_FORCE_FAMILY, which 26 no longer has, and ANV; that of sid has NVK.
for suite in trixie sid; do
    if [ ! -e "$suite/made" ]; then
        debootstrap --variant=minbase --include=mesa-vulkan-drivers,libvulkan1 "$suite" "$suite" "$archive" >"$suite.log"
        touch "$suite/made"
    fi
    mkdir -p "$suite/shared"
    mountpoint -q "$suite/shared" || mount --bind "$WORK/shared" "$suite/shared"
    for folder in proc dev sys; do
        mountpoint -q "$suite/$folder" || mount --bind "/$folder" "$suite/$folder"
    done
done

cp "$here/shims.sh" shared/
[ -e shared/shims/libintel_noop_drm_shim.so ] || chroot trixie bash /shared/shims.sh "$archive"

cargo build --quiet --release --locked --manifest-path "$here/Cargo.toml" --target-dir "$WORK/target"
cp target/release/gpu-code shared/
