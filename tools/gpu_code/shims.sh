#!/usr/bin/env bash
# Builds, in Debian's trixie, the stand-ins for NVIDIA's and Intel's kernel drivers from the source package of Mesa (MIT),
# whose own continuous integration compiles shaders behind them where there is no GPU. setup.sh runs it; about 3 minutes.
set -euo pipefail
archive=$1
export DEBIAN_FRONTEND=noninteractive

echo "deb-src $archive trixie main" >/etc/apt/sources.list.d/source.list
apt-get update -qq
apt-get install -y -qq --no-install-recommends bison dpkg-dev flex g++ gcc libdrm-dev libelf-dev libexpat1-dev meson \
    pkg-config python3-mako python3-packaging python3-yaml zlib1g-dev >/dev/null
mkdir -p /source
cd /source
apt-get source -qq mesa >/dev/null
cd mesa-*/

# Intel's tools want a driver of Mesa's older kind beside them; the stand-in alone does not.
sed -i "s/^if with_intel_tools$/if with_intel_tools or with_tools.contains('drm-shim')/" src/intel/meson.build
without=()
for feature in egl gbm gles1 gles2 glx libunwind llvm lmsensors shared-glapi valgrind zstd; do
    without+=("-D$feature=disabled")
done
meson setup build -Dtools=drm-shim -Dgallium-drivers=crocus,nouveau -Dvulkan-drivers= -Dplatforms= -Dopengl=false \
    "${without[@]}" >/dev/null
ninja -C build src/nouveau/drm-shim/libnouveau_noop_drm_shim.so src/intel/tools/libintel_noop_drm_shim.so >/dev/null
find build -name 'lib*noop_drm_shim.so' -exec cp {} /shared/shims/ \;
rm -r /source
