"""Computes class activation maps with torchvision's networks, for comparison in the tests.

Weights and input are synthetic.py's, in float64. Zhou et al. 2016 (arXiv:1512.04150): the map of class c is the
sum over k of w[c, k] times feature k, here with the bias, so that its mean is the network's answer.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
import torchvision

import atomic
import synthetic
import tensor_file

SEED = 0
SHAPE = (1, 3, 97, 129)
CLASSES = [0, 285, 999]


def linear_maps(features: torch.Tensor, layer: torch.nn.Linear) -> torch.Tensor:
    """The maps of what is pooled and then scored by `layer`."""
    scored = torch.einsum("ck,nkyx->ncyx", layer.weight, features)
    return scored + layer.bias[None, :, None, None]


def resnet18(model: torch.nn.Module, images: torch.Tensor) -> torch.Tensor:
    body = torch.nn.Sequential(*list(model.children())[:-2])
    return linear_maps(body(images), model.fc)


def mobilenet_v2(model: torch.nn.Module, images: torch.Tensor) -> torch.Tensor:
    return linear_maps(model.features(images), model.classifier[1])


def squeezenet1_1(model: torch.nn.Module, images: torch.Tensor) -> torch.Tensor:
    """All but the pooling."""
    return model.classifier[:3](model.features(images))


MAPS = {f.__name__: f for f in (mobilenet_v2, resnet18, squeezenet1_1)}


@torch.inference_mode()
def maps(name: str) -> np.ndarray:
    model = getattr(torchvision.models, name)(weights=None)
    weights = {
        key: torch.from_numpy(synthetic.tensor(key, tuple(value.shape), SEED))
        for key, value in model.state_dict().items()
        if not key.endswith("num_batches_tracked")
    }
    model.load_state_dict(weights, strict=False)
    model = model.double().eval()
    images = torch.from_numpy(synthetic.network_input(SHAPE, SEED)).double()
    found = MAPS[name](model, images)
    answer = model(images)
    if not torch.allclose(found.mean((2, 3)), answer, rtol=1e-9, atol=1e-9):
        raise SystemExit(f"error: the means of {name}'s maps are not its answer")
    return found[0, CLASSES].numpy()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("tests/golden/maps"), help="a folder")
    folder = parser.parse_args().output
    torch.set_num_threads(1)
    for name in MAPS:
        metadata = {
            "framework": "torchvision",
            "version": torchvision.__version__,
            "model": name,
            "seed": str(SEED),
            "input": "x".join(map(str, SHAPE)),
            "classes": " ".join(map(str, CLASSES)),
        }
        atomic.write(folder / f"{name}.safetensors", tensor_file.encode({"maps": maps(name)}, metadata))


if __name__ == "__main__":
    main()
