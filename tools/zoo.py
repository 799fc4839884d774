"""The reference implementation of every network: what a golden output is computed with."""

import os
from collections.abc import Callable
from dataclasses import dataclass

# Keras chooses its backend when it is first imported.
os.environ.setdefault("KERAS_BACKEND", "torch")

import numpy as np
import timm
import torchvision.models as tv
from torch import nn

import keras_mobilenet
from lenet5 import LeNet5

Weights = dict[str, np.ndarray]


@dataclass(frozen=True)
class Reference:
    framework: str
    build: Callable[[], nn.Module]
    input: tuple[int, int, int]
    # Odd sizes find what an even one hides: rounding in strides, pools and paddings.
    second_size: tuple[int, int]
    # The same network from a framework other than the one that gave the parameter names.
    second_opinion: Callable[[Weights, np.ndarray], np.ndarray] | None = None


def torchvision(build: Callable[..., nn.Module]) -> Reference:
    return Reference("torchvision", lambda: build(weights=None), (3, 224, 224), (193, 161))


def mobilenet_v1() -> nn.Module:
    return timm.create_model("mobilenetv1_100", pad_type="same", bn_eps=1e-3)


# TensorFlow pads an even size on one side and an odd one on both, so one of each.
TF_SIZE = (193, 162)

ZOO = {
    "lenet5": Reference("torch", LeNet5, (1, 28, 28), (29, 31)),
    "resnet18": torchvision(tv.resnet18),
    "resnet50": torchvision(tv.resnet50),
    "mobilenet_v1": Reference(
        "timm", mobilenet_v1, (3, 224, 224), TF_SIZE, keras_mobilenet.logits
    ),
    "mobilenet_v2": torchvision(tv.mobilenet_v2),
}
