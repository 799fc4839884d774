#!/usr/bin/env bash
# Times menagerie against other portable engines, in turns, on one adapter:
#
#     benches/peers/run.sh --models resnet50 mobilenet_v2 --rounds 5
#
# The peers are Python packages, which go to target/peers together with the networks exported for them.
set -euo pipefail
cd "$(dirname "$0")/../.."

environment=target/peers/environment
if [ ! -x "$environment/bin/python" ]; then
    python3 -m venv "$environment"
fi
"$environment/bin/pip" install --quiet --requirement benches/peers/requirements.txt
cargo build --release --locked
exec "$environment/bin/python" benches/peers/compare.py "$@"
