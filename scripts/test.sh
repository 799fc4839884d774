#!/usr/bin/env bash
# Runs every test. The GPU tests need a Vulkan adapter and the shader tests spirv-val: where one is
# missing, Debian's packages are installed, or the script says what to install and fails.
set -euo pipefail
cd "$(dirname "$0")/.."

# Packages that are missing, found by what the tests need of them.
missing_packages() {
    local icd_folders=(/usr/share/vulkan/icd.d /etc/vulkan/icd.d "${HOME:-/root}/.local/share/vulkan/icd.d")
    local drivers
    drivers=$(find "${icd_folders[@]}" -name '*.json' 2>/dev/null || true)
    if [ -z "$drivers$(printenv VK_ICD_FILENAMES VK_DRIVER_FILES || true)" ]; then
        echo mesa-vulkan-drivers
    fi
    if ! ldconfig -p 2>/dev/null | grep -q 'libvulkan\.so\.1'; then
        echo libvulkan1
    fi
    if ! command -v spirv-val >/dev/null; then
        echo spirv-tools
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
    mapfile -t packages < <(missing_packages)
    if [ ${#packages[@]} -gt 0 ]; then
        echo "installing ${packages[*]}" >&2
        if ! install "${packages[@]}" >&2; then
            echo "error: the tests need a Vulkan driver and spirv-val; install them first:" \
                "apt-get install ${packages[*]}" >&2
            exit 1
        fi
    fi
fi

cargo test --release --locked "$@"
