"""The reference implementation of every network, which computes the golden outputs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import keras_mobilenet
import keras_nasnet
import numpy as np
import timm
import torchvision.models as tv
from torch import nn

from alexnet_lrn import AlexNetLRN
from lenet5 import LeNet5
from nasnet_mobile import NASNetMobile
from unet import UNet

Weights = dict[str, np.ndarray]
Size = tuple[int, int]

# Odd sizes find what an even one hides: rounding in strides, pools and paddings. TensorFlow pads an
# even size on one side and an odd one on both, so its networks get one of each.
ODD, ODD_AND_EVEN = (193, 161), (193, 162)


@dataclass(frozen=True)
class Reference:
    framework: str
    build: Callable[[], nn.Module]
    channels: int
    size: Size
    second_size: Size
    # Beyond these, for networks with a rule of their own about sizes.
    more_sizes: tuple[Size, ...] = ()
    # The same network from a framework other than the one that gave the parameter names.
    second_opinion: Callable[[Weights, np.ndarray], np.ndarray] | None = None


def torchvision(build: Callable[..., nn.Module], side: int = 224, **options: bool) -> Reference:
    return Reference(
        "torchvision", partial(build, weights=None, **options), 3, (side, side), ODD
    )


def from_timm(name: str, side: int, second_size: Size = ODD) -> Reference:
    return Reference("timm", partial(timm.create_model, name), 3, (side, side), second_size)


def unet(**options: int) -> Reference:
    # Its output is as large as its input, and these files are committed.
    small, odd = (64, 48), (51, 45)
    # And sides of which halving four times would leave nothing.
    return Reference("torch", partial(UNet, **options), 3, small, odd, ((34, 15), (1, 1)))


def mobilenet_v1() -> nn.Module:
    return timm.create_model("mobilenetv1_100", pad_type="same", bn_eps=1e-3)


ZOO = {
    "lenet5": Reference("torch", LeNet5, 1, (28, 28), (29, 31)),
    "alexnet": torchvision(tv.alexnet),
    # Its first linear layer takes what few sizes leave; these are odd and leave windows that stick out.
    "alexnet_lrn": Reference("torch", AlexNetLRN, 3, (227, 227), (201, 213)),
    "vgg11": torchvision(tv.vgg11),
    "vgg13": torchvision(tv.vgg13),
    "vgg16": torchvision(tv.vgg16),
    "vgg19": torchvision(tv.vgg19),
    "vgg11_bn": torchvision(tv.vgg11_bn),
    "vgg13_bn": torchvision(tv.vgg13_bn),
    "vgg16_bn": torchvision(tv.vgg16_bn),
    "vgg19_bn": torchvision(tv.vgg19_bn),
    "googlenet": torchvision(tv.googlenet, init_weights=False),
    "inception_v3": torchvision(tv.inception_v3, 299, init_weights=False),
    "inception_resnet_v2": from_timm("inception_resnet_v2", 299),
    "resnet18": torchvision(tv.resnet18),
    "resnet34": torchvision(tv.resnet34),
    "resnet50": torchvision(tv.resnet50),
    "resnet101": torchvision(tv.resnet101),
    "resnet152": torchvision(tv.resnet152),
    "densenet121": torchvision(tv.densenet121),
    "densenet169": torchvision(tv.densenet169),
    "densenet201": torchvision(tv.densenet201),
    "unet": unet(bilinear=False),
    "unet_bilinear": unet(bilinear=True),
    "unet_small": unet(bilinear=False, width=8),
    "mobilenet_v1": Reference(
        "timm", mobilenet_v1, 3, (224, 224), ODD_AND_EVEN, second_opinion=keras_mobilenet.logits
    ),
    "mobilenet_v2": torchvision(tv.mobilenet_v2),
    "nasnet_mobile": Reference(
        "timm", NASNetMobile, 3, (224, 224), ODD_AND_EVEN, second_opinion=keras_nasnet.logits
    ),
    "nasnet_large": from_timm("nasnetalarge", 331, ODD_AND_EVEN),
    "xception": from_timm("legacy_xception", 299),
    "squeezenet1_1": torchvision(tv.squeezenet1_1),
    "efficientnet_lite0": from_timm("tf_efficientnet_lite0", 224, ODD_AND_EVEN),
}
