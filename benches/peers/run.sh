#!/usr/bin/env bash
# Times menagerie and other portable engines, interleaved, on one adapter:
#
#     benches/peers/run.sh --models resnet50 mobilenet_v2 --rounds 5
#
# The peers are Python packages. They are installed in target/peers, together with their exported networks.
set -euo pipefail
cd "$(dirname "$0")/../.."

environment=target/peers/environment
if [ ! -x "$environment/bin/python" ]; then
    python3 -m venv "$environment"
fi
"$environment/bin/pip" install --quiet --requirement benches/peers/requirements.txt
cargo build --release --locked
exec "$environment/bin/python" benches/peers/compare.py "$@"
