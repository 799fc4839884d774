#!/usr/bin/env bash
# Runs tests under Vulkan's validation layer, and fails if it has anything to say: core and synchronisation validation must
# have no message, best practices only those of scripts/validation-known.txt, which are so by design.
#
# Without arguments it runs one network of each family, by the kernels for software devices and those for graphics
# processors, frames, sessions, and a part of the kernels' cases. With arguments it passes them to `cargo test`:
# `scripts/test-validation.sh --tests` is the whole suite.
#
# It needs Debian's vulkan-validationlayers, which scripts/test.sh installs, or the layer in a folder of $VK_LAYER_PATH.
# The layer's check between submissions is not enabled: version 1.3.239 calls it unfinished, and it does not know the
# semaphores by which wgpu orders submissions.
set -euo pipefail
cd "$(dirname "$0")/.."
known=scripts/validation-known.txt
folder=$PWD/target/validation
log=$folder/log.txt
mkdir -p "$folder"
: >"$log"

# `info` has the line that tells that the layer is there.
cat >"$folder/vk_layer_settings.txt" <<END
khronos_validation.debug_action = VK_DBG_LAYER_ACTION_LOG_MSG
khronos_validation.report_flags = info,warn,perf,error
khronos_validation.log_filename = stdout
khronos_validation.enables = VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT,VK_VALIDATION_FEATURE_ENABLE_BEST_PRACTICES_EXT
END

# `cargo test` with these arguments. Shown is what the layer does not say.
validated() {
    VK_INSTANCE_LAYERS=VK_LAYER_KHRONOS_validation VK_LAYER_SETTINGS_PATH=$folder/vk_layer_settings.txt \
        cargo test --release --locked "$@" 2>&1 | tee -a "$log" | grep -v -e ' / SPEC): ' -e '^    Objects: ' -e '^        \['
}

if [ $# -gt 0 ]; then
    validated "$@"
else
    validated --test parity_gpu -- agrees_without_passes agrees_as_on_a_graphics_processor
    validated --test frame --test session
    validated --test kernels -- pooling:: maps::
fi

if ! grep -q 'Current Enables: .*SYNCHRONIZATION' "$log"; then
    echo "error: Vulkan's validation layer was not loaded; install it first: apt-get install vulkan-validationlayers" >&2
    exit 1
fi
# The layer writes NAME(SEVERITY / SPEC): TEXT, behind whatever stands on the line already.
messages=$(grep -oE '[A-Za-z0-9_.-]+\((ERROR|WARN|PERF) / [A-Z]+\): .*' "$log" || true)
unknown=$messages
while read -r name; do
    count=$(grep -c "^$name(" <<<"$messages" || true)
    echo "$name: $count, as expected"
    unknown=$(grep -v "^$name(" <<<"$unknown" || true)
done < <(grep -oE '^UNASSIGNED-BestPractices-[A-Za-z0-9_-]+' "$known")
if [ -n "$unknown" ]; then
    echo "error: Vulkan's validation layer has $(wc -l <<<"$unknown") messages that are not known, among them:" >&2
    sort <<<"$unknown" | cut -c 1-500 | uniq | head -n 20 >&2
    exit 1
fi
