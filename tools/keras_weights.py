"""Fills Keras layers from weights under PyTorch names, so that Keras can give a second opinion."""

import os

# Keras chooses its backend when it is first imported.
os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np

Weights = dict[str, np.ndarray]


def logits(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """`images` is NCHW."""
    nhwc = images.transpose(0, 2, 3, 1).astype(np.float64)
    return keras.ops.convert_to_numpy(model(nhwc, training=False))


def convolution(weights: Weights, layer: keras.Layer, name: str) -> None:
    layer.set_weights([_hwio(weights[f"{name}.weight"])])


def depthwise(weights: Weights, layer: keras.Layer, name: str) -> None:
    layer.set_weights([_hwoi(weights[f"{name}.weight"])])


def separable(weights: Weights, layer: keras.Layer, depthwise: str, pointwise: str) -> None:
    layer.set_weights([_hwoi(weights[f"{depthwise}.weight"]), _hwio(weights[f"{pointwise}.weight"])])


def batchnorm(weights: Weights, layer: keras.Layer, name: str) -> None:
    statistics = ("weight", "bias", "running_mean", "running_var")
    layer.set_weights([weights[f"{name}.{statistic}"] for statistic in statistics])


def _hwio(weight: np.ndarray) -> np.ndarray:
    return weight.transpose(2, 3, 1, 0)


def _hwoi(weight: np.ndarray) -> np.ndarray:
    """Keras has a depthwise kernel's channels where other kernels have the inputs."""
    return weight.transpose(2, 3, 0, 1)
