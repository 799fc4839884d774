#!/usr/bin/env bash
# Runs every test. With arguments, runs `cargo test` with them on the default adapter only.
#
# The tests need a Vulkan adapter, Vulkan's validation layer, spirv-val, and two more adapters that must give the same
# answers: GL (from Mesa) and SwiftShader (from Chromium). Where one is missing, Debian's packages are installed, or
# the script says what to install and fails.
set -euo pipefail
cd "$(dirname "$0")/.."

# Chromium's second Vulkan, where distributions put it.
swiftshader() {
    local folder
    for folder in /usr/lib/chromium /usr/lib/chromium-browser /usr/lib64/chromium-browser /opt/google/chrome; do
        if [ -e "$folder/vk_swiftshader_icd.json" ]; then
            echo "$folder/vk_swiftshader_icd.json"
            return
        fi
    done
}

has_library() {
    ldconfig -p 2>/dev/null | grep -q "$1"
}

# Packages that are missing, found by what the tests need of them.
missing_packages() {
    local icd_folders=(/usr/share/vulkan/icd.d /etc/vulkan/icd.d "${HOME:-/root}/.local/share/vulkan/icd.d")
    local drivers
    drivers=$(find "${icd_folders[@]}" -name '*.json' 2>/dev/null || true)
    if [ -z "$drivers$(printenv VK_ICD_FILENAMES VK_DRIVER_FILES || true)" ]; then
        echo mesa-vulkan-drivers
    fi
    if ! has_library 'libvulkan\.so\.1'; then
        echo libvulkan1
    fi
    if ! has_library 'libEGL\.so\.1'; then
        echo libegl1 libgl1-mesa-dri
    fi
    if [ -z "$(swiftshader)" ]; then
        echo chromium
    fi
    if ! command -v spirv-val >/dev/null; then
        echo spirv-tools
    fi
    if ! compgen -G '/*/share/vulkan/explicit_layer.d/VkLayer_khronos_validation.json' >/dev/null &&
        [ -z "${VK_LAYER_PATH:-}" ]; then
        echo vulkan-validationlayers
    fi
}

install() {
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        as_root=(sudo -n)
    fi
    command -v apt-get >/dev/null &&
        "${as_root[@]}" apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$@"
}

if [ "$(uname -s)" = Linux ]; then
    read -ra packages < <(missing_packages | xargs)
    if [ ${#packages[@]} -gt 0 ]; then
        echo "installing ${packages[*]}" >&2
        if ! install "${packages[@]}" >&2; then
            echo "error: the tests need these packages; install them first:" \
                "apt-get install ${packages[*]}" >&2
            exit 1
        fi
    fi
fi

if [ $# -gt 0 ] || [ "$(uname -s)" != Linux ]; then
    exec cargo test --release --locked "$@"
fi
MENAGERIE_ADAPTER='(Gl)' cargo test --release --locked
export VK_ADD_DRIVER_FILES MENAGERIE_ADAPTER=SwiftShader
VK_ADD_DRIVER_FILES=$(swiftshader)
cargo test --release --locked --test parity_adapters
cargo test --release --locked --test kernels on_other_adapters
cargo test --release --locked --test onnx on_other_adapters
unset VK_ADD_DRIVER_FILES MENAGERIE_ADAPTER
scripts/test-validation.sh
scripts/gpu-report.sh --short --out target/gpu-report
scripts/test-web.sh
scripts/test-python.sh
