"""The checkpoints of the Hugging Face Hub that go with the networks, under timm's names of them.

`mobilenet_v1` is not among them: timm's were trained with PyTorch's borders and epsilon, ours is
TensorFlow's network, and the names alone would fit.
"""

import timm
from torch import nn

DENSENETS = {f"densenet{depth}": f"densenet{depth}.tv_in1k" for depth in (121, 169, 201)}
RESNETS = {f"resnet{depth}": f"resnet{depth}.tv_in1k" for depth in (18, 34, 50, 101, 152)}
VGGS = {f"vgg{d}{bn}": f"vgg{d}{bn}.tv_in1k" for d in (11, 13, 16, 19) for bn in ("", "_bn")}

CHECKPOINTS = {
    **DENSENETS,
    "efficientnet_lite0": "tf_efficientnet_lite0.in1k",
    "inception_resnet_v2": "inception_resnet_v2.tf_in1k",
    "inception_v3": "inception_v3.tv_in1k",
    "mobilenet_v2": "mobilenetv2_100.ra_in1k",
    "nasnet_large": "nasnetalarge.tf_in1k",
    **RESNETS,
    **VGGS,
    "xception": "legacy_xception.tf_in1k",
}


def build(name: str) -> nn.Module:
    """The network of the checkpoint that goes with our `name`."""
    return timm.create_model(CHECKPOINTS[name])
