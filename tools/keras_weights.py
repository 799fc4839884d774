"""Weights of Keras's layers under PyTorch's names: into Keras for a second opinion, out of it to convert."""

import os

# Keras chooses its backend when it is first imported.
os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np

Weights = dict[str, np.ndarray]

# What Keras calls a layer and what PyTorch does; a separable convolution is two layers there.
Layers = dict[str, tuple[str, ...]]

STATISTICS = ("weight", "bias", "running_mean", "running_var")


def logits(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """`images` is NCHW."""
    nhwc = images.transpose(0, 2, 3, 1).astype(keras.config.floatx())
    return keras.ops.convert_to_numpy(model(nhwc, training=False))


def fill(model: keras.Model, layers: Layers, weights: Weights) -> None:
    for theirs, ours in layers.items():
        layer = model.get_layer(theirs)
        names = _names(layer, ours)
        layer.set_weights([_to_keras(layer, i, weights[name]) for i, name in enumerate(names)])


def read(model: keras.Model, layers: Layers) -> Weights:
    weights: Weights = {}
    for theirs, ours in layers.items():
        layer = model.get_layer(theirs)
        values = layer.get_weights()
        for i, name in enumerate(_names(layer, ours)):
            weights[name] = _from_keras(layer, i, values[i])
        if isinstance(layer, keras.layers.BatchNormalization) and not layer.scale:
            weights[f"{ours[0]}.weight"] = np.ones_like(weights[f"{ours[0]}.bias"])
    return weights


def _names(layer: keras.Layer, ours: tuple[str, ...]) -> list[str]:
    match layer:
        case keras.layers.BatchNormalization():
            present = STATISTICS if layer.scale else STATISTICS[1:]
            return [f"{ours[0]}.{statistic}" for statistic in present]
        case keras.layers.SeparableConv2D():
            return [f"{name}.weight" for name in ours]
        case _:
            kinds = ("weight", "bias") if layer.use_bias else ("weight",)
            return [f"{ours[0]}.{kind}" for kind in kinds]


def _to_keras(layer: keras.Layer, index: int, value: np.ndarray) -> np.ndarray:
    if value.ndim == 1:
        return value
    if isinstance(layer, keras.layers.Dense):
        return value.T
    # A linear layer is a convolution of one pixel.
    kernel = value if value.ndim == 4 else value[:, :, None, None]
    return kernel.transpose((2, 3, 0, 1) if _is_depthwise(layer, index) else (2, 3, 1, 0))


def _from_keras(layer: keras.Layer, index: int, value: np.ndarray) -> np.ndarray:
    if value.ndim == 1:
        return value
    if isinstance(layer, keras.layers.Dense):
        return value.T
    return value.transpose((2, 3, 0, 1) if _is_depthwise(layer, index) else (3, 2, 0, 1))


def _is_depthwise(layer: keras.Layer, index: int) -> bool:
    """Keras has a depthwise kernel's channels where other kernels have the inputs."""
    depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
    return depthwise or (isinstance(layer, keras.layers.SeparableConv2D) and index == 0)
