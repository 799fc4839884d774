#!/usr/bin/env bash
# Runs tests under Vulkan's validation layer, and fails if it has anything to say: core and synchronisation validation must
# have no message, best practices only those of scripts/validation-known.txt, which are so by design.
#
# Without arguments it runs a part of the kernels' cases and one network of each kind. With arguments it passes them to
# `cargo test`: `scripts/test-validation.sh --tests` is the whole suite.
#
# It needs Debian's vulkan-validationlayers, which scripts/test.sh installs, or the layer in a folder of $VK_LAYER_PATH.
set -euo pipefail
cd "$(dirname "$0")/.."
known=scripts/validation-known.txt
folder=$PWD/target/validation
log=$folder/log.txt
mkdir -p "$folder"

tests=("$@")
if [ $# -eq 0 ]; then
    tests=(--test kernels --test parity_gpu agrees_on_each_kind)
fi

# `info` has the line that tells that the layer is there.
enables=(
    VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT
    VALIDATION_CHECK_ENABLE_SYNCHRONIZATION_VALIDATION_QUEUE_SUBMIT
    VK_VALIDATION_FEATURE_ENABLE_BEST_PRACTICES_EXT
)
cat >"$folder/vk_layer_settings.txt" <<END
khronos_validation.debug_action = VK_DBG_LAYER_ACTION_LOG_MSG
khronos_validation.report_flags = info,warn,perf,error
khronos_validation.log_filename = stdout
khronos_validation.enables = $(IFS=, && echo "${enables[*]}")
END
export VK_INSTANCE_LAYERS=VK_LAYER_KHRONOS_validation VK_LAYER_SETTINGS_PATH=$folder/vk_layer_settings.txt
cargo test --release --locked "${tests[@]}" 2>&1 | tee "$log" | grep -v -e ' / SPEC): ' -e '^    Objects: ' -e '^        \['

if ! grep -q 'Current Enables: .*SYNCHRONIZATION' "$log"; then
    echo "error: the layer was not loaded: install vulkan-validationlayers" >&2
    exit 1
fi
# NAME(SEVERITY / SPEC): text
messages=$(grep -oE '[A-Za-z0-9_.-]+\((ERROR|WARN|PERF) / [A-Z]+\): .*' "$log" || true)
unknown=$(grep -vFf <(grep -oE '^UNASSIGNED-BestPractices-[A-Za-z0-9_-]+' "$known" | sed 's/$/(/') <<<"$messages" || true)
echo "messages that are known:"
grep -oE '^UNASSIGNED-BestPractices-[A-Za-z0-9_-]+\(' <<<"$messages" | tr -d '(' | sort | uniq -c
if [ -n "$unknown" ]; then
    echo "error: messages that are not known:" >&2
    sort <<<"$unknown" | uniq | head -n 40 >&2
    exit 1
fi
