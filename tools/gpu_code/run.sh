#!/usr/bin/env bash
# What the compilers of GPUs make of a folder of pipelines: run.sh FOLDER OUT GPU...
#
#     AMD     navi31 (RDNA 3), navi21 (RDNA 2), navi10, vega10, polaris10, gfx1201 (RDNA 4)
#     NVIDIA  nvk172 (Ampere), nvk162 (Turing)
#     Intel   intel-dg2, intel-bmg, intel-lnl, intel-mtl, intel-tgl
#
# OUT/GPU gets the driver's numbers and listings. ROBUSTNESS=none leaves out the checks that wgpu turns on.
set -euo pipefail
WORK=${WORK:-${TMPDIR:-/tmp}/gpu-code}
if [ $# -lt 3 ] || [ ! -x "$WORK/shared/gpu-code" ]; then
    echo "usage: run.sh FOLDER OUT GPU..., after setup.sh" >&2
    exit 2
fi
folder=$1
out=$2
shift 2

rm -rf "$WORK/shared/in"
cp -r "$folder" "$WORK/shared/in"
drivers=/usr/share/vulkan/icd.d
options=()
[ "${ROBUSTNESS:-}" != none ] || options=(--without-robustness)
for gpu in "$@"; do
    case $gpu in
    nvk*)
        system=sid
        variables=(LD_PRELOAD=/shared/shims/libnouveau_noop_drm_shim.so "NOUVEAU_CHIPSET=${gpu#nvk}"
            VK_DRIVER_FILES=$drivers/nouveau_icd.json NVK_I_WANT_A_BROKEN_VULKAN_DRIVER=1)
        ;;
    intel-*)
        system=trixie
        variables=(LD_PRELOAD=/shared/shims/libintel_noop_drm_shim.so "INTEL_STUB_GPU_PLATFORM=${gpu#intel-}"
            VK_DRIVER_FILES=$drivers/intel_icd.json)
        ;;
    *)
        system=trixie
        variables=("RADV_FORCE_FAMILY=$gpu" VK_DRIVER_FILES=$drivers/radeon_icd.json)
        ;;
    esac
    rm -rf "$WORK/shared/out"
    # Drivers complain at length of what they are run on; only a failure makes that of interest.
    if ! chroot "$WORK/$system" env MESA_SHADER_CACHE_DISABLE=true "${variables[@]}" timeout 600 \
        /shared/gpu-code /shared/in /shared/out "${options[@]}" 2>"$WORK/messages"; then
        tail -n 5 "$WORK/messages" >&2
        exit 1
    fi
    mkdir -p "$out"
    rm -rf "${out:?}/$gpu"
    mv "$WORK/shared/out" "$out/$gpu"
done
