"""The reference implementation of every network, which computes the golden outputs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import keras_application
import keras_mobilenet
import keras_nasnet
import numpy as np
import timm
import torchvision.models as tv
import torchvision.models.segmentation as tvs
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
# For networks that have the same layers as others, in other numbers: 97, 49, 25, 13, 7, 4 pixels from stage to stage.
SMALL = (97, 81)


@dataclass(frozen=True)
class Reference:
    framework: str
    build: Callable[[], nn.Module]
    channels: int
    # None for those of which the second is enough.
    size: Size | None
    second_size: Size
    # Beyond these, for networks with a rule of their own about sizes.
    more_sizes: tuple[Size, ...] = ()
    # The same network from a framework other than the one that gave the parameter names.
    second_opinion: Callable[[Weights, np.ndarray], np.ndarray] | None = None
    # Whether each batch norm's statistics are scaled to what it reads. Deep networks with gates are chaotic without.
    scaled: bool = False
    # Whether only some pixels of the answer are kept, because it is as large as the input.
    sampled: bool = False
    # Whether the answer to the second size must do, because the tests would take long with one to its own.
    costly: bool = False


def torchvision(build: Callable[..., nn.Module], side: int = 224, **options: bool) -> Reference:
    return Reference(
        "torchvision", partial(build, weights=None, **options), 3, (side, side), ODD
    )


def one_answer(
    build: Callable[..., nn.Module], scaled: bool = False, size: Size = SMALL
) -> Reference:
    """torchvision's, at a small size."""
    return Reference("torchvision", partial(build, weights=None), 3, None, size, scaled=scaled)


def segmentation(build: Callable[..., nn.Module]) -> Reference:
    # Higher than 12 strides of 8 pixels, so that the least dilation of a pyramid reaches other pixels.
    build = partial(build, weights=None, weights_backbone=None, num_classes=21)
    return Reference("torchvision", build, 3, None, (113, 97), scaled=True, sampled=True)


def from_timm(name: str, side: int, second_size: Size = ODD) -> Reference:
    return Reference("timm", partial(timm.create_model, name), 3, (side, side), second_size)


def from_keras(name: str, side: int, costly: bool = False) -> Reference:
    build = partial(keras_application.Application, name)
    return Reference("keras", build, 3, (side, side), ODD_AND_EVEN, costly=costly)


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
    "keras_inception_v3": from_keras("keras_inception_v3", 299),
    "keras_mobilenet_v2": from_keras("keras_mobilenet_v2", 224),
    "keras_nasnet_large": from_keras("keras_nasnet_large", 331, costly=True),
    "keras_resnet50": from_keras("keras_resnet50", 224),
    "keras_xception": from_keras("keras_xception", 299),
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
    "shufflenet_v2_x0_5": one_answer(tv.shufflenet_v2_x0_5),
    "shufflenet_v2_x1_0": one_answer(tv.shufflenet_v2_x1_0),
    "shufflenet_v2_x1_5": one_answer(tv.shufflenet_v2_x1_5),
    "shufflenet_v2_x2_0": one_answer(tv.shufflenet_v2_x2_0),
    "squeezenet1_0": one_answer(tv.squeezenet1_0),
    "resnext50_32x4d": one_answer(tv.resnext50_32x4d),
    "resnext101_32x8d": one_answer(tv.resnext101_32x8d),
    "resnext101_64x4d": one_answer(tv.resnext101_64x4d),
    "wide_resnet50_2": one_answer(tv.wide_resnet50_2),
    "wide_resnet101_2": one_answer(tv.wide_resnet101_2),
    "densenet161": one_answer(tv.densenet161),
    "mnasnet0_5": one_answer(tv.mnasnet0_5),
    "mnasnet0_75": one_answer(tv.mnasnet0_75),
    "mnasnet1_0": one_answer(tv.mnasnet1_0),
    "mnasnet1_3": one_answer(tv.mnasnet1_3),
    "mobilenet_v3_small": one_answer(tv.mobilenet_v3_small),
    "mobilenet_v3_large": one_answer(tv.mobilenet_v3_large),
}
CONVNEXTS = ("tiny", "small", "base", "large")
ZOO |= {name: one_answer(getattr(tv, name)) for name in (f"convnext_{size}" for size in CONVNEXTS)}
SEGMENTATIONS = ("fcn_resnet50", "fcn_resnet101", "deeplabv3_resnet50", "deeplabv3_resnet101")
SEGMENTATIONS += ("deeplabv3_mobilenet_v3_large", "lraspp_mobilenet_v3_large")
ZOO |= {name: segmentation(getattr(tvs, name)) for name in SEGMENTATIONS}
REGNETS = ("400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf")
ZOO |= {name: one_answer(getattr(tv, name)) for name in (f"regnet_x_{size}" for size in REGNETS)}
WITH_GATES = [f"regnet_y_{size}" for size in REGNETS]
WITH_GATES += ["regnet_y_128gf"]
WITH_GATES += [f"efficientnet_{size}" for size in ("b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7")]
WITH_GATES += ["efficientnet_v2_s", "efficientnet_v2_m", "efficientnet_v2_l"]
ZOO |= {name: one_answer(getattr(tv, name), scaled=True) for name in WITH_GATES}
# Float32 is 1.02e-5 off at the smaller size.
ZOO["efficientnet_b5"] = one_answer(tv.efficientnet_b5, scaled=True, size=(129, 97))
