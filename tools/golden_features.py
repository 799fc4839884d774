"""Computes the features of classifying networks, the vectors before the classifier, for the tests.

Weights and input are synthetic.py's, in float64. Where timm has the network, the features are timm's
`forward_head(forward_features(images), pre_logits=True)`; elsewhere they are what the last layer of the
reference reads. What the whole network answers must follow from them.

The spatial features are large, so only some of their values are kept, at a stride. How far the framework's own
arithmetic in float32 is from that in float64 is kept as well: some networks cancel much.
"""

import argparse
from collections.abc import Callable
from importlib.metadata import version
from math import ceil, gcd, prod
from pathlib import Path

import numpy as np
import timm
import torch
from torch import Tensor, nn

import atomic
import synthetic
import tensor_file
from golden import scale, with_weights
from zoo import ZOO

SEED = 0
# Of the spatial features about so many values are kept, or all where there are fewer.
SAMPLES = 256
# A comparison of two implementations in float64.
AGREEMENT = 1e-12

# What timm calls networks of which torchvision's implementation gives the names.
OF_TIMM = {"inception_v3": "inception_v3", "mobilenet_v2": "mobilenetv2_100"}
OF_TIMM |= {
    name: name
    for name, reference in ZOO.items()
    if reference.size and name.startswith(("densenet", "resnet", "vgg"))
}

OF_KERAS = [name for name in ZOO if ZOO[name].framework == "keras"]

# Spatial features, features, answer.
Found = tuple[Tensor, Tensor, Tensor]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", metavar="MODEL")
    parser.add_argument(
        "--output", type=Path, default=Path("tests/golden/features"), help="a folder"
    )
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    # A U-Net classifies pixels, and has no features of an image.
    names = [
        name
        for name, reference in ZOO.items()
        if not name.startswith("unet") and (reference.size or name in BY_HAND)
    ]
    if unknown := set(arguments.models) - set(names):
        raise SystemExit(f"error: no such classifying model: {', '.join(sorted(unknown))}")
    for name in arguments.models or names:
        write_case(arguments.output, name, 1, ZOO[name].second_size)
        if name == "resnet18":
            write_case(arguments.output, name, 3, ZOO[name].size)


@torch.inference_mode()
def write_case(folder: Path, name: str, batch: int, size: tuple[int, int]) -> None:
    shape = (batch, ZOO[name].channels, *size)
    images = torch.from_numpy(synthetic.network_input(shape, SEED)).double()
    model, _ = with_weights(ZOO[name].build(), SEED)
    if ZOO[name].scaled:
        scale(model, images)
    answer = model(images)
    framework = "timm" if name in OF_TIMM else ZOO[name].framework
    if name in OF_TIMM:
        model = with_weights_of(model, timm.create_model(OF_TIMM[name]))
    found_by = of_timm if framework == "timm" else BY_HAND[name]
    spatial, features, found = found_by(model, images)
    if not difference(found, answer) <= AGREEMENT:
        raise SystemExit(f"error: {name}'s features lead to another answer")

    in_float32 = found_by(model.float(), images.float())
    errors = [difference(*pair) for pair in zip(in_float32, (spatial, features))]
    stride = ceil(prod(spatial.shape) / SAMPLES)
    # So that all channels, rows and columns get their turn.
    while gcd(stride, prod(spatial.shape[1:])) > 1:
        stride += 1
    metadata = {
        "framework": framework,
        "version": version(framework),
        "model": name,
        "seed": str(SEED),
        "input": "x".join(map(str, shape)),
        "spatial": "x".join(map(str, spatial.shape)),
        "stride": str(stride),
        "float32_error_of_spatial": f"{errors[0]:.1e}",
        "float32_error_of_features": f"{errors[1]:.1e}",
    }
    tensors = {
        "features": features.numpy().astype(np.float32),
        "spatial": spatial.numpy().reshape(-1)[::stride].astype(np.float32),
    }
    file = f"{name}-seed{SEED}-{size[0]}x{size[1]}"
    file += f"-batch{batch}" if batch > 1 else ""
    atomic.write(folder / f"{file}.safetensors", tensor_file.encode(tensors, metadata))


def difference(found: Tensor, expected: Tensor) -> float:
    """The largest one, over the largest magnitude."""
    return float((found - expected).abs().max() / expected.abs().max())


def with_weights_of(source: nn.Module, model: nn.Module) -> nn.Module:
    """`model` with the weights of `source`, which is the same network: only names and shapes of layers differ."""
    ours = [
        value
        for key, value in source.state_dict().items()
        # The head in the middle that only training uses.
        if not key.startswith("AuxLogits.")
    ]
    theirs = model.state_dict()
    paired = zip(theirs.items(), ours, strict=True)
    model.load_state_dict({key: value.reshape(own.shape) for (key, own), value in paired})
    return model.double().eval()


def of_timm(model: nn.Module, images: Tensor) -> Found:
    spatial = model.forward_features(images)
    return spatial, model.forward_head(spatial, pre_logits=True), model.forward_head(spatial)


def alexnet(model: nn.Module, images: Tensor) -> Found:
    spatial = model.features(images)
    features = model.classifier[:-1](model.avgpool(spatial).flatten(1))
    return spatial, features, model.classifier[-1](features)


def mnasnet(model: nn.Module, images: Tensor) -> Found:
    spatial = model.layers(images)
    features = spatial.mean((2, 3))
    return spatial, features, model.classifier(features)


def squeezenet(model: nn.Module, images: Tensor) -> Found:
    """Its classes are scored before the mean is taken, so the mean of what they are scored by is nowhere in it."""
    spatial = model.features(images)
    return spatial, spatial.mean((2, 3)), model.classifier(spatial).flatten(1)


def read_by(
    layers: Callable[[nn.Module], tuple[nn.Module, nn.Module]], shape: tuple[int, ...] = ()
) -> Callable[[nn.Module, Tensor], Found]:
    """What two layers read: the one that makes a vector of the spatial features, and the last one.

    `shape` is that of the spatial features, where the first layer reads them flattened.
    """

    def found(model: nn.Module, images: Tensor) -> Found:
        read = []
        for layer in layers(model):
            layer.register_forward_pre_hook(lambda _, inputs: read.append(inputs[0]))
        answer = model(images)
        spatial, features = read
        return spatial.reshape(len(images), *(shape or spatial.shape[1:])), features, answer

    return found


BY_HAND: dict[str, Callable[[nn.Module, Tensor], Found]] = {
    "alexnet": alexnet,
    "alexnet_lrn": read_by(lambda model: (model.fc6, model.fc8), (256, 6, 6)),
    "convnext_tiny": read_by(lambda model: (model.avgpool, model.classifier[2])),
    "efficientnet_b0": read_by(lambda model: (model.avgpool, model.classifier[1])),
    "efficientnet_v2_s": read_by(lambda model: (model.avgpool, model.classifier[1])),
    "googlenet": read_by(lambda model: (model.avgpool, model.fc)),
    "lenet5": read_by(lambda model: (model.fc1, model.fc3), (16, 5, 5)),
    "mnasnet0_5": mnasnet,
    "mobilenet_v3_small": read_by(lambda model: (model.avgpool, model.classifier[3])),
    "regnet_x_400mf": read_by(lambda model: (model.avgpool, model.fc)),
    "regnet_y_400mf": read_by(lambda model: (model.avgpool, model.fc)),
    "resnext50_32x4d": read_by(lambda model: (model.avgpool, model.fc)),
    "squeezenet1_0": squeezenet,
    "squeezenet1_1": squeezenet,
}
BY_HAND |= {name: lambda model, images: model.features(images) for name in OF_KERAS}


if __name__ == "__main__":
    main()
