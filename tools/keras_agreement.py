"""Compares Keras's networks with the committed answers of ours that compute the same, under synthetic weights.

The answers in tests/golden are those of torchvision and timm. Every vector is set: epsilons and the order of VGG's first
dense layer show only so.
"""

import argparse
from pathlib import Path

import keras_checkpoint
import keras_weights

import keras
import numpy as np
import safetensors.numpy

import fitting
import synthetic
from zoo import ZOO

SEED = 0
AGREEMENT = 1e-5
# Keras's has no gammas, so it cannot compute with ours. keras_round_trip.py compares it.
WITHOUT_GAMMA = ("inception_resnet_v2",)


def main() -> None:
    names = [
        name
        for name in keras_checkpoint.NETWORKS
        if not name.startswith("keras_") and name not in WITHOUT_GAMMA
    ]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="*", metavar="MODEL", help=f"of {', '.join(names)}")
    parser.add_argument("--golden", type=Path, default=Path("tests/golden"), help="a folder")
    arguments = parser.parse_args()
    worst = 0.0
    for name in arguments.models or names:
        found, expected = logits(name), answer(name, arguments.golden)
        difference = float(np.abs(found - expected).max() / np.abs(expected).max())
        print(f"{name}: {difference:.1e}", flush=True)
        worst = max(worst, difference)
    if not worst <= AGREEMENT:
        raise SystemExit(f"error: differences up to {worst:.1e}, expected at most {AGREEMENT:.0e}")


def answer(name: str, folder: Path) -> np.ndarray:
    height, width = ZOO[name].size
    file = folder / f"{name}-seed{SEED}-{height}x{width}.safetensors"
    return safetensors.numpy.load_file(file)["output"]


def logits(name: str) -> np.ndarray:
    """What Keras's network answers with our synthetic weights."""
    network = keras_checkpoint.network(name)
    keras.config.set_floatx("float64")
    side = ZOO[name].size[0]
    model = network.build(input_shape=(side, side, 3), weights=None, classifier_activation=None)
    weights = {
        key: synthetic.tensor(key, shape, SEED) for key, shape in fitting.shapes(name).items()
    }
    layers = network.layers()
    modules = ZOO[name].build().named_modules()
    epsilons = {key: module.eps for key, module in modules if hasattr(module, "eps")}
    for theirs, (ours, *_) in layers.items():
        if (epsilon := getattr(model.get_layer(theirs), "epsilon", None)) is not None:
            weights[f"{ours}.running_var"] = weights[f"{ours}.running_var"] - (
                epsilon - epsilons[ours]
            )
    images = synthetic.network_input((1, 3, side, side), SEED)
    if network.normalisation == keras_checkpoint.CAFFE:
        weights["classifier.0.weight"] = flattened_as_keras(weights["classifier.0.weight"])
        weights["features.0.weight"] = weights["features.0.weight"][:, ::-1]
        images = images[:, ::-1]
    keras_weights.fill(model, layers, weights)
    return keras_weights.logits(model, images)


def flattened_as_keras(weight: np.ndarray) -> np.ndarray:
    """PyTorch flattens a map channel by channel, Keras row by row."""
    planes = weight.reshape(len(weight), 512, 7, 7).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(planes).reshape(weight.shape)


if __name__ == "__main__":
    main()
