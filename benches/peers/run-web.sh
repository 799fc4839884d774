#!/usr/bin/env bash
# Times the npm package and ONNX Runtime's WebGPU build for pages, alternating, in Chromium:
#
#     benches/peers/run-web.sh --rounds 3 --runs 5 resnet50 mobilenet_v2
#
# The package must be built: scripts/test-web.sh does it. The peer is npm's onnxruntime-web. It is installed in target/peers/web,
# together with torchvision's networks, which need PyTorch: those of benches/peers/requirements.txt, or PYTHON.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=target/peers/web
mkdir -p "$folder/networks"
if [ ! -e "$folder/node_modules/onnxruntime-web" ]; then
    npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" onnxruntime-web
fi
if [ -z "${PYTHON:-}" ]; then
    PYTHON=target/peers/environment/bin/python
    if [ ! -x "$PYTHON" ]; then
        python3 -m venv target/peers/environment
        "${PYTHON%python}pip" install --quiet --requirement benches/peers/requirements.txt
    fi
fi
PYTHON=$PYTHON exec node benches/peers/web.mjs "$folder" "$@"
