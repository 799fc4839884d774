#!/usr/bin/env bash
# Measures a device, in less than ten minutes after building, and writes gpu-report/gpu-report.{json,html}. With `--short`,
# in less than a minute. `--adapter NAME` chooses the device.
set -euo pipefail
cd "$(dirname "$0")/.."
exec cargo run --release --locked --quiet -- gpu-report "$@"
